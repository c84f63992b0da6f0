"""Hair on a head that may be turned any way. Places are angles round the skull (0 the face, 90 the viewer's right ear,
180 the back of the head) and heights in the head's coordinates (see `face`). The head looks to the viewer's right;
``s`` is -1 where the caller mirrors it, so that a parting stays on its own side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from manju.providers.image.offline.colour import dark, light, luma
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.shapes import along, blob, disc, fold, smooth
from manju.providers.image.offline.svg import Drawing, Point, num

_HAIRLINE = ((0, -8.8), (28, -8.4), (50, -6.6), (68, -2.4), (84, 3.4), (97, -0.5), (112, 4.5), (138, 9), (180, 9.8))
"""Angle and height of the hairline, to both sides."""
GATHERED = frozenset(("ponytail", "twintails", "bun", "topknot", "updo", "braid", "braids", "sidetail"))
SPIKY = frozenset(("spiky", "messy", "wolf"))


def _line(angle: float) -> float:
    a = abs((angle + 180) % 360 - 180)
    for (a0, y0), (a1, y1) in pairwise(_HAIRLINE):
        if a <= a1:
            return y0 + (y1 - y0) * (a - a0) / (a1 - a0)
    return 9.8


class Scalp:
    """The skull's surface as it is turned."""

    def __init__(self, look: Look, yaw: float) -> None:
        self.look, self.yaw = look, yaw
        lean = abs(math.sin(math.radians(yaw)))
        self.cx = -1.9 * math.sin(math.radians(yaw))
        puff = {"crew": -0.6, "bald": -0.9, "curly": 1.3, "afro": 3.4, "slick": -0.2}.get(look.style, 0.75)
        if look.length == "bald":
            puff = -0.9
        self.rx = 11.5 + lean * 0.9 + puff
        self.top = -15.4 - puff

    def x(self, angle: float, out: float = 1.0) -> float:
        """Where an angle is on the screen."""
        return self.cx + self.rx * out * math.sin(math.radians(angle + self.yaw))

    def at(self, place: Point) -> Point:
        """Where a place on the skull is on the screen; it narrows towards the top."""
        y = max(place[1], self.top + 0.8)
        return self.cx + self.half(y) * math.sin(math.radians(place[0] + self.yaw)), y

    def half(self, y: float) -> float:
        """Half the skull's breadth at a height."""
        return self.rx * (math.sqrt(max(0.02, 1 - ((y + 2.5) / (self.top + 2.0)) ** 2)) if y < -2.5 else 1.0)

    def near(self, angle: float) -> float:
        """How near the viewer it is, -1..1."""
        return math.cos(math.radians(angle + self.yaw))

    def crown(self) -> Point:
        """Where the strands come from."""
        return self.cx - 3.0 * math.sin(math.radians(self.yaw)), self.top + 1.2


def skull(d: Drawing, look: Look, yaw: float) -> None:
    """The back of the head, behind the face: all that is not face."""
    p = Scalp(look, yaw)
    colour = look.skin if look.length == "bald" else look.hair
    nape = p.cx - 4.4 * math.sin(math.radians(yaw))
    low = 4.8 if look.length != "bald" else 4.0
    blob(d, dome(p) + disc(nape, low, 6.4), dark(colour, 0.12) if look.length != "bald" else colour)


def dome(p: Scalp) -> str:
    """The outline of the skull."""
    half = ((1.0, -2.5), (0.86, -10.3), (0.42, p.top + 1.1), (0.0, p.top + 0.3))
    right = [(p.cx + p.rx * k, y) for k, y in reversed(half)]
    left = [(p.cx - p.rx * k, y) for k, y in half]
    return smooth([*left, *right[1:], (p.cx + p.rx * 0.7, 6), (p.cx, 9), (p.cx - p.rx * 0.8, 5.4)])


