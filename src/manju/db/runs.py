"""Runs and their progress events.

The row of a run is the fence: every write on behalf of an execution locks it and compares the epoch, so that an
execution that was overtaken changes nothing from that moment on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db import tables
from manju.db.clock import now, utc
from manju.db.session import Database
from manju.db.unbroken import unbroken
from manju.domain.ids import new_id
from manju.domain.run import ENDED, Run, RunError, RunEvent, RunState
from manju.errors import ConflictError, InputError, NotFoundError, StoppedError

STATE = "run"
"""Kind of the events that tell a run's changes of state."""
SIGNAL = "signal"
"""Kind, and first part of the key, of the events that carry an answer to a run from outside."""

LONGEST_KEY = 200


class Runs:
    """The repository of runs. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @unbroken
    async def create(
        self, *, project_id: str, recipe: str, options: Mapping[str, Any], owner: str, run_id: str | None = None
    ) -> Run:
        """A new run, ``PENDING``, that pins the project's present revision. ``owner`` is ``role@identity``: see
        `manju.runs.leases`.

        Raises:
            NotFoundError: no such project.
        """
        async with self._database.write() as session:
            project = await session.get(tables.Project, project_id, with_for_update=True)
            if project is None or project.deleted_at is not None:
                raise NotFoundError(f"no project {project_id!r}", hint="List the projects there are.")
            row = tables.Run(
                id=run_id or new_id("run"),
                project_id=project_id,
                recipe=recipe,
                state=RunState.PENDING,
                revision=project.revision,
                owner=owner,
                options=dict(options),
            )
            session.add(row)
            await session.flush()
        return _run(row)

    @unbroken
    async def get(self, run_id: str) -> Run:
        """
        Raises:
            NotFoundError: there is none.
        """
        async with self._database.read() as session:
            return _run(await _row(session, run_id))

    @unbroken
    async def list(
        self, *, project_id: str | None = None, states: Sequence[RunState] = (), owner: str | None = None
    ) -> Sequence[Run]:
        """The runs that fit all that is given, newest first."""
        wanted = select(tables.Run).order_by(tables.Run.id.desc())
        if project_id is not None:
            wanted = wanted.where(tables.Run.project_id == project_id)
        if states:
            wanted = wanted.where(tables.Run.state.in_(states))
        if owner is not None:
            wanted = wanted.where(tables.Run.owner == owner)
        async with self._database.read() as session:
            return [_run(row) for row in await session.scalars(wanted)]

    @unbroken
    async def unfinished(self, owner: str) -> Sequence[Run]:
        """What a server that starts again goes on with: its own runs that nothing but its end has stopped."""
        return await self.list(states=(RunState.PENDING, RunState.RUNNING), owner=owner)

    @unbroken
    async def claim(self, run_id: str, owner: str) -> tuple[Run, RunEvent | None]:
        """Begin an execution: the next epoch, ``RUNNING``, no error, and the event of it. The caller holds the run's
        lease. A run that has ended is given back as it is, without an event; one that is to be cancelled is
        ``CANCELLED`` now.

        Raises:
            NotFoundError: no such run.
            ConflictError: it runs under the leases of another machine, which ours cannot speak for.
        """
        async with self._database.write() as session:
            row = await _row(session, run_id, lock=True)
            if row.state in ENDED:
                return _run(row), None
            if row.state == RunState.RUNNING and _machine(row.owner or "") != _machine(owner):
                raise ConflictError(
                    f"run {run_id} is being worked on by another machine ({row.owner})",
                    hint="If that machine is gone, start another run of the project: finished orders are kept.",
                )
            if row.cancel_requested:
                return await _change(session, row, RunState.CANCELLED, None)
            row.epoch += 1
            row.owner = owner
            row.started_at = row.started_at or now()
            return await _change(session, row, RunState.RUNNING, None)

    @unbroken
    async def finish(self, run_id: str, epoch: int, state: RunState, error: RunError | None) -> tuple[Run, RunEvent]:
        """End an execution in ``state`` (``PENDING``: it goes on another time, or is ``CANCELLED`` if somebody asked
        for that), and the event of it.

        Raises:
            ConflictError: the execution was overtaken.
        """
        async with self._database.write() as session:
            row = await _fenced(session, run_id, epoch)
            if state is RunState.PENDING and row.cancel_requested:
                state = RunState.CANCELLED
            return await _change(session, row, state, error)

    @unbroken
    async def request_cancel(self, run_id: str) -> Run:
        """Ask the execution, whoever has it, to stop. Does nothing to a run that has ended.

        Raises:
            NotFoundError: no such run.
        """
        async with self._database.write() as session:
            row = await _row(session, run_id, lock=True)
            if row.state not in ENDED:
                row.cancel_requested = True
            return _run(row)

    @unbroken
    async def check(self, run_id: str, epoch: int) -> None:
        """
        Raises:
            ConflictError: the execution was overtaken.
            StoppedError: the run is to be cancelled.
        """
        async with self._database.read() as session:
            _stop(await _fenced(session, run_id, epoch, lock=False))

    @unbroken
    async def append(self, run_id: str, epoch: int, key: str, kind: str, data: Mapping[str, Any]) -> RunEvent | None:
        """Keep an event, or None if the run has told one under this key.

        Raises: as `check`.
        """
        async with self._database.write() as session:
            _stop(await _fenced(session, run_id, epoch))
            return await _append(session, run_id, key, kind, data)

    @unbroken
    async def signal(self, run_id: str, name: str, data: Mapping[str, Any]) -> RunEvent:
        """Keep an answer to the run from outside; the first one stands.

        Raises:
            NotFoundError: no such run.
            ConflictError: the run has ended, or was answered differently before.
        """
        key = f"{SIGNAL}/{name}"
        async with self._database.write() as session:
            row = await _row(session, run_id, lock=True)
            if row.state in ENDED:
                raise ConflictError(f"run {run_id} has ended ({row.state})", hint="Start another run.")
            event = await _append(session, run_id, key, SIGNAL, data)
            if event is not None:
                return event
            earlier = await _event(session, run_id, key)
            if earlier is None or earlier.data != dict(data):
                hint = "The first answer stands; to decide otherwise, cancel the run and start another."
                raise ConflictError(f"{name!r} of run {run_id} was answered before", hint=hint)
            return _told(earlier)

    @unbroken
    async def answer(self, run_id: str, name: str) -> RunEvent | None:
        """The signal called ``name``, if it was sent."""
        async with self._database.read() as session:
            row = await _event(session, run_id, f"{SIGNAL}/{name}")
            return None if row is None else _told(row)

    @unbroken
    async def events(self, run_id: str, *, since: int = 0, limit: int | None = None) -> Sequence[RunEvent]:
        """The run's events after the one with the id ``since``, oldest first."""
        wanted = (
            select(tables.Event)
            .where(tables.Event.run_id == run_id, tables.Event.id > since)
            .order_by(tables.Event.id)
            .limit(limit)
        )
        async with self._database.read() as session:
            return [_told(row) for row in await session.scalars(wanted)]


