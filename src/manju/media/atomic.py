"""Files of the caches: they appear whole or not at all, and the least recently used go first.

Any number of processes write one cache at once. Each writes to a name of its own, so that none destroys another's
work, and renames it when it is whole. A name tells that a file is unfinished, so that what a killed process left can be
told from what is kept. A file's modification time is when it was last asked for.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PARTIAL = ".partial-"
"""How the names of unfinished files begin."""
LEFTOVER_S = 3600.0
"""An unfinished file that nobody wrote to for so long was left by a process that was killed."""


@contextmanager
def partial(path: Path, *, folder: Path | None = None) -> Iterator[Path]:
    """A name to write to before `publish` gives it to ``path``: in the same folder or in ``folder``, which must be on
    the same disk. Nothing is made, and nothing is left of it at the end of the block."""
    name = f"{PARTIAL}{os.getpid()}-{secrets.token_hex(8)}{path.suffix}"
    unfinished = (folder or path.parent) / name
    try:
        yield unfinished
    finally:
        with suppress(OSError):  # there may be no such folder; what cannot be removed is swept later
            unfinished.unlink(missing_ok=True)


def publish(unfinished: Path, path: Path) -> None:
    """Let a finished file appear as ``path``. One that another process has put there meanwhile is as good.

    Raises:
        OSError: it cannot be renamed.
    """
    try:
        unfinished.replace(path)
    except PermissionError:
        # Windows refuses to replace a file that another process reads; then it is there and finished.
        if not path.is_file():
            raise


def write(path: Path, data: bytes, *, folder: Path | None = None) -> None:
    """Write a whole file by way of `partial`.

    Raises:
        OSError: it cannot be written.
    """
    with partial(path, folder=folder) as unfinished:
        unfinished.write_bytes(data)
        publish(unfinished, path)


def found(path: Path) -> bool:
    """Whether the file is there; if so it counts as used now."""
    try:
        os.utime(path)
    except OSError:  # not there; or another user's, whose files we may only read
        return path.is_file()
    return True


def sweep(folder: Path, limit: int | None) -> int:
    """Remove what killed processes left unfinished below ``folder``; with a ``limit``, also the files not used for the
    longest time until the rest takes at most ``limit`` bytes. Returns the bytes freed. There may be no such folder,
    and other processes may be at work in it."""
    dead = time.time() - LEFTOVER_S
    freed = total = 0
    kept = []
    for place, _, names in os.walk(folder, topdown=False):
        here = Path(place)
        unfinished = any(part.startswith(PARTIAL) for part in here.relative_to(folder).parts)
        abandoned = unfinished and _older(here, dead)  # asked before what is in it goes
        for name in names:
            path = here / name
            try:
                stat = path.lstat()
            except FileNotFoundError:
                continue  # another process removed it
            if not unfinished and not name.startswith(PARTIAL):
                kept.append((stat.st_mtime_ns, path, stat.st_size))
                total += stat.st_size
            elif stat.st_mtime < dead and _remove(path):
                freed += stat.st_size
        if abandoned:
            with suppress(OSError):  # not empty: something in it is new
                here.rmdir()
    if limit is None:
        return freed
    for _, path, size in sorted(kept):
        if total <= limit:
            break
        if _remove(path):
            total -= size
            freed += size
    return freed


def _older(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _remove(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        return False  # another process reads it (Windows), or it is another user's
    return True
