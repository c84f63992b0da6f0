"""The server is killed while chats are on their way: nothing is bought twice, nothing that was paid is forgotten, and
what nobody knows is said."""

from __future__ import annotations

import asyncio
import json
import random
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import chats
import pytest
from chats import ASKED, PATH, PRICE, UPSTREAM, until

from vendors.emulator import Fault
from vendors.openai_passthrough import ANSWER, ChatUpstream

SERVE = """
import sys
from pathlib import Path
from manju.cli.serve import run
run(host="127.0.0.1", port=int(sys.argv[2]), data=Path(sys.argv[1]))
"""


@pytest.fixture
async def upstream(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChatUpstream]:
    for name, value in UPSTREAM.items():
        monkeypatch.setenv(name, value)
    async with ChatUpstream() as opened:
        yield opened


@dataclass
class Server:
    """The program in a process of its own."""

    process: asyncio.subprocess.Process
    url: str
    key: str
    session: aiohttp.ClientSession

    async def ask(self, question: str, **headers: str) -> tuple[int, bytes]:
        """Status and bytes; 0 if there was no whole answer."""
        body = ASKED | {"messages": [{"role": "user", "content": question}]}
        sent = {"Authorization": f"Bearer {self.key}"} | {
            name.replace("_", "-"): each for name, each in headers.items()
        }
        try:
            async with self.session.post(self.url + PATH, json=body, headers=sent) as answer:
                return answer.status, await answer.read()
        except aiohttp.ClientError:
            return 0, b""

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


@asynccontextmanager
async def running(data: Path, key: str = "") -> AsyncIterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, str(data), str(port), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    lines = []
    while not lines or "serves on" not in lines[-1]:
        lines.append((await process.stderr.readline()).decode())
        assert lines[-1], lines
    found = re.search(r"sk-manju-\S+", "".join(lines))
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session:
        server = Server(process, url, found[0] if found else key, session)
        while (await _ready(server)) != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        try:
            yield server
        finally:
            if process.returncode is None:
                process.terminate()
            await process.communicate()


async def _ready(server: Server) -> int:
    try:
        async with server.session.get(server.url + "/readyz") as answer:
            return answer.status
    except aiohttp.ClientError:
        return 0


async def test_killed_in_flight(upstream: ChatUpstream, tmp_path: Path) -> None:
    chats.configure(tmp_path, [upstream.url])
    upstream.slow.clear()
    async with running(tmp_path) as server:
        asking = asyncio.create_task(server.ask("一", x_stainless_retry_count="0"))
        named = asyncio.create_task(server.ask("二", idempotency_key="k"))
        await until(lambda: len(upstream.orders) == 2)
        await server.kill()
        assert (await asking)[0] == (await named)[0] == 0
    upstream.slow.set()
    async with running(tmp_path, server.key) as again:  # and what was asked is asked again, as SDKs do
        for question, headers in (("一", {"x_stainless_retry_count": "1"}), ("二", {"idempotency_key": "k"})):
            status, body = await again.ask(question, **headers)
            assert (status, json.loads(body)["error"]["code"]) == (504, "order_unknown")
        assert (await again.ask("三"))[0] == 200
    assert len(upstream.orders) == 3
    async with chats.opened(tmp_path, key=server.key) as shop:
        assert await shop.states() == ["UNKNOWN", "UNKNOWN", "SUCCEEDED"]
        held = sum(order.price for order in await shop.orders() if order.state == "UNKNOWN")
        assert -sum((await shop.ledger()).values()) == held + PRICE


async def test_killed_in_flight_where_asking_again_does_no_harm(upstream: ChatUpstream, tmp_path: Path) -> None:
    chats.configure(tmp_path, [upstream.url], idempotent=True)
    upstream.slow.clear()
    async with running(tmp_path) as server:
        asking = asyncio.create_task(server.ask("一", idempotency_key="k"))
        left = asyncio.create_task(server.ask("二"))
        await until(lambda: len(upstream.orders) == 2)
        await server.kill()
        await asyncio.gather(asking, left)
    upstream.slow.set()
    async with running(tmp_path, server.key) as again:
        assert await again.ask("一", idempotency_key="k") == (200, ANSWER)
    # Three sendings, and two references: whoever asks by a name of his own is known upstream too.
    assert len(upstream.seen) == 3 and len({seen.headers["idempotency-key"] for seen in upstream.seen}) == 2
    async with chats.opened(tmp_path, key=server.key) as shop:
        assert sorted(await shop.states()) == ["FAILED", "FAILED", "SUCCEEDED"]  # nobody takes the first two up again
        assert -sum((await shop.ledger()).values()) == PRICE


