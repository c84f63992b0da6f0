"""The gallery's sixty shots: all of them can be ordered, and together they ask for everything there is."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import get_args

import pytest

from manju.domain.order import ImageRequest
from manju.domain.storyboard import Angle, Size
from manju.providers.image.offline.palette import treatment
from manju.providers.image.offline.setting import read_setting

GALLERY = Path(__file__).parents[1] / "gallery" / "__main__.py"


@pytest.fixture(scope="module")
def requests() -> list[ImageRequest]:
    return [request for _, _, request in runpy.run_path(str(GALLERY))["requests"]()]


def test_there_are_sixty(requests: list[ImageRequest]) -> None:
    assert len(requests) == 60


def test_every_size_and_angle_and_many_places_and_styles(requests: list[ImageRequest]) -> None:
    assert {r.size for r in requests} == set(get_args(Size))
    assert {r.angle for r in requests} == set(get_args(Angle))
    assert len({read_setting(r).place for r in requests}) >= 30
    assert len({treatment(r).name for r in requests}) >= 9


def test_each_shot_is_set_where_its_scene_says(requests: list[ImageRequest]) -> None:
    wanted = {
        "教室": "classroom",
        "竹林": "bamboo",
        "天台": "rooftop",
        "海底": "underwater",
        "舞台": "stage",
        "月球": "space",
    }
    for word, place in wanted.items():
        found = {read_setting(r).place for r in requests if f"场景：{word}" in r.prompt or f"{word}。光照" in r.prompt}
        assert found <= {place}


def test_it_says_where_the_pictures_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["gallery", "--out", str(tmp_path / "out"), "--only", "2,60"])
    runpy.run_path(str(GALLERY), run_name="__main__")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "02.png", "02.svg", "60.png", "60.svg", "tall.png", "wide.png",
    ]  # fmt: skip
    assert "2 shots in" in capsys.readouterr().out
