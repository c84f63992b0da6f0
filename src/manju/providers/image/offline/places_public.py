"""Public rooms: cafe, laboratory, train, palace hall."""

from __future__ import annotations

from collections.abc import Callable

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.places_indoor import side_windows, tiles
from manju.providers.image.offline.stage import Stage


def cafe(s: Stage) -> None:
    """A cafe, shop or restaurant: counter, menu boards, hanging lamps, a bright front window."""
    p = s.palette
    wall, floor = p.pick("#a8785a", 0), p.pick("#6f5140", 1)
    back = 6.0
    s.room(back, 3.0, wall, floor, dark(wall, 0.3))
    tiles(s, back, dark(floor, 0.25), 0.8)
    side_windows(s, p.light.lit, back, low=0.7, high=2.6)
    for i in range(3):
        x = -s.half * 0.6 + i * s.half * 0.6
        s.board(x - 0.55, x + 0.55, 1.75, 2.5, back, "#2b2f38")
        k = s.scale(back)
        px, py = s.at(x - 0.42, 2.32, back)
        for r in range(3):
            s.d.stroke(f"M{px:.0f} {py + r * k * 0.16:.0f}h{k * (0.84 - 0.2 * (r % 2)):.0f}", "#f0e6cc", 0.9)
    for row, kinds in enumerate(
        (("product", "cup", "plant", "product", "cup"), ("cup", "product", "cup", "fruit", "product"))
    ):
        s.board(-s.half * 0.9, s.half * 0.9, 1.05 + row * 0.36, 1.09 + row * 0.36, back, "#5a3c26", line=0.5)
        for i, kind in enumerate(kinds):
            px, py = s.at(-s.half * 0.7 + i * s.half * 0.35, 1.09 + row * 0.36, back)
            s.prop(kind, px, py, s.scale(back) * 0.2)
    s.block(-s.half * 0.8, s.half * 0.8, 1.05, back - 1.4, back - 0.7, p.pick("#8a5a3c", 2))
    for x in (-1.2, 0.0, 1.2):
        px, py = s.at(x, 2.1, 3.6)
        k = s.scale(3.6)
        s.d.stroke(f"M{px:.0f} {py:.0f}V{py - k:.0f}", None, 1)
        with s.d.shining():
            s.d.oval(px, py + k * 0.02, k * 0.42, fill=p.light.colour, alpha=0.14)
            s.d.shape(f"M{px - k * 0.2:.0f} {py:.0f}q{k * 0.2:.0f} {-k * 0.42:.0f} {k * 0.4:.0f} 0Z", p.accent(0))
            s.d.oval(px, py, k * 0.12, k * 0.07, "#fff3c2")


def laboratory(s: Stage) -> None:
    """A laboratory or control room: glowing panels, benches, cables of light on the floor."""
    p = s.palette
    wall, floor = p.pick("#5d6f8c", 0), p.pick("#3b465c", 1)
    back = 6.6
    s.room(back, 3.2, wall, floor, dark(wall, 0.4))
    glow = p.accent(0) if p.colours else "#46d3ff"
    tiles(s, back, mix(floor, glow, 0.3), 1.1)
    b = s.half * 0.8
    s.board(-b, b, 0.95, 2.65, back, "#141c2e")
    for i in range(3):
        x = -b * 0.66 + i * b * 0.66
        px, py = s.at(x, 1.15, back)
        s.prop("screen" if i != 1 else "chart", px, py, s.scale(back) * 1.15 * min(1.0, b / 2.6))
    for side in (-1, 1):
        for k in range(4):
            z = 1.5 + k * 1.25
            s.panel(side, 0.3, 2.6, z, z + 1.05, dark(wall, 0.3))
            with s.d.shining():
                for r in range(5):
                    s.panel(
                        side,
                        0.6 + r * 0.38,
                        0.66 + r * 0.38,
                        z + 0.15,
                        z + 0.4 + 0.5 * s.chance(side, k, r),
                        glow,
                        line=0,
                    )
    s.block(-b, b, 0.85, back - 1.2, back - 0.6, p.pick("#8796ad", 2))
    for kind, x in (("flask", -b * 0.7), ("laptop", 0.1), ("flask", b * 0.7)):
        px, py = s.at(x, 0.85, back - 0.9)
        s.prop(kind, px, py, s.scale(back) * 0.36)


