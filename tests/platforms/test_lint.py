"""The lint report: each rule with what was measured, what is asked, and what to do."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from manju.domain.cues import Cue
from manju.domain.platforms import ANYWHERE, PLATFORMS
from manju.domain.timeline import Label
from manju.media.measure import Measured
from manju.platforms.base import Check, Post
from manju.platforms.folder import delivered_film, lint_json, lint_text, outdated, packaged, statement
from manju.platforms.lint import lint

DOUYIN = PLATFORMS["douyin"]
GOOD = Measured(
    bytes=30_000_000, container="mov", duration_ms=60_000, width=1080, height=1920, rate=Fraction(30), video="h264",
    pixels="yuv420p", colours=("bt709", "bt709", "bt709"), audio="aac", sample_rate=48000, channels=2, lufs=-14.1,
    true_peak_db=-1.4, texts=12, outside=0, label_seen=True, marked=True, cover=(1080, 1440), cover_bytes=200_000,
)  # fmt: skip
POST = Post(title="小猫的冒险", description="一只猫出门了。", tags="#小猫 #冒险")
LABEL = Label()


def report(**changes: Any) -> dict[str, Check]:
    return {check.rule: check for check in lint(DOUYIN, replace(GOOD, **changes), POST, LABEL)}


def test_a_film_that_keeps_every_rule() -> None:
    found = report()
    assert {check.level for check in found.values()} == {"ok"}
    assert not any(check.advice for check in found.values())
    assert list(found) == [
        "duration", "size", "ratio", "resolution", "codec", "colours", "frame rate", "sound", "loudness", "true peak",
        "safe area", "title", "description", "tags", "cover", "visible AI label", "AI label in the metadata",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "rule", "level", "value"),
    [
        ({"duration_ms": 600_100}, "duration", "fail", "600.1 s"),
        ({"bytes": 4_000_000_001}, "size", "fail", "4 GB"),
        ({"width": 1920, "height": 1080}, "ratio", "warn", "1920x1080 (16:9)"),
        ({"width": 1080, "height": 1440}, "ratio", "fail", "1080x1440 (3:4)"),
        ({"width": 540, "height": 960}, "resolution", "warn", "540x960"),
        ({"video": "hevc"}, "codec", "fail", "mp4, hevc yuv420p"),
        ({"container": "matroska"}, "codec", "fail", "matroska, h264 yuv420p"),
        ({"colours": ("", "bt709", "bt709")}, "colours", "warn", "untagged/bt709/bt709"),
        ({"rate": Fraction(120)}, "frame rate", "fail", "120/s"),
        ({"rate": Fraction(12)}, "frame rate", "warn", "12/s"),
        ({"audio": "", "sample_rate": 0, "channels": 0}, "sound", "warn", "none"),
        ({"audio": "opus"}, "sound", "fail", "opus, 48000 Hz, 2 channels"),
        ({"channels": 1}, "sound", "warn", "aac, 48000 Hz, 1 channels"),
        ({"lufs": -18.2}, "loudness", "warn", "-18.2 LUFS"),
        ({"lufs": float("-inf"), "true_peak_db": float("-inf")}, "loudness", "warn", "silent"),
        ({"true_peak_db": 0.3}, "true peak", "warn", "0.3 dBTP"),
        ({"outside": 40}, "safe area", "fail", "12 texts, 40 px outside"),
        ({"cover": (1920, 1080)}, "cover", "warn", "1920x1080, 0.2 MB"),
        ({"cover": (0, 0)}, "cover", "fail", "no picture"),
        ({"cover_bytes": 21_000_000}, "cover", "fail", "1080x1440, 21.0 MB"),
        ({"label_seen": False}, "visible AI label", "fail", "not seen"),
        ({"marked": False}, "AI label in the metadata", "fail", "missing"),
    ],
)
def test_a_rule_that_is_broken_is_named(changes: dict[str, Any], rule: str, level: str, value: str) -> None:
    check = report(**changes)[rule]
    assert (check.level, check.value) == (level, value)
    assert check.limit and check.advice.endswith(".")


def test_words_are_held_against_their_limits() -> None:
    own = Post(title="长" * 31, description="", tags="#一 #二", cut=("tags",))
    found = {check.rule: check for check in lint(DOUYIN, GOOD, own, LABEL)}
    assert (found["title"].level, found["title"].value) == ("fail", "31 characters")
    assert (found["description"].level, found["description"].advice) == ("fail", "Fill in description.txt.")
    assert (found["tags"].level, found["tags"].value) == ("warn", "2 tags, others left out")
    short = Post(title="短", description="一句。", tags="", cut=("title",))
    found = {check.rule: check for check in lint(DOUYIN, GOOD, short, LABEL)}
    assert (found["title"].level, found["title"].value) == ("warn", "1 characters, shortened")


def test_a_label_left_out_for_a_reason_is_a_warning_with_the_reason() -> None:
    without = Label(visible=False, reason="客户要求，已签协议")
    found = {check.rule: check for check in lint(DOUYIN, replace(GOOD, label_seen=False), POST, without)}
    assert found["visible AI label"].level == "warn"
    assert found["visible AI label"].value == "left out: 客户要求，已签协议"
    told = statement(DOUYIN, without, "", "zh")
    assert "客户要求，已签协议" in told and "自主声明：选「内容由AI生成」" in told


def test_of_a_persons_own_film_nobody_knows_the_texts() -> None:
    found = {check.rule: check for check in lint(DOUYIN, GOOD, POST, LABEL, own=True)}
    assert (found["safe area"].level, found["safe area"].value) == ("warn", "not known: the film is your own")


def test_nobody_in_particular_asks_for_no_ratio() -> None:
    found = {check.rule: check for check in lint(ANYWHERE, replace(GOOD, width=1290, height=540), POST, LABEL)}
    assert "resolution" not in found and {check.level for check in found.values()} == {"ok"}


def test_the_report_for_programs_and_for_people() -> None:
    checks = lint(DOUYIN, replace(GOOD, duration_ms=700_000, lufs=-18.0), POST, LABEL)
    body = json.loads(lint_json(DOUYIN, checks))
    assert (body["schema"], body["platform"], body["ok"]) == ("manju.lint", "douyin", False)
    assert body["checks"][0] == {
        "rule": "duration",
        "level": "fail",
        "value": "700.0 s",
        "limit": "at most 600 s",
        "advice": "Make it shorter (--seconds), or tell it in episodes.",
    }
    assert any(source["kind"] == "seed" for source in body["sources"])
    text = lint_text(DOUYIN, checks)
    assert text.startswith("抖音: 17 checks, 1 failed, 1 warnings\n")
    assert "FAIL  duration: 700.0 s (asked: at most 600 s)\n      Make it shorter" in text
    assert json.loads(lint_json(DOUYIN, lint(DOUYIN, GOOD, POST, LABEL)))["ok"] is True


def test_what_belongs_to_a_package() -> None:
    ours = ("film.mp4", "cover.jpg", "title.txt", "description.txt", "tags.txt", "label.txt", "lint.json", "lint.txt")
    assert all(packaged(f"deliver/douyin/{name}") for name in (*ours, "subtitles.srt", "subtitles.vtt"))
    assert not any(map(packaged, ("deliver/douyin/notes.txt", "film.mp4", "deliver/film.mp4", "deliver/a/b/film.mp4")))
    assert delivered_film("deliver/douyin/film.mp4") and not delivered_film("deliver/douyin/title.txt")
    assert outdated("deliver/douyin/video.mp4") and outdated("deliver/film/post.json")


@pytest.mark.parametrize(
    ("text", "ms", "level", "value"),
    [
        ("小猫推开了那扇门", 1600, "ok", "1, 1 line at most, up to 5.0 characters/s"),
        ("小猫推开了那扇门", 500, "warn", "1, 1 line at most, up to 16.0 characters/s"),
        ("小猫\n推开了\n那扇门", 1600, "warn", "1, 3 lines at most, up to 5.0 characters/s"),
    ],
)
def test_subtitles_that_cannot_be_read_are_told(text: str, ms: int, level: str, value: str) -> None:
    cue = Cue(text=text, start_ms=0, end_ms=ms)
    found = {check.rule: check for check in lint(DOUYIN, GOOD, POST, LABEL, [cue])}
    assert (found["subtitles"].level, found["subtitles"].value) == (level, value)
    assert bool(found["subtitles"].advice) == (level == "warn")
    assert "subtitles" not in {check.rule for check in lint(DOUYIN, GOOD, POST, LABEL, [cue], own=True)}


def test_a_title_shorter_than_the_platform_asks_for_is_told() -> None:
    short = POST.model_copy(update={"title": "雨夜的信"})
    (check,) = [one for one in lint(PLATFORMS["shipinhao"], GOOD, short, LABEL) if one.rule == "title"]
    assert (check.level, check.limit, check.advice) == (
        "warn",
        "6 to 16 characters",
        "Write a longer one in title.txt.",
    )
    assert report()["title"].level == "ok", "elsewhere it may be"
