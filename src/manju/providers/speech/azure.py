"""Azure Speech over REST: SSML in, a WAV out.

Sources: learn.microsoft.com and docs.azure.cn "Text to speech REST API" (MicrosoftDocs/azure-ai-docs
``rest-text-to-speech.md``, 2025-10-21) and "Customize voice and sound with SSML": ``POST /cognitiveservices/v1``,
headers ``Ocp-Apim-Subscription-Key``, ``Content-Type: application/ssml+xml``, ``X-Microsoft-OutputFormat``,
``User-Agent``; ``<prosody rate pitch>`` as relative percentages, rate 0.5..2 and pitch 0.5..1.5 of the voice's own;
``<mstts:express-as style>``. The sound is cut at 10 minutes. REST gives no word times (the SDK's websocket does): words
are estimated. There is no model besides the voice, no place for our token, and no word on refused content.

The channel's ``base_url`` is the region's: ``https://westus.tts.speech.microsoft.com``, in China
``https://chinaeast2.tts.speech.azure.cn``. Options: ``voices``; ``format`` (default ``riff-24khz-16bit-mono-pcm``, any
``riff-*`` or ``*-mp3``); ``emotions`` (default none): our emotions as styles of the voice, such as
``怒:angry, 悲:sad`` (a style that a voice does not have is ignored by Azure).
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from manju.domain.order import SpeechRequest
from manju.errors import InputError
from manju.providers.answers import check
from manju.providers.speech.casting import emotion_of
from manju.providers.speech.wire import Sound, SpeechVendor, sound_of
from manju.providers.upstream import Endpoint

NEURAL_VOICES = (
    "zh-female:zh-CN-XiaoxiaoNeural, zh-female:zh-CN-XiaoyiNeural, "
    "zh-male:zh-CN-YunxiNeural, zh-male:zh-CN-YunyangNeural, zh-male:zh-CN-YunjianNeural, "
    "en-female:en-US-AvaMultilingualNeural, en-female:en-US-EmmaMultilingualNeural, "
    "en-male:en-US-AndrewMultilingualNeural, en-male:en-US-BrianMultilingualNeural"
)
NEURAL_SHAPE = r"[a-z]{2,3}-[A-Z][A-Za-z]+-[\w:-]{3,60}"
_LOCALES = {"zh": "zh-CN", "en": "en-US"}
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class AzureSpeech(SpeechVendor):
    """See the file's head."""

    voices = NEURAL_VOICES
    voice_shape = NEURAL_SHAPE

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._base = endpoint.base_url
        self._format = endpoint.options.get("format", "riff-24khz-16bit-mono-pcm")
        if not re.fullmatch(r"riff-[\w-]+-pcm|audio-[\w-]+-mp3", self._format):
            hint = "Write one such as riff-48khz-16bit-mono-pcm or audio-48khz-192kbitrate-mono-mp3."
            raise InputError(f"the channel's option format cannot be {self._format!r}", hint=hint)
        self._emotions = endpoint.options.get("emotions", "")
        emotion_of(self._emotions, "")  # to refuse a broken table now

    def heeds(self, emotion: str) -> bool:
        return bool(emotion_of(self._emotions, emotion))

    async def speak(self, request: SpeechRequest, voice: str, token: str) -> Sound:
        response = await self.endpoint.http.send(
            "POST",
            f"{self._base}/cognitiveservices/v1",
            headers={
                **self._authorisation(),
                "Content-Type": "application/ssml+xml",
                "X-Microsoft-OutputFormat": self._format,
                "User-Agent": "manju",
            },
            data=self._ssml(request, voice).encode(),
            read_s=self.endpoint.read_s,
        )
        return Sound(sound_of(response, self.endpoint.key))

    async def probe(self) -> None:
        response = await self.endpoint.http.send(
            "GET",
            f"{self._base}/cognitiveservices/voices/list",
            headers=self._authorisation(),
            read_s=self.endpoint.read_s,
        )
        check(response, secret=self.endpoint.key).json()

    def _authorisation(self) -> dict[str, str]:
        return {"Ocp-Apim-Subscription-Key": self.endpoint.key}

    def _ssml(self, request: SpeechRequest, voice: str) -> str:
        if request.voice.pitch > 1.5:
            message = f"this vendor raises a voice's pitch to 1.5 times its own at most, not {request.voice.pitch:g}"
            raise InputError(message, hint="Lower the pitch, or choose another voice.")
        said = escape(_NOT_XML.sub(" ", request.text))
        changes = {"rate": request.speed, "pitch": request.voice.pitch}
        prosody = "".join(f' {name}="{round(100 * (by - 1)):+d}%"' for name, by in changes.items() if by != 1)
        if prosody:
            said = f"<prosody{prosody}>{said}</prosody>"
        if style := emotion_of(self._emotions, request.emotion):
            said = f'<mstts:express-as style="{style}">{said}</mstts:express-as>'
        return (
            '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" '
            f'xmlns:mstts="https://www.w3.org/2001/mstts" xml:lang="{_LOCALES[request.language]}">'
            f'<voice name="{voice}">{said}</voice></speak>'
        )
