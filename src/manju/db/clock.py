"""Times in the database are UTC. SQLite stores no zone, PostgreSQL does; what comes out here always has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


@overload
def utc(value: datetime) -> datetime: ...
@overload
def utc(value: None) -> None: ...
def utc(value: datetime | None) -> datetime | None:
    """A stored time with its zone."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value