def bare(d: Drawing, look: Look, yaw: float) -> None:
    """A bald head: the forehead runs into the skull without a line."""
    p = Scalp(look, yaw)
    half = ((0.94, -3.0), (0.82, -9.8), (0.4, p.top + 1.9), (0.0, p.top + 1.1))
    left = [(p.cx - p.rx * k, y) for k, y in half]
    right = [(p.cx + p.rx * k, y) for k, y in reversed(half)]
    d.path(smooth([*left, *right[1:]]), look.skin)


def cap(d: Drawing, look: Look, yaw: float, s: int, lit: int) -> None:
    """The hair on the head's near side: cap, fringe and side locks."""
    if look.length == "bald":
        p = Scalp(look, yaw)
        d.path(
            f"M{p.cx - 4:.1f} {p.top + 3.4:.1f}Q{p.cx - 1:.1f} {p.top + 1.4:.1f} {p.cx + 4:.1f}"
            f" {p.top + 3:.1f}Q{p.cx:.1f} {p.top + 3:.1f} {p.cx - 4:.1f} {p.top + 3.4:.1f}Z",
            light(look.skin, 0.6),
        )
        return
    p = Scalp(look, yaw)
    data = _cap_outline(p, look) + "".join(_locks(p, look, s))
    blob(d, data, look.hair)
    _strands(d, p, look, s)
    _shine(d, p, look, lit)


def _cap_outline(p: Scalp, look: Look) -> str:
    first, last = -90 - p.yaw, 90 - p.yaw
    steps = 13
    edge: list[Point] = []
    lift = 1.2 if look.fringe == "back" or look.style == "crew" else 0.0
    for i in range(steps + 1):
        angle = first + (last - first) * i / steps
        y = _line(angle)
        if (
            look.length in ("bob", "medium", "long")
            and abs((angle + 180) % 360 - 180) > 74
            and look.style not in GATHERED
        ):
            y = max(y, 7.0)
        x, y = p.at((angle, y - (lift if abs(y) > 5 else 0)))
        edge.append((x if y < 6 else p.cx + (x - p.cx) * 0.94, y))
    a = edge[0]
    out = smooth(edge, close=False)
    k, top = p.rx, p.top
    if look.style in SPIKY:
        return out + _spikes(p, look) + "Z"
    arc = (
        f"C{num(p.cx + k * 1.06)} {num(-9.5)} {num(p.cx + k * 0.62)} {num(top)} {num(p.cx)} {num(top)}"
        f"C{num(p.cx - k * 0.62)} {num(top)} {num(p.cx - k * 1.06)} {num(-9.5)} {num(a[0])} {num(a[1])}Z"
    )
    return out + arc


def _spikes(p: Scalp, look: Look) -> str:
    """A crown of pointed tufts, from right to left."""
    wild = 1.0 if look.style == "spiky" else 0.55
    out, n = "", 7
    for i in range(n):
        a0, a1 = math.radians(-8 + i * 196 / n), math.radians(-8 + (i + 1) * 196 / n)
        mid = a0 + (a1 - a0) * (0.3 if i < n / 2 else 0.7)
        r0 = (p.rx, 13.0 + (p.rx - 11.5))
        high = 1.0 + wild * (0.3 if i % 2 else 0.2)
        tip = (p.cx + r0[0] * high * math.cos(mid), -2.4 - r0[1] * high * math.sin(mid))
        end = (p.cx + r0[0] * 1.0 * math.cos(a1), -2.4 - r0[1] * 1.0 * math.sin(a1))
        out += (
            f"L{num(tip[0])} {num(tip[1])}Q{num((tip[0] + end[0]) / 2 * 0.96)}"
            f" {num((tip[1] + end[1]) / 2 * 0.98)} {num(end[0])} {num(end[1])}"
        )
    return out


