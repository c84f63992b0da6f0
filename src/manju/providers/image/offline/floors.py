"""Floors and grounds: what lies under everybody's feet, by its kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.lens import Place
from manju.providers.image.offline.scenery import Scenery
from manju.providers.image.offline.trace import trace
from manju.providers.image.offline.words import chance

Run = tuple[Place, Place]
Area = tuple[float, float, float, float]
"""Least and most x, least and most z."""


def _grid(area: Area, across: float, along: float, shift: float = 0.0) -> Iterator[Run]:
    x0, x1, z0, z1 = area
    if along:
        for i in range(int((x1 - x0) / along) + 1):
            yield (x0 + i * along, 0, z0), (x0 + i * along, 0, z1)
    if across:
        for i in range(int((z1 - z0) / across) + 1):
            yield (x0, 0, z0 + i * across + shift), (x1, 0, z0 + i * across + shift)


def _boards(area: Area) -> Iterator[Run]:
    x0, x1, z0, z1 = area
    yield from _grid(area, 0, 0.32)
    for i in range(int((x1 - x0) / 0.32)):
        z = z0 + 2.2 * chance("board", i)
        while z < z1:
            yield (x0 + i * 0.32, 0, z), (x0 + (i + 1) * 0.32, 0, z)
            z += 2.2


def _stones(area: Area) -> Iterator[Run]:
    """Irregular slabs."""
    x0, x1, z0, z1 = area
    row, z = 0, z0
    while z < z1:
        deep = 0.55 + 0.3 * chance("slab", row)
        yield (x0, 0, z), (x1, 0, z)
        x = x0 + 0.8 * chance("joint", row)
        while x < x1:
            yield (x, 0, z), (x + 0.06, 0, z + deep)
            x += 0.6 + 0.6 * chance("slabs", row, round(x, 1))
        z, row = z + deep, row + 1


_LINES: dict[str, Callable[[Area], Iterator[Run]]] = {
    "boards": _boards,
    "tiles": lambda a: _grid(a, 0.8, 0.8),
    "small": lambda a: _grid(a, 0.4, 0.4),
    "slabs": lambda a: _grid(a, 1.4, 1.4),
    "stones": _stones,
    "deck": lambda a: _grid(a, 0.28, 0),
    "tatami": lambda a: _grid(a, 1.8, 0.9),
    "grate": lambda a: _grid(a, 1.2, 0.6),
}


def floor(s: Scenery, kind: str, tone: str, area: Area | None) -> None:
    """The floor of a room (within ``area``) or the ground under the sky (None): a tone that lies back from near to
    far, and the pattern of its kind."""
    near, back = light(tone, 0.06), dark(tone, 0.1)
    top = max(-s.h * 0.1, s.camera.horizon)
    if area:
        if top < s.h * 1.1:
            s.d.ramp(-s.w * 0.12, top, s.w * 1.24, s.h * 1.12 - top, back, near)
        pattern = area
    else:
        if top < s.h * 1.1:
            far_tone = mix(s.grade(tone), s.palette.haze, 0.55)
            with s.d.graded(str):
                fade = min(s.h * 0.3, s.h * 1.12 - top)
                s.d.ramp(-s.w * 0.12, top, s.w * 1.24, fade, far_tone, s.grade(tone))
                if top + fade < s.h * 1.1:
                    rest = s.h * 1.13 - top - fade
                    s.d.ramp(-s.w * 0.12, top + fade - 1, s.w * 1.24, rest, s.grade(tone), s.grade(near))
        pattern = (-7.0, 7.0, -6.0, 16.0)
    if kind in _LINES:
        s.lines(_LINES[kind](pattern), dark(tone, 0.2), 0.55)
    elif kind == "check":
        _checks(s, pattern, tone)
    elif kind in _MARKS:
        _scattered(s, kind, tone)


def _checks(s: Scenery, area: Area, tone: str) -> None:
    x0, x1, z0, z1 = area
    step, data = 0.9, ""
    for i in range(int((x1 - x0) / step)):
        for k in range(int((z1 - z0) / step)):
            if (i + k) % 2:
                x, z = x0 + i * step, z0 + k * step
                data += s.outline(((x, 0, z), (x + step, 0, z), (x + step, 0, z + step), (x, 0, z + step)))
    if data:
        s.d.path(data, dark(tone, 0.16))


def _tuft(x: float, y: float, k: float) -> str:
    return trace("M-.09 0q-.02 -.1 -.07 -.16M0 0v-.2M.08 0q.02 -.1 .08 -.15", x, y, k)


def _ripple(x: float, y: float, k: float) -> str:
    return trace("M-.4 0q.2 -.05 .4 0t.4 0", x, y, k)


def _pebble(x: float, y: float, k: float) -> str:
    return trace("M-.06 0q.06 -.08 .12 0", x, y, k)


def _crack(x: float, y: float, k: float) -> str:
    return trace("M-.3 0l.2 .03l.12 -.04l.2 .05", x, y, k)


_MARKS: dict[str, tuple[Callable[[float, float, float], str], int]] = {
    "grass": (_tuft, 90),
    "sand": (_ripple, 36),
    "snow": (_ripple, 22),
    "earth": (_pebble, 60),
    "moss": (_tuft, 60),
    "asphalt": (_crack, 12),
    "rubble": (_pebble, 110),
}


def _scattered(s: Scenery, kind: str, tone: str) -> None:
    """Small marks that lie about, the same in every shot."""
    if s.soft:
        return
    mark, count = _MARKS[kind]
    tones = {"grass": (dark(tone, 0.28), light(tone, 0.24)), "moss": (dark(tone, 0.3), light(tone, 0.2))}.get(
        kind, (dark(tone, 0.2), light(tone, 0.3))
    )
    for half, shown in enumerate(tones):
        data = ""
        for i in range(half, count, 2):
            x, z = (chance(kind, "x", i) - 0.5) * 13, chance(kind, "z", i) ** 1.5 * 16 - 4
            v = s.camera.view((x, 0, z))
            if v[2] > 0.5:
                px, py = s.camera.project(v)
                if -20 < px < s.w + 20 and py < s.h + 20:
                    data += mark(px, py, s.camera.focal / v[2])
        if data:
            s.d.path(data, None, line=shown, width=max(1.0, s.d.pen * 0.5))


def puddles(s: Scenery) -> None:
    """Rain on the ground: pools that show the sky."""
    data = ""
    for i in range(9):
        x, z = (chance("pool", i) - 0.5) * 9, chance("pools", i) * 8 - 2
        wide, deep = 0.5 + 0.7 * chance("broad", i), 0.25 + 0.3 * chance("deep", i)
        ring = [
            (x + wide * math.cos(a) * q, 0.004, z + deep * math.sin(a) * q)
            for k in range(12)
            for a, q in [(k * math.pi / 6, 0.75 + 0.35 * chance("edge", i, k))]
        ]
        data += s.outline(ring)
    if data:
        with s.d.shining():
            s.d.path(data, mix(s.palette.sky[1], "#ffffff", 0.15), alpha=0.3)


def water(s: Scenery, z0: float, tone: str) -> None:
    """Water from ``z0`` to the horizon, with foam along the shore and the light's path on it."""
    p = s.palette
    left, right = -300.0, 300.0
    with s.d.shining():
        deep = mix(s.grade(tone), p.sky[0], 0.2)
        far_tone = mix(deep, p.sky[1], 0.5)
        edges = [z0, z0 + 1.5, z0 + 4, z0 + 10, z0 + 30, z0 + 90, 900.0]
        for i, (a, b) in enumerate(pairwise(edges)):
            s.level(left, right, a - 0.02, b, mix(light(deep, 0.18), far_tone, i / 5), -0.02)
        foam = light(p.haze, 0.6)
        shore = [(x * 0.5, 0.0, z0 + 0.25 * (chance("foam", x) - 0.5)) for x in range(-30, 31)]
        s.quad(
            [
                *shore,
                *[(x, y, z + 0.28 + 0.1 * chance("wash", i)) for i, (x, y, z) in reversed(list(enumerate(shore)))],
            ],
            foam,
        )
        runs, glints = [], []
        for i in range(70):
            z = z0 + 1.0 + 50 * chance("wz", i) ** 2.2
            x = (chance("wx", i) - 0.5) * (10 + z * 1.6)
            wide = 0.25 + 0.06 * z * chance("ww", i)
            runs.append(((x, 0, z), (x + wide, 0, z)))
            lane = (p.light.lit if p.light.side in (-1, 1) else 0) * 0.42 * z
            glints.append(((lane + (x - lane) * 0.12, 0, z), (lane + (x - lane) * 0.12 + wide * 0.5, 0, z)))
        s.lines(runs, light(deep, 0.35), 0.7)
        s.lines(glints, mix(p.light.colour, "#ffffff", 0.4), 1.1, 0.8)
