"""The JSON shape of a script: seed 004 §2.1 and what manju adds to it. One shape for two writers.

A model's reply is read *leniently*: unknown words are snapped by `vocabulary`, unknown fields dropped, numbers taken
out of ``"8s"``. What a person wrote is read *strictly*: every slip is named. Which one applies is in the validation
context (`LENIENT`, `STRICT`), so both go through the same fields.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from manju.domain.casting import Age, Gender
from manju.domain.platforms import PLATFORMS, listed, names
from manju.domain.screenplay import Language
from manju.domain.storyboard import Angle, Movement, Size, Transition
from manju.errors import InputError
from manju.pipeline.script import vocabulary as words

LENIENT: dict[str, Any] = {"strict": False}
STRICT: dict[str, Any] = {"strict": True}

SHORTEST_S, LONGEST_S = 0.5, 600.0
"""Limits of one shot, those of `manju.domain.screenplay.Shot`."""


def _strict(info: ValidationInfo) -> bool:
    return bool((info.context or {}).get("strict"))


def show(value: object) -> str:
    """A value for an error message, cut to one short line."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _unusable(char: str) -> bool:
    return char not in "\n\r\t" and unicodedata.category(char) in ("Cc", "Cs")


def _text(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str):
        bad = next((c for c in value if _unusable(c)), "")
        if bad and _strict(info):
            raise ValueError(f"holds the control character U+{ord(bad):04X}")
        return "".join(c for c in value if not _unusable(c)) if bad else value
    if not _strict(info):
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return ", ".join(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    raise ValueError(f"must be a text in quotes, got {show(value)}")


def _texts(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str) and not _strict(info):
        return [part.strip() for part in re.split(r"[,，、;；\n]", value) if part.strip()]
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list of texts, got {show(value)}")
    if not _strict(info):
        return [_name_of(v) for v in value if _name_of(v)]
    for item in value:
        if not isinstance(item, str):
            raise ValueError(f"must be a list of texts, but holds {show(item)}")
        _text(item, info)
    return value


def _name_of(value: object) -> str:
    """The name in an item of a list of names; models write ``{"id": ...}`` where a bare id was asked for."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("id", "name", "character") if key in value), "")
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _seconds(value: object, info: ValidationInfo) -> object:
    number: float | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value) if abs(value) < 1e9 else None
    elif isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|sec|secs|seconds?|秒)?\s*", value, re.IGNORECASE)
        if match:
            number = float(match[1])
        elif not _strict(info) and (match := re.search(r"\d+(?:\.\d+)?", value)):
            number = float(match[0])
    if number is None or not math.isfinite(number):
        if _strict(info):
            raise ValueError(f"must be a number of seconds, got {show(value)}")
        return None
    if number <= 0 and _strict(info):
        raise ValueError(f"must be more than 0 seconds, got {show(value)}")
    return number if number > 0 else None


def _shot_seconds(value: object, info: ValidationInfo) -> object:
    number = _seconds(value, info)
    if isinstance(number, float) and not SHORTEST_S <= number <= LONGEST_S:
        if _strict(info):
            raise ValueError(f"must be from {SHORTEST_S:g} to {LONGEST_S:g} seconds, got {show(value)}")
        return min(max(number, SHORTEST_S), LONGEST_S)
    return number


def _film_seconds(value: object, info: ValidationInfo) -> object:
    number = _seconds(value, info)
    if isinstance(number, float) and not 1 <= number <= 3600:
        if _strict(info):
            raise ValueError(f"must be from 1 to 3600 seconds, got {show(value)}")
        return min(max(number, 1.0), 3600.0)
    return number


def _one_of(kind: object, table: Mapping[str, Any]) -> BeforeValidator:
    def check(value: object, info: ValidationInfo) -> object:
        if isinstance(value, str):
            if not value.strip():
                return None
            found = words.snap(value, kind, table)
            if found is not None or not _strict(info):
                return found
        elif not _strict(info):
            return None
        raise ValueError(f"must be one of: {words.known(kind)}; got {show(value)}")

    return BeforeValidator(check)


def _platform(value: object, info: ValidationInfo) -> object:
    """One platform or several, in a text or a list."""
    given = value if isinstance(value, list) else [value]
    texts = [text for text in given if isinstance(text, str)]
    if len(texts) == len(given):
        try:
            return listed(names(",".join(texts)))
        except InputError:
            pass  # told below, in this field's words
    if _strict(info):
        raise ValueError(f"must be one of: {', '.join(PLATFORMS)}; got {show(value)}")
    return ""


def _language(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str):
        name = value.strip().lower()
        if not name:
            return None
        if name.startswith(("zh", "cn", "chinese", "mandarin", "中")):
            return "zh"
        if name.startswith(("en", "英")):
            return "en"
    if _strict(info):
        raise ValueError(f"must be zh or en, got {show(value)}")
    return None


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Seconds = Annotated[float | None, BeforeValidator(_shot_seconds)]
FilmSeconds = Annotated[float | None, BeforeValidator(_film_seconds)]


class Part(BaseModel):
    """An object of the shape. ``null`` counts as not given; keys that start with ``_`` or ``x-`` are the writer's own
    notes and are skipped."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    bare: ClassVar[str] = ""
    """The field that a bare text stands for in a lenient reading."""

    @model_validator(mode="before")
    @classmethod
    def _tidy(cls, data: Any, info: ValidationInfo) -> Any:
        if _strict(info):
            if not isinstance(data, Mapping):
                raise ValueError(f"must be an object in braces, got {show(data)}")
            return {k: v for k, v in data.items() if v is not None and not str(k).startswith(("_", "x-"))}
        if isinstance(data, str) and cls.bare:
            data = {cls.bare: data}
        if not isinstance(data, Mapping):
            raise ValueError(f"must be an object in braces, got {show(data)}")
        tidied: dict[str, Any] = {}
        for key, value in data.items():
            name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(key)).lower().replace(" ", "_").replace("-", "_")
            if value is not None and name in cls.model_fields and name not in tidied:
                tidied[name] = value
        return tidied

    def given(self) -> frozenset[str]:
        """Fields that the writer filled."""
        return frozenset(name for name in self.model_fields_set if getattr(self, name) not in (None, "", ()))


