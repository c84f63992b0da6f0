"""From the written shape to a screenplay: references resolved, uids given, gaps filled from what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from manju.domain.casting import NARRATOR, Character, Look, Voice
from manju.domain.screenplay import Language, Line, Scene, Screenplay, Shot
from manju.errors import InputError
from manju.pipeline.limits import Limits
from manju.pipeline.script import vocabulary as words
from manju.pipeline.script.language import detect
from manju.pipeline.script.lengths import fitted_ms
from manju.pipeline.script.names import is_narrator, uid
from manju.pipeline.script.shape import CharacterPart, LocationPart, ScenePart, Script, Visuals


@dataclass(frozen=True, slots=True)
class Draft:
    """A screenplay and which parts of it a person wrote: those nobody may overwrite.

    ``given`` maps a shot's uid to the shape's field names that are the user's; ``head`` holds those of the film."""

    screenplay: Screenplay
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)
    head: frozenset[str] = frozenset()

    @property
    def timed(self) -> frozenset[str]:
        """uids of the shots whose length the user asked for."""
        return frozenset(shot for shot, fields in self.given.items() if "duration" in fields)


class People:
    """The cast while it is put together. ``strict``: the user's list of characters is complete, an unknown name is an
    error; otherwise whoever is named joins the cast."""

    def __init__(self, parts: Sequence[CharacterPart], *, strict: bool) -> None:
        self._strict = strict and bool(parts)
        self._by_name: dict[str, str] = {}
        self._cast: dict[str, Character] = {}
        for part in parts:
            self.add(part)

    def add(self, part: CharacterPart) -> None:
        """Take a character in, unless it is the narrator or nameless or has the same id as another."""
        name = (part.name or part.id).strip()
        if is_narrator(part.id or name) or is_narrator(name):
            for called in (part.id, part.name):
                self._by_name[_key(called)] = NARRATOR
            return
        if _key(part.id) in self._by_name and part.id.strip():
            if self._strict:
                raise InputError(f"two characters have the id {part.id!r}", hint="Give each character its own id.")
            return
        new = uid(part.id or name, "c", len(self._cast) + 1, self._cast)
        self._cast[new] = Character(
            uid=new,
            name=name,
            role=part.role.strip(),
            description=part.description.strip(),
            look=Look(**{key: value.strip() for key, value in part.look}),
            voice=Voice(gender=part.gender or "neutral", age=part.age or "adult"),
        )
        for called in (part.id, name, new):
            if called.strip():
                self._by_name.setdefault(_key(called), new)

    def find(self, called: str, where: str) -> str:
        """uid of whoever is called so, `NARRATOR` for the narrator.

        Raises:
            InputError: strict, and nobody is.
        """
        if is_narrator(called):
            return NARRATOR
        known = self._by_name.get(_key(called))
        if known is None:
            if self._strict:
                names = ", ".join(sorted(self._cast))
                raise InputError(f"{where}: unknown character {called!r}", hint=f"Use one of: {names}; or add it.")
            self.add(CharacterPart(name=called.strip()))
            known = self._by_name[_key(called)]
        return known

    def seen_in(self, text: str) -> tuple[str, ...]:
        """uids of the characters whose names stand in a text."""
        return tuple(c.uid for c in self._cast.values() if len(c.name) > 1 and c.name.lower() in text.lower())

    @property
    def cast(self) -> tuple[Character, ...]:
        """Everybody, in the order of entrance."""
        return tuple(self._cast.values())


class Places:
    """The scenes while they are put together; see `People` for ``strict``."""

    def __init__(self, parts: Sequence[LocationPart], *, strict: bool) -> None:
        self._strict = strict and bool(parts)
        self._by_name: dict[str, str] = {}
        self._scenes: dict[str, Scene] = {}
        for part in parts:
            self.add(part)

    def add(self, part: LocationPart) -> None:
        """Take a place in, unless it is nameless or known already."""
        name = (part.name or part.id or part.description[:20]).strip()
        if not name or (part.id.strip() and _key(part.id) in self._by_name):
            if self._strict:
                what = f"two locations have the id {part.id!r}" if name else "a location has neither id nor name"
                raise InputError(what, hint="Give each location its own id.")
            return
        new = uid(part.id or name, "p", len(self._scenes) + 1, self._scenes)
        self._scenes[new] = Scene(
            uid=new,
            name=name,
            description=part.description.strip(),
            palette=part.palette.strip(),
            light=part.light.strip(),
            landmarks=tuple(mark.strip() for mark in part.landmarks if mark.strip()),
        )
        for called in (part.id, name, new):
            if called.strip():
                self._by_name.setdefault(_key(called), new)

    def find(self, called: str, where: str) -> str:
        """uid of the place called so; empty for no name.

        Raises:
            InputError: strict, and there is none.
        """
        if not called.strip():
            return ""
        known = self._by_name.get(_key(called))
        if known is None:
            if self._strict:
                names = ", ".join(sorted(self._scenes))
                raise InputError(f"{where}: unknown location {called!r}", hint=f"Use one of: {names}; or add it.")
            self.add(LocationPart(name=called.strip()))
            known = self._by_name[_key(called)]
        return known

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """All places, in the order of appearance."""
        return tuple(self._scenes.values())


