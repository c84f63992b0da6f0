"""A relay of clips for `benchmarks.gateway_tasks`, as a process: ``python -m benchmarks.gateway_tasks_upstream POLL_S``
prints its port.

It speaks ``/v2/videos/generations`` and notes when each task was looked at. All tasks are in progress until ``POST
/finish``, and done from then on. ``GET /counts`` tells how many there are, ``GET /report`` what was seen of the looks.
Times are this process's own; a look counts from its arrival, and the next is due ``POLL_S`` after the answer to it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from array import array
from collections import deque
from typing import Any, cast

import uvloop

from benchmarks.gateway_clip import clip

SECONDS = 4
"""How long the clips are: as long as they are ordered, for what was delivered is what is paid."""

LOOK_S = 0.05
"""How long a look takes upstream."""
ORDER, LOOK, FILE = "/v2/videos/generations", "/v2/videos/generations/", "/files/"


class Relay:
    """All tasks."""

    def __init__(self, poll_s: float, port: int) -> None:
        self._poll_s = poll_s
        self._port = port
        self._clip = clip(seconds=SECONDS)
        self._finished = False
        self._told: dict[str, float] = {}
        """When each task was last told of."""
        self._prompts: set[str] = set()
        self._looks = array("d")
        self._late = array("d")
        self._fetched: set[str] = set()
        self._open = self._most_open = 0

    def answer(self, method: str, path: str, body: bytes) -> tuple[float, bytes, bytes]:
        """How long an answer takes, its type, and it."""
        if path.startswith(LOOK):
            return LOOK_S, b"application/json", self._look(path.removeprefix(LOOK))
        if path == ORDER:
            return 0.0, b"application/json", self._order(json.loads(body))
        if path.startswith(FILE):
            self._fetched.add(path)
            return 0.0, b"video/mp4", self._clip
        if path == "/finish":
            self._finished = True
        return 0.0, b"application/json", json.dumps(self._report() if path == "/report" else self._counts()).encode()

    def answered(self, path: str) -> None:
        """A look has been answered."""
        self._open -= 1
        self._told[path.removeprefix(LOOK)] = asyncio.get_running_loop().time()

    def _order(self, body: dict[str, Any]) -> bytes:
        assert body["model"] == "emulated", body
        self._prompts.add(body["prompt"])
        task = f"task-{len(self._told) + 1}"
        self._told[task] = asyncio.get_running_loop().time()
        return json.dumps({"task_id": task}).encode()

    def _look(self, task: str) -> bytes:
        now = asyncio.get_running_loop().time()
        self._looks.append(now)
        self._late.append(now - self._told[task] - self._poll_s)
        self._open += 1
        self._most_open = max(self._most_open, self._open)
        status: dict[str, Any] = {"task_id": task, "platform": "sora", "action": "sora-videos", "fail_reason": ""}
        if self._finished:
            output = f"http://127.0.0.1:{self._port}{FILE}{task}.mp4"
            status |= {"status": "SUCCESS", "progress": "100%", "data": {"output": output}}
        else:
            status |= {"status": "IN_PROGRESS", "progress": "40%", "data": None}
        return json.dumps(status).encode()

    def _counts(self) -> dict[str, int]:
        fetched, looks = len(self._fetched), len(self._looks)
        return {"tasks": len(self._told), "orders": len(self._prompts), "fetched": fetched, "looks": looks}

    def _report(self) -> dict[str, Any]:
        late = sorted(self._late)
        return self._counts() | {
            "latest": late[-1],
            "late_p99": late[len(late) * 99 // 100],
            "late_p50": late[len(late) // 2],
            "in_a_minute": most(self._looks, 60),
            "in_a_second": most(self._looks, 1),
            "at_once": self._most_open,
        }


def most(times: array[float], seconds: float) -> int:
    """The most of the times that lie in any window of so many seconds."""
    recent: deque[float] = deque()
    found = 0
    for time in times:
        recent.append(time)
        while recent[0] <= time - seconds:
            recent.popleft()
        found = max(found, len(recent))
    return found


class Connection(asyncio.Protocol):
    """Requests one after the other, as clients send them."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, mark, rest = self._data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if not mark or len(rest) < length:
            return
        self._data = rest[length:]
        method, path, _ = head.partition(b"\r\n")[0].decode().split(" ")
        seconds, kind, body = self._relay.answer(method, path, rest[:length])
        whole = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s" % (kind, len(body), body)
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self._send, whole, path)
        else:
            self._send(whole)

    def _send(self, whole: bytes, look: str = "") -> None:
        assert self._transport is not None
        if not self._transport.is_closing():
            self._transport.write(whole)
        if look:
            self._relay.answered(look)


async def main(poll_s: float) -> None:
    loop = asyncio.get_running_loop()
    relays: list[Relay] = []
    server = await loop.create_server(lambda: Connection(relays[0]), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    relays.append(Relay(poll_s, port))
    print(port, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1])))
