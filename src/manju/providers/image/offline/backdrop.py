"""What lies behind a set under the sky: the sky itself, sun, moon, clouds, and rings of hills or houses far off."""

from __future__ import annotations

import math
from collections.abc import Callable

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.scenery import Scenery
from manju.providers.image.offline.shapes import disc
from manju.providers.image.offline.svg import Point, num
from manju.providers.image.offline.trace import trace
from manju.providers.image.offline.words import chance

_STEP = 2.0
"""Degrees between the points of a ring's outline."""


def bearing(s: Scenery, degrees: float, rise: float) -> Point | None:
    """Where in the picture something very far away is, ``degrees`` from the set's Z axis and ``rise`` above the
    horizon; None if it is behind the camera."""
    a, e = math.radians(degrees), math.tan(math.radians(rise))
    c = s.camera
    v = c.view((c.x + math.sin(a), c.y + e, c.z + math.cos(a)))
    return c.project(v) if v[2] > 0.12 else None


def span(s: Scenery) -> tuple[float, float]:
    """Bearings in degrees of the left and right edge of the picture, and a little more."""
    half = math.degrees(math.atan((0.5 + 0.12) * s.w / s.camera.focal)) / max(0.5, math.cos(s.camera.pitch)) + 6
    yaw = math.degrees(s.camera.yaw)
    return yaw - min(80.0, half), yaw + min(80.0, half)


_SKIES = {"space": ("#070a1c", "#1c2450"), "water": ("#7fd0d8", "#1f6f94"), "void": ("#5a4a86", "#e6cfe0")}


def sky(s: Scenery, kind: str = "") -> None:
    """The sky down to a little below the horizon, with what stands in it; ``kind`` as `sets.Set.sky` says."""
    p, d = s.palette, s.d
    tones = p.sky if not kind else tuple(mix(tone, own, 0.25) for tone, own in zip(_SKIES[kind], p.sky, strict=True))
    if kind == "space":
        tones = _SKIES[kind]
    with d.shining():
        low = max(s.h * 0.06, min(s.h * 1.2, s.camera.horizon + s.h * 0.03))
        start = low - max(s.h * 0.9, low + s.h * 0.15)
        d.ramp(-s.w * 0.15, start, s.w * 1.3, low - start, *tones)
        if start > -s.h * 0.15:
            d.rect(-s.w * 0.15, -s.h * 0.15, s.w * 1.3, start + s.h * 0.15 + 2, tones[0])
        if kind == "space":
            _stars(s)
            _planet(s)
        if kind:
            return
        if p.night and not p.overcast:
            _stars(s)
        if not p.overcast:
            _orb(s)
        _clouds(s)


def _stars(s: Scenery) -> None:
    small, data = min(s.w, s.h), ""
    left, right = span(s)
    for i in range(150):
        degrees = i * 2.4 + 2 * chance("star", i)
        turned = (degrees - left) % 360 + left
        if turned > right:
            continue
        at = bearing(s, turned, 8 + 52 * chance("rise", i))
        if at and -9 < at[0] < s.w + 9 and -9 < at[1] < s.camera.horizon:
            r = small * (0.0011 + 0.0018 * chance("size", i) ** 2)
            data += disc(*at, r)
    if data:
        s.d.path(data, "#e8eeff", alpha=0.85)