@pytest.mark.parametrize("again", [{"idempotency_key": "k"}, {"x_stainless_retry_count": "1"}])
async def test_killed_in_flight_and_asked_again_as_before(
    upstream: ChatUpstream, tmp_path: Path, again: dict[str, str]
) -> None:
    """It may have been bought from the first channel: it is asked for there, by the same reference, and only there."""
    first = again if "idempotency_key" in again else {"x_stainless_retry_count": "0"}
    async with ChatUpstream() as other:
        chats.configure(tmp_path, [upstream.url, other.url], idempotent=True)
        upstream.slow.clear()
        async with running(tmp_path) as server:
            asking = asyncio.create_task(server.ask("一", **first))
            await until(lambda: upstream.orders)
            await server.kill()
            await asking
        upstream.slow.set()
        upstream.fail(Fault("status", 500, {"error": {"message": "a bad moment"}}))
        async with running(tmp_path, server.key) as restarted:
            assert await restarted.ask("一", **again) == (200, ANSWER)
            assert await restarted.ask("一", **again) == (200, ANSWER)
        assert other.seen == [] and len(upstream.seen) == 3
        assert len({seen.headers["idempotency-key"] for seen in upstream.seen}) == 1
    async with chats.opened(tmp_path, key=server.key) as shop:
        assert await shop.states() == ["FAILED", "SUCCEEDED"]
        assert -sum((await shop.ledger()).values()) == PRICE


@pytest.mark.parametrize("between", [Fault("status", 500, {"error": {"message": "a bad moment"}}), Fault("reset")])
async def test_what_says_nothing_of_a_lost_chat_does_not_end_it(
    upstream: ChatUpstream, tmp_path: Path, between: Fault
) -> None:
    async with ChatUpstream() as other, chats.opened(tmp_path, [upstream.url, other.url], idempotent=True) as shop:
        upstream.fail(Fault("lost"), between)
        assert (await shop.ask())[0] == 200
        assert other.seen == [] and len(upstream.seen) == 3
        assert len({seen.headers["idempotency-key"] for seen in upstream.seen}) == 1
        upstream.fail(Fault("lost"), Fault("status", 401, {"error": {"message": "no such key"}}))
        assert (await shop.ask())[0] == 504
        assert other.seen == [] and await shop.states() == ["SUCCEEDED", "UNKNOWN"]
        await shop.sound()


async def test_stopped_in_flight(upstream: ChatUpstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clean stop waits a while, and then leaves nothing under its name."""
    chats.configure(tmp_path, [upstream.url], read_s=60.0)
    upstream.slow.clear()
    async with running(tmp_path) as server:
        asking = asyncio.create_task(server.ask("一"))
        await until(lambda: upstream.orders)
        server.process.terminate()
        await server.process.wait()
        assert (await asking)[0] == 503
    upstream.slow.set()
    async with chats.opened(tmp_path, key=server.key) as shop:
        assert await shop.states() == ["UNKNOWN"]
    assert len(list((tmp_path / "presence").iterdir())) == 0


async def test_killed_again_and_again(upstream: ChatUpstream, tmp_path: Path) -> None:
    """Clients ask without end, each question its own; whoever got no answer asks once more as an SDK does."""
    chats.configure(tmp_path, [upstream.url])
    moments, key, number = random.Random(7), "", 0
    answered: list[str] = []
    unanswered: list[str] = []

    async def client(server: Server) -> None:
        nonlocal number
        while server.process.returncode is None:
            number += 1
            question = f"问题 {number:05}"
            status, _ = await server.ask(question, x_stainless_retry_count="0")
            (answered if status == 200 else unanswered).append(question)

    for _ in range(4):
        async with running(tmp_path, key) as server:
            key = server.key
            for question in unanswered[-8:]:
                await server.ask(question, x_stainless_retry_count="1")
            clients = [asyncio.create_task(client(server)) for _ in range(8)]
            await asyncio.sleep(moments.uniform(0.3, 0.8))
            await server.kill()
            await asyncio.gather(*clients)
    asked = [json.dumps(each["messages"], ensure_ascii=False) for each in upstream.orders]
    assert len(asked) == len(set(asked)) > 20  # nothing twice
    async with chats.opened(tmp_path, key=key) as shop:
        orders = await shop.orders()
        assert {order.state for order in orders} <= {"SUCCEEDED", "UNKNOWN", "FAILED"}
        made = [order for order in orders if order.state == "SUCCEEDED"]
        doubtful = [order for order in orders if order.state == "UNKNOWN"]
        assert len(answered) <= len(made) and len(made) <= len(asked) <= len(made) + len(doubtful)
        assert len(doubtful) <= 4 * 8
        paid = {order.price for order in made}
        assert paid == {PRICE}
        assert -sum((await shop.ledger()).values()) == len(made) * PRICE + sum(order.price for order in doubtful)
        await shop.sound()
