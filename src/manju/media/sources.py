"""Look at a timeline's files before anything is encoded: can they be read, and are they long enough?"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from manju.domain.time import milliseconds
from manju.domain.timeline import Picture, Timeline
from manju.errors import InputError, MediaError, UnusableFileError
from manju.media.probe import Probed, probe

STILLS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF")


def inspect(timeline: Timeline, folder: Path) -> list[str]:
    """What the user should know about pictures, clips and voices.

    Raises:
        UnusableFileError: a file cannot be decoded, or is not what the timeline takes it for.
        InputError: a clip ends before its shot would begin in it.
    """
    notes = []
    for shot in timeline.shots:
        picture = shot.picture
        if not isinstance(picture, Picture):
            continue
        if picture.kind == "still":
            _recognise(folder, picture.path)
        else:
            found = _probe(folder, picture.path)
            if found.video is None:
                raise UnusableFileError(f"{picture.path} holds no picture", hint="Put another file there.")
            length = milliseconds(shot.frames, timeline.rate)
            if picture.trim_ms >= found.duration_ms:
                raise InputError(
                    f"shot {shot.uid}: trim_ms {picture.trim_ms} lies behind the end of {picture.path} "
                    f"({found.duration_ms} ms)",
                    hint="Use a smaller trim_ms in timeline.json.",
                )
            rest = found.duration_ms - picture.trim_ms
            if rest < length - 100:
                notes.append(
                    f"shot {shot.uid}: {picture.path} ends {(length - rest) / 1000:.1f} s early and stands still"
                )
    for clip in timeline.voice:
        voice = _probe(folder, clip.path)
        if voice.audio is None:
            raise UnusableFileError(f"{clip.path} holds no sound", hint="Put another file there.")
        if voice.duration_ms > clip.duration_ms + 100:
            notes.append(
                f"{clip.path} is {voice.duration_ms / 1000:.1f} s long, the timeline gives it "
                f"{clip.duration_ms / 1000:.1f} s: it may run into what follows"
            )
    return notes


def _recognise(folder: Path, path: str) -> None:
    """Read a picture's head only: decoding all of a long film's pictures here would take seconds."""
    try:
        with Image.open(folder / path, formats=STILLS):
            pass
    except (OSError, Image.DecompressionBombError) as error:
        raise UnusableFileError(f"{path} cannot be read as a picture", hint="Use a PNG, JPEG or WebP file.") from error


def _probe(folder: Path, path: str) -> Probed:
    try:
        return probe(folder / path)
    except MediaError as error:
        raise UnusableFileError(f"{path}: {error.message}", hint=error.hint or "Put a sound file there.") from error
