"""Places of old towns, libraries, ships in space and caves."""

from __future__ import annotations

from collections.abc import Callable

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.places_outdoor import open_sky, ridge
from manju.providers.image.offline.stage import Stage


def town(s: Stage) -> None:
    """An old town: timber houses with curved roofs, lanterns, a paved lane, a pagoda beyond."""
    p = s.palette
    open_sky(s)
    hz = s.camera.horizon
    with s.depth(0.66):
        ridge(s, hz + 2, s.h * 0.2, "t1", p.pick("#6d7f95", 0), sharp=True)
    with s.depth(0.35):
        s.stand("pagoda", -p.light.lit * 2.6, 20, size=1.1)
    stone = p.pick("#a39a8c", 1)
    s.ground(stone, mix(stone, p.haze, 0.45))
    for i in range(26):
        z = 1.3 + 0.5 * i
        x, y = s.at((s.chance("slab", i) * 2 - 1) * s.half * 0.8, 0, z)
        k = s.scale(z) * 0.32
        s.d.stroke(f"M{x:.0f} {y:.0f}h{k:.0f}l{k * 0.2:.0f} {-k * 0.25:.0f}", dark(stone, 0.25), 0.6)
    wide = s.half * 0.98
    edges = (0.4, 3.0, 5.4, 8.4, 12.5, 19.0)
    for i in range(len(edges) - 2, -1, -1):
        near, back = edges[i], edges[i + 1]
        for side in (-1, 1):
            x = side * wide
            wall = p.pick(("#e6dcc6", "#d8c4a2")[(i + (side > 0)) % 2], 2, 0.3)
            wall = dark(wall, 0.2) if side == p.light.lit else wall
            wood = p.pick("#7a4a34", 3, 0.25)
            with s.depth(min(0.5, i * 0.11)):
                _house(s, x, side, near, back, wall, wood, i)


def _house(s: Stage, x: float, side: int, near: float, back: float, wall: str, wood: str, index: int) -> None:
    s.quad(((x, 0, near), (x, 0, back), (x, 3.0, back), (x, 3.0, near)), wall, line=0.8)
    length = back - near
    for k in range(4):
        z = near + length * (0.04 + 0.31 * k)
        s.quad(((x, 0, z), (x, 0, z + length * 0.03), (x, 3, z + length * 0.03), (x, 3, z)), wood)
    glow = s.palette.night or s.palette.time == "sunset"
    pane = "#ffd98a" if glow else "#f0e6cf"
    for k in range(3):
        z = near + length * (0.1 + 0.31 * k)
        with s.d.graded(s.d.base if glow else s.d.grade):
            s.quad(((x, 0.9, z), (x, 0.9, z + length * 0.2), (x, 2.0, z + length * 0.2), (x, 2.0, z)), pane, line=0.6)
        for m in (0.33, 0.66):
            s.line((x, 0.9, z + length * 0.2 * m), (x, 2.0, z + length * 0.2 * m), wood, 0.8)
        s.line((x, 1.45, z), (x, 1.45, z + length * 0.2), wood, 0.8)
    inner = x - side * 0.75
    tile = dark(mix("#4a5568", wood, 0.2), 0.1)
    s.quad(((x + side, 4.5, near), (x + side, 4.5, back), (inner, 2.85, back), (inner, 2.85, near)), tile, line=0.9)
    s.quad(
        ((inner, 2.85, near), (inner, 2.85, back), (inner, 2.7, back), (inner, 2.7, near)), dark(tile, 0.35), line=0.6
    )
    for k in range(1, 6):
        z = near + length * k / 6
        s.line((x + side, 4.5, z), (inner, 2.85, z), dark(tile, 0.3), 0.6)
    if index < 4:
        lx, ly = s.at(inner, 1.95, near + length * 0.5)
        s.prop("lantern", lx, ly, s.scale(near + length * 0.5) * 0.62)


