"""What was made: takes and their files, for reading. Placing orders is `manju.gateway.gateway`'s."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

from manju.db import artefacts, takes
from manju.db.session import Database
from manju.db.takes import TakeRecord
from manju.db.unbroken import unbroken
from manju.domain.order import Stored
from manju.storage.base import Storage, content_key


class Shelf:
    """The artefacts of one installation."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database, self._storage = database, storage

    async def made(self, project: str, subject: str, kind: str, role: str = "") -> frozenset[str]:
        """Digests of every file that was ever made for a subject in one kind; with a ``role``, of those alone that are
        artefacts in it."""
        known = await self._takes(project, subject, kind)
        stored = (each for take in known for each in take.order.artefacts)
        return frozenset(each.sha256 for each in stored if role in ("", each.role))

    async def read(self, stored: Stored) -> bytes:
        """Content of an artefact.

        Raises:
            NotFoundError: it is gone.
        """
        return await self._storage.read(stored.path)

    async def file(self, stored: Stored) -> Path:
        """An artefact as a local file, for reading only.

        Raises:
            NotFoundError: it is gone.
        """
        return await self._storage.path(stored.path)

    async def adopt(self, source: Path) -> Sequence[Stored]:
        """Keep a person's own file as an artefact, so that requests can refer to it."""
        return (await self._put(await asyncio.to_thread(source.read_bytes), source.suffix.lower()),)

    async def keep(self, data: bytes, suffix: str) -> str:
        """Keep bytes as an artefact; ``suffix`` is their type with the dot. Returns their SHA-256."""
        return (await self._put(data, suffix)).sha256

    async def has(self, sha256: str) -> bool:
        """Whether there is an artefact with this content."""
        return sha256 in await self._paths({sha256})

    async def _put(self, data: bytes, suffix: str) -> Stored:
        sha256 = hashlib.sha256(data).hexdigest()
        stored = Stored(role="main", sha256=sha256, path=content_key(sha256, suffix), bytes=len(data))
        await self._storage.put(data, stored.path)
        await self._record((stored,))
        return stored

    @unbroken
    async def _takes(self, project: str, subject: str, kind: str) -> Sequence[TakeRecord]:
        async with self._database.read() as session:
            return await takes.of(session, project, subject, kind)

    @unbroken
    async def _paths(self, digests: set[str]) -> dict[str, str]:
        async with self._database.read() as session:
            return await artefacts.keys(session, digests)

    @unbroken
    async def _record(self, stored: Sequence[Stored]) -> None:
        async with self._database.write() as session:
            await artefacts.record(session, stored)
