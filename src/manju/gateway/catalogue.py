"""The dated catalogue: which models there are, what each can do, what it costs, and which channel serves it."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from typing import Literal

from pydantic import Field, field_validator, model_validator

from manju.domain.document import Value
from manju.domain.money import micros
from manju.domain.order import Modality, Request, Way
from manju.errors import InputError
from manju.gateway.channels import Channel, Route, Upstream, routes_of
from manju.gateway.snapping import Capability

OFFLINE = "offline"
"""The channel of the models that come with the package."""
Unit = Literal["call", "second", "character"]
"""What a price is for: one answer, a second of the asked sound or picture, a character of the asked text."""


MEASURES: dict[Modality, tuple[Unit, ...]] = {
    "text": ("call", "character"),
    "image": ("call",),
    "speech": ("call", "character"),
    "music": ("call", "second"),
    "video": ("call", "second"),
}
"""Units that a request tells before it is sent: prices are frozen then."""


class Limits(Value):
    """The most that a model can be asked for; None is no limit of its own."""

    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    characters: int | None = None


class Entry(Value):
    """A model as it is offered. ``price`` is what the customer pays for a unit and ``cost`` what upstream charges for
    it (the same unless said), both in millionths. ``upstream`` is its name there. A ``retired`` one cannot be ordered;
    ``successor`` says what to use instead."""

    name: str
    modality: Modality
    channel: str = ""
    """The channel that comes with the model; empty for one that only configured channels serve."""
    upstream: str = ""
    price: int = Field(ge=0)
    cost: int = Field(ge=0)
    unit: Unit
    since: date
    status: Literal["live", "retired"] = "live"
    successor: str = ""
    limits: Limits = Limits()
    capability: Capability = Capability()

    @field_validator("price", "cost", mode="before")
    @classmethod
    def _amount(cls, value: object) -> object:
        return micros(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _measurable(self) -> Entry:
        if self.unit not in MEASURES[self.modality]:
            raise ValueError(f"a {self.unit} is not known of a {self.modality} request before it is sent")
        return self

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        return {"cost": data.get("price"), "upstream": data.get("name"), **data}

    def admit(self, request: Request) -> None:
        """Check that the model can be asked for this.

        Raises:
            InputError: it is retired, of another modality, or less capable.
        """
        if self.status == "retired":
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


class Catalogue:
    """Models by name and channels by name."""

    def __init__(self, dated: date, channels: tuple[Channel, ...], entries: tuple[Entry, ...]) -> None:
        self.date = dated
        self._channels = {channel.name: channel for channel in channels}
        self._entries = {entry.name: entry for entry in entries}

    def entry(self, model: str) -> Entry:
        """The entry of a public model name.

        Raises:
            InputError: there is none; the hint lists those there are.
        """
        try:
            return self._entries[model]
        except KeyError:
            hint = f"Available: {', '.join(self._entries)}."
            raise InputError(f"unknown model {model!r}", hint=hint) from None

    def entries(self) -> tuple[Entry, ...]:
        """Every model, in the catalogue's order."""
        return tuple(self._entries.values())

    def served(self, model: str) -> Entry:
        """What serves a public model name now: itself, or, with no channel for it, the offline model of its modality.
        A name that a channel serves never falls back to that.

        Raises:
            InputError: there is no such model.
        """
        entry = self.entry(model)
        if entry.channel or any(model in channel.models for channel in self._channels.values()):
            return entry
        return next(
            each for each in self._entries.values() if each.channel == OFFLINE and each.modality == entry.modality
        )

    def routes(self, entry: Entry) -> tuple[Route, ...]:
        """Every way to have a model's calls made.

        Raises:
            InputError: no channel serves it.
        """
        found: list[Route] = []
        if entry.channel:
            found += routes_of(self._channels[entry.channel], Upstream(model=entry.upstream, cost=entry.cost))
        for channel in self._channels.values():
            if entry.name in channel.models:
                found += routes_of(channel, channel.models[entry.name])
        if not found:
            hint = "Add a channel that serves it to manju.toml, or choose another model."
            raise InputError(f"no channel serves the model {entry.name}", hint=hint)
        return tuple(found)

    def route(self, way: Way) -> Route:
        """The route that an attempt was sent by.

        Raises:
            InputError: its channel or key is not configured any more.
        """
        channel = self._channels.get(way.channel)
        if channel is None or (way.key and way.key not in channel.keys):
            raise InputError(
                f"the channel {way.channel!r} (key {way.key!r}) that an order was sent by is not configured any more",
                hint="Put it back into manju.toml: what was bought there can only be had there.",
            )
        return Route(channel, way.key, Upstream(model=way.model))

    def resendable(self, channel: str) -> bool:
        """Whether an attempt may be sent again on a channel; not on one that is not known (any more)."""
        known = self._channels.get(channel)
        return known is not None and (known.repeatable or known.idempotent)

    def extended(self, channels: tuple[Channel, ...], entries: tuple[Entry, ...]) -> Catalogue:
        """This catalogue with more channels and models; one of the same name replaces what was there."""
        return Catalogue(
            self.date,
            tuple((self._channels | {channel.name: channel for channel in channels}).values()),
            tuple((self._entries | {entry.name: entry for entry in entries}).values()),
        )


def shipped() -> Catalogue:
    """The catalogue that comes with the package."""
    text = (files("manju.gateway") / "catalogue.toml").read_text("utf-8")
    return parse(text)


def parse(text: str) -> Catalogue:
    """Read a catalogue.

    Raises:
        InputError: it is not one; the message says where.
    """
    try:
        data = tomllib.loads(text)
        channels = tuple(Channel(name=name, **fields) for name, fields in data["channels"].items())
        entries = tuple(Entry.model_validate(fields) for fields in data["models"])
        dated = data["date"]
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise InputError(
            f"the model catalogue cannot be read: {error}", hint="See catalogue.toml in the package."
        ) from error
    known = {channel.name for channel in channels}
    for entry in entries:
        if entry.channel and entry.channel not in known:
            raise InputError(f"{entry.name} is on a channel {entry.channel!r} that the catalogue does not have")
    return Catalogue(dated, channels, entries)
