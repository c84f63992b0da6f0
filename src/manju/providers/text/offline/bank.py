"""The banks of words (``banks/*.toml``): typed, read once, and searched by a topic's words."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field

from manju.domain.document import Value
from manju.domain.screenplay import Language


class Place(Value):
    name: str
    see: str
    light: str
    landmarks: tuple[str, ...]


class Setting(Value):
    """Where a film plays. ``prefix`` colours the places of another setting that the topic also names."""

    prefix: str
    palette: str
    signature: tuple[str, ...]
    style: str
    music: str
    pals: tuple[str, ...]
    places: tuple[Place, ...]


class BeatPlan(Value):
    """One kind of beat: ``say`` stands alone, ``more`` may follow, ``talk`` are exchanges of ``[who, line, emotion]``,
    ``brief`` are words for shots of about a second, ``act`` is what the picture shows, ``frame`` is
    ``"size angle movement"``. ``move`` changes the place; ``pals`` and ``rival`` put them into the picture; ``empty``
    leaves people out of it, ``plain`` the place; ``lead`` is who acts."""

    kind: str
    say: tuple[str, ...]
    more: tuple[str, ...] = ()
    talk: tuple[tuple[tuple[str, str, str], ...], ...] = ()
    brief: tuple[tuple[str, str], ...] = ()
    act: tuple[str, ...]
    frame: tuple[str, ...]
    overlay: str = ""
    move: bool = False
    pals: bool = False
    rival: bool = False
    empty: bool = False
    plain: bool = False
    lead: str = "hero"


class Plot(Value):
    hooks: tuple[str, ...]
    thing: tuple[str, ...]
    trouble: tuple[str, ...]
    want: tuple[str, ...]
    clue: tuple[str, ...]
    obstacle: tuple[str, ...]
    truth: tuple[str, ...]
    lesson: tuple[str, ...]
    rival: str


class ItemList(Value):
    """Items as ``(name, what it does, how, gain, what the picture shows)``."""

    setting: str
    item: tuple[tuple[str, str, str, str, str], ...]


class Product(Value):
    """A kind of product; features are ``(name, point, what the picture shows)``."""

    setting: str
    feature: tuple[tuple[str, str, str], ...]
    benefit: tuple[str, ...]
    feeling: tuple[str, ...]
    look: str
    use: str


class Form(Value):
    """A way of telling: the beats in ``order`` (``*`` is where more of ``cycle`` go), kept by ``rank`` when short."""

    order: tuple[str, ...]
    rank: tuple[str, ...]
    cycle: tuple[str, ...]
    logline: str
    joins: tuple[str, ...]
    beats: tuple[BeatPlan, ...]
    tvc: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    personas: tuple[str, ...] = ()
    slogans: tuple[str, ...] = ()
    plots: dict[str, Plot] = Field(default_factory=dict)
    products: dict[str, Product] = Field(default_factory=dict)

    def beat(self, kind: str) -> BeatPlan:
        """The plan of a kind of beat (all kinds named in ``order``, ``cycle`` and ``tvc`` exist)."""
        return next(beat for beat in self.beats if beat.kind == kind)


class Archetype(Value):
    """A kind of figure. ``kind`` is ``person``, ``robot`` or an animal of the bank."""

    role: str
    kind: str = "person"
    gender: Literal["female", "male", ""] = ""
    age: Literal["child", "young", "adult", "elder"] = "young"
    outfit: tuple[str, ...] = ()
    accessories: tuple[str, ...] = ()
    shoes: str = ""


class Hair(Value):
    colours: tuple[str, ...]
    female: tuple[str, ...]
    male: tuple[str, ...]
    elder: str


class Colours(Value):
    colours: tuple[str, ...]


class PersonParts(Value):
    eyes: tuple[str, ...]
    build: dict[str, str]
    proportions: dict[str, str]
    accessories: tuple[str, ...]


class AnimalParts(Value):
    eyes: tuple[str, ...]
    proportions: str
    shoes: str
    outfit: tuple[str, ...]
    accessories: tuple[str, ...]
    fur: dict[str, tuple[str, ...]]
    build: dict[str, str]


class RobotParts(Value):
    hair: tuple[str, ...]
    eyes: tuple[str, ...]
    build: str
    outfit: tuple[str, ...]
    accessories: tuple[str, ...]
    shoes: str
    proportions: str


class CastBank(Value):
    names: dict[str, tuple[str, ...]]
    hair: Hair
    outfit: Colours
    look: PersonParts
    animal: AnimalParts
    robot: RobotParts
    heroes: dict[str, Archetype]


class CameraWords(Value):
    size: dict[str, str]
    angle: dict[str, str]
    movement: dict[str, str]
    picture: tuple[str, ...]
    empty: tuple[str, ...]
    plain: tuple[str, ...]
    others: str
    subject: str
    base: str


class Words(Value):
    """Everything in one language."""

    language: Language
    settings: dict[str, Setting]
    cast: CastBank
    camera: CameraWords
    story: Form
    explainer: Form
    advert: Form
    lists: dict[str, ItemList]


class Keys(Value):
    """Words of a topic that choose a bank."""

    settings: dict[str, tuple[str, ...]]
    heroes: dict[str, tuple[str, ...]]
    plots: dict[str, tuple[str, ...]]
    lists: dict[str, tuple[str, ...]]
    products: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]
    concept: dict[str, tuple[str, ...]]


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(files(__package__).joinpath("banks", *name.split("/")).read_text("utf-8"))


@cache
def words(language: Language) -> Words:
    """The bank of a language."""
    parts: dict[str, object] = {
        name: _read(f"{language}/{name}.toml")
        for name in ("settings", "cast", "camera", "story", "explainer", "advert", "lists")
    }
    return Words.model_validate({"language": language, **parts})


@cache
def keys() -> Keys:
    """The keyword tables."""
    return Keys.model_validate(_read("keys.toml"))