def train_car(s: Stage) -> None:
    """Inside a train or underground car: windows, seats, hanging straps."""
    p = s.palette
    wall, floor = p.pick("#dfe3e6", 0), p.pick("#7d8794", 1)
    back, keep = 10.0, s.half
    s.half = min(s.half, 2.4)
    s.room(back, 2.5, wall, floor, light(wall, 0.3))
    for side in (-1, 1):
        z = 0.9
        while z < back - 1:
            with s.d.shining():
                s.panel(side, 1.0, 2.0, z, z + 1.5, p.sky[1])
                s.panel(
                    side,
                    1.0,
                    1.3 + 0.3 * s.chance("v", side, round(z)),
                    z,
                    z + 1.5,
                    mix(p.haze, "#2c3a5c", 0.5),
                    line=0,
                )
            z += 2.0
        x = side * s.half
        inner = side * (s.half - 0.55)
        seat = p.pick("#3f7fb0", 2)
        s.quad(((x, 0.45, 0.8), (inner, 0.45, 0.8), (inner, 0.45, back - 1), (x, 0.45, back - 1)), seat, line=0.8)
        s.quad(
            ((inner, 0.1, 0.8), (inner, 0.45, 0.8), (inner, 0.45, back - 1), (inner, 0.1, back - 1)),
            dark(seat, 0.3),
            line=0.8,
        )
        s.panel(side, 0.5, 0.95, 0.8, back - 1, light(seat, 0.12))
    s.board(-0.55, 0.55, 0, 2.05, back, p.pick("#a9b3bd", 3))
    s.board(-0.4, 0.4, 0.9, 1.9, back, mix(p.haze, "#ffffff", 0.3))
    for side in (-1, 1):
        s.line((side * 0.9, 2.25, 0.7), (side * 0.9, 2.25, back), "#9aa4b0", 2)
        for z in (1.4, 2.1, 3.0, 4.2, 5.8, 7.6):
            x, y = s.at(side * 0.9, 2.25, z)
            k = s.scale(z)
            s.d.stroke(f"M{x:.0f} {y:.0f}v{k * 0.18:.0f}", "#e8eaec", 1.6)
            s.d.oval(x, y + k * 0.26, k * 0.08, line="#f4f5f6", width=1.8)
    s.half = keep


def hall(s: Stage) -> None:
    """A palace hall or temple: red columns, lanterns, steps to a screen of gold."""
    p = s.palette
    wall, floor = p.pick("#8f4a38", 0), p.pick("#6b5a52", 1)
    back = 11.0
    s.room(back, 4.6, wall, floor, dark(wall, 0.45))
    tiles(s, back, dark(floor, 0.2), 1.0)
    s.board(-1.7, 1.7, 0.5, 3.4, back, p.pick("#d8aa4a", 2, 0.3))
    k = s.scale(back)
    cx, cy = s.at(0, 1.95, back)
    s.d.oval(cx, cy, k * 1.0, fill=p.pick("#b5452f", 3, 0.3), line=s.d.ink)
    s.d.oval(cx, cy, k * 0.7, line="#f2d48a", width=1.6)
    for i in range(3):
        s.block(-2.6 + i * 0.3, 2.6 - i * 0.3, 0.17 * (i + 1), back - 2 + i * 0.5, back - 0.5, "#a89a8c", low=0.17 * i)
    carpet = p.pick("#a8322c", 0, 0.3)
    s.quad(((-0.9, 0, 0.4), (0.9, 0, 0.4), (0.9, 0, back - 2), (-0.9, 0, back - 2)), carpet)
    for z in (9.0, 6.5, 4.4, 2.9):
        for side in (-1, 1):
            x = side * s.half * 0.8
            px, py = s.at(x, 0, z)
            _, top = s.at(x, 4.6, z)
            r = s.scale(z) * 0.2
            s.d.box(px - r, top, r * 2, py - top, "#b8392e")
            s.d.rect(px + (0 if p.light.lit < 0 else -r), top, r, py - top, "#8f2a26")
            s.d.box(px - r * 1.25, py - r * 0.9, r * 2.5, r * 0.9, "#8c8078")
            lx, ly = s.at(x - side * 0.75, 2.5, z)
            s.prop("lantern", lx, ly, s.scale(z) * 0.6)


PUBLIC: dict[str, Callable[[Stage], None]] = {"cafe": cafe, "lab": laboratory, "train": train_car, "hall": hall}
