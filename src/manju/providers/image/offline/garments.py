"""Clothes on a `Form`: trunk and cloth round the legs."""

from __future__ import annotations

import math

from manju.providers.image.offline.collars import COLLARS
from manju.providers.image.offline.colour import dark, light, luma, mix
from manju.providers.image.offline.cuts import Cut, cut_of
from manju.providers.image.offline.form import Form
from manju.providers.image.offline.fronts import FRONTS, PARTS
from manju.providers.image.offline.shapes import along, blob, corners, fold, shade, smooth, turned
from manju.providers.image.offline.svg import Drawing, Point


def _hem_line(f: Form, points: list[Point]) -> tuple[Point, Point]:
    """The lowest left and right corner of a drape."""
    low = max(p[1] for p in points)
    near = [p for p in points if p[1] > low - 9]
    return min(near), max(near)


def _folds(
    d: Drawing, f: Form, points: list[Point], colour: str, top: float, count: int, *, pleats: bool = False
) -> None:
    left, right = _hem_line(f, points)
    a, b = f.edge(top, -1), f.edge(top, 1)
    data = ""
    for i in range(1, count + 1):
        share = i / (count + 1)
        x0, y0 = along(a, b, 0.12 + 0.76 * share)
        x1, y1 = along(left, right, 0.04 + 0.92 * share)
        start = 0.06 if pleats else 0.42 + 0.16 * (i % 2)
        x0, y0 = x0 + (x1 - x0) * start, y0 + (y1 - y0) * start
        data += (
            f"M{x0:.1f} {y0:.1f}Q{(x0 + x1) / 2 + (share - 0.5) * 4:.1f} {(y0 + y1) / 2:.1f} {x1:.1f} {y1 - 0.4:.1f}"
        )
    d.stroke(data, fold(colour), 0.65)


def draw_drape(d: Drawing, f: Form, colour: str, cut: Cut, top: float, lit: int, *, closed: bool = True) -> None:
    """Cloth round the legs; one that is not ``closed`` leaves them free in front."""
    points = f.drape(top, cut.drape, cut.flare)
    if len(points) < 3:
        return
    gap = 0.0 if closed else 0.15 * math.cos(math.radians(f.yaw)) * (1.0 if not f.back else 0.0)
    left, right = _hem_line(f, points)
    tone = shade(colour)
    if gap <= 0.03:
        d.shape(smooth(points, tension=0.5), colour)
        _shadow(d, f, points, tone, top, lit)
        _folds(d, f, points, colour, top, 7 if cut.front == "pleats" else 3, pleats=cut.front == "pleats")
        if not closed and not f.back and math.cos(math.radians(f.yaw)) > -0.2:
            side = 1 if f.yaw > 0 else -1
            x0, y0 = f.edge(top, side, 0.8)
            x1, y1 = along(left, right, 0.5 + side * 0.44)
            d.stroke(f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}", fold(colour), 0.8)
        return
    centre = 0.5 + 0.5 * math.sin(math.radians(f.yaw)) * 0.8
    a, b = f.edge(top, -1), f.edge(top, 1)
    for side in (-1, 1):
        share = centre + side * gap
        upper, lower = along(a, b, centre + side * gap * 0.5), along(left, right, share)
        part = _clip(points, upper, (lower[0], lower[1] + 40), side)
        if len(part) > 2:
            d.shape(corners(part), colour if side == lit else mix(colour, tone, 0.6))
            x0, y0 = along(upper, f.edge(top, side), 0.5)
            x1, y1 = along(lower, left if side < 0 else right, 0.45)
            d.stroke(
                f"M{x0 + (x1 - x0) * 0.4:.1f} {y0 + (y1 - y0) * 0.4:.1f}L{x1:.1f} {y1 - 1:.1f}", fold(colour), 0.65
            )


def _shadow(d: Drawing, f: Form, points: list[Point], tone: str, top: float, lit: int) -> None:
    left, right = _hem_line(f, points)
    a, b = f.edge(top, -1), f.edge(top, 1)
    part = _clip(points, along(a, b, 0.5 - lit * 0.2), along(left, right, 0.5 - lit * 0.16), -lit)
    if len(part) > 2:
        inset = 0.985
        cx = sum(p[0] for p in part) / len(part)
        d.path(corners([(cx + (x - cx) * inset, y - 0.3) for x, y in part]), tone)


def _clip(points: list[Point], a: Point, b: Point, side: int) -> list[Point]:
    """The part of a convex outline on the screen's ``side`` of the line from ``a`` down to ``b``."""

    def away(p: Point) -> float:
        return ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) * side

    out: list[Point] = []
    for i, p in enumerate(points):
        q = points[(i + 1) % len(points)]
        u, v = away(p), away(q)
        if u <= 0:
            out.append(p)
        if (u < 0) != (v < 0) and abs(u - v) > 1e-9:
            out.append(along(p, q, u / (u - v)))
    return turned(out) if len(out) > 2 else out


def draw_top(d: Drawing, f: Form, lit: int) -> None:
    """The upper garment on the trunk."""
    look, cut = f.look, cut_of(f.look)
    c = look.inner if cut.sleeve == "shirt" else look.top_colour
    blob(d, f.trunk(cut.hem, 6.0, cut.ease), c)
    if "seamless" in cut.parts:  # trunk and drape are one piece
        d.path(f.trunk(cut.hem - 0.4, cut.hem + 0.5, cut.ease * 0.94), c)
    low = cut.hem - 0.4 if "seamless" in cut.parts else cut.hem
    d.path(f.shadow(low, 5.2, -lit, cut.ease), shade(c))
    if look.pattern:
        _pattern(d, f, cut.hem)
    _wrinkles(d, f, c, cut)
    if "ribs" in cut.parts and not cut.drape:
        f.line(d, [(a, cut.hem + 0.22) for a in range(-180, 181, 20)], fold(c), 0.7)
    FRONTS[cut.front](d, f)
    COLLARS[cut.collar](d, f)
    for part in cut.parts:
        if part in PARTS:
            PARTS[part](d, f)


def _wrinkles(d: Drawing, f: Form, c: str, cut: Cut) -> None:
    """Folds at armpits and waist."""
    lines = [[(62, 4.5), (44, 4.05)], [(-60, 4.4), (-46, 4.0)], [(70, 2.3), (38, 2.08)], [(-72, 2.0), (-40, 2.12)]]
    if abs(f.pose.lean) > 12 or f.pose.seated or f.pose.side:
        lines += [[(60, 1.7), (10, 1.82)], [(-60, 1.72), (-20, 1.6)]]
    for spots in lines:
        if spots[0][1] > cut.hem:
            f.line(d, spots, fold(c), 0.6)


def _pattern(d: Drawing, f: Form, hem: float) -> None:
    look = f.look
    tone = light(look.top_colour, 0.55) if luma(look.top_colour) < 0.6 else dark(look.top_colour, 0.4)
    rows = [v for v in (0.8, 1.3, 1.8, 2.3, 2.8, 3.3, 3.8, 4.3) if v > hem + 0.1]
    if look.pattern == "dots":
        for i, v in enumerate(rows):
            for angle in range(-150 + 15 * (i % 2), 181, 30):
                if f.visible((angle, v)):
                    x, y = f.on((angle, v))
                    d.oval(x, y, 1.1, fill=tone)
        return
    for v in rows:
        f.line(d, [(a, v) for a in range(-180, 181, 20)], tone, 1.3)
    if look.pattern == "plaid":
        for angle in range(-150, 181, 30):
            f.line(d, [(angle, v) for v in (hem + 0.1, 2, 3, 4.4)], tone, 0.9)