def _planet(s: Scenery) -> None:
    """The home planet over the horizon."""
    at = bearing(s, math.degrees(s.camera.yaw) * 0.6 - 7, 16)
    if at is None:
        return
    r, (x, y) = 0.11 * min(s.w, s.h), at
    s.d.oval(x, y, r * 1.14, fill=s.d.gradient(((0.8, "#8fc8ff", 0.5), (1, "#8fc8ff", 0.0)), x, y, r * 1.14))
    s.d.oval(x, y, r, fill="#2f6fb4")
    s.d.path(
        trace("M-.7 -.3q.3 -.4 .7 -.2t.3 .5q-.5 .3 -1 -.3Z", x, y, r),
        "#6fae7a",
    )
    s.d.path(
        f"M{num(x)} {num(y + r * 0.4)}q{num(r * 0.4)} {num(-r * 0.2)} {num(r * 0.6)} 0t{num(-r * 0.3)} {num(r * 0.4)}Z",
        "#6fae7a",
    )
    s.d.path(
        trace("M.1 -1A1 1 0 0 1 .1 1A1.5 1.5 0 0 0 .1 -1Z", x, y, r),
        "#0c1a3c",
        alpha=0.45,
    )


def _orb(s: Scenery) -> None:
    """Sun or moon, where the light comes from."""
    p, small = s.palette, min(s.w, s.h)
    rise = {"day": 34.0, "morning": 9.0, "sunset": 5.5, "night": 25.0}[p.time]
    at = bearing(s, {-1: -24.0, 1: 24.0, 0: 12.0, 2: 5.0}[p.light.side], rise)
    if at is None or not (-0.2 * s.w < at[0] < 1.2 * s.w and at[1] > -0.1 * s.h):
        return
    r = small * (0.036 if p.time == "day" else 0.05)
    tone = {"day": "#fffbe6", "morning": "#fff3cf", "sunset": "#ffd9a0", "night": "#f4f2e2"}[p.time]
    halo = min(small * 0.26, r * 5)
    fill = s.d.gradient(((0, tone, 0.55), (0.3, tone, 0.26), (1, tone, 0.0)), at[0], at[1], halo)
    s.d.oval(at[0], at[1], halo, fill=fill)
    s.d.oval(at[0], at[1], r, fill=tone)
    if p.night:
        for x, y, q in ((-0.3, -0.2, 0.2), (0.25, 0.15, 0.26), (-0.1, 0.45, 0.15)):
            s.d.oval(at[0] + x * r, at[1] + y * r, q * r, fill="#dcd9c4")


def _clouds(s: Scenery) -> None:
    p, small = s.palette, min(s.w, s.h)
    lit = {"day": "#ffffff", "morning": "#fff2e2", "sunset": "#ffc9a0", "night": "#46548c"}[p.time]
    lit = mix(lit, p.sky[1], 0.25 if not p.overcast else 0.55)
    under = mix(lit, mix(p.sky[0], p.haze, 0.5), 0.45)
    left, right = span(s)
    for i in range(15):
        degrees = i * 24 + 18 * s.chance("cloud", i)
        at = bearing(s, (degrees - left) % 360 + left, 5 + 34 * s.chance("high", i) ** 1.3)
        if at is None or not -0.4 * s.w < at[0] < 1.4 * s.w or (degrees - left) % 360 + left > right + 10:
            continue
        wide = small * (0.2 + 0.26 * s.chance("wide", i)) * (1.5 if p.overcast else 1.0)
        _cloud(s, at[0], at[1], wide, lit, under, i)


def _cloud(s: Scenery, x: float, y: float, wide: float, lit: str, under: str, key: int) -> None:
    """A cloud: round heads over a flat foot, and its shaded lower half."""
    out = trace("M-.46 .05A.06 .05 0 0 1 -.46 -.06H.46A.06 .05 0 0 1 .46 .05Z", x, y, wide)
    for i, at in enumerate((-0.3, -0.1, 0.12, 0.31)):
        r = (0.1, 0.17, 0.15, 0.09)[i] * (0.75 + 0.5 * s.chance("lobe", key, i))
        out += disc(x + (at + 0.05 * (s.chance("shift", key, i) - 0.5)) * wide, y - r * 0.86 * wide, r * wide)
    s.d.path(out, lit)
    s.d.path(
        trace("M-.5 0Q-.3 -.1 -.1 -.02T.2 -.03T.5 0A.06 .05 0 0 1 .46 .05H-.46A.06 .05 0 0 1 -.5 0Z", x, y, wide), under
    )


