"""The tables of the sketch artist's sets: everything that they name is there and can be read."""

from __future__ import annotations

import re

import pytest

from manju.providers.image.offline import foreground
from manju.providers.image.offline.lens import EYE, Mark, frame, spot
from manju.providers.image.offline.props import ICONS, KINDS
from manju.providers.image.offline.sets import SETS, placed, table, thing, things
from manju.providers.image.offline.solid import colour_of
from manju.providers.image.offline.trace import trace

NUMBERS = {
    "b": {6},
    "o": {4},
    "t": {4},
    "f": {5},
    "s": {5},
    "w": {5},
    "l": {7},
    "r": {6},
    "g": {4},
    "i": {4},
    "c": {5, 6},
}
VIEWS = {"sky", "city", "hill", "sea", "space", "lit"}


@pytest.mark.parametrize("name", sorted(things()))
def test_every_part_of_a_thing_can_be_painted(name: str) -> None:
    for part in thing(name).parts:
        assert len(part.n) in NUMBERS.get(part.kind, {len(part.n)})
        if part.kind == "p":
            assert len(part.n) % 3 == 0 and len(part.n) >= 9
        if part.kind == "i":
            assert part.word in ICONS
        elif part.kind == "w":
            assert part.word in VIEWS
        else:
            assert re.fullmatch("#[0-9a-f]{6}", colour_of(part.word, "#b48556"))


@pytest.mark.parametrize("name", sorted(SETS))
def test_a_set_is_furnished_in_three_depths(name: str) -> None:
    """At least six things each, some near the figures, some far; a narrow frame has the same ones."""
    described = SETS[name]
    standing, hung = placed(described, 1.0, "key")
    if name not in ("vehicle", "studio"):
        assert len(standing) + len(hung) >= 6
        assert any(p.z < 3 for p in standing) and any(p.z > 3 for p in [*standing, *(p for _, p in hung)])
    narrow, _ = placed(described, 0.72, "key")
    assert [p.thing for p in narrow] == [p.thing for p in standing]
    assert set(described.near.split()) <= set(foreground.KINDS)
    if described.room:
        broad, front, back, _ = described.room
        for p in standing:
            assert abs(p.x) <= broad / 2 + 0.5 and front <= p.z <= back + 0.5, p


def test_landmarks_name_what_there_is() -> None:
    words = table("landmarks.toml")
    for section in ("stands", "hangs", "colours"):
        assert set(words[section]) <= set(things())
    for place, kinds in words["places"].items():
        assert place in SETS and set(kinds.split()) <= set(KINDS)


@pytest.mark.parametrize("size", ["extreme_wide", "wide", "full", "medium", "close", "extreme_close"])
@pytest.mark.parametrize("angle", ["eye", "low", "high", "top", "dutch", "over_shoulder"])
@pytest.mark.parametrize("yaw", [-30.0, 0.0, 160.0])
def test_the_camera_brings_the_eyes_where_they_are_wanted(size: str, angle: str, yaw: float) -> None:
    """Wherever it stands: the figure's eyes lie at the same share of the frame, the figure at ``at`` of its width."""
    camera = frame(1080, 1920, size, angle, (Mark(),), at=0.6, yaw=yaw)
    x, y = camera.at(0.0, EYE, 0.0)
    straight = frame(1080, 1920, size, angle, (Mark(),), at=0.6, yaw=0.0)
    assert x == pytest.approx(0.6 * 1080, abs=1) and y == pytest.approx(straight.at(0.0, EYE, 0.0)[1], abs=1)
    assert camera.y > 0.1
    behind = spot(camera, Mark(0.0, 2.0))
    assert behind.scale < spot(camera, Mark()).scale


def test_an_outline_is_moved_and_scaled() -> None:
    assert trace("M-1 0A1 .5 0 0 1 1 0l-.5 2Z", 10, 20, 4, 2) == "M6 20A4 1 0 0 1 14 20l-2 4Z"
