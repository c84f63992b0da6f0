"""What a media file really is, read from its content and never from its name, and whether it can be used.

A file is opened with the one demuxer that its first bytes ask for, out of a short list: playlists, concatenations and
anything else that makes ffmpeg open other files or addresses are not on it. A failed probe is an error, never a guess.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition

from manju.domain.order import Modality
from manju.errors import MediaError, NotFoundError
from manju.media import picture_file

MAX_SIDE = 8192
"""Pixels; a film with larger pictures is refused before anything is decoded."""

MAX_SECONDS = 12 * 3600
_TAIL = Fraction(1, 2)
"""Seconds that the last picture may end before its track says (trimmed edits, variable rates)."""

_COLOURS = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 10: "bt2020", 13: "srgb", 16: "pq", 18: "hlg"}
"""Names of the code points of ITU-T H.273 that films use; others are given as their number."""

_NOT_GIVEN = 2

_SUFFIXES = {
    "mov": (".mp4", ".m4a", ".m4v", ".mov"),
    "matroska": (".mkv", ".webm", ".mka"),
    "wav": (".wav",),
    "flac": (".flac",),
    "mp3": (".mp3",),
    "ogg": (".ogg", ".opus", ".oga"),
    "aac": (".aac",),
    "avi": (".avi",),
}
"""Every demuxer that may be opened, and the names of its files."""


@dataclass(frozen=True, slots=True)
class VideoStream:
    """The picture track. ``width`` and ``height`` are as coded: ``rotation`` (degrees, counter-clockwise) is still to
    be applied, and so is the shape of a pixel. Colour tags are names, or ``""`` where the file gives none."""

    codec: str
    width: int
    height: int
    rate: Fraction
    """Average frames a second."""
    frames: int
    pix_fmt: str
    duration_ms: int
    rotation: int = 0
    pixel_aspect: Fraction = Fraction(1)
    primaries: str = ""
    transfer: str = ""
    matrix: str = ""
    full_range: bool = False
    interlaced: bool = False

    @property
    def aspect(self) -> Fraction:
        """Width over height as it is to be shown: pixels' shape and rotation applied."""
        shape = Fraction(self.width, self.height) * self.pixel_aspect
        return 1 / shape if self.rotation in (90, 270) else shape


@dataclass(frozen=True, slots=True)
class AudioStream:
    """The sound track. ``samples`` is its length a channel at ``rate`` Hz."""

    codec: str
    rate: int
    channels: int
    samples: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Probed:
    """A film or sound. ``format`` is the demuxer's name; ``duration_ms`` that of its longest track."""

    format: str
    duration_ms: int
    video: VideoStream | None
    audio: AudioStream | None


def probe(source: Path | bytes) -> Probed:
    """What a film or sound file holds; the first picture and the first sound are decoded.

    Raises:
        MediaError: it is empty, of a kind that is not read, damaged, or holds neither picture nor sound.
        NotFoundError: there is no such file.
    """
    with _opened(source) as (name, container):
        return _probe(name, container)


def accept(data: bytes, suffix: str, modality: Modality) -> dict[str, Any]:
    """Facts of an artefact that can be used: of a picture ``width`` and ``height``, of sound ``duration_ms``,
    ``sample_rate``, ``channels``, of a film ``duration_ms``, ``width``, ``height``, ``fps``, ``frames``, ``has_audio``,
    of text ``characters``. Pictures and sound are decoded whole, films at both ends.

    Raises:
        MediaError: the artefact is empty, damaged, not what ``suffix`` says, or lacks what the modality needs.
    """
    if not data:
        raise MediaError("the artefact is empty")
    if modality == "text":
        return {"characters": len(_text(data))}
    if modality == "image":
        width, height = picture_file.check(data, suffix)
        return {"width": width, "height": height}
    with _opened(data) as (name, container):
        if suffix.lower() not in _SUFFIXES[name]:
            raise MediaError(f"the artefact is a {name} file and no {suffix}", hint="Give it the right suffix.")
        found = _probe(name, container)
        if modality == "video":
            if found.video is None:
                raise MediaError("the film has no picture")
            _decode_end(container, found.video)
            facts = {
                "width": found.video.width,
                "height": found.video.height,
                "fps": str(found.video.rate),
                "frames": found.video.frames,
                "has_audio": found.audio is not None,
            }
        else:
            if found.audio is None:
                raise MediaError("the file has no sound")
            _decode_sound(container)
            facts = {"sample_rate": found.audio.rate, "channels": found.audio.channels}
    return {"duration_ms": found.duration_ms, **facts}


