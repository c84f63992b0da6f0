"""The port of a durable-run engine: what the rest of the program may ask of the one that is installed.

An engine starts runs, spreads them over workers, takes over a dead worker's, and cancels. It knows nothing of films:
what a recipe finished before it was stopped, the orders and the events remember.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from manju.domain.run import Run, RunEvent
from manju.runs.events import Listener


class Engine(Protocol):
    """Executes recipes durably. At any time a run has at most one execution that can still change anything."""

    async def start(self, project_id: str, recipe: str, options: Mapping[str, Any]) -> Run:
        """Make a run of a project and begin it in the background.

        Raises:
            InputError: no such recipe.
            NotFoundError: no such project.
        """
        ...

    async def resume(self, run_id: str) -> Run:
        """Go on with a run that was stopped, killed, failed or waits, in the background; its failed orders may be
        tried again. A run that has ended is given back as it is.

        Raises:
            NotFoundError: no such run.
            ConflictError: somebody is working on it now; the message says who.
        """
        ...

    async def cancel(self, run_id: str) -> Run:
        """Ask for a run's end. One that nobody works on is ``CANCELLED`` at once, any other within a second.

        Raises:
            NotFoundError: no such run.
        """
        ...

    async def status(self, run_id: str) -> Run:
        """
        Raises:
            NotFoundError: no such run.
        """
        ...

    async def list(self, project_id: str | None = None) -> Sequence[Run]:
        """The runs, of one project if given, newest first."""
        ...

    async def signal(self, run_id: str, name: str, data: Mapping[str, Any]) -> None:
        """Answer what a run waits for under ``name``; kept, so that it may be sent before the run asks.

        Raises:
            NotFoundError: no such run.
            ConflictError: the run has ended, or was answered differently before.
        """
        ...

    async def events(self, run_id: str, since: int = 0) -> Sequence[RunEvent]:
        """What a run has told after the event with the id ``since``, oldest first."""
        ...

    def listening(self, listener: Listener) -> AbstractContextManager[None]:
        """Call ``listener`` with every event of this process's executions while the block lasts."""
        ...

    async def take_up(self) -> Sequence[Run]:
        """For a server that starts: go on with its own runs that only its end has stopped. Gives those begun."""
        ...

    async def stop(self) -> None:
        """Stop the executions of this process; they go on when they are resumed or taken up."""
        ...
