"""One suite for every engine: nothing is lost and nothing is done twice, whenever the process is killed.

``MANJU_KILLS`` sets how many seeds of the kill test run (default 1; use some hundred before a release).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from engine_process import CANCELLED, CHAINS, CONFLICT, ENGINES, INTERRUPTED, lines, recipe

from manju.domain.run import Run, RunEvent, RunState
from manju.runs.engine import Engine
from manju.runs.leases import Leases

pytestmark = pytest.mark.usefixtures("configured_database")

STEPS = 25
SEEDS = range(int(os.environ.get("MANJU_KILLS", "1")))
KILLS = 5
"""Kills a seed, if the run does not succeed before."""
SCRIPT = Path(__file__).with_name("engine_process.py")
Process = subprocess.Popen[str]


@pytest.fixture(params=sorted(ENGINES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Start(Protocol):
    def __call__(
        self, name: str, data: Path, command: str = "go", *, steps: int = STEPS, pause: float = 0.002
    ) -> Process: ...


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts processes; those that a failed test leaves are killed."""
    started: list[Process] = []

    def begin(name: str, data: Path, command: str = "go", *, steps: int = STEPS, pause: float = 0.002) -> Process:
        argv = [sys.executable, str(SCRIPT), name, str(data), command, str(steps), str(pause)]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.returncode is None:
            kill(process)


def wait(process: Process, count: int = 1) -> list[str]:
    """The next lines that the process prints; fewer if it ends."""
    assert process.stdout is not None
    return [line for line in (process.stdout.readline() for _ in range(count)) if line]


def kill(process: Process) -> None:
    process.kill()
    process.communicate()


def finish(process: Process) -> tuple[int, list[str]]:
    """Exit code and the rest of the output; what went to standard error fails the test."""
    out, err = process.communicate(timeout=30)
    assert err == ""
    return process.returncode, out.splitlines()


@asynccontextmanager
async def observer(name: str, data: Path) -> AsyncIterator[Engine]:
    async with ENGINES[name](data, {"film": recipe(data, STEPS, 0.002)}, "observer") as engine:
        yield engine


def state(name: str, data: Path) -> tuple[Run, list[RunEvent]]:
    """The run of a data folder, which may share its database with others."""
    mine = f"@{Leases(data / 'leases').identity}"

    async def read() -> tuple[Run, list[RunEvent]]:
        async with observer(name, data) as engine:
            (run,) = [run for run in await engine.list() if run.owner.endswith(mine)]
            return run, list(await engine.events(run.id))

    return asyncio.run(read())


def check(run: Run, events: list[RunEvent], data: Path, kills: int) -> None:
    """A run that was killed ``kills`` times and then succeeded did everything, in order, and no more than it must."""
    assert run.state is RunState.SUCCEEDED
    assert [event.id for event in events] == sorted(event.id for event in events)
    begun = [event.data["epoch"] for event in events if event.key.endswith("/RUNNING")]
    assert begun == list(range(1, run.epoch + 1)), "one execution after the other"
    for chain in CHAINS:
        told = [event.data["number"] for event in events if event.key.startswith(f"{chain}/")]
        assert told == list(range(STEPS)), "every step told, once, in order"
        done = lines(data, chain)
        assert done == sorted(done), "no execution works on after its successor has begun"
        assert {step for step, _ in done} == set(range(STEPS)), "nothing lost"
        assert len(done) - STEPS <= kills, "a kill repeats the step in hand at most"
        assert len(set(done)) == len(done), "nothing twice in one execution"
    assert (data / "film" / "film.txt").read_text() == f"{sorted([*range(STEPS)] * 2)}\n"
    assert [path.name for path in (data / "film").iterdir()] == ["film.txt"]
    assert not list(data.rglob("*.lock")), "no lease is left over"


