"""Files of the caches: whole or not at all, and what `sweep` removes and keeps."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from manju.media.atomic import PARTIAL, found, partial, publish, scratch, sweep, write

OLD = time.time() - 3700


def test_a_file_appears_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with partial(path) as one, partial(path) as two:
        assert one != two
        for unfinished in (one, two):
            assert (unfinished.parent, unfinished.name[: len(PARTIAL)]) == (tmp_path, PARTIAL)
            unfinished.write_bytes(b"whole")
            assert path.exists() is (unfinished is two)
            publish(unfinished, path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]
    with pytest.raises(ZeroDivisionError), partial(path) as unfinished:
        unfinished.write_bytes(b"half")
        raise ZeroDivisionError
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"whole"]


def test_losing_the_race_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to replace a file that is open elsewhere."""

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "in use", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        write(tmp_path / "a", b"ours")
    (tmp_path / "a").write_bytes(b"theirs")
    write(tmp_path / "a", b"ours")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"theirs"]


def test_finding_counts_as_using(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert not found(path)
    assert not path.exists()
    path.touch()
    os.utime(path, (1, 1))
    assert found(path)
    assert path.stat().st_mtime > OLD


def place(path: Path, size: int, used: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (used, used))
    return path


WRITER = """
import sys
from pathlib import Path
from manju.media.atomic import partial, scratch
with partial(Path(sys.argv[1]) / "a" / "film.m4a") as unfinished, scratch(Path(sys.argv[1])) as folder:
    unfinished.write_bytes(b"half")
    (folder / "0.ass").write_bytes(b"drawing")
    print("writing", flush=True)
    sys.stdin.read()
"""


def test_what_a_dead_writer_left_goes_and_what_a_living_one_writes_stays(tmp_path: Path) -> None:
    kept = place(tmp_path / "a" / "old.ttf", 10, OLD)
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
    before = sorted(tmp_path.rglob("*"))
    assert len(before) == 2 + 2 * 5  # its file, its folder with what is in it, and a lock for each
    assert sweep(tmp_path, None) == 0
    assert sorted(tmp_path.rglob("*")) == before
    processes[0].kill()
    processes[0].wait()
    assert sweep(tmp_path, None) == len(b"half") + len(b"drawing")
    assert len(list(tmp_path.rglob("*"))) == 2 + 5
    processes[1].communicate(b"")
    assert processes[1].returncode == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept]
    for process in processes:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        process.stdout.close()


def test_scratch_is_gone_with_all_that_is_in_it(tmp_path: Path) -> None:
    with scratch(tmp_path) as folder:
        (folder / "deeper").mkdir()
        (folder / "deeper" / "file").touch()
        assert sweep(tmp_path, 0) == 0
        assert (folder / "deeper" / "file").exists()
    assert list(tmp_path.iterdir()) == []


def test_the_least_recently_used_go_until_the_rest_fits(tmp_path: Path) -> None:
    files = [place(tmp_path / str(number) / "file", 10, OLD + number) for number in range(4)]
    assert sweep(tmp_path, 40) == 0
    assert found(files[0])
    assert sweep(tmp_path, 29) == 20
    assert [path.exists() for path in files] == [True, False, False, True]
    assert sweep(tmp_path, 0) == 20


def test_there_may_be_no_such_folder(tmp_path: Path) -> None:
    assert sweep(tmp_path / "none", 0) == 0
