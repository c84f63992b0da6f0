"""Who plays: characters, how they look, and how they sound."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from manju.domain.document import Value

NARRATOR = "narrator"
"""Speaker uid of the narrator in a screenplay's lines."""

Gender = Literal["female", "male", "neutral"]
Age = Literal["child", "young", "adult", "elder"]
Kind = Literal["person", "robot"]


class Look(Value):
    """Immutable features (不可变特征) of a character. Every prompt in which the character appears lists them."""

    hair: str = ""
    eyes: str = ""
    build: str = ""
    outfit: str = ""
    accessories: str = ""
    shoes: str = ""
    proportions: str = ""

    def features(self) -> tuple[str, ...]:
        """The filled features as ``"hair: silver bob"`` strings, in the order of the fields."""
        return tuple(f"{name}: {text}" for name, text in self if text)


class Voice(Value):
    """How a speaker sounds. ``model_voice`` is a voice name of the speech model, or empty for its choice."""

    gender: Gender = "neutral"
    age: Age = "adult"
    pitch: float = Field(default=1.0, ge=0.5, le=2.0)
    """Factor on the voice's own pitch."""
    model_voice: str = ""
    kind: Kind = Field(default="person", exclude_if=lambda kind: kind == "person")


class Character(Value):
    """A character of the film. ``uid`` never changes and is never a position."""

    uid: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    name: str = Field(min_length=1)
    role: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    look: Look = Look()
    voice: Voice = Voice()
