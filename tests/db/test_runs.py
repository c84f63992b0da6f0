"""Runs: claims and their epochs, the fence, and events that are told once."""

from __future__ import annotations

import asyncio

import pytest

from manju.db.projects import Projects
from manju.db.runs import Runs
from manju.db.session import Database
from manju.domain.run import Run, RunError, RunState
from manju.errors import ConflictError, InputError, NotFoundError, StoppedError

OWNER, SAME_MACHINE, OTHER_MACHINE = "make@here_1", "server@here_1", "make@here_2"


@pytest.fixture
def runs(database: Database) -> Runs:
    return Runs(database)


@pytest.fixture
async def run(database: Database, runs: Runs) -> Run:
    projects = Projects(database)
    project = await projects.create(account_id="local", name="film", spec={}, spec_digest="")
    await projects.save_document(project.id, "screenplay", "{}", "made", 0)
    return await runs.create(project_id=project.id, recipe="short", options={"seed": 7}, owner=OWNER)


class TestClaim:
    async def test_create_pins_the_revision(self, runs: Runs, run: Run) -> None:
        assert (run.state, run.epoch, run.revision, run.options) == (RunState.PENDING, 0, 1, {"seed": 7})
        assert await runs.get(run.id) == run
        with pytest.raises(NotFoundError):
            await runs.create(project_id="nobody", recipe="short", options={}, owner=OWNER)
        with pytest.raises(NotFoundError):
            await runs.get("nobody")

    async def test_each_claim_is_the_next_epoch(self, runs: Runs, run: Run) -> None:
        first, event = await runs.claim(run.id, OWNER)
        assert (first.state, first.epoch, first.owner) == (RunState.RUNNING, 1, OWNER)
        assert event is not None
        assert (event.key, event.kind, event.data) == ("run/1/RUNNING", "run", {"state": "RUNNING", "epoch": 1})
        second, _ = await runs.claim(run.id, SAME_MACHINE)
        assert (second.epoch, second.owner, second.started_at) == (2, SAME_MACHINE, first.started_at)

    async def test_claims_at_once_never_share_an_epoch(self, runs: Runs, run: Run) -> None:
        claims = await asyncio.gather(*(runs.claim(run.id, OWNER) for _ in range(6)))
        assert sorted(claimed.epoch for claimed, _ in claims) == [1, 2, 3, 4, 5, 6]

    async def test_what_runs_on_another_machine_is_left_alone(self, runs: Runs, run: Run) -> None:
        await runs.claim(run.id, OWNER)
        with pytest.raises(ConflictError, match="another machine"):
            await runs.claim(run.id, OTHER_MACHINE)
        await runs.finish(run.id, 1, RunState.PENDING, None)
        assert (await runs.claim(run.id, OTHER_MACHINE))[0].epoch == 2, "stopped runs may move"

    @pytest.mark.parametrize("state", [RunState.FAILED, RunState.WAITING, RunState.PENDING])
    async def test_goes_on_from(self, runs: Runs, run: Run, state: RunState) -> None:
        await runs.claim(run.id, OWNER)
        ended, _ = await runs.finish(run.id, 1, state, RunError("ModelError", "no", "wait", True))
        assert (await runs.get(run.id)).error == RunError("ModelError", "no", "wait", True)
        assert (ended.finished_at is None) == (state is RunState.PENDING)
        again, _ = await runs.claim(run.id, OWNER)
        assert (again.state, again.epoch, again.error, again.finished_at) == (RunState.RUNNING, 2, None, None)

    async def test_an_ended_run_stays(self, runs: Runs, run: Run) -> None:
        await runs.claim(run.id, OWNER)
        ended, _ = await runs.finish(run.id, 1, RunState.SUCCEEDED, None)
        assert await runs.claim(run.id, OWNER) == (ended, None)
        assert (await runs.request_cancel(run.id)).cancel_requested is False

    async def test_unfinished_are_the_owners(self, runs: Runs, run: Run) -> None:
        other = await runs.create(project_id=run.project_id, recipe="short", options={}, owner=SAME_MACHINE)
        assert [found.id for found in await runs.unfinished(OWNER)] == [run.id]
        await runs.claim(run.id, OWNER)
        assert [found.id for found in await runs.unfinished(OWNER)] == [run.id]
        await runs.finish(run.id, 1, RunState.WAITING, None)
        assert await runs.unfinished(OWNER) == []
        assert [found.id for found in await runs.list(project_id=run.project_id)] == [other.id, run.id]
        assert await runs.list(project_id="nobody") == []


