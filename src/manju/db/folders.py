"""Which data folder a database belongs to.

The artefacts, and the locks that tell who is alive, are files in the data folder. A server that had the database and
another folder would find no lock of the others, take them for dead, and settle orders that are just being made.
"""

from __future__ import annotations

from sqlalchemy import insert, select

from manju.db.session import Database
from manju.db.tables import DataFolderRow
from manju.db.unbroken import unbroken


class Folders:
    """The data folder of a database, by its identity (`manju.runs.leases`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @unbroken
    async def owner(self, identity: str) -> str:
        """The identity of the data folder that the database belongs to: ``identity``, if it belonged to none yet."""
        async with self._database.write() as session:
            known = await session.scalar(select(DataFolderRow.identity))
            if known is None:
                await session.execute(insert(DataFolderRow).values(identity=identity))
            return known or identity
