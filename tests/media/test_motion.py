"""Ken Burns windows: bounds, constant perceived speed, and what happens outside the shot."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manju.domain.timeline import Motion
from manju.media.motion import window

ends = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


@given(
    zoom=st.tuples(st.floats(1, 8), st.floats(1, 8)),
    x=ends,
    y=ends,
    frames=st.integers(1, 500),
    frame=st.integers(-100, 700),
)
def test_the_window_never_leaves_the_picture(zoom, x, y, frames, frame):
    part = window(Motion(zoom=zoom, x=x, y=y), frames, frame)
    assert 0 < part.extent <= 1
    assert -1e-9 <= part.x <= 1 - part.extent + 1e-9
    assert -1e-9 <= part.y <= 1 - part.extent + 1e-9


def test_it_starts_and_ends_where_the_motion_says():
    motion = Motion(zoom=(1.0, 2.0), x=(0.0, 1.0), y=(0.0, -1.0))
    first, last = window(motion, 100, 0), window(motion, 100, 99)
    assert (first.x, first.y, first.extent) == pytest.approx((0, 0, 1))
    assert (last.x, last.y, last.extent) == pytest.approx((0.5, 0, 0.5))


def test_zoom_is_constant_in_perceived_speed():
    motion = Motion(zoom=(1.0, 2.0))
    extents = [window(motion, 50, frame).extent for frame in range(50)]
    ratios = [b / a for a, b in pairwise(extents)]
    assert max(ratios) - min(ratios) < 1e-9
