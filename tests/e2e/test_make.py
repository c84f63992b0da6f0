"""``manju make``: what is in the folder, what is said, and every option applied."""

import io
import json
import math
import re
import wave
from fractions import Fraction
from pathlib import Path

import av
import pytest
from program import SMALL, contents

from manju.domain.screenplay import Screenplay
from manju.domain.timeline import Timeline
from manju.media.label import read
from manju.media.probe import probe

EXPECTED = {
    "film.mp4",
    "cover.jpg",
    "film.srt",
    "film.ass",
    "film.vtt",
    "screenplay.json",
    "timeline.json",
    "contact_sheet.png",
    "manifest.json",
}
SEED_004 = {
    "title": "5个改变生活的AI工具",
    "duration_target": 18,
    "style": "informative",
    "scenes": [
        {
            "scene_id": 1,
            "narration": "你是否还在手动处理那些重复性的工作?今天介绍5个AI工具,让你的效率翻倍。",
            "visual_description": "Modern office desk with laptop, coffee cup, and scattered papers. Camera slowly "
            "pushes in. Warm morning light.",
            "duration": 8,
            "text_overlay": "5个改变生活的AI工具",
            "transition": "fade_in",
        },
        {
            "scene_id": 2,
            "narration": "第一个:ChatGPT。从写邮件到做方案,它就像你的私人助理。",
            "visual_description": "Split screen showing a person typing on left, AI-generated text appearing on right. "
            "Clean, minimal design.",
            "duration": 10,
            "text_overlay": "1. ChatGPT",
            "transition": "slide_left",
        },
    ],
    "music_style": "upbeat electronic, 120 BPM",
    "target_platform": "douyin",
}
"""The example of seed 004 §2.1, with a target that its two scenes can meet."""


def load(folder: Path, name: str, kind):
    return kind.model_validate_json((folder / name).read_bytes())


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    from program import Program

    program = Program(tmp_path_factory.mktemp("film"))
    done = program.run("make", "赛博校园侦探", "--seconds", "15", "--out", "film", *SMALL)
    return program.root / "film", done


def test_the_folder_holds_all_that_is_promised(film):
    folder, done = film
    assert Path(done.last) == folder / "film.mp4"
    assert {path.name for path in folder.iterdir() if path.is_file()} == EXPECTED
    for sub in ("characters", "shots", "audio", "deliver"):
        assert list((folder / sub).rglob("*")), sub
    assert not [path for path in folder.rglob(".*")]


def test_the_film_is_whole(film):
    folder, _ = film
    found = probe(folder / "film.mp4")
    timeline = load(folder, "timeline.json", Timeline)
    assert found.video is not None and found.audio is not None
    assert (found.video.width, found.video.height, found.video.rate) == (136, 240, 12)
    assert (found.video.primaries, found.video.transfer, found.video.matrix) == ("bt709", "bt709", "bt709")
    assert found.video.frames == timeline.total_frames
    assert abs(found.duration_ms - 15000) <= 5000
    assert abs(found.audio.duration_ms - found.video.duration_ms) <= 25
    with av.open(str(folder / "film.mp4")) as container:
        stamps = [packet.pts for packet in container.demux(container.streams.video[0]) if packet.pts is not None]
    assert len(set(stamps)) == len(stamps)
    steps = {b - a for a, b in zip(sorted(stamps), sorted(stamps)[1:], strict=False)}
    assert len(steps) == 1


def test_every_media_file_bears_the_label(film):
    folder, _ = film
    media = [path for path in folder.rglob("*") if path.suffix in (".mp4", ".png", ".jpg", ".wav", ".flac", ".svg")]
    assert len(media) > 8
    for path in media:
        label = read(path)
        assert label is not None and label["Label"] == "1", path


def test_the_manifest_tells_every_call(film):
    folder, _ = film
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    kinds = [call["kind"] for call in manifest["calls"]]
    screenplay = load(folder, "screenplay.json", Screenplay)
    assert kinds.count("frame") == len(screenplay.shots)
    assert kinds.count("turnaround") == len(screenplay.characters)
    assert kinds.count("voice") == sum(len(shot.lines) for shot in screenplay.shots)
    assert kinds.count("music") == kinds.count("script") == 1
    for call in manifest["calls"]:
        assert call["state"] == "SUCCEEDED" and call["channel"] == "offline" and call["cost"] == 0
        assert len(call["prompt_digest"]) == 64 and call["model"].startswith("offline:")
    assert set(manifest["stages"]) == {"script", "voice", "storyboard", "render", "publish"}
    assert manifest["total_seconds"] >= sum(stage["seconds"] for stage in manifest["stages"].values()) * 0.99
    assert manifest["files"].keys() == {name for name in contents(folder)}


