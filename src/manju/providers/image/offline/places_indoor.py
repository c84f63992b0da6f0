"""Rooms: each paints itself on a stage and leaves the middle for the figures."""

from __future__ import annotations

from collections.abc import Callable

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.stage import Stage
from manju.providers.image.offline.svg import points


def tiles(s: Stage, back: float, colour: str, step: float = 1.0) -> None:
    """Lines of floor tiles or boards."""
    z = back
    while z > s.camera.distance * 0.5 and z > 0.6:
        s.line((-s.half, 0, z), (s.half, 0, z), colour, 0.5)
        z -= step * (1 if z > 3 else 0.5)
    x = -s.half
    while x <= s.half:
        s.line((x, 0, 0.4), (x, 0, back), colour, 0.5)
        x += step


def _view(s: Stage, x0: float, y0: float, x1: float, y1: float, *, city: bool) -> None:
    """What is seen through a window whose panes lie between two pixel corners."""
    d, p = s.d, s.palette
    w, h = x1 - x0, y1 - y0
    with d.shining():
        d.ramp(x0, y0, w, h, p.sky[0], p.sky[1])
        if p.night:
            for i in range(10):
                d.oval(
                    x0 + w * s.chance("sx", i), y0 + h * 0.5 * s.chance("sy", i), max(1.2, w * 0.006), fill="#e8eeff"
                )
        if city:
            n = 9
            for i in range(n):
                bh = h * (0.25 + 0.5 * s.chance("b", i))
                bx = x0 + w * i / n
                d.rect(
                    bx, y1 - bh, w / n + 1, bh, mix(p.haze, "#1d2547" if p.night else "#5f7690", 0.45 + 0.12 * (i % 2))
                )
                if p.night or p.time == "sunset":
                    for k in range(4):
                        for c in range(2):
                            if s.chance("wl", i, k, c) > 0.4:
                                d.rect(
                                    bx + w / n * (0.2 + 0.4 * c),
                                    y1 - bh * (0.9 - 0.2 * k),
                                    w / n * 0.2,
                                    bh * 0.07,
                                    "#ffe19a",
                                )
        else:
            d.path(
                f"M{x0:.0f} {y1:.0f}V{y1 - h * 0.25:.0f}Q{x0 + w * 0.3:.0f} {y1 - h * 0.42:.0f} {x0 + w * 0.55:.0f}"
                f" {y1 - h * 0.24:.0f}"
                f"T{x1:.0f} {y1 - h * 0.3:.0f}V{y1:.0f}Z",
                mix(p.haze, "#24563f", 0.5),
            )


def back_window(
    s: Stage, x0: float, x1: float, low: float, high: float, z: float, *, city: bool = True, panes: int = 3
) -> None:
    """A window in the back wall with frame and view."""
    a, b = s.at(x0, high, z), s.at(x1, low, z)
    _view(s, a[0], a[1], b[0], b[1], city=city)
    frame = "#eef0f2" if not s.palette.night else "#9aa4bb"
    w = max(2.0, s.scale(z) * 0.05)
    d = s.d
    d.path(f"M{a[0]:.0f} {a[1]:.0f}H{b[0]:.0f}V{b[1]:.0f}H{a[0]:.0f}Z", None, line=d.ink, width=w + d.pen * 1.2)
    data = f"M{a[0]:.0f} {a[1]:.0f}H{b[0]:.0f}V{b[1]:.0f}H{a[0]:.0f}Z"
    for i in range(1, panes):
        x = a[0] + (b[0] - a[0]) * i / panes
        data += f"M{x:.0f} {a[1]:.0f}V{b[1]:.0f}"
    d.path(data, None, line=frame, width=w)


