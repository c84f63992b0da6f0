"""Files of the caches: whole or not at all, and what `sweep` removes and keeps."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from manju.media.atomic import PARTIAL, found, partial, publish, sweep, write

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


def test_only_old_leftovers_go_without_a_limit(tmp_path: Path) -> None:
    kept = [
        place(tmp_path / "a" / "old.ttf", 10, OLD),
        place(tmp_path / "a" / f"{PARTIAL}new", 10, time.time()),
        place(tmp_path / f"{PARTIAL}mixed" / "new", 10, time.time()),
    ]
    place(tmp_path / f"{PARTIAL}old.m4a", 1, OLD)
    place(tmp_path / "a" / f"{PARTIAL}old", 2, OLD)
    place(tmp_path / f"{PARTIAL}mixed" / "old", 4, OLD)
    gone = place(tmp_path / f"{PARTIAL}drawing" / "0.ass", 8, OLD).parent
    os.utime(gone, (OLD, OLD))
    assert sweep(tmp_path, None) == 15
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)
    assert not gone.exists()


def test_the_least_recently_used_go_until_the_rest_fits(tmp_path: Path) -> None:
    files = [place(tmp_path / str(number) / "file", 10, OLD + number) for number in range(4)]
    assert sweep(tmp_path, 40) == 0
    assert found(files[0])
    assert sweep(tmp_path, 29) == 20
    assert [path.exists() for path in files] == [True, False, False, True]
    assert sweep(tmp_path, 0) == 20


def test_there_may_be_no_such_folder(tmp_path: Path) -> None:
    assert sweep(tmp_path / "none", 0) == 0
