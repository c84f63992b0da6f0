"""The output folder: whole files or none, one command at a time, nothing left over."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from manju.errors import ConflictError, InputError, ManjuError, NotFoundError
from manju.media.lock import FileLock, holder
from manju.storage.folder import FilmFolder, explain, file_name

HOLDER = """
import sys, time
from pathlib import Path
from manju.storage.folder import FilmFolder
folder = FilmFolder(Path(sys.argv[1]))
with folder.lock():
    with folder.partial("film.mp4") as path:
        path.write_bytes(b"half")
        print("held", flush=True)
        time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> FilmFolder:
    return FilmFolder(tmp_path / "film")


def hold(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


class TestFiles:
    def test_write_read_digest(self, folder: FilmFolder) -> None:
        folder.write("shots/01.png", b"picture")
        folder.write("film.srt", "第一句\n")
        assert folder.read("shots/01.png") == b"picture"
        assert folder.digest("film.srt") == hashlib.sha256("第一句\n".encode()).hexdigest()
        assert folder.names() == ["film.srt", "shots/01.png"]
        assert folder.exists("film.srt")
        with pytest.raises(InputError, match="is not a file"):
            folder.exists("shots")

    def test_write_replaces_and_leaves_nothing_else(self, folder: FilmFolder) -> None:
        folder.write("film.srt", "one")
        folder.write("film.srt", "two")
        assert folder.read("film.srt") == b"two"
        assert os.listdir(folder.path) == ["film.srt"]  # noqa: PTH208  (hidden files count)

    def test_place_copies_so_that_an_edit_stays_here(self, folder: FilmFolder, tmp_path: Path) -> None:
        source = tmp_path / "artefact.png"
        source.write_bytes(b"made")
        placed = folder.place("shots/01.png", source)
        with placed.open("r+b") as file:
            file.write(b"edit")
        assert source.read_bytes() == b"made"

    def test_place_of_a_missing_source(self, folder: FilmFolder, tmp_path: Path) -> None:
        with pytest.raises(NotFoundError):
            folder.place("film.mp4", tmp_path / "none.mp4")

    def test_an_error_while_writing_keeps_the_old_file(self, folder: FilmFolder) -> None:
        folder.write("film.mp4", b"old")
        with pytest.raises(ZeroDivisionError), folder.partial("film.mp4") as path:
            path.write_bytes(b"half")
            assert path.suffix == ".mp4"
            raise ZeroDivisionError
        assert folder.read("film.mp4") == b"old"
        assert os.listdir(folder.path) == ["film.mp4"]  # noqa: PTH208

    def test_missing_file(self, folder: FilmFolder) -> None:
        for ask in (folder.read, folder.digest):
            with pytest.raises(NotFoundError, match=r"film\.mp4"):
                ask("film.mp4")
        folder.remove("film.mp4")
        assert folder.names() == []
        assert folder.clean() == []

    def test_remove(self, folder: FilmFolder) -> None:
        folder.write("film.mp4", b"x")
        folder.remove("film.mp4")
        assert not folder.exists("film.mp4")


class TestNames:
    @pytest.mark.parametrize(
        "name",
        ["", ".", "..", "../x", "a/../../x", "/etc/passwd", "C:\\x", "C:x", "a\\b", "a\0b", "a\nb", "x.", "x ", "con",
         "shots/NUL.png", ".manju-lock", ".partial-0123456789abcdef.mp4"],
    )  # fmt: skip
    def test_refused(self, folder: FilmFolder, name: str) -> None:
        with pytest.raises(InputError):
            folder.write(name, b"x")

    @pytest.mark.parametrize("name", ["film.mp4", "characters/林小满.png", "a/b/c.txt", "console.txt", "..x"])
    def test_taken(self, folder: FilmFolder, name: str) -> None:
        assert folder.write(name, b"x").read_bytes() == b"x"

    def test_a_link_that_leads_out(self, folder: FilmFolder, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        folder.path.mkdir()
        (folder.path / "shots").symlink_to(outside, target_is_directory=True)
        with pytest.raises(InputError, match="leads out"):
            folder.write("shots/01.png", b"x")
        assert list(outside.iterdir()) == []

    @pytest.mark.parametrize(
        ("text", "name"),
        [("林小满", "林小满"), ("A/B:C?", "A_B_C_"), ("..", "_"), ("", "_"), ("con", "_con"), (" x. ", "x")],
    )
    def test_from_text(self, text: str, name: str, folder: FilmFolder) -> None:
        assert file_name(text) == name
        assert folder.write(f"characters/{file_name(text)}.png", b"x").exists()

    def test_from_a_long_text(self) -> None:
        assert file_name("满" * 300) == "满" * 40


class TestUnusable:
    def test_the_folder_is_a_file(self, folder: FilmFolder) -> None:
        folder.path.write_text("x")
        with pytest.raises(InputError, match="in the way"), folder.lock():
            pass
        with pytest.raises(InputError, match="in the way"):
            folder.write("film.mp4", b"x")

    def test_a_folder_where_the_file_goes(self, folder: FilmFolder) -> None:
        (folder.path / "film.mp4").mkdir(parents=True)
        with pytest.raises(InputError, match="in the way"):
            folder.write("film.mp4", b"x")
        assert folder.names() == []
        assert [path.name for path in folder.path.iterdir()] == ["film.mp4"]

    @pytest.mark.skipif(
        sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows ignore a folder's write permission"
    )
    def test_read_only_folder(self, folder: FilmFolder) -> None:
        folder.path.mkdir(mode=0o500)
        with pytest.raises(InputError, match="cannot be written"), folder.lock():
            pass

    @pytest.mark.parametrize(
        ("number", "kind", "words"),
        [
            (errno.ENOSPC, ManjuError, "disk is full"),
            (errno.EACCES, InputError, "cannot be written"),
            (errno.EROFS, InputError, "cannot be written"),
            (errno.EIO, ManjuError, "Input/output error"),
        ],
    )
    def test_explained(self, number: int, kind: type[ManjuError], words: str, tmp_path: Path) -> None:
        error = explain(OSError(number, os.strerror(number)), tmp_path)
        assert type(error) is kind
        assert words in error.message
        assert error.hint

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
    def test_full_disk(self, folder: FilmFolder) -> None:
        with (
            pytest.raises(ManjuError, match="disk is full") as caught,
            folder.partial("film.mp4"),
            open("/dev/full", "wb", buffering=0) as full,  # noqa: PTH123
        ):
            full.write(b"x")
        assert caught.value.retryable
        assert folder.names() == []


class TestLock:
    def test_nothing_is_left_over(self, folder: FilmFolder) -> None:
        folder.path.mkdir()
        with folder.lock():
            folder.write("film.mp4", b"x")
        assert os.listdir(folder.path) == ["film.mp4"]  # noqa: PTH208

    def test_a_folder_made_for_nothing_goes_again(self, folder: FilmFolder) -> None:
        with pytest.raises(ZeroDivisionError), folder.lock():
            raise ZeroDivisionError
        assert not folder.path.exists()

    def test_an_empty_folder_of_the_users_stays(self, folder: FilmFolder) -> None:
        folder.path.mkdir()
        with folder.lock():
            pass
        assert folder.path.is_dir()

    def test_twice_in_one_process(self, folder: FilmFolder) -> None:
        with (
            folder.lock(),
            pytest.raises(ConflictError, match=f"process {os.getpid()}"),
            FilmFolder(folder.path).lock(),
        ):
            pass
        with folder.lock():
            pass

    def test_another_process_holds_it_and_is_named(self, folder: FilmFolder) -> None:
        process = hold(folder.path)
        try:
            with pytest.raises(ConflictError, match=f"process {process.pid}") as caught, folder.lock():
                pass
            assert caught.value.hint
        finally:
            kill(process)

    def test_after_a_kill_the_lock_is_free_and_the_rest_is_swept(self, folder: FilmFolder) -> None:
        kill(hold(folder.path))
        assert len(list(folder.path.iterdir())) == 2, "the lock file and half a film"
        with folder.lock():
            removed = folder.clean()
        assert len(removed) == 1
        assert removed[0].startswith(".partial-")
        assert list(folder.path.iterdir()) == []

    def test_clean_finds_what_a_killed_muxer_left_beside_a_film(self, folder: FilmFolder) -> None:
        folder.write("deliver/douyin/film.mp4", b"x")
        left = folder.path / "deliver/douyin/.partial-0123456789abcdef.mp4"
        left.write_bytes(b"half")
        assert folder.clean() == ["deliver/douyin/.partial-0123456789abcdef.mp4"]
        assert not left.exists() and folder.exists("deliver/douyin/film.mp4")

    def test_prune_removes_what_holds_nothing(self, folder: FilmFolder) -> None:
        folder.write("deliver/douyin/film.mp4", b"x")
        folder.write("deliver/bilibili/film.mp4", b"x")
        folder.remove("deliver/bilibili/film.mp4")
        folder.prune("deliver")
        assert [path.name for path in (folder.path / "deliver").iterdir()] == ["douyin"]
        folder.remove("deliver/douyin/film.mp4")
        folder.prune("deliver")
        folder.prune("deliver")
        assert list(folder.path.iterdir()) == []

    def test_clean_takes_only_what_is_ours(self, folder: FilmFolder) -> None:
        folder.write("film.mp4", b"x")
        (folder.path / ".partial-notes.txt").write_text("a user's own")
        assert folder.clean() == []

    @pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="fork is POSIX")
    def test_child_processes_do_not_keep_it(self, folder: FilmFolder) -> None:
        with folder.lock():
            child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        try:
            with folder.lock():
                pass
        finally:
            child.communicate(b"\n")

    def test_many_processes_one_at_a_time(self, tmp_path: Path) -> None:
        """Everybody appends under the lock, read-modify-write: a lost update would show two holders at once."""
        script = """
import sys, time
from pathlib import Path
from manju.media.lock import FileLock
lock, tally = Path(sys.argv[1]), Path(sys.argv[2])
for _ in range(40):
    while (held := FileLock.acquire(lock)) is None:
        time.sleep(0.0005)
    count = int(tally.read_text())
    tally.write_text(str(count + 1))
    held.release()
"""
        tally = tmp_path / "tally"
        tally.write_text("0")
        argv = [sys.executable, "-c", script, str(tmp_path / "lock"), str(tally)]
        processes = [subprocess.Popen(argv) for _ in range(3)]
        assert [process.wait() for process in processes] == [0, 0, 0]
        assert tally.read_text() == "120"
        assert not (tmp_path / "lock").exists()

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let a held lock file be removed")
    def test_a_lock_file_that_somebody_removed(self, tmp_path: Path) -> None:
        path = tmp_path / "lock"
        first = FileLock.acquire(path)
        path.unlink()
        second = FileLock.acquire(path)
        assert first is not None
        assert second is not None
        first.release()
        assert FileLock.acquire(path) is None, "the first let go of its own, not of the second's"
        second.release()
        assert not path.exists()

    def test_holder(self, tmp_path: Path) -> None:
        path = tmp_path / "lock"
        assert holder(path) is None
        lock = FileLock.acquire(path)
        assert lock is not None
        assert holder(path) == os.getpid()
        lock.release()
        lock.release()
        assert holder(path) is None
        shutil.rmtree(tmp_path)
        with pytest.raises(FileNotFoundError):
            FileLock.acquire(path)
