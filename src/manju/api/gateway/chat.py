"""``POST /v1/chat/completions``: passed through to the channels that serve the model, to the byte; with no channel for
it, answered by the offline writer.

A raw ASGI endpoint: hundreds of requests a second go through here, so only what the gateway needs is looked at. What a
client that has gone was being told is read to its end (`manju.gateway.chat.stream`), metered and charged.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter
from starlette.requests import HTTPConnection
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from manju.api.gateway import chat_offline, errors
from manju.api.gateway.context import Relay, Wish
from manju.app import App
from manju.domain.key import ApiKey
from manju.errors import FieldError, InputError, ManjuError, UnknownModelError
from manju.gateway.catalogue import Catalogue
from manju.gateway.chat.chat import Chat
from manju.gateway.chat.envelope import Envelope, opened
from manju.gateway.entries import Entry
from manju.gateway.presence import Presence

log = logging.getLogger(__name__)
PATH = "/v1/chat/completions"
LARGEST = 32 << 20
"""Most bytes of a request."""
STALL_S = 60.0
"""A client that takes nothing of its answer for so long has gone."""


def router(app: App) -> APIRouter:
    """The endpoint over an open `App`; it opens and closes with the server."""
    endpoint = Completions()

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        presence = Presence(app.settings.folder.presence)
        gateway = app.gateway
        shared = Chat(
            app.database, app.catalogue, presence, health=gateway.health, slots=gateway.slots, rates=gateway.rates
        )
        async with shared as chat:
            endpoint.chat = chat
            yield

    made = APIRouter(tags=["chat"], lifespan=lifespan)
    made.routes.append(Route(PATH, endpoint, methods=["POST"], include_in_schema=False))
    return made


class TooLargeError(InputError):
    """The body is longer than `LARGEST`."""


class Completions:
    """The endpoint."""

    path = PATH
    """For the metrics."""
    chat: Chat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self
        sink = _Sink(receive, send)
        try:
            await self._answer(HTTPConnection(scope), receive, sink)
        except ManjuError as error:
            if sink.started:
                await sink.break_off(error)
            else:
                await _problem(error)(scope, receive, send)
        finally:
            sink.close()

    async def _answer(self, request: HTTPConnection, receive: Receive, sink: _Sink) -> None:
        relay: Relay = request.app.state.relay
        key = await relay.access.key(request)
        envelope = opened(await _body(request, receive))
        entry = _entry(relay.catalogue, key, envelope)
        routes = self.chat.routes(entry.name)
        wish = Wish.said(request.headers)  # that the client is still there was seen with the end of its body
        if routes:
            name, room = wish.idempotency, relay.tasks.room(key)
            await self.chat.answer(key, entry, routes, envelope, sink, idempotency=name, retry=wish.retry, room=room)
        else:
            await chat_offline.answer(relay, self.chat, key, envelope, wish, sink)


class _Sink:
    """See `manju.gateway.chat.stream.Sink`. The server itself passes over what is sent to a client that has gone."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._gone: Callable[[], None] = lambda: None
        self._watching: asyncio.Task[None] | None = None
        self._stalled = False
        self.started = False

    def watch(self, gone: Callable[[], None]) -> None:
        async def wait() -> None:
            while (await self._receive())["type"] != "http.disconnect":
                pass
            gone()

        self._gone = gone
        self._watching = asyncio.create_task(wait())

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        self.started = True
        raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def write(self, data: bytes) -> None:
        await self._push({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        self.close()
        await self._push({"type": "http.response.body", "body": data})

    async def _push(self, message: Message) -> None:
        if self._stalled:
            return
        try:
            async with asyncio.timeout(STALL_S):
                await self._send(message)
        except TimeoutError:
            self._stalled = True
            self._gone()

    async def break_off(self, error: ManjuError) -> None:
        """Tell in the stream what has happened, and leave it without an end, so that nobody takes it for whole."""
        log.info("a stream broke off: %s", error.message)
        said = errors.public(error) if error.private else error.message
        told = {"error": {"message": said, "type": "server_error", "param": None, "code": "upstream_error"}}
        await self.write(b"data: " + json.dumps(told).encode() + b"\n\n")

    def close(self) -> None:
        """Nobody is watched any more."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None


def _problem(error: ManjuError) -> Any:
    text = errors.sentences(error.message, error.hint)
    if isinstance(error, TooLargeError):
        return errors.body(413, "invalid_request_error", "request_too_large", text, headers=errors.FINAL)
    return errors.problem(error)


async def _body(request: HTTPConnection, receive: Receive) -> bytes:
    """
    Raises:
        TooLargeError: it is.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > LARGEST:
        raise _too_large()
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise InputError("the client has gone before its request was whole")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST:
            raise _too_large()
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large() -> TooLargeError:
    return TooLargeError(f"the body is longer than {LARGEST >> 20} MB", hint="Give pictures by their address.")


def _entry(catalogue: Catalogue, key: ApiKey, envelope: Envelope) -> Entry:
    """The model, if the key may use it for this.

    Raises:
        UnknownModelError: there is none that it may use; the hint lists those there are.
        FieldError: it makes no text.
    """
    if key.models is not None and envelope.model not in key.models:
        hint = f"It may use: {', '.join(key.models)}."
        raise UnknownModelError(f"the key {key.name} may not use {envelope.model[:200]!r}", hint=hint)
    entry = catalogue.entry(envelope.model)
    if entry.modality != "text":
        raise FieldError(f"{entry.name} makes {entry.modality}, not text", param="model", hint="Choose another model.")
    return entry
