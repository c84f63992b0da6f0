"""Speech in OpenAI's form, ``POST /v1/audio/speech``: OpenAI itself, relays, SiliconFlow and many servers of one's own.

Sources: OpenAI's SDK (openai-node 4.96 ``resources/audio/speech.ts``; openai-python 3.51 per ecosystem.md §1) and its
API reference: ``model``, ``input`` (4096 characters at most), ``voice``, ``response_format`` (mp3, opus, aac, flac,
wav, pcm; pcm is 24 kHz, 16 bit, signed, little-endian), ``speed`` 0.25..4, ``instructions`` (not for tts-1 and
tts-1-hd). The answer is the sound itself, without times: words are estimated. OpenAI's own models of this form end on
2027-01-06; the form stays. Pitch has no place in it: give low and high voices in the table.

Options: ``voices`` (OpenAI's by default); ``format`` (default ``wav``; servers that have none take ``mp3``);
``pcm_rate`` (default 24000, for ``format = "pcm"``); ``instructions`` (default ``false``): the emotion is sent as
instructions; ``extra`` (default ``{}``): further fields as a JSON object (SiliconFlow's ``sample_rate``, ``gain``).
"""

from __future__ import annotations

from typing import Any

from manju.domain.order import SpeechRequest
from manju.providers import openai
from manju.providers.speech.wire import Sound, SpeechVendor, sound_of
from manju.providers.upstream import Endpoint


class OpenAISpeech(SpeechVendor):
    """``{base_url}/audio/speech``; a base address without a version gets ``/v1``."""

    voices = "female:nova, female:shimmer, female:coral, male:onyx, male:echo, male:ash, neutral:alloy"
    voice_shape = r"[\w][\w.:/@+ -]{0,199}"

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._format = endpoint.choice("format", "wav", "mp3", "flac", "opus", "aac", "pcm")
        pcm_rate = endpoint.number("pcm_rate", 24_000)
        self._raw_rate = pcm_rate if self._format == "pcm" else None
        self._instructed = endpoint.flag("instructions") or False
        self._extra = endpoint.extra()

    def heeds(self, emotion: str) -> bool:
        return self._instructed

    async def speak(self, request: SpeechRequest, voice: str, token: str) -> Sound:
        body: dict[str, Any] = {
            "model": self.endpoint.model,
            "input": request.text,
            "voice": voice,
            "response_format": self._format,
        }
        if request.speed != 1:
            body["speed"] = request.speed
        if self._instructed and request.emotion:
            body["instructions"] = request.emotion
        response = await openai.post(self.endpoint, "/audio/speech", token, json=body | self._extra)
        return Sound(sound_of(response, self.endpoint.key), self._raw_rate)

    async def probe(self) -> None:
        await openai.probe(self.endpoint)
