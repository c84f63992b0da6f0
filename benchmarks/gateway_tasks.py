"""Ten thousand clips in the making at once: what one ``manju serve`` takes for them, and whether each is looked at in
time.

The relay (`benchmarks.gateway_tasks_upstream`), the server and the clients that order are processes on this machine.
The clips are ordered through ``POST /v2/videos/generations`` with a key; the relay lets none be done before each has
been looked at some times with all of them in flight, and then has all done at once, which is the hardest for whoever
waits for them. Looks are timed by the relay. In the end every order must have succeeded, with the ledger exact to the
last millionth, and every clip stored.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from benchmarks.command import manju
from benchmarks.gateway import announced, process, wait
from benchmarks.gateway_tasks_upstream import SECONDS
from benchmarks.measure import Bench, Memory, Row, python
from manju.gateway.catalogue import shipped

MEMORY_MB = 400
MODEL = "sora-2"
SECRET = "sk-bench"
CLIENTS = 32
LOOKS = 3
"""How often each clip is looked at with all of them in flight, at least."""
POLLS = 64
"""Most looks at once that the channel allows."""
SAMPLES = 50
"""How many of the clips are asked for as a client does in the end."""
PATIENCE_S = 1800


@dataclass(frozen=True, slots=True)
class Size:
    """How many clips, how many seconds from one look at one to the next, and the looks a minute that the channel
    allows: a sixth more than these clips need."""

    tasks: int
    poll_s: float

    @property
    def poll_rate(self) -> int:
        return round(self.tasks / self.poll_s * 70)


@dataclass(frozen=True, slots=True)
class Server:
    """Our server: its address, the key, and its process number."""

    url: str
    key: str
    pid: int


def rows(bench: Bench) -> Iterator[Row]:
    """One run: it takes minutes."""
    size = Size(300, 2) if bench.quick else Size(10_000, 20)
    with upstream(size) as relay, serving(bench, relay, size) as server:
        peak = Memory(every=0.5)
        peak(server.pid)
        began = time.perf_counter()
        tasks = asyncio.run(order(server, size.tasks))
        ordered = time.perf_counter() - began
        until(relay, "tasks", size.tasks)
        looks = ask(f"{relay}/counts")["looks"]
        until(relay, "looks", looks + LOOKS * size.tasks)
        in_flight = peak.root
        began = time.perf_counter()
        ask(f"{relay}/finish", b"")
        settled(server, size.tasks)
        took = time.perf_counter() - began
        report = ask(f"{relay}/report")
        for task in tasks[:: max(1, size.tasks // SAMPLES)]:
            play(server, task)
    check(bench, size, report)
    count = f"{size.tasks:,}"
    parts = ", ".join(f"{name.split()[0]} {part:.0f}" for name, part in sorted(peak.parts.items()))
    yield Row(
        f"memory of one server, {count} clips in flight and settled",
        peak.root * 1.048576,
        "MB",
        bench.goal(MEMORY_MB),
        False,
        f"highest RSS of the process, {in_flight:.0f} MiB before they were all done. "
        f"PSS with its idle workers: {parts} MiB. Ordered at {size.tasks / ordered:.0f}/s, settled at "
        f"{size.tasks / took:.0f}/s",
    )
    yield Row(
        f"looks in any minute, {count} clips",
        report["in_a_minute"],
        "",
        size.poll_rate,
        False,
        f"the channel allows {size.poll_rate} a minute, {POLLS} at once; at most {report['in_a_second']} in a second, "
        f"{report['at_once']} at once; {report['looks']} in all",
    )
    yield Row(
        f"lateness of a look ÷ its interval, the worst of {count} clips",
        max(0.0, report["latest"] / size.poll_s),
        "",
        bench.goal(1.0),
        False,
        f"interval {size.poll_s:g} s from an answer to the next look; latest {report['latest']:.2f} s late, "
        f"p99 {report['late_p99']:.2f} s, p50 {report['late_p50']:.2f} s",
    )


@contextmanager
def upstream(size: Size) -> Iterator[str]:
    """The relay's address."""
    with process(python("gateway_tasks_upstream", str(size.poll_s)), stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        yield f"http://127.0.0.1:{int(running.stdout.readline())}"


@contextmanager
def serving(bench: Bench, relay: str, size: Size) -> Iterator[Server]:
    """Our server before the relay, and a key of an account with credits."""
    data = bench.folder / "tasks"
    data.mkdir()
    lines = ("[channels.bench]", 'vendor = "relay"', f'base_url = "{relay}"', 'key = { env = "BENCH_KEY" }',
             f"concurrency = {size.tasks}", f"poll_s = {size.poll_s}", f"polls = {POLLS}",
             f"poll_rate = {size.poll_rate}", f'models = {{ "{MODEL}" = "emulated" }}')  # fmt: skip
    (data / "manju.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    environment = {**os.environ, "BENCH_KEY": SECRET}
    made = subprocess.run(
        manju("keys", "create", "bench", "--credits", "1000000", "--data", data),
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    log = data / "serve.log"
    argv = manju("serve", "--port", "0", "--data", data)
    with log.open("w") as errors, process(argv, env=environment, stderr=errors) as running:
        url = announced(log)
        wait(f"{url}/readyz")
        yield Server(url, made.stdout.split()[-1], running.pid)


async def order(server: Server, tasks: int) -> list[str]:
    """Order so many different clips, by clients that wait for each answer. Returns their ids."""
    numbers = iter(range(tasks))
    ids: list[str] = []
    headers = {"authorization": f"Bearer {server.key}"}
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:

        async def client() -> None:
            for number in numbers:
                body = {"model": MODEL, "prompt": f"第{number}个镜头：雨夜的霓虹街道", "duration": str(SECONDS)}
                async with session.post(f"{server.url}/v2/videos/generations", json=body) as answer:
                    if answer.status != 200:
                        raise SystemExit(f"{answer.status}: {await answer.text()}")
                    ids.append((await answer.json())["task_id"])

        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(client())
    return ids


def ask(url: str, data: bytes | None = None) -> Any:
    """What an address answers, as JSON."""
    with urllib.request.urlopen(urllib.request.Request(url, data), timeout=60) as answer:
        return json.loads(answer.read())


def until(relay: str, name: str, count: int) -> None:
    """Wait until the relay has counted so many."""
    deadline = time.monotonic() + PATIENCE_S
    while (counts := ask(f"{relay}/counts"))[name] < count:
        if time.monotonic() > deadline:
            raise SystemExit(f"the relay has counted {counts}, not {count} {name}")
        time.sleep(0.2)


def settled(server: Server, tasks: int) -> None:
    """Wait until every order has ended."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        asked = urllib.request.Request(f"{server.url}/metrics", headers={"authorization": f"Bearer {server.key}"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        states = ('manju_orders{state="SUCCEEDED"}', 'manju_orders{state="FAILED"}', 'manju_orders{state="UNKNOWN"}')
        ended = sum(float(line.split()[1]) for line in lines if line.startswith(states))
        if ended >= tasks:
            return
        if time.monotonic() > deadline:
            raise SystemExit(f"{ended} of {tasks} orders have ended")
        time.sleep(0.5)


def play(server: Server, task: str) -> None:
    """A clip as its client sees it.

    Raises:
        SystemExit: it is not there.
    """
    asked = urllib.request.Request(
        f"{server.url}/v2/videos/generations/{task}", headers={"authorization": f"Bearer {server.key}"}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        told = json.loads(answer.read())
    if told["status"] != "SUCCESS":
        raise SystemExit(f"the clip is not there: {told}")
    with urllib.request.urlopen(told["data"]["output"], timeout=60) as answer:
        if answer.read(12)[4:8] != b"ftyp":
            raise SystemExit(f"this is no clip: {told}")


def check(bench: Bench, size: Size, report: dict[str, Any]) -> None:
    """
    Raises:
        SystemExit: an order, an amount or a clip is missing or too many, or more was asked at once than was allowed.
    """
    price = shipped().entry(MODEL).price * SECONDS
    data = bench.folder / "tasks"
    with closing(sqlite3.connect(data / "manju.db")) as database:
        (orders,) = database.execute("SELECT count(*) FROM orders").fetchone()
        ended, paid = database.execute("SELECT count(*), sum(price) FROM orders WHERE state = 'SUCCEEDED'").fetchone()
        entries = dict(database.execute("SELECT kind, count(*) FROM ledger GROUP BY kind").fetchall())
        (spent,) = database.execute("SELECT -sum(amount) FROM ledger WHERE kind != 'grant'").fetchone()
        paths = [path for (path,) in database.execute("SELECT path FROM artefacts")]
    missing = [path for path in paths if not (data / "artefacts" / path).is_file()]
    wanted = size.tasks
    right = orders == ended == entries.get("hold") == entries.get("capture") == len(paths) == wanted
    right = right and report["tasks"] == report["orders"] == report["fetched"] == wanted
    if not (right and "release" not in entries and paid == spent == wanted * price and not missing):
        told = f"{orders} orders, {ended} succeeded, ledger {entries}, {paid} on the orders, {spent} in the ledger"
        raise SystemExit(f"{wanted} clips were ordered; {told}; {len(paths)} clips, {len(missing)} gone; {report}")
    if report["at_once"] > POLLS:
        raise SystemExit(f"{report['at_once']} looks at once, and the channel allows {POLLS}")
