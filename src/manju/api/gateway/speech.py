"""``POST /v1/audio/speech`` in OpenAI's form."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from manju.api.gateway.context import Relay, caller, relay
from manju.api.gateway.errors import recorded
from manju.domain.casting import Voice
from manju.domain.key import ApiKey
from manju.domain.order import OrderState, SpeechRequest
from manju.media.transcode import TYPES, transcode

router = APIRouter(tags=["speech"])
_GENDERS = {"onyx": "male", "echo": "male", "fable": "male", "ash": "male", "ballad": "male", "verse": "male"}
"""OpenAI's voices by how they sound; the others are female or neutral (its text-to-speech guide)."""


class SpeechBody(BaseModel):
    """OpenAI's fields. ``voice`` is a voice of the model that serves it, ``female``, ``male``, or one of OpenAI's."""

    model_config = ConfigDict(extra="allow")
    model: str = Field(min_length=1)
    input: str = Field(min_length=1, max_length=4096)
    voice: str = "alloy"
    instructions: str = ""
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    speed: float = Field(default=1.0, ge=0.25, le=4.0)

    def order(self) -> SpeechRequest:
        """The order."""
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in self.input)
        return SpeechRequest(
            text=self.input,
            language="zh" if chinese else "en",
            voice=_voice(self.voice),
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
    name = request.headers.get("idempotency-key", "")
    task = await parts.desk.wait(key, await parts.desk.place(key, body.model, body.order(), idempotency=name))
    if task.state is not OrderState.SUCCEEDED:
        return recorded(task.error)
    sound = await parts.storage.read(task.artefacts[0].path)
    data = await transcode(sound, body.response_format)
    return Response(data, media_type=TYPES[body.response_format], headers={"x-manju-model": task.model})


def _voice(name: str) -> Voice:
    if name in ("female", "male"):
        return Voice(gender="female" if name == "female" else "male")
    if name in _GENDERS:
        return Voice(gender="male")
    if name in ("alloy", "nova", "shimmer", "coral", "sage", "marin", "cedar"):
        return Voice(gender="female")
    return Voice(model_voice=name)
