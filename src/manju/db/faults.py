"""What a database's error means to its user, and what to do now."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from manju.errors import ConflictError, FieldError, InputError, ManjuError

_FOLDER = "Choose another data folder with --data."
_SETTING = "Check the setting 'database' (MANJU_DATABASE)."


def explain(error: DBAPIError, name: str, waited: float) -> ManjuError | None:
    """An error of the database ``name`` for a user; None for one that is a program's. ``waited`` says how long (in
    seconds) a writer waits for another. Where the database is, and as whom it is spoken to, is nobody else's business:
    only a value that it cannot hold is told to whoever sent it."""
    found = _explained(error, name, waited)
    if found is not None:
        found.private = not isinstance(found, FieldError)
    return found


def _explained(error: DBAPIError, name: str, waited: float) -> ManjuError | None:
    for cause in _causes(error):
        if isinstance(cause, sqlite3.Error):
            return _sqlite(cause, name, waited)
        state = getattr(cause, "sqlstate", None)
        if isinstance(state, str):
            return _postgresql(state, str(cause), name, waited)
        if isinstance(cause, TimeoutError):
            return _unreachable(name, "no answer")
        if isinstance(cause, OSError):
            number = cause.errno or 0  # below zero: of the name look-up, which says it in words
            return _unreachable(name, os.strerror(number) if number > 0 else str(cause))
    return _lost(name) if error.connection_invalidated else None


def _causes(error: DBAPIError) -> Iterator[BaseException]:
    cause: BaseException | None = error.orig
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _sqlite(cause: sqlite3.Error, name: str, waited: float) -> ManjuError | None:
    code = getattr(cause, "sqlite_errorcode", None)
    match code & 0xFF if isinstance(code, int) else None:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _locked(name, waited)
        case sqlite3.SQLITE_FULL:
            return _full(name)
        case sqlite3.SQLITE_READONLY:
            return InputError(f"{name} cannot be written to", hint=f"Allow writing to it and its folder. {_FOLDER}")
        case sqlite3.SQLITE_CANTOPEN:
            return InputError(f"{name} cannot be opened", hint=f"Check that it is a file you may write to. {_FOLDER}")
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return InputError(f"{name} is not a database, or is damaged", hint=f"Restore it from a copy. {_FOLDER}")
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return ManjuError(
                f"{name}: {cause}", hint="Check that the disk works and has room, then try again.", retryable=True
            )
        case _:
            return None


def _postgresql(state: str, said: str, name: str, waited: float) -> ManjuError | None:
    """By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html"""
    match state:
        case "28P01" | "28000":
            return InputError(f"{name} refuses the user or the password", hint=_SETTING)
        case "3D000":
            return InputError(f"{name} does not exist", hint=f"Make it with createdb. {_SETTING}")
        case "42501":
            return InputError(f"{name} does not allow it: {said}", hint="Make its user the database's owner.")
        case "25006":
            return InputError(f"{name} cannot be written to: {said}", hint=f"Use the primary server. {_SETTING}")
        case "53100":
            return _full(name)
        case "53300":
            return ManjuError(
                f"{name} takes no more connections", hint="Raise its max_connections, or try again.", retryable=True
            )
        case "55P03":
            return _locked(name, waited)
        case "40001" | "40P01":
            return ConflictError(f"{name}: {said}", hint="Try again.", retryable=True)
        case "57P03":
            return ManjuError(f"{name} is starting or stopping: {said}", hint="Try again.", retryable=True)
        case "25P03" | "57P01" | "57P02" | "57P05":
            return _lost(name)
    match state[:2]:
        case "08":
            return _lost(name)
        case "22":
            return FieldError(
                f"the database cannot hold it: {said}", hint="Use shorter names, and no control characters."
            )
        case _:
            return None


def _locked(name: str, waited: float) -> ManjuError:
    hint = "Another program holds it; try again."
    return ConflictError(f"{name} stayed locked for {waited:g} s", hint=hint, retryable=True)


def _full(name: str) -> ManjuError:
    hint = "Make room and go on with --resume."
    return ManjuError(f"the disk is full: {name} was not written", hint=hint, retryable=True)


def _unreachable(name: str, why: str) -> ManjuError:
    return ManjuError(f"{name} cannot be reached: {why}", hint=f"See that it runs. {_SETTING}", retryable=True)


def _lost(name: str) -> ManjuError:
    return ManjuError(f"the connection to {name} was lost", hint="See that it runs, and try again.", retryable=True)
