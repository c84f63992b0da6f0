"""Collars of upper garments: pieces at (angle, ring) places of a `Form`."""

from __future__ import annotations

import math

from manju.providers.image.offline.colour import dark, light, luma, mix
from manju.providers.image.offline.cuts import cut_of
from manju.providers.image.offline.form import Form
from manju.providers.image.offline.shapes import fold
from manju.providers.image.offline.svg import Drawing


def _crew(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    f.line(d, [(a, 5.86 - 0.42 * max(0.0, math.cos(math.radians(a)))) for a in range(-180, 181, 15)], fold(c), 1.0)


def _scoop(d: Drawing, f: Form) -> None:
    f.patch(d, [(-70, 5.9), (-40, 5.0), (-16, 4.62), (0, 4.55), (16, 4.62), (40, 5.0), (70, 5.9)], f.look.skin, 0.7)


def _rib(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    spots = [(a, 5.55 - 0.25 * math.cos(math.radians(a))) for a in (-95, -60, -25, 0, 25, 60, 95)]
    f.patch(d, [*spots, (80, 6.5), (0, 6.36), (-80, 6.5)], light(c, 0.12), 0.8)


def _stand(d: Drawing, f: Form) -> None:
    c = dark(f.look.top_colour, 0.12)
    f.patch(d, [(-100, 5.7), (-40, 5.45), (0, 5.2), (-4, 5.75), (-60, 6.55), (-100, 6.6)], c, 0.8)
    f.patch(d, [(100, 5.7), (40, 5.45), (0, 5.2), (4, 5.75), (60, 6.55), (100, 6.6)], c, 0.8)


def _shirt(d: Drawing, f: Form) -> None:
    c = light(f.look.inner if cut_of(f.look).sleeve == "shirt" else f.look.top_colour, 0.3)
    for s in (-1, 1):
        f.patch(d, [(s * 100, 6.3), (s * 34, 6.2), (0, 5.45), (s * 26, 4.95), (s * 60, 5.5)], c, 0.8)


def _vee(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    blob_spots = [(-62, 5.55), (-8, 2.9), (8, 2.9), (62, 5.55)]
    for s in (-1, 1):
        f.patch(
            d,
            [
                (s * 52, 5.65),
                (s * 3, 2.9),
                (s * 3, 0.75),
                (s * 92, 0.75),
                (s * 92, 2),
                (s * 95, 3.6),
                (s * 72, 4.8),
                (s * 68, 5.5),
            ],
            c,
            0.8,
        )
    if f.back or abs(f.chest_yaw) > 60:
        f.patch(d, [(100, 0.75), (100, 4), (120, 5.4), (180, 5.7), (240, 5.4), (260, 4), (260, 0.75)], c, 0.8)
    f.line(d, blob_spots, fold(c), 0.6)
    _shirt(d, f)


def _lapel(d: Drawing, f: Form) -> None:
    look = f.look
    c, deep = look.top_colour, 2.5 if look.top == "blazer" else 2.7
    f.patch(d, [(-70, 6.2), (-24, 4.6), (0, deep - 0.1), (24, 4.6), (70, 6.2), (0, 5.75)], look.inner, 0.7)
    if look.has("tie") is None:
        for s in (-1, 1):
            f.patch(
                d,
                [(s * 95, 6.35), (s * 30, 6.1), (0, 5.5), (s * 18, 5.05), (s * 52, 5.6)],
                light(look.inner, 0.35),
                0.6,
            )
    for s in (-1, 1):
        f.patch(d, [(s * 100, 6.4), (s * 55, 5.7), (s * 26, 4.6), (s * 2, deep), (s * 30, 3.9), (s * 50, 4.75),
                    (s * 40, 4.95),
                    (s * 56, 5.15), (s * 88, 5.9)], light(c, 0.1), 0.8)  # fmt: skip


def _sailor(d: Drawing, f: Form) -> None:
    look = f.look
    c = light(look.top_colour, 0.08) if luma(look.top_colour) < 0.7 else "#2d3a5e"
    trim = "#f4f3ef" if luma(c) < 0.7 else "#2d3a5e"
    f.patch(d, [(-60, 6.1), (0, 4.3), (60, 6.1), (0, 5.8)], light(look.inner, 0.2), 0.6)
    for s in (-1, 1):
        f.patch(d, [(s * 100, 6.3), (s * 54, 6.1), (0, 4.15), (s * 34, 4.4), (s * 66, 5.0), (s * 90, 5.35)], c, 0.8)
        f.line(d, [(s * 6, 4.35), (s * 34, 4.65), (s * 62, 5.2)], trim, 0.9)
    f.patch(d, [(96, 5.5), (120, 4.3), (180, 4.1), (240, 4.3), (264, 5.5), (180, 6.0)], c, 0.8)
    f.line(d, [(124, 4.55), (180, 4.36), (236, 4.55)], trim, 0.9)
    ribbon = look.has("ribbon")
    red = ribbon.colour if ribbon else "#d43a4a"
    f.patch(d, [(0, 4.25), (-22, 4.45), (-20, 3.75)], red, 0.7)
    f.patch(d, [(0, 4.25), (22, 4.45), (20, 3.75)], red, 0.7)
    f.patch(d, [(-1, 4.2), (-10, 3.1), (2, 3.6), (12, 3.0), (1, 4.2)], red, 0.7)


def _hood(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    if f.back:
        f.patch(
            d,
            [(100, 5.9), (120, 4.9), (180, 3.7), (240, 4.9), (260, 5.9), (180, 6.6)],
            light(c, 0.06),
            1.0,
            round_=True,
        )
        f.line(d, [(130, 5.5), (180, 5.0), (230, 5.5)], fold(c), 0.7)
        return
    for s in (-1, 1):
        f.patch(
            d,
            [(s * 2, 4.95), (s * 40, 5.0), (s * 95, 5.6), (s * 120, 6.7), (s * 60, 6.2), (s * 20, 5.5)],
            light(c, 0.08),
            0.9,
            round_=True,
        )
        f.line(d, [(s * 18, 5.05), (s * 20, 4.3), (s * 18, 3.9 if s > 0 else 3.7)], light(c, 0.7), 1.1, 1.02)


def _cross(d: Drawing, f: Form) -> None:
    look = f.look
    trim = look.inner if look.inner != look.top_colour else dark(look.top_colour, 0.35)
    white = "#f5f2ea"
    f.patch(d, [(-50, 6.2), (-10, 5.2), (0, 4.5), (10, 5.2), (50, 6.2), (0, 5.9)], white, 0.6)
    outer, inner = (
        [(78, 6.3), (27, 5.45), (20, 4.8), (4, 3.7), (-18, 2.3)],
        [(-44, 2.3), (-13, 3.7), (7, 4.8), (14, 5.4), (52, 6.2)],
    )
    f.patch(d, [(-a, v) for a, v in outer + inner], dark(trim, 0.08), 0.8)
    f.patch(d, outer + inner, trim, 0.8)
    if f.visible((180, 5.6)):
        f.patch(d, [(110, 6.2), (125, 5.6), (180, 5.45), (235, 5.6), (250, 6.2), (180, 6.4)], trim, 0.8)


def _facing(d: Drawing, f: Form) -> None:
    """An open coat's long edges over a crossed undergarment."""
    look = f.look
    under = mix(light(look.inner, 0.2), look.bottom_colour, 0.25)
    f.patch(d, [(-60, 6.2), (-24, 4.6), (-20, 2.4), (-24, 0.4), (24, 0.4), (20, 2.4), (24, 4.6), (60, 6.2)], under, 0.7)
    f.line(d, [(-44, 6.0), (-10, 4.9), (8, 3.6), (16, 2.8)], fold(under), 0.9)
    f.line(d, [(44, 6.0), (10, 4.9), (2, 4.4)], fold(under), 0.9)
    f.patch(d, [(-20, 2.6), (20, 2.6), (20, 2.0), (-20, 2.0)], dark(look.top_colour, 0.3), 0.7)
    trim = mix(look.top_colour, "#f3e7cf", 0.62) if luma(look.top_colour) < 0.62 else dark(look.top_colour, 0.3)
    for s in (-1, 1):
        f.patch(
            d,
            [(s * 92, 6.3), (s * 52, 5.9), (s * 24, 4.6), (s * 19, 2.4), (s * 23, 0.4), (s * 40, 0.4), (s * 34, 2.4),
             (s * 40, 4.6), (s * 70, 5.7)],
            trim,
            0.8,
        )  # fmt: skip


def _round_collar(d: Drawing, f: Form) -> None:
    """The round neck of an official's robe, with its white undergarment."""
    look = f.look
    f.patch(d, [(-60, 6.2), (0, 5.5), (60, 6.2), (0, 6.0)], "#f5f2ea", 0.6)
    c = dark(look.top_colour, 0.3)
    ring = [(a, 5.85 - 0.42 * max(0.0, math.cos(math.radians(a)))) for a in range(-120, 121, 15)]
    f.line(d, ring, c, 2.4)
    f.line(d, [(8, 5.4), (40, 5.0), (70, 4.6), (86, 3.4), (88, 2.1)], c, 1.0)
    f.dot(d, (40, 5.1), 1.0, "#e0b64a")


def _ring_collar(d: Drawing, f: Form) -> None:
    w = f.m.arm_widths[0] * 2.4
    d.oval(f.top[0], f.top[1] + 1, w, w * 0.36, "#c9ced8", line=d.ink)
    d.oval(f.top[0], f.top[1] + 0.2, w * 0.78, w * 0.24, "#8a909c", line=d.ink, width=0.7)


COLLARS = {
    "bare": lambda d, f: None,
    "crew": _crew, "scoop": _scoop, "rib": _rib, "stand": _stand, "shirt": _shirt, "vee": _vee, "lapel": _lapel,
    "sailor": _sailor, "hood": _hood, "cross": _cross, "facing": _facing, "round": _round_collar, "ring": _ring_collar,
}  # fmt: skip
