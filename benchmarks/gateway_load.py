"""The load of the gateway's figures, as a process: ``python -m benchmarks.gateway_load URL KEY MODEL CLIENTS SECONDS``.

So many clients, each with one connection, send one chat after the other for so long. Prints what came of it as JSON:
``seconds``, ``count``, ``rps``, and ``p50`` and ``p99`` of a request in milliseconds. As lean as Python allows.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast
from urllib.parse import urlsplit

import uvloop

MESSAGES = [
    {"role": "system", "content": "你是AI漫剧编剧与分镜导演。你必须只输出严格JSON，不要输出任何多余文字。"},
    {"role": "user", "content": "主题：赛博校园侦探。请生成角色设定、场景列表、分镜规划。" * 4},
]


class Client(asyncio.Protocol):
    """One connection: one request after the other."""

    def __init__(self, request: bytes, until: float, taken: list[float]) -> None:
        self._request = request
        self._until = until
        self._taken = taken
        self._data = b""
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, mark, body = self._data.partition(b"\r\n\r\n")
        if not mark or not _whole(head.lower(), body):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(ValueError(self._data[:1000].decode("utf-8", "replace")))
            return
        self._taken.append(time.perf_counter() - self._sent)
        self._data = b""
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        self._sent = time.perf_counter()
        if self._sent < self._until:
            self._transport.write(self._request)
        elif not self.done.done():
            self.done.set_result(None)
            self._transport.close()


def _whole(head: bytes, body: bytes) -> bool:
    _, found, rest = head.partition(b"content-length:")
    return len(body) >= int(rest.partition(b"\r\n")[0]) if found else body.endswith(b"0\r\n\r\n")


async def main(url: str, key: str, model: str, clients: int, seconds: float) -> None:
    body = json.dumps({"model": model, "messages": MESSAGES, "temperature": 0.7, "max_tokens": 500}).encode()
    parts = urlsplit(url)
    assert parts.hostname is not None and parts.port is not None
    head = (
        f"POST {parts.path} HTTP/1.1\r\nhost: {parts.netloc}\r\nauthorization: Bearer {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\nx-stainless-retry-count: 0\r\n\r\n"
    )
    taken: list[float] = []
    loop, start = asyncio.get_running_loop(), time.perf_counter()
    made = []
    for _ in range(clients):
        made.append(
            (
                await loop.create_connection(
                    lambda: Client(head.encode() + body, start + seconds, taken), parts.hostname, parts.port
                )
            )[1]
        )
    await asyncio.gather(*(client.done for client in made))
    wall = time.perf_counter() - start
    taken.sort()
    print(
        json.dumps(
            {
                "seconds": wall,
                "count": len(taken),
                "rps": len(taken) / wall,
                "p50": taken[len(taken) // 2] * 1000,
                "p99": taken[len(taken) * 99 // 100] * 1000,
            }
        )
    )


if __name__ == "__main__":
    _, url, key, model, clients, seconds = sys.argv
    uvloop.run(main(url, key, model, int(clients), float(seconds)))
