"""What a platform says about a film before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from manju.domain.delivery import PLATFORMS
from manju.platforms.base import Release, checks, known


def release(path: Path, *, seconds: float = 60, size: tuple[int, int] = (1080, 1920), bytes_: int = 1000) -> Release:
    video = path / "film.mp4"
    with video.open("wb") as file:
        file.truncate(bytes_)  # sparse: no disk is filled
    return Release(
        video=video,
        cover=path / "cover.jpg",
        title="t",
        description="",
        tags=(),
        duration_ms=round(seconds * 1000),
        width=size[0],
        height=size[1],
    )


def broken(platform: str, made: Release) -> list[str]:
    return [check.rule for check in checks(PLATFORMS[platform], made) if not check.ok]


def test_a_film_that_keeps_every_rule(tmp_path: Path) -> None:
    made = release(tmp_path, seconds=600, bytes_=4_000_000_000)
    assert broken("douyin", made) == []
    assert [check.rule for check in checks(PLATFORMS["douyin"], made)] == [
        "duration",
        "size",
        "ratio",
        "preferred ratio",
    ]


@pytest.mark.parametrize(
    ("platform", "change", "rules"),
    [
        ("douyin", {"seconds": 600.1}, ["duration"]),
        ("bilibili", {"seconds": 600.1, "size": (1920, 1080)}, []),
        ("douyin", {"bytes_": 4_000_000_001}, ["size"]),
        ("douyin", {"size": (1920, 1080)}, ["preferred ratio"]),
        ("bilibili", {"size": (1080, 1920)}, ["ratio", "preferred ratio"]),
        ("youtube", {"size": (1080, 1080)}, ["ratio", "preferred ratio"]),
    ],
)
def test_a_rule_that_is_broken_is_named(
    tmp_path: Path, platform: str, change: dict[str, object], rules: list[str]
) -> None:
    assert broken(platform, release(tmp_path, **change)) == rules  # type: ignore[arg-type]


def test_the_message_has_the_numbers(tmp_path: Path) -> None:
    told = {check.rule: check.message for check in checks(PLATFORMS["douyin"], release(tmp_path, seconds=725.5))}
    assert told["duration"] == "725.5 s of at most 600 s"
    assert told["size"] == "0.0 MB of at most 4 GB"
    assert told["ratio"] == "1080x1920 is 9:16; 抖音 takes 9:16, 16:9, 1:1"


def test_a_platform_is_known_by_its_name() -> None:
    assert known("douyin") is PLATFORMS["douyin"]
    assert known("") is None
