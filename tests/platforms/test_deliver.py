"""Delivery to a folder: everything that the upload form asks for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from manju.platforms.base import DECLARATION, Release
from manju.platforms.folder import deliver
from manju.storage.folder import FilmFolder


@pytest.fixture
def folder(tmp_path: Path) -> FilmFolder:
    folder = FilmFolder(tmp_path / "film")
    for name in ("film.mp4", "cover.jpg", "film.srt", "film.vtt"):
        folder.write(name, f"content of {name}")
    return folder


def release(folder: FilmFolder, **changes: object) -> Release:
    fields = {
        "video": folder.locate("film.mp4"),
        "cover": folder.locate("cover.jpg"),
        "subtitles": (folder.locate("film.srt"), folder.locate("film.vtt")),
        "title": "小猫的冒险",
        "description": "一只猫出门了。",
        "tags": ("小猫", "冒险"),
        "duration_ms": 30_000,
        "width": 1080,
        "height": 1920,
        **changes,
    }
    return Release.model_validate(fields)


def test_a_package_for_a_platform(folder: FilmFolder) -> None:
    published = deliver(release(folder), folder, "douyin")
    assert (published.platform, published.address) == ("douyin", "deliver/douyin")
    assert len(published.checks) == 4 and all(check.ok for check in published.checks)
    assert [name for name in folder.names() if name.startswith("deliver/")] == [
        "deliver/douyin/cover.jpg",
        "deliver/douyin/post.json",
        "deliver/douyin/post.txt",
        "deliver/douyin/subtitles.srt",
        "deliver/douyin/subtitles.vtt",
        "deliver/douyin/video.mp4",
    ]
    assert folder.read("deliver/douyin/video.mp4") == b"content of film.mp4"
    assert folder.read("deliver/douyin/subtitles.vtt") == b"content of film.vtt"
    post = folder.read("deliver/douyin/post.txt").decode()
    assert post == f"小猫的冒险\n一只猫出门了。\n#小猫 #冒险\n{DECLARATION}\n"
    told = json.loads(folder.read("deliver/douyin/post.json"))
    assert told["files"] == ["cover.jpg", "subtitles.srt", "subtitles.vtt", "video.mp4"]
    assert told["ai_generated"] is True and told["declaration"] == DECLARATION
    assert [check["rule"] for check in told["checks"]] == ["duration", "size", "ratio", "preferred ratio"]


def test_to_nobody_in_particular(folder: FilmFolder) -> None:
    published = deliver(release(folder, description="", tags=(), subtitles=()), folder, "")
    assert (published.platform, published.address, published.checks) == ("folder", "deliver/film", ())
    assert folder.read("deliver/film/post.txt").decode() == f"小猫的冒险\n{DECLARATION}\n"
    assert not any("subtitles" in name for name in folder.names())


def test_a_broken_rule_is_told_and_the_package_is_there_all_the_same(folder: FilmFolder) -> None:
    published = deliver(release(folder, duration_ms=700_000), folder, "douyin")
    assert [check.rule for check in published.checks if not check.ok] == ["duration"]
    assert folder.exists("deliver/douyin/video.mp4")


def test_again_it_replaces_what_it_wrote(folder: FilmFolder) -> None:
    deliver(release(folder), folder, "douyin")
    before = folder.names()
    folder.write("film.mp4", b"another cut")
    deliver(release(folder), folder, "douyin")
    assert folder.read("deliver/douyin/video.mp4") == b"another cut"
    assert folder.names() == before
