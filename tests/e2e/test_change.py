"""Going on with a film under other options: as if it had been asked for like that from the start."""

import json

import pytest
from program import SMALL, Program, contents

MAKE = ("make", "小猫的冒险", "--seconds", "10", "--out", "film", *SMALL)
GO_ON = ("make", "小猫的冒险", "--out", "film", "--resume")


def made_at_once(program: Program, *options: str) -> dict[str, bytes]:
    other = Program(program.root / "other")
    other.root.mkdir()
    other.run(*MAKE, *options)
    return contents(other.root / "film")


@pytest.mark.parametrize(
    ("stage", "options", "told"),
    [
        ("voice", ("--voice", "male", "--resolution", "120x214"), "resolution 120x214 (was 136x240), voice male (was"),
        ("storyboard", ("--style", "水墨", "--seconds", "16"), "seconds 16 (was 10), style 水墨 (was default)"),
        ("publish", ("--music", "none", "--subtitles", "files"), "subtitles files (was burn)"),
        ("publish", ("--no-karaoke",), "karaoke off (was on)"),
    ],
)
def test_changed_options_make_the_film_that_they_ask_for(program, stage, options, told):
    program.run(*MAKE, "--stop-after", stage)
    done = program.run(*GO_ON, *options)
    (line,) = [line for line in done.err.splitlines() if "changed:" in line]
    assert told in line
    assert contents(program.root / "film") == made_at_once(program, *options)
    assert "changed:" not in program.run(*GO_ON, *options).err


def test_what_a_change_leaves_as_it_is_is_kept(program):
    (program.root / "story.txt").write_text("雨下了一整夜。\n\n林晓：信是你写的吗？\n\n天亮了。", "utf-8")
    told = ("make", "story.txt", "--out", "film")
    program.run(*told, *SMALL, "--stop-after", "storyboard")
    program.run(*told, "--resume", "--voice", "male")
    calls = json.loads((program.root / "film/manifest.json").read_text("utf-8"))["calls"]
    assert {call["take"] for call in calls if call["kind"] == "voice"} == {1, 2}
    assert {call["take"] for call in calls if call["kind"] != "voice"} == {1}


def test_killed_in_the_middle_of_a_change_it_goes_on_with_it(program):
    program.run(*MAKE, "--stop-after", "storyboard")
    changing = program.start(*GO_ON, "--seconds", "16")
    for line in changing.stderr:
        if "Voice" in line:
            changing.kill()
    changing.communicate()
    assert changing.returncode
    program.run(*GO_ON)
    assert contents(program.root / "film") == made_at_once(program, "--seconds", "16")


def test_what_a_person_edited_is_not_changed_by_an_option(program):
    program.run(*MAKE, "--stop-after", "script")
    folder = program.root / "film"
    edited = json.loads((folder / "screenplay.json").read_text("utf-8"))
    edited["shots"][0]["lines"][0]["text"] = "这一句是我自己写的。"
    (folder / "screenplay.json").write_text(json.dumps(edited, ensure_ascii=False), "utf-8")
    refused = program.run(*GO_ON, "--style", "水墨", code=2)
    assert "screenplay.json was edited by hand" in refused.err and "style" in refused.err
    program.run(*GO_ON, "--voice", "male")  # nothing of the refused option was kept
    assert "这一句是我自己写的" in (folder / "film.srt").read_text("utf-8").replace("\n", "")
    cut = json.loads((folder / "timeline.json").read_text("utf-8"))
    cut["title"] = "我的"
    (folder / "timeline.json").write_text(json.dumps(cut, ensure_ascii=False), "utf-8")
    assert "timeline.json was edited by hand" in program.run(*GO_ON, "--voice", "female", code=2).err
    program.run(*GO_ON, "--profile", "standard")


def test_an_impossible_change_changes_nothing(program):
    program.run(*MAKE, "--stop-after", "voice")
    assert "136x240 is not 1:1" in program.run(*GO_ON, "--ratio", "1:1", code=2).err
    program.run(*GO_ON)


def test_the_film_that_a_resume_without_a_folder_means(program):
    topic = ("make", "小猫", "--seconds", "6", *SMALL)
    first = program.run(*topic).last
    assert program.run(*topic, "--resume").last == first
    # A finished film is changed only where its folder is named.
    second = program.run(*topic, "--resume", "--voice", "male", "--stop-after", "voice").last
    assert second == str(program.root / "films/小猫-2")
    again = program.run(*topic, "--resume", "--speed", "1.2", "--stop-after", "voice")
    assert again.last == second and "speed 1.2 (was 1.0)" in again.err
