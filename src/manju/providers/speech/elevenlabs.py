"""ElevenLabs, with the time of every character.

Sources: elevenlabs.io/docs (API reference "Create speech with timing", "Errors"; read 2026-11-21), the official Python
SDK (``convert_with_timestamps``, output formats) and help.elevenlabs.io article 19572237925521:
``POST /v1/text-to-speech/{voice_id}/with-timestamps?output_format=``, header ``xi-api-key``; answer ``audio_base64``,
``alignment {characters, character_start_times_seconds, character_end_times_seconds}`` (of the text as it was sent; may
be null) and ``normalized_alignment``. Errors are ``{"detail": {"status" | "code", "message"}}``; an empty account is
``quota_exceeded`` with status 401. The header ``character-cost`` is what was charged, in credits. There is no place
for our token, and none for pitch. The range of ``speed`` (0.7..1.2) is that of the documentation's voice settings.

Options: ``voices`` (voice ids; by default two of the voices that every account has); ``output_format`` (default
``pcm_24000``; 44.1 kHz PCM needs a Pro plan; any ``pcm_*``, ``mp3_*``, ``opus_*`` or ``wav_*``); ``language``
(default ``false``): send ``language_code``, which some models refuse; ``stability``, ``similarity_boost``, ``style``
(0..1, the voice's own by default).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from manju.domain.order import SpeechRequest
from manju.errors import InputError, Refusal
from manju.net.client import Response
from manju.providers.answers import check, member, nothing, rejected, words
from manju.providers.speech.alignment import Unit
from manju.providers.speech.wire import Sound, SpeechVendor, decoded
from manju.providers.upstream import Endpoint

_REFUSALS: dict[str, Refusal] = {
    "quota_exceeded": "credit",
    "payment_required": "credit",
    "paid_plan_required": "credit",
    "subscription_required": "credit",
    "content_against_policy": "moderation",
    "too_many_concurrent_requests": "rate",
    "concurrent_limit_exceeded": "rate",
    "rate_limit_exceeded": "rate",
    "system_busy": "busy",
    "voice_not_found": "invalid",
    "max_character_limit_exceeded": "invalid",
    "text_too_long": "invalid",
}
_SETTINGS = ("stability", "similarity_boost", "style")


class ElevenLabs(SpeechVendor):
    """``{base_url}/v1/text-to-speech``."""

    voices = "female:EXAVITQu4vr4xnSDxMaL, male:JBFqnCBsd6RMkjVDRZzb"
    voice_shape = r"[A-Za-z0-9]{10,40}"
    speeds = (0.7, 1.2)

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._format = endpoint.options.get("output_format", "pcm_24000")
        codec = re.fullmatch(r"(pcm|mp3|opus|wav)_(\d{4,6})(_\d+)?", self._format)
        if codec is None:
            hint = "Write one such as pcm_24000 or mp3_44100_128."
            raise InputError(f"the channel's option output_format cannot be {self._format!r}", hint=hint)
        self._raw_rate = int(codec[2]) if codec[1] == "pcm" else None
        self._language = endpoint.flag("language") or False
        self._settings = {name: _share(endpoint, name) for name in _SETTINGS if name in endpoint.options}

    async def speak(self, request: SpeechRequest, voice: str, token: str) -> Sound:
        body: dict[str, Any] = {"text": request.text, "model_id": self.endpoint.model, "seed": request.seed % (1 << 32)}
        settings = self._settings | ({"speed": request.speed} if request.speed != 1 else {})
        if settings:
            body["voice_settings"] = settings
        if self._language:
            body["language_code"] = request.language
        response = await self.endpoint.http.send(
            "POST",
            f"{self.endpoint.base_url}/v1/text-to-speech/{voice}/with-timestamps?output_format={self._format}",
            headers=self._authorisation(),
            json=body,
            read_s=self.endpoint.read_s,
        )
        answer = self._checked(response, submit=True).json()
        if not isinstance(answer, dict):
            raise nothing("a sound", words(response, self.endpoint.key))
        data = decoded(answer.get("audio_base64"))
        units = _units(answer.get("alignment")) or _units(answer.get("normalized_alignment"))
        return Sound(data, self._raw_rate, units, _charged(response))

    async def probe(self) -> None:
        response = await self.endpoint.http.send(
            "GET", f"{self.endpoint.base_url}/v1/models", headers=self._authorisation(), read_s=self.endpoint.read_s
        )
        self._checked(response).json()

    def _checked(self, response: Response, *, submit: bool = False) -> Response:
        """As `check`, with the vendor's own words first: its statuses do not tell an empty account from a wrong key."""
        if 400 <= response.status < 500:
            said = words(response, self.endpoint.key)
            for name, refusal in _REFUSALS.items():
                if name in said:
                    raise rejected(response, refusal, self.endpoint.key)
        return check(response, submit=submit, secret=self.endpoint.key)

    def _authorisation(self) -> dict[str, str]:
        return {"xi-api-key": self.endpoint.key}


def _share(endpoint: Endpoint, name: str) -> float:
    text = endpoint.options[name]
    if re.fullmatch(r"0(\.\d+)?|1(\.0+)?", text) is None:
        raise InputError(f"the channel's option {name} cannot be {text!r}", hint="Write a number from 0 to 1.")
    return float(text)


def _units(alignment: object) -> Sequence[Unit]:
    """The characters of an alignment; none if it is not whole."""
    names = ("characters", "character_start_times_seconds", "character_end_times_seconds")
    signs, starts, ends = (member(alignment, name) for name in names)
    if not (isinstance(signs, list) and isinstance(starts, list) and isinstance(ends, list)):
        return ()
    try:
        return [Unit(str(c), 1000 * float(a), 1000 * float(b)) for c, a, b in zip(signs, starts, ends, strict=True)]
    except (TypeError, ValueError):
        return ()


def _charged(response: Response) -> dict[str, float]:
    try:
        return {"credits": float(response.headers["character-cost"])}
    except (KeyError, ValueError):
        return {}
