"""Hands and feet."""

from __future__ import annotations

import math

from manju.providers.image.offline.colour import dark, light
from manju.providers.image.offline.form import Flat, Form
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.shapes import blob, corners, fold, hull, ring, segment
from manju.providers.image.offline.svg import Drawing, Point


def hand_colour(look: Look) -> str:
    """Skin, or a glove's."""
    gloves = look.has("gloves")
    return gloves.colour if gloves else "#e6e9ee" if look.top == "spacesuit" else look.skin


def hand_tilt(arm: Flat) -> float:
    """The turn, in degrees, that lays a hand's y axis along its forearm."""
    dx, dy = arm.end[0] - arm.joint[0], arm.end[1] - arm.joint[1]
    if math.hypot(dx, dy) < 5:
        dx, dy = arm.tip[0], arm.tip[1] + 0.3
    return math.degrees(math.atan2(dy, dx)) - 90


def draw_hand(d: Drawing, f: Form, arm: Flat, kind: str) -> None:
    """A hand at the end of ``arm``."""
    if kind == "none":
        return
    colour, size = hand_colour(f.look), f.m.arm_widths[2] / 2.75 * (1.12 if f.look.gender != "female" else 1.1)
    inward = f.view.flat(f.bones._whole((-arm.side * 0.75, 0.0, 0.65)))
    tilt = math.radians(hand_tilt(arm))
    thumb = 1 if inward[0] * math.cos(tilt) + inward[1] * math.sin(tilt) >= 0 else -1
    if f.look.species not in ("human", "robot"):
        kind, size = "paw", f.m.arm_widths[2] / 3.2
    with d.at(arm.end[0], arm.end[1], size, tilt=hand_tilt(arm)):
        _HANDS[kind](d, colour, thumb)


def _open(d: Drawing, c: str, t: int) -> None:
    blob(d, segment((0, -1), (t * 0.2, 5.5), 2.3, 3.3) + segment((t * 0.2, 5.5), (t * 0.6, 13), 3.2, 1.7)
         + segment((t * 2, 3), (t * 3.2, 9), 1.5, 1.1), c)  # fmt: skip
    d.stroke(f"M{t * 0.2} 8.5L{t * 0.4} 13.4M{-t * 1.6} 8.8L{-t * 0.9} 13", fold(c), 0.5)
    d.stroke(f"M{t * 1.7} 5.6L{t * 2.3} 9.4", fold(c), 0.5)


def _fist(d: Drawing, c: str, t: int) -> None:
    blob(d, segment((0, -1), (0, 4.6), 2.4, 3.6) + segment((-t * 1.2, 6), (t * 1.4, 5.8), 3.2, 3.0), c)
    for x in (-1.9, 0.1, 2.0):
        d.stroke(f"M{x * t:.1f} 6.6v2.2", fold(c), 0.5)
    d.stroke(f"M{t * 3.4} 2.6Q{t * 3.9} 5.4 {-t * 0.4} 5.9", fold(c), 0.65)


def _point(d: Drawing, c: str, t: int) -> None:
    blob(d, segment((0, -1), (0, 4.6), 2.4, 3.5) + segment((-t * 1.2, 5.6), (t * 1.0, 5.4), 3.0, 2.9)
         + segment((t * 2.0, 5), (t * 2.5, 14.5), 1.35, 1.0), c)  # fmt: skip
    d.stroke(
        f"M{t * 0.7} 7.4l{-t * 0.2} 1.6M{-t * 1.5} 7l{-t * 0.2} 1.8M{t * 2.9} 3Q{t * 2.4} 6 {-t * 0.6} 5.6",
        fold(c),
        0.55,
    )


def _palm(d: Drawing, c: str, t: int) -> None:
    fingers = ((-2.7, 6, -4.7, 12.2), (-1.0, 7, -1.7, 14.4), (0.9, 7, 1.3, 14.6), (2.6, 6, 4.0, 13))
    data = segment((0, -1), (0, 5), 2.4, 3.7)
    data += "".join(segment((t * a, b), (t * x, y), 1.25, 0.95) for a, b, x, y in fingers)
    blob(d, data + segment((t * 2, 2.6), (t * 6.6, 7), 1.6, 1.1), c)
    d.stroke(f"M{t * 2.6} 3.4Q{t * 0.4} 4.4 {t * 0.2} 7M{-t * 2.6} 5.4Q0 5 {t * 2.4} 6.4", fold(c), 0.4)


