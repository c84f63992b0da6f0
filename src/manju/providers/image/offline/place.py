"""A set painted for one shot: sky and backdrop, or floor and walls; what stands there; the people of the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from manju.providers.image.offline import backdrop, floors
from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.furnish import footprint, put
from manju.providers.image.offline.parts import paint_thing
from manju.providers.image.offline.scenery import LOW, Placed, Scenery
from manju.providers.image.offline.sets import SETS, Set, placed, thing
from manju.providers.image.offline.svg import points
from manju.providers.image.offline.trace import trace
from manju.providers.image.offline.words import chance

_WALLS = {"n": (0, 0, -1), "s": (0, 0, 1), "w": (1, 0, 0), "e": (-1, 0, 0)}
"""Normals of the walls' inner sides."""


def paint(s: Scenery, name: str, extra: Sequence[Placed], spread: float, *, crowd: bool) -> None:
    """Everything behind and round the figures. ``extra`` are the scene's landmarks."""
    described = SETS[name]
    # The windows of rooms are on their left: light from the right mirrors them.
    mirrored = described.room is not None and s.palette.light.side == 1
    standing, hung = placed(described, spread, s.palette.key, mirrored=mirrored)
    kind, _, tone = described.ground.partition(" ")
    tone = s.palette.pick(tone, 1, 0.2)
    if "snow" in s.palette.weather and not described.room:
        tone = mix(tone, "#e9eff5", 0.7)
    if trees := _season(s, extra):
        standing = tuple(replace(p, own=trees) if p.thing in _TREES else p for p in standing)
    with s.d.graded(s.grade):
        if described.room:
            broad, front, back, high = described.room
            area = (-broad / 2 * spread, broad / 2 * spread, front, back)
            floors.floor(s, kind, tone, area)
            _shell(s, described, area, high, hung)
        else:
            backdrop.sky(s, described.sky)
            for ring in filter(None, (r.split() for r in described.rings.split(";"))):
                backdrop.ring(s, ring[0], s.palette.pick(ring[1], 0, 0.2), float(ring[2]))
            floors.floor(s, kind, tone, None)
            if "rain" in s.palette.weather and described.sky == "" and not s.soft:
                floors.puddles(s)
            if described.water:
                start, colour = described.water.split()
                floors.water(s, float(start), colour)
        people = _people(s, described, spread) if crowd else ()
        put(s, _kept(s, [*standing, *extra]))
        for depth, x, z, key in sorted(people, reverse=True):
            with s.away(depth):
                _person(s, x, z, key)


_TREES = frozenset(thing(name) for name in ("tree", "bigtree", "trunk"))


def _season(s: Scenery, extra: Sequence[Placed]) -> str:
    """The colour of leaves where blossoms, autumn or snow change it; else empty."""
    for name, weather in (("sakura", "petals"), ("maple", "leaves")):
        if weather in s.palette.weather or any(p.thing is thing(name) for p in extra):
            return "#f4b9cd" if name == "sakura" else "#d98a44"
    return "#d5e0e6" if "snow" in s.palette.weather else ""


Ground = Sequence[tuple[float, float]]
"""Points to the right of the camera and away from it."""


def _before(foot: Ground, reach: float) -> list[tuple[float, float]]:
    """The part of a piece of ground that is nearer than ``reach``."""
    near: list[tuple[float, float]] = []
    for i, (right, away) in enumerate(foot):
        before, depth = foot[i - 1]
        if (away < reach) != (depth < reach):
            t = (reach - depth) / (away - depth)
            near.append((before + (right - before) * t, reach))
        if away < reach:
            near.append((right, away))
    return near


def _covers(s: Scenery, p: Placed) -> bool:
    """Whether a thing comes before the figures, too near to the lens, or like a post out of somebody's head."""
    foot = [(right, away) for right, _, away in (s.camera.view((x, 0.0, z)) for x, z in footprint(p))]
    reach = s.camera.distance * 0.92
    if near := _before(foot, reach):
        if max(away for _, away in near) < reach * 0.5:
            return True
        sides = [right * s.camera.focal / max(away, 0.3) for right, away in near]
        return min(abs(side) for side in sides) < 0.3 * s.w or min(sides) < 0 < max(sides)
    behind = [right for right, _ in _before(foot, s.camera.distance + 0.7)]
    return bool(behind) and p.thing.high > 1.0 and not p.y and min(behind) < 0.3 and max(behind) > -0.3


def _kept(s: Scenery, standing: Sequence[Placed]) -> list[Placed]:
    """Things that do not stand between the camera and the figures."""
    return [p for p in standing if p.thing.high <= LOW or not _covers(s, p)]


