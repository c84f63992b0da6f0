"""What a recipe holds of its run (see `manju.domain.run.Work`), over the database and the listeners of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from manju.db.clock import now
from manju.db.runs import Runs
from manju.domain.run import Run, RunEvent
from manju.runs.events import Listeners


class DurableWork:
    """One execution of a run. Everything it keeps is fenced by the execution's epoch."""

    def __init__(self, run: Run, *, resume: bool, runs: Runs, listeners: Listeners, poll_seconds: float) -> None:
        self._run = run
        self._resume = resume
        self._runs = runs
        self._listeners = listeners
        self._poll_seconds = poll_seconds

    @property
    def run_id(self) -> str:
        return self._run.id

    @property
    def epoch(self) -> int:
        return self._run.epoch

    @property
    def project_id(self) -> str:
        return self._run.project_id

    @property
    def revision(self) -> int:
        return self._run.revision

    @property
    def options(self) -> Mapping[str, Any]:
        return self._run.options

    @property
    def resume(self) -> bool:
        return self._resume

    async def emit(self, key: str, kind: str, **data: Any) -> bool:
        event = await self._runs.append(self.run_id, self.epoch, key, kind, data)
        if event is not None:
            self._listeners.tell(event)
        return event is not None

    def report(self, kind: str, **data: Any) -> None:
        self._listeners.tell(RunEvent(0, self.run_id, "", kind, data, now()))

    async def events(self) -> Sequence[RunEvent]:
        return await self._runs.events(self.run_id)

    async def signal(self, name: str) -> Mapping[str, Any]:
        while True:
            await self.check()
            event = await self._runs.answer(self.run_id, name)
            if event is not None:
                return event.data
            await asyncio.sleep(self._poll_seconds)

    async def check(self) -> None:
        await self._runs.check(self.run_id, self.epoch)
