"""The database: one engine, short transactions, migrations at start, and errors that say what to do.

Two kinds of transaction: `Database.read` sees one snapshot and waits for nobody; `Database.write` excludes every other
writer from its first statement on (``BEGIN IMMEDIATE``), so that what it checks still holds when it commits. Neither
may be kept open over a model call or anything else that takes long. Open one only in a function that is `unbroken`:
a cancellation in the middle of one would keep the database locked.

SQLite runs in WAL mode with ``synchronous=FULL``. A killed process loses nothing in either setting (the log is with
the operating system), but in ``NORMAL`` a power failure may take back the last commits, and with them the record that
a paid call was sent. It would be bought again. One sync a commit is a fair price.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import URL, Connection, Insert, Table, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from manju.db.migrate import HEAD, current, upgrade
from manju.db.plain import Batch, CoreBatch, SqliteBatch
from manju.errors import ConflictError, InputError, ManjuError

BUSY_SECONDS = 30.0
"""How long a writer waits for another process's transaction; ours take milliseconds."""
CONNECTIONS = 5
"""Each SQLite connection is a thread; one writes, the others read."""
Session = AsyncSession
"""A transaction in progress, to be handed to the repositories."""
_BEGIN = "manju_begin"
T = TypeVar("T")


class Database:
    """One database, by URL: ``sqlite+aiosqlite:///path`` or ``postgresql+<async driver>://…``. Belongs to one event
    loop; `close` it in the end."""

    def __init__(self, url: str | URL) -> None:
        """Nothing is opened yet.

        Raises:
            InputError: not a database's URL, or its driver is not installed.
        """
        hint = "Use sqlite+aiosqlite:///path, or postgresql+<driver>://… with an async driver installed."
        try:
            self._url = make_url(url)
            self._sqlite = self._url.get_backend_name() == "sqlite"
            self._engine = create_async_engine(
                self._url,
                pool_size=CONNECTIONS,
                max_overflow=0,
                pool_timeout=BUSY_SECONDS * 2,
                pool_use_lifo=True,
                connect_args={"timeout": BUSY_SECONDS} if self._sqlite else {},
            )
        except (ArgumentError, InvalidRequestError, ModuleNotFoundError, TypeError) as error:
            raise InputError(f"the database URL cannot be used: {error}", hint=hint) from error
        if self._sqlite:
            event.listen(self._engine.sync_engine, "do_connect", _openable)
            event.listen(self._engine.sync_engine, "connect", _prepare)
            event.listen(self._engine.sync_engine, "begin", _begin)
        self._writer = self._engine.execution_options(**{_BEGIN: "IMMEDIATE"})
        # SQLite has one writer. Queueing here is fair and wakes at once; its own busy handler sleeps and races.
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if self._sqlite else nullcontext()
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
            ManjuError: the disk is full or read-only, or the file is damaged.
        """
        async with self._turn, self._session(self._writer) as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads, all from one snapshot; what it changes is rolled back.

        Raises:
            ManjuError: the file cannot be read.
        """
        async with self._session(self._engine) as session:
            yield session

    async def batch(self, work: Callable[[Batch], T], *names: str, lasting: bool = True) -> T:
        """A transaction that writes, of plain statements: ``work`` makes them all, perhaps in another thread; it is
        committed when ``work`` returns, and rolled back if it raises.

        Args:
            names: what is locked first (see `lock`).
            lasting: whether a power failure right after the commit must not take it back. A killed process never does.

        Raises:
            as `write`.
        """
        if self._sqlite:
            async with self._turn:
                with self._explained():
                    loop = asyncio.get_running_loop()
                    return await loop.run_in_executor(self._thread, self._in_thread, work, lasting)
        async with self.write() as session:
            await lock(session, *names)
            if not lasting:
                await session.execute(text("SET LOCAL synchronous_commit TO off"))
            connection = await session.connection()
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
            async with self._engine.connect() as connection:
                version = await connection.run_sync(current)
                await connection.rollback()
                if self._sqlite:
                    await _use_wal(connection)
            if version == HEAD:
                return
            async with self._writer.begin() as connection:
                await _lock(connection, "migrate")
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
        return str(self._url.database) if self._sqlite else self._url.render_as_string(hide_password=True)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            explained = _explain(error, self._name())
            if explained is None:
                raise
            raise explained from error


async def lock(session: AsyncSession, *names: str) -> None:
    """Let only one transaction at a time go on from here for each name, until it ends. Rows that are counted or summed
    cannot be locked one by one. SQLite's write transaction excludes everybody already; PostgreSQL takes locks."""
    for name in sorted(names):  # always in one order, so that two transactions cannot wait for each other
        await _lock(await session.connection(), name)


def insert_new(session: AsyncSession, table: type[DeclarativeBase]) -> Insert:
    """An INSERT that passes over rows that are there already. Both databases have it, each with a class of its own."""
    rows = cast(Table, table.__table__)
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(rows).on_conflict_do_nothing()
    return sqlite.insert(rows).on_conflict_do_nothing()


async def _lock(connection: AsyncConnection, name: str) -> None:
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


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
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(_BEGIN, 'DEFERRED')}")


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


def _explain(error: DBAPIError, name: str) -> ManjuError | None:
    """What SQLite's error means to a user; None for an error that is a program's."""
    cause: BaseException | None = error.orig
    while cause is not None and not isinstance(cause, sqlite3.Error):
        cause = cause.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    other = "Choose another data folder with --data."
    match code & 0xFF if isinstance(code, int) else None:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            hint = "Another program holds it; try again."
            return ConflictError(f"{name} stayed locked for {BUSY_SECONDS:g} s", hint=hint, retryable=True)
        case sqlite3.SQLITE_FULL:
            return ManjuError(
                f"the disk is full: {name} was not written", hint="Make room and go on with --resume.", retryable=True
            )
        case sqlite3.SQLITE_READONLY:
            return InputError(f"{name} cannot be written to", hint=f"Allow writing to it and its folder. {other}")
        case sqlite3.SQLITE_CANTOPEN:
            return InputError(f"{name} cannot be opened", hint=f"Check that it is a file you may write to. {other}")
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return InputError(f"{name} is not a database, or is damaged", hint=f"Restore it from a copy. {other}")
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return ManjuError(
                f"{name}: {cause}", hint="Check that the disk works and has room, then try again.", retryable=True
            )
        case _:
            return None