def test_undisturbed(start: Start, name: str, tmp_path: Path) -> None:
    assert finish(start(name, tmp_path))[0] == 0
    run, events = state(name, tmp_path)
    check(run, events, tmp_path, kills=0)
    assert run.epoch == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_any_instant(start: Start, name: str, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    kills = 0
    succeeded = False
    while kills < KILLS and not succeeded:
        process = start(name, tmp_path, pause=0.004)
        if kills and dice.random() < 0.3:
            time.sleep(dice.uniform(0, 0.6))  # while it imports, migrates, claims
        else:
            wait(process, dice.randint(1, 10))
            time.sleep(dice.uniform(0, 0.008))
        process.kill()
        out, err = process.communicate()
        assert err == ""
        succeeded = RunState.SUCCEEDED in out.splitlines()
        kills += not succeeded
    assert kills
    assert finish(start(name, tmp_path))[0] == 0
    check(*state(name, tmp_path), tmp_path, kills)


def test_the_second_of_two_is_told_who_works(start: Start, name: str, tmp_path: Path) -> None:
    first = start(name, tmp_path, pause=0.1)  # it works for longer than the second takes to start
    wait(first)
    code, said = finish(start(name, tmp_path))
    assert code == CONFLICT
    assert len(said) == 1
    assert "being worked on by another process" in said[0]
    assert finish(first)[0] == 0
    check(*state(name, tmp_path), tmp_path, kills=0)


def test_of_many_that_resume_at_once_one_does(start: Start, name: str, tmp_path: Path) -> None:
    first = start(name, tmp_path, pause=0.02)
    wait(first, 5)
    kill(first)
    ends = [finish(process) for process in [start(name, tmp_path, pause=0.03) for _ in range(3)]]
    assert sorted(code for code, _ in ends) == [0, CONFLICT, CONFLICT]
    run, events = state(name, tmp_path)
    check(run, events, tmp_path, kills=1)
    assert run.epoch == 2


async def test_cancelled_from_another_process(start: Start, name: str, tmp_path: Path) -> None:
    process = start(name, tmp_path, steps=1000, pause=0.01)
    wait(process)
    async with observer(name, tmp_path) as engine:
        (run,) = await engine.list()
        await engine.cancel(run.id)
        code, said = await asyncio.to_thread(finish, process)
        assert (code, said[-1]) == (CANCELLED, "CANCELLED")
        assert (await engine.resume(run.id)).state is RunState.CANCELLED


async def test_cancelled_while_dead(start: Start, name: str, tmp_path: Path) -> None:
    process = start(name, tmp_path, pause=0.01)
    wait(process)
    kill(process)
    async with observer(name, tmp_path) as engine:
        (run,) = await engine.list()
        assert run.state is RunState.RUNNING
        assert (await engine.cancel(run.id)).state is RunState.CANCELLED


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send Ctrl-C to one process")
def test_interrupted(start: Start, name: str, tmp_path: Path) -> None:
    process = start(name, tmp_path, pause=0.01)
    wait(process, 3)
    process.send_signal(signal.SIGINT)
    assert finish(process)[0] == INTERRUPTED
    run, events = state(name, tmp_path)
    assert (run.state, events[-1].key) == (RunState.PENDING, "run/1/PENDING")
    assert finish(start(name, tmp_path))[0] == 0
    check(*state(name, tmp_path), tmp_path, kills=1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let a held lease be removed")
def test_a_process_that_lost_its_lease_stops(start: Start, tmp_path: Path) -> None:
    """A user removes the files of living leases: two processes believe that they hold it, and the epoch decides."""
    first = start("local", tmp_path, pause=0.3)  # the second needs a while to start
    wait(first, 2)
    for path in (tmp_path / "leases").glob("*.lock"):
        path.unlink()
    second = start("local", tmp_path, pause=0.02)
    out, err = first.communicate(timeout=10)
    assert "was taken over by make@" in err
    assert len(out.splitlines()) < 2 * STEPS - 2, "it stopped with steps to go"
    assert finish(second)[0] == 0
    run, events = state("local", tmp_path)
    owners: list[Any] = [event.data["epoch"] for event in events if event.kind == "step"]
    assert owners == sorted(owners), "the first tells nothing after the second has begun"
    assert run.state is RunState.SUCCEEDED


def test_a_server_takes_up_its_own_runs_only(start: Start, name: str, tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    server, command = start(name, own, "take-up", pause=0.01), start(name, other, pause=0.01)
    wait(server, 3)
    wait(command, 3)
    kill(server)
    kill(command)
    assert finish(start(name, own, "take-up"))[0] == 0
    check(*state(name, own), own, kills=1)

    async def restart() -> None:
        async with ENGINES[name](other, {"film": recipe(other, STEPS, 0)}, "server") as engine:
            assert await engine.take_up() == []

    asyncio.run(restart())
    run, _ = state(name, other)
    assert run.state is RunState.RUNNING, "the command's run waits for its command"
