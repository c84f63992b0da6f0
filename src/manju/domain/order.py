"""Orders (订单): one model call each. The requests, what a model hands back, and the states in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from manju.domain.casting import Voice
from manju.domain.document import Value, digest

Modality = Literal["text", "image", "speech", "music", "video"]


class OrderState(StrEnum):
    """``PLANNED -> SUBMITTING -> SUBMITTED -> SUCCEEDED | FAILED``; ``UNKNOWN`` is sent, but we do not know."""

    PLANNED = "PLANNED"
    SUBMITTING = "SUBMITTING"
    SUBMITTED = "SUBMITTED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


class Message(Value):
    """One chat message."""

    role: Literal["system", "user", "assistant"]
    content: str


class TextRequest(Value):
    """A chat. ``json_reply`` asks for one JSON value and nothing else, ``json_schema`` says of which shape;
    ``max_tokens`` is the most that the reply may take (None: what the channel says), which offline models overlook."""

    modality: Literal["text"] = "text"
    messages: tuple[Message, ...] = Field(min_length=1)
    json_reply: bool = False
    json_schema: Mapping[str, Any] | None = None
    temperature: float = Field(default=0.8, ge=0, le=2)
    seed: int = 0
    max_tokens: int | None = Field(default=None, ge=1, exclude_if=lambda most: most is None)


class Reference(Value):
    """An artefact handed to a model, by content. ``role`` says what for: ``first_frame``, ``last_frame``,
    ``reference``, ``character``, ``scene``, ``object``, ``mask``, ``video``, ``audio``; ``name`` who or what is on it,
    for the model to know."""

    sha256: str
    role: str = "reference"
    name: str = ""


class Figure(Value):
    """A character in a picture, in words: what keeps it recognisable from shot to shot."""

    name: str
    gender: str = "neutral"
    age: str = "adult"
    features: tuple[str, ...] = ()
    """Immutable features such as ``"hair: silver bob"``."""


class ImageRequest(Value):
    """A picture. ``prompt`` is the whole prompt (style prefix and features included); ``figures`` and the storyboard
    words repeat parts of it in a form that models with structured input can use."""

    modality: Literal["image"] = "image"
    prompt: str = Field(min_length=1)
    width: int = Field(ge=64, le=8192)
    height: int = Field(ge=64, le=8192)
    purpose: Literal["frame", "turnaround", "asset", "cover", "edit"] = "frame"
    title: str = ""
    """Text that must stand in the picture (a name on a turnaround, a sign); may be empty."""
    style: str = ""
    size: str = "medium"
    angle: str = "eye"
    palette: str = ""
    light: str = ""
    landmarks: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    references: tuple[Reference, ...] = ()
    seed: int = 0
    layers: bool = Field(default=False, exclude_if=lambda asked: not asked)
    """Whether a frame's layers are wanted besides it, each as a picture of its own; asked only of who draws them."""


class SpeechRequest(Value):
    """A spoken line. ``speed`` is a factor on the voice's natural rate."""

    modality: Literal["speech"] = "speech"
    text: str = Field(min_length=1)
    language: Literal["zh", "en"] = "zh"
    voice: Voice = Voice()
    speaker: str = "narrator"
    """Distinguishes voices that are otherwise described alike: same speaker, same voice."""
    emotion: str = ""
    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    seed: int = 0


class MusicRequest(Value):
    """Music from style words (``"upbeat electronic, 120 BPM"``)."""

    modality: Literal["music"] = "music"
    style: str = Field(min_length=1)
    duration_ms: int = Field(ge=1000, le=3_600_000)
    seed: int = 0


class VideoRequest(Value):
    """A clip. With a ``first_frame`` among its references it starts there, with a ``last_frame`` it ends there; other
    pictures show how things look. ``audio`` asks for sound with it."""

    modality: Literal["video"] = "video"
    prompt: str = Field(min_length=1)
    width: int = Field(ge=64, le=8192)
    height: int = Field(ge=64, le=8192)
    duration_ms: int = Field(ge=500, le=60_000)
    fps: str = "30"
    movement: str = "push_in"
    audio: bool = False
    references: tuple[Reference, ...] = ()
    seed: int = 0
    extras: Mapping[str, Any] = Field(default_factory=dict, exclude_if=lambda extras: not extras)
    """The relays' own fields (``watermark``, ``private`` ...), for a channel that speaks their form."""


Request = TextRequest | ImageRequest | SpeechRequest | MusicRequest | VideoRequest


def request_digest(model: str, request: Request, revision: int = 0) -> str:
    """Identity of a call: public model name and everything that shapes the answer. ``revision`` is the model's: raised,
    the same request is another call."""
    call: dict[str, Any] = {"model": model, "request": request.model_dump(mode="json")}
    return digest(call | {"revision": revision} if revision else call)


@dataclass(frozen=True, slots=True)
class Way:
    """How an attempt is sent: the channel, the name of the key used there, and the model's name there."""

    channel: str
    key: str
    model: str


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file that a model made. ``role`` names it in the order (``main``, ``source``, a layer's: letters only);
    ``suffix`` has its dot."""

    role: str
    data: bytes
    suffix: str


@dataclass(frozen=True, slots=True)
class Generated:
    """What a model hands back: files (the first is the main one) and facts (word times, finish reason ...)."""

    artefacts: tuple[Artefact, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


class Stored(Value):
    """An artefact kept by us, addressed by content. ``path`` is relative to the artefact store."""

    role: str
    sha256: str
    path: str
    bytes: int

    @property
    def suffix(self) -> str:
        """What ends the name of a copy of it, with its dot."""
        return self.path[self.path.rindex(".") :]