def library(s: Stage) -> None:
    """A library or bookshop: shelves along both walls, a high window, a ladder."""
    p = s.palette
    wall, floor = p.pick("#cdb896", 0), p.pick("#8a6244", 1)
    back = 9.0
    s.room(back, 3.6, wall, floor, dark(wall, 0.15))
    wood = p.pick("#6f4a2f", 2, 0.25)
    books = ("#c9483f", "#3f6fb0", "#e0b040", "#4f8f62", "#7a58a0", "#e8dcc0", "#c97a4a", "#3f8a8f")
    edges = (0.5, 1.9, 3.3, 4.9, 6.7, 8.8)
    for i in range(len(edges) - 2, -1, -1):
        near, end = edges[i], edges[i + 1]
        for side in (-1, 1):
            x = side * (s.half - 0.35)
            s.quad(((x, 0, near), (x, 0, end), (x, 3.1, end), (x, 3.1, near)), wood, line=0.8)
            length = (end - near) * 0.92
            for row in range(5):
                y = 0.12 + row * 0.6
                s.quad(
                    (
                        (x, y, near + 0.06),
                        (x, y, near + length),
                        (x, y + 0.5, near + length),
                        (x, y + 0.5, near + 0.06),
                    ),
                    dark(wood, 0.45),
                )
                n = 9 if i < 3 else 5
                for k in range(n):
                    z0 = near + 0.06 + (length - 0.06) * k / n
                    z1 = z0 + (length - 0.06) / n * 0.88
                    high = 0.3 + 0.16 * s.chance("bk", side, i, row, k)
                    s.quad(
                        ((x, y, z0), (x, y, z1), (x, y + high, z1), (x, y + high, z0)),
                        books[(k * 3 + row + i + (side > 0)) % 8],
                    )
    a, b = s.at(-1.1, 3.2, back), s.at(1.1, 0.9, back)
    with s.d.shining():
        s.d.ramp(a[0], a[1], b[0] - a[0], b[1] - a[1], p.sky[0], p.sky[1])
    s.d.path(
        f"M{a[0]:.0f} {a[1]:.0f}H{b[0]:.0f}V{b[1]:.0f}H{a[0]:.0f}ZM{(a[0] + b[0]) / 2:.0f} {a[1]:.0f}"
        f"V{b[1]:.0f}M{a[0]:.0f} {(a[1] + b[1]) / 2:.0f}H{b[0]:.0f}",
        None,
        line=dark(wood, 0.2),
        width=max(2.0, s.scale(back) * 0.07),
    )
    for z in (7.2, 5.4):
        s.stand("desk", 0.0, z, size=0.9)
        px, py = s.at(0.35, 0.72, z)
        s.prop("lamp", px, py, s.scale(z) * 0.4)


def ship(s: Stage) -> None:
    """Inside a spacecraft: ribs, a wide window on a planet, panels of lights."""
    p, d = s.palette, s.d
    wall, floor = p.pick("#8794ad", 0), p.pick("#56627a", 1)
    back, high = 7.0, s.ceiling(3.0)
    s.room(back, high, wall, floor, dark(wall, 0.25))
    a, b = s.at(-s.half * 0.8, 2.6, back), s.at(s.half * 0.8, 0.8, back)
    w, h = b[0] - a[0], b[1] - a[1]
    with d.shining():
        d.ramp(a[0], a[1], w, h, "#060a20", mix("#0c1438", p.accent(0) if p.colours else "#5a3f9a", 0.35))
        for i in range(40):
            d.oval(
                a[0] + w * s.chance("sx", i),
                a[1] + h * s.chance("sy", i),
                max(0.8, w * 0.0035 * s.chance("sr", i)),
                fill="#ffffff",
            )
        tone, r = p.pick("#3f86b8", 2), min(w * 0.3, h * 0.62)
        cx, cy = a[0] + w * (0.5 + 0.28 * p.light.lit), b[1] - h * 0.1
        k = min(1.0, (b[1] - cy) / r)
        d.path(
            f"M{max(a[0], cx - r):.0f} {b[1]:.0f}A{r:.0f} {r * (0.85 + 0.15 * k):.0f} 0 0 1 {min(b[0], cx + r):.0f}"
            f" {b[1]:.0f}Z",
            tone,
        )
        d.path(
            f"M{max(a[0], cx - r * 0.8):.0f} {b[1]:.0f}Q{cx - r * 0.2:.0f} {cy - r * 0.55:.0f} {cx + r * 0.3:.0f}"
            f" {b[1]:.0f}Z",
            light(tone, 0.35),
        )
    frame = (
        f"M{a[0]:.0f} {a[1] + h * 0.2:.0f}L{a[0] + w * 0.1:.0f} {a[1]:.0f}H{b[0] - w * 0.1:.0f}L{b[0]:.0f}"
        f" {a[1] + h * 0.2:.0f}V{b[1]:.0f}H{a[0]:.0f}Z"
    )
    d.path(
        f"M{a[0] - 2:.0f} {a[1] - 2:.0f}H{b[0] + 2:.0f}V{a[1] + h * 0.2:.0f}L{b[0] - w * 0.1:.0f} "
        f"{a[1]:.0f}H{a[0] + w * 0.1:.0f}L{a[0] - 2:.0f} {a[1] + h * 0.2:.0f}Z",
        dark(wall, 0.06),
    )
    d.path(frame, None, line=dark(wall, 0.55), width=max(3.0, s.scale(back) * 0.09))
    for k in (0.34, 0.66):
        d.stroke(f"M{a[0] + w * k:.0f} {a[1]:.0f}V{b[1]:.0f}", dark(wall, 0.55), 2)
    glow = p.accent(0) if p.colours else "#58e0ff"
    s.block(-s.half * 0.8, s.half * 0.8, 0.85, back - 0.9, back - 0.2, p.pick("#4d5a74", 1))
    with d.shining():
        for i in range(14):
            x = -s.half * 0.74 + i * s.half * 0.11
            s.board(
                x,
                x + s.half * 0.06,
                0.45,
                0.6,
                back - 0.91,
                (glow, "#ffc44d", "#ff6a5a")[int(s.chance("led", i) * 3)],
                line=0,
            )
    for z in (1.3, 2.7, 4.3):
        for side in (-1, 1):
            s.panel(side, 0, high, z, z + 0.28, dark(wall, 0.28))
            s.panel(side, 0.6, 2.3, z + 0.45, z + 1.1, light(wall, 0.12))
            with d.shining():
                for r in range(4):
                    s.panel(
                        side,
                        0.85 + r * 0.36,
                        0.93 + r * 0.36,
                        z + 0.52,
                        z + 0.65 + 0.4 * s.chance("bar", side, r, z),
                        glow,
                        line=0,
                    )
        s.quad(
            (
                (-s.half, high - 0.01, z),
                (s.half, high - 0.01, z),
                (s.half, high - 0.01, z + 0.28),
                (-s.half, high - 0.01, z + 0.28),
            ),
            dark(wall, 0.4),
        )
    for x in (-s.half * 0.55, s.half * 0.55):
        with d.shining():
            s.quad(
                (
                    (x - 0.12, high - 0.02, 0.8),
                    (x + 0.12, high - 0.02, 0.8),
                    (x + 0.12, high - 0.02, back),
                    (x - 0.12, high - 0.02, back),
                ),
                light(glow, 0.5),
            )


