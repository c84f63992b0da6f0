"""The screenplay (剧本): what is told, by whom, in which pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from manju.domain.casting import NARRATOR, Character
from manju.domain.document import Document, Value
from manju.domain.storyboard import Angle, Movement, Size, Transition

Language = Literal["zh", "en"]
UID = r"^[a-z0-9][a-z0-9_-]*$"
MUSIC = "music"
"""Name of the film's music among the sounds; no line may have it."""


class Line(Value):
    """One utterance. ``speaker`` is ``"narrator"`` or a character's uid. The text is spoken and subtitled as is."""

    uid: str = Field(default="", pattern=rf"^$|{UID}")
    """Names the line's voice, wherever the line stands. Empty where nobody has named it yet: see `Screenplay.named`."""
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
        slips = [*self._doubles(), *self._strangers()]
        if slips:
            raise ValidationError.from_exception_data(type(self).__name__, slips)
        return self

    def _doubles(self) -> Iterator[InitErrorDetails]:
        """uids that are used twice in their list; those of lines, in the film."""
        for name, uids in (
            ("characters", [c.uid for c in self.characters]),
            ("scenes", [s.uid for s in self.scenes]),
            ("props", [p.uid for p in self.props]),
            ("shots", [s.uid for s in self.shots]),
        ):
            for index, uid in enumerate(uids):
                if uid in uids[:index]:
                    yield _slip((name, index, "uid"), f"is {uid!r}, which one of the {name} before has already")
        spoken, seen = {MUSIC}, set[str]()
        for number, shot in enumerate(self.shots):
            copied = shot.uid in seen  # told already; its lines follow from that
            seen.add(shot.uid)
            for index, line in enumerate(shot.lines):
                if line.uid in spoken and not copied:
                    owner = "the film's music" if line.uid == MUSIC else "a line before"
                    yield _slip(
                        ("shots", number, "lines", index, "uid"),
                        f"is {line.uid!r}, which {owner} has already: leave it out of a new line, which gets its own",
                    )
                spoken.update({line.uid} - {""})

    def _strangers(self) -> Iterator[InitErrorDetails]:
        """uids of what is not in the film."""
        cast = {c.uid for c in self.characters}
        scenes = {"", *(s.uid for s in self.scenes)}
        props = {p.uid for p in self.props}
        for number, shot in enumerate(self.shots):
            if shot.scene not in scenes:
                yield _slip(("shots", number, "scene"), f"names the unknown scene {shot.scene!r}")
            for index, uid in enumerate(shot.characters):
                if uid not in cast:
                    yield _slip(("shots", number, "characters", index), f"names the unknown character {uid!r}")
            for index, uid in enumerate(shot.props):
                if uid not in props:
                    yield _slip(("shots", number, "props", index), f"names the unknown prop {uid!r}")
            for index, line in enumerate(shot.lines):
                if line.speaker != NARRATOR and line.speaker not in cast:
                    yield _slip(
                        ("shots", number, "lines", index, "speaker"), f"names the unknown character {line.speaker!r}"
                    )

    def named(self, earlier: Sequence[Screenplay] = ()) -> Screenplay:
        """The screenplay with a uid for every line: ``s03-2`` where nothing is known of the line.

        Args:
            earlier: the revisions before this one, named, the newest last. A line without a uid is taken for the line
                of the newest that has the same speaker and words and is missing here (its file was written anew).
                A new line gets a uid that no line has ever had, so that it inherits nobody's voice.
        """
        lines = [(shot.uid, line) for shot in self.shots for line in shot.lines]
        uids = {line.uid for _, line in lines}
        if "" not in uids:
            return self
        before = [(shot.uid, line) for shot in earlier[-1].shots for line in shot.lines] if earlier else []
        lost = [(shot, line) for shot, line in before if line.uid not in uids]
        names: dict[int, str] = {}
        for same_shot in (True, False):
            for index, (shot, line) in enumerate(lines):
                if line.uid or index in names:
                    continue
                for where, old in lost:
                    if (old.speaker, old.text) == (line.speaker, line.text) and (where == shot or not same_shot):
                        names[index] = old.uid
                        lost.remove((where, old))
                        break
        used = uids.union(line.uid for play in earlier for shot in play.shots for line in shot.lines)
        for index, (shot, line) in enumerate(lines):
            if not line.uid and index not in names:
                names[index] = next(uid for number in count(1) if (uid := f"{shot}-{number}") not in used)
                used.add(names[index])
        whole = iter([line.model_copy(update={"uid": names.get(n, line.uid)}) for n, (_, line) in enumerate(lines)])
        shots = (shot.model_copy(update={"lines": tuple(next(whole) for _ in shot.lines)}) for shot in self.shots)
        return self.model_copy(update={"shots": tuple(shots)})

    def character(self, uid: str) -> Character:
        """The character with this uid (exists: references are checked)."""
        return next(c for c in self.characters if c.uid == uid)

    @property
    def words(self) -> str:
        """Everything that is spoken, in order, joined: what a locked screenplay must keep to the letter."""
        return "".join(line.text for shot in self.shots for line in shot.lines)


def _slip(place: tuple[str | int, ...], message: str) -> InitErrorDetails:
    return InitErrorDetails(
        type=PydanticCustomError("reference", "{message}", {"message": message}), loc=place, input=""
    )
