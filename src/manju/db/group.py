"""Group commit: callers that wait at the same time share one transaction, in the order in which they came.

A commit costs the same for one change and for a hundred. While one transaction is being committed, whoever comes
waits, and all of them are the next one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from manju.db.plain import Batch
from manju.db.session import Database
from manju.errors import ManjuError

log = logging.getLogger(__name__)
LARGEST = 256
"""Most changes in one transaction."""


class Page(Protocol):
    """What the changes of one transaction share."""

    def flush(self) -> None:
        """Make the changes that were only collected so far."""
        ...


P = TypeVar("P", bound=Page)
P_contra = TypeVar("P_contra", bound=Page, contravariant=True)


class Change(Protocol[P_contra]):
    """A change that somebody waits for."""

    @property
    def lasting(self) -> bool:
        """Whether a power failure must not take it back once it is told."""
        ...

    def make(self, page: P_contra) -> Any:
        """Check what must hold and collect the rows. Returns what the caller is told.

        Raises:
            ManjuError: it must not be made. Nothing may have been collected by then.
        """
        ...


class Group(Generic[P]):
    """Belongs to one event loop. `close` it in the end."""

    def __init__(self, database: Database, page: Callable[[Batch], P]) -> None:
        self._database = database
        self._page = page
        self._waiting: list[tuple[Change[P], asyncio.Future[Any] | None]] = []
        self._working: asyncio.Task[None] | None = None

    async def make(self, change: Change[P]) -> Any:
        """Have a change made and committed. It is carried to its end even if its caller is cancelled.

        Raises:
            ManjuError: it was not made, and why.
        """
        told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._add(change, told)
        return await told

    def post(self, change: Change[P]) -> None:
        """Have a change made after all those that wait; nobody waits for it."""
        self._add(change, None)

    async def close(self) -> None:
        """Make all changes that wait."""
        while self._working is not None:
            await asyncio.wait({self._working})

    def _add(self, change: Change[P], told: asyncio.Future[Any] | None) -> None:
        self._waiting.append((change, told))
        if self._working is None:
            self._working = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
                results = await self._commit([change for change, _ in batch])
                for (_, told), result in zip(batch, results, strict=True):
                    _tell(told, result)
        finally:
            self._working = None

    async def _commit(self, changes: Sequence[Change[P]]) -> list[Any]:
        """What became of each: what its caller is told, or the error."""
        try:
            return await self._transaction(changes)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            if len(changes) == 1:
                return [error]
        # One of them cannot be made and has undone them all: each for itself.
        return [(await self._commit([change]))[0] for change in changes]

    async def _transaction(self, changes: Sequence[Change[P]]) -> list[Any]:
        def work(batch: Batch) -> list[Any]:
            page = self._page(batch)
            results: list[Any] = []
            for change in changes:
                try:
                    results.append(change.make(page))
                except ManjuError as error:
                    results.append(error)
            page.flush()
            return results

        return await self._database.batch(work, lasting=any(change.lasting for change in changes))


def _tell(told: asyncio.Future[Any] | None, result: Any) -> None:
    if told is None:
        if isinstance(result, BaseException):
            log.warning("a change could not be written down: %s", result)
    elif not told.done():
        if isinstance(result, BaseException):
            told.set_exception(result)
        else:
            told.set_result(result)
