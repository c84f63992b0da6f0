"""What an artefact store is: bytes under keys, whole or not at all, and one error for what is not there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO, Protocol

from manju.errors import InputError

KEY = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
"""Keys look alike in a file system, a URL and a bucket; no part starts with a dot or leads upwards."""
LONGEST = 200


class Storage(Protocol):
    """Keeps files. Every method raises ManjuErrors only: InputError for a key that is none (see `check`) and for a
    store that cannot be used, ManjuError (``retryable``) when there is no room."""

    async def put(self, data: bytes | Path, key: str) -> None:
        """Keep bytes, or a copy of a file, under ``key``; what was there is replaced. When this returns they survive
        a power failure; if it raises or the process dies, what was there before still is.

        Raises:
            NotFoundError: ``data`` is a path and no file is there.
        """
        ...

    async def read(self, key: str) -> bytes:
        """The bytes under ``key``.

        Raises:
            NotFoundError: there are none.
        """
        ...

    async def open(self, key: str) -> BinaryIO:
        """The same as a seekable file; the caller closes it.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def path(self, key: str) -> Path:
        """A local file with the bytes, for programs that want one. It is for reading only.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def exists(self, key: str) -> bool:
        """Whether there is something under ``key``."""
        ...

    async def aged(self, folder: str, seconds: float) -> list[str]:
        """The keys right below ``folder`` of what was put there at least so long ago, in their order."""
        ...

    async def delete(self, key: str) -> None:
        """Remove what is under ``key``; nothing there is no error."""
        ...


def check(key: str) -> str:
    """``key`` itself if it is one.

    Raises:
        InputError: it is empty, too long, or has characters or parts that not every store can keep.
    """
    if len(key) > LONGEST or not KEY.fullmatch(key):
        hint = "Use letters, digits, '_', '-' and '.', with '/' between parts."
        raise InputError(f"{key[:LONGEST]!r} cannot name an artefact", hint=hint)
    return key


def content_key(sha256: str, suffix: str) -> str:
    """``ab/cd/<sha256>.png``: where content with this digest belongs. Two levels keep folders small."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}{suffix}"
