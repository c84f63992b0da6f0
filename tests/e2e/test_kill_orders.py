"""SIGKILL at random instants while text, pictures, speech and clips are bought from unreliable vendors: no order is
lost, none is bought twice but by a person's choice, what nobody knows waits and is seen, the ledger is exact, and every
artefact that was paid for is there.

``MANJU_TEST_KILLS`` is how often each test kills (see `KILLS`), ``MANJU_TEST_SEED`` another choice of instants.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import random
import re
import signal
import socket
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import street
from sqlalchemy import select
from street import Street, mark_of
from street_models import MODALITIES, MODELS, mark

from manju.db.session import Database
from manju.db.tables import ArtefactRow, Attempt, LedgerEntry, Order, Tally
from manju.gateway.doubts import Doubts
from vendors.emulator import KEY

KILLS = int(os.environ.get("MANJU_TEST_KILLS", "26"))
SEED = int(os.environ.get("MANJU_TEST_SEED", "1"))
LIFE_S = 1.5
"""A server is killed in this time."""
BATCH = 12
"""New orders in each process: every modality at every vendor."""
HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")


@dataclass
class Books:
    """What is on record, and the artefacts that are in the store."""

    orders: Sequence[Order]
    attempts: Mapping[str, Sequence[Attempt]]
    """By order, first to last."""
    entries: Mapping[str, Sequence[LedgerEntry]]
    """By attempt."""
    artefacts: Mapping[str, str]
    """Paths by digest."""
    tallies: Mapping[str, int]

    @classmethod
    async def read(cls, database: Database) -> Books:
        attempts, entries = defaultdict(list), defaultdict(list)
        async with database.read() as session:
            for attempt in await session.scalars(select(Attempt).order_by(Attempt.order_id, Attempt.number)):
                attempts[attempt.order_id].append(attempt)
            for entry in await session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)):
                entries[entry.attempt_id].append(entry)
            artefacts = dict((await session.execute(select(ArtefactRow.sha256, ArtefactRow.path))).all())
            tallies = dict((await session.execute(select(Tally.name, Tally.amount))).all())
            orders = list(await session.scalars(select(Order).order_by(Order.id)))
        return cls(orders, attempts, entries, artefacts, tallies)

    def by_mark(self) -> Mapping[str, Sequence[Order]]:
        found = defaultdict(list)
        for order in self.orders:
            found[mark_of(order.request)].append(order)
        return found

    def states(self) -> Counter[str]:
        return Counter(order.state for order in self.orders)

    def unended(self) -> list[Order]:
        return [order for order in self.orders if order.state in ("PLANNED", "SUBMITTING", "SUBMITTED")]

    def check_money(self) -> None:
        """What is held and paid is the ledger's sum, to the millionth, for each order and in all."""
        for order in self.orders:
            kinds = []
            for attempt in self.attempts[order.id]:
                movements = self.entries[attempt.id]
                assert len(movements) <= 2, movements
                if movements:
                    assert (movements[0].kind, movements[0].amount < 0) == ("hold", True)
                kinds += [entry.kind for entry in movements]
            moved = sum(entry.amount for attempt in self.attempts[order.id] for entry in self.entries[attempt.id])
            paid_or_held = order.state in ("SUCCEEDED", "UNKNOWN")
            assert moved == (-order.price if paid_or_held else 0), (order.id, order.state, kinds)
            assert kinds.count("capture") == (order.state == "SUCCEEDED"), (order.id, kinds)
            assert kinds.count("hold") - kinds.count("capture") - kinds.count("release") == (order.state == "UNKNOWN")
        sums: Counter[str] = Counter()
        for entry in (entry for entries in self.entries.values() for entry in entries):
            sums[f"account/{entry.account_id}"] += entry.amount
            sums[f"project/{entry.project_id}"] += entry.amount
        expected = sum(order.price for order in self.orders if order.state in ("SUCCEEDED", "UNKNOWN"))
        assert -sum(amount for name, amount in sums.items() if name.startswith("account/")) == expected
        assert {name: amount for name, amount in self.tallies.items() if name.count("/") == 1} == dict(sums)

    def check_sales(self, town: Street, again: Mapping[str, int]) -> None:
        """Nothing was sold twice but what a person chose (``again``: how often more, by mark), and what was sold is
        here or is known to be in doubt."""
        sold = town.marks()
        for name, orders in self.by_mark().items():
            states = {order.state for order in orders}
            least = 1 if "SUCCEEDED" in states else 0
            most = 1 if states & {"SUCCEEDED", "UNKNOWN"} else 0
            assert least <= sold[name] - again.get(name, 0) <= most, (name, states, self.told(orders), sold[name])
            assert len([order for order in orders if order.state == "SUCCEEDED"]) <= 1
        assert set(sold) <= set(self.by_mark())

    def told(self, orders: Sequence[Order]) -> list[tuple[str, str, str]]:
        return [(each.channel, each.token, each.outcome) for order in orders for each in self.attempts[order.id]]

    def check_doubts(self) -> None:
        """Only where a vendor can neither be asked again nor looked up; or if it has not answered three times."""
        for order in self.orders:
            if order.state == "UNKNOWN":
                last = self.attempts[order.id][-1]
                assert last.outcome == "unknown" and order.owner is None
                tries = [each for each in self.attempts[order.id] if each.token == last.token]
                assert last.channel.startswith("plain-") or len(tries) >= 3, self.told([order])

    def check_artefacts(self, data: Path) -> None:
        """All that was paid for is in the store, whole, and what was asked for; and nothing else is half there."""
        store = data / "artefacts"
        for order in self.orders:
            if order.state != "SUCCEEDED" or order.domain_key is None:
                continue
            assert order.artefacts
            for stored in order.artefacts:
                content = (store / stored["path"]).read_bytes()
                assert hashlib.sha256(content).hexdigest() == stored["sha256"], order.id
                assert self.artefacts[stored["sha256"]] == stored["path"]
                assert len(content) == stored["bytes"]
            name = mark_of(order.request)
            if order.modality == "text":
                assert content.decode() == street.reply(name)
            if order.modality == "image":
                assert street.is_drawing_of(name, content)
        for path, digest in ((store / path, sha256) for sha256, path in self.artefacts.items()):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        names = {path.name for path in store.rglob("*") if path.is_file()}
        assert not [name for name in names if name.startswith(".") or name.endswith((".tmp", ".part"))]


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Where the orders are, for this process and those that it starts."""
    monkeypatch.setenv("STREET_KEY", KEY)
    monkeypatch.setenv("MANJU_WORKERS", "1")
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{(tmp_path / 'data/manju.db').as_posix()}"
    return str(request.getfixturevalue("postgres").fresh_database())


@pytest.fixture
async def database(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Database]:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("MANJU_DATABASE", database_url)
    opened = Database(database_url)
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Street]:
    async with street.opened(tmp_path / "data", SEED) as opened:
        yield opened


class Shopper:
    """A process that buys; see `shopper`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, data: Path) -> Shopper:
        pipe = asyncio.subprocess.PIPE
        argv = [sys.executable, str(HERE / "shopper.py"), str(data)]
        return cls(
            await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        )

    async def buy(self, first: int, last: int) -> None:
        """Let it begin with these orders."""
        assert self._process.stdin is not None and self._process.stdout is not None
        assert await self._process.stdout.readline() == b"ready\n", await self._process.communicate()
        self._process.stdin.write(f"{first} {last}\n".encode())

    async def end(self) -> dict[str, str]:
        """Wait for its end. How the orders came out."""
        out, err = await self._process.communicate()
        assert self._process.returncode == 0, err.decode()
        return dict(json.loads(out))

    async def kill(self, after: float) -> bool:
        """Let SIGKILL end it and all that it has started; whether it was still at work."""
        try:
            await asyncio.wait_for(self._process.wait(), after)
        except TimeoutError:
            os.killpg(self._process.pid, signal.SIGKILL)
        _, err = await self._process.communicate()
        assert self._process.returncode in (0, -signal.SIGKILL), err.decode()
        return self._process.returncode != 0