def side_windows(s: Stage, side: int, back: float, *, first: float = 1.2, low: float = 1.0, high: float = 2.5) -> None:
    """Windows along a side wall and the light that falls through them on the floor."""
    p, d = s.palette, s.d
    glass = mix(p.sky[1], "#ffffff", 0.35) if not p.night else mix(p.sky[1], p.light.colour, 0.2)
    z = first
    while z < back - 0.8:
        with d.shining():
            s.panel(side, low, high, z, z + 1.5, glass)
            s.panel(side, low, low + (high - low) * 0.36, z, z + 1.5, mix(p.sky[1], p.haze, 0.7), line=0)
        s.line((side * s.half, low, z + 0.75), (side * s.half, high, z + 0.75), "#eef0f2", 1.4)
        s.line((side * s.half, (low + high) / 2, z), (side * s.half, (low + high) / 2, z + 1.5), "#eef0f2", 1.4)
        data = [
            s.at(side * s.half * 0.92, 0, z),
            s.at(side * s.half * 0.92, 0, z + 1.5),
            s.at(side * s.half * 0.1, 0, z + 1.1),
            s.at(side * s.half * 0.1, 0, z - 0.2),
        ]
        if z > 0.9:
            d.path("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in data) + "Z", p.light.colour, alpha=0.26)
        z += 2.1


def corridor(s: Stage) -> None:
    """A school or hospital corridor: windows on the lit side, doors and lockers opposite, lamps above."""
    p = s.palette
    s.half = min(s.half, 2.3)  # as narrow as a corridor is, in frames of any shape
    wall, floor, lit = p.pick("#d5dde2", 0), p.pick("#9aa9b8", 1), p.light.lit
    back, high = 17.0, s.ceiling(3.0)
    s.room(back, high, wall, floor, light(wall, 0.3))
    tiles(s, back, dark(floor, 0.14), 0.8)
    dado = p.pick("#7fa3a8", 2)
    for side in (-1, 1):
        s.panel(side, 0, 1.0, 0.4, back, dado, line=0)
        s.panel(side, 0, 0.12, 0.4, back, dark(dado, 0.35), line=0)
        s.line((side * s.half, 1.0, 0.4), (side * s.half, 1.0, back), dark(wall, 0.5), 0.7)
    side_windows(s, lit, back, low=1.15)
    bays = (12.8, 8.2, 3.6, -1.0)
    for z in bays:
        _bay(s, -lit, z)
    s.gaps = tuple(z + 1.72 for z in bays)
    _end(s, back)
    for z in (14.0, 10.8, 7.6, 4.4, 2.0):
        for x in (-s.half, s.half):
            s.line((x, high, z + 1.6), (0, high, z + 1.6), dark(wall, 0.28), 0.6)
        with s.d.shining():
            lamp = (
                (-0.3, high - 0.02, z),
                (0.3, high - 0.02, z),
                (0.3, high - 0.02, z + 1.2),
                (-0.3, high - 0.02, z + 1.2),
            )
            s.quad(lamp, mix("#ffffff", p.light.colour, 0.3), line=0.5)
            gleam = points([s.at(x, 0, d) for x, d in ((-0.25, z), (0.25, z), (0.25, z + 1), (-0.25, z + 1))])
            s.d.path(gleam, "#ffffff", alpha=0.2)


def _bay(s: Stage, side: int, z: float) -> None:
    """A door with its sign and lamp, a stretch of wall that is left free, and lockers."""
    p, x = s.palette, side * s.half
    inner, body, wood = x - side * 0.25, p.pick("#7893b0", 1), p.pick("#b98a5a", 3, 0.3)
    for near in (z + 3.06, z + 2.68, z + 2.3):  # they stand out from the wall: the far ones first
        s.quad(((inner, 0, near), (x, 0, near), (x, 1.9, near), (inner, 1.9, near)), dark(body, 0.3), line=0.6)
        far = near + 0.38
        s.quad(((inner, 0, near), (inner, 0, far), (inner, 1.9, far), (inner, 1.9, near)), body, line=0.7)
        for y in (1.62, 1.7, 1.78):
            s.line((inner, y, near + 0.1), (inner, y, near + 0.28), dark(body, 0.45), 0.5)
        s.line((inner, 0.98, near + 0.06), (inner, 1.12, near + 0.06), dark(body, 0.55), 1.2)
    if z < 0:  # beside the camera
        return
    s.panel(side, 0, 2.14, z - 0.05, z + 1.15, dark(wood, 0.35))
    s.panel(side, 0, 2.1, z, z + 1.1, wood)
    s.line((x, 0.95, z + 0.12), (x, 1.08, z + 0.12), "#e8eaec", 1.8)
    with s.d.shining():
        s.panel(side, 1.3, 1.85, z + 0.3, z + 0.8, mix(p.haze, "#ffffff", 0.3))
        s.panel(side, 2.3, 2.55, z + 0.15, z + 0.95, p.accent(0) if p.night else "#f5f7f8")


def _end(s: Stage, back: float) -> None:
    """The far end: double doors under a lit sign."""
    p = s.palette
    s.board(-1.0, 1.0, 0, 2.3, back, dark(p.pick("#b98a5a", 3, 0.3), 0.25))
    for x in (-0.92, 0.04):
        s.board(x, x + 0.88, 0, 2.2, back, p.pick("#b98a5a", 3, 0.3), line=0.6)
        with s.d.shining():
            s.board(x + 0.2, x + 0.68, 1.15, 1.95, back, mix(p.sky[1], "#ffffff", 0.3), line=0.5)
    with s.d.shining():
        s.board(-0.42, 0.42, 2.42, 2.7, back, "#3fbf7f" if not p.night else p.accent(0), line=0.5)


def classroom(s: Stage) -> None:
    """A classroom with its board, rows of desks, windows on the lit side."""
    p = s.palette
    wall, floor = p.pick("#e6e0cf", 0), p.pick("#b98f62", 1)
    back = 7.5
    s.room(back, 3.1, wall, floor, light(wall, 0.4))
    tiles(s, back, dark(floor, 0.16), 0.9)
    side_windows(s, p.light.lit, back)
    b = s.half * 0.78
    s.board(-b, b, 1.0, 2.35, back, "#8a6038")
    s.board(-b + 0.09, b - 0.09, 1.08, 2.27, back, p.pick("#2f6b53", 2, 0.2), line=0.4)
    x, y = s.at(-b * 0.8, 2.05, back)
    k = s.scale(back)
    for i, n in enumerate((1.1, 0.8, 1.3)):
        s.d.stroke(
            f"M{x:.0f} {y + i * k * 0.2:.0f}q{k * n * 0.25:.0f} {-k * 0.07:.0f} {k * n * 0.5:.0f} 0t{k * n * 0.5:.0f}"
            " 0",
            "#e8f2ea",
            0.9,
        )
    cx, cy = s.at(b * 0.45, 1.7, back)
    s.d.oval(cx, cy, k * 0.3, line="#e8f2ea", width=0.9)
    s.d.stroke(
        f"M{cx - k * 0.3:.0f} {cy:.0f}h{k * 0.6:.0f}M{cx:.0f} {cy:.0f}l{k * 0.22:.0f} {-k * 0.22:.0f}", "#e8f2ea", 0.9
    )
    px, py = s.at(0, 2.5, back)
    s.prop("clock", px, py, k * 0.42)
    for side in (-1, 1):
        px, py = s.at(side * s.half * 0.9, 1.45, back)
        s.prop("picture" if side < 0 else "calendar", px, py, k * 0.6)
    for z in (5.6, 4.4, 3.4):
        for i in range(-3, 4):
            x = i * 1.25
            if abs(x) < 0.5 or abs(x) > s.half - 0.3:
                continue
            s.block(x - 0.38, x + 0.38, 0.72, z, z + 0.45, p.pick("#d7a869", 3, 0.25), low=0.6)
            for dx in (-0.34, 0.34):
                s.line((x + dx, 0, z), (x + dx, 0.6, z), "#5b6273", 1.4)


def office(s: Stage) -> None:
    """An office in front of a wide window over the city."""
    p = s.palette
    wall, floor = p.pick("#dfe4ea", 0), p.pick("#8d99aa", 1)
    back = 6.4
    s.room(back, 3.0, wall, floor, light(wall, 0.4))
    tiles(s, back, dark(floor, 0.12), 1.2)
    back_window(s, -s.half * 0.86, s.half * 0.86, 0.75, 2.7, back, panes=5)
    for side in (-1, 1):
        s.panel(side, 0.9, 2.2, 2.2, 4.2, light(wall, 0.2))
        for k in range(3):
            s.panel(side, 1.1 + k * 0.35, 1.32 + k * 0.35, 2.35, 4.05, p.pick("#b8c6d6", 2 + k), line=0.4)
    for side in (-1, 1):
        x = side * s.half * 0.62
        s.block(x - 0.9, x + 0.9, 0.74, 4.6, 5.3, p.pick("#c79a68", 3, 0.3), low=0.64)
        for dx in (-0.82, 0.82):
            s.line((x + dx, 0, 4.6), (x + dx, 0.64, 4.6), "#4a5266", 2)
        px, py = s.at(x, 0.74, 4.7)
        s.prop("screen", px, py, s.scale(4.7) * 0.52)
    px, py = s.at(s.half * 0.9 * -p.light.lit, 0, 5.4)
    s.prop("plant", px, py, s.scale(5.4) * 1.3)
    for x in (-s.half * 0.45, s.half * 0.45):
        with s.d.shining():
            s.quad(
                ((x - 0.5, 2.98, 2.0), (x + 0.5, 2.98, 2.0), (x + 0.5, 2.98, 3.6), (x - 0.5, 2.98, 3.6)),
                "#fffbe8",
                line=0.5,
            )


def bedroom(s: Stage) -> None:
    """A bedroom or living room: window with curtains, shelf, sofa or bed, carpet."""
    p = s.palette
    wall, floor = p.pick("#ead9c4", 0), p.pick("#b5865a", 1)
    back = 5.0
    s.room(back, 2.8, wall, floor, light(wall, 0.45))
    tiles(s, back, dark(floor, 0.16), 0.7)
    m = p.light.lit
    cx = m * s.half * 0.3
    back_window(s, cx - 0.85, cx + 0.85, 0.9, 2.35, back, city=s.chance("city") < 0.5, panes=2)
    for side in (-1, 1):
        curtain = p.pick("#c86f5a", 2)
        x = cx + side * 0.98
        s.quad(
            ((x - 0.24, 0.5, back), (x + 0.24, 0.5, back), (x + 0.17, 2.5, back), (x - 0.17, 2.5, back)),
            curtain,
            line=0.8,
        )
        s.line((x, 0.55, back), (x, 2.45, back), dark(curtain, 0.3), 0.6)
    rug = s.at(0, 0, 3.4)
    s.d.oval(
        rug[0], rug[1], s.scale(3.4) * s.half * 0.55, s.scale(3.4) * 0.3, p.pick("#8fa6c4", 3), line=s.d.ink, width=0.7
    )
    s.stand("bed" if s.chance("bed") < 0.5 else "sofa", -m * s.half * 0.48, 4.3, size=1.0)
    s.stand("shelf", m * s.half * 0.86, 4.7)
    px, py = s.at(-m * s.half * 0.5, 1.55, back)
    s.prop("picture", px, py, s.scale(back) * 0.62)


def kitchen(s: Stage) -> None:
    """A kitchen: tiled wall, cupboards, worktop with stove, window."""
    p = s.palette
    wall, floor = p.pick("#eef0e8", 0), p.pick("#c9b08a", 1)
    back = 4.6
    s.room(back, 2.7, wall, floor, light(wall, 0.5))
    tiles(s, back, dark(floor, 0.14), 0.6)
    for i in range(12):
        s.line((-s.half, 1.0 + i * 0.14, back), (s.half, 1.0 + i * 0.14, back), dark(wall, 0.1), 0.4)
    back_window(s, -0.6, 0.6, 1.25, 2.2, back, city=False, panes=2)
    front = p.pick("#5f8f8a", 2)
    x = -s.half
    while x < s.half - 0.1:
        end = min(x + 0.75, s.half)
        s.board(x, end, 0, 0.9, back - 0.6, front)
        s.board(x + 0.07, end - 0.07, 0.08, 0.8, back - 0.6, light(front, 0.12), line=0.5)
        if abs(x + 0.37) > 0.9:
            s.board(x, end, 1.7, 2.45, back - 0.05, light(front, 0.2))
        x = end
    s.block(-s.half, s.half, 0.98, back - 0.66, back, "#f4efe6", low=0.9)
    for kind, x in (("pot", -1.15), ("fruit", 1.05), ("cup", 1.5), ("plant", -1.7)):
        px, py = s.at(x, 0.98, back - 0.45)
        s.prop(kind, px, py, s.scale(back) * (0.34 if kind in ("pot", "plant") else 0.2))
    for x in (-0.7, 0.7):
        px, py = s.at(x, 1.95, back - 1.5)
        s.d.stroke(f"M{px:.0f} {py - s.scale(back) * 0.4:.0f}V{py - s.scale(back) * 2:.0f}", None, 0.9)
        with s.d.shining():
            s.d.shape(
                f"M{px - s.scale(back) * 0.28:.0f} {py:.0f}q{s.scale(back) * 0.28:.0f} {-s.scale(back) * 0.75:.0f}"
                f" {s.scale(back) * 0.56:.0f} 0Z",
                "#ffdd8a",
            )


INDOOR: dict[str, Callable[[Stage], None]] = {
    "corridor": corridor,
    "classroom": classroom,
    "office": office,
    "room": bedroom,
    "kitchen": kitchen,
}
