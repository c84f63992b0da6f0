"""Places under the sky: each paints sky, distance, middle and ground on a stage."""

from __future__ import annotations

from collections.abc import Callable

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.stage import Stage
from manju.providers.image.offline.svg import points


def open_sky(s: Stage) -> None:
    """Sky with sun or moon, clouds or stars; it lies above every place outside."""
    d, p = s.d, s.palette
    s.sky(*p.sky)
    low = max(s.h * 0.12, s.camera.horizon)
    side = p.light.side if p.light.side in (-1, 1) else 0.4
    x, y = s.w * (0.5 + 0.3 * side), low * (0.36 if p.time in ("day", "night") else 0.74)
    r = min(s.w, s.h) * 0.055
    with d.shining():
        overcast = "rain" in p.weather or "fog" in p.weather
        if p.night:
            for i in range(46):
                size = min(s.w, s.h) * (0.0012 + 0.0018 * s.chance("star", i))
                d.oval(
                    s.w * s.chance("x", i),
                    low * 0.95 * s.chance("y", i),
                    size,
                    fill="#f2f5ff",
                    alpha=0.5 + 0.5 * s.chance("a", i),
                )
            if not overcast:
                d.oval(x, y, r * 1.7, fill="#cfd9ff", alpha=0.13)
                d.oval(x, y, r, fill="#f6f0d6")
                d.oval(x + r * 0.3, y - r * 0.16, r * 0.84, fill=p.sky[0], alpha=0.18)
        elif not overcast:
            glow = p.light.colour
            for k, a in ((3.6, 0.12), (2.3, 0.18), (1.5, 0.3)):
                d.oval(x, y, r * k, fill=glow, alpha=a)
            d.oval(x, y, r, fill=mix("#ffffff", glow, 0.35))
        _clouds(s, low)


def _clouds(s: Stage, low: float) -> None:
    d, p = s.d, s.palette
    tone = mix(p.sky[1], "#ffffff", 0.55) if not p.night else mix(p.sky[1], p.sky[0], 0.3)
    for i in range(4 if "rain" not in p.weather else 7):
        x = s.w * (s.chance("cx", i) * 1.2 - 0.1)
        y = low * (0.16 + 0.6 * s.chance("cy", i))
        r = min(s.w, s.h) * (0.05 + 0.06 * s.chance("cr", i)) * (0.6 + 0.5 * (1 - y / max(low, 1)))
        body = mix(tone, p.sky[0], 0.12 * (i % 3))
        d.path(
            f"M{x - r * 2.1:.0f} {y:.0f}a{r * 0.6:.0f} {r * 0.6:.0f} 0 0 1 {r * 0.7:.0f} {-r * 0.6:.0f}"
            f"a{r * 0.9:.0f} {r * 0.9:.0f} 0 0 1 "
            f"{r * 1.6:.0f} {-r * 0.25:.0f}a{r * 0.7:.0f} {r * 0.7:.0f} 0 0 1 {r * 1.2:.0f} {r * 0.35:.0f}"
            f"a{r * 0.5:.0f} {r * 0.5:.0f} 0 0 1 "
            f"{r * 0.6:.0f} {r * 0.5:.0f}Z",
            body,
        )


def ridge(s: Stage, base: float, high: float, key: str, colour: str, *, sharp: bool) -> None:
    """A range of hills or mountains across the frame; ``base`` and ``high`` in pixels."""
    n = 7 if sharp else 5
    x0, step = -s.w * 0.1, s.w * 1.2 / n
    if sharp:
        tops = [(x0, base)]
        for i in range(n):
            tops.append((x0 + step * (i + 0.5), base - high * (0.45 + 0.55 * s.chance(key, i))))
            tops.append((x0 + step * (i + 1), base - high * (0.12 + 0.2 * s.chance(key, "v", i))))
        s.d.path(points([*tops, (s.w * 1.1, base + high), (x0, base + high)]), colour)
        for x, y in tops[1::2]:
            drop = (base - y) * 0.34
            s.d.path(
                points(
                    [
                        (x, y),
                        (x + drop * 0.7, y + drop),
                        (x + drop * 0.2, y + drop * 0.8),
                        (x - drop * 0.15, y + drop * 1.1),
                        (x - drop * 0.6, y + drop * 0.85),
                    ]
                ),
                light(colour, 0.6),
            )
        return
    data = f"M{x0:.0f} {base + high:.0f}V{base - high * 0.4:.0f}"
    for i in range(n):
        up = high * (0.3 + 0.7 * s.chance(key, i))
        data += f"q{step / 2:.0f} {-up * 0.7:.0f} {step:.0f} {(-1 if i % 2 else 1) * up * 0.16:.0f}"
    s.d.path(data + f"V{base + high:.0f}Z", colour)


