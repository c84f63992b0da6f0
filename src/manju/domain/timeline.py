"""The timeline (时间线): the cut of a film in exact time.

Pictures are placed in whole frames at the timeline's rate, sound and words in whole milliseconds. Shots follow each
other without gaps: a shot starts where the one before it ends, and a transition's window lies around the cut (or, for
``fade_in`` and ``fade_out``, inside its shot), so it never moves anything. Paths are relative to the film's folder.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator, model_validator

from manju.domain.cues import Cue
from manju.domain.document import Document, Value
from manju.domain.platforms import NOWHERE, SafeArea
from manju.domain.storyboard import TRANSITION_MS, Transition
from manju.domain.time import Rate, frames


def _inside(path: str) -> str:
    parts = path.replace("\\", "/").split("/")
    if not path or path.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise ValueError("must be a path below the film's folder, such as shots/s01.png")
    return path


MOST_LAYERS = 4

Below = Annotated[str, AfterValidator(_inside)]
"""A path below the film's folder, with ``/`` between its parts."""


class Motion(Value):
    """Camera move over a still (Ken Burns): zoom and centre at its first and last frame.

    ``zoom`` is >= 1 (1 shows the whole picture as cropped to the frame); ``x`` and ``y`` are the centre in -1..1 of
    the free travel (0 is the middle, -1 the left/top edge). The zoom is exponential in time: constant perceived speed.
    """

    zoom: tuple[float, float] = (1.0, 1.1)
    x: tuple[float, float] = (0.0, 0.0)
    y: tuple[float, float] = (0.0, 0.0)

    @model_validator(mode="after")
    def _range(self) -> Motion:
        if not all(1.0 <= z <= 8.0 for z in self.zoom):
            raise ValueError("zoom must be between 1 and 8")
        if not all(-1.0 <= v <= 1.0 for v in (*self.x, *self.y)):
            raise ValueError("x and y must be between -1 and 1")
        return self


class PictureLayer(Value):
    """A part of a still that lies at one depth. ``nearness`` is how much of the still's camera move it makes: 1 all of
    it, less what is further away, more what is nearer, 0 none. While the whole picture is seen (zoom 1) all layers lie
    where they lie in it."""

    path: Below
    nearness: float = Field(default=1.0, ge=0, le=2)


class Picture(Value):
    """What a shot shows: a still (png, jpg, webp) under a camera move, or a clip (mp4, mov, webm) as it is."""

    kind: Literal["still", "clip"] = "still"
    path: Below
    motion: Motion = Motion()
    """Used for stills."""
    layers: tuple[PictureLayer, ...] = Field(default=(), max_length=MOST_LAYERS, exclude_if=lambda layers: not layers)
    """Of a still, from behind to the front: what the film shows instead of the picture in ``path``, which they make up
    together. The first fills the frame; in the others, what is transparent lets those behind them be seen."""
    trim_ms: int = Field(default=0, ge=0)
    """Used for clips: where in the clip the shot starts."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Of the picture and of its layers."""
        return (self.path, *(each.path for each in self.layers))

    @model_validator(mode="after")
    def _layered(self) -> Picture:
        if self.layers and self.kind == "clip":
            raise ValueError("a clip has no layers: leave them out, or show a still")
        if len(self.layers) == 1:
            raise ValueError("one layer is the picture itself: leave it out, or give two to four")
        return self


class MissingPicture(Value):
    """The shot has no picture yet: it cannot be rendered until it gets one."""

    kind: Literal["missing"] = "missing"


def _which(value: Any) -> str:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return "missing" if kind == "missing" else "picture"


Shown = Annotated[Annotated[Picture, Tag("picture")] | Annotated[MissingPicture, Tag("missing")], Discriminator(_which)]
"""What a shot shows. Told apart by ``kind`` first, so that a slip in one is not told as a slip in the other too."""


class Overlay(Value):
    """Text laid over a shot (``text_overlay``); times are milliseconds from the start of the shot."""

    text: str = Field(min_length=1)
    start_ms: int = Field(default=0, ge=0)
    end_ms: int | None = None
    """None: until the end of the shot."""
    position: Literal["top", "middle", "bottom"] = "top"


class TimelineShot(Value):
    """One shot in the cut."""

    uid: str
    frames: int = Field(gt=0)
    picture: Shown
    transition: Transition = "cut"
    """Into this shot (see `manju.domain.storyboard.TRANSITION_MS`)."""
    overlays: tuple[Overlay, ...] = ()


