"""The database: one engine, short transactions, migrations at start, and errors that say what to do.

Two kinds of transaction: `Database.read` sees one snapshot and waits for nobody; `Database.write` excludes every other
writer from its first statement on, so that what it checks still holds when it commits: ``BEGIN IMMEDIATE`` on SQLite,
one advisory lock on PostgreSQL. One lock for all cannot be forgotten, dead-locked or taken in the wrong order, and what
is written by the hundred a second is written in groups (`manju.db.group`). Neither transaction may be kept open over a
model call or anything else that takes long. Open one only in a function that is `unbroken`: a cancellation in the
middle of one would keep the database locked.

SQLite runs in WAL mode with ``synchronous=FULL``, PostgreSQL with ``synchronous_commit``. A killed process loses
nothing in any setting (the log is with the operating system), but in a weaker one a power failure may take back the
last commits, and with them the record that a paid call was sent. It would be bought again. One sync a commit is a fair
price.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import URL, Connection, Insert, Table, event, make_url, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from manju.db.faults import explain
from manju.db.migrate import HEAD, current, upgrade
from manju.db.plain import Batch, CoreBatch, SqliteBatch
from manju.db.unbroken import unbroken
from manju.errors import InputError

BUSY_SECONDS = 30.0
"""How long a writer waits for another process's transaction; ours take milliseconds."""
CONNECT_SECONDS = 10.0
"""How long PostgreSQL may take to answer at all."""
CONNECTIONS = 5
"""One writes, the others read. Each SQLite connection is a thread."""
POSTGRESQL = "postgresql+asyncpg"
Session = AsyncSession
"""A transaction in progress, to be handed to the repositories."""
_FIRST = "manju_first"
"""Engine option: the statement that a transaction starts with."""
_EXCLUDE = "SELECT pg_advisory_xact_lock(469786061429)"
"""The key of the lock is "manju"."""
_EXCLUDE_BRIEFLY = f"{_EXCLUDE}, set_config('synchronous_commit', 'off', true)"
T = TypeVar("T")


class Database:
    """One database, by URL: ``sqlite+aiosqlite:///path`` or ``postgresql://user:password@host/database``. Belongs to
    one event loop; `close` it in the end."""

    def __init__(self, url: str | URL) -> None:
        """Nothing is opened yet.

        Raises:
            InputError: not a database's URL, or its driver is not installed.
        """
        hint = "Use postgresql://user:password@host/database, or sqlite+aiosqlite:///path."
        try:
            self._url = _driven(make_url(url))
            self._sqlite = self._url.get_backend_name() == "sqlite"
            self._engine = create_async_engine(
                self._url,
                pool_size=CONNECTIONS,
                max_overflow=0,
                pool_timeout=BUSY_SECONDS * 2,
                pool_use_lifo=True,
                **({"connect_args": {"timeout": BUSY_SECONDS}} if self._sqlite else _postgresql_options()),
            )
        except ModuleNotFoundError as error:
            if error.name == "asyncpg":
                hint = "pip install 'manju[postgres]'"
            raise InputError(f"the database's driver is not installed: {error.name}", hint=hint) from error
        except (ArgumentError, InvalidRequestError, TypeError) as error:
            raise InputError(f"the database URL cannot be used: {error}", hint=hint) from error
        sync = self._engine.sync_engine
        event.listen(sync, "begin", _begin)
        if self._sqlite:
            event.listen(sync, "do_connect", _openable)
            event.listen(sync, "connect", _prepare)
            self._reader = self._engine.execution_options(**{_FIRST: "BEGIN DEFERRED"})
            self._writer = self._engine.execution_options(**{_FIRST: "BEGIN IMMEDIATE"})
        else:
            event.listen(sync, "do_connect", _connect)
            event.listen(sync, "checkout", _still_there)
            self._reader = self._engine.execution_options(isolation_level="REPEATABLE READ")
            self._writer = self._engine.execution_options(**{_FIRST: _EXCLUDE})
        # Queueing here is fair and wakes at once, and those who wait have no connection: readers have them.
        self._turn = asyncio.Lock()
        self._plain: SqliteBatch | None = None
        self._thread = ThreadPoolExecutor(1, "manju-batch")

    @classmethod
    def at(cls, path: Path) -> Database:
        """The SQLite database in a file; `migrate` makes the file and its folder."""
        return cls(URL.create("sqlite+aiosqlite", database=path.as_posix()))  # "?" and "#" in it are just letters

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction that writes: committed at the end of the block, rolled back if it raises.

        Raises:
            ConflictError: another process kept the database locked for `BUSY_SECONDS`.
            ManjuError: the disk is full or read-only, the file is damaged, or the server is gone.
        """
        async with self._turn, self._session(self._writer) as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads, all from one snapshot; what it changes is rolled back.

        Raises:
            ManjuError: the file cannot be read, or the server cannot be reached.
        """
        async with self._session(self._reader) as session:
            yield session

    @unbroken
    async def check(self) -> None:
        """See that it answers.

        Raises:
            ManjuError: it does not.
        """
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def batch(self, work: Callable[[Batch], T], *, lasting: bool = True) -> T:
        """A transaction that writes, of plain statements: ``work`` makes them all, perhaps in another thread; it is
        committed when ``work`` returns, and rolled back if it raises.

        Args:
            lasting: whether a power failure right after the commit must not take it back. A killed process never does.

        Raises:
            as `write`.
        """
        with self._explained():
            if self._sqlite:
                async with self._turn:
                    loop = asyncio.get_running_loop()
                    return await loop.run_in_executor(self._thread, self._in_thread, work, lasting)
            writer = self._writer if lasting else self._writer.execution_options(**{_FIRST: _EXCLUDE_BRIEFLY})
            async with self._turn, writer.begin() as connection:
                return await connection.run_sync(lambda plain: work(CoreBatch(plain)))

    def _in_thread(self, work: Callable[[Batch], T], lasting: bool) -> T:
        try:
            if self._plain is None:
                self._plain = SqliteBatch(Path(self._name()), BUSY_SECONDS)
            self._plain.begin(lasting=lasting)
            try:
                result = work(self._plain)
                self._plain.commit()
                return result
            except BaseException:
                self._plain.roll_back()
                raise
        except sqlite3.Error as error:
            raise DBAPIError("a batch", None, error) from error

    async def migrate(self) -> None:
        """Bring the schema to this program's version, making the file if there is none. Any number of processes may
        do this at once: one works, in one transaction, and the others wait and find it done.

        Raises:
            ManjuError: the database is a newer program's or another program's, or cannot be opened or written.
        """
        with self._explained():
            if self._sqlite:
                self._make_folder()
            async with self._reader.connect() as connection:
                version = await connection.run_sync(current)
                await connection.rollback()
                if self._sqlite:
                    await _use_wal(connection)
            if version == HEAD:
                return
            async with self._writer.begin() as connection:
                await connection.run_sync(upgrade)

    async def close(self) -> None:
        """Close every connection."""
        if self._plain is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._plain.close)
            self._plain = None
        self._thread.shutdown()
        await self._engine.dispose()

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        with self._explained():
            async with AsyncSession(engine, expire_on_commit=False) as session:
                yield session

    def _make_folder(self) -> None:
        folder = Path(self._name()).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            hint = "Choose another data folder with --data."
            raise InputError(f"{folder} cannot be made: {error.strerror}", hint=hint) from error

    def _name(self) -> str:
        """What to call the database in a message; never its password."""
        if self._sqlite:
            return str(self._url.database)
        return self._url.set(drivername="postgresql").render_as_string(hide_password=True)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            explained = explain(error, self._name(), BUSY_SECONDS)
            if explained is None:
                raise
            raise explained from error


