"""The cut: from a screenplay, measured voices and pictures to a timeline. Pure: the same input, the same cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from manju.domain.cues import Cue, Word
from manju.domain.film import FilmSpec
from manju.domain.platforms import chosen
from manju.domain.screenplay import Screenplay, Shot
from manju.domain.time import milliseconds
from manju.domain.timeline import (
    Label,
    MissingPicture,
    MusicClip,
    Overlay,
    Picture,
    SubtitleStyle,
    Timeline,
    TimelineShot,
    VoiceClip,
)
from manju.media.cueing import columns, cues, settle
from manju.pipeline.camera import motion
from manju.pipeline.pacing import Paced
from manju.pipeline.variants import safe_for


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line as it was spoken: the file's path in the film's folder, its length, and its words from its start."""

    path: str
    duration_ms: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Voiced:
    """What the voice stage made: a voice for every line of every shot, and every shot's final length."""

    spoken: tuple[tuple[Spoken, ...], ...]
    paced: tuple[Paced, ...]


def cut(
    spec: FilmSpec,
    size: tuple[int, int],
    screenplay: Screenplay,
    paced: Sequence[Paced],
    spoken: Sequence[Sequence[Spoken]],
    pictures: Mapping[str, Picture],
    producer: str,
) -> Timeline:
    """The timeline of a film, still without its music.

    Args:
        spec: rate and subtitle options.
        size: width and height in pixels.
        screenplay: transitions, overlays, camera moves.
        paced: length of every shot and the places of its lines.
        spoken: the voices of every line of every shot.
        pictures: by shot uid; a shot without one is cut as `MissingPicture`.
        producer: code for the AI label, may be empty.
    """
    width, height = size
    safe = safe_for(chosen(spec.platform or screenplay.target_platform), size)
    style = SubtitleStyle(burn=spec.subtitles == "burn", karaoke=spec.karaoke)
    shots: list[TimelineShot] = []
    clips: list[VoiceClip] = []
    titles: list[Cue] = []
    start = 0
    for shot, pace, lines in zip(screenplay.shots, paced, spoken, strict=True):
        length = _frames_up(pace.duration, spec)
        at = milliseconds(start, spec.fps)
        for placed in pace.lines:
            line, voice = shot.lines[placed.line], lines[placed.line]
            begin = at + placed.start
            clips.append(
                VoiceClip(
                    path=voice.path,
                    shot=shot.uid,
                    speaker=line.speaker,
                    start_ms=begin,
                    duration_ms=voice.duration_ms,
                )
            )
            if spec.subtitles != "none":
                titles += cues(
                    [word.shifted(begin) for word in voice.words],
                    language=screenplay.language,
                    speaker=line.speaker,
                    columns=columns(width, height, style.size, screenplay.language, safe.side),
                )
        picture = pictures.get(shot.uid)
        if picture is not None and picture.kind == "still":
            picture = picture.model_copy(update={"motion": motion(shot)})
        overlays = (Overlay(text=shot.text_overlay, position=_beside(shot)),) if shot.text_overlay.strip() else ()
        shots.append(
            TimelineShot(
                uid=shot.uid,
                frames=length,
                picture=picture or MissingPicture(),
                transition=shot.transition,
                overlays=overlays,
            )
        )
        start += length
    end = milliseconds(start, spec.fps)  # a short last word is held no longer than the film lasts
    return Timeline(
        title=screenplay.title,
        language=screenplay.language,
        rate=spec.fps,
        width=width,
        height=height,
        shots=tuple(shots),
        voice=tuple(clips),
        cues=tuple(cue.model_copy(update={"end_ms": min(cue.end_ms, end)}) for cue in settle(titles)),
        subtitles=style,
        safe=safe,
        label=Label(
            text="AI生成" if screenplay.language == "zh" else "AI生成 AI-generated",
            visible=spec.visible_label,
            reason="" if spec.visible_label else spec.label_reason,
            producer=producer,
        ),
    )


def with_music(timeline: Timeline, path: str) -> Timeline:
    """The same cut over music."""
    return timeline.model_copy(update={"music": MusicClip(path=path)})


def _beside(shot: Shot) -> Literal["top", "bottom"]:
    """Where a text hides no face: below it where it fills the upper half of the picture, else above."""
    return "bottom" if shot.characters and shot.size in ("close", "extreme_close") else "top"


def _frames_up(ms: int, spec: FilmSpec) -> int:
    """Whole frames that hold at least ``ms``: speech must never be cut by a rounded-down shot."""
    return int((ms * spec.fps / 1000).__ceil__())
