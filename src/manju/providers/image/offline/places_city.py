"""Places of the city under the sky: street, market, rooftop, park; and the poster ground of no place."""

from __future__ import annotations

from collections.abc import Callable

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.places_outdoor import open_sky, ridge, skyline
from manju.providers.image.offline.stage import Stage


def street(s: Stage) -> None:
    """A city street between shop fronts, with signs and wires."""
    d, p = s.d, s.palette
    open_sky(s)
    hz = s.camera.horizon
    with s.depth(0.6):
        skyline(s, hz + 2, "far", p.pick("#5d6f94", 0), s.h * 0.3, 11)
    road = p.pick("#5a6272", 1)
    s.ground(road, mix(road, p.haze, 0.5))
    wide = s.half * 1.05
    for side in (-1, 1):
        s.quad(
            (
                (side * wide * 0.62, 0.0, 0.4),
                (side * wide, 0.0, 0.4),
                (side * wide, 0.0, 40),
                (side * wide * 0.62, 0.0, 40),
            ),
            light(road, 0.24),
        )
        s.line((side * wide * 0.62, 0, 0.4), (side * wide * 0.62, 0, 40), dark(road, 0.4), 1)
    for z in (1.2, 2.6, 4.4, 7, 11, 18):
        s.quad(((-0.07, 0, z), (0.07, 0, z), (0.07, 0, z * 1.22), (-0.07, 0, z * 1.22)), "#f2e6b0")
    _fronts(s, wide)
    for z, side in ((16, -1), (10.5, 1), (6.5, -1)):
        s.stand("streetlamp", side * wide * 0.72, z, flip=side > 0)
    for i in range(3):
        y = 5.2 - i * 0.4
        a, b = s.at(-wide, y, 4 + i * 3), s.at(wide, y + 0.3, 4 + i * 3)
        d.stroke(
            f"M{a[0]:.0f} {a[1]:.0f}Q{(a[0] + b[0]) / 2:.0f} {a[1] + s.scale(5) * 0.5:.0f} {b[0]:.0f} {b[1]:.0f}",
            None,
            0.6,
        )


def _fronts(s: Stage, wide: float) -> None:
    """House fronts on both sides, far ones first, with lit windows, shops and signs."""
    d, p = s.d, s.palette
    tones = ("#c7a58a", "#8e9bb3", "#b98578", "#9fb0a4", "#a78fae", "#c4b48c")
    edges = (0.4, 2.6, 4.6, 7.2, 11.0, 17.0, 30.0)
    for i in range(len(edges) - 2, -1, -1):
        near, back = edges[i], edges[i + 1]
        for side in (-1, 1):
            high = 4.5 + 5.5 * s.chance("high", side, i)
            tone = p.pick(tones[(i * 2 + (side > 0)) % 6], i, 0.4)
            tone = dark(tone, 0.22) if side == p.light.lit else tone
            with s.depth(min(0.55, i * 0.11)):
                x = side * wide
                s.quad(((x, 0, near), (x, 0, back), (x, high, back), (x, high, near)), tone, line=0.8)
                length = back - near
                for floor in range(1, int(high / 1.5)):
                    for c in range(3):
                        z0 = near + length * (0.12 + 0.3 * c)
                        on = s.chance("on", side, i, floor, c) > 0.45
                        lit = (p.night or p.time == "sunset") and on
                        pane = "#ffdf94" if lit else mix(p.sky[1], "#5f7690", 0.4)
                        with d.graded(d.base if lit else d.grade):
                            low = 0.4 + floor * 1.45 + 0.9
                            s.quad(
                                (
                                    (x, low, z0),
                                    (x, low, z0 + length * 0.18),
                                    (x, low + 0.8, z0 + length * 0.18),
                                    (x, low + 0.8, z0),
                                ),
                                pane,
                                line=0.4,
                            )
                with d.graded(d.base if p.night else d.grade):
                    shop = mix("#ffe7b0", p.accent(i), 0.25) if p.night else mix("#bfe0ea", p.haze, 0.3)
                    s.quad(
                        (
                            (x, 0.2, near + length * 0.1),
                            (x, 0.2, back - length * 0.1),
                            (x, 1.75, back - length * 0.1),
                            (x, 1.75, near + length * 0.1),
                        ),
                        shop,
                        line=0.7,
                    )
                awning = p.accent(i + (side > 0))
                inner = x - side * 0.55
                s.quad(
                    (
                        (x, 2.15, near + length * 0.06),
                        (x, 2.15, back - length * 0.06),
                        (inner, 1.75, back - length * 0.06),
                        (inner, 1.75, near + length * 0.06),
                    ),
                    awning,
                    line=0.7,
                )
                if i < 5:
                    _blade_sign(
                        s, x, side, near + length * 0.5, 2.5 + s.chance("sign", side, i), p.accent(i * 2 + (side > 0))
                    )


