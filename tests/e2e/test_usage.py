"""Mistakes in a command line: one message, exit code 2, in JSON where it was asked for, and nothing opened for it."""

import json
import sys

import pytest
from program import Program

LATIN_1 = "\x80 is no UTF-8".encode("latin-1")


@pytest.fixture
def desk(program: Program) -> Program:
    """A program in a folder with files that cannot be used."""
    (program.root / "empty.txt").touch()
    (program.root / "broken.json").write_text('{"title": "x",\n "scenes": [}', "utf-8")
    (program.root / "long.txt").write_text("很长的故事。\n" * 200_000, "utf-8")
    (program.root / "bytes.txt").write_bytes(LATIN_1 * 3)
    (program.root / "music.mp3").write_bytes(b"no sound at all")
    (program.root / "taken").touch()
    (program.root / "film").mkdir()
    (program.root / "film/film.mp4").write_bytes(b"somebody's")
    return program


MISTAKES = [
    (("mak", "猫"), "no such command 'mak'"),
    (("make",), "missing argument 'source'"),
    (("make", "猫", "狗"), "unexpected extra argument"),
    (("make", "猫", "--nope"), "--nope"),
    (("make", "猫", "--seconds"), "'--seconds' requires an argument"),
    (("make", "猫", "--seconds", "0"), "'--seconds': it should be greater than or equal to 5"),
    (("make", "猫", "--seconds", "long"), "--seconds"),
    (("make", "猫", "--subtitles", "loud"), "'loud' is not one of"),
    (("make", "猫", "--resume", "--force"), "exclude each other"),
    (("make", "  "), "the topic is empty"),
    (("make", "nowhere.json"), "nowhere.json"),
    (("make", "empty.txt"), "empty.txt is empty"),
    (("make", "broken.json"), "line 2, column 13"),
    (("make", "long.txt"), "2 MB is the most"),
    (("make", "猫", "--ratio", "0:1"), "0:1"),
    (("make", "猫", "--music", "music.mp3"), "music.mp3"),
    (("make", "猫", "--budget", "cheap"), "cheap"),
    (("make", "猫", "--platform", "tv"), "unknown platform 'tv'"),
    (("make", "猫", "--platform", " , "), "--platform names no platform"),
    (("make", "猫", "--no-label"), "--no-label needs a reason"),
    (("make", "猫", "--label-reason", "客户要求"), "--label-reason is for --no-label"),
    (("make", "猫", "--karaoke", "loud"), "unexpected extra argument"),
    (("make", "猫", "--out", "taken"), "in the way"),
    (("make", "猫", "--out", "film"), "film.mp4 already"),
    (("render", "nothing"), "there is no film"),
    (("estimate", "猫", "--fps", "fast"), "fast"),
    (("doctor", "--loud"), "--loud"),
]


@pytest.mark.parametrize(("arguments", "says"), MISTAKES)
def test_a_mistake_is_told_before_anything_is_opened(desk, arguments, says):
    failed = desk.run(*arguments, code=2)
    told, hint = failed.err.splitlines()
    assert told.startswith("manju: ") and says in told
    assert hint.strip()
    assert failed.out == ""
    assert not desk.data.exists()
    assert (desk.root / "film/film.mp4").read_bytes() == b"somebody's"


@pytest.mark.parametrize(("arguments", "says"), MISTAKES[::3])
def test_programs_are_told_in_json(desk, arguments, says):
    failed = desk.run(*arguments, "--json", code=2)
    (line,) = failed.out.splitlines()
    told = json.loads(line)
    assert (told.keys(), told["event"]) == ({"event", "error", "message", "hint", "retryable"}, "error")
    assert told["error"] == "InputError" and says in told["message"] and told["hint"] and not told["retryable"]
    assert failed.err == ""


def test_without_a_command_there_is_help(program):
    assert "estimate" in program.run(code=2).err
    assert "estimate" in program.run("--help").out
    assert program.run("--version").out.startswith("manju ")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize("option", ["--out", "--data"])
def test_a_place_where_no_folder_can_be_made(program, option):
    failed = program.run("make", "猫", option, "/proc/manju", code=2)
    told, hint = failed.err.splitlines()
    assert told == "manju: no folder can be made at /proc/manju"
    assert "Choose another" in hint and ("--data" in hint) is (option == "--data")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_doctor_tells_a_cause_once(program):
    done = program.run("doctor", "--data", "/proc/manju", code=1)
    assert done.out.count("no folder can be made") == 1
    assert [line.split()[1] for line in done.out.splitlines() if line.startswith("FAIL")] == [
        "data",
        "disk",
        "database",
        "fonts",
    ]
