"""What the way in which a recipe ended means for its run."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterator

from manju.domain.run import RunError, RunState
from manju.errors import ManjuError, OrderUnknownError, StoppedError


def outcome(error: BaseException | None) -> tuple[RunState, RunError | None]:
    """State of a run whose recipe returned (None) or raised ``error``, and what to keep of the error.

    An order of unknown outcome makes it wait for a person; being stopped leaves it as it is, to go on another time;
    everything else is a failure. Of a group of errors (branches that failed together) the gravest decides.
    """
    if error is None:
        return RunState.SUCCEEDED, None
    gravest = min(_leaves(error), key=_rank)
    if isinstance(gravest, _STOPS):
        return RunState.PENDING, None
    kept = RunError(type(gravest).__name__, str(gravest))
    if not isinstance(gravest, ManjuError):
        trace = "".join(traceback.format_exception(error))
        hint = "This is a fault of the program: please report it with what was kept here."
        return RunState.FAILED, RunError(kept.kind, kept.message or kept.kind, hint, traceback=trace)
    kept = RunError(kept.kind, gravest.message, gravest.hint, gravest.retryable)
    return (RunState.WAITING if isinstance(gravest, OrderUnknownError) else RunState.FAILED), kept


_STOPS = (StoppedError, asyncio.CancelledError, KeyboardInterrupt, SystemExit)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _rank(error: BaseException) -> int:
    """A fault of ours hides nothing; a failure must be mended before waiting or going on makes sense."""
    match error:
        case KeyboardInterrupt() | SystemExit():
            return 0
        case StoppedError() | asyncio.CancelledError():
            return 4
        case OrderUnknownError():
            return 3
        case ManjuError():
            return 2
        case _:
            return 1
