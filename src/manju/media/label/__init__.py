"""The implicit AI label (隐式标识) of GB 45438-2025, Appendix E: one metadata field ``AIGC`` in every file we make.

The field is a JSON object of seven texts. Pictures carry it as XMP, WAV in a RIFF chunk of its own, FLAC as a Vorbis
comment, MP3 as an ID3v2 user text, MP4/M4A/MOV as an ``mdta`` key (the form that ffmpeg's ``use_metadata_tags``
writes), SVG in its ``metadata`` element. Pictures and samples are never decoded: only the files' chunks are edited.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from manju.errors import MediaError, NotFoundError
from manju.media.label import audio, mp4, picture, svg
from manju.media.label.field import KEY, Buffer, parse

MOVFLAGS = "+faststart+use_metadata_tags"
"""For every muxer of MP4 and MOV: without ``use_metadata_tags`` the ``AIGC`` field is lost."""

_WRITERS: dict[str, Callable[[bytes, str], bytes]] = {
    ".png": picture.write_png,
    ".jpg": picture.write_jpeg,
    ".jpeg": picture.write_jpeg,
    ".webp": picture.write_webp,
    ".svg": svg.write,
    ".wav": audio.write_wav,
    ".flac": audio.write_flac,
    ".mp3": audio.write_mp3,
    ".mp4": mp4.write,
    ".m4a": mp4.write,
    ".m4v": mp4.write,
    ".mov": mp4.write,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """The seven texts of the field. ``producer`` is the code that the authority gave to who made the content (a local
    tool has none: the user configures it), ``produce_id`` the content's number there; the propagator is who publishes
    it, filled in by the platform. ``label``: ``"1"`` generated, ``"2"`` possibly, ``"3"`` suspected."""

    producer: str
    produce_id: str
    propagator: str = ""
    propagate_id: str = ""
    reserved_1: str = ""
    reserved_2: str = ""
    label: str = "1"

    def json(self) -> str:
        """The field's value: compact, in the order of the standard, ASCII only (it passes every container)."""
        return json.dumps(
            {
                "Label": self.label,
                "ContentProducer": self.producer,
                "ProduceID": self.produce_id,
                "ReservedCode1": self.reserved_1,
                "ContentPropagator": self.propagator,
                "PropagateID": self.propagate_id,
                "ReservedCode2": self.reserved_2,
            },
            separators=(",", ":"),
        )


def metadata(mark: Mark) -> dict[str, str]:
    """The label as container metadata, for a muxer that is opened with `MOVFLAGS`."""
    return {KEY: mark.json()}


def mark(data: bytes, suffix: str, mark: Mark) -> bytes:
    """The same file with the label. A file that is labelled already (by the upstream model) returns unchanged, and so
    does a kind of file that carries no label (``.txt``, ``.json``).

    Raises:
        MediaError: the file is not what ``suffix`` (``".png"``) says, or is damaged.
    """
    write = _WRITERS.get(suffix.lower())
    if write is None or read(data) is not None:
        return data
    return write(data, mark.json())


def read(source: bytes | Path) -> dict[str, str] | None:
    """The label of a file of any of the kinds above, or None if it has none or is of another kind.

    Raises:
        MediaError: the file is damaged.
        NotFoundError: there is no such file.
    """
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                if source.stat().st_size == 0:
                    return None
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                    return _read(data)
        except FileNotFoundError as error:
            raise NotFoundError(f"there is no file {source}") from error
        except OSError as error:
            raise MediaError(f"cannot read {source}: {error.strerror}") from error
    return _read(source)


def _read(data: Buffer) -> dict[str, str] | None:
    for recognises, find in (
        (picture.is_png, picture.read_png),
        (picture.is_jpeg, picture.read_jpeg),
        (picture.is_webp, picture.read_webp),
        (audio.is_wav, audio.read_wav),
        (audio.is_flac, audio.read_flac),
        (mp4.recognise, mp4.read),
        (audio.is_mp3, audio.read_mp3),
        (svg.recognise, svg.read),
    ):
        if recognises(data):
            return parse(find(data))
    return None
