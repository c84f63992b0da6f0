"""Artefacts on the local disk. A file appears under its name complete and synced, or not at all.

New files are written in ``.incoming`` at the top of the store, on the same file system as their place, and renamed.
That one folder is all that has to be swept for what a dead process left behind.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from manju.errors import NotFoundError
from manju.media import atomic
from manju.storage.base import check
from manju.storage.folder import explain

INCOMING = ".incoming"


class LocalStorage:
    """A store in a folder, which is made when first written to. Any number of processes may share it."""

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.abspath(root))  # noqa: PTH100  (Path.resolve would follow links)

    async def put(self, data: bytes | Path, key: str) -> None:
        await asyncio.to_thread(self._put, data, key)

    async def read(self, key: str) -> bytes:
        return await asyncio.to_thread(self._read, key)

    async def open(self, key: str) -> BinaryIO:
        with self._found(key) as path:
            return path.open("rb")

    async def path(self, key: str) -> Path:
        path = self._locate(key)
        if not path.is_file():
            raise _missing(key)
        return path

    async def exists(self, key: str) -> bool:
        return self._locate(key).is_file()

    async def aged(self, folder: str, seconds: float) -> list[str]:
        return await asyncio.to_thread(self._aged, folder, time.time() - seconds)

    async def delete(self, key: str) -> None:
        path = self._locate(key)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise explain(error, path) from error

    def sweep(self) -> int:
        """Remove what dead processes left unfinished; called when the program starts. Returns the bytes freed."""
        return atomic.sweep(self._root / INCOMING, None)

    def _locate(self, key: str) -> Path:
        return self._root / check(key)

    def _aged(self, folder: str, before: float) -> list[str]:
        place, found = self._locate(folder), []
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    with suppress(FileNotFoundError):  # another process has removed it
                        if entry.is_file() and entry.stat().st_mtime <= before:
                            found.append(f"{folder}/{entry.name}")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise explain(error, place) from error
        return sorted(found)

    def _read(self, key: str) -> bytes:
        with self._found(key) as path:
            return path.read_bytes()

    def _put(self, data: bytes | Path, key: str) -> None:
        path = self._locate(key)
        if isinstance(data, Path) and not data.is_file():
            raise NotFoundError(f"there is no file {data}", hint="Check the path.")
        if isinstance(data, bytes) and _holds(path, data):
            return
        incoming = self._root / INCOMING
        try:
            incoming.mkdir(parents=True, exist_ok=True)
            with atomic.partial(path, folder=incoming) as new:
                with new.open("xb") as file:
                    if isinstance(data, Path):
                        with data.open("rb") as source:
                            shutil.copyfileobj(source, file, 1 << 20)
                    else:
                        file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                path.parent.mkdir(parents=True, exist_ok=True)
                new.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            raise explain(error, path) from error

    @contextmanager
    def _found(self, key: str) -> Iterator[Path]:
        path = self._locate(key)
        try:
            yield path
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise _missing(key) from error
        except OSError as error:
            if path.is_dir():  # Windows: a folder is refused, not missing
                raise _missing(key) from error
            raise explain(error, path) from error


def _missing(key: str) -> NotFoundError:
    return NotFoundError(f"the artefact {key} is not in the store", hint="Make it again, or put the file back.")


def _holds(path: Path, data: bytes) -> bool:
    """Whether the file is there with these bytes already. Reading is cheaper than a synced write, and Windows does
    not let a file be replaced while somebody reads it."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power failure. Windows has no such call; NTFS keeps renames in its journal."""
    if os.name == "nt":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
