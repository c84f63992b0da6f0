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
    world: str = "modern"
    palette: str
    signature: tuple[str, ...]
    style: str
    music: str
    pals: tuple[str, ...]
    places: tuple[Place, ...]


class BeatPlan(Value):
    """One kind of beat: ``say`` stands alone, ``more`` may follow, ``talk`` are exchanges of ``[who, line, emotion]``
    that follow ``say`` or stand for it, ``brief`` are words for shots of about a second, ``act`` is what the picture
    shows, ``frame`` is ``"size angle movement"``. ``move`` changes the place; ``who`` are the ids of those in the
    picture, the one who acts first; ``empty`` leaves people out of it, ``plain`` the place; ``spoken``: people say it
    rather than the narrator, where there are any."""

    kind: str
    say: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    talk: tuple[tuple[tuple[str, str, str], ...], ...] = ()
    brief: tuple[tuple[str, str], ...] = ()
    act: tuple[str, ...]
    frame: tuple[str, ...]
    overlay: str = ""
    move: bool = False
    who: tuple[str, ...] = ("hero",)
    empty: bool = False
    plain: bool = False
    spoken: bool = False


class Script(Value):
    """Scenes as `playscript` reads them."""

    scenes: str


class Plot(Value):
    """A genre: where it plays, who is in it, and its scenes (`playscript`).

    ``places`` are ``"name | what is seen | light | landmark、landmark"``. ``cast`` gives each role
    ``"role | gender | age | outfit | accessories | shoes"``, of which only the first must be there; ``=name/role``
    gives the name too, and ``!role`` keeps the hero as he is whatever the topic says. ``words`` are slots that are
    drawn once a film. ``roams`` are settings in which it can play instead of in its own places. ``snags`` are those
    of its rounds. ``worn``: the hero is dressed for the craft."""

    world: str
    snags: str
    style: str
    music: str
    palette: str
    logline: str
    goal: str
    craft: str = ""
    roams: tuple[str, ...] = ()
    worn: bool = False
    places: tuple[str, ...]
    cast: dict[str, str]
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    plot: Script


class Rounds(Value):
    """What a long film adds: a few scenes told again and again, each time over another of the world's ``snags``
    (``"what happens | what helps"``)."""

    snags: dict[str, tuple[str, ...]]
    plot: Script


class World(Value):
    """Names and wardrobe of an age: what people look like in it. ``{c}`` is a colour of ``colours``."""

    female: tuple[str, ...]
    male: tuple[str, ...]
    hair: tuple[str, ...]
    hair_female: tuple[str, ...]
    hair_male: tuple[str, ...]
    colours: tuple[str, ...]
    outfit_female: tuple[str, ...]
    outfit_male: tuple[str, ...]
    outfit_elder: tuple[str, ...]
    accessories: tuple[str, ...]
    shoes: tuple[str, ...]


class Craft(Value):
    """What somebody is good at: words for it in lines, and what its people wear then (``old``) and now (``new``) as
    ``"outfit | accessories"``."""

    name: str
    who: str
    top: str
    work: str
    tool: str
    doing: str
    fault: str
    praise: str
    old: str = ""
    new: str = ""


class ItemList(Value):
    """Items as ``(name, what it does, how, gain, what the picture shows)``; ``at`` are the ``spots`` where they are
    shown, in turn."""

    setting: str
    at: tuple[str, ...]
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
    others: tuple[str, ...]
    shoulder: str
    subject: str
    base: str


class Words(Value):
    """Everything in one language."""

    language: Language
    settings: dict[str, Setting]
    cast: CastBank
    camera: CameraWords
    worlds: dict[str, World]
    crafts: dict[str, Craft]
    spots: dict[str, str]
    """Places by the words of a topic: ``"what is seen | light | landmarks"``."""
    rounds: Rounds
    explainer: Form
    advert: Form
    lists: dict[str, ItemList]


class Keys(Value):
    """Words of a topic that choose a bank."""

    settings: dict[str, tuple[str, ...]]
    heroes: dict[str, tuple[str, ...]]
    genres: dict[str, tuple[str, ...]]
    alike: dict[str, str]
    crafts: dict[str, tuple[str, ...]]
    kin: dict[str, str]
    roles: dict[str, tuple[str, ...]]
    times: tuple[str, ...]
    lists: dict[str, tuple[str, ...]]
    products: dict[str, tuple[str, ...]]
    facts: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]]
    concept: dict[str, tuple[str, ...]]


_BANKS = ("settings", "cast", "camera", "worlds", "crafts", "spots", "rounds", "explainer", "advert", "lists")


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(files(__package__).joinpath("banks", *name.split("/")).read_text("utf-8"))


@cache
def words(language: Language) -> Words:
    """The bank of a language."""
    parts: dict[str, object] = {name: _read(f"{language}/{name}.toml") for name in _BANKS}
    return Words.model_validate({"language": language, **parts})


@cache
def plot(language: Language, genre: str) -> Plot:
    """The plot of a genre, or of the genre that stands in for it in this language."""
    own = files(__package__).joinpath("banks", language, "stories", f"{genre}.toml").is_file()
    return Plot.model_validate(_read(f"{language}/stories/{genre if own else keys().alike[genre]}.toml"))


@cache
def keys() -> Keys:
    """The keyword tables."""
    return Keys.model_validate(_read("keys.toml"))
