"""``"vendor:model"`` to an adapter: one readable table, imported only when a model is first used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, cast

from manju.domain.order import Modality, Request
from manju.errors import InputError
from manju.providers.base import Model
from manju.providers.speech.base import SpeechModel

MODELS: dict[Modality, dict[str, str]] = {
    "text": {"offline:outline": "manju.providers.text.offline.model:OutlineWriter"},
    "image": {"offline:sketch": "manju.providers.image.offline.model:SketchArtist"},
    "speech": {"offline:espeak": "manju.providers.speech.offline:EspeakVoice"},
    "music": {"offline:synth": "manju.providers.music.offline:Synthesiser"},
    "video": {"offline:animatic": "manju.providers.video.offline:Animatic"},
}
"""Model name -> ``"module:class"``; each class is called without arguments."""

VENDORS: dict[Modality, dict[str, str]] = {
    "text": {
        "openai": "manju.providers.text.openai:OpenAIChat",
        "relay": "manju.providers.text.openai:OpenAIChat",
        "gemini": "manju.providers.text.gemini:GeminiChat",
        "anthropic": "manju.providers.text.anthropic:AnthropicChat",
    },
    "image": {
        "openai": "manju.providers.image.openai:OpenAIImages",
        "relay": "manju.providers.image.openai:OpenAIImages",
        "gemini": "manju.providers.image.gemini:GeminiImages",
        "siliconflow": "manju.providers.image.siliconflow:SiliconFlowImages",
        "imagen": "manju.providers.image.imagen:ImagenImages",
    },
    "speech": {
        "openai": "manju.providers.speech.openai:OpenAISpeech",
        "relay": "manju.providers.speech.openai:OpenAISpeech",
        "elevenlabs": "manju.providers.speech.elevenlabs:ElevenLabs",
        "azure": "manju.providers.speech.azure:AzureSpeech",
        "volcengine_v1": "manju.providers.speech.volcengine:VolcengineV1",
        "volcengine": "manju.providers.speech.volcengine:VolcengineV3",
        "edge": "manju.providers.speech.edge:EdgeSpeech",
    },
    "music": {"relay": "manju.providers.music.relay:RelayMusic"},
    "video": {
        "relay": "manju.providers.video.relay:RelayVideos",
        "openai": "manju.providers.video.openai:OpenAIVideos",
        "ark": "manju.providers.video.ark:ArkVideos",
        "kling": "manju.providers.video.kling:KlingVideos",
        "dashscope": "manju.providers.video.dashscope:DashScopeVideos",
        "minimax": "manju.providers.video.minimax:MiniMaxVideos",
        "minimax2": "manju.providers.video.minimax:MiniMaxVideos2",
        "veo": "manju.providers.video.veo:VeoVideos",
        "gemini": "manju.providers.video.omni:OmniVideos",
    },
}
"""Vendor -> ``"module:class"`` of its adapter; each class is called with a `manju.providers.upstream.Endpoint`."""


def adapter(modality: Modality, vendor: str) -> Callable[[Any], Any]:
    """The adapter class of a vendor.

    Raises:
        InputError: it has none for the modality; the hint lists those that have.
    """
    try:
        module, _, attribute = VENDORS[modality][vendor].partition(":")
    except KeyError:
        hint = f"Vendors for it: {', '.join(VENDORS[modality])}."
        raise InputError(f"no {modality} can be had from the vendor {vendor!r}", hint=hint) from None
    return cast(Callable[[Any], Any], getattr(import_module(module), attribute))


def options(modality: Modality, vendor: str, base_url: str, key: str, model: str, given: Mapping[str, str]) -> set[str]:
    """The names of the options that a channel may have for a model. Nothing is sent.

    Raises:
        InputError: one of those ``given`` is not what it must be, or one is missing.
    """
    from manju.net.client import Http
    from manju.providers.files import allowed
    from manju.providers.upstream import AtOnce, Endpoint, Options

    read = Options(given)
    endpoint = Endpoint(base_url, key, model, Http(), read)
    made = adapter(modality, vendor)(endpoint)
    if getattr(type(made), "fetch", None) is not AtOnce.fetch:
        allowed(endpoint)
    return read.asked


def finds(vendor: str) -> bool:
    """Whether a vendor can be asked for an order by our token (`manju.providers.upstream.Finder`)."""
    return any(hasattr(adapter(modality, vendor), "find") for modality, known in VENDORS.items() if vendor in known)


def recoverable(modality: Modality, vendor: str) -> tuple[bool, bool]:
    """Whether what a vendor has made can be had by its task's id, and by the address of its file."""
    from manju.providers.upstream import AtOnce

    made = adapter(modality, vendor)
    return getattr(made, "poll", None) is not AtOnce.poll, getattr(made, "fetch", None) is not AtOnce.fetch


def names(modality: Modality) -> tuple[str, ...]:
    """Every model of a modality."""
    return tuple(MODELS[modality])


def check(modality: Modality, name: str) -> str:
    """``name`` itself if there is such a model.

    Raises:
        InputError: there is none; the hint lists those there are.
    """
    if name not in MODELS[modality]:
        raise InputError(f"unknown {modality} model {name!r}", hint=f"Available: {', '.join(MODELS[modality])}.")
    return name


def load(modality: Modality, name: str) -> Model[Request]:
    """A new adapter for a model.

    Raises:
        InputError: there is no such model.
    """
    module, _, attribute = MODELS[modality][check(modality, name)].partition(":")
    make = cast(Callable[[], Any], getattr(import_module(module), attribute))
    return cast(Model[Request], make())


def check_voice(model: str, voice: str) -> None:
    """
    Raises:
        InputError: the speech model has no such voice, or there is no such model.
    """
    cast(SpeechModel, load("speech", model)).check_voice(voice)