def cave(s: Stage) -> None:
    """A cave, tunnel or cellar of stone with light at its mouth."""
    p, d = s.palette, s.d
    rock = p.pick("#5f6878", 0)
    cx, cy = s.w * 0.5, s.h * 0.44
    glow = mix(p.light.colour, p.sky[1], 0.4)
    with d.shining():
        d.rect(-s.w * 0.2, -s.h * 0.2, s.w * 1.4, s.h * 1.4, mix(glow, "#ffffff", 0.25))
    for i in range(1, 7):
        k = 0.3 + i * 0.13
        _mouth(
            s,
            cx,
            cy,
            s.w * k * 0.75,
            s.h * k * 0.62,
            f"ring{i}",
            mix(dark(rock, 0.1 * i), glow, max(0.0, 0.34 - 0.06 * i)),
        )
    ground = dark(rock, 0.3)
    top = max(s.camera.horizon + s.h * 0.04, s.h * 0.62)
    d.path(
        f"M{-s.w * 0.2:.0f} {top + s.h * 0.06:.0f}Q{s.w * 0.3:.0f} {top:.0f} {s.w * 0.55:.0f} {top:.0f}"
        f"T{s.w * 1.2:.0f} {top + s.h * 0.06:.0f}V{s.h * 1.2:.0f}H{-s.w * 0.2:.0f}Z",
        ground,
    )
    d.path(
        f"M{s.w * 0.38:.0f} {top + s.h * 0.01:.0f}H{s.w * 0.62:.0f}L{s.w * 0.86:.0f} {s.h * 1.2:.0f}H{s.w * 0.14:.0f}Z",
        glow,
        alpha=0.22,
    )
    for i in range(7):
        x = s.w * (0.04 + 0.15 * i)
        r = s.w * (0.03 + 0.03 * s.chance("st", i))
        long = s.h * (0.05 + 0.13 * abs(i - 3) / 3 + 0.05 * s.chance("sl", i))
        d.shape(f"M{x - r:.0f} {-s.h * 0.02:.0f}L{x:.0f} {long:.0f}L{x + r:.0f} {-s.h * 0.02:.0f}Z", dark(rock, 0.42))


def _mouth(s: Stage, cx: float, cy: float, rx: float, ry: float, key: str, colour: str) -> None:
    """A ring of rock round an irregular opening."""
    data = f"M{-s.w * 0.2:.0f} {-s.h * 0.2:.0f}H{s.w * 1.2:.0f}V{s.h * 1.2:.0f}H{-s.w * 0.2:.0f}Z"
    around = ((1, 0), (0.75, 0.72), (0.1, 1.05), (-0.7, 0.75), (-1, 0.05), (-0.72, -0.7), (-0.05, -1), (0.68, -0.74))
    places = [
        (cx + x * rx * (0.86 + 0.28 * s.chance(key, i)), cy + y * ry * (0.86 + 0.28 * s.chance(key, i, "y")))
        for i, (x, y) in enumerate(around)
    ]
    data += "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in places) + "Z"
    s.d.hole(data, colour)


MORE: dict[str, Callable[[Stage], None]] = {"town": town, "library": library, "ship": ship, "cave": cave}
