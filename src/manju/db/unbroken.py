"""Transactions that a cancellation may not cut in two.

A cancelled task (Ctrl-C, a timeout) leaves at its next ``await``, which may be in the middle of a statement, a commit
or a connection's return to its pool. The connection is dropped then, and its transaction keeps SQLite's write lock
until the garbage collector comes by: everybody else waits. A transaction takes milliseconds, so it is carried to its
end first, and the cancellation is raised after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def unbroken(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """The method, run to its end even if its caller is cancelled meanwhile; the cancellation is raised then, with the
    method's own error, if any, as its cause."""

    @wraps(method)
    async def whole(*arguments: P.args, **options: P.kwargs) -> T:
        task = asyncio.create_task(method(*arguments, **options))
        cancelled: asyncio.CancelledError | None = None
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError as request:
                cancelled = request
        if cancelled is not None:
            raise cancelled from (None if task.cancelled() else task.exception())
        return task.result()

    return whole
