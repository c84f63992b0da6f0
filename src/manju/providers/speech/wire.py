"""What vendors of speech have in common: one answer, from whatever sound and times they send."""

from __future__ import annotations

import asyncio
import binascii
from abc import ABC, abstractmethod
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from manju.domain.order import Artefact, SpeechRequest
from manju.errors import InputError, MediaError, RejectedError
from manju.net.client import Response
from manju.providers.answers import check, nothing, words
from manju.providers.base import References
from manju.providers.speech.alignment import Unit, align, estimate, speakable
from manju.providers.speech.casting import Casting
from manju.providers.upstream import Accepted, Answer, AtOnce, Endpoint

SILENCE_MS = 400
_NOT_SOUND = ("text/html", "application/json", "text/plain", "application/xml", "text/xml", "application/problem+json")


@dataclass(frozen=True, slots=True)
class Sound:
    """What a vendor made: a sound file, or bare 16 bit little-endian mono samples at ``raw_rate``; ``units`` as it
    timed them, none if it did not; ``charged`` is what it says it charged for."""

    data: bytes
    raw_rate: int | None = None
    units: Sequence[Unit] = ()
    charged: Mapping[str, float] = field(default_factory=dict)


class SpeechVendor(AtOnce, ABC):
    """A vendor that answers an order with the sound itself. ``voices`` is its default table of voices, ``voice_shape``
    what its voice names look like, ``speeds`` the slowest and fastest that it speaks."""

    voices: str
    voice_shape: str
    speeds: tuple[float, float] = (0.5, 2.0)

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is missing, or is not what it must be.
        """
        self.endpoint = endpoint
        self._casting = Casting(endpoint.options.get("voices", self.voices), self.voice_shape)

    @abstractmethod
    async def speak(self, request: SpeechRequest, voice: str, token: str) -> Sound:
        """Have a line spoken.

        Raises:
            as `Adapter.submit`.
        """

    def heeds(self, emotion: str) -> bool:
        """Whether the vendor is told of an emotion."""
        return False

    @abstractmethod
    async def probe(self) -> None:
        """See `Adapter.probe`."""

    def check_voice(self, name: str) -> None:
        """
        Raises:
            InputError: this cannot be a voice of the vendor.
        """
        self._casting.check(name)

    async def submit(self, request: SpeechRequest, references: References, token: str) -> Accepted | Answer:
        """See `Adapter.submit`. A line in which there is nothing to say (``……``) is silence, and is not sent: vendors
        refuse it."""
        slowest, fastest = self.speeds
        if not slowest <= request.speed <= fastest:
            raise InputError(
                f"this vendor speaks {slowest:g} to {fastest:g} times as fast as normal, not {request.speed:g}",
                hint="Choose a speed in between, or another speech model.",
            )
        voice = self._casting.choose(request)
        if not speakable(request.text):
            return await asyncio.to_thread(_silent, request)
        sound = await self.speak(request, voice, token)
        answer = await asyncio.to_thread(_answer, request, sound, voice)
        if request.emotion and not self.heeds(request.emotion):
            return replace(answer, facts={**answer.facts, "left_out": ["emotion"]})
        return answer


def _answer(request: SpeechRequest, sound: Sound, voice: str) -> Answer:
    from manju.media.voice_file import spoken_line  # codecs take long to import

    try:
        line = spoken_line(sound.data, raw_rate=sound.raw_rate)
    except MediaError as error:
        raise RejectedError(f"upstream delivered no speech: {error.message}", refusal="no_result") from error
    units = (Unit(each.text, each.start_ms - line.cut_ms, each.end_ms - line.cut_ms) for each in sound.units)
    spoken = align(request.text, units, line.end_ms)
    timing = "measured" if spoken else "estimated"
    if spoken is None:
        spoken = estimate(
            request.text,
            request.language,
            line.duration_ms,
            start_ms=line.start_ms,
            end_ms=line.end_ms,
            pauses=line.pauses,
        )
    facts = {"duration_ms": line.duration_ms, "words": spoken, "timing": timing, "voice": voice}
    return Answer((Artefact("main", line.wav, ".wav"),), facts, units=sound.charged)


def _silent(request: SpeechRequest) -> Answer:
    from manju.media.voice_file import silence

    spoken = [{"text": request.text, "start_ms": 0, "end_ms": SILENCE_MS}]
    facts = {"duration_ms": SILENCE_MS, "words": spoken, "timing": "estimated", "voice": "", "characters": 0}
    return Answer((Artefact("main", silence(SILENCE_MS), ".wav"),), facts, units={"characters": 0.0})


def sound_of(response: Response, secret: str) -> bytes:
    """The sound that an answer is. ``secret`` is the key.

    Raises:
        as `check`; RejectedError: it is a page, a message or nothing instead.
    """
    check(response, submit=True, secret=secret)
    if response.type in _NOT_SOUND or (not response.type and response.body[:1] in (b"{", b"<")):
        raise nothing("a sound", words(response, secret))
    if not response.body:
        raise nothing("a sound")
    return response.body


def decoded(data: object) -> bytes:
    """The sound that a field of JSON holds.

    Raises:
        RejectedError: there is none in it (``no_result``).
    """
    try:
        sound = b64decode(data, validate=True) if isinstance(data, str) else b""
    except (binascii.Error, ValueError) as error:
        raise RejectedError("upstream answered with a broken sound", refusal="no_result") from error
    if not sound:
        raise nothing("a sound")
    return sound
