"""Casting: figures whose looks can be told apart — another hair colour, outfit colour and accessory for each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

from manju.providers.text.offline.bank import Archetype, Words, World
from manju.providers.text.offline.outline import Figure
from manju.providers.text.offline.phrase import fill


class Casting:
    """Gives out names, colours and accessories, each only once while there are any left."""

    def __init__(self, words: Words, rng: Random) -> None:
        self._words = words
        self._rng = rng
        self._taken: set[str] = set()

    def reserve(self, *names: str) -> None:
        """Keep names that the user gave from being given to others."""
        self._taken.update(names)

    def _pick(self, choices: tuple[str, ...]) -> str:
        left = [choice for choice in choices if choice not in self._taken] or list(choices)
        chosen = self._rng.choice(left)
        self._taken.add(chosen)
        return chosen

    def figure(
        self, id_: str, archetype: str, *, name: str = "", gender: str = "", age: str = "", role: str = ""
    ) -> Figure:
        """A figure of an archetype of the bank. Given facts win over drawn ones."""
        cast = self._words.cast
        kind = cast.heroes[archetype]
        if kind.kind == "person":
            return self._person(id_, kind, name, gender, age, role)
        if kind.kind == "robot":
            parts = cast.robot
            hair, build = self._pick(parts.hair), parts.build
            eyes, outfit, accessories = self._pick(parts.eyes), self._pick(parts.outfit), self._pick(parts.accessories)
            shoes, proportions = parts.shoes, parts.proportions
        else:
            animal = cast.animal
            hair, build = self._pick(animal.fur[kind.kind]), animal.build[kind.kind]
            eyes, outfit = self._pick(animal.eyes), self._pick(animal.outfit)
            accessories, shoes, proportions = self._pick(animal.accessories), animal.shoes, animal.proportions
        self._taken.add(name)
        name = name or self._pick(cast.names[kind.kind])
        gender = gender or ("neutral" if kind.kind == "robot" else self._rng.choice(("female", "male")))
        return self._finish(id_, name, role or kind.role, gender, age or "child", hair, eyes, build, outfit,
                            accessories, shoes, proportions)  # fmt: skip

    def _person(self, id_: str, kind: Archetype, name: str, gender: str, age: str, role: str) -> Figure:
        cast = self._words.cast
        gender = gender or kind.gender or self._rng.choice(("female", "male"))
        age = age or kind.age
        style = self._rng.choice(cast.hair.female if gender == "female" else cast.hair.male)
        colour = cast.hair.elder if age == "elder" else self._pick(cast.hair.colours)
        space = "" if self._words.language == "zh" else " "
        outfit = fill(self._rng.choice(kind.outfit), {"c": self._pick(cast.outfit.colours)})
        name = name or self._pick(cast.names["female" if gender == "female" else "male"])
        self._taken.add(name)
        return self._finish(
            id_, name, role or kind.role, gender, age,
            f"{colour}{space}{style}", self._pick(cast.look.eyes), cast.look.build[age], outfit,
            self._pick(kind.accessories or cast.look.accessories), kind.shoes, cast.look.proportions[age],
        )  # fmt: skip

    def dressed(self, id_: str, world: World, spec: Mapping[str, str], craft: str = "") -> Figure:
        """A person of a world. ``spec`` may hold name, role, gender, age, outfit, accessories and shoes; ``craft`` is
        what the craft of the hero makes him wear (``"outfit | accessories"``)."""
        cast = self._words.cast
        gender = spec.get("gender") or self._rng.choice(("female", "male"))
        age = spec.get("age") or "young"
        woman = gender == "female"
        name = spec.get("name") or self._pick(world.female if woman else world.male)
        self._taken.add(name)
        colour = cast.hair.elder if age == "elder" else self._pick(world.hair)
        space = "" if self._words.language == "zh" else " "
        style = self._pick(world.hair_female if woman else world.hair_male)
        usual = world.outfit_elder if age == "elder" else world.outfit_female if woman else world.outfit_male
        own, _, worn = (part.strip() for part in craft.partition("|"))
        outfit = fill(spec.get("outfit") or own or self._pick(usual), {"c": self._pick(world.colours)})
        return self._finish(
            id_, name, spec.get("role") or cast.heroes["person"].role, gender, age,
            f"{colour}{space}{style}", self._pick(cast.look.eyes), cast.look.build[age], outfit,
            spec.get("accessories") or worn or self._pick(world.accessories),
            spec.get("shoes") or self._pick(world.shoes), cast.look.proportions[age],
        )  # fmt: skip

    def _finish(
        self, id_: str, name: str, role: str, gender: str, age: str, hair: str, eyes: str, build: str, outfit: str,
        accessories: str, shoes: str, proportions: str,
    ) -> Figure:  # fmt: skip
        if self._words.language == "zh":
            called = name if role in name else f"{role}{name}"
            about = f"{called}，{build}，{hair}，{eyes}，身上是{outfit}，标志是{accessories}。"
        else:
            about = f"{name}, the {role}: {build}, {hair}, {eyes}, wears {outfit}, known by {accessories}."
        return Figure(id_, name, role, about, gender, age, hair, eyes, build, outfit, accessories, shoes, proportions)


def short_look(figure: Figure, words: Words) -> str:
    """A figure as a picture names it: hair, outfit, name."""
    first = re.split("[，,]", figure.hair)[0]
    return fill(words.camera.subject, {"hair": first, "outfit": figure.outfit, "name": figure.name})
