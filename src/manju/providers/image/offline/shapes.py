"""Outlines of round things: tapered limbs, smooth curves, hulls. All outlines run the same way round, so that several
in one path fill as their union."""

from __future__ import annotations

import math
from collections.abc import Sequence

from manju.providers.image.offline.colour import dark
from manju.providers.image.offline.svg import Drawing, Point, num


def disc(x: float, y: float, r: float) -> str:
    """A circle."""
    return (
        f"M{num(x - r)} {num(y)}A{num(r)} {num(r)} 0 1 0 {num(x + r)} {num(y)}A{num(r)} {num(r)} 0 1 0"
        f" {num(x - r)} {num(y)}Z"
    )


def segment(a: Point, b: Point, ra: float, rb: float, swell: float = 0.0) -> str:
    """A limb from ``a`` to ``b`` with these half widths; its sides swell by ``swell`` in the upper middle."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    if length < abs(ra - rb) + 0.3:
        big = a if ra >= rb else b
        return disc(big[0], big[1], max(ra, rb))
    ux, uy = dx / length, dy / length
    nx, ny = -uy, ux
    mx, my, mr = a[0] + dx * 0.38, a[1] + dy * 0.38, ra + (rb - ra) * 0.38 + swell * 2

    def at(p: Point, r: float) -> str:
        return f"{num(p[0] + nx * r)} {num(p[1] + ny * r)}"

    return (
        f"M{at(a, ra)}Q{at((mx, my), mr)} {at(b, rb)}A{num(rb)} {num(rb)} 0 0 0 {at(b, -rb)}"
        f"Q{at((mx, my), -mr)} {at(a, -ra)}A{num(ra)} {num(ra)} 0 0 0 {at(a, ra)}Z"
    )


def area(points: Sequence[Point]) -> float:
    """Twice the signed area of a polygon."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True))


def turned(points: Sequence[Point]) -> list[Point]:
    """``points`` in the direction in which all outlines run."""
    return list(points) if area(points) < 0 else list(reversed(points))


def smooth(points: Sequence[Point], *, close: bool = True, tension: float = 1.0) -> str:
    """A curve through ``points`` (Catmull-Rom). Closed ones run like the other outlines."""
    if close:
        points = turned(points)
    n = len(points)
    if n < 3:
        return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points)
    out = f"M{num(points[0][0])} {num(points[0][1])}"
    k = tension / 6
    for i in range(n if close else n - 1):
        p0 = points[i - 1] if close or i else points[i]
        p1, p2 = points[i], points[(i + 1) % n]
        p3 = points[(i + 2) % n] if close or i + 2 < n else p2
        out += (
            f"C{num(p1[0] + (p2[0] - p0[0]) * k)} {num(p1[1] + (p2[1] - p0[1]) * k)}"
            f" {num(p2[0] - (p3[0] - p1[0]) * k)} {num(p2[1] - (p3[1] - p1[1]) * k)} {num(p2[0])} {num(p2[1])}"
        )
    return out + ("Z" if close else "")


def corners(points: Sequence[Point], *, close: bool = True) -> str:
    """A polygon, run like the other outlines, or an open line."""
    if close:
        points = turned(points)
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points) + ("Z" if close else "")


def hull(points: Sequence[Point]) -> list[Point]:
    """The convex hull."""
    ordered = sorted(set((round(x, 3), round(y, 3)) for x, y in points))
    if len(ordered) < 3:
        return ordered

    def chain(seq: Sequence[Point]) -> list[Point]:
        out: list[Point] = []
        for p in seq:
            while len(out) > 1 and (
                (out[-1][0] - out[-2][0]) * (p[1] - out[-2][1]) - (out[-1][1] - out[-2][1]) * (p[0] - out[-2][0]) <= 0
            ):
                out.pop()
            out.append(p)
        return out[:-1]

    return chain(ordered) + chain(ordered[::-1])


def ring(x: float, y: float, rx: float, ry: float, n: int = 10) -> list[Point]:
    """Points of an ellipse."""
    return [(x + rx * math.cos(2 * math.pi * i / n), y + ry * math.sin(2 * math.pi * i / n)) for i in range(n)]


def along(a: Point, b: Point, t: float) -> Point:
    """The point at share ``t`` of the way from ``a`` to ``b``."""
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def blob(d: Drawing, data: str, fill: str, *, width: float = 1.0) -> None:
    """The union of the outlines in ``data``, with one ink line round all of it."""
    if d.pen * width > 0:
        d.path(data, None, line=d.ink, width=d.pen * 1.5 * width)
    d.path(data, fill)


def shade(colour: str) -> str:
    """The colour of a thing's shadow side."""
    return dark(colour, 0.17)


def fold(colour: str) -> str:
    """The colour of lines drawn on a thing."""
    return dark(colour, 0.45)