def skyline(s: Stage, base: float, key: str, colour: str, high: float, n: int) -> None:
    """Far buildings; their windows shine at night."""
    d, p = s.d, s.palette
    step = s.w * 1.1 / n
    for i in range(n):
        x = -s.w * 0.05 + i * step
        bh = high * (0.35 + 0.65 * s.chance(key, i))
        d.rect(x, base - bh, step * 1.02, bh + s.h * 0.02, colour)
        if s.chance(key, "mast", i) > 0.7:
            d.rect(x + step * 0.48, base - bh * 1.15, step * 0.04, bh * 0.16, colour)
        with d.shining():
            cols, rows = 3, int(max(3, bh / (step * 0.3)))
            for r in range(min(rows, 9)):
                for c in range(cols):
                    if s.chance(key, i, r, c) > (0.55 if p.night or p.time == "sunset" else 0.72):
                        tone = "#ffe19a" if p.night or p.time == "sunset" else mix(colour, "#ffffff", 0.35)
                        d.rect(
                            x + step * (0.16 + 0.27 * c),
                            base - bh + step * (0.2 + 0.3 * r),
                            step * 0.13,
                            step * 0.14,
                            tone,
                        )


def forest(s: Stage) -> None:
    """A wood in three depths with shafts of light."""
    d, p = s.d, s.palette
    open_sky(s)
    leaf, hz = p.pick("#4f8f55", 0), s.camera.horizon
    for i, share in enumerate((0.72, 0.5)):
        with s.depth(share):
            ridge(s, hz + s.h * 0.01, s.h * (0.34 - 0.1 * i), f"wood{i}", mix(leaf, p.haze, 0.2), sharp=False)
    ground = p.pick("#6f8a4a", 1)
    s.ground(ground, mix(ground, p.haze, 0.45))
    path = p.pick("#b89a6a", 2, 0.3)
    s.quad(((-0.7, 0, 0.4), (0.7, 0, 0.4), (0.5, 0, 6), (0.9, 0, 14), (0.7, 0, 14), (-0.1, 0, 6)), path)
    kinds = ("pine", "tree", "pine", "tree") if s.chance("wood") < 0.6 else ("tree", "tree", "tree", "pine")
    for i, z in enumerate((15, 12, 9.6, 7.6, 5.8)):
        for side in (-1, 1):
            for k in range(2 if z > 7 else 1):
                x = side * (s.half * (0.62 + 0.5 * k) + 0.5 * s.chance("tx", i, side, k))
                s.stand(
                    kinds[(i + k + (side > 0)) % 4], x * (1 + z * 0.03), z, size=1.1 + 0.5 * s.chance("ts", i, side, k)
                )
    for i in range(14):
        z = 2.4 + i * 0.45
        x, y = s.at((s.chance("g", i) * 2 - 1) * s.half * 1.3, 0, z)
        g = s.scale(z) * 0.16
        d.stroke(
            f"M{x - g:.0f} {y:.0f}l{g * 0.6:.0f} {-g:.0f}M{x:.0f} {y:.0f}v{-g * 1.4:.0f}M{x + g:.0f} {y:.0f}"
            f"l{-g * 0.5:.0f} {-g:.0f}",
            dark(ground, 0.3),
            0.9,
        )