class LookPart(Part):
    """Immutable features; see `manju.domain.casting.Look`."""

    bare: ClassVar[str] = "outfit"
    hair: Text = ""
    eyes: Text = ""
    build: Text = ""
    outfit: Text = ""
    accessories: Text = ""
    shoes: Text = ""
    proportions: Text = ""


class CharacterPart(Part):
    """A character. ``id`` is what scenes call it; a name alone will do."""

    bare: ClassVar[str] = "name"
    id: Text = ""
    name: Text = ""
    role: Text = ""
    description: Text = ""
    gender: Annotated[Gender | None, _one_of(Gender, words.GENDERS)] = None
    age: Annotated[Age | None, _one_of(Age, words.AGES)] = None
    look: LookPart = LookPart()


class LocationPart(Part):
    """A place, with what makes it look the same each time."""

    bare: ClassVar[str] = "name"
    id: Text = ""
    name: Text = ""
    description: Text = ""
    palette: Text = ""
    light: Text = ""
    landmarks: Texts = ()


class DialoguePart(Part):
    """What a character says."""

    bare: ClassVar[str] = "line"
    character: Text = ""
    line: Text = ""
    emotion: Text = ""


class Visuals(Part):
    """How a shot looks: everything of it but its words."""

    visual_description: Text = ""
    characters: Texts = ()
    location: Text = ""
    size: Annotated[Size | None, _one_of(Size, words.SIZES)] = None
    angle: Annotated[Angle | None, _one_of(Angle, words.ANGLES)] = None
    movement: Annotated[Movement | None, _one_of(Movement, words.MOVEMENTS)] = None
    transition: Annotated[Transition | None, _one_of(Transition, words.TRANSITIONS)] = None
    text_overlay: Text = ""
    action: Text = ""


def _scene_id(value: object, info: ValidationInfo) -> object:
    if isinstance(value, int | str) and not isinstance(value, bool):
        return str(value)
    if _strict(info):
        raise ValueError(f"must be a whole number or a text, got {show(value)}")
    return ""


def _dialogue(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str | Mapping) and not _strict(info):
        return [value] if value else []
    if not isinstance(value, list):
        raise ValueError(f"must be a list, got {show(value)}")
    return value


class ScenePart(Visuals):
    """A scene of seed 004: one shot of the film."""

    scene_id: Annotated[str, BeforeValidator(_scene_id)] = ""
    narration: Text = ""
    dialogue: Annotated[tuple[DialoguePart, ...], BeforeValidator(_dialogue)] = ()
    duration: Seconds = None

    @model_validator(mode="after")
    def _filled(self, info: ValidationInfo) -> ScenePart:
        said = self.narration.strip() or any(each.line.strip() for each in self.dialogue)
        if _strict(info) and not said and not self.visual_description.strip():
            raise ValueError("has neither narration nor dialogue nor a visual_description")
        return self


def _list(value: object, info: ValidationInfo) -> object:
    if isinstance(value, list):
        return value
    if not _strict(info) and isinstance(value, Mapping):
        # {"lin": {"name": ...}}: a model's idea of a list of named things.
        return [{"id": key, **item} for key, item in value.items() if isinstance(item, Mapping)]
    raise ValueError(f"must be a list, got {show(value)}")


Cast = Annotated[tuple[CharacterPart, ...], BeforeValidator(_list)]
Locations = Annotated[tuple[LocationPart, ...], BeforeValidator(_list)]


class Head(Part):
    """What stands above the scenes."""

    title: Text = ""
    logline: Text = ""
    style: Text = ""
    style_prompt: Text = ""
    music_style: Text = ""
    language: Annotated[Language | None, BeforeValidator(_language)] = None
    characters: Cast = ()
    locations: Locations = ()


class Script(Head):
    """A whole script."""

    duration_target: FilmSeconds = None
    target_platform: Annotated[str, BeforeValidator(_platform)] = ""
    scenes: Annotated[tuple[ScenePart, ...], BeforeValidator(_list), Field(min_length=1)]


class DirectedShot(Visuals):
    """The picture for words that are fixed; ``uid`` says which."""

    uid: Text = ""


class Direction(Head):
    """A direction: pictures for locked words. It has no field that could hold words."""

    shots: Annotated[tuple[DirectedShot, ...], BeforeValidator(_list), Field(min_length=1)]
