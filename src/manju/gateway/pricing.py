"""What a call costs: the catalogue's price for a unit times the units, in whole millionths.

Before it is sent that is what is asked for (of a chat the most that it can come to), which is agreed and held; in the
end it is the share of it that was delivered. The table may be another by then: only the share is told by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from manju.domain.order import ImageRequest, MusicRequest, Request, SpeechRequest, TextRequest, VideoRequest
from manju.gateway.channels import Route
from manju.gateway.entries import Entry, Unit, characters
from manju.gateway.tokens import MILLION, Usage, guessed, most

MEGAPIXEL = 1024 * 1024
"""As vendors of pictures count it: a picture of 1024x1024 is one."""
WHOLE_MS = 500
"""A clip or a piece of music that is at most so much shorter than what was asked for is whole: codecs have frames."""
WHOLE_SIZE = Fraction(9, 10)
"""A picture or clip of at least this share of the width and height is: models have sizes of their own."""


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


def settled(
    entry: Entry, route: Route, request: Request, facts: Mapping[str, Any], said: str = ""
) -> tuple[Fraction, int]:
    """What was delivered: its share of the agreed price (not below 0), and its cost on a route.

    Args:
        facts: of the artefact, see the modality's ``base`` module.
        said: a text model's answer.
    """
    if entry.unit == "token":
        usage, bound = _taken(request, facts, said), _most(request)
        prices = (entry.price, entry.output_price) if entry.price or entry.output_price else (MILLION, MILLION)
        return _share(usage.price(*prices), bound.price(*prices)), chat_cost(entry, route, usage, 0)
    if isinstance(request, SpeechRequest) and facts.get("characters") == 0:
        return Fraction(0), 0  # there was nothing to say, so nothing was bought
    received = _received(request, facts)
    amount, asked = units(entry.unit, received), units(entry.unit, request)
    whole = price(entry, request)
    share = _share(price(entry, received), whole) if whole else _share(amount, asked)
    cost = entry.rates(received)[1] if route.upstream.cost is None else route.upstream.cost
    return share, ceil(cost * amount)


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


def _share(part: Fraction | int, whole: Fraction | int) -> Fraction:
    return Fraction(part) / whole if whole else Fraction(1)


def _most(request: Request) -> Usage:
    return most(_fields(request))


def _taken(request: Request, facts: Mapping[str, Any], said: str) -> Usage:
    given, answered = int(facts.get("input_tokens") or 0), int(facts.get("output_tokens") or 0)
    return Usage(given, answered) if given or answered else guessed(_fields(request), said)


def _fields(request: Request) -> dict[str, Any]:
    assert isinstance(request, TextRequest)  # no other modality is priced by tokens
    schema = [dict(request.json_schema)] if request.json_schema else []
    limit = {"max_tokens": request.max_tokens}
    return {"messages": [message.model_dump() for message in request.messages] + schema, **limit}


def _received(request: Request, facts: Mapping[str, Any]) -> Request:
    """The request that asks for just what was delivered, where that is clearly less."""
    less: dict[str, int] = {}
    if isinstance(request, ImageRequest | VideoRequest):
        across, down = facts.get("width") or request.width, facts.get("height") or request.height
        if across < request.width * WHOLE_SIZE or down < request.height * WHOLE_SIZE:
            less = {"width": min(across, request.width), "height": min(down, request.height)}
    if isinstance(request, MusicRequest | VideoRequest):
        duration = facts.get("duration_ms") or request.duration_ms
        if duration < request.duration_ms - WHOLE_MS:
            less["duration_ms"] = duration
    return request.model_copy(update=less) if less else request
