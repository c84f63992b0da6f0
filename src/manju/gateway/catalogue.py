"""The dated catalogue: which models there are, what each can do, what it costs, and which channel serves it.

A public name is a word of the API, not a model: once it is in the catalogue it stays valid. Whatever becomes of the
model that it first meant, the channel that is configured for the name serves it, or else the offline model of its
modality, and the answer tells which. ``status = "retired"`` says that the model's vendor has ended it (``ends``), and
``successor`` what the vendor has instead. Refused, before anything is written or charged, is only what would ask the
very one who ended it: a channel at one of the vendor's own hosts (``[vendors]``) that would send a retired name there
(relays and other hosts give such names a meaning of their own), and a retired model that came with this program.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from importlib.resources import files
from math import ceil
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from manju.domain.document import Value
from manju.domain.money import micros
from manju.domain.order import ImageRequest, Modality, Request, VideoRequest, Way
from manju.errors import InputError, UnknownModelError
from manju.gateway.channels import Channel, Route, Upstream, routes_of
from manju.gateway.dialects import Dialect, named
from manju.gateway.snapping import Capability, reaches

OFFLINE = "offline"
"""The channel of the models that come with the package."""
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
    ``upstream`` is its name there, ``vendor`` who made it. What ``retired`` means is said at the top."""

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


class Catalogue:
    """Models by name and channels by name. ``usd`` is how much of the ledger's currency a dollar was on its day,
    ``compute`` what the rendering of a second of film takes in processors, in millionths, and ``vendors`` the hosts of
    those who made the models."""

    def __init__(
        self,
        dated: date,
        channels: tuple[Channel, ...],
        entries: tuple[Entry, ...],
        *,
        usd: Fraction = Fraction(1),
        compute: int = 0,
        vendors: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.date = dated
        self.usd = usd
        self.compute = compute
        self._vendors = dict(vendors or {})
        self._channels = {channel.name: channel for channel in channels}
        self._entries = {entry.name: entry for entry in entries}

    def entry(self, model: str) -> Entry:
        """The entry of a public model name.

        Raises:
            UnknownModelError: there is none; the hint lists those there are, the nearest names first.
        """
        try:
            return self._entries[model]
        except KeyError:
            hint = f"Available: {', '.join(self._nearest(model))}."
            raise UnknownModelError(f"unknown model {model!r}", hint=hint) from None

    def _nearest(self, model: str) -> list[str]:
        """Every name, those like ``model`` first."""
        by_letters = {name.lower(): name for name in self._entries}
        like = [by_letters[each] for each in get_close_matches(model.lower(), by_letters, n=5, cutoff=0.5)]
        return [*like, *(name for name in self._entries if name not in like)]

    def entries(self) -> tuple[Entry, ...]:
        """Every model, in the catalogue's order."""
        return tuple(self._entries.values())

    def served(self, model: str) -> Entry:
        """What serves a public model name now: itself, or, with no channel for it, the offline model of its modality.
        A name that a channel serves never falls back to that.

        Raises:
            UnknownModelError: there is no such model.
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
            InputError: no channel serves it, or all would ask its vendor for what the vendor has ended.
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
        open_ways = tuple(route for route in found if self._ended(route) is None)
        if not open_ways:
            channel, ended = found[0].channel, self._ended(found[0])
            assert ended is not None
            gone = f"{ended.name}, which has ended there" + (f" on {ended.ends}" if ended.ends else "")
            raise InputError(
                f"the channel {channel.name} would ask {channel.base_url} for {gone}",
                hint=f"In manju.toml, let its models map {entry.name} to {ended.successor or 'another model'}.",
            )
        return open_ways

    def _ended(self, route: Route) -> Entry | None:
        """What a route would ask for, if it would ask the vendor who has ended it."""
        asked = self._entries.get(route.upstream.model)
        if asked is None or asked.status != "retired" or not route.channel.base_url:
            return None
        host = urlsplit(route.channel.base_url).hostname
        return asked if host in self._vendors.get(asked.vendor, ()) else None

    def dialect(self, route: Route) -> Dialect:
        """How a storyboard is to be written for the model at the end of a route."""
        asked = self._entries.get(route.upstream.model)
        return (
            asked.dialect if asked is not None and asked.dialect else named(route.upstream.model, route.channel.vendor)
        )

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
            usd=self.usd,
            compute=self.compute,
            vendors=self._vendors,
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
        usd = Fraction(data.get("usd", "1"))
        entries = tuple(Entry.model_validate(_converted(fields, usd)) for fields in data["models"])
        dated = data["date"]
        compute = _converted(data.get("compute", {}), usd).get("price", 0)
        vendors = {name: tuple(hosts) for name, hosts in data.get("vendors", {}).items()}
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise InputError(
            f"the model catalogue cannot be read: {error}", hint="See catalogue.toml in the package."
        ) from error
    known = {channel.name for channel in channels}
    for entry in entries:
        if entry.channel and entry.channel not in known:
            raise InputError(f"{entry.name} is on a channel {entry.channel!r} that the catalogue does not have")
    return Catalogue(dated, channels, entries, usd=usd, compute=compute, vendors=vendors)


def _converted(fields: Mapping[str, Any], usd: Fraction) -> dict[str, Any]:
    """Fields with amounts in dollars (``price_usd`` and so on) as amounts in the ledger's currency; fractions of a
    millionth are rounded up."""
    converted = {name: value for name, value in fields.items() if not name.endswith(_DOLLARS)}
    for name, value in fields.items():
        plain = name.removesuffix(_DOLLARS)
        if plain == name:
            continue
        if plain in fields:
            raise ValueError(f"{fields.get('name', 'an entry')} has both {plain} and {name}")
        converted[plain] = ceil(micros(value) * usd)
    if "tiers" in fields:
        converted["tiers"] = [_converted(tier, usd) for tier in fields["tiers"]]
    return converted


_DOLLARS = "_usd"
