"""The voices of Microsoft Edge through the package edge-tts (extra ``manju[edge]``, LGPL-3, imported when first used).

Source: edge-tts 7.3.1. Free, without a key, and unofficial: the service refuses now and then (403, 503; its issues
#290, #452, #458), so treat it as best effort, and its channel as ``repeatable``. Word boundaries are asked for (the
package sends sentences by default since 7.2); their times are ticks of 100 ns. The sound is MP3, 24 kHz, 48 kbit/s.
Its address is part of the package: the channel's ``base_url`` and model are not used.

Options: ``voices``; ``proxy`` (an ``http://`` address; default none).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

from manju.domain.order import SpeechRequest
from manju.errors import InputError, NoAnswerError, Refusal, RejectedError
from manju.net.client import translated
from manju.providers.speech.alignment import Unit
from manju.providers.speech.azure import NEURAL_SHAPE, NEURAL_VOICES
from manju.providers.speech.wire import Sound, SpeechVendor
from manju.providers.upstream import Endpoint

_HOST = "wss://speech.platform.bing.com"
_TICKS_PER_MS = 10_000
_REFUSALS: dict[int, Refusal] = {401: "auth", 403: "busy", 429: "rate"}
"""403 is what a service that is tired of us says, too."""
_OWN_PITCH = {"female": 210, "male": 120, "neutral": 165}
"""Hz, about: pitch is asked for as a difference, not as a factor."""
_WHOLE = 0.8
"""Share of the text's letters that must have been timed. A connection that is closed too soon looks like the end."""


class EdgeSpeech(SpeechVendor):
    """Speaks through ``edge_tts.Communicate``."""

    voices = NEURAL_VOICES
    voice_shape = NEURAL_SHAPE + "Neural"

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._proxy = endpoint.options.get("proxy")

    async def speak(self, request: SpeechRequest, voice: str, token: str) -> Sound:
        edge = _package()
        pitch = round(_OWN_PITCH[request.voice.gender] * (request.voice.pitch - 1))
        spoken = edge.Communicate(
            request.text,
            voice,
            rate=f"{round(100 * (request.speed - 1)):+d}%",
            pitch=f"{pitch:+d}Hz",
            boundary="WordBoundary",
            proxy=self._proxy,
            receive_timeout=math.ceil(self.endpoint.read_s),
        )
        data, units = bytearray(), list[Unit]()
        with _told(edge):
            async with aclosing(spoken.stream()) as chunks:
                while (chunk := await self._next(chunks)) is not None:
                    if chunk["type"] == "audio":
                        data += chunk["data"]
                    elif chunk["type"] == "WordBoundary":
                        start = chunk["offset"] / _TICKS_PER_MS
                        units.append(Unit(chunk["text"], start, start + chunk["duration"] / _TICKS_PER_MS))
        if units and _letters(unit.text for unit in units) < _WHOLE * _letters(request.text):
            raise NoAnswerError(f"{_HOST} stopped before the end of the line")
        return Sound(bytes(data), units=units)

    async def probe(self) -> None:
        edge = _package()
        with _told(edge):
            await edge.list_voices(proxy=self._proxy)

    async def _next(self, chunks: Any) -> Any:
        """The next chunk, None after the last. The package waits for it without end."""
        async with asyncio.timeout(self.endpoint.read_s):
            return await anext(chunks, None)


def _letters(texts: Iterable[str]) -> int:
    return sum(sign.isalnum() for text in texts for sign in text)


def _package() -> Any:
    try:
        import edge_tts
    except ImportError as error:
        raise InputError("the package edge-tts is not installed", hint="Run: pip install 'manju[edge]'") from error
    return edge_tts


@contextmanager
def _told(edge: Any) -> Iterator[None]:
    """The package's errors, and those of its HTTP library, as ours."""
    try:
        with translated(_HOST):
            yield
    except edge.exceptions.WebSocketError as error:
        raise NoAnswerError(f"the connection to {_HOST} broke") from error
    except edge.exceptions.SkewAdjustmentError as error:
        raise RejectedError(f"{_HOST} refuses us (403)", refusal=_REFUSALS[403]) from error
    except edge.exceptions.EdgeTTSException as error:
        raise RejectedError(f"{_HOST} answered without a sound: {error}", refusal="no_result") from error
    except NoAnswerError as error:
        status = getattr(error.__cause__, "status", None)  # it did answer: no to the connection itself
        if not isinstance(status, int):
            raise
        refusal = _REFUSALS.get(status, "busy")
        raise RejectedError(f"{_HOST} answered {status}", refusal=refusal) from error.__cause__
