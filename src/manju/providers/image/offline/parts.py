"""How the parts of things are painted (the lines of `solid`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from itertools import islice

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.lens import Place
from manju.providers.image.offline.panes import pane
from manju.providers.image.offline.props import draw_prop
from manju.providers.image.offline.scenery import LOW, NEAR, Placed, Scenery, clip
from manju.providers.image.offline.solid import Part, colour_of
from manju.providers.image.offline.svg import num, points
from manju.providers.image.offline.trace import trace
from manju.providers.image.offline.words import chance

World = Callable[[float, float, float], Place]
"""From a thing's own coordinates to the set's."""
_FACES = (
    ((0, 1, 3, 2), (0, 0, -1)), ((5, 4, 6, 7), (0, 0, 1)), ((4, 0, 2, 6), (-1, 0, 0)),
    ((1, 5, 7, 3), (1, 0, 0)), ((2, 3, 7, 6), (0, 1, 0)), ((4, 5, 1, 0), (0, -1, 0)),
)  # fmt: skip
"""Corners (bit 0: x, bit 1: y, bit 2: z) and normal of a box's faces."""


def paint_thing(s: Scenery, p: Placed) -> None:
    """Paint a thing, its farthest parts first."""
    a = math.radians(p.turn)
    sin, cos = math.sin(a), math.cos(a)

    def world(x: float, y: float, z: float) -> Place:
        x, z = x * p.size, z * p.size
        return p.x + x * cos + z * sin, p.y + y * p.size, p.z + z * cos - x * sin

    parts = p.thing.parts
    ordered: Sequence[Part] = parts
    if not p.flat and p.thing.high > LOW:
        ordered = sorted(parts, key=lambda part: -s.camera.view(world(*part.middle))[2])
    for part in ordered:
        _PAINT[part.kind](s, part, world, p)


def _box(s: Scenery, part: Part, world: World, p: Placed) -> None:
    n, tone = part.n, colour_of(part.word, p.own)
    shines = part.word == "lamp"
    corners = [world(n[i & 1], n[2 + (i >> 1 & 1)], n[4 + (i >> 2 & 1)]) for i in range(8)]
    for order, normal in _FACES:
        turned = s.turned(normal, p)
        if s.faces(turned, corners[order[0]]):
            with s.d.shining() if shines else nullcontext():
                s.quad([corners[i] for i in order], tone if shines else s.shade(tone, turned), line=0.8)


def _front(s: Scenery, part: Part, world: World, p: Placed) -> None:
    x0, x1, y0, y1, z = part.n
    places = [world(x0, y0, z), world(x1, y0, z), world(x1, y1, z), world(x0, y1, z)]
    normal = s.turned((0, 0, -1), p)
    if s.faces(normal, places[0]):
        if part.kind == "s":
            with s.d.shining():
                s.quad(places, colour_of(part.word, p.own))
        else:
            s.quad(places, s.shade(colour_of(part.word, p.own), normal))


def _window(s: Scenery, part: Part, world: World, p: Placed) -> None:
    x0, x1, y0, y1, z = part.n
    if not s.faces(s.turned((0, 0, -1), p), world(x0, y0, z)):
        return
    away = s.camera.view(world((x0 + x1) / 2, y0, z))[2]
    small = (x1 - x0) * p.size * s.camera.focal < 46 * max(away, NEAR)
    shapes: dict[str, str] = {}
    for left, right, low, high, tone in islice(
        pane(s.palette, part.word, s.chance("pane", p.x, p.z)), 3 if small else 99
    ):
        xs, ys = [x0 + (x1 - x0) * v for v in (left, right)], [y0 + (y1 - y0) * v for v in (low, high)]
        ring = [world(xs[0], ys[0], z), world(xs[1], ys[0], z), world(xs[1], ys[1], z), world(xs[0], ys[1], z)]
        shapes[tone] = shapes.get(tone, "") + s.outline(ring)
    with s.d.shining():
        for tone, data in shapes.items():
            if data:
                s.d.path(data, tone)


