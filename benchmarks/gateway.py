"""Chats through the gateway against the upstream called directly: what it adds, and how many a second it bears.

The upstream (`benchmarks.gateway_upstream`), the server (``manju serve``) and the load (`benchmarks.gateway_load`) are
processes on this machine. Keys, limits of the account, metering and ledger are on, and each order is committed before
it is sent; afterwards the database must hold every one of them, with the right sums.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.command import manju
from benchmarks.measure import ROOT, Bench, Row, python
from manju.gateway.catalogue import shipped

ADDED_MS, RPS = 2.0, 700.0
CLIENTS = 32
MODEL = "gpt-4o"
SECRET = "sk-bench"
TOKENS = (120, 90)
"""That the upstream says it took."""
PATIENCE_S = 120


def rows(bench: Bench) -> Iterator[Row]:
    """One server for all; direct and through it in turns."""
    with upstream() as direct, serving(bench, direct) as server:
        first = load(server, 1, 1)  # connections, caches, the key
        pairs = [(load((direct, SECRET), 1, length(bench)), load(server, 1, length(bench))) for _ in range(bench.times)]
        added = tuple(through["p50"] - straight["p50"] for straight, through in pairs)
        note = f"{median(t['p50'] for _, t in pairs):.2f} ms - {median(d['p50'] for d, _ in pairs):.2f} ms, medians"
        yield Row(
            "added latency of a chat, concurrency 1", median(added), "ms", bench.goal(ADDED_MS), False, note, added
        )
        runs = [load(server, CLIENTS, length(bench)) for _ in range(bench.times)]
        taken = tuple(run["rps"] for run in runs)
        note = f"p50 {median(r['p50'] for r in runs):.1f} ms, p99 {median(r['p99'] for r in runs):.1f} ms"
        name = f"chats a second, concurrency {CLIENTS}"
        yield Row(name, median(taken), "/s", bench.goal(RPS), True, note, taken)
        check(bench, sum(run["count"] for run in (first, *(through for _, through in pairs), *runs)))


def length(bench: Bench) -> float:
    """Seconds of a run."""
    return 1 if bench.quick else 5


def load(target: tuple[str, str], clients: int, seconds: float) -> dict[str, Any]:
    """What came of a load on an address, with a key."""
    url, key = target
    argv = python("gateway_load", url, key, MODEL, str(clients), str(seconds))
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{url}\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@contextmanager
def upstream() -> Iterator[str]:
    """The address of chats at the upstream."""
    with process(python("gateway_upstream"), stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        yield f"http://127.0.0.1:{int(running.stdout.readline())}/v1/chat/completions"


@contextmanager
def serving(bench: Bench, direct: str) -> Iterator[tuple[str, str]]:
    """Our address, and a key of an account with credits."""
    data = bench.folder / "gateway"
    data.mkdir()
    base = direct.removesuffix("/chat/completions")
    lines = ("[channels.bench]", 'vendor = "openai"', f'base_url = "{base}"', 'key = { env = "BENCH_KEY" }',
             "concurrency = 64", f'models = {{ "{MODEL}" = "emulated" }}')  # fmt: skip
    (data / "manju.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    environment = {**os.environ, "BENCH_KEY": SECRET}
    made = subprocess.run(
        manju("keys", "create", "bench", "--credits", "100000", "--data", data),
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    argv = manju("serve", "--port", "0", "--data", data)
    log = data / "serve.log"
    with log.open("w") as errors, process(argv, env=environment, stderr=errors):
        url = announced(log)
        wait(f"{url}/readyz")
        yield f"{url}/v1/chat/completions", made.stdout.split()[-1]


def announced(log: Path) -> str:
    """The address that the server says it serves on."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for line in log.read_text("utf-8").splitlines():
            if "serves on" in line:
                return line.split()[3]
        time.sleep(0.1)
    raise SystemExit(f"the server did not start: {log.read_text('utf-8')[-3000:]}")


def check(bench: Bench, answered: int) -> None:
    """
    Raises:
        SystemExit: an order, a capture or an amount is missing or too many.
    """
    entry = shipped().entry(MODEL)
    price = (TOKENS[0] * entry.price + TOKENS[1] * entry.output_price) // 1_000_000
    with closing(sqlite3.connect(bench.folder / "gateway" / "manju.db")) as database:
        ended, paid = database.execute("SELECT count(*), sum(price) FROM orders WHERE state = 'SUCCEEDED'").fetchone()
        (orders,) = database.execute("SELECT count(*) FROM orders").fetchone()
        (captures,) = database.execute("SELECT count(*) FROM ledger WHERE kind = 'capture'").fetchone()
        (spent,) = database.execute("SELECT -sum(amount) FROM ledger WHERE kind != 'grant'").fetchone()
    if not (orders == ended == captures == answered and paid == spent == answered * price):
        told = f"{orders} orders, {ended} answered, {captures} captures, {paid} on the orders, {spent} in the ledger"
        raise SystemExit(f"{answered} chats were answered, and on record are {told}")


def wait(url: str) -> None:
    """Until a server answers."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError) as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"{url} does not answer: {error}") from error
        time.sleep(0.1)


@contextmanager
def process(argv: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that is stopped in the end."""
    running: subprocess.Popen[str] = subprocess.Popen(argv, cwd=ROOT, text=True, **options)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        if running.stdout is not None:
            running.stdout.close()