def _shell(s: Scenery, described: Set, area: floors.Area, high: float, hung: Sequence[tuple[str, Placed]]) -> None:
    """Walls that look to the camera, each with what hangs on it, and the ceiling."""
    x0, x1, z0, z1 = area
    wall = s.palette.pick(described.wall, 0, 0.26)
    dado = s.palette.pick(described.dado, 2, 0.3) if described.dado else ""
    feet = {"n": ((x0, z1), (x1, z1)), "s": ((x1, z0), (x0, z0)), "w": ((x0, z0), (x0, z1)), "e": ((x1, z1), (x1, z0))}
    ceiling = described.ceiling or light(wall, 0.35)
    if s.camera.pitch > 0.1:  # from above nobody sees where the walls end
        high = max(high, s.camera.y + 1.5)
    if s.camera.y < high:
        foot = min(s.h * 1.12, s.camera.horizon + 2)
        s.d.ramp(-s.w * 0.13, -s.h * 0.13, s.w * 1.26, foot + s.h * 0.13, dark(ceiling, 0.03), dark(ceiling, 0.16))
        beams = [
            ((x0, high - 0.01, z0 + k * 1.2), (x1, high - 0.01, z0 + k * 1.2)) for k in range(int((z1 - z0) / 1.2) + 1)
        ]
        s.lines(beams, dark(ceiling, 0.24), 0.7)
    for side, normal in _WALLS.items():
        (ax, az), (bx, bz) = feet[side]
        if not s.faces(normal, (ax, 0.0, az)):
            continue
        tone = s.shade(wall, (normal[0] * 0.7, 0.0, normal[2] * 0.7))
        s.quad(((ax, 0, az), (bx, 0, bz), (bx, high, bz), (ax, high, az)), tone)
        s.quad(((ax, high * 0.86, az), (bx, high * 0.86, bz), (bx, high, bz), (ax, high, az)), dark(tone, 0.05))
        if dado:
            s.quad(
                ((ax, 0, az), (bx, 0, bz), (bx, 0.95, bz), (ax, 0.95, az)),
                s.shade(dado, (normal[0] * 0.7, 0.0, normal[2] * 0.7)),
            )
            s.lines([((ax, 0.95, az), (bx, 0.95, bz))], dark(tone, 0.35), 0.8)
        s.quad(((ax, 0, az), (bx, 0, bz), (bx, 0.12, bz), (ax, 0.12, az)), dark(dado or tone, 0.28))
        s.lines([((ax, 0, az), (ax, high, az)), ((ax, high, az), (bx, high, bz))], dark(tone, 0.4), 0.8)
    _daylight(s, [(side, p) for side, p in hung if s.chance("blind", p.x, p.z) > -1])
    order = sorted(
        (each for each in hung if s.faces(_WALLS[each[0]], feet_point(each[1]))), key=lambda each: -s.depth(each[1])
    )
    for _, p in order:
        depth = s.depth(p)
        if depth > 0.2:
            with s.away(depth):
                paint_thing(s, p)


def feet_point(p: Placed) -> tuple[float, float, float]:
    """Where a thing hangs, on the floor."""
    return p.x, 0.0, p.z


def _daylight(s: Scenery, hung: Sequence[tuple[str, Placed]]) -> None:
    """What falls through the windows on the lit side: panes of light on the floor."""
    p = s.palette
    lit = {-1: "w", 1: "e", 2: "n"}.get(p.light.side)
    if lit is None or (p.overcast and not p.night):
        return
    slant = {"day": 0.9, "morning": 1.5, "sunset": 1.8, "night": 1.1}[p.time]
    tone, alpha = p.light.colour, 0.14 if p.night else 0.3
    data = ""
    for side, pane in hung:
        panes = [part for part in pane.thing.parts if part.kind == "w" and part.word != "lit"]
        if side != lit or not panes:
            continue
        x0, x1, y0, y1, _ = panes[0].n
        ring = []
        for u, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)):
            if lit == "n":
                ring.append((pane.x + u - 0.2 * y, 0.006, pane.z - y * slant))
            else:
                sign = 1 if lit == "w" else -1
                ring.append((pane.x + sign * y * slant, 0.006, pane.z + u - 0.35 * y))
        data += s.outline(ring)
    if data:
        with s.d.shining():
            s.d.path(data, mix(tone, "#ffffff", 0.25), alpha=alpha)


# -- people of the place ---------------------------------------------------------------------------------------------


def _people(s: Scenery, described: Set, spread: float) -> list[tuple[float, float, float, int]]:
    out = []
    for i, (x, z) in enumerate(described.crowd or ((-1.9, 5), (1.7, 5.6), (-0.9, 7), (1.1, 7.4), (0.1, 8.4))):
        x *= spread
        depth = s.camera.view((x, 0.8, z))[2]
        if depth > s.camera.distance + 0.8:
            out.append((depth, x, z, i))
    return out


def _person(s: Scenery, x: float, z: float, key: int) -> None:
    """A passer-by: hair, coat and legs without a face."""
    high = 1.52 + 0.24 * s.chance("tall", key)
    v = s.camera.view((x, high, z))
    foot = s.camera.view((x, 0.0, z))
    if min(v[2], foot[2]) < 0.5:
        return
    (px, py), (fx, fy) = s.camera.project(v), s.camera.project(foot)
    k = (fy - py) / high
    tones = ("#7f8fb0", "#b08a7a", "#8aa08a", "#a98fae", "#c0a878", "#6f7f90")
    coat = tones[int(chance("coat", s.palette.key, key) * len(tones))]
    hair = ("#3c3640", "#5a4438", "#2f3440")[key % 3]
    d, m = s.d, (px + fx) / 2
    d.oval(fx, fy, k * 0.3, k * 0.06, "#141634", alpha=0.2)
    d.path(
        trace("M-.12 -.85L-.13 0H-.03L0 -.7L.05 0H.15L.13 -.85Z", fx, fy, k),
        dark(coat, 0.45),
    )
    d.path(
        trace("M-.2 .36Q0 .2 .2 .36", m, py, k)
        + points([(m + k * 0.25, fy - k * 0.72), (m, fy - k * 0.66), (m - k * 0.25, fy - k * 0.72)]).replace("M", "L"),
        coat,
    )  # fmt: skip
    d.oval(m, py + k * 0.15, k * 0.1, k * 0.13, "#dcb894")
    d.path(
        trace("M-.12 .2Q-.14 0 0 0Q.14 0 .12 .2Q.04 .08 -.12 .2Z", m, py, k),
        hair,
    )
