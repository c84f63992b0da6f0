"""The output folder of a film: whole files or none, one command at a time, nothing left over.

A file is written under a partial name (at the top of the folder; a film beside its own place) and renamed when it is
complete, so that whoever looks sees the old file or the new one. A killed run leaves partial files at most;
`FilmFolder.clean` removes them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from manju.errors import ConflictError, InputError, ManjuError, NotFoundError
from manju.media.lock import FileLock, holder

PARTIAL = re.compile(r"\.partial-[0-9a-f]{16}(\.[^.]+)?")
"""Names of unfinished files; the target's suffix is kept because encoders look at it."""
LOCK = ".manju-lock"
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f\ud800-\udfff]')
"""Characters that some file system refuses (Windows has the longest list), and those of names that are no text: a film
folder must be portable."""
DEVICES = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""
LONGEST = 120
"""Bytes of a name made from a user's text: file systems take 255, and an ending must fit too."""


def file_name(text: str) -> str:
    """A portable file name (no suffix) from any text, a character's name for example; Chinese stays as it is."""
    name = FORBIDDEN.sub("_", text.replace("/", "_")).strip(" .")
    name = name.encode()[:LONGEST].decode("utf-8", "ignore").strip(" .")
    return f"_{name}" if not name or DEVICES.fullmatch(name) else name


class FilmFolder:
    """The user's output folder. Names are relative, with ``/`` between parts, and never lead out of it; subfolders
    are made when a file is written there.

    Every method raises ManjuErrors only: InputError for a folder that cannot be used, ManjuError (retryable) when the
    disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  (Path.resolve would follow links)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep the folder to this process while a command works in it; it is made if it does not exist, and removed
        again if the command leaves it empty.

        Raises:
            ConflictError: another command works here; the message names its process.
            InputError: the folder cannot be made or written to.
        """
        made = not self.path.exists()
        make_folder(self.path)
        file = self.path / LOCK
        with _explained(self.path):
            lock = FileLock.acquire(file)
        if lock is None:
            pid = holder(file)
            raise ConflictError(
                f"another manju command{f' (process {pid})' if pid else ''} is working in {self.path}",
                hint="Wait until it is done, or choose another folder with --out.",
            )
        try:
            yield
        finally:
            lock.release()
            if made:
                with suppress(OSError):  # not empty: what is in it is wanted
                    self.path.rmdir()

    def write(self, name: str, data: bytes | str) -> Path:
        """Put ``data`` (text as UTF-8) under ``name``, whole or not at all."""
        with self.partial(name) as path:
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        return self.locate(name)

    def place(self, name: str, source: Path) -> Path:
        """Put a copy of the file ``source`` under ``name``. Never a hard link: the files here are for editing, and an
        edit must not reach into the artefact store.

        Raises:
            NotFoundError: there is no ``source``.
        """
        if not source.is_file():
            raise NotFoundError(f"no file {source}")
        with self.partial(name) as path:
            shutil.copyfile(source, path)
        return self.locate(name)

    @contextmanager
    def partial(self, name: str) -> Iterator[Path]:
        """A path to write to; what is there when the block ends becomes ``name``, and an error removes it."""
        target = self.locate(name)
        make_folder(target.parent)
        path = self.path / f".partial-{secrets.token_hex(8)}{target.suffix}"
        try:
            with _explained(target):
                yield path
                path.replace(target)
        finally:
            with suppress(OSError):  # already renamed; what cannot be removed now, `clean` removes
                path.unlink(missing_ok=True)

    def read(self, name: str) -> bytes:
        """Content of a file.

        Raises:
            NotFoundError: it does not exist.
        """
        path = self.locate(name)
        with _explained(path):
            return path.read_bytes()

    def exists(self, name: str) -> bool:
        """Whether there is a file.

        Raises:
            InputError: something else is in its place (a folder, a pipe, a link to nothing), which is not replaced.
        """
        path = self.locate(name)
        if path.is_file():
            return True
        if os.path.lexists(path):
            raise InputError(f"{path} is not a file", hint="Remove it, or put a file in its place.")
        return False

    def set_aside(self, name: str) -> str:
        """Move a person's file out of the film's way, below ``replaced/``. Returns its new name."""
        path, number = self.locate(name), 1
        while True:
            new = f"replaced/{name}" if number == 1 else f"replaced/{number}/{name}"
            target = self.locate(new)
            if not os.path.lexists(target):
                make_folder(target.parent)
                with _explained(target):
                    path.rename(target)
                return new
            number += 1

    def digest(self, name: str) -> str:
        """Hex SHA-256 of a file.

        Raises:
            NotFoundError: it does not exist.
        """
        path = self.locate(name)
        with _explained(path), path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def remove(self, name: str) -> None:
        """Remove a file; a missing one is no error."""
        path = self.locate(name)
        with _explained(path):
            path.unlink(missing_ok=True)

    def prune(self, name: str) -> None:
        """Remove the subfolders of the subfolder ``name`` that hold nothing, and itself if that leaves it empty."""
        top = self.locate(name)
        for place, _, _ in os.walk(top, topdown=False):
            with suppress(OSError):  # not empty: what is in it is wanted
                Path(place).rmdir()

    def clean(self) -> list[str]:
        """Remove what a killed run left unfinished. Call it under `lock`. Returns the names removed, sorted."""
        if not self.path.is_dir():
            return []
        with _explained(self.path):
            left = sorted(path for path in self.path.rglob(".partial-*") if PARTIAL.fullmatch(path.name))
            for path in left:
                path.unlink()
        return [path.relative_to(self.path).as_posix() for path in left]

    def names(self) -> list[str]:
        """Every finished file here, sorted; neither hidden files nor a person's whose names some system could not
        store."""
        if not self.path.is_dir():
            return []
        with _explained(self.path):
            inside = (path.relative_to(self.path) for path in self.path.rglob("*") if path.is_file())
            shown = (path for path in inside if not any(part.startswith(".") for part in path.parts))
            return sorted(path.as_posix() for path in shown if _portable(path.parts))

    def locate(self, name: str) -> Path:
        """Where the file ``name`` is or would be.

        Raises:
            InputError: the name leads out of the folder, or some system could not store it.
        """
        parts = PurePosixPath(name).parts
        if not _portable(parts) or parts[0] == LOCK or PARTIAL.fullmatch(parts[0]):
            raise InputError(f"{name!r} cannot name a file of the film", hint="Use a plain relative name.")
        path = self.path.joinpath(*parts)
        if not path.parent.resolve().is_relative_to(self.path.resolve()):
            raise InputError(f"{name!r} leads out of {self.path}", hint="Replace the link in it by a real folder.")
        return path


