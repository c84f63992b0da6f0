"""Who is alive."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from manju.errors import InputError
from manju.gateway.presence import Presence
from manju.media.lock import FileLock

ENTER = """
import sys
from pathlib import Path
from manju.gateway.presence import Presence
presence = Presence(Path(sys.argv[1]))
presence.enter()
print(presence.name, flush=True)
sys.stdin.read()
"""


def test_alive_until_gone(tmp_path: Path) -> None:
    one, two = Presence(tmp_path / "g"), Presence(tmp_path / "g")
    one.enter()
    two.enter()
    assert two.alive(one.name)
    assert one.alive(two.name)
    one.leave()
    one.leave()
    assert not two.alive(one.name)
    two.leave()
    assert list((tmp_path / "g").iterdir()) == []


def test_a_killed_process_is_dead_at_once(tmp_path: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", ENTER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    name = other.stdout.readline().strip()
    presence = Presence(tmp_path)
    assert presence.alive(name)
    other.kill()
    other.communicate()
    assert not presence.alive(name)


def test_entering_clears_away_the_dead(tmp_path: Path) -> None:
    (tmp_path / "gateway_0.lock").write_text("1")
    (tmp_path / "notes.txt").touch()
    presence = Presence(tmp_path)
    presence.enter()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"{presence.name}.lock", "notes.txt"])
    presence.leave()


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "g").touch()
    with pytest.raises(InputError, match="in the way"):
        Presence(tmp_path / "g").enter()


def test_entering_while_another_looks_whether_it_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    presence, other = Presence(tmp_path), Presence(tmp_path)
    probe = FileLock.acquire(tmp_path / f"{presence.name}.lock")
    assert probe is not None
    waits = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            probe.release()

    monkeypatch.setattr("manju.gateway.presence.sleep", sleep, raising=False)
    presence.enter()
    assert len(waits) == 3
    assert other.alive(presence.name)
    presence.leave()
    assert not other.alive(presence.name)
