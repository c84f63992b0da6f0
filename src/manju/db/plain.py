"""Plain statements for what is written by the thousand: no mapper, no session, one transaction for many callers.

On SQLite they run on a connection of their own in one thread (`SqliteBatch`), elsewhere through SQLAlchemy's core
(`CoreBatch`); the statements and the code around them are the same. Get at both by `Database.batch`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.elements import ClauseElement

Values = Mapping[str, Any]
_NAMED = sqlite.dialect(paramstyle="named")


class Statement:
    """One statement, for both. Every value is a named parameter, given each time."""

    def __init__(self, core: Executable) -> None:
        self.core = core

    @cached_property
    def text(self) -> str:
        """As SQLite wants it."""
        assert isinstance(self.core, ClauseElement)
        return str(self.core.compile(dialect=_NAMED))


class Batch(Protocol):
    """A transaction in progress, without ``await``."""

    def rows(self, statement: Statement, values: Values) -> Sequence[Sequence[Any]]:
        """What a query gives. Booleans may come as 0 and 1."""
        ...

    def write(self, statement: Statement, values: Sequence[Values]) -> None:
        """Run a statement once for each of ``values``."""
        ...

    def change(self, statement: Statement, values: Sequence[Values]) -> int:
        """As `write`. Returns how many rows were changed, which may take longer."""
        ...


class SqliteBatch:
    """SQLite without anything in between. Belongs to the thread that makes it."""

    def __init__(self, path: Path, busy_s: float) -> None:
        """
        Raises:
            sqlite3.Error: the file cannot be opened.
        """
        self._connection = sqlite3.connect(path, timeout=busy_s, isolation_level=None)
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._lasting = False
        self._synchronise(lasting=True)

    def begin(self, *, lasting: bool) -> None:
        self._synchronise(lasting=lasting)
        self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()

    def _synchronise(self, *, lasting: bool) -> None:
        if lasting != self._lasting:
            self._connection.execute(f"PRAGMA synchronous={'FULL' if lasting else 'NORMAL'}")
            self._lasting = lasting

    def rows(self, statement: Statement, values: Values) -> Sequence[Sequence[Any]]:
        return self._connection.execute(statement.text, _stored(values)).fetchall()

    def write(self, statement: Statement, values: Sequence[Values]) -> None:
        self.change(statement, values)

    def change(self, statement: Statement, values: Sequence[Values]) -> int:
        return self._connection.executemany(statement.text, map(_stored, values)).rowcount


class CoreBatch:
    """Any database, through SQLAlchemy."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, statement: Statement, values: Values) -> Sequence[Sequence[Any]]:
        return self._connection.execute(statement.core, dict(values)).all()

    def write(self, statement: Statement, values: Sequence[Values]) -> None:
        self._connection.execute(statement.core, [dict(each) for each in values])

    def change(self, statement: Statement, values: Sequence[Values]) -> int:
        # One by one: the driver does not count what many at once have changed.
        return sum(self._connection.execute(statement.core, dict(each)).rowcount for each in values)


def _stored(values: Values) -> dict[str, Any]:
    """Values in the form in which SQLAlchemy's types keep them in SQLite."""
    plain = dict(values)
    for name, value in values.items():
        if isinstance(value, dict | list):
            plain[name] = json.dumps(value)
        elif isinstance(value, datetime):
            plain[name] = value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return plain
