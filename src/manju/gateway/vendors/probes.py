"""Asking channels something that costs nothing: whether they can be reached, and take their keys."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from manju.domain.order import Modality
from manju.errors import ManjuError
from manju.gateway.catalogue import Catalogue
from manju.gateway.channels import Channel, Route, routes_of
from manju.gateway.vendors.upstreams import Upstreams
from manju.storage.base import Storage


@dataclass(frozen=True, slots=True)
class Probe:
    """How a channel answered with one key (by its name), for one modality; ``text`` says so in words."""

    channel: str
    key: str
    modality: Modality
    ok: bool
    text: str
    seconds: float


async def probe(channels: Sequence[Channel], catalogue: Catalogue, storage: Storage) -> list[Probe]:
    """Ask each channel with each of its keys, once for every modality that it serves.

    Raises:
        InputError: a channel serves a model that the catalogue does not have.
    """
    upstreams = Upstreams(storage)
    await upstreams.open()
    try:
        return [await _asked(upstreams, *one) for channel in channels for one in _ways(channel, catalogue)]
    finally:
        await upstreams.close()


def _ways(channel: Channel, catalogue: Catalogue) -> list[tuple[Modality, Route]]:
    served = {catalogue.entry(name).modality: upstream for name, upstream in channel.models.items()}
    return [(modality, route) for modality in sorted(served) for route in routes_of(channel, served[modality])]


async def _asked(upstreams: Upstreams, modality: Modality, route: Route) -> Probe:
    start = time.monotonic()
    try:
        await upstreams.adapter(modality, route).probe()
        ok, text = True, "answers"
    except ManjuError as error:
        ok, text = False, f"{error.message} {error.hint}".strip()
        if route.secret:
            text = text.replace(route.secret, "***")  # some repeat the key that they refuse
    return Probe(route.channel.name, route.key, modality, ok, text, round(time.monotonic() - start, 3))
