"""The edit loop: change a document or a picture, render again; only what changed is made anew, as if from scratch."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from program import SMALL, Program, contents

MAKE = ("make", "小猫的冒险", "--seconds", "24", "--out", "film", *SMALL)


@pytest.fixture
def film(program: Program) -> Path:
    program.run(*MAKE)
    return program.root / "film"


def manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text("utf-8"))


def edit(path: Path, change) -> None:
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")


def voices(folder: Path, shot: str) -> list[tuple[str, str]]:
    """Voice files of a shot in the order of the cut, each with the line that it belongs to."""
    screenplay = json.loads((folder / "screenplay.json").read_text("utf-8"))
    said = {line["uid"]: line["text"] for each in screenplay["shots"] for line in each["lines"]}
    clips = json.loads((folder / "timeline.json").read_text("utf-8"))["voice"]
    return [(clip["path"], said[Path(clip["path"]).stem]) for clip in clips if clip["shot"] == shot]


def from_scratch(program: Program, folder: Path) -> bytes:
    """The same folder rendered by an installation that has never seen it."""
    import shutil

    other = Program(program.root / "elsewhere")
    other.root.mkdir()
    shutil.copytree(folder, other.root / "film")
    (other.root / "film/film.mp4").unlink()
    other.run("render", "film")
    return (other.root / "film/film.mp4").read_bytes()


def test_a_replaced_picture(program, film):
    before = (film / "film.mp4").read_bytes()
    picture = np.full((240, 136, 3), (40, 40, 220), np.uint8)
    cv2.circle(picture, (68, 120), 40, (255, 255, 255), -1)
    cv2.imwrite(str(film / "shots/s02.png"), picture)
    program.run("render", "film")
    told = manifest(film)["render"]
    assert 0 < told["segments_encoded"] < told["segments"] / 2
    assert (film / "film.mp4").read_bytes() != before
    assert np.array_equal(cv2.imread(str(film / "shots/s02.png")), picture)
    assert (film / "film.mp4").read_bytes() == from_scratch(program, film)


def test_an_edited_timeline(program, film):
    def change(document):
        document["shots"][1]["picture"]["motion"] = {"zoom": [1.3, 1.0], "x": [0.5, 0], "y": [0, 0]}
        document["shots"][2]["transition"] = "zoom_in"

    edit(film / "timeline.json", change)
    kept = (film / "timeline.json").read_bytes()
    program.run("render", "film")
    told = manifest(film)["render"]
    assert 0 < told["segments_encoded"] < told["segments"]
    assert (film / "timeline.json").read_bytes() == kept
    assert (film / "film.mp4").read_bytes() == from_scratch(program, film)


def test_an_edited_narration(program, film):
    calls = {(call["subject"], call["kind"], call["take"]) for call in manifest(film)["calls"]}

    def change(document):
        document["shots"][1]["lines"][0]["text"] = "小猫停下来，听了听风的声音。"

    edit(film / "screenplay.json", change)
    program.run("render", "film")
    assert "听了听风的声音" in (film / "film.srt").read_text("utf-8").replace("\n", "")
    told = manifest(film)
    new = {(call["subject"], call["kind"], call["take"]) for call in told["calls"]} - calls
    assert {each for each in new if each[0] != "music"} == {("s02-1", "voice", 2)}
    assert 0 < told["render"]["segments_encoded"] < told["render"]["segments"]
    assert (film / "film.mp4").read_bytes() == from_scratch(program, film)


def test_an_inserted_line_is_the_only_one_that_is_spoken(program, film):
    before = {path.name: path.read_bytes() for path in (film / "audio").iterdir()}
    calls = {call["order"] for call in manifest(film)["calls"]}
    old = voices(film, "s02")
    number = len(old) + 1
    edit(film / "screenplay.json", lambda document: document["shots"][1]["lines"].insert(0, {"text": "忽然起风了。"}))
    program.run("render", "film")
    told = manifest(film)
    new = {(call["subject"], call["take"]) for call in told["calls"] if call["order"] not in calls}
    assert new == {(f"s02-{number}", 1), ("music", 2)}  # the music ends with the film, which is longer now
    del before["music.flac"]
    assert {name: (film / "audio" / name).read_bytes() for name in before} == before
    assert voices(film, "s02") == [(f"audio/s02-{number}.wav", "忽然起风了。"), *old]
    assert (film / "film.mp4").read_bytes() == from_scratch(program, film)


def test_lines_that_change_places_keep_their_voices(program, film):
    import wave

    with wave.open(str(film / "audio/s02-1.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(np.random.default_rng(1).integers(-9000, 9000, 16000 * 5).astype("<i2").tobytes())
    mine = (film / "audio/s02-1.wav").read_bytes()
    one, two = voices(film, "s02"), voices(film, "s03")
    calls = {call["order"] for call in manifest(film)["calls"]}

    def change(document):
        one, two = document["shots"][1], document["shots"][2]
        one["lines"], two["lines"] = two["lines"], one["lines"]

    edit(film / "screenplay.json", change)
    program.run("render", "film")
    assert (voices(film, "s02"), voices(film, "s03")) == (two, one)
    clips = json.loads((film / "timeline.json").read_text("utf-8"))["voice"]
    assert [clip["duration_ms"] for clip in clips if clip["path"] == "audio/s02-1.wav"] == [5000]
    assert (film / "audio/s02-1.wav").read_bytes() == mine
    new = [call["subject"] for call in manifest(film)["calls"] if call["order"] not in calls]
    assert set(new) <= {"music"}  # which ends with the film
    assert "audio/s02-1.wav" in manifest(film)["own_files"]
    assert (film / "film.mp4").read_bytes() == from_scratch(program, film)


def test_a_removed_shot_takes_its_files_along_but_for_a_persons(program, film):
    picture = np.full((240, 136, 3), (40, 40, 220), np.uint8)
    cv2.imwrite(str(film / "shots/s03.png"), picture)
    before = (film / "screenplay.json").read_bytes()
    edit(film / "screenplay.json", lambda document: document["shots"].__delitem__(slice(1, 3)))
    program.run("render", "film")
    names = {path.relative_to(film).as_posix() for path in film.rglob("*") if path.is_file()}
    assert [name for name in sorted(names) if "/s02" in name or "/s03" in name] == ["shots/s03.png"]
    told = manifest(film)
    assert set(told["files"]) == names - {"manifest.json"}
    assert "shots/s03.png" in told["own_files"]
    assert (film / "film.mp4").read_bytes() == from_scratch(program, film)
    calls = len(told["calls"])
    (film / "screenplay.json").write_bytes(before)
    program.run("render", "film")
    assert (film / "audio/s02-1.wav").exists() and len(manifest(film)["calls"]) == calls


def test_two_shots_with_one_uid_are_refused_with_the_place(program, film):
    edit(film / "screenplay.json", lambda document: document["shots"].append(document["shots"][0]))
    failed = program.run("render", "film", code=2)
    shots = len(json.loads((film / "screenplay.json").read_text("utf-8"))["shots"])
    assert f"shots[{shots - 1}].uid: is 's01', which one of the shots before has already" in failed.err


def test_clips_work_as_well_as_stills(program, film):
    from manju.media.process import ffmpeg

    ffmpeg(["-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=9", "-pix_fmt", "yuv420p"]
           + [str(film / "shots/mine.mp4")])  # fmt: skip

    def change(document):
        document["shots"][0]["picture"] = {"kind": "clip", "path": "shots/mine.mp4", "trim_ms": 1000}

    edit(film / "timeline.json", change)
    program.run("render", "film")
    assert (film / "film.mp4").read_bytes() == from_scratch(program, film)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("timeline.json", "{", "line 1"),
        ("timeline.json", "{}", "shots"),
        ("screenplay.json", '{"schema": "manju.screenplay", "titel": 1}', "titel"),
    ],
)
def test_a_broken_edit_is_explained_and_changes_nothing(program, film, file, text, says):
    before = contents(film)
    (film / file).write_text(text, "utf-8")
    failed = program.run("render", "film", code=2)
    assert says in failed.err and file in failed.err
    after = contents(film)
    assert {name: data for name, data in after.items() if name != file} == {
        name: data for name, data in before.items() if name != file
    }


def test_edits_that_contradict_each_other_are_refused(program, film):
    edit(film / "timeline.json", lambda document: document["shots"][0].update(transition="dissolve"))
    program.run("render", "film")
    edit(film / "screenplay.json", lambda document: document["shots"][0].update(text_overlay="新"))
    assert "Delete timeline.json" in program.run("render", "film", code=2).err
    (film / "timeline.json").unlink()
    program.run("render", "film")
    assert json.loads((film / "timeline.json").read_text("utf-8"))["shots"][0]["overlays"][0]["text"] == "新"


def test_a_missing_picture_is_named(program, film):
    edit(film / "timeline.json", lambda document: document["shots"][0]["picture"].update(path="shots/gone.png"))
    assert "shots/gone.png" in program.run("render", "film", code=2).err


def test_an_edit_that_was_taken_back(program, film):
    before = (film / "timeline.json").read_bytes()
    wanted = (film / "film.mp4").read_bytes()
    edit(film / "timeline.json", lambda document: document["shots"][0]["picture"].update(path="shots/gone.png"))
    program.run("render", "film", code=2)
    (film / "timeline.json").write_bytes(before)
    program.run("render", "film")
    assert (film / "timeline.json").read_bytes() == before
    assert (film / "film.mp4").read_bytes() == wanted


def test_a_wrong_edit_that_was_deleted_is_made_anew(program, film):
    before = (film / "timeline.json").read_bytes()
    edit(film / "timeline.json", lambda document: document["shots"][0]["picture"].update(path="shots/gone.png"))
    program.run("render", "film", code=2)
    (film / "timeline.json").unlink()
    program.run("render", "film")
    assert (film / "timeline.json").read_bytes() == before


def test_both_edited_at_once_is_refused(program, film):
    edit(film / "timeline.json", lambda document: document["shots"][0].update(transition="dissolve"))
    edit(film / "screenplay.json", lambda document: document["shots"][0].update(text_overlay="新"))
    assert "both edited" in program.run("render", "film", code=2).err


def test_own_files_are_never_overwritten(program, film):
    for name in ("cover.jpg", "film.srt", "contact_sheet.png"):
        (film / name).write_bytes(b"mine")
    edit(film / "screenplay.json", lambda document: document["shots"][1].update(text_overlay="新的"))
    program.run("render", "film")
    assert {(film / name).read_bytes() for name in ("cover.jpg", "film.srt", "contact_sheet.png")} == {b"mine"}
    assert set(manifest(film)["own_files"]) >= {"cover.jpg", "film.srt", "contact_sheet.png", "screenplay.json"}


def test_a_replaced_voice_sets_the_length_of_its_shot(program, film):
    import wave

    from manju.domain.timeline import Timeline

    name = json.loads((film / "timeline.json").read_text("utf-8"))["voice"][1]["path"]
    with wave.open(str(film / name), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(np.random.default_rng(1).integers(-9000, 9000, 16000 * 14).astype("<i2").tobytes())
    program.run("render", "film")
    timeline = Timeline.model_validate_json((film / "timeline.json").read_bytes())
    (clip,) = [clip for clip in timeline.voice if clip.path == name]
    assert abs(clip.duration_ms - 14000) < 50
    after = [each.start_ms for each in timeline.voice if each.start_ms > clip.start_ms]
    assert not after or min(after) >= clip.start_ms + clip.duration_ms


def test_a_copied_folder_is_edited_like_the_first(program, film):
    import shutil

    shutil.copytree(film, program.root / "copy")
    edit(program.root / "copy/screenplay.json", lambda document: document["shots"][0].update(text_overlay="另一份"))
    program.run("render", "copy")
    assert "另一份" in (program.root / "copy/film.ass").read_text("utf-8")


@pytest.mark.parametrize(("change", "says"), [({"trim_ms": 9500}, "trim_ms"), ({"path": "../x.png"}, "below")])
def test_impossible_pictures_are_refused(program, film, change, says):
    from manju.media.process import ffmpeg

    ffmpeg(["-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=9", str(film / "shots/mine.mp4")])
    picture = {"kind": "clip", "path": "shots/mine.mp4", **change}
    edit(film / "timeline.json", lambda document: document["shots"][0].update(picture=picture))
    assert says in program.run("render", "film", code=2).err


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_a_broken_picture_is_named_before_anything_is_encoded(program, film, content):
    (film / "shots/s01.png").write_bytes(content)
    failed = program.run("render", "film", code=2)
    assert "s01.png" in failed.err and "Traceback" not in failed.err