async def test_orders_survive_kills_at_any_instant(database: Database, town: Street, tmp_path: Path) -> None:
    data, chance = tmp_path / "data", random.Random(SEED)
    last, kills, span = BATCH, 0, await _undisturbed(data, 0, BATCH)
    caught, left, stuck = Counter[str](), list[int](), 0
    standby = await Shopper.start(data)
    while kills < KILLS:
        shopper, standby = standby, await Shopper.start(data)  # which gets ready meanwhile
        last += BATCH if len(left) <= BATCH else 0
        began, stuck = time.monotonic(), stuck + 1 if len(left) > BATCH else 0
        await shopper.buy(min(left, default=last - BATCH), last)
        # Where hardly anything ends between the kills, the machine is slower now.
        if stuck == 4:
            await shopper.end()
            span, stuck = (span + time.monotonic() - began) / 2, 0
        elif await shopper.kill(chance.uniform(0, span)):
            kills += 1
            caught += Counter(f"{order.modality} {order.state}" for order in (await Books.read(database)).unended())
        else:
            span = (span + time.monotonic() - began) / 2
        left = await _left(database, last)
    for _ in range(5):
        await standby.buy(0, last)
        await standby.end()
        books = await Books.read(database)
        if not books.unended() and set(books.by_mark()) == {mark(number) for number in range(last)}:
            break
        standby = await Shopper.start(data)
    print(
        f"\n{kills} kills, the last within {span:.2f} s, caught {dict(caught)}; {last} orders: {dict(books.states())}"
    )
    print(f"vendors: {dict(town.met)}; inbox: {len(list(data.glob('artefacts/inbox/*')))}")
    assert not books.unended()
    assert set(books.by_mark()) == {mark(number) for number in range(last)}  # no order was lost
    books.check_sales(town, {})
    books.check_doubts()
    books.check_money()
    books.check_artefacts(data)
    await _decided(database, town, data, last)
    # It was worth it: orders of every modality were on their way, and some were accepted.
    assert KILLS < 20 or {f"{modality} SUBMITTING" for modality in MODALITIES} <= set(caught)
    assert KILLS < 20 or any(name.endswith("SUBMITTED") for name in caught)


