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
from typing import Any
from urllib.parse import urlsplit

from manju.domain.money import micros
from manju.domain.order import Request, Way
from manju.errors import InputError, UnknownModelError
from manju.gateway.channels import Channel, Route, Upstream, routes_of
from manju.gateway.dialects import Dialect, named
from manju.gateway.entries import Entry
from manju.gateway.snapping import snap
from manju.providers import registry

OFFLINE = "offline"
"""The channel of the models that come with the package."""


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

    def _asked(self, route: Route) -> Entry | None:
        """The model at the end of a route, if the catalogue has it under the name that it has there."""
        return self._entries.get(route.upstream.model)

    def _ended(self, route: Route) -> Entry | None:
        """What a route would ask for, if it would ask the vendor who has ended it."""
        asked = self._asked(route)
        if asked is None or asked.status != "retired" or not route.channel.base_url:
            return None
        host = urlsplit(route.channel.base_url).hostname
        return asked if host in self._vendors.get(asked.vendor, ()) else None

    def snapped(self, entry: Entry, request: Request) -> tuple[Request, dict[str, Any]]:
        """A request as a model will be asked for it, and the fields that were changed: snapped to what its public name
        offers, and to what serves that name, if it is one model on all channels.

        Raises:
            InputError: it cannot do this, or no channel serves it.
        """
        first, changes = snap(entry.name, entry.capability, request)
        routes = self.routes(entry)
        if len({route.upstream.model for route in routes}) > 1:
            return first, changes
        second, more = self._fit(routes[0], first)
        return second, {**changes, **more}

    def fitted(self, route: Route, request: Request) -> Request:
        """A request that was snapped to what a public name offers, as the model at the end of a route can make it.

        Raises:
            InputError: it cannot.
        """
        return self._fit(route, request)[0]

    def _fit(self, route: Route, request: Request) -> tuple[Request, dict[str, Any]]:
        asked = self._asked(route)
        if asked is None or asked.modality != request.modality:
            return request, {}
        return snap(asked.name, asked.capability, request)

    def dialect(self, route: Route) -> Dialect:
        """How a storyboard is to be written for the model at the end of a route."""
        asked = self._asked(route)
        told = route.upstream.dialect or (asked.dialect if asked is not None else "")
        return told or named(route.upstream.model, route.channel.vendor)

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
        known = (upstream for upstream in channel.models.values() if upstream.model == way.model)
        return Route(channel, way.key, next(known, Upstream(model=way.model)))

    def resendable(self, channel: str) -> bool:
        """Whether an attempt may be sent again on a channel; not on one that is not known (any more)."""
        known = self._channels.get(channel)
        return known is not None and (known.repeatable or known.idempotent)

    def findable(self, channel: str) -> bool:
        """Whether a channel's vendor can be asked for an attempt by its token."""
        known = self._channels.get(channel)
        return known is not None and registry.finds(known.vendor)

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
