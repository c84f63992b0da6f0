"""Files of the caches: they appear whole or not at all, and the least recently used go first.

Any number of processes write one cache at once. Each writes to a name of its own, so that none destroys another's
work, and renames it when it is whole. Beside what is unfinished stands a lock that its writer holds: the operating
system drops it when the process ends, kill -9 included, so that what a dead writer left is known at once, and what a
living one writes is left alone however long it takes. A file's modification time is when it was last asked for.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from manju.media.lock import FileLock

PARTIAL = ".partial-"
"""How the names of unfinished files and of temporary folders begin; a word and, but for folders, a suffix follow."""
_LOCK = ".lock"


@contextmanager
def partial(path: Path, *, folder: Path | None = None) -> Iterator[Path]:
    """A name to write to before `publish` gives it to ``path``: in the same folder or in ``folder``, which must be on
    the same disk. There is no such file yet, and nothing is left of it at the end of the block.

    Raises:
        OSError: there is no such folder, or it cannot be written to.
    """
    with _claimed(folder or path.parent) as claimed:
        unfinished = claimed.with_name(claimed.name + path.suffix)
        try:
            yield unfinished
        finally:
            with suppress(OSError):  # what cannot be removed is swept later
                unfinished.unlink(missing_ok=True)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A new folder for temporary files in ``folder``, removed with all that is in it at the end of the block.

    Raises:
        OSError: it cannot be made.
    """
    with _claimed(folder) as claimed:
        claimed.mkdir()
        try:
            yield claimed
        finally:
            shutil.rmtree(claimed, ignore_errors=True)  # what cannot be removed is swept later


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
    """Remove what dead processes left unfinished below ``folder``; with a ``limit``, also the files not used for the
    longest time until the rest takes at most ``limit`` bytes. Returns the bytes freed. There may be no such folder,
    and other processes may be at work in it."""
    freed = total = 0
    kept = []
    for place, folders, names in os.walk(folder):
        here = Path(place)
        unfinished = [name for name in (*folders, *names) if name.startswith(PARTIAL)]
        folders[:] = [name for name in folders if not name.startswith(PARTIAL)]
        for word in sorted({_word(name) for name in unfinished}):
            freed += _bury(here, word, [name for name in unfinished if _word(name) == word])
        for name in names if limit is not None else ():
            path = here / name
            if name.startswith(PARTIAL):
                continue
            with suppress(FileNotFoundError):  # another process removed it
                stat = path.lstat()
                kept.append((stat.st_mtime_ns, path, stat.st_size))
                total += stat.st_size
    if limit is None:
        return freed
    for _, path, size in sorted(kept):
        if total <= limit:
            break
        if _remove(path):
            total -= size
            freed += size
    return freed


@contextmanager
def _claimed(folder: Path) -> Iterator[Path]:
    """A path in ``folder`` that nobody else uses, and that is known to be in use until the end of the block."""
    path = folder / f"{PARTIAL}{secrets.token_hex(8)}"
    while (lock := FileLock.acquire(path.with_name(path.name + _LOCK))) is None:
        time.sleep(0.001)  # somebody who sweeps looks whether we live
    try:
        yield path
    finally:
        lock.release()


def _word(name: str) -> str:
    return name.removeprefix(PARTIAL).partition(".")[0]


def _bury(folder: Path, word: str, names: Collection[str]) -> int:
    """Remove what belongs to one writer, unless it lives. Returns the bytes freed."""
    mark = f"{PARTIAL}{word}{_LOCK}"
    try:
        lock = FileLock.acquire(folder / mark)
    except OSError:
        return 0  # we may only read here: it is for somebody else to remove
    if lock is None:
        return 0
    freed = 0
    try:
        for path in (folder / name for name in names if name != mark):
            inside = [path, *path.rglob("*")]
            with suppress(FileNotFoundError):  # another process swept it
                size = sum(each.lstat().st_size for each in inside if not each.is_dir())
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                elif not _remove(path):
                    continue
                freed += size
    finally:
        lock.release()
    return freed


def _remove(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        return False  # another process reads it (Windows), or it is another user's
    return True
