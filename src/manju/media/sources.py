"""Look at a timeline's files before anything is encoded: can they be read, and is there enough of them?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from manju.domain.time import milliseconds
from manju.domain.timeline import Picture, Timeline, TimelineShot
from manju.errors import InputError, MediaError, UnusableFileError
from manju.media import picture_file
from manju.media.mix import SHORTEST_MUSIC
from manju.media.probe import Probed, probe
from manju.media.sound import SAMPLE_RATE, stream

MOST_CROPPED = 16
"""How many times wider or taller than the film's frame a clip may be: it is scaled as a whole, then cropped."""
ROUNDING_MS = 1
UNBREAKABLE = ("pcm_s16le", "pcm_s24le", "pcm_u8")
"""Codecs of which any bytes are sound: nothing has to be decoded to know that it can be."""


def inspect(timeline: Timeline, folder: Path) -> list[str]:
    """What the user should know about pictures, clips, voices and music.

    Raises:
        UnusableFileError: a file cannot be decoded, or is not what the timeline takes it for.
        InputError: a clip ends before its shot would begin in it, or a voice runs past the film's end.
    """
    notes = []
    for shot in timeline.shots:
        if isinstance(shot.picture, Picture):
            if shot.picture.kind == "still":
                for path in shot.picture.paths:
                    _look(folder, path)
            else:
                notes += [f"shot {shot.uid}: {note}" for note in _clip(timeline, shot, shot.picture, folder)]
    length = milliseconds(timeline.total_frames, timeline.rate)
    for clip in timeline.voice:
        voice = _hear(folder, clip.path, length)
        if clip.start_ms + max(voice, clip.duration_ms) > length + ROUNDING_MS:
            raise InputError(
                f"the voice {clip.path} ends {(clip.start_ms + max(voice, clip.duration_ms) - length) / 1000:.2f} s "
                "after the film",
                hint=f"Make shot {clip.shot} longer in timeline.json, or start the voice earlier.",
            )
        if voice > clip.duration_ms + 100:
            notes.append(
                f"{clip.path} is {voice / 1000:.1f} s long, the timeline gives it "
                f"{clip.duration_ms / 1000:.1f} s: it may run into what follows"
            )
    if timeline.music:
        music = _hear(folder, timeline.music.path, length)
        if music < min(length, SHORTEST_MUSIC * 1000 // SAMPLE_RATE):
            raise UnusableFileError(
                f"the music {timeline.music.path} is only {music / 1000:.2f} s long",
                hint="Give a piece of at least half a second; it is looped to the film's length.",
            )
    return notes


def _clip(timeline: Timeline, shot: TimelineShot, picture: Picture, folder: Path) -> Iterator[str]:
    path = picture.path
    video = _probe(folder, path, "Put an MP4, MOV or WebM file there.").video
    if video is None:
        raise UnusableFileError(f"{path} holds no picture", hint="Put an MP4, MOV or WebM file there.")
    if video.rotation % 90:
        raise UnusableFileError(
            f"{path} is to be turned by {video.rotation} degrees: only quarter turns can be used",
            hint="Turn it in an editing program and save it anew.",
        )
    shape = video.aspect * timeline.height / timeline.width
    if max(shape, 1 / shape) > MOST_CROPPED:
        raise UnusableFileError(
            f"{path} ({video.width}x{video.height}) has nearly nothing of the shape of the film "
            f"({timeline.width}x{timeline.height})",
            hint="Crop it in an editing program, or use another clip.",
        )
    if picture.trim_ms >= video.duration_ms:
        raise InputError(
            f"shot {shot.uid}: trim_ms {picture.trim_ms} lies behind the end of {path} ({video.duration_ms} ms)",
            hint="Use a smaller trim_ms in timeline.json.",
        )
    missing = milliseconds(shot.frames, timeline.rate) - (video.duration_ms - picture.trim_ms)
    if missing > 100:
        yield f"{path} ends {missing / 1000:.1f} s early and stands still"
    if video.interlaced:
        yield f"{path} is interlaced: what moves shows its lines; deinterlace it to be rid of them"
    if video.transfer in ("pq", "hlg"):
        yield f"{path} is HDR: its colours look pale; convert it to SDR (BT.709) to have them right"


def _hear(folder: Path, path: str, length: int) -> int:
    """Milliseconds of a sound; so much of it as a film of ``length`` milliseconds needs was decoded."""
    found = _probe(folder, path, "Put a sound file there, such as a WAV or MP3.")
    if found.audio is None:
        raise UnusableFileError(f"{path} holds no sound", hint="Put another file there.")
    if found.audio.codec in UNBREAKABLE:
        return found.audio.duration_ms
    heard, whole = 0, True
    try:
        with closing(stream(folder / path)) as blocks:
            for block in blocks:
                whole = whole and bool(np.isfinite(block).all())
                heard += block.shape[1]
                if heard >= length * SAMPLE_RATE // 1000:
                    break
    except MediaError as error:
        told = error.message.removeprefix(Path(path).name)
        raise UnusableFileError(f"{path}{told}", hint=error.hint) from error
    if not whole:
        raise UnusableFileError(f"{path} holds numbers that are no sound", hint="Export it anew.")
    return found.audio.duration_ms


def _look(folder: Path, path: str) -> None:
    try:
        picture_file.inspect(folder / path)
    except MediaError as error:
        raise UnusableFileError(f"{path}: {error.message}", hint=error.hint) from error


def _probe(folder: Path, path: str, hint: str) -> Probed:
    try:
        return probe(folder / path)
    except MediaError as error:
        told = error.message.replace(str(folder / path), path)
        raise UnusableFileError(told if path in told else f"{path}: {told}", hint=hint) from error