async def _decided(database: Database, town: Street, data: Path, first: int) -> None:
    """A person sees all that are in doubt, and decides of three more: one is bought again, one is given up, and one is
    found."""
    town.calm()
    for modality in MODALITIES[1:]:
        town.vendors[f"plain-{modality}"].next.append("lost")
    await _undisturbed(data, first, first + len(MODALITIES))
    books = await Books.read(database)
    waiting = [order for order in books.orders if order.state == "UNKNOWN"]
    argv = [sys.executable, "-m", "manju.cli", "orders", "list", "--data", str(data), "--json"]
    listing = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    out, _ = await listing.communicate()
    assert {json.loads(line)["id"] for line in out.splitlines()} == {order.id for order in waiting}
    ((again,), (given_up,), (found,)) = (books.by_mark()[mark(first + number)] for number in (1, 2, 3))
    assert all(order in waiting for order in (again, given_up, found))
    doubts = Doubts(database)
    await doubts.buy_again(again.id)
    await doubts.release(given_up.id)
    (task,) = [task for task in town.clips.tasks.values() if mark_of(task.order) == mark(first + 3)]
    await doubts.found(found.id, upstream_id=task.id)
    await _undisturbed(data, first, first + len(MODALITIES))
    books = await Books.read(database)
    states = [books.by_mark()[mark(first + number)][0].state for number in range(len(MODALITIES))]
    assert states == ["SUCCEEDED", "SUCCEEDED", "FAILED", "SUCCEEDED"]
    assert books.states()["UNKNOWN"] == len(waiting) - 3
    books.check_sales(town, {mark(first + 1): 1, mark(first + 2): 1})  # what was given up had been sold all the same
    books.check_doubts()
    books.check_money()
    books.check_artefacts(data)


