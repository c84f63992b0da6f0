"""What a hand holds."""

from __future__ import annotations

import math

from manju.providers.image.offline.form import Flat, Form
from manju.providers.image.offline.hands import hand_colour, hand_tilt
from manju.providers.image.offline.props import draw_prop
from manju.providers.image.offline.shapes import blob, segment
from manju.providers.image.offline.svg import Drawing

HELD: dict[str, float] = {
    "phone": 16, "book": 22, "cup": 14, "tablet": 22, "umbrella": 105, "sword": 96, "flower": 30, "camera": 17,
    "microphone": 22, "letter": 15, "magnifier": 24, "bag": 32, "papers": 24, "key": 11, "product": 20, "box": 28,
    "badge": 13, "gift": 24, "ball": 22, "watch": 11, "bowl": 17,
}  # fmt: skip
"""What a hand can hold, and how tall it is in cm."""
SHOWN = frozenset(
    ("phone", "cup", "camera", "bowl", "tablet", "book", "product", "box", "gift", "badge", "key", "ball")
)
"""Things before the hand; of the hand only thumb and fingertips lie over them."""
_LOW = frozenset(("sword", "flower", "umbrella"))
"""Things held by their lower end."""


def draw_held(d: Drawing, f: Form, arm: Flat, kind: str) -> None:
    """A thing (a key of `HELD`) in the hand of ``arm``."""
    size = HELD[kind] * (0.7 if f.look.chibi else 1.0)
    tilt, s = hand_tilt(arm), f.m.arm_widths[2] / 2.75
    t = math.radians(tilt + 90)
    x, y = arm.end[0] + math.cos(t) * 6 * s, arm.end[1] + math.sin(t) * 6 * s
    if kind == "sword":
        turn = tilt + 180 - 62 * arm.side * (1 if f.yaw > -90 else -1)
        with d.at(x, y, size / 100, tilt=turn), d.at(0, 12):
            draw_prop(d, kind)
        return
    lift = 0.12 if kind in _LOW else 0.95 if kind == "bag" else 0.5
    with d.at(x, y + size * lift, size / 100):
        draw_prop(d, kind)
    if kind in SHOWN:
        side = -1 if f.sides[3][0][0] < x else 1
        low = y + size * 0.18
        reach = side * min(4.2, size * 0.24) * s
        thumb = segment((x - reach, low + 2.4 * s), (x - reach * 0.2, low + 0.6 * s), 1.7 * s, 1.4 * s)
        finger = segment((x - reach, low + 4.8 * s), (x - reach * 0.3, low + 3.6 * s), 1.5 * s, 1.2 * s)
        blob(d, thumb + finger, hand_colour(f.look))


def draw_umbrella(d: Drawing, f: Form) -> None:
    """An umbrella, which goes behind the head, or its canopy would hide the face."""
    x, y = next(arm for arm in f.arms if arm.side == f.pose.hold).end
    over = math.degrees(math.atan2(f.head[0] - x, max(40.0, y - f.head[1] + 50)))
    with d.at(x, y + 6, HELD["umbrella"] / 100, tilt=over * 0.8):
        draw_prop(d, "umbrella")
