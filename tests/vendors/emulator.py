"""A vendor on loopback: speaks a wire format over real HTTP, counts what was bought, and fails when told to.

An emulator subclasses `Emulator`, adds its routes in ``routes``, checks each request as strictly as the vendor does
(authorisation, required fields, types, allowed values), and calls `bought` exactly where the vendor begins to charge.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KEY = "sk-emulated"
"""The key that every emulator accepts."""


@dataclass(frozen=True)
class Fault:
    """What happens to one request instead of, or after, its being served.

    ``kind``: ``status`` answers with ``status``, ``body`` and ``headers``; ``reset`` breaks the connection before the
    order is taken; ``lost`` takes the order and then breaks the connection; ``truncated`` takes it and sends half of
    the answer; ``stall`` takes it and never answers.
    """

    kind: Literal["status", "reset", "lost", "truncated", "stall"]
    status: int = 500
    body: str | bytes | dict[str, Any] = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Emulator:
    """Use it with ``async with``; ``url`` is its base address then."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.orders: list[Any] = []
        """What was bought, in order."""
        self.faults: deque[tuple[str, Fault]] = deque()
        self.url = ""
        self._runner: web.AppRunner | None = None

    def routes(self) -> list[web.RouteDef]:
        """The vendor's endpoints."""
        raise NotImplementedError

    def bought(self, order: Any) -> None:
        """The vendor has accepted an order and will charge for it."""
        self.orders.append(order)

    def fail(self, *faults: Fault, path: str = "") -> None:
        """The next requests whose path contains ``path`` meet these faults, one each."""
        self.faults.extend((path, fault) for fault in faults)

    async def __aenter__(self) -> Any:
        app = web.Application(middlewares=[self._watch], client_max_size=64 << 20)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.read()
        query, headers = dict(request.query), {k.lower(): v for k, v in request.headers.items()}
        self.seen.append(Seen(request.method, request.path, query, headers, body))
        fault = self._due(request.path)
        if fault is None:
            return await handler(request)
        if fault.kind == "status":
            if isinstance(fault.body, dict):
                return web.json_response(fault.body, status=fault.status, headers=fault.headers)
            raw = fault.body.encode() if isinstance(fault.body, str) else fault.body
            return web.Response(body=raw, status=fault.status, headers=fault.headers)
        if fault.kind == "reset":
            return broken(request)
        answer = await handler(request)
        if fault.kind == "stall":
            await asyncio.sleep(3600)
        if fault.kind == "truncated" and isinstance(answer, web.Response):
            await half(request, answer)
        return broken(request)

    def _due(self, path: str) -> Fault | None:
        for index, (part, fault) in enumerate(self.faults):
            if part in path:
                del self.faults[index]
                return fault
        return None


def broken(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def half(request: web.Request, answer: web.Response) -> None:
    body = answer.body if isinstance(answer.body, bytes) else b""
    stream = web.StreamResponse(status=answer.status, headers={"Content-Length": str(len(body))})
    stream.content_type = answer.content_type
    await stream.prepare(request)
    await stream.write(body[: len(body) // 2])


def authorised(request: web.Request, key: str = KEY) -> bool:
    """Whether the request carries the key as a bearer token."""
    return request.headers.get("Authorization") == f"Bearer {key}"