def _text(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise MediaError("the text is not UTF-8") from error
    if not text.strip():
        raise MediaError("the text is blank")
    return text


def _demuxer(head: bytes) -> str | None:
    """The demuxer for a file that starts with these bytes (at least 12 where there are as many)."""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip") and not picture_file.recognise(head):
        return "mov"
    if head[:4] == b"RIFF":
        return {b"WAVE": "wav", b"AVI ": "avi"}.get(head[8:12])
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2):
        return "mp3"
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xF6 == 0xF0:
        return "aac"
    return {b"\x1aE\xdf\xa3": "matroska", b"fLaC": "flac", b"OggS": "ogg"}.get(head[:4])


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {path}", hint="Check the path.") from error
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror}", hint="Check the file and its permissions.") from error


@contextmanager
def _opened(source: Path | bytes) -> Iterator[tuple[str, InputContainer]]:
    """The demuxer's name and the open file. Errors of libav inside the block become `MediaError`."""
    what = "the media data" if isinstance(source, bytes) else str(source)
    head = source[:64] if isinstance(source, bytes) else _head(source)
    if not head:
        raise MediaError(f"{what} is empty")
    name = _demuxer(head)
    if name is None:
        kinds = ", ".join(suffix for suffixes in _SUFFIXES.values() for suffix in suffixes)
        raise MediaError(f"{what} is neither a film nor a sound file that can be read", hint=f"Use one of: {kinds}.")
    try:
        handle: str | io.BytesIO = io.BytesIO(source) if isinstance(source, bytes) else str(source)
        # A file may be opened, nothing that it names.
        options = {"protocol_whitelist": "file"}
        with av.open(handle, "r", format=name, options=options, metadata_errors="replace") as container:
            yield name, container
    except av.FFmpegError as error:
        raise MediaError(f"{what} is damaged: {error.strerror}", hint="Make or fetch the file again.") from error


def _probe(name: str, container: InputContainer) -> Probed:
    pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    sounds = list(container.streams.audio)
    if not pictures and not sounds:
        raise MediaError("the file holds neither picture nor sound")
    for stream in (*pictures[:1], *sounds[:1]):
        if stream.codec_context is None:  # PyAV's way to say that there is no decoder
            raise MediaError(f"the file's {stream.type} track is of a kind that cannot be decoded")
    if pictures and max(pictures[0].codec_context.width, pictures[0].codec_context.height) > MAX_SIDE:
        raise MediaError(f"the film's pictures are larger than {MAX_SIDE} pixels", hint="Scale it down.")
    _whole(name, container)
    ends = _measure(container, [*pictures[:1], *sounds[:1]], trust_header=name not in ("mp3", "aac"))
    audio = None
    if sounds:
        end, _ = ends[sounds[0].index]
        context = sounds[0].codec_context
        _first(container, sounds[0])
        audio = AudioStream(
            context.name, context.sample_rate, context.channels, round(end * context.sample_rate), _ms(end)
        )
    video = _video(container, pictures[0], *ends[pictures[0].index]) if pictures else None
    duration = max(stream.duration_ms for stream in (video, audio) if stream)
    if duration <= 0:
        raise MediaError("the file has no length")
    if duration > MAX_SECONDS * 1000:
        raise MediaError(f"the file is longer than {MAX_SECONDS // 3600} hours", hint="Cut it shorter.")
    return Probed(name, duration, video, audio)


