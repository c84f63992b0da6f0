"""The transitions of seed 004: what is seen at their start, middle and end."""

import numpy as np
import pytest

from manju.media.planes import allocate
from manju.media.transitions import BLENDS

SIZE = (64, 36)


def flat(luma, chroma):
    planes = allocate(*SIZE)
    for plane, value in zip(planes, (luma, chroma, chroma), strict=True):
        plane[:] = value
    return planes


def blended(name, progress):
    out = allocate(*SIZE)
    BLENDS[name](progress, flat(200, 100), flat(60, 160), out)
    return out


@pytest.mark.parametrize("name", sorted(BLENDS))
def test_it_goes_from_the_leaving_to_the_coming_shot(name):
    start, end = blended(name, 0.001), blended(name, 0.999)
    assert np.abs(start[0].astype(int) - 200).mean() < 3
    assert np.abs(end[0].astype(int) - 60).mean() < 3


def test_fade_dips_through_black():
    assert blended("fade", 0.5)[0].max() <= 17
    assert blended("fade", 0.25)[0].mean() == pytest.approx(108, abs=1)


def test_dissolve_is_an_even_mix():
    assert blended("dissolve", 0.5)[0].mean() == pytest.approx(130, abs=1)


@pytest.mark.parametrize(
    ("name", "left", "right"), [("slide_left", 200, 60), ("slide_right", 60, 200), ("wipe_right", 60, 200)]
)
def test_moving_edges_stand_in_the_middle_half_way(name, left, right):
    luma = blended(name, 0.5)[0]
    assert (luma[:, :32] == left).all()
    assert (luma[:, 32:] == right).all()


def test_luma_and_chroma_edges_agree():
    for progress in np.linspace(0.02, 0.98, 17):
        luma, chroma, _ = blended("wipe_right", progress)
        assert (luma[0] == 60).sum() == 2 * (chroma[0] == 160).sum()


@pytest.mark.parametrize("progress", [0.01, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("name", sorted(BLENDS))
def test_it_may_be_written_over_the_coming_shot(name, progress):
    random = np.random.default_rng(1)
    leaving, coming, out = (allocate(*SIZE) for _ in range(3))
    for plane in (*leaving, *coming):
        plane[:] = random.integers(16, 235, plane.shape)
    BLENDS[name](progress, leaving, coming, out)
    BLENDS[name](progress, leaving, coming, coming)
    for apart, over in zip(out, coming, strict=True):
        assert np.array_equal(apart, over)