def lock(p: Scalp, root: Point, tip: Point, wide: float, bend: float = 0.0) -> str:
    """A pointed lock of hair between two places (angle, height); it bends to the side by ``bend``."""
    if p.near(tip[0]) < (0.02 if tip[1] > 6 else 0.16) or p.near(root[0]) < -0.3:
        return ""
    w = wide * max(0.42, p.near((root[0] + tip[0]) / 2))
    (x0, y0), (x1, y1) = p.at(root), p.at(tip)
    room = max(0.0, p.half(y0) - w)
    x0 = max(p.cx - room, min(p.cx + room, x0))
    mx, my = (x0 + x1) / 2 + bend, y0 + (y1 - y0) * 0.5
    # runs counter-clockwise on the screen, as all outlines do
    return (
        f"M{num(x0 - w)} {num(y0)}Q{num(mx - w * 0.9)} {num(my)} {num(x1)} {num(y1)}"
        f"Q{num(mx + w * 0.9)} {num(my)} {num(x0 + w)} {num(y0)}Z"
    )


def _fringe(look: Look) -> Sequence[tuple[Point, Point, float, float]]:
    """Locks over the forehead: root, tip, half width, bend."""
    match look.fringe:
        case "straight":
            return [
                ((a * 0.9, -12.5), (a, -1.9 + 0.5 * (i % 2) + abs(a) * 0.012), 2.5, 0.3 if i % 2 else -0.3)
                for i, a in enumerate(range(-52, 53, 13))
            ]
        case "centre":
            both = [
                ((2, -14), (22, -5.2), 3.0, 1.6),
                ((6, -14), (40, -2.2), 3.4, 2.0),
                ((16, -13), (58, 2.4), 3.2, 1.8),
            ]
            return both + [((-r[0], r[1]), (-t[0], t[1]), w, -b) for r, t, w, b in both]
        case "messy":
            tips = (
                (-58, 2.6),
                (-44, -1.0),
                (-30, -3.0),
                (-14, -0.4),
                (2, -3.4),
                (16, -1.2),
                (32, -3.4),
                (46, 0.2),
                (60, 2.2),
            )
            return [((a * 0.72 + 6, -13), (a, y), 2.9, 1.0 if i % 2 else -0.6) for i, (a, y) in enumerate(tips)]
        case "wisps":
            return [
                ((a * 0.6, -12.5), (a, y), 1.3, b)
                for a, y, b in ((-60, 4.5, -1.0), (-34, -2.5, -0.8), (-8, -3.6, 0.4), (30, -2.8, 0.8), (60, 4.5, 1.0))
            ]
        case "back" | "none":
            return []
        case _:  # a parting on the figure's right
            out = [
                ((-26, -14.2), (a, y), w, b)
                for a, y, w, b in (
                    (-8, -4.6, 3.0, 1.0),
                    (10, -3.4, 3.4, 2.0),
                    (28, -2.4, 3.4, 2.4),
                    (46, -0.6, 3.2, 2.2),
                    (60, 3.4, 2.6, 1.6),
                )
            ]
            return [*out, ((-34, -13.6), (-46, -2.6), 3.0, -1.6), ((-40, -12.8), (-60, 3.0), 2.6, -1.2)]


def _locks(p: Scalp, look: Look, s: int) -> list[str]:
    out = (
        [lock(p, (r[0] * s, r[1]), (t[0] * s, t[1]), w, b * s) for r, t, w, b in _fringe(look)]
        if look.style != "crew"
        else []
    )
    side = _side_length(look)
    if side and look.style not in GATHERED:
        for i, a in enumerate(range(98, 181, 14)):
            for k in (-1, 1):
                out.append(lock(p, (k * a, -8), (k * (a - 4), side + (0.8 if i % 2 else -0.6)), 3.4, k * 0.8))
    if side:
        for k in (-1, 1):
            out.append(lock(p, (k * 70, -7), (k * 76, side), 3.0, k * 1.6))
            out.append(lock(p, (k * 84, -4), (k * 92, side * 0.86 + 1), 3.4, k * 1.2))
    elif look.length == "short" and look.style != "crew":
        for k in (-1, 1):
            out.append(lock(p, (k * 76, -3), (k * 82, 4.6), 1.9, 0))
    if look.length in ("short", "bob") and look.style not in GATHERED and look.style != "crew":
        low = 11.5 if look.length == "short" else 0
        if low:
            for a in range(110, 251, 20):
                out.append(
                    lock(
                        p,
                        (a, 5),
                        (a + (6 if a < 180 else -6), 5 + (low - 5 + (a % 3) * 0.6) * min(1.0, p.near(a) * 1.5 - 0.2)),
                        2.4,
                        0,
                    )
                    if p.near(a) > 0.5
                    else ""
                )
    if look.style == "mullet":
        for a in range(100, 261, 20):
            out.append(lock(p, (a, 4), (a, 20 + (a % 40) * 0.06), 2.8, 0.6))
    if look.style in ("curly", "afro"):
        for i in range(11):
            t = math.radians(-12 + i * 204 / 10)
            out.append(disc(p.cx + p.rx * 0.92 * math.cos(t), -3.4 - (-p.top - 3.6) * 0.94 * math.sin(t), 4.0))
    return out