class TestFence:
    async def test_an_overtaken_execution_changes_nothing(self, runs: Runs, run: Run) -> None:
        await runs.claim(run.id, OWNER)
        await runs.claim(run.id, OWNER)
        told = await runs.events(run.id)
        with pytest.raises(ConflictError, match="taken over"):
            await runs.append(run.id, 1, "shot/1", "shot", {})
        with pytest.raises(ConflictError, match="taken over"):
            await runs.check(run.id, 1)
        with pytest.raises(ConflictError, match="taken over"):
            await runs.finish(run.id, 1, RunState.SUCCEEDED, None)
        assert await runs.events(run.id) == told
        await runs.check(run.id, 2)

    async def test_cancelled(self, runs: Runs, run: Run) -> None:
        await runs.claim(run.id, OWNER)
        assert (await runs.request_cancel(run.id)).cancel_requested
        with pytest.raises(StoppedError):
            await runs.check(run.id, 1)
        with pytest.raises(StoppedError):
            await runs.append(run.id, 1, "shot/1", "shot", {})
        ended, event = await runs.finish(run.id, 1, RunState.PENDING, None)
        assert ended.state is RunState.CANCELLED
        assert event.key == "run/1/CANCELLED"

    async def test_cancelled_before_it_began(self, runs: Runs, run: Run) -> None:
        await runs.request_cancel(run.id)
        claimed, event = await runs.claim(run.id, OWNER)
        assert (claimed.state, claimed.epoch) == (RunState.CANCELLED, 0)
        assert event is not None

    async def test_an_execution_ends_once(self, runs: Runs, run: Run) -> None:
        await runs.claim(run.id, OWNER)
        await runs.finish(run.id, 1, RunState.SUCCEEDED, None)
        with pytest.raises(ConflictError, match="already"):
            await runs.finish(run.id, 1, RunState.SUCCEEDED, None)


class TestEvents:
    async def test_told_once_in_order_and_read_on_from_anywhere(self, runs: Runs, run: Run) -> None:
        await runs.claim(run.id, OWNER)
        first = await runs.append(run.id, 1, "shot/1", "shot", {"镜头": 1})
        assert first is not None
        assert await runs.append(run.id, 1, "shot/1", "shot", {"镜头": 2}) is None
        second = await runs.append(run.id, 1, "shot/2", "shot", {})
        await runs.claim(run.id, OWNER)
        assert await runs.append(run.id, 2, "shot/2", "shot", {}) is None, "a later execution tells it no second time"
        keys = [event.key for event in await runs.events(run.id)]
        assert keys == ["run/1/RUNNING", "shot/1", "shot/2", "run/2/RUNNING"]
        assert (await runs.events(run.id))[1] == first
        assert (await runs.events(run.id, since=first.id, limit=1)) == [second]

    async def test_the_same_key_at_once(self, runs: Runs, run: Run) -> None:
        await runs.claim(run.id, OWNER)
        told = await asyncio.gather(*(runs.append(run.id, 1, "shot/1", "shot", {"n": n}) for n in range(8)))
        assert sum(event is not None for event in told) == 1

    async def test_errors_are_told_without_their_traceback(self, runs: Runs, run: Run) -> None:
        await runs.claim(run.id, OWNER)
        _, event = await runs.finish(run.id, 1, RunState.FAILED, RunError("ValueError", "no", traceback="secret path"))
        assert event.data["error"] == {"kind": "ValueError", "message": "no", "hint": "", "retryable": False}

    async def test_a_key_that_is_too_long(self, runs: Runs, run: Run) -> None:
        await runs.claim(run.id, OWNER)
        with pytest.raises(InputError, match="too long"):
            await runs.append(run.id, 1, "x" * 201, "shot", {})


class TestSignals:
    async def test_the_first_answer_stands(self, runs: Runs, run: Run) -> None:
        assert await runs.answer(run.id, "take") is None
        sent = await runs.signal(run.id, "take", {"number": 2})
        assert await runs.answer(run.id, "take") == sent
        assert await runs.signal(run.id, "take", {"number": 2}) == sent
        with pytest.raises(ConflictError, match="answered before"):
            await runs.signal(run.id, "take", {"number": 3})

    async def test_not_to_an_ended_run(self, runs: Runs, run: Run) -> None:
        await runs.claim(run.id, OWNER)
        await runs.finish(run.id, 1, RunState.SUCCEEDED, None)
        with pytest.raises(ConflictError, match="ended"):
            await runs.signal(run.id, "take", {})
        with pytest.raises(NotFoundError):
            await runs.signal("nobody", "take", {})
