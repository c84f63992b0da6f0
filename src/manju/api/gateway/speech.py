"""``POST /v1/audio/speech`` in OpenAI's form."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from manju.api.gateway.context import Relay, Wish, caller, left_out, relay, told
from manju.api.gateway.errors import reason, recorded
from manju.api.stopping import TASK
from manju.domain.casting import Voice
from manju.domain.key import ApiKey
from manju.domain.order import OrderState, SpeechRequest
from manju.media.label import Mark
from manju.media.transcode import TYPES, transcode

router = APIRouter(tags=["speech"])
_MALE = {"onyx", "echo", "fable", "ash", "ballad", "verse", "cedar"}
_FEMALE = {"alloy", "nova", "shimmer", "coral", "sage", "marin"}
"""OpenAI's voices by how they sound, the neutral ones among the female (its text-to-speech guide)."""


def _name(value: Any) -> Any:
    """A voice by its name or as ``{"id": …}``."""
    return value.get("id") if isinstance(value, dict) else value


class SpeechBody(BaseModel):
    """OpenAI's fields. ``voice`` is a voice of the model that serves it, ``female``, ``male``, or one of OpenAI's."""

    model_config = ConfigDict(extra="allow")
    model: str = Field(min_length=1)
    input: str = Field(min_length=1, max_length=4096)
    voice: Annotated[str, BeforeValidator(_name)] = "alloy"
    instructions: str = ""
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    speed: float = Field(default=1.0, ge=0.25, le=4.0)
    stream_format: Literal["audio"] | None = None

    @field_validator("instructions", "voice", "response_format", "speed", mode="before")
    @classmethod
    def _said(cls, value: object, field: ValidationInfo) -> object:
        assert field.field_name is not None
        return cls.model_fields[field.field_name].default if value is None else value

    @field_validator("stream_format", mode="before")
    @classmethod
    def _whole(cls, value: object) -> object:
        if value == "sse":
            raise ValueError("speech is not told as events here; leave it out, or write audio")
        return value

    def order(self, *, named: bool = False) -> SpeechRequest:
        """The order. A voice is taken at half to twice its natural speed. ``named``: who serves it knows OpenAI's
        voices by their names."""
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in self.input)
        return SpeechRequest(
            text=self.input,
            language="zh" if chinese else "en",
            voice=_voice(self.voice, named=named),
            emotion=self.instructions,
            speed=min(2.0, max(0.5, self.speed)),
        )


@router.post("/v1/audio/speech")
async def speech(
    body: SpeechBody,
    key: Annotated[ApiKey, Depends(caller)],
    parts: Annotated[Relay, Depends(relay)],
    request: Request,
) -> Response:
    """The spoken text as a sound file."""
    routes = parts.catalogue.routes(parts.catalogue.served(body.model))
    wanted = body.order(named=all(route.channel.vendor in ("openai", "relay") for route in routes))
    wish = await Wish.of(request)
    placed = await parts.tasks.place(key, body.model, wanted, idempotency=wish.idempotency, retried=wish.retried)
    request.scope[TASK] = placed
    task = await parts.tasks.wait(key, placed)
    ignored = {*(body.model_extra or ()), *left_out([task], {"emotion": "instructions"})}
    headers = told(task.model, task.id, ignored, _changed(body, wanted))
    if task.state is not OrderState.SUCCEEDED:
        return recorded(reason([task]), headers)
    main = task.artefacts[0]
    data = await transcode(await parts.storage.read(main.path), body.response_format, Mark(parts.producer, main.sha256))
    return Response(data, media_type=TYPES[body.response_format], headers=headers)


def _changed(body: SpeechBody, wanted: SpeechRequest) -> dict[str, object]:
    return {} if wanted.speed == body.speed else {"speed": wanted.speed}


def _voice(name: str, *, named: bool) -> Voice:
    if name in ("female", "male"):
        return Voice(gender="female" if name == "female" else "male")
    if name in _FEMALE | _MALE and not named:
        return Voice(gender="male" if name in _MALE else "female")
    return Voice(model_voice=name)
