"""``POST /v1/quotes``: what an order would cost, and as what it would be made, before it is placed.

The body is that of the order itself (``/v1/images/generations``, ``/v2/videos/generations``, ``/v1/audio/speech`` or
``/v1/chat/completions``: the model says which) with ``n``, how many there are to be. Pictures in it are counted, not
read, so that any text may stand for them; a picture or clip may be asked about before its prompt is written.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, ConfigDict, Field

from manju.api.gateway.context import Relay, caller, relay
from manju.api.gateway.images import MOST, ImageBody
from manju.api.gateway.inputs import checked
from manju.api.gateway.speech import SpeechBody
from manju.api.gateway.videos import VideoBody, references_of
from manju.domain.key import ApiKey
from manju.domain.money import CURRENCY, MICRO
from manju.domain.order import Message, Reference, Request, TextRequest
from manju.errors import InputError
from manju.gateway import pricing, tokens
from manju.gateway.entries import Entry

router = APIRouter(tags=["quotes"])
Given = dict[str, Any]


class ChatBody(BaseModel):
    """What a chat's price depends on; all else is passed over."""

    model_config = ConfigDict(extra="allow")
    messages: list[Given] = Field(min_length=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)


class Asked(BaseModel):
    """What every quote has."""

    model_config = ConfigDict(extra="allow")
    model: str = Field(min_length=1)
    n: int = Field(default=1, ge=1, le=MOST)


@router.post("/v1/quotes")
async def quote(
    body: Annotated[Given, Body()], key: Annotated[ApiKey, Depends(caller)], parts: Annotated[Relay, Depends(relay)]
) -> Given:
    """``amount`` for all ``n`` and ``each``; ``most`` says that this is the most that it can come to. ``effective`` is
    what will be made, ``changed`` what differs from what was asked because the model offers no other."""
    asked = checked(Asked, body)
    entry = parts.catalogue.entry(asked.model)
    request = _request(entry, body)
    effective = parts.desk.quote(key, asked.model, request)
    served = parts.catalogue.entry(effective.model)
    each = effective.price
    if entry.modality == "text":
        each = pricing.chat_price(served, tokens.most(body | {"n": 1}), tokens.letters(body))
    return {
        "object": "quote",
        "model": asked.model,
        "served_by": effective.model,
        "offline": effective.offline,
        "n": asked.n,
        "amount": _decimal(each * asked.n),
        "each": _decimal(each),
        "most": served.unit == "token",
        "currency": CURRENCY,
        "unit": served.unit,
        "effective": _told(effective.request),
        "changed": dict(effective.changed),
    }


def _request(entry: Entry, body: Given) -> Request:
    """The order that such a body makes."""
    match entry.modality:
        case "image":
            picture = checked(ImageBody, {"prompt": "-"} | body)
            return picture.order([Reference(sha256="")] * len(picture.pictures()), "frame", 0)
        case "video":
            clip = checked(VideoBody, {"prompt": "-"} | body)
            return clip.order(references_of([""] * len(clip.images or ())))
        case "speech":
            return checked(SpeechBody, body).order()
        case "text":
            chat = checked(ChatBody, body)
            return TextRequest(messages=(Message(role="user", content="-"),) * len(chat.messages))
        case "music":
            raise InputError(f"{entry.name} makes music, which is not ordered here", hint="See GET /v1/models.")


def _told(request: Request) -> Given:
    told = request.model_dump(mode="json", include={"width", "height", "duration_ms", "audio", "language", "speed"})
    if "duration_ms" in told:
        told["seconds"] = told.pop("duration_ms") / 1000
    return told


def _decimal(amount: int) -> str:
    return f"{Decimal(amount) / MICRO:f}"
