"""A migrated, empty database. Every test of a repository runs on each kind that `database_url` gives."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from manju.db.session import Database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    await database.migrate()
    yield database
    await database.close()