def _portable(parts: tuple[str, ...]) -> bool:
    """Whether every system could store a file under these parts, and below the folder."""
    return bool(parts) and not any(
        part in ("..", "/") or FORBIDDEN.search(part) or part[-1] in " ." or DEVICES.fullmatch(part) for part in parts
    )


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, where they are missing.

    Raises:
        InputError: it cannot be made there.
        ManjuError: the disk is full.
    """
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    except FileNotFoundError as error:  # the system keeps the place to itself (/proc), or a link leads nowhere
        raise InputError(f"no folder can be made at {path}", hint="Choose another folder.") from error
    except OSError as error:
        raise explain(error, path) from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise explain(error, path) from error


def explain(error: OSError, path: Path) -> ManjuError:
    """What an operating system's error about ``path`` means to a user, and what to do about it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "Make room and go on with --resume."
        return ManjuError(f"the disk is full: {path} was not written", hint=hint, retryable=True)
    if isinstance(error, FileNotFoundError):
        return NotFoundError(f"no file {path}", hint="Make the film again, or put the file back.")
    if isinstance(error, FileExistsError | NotADirectoryError):
        return InputError(f"{path} is in the way: a file where a folder is needed", hint="Choose another folder.")
    if isinstance(error, IsADirectoryError):
        return InputError(f"{path} is in the way: a folder where a file is needed", hint="Choose another folder.")
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return InputError(f"{path} cannot be written to or read", hint="Choose another folder, or allow access to it.")
    return ManjuError(f"{path}: {error.strerror or error}", hint="Check the disk and try again.", retryable=True)
