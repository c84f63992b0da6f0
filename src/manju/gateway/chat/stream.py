"""A streamed answer on its way from upstream to the client.

A stream whose client has gone is read on for `READ_ON_S` seconds, so that what it took is known exactly and whoever
asks for it again finds it; after that it is closed, and charged by an estimate of what came.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from manju.db.chats import Answer
from manju.errors import NoAnswerError, RejectedError
from manju.gateway.chat.events import Events
from manju.gateway.chat.reply import refused_in_stream
from manju.net.client import Stream, translated

log = logging.getLogger(__name__)
READ_ON_S = 30.0


class Sink(Protocol):
    """Where an answer goes. None of it raises because the client has gone."""

    def watch(self, gone: Callable[[], None]) -> None:
        """Have ``gone`` called when the client goes before the answer is whole."""
        ...

    async def start(self, status: int, headers: Mapping[str, str]) -> None: ...

    async def write(self, data: bytes) -> None: ...

    async def end(self, data: bytes = b"") -> None:
        """With this the answer is whole."""
        ...


async def give(answer: Answer, sink: Sink) -> None:
    """Give a whole answer."""
    body = answer.body or b""
    await sink.start(answer.status, {**answer.headers, "content-length": str(len(body))})
    await sink.end(body)


class Passage:
    """One stream being handed on, event by event. Afterwards ``events`` knows what came, ``cut`` says how it broke off,
    if it did, and ``left`` that we did, because nobody was there any more."""

    def __init__(self, sink: Sink, headers: Mapping[str, str], *, strip: bool, secret: str) -> None:
        self.events = Events(strip=strip)
        self.cut = ""
        self.left = False
        self._sink = sink
        self._headers = headers
        self._secret = secret
        self._begun = False

    async def run(self, stream: Stream, url: str) -> None:
        """Hand all of it on; the sink is not ended.

        Raises:
            NoAnswerError, RejectedError: it broke off, or was refused, before its first byte.
        """
        try:
            async with asyncio.timeout(None) as limit:
                loop = asyncio.get_running_loop()
                self._sink.watch(lambda: limit.reschedule(loop.time() + READ_ON_S))
                with translated(url):
                    async for chunk in stream.content.iter_any():
                        await self._pass(self.events.feed(chunk))
                await self._pass(self.events.finish())
        except TimeoutError:
            log.info("a stream was closed %g s after its client had gone", READ_ON_S)
            self.left = True
            return
        except NoAnswerError as error:
            if not self._begun:
                raise
            self.cut = error.message
            return
        if not self._begun:
            raise RejectedError("upstream answered with an empty stream", refusal="no_result")
        if self.events.error:
            self.cut = refused_in_stream(self.events.error, self._secret).message
        elif not self.events.ended and self.events.usage is None:
            self.cut = "upstream ended the stream before the answer was whole"

    async def _pass(self, data: bytes) -> None:
        if not data:
            return
        if not self._begun:
            if self.events.error:
                raise refused_in_stream(self.events.error, self._secret)
            self._begun = True
            await self._sink.start(200, self._headers)
        await self._sink.write(data)
