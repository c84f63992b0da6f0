"""A lock that dies with its process: the operating system's lock on a small file, on POSIX and on Windows.

The file tells the holder's process id to those who find it locked. It is removed when the lock is let go; one left
over by a killed process is taken over like any other.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

from manju.errors import InputError

if sys.platform == "win32":
    import msvcrt

    _BYTE = 1 << 30  # far behind the text: Windows forbids others to read a locked byte

    def _try_lock(fd: int) -> None:
        os.lseek(fd, _BYTE, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


class FileLock:
    """A lock that this process holds. Make one with `acquire`; let go with `release` or the end of the process."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self._fd: int | None = fd

    @classmethod
    def acquire(cls, path: Path) -> FileLock | None:
        """The lock on ``path`` (made if need be, its folder must exist), or None while somebody else holds it.

        Raises:
            InputError: the file system has no locks.
            OSError: the file cannot be made.
        """
        while True:
            try:
                fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)  # never inherited by child processes (PEP 446)
            except PermissionError:
                if sys.platform == "win32" and path.exists():
                    return None  # its holder is removing it at this moment
                raise
            try:
                _try_lock(fd)
            except OSError as error:
                os.close(fd)
                if error.errno in _HELD:
                    return None
                if error.errno in _NO_LOCKS:
                    hint = "Choose a folder on a local disk."
                    raise InputError(f"{path.parent} is on a file system without locks", hint=hint) from error
                raise
            if not _same(fd, path):  # its former holder removed the file between our open and our lock
                os.close(fd)
                continue
            lock = cls(path, fd)
            try:
                os.ftruncate(fd, 0)
                os.lseek(fd, 0, os.SEEK_SET)
                os.write(fd, str(os.getpid()).encode())
            except OSError:  # a full disk
                lock.release()
                raise
            return lock

    def release(self) -> None:
        """Let go and remove the file. Does nothing the second time."""
        fd, self._fd = self._fd, None
        if fd is None:
            return
        if sys.platform == "win32":
            os.close(fd)  # an open file cannot be removed on Windows
            with suppress(OSError):  # another process opened it at once: it is theirs now
                self.path.unlink()
        else:
            try:
                # Before the lock is gone, and only our own: if a user removed it, it may be another process's by now.
                if _same(fd, self.path):
                    self.path.unlink()
            finally:
                os.close(fd)


def holder(path: Path) -> int | None:
    """Process id in a lock file, or None if there is no file or its holder has not written it yet."""
    try:
        text = path.read_text("ascii", "replace")
    except (FileNotFoundError, PermissionError):
        return None
    return int(text) if text.isdecimal() else None


def _same(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False
