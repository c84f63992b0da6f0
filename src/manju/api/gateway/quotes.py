"""``POST /v1/quotes``: what an order would cost, and as what it would be made, before it is placed.

The body is that of the order itself (``/v1/images/generations``, ``/v2/videos/generations``, ``/v1/audio/speech`` or
``/v1/chat/completions``: the model says which) with ``n``, how many there are to be. Pictures in it are counted, not
read, so that any text may stand for them; a picture or clip may be asked about before its prompt is written.

``POST /v1/quotes/film``: the same for a whole film, stage by stage, as ``manju estimate`` counts it.
"""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, ConfigDict, Field

from manju.api.gateway.context import Relay, caller, relay
from manju.api.gateway.images import MOST, ImageBody
from manju.api.gateway.inputs import checked
from manju.api.gateway.speech import SpeechBody
from manju.api.gateway.videos import VideoBody, references_of
from manju.domain.film import LONGEST_S, FilmSpec, Models, Source
from manju.domain.key import ApiKey
from manju.domain.money import CURRENCY, decimal
from manju.domain.order import Message, Reference, Request, TextRequest
from manju.domain.screenplay import Language
from manju.errors import InputError
from manju.gateway import pricing, tokens
from manju.gateway import quotes as films
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


class FilmBody(BaseModel):
    """A film as it may be asked for: one of ``topic``, ``script`` (as JSON, or its text) and ``text``."""

    model_config = ConfigDict(extra="forbid")
    topic: str | None = Field(default=None, min_length=1, max_length=1000)
    script: Given | str | None = None
    text: str | None = Field(default=None, min_length=1)
    models: Models = Models()
    seconds: int | None = Field(default=None, ge=5, le=LONGEST_S)
    ratio: str = ""
    resolution: str = "1080p"
    style: str = ""
    language: Language | None = None
    speed: float = Field(default=1.0, ge=0.5, le=2.0)

    def spec(self) -> FilmSpec:
        """
        Raises:
            InputError: it has none of them, or two.
        """
        script = json.dumps(self.script, ensure_ascii=False) if isinstance(self.script, dict) else self.script
        given = {"topic": self.topic, "script": script, "text": self.text}
        sources = [Source.model_validate({"kind": kind, "text": text}) for kind, text in given.items() if text]
        if len(sources) != 1:
            raise InputError("a film has one of topic, script and text", hint="Give just one of them.")
        rest = self.model_dump(exclude={"topic", "script", "text", "models"})
        return FilmSpec.model_validate({"source": sources[0], "models": self.models} | rest)


@router.post("/v1/quotes/film")
async def film_quote(
    body: Annotated[Given, Body()], _: Annotated[ApiKey, Depends(caller)], parts: Annotated[Relay, Depends(relay)]
) -> Given:
    """``amount`` of a stage is what its orders come to at most at list prices; ``charged`` says whether it is paid: not
    where an offline model stands in, nor for our own processors. The film's ``amount`` is what is charged. ``exact`` is
    false where the film is not written yet."""
    from manju.pipeline.estimate import estimate  # the server starts without what only films need

    spec = checked(FilmBody, body).spec()
    catalogue = parts.catalogue
    found = await asyncio.to_thread(estimate, spec, films.listed(catalogue))
    stages: list[Given] = []
    charged = 0
    for line in films.quote(found.calls, found.seconds, catalogue).lines:
        served = catalogue.served(line.model).name if line.model else ""
        paid = bool(line.model) and served == line.model
        charged += line.price if paid else 0
        stages.append(
            {
                "stage": line.stage,
                "model": line.model,
                "served_by": served,
                "calls": line.count,
                "amount": decimal(line.price),
                "charged": paid,
            }
        )
    return {
        "object": "quote",
        "stages": stages,
        "amount": decimal(charged),
        "currency": CURRENCY,
        "seconds": found.seconds,
        "shots": found.shots,
        "width": found.width,
        "height": found.height,
        "exact": found.exact,
    }


@router.post("/v1/quotes")
async def quote(
    body: Annotated[Given, Body()], key: Annotated[ApiKey, Depends(caller)], parts: Annotated[Relay, Depends(relay)]
) -> Given:
    """``amount`` for all ``n`` and ``each``; ``most`` says that this is the most that it can come to. ``effective`` is
    what will be made, ``changed`` what differs from what was asked because the model offers no other."""
    asked = checked(Asked, body)
    entry = parts.catalogue.entry(asked.model)
    request = _request(entry, body)
    effective = parts.tasks.quote(key, asked.model, request)
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
        "amount": decimal(each * asked.n),
        "each": decimal(each),
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
