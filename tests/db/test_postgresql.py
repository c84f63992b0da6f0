"""What only PostgreSQL can do to its users: servers that are gone, passwords, clients that stop half-way."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url, select, text

from manju.db.plain import Statement
from manju.db.session import Database
from manju.db.tables import Account
from manju.errors import ConflictError, InputError, ManjuError
from postgres import LOCKED, Server


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.fresh_database()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    await database.migrate()
    yield database
    await database.close()


def name_of(url: str) -> str:
    return str(make_url(url).database)


async def refused(url: str) -> ManjuError:
    """What a user is told who opens this database."""
    database = Database(url)
    with pytest.raises(ManjuError) as caught:
        await database.migrate()
    await database.close()
    assert "\n" not in str(caught.value) and caught.value.hint
    return caught.value


async def test_the_url_as_other_programs_write_it(url: str) -> None:
    for form in ("postgres://", "postgresql://"):
        database = Database(url.replace("postgresql+asyncpg://", form) + "&sslmode=disable")
        await database.migrate()
        async with database.read() as session:
            assert await session.scalar(select(Account.id)) == "local"
        await database.close()


async def test_it_is_set_up_to_survive(postgres: Server, url: str) -> None:
    """Whatever else the database is set to."""
    for careless in ("synchronous_commit TO off", "default_transaction_isolation TO 'read uncommitted'"):
        postgres.run(f"ALTER DATABASE {name_of(url)} SET {careless}")
    database = Database(url)
    await database.migrate()
    shown = ("synchronous_commit", "transaction_isolation")
    async with database.write() as session:
        assert [await session.scalar(text(f"SHOW {name}")) for name in shown] == ["on", "read committed"]
    async with database.read() as session:
        assert await session.scalar(text("SHOW transaction_isolation")) == "repeatable read"
    settled = Statement(text("SHOW synchronous_commit"))
    assert await database.batch(lambda batch: batch.rows(settled, {})) == [("on",)]
    assert await database.batch(lambda batch: batch.rows(settled, {}), lasting=False) == [("off",)]
    await database.close()


async def test_a_server_that_is_not_there(postgres: Server, tmp_path: Path) -> None:
    for host, why in (
        (tmp_path, "No such file or directory"),
        ("127.0.0.1:1", "Connection refused"),
        ("no-such-host.invalid:5432", ""),
    ):
        error = await refused(f"postgresql://me:secret@/film?host={host}")
        assert "cannot be reached: " + why in str(error) and "secret" not in str(error) + error.hint
        assert error.retryable and "MANJU_DATABASE" in error.hint


async def test_a_wrong_password(postgres: Server) -> None:
    error = await refused(postgres.url("postgres", user=LOCKED, password="wrong"))
    assert isinstance(error, InputError) and "refuses the user or the password" in str(error)
    assert "wrong" not in str(error)


async def test_a_database_that_does_not_exist(postgres: Server) -> None:
    error = await refused(postgres.url("nowhere"))
    assert isinstance(error, InputError) and "/nowhere" in str(error) and "does not exist" in str(error)
    assert "createdb" in error.hint


async def test_a_user_who_may_not_make_tables(postgres: Server, url: str) -> None:
    theirs = url.replace("//postgres@", f"//{LOCKED}:{LOCKED}@")
    error = await refused(theirs)
    assert isinstance(error, InputError) and "permission denied" in str(error)


async def test_an_option_that_is_none(url: str) -> None:
    error = await refused(f"{url}&flavour=sweet")
    assert isinstance(error, InputError) and "flavour" in str(error)


async def test_another_programs_database(postgres: Server, url: str) -> None:
    postgres.run("CREATE TABLE songs (id integer)", database=name_of(url))
    assert "another program (tables: songs)" in str(await refused(url))


def test_without_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(InputError, match="driver is not installed: asyncpg") as caught:
        Database("postgresql://localhost/film")
    assert "manju[postgres]" in caught.value.hint


def test_another_driver() -> None:
    with pytest.raises(InputError, match=r"postgresql\+psycopg is not supported"):
        Database("postgresql+psycopg://localhost/film")


async def test_what_does_not_fit(database: Database) -> None:
    for name in ("长" * 201, "a\0b"):
        with pytest.raises(InputError, match="cannot hold it"):
            async with database.write() as session:
                await session.execute(insert(Account).values(id="a", name=name))


async def test_a_writer_that_waits_too_long(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Database(url)
    await first.migrate()
    monkeypatch.setattr("manju.db.session.BUSY_SECONDS", 0.5)
    second = Database(url)
    async with first.write() as session:
        await session.execute(insert(Account).values(id="b", name="b"))
        with pytest.raises(ConflictError, match=r"stayed locked for 0\.5 s") as caught:
            async with second.write() as other:
                await other.execute(insert(Account).values(id="a", name="a"))
    assert caught.value.retryable
    async with second.write() as other:  # and it is none the worse for it
        await other.execute(insert(Account).values(id="a", name="a"))
    await first.close()
    await second.close()


async def test_a_writer_that_stops_half_way_is_ended(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = Database(url)
    await patient.migrate()
    monkeypatch.setattr("manju.db.session.BUSY_SECONDS", 0.5)
    stopped = Database(url)
    monkeypatch.undo()
    with pytest.raises(ManjuError, match=r"connection to .* was lost") as caught:
        async with stopped.write() as session:
            await session.execute(insert(Account).values(id="a", name="half"))
            async with patient.write() as other:  # waits for it
                await other.execute(insert(Account).values(id="a", name="whole"))
            await session.execute(select(Account.id))
    assert caught.value.retryable
    async with stopped.read() as session:  # it has a new connection
        assert await session.scalar(select(Account.name).where(Account.id == "a")) == "whole"
    await stopped.close()
    await patient.close()


async def test_connections_that_were_cut(database: Database, postgres: Server, url: str) -> None:
    """A server that was restarted: what was in work fails, and everything after it is as ever."""
    cut = f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name_of(url)}'"
    with pytest.raises(ManjuError, match="was lost"):
        async with database.write() as session:
            await session.execute(insert(Account).values(id="a", name="a"))
            await asyncio.to_thread(postgres.run, cut)
            await session.execute(insert(Account).values(id="b", name="b"))
    async with database.read() as session:
        assert list(await session.scalars(select(Account.id))) == ["local"]
    await asyncio.to_thread(postgres.run, cut)
    await asyncio.sleep(0.1)  # that takes a moment to be known here
    async with database.write() as session:
        await session.execute(insert(Account).values(id="c", name="c"))


async def test_many_writers_leave_connections_to_the_readers(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.write() as session:
            await session.execute(insert(Account).values(id=str(number), name="x"))

    async with database.write() as session:
        await session.execute(insert(Account).values(id="first", name="x"))
        waiting = [asyncio.create_task(write(number)) for number in range(20)]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(10), database.read() as reader:
            assert list(await reader.scalars(select(Account.id))) == ["local"]
    await asyncio.gather(*waiting)
