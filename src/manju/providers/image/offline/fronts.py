"""Fronts of upper garments (buttons, zips, sashes) and their small parts, at (angle, ring) places of a `Form`."""

from __future__ import annotations

from manju.providers.image.offline.colour import dark, light, luma, mix
from manju.providers.image.offline.cuts import cut_of
from manju.providers.image.offline.form import Form
from manju.providers.image.offline.shapes import corners, fold, smooth
from manju.providers.image.offline.svg import Drawing


def _plain(d: Drawing, f: Form) -> None:
    return None


def _row(d: Drawing, f: Form, angle: float, rings: tuple[float, ...], r: float = 0.95, fill: str | None = None) -> None:
    for v in rings:
        f.dot(d, (angle, v), r, fill or dark(f.look.top_colour, 0.5))


def _buttons(d: Drawing, f: Form) -> None:
    f.line(d, [(0, 0.6), (0, 2), (0, 3.5), (0, 5.2)], fold(f.look.top_colour), 0.7)
    gold = "#e0b64a" if f.look.top == "officer" else None
    _row(d, f, 3, (1.2, 2.1, 2.9, 3.7, 4.5), 1.1 if gold else 0.9, gold)


def _placket(d: Drawing, f: Form) -> None:
    f.line(d, [(0, 4.0), (0, 5.2)], fold(f.look.top_colour), 0.7)
    _row(d, f, 3, (4.2, 4.7))


