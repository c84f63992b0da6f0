"""The embedded engine in one process. What it does across processes and kills: tests/conformance/test_engines.py."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from manju.db.projects import Projects
from manju.db.runs import Runs
from manju.db.session import Database
from manju.domain.run import Recipe, RunEvent, RunState, Work
from manju.errors import ConflictError, InputError, ModelError, NotFoundError, OrderUnknownError, StoppedError
from manju.runs.leases import Leases
from manju.runs.local import LocalEngine

POLL = 0.02


class Bench:
    """A database with one project, and engines on it."""

    def __init__(self, database: Database, folder: Path, project: str) -> None:
        self.database, self.folder, self.project = database, folder, project
        self.engines: list[LocalEngine] = []

    def engine(self, recipe: Recipe, role: str = "make", machine: str = "here") -> LocalEngine:
        leases = Leases(self.folder / machine)
        engine = LocalEngine(self.database, leases, {"film": recipe}, role=role, poll_seconds=POLL)
        self.engines.append(engine)
        return engine

    async def ended(self, engine: LocalEngine, run_id: str) -> RunState:
        for _ in range(500):
            state = (await engine.status(run_id)).state
            if state not in (RunState.PENDING, RunState.RUNNING):
                return state
            await asyncio.sleep(0.01)
        raise TimeoutError(f"{run_id} does not end")


@pytest.fixture
async def bench(database_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    database = Database(database_url)
    await database.migrate()
    project = await Projects(database).create(account_id="local", name="film", spec={}, spec_digest="")
    bench = Bench(database, tmp_path / "leases", project.id)
    yield bench
    for engine in bench.engines:
        await engine.stop()
    await database.close()


def raising(error: BaseException) -> Recipe:
    async def recipe(work: Work) -> None:
        raise error

    return recipe


async def forever(work: Work) -> None:
    await work.emit("begun", "stage")
    await asyncio.Event().wait()


class TestSuccess:
    async def test_from_start_to_end(self, bench: Bench) -> None:
        async def recipe(work: Work) -> None:
            assert (work.epoch, work.resume, work.options, work.revision) == (1, False, {"seed": 7}, 0)
            assert work.project_id == bench.project
            assert await work.emit("shot/1", "shot", done=1)
            assert not await work.emit("shot/1", "shot", done=1)
            work.report("frame", number=3)
            await work.check()
            assert [event.key for event in await work.events()] == ["run/1/RUNNING", "shot/1"]

        engine = bench.engine(recipe)
        heard: list[RunEvent] = []
        with engine.listening(heard.append):
            run = await engine.start(bench.project, "film", {"seed": 7})
            assert run.state is RunState.RUNNING
            ended = await engine.run_to_end(run.id)
        assert ended.state is RunState.SUCCEEDED
        assert await engine.status(run.id) == ended
        assert [event.kind for event in heard] == ["run", "shot", "frame", "run"]
        assert heard[2].id == 0, "a passing report is not kept"
        assert [event for event in heard if event.id] == list(await engine.events(run.id))
        assert [found.id for found in await engine.list(bench.project)] == [run.id]
        assert not list((bench.folder / "here").glob("*.lock"))

    async def test_an_ended_run_is_not_done_again(self, bench: Bench) -> None:
        engine = bench.engine(lambda work: asyncio.sleep(0))
        run = await engine.start(bench.project, "film", {})
        ended = await engine.run_to_end(run.id)
        assert await engine.run_to_end(run.id) == ended
        assert await engine.resume(run.id) == ended
        assert await engine.take_up() == []

    async def test_unknown_things(self, bench: Bench) -> None:
        engine = bench.engine(forever)
        with pytest.raises(InputError, match="unknown recipe 'opera'"):
            await engine.start(bench.project, "opera", {})
        with pytest.raises(NotFoundError):
            await engine.start("nobody", "film", {})
        for ask in (engine.status, engine.resume, engine.cancel, engine.run_to_end):
            with pytest.raises(NotFoundError):
                await ask("run_nobody")
        assert not list((bench.folder / "here").glob("*.lock"))


class TestFailure:
    async def test_an_error_of_ours(self, bench: Bench) -> None:
        engine = bench.engine(raising(ModelError("no picture", hint="Try again.", retryable=True)))
        run = await engine.start(bench.project, "film", {})
        with pytest.raises(ModelError, match="no picture"):
            await engine.run_to_end(run.id)
        failed = await engine.status(run.id)
        assert failed.state is RunState.FAILED
        assert failed.error is not None
        assert (failed.error.hint, failed.error.retryable) == ("Try again.", True)

    async def test_an_unforeseen_one_is_raised_and_kept(self, bench: Bench) -> None:
        engine = bench.engine(raising(ZeroDivisionError("oh")))
        run = await engine.start(bench.project, "film", {})
        with pytest.raises(ZeroDivisionError):
            await engine.run_to_end(run.id)
        failed = await engine.status(run.id)
        assert failed.error is not None
        assert "ZeroDivisionError: oh" in failed.error.traceback

    async def test_in_the_background_it_is_logged(self, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
        engine = bench.engine(raising(ZeroDivisionError("oh")))
        run = await engine.start(bench.project, "film", {})
        assert await bench.ended(engine, run.id) is RunState.FAILED
        await asyncio.sleep(0.01)
        assert [record.levelno for record in caplog.records if record.name == "manju.runs.local"] == [logging.ERROR]
        assert "ZeroDivisionError" in caplog.text

    async def test_a_failed_run_goes_on_when_asked(self, bench: Bench) -> None:
        seen = []

        async def recipe(work: Work) -> None:
            seen.append((work.epoch, work.resume))
            if work.epoch == 1:
                raise ModelError("not today")

        engine = bench.engine(recipe)
        run = await engine.start(bench.project, "film", {})
        with pytest.raises(ModelError):
            await engine.run_to_end(run.id)
        assert await engine.take_up() == [], "a server does not try failed runs again by itself"
        assert (await engine.run_to_end(run.id, resume=True)).state is RunState.SUCCEEDED
        assert seen == [(1, False), (2, True)]

    async def test_an_unknown_order_waits(self, bench: Bench) -> None:
        engine = bench.engine(raising(OrderUnknownError("sent", hint="Recover it.")))
        run = await engine.start(bench.project, "film", {})
        with pytest.raises(OrderUnknownError):
            await engine.run_to_end(run.id)
        waiting = await engine.status(run.id)
        assert waiting.state is RunState.WAITING
        assert waiting.error is not None
        assert await engine.take_up() == []


class TestStop:
    async def test_an_interrupt_is_recorded_and_the_run_goes_on_later(self, bench: Bench) -> None:
        engine = bench.engine(forever)
        run = await engine.start(bench.project, "film", {})
        ending = asyncio.create_task(engine.run_to_end(run.id))
        await asyncio.sleep(0.05)
        ending.cancel()  # what Ctrl-C does to the main task of asyncio.run
        with pytest.raises(asyncio.CancelledError):
            await ending
        stopped = await engine.status(run.id)
        assert (stopped.state, stopped.finished_at) == (RunState.PENDING, None)
        assert [event.key for event in await engine.events(run.id)] == ["run/1/RUNNING", "begun", "run/1/PENDING"]
        assert (await bench.engine(lambda work: asyncio.sleep(0)).run_to_end(run.id)).state is RunState.SUCCEEDED

    @pytest.mark.parametrize("seed", [0, 1])
    async def test_cancelled_at_any_moment(self, bench: Bench, seed: int) -> None:
        """Whatever it was doing, it ends at once, lets go of lease and database, and goes on where it was. (One cut
        in the middle of a transaction would keep the database locked for everybody.)"""
        begun = []

        async def busy(work: Work) -> None:
            told = sum(event.kind == "step" for event in await work.events())
            begun.append(told)
            for number in range(told, told + 1000):
                await work.emit(f"step/{number}", "step")

        dice = random.Random(seed)
        first = bench.engine(busy)
        run_id = (await first.start(bench.project, "film", {})).id
        await first.stop()
        for _ in range(40):
            engine = bench.engine(busy)
            ending = asyncio.create_task(engine.run_to_end(run_id))
            await asyncio.sleep(dice.choice([0, 0.0002, 0.001, 0.003, dice.uniform(0, 0.03)]))
            ending.cancel()
            async with asyncio.timeout(5):
                with pytest.raises(asyncio.CancelledError):
                    await ending
                await engine.stop()
        steps = [event.key for event in await engine.events(run_id) if event.kind == "step"]
        assert steps == [f"step/{number}" for number in range(len(steps))]
        assert begun == sorted(begun), "nothing told is lost"
        assert (await engine.status(run_id)).state is RunState.PENDING, "every end was recorded"
        assert (await bench.engine(lambda work: asyncio.sleep(0)).run_to_end(run_id)).state is RunState.SUCCEEDED

    async def test_stop_ends_all_and_a_server_takes_up_its_own(self, bench: Bench) -> None:
        server, command = bench.engine(forever, "server"), bench.engine(forever)
        runs = [await server.start(bench.project, "film", {}) for _ in range(3)]
        other = await command.start(bench.project, "film", {})
        await server.stop()
        await command.stop()
        assert [(await server.status(run.id)).state for run in runs] == [RunState.PENDING] * 3
        again = bench.engine(lambda work: asyncio.sleep(0), "server")
        taken = await again.take_up()
        assert {run.id for run in taken} == {run.id for run in runs}
        assert [await bench.ended(again, run.id) for run in runs] == [RunState.SUCCEEDED] * 3
        assert (await again.status(other.id)).state is RunState.PENDING, "a command's run is not a server's"

    async def test_take_up_leaves_living_ones(self, bench: Bench) -> None:
        first = bench.engine(forever, "server")
        await first.start(bench.project, "film", {})
        assert await bench.engine(forever, "server").take_up() == []
        assert await first.take_up() == []

    async def test_take_up_of_a_recipe_that_is_gone(self, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
        runs = Runs(bench.database)
        owner = f"server@{Leases(bench.folder / 'here').identity}"
        await runs.create(project_id=bench.project, recipe="opera", options={}, owner=owner)
        assert await bench.engine(forever, "server").take_up() == []
        assert "'opera'" in caplog.text


class TestCancel:
    async def test_while_it_runs(self, bench: Bench) -> None:
        engine = bench.engine(forever)
        run = await engine.start(bench.project, "film", {})
        ending = asyncio.create_task(engine.run_to_end(run.id))
        await asyncio.sleep(0.03)
        assert (await bench.engine(forever).cancel(run.id)).state is RunState.RUNNING, "another engine only asks"
        async with asyncio.timeout(2):
            with pytest.raises(StoppedError, match="cancelled"):
                await ending
        assert (await engine.status(run.id)).state is RunState.CANCELLED
        assert (await engine.resume(run.id)).state is RunState.CANCELLED
        with pytest.raises(StoppedError):
            await engine.run_to_end(run.id)

    async def test_at_its_next_event(self, bench: Bench) -> None:
        async def recipe(work: Work) -> None:
            await engine.cancel(work.run_id)
            await work.emit("shot/1", "shot")

        engine = bench.engine(recipe)
        run = await engine.start(bench.project, "film", {})
        with pytest.raises(StoppedError):
            await engine.run_to_end(run.id)
        assert [event.key for event in await engine.events(run.id)] == ["run/1/RUNNING", "run/1/CANCELLED"]

    async def test_nobody_works_on_it(self, bench: Bench) -> None:
        engine = bench.engine(raising(ModelError("no")))
        run = await engine.start(bench.project, "film", {})
        with pytest.raises(ModelError):
            await engine.run_to_end(run.id)
        assert (await engine.cancel(run.id)).state is RunState.CANCELLED
        assert (await engine.cancel(run.id)).state is RunState.CANCELLED

    async def test_too_late(self, bench: Bench) -> None:
        engine = bench.engine(lambda work: asyncio.sleep(0))
        run = await engine.start(bench.project, "film", {})
        await engine.run_to_end(run.id)
        assert (await engine.cancel(run.id)).state is RunState.SUCCEEDED


class TestOvertaken:
    async def test_a_second_engine_is_told_who_has_it(self, bench: Bench) -> None:
        first = bench.engine(forever)
        run = await first.start(bench.project, "film", {})
        with pytest.raises(ConflictError, match="being worked on by another process"):
            await bench.engine(forever).run_to_end(run.id)
        with pytest.raises(ConflictError, match="being worked on by another process"):
            await first.resume(run.id)

    async def test_another_machine_on_the_same_database(self, bench: Bench) -> None:
        run = await bench.engine(forever).start(bench.project, "film", {})
        there = bench.engine(forever, machine="there")
        with pytest.raises(ConflictError, match="another machine"):
            await there.resume(run.id)
        assert await there.take_up() == []
        assert (await there.cancel(run.id)).cancel_requested

    @pytest.mark.parametrize("busy", [True, False], ids=["at its next event", "while it waits"])
    async def test_the_overtaken_one_stops(self, bench: Bench, busy: bool) -> None:
        overtaken = asyncio.Event()

        async def recipe(work: Work) -> None:
            if busy:
                await overtaken.wait()
                await work.emit("shot/1", "shot")
            await asyncio.Event().wait()

        engine = bench.engine(recipe)
        run = await engine.start(bench.project, "film", {})
        ending = asyncio.create_task(engine.run_to_end(run.id))
        await asyncio.sleep(0)
        await Runs(bench.database).claim(run.id, run.owner)
        overtaken.set()
        async with asyncio.timeout(2):
            with pytest.raises(ConflictError, match="taken over"):
                await ending
        now = await engine.status(run.id)
        assert (now.state, now.epoch, now.error) == (RunState.RUNNING, 2, None), "its successor's row is untouched"


class TestSignal:
    async def test_a_run_waits_for_its_answer(self, bench: Bench) -> None:
        async def recipe(work: Work) -> None:
            answer = await work.signal("take")
            await work.emit("chosen", "take", **answer)

        engine = bench.engine(recipe)
        run = await engine.start(bench.project, "film", {})
        ending = asyncio.create_task(engine.run_to_end(run.id))
        await asyncio.sleep(0.05)
        assert not ending.done()
        await engine.signal(run.id, "take", {"number": 2})
        await ending
        events = {event.key: event.data for event in await engine.events(run.id)}
        assert events["chosen"] == events["signal/take"] == {"number": 2}

    async def test_cancelled_while_it_waits(self, bench: Bench) -> None:
        async def recipe(work: Work) -> None:
            await work.signal("take")

        engine = bench.engine(recipe)
        run = await engine.start(bench.project, "film", {})
        await engine.cancel(run.id)
        assert await bench.ended(engine, run.id) is RunState.CANCELLED
