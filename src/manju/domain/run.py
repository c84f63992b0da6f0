"""A run (任务): one durable execution of a recipe, its progress events, and what a recipe may ask of its run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class RunState(StrEnum):
    """``PENDING -> RUNNING -> SUCCEEDED | FAILED | CANCELLED``; ``WAITING`` is for a person to decide.

    A run whose process was stopped is ``PENDING`` again; one whose process was killed stays ``RUNNING`` without a
    lease. Both go on where they were when they are resumed.
    """

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    WAITING = "WAITING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


ENDED = frozenset({RunState.SUCCEEDED, RunState.CANCELLED})
"""States that no resume leaves."""


@dataclass(frozen=True, slots=True)
class RunError:
    """Why a run failed or waits: the error's class, its message, what to do, and whether another try may help.
    ``traceback`` is kept for errors that nobody foresaw, and empty for the others."""

    kind: str
    message: str
    hint: str = ""
    retryable: bool = False
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One durable execution of a recipe. ``revision`` is the project's when the run was made; ``epoch`` counts the
    executions and fences those that were overtaken; ``owner`` is the worker that has it or had it last."""

    id: str
    project_id: str
    recipe: str
    state: RunState
    revision: int
    epoch: int
    owner: str
    options: Mapping[str, Any]
    error: RunError | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunEvent:
    """A progress event. ``key`` is unique in its run, so that a recipe that runs again tells nothing twice.

    ``id`` grows with time and is what a reader goes on from; it is 0 for a passing report that is not kept.
    """

    id: int
    run_id: str
    key: str
    kind: str
    data: Mapping[str, Any]
    created_at: datetime


class Work(Protocol):
    """What a recipe may ask of the run that it works for."""

    @property
    def run_id(self) -> str: ...

    @property
    def epoch(self) -> int:
        """Counts executions from 1; every order placed carries it."""
        ...

    @property
    def project_id(self) -> str: ...

    @property
    def revision(self) -> int:
        """The project's revision that the run pinned."""
        ...

    @property
    def options(self) -> Mapping[str, Any]: ...

    @property
    def resume(self) -> bool:
        """A person asked to go on: failed orders may be tried once more. False when a server merely restarts."""
        ...

    async def emit(self, key: str, kind: str, **data: Any) -> bool:
        """Keep a progress event and tell the listeners. True if it is new, False if an earlier execution (or this
        one) told it already; nothing happens then.

        Raises:
            ConflictError: another worker has overtaken this one.
            StoppedError: the run was cancelled.
        """
        ...

    def report(self, kind: str, **data: Any) -> None:
        """Tell this process's listeners something passing (a bar's position); it is not kept."""
        ...

    async def events(self) -> Sequence[RunEvent]:
        """What the run has told so far, oldest first, earlier executions included."""
        ...

    async def signal(self, name: str) -> Mapping[str, Any]:
        """The data of the signal called ``name``, waiting until a person or program has sent it.

        Raises: as `emit`.
        """
        ...

    async def check(self) -> None:
        """Come here before anything long or costly.

        Raises:
            ConflictError: another worker has overtaken this one.
            StoppedError: the run was cancelled.
        """
        ...


Recipe = Callable[[Work], Awaitable[None]]
"""A way to make a film. It keeps nothing that cannot be computed again, and is run again from its first line."""
