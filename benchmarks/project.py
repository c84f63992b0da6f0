"""Films made of the corpus: their timelines, and the edits that are measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from benchmarks.corpus import SCENE_SECONDS, TRANSITIONS
from manju.domain.cues import Cue, Word
from manju.domain.time import milliseconds
from manju.domain.timeline import Label, Motion, MusicClip, Overlay, Picture, Timeline, TimelineShot, VoiceClip
from manju.media.captions import Caption, captions, rasterise
from manju.media.cueing import columns, cues, settle
from manju.media.encoder import Format
from manju.media.film import Cache, digests, text_of
from manju.media.fonts import face
from manju.media.plan import RenderPlan, plan

RATE = Fraction(30)
SIZE = (1920, 1080)
VOICE_AFTER_MS = 400


@dataclass(frozen=True, slots=True)
class Scene:
    """A shot of a film: a picture below ``shots``, a line below ``audio``, and its camera move."""

    picture: str
    voice: str
    zoom: float
    frames: int = SCENE_SECONDS * 30


def scenes(count: int) -> list[Scene]:
    """Scenes of the corpus, ten pictures in turn. No two have the same move, so that none is encoded for another."""
    return [Scene(f"{index % 10:02d}.png", f"{index % 10:02d}", 1.10 + 0.001 * index) for index in range(count)]


def timeline(folder: Path, made_of: Sequence[Scene]) -> Timeline:
    """A film with all transitions, moves, narration with word-timed subtitles, music, overlays and the AI label."""
    shots: list[TimelineShot] = []
    voice: list[VoiceClip] = []
    shown: list[Cue] = []
    at = 0
    for index, scene in enumerate(made_of):
        start = milliseconds(at, RATE) + VOICE_AFTER_MS
        facts = json.loads((folder / f"audio/{scene.voice}.json").read_text("utf-8"))
        words = [Word.model_validate(word).shifted(start) for word in facts["words"]]
        zoom = (1.0, scene.zoom) if index % 2 else (scene.zoom, 1.0)
        motion = Motion(zoom=zoom, x=(-0.5, 0.5) if index % 3 == 0 else (0.0, 0.0))
        shots.append(
            TimelineShot(
                uid=f"shot-{index}",
                frames=scene.frames,
                picture=Picture(path=f"shots/{scene.picture}", motion=motion),
                transition=TRANSITIONS[index % len(TRANSITIONS)],
                overlays=(Overlay(text=f"第{index + 1}幕", end_ms=3000),) if index % 3 == 0 else (),
            )
        )
        voice.append(
            VoiceClip(
                path=f"audio/{scene.voice}.wav",
                shot=f"shot-{index}",
                speaker="narrator",
                start_ms=start,
                duration_ms=facts["duration_ms"],
            )
        )
        shown += cues(words, language="zh", speaker="narrator", columns=columns(*SIZE, 52, "zh"))
        at += scene.frames
    return Timeline(
        title="赛博校园侦探",
        width=SIZE[0],
        height=SIZE[1],
        rate=RATE,
        shots=tuple(shots),
        voice=tuple(voice),
        cues=tuple(settle(shown)),
        music=MusicClip(path="audio/music.flac"),
    )


def silent(pictures: Sequence[Picture], frames: int) -> Timeline:
    """A film of pictures or clips in hard cuts: no text, no label, no sound."""
    shots = [TimelineShot(uid=f"shot-{index}", frames=frames, picture=each) for index, each in enumerate(pictures)]
    return Timeline(width=SIZE[0], height=SIZE[1], rate=RATE, shots=tuple(shots), label=Label.model_construct(text=""))


def load(document: Path) -> Timeline:
    """A timeline as these benchmarks saved it: without a label too, which no film of a user can be."""
    data = json.loads(document.read_text("utf-8"))
    label = data.pop("label")
    film = Timeline.model_validate(data)
    return film.model_copy(update={"label": Label.model_construct(**label)})


def planned(film: Timeline, folder: Path, form: Format, cache: Cache) -> tuple[RenderPlan, tuple[Caption, ...]]:
    """The plan of a film with its captions drawn, as `manju.media.film.render` makes it."""
    font = face(text_of(film), cache=cache.fonts)
    burnt = captions(film, font)
    rasterise(burnt, font.path.parent, form.width, form.height, cache.captions)
    return plan(film, digests(film, folder), burnt, form), burnt