async def _row(session: AsyncSession, run_id: str, *, lock: bool = False) -> tables.Run:
    row = await session.get(tables.Run, run_id, with_for_update=lock or None)
    if row is None:
        raise NotFoundError(f"no run {run_id!r}", hint="List the runs there are.")
    return row


async def _fenced(session: AsyncSession, run_id: str, epoch: int, *, lock: bool = True) -> tables.Run:
    row = await _row(session, run_id, lock=lock)
    if row.epoch != epoch:
        raise ConflictError(
            f"run {run_id} was taken over by {row.owner} (execution {row.epoch}; this one was {epoch})",
            hint="Nothing is lost: the other one goes on with it.",
        )
    return row


def _stop(row: tables.Run) -> None:
    if row.cancel_requested:
        raise StoppedError(f"run {row.id} was cancelled", hint="What was finished is kept; start another run.")


async def _change(
    session: AsyncSession, row: tables.Run, state: RunState, error: RunError | None
) -> tuple[Run, RunEvent]:
    row.state = state
    row.error = None if error is None else asdict(error)
    row.finished_at = None if state in (RunState.PENDING, RunState.RUNNING) else now()
    # An execution that was killed told no end: its successor's start comes next, under another epoch.
    event = await _append(session, row.id, f"{STATE}/{row.epoch}/{state}", STATE, _state_data(row))
    if event is None:
        raise ConflictError(f"execution {row.epoch} of run {row.id} is {state} already", hint="Read the run again.")
    return _run(row), event


def _state_data(row: tables.Run) -> dict[str, Any]:
    data: dict[str, Any] = {"state": row.state, "epoch": row.epoch}
    if row.error is not None:
        data["error"] = {name: value for name, value in row.error.items() if name != "traceback"}
    return data


async def _append(session: AsyncSession, run_id: str, key: str, kind: str, data: Mapping[str, Any]) -> RunEvent | None:
    """The caller has locked the run's row, so that nobody else appends in between and ids grow in order of commit."""
    if len(key) > LONGEST_KEY:
        raise InputError(f"{key[:40]!r}… is too long for an event's key", hint=f"Use at most {LONGEST_KEY} characters.")
    if await _event(session, run_id, key) is not None:
        return None
    row = tables.Event(run_id=run_id, key=key, kind=kind, data=dict(data))
    session.add(row)
    await session.flush()
    return _told(row)


def _machine(owner: str) -> str:
    return owner.rpartition("@")[2]


async def _event(session: AsyncSession, run_id: str, key: str) -> tables.Event | None:
    return await session.scalar(select(tables.Event).where(tables.Event.run_id == run_id, tables.Event.key == key))


def _run(row: tables.Run) -> Run:
    return Run(
        id=row.id,
        project_id=row.project_id,
        recipe=row.recipe,
        state=RunState(row.state),
        revision=row.revision,
        epoch=row.epoch,
        owner=row.owner or "",
        options=row.options,
        error=None if row.error is None else RunError(**row.error),
        cancel_requested=row.cancel_requested,
        created_at=utc(row.created_at),
        started_at=utc(row.started_at),
        finished_at=utc(row.finished_at),
    )


def _told(row: tables.Event) -> RunEvent:
    return RunEvent(row.id, row.run_id, row.key, row.kind, row.data, utc(row.created_at))