def _blade_sign(s: Stage, x: float, side: int, z: float, low: float, colour: str) -> None:
    """A tall sign that juts out over the pavement; abstract strokes stand for writing."""
    d = s.d
    inner = x - side * 0.62
    a, b = s.at(x, low + 1.7, z), s.at(inner, low, z)
    x0, x1 = min(a[0], b[0]), max(a[0], b[0])
    w, h = x1 - x0, b[1] - a[1]
    with d.graded(d.base if s.palette.night else d.grade):
        if s.palette.night:
            d.rect(x0 - w * 0.3, a[1] - w * 0.3, w * 1.6, h + w * 0.6, colour, r=w * 0.4, alpha=0.18)
        d.box(x0, a[1], w, h, dark(colour, 0.55) if s.palette.night else colour, r=w * 0.12, width=0.8)
        ink = light(colour, 0.45) if s.palette.night else "#fff6e0"
        for k in range(3):
            y = a[1] + h * (0.1 + 0.3 * k)
            d.path(
                f"M{x0 + w * 0.25:.1f} {y + h * 0.05:.1f}h{w * 0.5:.1f}M{x0 + w * 0.5:.1f} {y:.1f}v{h * 0.2:.1f}"
                f"M{x0 + w * 0.28:.1f} {y + h * 0.14:.1f}h{w * 0.44:.1f}",
                None,
                line=ink,
                width=max(1.0, w * 0.09),
            )


def market(s: Stage) -> None:
    """A market lane: stalls on both sides, lanterns across."""
    p = s.palette
    open_sky(s)
    with s.depth(0.5):
        skyline(s, s.camera.horizon + 2, "roofs", p.pick("#8a7a74", 0), s.h * 0.2, 12)
    ground = p.pick("#b39a7c", 1)
    s.ground(ground, mix(ground, p.haze, 0.5))
    for z in (13, 9.5, 7, 5.2, 3.9):
        for side in (-1, 1):
            s.stand("stall", side * s.half * 0.86, z, size=1.05, flip=side > 0)
    for z in (10, 7, 5, 3.6):
        for k in range(-2, 3):
            x, y = s.at(k * s.half * 0.36, 3.05 + 0.25 * abs(k) * 0.5, z)
            s.prop("lantern", x, y, s.scale(z) * 0.5)


def park(s: Stage) -> None:
    """A campus, park or field: lawn, path, trees, a building far off."""
    p = s.palette
    open_sky(s)
    hz = s.camera.horizon
    with s.depth(0.55):
        ridge(s, hz + 2, s.h * 0.12, "hill", p.pick("#6f9a7a", 0), sharp=False)
    wall = p.pick("#d9c6ac", 2)
    with s.depth(0.25):
        z, b = 20.0, s.half * 2.4
        s.board(-b, b, 0, 4.6, z, wall)
        s.board(-b * 1.03, b * 1.03, 4.6, 5.0, z, dark(wall, 0.4))
        for r in range(2):
            for c in range(10):
                x = -b * 0.9 + c * b * 0.2
                s.board(x - 0.35, x + 0.35, 0.9 + r * 2.0, 2.1 + r * 2.0, z, mix(p.sky[0], "#ffffff", 0.3), line=0.5)
        s.board(-0.9, 0.9, 0, 2.6, z, dark(wall, 0.5))
        s.board(-1.2, 1.2, 3.2, 4.2, z, "#f4f1e6")
    grass = p.pick("#7fb35e", 1)
    s.ground(grass, mix(grass, p.haze, 0.4))
    s.quad(((-1.2, 0, 0.4), (1.2, 0, 0.4), (0.9, 0, 20), (-0.9, 0, 20)), p.pick("#d8c8ac", 3))
    for z in (15, 11, 8, 6):
        for side in (-1, 1):
            s.stand(
                "tree",
                side * s.half * (0.8 + 0.25 * s.chance("t", z, side)) * (1 + z * 0.02),
                z,
                size=0.9 + 0.4 * s.chance("s", z, side),
            )
    for side in (-1, 1):
        s.stand("streetlamp", side * 1.6, 9, flip=side > 0)