def _round(s: Scenery, part: Part, world: World, p: Placed) -> None:
    x, y, z, r, high = part.n[:5]
    upper = part.n[5] if len(part.n) > 5 else r
    tone = colour_of(part.word, p.own)
    low, top = s.camera.view(world(x, y, z)), s.camera.view(world(x, y + high, z))
    if min(low[2], top[2]) < NEAR * 2:
        return
    (x0, y0), (x1, y1) = s.camera.project(low), s.camera.project(top)
    k0, k1 = (s.camera.focal / v[2] * p.size for v in (low, top))
    f0, f1 = (
        abs((s.camera.y - v) / max(d, 0.2))
        for v, d in ((world(x, y, z)[1], low[2]), (world(x, y + high, z)[1], top[2]))
    )
    r0, r1 = r * k0, upper * k1
    e0, e1 = r0 * min(0.9, f0), r1 * min(0.9, f1)
    body = (
        f"M{num(x0 - r0)} {num(y0)}L{num(x1 - r1)} {num(y1)}A{num(r1)} {num(e1)} 0 0 1 {num(x1 + r1)} {num(y1)}"
        f"L{num(x0 + r0)} {num(y0)}A{num(r0)} {num(e0)} 0 0 1 {num(x0 - r0)} {num(y0)}Z"
    )
    width = s.pen * 0.8
    edge = dark(tone, 0.5) if width else None
    s.d.path(body, tone, line=edge, width=width)
    lit = 1 if s.sun[0] * math.cos(s.camera.yaw) > 0 else -1
    a, b = (0.1, 1.0) if lit < 0 else (-1.0, -0.1)
    if r0 > 4:
        s.d.path(
            points([(x0 + a * r0, y0 + e0 * 0.6), (x1 + a * r1, y1), (x1 + b * r1, y1), (x0 + b * r0, y0)]),
            dark(tone, 0.18),
        )
    if s.camera.y > world(x, y + high, z)[1] and r1 > 1:
        s.d.path(
            trace("M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0Z", x1, y1, r1, max(e1, 0.01)),
            light(tone, 0.22), line=edge, width=width,
        )  # fmt: skip


def _ball(s: Scenery, part: Part, world: World, p: Placed) -> None:
    v = s.camera.view(world(*part.n[:3]))
    if v[2] < NEAR * 2:
        return
    (x, y), r = s.camera.project(v), part.n[3] * p.size * s.camera.focal / v[2]
    tone = colour_of(part.word, p.own)
    lit = 1 if s.sun[0] * math.cos(s.camera.yaw) > 0 else -1
    s.d.oval(
        x, y, r, fill=dark(tone, 0.16), line=dark(tone, 0.5) if s.pen else None, width=s.pen / max(s.d.pen, 0.01) * 0.8
    )
    s.d.oval(x + lit * r * 0.18, y - r * 0.16, r * 0.74, fill=tone)


def _leaves(s: Scenery, part: Part, world: World, p: Placed) -> None:
    x, y, z = part.n[:3]
    v = s.camera.view(world(x, y, z))
    if v[2] < NEAR * 2:
        return
    (px, py), k = s.camera.project(v), part.n[3] * p.size * s.camera.focal / v[2]
    tone = colour_of(part.word, p.own)
    lit = 1 if s.sun[0] * math.cos(s.camera.yaw) > 0 else -1
    key = (round(p.x * 7 + x * 3, 2), round(p.z * 5 + y, 2))
    width = s.pen * 0.8
    s.d.path(_clump(px, py, k, key, 9), dark(tone, 0.26), line=dark(tone, 0.52) if width else None, width=width)
    if k > 7:
        s.d.path(_clump(px + lit * k * 0.1, py - k * 0.14, k * 0.8, (*key, 1), 8), tone)
    if k > 16:
        s.d.path(
            _clump(px + lit * k * 0.3, py - k * 0.36, k * 0.4, (*key, 2), 6),
            mix(light(tone, 0.2), s.palette.light.colour, 0.2),
        )


def _clump(x: float, y: float, r: float, key: object, lobes: int) -> str:
    """Outline of a clump of leaves: arcs round an ellipse."""
    ring = []
    for i in range(lobes):
        a = 2 * math.pi * (i + 0.5 * chance(key, i)) / lobes
        q = r * (0.82 + 0.3 * chance(key, "r", i))
        ring.append((x + math.cos(a) * q, y + math.sin(a) * q * 0.8))
    out = f"M{num(ring[0][0])} {num(ring[0][1])}"
    for i in range(lobes):
        (ax, ay), (bx, by) = ring[i], ring[(i + 1) % lobes]
        q = math.hypot(bx - ax, by - ay) * 0.56
        out += f"A{num(q)} {num(q)} 0 0 1 {num(bx)} {num(by)}"
    return out + "Z"


def _rod(s: Scenery, part: Part, world: World, p: Placed) -> None:
    n = part.n
    ends = [s.camera.view(world(*n[0:3])), s.camera.view(world(*n[3:6]))]
    seen = clip(ends, False)
    if len(seen) < 2:
        return
    (x0, y0), (x1, y1) = (s.camera.project(v) for v in seen)
    width = max(0.8, n[6] * p.size * s.camera.focal * 2 / (seen[0][2] + seen[1][2]))
    tone, data = colour_of(part.word, p.own), f"M{num(x0)} {num(y0)}L{num(x1)} {num(y1)}"
    if s.pen and width > s.pen * 2:
        s.d.path(data, None, line=dark(tone, 0.5), width=width + s.pen * 1.2)
    s.d.path(data, None, line=tone, width=width)


