"""Sound in and out: any audio file to float32 blocks at 48 kHz, and blocks to WAV, FLAC and AAC.

A block is an array of shape (channels, samples), full scale 1.0, one or two channels. Files are opened by us and
handed over as open files, so that no name is ever taken for a protocol, and only plain audio containers are accepted
(no playlists, which could name other files or hosts).
"""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal, cast

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream

from manju.errors import MediaError

SAMPLE_RATE = 48_000
"""Samples per second of every block."""
CONTAINERS = "wav,w64,flac,mp3,mov,mp4,m4a,ogg,aac,aiff,avi,matroska,webm"
"""Names of the demuxers that may open a sound file."""
AAC_BIT_RATE = 192_000
_CHUNK = 65_536  # samples of one block out of `stream`: large enough that Python costs nothing, small in memory

Samples = npt.NDArray[np.float32]


def stream(source: Path | bytes) -> Generator[Samples, None, None]:
    """Blocks of a sound, resampled to 48 kHz, in the file's own channels (more than two are mixed down to two).

    Raises:
        MediaError: the file cannot be read, has no sound, or does not decode to its end.
    """
    name = source.name if isinstance(source, Path) else "the sound"
    try:
        with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as file:
            yield from _decode(file, name)
    except av.FFmpegError as error:
        raise MediaError(
            f"{name} cannot be decoded as sound: {error.strerror or error}",
            hint="Replace it with a WAV, FLAC, MP3 or M4A file that plays.",
        ) from error
    except OSError as error:
        raise MediaError(
            f"{name} cannot be read: {error.strerror or error}", hint="Check that the file exists and may be read."
        ) from error


def _decode(file: BinaryIO, name: str) -> Iterator[Samples]:
    options = {"format_whitelist": CONTAINERS}
    if file.read(4) == b"RIFF":
        options["probesize"] = "4096"  # the default makes FFmpeg search a WAV for DTS: 6 ms a file instead of 0.3
    file.seek(0)
    with av.open(file, "r", options=options) as container:
        if not container.streams.audio:
            raise MediaError(f"{name} has no sound in it", hint="Give an audio file (WAV, FLAC, MP3 or M4A).")
        track = container.streams.audio[0]
        layout = "mono" if track.codec_context.channels == 1 else "stereo"
        resampler = av.AudioResampler("fltp", layout, SAMPLE_RATE)
        waiting: list[Samples] = []
        count = 0
        for frame in container.decode(track):
            frame.pts = None  # sound is gapless here; time stamps of some muxers are rounded to milliseconds
            for part in resampler.resample(frame):
                waiting.append(part.to_ndarray().astype(np.float32, copy=False))
                count += waiting[-1].shape[1]
            if count >= _CHUNK:
                yield np.concatenate(waiting, axis=1)
                waiting, count = [], 0
        waiting += [part.to_ndarray().astype(np.float32, copy=False) for part in resampler.resample(None)]
        if waiting:
            yield np.concatenate(waiting, axis=1)


def read(source: Path | bytes) -> Samples:
    """A whole sound at once; for short ones.

    Raises:
        MediaError: as `stream`; also when there is not one sample in it.
    """
    blocks = list(stream(source))
    if not blocks:
        raise MediaError("the sound is empty", hint="Give an audio file that has sound in it.")
    return np.concatenate(blocks, axis=1)


class Reader:
    """Takes any number of samples at a time out of a stream of blocks."""

    def __init__(self, blocks: Iterator[Samples]) -> None:
        self._blocks = blocks
        self._rest: Samples | None = None

    def take(self, count: int) -> Samples:
        """The next ``count`` samples; fewer at the end of the sound, none after it."""
        parts: list[Samples] = []
        while count > 0:
            block = self._rest if self._rest is not None else next(self._blocks, None)
            if block is None:
                break
            parts.append(block[:, :count])
            self._rest = block[:, count:] if block.shape[1] > count else None
            count -= parts[-1].shape[1]
        if not parts:
            return np.zeros((1, 0), np.float32)
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def ahead(blocks: Iterator[Samples], depth: int = 2) -> Generator[Samples, None, None]:
    """The same blocks, made on a thread of their own up to ``depth`` ahead: codecs and transforms run without
    Python's lock, so that making and using blocks overlap."""
    ready: queue.Queue[Samples | BaseException | None] = queue.Queue(depth)
    stopped = threading.Event()

    def offer(item: Samples | BaseException | None) -> bool:
        while not stopped.is_set():
            with suppress(queue.Full):
                ready.put(item, timeout=0.2)
                return True
        return False

    def run() -> None:
        try:
            for block in blocks:
                if not offer(block):
                    return
            offer(None)
        except BaseException as error:  # noqa: BLE001 - it is raised again by the consumer
            offer(error)

    thread = threading.Thread(target=run, name="sound-ahead", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()


def encode(
    blocks: Iterable[Samples], kind: Literal["wav", "flac"], *, metadata: Mapping[str, str] | None = None
) -> bytes:
    """A 16 bit WAV or FLAC file at 48 kHz; samples beyond full scale are clipped.

    ``metadata`` becomes Vorbis comments in FLAC and, where RIFF INFO has a name for the key (``comment``, ``title``
    ...), INFO chunks in WAV.
    """
    file = io.BytesIO()
    codec = "pcm_s16le" if kind == "wav" else "flac"
    _write(file, kind, codec, "s16", blocks, metadata or {}, {})
    return file.getvalue()


def write_m4a(file: BinaryIO, blocks: Iterable[Samples], *, metadata: Mapping[str, str] | None = None) -> None:
    """AAC-LC at 192 kb/s in an MP4 container, from stereo blocks. Every key of ``metadata`` is kept as it is.

    The fast coder is 4 times cheaper than the default and closer to the waveform at this rate (render.md, section 6);
    noise substitution is off because at this rate it only costs time and peaks.
    """
    codec = {"aac_coder": "fast", "aac_pns": "0"}
    # The length stands in the edit list, in units of the movie's clock: at the default of 1 ms it would be cut short.
    container = {"movflags": "use_metadata_tags", "movie_timescale": str(SAMPLE_RATE)}
    _write(file, "mp4", "aac", "fltp", blocks, metadata or {}, codec, container)


def _write(
    file: BinaryIO,
    container_name: str,
    codec: str,
    sample_format: str,
    blocks: Iterable[Samples],
    metadata: Mapping[str, str],
    options: dict[str, str],
    container_options: dict[str, str] | None = None,
) -> None:
    with av.open(file, "w", format=container_name, options=container_options or {}) as container:
        container.metadata.update(metadata)
        track: AudioStream | None = None
        position = 0
        for block in blocks:
            layout = "mono" if block.shape[0] == 1 else "stereo"
            if track is None:
                track = cast(AudioStream, container.add_stream(codec, SAMPLE_RATE, options, layout=layout))
                track.format = sample_format
                if codec == "aac":
                    track.bit_rate = AAC_BIT_RATE
            frame = _frame(block, sample_format, layout)
            frame.pts = position
            position += block.shape[1]
            container.mux(track.encode(frame))
        if track is None or position == 0:
            raise MediaError("there is no sound to encode", hint="This is a mistake in the caller: report it.")
        container.mux(track.encode(None))


def _frame(block: Samples, sample_format: str, layout: str) -> av.AudioFrame:
    if sample_format == "s16":
        whole = np.clip(np.rint(block * 32767.0), -32768, 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(whole.T).reshape(1, -1), format="s16", layout=layout)
    else:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout=layout)
    frame.sample_rate = SAMPLE_RATE
    return frame