def beach(s: Stage) -> None:
    """Sea and sand, palms to one side."""
    d, p = s.d, s.palette
    open_sky(s)
    hz = s.camera.horizon
    sea = p.pick("#2f9fc4", 0) if p.time in ("day", "morning") else mix(p.sky[0], p.sky[1], 0.35)
    shore = max(hz + s.h * 0.06, min(s.h * 0.9, s.at(0, 0, 7)[1]))
    d.ramp(-s.w * 0.2, hz, s.w * 1.4, shore - hz + s.h * 0.06, mix(sea, p.sky[1], 0.45), sea)
    with d.shining():
        cx = s.w * (0.5 + 0.3 * (p.light.side if p.light.side in (-1, 1) else 0.4))
        for i in range(22):
            y = hz + (shore - hz) * (i + 1) / 24
            w = s.w * (0.02 + 0.10 * s.chance("gl", i)) * (0.5 + i / 16)
            x = cx + (s.chance("gx", i) - 0.5) * s.w * (0.05 + 0.02 * i) - w / 2
            d.rect(x, y, w, max(1.5, s.h * 0.0022), p.light.colour, r=1, alpha=0.75)
        for i in range(12):
            y = hz + (shore - hz) * (0.2 + 0.8 * s.chance("wy", i))
            x = s.w * s.chance("wx", i)
            d.stroke(
                f"M{x:.0f} {y:.0f}q{s.w * 0.02:.0f} {-s.h * 0.004:.0f} {s.w * 0.04:.0f} 0t{s.w * 0.04:.0f} 0",
                light(sea, 0.5),
                0.8,
            )
    sand = p.pick("#ecd3a0", 1, 0.3)
    d.path(
        f"M{-s.w * 0.2:.0f} {shore:.0f}Q{s.w * 0.3:.0f} {shore - s.h * 0.025:.0f} {s.w * 0.6:.0f} "
        f"{shore + s.h * 0.012:.0f}T{s.w * 1.2:.0f} {shore:.0f}V{s.h * 1.15:.0f}"
        f"H{-s.w * 0.2:.0f}Z",
        light(sand, 0.75),
    )
    d.path(
        f"M{-s.w * 0.2:.0f} {shore + s.h * 0.018:.0f}Q{s.w * 0.3:.0f} {shore - s.h * 0.004:.0f} {s.w * 0.6:.0f}"
        f" {shore + s.h * 0.032:.0f}T{s.w * 1.2:.0f} {shore + s.h * 0.02:.0f}"
        f"V{s.h * 1.15:.0f}H{-s.w * 0.2:.0f}Z",
        sand,
    )
    for i in range(16):
        y = shore + (s.h - shore) * (0.15 + 0.8 * s.chance("dy", i))
        d.stroke(
            f"M{s.w * s.chance('dx', i):.0f} {y:.0f}q{s.w * 0.02:.0f} {-s.h * 0.004:.0f} {s.w * 0.045:.0f} 0",
            dark(sand, 0.14),
            0.8,
        )
    m = p.light.lit
    s.stand("palm", -m * s.half * 1.0, 6.2, size=1.25)
    s.stand("palm", -m * s.half * 1.35, 8.0, size=1.1)
    s.stand("boat", m * s.half * 1.3, 16.0, size=1.3)


def mountain(s: Stage) -> None:
    """Ranges one behind the other, a meadow with pines in front."""
    p = s.palette
    open_sky(s)
    hz = s.camera.horizon
    rock = p.pick("#6d7fa0", 0)
    with s.depth(0.62):
        ridge(s, hz + s.h * 0.01, s.h * 0.34, "m1", rock, sharp=True)
    with s.depth(0.3):
        ridge(s, hz + s.h * 0.02, s.h * 0.2, "m2", dark(rock, 0.12), sharp=True)
    with s.depth(0.15):
        ridge(s, hz + s.h * 0.02, s.h * 0.08, "m3", p.pick("#4f7a5a", 1), sharp=False)
    meadow = p.pick("#86a860", 1)
    if "snow" in p.weather:
        meadow = "#e9eff5"
    s.ground(meadow, mix(meadow, p.haze, 0.4))
    for z in (18, 13, 9.5, 7):
        for side in (-1, 1):
            s.stand(
                "pine",
                side * s.half * (0.9 + 0.5 * s.chance("p", z, side)) * (1 + z * 0.03),
                z,
                size=0.8 + 0.6 * s.chance("q", z, side),
            )
    s.stand("rock", -p.light.lit * s.half * 0.8, 5.0)


def desert(s: Stage) -> None:
    """A straight road through desert or plain."""
    p = s.palette
    open_sky(s)
    hz = s.camera.horizon
    sand = p.pick("#dba565", 0)
    with s.depth(0.5):
        ridge(s, hz + 2, s.h * 0.14, "mesa", dark(sand, 0.2), sharp=False)
    s.ground(sand, mix(sand, p.haze, 0.45))
    with s.depth(0.1):
        ridge(s, hz + s.h * 0.06, s.h * 0.07, "dune", light(sand, 0.12), sharp=False)
    s.ground(sand, light(sand, 0.12), start=9.0)
    road = p.pick("#55586a", 1)
    s.quad(((-1.7, 0, 0.4), (1.7, 0, 0.4), (1.7, 0, 60), (-1.7, 0, 60)), road)
    for side in (-1, 1):
        s.line((side * 1.55, 0, 0.4), (side * 1.55, 0, 60), "#f4f1e6", 1)
    for z in (1.2, 2.4, 3.8, 5.8, 9, 15, 26):
        s.quad(((-0.07, 0, z), (0.07, 0, z), (0.07, 0, z * 1.22), (-0.07, 0, z * 1.22)), "#f2d46a")
    for z, side in ((16, 1), (11, -1), (7.5, 1), (5.4, -1)):
        s.stand("cactus" if s.chance("c", z) < 0.6 else "rock", side * s.half * (1.1 + 0.3 * s.chance(z)), z, size=1.2)