def _flat(s: Scenery, part: Part, world: World, p: Placed) -> None:
    n = part.n
    s.quad([world(*n[i : i + 3]) for i in range(0, len(n), 3)], colour_of(part.word, p.own), line=0.7)


def _roof(s: Scenery, part: Part, world: World, p: Placed) -> None:
    """Two concave slopes with rows of tiles; the corners of the eaves are turned up."""
    x0, x1, y0, y1, z0, z1 = part.n
    mid, rise, tone = (z0 + z1) / 2, y1 - y0, colour_of(part.word, p.own)
    inset = (x1 - x0) * 0.06
    if s.camera.y < world(x0, y0, z0)[1]:
        s.quad([world(x0, y0, z0), world(x1, y0, z0), world(x1, y0, z1), world(x0, y0, z1)], dark(tone, 0.45), line=0.6)
    for x, top, side in ((x0, x0 + inset, -1), (x1, x1 - inset, 1)):
        normal = s.turned((side, 0, 0), p)
        if s.faces(normal, world(x, y0, mid)):
            s.quad(
                [world(x, y0, z0), world(top, y1, mid), world(x, y0, z1)], s.shade(dark(tone, 0.12), normal), line=0.6
            )
    for side in sorted((0, 1), key=lambda k: -s.camera.view(world((x0 + x1) / 2, y0, (z0, z1)[k]))[2]):
        eave = (z0, z1)[side]
        half = mid + (eave - mid) * 0.5
        lift = rise * 0.16
        normal = s.turned((0, 0.6, -0.8 if side == 0 else 0.8), p)
        if not s.faces(normal, world(x0, y0, eave)):
            continue
        ridge = [world(x0 + inset, y1, mid), world(x1 - inset, y1, mid)]
        right = [world(x1 - inset * 0.4, y0 + rise * 0.38, half), world(x1, y0 + lift, eave)]
        low = [world(x0 + (x1 - x0) * t, y0, eave) for t in (0.85, 0.5, 0.15)]
        left = [world(x0, y0 + lift, eave), world(x0 + inset * 0.4, y0 + rise * 0.38, half)]
        s.quad([*ridge, *right, *low, *left], s.shade(tone, normal), line=0.9)
        count = max(3, min(16, round((x1 - x0) / 0.35)))
        runs = []
        for i in range(1, count):
            t = i / count
            x = x0 + (x1 - x0) * t
            runs += [
                (world(x, y1, mid), world(x, y0 + rise * 0.38, half)),
                (world(x, y0 + rise * 0.38, half), world(x, y0, eave)),
            ]
        s.lines(runs, dark(tone, 0.3), 0.4)
    s.lines([(world(x0 + inset, y1, mid), world(x1 - inset, y1, mid))], dark(tone, 0.45), 2.2)


def _icon(s: Scenery, part: Part, world: World, p: Placed) -> None:
    x, y, z, high = part.n
    v = s.camera.view(world(x, y, z))
    if v[2] < NEAR * 3:
        return
    (px, py), k = s.camera.project(v), high * p.size * s.camera.focal / v[2] / 100
    before = s.d.pen
    s.d.pen = s.pen or before * 0.35
    with s.d.at(px, py, k, squash=s.camera.squash):
        draw_prop(s.d, part.word)
    s.d.pen = before


def _glow(s: Scenery, part: Part, world: World, p: Placed) -> None:
    x, y, z, r = part.n
    v = s.camera.view(world(x, y, z))
    if v[2] < NEAR * 3:
        return
    (px, py), k = s.camera.project(v), r * p.size * s.camera.focal / v[2]
    k = min(k, 0.12 * min(s.w, s.h))
    if not (-k < px < s.w + k and -k < py < s.h + k):
        return
    strength = 0.75 if s.palette.time == "night" else 0.5 if s.inside or s.palette.time == "sunset" else 0.22
    tone = colour_of(part.word, p.own)
    with s.d.shining():
        for share, alpha, white in _RINGS:
            s.d.oval(px, py, k * share, fill=light(tone, white), alpha=alpha * strength)


_RINGS = ((1.0, 0.12, 0.0), (0.74, 0.14, 0.0), (0.52, 0.18, 0.1), (0.33, 0.26, 0.25), (0.16, 0.5, 0.5))
"""A glow as discs: radius, opacity and whiteness of each. Flat discs take a quarter of a gradient's time."""

_PAINT = {
    "b": _box, "c": _round, "o": _ball, "t": _leaves, "f": _front, "s": _front, "l": _rod, "p": _flat, "r": _roof,
    "i": _icon, "w": _window, "g": _glow,
}  # fmt: skip
