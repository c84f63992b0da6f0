"""Killed, cancelled, taken over: what becomes of the orders that were in flight."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lab import Lab, opened, sent, until

from manju.db.session import Database
from manju.domain.account import Spending
from manju.domain.order import OrderState
from manju.errors import ManjuError, OrderUnknownError

pytestmark = pytest.mark.usefixtures("configured_database")

HERE = Path(__file__).parent
YUAN = 1_000_000


def start(lab: Lab, model: str, *texts: str) -> subprocess.Popen[str]:
    """Another process that will ask for takes of the subjects s1, s2 ... when told to `go`."""
    argv = [sys.executable, str(HERE / "buyer.py"), str(lab.folder), lab.project, model, *texts]
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def wait_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()


def go(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    return process


def said(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.removeprefix("ready\n").strip()


def kill_in_flight(lab: Lab, model: str, text: str) -> None:
    """Let another process send an order and kill it before it has an answer."""
    process = go(start(lab, model, text))
    deadline = time.monotonic() + 60
    while not sent():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.communicate()


async def states(lab: Lab) -> list[tuple[OrderState, int]]:
    return [(call.state, call.attempts) for call in await lab.gateway.calls(lab.project)]


@pytest.mark.parametrize("model", ["test:free", "test:paid"])
async def test_two_processes_buy_once(lab: Lab, model: str) -> None:
    processes = [start(lab, model, "slow 0.3") for _ in range(2)]
    for process in processes:
        await asyncio.to_thread(wait_ready, process)
    for process in processes:
        go(process)
    ours = await lab.take("slow 0.3", model=model)
    assert {await asyncio.to_thread(said, process) for process in processes} == {ours.order_id}
    assert sent() == 1


async def test_killed_where_repeating_does_no_harm(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    await asyncio.to_thread(kill_in_flight, lab, "test:safe", "hang")
    spending = await lab.gateway.spending(lab.project)
    assert (spending.paid, spending.held) == (0, YUAN)
    monkeypatch.setattr("lab.Scripted.generate", _answer)
    assert await lab.read("hang", model="test:safe") == b"AT LAST"
    assert await states(lab) == [(OrderState.SUCCEEDED, 2)]
    assert await lab.gateway.spending(lab.project) == Spending(paid=YUAN, held=0, budget=None)


async def test_killed_where_it_may_have_been_bought(lab: Lab) -> None:
    await asyncio.to_thread(kill_in_flight, lab, "test:paid", "hang")
    for _ in range(2):
        with pytest.raises(OrderUnknownError, match=r"s1/line/take-1.*answer was lost") as caught:
            await lab.take("hang", model="test:paid")
        assert "before you buy it again" in caught.value.hint
    run = await lab.go_on(await lab.new_run())
    with pytest.raises(OrderUnknownError):  # no resume sends it again
        await lab.take("hang", model="test:paid", run=run)
    with pytest.raises(OrderUnknownError):  # nor does another prompt
        await lab.take("other", model="test:paid", redo_paid=True)
    with pytest.raises(OrderUnknownError):  # and what is free does not stand in for it
        await lab.take("other")
    assert sent() == 1
    assert await states(lab) == [(OrderState.UNKNOWN, 1)]
    assert (await lab.gateway.spending(lab.project)).held == YUAN  # until a person decides


async def test_a_gateway_that_opens_settles_what_the_dead_left(lab: Lab) -> None:
    await asyncio.to_thread(kill_in_flight, lab, "test:safe", "hang")
    async with opened(lab.folder):
        assert await states(lab) == [(OrderState.PLANNED, 1)]
        assert (await lab.gateway.spending(lab.project)).held == YUAN  # it may have been bought
    assert len(list((lab.folder / "gateways").iterdir())) == 1  # ours


async def test_killed_by_its_own_model_again_and_again(lab: Lab) -> None:
    for attempt in (1, 2):
        process = go(start(lab, "test:free", "die"))
        assert (await asyncio.to_thread(process.wait, 60), sent()) == (9, attempt)
        process.communicate()
    assert (await lab.take("alive")).number == 1


async def test_the_slot_of_a_dead_process_is_free_again(lab: Lab) -> None:
    await asyncio.to_thread(kill_in_flight, lab, "test:narrow", "hang")
    assert await lab.read("hello", "s2", model="test:narrow") == b"HELLO"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process")
async def test_a_stopped_process_is_not_dead(lab: Lab) -> None:
    process = go(start(lab, "test:free", "slow 0.5"))
    await until(lambda: sent() > 0)
    os.kill(process.pid, signal.SIGSTOP)
    asking = asyncio.create_task(lab.take("slow 0.5"))
    await asyncio.sleep(1)
    was_waiting = not asking.done()
    os.kill(process.pid, signal.SIGCONT)
    assert (await asking).order_id == await asyncio.to_thread(said, process)
    assert was_waiting
    assert sent() == 1


async def test_killed_at_any_time(lab: Lab) -> None:
    """A process that buys twelve lines is killed again and again; nothing is bought twice, no money is lost."""
    delay = random.Random(4)
    for _ in range(3):
        before = sent()
        process = start(lab, "test:paid", *(f"slow 0.0{number % 5} s{number}" for number in range(12)))
        await asyncio.to_thread(wait_ready, process)
        go(process)
        await until(lambda: sent() > before or process.poll() is not None)  # noqa: B023
        await asyncio.sleep(delay.uniform(0, 0.06))
        process.kill()
        process.communicate()
    async with opened(lab.folder):
        calls = await lab.gateway.calls(lab.project)
    lines = (lab.folder / "tally").read_text().splitlines()
    assert len(lines) == len(set(lines)) > 0
    assert {call.attempts for call in calls} <= {0, 1}
    made = sum(call.state is OrderState.SUCCEEDED for call in calls)
    unknown = sum(call.state is OrderState.UNKNOWN for call in calls)
    assert {call.state for call in calls} <= {OrderState.SUCCEEDED, OrderState.UNKNOWN, OrderState.PLANNED}
    assert await lab.gateway.spending(lab.project) == Spending(paid=made * YUAN, held=unknown * YUAN, budget=None)
    assert len(list((lab.folder / "gateways").iterdir())) == 1  # ours


async def _answer(self: object, request: object, references: object) -> object:
    from manju.providers.text.base import reply

    return reply("AT LAST")


async def cancel_in_flight(lab: Lab, model: str, text: str) -> None:
    before = sent()
    asking = asyncio.create_task(lab.take(text, model=model))
    await until(lambda: sent() > before)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_cancelled_where_repeating_does_no_harm(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    await cancel_in_flight(lab, "test:safe", "hang")
    assert await states(lab) == [(OrderState.PLANNED, 1)]
    assert (await lab.gateway.spending(lab.project)).held == YUAN
    monkeypatch.setattr("lab.Scripted.generate", _answer)
    assert await lab.read("hang", model="test:safe") == b"AT LAST"
    assert await states(lab) == [(OrderState.SUCCEEDED, 2)]
    assert await lab.gateway.spending(lab.project) == Spending(paid=YUAN, held=0, budget=None)


async def test_a_paid_call_in_flight_is_waited_for(lab: Lab) -> None:
    await cancel_in_flight(lab, "test:paid", "slow")
    assert await states(lab) == [(OrderState.SUCCEEDED, 1)]
    assert await lab.read("slow", model="test:paid") == b"SLOW"
    assert sent() == 1


async def test_a_paid_call_whose_loop_ends_is_unknown(lab: Lab) -> None:
    def interrupted() -> None:
        async def ask_and_leave() -> None:
            async with opened(lab.folder) as other:
                other.project = lab.project
                asking = asyncio.create_task(other.take("hang", model="test:paid"))
                await until(lambda: sent() > 0)
                for task in asyncio.all_tasks() - {asyncio.current_task(), asking}:
                    task.cancel()  # as asyncio.run does in the end
                with pytest.raises(asyncio.CancelledError):
                    await asking

        asyncio.run(ask_and_leave())

    await asyncio.to_thread(interrupted)
    assert await states(lab) == [(OrderState.UNKNOWN, 1)]


async def test_cancelled_while_it_waits_for_a_slot(lab: Lab) -> None:
    holding = asyncio.create_task(lab.take("hang", model="test:narrow"))
    await until(lambda: sent() > 0)
    async with opened(lab.folder) as other:
        other.project = lab.project
        waiting = asyncio.create_task(other.take("hello", "s2", model="test:narrow"))
        async with asyncio.timeout(60):
            while await states(lab) != [(OrderState.SUBMITTING, 1), (OrderState.PLANNED, 0)]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert sent() == 1
        holding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await holding
        assert await lab.read("hello", "s2", model="test:narrow") == b"HELLO"  # nobody sits on it


async def test_an_artefact_that_cannot_be_stored_is_no_failure_of_the_model(lab: Lab) -> None:
    (lab.folder / "artefacts").touch()  # a file where the folder should be
    with pytest.raises(ManjuError, match="in the way"):
        await lab.take("hello")
    assert await states(lab) == [(OrderState.PLANNED, 1)]
    (lab.folder / "artefacts").unlink()
    assert await lab.read("hello") == b"HELLO"


async def test_an_order_that_was_let_go_of_badly_is_taken_up_again(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database fails just when the order should be let go of: it keeps our name, and nobody is at work on it."""
    with monkeypatch.context() as broken:
        broken.setattr(Database, "write", _first_write_only(Database.write))
        with pytest.raises(ManjuError, match="disk"):
            await lab.take("bug")
    assert await states(lab) == [(OrderState.SUBMITTING, 1)]
    with pytest.raises(ZeroDivisionError):
        await lab.take("bug")
    assert await states(lab) == [(OrderState.PLANNED, 2)]


def _first_write_only(write: object) -> object:
    calls = iter([write])

    def once(self: Database) -> object:
        real = next(calls, None)
        if real is None:
            raise ManjuError("the disk is full")
        return real(self)  # type: ignore[operator]

    return once