class VoiceClip(Value):
    """A spoken line: a sound file placed on the film's time axis. ``duration_ms`` is the file's length."""

    path: Below
    shot: str
    speaker: str
    start_ms: int = Field(ge=0)
    duration_ms: int = Field(gt=0)
    gain_db: float = Field(default=0.0, ge=-60, le=24)


class MusicClip(Value):
    """The film's music: looped to the film's length, ducked under speech, faded at both ends."""

    path: Below
    gain_db: float = Field(default=-10.0, ge=-60, le=24)
    """Loudness of the music against that of the speech, before ducking."""
    duck_db: float = Field(default=-9.0, ge=-40, le=0)
    """How much further it goes down while somebody speaks."""
    fade_in_ms: int = Field(default=500, ge=0)
    fade_out_ms: int = Field(default=2000, ge=0)


class SubtitleStyle(Value):
    """How burnt-in subtitles look. Sizes are per mille of the frame's shorter side."""

    burn: bool = True
    size: int = Field(default=52, ge=20, le=150)
    margin: int = Field(default=80, ge=0, le=500)
    """Distance of the last line from the bottom, per mille of the frame's height."""
    colour: str = Field(default="#FFFFFF", pattern=r"^#[0-9A-Fa-f]{6}$")
    karaoke: bool = True
    """Words take the colour ``spoken`` from the moment they are spoken."""
    spoken: str = Field(default="#FFE14D", pattern=r"^#[0-9A-Fa-f]{6}$")
    outline: str = Field(default="#101014", pattern=r"^#[0-9A-Fa-f]{6}$")


class Label(Value):
    """AI label (GB 45438-2025). The visible text is held for ``visible_ms`` (>= 2000) from the first frame, at
    ``height`` per mille (>= 50) of the shorter side; ``producer`` goes into the AIGC metadata. It is left out of the
    picture (``visible`` false) only for a ``reason``, which is kept on record; the metadata stays."""

    text: str = "AI生成"
    visible: bool = True
    reason: str = ""
    visible_ms: int = Field(default=3000, ge=2000)
    height: int = Field(default=52, ge=50, le=200)
    producer: str = ""

    @field_validator("text")
    @classmethod
    def _says_it(cls, text: str) -> str:
        by_ai = "AI" in text.upper() or "人工智能" in text
        if not (by_ai and ("生成" in text or "合成" in text)):
            raise ValueError("must say AI or 人工智能, and 生成 or 合成: the label is required by law (GB 45438-2025)")
        return text

    @model_validator(mode="after")
    def _reasoned(self) -> Label:
        if not self.visible and not self.reason.strip():
            raise ValueError(
                "visible is false without a reason: say in 'reason' why the film goes without its AI label"
            )
        return self


class Timeline(Document):
    """A film as a cut. Its length in frames is the sum of its shots' frames."""

    schema_: Literal["manju.timeline"] = Field(default="manju.timeline", alias="schema")
    version: Literal[1] = 1
    title: str = ""
    language: Literal["zh", "en"] = "zh"
    rate: Rate = Fraction(30)
    width: int = Field(ge=64, le=7680, multiple_of=2)
    height: int = Field(ge=64, le=7680, multiple_of=2)
    shots: tuple[TimelineShot, ...] = Field(min_length=1)
    voice: tuple[VoiceClip, ...] = ()
    cues: tuple[Cue, ...] = ()
    music: MusicClip | None = None
    subtitles: SubtitleStyle = SubtitleStyle()
    safe: SafeArea = NOWHERE
    """What players lay things over: text stays clear of it."""
    label: Label = Label()

    @property
    def total_frames(self) -> int:
        """Length of the film in frames."""
        return sum(shot.frames for shot in self.shots)

    def starts(self) -> tuple[int, ...]:
        """First frame of each shot."""
        out, at = [], 0
        for shot in self.shots:
            out.append(at)
            at += shot.frames
        return tuple(out)

    def window(self, index: int) -> tuple[int, int]:
        """Frames ``[start, end)`` of the transition into shot ``index`` around its cut; empty for hard cuts,
        ``fade_in`` and ``fade_out`` (those lie inside their shot). A window takes at most half of a
        shot; after a ``fade_out`` the picture is black already, so the next shot comes as a hard cut."""
        kind = self.shots[index].transition
        cut = self.starts()[index]
        if index == 0 or kind in ("cut", "fade_in", "fade_out") or self.shots[index - 1].transition == "fade_out":
            return cut, cut
        length = frames(TRANSITION_MS[kind], self.rate)
        before = min(length // 2, self.shots[index - 1].frames // 2)
        after = min(length - length // 2, self.shots[index].frames // 2)
        return cut - before, cut + after