def rooftop(s: Stage) -> None:
    """A rooftop above the city at the height of towers."""
    p = s.palette
    open_sky(s)
    hz = s.camera.horizon
    for i, (share, high) in enumerate(((0.7, 0.32), (0.42, 0.2), (0.2, 0.1))):
        with s.depth(share):
            skyline(s, hz + s.h * (0.03 + 0.03 * i), f"r{i}", p.pick("#50628c", i), s.h * high, 10 - i)
    floor = p.pick("#8f949e", 1)
    s.ground(mix(p.haze, dark(floor, 0.5), 0.5), p.haze)
    s.ground(floor, dark(floor, 0.2), start=5.0)
    s.block(-s.half * 3, s.half * 3, 0.5, 5.0, 5.3, p.pick("#a5a9b2", 2))
    for i in range(-8, 9):
        s.line((i * s.half * 0.22, 0.5, 5.1), (i * s.half * 0.22, 1.15, 5.1), "#4a5266", 1.4)
    s.line((-s.half * 3, 1.15, 5.1), (s.half * 3, 1.15, 5.1), "#4a5266", 2.2)
    for z in (4.4, 3.6, 2.8, 2.1):
        s.line((-s.half * 3, 0, z), (s.half * 3, 0, z), dark(floor, 0.2), 0.6)
    m = p.light.lit
    s.block(-m * s.half * 0.9 - 0.8, -m * s.half * 0.9 + 0.8, 1.5, 4.2, 4.9, p.pick("#7d8594", 3))


def studio(s: Stage) -> None:
    """No place was named: a poster ground of bands, rays and dots in the picture's colours."""
    d, p = s.d, s.palette
    a = p.pick(("#3f6fb0", "#2f8f95", "#6a55a8", "#c4704a", "#4f7a5a")[int(s.chance("ground") * 5)], 0)
    b = p.pick(("#f2b56a", "#f08f86", "#8fd0c4", "#f4d06a", "#b9a3e3")[int(s.chance("second") * 5)], 1)
    d.ramp(-s.w * 0.2, -s.h * 0.15, s.w * 1.4, s.h * 1.3, dark(a, 0.25), mix(a, b, 0.35))
    cx, cy = s.w * 0.5, s.h * 0.44
    reach = s.w + s.h
    for i in range(12):
        t = i * 30 + 12 * s.chance("ray")
        with d.at(cx, cy, tilt=t):
            d.path(f"M0 0L{reach * 0.9:.0f} {-reach * 0.1:.0f}V{reach * 0.1:.0f}Z", mix(a, b, 0.22 + 0.05 * (i % 2)))
    r = min(s.w, s.h) * 0.44
    d.oval(cx, cy, r, fill=mix(a, b, 0.55))
    d.oval(cx, cy, r * 0.86, fill=mix(b, "#fff6e4", 0.35))
    for row in range(7):
        for col in range(9):
            k = (row + col) / 14
            u = min(s.w, s.h) * 0.032
            d.oval(s.w * 0.04 + col * u * 1.5, s.h * 0.66 + row * u * 1.5, u * 0.5 * (1 - k * 0.8), fill=light(a, 0.3))
            d.oval(s.w * 0.96 - col * u * 1.5, s.h * 0.30 - row * u * 1.5, u * 0.5 * (1 - k * 0.8), fill=light(b, 0.2))
    top = s.h * 0.80
    d.path(
        f"M{-s.w * 0.2:.0f} {top:.0f}Q{cx:.0f} {top - s.h * 0.03:.0f} {s.w * 1.2:.0f} {top:.0f}V{s.h * 1.15:.0f}"
        f"H{-s.w * 0.2:.0f}Z",
        dark(a, 0.35),
    )
    d.path(
        f"M{-s.w * 0.2:.0f} {top:.0f}Q{cx:.0f} {top - s.h * 0.03:.0f} {s.w * 1.2:.0f} {top:.0f}",
        None,
        line=light(b, 0.3),
        width=d.pen * 1.2,
    )


CITY: dict[str, Callable[[Stage], None]] = {
    "street": street,
    "market": market,
    "rooftop": rooftop,
    "studio": studio,
    "park": park,
}
