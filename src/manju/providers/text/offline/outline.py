"""What the writers hand over: a film in words, before it is put into the shape that was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from manju.domain.casting import NARRATOR
from manju.domain.screenplay import Language
from manju.providers.text.offline.pace import Spoken


@dataclass(frozen=True, slots=True)
class Figure:
    """A character with a complete look."""

    id: str
    name: str
    role: str
    description: str
    gender: str
    age: str
    hair: str
    eyes: str
    build: str
    outfit: str
    accessories: str
    shoes: str
    proportions: str

    @property
    def look(self) -> dict[str, str]:
        """The look as the fields of a screenplay."""
        return {
            "hair": self.hair,
            "eyes": self.eyes,
            "build": self.build,
            "outfit": self.outfit,
            "accessories": self.accessories,
            "shoes": self.shoes,
            "proportions": self.proportions,
        }


@dataclass(frozen=True, slots=True)
class Location:
    """A place with its palette, light (source and direction) and landmark props."""

    id: str
    name: str
    description: str
    palette: str
    light: str
    landmarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutlineShot:
    """One shot."""

    kind: str
    narration: str
    talk: tuple[Spoken, ...]
    ms: int
    location: str
    figures: tuple[str, ...]
    size: str
    angle: str
    movement: str
    transition: str
    action: str
    description: str
    overlay: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole film."""

    title: str
    logline: str
    language: Language
    style: str
    style_prompt: str
    music_style: str
    figures: tuple[Figure, ...]
    locations: tuple[Location, ...]
    shots: tuple[OutlineShot, ...]

    def figure(self, id_: str) -> Figure:
        """The figure with this id (exists)."""
        return next(figure for figure in self.figures if figure.id == id_)

    def speaker(self, id_: str) -> str:
        """The name of whoever speaks: a figure's, or the narrator's."""
        if id_ == NARRATOR:
            return "旁白" if self.language == "zh" else "Narrator"
        return self.figure(id_).name

    def location(self, id_: str) -> Location:
        """The location with this id (exists)."""
        return next(location for location in self.locations if location.id == id_)
