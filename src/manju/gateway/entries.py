"""Models as they are offered: what each costs, what it can be asked for, and what became of it.

What ``retired`` means for a public name is said in `manju.gateway.catalogue`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, field_validator, model_validator

from manju.domain.document import Value
from manju.domain.money import micros
from manju.domain.order import ImageRequest, Modality, Request, VideoRequest
from manju.errors import InputError
from manju.gateway.dialects import Dialect
from manju.gateway.snapping import Capability, reaches

Unit = Literal["call", "second", "megapixel", "character", "token"]
"""What a price is for: one answer, a second of the asked sound or clip, each begun 1024x1024 pixels of the asked
picture, a character of the asked text, or a million tokens of a chat (those given to the model; its answer's have a
price of their own)."""

MEASURES: dict[Modality, tuple[Unit, ...]] = {
    "text": ("call", "character", "token"),
    "image": ("call", "megapixel"),
    "speech": ("call", "character"),
    "music": ("call", "second"),
    "video": ("call", "second"),
}
"""Units that a request tells before it is sent: prices are frozen then. Of tokens it tells the most that they can be;
they are counted when it is answered."""


class Limits(Value):
    """The most that a model can be asked for; None is no limit of its own."""

    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    characters: int | None = None


class Tier(Value):
    """Another price for a unit, for requests of the size class ``side`` and larger (see `Capability.sides`), of
    ``seconds`` and longer, and with or without ``audio``."""

    side: int = 0
    seconds: int = 0
    audio: bool | None = None
    price: int = Field(ge=0)
    cost: int = Field(ge=0)

    @field_validator("price", "cost", mode="before")
    @classmethod
    def _amount(cls, value: object) -> object:
        return micros(value) if isinstance(value, str) else value

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: object) -> object:
        return {"cost": data.get("price"), **data} if isinstance(data, dict) else data

    def fits(self, request: Request) -> bool:
        """Whether it is the price of a request."""
        match request:
            case VideoRequest():
                heard = self.audio is None or self.audio == request.audio
                return heard and request.duration_ms >= self.seconds * 1000 and reaches(request, self.side)
            case ImageRequest():
                return reaches(request, self.side)
            case _:
                return False


class Entry(Value):
    """A model as it is offered. ``price`` is what the customer pays for a unit and ``cost`` what upstream charges for
    it (the same unless said), both in millionths; with the unit ``token`` both have a second part for what the model
    answers (``output_price``, ``output_cost``). Of the ``tiers`` that fit a request the last gives both instead.
    ``upstream`` is its name there, ``vendor`` who made it."""

    name: str
    modality: Modality
    channel: str = ""
    """The channel that comes with the model; empty for one that only configured channels serve."""
    upstream: str = ""
    price: int = Field(ge=0)
    cost: int = Field(ge=0)
    output_price: int = Field(default=0, ge=0)
    output_cost: int = Field(default=0, ge=0)
    unit: Unit
    tiers: tuple[Tier, ...] = ()
    since: date
    status: Literal["live", "retired"] = "live"
    ends: date | None = None
    """The day on which its vendor ends it, or has ended it, where that is known."""
    successor: str = ""
    vendor: str = ""
    revision: int = Field(default=0, ge=0)
    """Raised when the model, under the same name, makes something else of the same requests: what is free is then made
    anew where it is asked for again, what costs money stays."""
    limits: Limits = Limits()
    capability: Capability = Capability()
    dialect: Dialect = ""
    """How its storyboards are written."""

    @field_validator("price", "cost", "output_price", "output_cost", mode="before")
    @classmethod
    def _amount(cls, value: object) -> object:
        return micros(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _measurable(self) -> Entry:
        if self.unit not in MEASURES[self.modality]:
            raise ValueError(f"a {self.unit} is not known of a {self.modality} request before it is sent")
        if self.unit != "token" and (self.output_price or self.output_cost):
            raise ValueError(f"a price of the output goes with the unit token, not {self.unit}")
        return self

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        defaults = {"cost": data.get("price"), "output_cost": data.get("output_price", 0), "upstream": data.get("name")}
        return {**defaults, **data}

    def admit(self, request: Request) -> None:
        """Check that the model can be asked for this.

        Raises:
            InputError: it came with this program and is retired, is of another modality, or less capable.
        """
        if self.status == "retired" and self.channel:
            hint = f"Use {self.successor}." if self.successor else "Choose another model."
            raise InputError(f"the model {self.name} was retired", hint=hint)
        if request.modality != self.modality:
            raise InputError(f"{self.name} makes {self.modality}, not {request.modality}", hint="Choose another model.")
        asked = {name: getattr(request, name, None) for name in ("width", "height", "duration_ms")}
        asked["characters"] = characters(request)
        for name, value in asked.items():
            limit = getattr(self.limits, name)
            if limit is not None and value is not None and value > limit:
                raise InputError(
                    f"{self.name} takes a {name} of {limit} at most, not {value}",
                    hint="Ask for less, or choose another model.",
                )

    def rates(self, request: Request) -> tuple[int, int]:
        """Price and cost of a unit of a request, in millionths."""
        tier = next((tier for tier in reversed(self.tiers) if tier.fits(request)), None)
        return (self.price, self.cost) if tier is None else (tier.price, tier.cost)


def characters(request: Request) -> int:
    """How many characters of text a request gives to its model."""
    match request.modality:
        case "text":
            return sum(len(message.content) for message in request.messages)
        case "speech":
            return len(request.text)
        case "music":
            return len(request.style)
        case "image" | "video":
            return len(request.prompt)
