"""Leases: held by one living process, gone with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from manju.domain.ids import new_id
from manju.errors import InputError
from manju.runs.leases import Leases

HOLDER = """
import sys
from pathlib import Path
from manju.runs.leases import Leases
leases = Leases(Path(sys.argv[1]))
print(leases.acquire(sys.argv[2]) is not None, leases.identity, flush=True)
sys.stdin.read()
"""


def start(folder: Path, run_id: str) -> subprocess.Popen[str]:
    """Tries to take the lease, says how it went, and lives until its input ends."""
    argv = [sys.executable, "-c", HOLDER, str(folder), run_id]
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    leases, run, other = Leases(tmp_path / "leases"), new_id("run"), new_id("run")
    lease = leases.acquire(run)
    assert lease is not None
    assert leases.acquire(run) is None
    assert Leases(tmp_path / "leases").acquire(run) is None
    assert leases.owner(run) == os.getpid()
    second = leases.acquire(other)
    assert second is not None, "another run is another lease"
    lease.release()
    lease.release()
    again = leases.acquire(run)
    assert again is not None
    again.release()
    second.release()
    assert [path.name for path in (tmp_path / "leases").iterdir()] == []


def test_gone_with_its_process(tmp_path: Path) -> None:
    leases, run = Leases(tmp_path), new_id("run")
    process = start(tmp_path, run)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("True")
        assert leases.acquire(run) is None
        assert leases.owner(run) == process.pid
    finally:
        process.kill()
        process.communicate()
    assert leases.acquire(run) is not None


def test_of_many_processes_one_gets_it_and_all_know_the_same_identity(tmp_path: Path) -> None:
    run = new_id("run")
    processes = [start(tmp_path, run) for _ in range(4)]
    lines = [process.stdout.readline().split() for process in processes if process.stdout]
    for process in processes:
        process.communicate()
    assert sorted(line[0] for line in lines) == ["False", "False", "False", "True"]
    assert {line[1] for line in lines} == {Leases(tmp_path).identity}


def test_identity_is_kept_and_differs_between_folders(tmp_path: Path) -> None:
    first = Leases(tmp_path / "a").identity
    assert Leases(tmp_path / "a").identity == first
    assert Leases(tmp_path / "b").identity != first


def test_a_damaged_identity_is_reported(tmp_path: Path) -> None:
    (tmp_path / "identity").write_text("")
    with pytest.raises(InputError, match="damaged"):
        _ = Leases(tmp_path).identity


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", "A", "x" * 41])
def test_odd_run_ids(tmp_path: Path, run_id: str) -> None:
    with pytest.raises(InputError):
        Leases(tmp_path).acquire(run_id)


def test_a_file_where_the_folder_goes(tmp_path: Path) -> None:
    (tmp_path / "leases").write_text("x")
    with pytest.raises(InputError, match="in the way"):
        Leases(tmp_path / "leases").acquire(new_id("run"))
