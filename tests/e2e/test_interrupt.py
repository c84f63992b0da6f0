"""Ctrl-C at any moment: one message, exit code 130, and a way to go on. It goes to the whole process group, as from a
terminal."""

import json
import os
import shlex
import signal
import subprocess

import pytest
from program import SMALL, Program, contents

MAKE = ("make", "小猫 冒险", "--seconds", "10", "--out", "film", *SMALL)
IMPORT = "import time:"


def interrupted(process: subprocess.Popen, mark: str, times: int = 1) -> str:
    """Send Ctrl-C as soon as the program says ``mark``; what it says then, and before on lines of its own."""
    said = []
    for line in process.stderr:
        said.append(line)
        if mark in line:
            break
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)
    return "".join(line for line in [*said, process.communicate(timeout=60)[1]])


def told(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(IMPORT))


@pytest.mark.parametrize("module", ["typer", "pydantic", "manju.cli.asked", "sqlalchemy", "manju.app"])
def test_while_libraries_are_imported(program, module):
    process = program.start(*MAKE, python=("-X", "importtime"), start_new_session=True)
    said = told(interrupted(process, f" {module}\n"))
    assert process.returncode == 130
    assert said == "manju: stopped\n       Nothing was changed; run the same command again.\n"
    assert not program.data.exists() and not (program.root / "film").exists()


def test_programs_are_told_in_json(program):
    process = program.start(*MAKE, "--json", python=("-X", "importtime"), start_new_session=True)
    for line in process.stderr:
        if "pydantic" in line:
            break
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    (line,) = out.splitlines()
    assert json.loads(line)["error"] == "StoppedError"


@pytest.mark.parametrize(
    ("mark", "times"), [("Script", 1), ("Voice", 2), ("storyboard 1/", 1), ("Render", 2), ("Publish", 1)]
)
def test_at_work_it_says_how_to_go_on(program, mark, times):
    process = program.start(*MAKE, start_new_session=True)
    said = interrupted(process, mark, times)
    assert "Traceback" not in said
    if process.returncode == 0:
        assert mark == "Publish"  # it was done already
        return
    assert process.returncode == 130
    *_, stopped, hint = said.splitlines()
    assert stopped == "manju: stopped; everything finished is kept"
    assert hint.strip().startswith("Go on with: manju make '小猫 冒险' ") and hint.endswith(" --resume")


def test_the_folder_that_was_chosen_is_named(program):
    topic = ("make", "小猫", "--seconds", "6", *SMALL)
    process = program.start(*topic, start_new_session=True)
    hint = interrupted(process, "Voice").splitlines()[-1]
    assert shlex.split(hint)[-3:] == ["--resume", "--out", str(program.root / "films/小猫")]


def test_stopped_and_gone_on_with_it_is_the_same_film(program):
    process = program.start(*MAKE, start_new_session=True)
    interrupted(process, "Storyboard")
    program.run(*MAKE, "--resume")
    other = Program(program.root / "other")
    other.root.mkdir()
    other.run(*MAKE)
    assert contents(program.root / "film") == contents(other.root / "film")