def _key(called: str) -> str:
    return " ".join(called.split()).lower()


def build(script: Script, limits: Limits, *, strict: bool, speed: float = 1.0, topic: str = "") -> Draft:
    """The screenplay that a script describes.

    Args:
        script: the validated shape.
        limits: the recipe's; fills lengths that nobody gave.
        strict: the script is a person's: its words are locked and names that it does not define are errors.
        speed: the narrator's.
        topic: title of last resort.

    Raises:
        InputError: strict, and a scene names someone or some place that is not in the script, or has the id of another.
    """
    if strict:
        _unique(script.scenes)
    people = People(script.characters, strict=strict)
    places = Places(script.locations, strict=strict)
    language = script.language or detect(
        "".join(scene.narration + "".join(d.line for d in scene.dialogue) for scene in script.scenes) or script.title
    )
    shots: list[Shot] = []
    given: dict[str, frozenset[str]] = {}
    for number, scene in enumerate(script.scenes, 1):
        shot = _shot(scene, number, [s.uid for s in shots], people, places, language, limits, speed, strict)
        shots.append(shot)
        given[shot.uid] = scene.given()
    total = sum(shot.duration_ms for shot in shots)
    target = round(script.duration_target * 1000) if script.duration_target else min(max(total, 1000), 3_600_000)
    screenplay = Screenplay(
        title=" ".join(script.title.split()) or topic or _title(shots),
        logline=script.logline.strip(),
        language=language,
        style=script.style.strip(),
        style_prompt=script.style_prompt.strip(),
        duration_target_ms=target,
        music_style=script.music_style.strip(),
        target_platform=script.target_platform,
        locked=strict,
        characters=people.cast,
        scenes=places.scenes,
        shots=tuple(shots),
    )
    return Draft(screenplay, given, script.given())


def _unique(scenes: Sequence[ScenePart]) -> None:
    """Two scenes with one id are a slip of the pen: which of them an edit or a file means later, nobody could say."""
    numbers: dict[str, int] = {}
    for number, scene in enumerate(scenes, 1):
        own = scene.scene_id.strip()
        same = own.lstrip("0") if own.isdecimal() else own
        if own and (first := numbers.setdefault(same, number)) != number:
            raise InputError(
                f"scene {number}: 'scene_id' is {own!r}, which scene {first} has already",
                hint="Give each scene an id of its own, or leave the ids out.",
            )


def _title(shots: Sequence[Shot]) -> str:
    text = next((line.text for shot in shots for line in shot.lines), "") or shots[0].description
    return text[:16].strip() or "Untitled"


def _shot(
    scene: ScenePart,
    number: int,
    taken: Sequence[str],
    people: People,
    places: Places,
    language: Language,
    limits: Limits,
    speed: float,
    strict: bool,
) -> Shot:
    where = f"scene {number}"
    lines = spoken(scene, people, where)
    shot = Shot(
        uid=uid(_shot_name(scene.scene_id, number), "s", number, taken),
        lines=lines,
        duration_ms=round(scene.duration * 1000) if scene.duration else 500,
        **visuals(scene, number, people, places, where),
    )
    if not shot.characters:
        seen = people.seen_in(f"{shot.description} {shot.action}")
        speaking = tuple(dict.fromkeys(line.speaker for line in shot.dialogue))
        shot = shot.model_copy(update={"characters": tuple(dict.fromkeys((*seen, *speaking)))})
    if not scene.duration:
        shot = shot.model_copy(update={"duration_ms": fitted_ms(shot, limits, language, speed)})
    return shot


def _shot_name(scene_id: str, number: int) -> str:
    """``3`` -> ``s03``: a scene keeps its uid when others are put before it."""
    if scene_id.isascii() and scene_id.isdecimal() and len(scene_id) <= 4:
        return f"s{int(scene_id):02d}"
    return scene_id if scene_id.strip() else f"s{number:02d}"


def spoken(scene: ScenePart, people: People, where: str) -> tuple[Line, ...]:
    """The lines of a scene: its narration, then its dialogue. A line break separates lines; nothing else changes."""
    lines = [Line(text=text) for text in _lines(scene.narration)]
    for said in scene.dialogue:
        speaker = people.find(said.character, where) if said.line.strip() else NARRATOR
        lines.extend(Line(speaker=speaker, text=text, emotion=said.emotion.strip()) for text in _lines(said.line))
    return tuple(lines)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def visuals(part: Visuals, number: int, people: People, places: Places, where: str) -> dict[str, object]:
    """The picture's fields of `Shot`; size and movement that nobody gave are read from the description, else varied."""
    description = part.visual_description.strip()
    said = f"{description} {part.action}"
    movement = part.movement or words.movement_in(said) or words.MOVEMENT_CYCLE[(number - 1) % 4]
    return {
        "description": description,
        "action": part.action.strip(),
        "scene": places.find(part.location, where),
        "characters": tuple(
            dict.fromkeys(found for name in part.characters if (found := people.find(name, where)) != NARRATOR)
        ),
        "size": part.size or words.size_in(said) or words.SIZE_CYCLE[(number - 1) % 4],
        "angle": part.angle or "eye",
        "movement": movement,
        "transition": part.transition or ("fade_in" if number == 1 else "cut"),
        "text_overlay": " ".join(part.text_overlay.split()),
    }
