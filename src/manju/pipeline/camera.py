"""Camera moves of the storyboard as moves over a still."""

from __future__ import annotations

from hashlib import sha256

from manju.domain.screenplay import Shot
from manju.domain.timeline import Motion

REACH = 1.12
"""Zoom at the near end of a move: strong enough to be felt, mild enough not to lose the edges."""


def motion(shot: Shot) -> Motion:
    """The move for a shot. Where the movement leaves it open, the shot's uid decides the side, so that neighbours
    differ and a shot keeps its move."""
    side = 1 if sha256(shot.uid.encode()).digest()[0] % 2 else -1
    drift = 0.35 * side
    match shot.movement:
        case "push_in":
            return Motion(zoom=(1.0, REACH), x=(0.0, drift), y=(0.0, -0.15))
        case "pull_out":
            return Motion(zoom=(REACH, 1.0), x=(drift, 0.0), y=(-0.15, 0.0))
        case "pan_left":
            return Motion(zoom=(REACH, REACH), x=(0.9, -0.9))
        case "pan_right":
            return Motion(zoom=(REACH, REACH), x=(-0.9, 0.9))
        case "tilt_up":
            return Motion(zoom=(REACH, REACH), y=(0.9, -0.9))
        case "tilt_down":
            return Motion(zoom=(REACH, REACH), y=(-0.9, 0.9))
        case "track":
            return Motion(zoom=(1.06, REACH), x=(-0.8 * side, 0.8 * side))
        case "handheld":
            return Motion(zoom=(1.05, 1.08), x=(-0.4 * side, 0.5 * side), y=(0.3, -0.35))
        case "static":
            # A still that does not move at all reads as a frozen player: a breath of a push.
            return Motion(zoom=(1.0, 1.03))
