"""kill -9 at any instant, then --resume: the same film, byte for byte; finished work is not done again."""

import json
import random
import time
from pathlib import Path

import pytest
from program import SMALL, Program, contents

TOPIC = ("make", "小猫的冒险", "--seconds", "10", "--out", "film", *SMALL)


def is_temporary(path: Path) -> bool:
    return path.name.startswith((".partial-", "tmp"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    program = Program(tmp_path_factory.mktemp("undisturbed"))
    began = time.monotonic()
    program.run(*TOPIC)
    return contents(program.root / "film"), time.monotonic() - began


@pytest.mark.parametrize("seed", range(6))
def test_killed_and_resumed_is_the_same_film(program, undisturbed, seed):
    wanted, seconds = undisturbed
    temporary = program.root / "tmp"
    temporary.mkdir()
    program.environment["TMPDIR"] = str(temporary)
    chance = random.Random(seed)
    for _ in range(2):
        program.kill_after(chance.uniform(0.1, seconds), *TOPIC, "--resume")
    done = program.run(*TOPIC, "--resume", "--json")
    folder = program.root / "film"
    assert contents(folder) == wanted
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    assert not [path for place in (program.data, temporary) for path in place.rglob("*") if is_temporary(path)]
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert {call["take"] for call in manifest["calls"]} == {1}
    assert done.events[-1]["event"] == "result"


def test_resuming_a_finished_film_does_nothing_again(program, undisturbed):
    wanted, _ = undisturbed
    program.run(*TOPIC)
    manifest = json.loads((program.root / "film/manifest.json").read_text("utf-8"))
    program.run(*TOPIC, "--resume")
    assert contents(program.root / "film") == wanted
    # What the manifest tells of the making (times, calls) stays as it was.
    assert json.loads((program.root / "film/manifest.json").read_text("utf-8")) == manifest