# -- rings ---------------------------------------------------------------------------------------------------------


def _outline(s: Scenery, rise: Callable[[float], float], tone: str, step: float = _STEP) -> None:
    """A silhouette all round whose height in degrees is ``rise`` of the bearing."""
    left, right = span(s)
    tops: list[Point] = []
    a = math.floor(left / step) * step
    while a <= right + step:
        if (at := bearing(s, a, rise(a))) is not None:
            tops.append(at)
        a += step
    if len(tops) > 1:
        foot = s.camera.horizon + s.h * 0.04
        data = "M" + "L".join(f"{num(x)} {num(y)}" for x, y in tops)
        s.d.path(data + f"L{num(tops[-1][0])} {num(foot)}L{num(tops[0][0])} {num(foot)}Z", tone)


def _waves(key: str, low: float, high: float, length: float) -> Callable[[float], float]:
    """A smooth height over the bearing, the same after a full turn."""
    phases = [2 * math.pi * chance(key, i) for i in range(3)]
    counts = [max(1, round(360 / length)), max(1, round(720 / length)), max(1, round(1700 / length))]

    def rise(a: float) -> float:
        t = math.radians(a)
        wave = sum(w * math.sin(n * t + f) for w, n, f in zip((0.55, 0.3, 0.15), counts, phases, strict=True))
        return low + (high - low) * (0.5 + 0.5 * wave)

    return rise


def _jagged(key: str, low: float, high: float, width: float) -> Callable[[float], float]:
    """Peaks: straight flanks between tops and saddles."""

    def knot(i: int) -> float:
        count = round(360 / width)
        q = chance(key, i % count)
        return low + (high - low) * (0.55 + 0.45 * q if i % 2 else 0.42 * q)

    def rise(a: float) -> float:
        i = math.floor(a / width)
        t = a / width - i
        return knot(i) * (1 - t) + knot(i + 1) * t

    return rise