def _whole(name: str, container: InputContainer) -> None:
    """Refuse a file whose index (known at once for MOV and its kin) points behind its end."""
    if name != "mov" or container.size <= 0:
        return
    for stream in container.streams:
        if any(entry.pos + entry.size > container.size for entry in stream.index_entries):
            raise MediaError("the film is cut short: parts of it are missing", hint="Make or fetch the file again.")


def _colour(code: int) -> str:
    return "" if code == _NOT_GIVEN else _COLOURS.get(int(code), str(int(code)))


def _ms(seconds: Fraction) -> int:
    return round(seconds * 1000)


def _measure(container: InputContainer, streams: list[Any], *, trust_header: bool) -> dict[int, tuple[Fraction, int]]:
    """Length in seconds and number of packets of each stream, counted packet by packet: headers estimate, or lie. What
    a header says can only shorten (a file says where its padded last packet ends)."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    count: dict[int, int] = {}
    for packet in container.demux(streams):
        if packet.size == 0 or packet.pts is None:
            continue
        index = packet.stream.index
        first[index] = min(first.get(index, packet.pts), packet.pts)
        last[index] = max(last.get(index, 0), packet.pts + (packet.duration or 0))
        count[index] = count.get(index, 0) + (not packet.is_discard)
    out = {}
    for stream in streams:
        if not count.get(stream.index):
            raise MediaError(f"the file's {stream.type} track is empty")
        declared = stream.duration * stream.time_base if stream.duration and trust_header else None
        counted = (last[stream.index] - max(0, first[stream.index])) * stream.time_base
        out[stream.index] = (min(counted, declared) if declared else counted, count[stream.index])
    return out


def _first(container: InputContainer, stream: Any) -> Any:
    """The stream's first decoded frame."""
    container.seek(0)
    for frame in container.decode(stream):
        return frame
    raise MediaError(f"the file's {stream.type} track cannot be decoded")


def _video(container: InputContainer, stream: Any, end: Fraction, frames: int) -> VideoStream:
    frame = _first(container, stream)
    context = stream.codec_context
    if frame.width <= 0 or frame.height <= 0 or max(frame.width, frame.height) > MAX_SIDE:
        raise MediaError(f"the film's pictures are {frame.width}x{frame.height}")
    rate = stream.average_rate or stream.guessed_rate
    if not rate:
        if end <= 0:
            raise MediaError("the film has no frame rate")
        rate = Fraction(frames) / end
    return VideoStream(
        codec=context.name,
        width=frame.width,
        height=frame.height,
        rate=Fraction(rate),
        frames=frames,
        pix_fmt=frame.format.name,
        duration_ms=_ms(end),
        rotation=int(frame.rotation) % 360,
        pixel_aspect=Fraction(stream.sample_aspect_ratio or 1),
        primaries=_colour(frame.color_primaries),
        transfer=_colour(frame.color_trc),
        matrix=_colour(frame.colorspace),
        full_range=int(frame.color_range) == 2 or frame.format.name.startswith("yuvj"),
        interlaced=bool(frame.interlaced_frame),
    )


def _decode_end(container: InputContainer, video: VideoStream) -> None:
    """Decode from the last key frame on.

    Raises:
        MediaError: the last picture is missing: the file was cut short.
    """
    stream = next(s for s in container.streams.video if not s.disposition & Disposition.attached_pic)
    assert stream.time_base is not None
    end = Fraction(video.duration_ms, 1000) + (stream.start_time or 0) * stream.time_base
    container.seek(int(end / stream.time_base), stream=stream, backward=True)
    last = None
    for frame in container.decode(stream):
        if frame.pts is not None:
            last = frame.pts * stream.time_base
    if last is None or last + _TAIL + 2 / video.rate < end:
        raise MediaError("the film is cut short: its end cannot be decoded", hint="Make or fetch the file again.")


def _decode_sound(container: InputContainer) -> None:
    """Decode all sound.

    Raises:
        MediaError: nothing comes out of it.
    """
    container.seek(0)
    samples = sum(frame.samples for frame in container.decode(container.streams.audio[0]))
    if not samples:
        raise MediaError("the file's sound cannot be decoded")
