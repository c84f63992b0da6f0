"""Which gateways are alive. An order in flight is either some living gateway's, or was left by a dead one.

Each gateway holds a lock file for as long as it lives and writes its name on the orders that it works on. The operating
system drops the lock when the process ends, `kill -9` included, and keeps it while the process is stopped or the
machine sleeps. So nobody waits for a heartbeat to run out, and nobody is declared dead who wakes up again later.
One folder serves one database: it must be shared by all who share that.
"""

from __future__ import annotations

from pathlib import Path
from time import sleep

from manju.domain.ids import new_id
from manju.media.lock import FileLock
from manju.storage.folder import explain


class Presence:
    """This gateway's own presence, from `enter` to `leave`, and a view of the others'."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: FileLock | None = None
        self.name = new_id("gateway")
        """Name of this gateway; no other ever has it."""

    def enter(self) -> None:
        """Be alive from now on, and clear away what the dead left in the folder.

        Raises:
            InputError: the folder cannot be written to, or its file system has no locks.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            while (lock := FileLock.acquire(self._path(self.name))) is None:
                # A gateway that is just looking whether we live holds it for an instant, and removes it.
                sleep(0.001)
            self._lock = lock
            for path in sorted(self._folder.glob("gateway_*.lock")):
                self.alive(path.stem)
        except OSError as error:
            raise explain(error, self._folder) from error

    def leave(self) -> None:
        """Be gone. Does nothing the second time."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def alive(self, name: str) -> bool:
        """Whether another gateway still lives. What a dead one left in the folder is removed."""
        try:
            lock = FileLock.acquire(self._path(name))
        except OSError as error:
            raise explain(error, self._folder) from error
        if lock is None:
            return True
        lock.release()
        return False

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"