def test_loudness_is_right(film):
    folder, _ = film
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert abs(manifest["render"]["lufs"] + 14) <= 0.5
    assert manifest["render"]["true_peak_dbtp"] <= -1


def test_seed_004s_own_example(program):
    script = program.root / "script.json"
    script.write_text(json.dumps(SEED_004, ensure_ascii=False), "utf-8")
    program.run("make", "script.json", "--resolution", "136x240", "--fps", "12", "--profile", "draft", "--out", "film")
    screenplay = load(program.root / "film", "screenplay.json", Screenplay)
    assert [shot.narration for shot in screenplay.shots] == [scene["narration"] for scene in SEED_004["scenes"]]
    assert [shot.transition for shot in screenplay.shots] == ["fade_in", "slide_left"]
    assert screenplay.music_style == "upbeat electronic, 120 BPM"
    lint = json.loads((program.root / "film/deliver/douyin/lint.json").read_text("utf-8"))
    assert lint["ok"] is True
    assert {check["rule"] for check in lint["checks"] if check["level"] == "warn"} == {"resolution", "frame rate"}


def test_a_story_keeps_its_words(program):
    story = "夜里下起了雨。\n\n林晚：别开门！\n他还是开了——门外没有人……只有一封信。"
    (program.root / "story.txt").write_text(story, "utf-8")
    program.run("make", "story.txt", "--out", "film", *SMALL)
    screenplay = load(program.root / "film", "screenplay.json", Screenplay)
    assert screenplay.words.replace("\n", "") == story.replace("\n", "").replace("林晚：", "")
    subtitles = (program.root / "film/film.vtt").read_text("utf-8")
    shown = re.sub(r"<[^>]*>", "", subtitles)
    assert "门外没有人" in shown and "别开门" in shown


def test_options_are_applied(program):
    program.run(
        "make", "小猫的冒险", "--seconds", "12", "--out", "film", "--ratio", "16:9", "--resolution", "256x144",
        "--fps", "30000/1001", "--subtitles", "files", "--music", "none", "--voice", "male", "--speed", "1.2",
        "--style", "水墨", "--seed", "7", "--language", "zh", "--platform", "bilibili", "--profile", "draft",
    )  # fmt: skip
    folder = program.root / "film"
    timeline = load(folder, "timeline.json", Timeline)
    assert (timeline.width, timeline.height, timeline.rate) == (256, 144, Fraction(30000, 1001))
    assert timeline.music is None and timeline.subtitles.burn is False and timeline.cues
    assert "水墨" in load(folder, "screenplay.json", Screenplay).style
    assert (folder / "film.srt").exists() and (folder / "deliver/bilibili/lint.json").exists()
    assert not (folder / "audio/music.flac").exists()
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert {call["seed"] for call in manifest["calls"]} == {7}


def test_an_own_music_file_is_used(program):
    import numpy as np

    from manju.media.sound import encode

    tone = (0.2 * np.sin(np.arange(48000 * 3) * 0.05)).astype(np.float32)
    (program.root / "mine.wav").write_bytes(encode([np.stack([tone, tone])], "wav"))
    program.run("make", "小猫", "--seconds", "6", "--music", "mine.wav", "--out", "film", *SMALL)
    timeline = load(program.root / "film", "timeline.json", Timeline)
    assert timeline.music is not None and timeline.music.path == "audio/music.wav"


def test_stop_after_and_go_on(program):
    first = program.run("make", "小猫", "--seconds", "6", "--out", "film", "--stop-after", "script", *SMALL)
    folder = program.root / "film"
    assert Path(first.last) == folder
    assert {path.name for path in folder.iterdir()} == {"screenplay.json", "manifest.json"}
    edited = json.loads((folder / "screenplay.json").read_text("utf-8"))
    edited["shots"][0]["lines"][0]["text"] = "这一句是我自己写的。"
    (folder / "screenplay.json").write_text(json.dumps(edited, ensure_ascii=False), "utf-8")
    program.run("make", "小猫", "--out", "film", "--resume")
    assert "这一句是我自己写的" in (folder / "film.srt").read_text("utf-8").replace("\n", "")


