"""What tests of several folders share: both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import postgres as servers


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Server]:
    """A PostgreSQL server, started when the first test asks for it."""
    with servers.server() as running:
        yield running


@pytest.fixture
def configured_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the programs that a test runs use, in this process and in others: for ``usefixtures``."""
    monkeypatch.setenv("MANJU_DATABASE", database_url)
    return database_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that is not there yet (SQLite) or empty (PostgreSQL)."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{(tmp_path / 'manju.db').as_posix()}"
    running: servers.Server = request.getfixturevalue("postgres")
    return running.fresh_database()