def _skyline(s: Scenery, tone: str, low: float, high: float, width: float) -> None:
    """Towers, some with lit windows."""
    left, right = span(s)
    count = round(360 / width)
    dusky = s.palette.night or s.palette.time == "sunset"
    foot = s.camera.horizon + s.h * 0.03
    lights = ""
    i = math.floor(left / width)
    while i * width <= right:
        q = chance(s.palette.key, tone, i % count)
        rise = low + (high - low) * q * (0.6 + 0.4 * chance("peak", i % count))
        a, b = bearing(s, i * width, rise), bearing(s, (i + 0.72 + 0.3 * q) * width, rise)
        if a and b:
            shown = tone if i % 2 else dark(tone, 0.07)
            s.d.path(
                f"M{num(a[0])} {num(foot)}L{num(a[0])} {num(a[1])}L{num(b[0])} {num(b[1])}L{num(b[0])} {num(foot)}Z",
                shown,
            )
            if q > 0.7:
                x = (a[0] + b[0]) / 2
                s.d.path(
                    f"M{num(x)} {num(a[1])}v{num((a[1] - foot) * 0.16)}",
                    None,
                    line=shown,
                    width=max(1.0, s.d.pen * 0.8),
                )
            size = (b[0] - a[0]) * 0.13
            for k in range(8 if dusky else 0):
                if chance("lit", i % count, k) > 0.5 and size > 1:
                    x, y = a[0] + (b[0] - a[0]) * (0.2 + 0.3 * (k % 3)), a[1] + (foot - a[1]) * (0.1 + 0.22 * (k // 3))
                    lights += f"M{num(x)} {num(y)}h{num(size)}v{num(size * 1.3)}h{num(-size)}Z"
        i += 1
    if lights:
        with s.d.shining():
            s.d.path(lights, "#ffdf94" if s.chance("neon") < 0.7 else "#9fe8ff", alpha=0.9)


def ring(s: Scenery, kind: str, tone: str, share: float) -> None:
    """A ring of the backdrop, seen through ``share`` of haze: ``hills``, ``peaks``, ``snowy``, ``city``, ``towers``,
    ``roofs``, ``trees``, ``firs``, ``dunes``, ``islands``, ``cliffs``."""
    p = s.palette
    with s.d.graded(s.grade):
        shown = mix(tone, p.haze, 0.0)
        with s.d.graded(lambda colour: mix(s.grade(colour), p.haze, share)):
            if kind in ("city", "towers"):
                _skyline(s, shown, 2.0, 17.0 if kind == "city" else 34.0, 4.0 if kind == "city" else 6.5)
            elif kind == "roofs":
                _outline(s, _jagged("roof", 1.5, 6.0, 5.0), shown, 2.5)
                _outline(s, _jagged("roof2", 0.8, 4.0, 4.0), dark(shown, 0.12), 2.0)
            elif kind in ("peaks", "snowy"):
                rise = _jagged(kind, 3.0, 24.0, 10.0)
                _outline(s, rise, shown, 5.0)
                if kind == "snowy":
                    _caps(s, rise, 10.0)
                _outline(s, _jagged("foot", 1.0, 9.0, 7.5), dark(shown, 0.1), 3.75)
            elif kind == "trees":
                _outline(s, lambda a: _waves("wood", 4.0, 9.0, 30.0)(a) + 1.3 * abs(math.sin(a * 0.55)), shown, 0.8)
                _outline(
                    s,
                    lambda a: _waves("copse", 2.0, 5.5, 22.0)(a) + 1.0 * abs(math.sin(a * 0.8)),
                    dark(shown, 0.14),
                    0.8,
                )
            elif kind == "firs":
                _outline(s, lambda a: _waves("firs", 5.0, 11.0, 26.0)(a) + 3.4 * (abs((a / 2.2) % 1 - 0.5)), shown, 1.1)
                _outline(
                    s,
                    lambda a: _waves("fir", 2.0, 6.0, 20.0)(a) + 2.6 * (abs((a / 1.7) % 1 - 0.5)),
                    dark(shown, 0.16),
                    0.85,
                )
            elif kind == "dunes":
                _outline(s, _waves("dune", 0.5, 6.0, 60.0), shown)
                _outline(s, _waves("dune2", 0.0, 3.0, 45.0), dark(shown, 0.1))
            elif kind == "islands":
                _outline(s, lambda a: max(-0.2, _waves("isle", -3.5, 4.2, 40.0)(a)), shown)
            elif kind == "cliffs":
                _outline(s, _jagged("cliff", 8.0, 30.0, 13.0), shown, 6.5)
            else:
                _outline(s, _waves("hill", 1.5, 8.0, 50.0), shown)
                _outline(s, _waves("hill2", 0.5, 4.0, 36.0), mix(dark(shown, 0.1), light(shown, 0.1), 0.2))


def _caps(s: Scenery, rise: Callable[[float], float], width: float) -> None:
    """Snow on the tops."""
    left, right = span(s)
    i = math.floor(left / width)
    while i * width <= right + width:
        a = i * width
        if i % 2 and rise(a) > 12:
            top = rise(a)
            ring_ = [
                (a, top),
                (a + 2.4, top - (top - rise(a + 2.4))),
                (a + 1.1, rise(a + 2.4) + 0.5),
                (a + 0.2, rise(a + 2.4) - 1.2),
                (a - 0.9, rise(a - 2.4) + 0.7),
                (a - 2.4, rise(a - 2.4)),
            ]
            pts = [bearing(s, x, y) for x, y in ring_]
            seen = [q for q in pts if q]
            if len(seen) == len(pts):
                s.d.path("M" + "L".join(f"{num(x)} {num(y)}" for x, y in seen) + "Z", "#f6f9fc")
        i += 1
