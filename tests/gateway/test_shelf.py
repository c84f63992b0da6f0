"""A person's own files, and what a cancellation in the middle of keeping one leaves behind."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest
from lab import Lab

from manju.db import artefacts, takes
from manju.gateway.shelf import Shelf
from manju.storage.local import LocalStorage


def shelf_of(lab: Lab) -> Shelf:
    return Shelf(lab.database, LocalStorage(lab.folder / "artefacts"))


async def cancel_when(reached: asyncio.Event, work: asyncio.Task[object]) -> None:
    await reached.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


def recorded(lab: Lab) -> int:
    connection = sqlite3.connect(lab.folder / "manju.db", timeout=0)
    connection.execute("BEGIN IMMEDIATE")  # raises if anybody still holds the write lock
    (count,) = connection.execute("SELECT count(*) FROM artefacts").fetchone()
    connection.rollback()
    connection.close()
    return int(count)


async def test_adopting_cancelled_in_its_transaction_is_carried_to_its_end(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = lab.folder / "mine.txt"
    source.write_text("mine")
    reached = asyncio.Event()
    record = artefacts.record

    async def slowly(session: object, stored: object) -> None:
        await record(session, stored)  # type: ignore[arg-type]
        reached.set()
        await asyncio.sleep(0.01)

    monkeypatch.setattr(artefacts, "record", slowly)
    await cancel_when(reached, asyncio.create_task(shelf_of(lab).adopt(source)))
    assert recorded(lab) == 1


async def test_looking_cancelled_in_its_transaction_is_carried_to_its_end(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_of(lab)
    reached, seen = asyncio.Event(), []
    of = takes.of

    async def slowly(*arguments: object) -> object:
        reached.set()
        await asyncio.sleep(0.01)
        seen.append(await of(*arguments))  # type: ignore[arg-type]
        return seen[-1]

    take = await lab.take("hello")
    monkeypatch.setattr(takes, "of", slowly)
    await cancel_when(reached, asyncio.create_task(shelf.made(lab.project, "s1", "line")))
    assert len(seen) == 1
    assert await shelf.made(lab.project, "s1", "line") == {take.main.sha256}
