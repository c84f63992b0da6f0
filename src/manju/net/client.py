"""The shared HTTP client. It tells apart what decides about money: a request that never left, and one that left and
was not answered whole.
"""

from __future__ import annotations

import io
import json
import logging
import os
import ssl
import urllib.request
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import aiohttp

from manju.errors import InputError, NoAnswerError, NotSentError, RejectedError
from manju.net.guard import Guard, refusal

log = logging.getLogger(__name__)

CONNECT_S = 10.0
READ_S = 600.0
"""Longest silence while an answer is awaited: pictures take minutes on some relays."""
LIMIT = 512 << 20
"""Most bytes of an answer that are kept in memory (a 30 s 4K clip is about 200 MB)."""
IDLE_S = 4.0
"""How long an unused connection is kept. Upstreams close theirs after 5 s and more: an order that meets a connection
which is just being closed is in doubt, and a new connection is cheaper than that."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with its whole body. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def type(self) -> str:
        """The media type without parameters, lower case; empty if none was sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            RejectedError: it is not JSON (``no_result``): an HTML error page, or a broken answer.
        """
        try:
            return json.loads(self.body)
        except ValueError as error:
            start = " ".join(self.text()[:120].split())
            message = f"upstream answered {self.status} with {self.type or 'no type'} instead of JSON: {start}"
            raise RejectedError(message, refusal="no_result") from error


Stream = aiohttp.ClientResponse
"""An answer whose body is still to be read."""
Form = aiohttp.FormData
"""A ``multipart/form-data`` body; see `form`."""


def form(fields: Mapping[str, str], files: Iterable[tuple[str, str, bytes, str]]) -> Form:
    """A ``multipart/form-data`` body, for one sending: texts by name, and files as (name, file name, bytes, media
    type); names may repeat."""
    data = Form(default_to_multipart=True)
    for name, value in fields.items():
        data.add_field(name, value)
    for name, filename, content, kind in files:
        data.add_field(name, content, filename=filename, content_type=kind)
    return data


class Http:
    """A pool of connections. Use it with ``async with``, in one event loop."""

    def __init__(self, *, connect_s: float = CONNECT_S, limit: int = 0) -> None:
        """``limit``: most connections at once; 0 is no limit (channels have limits of their own)."""
        self._connect_s = connect_s
        self._limit = limit
        self._guard = Guard()
        self._session: aiohttp.ClientSession | None = None
        self._guarded: aiohttp.ClientSession | None = None
        self._proxies: dict[tuple[str, str], str | None] = {}

    async def __aenter__(self) -> Http:
        # Cookies of one vendor account must never reach another. The library would look for a proxy and into .netrc at
        # each request, in a thread: slow, and a password from there must not stand in for a channel's key.
        self._session, self._guarded = (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._limit, ttl_dns_cache=60, keepalive_timeout=IDLE_S, socket_factory=factory
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=True,
            )
            for factory in (None, self._guard.socket)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in (self._session, self._guarded):
            if session is not None:
                await session.close()
        self._session = self._guarded = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | Form | None = None,
        read_s: float = READ_S,
        limit: int = LIMIT,
        guarded: bool = False,
    ) -> Response:
        """Send a request and read the whole answer, whatever its status. Redirects are not followed: an upstream that
        redirects an order is not the one that was configured.

        ``guarded``: the address came from outside, so that only a public one is asked (see `Guard`). Where the
        environment names a proxy, that resolves names: then only what the address itself says is looked at.

        Raises:
            NotSentError: no connection; upstream has seen nothing.
            NoAnswerError: it was sent, and no whole answer came (silence for ``read_s``, reset, cut off).
            RejectedError: the answer is longer than ``limit`` (``no_result``).
            InputError: the URL is not one; ForbiddenError: it must not be asked.
        """
        async with self.stream(
            method, url, headers=headers, json=json, data=data, read_s=read_s, guarded=guarded
        ) as answer:
            return await whole(answer, url, limit=limit)

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | Form | None = None,
        read_s: float = READ_S,
        guarded: bool = False,
    ) -> AsyncIterator[Stream]:
        """As `send`, with the answer's head only; the body is read from ``answer.content`` under `translated`.

        Raises:
            as `send`.
        """
        assert self._session is not None and self._guarded is not None, "the client is not open"
        if guarded:
            self._guard.check(url)
        proxy = self._proxy(url)
        session = self._guarded if guarded and proxy is None else self._session
        timeout = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=self._connect_s, sock_read=read_s)
        body = io.BytesIO(data) if isinstance(data, bytes) and len(data) > _CHUNK else data  # sent in pieces
        with translated(url):
            answer = await session.request(
                method,
                url,
                headers=headers,
                json=json,
                data=body,
                timeout=timeout,
                allow_redirects=False,
                proxy=proxy,
            )
        try:
            yield answer
        finally:
            if answer.content.at_eof():
                answer.release()
            else:
                answer.close()

    def _proxy(self, url: str) -> str | None:
        """The proxy that the environment names for an address (``HTTPS_PROXY``, ``NO_PROXY`` ...), looked up once for
        each host."""
        scheme, _, rest = url.partition("://")
        host = rest.partition("/")[0].rpartition("@")[2]
        key = scheme.lower(), host
        if key not in self._proxies:
            named = None if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get(key[0])
            self._proxies[key] = named or None
        return self._proxies[key]


async def whole(answer: Stream, url: str, *, limit: int = LIMIT) -> Response:
    """An answer of `Http.stream` with its body.

    Raises:
        NoAnswerError, RejectedError: as `Http.send`.
    """
    body = bytearray()
    with translated(url):
        async for chunk in answer.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > limit:
                raise RejectedError(f"upstream answered with more than {limit >> 20} MB", refusal="no_result")
    return Response(answer.status, {k.lower(): v for k, v in answer.headers.items()}, bytes(body))


class translated:
    """Turn the library's errors into ours at the edge."""

    def __init__(self, url: str) -> None:
        # Only the host goes into the log: keys are sometimes part of a query.
        self._host = url.partition("://")[2].partition("/")[0].rpartition("@")[2] or url
        self._url = url

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        match error:
            case aiohttp.InvalidURL() | UnicodeError():  # the latter from resolvers, for labels that no host has
                raise InputError(f"{self._host!r} is not an address", hint="Write it with https://.") from error
            case aiohttp.ClientConnectorError() if refused := refusal(self._url, error):
                raise refused from error
            case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
                log.info("no connection to %s: %s", self._host, error)
                message = f"no connection to upstream: {self._cause(error)}"
                raise NotSentError(message, hint="Check the address and the network.") from error
            case TimeoutError():
                log.info("%s did not answer in time", self._host)
                raise NoAnswerError("upstream did not answer in time") from error
            case aiohttp.ClientError() | ConnectionError():
                log.info("the connection to %s broke: %s", self._host, error)
                raise NoAnswerError(f"the connection to upstream broke: {self._cause(error)}") from error

    def _cause(self, error: BaseException) -> str:
        """Without the address: what fails is told to API callers too, and where we buy is no business of theirs."""
        inner = getattr(error, "os_error", None) or error
        if isinstance(inner, OSError) and not isinstance(inner, ssl.SSLError):
            number = inner.errno or 0  # below zero: of the name look-up, which says it in words
            text = os.strerror(number) if number > 0 else inner.strerror or ""
        else:
            text = str(inner).replace(self._host, "it").replace(self._host.partition(":")[0], "it")
        text = text.strip() or type(inner).__name__
        return text.splitlines()[0][:200]
