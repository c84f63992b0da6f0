"""Things put into a set: shadows and pools of light on the ground, then the things, the farthest first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from manju.providers.image.offline.colour import light
from manju.providers.image.offline.parts import paint_thing
from manju.providers.image.offline.scenery import LOW, Placed, Scenery
from manju.providers.image.offline.solid import colour_of


def put(s: Scenery, things: Sequence[Placed]) -> None:
    """Paint things, the farthest first, over their shadows."""
    seen = [(s.depth(p), p) for p in things]
    seen = [(depth, p) for depth, p in seen if depth > 0.25 or p.thing.high <= LOW]
    for depth, p in seen:
        if p.y < 0.05 and not p.flat and p.thing.high > LOW:
            _shadow(s, p, depth)
    if s.palette.time in ("night", "sunset"):
        lamps = sorted(
            (each for each in seen if any(part.kind == "g" for part in each[1].thing.parts)),
            key=lambda each: each[0],
        )
        for _, p in lamps[:7]:
            _pool(s, p)
    for depth, p in sorted(seen, key=lambda each: (each[1].thing.high > LOW, -each[0])):
        with s.away(depth):
            paint_thing(s, p)


def _shadow(s: Scenery, p: Placed, depth: float) -> None:
    """What a thing takes of the light on the ground: its foot, drawn out away from the light."""
    if depth > s.camera.distance + 16 or p.thing.half <= 0:
        return
    low = {"sunset": 1.5, "morning": 1.2, "night": 0.5}.get(s.palette.time, 0.8) * (0.35 if s.inside else 1.0)
    high = min(p.thing.high * p.size, 4.0)
    dx, dz = -s.sun[0] * high * low * 0.7, -s.sun[2] * high * low * 0.6
    foot = footprint(p, 0.9)
    ring = list(foot) + [(x + dx, z + dz) for x, z in foot]
    if data := s.outline([(x, 0.005, z) for x, z in _hull(ring)]):
        with s.d.graded(s.grade):
            s.d.path(data, "#141634", alpha=0.17)


def _pool(s: Scenery, p: Placed) -> None:
    """The light that a lamp throws on the ground."""
    for part in p.thing.parts:
        if part.kind == "g" and 0.5 < part.n[1] * p.size < 4:
            x, z = _turned(p, part.n[0] * p.size, part.n[2] * p.size)
            tone = light(colour_of(part.word, p.own), 0.2)
            for r, alpha in ((1.5, 0.10), (0.9, 0.14)):
                r *= min(1.3, 0.5 + part.n[3] * 0.6)
                ring = [
                    (x + r * math.cos(a * math.pi / 7), 0.004, z + r * math.sin(a * math.pi / 7)) for a in range(14)
                ]
                if data := s.outline(ring):
                    with s.d.shining():
                        s.d.path(data, tone, alpha=alpha)


def footprint(p: Placed, share: float = 1.0) -> list[tuple[float, float]]:
    """Corners of the ground that a thing stands on, x and z; ``share`` of them in length."""
    half, deep = p.thing.half * p.size * share, p.thing.deep * p.size * share
    return [_turned(p, x, z) for x, z in ((-half, -deep), (half, -deep), (half, deep), (-half, deep))]


def _turned(p: Placed, x: float, z: float) -> tuple[float, float]:
    """A point of a thing's own ground, in the set."""
    a = math.radians(p.turn)
    return p.x + x * math.cos(a) + z * math.sin(a), p.z + z * math.cos(a) - x * math.sin(a)


def _hull(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Convex hull (Andrew's monotone chain)."""

    def chain(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for p in points:
            while len(out) > 1 and (out[-1][0] - out[-2][0]) * (p[1] - out[-2][1]) <= (out[-1][1] - out[-2][1]) * (
                p[0] - out[-2][0]
            ):
                out.pop()
            out.append(p)
        return out[:-1]

    ordered = sorted(set(ring))
    return chain(ordered) + chain(reversed(ordered))
