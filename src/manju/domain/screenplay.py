"""The screenplay (剧本): what is told, by whom, in which pictures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from manju.domain.casting import NARRATOR, Character
from manju.domain.document import Document, Value
from manju.domain.storyboard import Angle, Movement, Size, Transition

Language = Literal["zh", "en"]
UID = r"^[a-z0-9][a-z0-9_-]*$"


class Line(Value):
    """One utterance. ``speaker`` is ``"narrator"`` or a character's uid. The text is spoken and subtitled as is."""

    speaker: str = NARRATOR
    text: str = Field(min_length=1)
    emotion: str = ""


class Scene(Value):
    """A place (场景): always with palette, light source and direction, and landmark props (标志性道具)."""

    uid: str = Field(pattern=UID)
    name: str = Field(min_length=1)
    description: str = ""
    palette: str = ""
    light: str = ""
    """Light source and its direction, e.g. ``"neon sign from the left"``."""
    landmarks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Prop(Value):
    """A thing that must look the same wherever it appears (product, badge, vehicle)."""

    uid: str = Field(pattern=UID)
    name: str = Field(min_length=1)
    description: str = ""
    tags: tuple[str, ...] = ()


class Shot(Value):
    """A shot (分镜/镜头): one row of the storyboard.

    ``description`` is the picture in words (seed 004's ``visual_description``); ``frame_prompt`` and
    ``shot_prompt`` replace the composed prompts of the first frame and of its motion when they are filled.
    """

    uid: str = Field(pattern=UID)
    scene: str = ""
    """uid of the scene, or empty."""
    characters: tuple[str, ...] = ()
    """uids of the characters in the picture."""
    props: tuple[str, ...] = ()
    size: Size = "medium"
    angle: Angle = "eye"
    movement: Movement = "push_in"
    action: str = ""
    description: str = ""
    lines: tuple[Line, ...] = ()
    """Narration and dialogue in the order in which they are spoken."""
    duration_ms: int = Field(ge=500, le=600_000)
    text_overlay: str = ""
    transition: Transition = "cut"
    frame_prompt: str = ""
    shot_prompt: str = ""
    notes: str = ""

    @property
    def narration(self) -> str:
        """The narrator's words of this shot, joined."""
        return "".join(line.text for line in self.lines if line.speaker == NARRATOR)

    @property
    def dialogue(self) -> tuple[Line, ...]:
        """The characters' lines of this shot."""
        return tuple(line for line in self.lines if line.speaker != NARRATOR)


class Screenplay(Document):
    """A whole film on paper. All references (scene, characters, props, speakers) are checked."""

    schema_: Literal["manju.screenplay"] = Field(default="manju.screenplay", alias="schema")
    version: Literal[1] = 1
    title: str = Field(min_length=1)
    logline: str = ""
    language: Language = "zh"
    style: str = ""
    """How it is told and drawn, in words; seed 004's ``style``."""
    style_prompt: str = ""
    """The style prefix of every picture prompt (seed 004 §4.2)."""
    duration_target_ms: int = Field(ge=1000, le=3_600_000)
    music_style: str = ""
    target_platform: str = ""
    locked: bool = False
    """True where the words are the user's: nobody may change a line's text or order."""
    characters: tuple[Character, ...] = ()
    scenes: tuple[Scene, ...] = ()
    props: tuple[Prop, ...] = ()
    shots: tuple[Shot, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _references(self) -> Screenplay:
        for what, uids in (
            ("character", [c.uid for c in self.characters]),
            ("scene", [s.uid for s in self.scenes]),
            ("prop", [p.uid for p in self.props]),
            ("shot", [s.uid for s in self.shots]),
        ):
            twice = sorted({u for u in uids if uids.count(u) > 1})
            if twice:
                raise ValueError(f"{what} uid {twice[0]!r} is used twice")
        cast = {c.uid for c in self.characters}
        scenes = {s.uid for s in self.scenes}
        props = {p.uid for p in self.props}
        for shot in self.shots:
            if shot.scene and shot.scene not in scenes:
                raise ValueError(f"shot {shot.uid!r} is set in unknown scene {shot.scene!r}")
            for uid in (*shot.characters, *(line.speaker for line in shot.dialogue)):
                if uid not in cast:
                    raise ValueError(f"shot {shot.uid!r} names unknown character {uid!r}")
            for uid in shot.props:
                if uid not in props:
                    raise ValueError(f"shot {shot.uid!r} names unknown prop {uid!r}")
        return self

    def character(self, uid: str) -> Character:
        """The character with this uid (exists: references are checked)."""
        return next(c for c in self.characters if c.uid == uid)

    @property
    def words(self) -> str:
        """Everything that is spoken, in order, joined: what a locked screenplay must keep to the letter."""
        return "".join(line.text for shot in self.shots for line in shot.lines)