def _side_length(look: Look) -> float:
    """How far locks fall before the ears, or 0."""
    if look.fringe == "back" or look.style in ("topknot", "crew", "slick"):
        return 0.0
    if look.style in GATHERED:
        return 9.5 if look.gender == "female" else 0.0
    return {"bob": 12.4, "medium": 16.0, "long": 19.0}.get(look.length, 0.0)


def _strands(d: Drawing, p: Scalp, look: Look, s: int) -> None:
    cx, cy = p.crown()
    part = {"side": -26 * s, "centre": 0}.get(look.fringe)
    data = ""
    if look.style == "crew":
        for a in range(-150, 180, 22):
            if p.near(a) > 0.2:
                for da, dy in ((0, 1.8), (9, 4.2)):
                    x, y = p.at((a + da, _line(a) - dy))
                    data += f"M{p.cx + (x - p.cx) * 0.9:.1f} {y:.1f}l0.4 -1.3"
        d.stroke(data, fold(look.hair) if luma(look.hair) > 0.25 else light(look.hair, 0.3), 0.5)
        return
    for a in (-166, -140, -116, -92, -66, -38, -12, 14, 40, 66, 92, 116, 140, 166):
        if p.near(a) < 0.22:
            continue
        gathered = look.style in GATHERED or look.fringe == "back"
        x1, y1 = p.x(a, 0.93), _line(a) - (0.8 if gathered else 2.6)
        x0, y0 = (cx, cy) if part is None or abs(a) > 100 else (p.x(part) * 0.5 + cx * 0.5, p.top + 1.4)
        u, v = along((x0, y0), (x1, y1), 0.36)
        data += (
            f"M{u:.1f} {v - 1.6:.1f}Q{(u + x1) / 2 + (x1 - cx) * 0.13:.1f} {(v + y1) / 2 - 2.2:.1f} {x1:.1f} {y1:.1f}"
        )
    if part is not None and p.near(part) > 0.3:
        data += (
            f"M{cx * 0.6 + p.x(part) * 0.4:.1f} {p.top + 0.6:.1f}Q{p.x(part):.1f} {p.top + 2:.1f} {p.x(part):.1f} -9.6"
        )
    tone = fold(look.hair) if luma(look.hair) > 0.2 else light(look.hair, 0.22)
    d.stroke(data, tone, 0.5)


def _shine(d: Drawing, p: Scalp, look: Look, lit: int) -> None:
    """A band of light."""
    if look.style in ("crew", "afro"):
        return
    tone = light(look.hair, 0.34 if luma(look.hair) > 0.25 else 0.24)
    x = p.cx + lit * p.rx * 0.34
    w = p.rx * 0.5
    y = -11.2
    d.path(
        
            f"M{x - w:.1f} {y + 1.8:.1f}Q{x - w * 0.2:.1f} {y - 1.9:.1f} {x + w:.1f} {y + 0.4:.1f}"
            f"L{x + w * 0.62:.1f} {y + 1.1:.1f}L{x + w * 0.5:.1f} {y + 0.6:.1f}"
        
            f"L{x + w * 0.2:.1f} {y + 1.5:.1f}L{x:.1f} {y + 0.7:.1f}L{x - w * 0.36:.1f} {y + 2.3:.1f}"
            f"L{x - w * 0.5:.1f} {y + 1.3:.1f}Z", tone,
    )  # fmt: skip
