"""Who may call: keys, their limits, and the checks against foreign web pages."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from manju.api.gateway.errors import FINAL, RateError, UnauthorisedError, body, problem
from manju.db.group import Group
from manju.db.keys import Keys
from manju.db.rates import Asking, RatePage
from manju.db.session import Database
from manju.domain.key import ApiKey
from manju.errors import ManjuError

FRESH_S = 10.0
"""How long a key that was looked up is trusted: a revoked one works this much longer at most."""
KEY = "manju.key"
"""Where a request's scope has its key once it was found and counted."""
LARGEST = 128 << 20
"""Most bytes of a request: a few pictures of the largest size, as base64."""
TOO_LARGE = f"the body is longer than {LARGEST >> 20} MB. Give pictures by their address."
ROOM = 4 * LARGEST
"""Most bytes of all requests that are being served."""
FULL = "the server has no room for this body now. Send it again in a moment."
EXPOSED = (
    b"x-manju-model, x-manju-task, x-manju-order, x-manju-size, x-manju-effective, x-manju-ignored, x-should-retry, "
    b"retry-after, openai-poll-after-ms, content-range, accept-ranges, etag"
)
"""Headers that pages of other origins may read."""


class Access:
    """Finds the key of a request and counts what it asks."""

    def __init__(self, database: Database) -> None:
        self._keys = Keys(database)
        self._known: dict[str, tuple[float, ApiKey]] = {}
        self._rates = Group(database, RatePage)
        self._full: dict[str, float] = {}
        """Until when keys may not ask that have asked too often."""

    async def close(self) -> None:
        """Write down what was counted."""
        await self._rates.close()

    async def key(self, request: HTTPConnection) -> ApiKey:
        """The key that a request carries, as ``Authorization: Bearer``.

        Raises:
            UnauthorisedError: it carries none, or one that is not known.
            RateError: the key has asked too often in this minute.
        """
        if (found := request.scope.get(KEY)) is not None:
            assert isinstance(found, ApiKey)
            return found  # at the gate
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret:
            raise UnauthorisedError(
                "this address needs a key", hint='Send it as "Authorization: Bearer sk-…" (see manju keys create).'
            )
        key = await self._find(secret)
        await self._count(key)
        return key

    async def _find(self, secret: str) -> ApiKey:
        now = time.monotonic()
        since, key = self._known.get(secret, (0.0, None))
        if key is None or now - since > FRESH_S:
            key = await self._keys.find(secret)
            self._known.pop(secret, None)
            if key is None:
                raise UnauthorisedError("the key is not known, or was revoked", hint="See manju keys list.")
            self._known[secret] = now, key
        return key

    async def _count(self, key: ApiKey) -> None:
        most = key.requests_per_minute
        if most is None:
            return
        now = time.monotonic()
        wait = self._full.get(key.id, 0.0) - now
        if wait <= 0:
            wait = await self._rates.make(Asking(key.id, most, time.time()))
        if wait > 0:
            self._full[key.id] = now + wait
            raise RateError(f"the key {key.name} may ask {most} times a minute", retry_after=wait, hint="Wait.")


class Gate:
    """ASGI middleware: demands a key of the relay API's callers before anything that they send is read."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith(("/v1/", "/v2/")):
            access: Access = scope["app"].state.relay.access
            try:
                scope[KEY] = await access.key(HTTPConnection(scope))
            except ManjuError as error:
                await problem(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Doors:
    """ASGI middleware: refuses hosts that are not ours (DNS rebinding), origins that are not allowed (foreign web pages
    that a user of this machine has open), bodies that nobody would send, and more of them at once than there is room
    for; tells browsers which origins are allowed (CORS). A key is demanded of everybody all the same."""

    def __init__(self, app: Any, *, hosts: Sequence[str], origins: Sequence[str]) -> None:
        """``*`` among the hosts or origins is any."""
        self._app = app
        self._hosts = {host.lower() for host in hosts}
        self._origins = {origin.rstrip("/").lower() for origin in origins}
        self._held = 0
        """Bytes of the bodies of requests that are being served."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").lower()
        given = headers.get(b"origin", b"")
        origin = given.decode("latin-1").rstrip("/").lower()
        if not self._host_allowed(host):
            message = f"the host {host[:100]!r} is not served here: set allow_hosts in manju.toml"
            await _refuse(403, "host_not_allowed", message, scope, receive, send)
        elif origin and not self._same(origin, host) and not self._origins.intersection((origin, "*")):
            message = f"the origin {origin[:100]!r} is not allowed: set allow_origins in manju.toml"
            await _refuse(403, "origin_not_allowed", message, scope, receive, send)
        elif origin and not self._same(origin, host):
            await self._foreign(given, headers, scope, receive, send)
        else:
            await self._inside(headers, scope, receive, send)

    async def _foreign(self, origin: bytes, headers: dict[bytes, bytes], scope: Any, receive: Any, send: Any) -> None:
        """A page of an allowed origin asks."""
        told = [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            # SDKs send many headers of their own; a page that may call us may send them all.
            told += [
                (b"access-control-allow-methods", b"GET, HEAD, POST, DELETE"),
                (b"access-control-allow-headers", headers.get(b"access-control-request-headers", b"Authorization")),
                (b"access-control-max-age", b"600"),
            ]
            if headers.get(b"access-control-request-private-network") == b"true":
                told.append((b"access-control-allow-private-network", b"true"))
            await send({"type": "http.response.start", "status": 204, "headers": told})
            await send({"type": "http.response.body", "body": b""})
            return
        told.append((b"access-control-expose-headers", EXPOSED))

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = message | {"headers": [*message["headers"], *told]}
            await send(message)

        await self._inside(headers, scope, receive, sending)

    async def _inside(self, headers: dict[bytes, bytes], scope: Any, receive: Any, send: Any) -> None:
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > LARGEST:
            await _refuse(413, "request_too_large", TOO_LARGE, scope, receive, send)
            return
        if length == b"0" and b"transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        size = 0

        async def receiving() -> Any:
            nonlocal size
            message = await receive()
            more = len(message.get("body", b""))
            size += more
            self._held += more
            if size > LARGEST:
                raise HTTPException(413, TOO_LARGE)
            if self._held > ROOM:
                raise HTTPException(503, FULL, {"retry-after": "1"})
            return message

        try:
            await self._app(scope, receiving, send)
        finally:
            self._held -= size

    def _host_allowed(self, host: str) -> bool:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if "*" in self._hosts or name in self._hosts or name == "localhost":
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True  # an address cannot be rebound to another

    def _same(self, origin: str, host: str) -> bool:
        return origin.partition("://")[2] == host


async def _refuse(status: int, code: str, message: str, scope: Any, receive: Any, send: Any) -> None:
    await body(status, "invalid_request_error", code, message, headers=FINAL)(scope, receive, send)