def space(s: Stage) -> None:
    """Outer space: planets, stars, a nebula; the ground is a moon's."""
    d, p = s.d, s.palette
    with d.shining():
        sky = mix("#070a1e", dark(p.colours[0], 0.6), 0.35) if p.colours else "#0a0d24"
        tint = p.accent(0) if p.colours else "#5a3f9a"
        d.ramp(-s.w * 0.2, -s.h * 0.15, s.w * 1.4, s.h * 1.3, sky, mix(sky, tint, 0.35))
        for i in range(7):
            d.oval(
                s.w * (0.1 + 0.12 * i),
                s.h * (0.2 + 0.05 * i) + s.h * 0.1 * s.chance("n", i),
                s.w * (0.14 + 0.1 * s.chance("nr", i)),
                s.h * 0.045,
                mix(tint, "#ff9ad0", 0.3 * (i % 2)),
                alpha=0.1,
            )
        for i in range(120):
            d.oval(
                s.w * s.chance("x", i),
                s.h * 0.9 * s.chance("y", i),
                min(s.w, s.h) * (0.0009 + 0.0022 * s.chance("r", i) ** 3),
                fill=("#ffffff", "#cfe0ff", "#ffe9c9")[i % 3],
            )
        m, r = p.light.lit, min(s.w, s.h) * 0.17
        x, y = s.w * (0.5 - m * 0.27), s.h * 0.25
        tone = p.pick("#3f7fb0", 1)
        d.oval(x, y, r * 1.12, fill=light(tone, 0.4), alpha=0.16)
        d.oval(x, y, r, fill=tone)
        d.path(
            f"M{x - r * 0.9:.0f} {y - r * 0.3:.0f}q{r * 0.5:.0f} {-r * 0.5:.0f} {r:.0f} {-r * 0.1:.0f}"
            f"t{r * 0.5:.0f} {r * 0.4:.0f}q{-r * 0.8:.0f} {r * 0.2:.0f} {-r * 1.5:.0f} {-r * 0.3:.0f}Z",
            mix(tone, "#8fd08a", 0.6),
        )
        d.path(
            f"M{x - m * r * 0.1:.0f} {y - r:.0f}A{r:.0f} {r:.0f} 0 0 {1 if m < 0 else 0} {x - m * r * 0.1:.0f}"
            f" {y + r:.0f}A{r * 1.35:.0f} {r * 1.35:.0f} 0 0 "
            f"{0 if m < 0 else 1} {x - m * r * 0.1:.0f} {y - r:.0f}Z",
            "#060818",
            alpha=0.5,
        )
        s.prop("planet", s.w * (0.5 + m * 0.34), s.h * 0.2, min(s.w, s.h) * 0.13)
    top = max(s.camera.horizon, s.h * 0.56)
    rock = p.pick("#8a8fa6", 2)
    d.path(
        f"M{-s.w * 0.2:.0f} {top + s.h * 0.03:.0f}Q{s.w * 0.5:.0f} {top - s.h * 0.05:.0f} {s.w * 1.2:.0f}"
        f" {top + s.h * 0.03:.0f}V{s.h * 1.15:.0f}H{-s.w * 0.2:.0f}Z",
        rock,
    )
    for i in range(9):
        k = 0.12 + 0.85 * s.chance("ky", i)
        x, y, rr = s.w * s.chance("kx", i), top + (s.h - top) * k, s.w * (0.02 + 0.07 * k)
        d.oval(x, y, rr, rr * 0.3, dark(rock, 0.25))
        d.oval(x, y + rr * 0.06, rr * 0.86, rr * 0.22, dark(rock, 0.38))


OUTDOOR: dict[str, Callable[[Stage], None]] = {
    "forest": forest,
    "beach": beach,
    "mountain": mountain,
    "desert": desert,
    "space": space,
}
