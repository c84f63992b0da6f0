"""The store's inbox: files that come with an answer are put there before anything else, and beside them what the answer
was, so that a process that dies before that is on record has not lost what was paid for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from manju.db import order_reads
from manju.db.session import Database
from manju.db.unbroken import unbroken
from manju.storage.base import Storage

INBOX = "inbox"
KEPT_S = 24 * 3600.0
"""How long what nobody needs stays in the inbox, for looking at."""
MANY = 500
"""How many attempts are looked up at once."""
_ATTEMPT = re.compile(rf"{INBOX}/(attempt_[0-9a-z]+)")


def inbox(attempt_id: str) -> str:
    """Where the record of an answer lies whose files are in the inbox."""
    return f"{INBOX}/{attempt_id}.json"


async def put_record(storage: Storage, attempt_id: str, record: Mapping[str, Any]) -> None:
    """Keep the record of an answer; its files are in the inbox already."""
    await storage.put(json.dumps(record).encode(), inbox(attempt_id))


async def read_record(storage: Storage, attempt_id: str) -> Mapping[str, Any] | None:
    """The record of an answer that a dead process had got, if it came so far."""
    key = inbox(attempt_id)
    if not await storage.exists(key):
        return None
    record: dict[str, Any] = json.loads(await storage.read(key))
    return record


async def sweep(storage: Storage, database: Database) -> int:
    """Remove what lies in the inbox since `KEPT_S` and belongs to no order that has still to end: an order that failed
    after its answer had come leaves that there, and so does a process that dies before it has tidied up. Returns how
    many files."""
    old = [(key, found[1]) for key in await storage.aged(INBOX, KEPT_S) if (found := _ATTEMPT.match(key))]
    gone = 0
    for start in range(0, len(old), MANY):
        some = old[start : start + MANY]
        needed = await _needed(database, sorted({attempt for _, attempt in some}))
        for key, attempt in some:
            if attempt not in needed:
                await storage.delete(key)
                gone += 1
    return gone


@unbroken
async def _needed(database: Database, attempts: Sequence[str]) -> set[str]:
    async with database.read() as session:
        return await order_reads.of_open_orders(session, attempts)
