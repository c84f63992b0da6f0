"""What a call costs: the catalogue's price for a unit times the units asked for, in whole millionths.

Tokens are counted when a chat is answered; before that, its price is the most that it can come to.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from manju.domain.order import ImageRequest, MusicRequest, Request, TextRequest, VideoRequest
from manju.gateway.catalogue import Entry, Unit, characters
from manju.gateway.channels import Route
from manju.gateway.tokens import Usage, most

MEGAPIXEL = 1024 * 1024
"""As vendors of pictures count it: a picture of 1024x1024 is one."""


def units(unit: Unit, request: Request) -> Fraction:
    """How much of ``unit`` a request asks for; the catalogue has only units that its modality can tell."""
    if unit == "second" and isinstance(request, MusicRequest | VideoRequest):
        return Fraction(request.duration_ms, 1000)
    if unit == "megapixel" and isinstance(request, ImageRequest):
        return Fraction(ceil(Fraction(request.width * request.height, MEGAPIXEL)))
    return Fraction(characters(request) if unit == "character" else 1)


def price(entry: Entry, request: Request) -> int:
    """What the customer pays if the call succeeds; fractions of a millionth are rounded up."""
    if entry.unit == "token":
        return chat_price(entry, _most(request), 0)
    return ceil(entry.rates(request)[0] * units(entry.unit, request))


def cost(entry: Entry, route: Route, request: Request) -> int:
    """What upstream charges for it on a route."""
    if entry.unit == "token":
        return chat_cost(entry, route, _most(request), 0)
    each = entry.rates(request)[1] if route.upstream.cost is None else route.upstream.cost
    return ceil(each * units(entry.unit, request))


def chat_price(entry: Entry, usage: Usage, letters: int) -> int:
    """What the customer pays for a chat that took ``usage``; ``letters`` are the characters that were given."""
    if entry.unit == "token":
        return usage.price(entry.price, entry.output_price)
    return entry.price * (letters if entry.unit == "character" else 1)


def chat_cost(entry: Entry, route: Route, usage: Usage, letters: int) -> int:
    """What upstream charges for it on a route."""
    given, answered = route.upstream.cost, route.upstream.output_cost
    given = entry.cost if given is None else given
    if entry.unit == "token":
        return usage.price(given, entry.output_cost if answered is None else answered)
    return given * (letters if entry.unit == "character" else 1)


def _most(request: Request) -> Usage:
    assert isinstance(request, TextRequest)  # no other modality is priced by tokens
    schema = [dict(request.json_schema)] if request.json_schema else []
    return most({"messages": [message.model_dump() for message in request.messages] + schema})
