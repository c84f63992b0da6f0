"""A finished sound or picture in the file type that a client asks for, with its AI label. The codecs are imported when
one is first asked for: a server starts without them."""

from __future__ import annotations

import asyncio
import io
from typing import Any, Literal, cast

from manju.errors import MediaError
from manju.media.label import Mark, mark, metadata

Form = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]
TYPES: dict[Form, str] = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
_CODERS: dict[Form, tuple[str, str, int]] = {
    "mp3": ("mp3", "libmp3lame", 44_100),
    "opus": ("ogg", "libopus", 48_000),
    "aac": ("adts", "aac", 48_000),
    "flac": ("flac", "flac", 24_000),
    "wav": ("wav", "pcm_s16le", 24_000),
    "pcm": ("s16le", "pcm_s16le", 24_000),
}
"""Container, encoder, samples per second. Raw PCM is 24 kHz, 16 bit, mono, as OpenAI's is."""
_LABELLED: dict[Form, str] = {"mp3": ".mp3", "flac": ".flac", "wav": ".wav"}
"""Types whose label is written into the finished file. In Ogg it is a comment and before ADTS an ID3v2 text, both of
the muxer's writing; raw samples have no place for it."""
_OPTIONS: dict[Form, dict[str, str]] = {"aac": {"write_id3v2": "1"}}


async def transcode(sound: bytes, form: Form, label: Mark | None = None) -> bytes:
    """A WAV (or any sound that PyAV reads) as another type, mono, with the label (but for ``pcm``).

    Raises:
        MediaError: it cannot be decoded or encoded.
    """
    return await asyncio.to_thread(_transcode, sound, form, label)


def _transcode(sound: bytes, form: Form, label: Mark | None) -> bytes:
    import av

    container, coder, rate = _CODERS[form]
    options = _OPTIONS.get(form, {})
    out = io.BytesIO()
    try:
        with (
            av.open(io.BytesIO(sound), "r") as source,
            av.open(out, "w", format=container, container_options=options) as target,
        ):
            stream = cast(Any, target.add_stream(coder, rate=rate))
            stream.layout = "mono"
            if label is not None and form in ("opus", "aac"):
                target.metadata.update(metadata(label))
            resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
            fifo = av.AudioFifo()
            for frame in source.decode(audio=0):
                for each in resampler.resample(frame):
                    fifo.write(each)
            for each in resampler.resample(None):
                fifo.write(each)
            size = stream.codec_context.frame_size or 4096
            while (part := fifo.read(size, partial=True)) is not None:
                target.mux(stream.encode(part))
            target.mux(stream.encode(None))
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise MediaError(f"the sound cannot be made a {form}: {error}", hint="Ask for wav.") from error
    data = out.getvalue()
    if label is not None and form in _LABELLED:
        return mark(data, _LABELLED[form], label)
    return data


async def recoded(picture: bytes, suffix: str, quality: int | None, label: Mark) -> bytes:
    """A picture as another type (``.png``, ``.jpg``, ``.webp``), with the label; ``quality`` is 0..100, 90 unless said.
    What is transparent lies on white where the type knows no transparency.

    Raises:
        MediaError: it cannot be decoded or encoded.
    """
    data = await asyncio.to_thread(_recoded, picture, suffix, 90 if quality is None else quality)
    return mark(data, suffix, label)


def _recoded(picture: bytes, suffix: str, quality: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(picture)) as image:
            image.load()
            clear = image.has_transparency_data
            drawn = image.convert("RGBA" if clear else "RGB")
            if clear and suffix == ".jpg":
                paper = Image.new("RGBA", drawn.size, "white")
                paper.alpha_composite(drawn)
                drawn = paper.convert("RGB")
            drawn.save(out, {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}[suffix], quality=quality)
    except (OSError, ValueError, SyntaxError) as error:
        raise MediaError(f"the picture cannot be made a {suffix[1:]}: {error}", hint="Ask for png.") from error
    return out.getvalue()
