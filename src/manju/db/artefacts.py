"""The artefacts that are in the store: which content, under which key. Functions work in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db.session import insert_new
from manju.db.tables import ArtefactRow
from manju.domain.order import Stored


async def record(session: AsyncSession, stored: Sequence[Stored]) -> None:
    """Note artefacts that the store has now. The same content is noted once, whoever made it."""
    rows = {one.sha256: {"sha256": one.sha256, "path": one.path, "bytes": one.bytes} for one in stored}
    await session.execute(insert_new(session, ArtefactRow), list(rows.values()))


async def keys(session: AsyncSession, digests: Collection[str]) -> dict[str, str]:
    """Storage keys by SHA-256, of those that are known."""
    rows = await session.execute(
        select(ArtefactRow.sha256, ArtefactRow.path).where(ArtefactRow.sha256.in_(list(digests)))
    )
    return {sha256: path for sha256, path in rows}
