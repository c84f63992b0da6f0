"""A migrated, empty database. Every test of a repository runs on each kind that `database_url` gives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from manju.db.session import Database


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    assert request.param == "sqlite"
    return f"sqlite+aiosqlite:///{(tmp_path / 'manju.db').as_posix()}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    await database.migrate()
    yield database
    await database.close()
