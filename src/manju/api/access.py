"""Who may call: keys, their limits, and the checks against foreign web pages."""

from __future__ import annotations

import ipaddress
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from starlette.requests import HTTPConnection

from manju.api.gateway.errors import RateError, UnauthorisedError
from manju.db.keys import Keys
from manju.domain.key import ApiKey

FRESH_S = 10.0
"""How long a key that was looked up is trusted: a revoked one works this much longer at most."""


class Access:
    """Finds the key of a request and counts what it asks."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._known: dict[str, tuple[float, ApiKey]] = {}
        self._asked: dict[str, deque[float]] = {}

    async def key(self, request: HTTPConnection) -> ApiKey:
        """The key that a request carries, as ``Authorization: Bearer``.

        Raises:
            UnauthorisedError: it carries none, or one that is not known.
            RateError: the key has asked too often in this minute.
        """
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret:
            raise UnauthorisedError(
                "this address needs a key", hint='Send it as "Authorization: Bearer sk-…" (see manju keys create).'
            )
        key = await self._find(secret)
        self._count(key)
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

    def _count(self, key: ApiKey) -> None:
        most = key.requests_per_minute
        if most is None:
            return
        now = time.monotonic()
        asked = self._asked.setdefault(key.id, deque())
        while asked and asked[0] <= now - 60:
            asked.popleft()
        if len(asked) >= most:
            raise RateError(
                f"the key {key.name} may ask {most} times a minute", retry_after=asked[0] + 60 - now, hint="Wait."
            )
        asked.append(now)


class Doors:
    """ASGI middleware: refuses hosts that are not ours (DNS rebinding) and origins that are not allowed (foreign web
    pages that a user of this machine has open)."""

    def __init__(self, app: Any, *, hosts: Sequence[str], origins: Sequence[str]) -> None:
        self._app = app
        self._hosts = {host.lower() for host in hosts}
        self._origins = {origin.rstrip("/").lower() for origin in origins}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            host = headers.get(b"host", b"").decode("latin-1").lower()
            origin = headers.get(b"origin", b"").decode("latin-1").rstrip("/").lower()
            if not self._host_allowed(host):
                await _refuse(send, f"the host {host[:100]!r} is not served here: set allow_hosts in manju.toml")
                return
            if origin and origin not in self._origins and not self._same(origin, host):
                await _refuse(send, f"the origin {origin[:100]!r} is not allowed: set allow_origins in manju.toml")
                return
        await self._app(scope, receive, send)

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


async def _refuse(send: Any, message: str) -> None:
    data = message.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": data})