def _pouch(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    f.patch(d, [(-54, 1.0), (-34, 2.1), (34, 2.1), (54, 1.0), (40, 0.85), (-40, 0.85)], dark(c, 0.07), 0.7)


def _zip(d: Drawing, f: Form) -> None:
    look = f.look
    if cut_of(look).open:
        f.patch(d, [(-52, 6.1), (-20, 4.6), (-13, 0.78), (13, 0.78), (20, 4.6), (52, 6.1)], look.inner, 0.8)
        f.line(d, [(0, 5.2), (0, 4.9)], fold(look.inner), 0.7)
        for s in (-1, 1):
            f.line(d, [(s * 15, 0.8), (s * 19, 2.5), (s * 24, 4.6)], light(look.top_colour, 0.4), 0.7)
        return
    f.line(d, [(0, 0.62), (0, 2), (0, 3.5), (0, 5.4)], fold(look.top_colour), 1.0)
    f.line(d, [(2, 0.62), (2, 2), (2, 3.5), (2, 5.4)], light(look.top_colour, 0.5), 0.5)


def _suit(d: Drawing, f: Form) -> None:
    deep = 2.5
    f.line(d, [(0, deep), (0, 1.2), (8, 0.3)], fold(f.look.top_colour), 0.8)
    _row(d, f, 4, (2.35, 1.75))
    f.line(d, [(34, 3.95), (52, 4.05)], fold(f.look.top_colour), 0.7)


def _coat(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    f.line(d, [(-7, 2.7), (-9, 1.2), (-12, 0.4)], fold(c), 0.8)
    f.line(d, [(7, 2.7), (9, 1.2), (12, 0.4)], fold(c), 0.8)
    f.patch(d, [(-6, 2.6), (6, 2.6), (10, 1.2), (12, 0.45), (-12, 0.45), (-10, 1.2)], f.look.inner, 0.6)
    _row(d, f, 20, (2.2, 1.2))


def _snaps(d: Drawing, f: Form) -> None:
    f.line(d, [(0, 0.45), (0, 2), (0, 3.5), (0, 5.0)], fold(f.look.top_colour), 0.8)
    _row(d, f, 6, (1.0, 2.0, 3.0, 4.0), 1.1, light(f.look.top_colour, 0.5))


def _double(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    f.line(d, [(34, 5.2), (26, 4.2), (20, 2.2), (22, 0.4)], fold(c), 0.8)
    dots = light(c, 0.75) if luma(c) < 0.6 else dark(c, 0.55)
    for angle in (-26, 12):
        _row(d, f, angle, (1.3, 2.2, 3.1, 4.0), 1.15, dots)


def _bib(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    f.patch(d, [(-36, 4.3), (36, 4.3), (46, 2.0), (95, 1.8), (95, 0.3), (-95, 0.3), (-95, 1.8), (-46, 2.0)], c, 0.9)
    for s in (-1, 1):
        f.patch(d, [(s * 26, 4.3), (s * 36, 4.3), (s * 60, 5.6), (s * 46, 5.7)], c, 0.8)
        f.dot(d, (s * 30, 4.15), 1.1, "#e0b64a")
        f.patch(d, [(180 - s * 36, 3.4), (180 - s * 20, 3.4), (180 - s * 46, 5.7), (180 - s * 60, 5.6)], c, 0.8)
    f.patch(d, [(95, 1.9), (180, 3.4), (265, 1.9), (265, 0.3), (95, 0.3)], c, 0.9)
    f.patch(d, [(-20, 3.8), (20, 3.8), (18, 2.9), (-18, 2.9)], dark(c, 0.1), 0.6)


def _waist(d: Drawing, f: Form) -> None:
    f.line(d, [(a, 1.95) for a in range(-180, 181, 20)], fold(f.look.top_colour), 1.6)


def _slant(d: Drawing, f: Form) -> None:
    c = light(f.look.top_colour, 0.4)
    f.line(d, [(0, 5.4), (20, 5.0), (48, 4.5), (78, 3.9), (84, 2.2)], c, 1.3)
    for spot in ((12, 5.2), (44, 4.6), (76, 4.0)):
        f.dot(d, spot, 1.1, "#e0b64a")


def _sash(d: Drawing, f: Form) -> None:
    look = f.look
    belt = look.has("belt")
    c = (
        belt.colour
        if belt
        else dark(look.top_colour, 0.45)
        if luma(look.top_colour) > 0.35
        else light(look.top_colour, 0.45)
    )
    band = [f.edge(1.75, -1, 1.07), f.edge(2.4, -1, 1.07), f.edge(2.4, 1, 1.07), f.edge(1.75, 1, 1.07)]
    d.shape(corners(band), c, width=0.9)
    if not f.back:
        x, y = f.on((8, 1.85), 1.05)
        d.shape(
            f"M{x - 1.6:.1f} {y:.1f}l-3 24l4.6 1.6l2.6 -25ZM{x + 0.4:.1f} {y:.1f}l4 20l4 -1.4l-5 -19Z", c, width=0.8
        )
        d.oval(x, y, 2.3, fill=light(c, 0.2), line=d.ink, width=0.8)


def _ribbon(d: Drawing, f: Form) -> None:
    """A skirt's band above the waist, tied in front."""
    look = f.look
    belt = look.has("belt")
    c = belt.colour if belt else mix(look.top_colour, look.bottom_colour, 0.3)
    c = dark(c, 0.25) if luma(c) > 0.5 else light(c, 0.25)
    band = [f.edge(1.9, -1, 1.05), f.edge(2.55, -1, 1.05), f.edge(2.55, 1, 1.05), f.edge(1.9, 1, 1.05)]
    d.shape(corners(band), c, width=0.9)
    if not f.back:
        x, y = f.on((6, 2.3), 1.05)
        d.shape(f"M{x - 1:.1f} {y:.1f}l-3.4 34l3.4 1.4l2.6 -35Z", c, width=0.7)
        d.shape(f"M{x + 0.4:.1f} {y:.1f}l3 30l3 -1l-3.8 -29Z", c, width=0.7)
        d.shape(f"M{x:.1f} {y:.1f}q-7 -4.6 -6.6 0.6q2.6 2.8 6.6 -0.6q7 -4.6 6.6 0.6q-2.6 2.8 -6.6 -0.6Z", c, width=0.7)


def _facing(d: Drawing, f: Form) -> None:
    """Nothing but the coat's open edges, which the collar draws."""
    if f.back:
        f.line(d, [(180, 0.6), (180, 2.0), (180, 4.0)], fold(f.look.top_colour), 0.6)


def _rank(d: Drawing, f: Form) -> None:
    """The square on an official's breast, and his back."""
    gold = "#d9b04a"
    c = mix(dark(f.look.top_colour, 0.45), "#22305e", 0.5)
    for middle in (0, 180):
        ring = [(middle - 34, 4.35), (middle + 34, 4.35), (middle + 40, 2.7), (middle - 40, 2.7)]
        if f.visible((middle, 3.5)):
            f.patch(d, [(float(a), v) for a, v in ring], c, 0.9, out=1.02)
            f.line(
                d, [(middle - 28, 2.9), (middle + 28, 2.9), (middle + 25, 4.15), (middle - 25, 4.15)], gold, 0.8, 1.03
            )
            f.dot(d, (middle, 3.55), 2.6, gold, 0.6)
            f.line(d, [(middle - 20, 3.1), (middle - 8, 3.3), (middle + 8, 3.05), (middle + 20, 3.3)], gold, 0.8, 1.03)


def _knots(d: Drawing, f: Form) -> None:
    c = light(f.look.top_colour, 0.5) if luma(f.look.top_colour) < 0.55 else dark(f.look.top_colour, 0.45)
    f.line(d, [(0, 0.3), (0, 2), (0, 3.5), (0, 5.2)], fold(f.look.top_colour), 0.7)
    for v in (1.0, 1.9, 2.8, 3.7, 4.6):
        f.line(d, [(-14, v), (0, v + 0.04), (14, v)], c, 1.3)
        f.dot(d, (0, v), 0.9, c)


def _plate(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    for s in (-1, 1):
        f.patch(
            d, [(s * 2, 5.2), (s * 46, 5.3), (s * 70, 4.6), (s * 62, 3.3), (s * 2, 2.6)], light(c, 0.2), 0.9, out=1.05
        )
        f.patch(
            d,
            [(180 - s * 2, 5.2), (180 - s * 46, 5.3), (180 - s * 70, 4.4), (180 - s * 62, 3.2), (180 - s * 2, 2.6)],
            light(c, 0.15),
            0.9,
        )
    for v in (2.45, 2.05, 1.65):
        f.line(d, [(a, v) for a in range(-180, 181, 20)], fold(c), 0.9, 1.08)
    f.dot(d, (0, 4.1), 2.4, "#e0b64a", 0.9)


def _core(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    f.patch(
        d,
        [
            (-52, 5.2),
            (-20, 4.9),
            (0, 4.5),
            (20, 4.9),
            (52, 5.2),
            (62, 3.8),
            (24, 2.8),
            (0, 2.5),
            (-24, 2.8),
            (-62, 3.8),
        ],
        light(c, 0.2),
        0.9,
    )
    for s in (-1, 1):
        f.patch(d, [(s * 20, 2.5), (s * 70, 2.7), (s * 80, 1.3), (s * 26, 1.2)], dark(c, 0.2), 0.7)
    if f.visible((0, 3.9)):
        with d.shining():
            f.dot(d, (0, 3.9), 3.0, "#58e0ff", 0.8)
            f.dot(d, (0, 3.9), 1.4, "#eaffff", 0.0)


def _pack(d: Drawing, f: Form) -> None:
    c = f.look.top_colour
    f.patch(d, [(-30, 3.9), (30, 3.9), (32, 2.7), (-32, 2.7)], dark(c, 0.25), 0.8)
    for angle, tone in ((-16, "#e8503a"), (2, "#3aa0e8"), (18, "#f2c93b")):
        f.dot(d, (angle, 3.5), 1.3, tone)
    f.line(d, [(-24, 3.0), (24, 3.0)], light(c, 0.4), 0.9)
    f.patch(d, [(140, 5.4), (220, 5.4), (224, 2.0), (136, 2.0)], dark(c, 0.16), 0.9, out=1.2)


def _belly(d: Drawing, f: Form) -> None:
    tone = light(f.look.top_colour, 0.6)
    spots: list[tuple[float, float]] = [(0, 0.1), (40, 0.5), (56, 1.6), (48, 3.0), (26, 4.2), (0, 4.6)]
    points = [f.on(s) for s in spots] + [f.on((-a, v)) for a, v in reversed(spots[1:-1])]
    if f.visible((0, 2)):
        d.path(smooth(points), tone)


def _panel(d: Drawing, f: Form) -> None:
    look = f.look
    f.line(d, [(a, 1.3) for a in range(-180, 181, 20)], look.inner, 3.2, 1.02)
    f.patch(d, [(-34, 4.3), (34, 4.3), (36, 2.5), (-36, 2.5)], light(look.top_colour, 0.3), 0.8)
    f.dot(d, (-14, 3.5), 2.2, look.inner)
    f.line(d, [(6, 3.9), (24, 3.9)], fold(look.top_colour), 1.0)
    f.line(d, [(6, 3.3), (24, 3.3)], fold(look.top_colour), 1.0)
    f.patch(d, [(146, 4.3), (214, 4.3), (216, 2.2), (144, 2.2)], dark(look.top_colour, 0.16), 0.8)


FRONTS = {
    "belly": _belly, "panel": _panel,
    "": _plain, "buttons": _buttons, "placket": _placket, "pouch": _pouch, "zip": _zip, "suit": _suit, "coat": _coat,
    "snaps": _snaps, "double": _double, "bib": _bib, "waist": _waist, "slant": _slant, "sash": _sash,
    "ribbon": _ribbon, "facing": _facing, "rank": _rank, "knots": _knots,
    "plate": _plate, "core": _core, "pack": _pack,
}  # fmt: skip


def _pockets(d: Drawing, f: Form) -> None:
    c = fold(f.look.top_colour)
    for s in (-1, 1):
        f.line(d, [(s * 36, 1.35), (s * 66, 1.55)], c, 0.8)
        if f.look.top == "officer":
            f.patch(
                d,
                [(s * 22, 4.4), (s * 50, 4.4), (s * 50, 4.0), (s * 36, 3.85), (s * 22, 4.0)],
                dark(f.look.top_colour, 0.1),
                0.6,
            )


def _belt(d: Drawing, f: Form) -> None:
    c = "#3a2a24" if luma(f.look.top_colour) > 0.25 else "#8a5a3c"
    band = [f.edge(1.72, -1, 1.12), f.edge(2.05, -1, 1.12), f.edge(2.05, 1, 1.12), f.edge(1.72, 1, 1.12)]
    d.shape(corners(band), c, width=0.8)
    f.patch(d, [(-10, 1.7), (10, 1.7), (10, 2.08), (-10, 2.08)], "#dcae45", 0.7, out=1.1)


def _epaulettes(d: Drawing, f: Form) -> None:
    for s in (-1, 1):
        f.patch(d, [(s * 60, 5.75), (s * 82, 5.35), (s * 96, 5.4), (s * 100, 5.8)], "#e0b64a", 0.6)


def _stripes(d: Drawing, f: Form) -> None:
    tone = light(f.look.top_colour, 0.75) if luma(f.look.top_colour) < 0.7 else "#d43a3a"
    f.line(d, [(a, 4.25) for a in range(-180, 181, 20)], tone, 1.8)


def _kerchief(d: Drawing, f: Form) -> None:
    c = "#f6f6f4" if luma(f.look.top_colour) < 0.75 else "#c8373f"
    f.patch(d, [(-80, 6.1), (-30, 5.5), (0, 5.25), (30, 5.5), (80, 6.1), (50, 6.5), (0, 6.0), (-50, 6.5)], c, 0.8)
    f.patch(d, [(-1, 5.4), (-16, 4.75), (0, 4.9), (14, 4.7), (1, 5.4)], c, 0.7)


def _cloud(d: Drawing, f: Form) -> None:
    """The embroidered collar of a bride, with its tassels."""
    gold = "#e6bd4f"
    for s in (-1, 1):
        f.patch(
            d,
            [(s * 14, 4.9), (s * 40, 4.4), (s * 66, 4.5), (s * 92, 5.1), (s * 96, 5.9), (s * 60, 5.9), (s * 30, 5.5)],
            dark(f.look.top_colour, 0.25),
            0.8,
        )
        f.line(d, [(s * 14, 4.9), (s * 40, 4.4), (s * 66, 4.5), (s * 92, 5.1)], gold, 1.3)
        for angle in (22, 40, 58, 76):
            f.line(d, [(s * angle, 4.5), (s * angle, 4.1)], gold, 0.8)


PARTS = {
    "cloud": _cloud,
    "pockets": _pockets, "belt": _belt, "epaulettes": _epaulettes, "stripes": _stripes, "kerchief": _kerchief,
}  # fmt: skip
