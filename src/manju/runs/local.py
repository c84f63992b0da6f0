"""The embedded engine: recipes run on this process's event loop, under file leases, remembered in the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from manju.db.runs import Runs
from manju.db.session import Database
from manju.db.unbroken import unbroken
from manju.domain.ids import new_id
from manju.domain.run import ENDED, Recipe, Run, RunEvent, RunState, Work
from manju.errors import ConflictError, InputError, ManjuError, StoppedError
from manju.runs.events import Listener, Listeners
from manju.runs.leases import Lease, Leases
from manju.runs.outcome import outcome
from manju.runs.work import DurableWork

POLL_SECONDS = 0.5
"""How often an execution looks whether it was cancelled or overtaken from another process."""
log = logging.getLogger(__name__)
Execution = asyncio.Task[Run]


class LocalEngine:
    """An `Engine` without servers. ``role`` says what kind of process this is (``make``, ``server``): `take_up` goes
    on with the runs of its own role only, so that a server leaves those of a command alone."""

    def __init__(
        self,
        database: Database,
        leases: Leases,
        recipes: Mapping[str, Recipe],
        *,
        role: str = "make",
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._runs = Runs(database)
        self._leases = leases
        self._recipes = recipes
        self._owner = f"{role}@{leases.identity}"
        self._poll_seconds = poll_seconds
        self._listeners = Listeners()
        self._executions: dict[str, Execution] = {}
        self._joined: set[str] = set()

    async def start(self, project_id: str, recipe: str, options: Mapping[str, Any]) -> Run:
        self._recipe(recipe)
        run_id = new_id("run")
        lease = self._lease(run_id)  # before the run can be seen, so that nobody else takes it up
        try:
            await self._runs.create(
                project_id=project_id, recipe=recipe, options=options, owner=self._owner, run_id=run_id
            )
        except BaseException:
            lease.release()
            raise
        run, _ = await self._begin(run_id, lease, resume=False)
        return run

    async def resume(self, run_id: str) -> Run:
        run, _ = await self._go_on(run_id, resume=True)
        return run

    async def run_to_end(self, run_id: str, *, resume: bool = False) -> Run:
        """Stay with one run until it has succeeded, and with no other; go on with it first if this process is not
        doing so already. ``resume``: a person asked for that, so failed orders may be tried again. Cancelling this
        call (Ctrl-C) stops the run cleanly, to go on another time.

        Raises:
            StoppedError: it was cancelled.
            ConflictError: another process works on it, or has overtaken this one.
            Whatever else its recipe raised.
        """
        self._joined.add(run_id)
        try:
            execution = self._executions.get(run_id)
            if execution is None:
                run, execution = await self._go_on(run_id, resume=resume)
                if run.state is RunState.CANCELLED:
                    raise StoppedError(f"run {run_id} was cancelled", hint="Start another run: what was made is kept.")
                if execution is None:
                    return run
            return await execution
        except asyncio.CancelledError:
            if run_id in self._executions:  # begun at the very moment
                self._executions[run_id].cancel()
                await asyncio.wait({self._executions[run_id]})
            raise
        finally:
            self._joined.discard(run_id)

    async def cancel(self, run_id: str) -> Run:
        run = await self._runs.request_cancel(run_id)
        elsewhere = run.state is RunState.RUNNING and not run.owner.endswith(f"@{self._leases.identity}")
        if run.state in ENDED or elsewhere or run_id in self._executions:
            return run
        lease = self._leases.acquire(run_id)
        if lease is None:
            return run
        try:
            run, event = await self._runs.claim(run_id, self._owner)
        finally:
            lease.release()
        if event is not None:
            self._listeners.tell(event)
        return run

    async def status(self, run_id: str) -> Run:
        return await self._runs.get(run_id)

    async def list(self, project_id: str | None = None) -> Sequence[Run]:
        return await self._runs.list(project_id=project_id)

    async def signal(self, run_id: str, name: str, data: Mapping[str, Any]) -> None:
        self._listeners.tell(await self._runs.signal(run_id, name, data))

    async def events(self, run_id: str, since: int = 0) -> Sequence[RunEvent]:
        return await self._runs.events(run_id, since=since)

    def listening(self, listener: Listener) -> AbstractContextManager[None]:
        return self._listeners.listening(listener)

    async def take_up(self) -> Sequence[Run]:
        taken = []
        for run in await self._runs.unfinished(self._owner):
            if run.recipe not in self._recipes:
                log.warning("run %s needs the recipe %r, which this program does not have", run.id, run.recipe)
                continue
            lease = self._leases.acquire(run.id)
            if lease is None:  # alive, here or in another process
                continue
            begun, execution = await self._begin(run.id, lease, resume=False)
            if execution is not None:
                taken.append(begun)
        return taken

    async def stop(self) -> None:
        executions = list(self._executions.values())
        for execution in executions:
            execution.cancel()
        await asyncio.gather(*executions, return_exceptions=True)  # each has recorded how it ended

    def _recipe(self, name: str) -> Recipe:
        if name not in self._recipes:
            raise InputError(f"unknown recipe {name!r}", hint=f"Choose one of: {', '.join(self._recipes)}.")
        return self._recipes[name]

    def _lease(self, run_id: str) -> Lease:
        lease = self._leases.acquire(run_id)
        if lease is None:
            pid = self._leases.owner(run_id)
            raise ConflictError(
                f"run {run_id} is being worked on by another process{f' ({pid})' if pid else ''}",
                hint="Wait until it is done, or cancel it.",
            )
        return lease

    async def _go_on(self, run_id: str, *, resume: bool) -> tuple[Run, Execution | None]:
        run = await self._runs.get(run_id)
        if run.state in ENDED:
            return run, None
        self._recipe(run.recipe)
        return await self._begin(run_id, self._lease(run_id), resume=resume)

    @unbroken
    async def _begin(self, run_id: str, lease: Lease, *, resume: bool) -> tuple[Run, Execution | None]:
        """The run and its execution, or None for one that turns out to have ended."""
        try:
            run, event = await self._runs.claim(run_id, self._owner)
            if event is not None:
                self._listeners.tell(event)
        except BaseException:
            lease.release()
            raise
        if event is None or run.state is not RunState.RUNNING:
            lease.release()
            return run, None
        execution = asyncio.create_task(self._execute(run, resume=resume), name=f"run {run_id}")
        self._executions[run_id] = execution
        execution.add_done_callback(lambda task: self._ended(lease, task))
        await asyncio.sleep(0)  # it is under way now: a cancellation from here on is answered by a recorded end
        return run, execution

    async def _execute(self, run: Run, *, resume: bool) -> Run:
        work = DurableWork(
            run, resume=resume, runs=self._runs, listeners=self._listeners, poll_seconds=self._poll_seconds
        )
        error, stopped = await self._attempt(work, self._recipe(run.recipe))
        state, kept = outcome(error)
        ended, event = await self._runs.finish(run.id, run.epoch, state, kept)
        self._listeners.tell(event)
        problem = stopped or error
        if problem is not None:
            raise problem
        return ended

    async def _attempt(self, work: Work, recipe: Recipe) -> tuple[BaseException | None, asyncio.CancelledError | None]:
        """Run the recipe until it ends, is cancelled or overtaken, or this process wants to stop. Gives how it ended,
        and the request to stop if there was one."""
        doing = asyncio.ensure_future(_call(recipe, work))
        watching = asyncio.ensure_future(self._watch(work))
        stopped = None
        try:
            await asyncio.wait({doing, watching}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError as request:
            stopped = request
        watching.cancel()
        doing.cancel()  # does nothing to one that is done
        await asyncio.wait({doing, watching})
        seen = None if watching.cancelled() else watching.exception()
        if not doing.cancelled():
            return doing.exception(), stopped
        return seen or stopped or asyncio.CancelledError(), stopped

    async def _watch(self, work: Work) -> None:
        """Raises what `Work.check` raises, soon after it is true."""
        while True:
            await asyncio.sleep(self._poll_seconds)
            await work.check()

    def _ended(self, lease: Lease, execution: Execution) -> None:
        lease.release()
        del self._executions[lease.run_id]
        error = None if execution.cancelled() else execution.exception()
        told = lease.run_id in self._joined or isinstance(error, StoppedError)
        if error is not None and not told:
            fault = None if isinstance(error, ManjuError) else error
            log.error("run %s ended: %s", lease.run_id, error, exc_info=fault)


async def _call(recipe: Recipe, work: Work) -> None:
    await recipe(work)