def insert_new(session: AsyncSession, table: type[DeclarativeBase]) -> Insert:
    """An INSERT that passes over rows that are there already. Both databases have it, each with a class of its own."""
    rows = cast(Table, table.__table__)
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # with all its types: SQLite's users need not wait for them

        return postgresql.insert(rows).on_conflict_do_nothing()
    return sqlite.insert(rows).on_conflict_do_nothing()


def _driven(url: URL) -> URL:
    """The URL with the driver that we use, and as that wants it; others' tools write ``postgres`` and ``sslmode``."""
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername=POSTGRESQL)
    if url.get_backend_name() == "postgresql" and url.drivername != POSTGRESQL:
        raise ArgumentError(f"{url.drivername} is not supported")
    if "sslmode" in url.query and url.drivername == POSTGRESQL:
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": url.query["sslmode"]})
    return url


def _postgresql_options() -> dict[str, Any]:
    """The engine's."""
    milliseconds = str(int(BUSY_SECONDS * 1000))
    server = {
        "application_name": "manju",
        "synchronous_commit": "on",
        "lock_timeout": milliseconds,
        # A client that stops in the middle of a transaction (a laptop that sleeps, a cut network) may not keep the
        # others waiting for ever: the server ends it.
        "idle_in_transaction_session_timeout": milliseconds,
    }
    return {
        "isolation_level": "READ COMMITTED",  # a writer sees, after its lock, what the one before it has committed
        "connect_args": {"timeout": CONNECT_SECONDS, "server_settings": server},
    }


def _connect(dialect: Any, _record: object, arguments: Any, options: Any) -> object:
    try:
        return dialect.connect(*arguments, **options)
    except TypeError as error:  # something after the URL's "?" that the driver does not know
        hint = "Correct what follows the ? in the database URL."
        raise InputError(f"the database URL cannot be used: {error}", hint=hint) from error
    except OSError as error:  # not the driver's own; a timeout is one too
        raise DBAPIError("connect", None, error) from error


def _still_there(connection: Any, _record: object, _proxy: object) -> None:
    # The server may have been restarted. The driver knows, without asking it, and the pool makes another.
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _openable(_dialect: object, _record: object, arguments: Any, options: Any) -> None:
    # Where the driver cannot open a file, it leaves its thread to itself, which then answers into an event loop that
    # may be closed by that time: a traceback of nobody's. So it is only given files that can be opened.
    sqlite3.connect(*arguments, **options).close()


def _prepare(connection: Any, _: object) -> None:
    # The driver's own idea of when a transaction starts is switched off: `_begin` says it. (It never starts one for
    # SELECT or DDL, so that what was checked could have changed before it was acted on.)
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    first = connection.get_execution_options().get(_FIRST)
    if first:
        connection.exec_driver_sql(first)


async def _use_wal(connection: AsyncConnection) -> None:
    """Switch the file to a write-ahead log, which it stays in. Where a file system cannot do that (some network
    shares), SQLite keeps its rollback journal: slower, and just as safe."""
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    deadline = asyncio.get_running_loop().time() + BUSY_SECONDS
    while True:
        try:
            (mode,) = await (await raw.execute("PRAGMA journal_mode")).fetchone()
            if mode != "wal":
                await raw.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            # The switch needs the file to itself and does not wait for it: another process is just doing the same.
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or asyncio.get_running_loop().time() > deadline:
                raise DBAPIError("PRAGMA journal_mode=WAL", None, error) from error
        await asyncio.sleep(0.02)
