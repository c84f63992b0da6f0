"""Leases: who executes a run now, on this machine. A lease ends with the process that holds it, kill -9 included.

The folder of leases has an identity of its own. It stands in a run's ``owner``, and so tells the runs that these
leases can speak for from those of another machine on the same database.
"""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

from manju.domain.ids import new_id
from manju.errors import InputError
from manju.media.lock import FileLock, holder
from manju.storage.folder import explain

IDENTITY = "identity"
RUN_ID = re.compile(r"[a-z0-9_-]{1,40}")


class Lease:
    """The right to execute a run, held by this process until `release`."""

    def __init__(self, run_id: str, lock: FileLock) -> None:
        self.run_id = run_id
        self._lock = lock

    def release(self) -> None:
        """Give it back. Does nothing the second time."""
        self._lock.release()


class Leases:
    """The leases under a folder; every engine that shares a machine and a database must share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._identity = ""

    @property
    def identity(self) -> str:
        """Name of this folder of leases, made when first asked for and kept in it.

        Raises:
            InputError: the folder cannot be written to, or the file in it is not ours.
        """
        with self._guard:
            if not self._identity:
                self._identity = self._read_identity()
            return self._identity

    @property
    def identity_file(self) -> Path:
        """Where the identity is kept."""
        return self._folder / IDENTITY

    def acquire(self, run_id: str) -> Lease | None:
        """The lease of a run, or None while a living process (this one included) holds it."""
        path = self._path(run_id)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock.acquire(path)
        except OSError as error:
            raise explain(error, path) from error
        return None if lock is None else Lease(run_id, lock)

    def owner(self, run_id: str) -> int | None:
        """Process id of the holder after `acquire` gave None; None if it cannot be told (it is just starting)."""
        return holder(self._path(run_id))

    def _path(self, run_id: str) -> Path:
        if not RUN_ID.fullmatch(run_id):
            raise InputError(f"{run_id!r} is not a run's id", hint="Copy it from 'manju runs' or the manifest.")
        return self._folder / f"{run_id}.lock"

    def _read_identity(self) -> str:
        path = self.identity_file
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            while not path.exists():
                lock = FileLock.acquire(path.with_suffix(".lock"))
                if lock is None:  # another process is making it
                    time.sleep(0.01)
                    continue
                try:
                    if not path.exists():
                        new = path.with_suffix(".new")
                        new.write_text(new_id("here"), "ascii")
                        new.replace(path)
                finally:
                    lock.release()
            text = path.read_text("ascii", "replace")
        except OSError as error:
            raise explain(error, path) from error
        if not RUN_ID.fullmatch(text):
            raise InputError(f"{path} is damaged", hint="Remove it while no manju is running.")
        return text