def _flat(d: Drawing, c: str, t: int) -> None:
    blob(d, segment((0, -1), (0, 5.5), 2.3, 3.3) + segment((0, 5.5), (0, 15), 3.1, 1.6)
         + segment((t * 2, 2.6), (t * 3.9, 8), 1.5, 1.1), c)  # fmt: skip
    d.stroke("M0.3 8.5V15.4M-1.5 8.8L-1 14.4", fold(c), 0.45)


def _paw(d: Drawing, c: str, t: int) -> None:
    blob(d, segment((0, -1), (0, 5), 3.0, 4.2), c)
    d.stroke("M-1.4 6.4v2.4M1.4 6.4v2.4", fold(c), 0.6)


_HANDS = {"paw": _paw, "open": _open, "fist": _fist, "point": _point, "palm": _palm, "flat": _flat, "grip": _fist}


def draw_shoe(d: Drawing, f: Form, leg: Flat) -> None:
    """A foot in its shoe, and a boot's shaft."""
    look, m = f.look, f.m
    k = m.height / 170 if look.age != "child" else m.height / 140
    dx, dy = leg.end[0] - leg.joint[0], leg.end[1] - leg.joint[1]
    length = max(math.hypot(dx, dy), 0.3 * m.shin)
    ux, uy = dx / length, dy / length
    base = (leg.end[0] + ux * m.ankle * 0.5, leg.end[1] + uy * m.ankle * 0.5)
    tx, ty = leg.tip[0], leg.tip[1] + max(0.0, leg.tip_near) * 0.16
    heel: Point = (base[0] - tx * 4.2 * k, base[1] - ty * 3 * k)
    ball: Point = (base[0] + tx * 8 * k + ux * 0.6, base[1] + ty * 8 * k + uy * 0.6)
    toe: Point = (base[0] + tx * 13.4 * k + ux * 1.4, base[1] + ty * 13.4 * k + uy * 1.4)
    front = max(0.0, 1 - math.hypot(tx, ty))
    c = look.shoe_colour
    wide = (3.5 + front * 1.0) * k
    outline = hull([*ring(*leg.end, m.leg_widths[2] * 0.98, m.leg_widths[2] * 0.7, 10),
                    *ring(*heel, 3.7 * k, 3.5 * k, 10),
                    *ring(*ball, wide, 3.0 * k, 10), *ring(*toe, wide * 0.86, 2.4 * k, 10)])  # fmt: skip
    if look.shoes == "barefoot":
        c = look.skin
    d.shape(corners(outline), c)
    low = [(p[0] + ux * 2.6 * k, p[1] + uy * 2.6 * k) for p in (heel, ball, toe)]
    sole = "#f2f2ee" if look.shoes in ("sneakers", "cloth") else dark(c, 0.5)
    if look.shoes != "barefoot" and leg.tip_near > -0.75:
        d.stroke(
            f"M{low[0][0]:.1f} {low[0][1]:.1f}L{low[1][0]:.1f} {low[1][1]:.1f}L{low[2][0]:.1f} {low[2][1] - 0.4:.1f}",
            sole,
            1.4,
        )
    if look.shoes in ("sneakers", "shoes", "boots") and leg.tip_near > -0.3:
        for share in (0.3, 0.55):
            x, y = base[0] + tx * 12 * k * share, base[1] + ty * 12 * k * share - 2.2 * k
            d.stroke(
                f"M{x - 1.8:.1f} {y:.1f}l3.6 0.4", light(c, 0.6) if look.shoes == "sneakers" else dark(c, 0.5), 0.7
            )
    if look.shoes == "boots":
        top = f.leg_at(leg, 1.5)
        blob(d, segment(top, leg.end, m.leg_widths[2] * 1.34, m.leg_widths[2] * 1.06), c)
        x, y = top
        d.stroke(
            f"M{x - m.leg_widths[2] * 1.2:.1f} {y:.1f}Q{x:.1f} {y + 2:.1f} {x + m.leg_widths[2] * 1.2:.1f} {y:.1f}",
            dark(c, 0.5),
            0.8,
        )
    elif look.shoes == "cloth" and leg.tip_near > -0.5:
        mx, my = base[0] + tx * 5 * k, base[1] + ty * 5 * k - 1.6 * k
        d.stroke(f"M{mx - 3.2 * k:.1f} {my - 0.6:.1f}Q{mx:.1f} {my + 1.6 * k:.1f} {mx + 3.2 * k:.1f} {my - 0.4:.1f}",
                 light(c, 0.5), 0.8)  # fmt: skip
    elif look.shoes == "heels":
        d.stroke(f"M{low[0][0]:.1f} {low[0][1] - 1:.1f}l{ux * 3:.1f} {uy * 3.2 + 0.5:.1f}", dark(c, 0.4), 2.0)
