"""Transactions, migrations, and what a user is told when the database cannot be used."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text

from manju.db.session import Database
from manju.db.tables import Account, Base
from manju.errors import ConflictError, InputError, ManjuError

MIGRATE = """
import asyncio, sys
from manju.db.session import Database
async def main():
    database = Database(sys.argv[1])
    await database.migrate()
    await database.close()
asyncio.run(main())
"""


async def names(database: Database) -> list[str]:
    async with database.read() as session:
        return sorted(await session.scalars(select(Account.name)))


async def test_migrated_schema_is_that_of_the_tables(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with database.read() as session:
        assert await (await session.connection()).run_sync(differences) == []
        assert list(await session.scalars(select(Account.id))) == ["local"]


async def test_migrating_again_changes_nothing(database: Database) -> None:
    async with database.write() as session:
        await session.execute(insert(Account).values(id="a", name="甲"))
    await database.migrate()
    assert await names(database) == ["This machine", "甲"]


def test_processes_that_start_at_once_all_migrate(database_url: str) -> None:
    children = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, database_url], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    failures = [child.communicate(timeout=60)[1] for child in children]
    assert [child.returncode for child in children] == [0] * 4, failures


async def test_writers_exclude_each_other(database: Database, database_url: str) -> None:
    other = Database(database_url)

    async def count_up(through: Database) -> None:
        for _ in range(10):
            async with through.write() as session:
                row = (await session.scalars(select(Account).where(Account.id == "local"))).one()
                await asyncio.sleep(0)
                row.name = str(int(row.name) + 1)

    async with database.write() as session:
        (await session.get_one(Account, "local")).name = "0"
    await asyncio.gather(*(count_up(through) for through in (database, other, database, other)))
    await other.close()
    assert await names(database) == ["40"]


async def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write() as session:
            await session.execute(insert(Account).values(id="a", name="a"))
            raise ZeroDivisionError
    assert await names(database) == ["This machine"]


async def test_what_a_reader_changes_is_rolled_back(database: Database) -> None:
    async with database.read() as session:
        await session.execute(insert(Account).values(id="a", name="a"))
    assert await names(database) == ["This machine"]


async def test_a_reader_sees_one_snapshot_and_does_not_wait_for_the_writer(database: Database) -> None:
    async with database.read() as reader, database.write() as writer:
        await reader.scalars(select(Account.id))
        await writer.execute(insert(Account).values(id="a", name="a"))
        await writer.commit()
        assert len(list(await reader.scalars(select(Account.id)))) == 1


async def test_sqlite_is_set_up_to_survive(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "数据 ?a=b#c%20" / "manju.db")
    await database.migrate()
    async with database.write() as session:
        settings = [
            await session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    await database.close()
    assert os.listdir(tmp_path) == ["数据 ?a=b#c%20"]  # noqa: PTH208
    assert settings == ["wal", 2, 1]  # 2: FULL


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "manju.db"
    database = Database.at(path)
    await database.migrate()
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ManjuError, match=r"newer manju.*'9999'") as caught:
        await database.migrate()
    await database.close()
    assert "Update manju" in caught.value.hint


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE songs (id INTEGER)")
    theirs.close()
    before = path.read_bytes()
    database = Database.at(path)
    with pytest.raises(ManjuError, match=r"another program.*songs"):
        await database.migrate()
    await database.close()
    assert path.read_bytes() == before


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "film.db"
    path.write_text("第一场 " * 1000, "utf-8")
    database = Database.at(path)
    with pytest.raises(InputError, match=r"film\.db is not a database") as caught:
        await database.migrate()
    await database.close()
    assert "--data" in caught.value.hint


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = Database.at(tmp_path / "file" / "deeper" / "manju.db")
    with pytest.raises(InputError, match="cannot be made"):
        await database.migrate()
    await database.close()


async def test_a_folder_in_the_files_place(tmp_path: Path) -> None:
    (tmp_path / "manju.db").mkdir()
    database = Database.at(tmp_path / "manju.db")
    with pytest.raises(InputError, match="cannot be opened"):
        await database.migrate()
    await database.close()


def test_a_file_that_cannot_be_opened_leaves_no_thread_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would outlive its event loop and fail when it answers, in the middle of something else."""

    async def fail() -> None:
        await test_a_folder_in_the_files_place(tmp_path)
        (tmp_path / "manju.db").rmdir()

    failed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    before = {*threading.enumerate()}
    for _ in range(50):
        asyncio.run(fail())
    for thread in {*threading.enumerate()} - before:
        thread.join()
    assert not failed


async def test_a_full_disk(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "manju.db")
    await database.migrate()
    with pytest.raises(ManjuError, match="disk is full") as caught:
        async with database.write() as session:
            pages = await session.scalar(text("PRAGMA page_count"))
            await session.execute(text(f"PRAGMA max_page_count={pages}"))
            for number in range(100):
                await session.execute(insert(Account).values(id=f"a{number}", name="长" * 200))
    await database.close()
    assert caught.value.retryable
    assert "Make room" in caught.value.hint


async def test_a_read_only_file(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "manju.db")
    await database.migrate()
    with pytest.raises(InputError, match="cannot be written"):
        async with database.write() as session:
            await session.execute(text("PRAGMA query_only=ON"))
            await session.execute(insert(Account).values(id="a", name="a"))
    await database.close()


async def test_a_database_that_stays_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("manju.db.session.BUSY_SECONDS", 0.1)
    database = Database.at(tmp_path / "manju.db")
    await database.migrate()
    other = sqlite3.connect(tmp_path / "manju.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ConflictError, match="stayed locked") as caught:
        async with database.write() as session:
            await session.execute(insert(Account).values(id="a", name="a"))
    other.close()
    await database.close()
    assert caught.value.retryable


@pytest.mark.parametrize("url", ["", "no url", "sqlite+aiosqlite://", "oracle+nothing://x/y", "sqlite:///file.db"])
def test_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(InputError) as caught:
        Database(url)
    assert caught.value.hint