DIE = """
import asyncio, os, sys
from itertools import count
from pathlib import Path

import shopper

turns = count(1)

async def die(*_):
    if next(turns) == 3:
        os._exit(9)  # as if killed
    await asyncio.sleep(60)

shopper.OrderBook.answered = die
asyncio.run(shopper.main(Path(sys.argv[1]), 0, 3))
"""


async def test_an_answer_that_has_arrived_outlives_its_process(
    database: Database, town: Street, tmp_path: Path
) -> None:
    """Text, a picture and a line are here, and the process dies before that is on record."""
    town.calm()
    data = tmp_path / "data"
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DIE, str(data), env={**os.environ, "PYTHONPATH": str(HERE)}
    )
    assert await dying.wait() == 9
    await _undisturbed(data, 0, 3)
    books = await Books.read(database)
    assert books.states() == {"SUCCEEDED": 3}
    books.check_sales(town, {})
    books.check_money()
    books.check_artefacts(data)
    assert not list((data / "artefacts/inbox").iterdir())


SERVE = """
import sys
from pathlib import Path
from manju.cli.serve import run
port = int(sys.stdin.readline())
run(host="127.0.0.1", port=port, data=Path(sys.argv[1]))
"""


class Server:
    """``manju serve`` in a process of its own, on one port however often it is started."""

    def __init__(self, data: Path, log: Path) -> None:
        self._data = data
        self._log = log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.key = ""
        self._process: asyncio.subprocess.Process | None = None
        self._standby: asyncio.subprocess.Process | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it, and wait until it can be reached; the next one imports its libraries meanwhile."""
        self._process, self._standby = self._standby or await self._spawn(), await self._spawn()
        assert self._process.stdin is not None
        said = self._log.read_text().count("serves on")
        self._process.stdin.write(f"{self._port}\n".encode())
        while self._log.read_text().count("serves on") == said:
            assert self.alive, self._log.read_text()
            await asyncio.sleep(0.005)
        found = re.search(r"sk-manju-\S+", self._log.read_text())
        assert found is not None
        self.key = found[0]

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            argv = [sys.executable, "-c", SERVE, str(self._data)]
            return await asyncio.create_subprocess_exec(
                *argv, stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )

    async def end(self, kind: signal.Signals) -> None:
        """Send a signal to it and all that it has started, and wait for its end."""
        assert self._process is not None and self.alive, self._log.read_text()
        os.killpg(self._process.pid, kind) if kind is signal.SIGKILL else self._process.send_signal(kind)
        await self._process.wait()

    def close(self) -> None:
        for process in (self._process, self._standby):
            if process is not None and process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)


class Customer:
    """Wants one thing, and asks for it under one name until it has it, or is told that nobody knows."""

    def __init__(self, server: Server, database: Database, number: int) -> None:
        self._server = server
        self._database = database
        self._mark = mark(number)
        self._modality = MODALITIES[number % 4]
        self._model = MODELS[self._modality][number // 4 % 3]
        self.told = ""

    async def ask(self, session: aiohttp.ClientSession) -> None:
        """Ask again and again while the server lives."""
        while self._server.alive and not self.told:
            with suppress(aiohttp.ClientError, ConnectionError):
                self.told = await self._once(session)
            await asyncio.sleep(0.2)

    async def _once(self, session: aiohttp.ClientSession) -> str:
        words = f"{self._mark} 雨夜，霓虹。"
        paths: Mapping[str, tuple[str, dict[str, Any]]] = {
            "text": ("/v1/chat/completions", {"messages": [{"role": "user", "content": words}], "max_tokens": 50}),
            "image": ("/v1/images/generations", {"prompt": words, "size": "1024x1024", "response_format": "b64_json"}),
            "speech": ("/v1/audio/speech", {"input": words, "response_format": "wav"}),
            "video": ("/v2/videos/generations", {"prompt": words, "duration": "4", "aspect_ratio": "16:9"}),
        }
        path, fields = paths[self._modality]
        headers = {"Authorization": f"Bearer {self._server.key}", "Idempotency-Key": self._mark}
        body = {"model": self._model, **fields}
        async with session.post(self._server.url + path, json=body, headers=headers) as answer:
            content = await answer.read()
            if answer.status != 200:
                code = json.loads(content)["error"]["code"]
                assert answer.status in (429, 500, 502, 503, 504), content
                return "unknown" if code == "order_unknown" else await self._failed()
        match self._modality:
            case "text":
                assert json.loads(content)["choices"][0]["message"]["content"] == street.reply(self._mark)
            case "image":
                drawn = base64.b64decode(json.loads(content)["data"][0]["b64_json"])
                assert street.is_drawing_of(self._mark, drawn)
            case "speech":
                assert content[:4] == b"RIFF"
            case _:
                return await self._followed(session, json.loads(content)["task_id"], headers)
        return "made"

    async def _failed(self) -> str:
        """Whether its order has: it is the answer from then on. A chat is asked for anew."""
        async with self._database.read() as session:
            rows = (await session.execute(select(Order.request, Order.state))).all()
        ended = self._modality != "text" and (
            "FAILED" in (row.state for row in rows if mark_of(row.request) == self._mark)
        )
        return "failed" if ended else ""

    async def _followed(self, session: aiohttp.ClientSession, task: str, headers: Mapping[str, str]) -> str:
        while True:
            url = f"{self._server.url}/v2/videos/generations/{task}"
            async with session.get(url, headers=headers) as answer:
                found = await answer.json()
                assert answer.status == 200, found
            if found["status"] == "SUCCESS":
                async with session.get(found["data"]["output"]) as clip:
                    assert clip.status == 200 and b"ftyp" in (await clip.read())[:16]
                return "made"
            if found.get("state") == "UNKNOWN":
                return "unknown"
            if found["status"] == "FAILURE":
                return "failed"
            await asyncio.sleep(0.3)


async def test_a_servers_orders_survive_kills_at_any_instant(database: Database, town: Street, tmp_path: Path) -> None:
    data, chance = tmp_path / "data", random.Random(SEED)
    server, customers, kills = Server(data, tmp_path / "log"), list[Customer](), 0
    (tmp_path / "log").touch()
    try:
        for life in range(KILLS // 4 + 1):
            if sum(not customer.told for customer in customers) <= BATCH:
                customers += [Customer(server, database, len(customers) + number) for number in range(BATCH)]
            await server.start()
            async with aiohttp.ClientSession() as session:
                asking = [asyncio.create_task(customer.ask(session)) for customer in customers]
                if life < KILLS // 4:
                    await asyncio.sleep(chance.uniform(0, LIFE_S))
                    await server.end(signal.SIGKILL)
                    kills += 1
                await asyncio.wait(asking, timeout=240)
                assert all(each.done() for each in asking), [each for each in customers if not each.told]
                await asyncio.gather(*asking)
        await server.end(signal.SIGTERM)
    finally:
        server.close()
    books, told = await Books.read(database), Counter(customer.told for customer in customers)
    print(f"\n{kills} kills, {len(customers)} customers: {dict(told)}; {dict(books.states())}; {dict(town.met)}")
    assert not books.unended()
    assert set(books.by_mark()) == {mark(number) for number in range(len(customers))}  # no order was lost
    for name, orders in books.by_mark().items():
        states = {order.state for order in orders}
        outcome = "made" if "SUCCEEDED" in states else "unknown" if "UNKNOWN" in states else "failed"
        assert customers[int(name[1:])].told == outcome, (name, states)
    books.check_sales(town, {})
    books.check_doubts()
    books.check_money()
    books.check_artefacts(data)


async def _undisturbed(data: Path, first: int, last: int) -> float:
    shopper = await Shopper.start(data)
    await shopper.buy(first, last)
    began = time.monotonic()
    await shopper.end()
    return time.monotonic() - began


async def _left(database: Database, last: int) -> list[int]:
    """The numbers of the orders up to ``last`` that have not ended, or are not even placed."""
    async with database.read() as session:
        ended = select(Order.request).where(Order.state.in_(["SUCCEEDED", "FAILED", "UNKNOWN"]))
        marks = {mark_of(request) for request in await session.scalars(ended)}
    return [number for number in range(last) if mark(number) not in marks]