def test_json_is_for_programs(program):
    done = program.run("make", "小猫", "--seconds", "6", "--out", "film", "--json", *SMALL)
    events = done.events
    assert events[-1]["event"] == "result" and Path(events[-1]["film"]).exists()
    assert {event["event"] for event in events} >= {"stage", "progress", "call", "result"}
    failed = program.run("make", "nowhere.json", "--json", code=2)
    assert failed.events[-1]["event"] == "error" and failed.events[-1]["hint"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("make", "  "), "topic"),
        (("make", "猫", "--ratio", "2x1"), "ratio"),
        (("make", "猫", "--ratio", "100:1"), "100:1"),
        (("make", "猫", "--voice", "zzz"), "zzz"),
        (("make", "猫", "--fps", "fast"), "frame rate"),
        (("make", "猫", "--resolution", "huge"), "resolution"),
        (("make", "猫", "--music", "gone.mp3"), "gone.mp3"),
        (("make", "猫", "--image-model", "flux"), "offline:sketch"),
        (("make", "猫", "--budget", "cheap"), "cheap"),
        (("make", "猫", "--platform", "tiktok"), "douyin"),
        (("make", "猫", "--seconds", "0"), "5"),
        (("render", "nothing"), "no film"),
    ],
)
def test_wrong_input_is_explained_and_leaves_nothing(program, arguments, says):
    failed = program.run(*arguments, code=2)
    assert says in failed.err
    assert "Traceback" not in failed.err
    assert not (program.root / "films").exists()


def test_two_films_at_once_do_not_disturb_each_other(program):
    running = [
        program.start("make", topic, "--seconds", "6", "--out", topic, *SMALL) for topic in ("小猫", "小狗", "太空")
    ]
    for process in running:
        _, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
    assert all((program.root / topic / "film.mp4").exists() for topic in ("小猫", "小狗", "太空"))


def test_the_same_film_twice_at_once(program):
    running = [program.start("make", "小猫", "--seconds", "6", "--out", name, *SMALL) for name in ("a", "b")]
    for process in running:
        _, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
    assert contents(program.root / "a") == contents(program.root / "b")


def test_the_same_topic_twice_at_once_is_two_films(program):
    running = [program.start("make", "小猫", "--seconds", "6", *SMALL) for _ in range(3)]
    made = []
    for process in running:
        out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        made.append(Path(out.strip()).parent)
    assert sorted(folder.name for folder in made) == ["小猫", "小猫-2", "小猫-3"]
    assert contents(made[0]) == contents(made[1]) == contents(made[2])


