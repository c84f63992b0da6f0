"""What a call costs: the catalogue's price for a unit times the units asked for, in whole millionths."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from manju.domain.order import MusicRequest, Request, VideoRequest
from manju.gateway.catalogue import Entry, Unit, characters
from manju.gateway.channels import Route


def units(unit: Unit, request: Request) -> Fraction:
    """How much of ``unit`` a request asks for; the catalogue has only units that its modality can tell."""
    if unit == "second" and isinstance(request, MusicRequest | VideoRequest):
        return Fraction(request.duration_ms, 1000)
    return Fraction(characters(request) if unit == "character" else 1)


def price(entry: Entry, request: Request) -> int:
    """What the customer pays if the call succeeds; fractions of a millionth are rounded up."""
    return ceil(entry.price * units(entry.unit, request))


def cost(entry: Entry, route: Route, request: Request) -> int:
    """What upstream charges for it on a route."""
    each = entry.cost if route.upstream.cost is None else route.upstream.cost
    return ceil(each * units(entry.unit, request))