def tone(seconds: int) -> bytes:
    """A 440 Hz tone as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(24_000)
        samples = (int(8000 * math.sin(2 * math.pi * 440 * n / 24_000)) for n in range(24_000 * seconds))
        sound.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
    return file.getvalue()


def test_another_film_is_not_overwritten_without_force(program):
    program.run("make", "小猫", "--seconds", "6", "--out", "film", *SMALL)
    before = contents(program.root / "film")
    assert "--force" in program.run("make", "小狗", "--out", "film", code=2).err
    assert "about something else" in program.run("make", "小狗", "--out", "film", "--resume", code=2).err
    assert contents(program.root / "film") == before
    (program.root / "film/shots/s01.png").write_bytes(b"my own picture")
    program.run("make", "小狗", "--seconds", "6", "--out", "film", "--force", *SMALL)
    kept = [path for path in (program.root / "film/replaced").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [b"my own picture"]  # what we made is gone, not kept
    assert load(program.root / "film", "screenplay.json", Screenplay).title == "小狗"
    (program.root / "other").mkdir()
    (program.root / "other/film.srt").write_text("mine")
    assert "film.srt" in program.run("make", "小狗", "--out", "other", code=2).err


def test_force_over_an_unknown_film_keeps_all_of_it_apart(program, tmp_path):
    program.run("make", "小猫", "--seconds", "6", "--out", "film", *SMALL)
    other = ("--data", str(tmp_path / "other-data"))
    program.run("make", "小狗", "--seconds", "6", "--out", "film", "--force", *other, *SMALL)
    assert load(program.root / "film", "screenplay.json", Screenplay).title == "小狗"
    assert load(program.root / "film/replaced", "screenplay.json", Screenplay).title == "小猫"
    manifest = json.loads((program.root / "film/manifest.json").read_text("utf-8"))
    assert not [name for name in manifest["own_files"] if not name.startswith("replaced/")]


def test_an_edited_script_survives_force(program):
    program.run("make", "小猫", "--seconds", "6", "--out", "film", "--stop-after", "script", *SMALL)
    path = program.root / "film/screenplay.json"
    path.write_text(path.read_text("utf-8").replace("小猫", "老猫"), "utf-8")
    program.run("make", "小狗", "--seconds", "6", "--out", "film", "--force", "--stop-after", "script", *SMALL)
    assert "老猫" in (program.root / "film/replaced/screenplay.json").read_text("utf-8")


def test_force_without_out_makes_the_film_of_that_name_anew(program):
    for _ in range(2):
        program.run("make", "小猫", "--seconds", "6", "--stop-after", "script", "--force", *SMALL)
    assert [path.name for path in (program.root / "films").iterdir()] == ["小猫"]


def test_music_of_ones_own_stays_when_its_source_is_gone(program):
    song = program.root / "song.wav"
    song.write_bytes(tone(3))
    program.run("make", "小猫", "--seconds", "6", "--out", "film", "--music", str(song), *SMALL)
    before = contents(program.root / "film")
    song.unlink()
    program.run("render", "film")
    assert contents(program.root / "film") == before


def test_a_package_holds_only_what_belongs_to_it(program):
    film = program.root / "film"
    program.run("make", "小猫", "--seconds", "6", "--out", "film", "--platform", "douyin", *SMALL)
    program.run("make", "小猫", "--out", "film", "--resume", "--platform", "bilibili", "--subtitles", "none")
    found = {path.relative_to(film).as_posix() for path in (film / "deliver").rglob("*.*")}
    names = ("film.mp4", "cover.jpg", "title.txt", "description.txt", "tags.txt", "label.txt", "lint.json", "lint.txt")
    assert found == {f"deliver/bilibili/{name}" for name in names}


def test_a_film_for_several_platforms_follows_an_edit(program):
    film = program.root / "film"
    program.run("make", "小猫", "--seconds", "15", "--out", "film", "--platform", "抖音,b站", *SMALL)
    video = probe(film / "deliver/bilibili/film.mp4").video
    assert (video.width, video.height) == (242, 136)
    before = contents(film)
    program.run("render", "film")
    assert contents(film) == before
    path = film / "timeline.json"
    timeline = json.loads(path.read_text("utf-8"))
    timeline["shots"][-1]["overlays"] = [{"text": "改了"}]
    path.write_text(json.dumps(timeline, ensure_ascii=False), "utf-8")
    program.run("render", "film")
    made = json.loads((film / "manifest.json").read_text("utf-8"))
    for name in ("film.mp4", "deliver/bilibili/film.mp4"):
        assert contents(film)[name] != before[name]
    changed = made["variants"]["deliver/bilibili/film.mp4"]
    assert 0 < changed["frames_encoded"] < changed["frames"]
    # Another platform: the edited cut stays, its film is composed, the other's folder goes.
    program.run("make", "小猫", "--out", "film", "--resume", "--platform", "小红书")
    assert sorted(path.name for path in (film / "deliver").iterdir()) == ["xiaohongshu"]
    assert json.loads(path.read_text("utf-8"))["shots"][-1]["overlays"][0]["text"] == "改了"


def test_no_label_asks_for_a_reason(program):
    refused = program.run("make", "小猫", "--out", "film", "--no-label", *SMALL, code=2)
    assert "--label-reason" in refused.err and not (program.root / "film").exists()
    program.run("make", "小猫", "--out", "film", "--label-reason", "x", *SMALL, code=2)
    program.run(
        "make", "小猫", "--seconds", "6", "--out", "film", "--no-label", "--label-reason", "内部审片",
        "--ratio", "16:9", "--resolution", "256x144", "--fps", "12", "--profile", "draft",
    )  # fmt: skip
    film = program.root / "film"
    manifest = json.loads((film / "manifest.json").read_text("utf-8"))
    assert (manifest["label"]["visible"], manifest["label"]["reason"]) == (False, "内部审片")
    assert "内部审片" in (film / "deliver/film/label.txt").read_text("utf-8")
    assert read(film / "film.mp4")["Label"] == "1"
    program.run("make", "小猫", "--out", "film", "--resume", "--label")
    assert json.loads((film / "timeline.json").read_text("utf-8"))["label"]["visible"] is True


def test_any_ratio_is_allowed(program):
    program.run("make", "小猫", "--seconds", "6", "--out", "film", "--ratio", "2.39:1", "--resolution", "540p",
                "--fps", "12", "--profile", "draft")  # fmt: skip
    timeline = load(program.root / "film", "timeline.json", Timeline)
    assert (timeline.width, timeline.height) == (1290, 540)


def test_music_that_is_no_sound_is_refused_before_anything_is_made(program):
    (program.root / "music.mp3").write_bytes(b"no sound at all")
    assert "music.mp3" in program.run("make", "小猫", "--music", "music.mp3", "--out", "film", code=2).err
    assert not (program.root / "film").exists()


def test_estimate_and_doctor(program):
    assert program.run("estimate", "5个改变生活的AI工具").last == "¥0.00"
    done = program.run("doctor")
    assert "FAIL" not in done.out
