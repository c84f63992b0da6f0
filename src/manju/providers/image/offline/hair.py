"""Hair: the part behind the body, the part behind the head, and the part over the face.

Coordinates are centimetres from the centre of the head (crown -14, chin 13.5), y downwards; ``turn`` in -1..1 looks to
the viewer's left or right.
"""

from __future__ import annotations

import math

from manju.providers.image.offline.colour import dark, light
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.svg import Drawing, points

_FALL = {"short": 3.0, "bob": 13.0, "medium": 25.0, "long": 58.0}
"""How far down loose hair reaches."""


def gathered(look: Look) -> bool:
    """Whether the hair is tied up, so that none of it falls loose behind the head."""
    return look.style in ("ponytail", "twintails", "braid", "bun")


def behind(d: Drawing, look: Look, turn: float = 0.0) -> None:
    """What hangs behind the body: long loose hair, tails, braids."""
    if look.length == "bald":
        return
    shade = dark(look.hair, 0.28)
    tail = 30.0 if look.length in ("short", "bob") else 44.0 if look.length == "medium" else 56.0
    if look.style == "ponytail":
        x = 9 - 7 * turn
        d.shape(
            f"M{x - 3} -12C{x + 8} -17 {x + 15} -6 {x + 13} {tail * 0.4:.1f}S{x + 8} {tail * 0.9:.1f} {x + 3} {tail}"
            f"C{x + 4} {tail * 0.6:.1f} {x + 3} {tail * 0.2:.1f} {x - 4} -4Z",
            shade,
        )
        d.stroke(
            f"M{x + 5} -9C{x + 11} 0 {x + 9} {tail * 0.4:.1f} {x + 7} {tail * 0.75:.1f}", dark(look.hair, 0.5), 0.6
        )
    elif look.style == "twintails":
        for s in (-1, 1):
            d.shape(
                f"M{s * 9} -9C{s * 21} -15 {s * 25} 0 {s * 22} {tail * 0.5:.1f}S{s * 19} {tail * 0.9:.1f} "
                f"{s * 15} {tail}"
                f"C{s * 17} {tail * 0.6:.1f} {s * 13} {tail * 0.3:.1f} {s * 10} 0Z",
                look.hair,
            )
            d.stroke(f"M{s * 14} -6C{s * 20} 4 {s * 19} {tail * 0.4:.1f} {s * 18} {tail * 0.8:.1f}", shade, 0.7)
    elif not gathered(look) and look.length in ("medium", "long"):
        bottom, half = _FALL[look.length], 15.5 if look.length == "medium" else 17.0
        d.shape(_curtain(half, bottom, look.style), shade)


def back_of_head(d: Drawing, look: Look) -> None:
    """The mass of hair directly behind the face."""
    if look.length == "bald":
        return
    shade = dark(look.hair, 0.22)
    if look.style == "bun":
        d.shape("M-7 -15C-8 -26 8 -26 7 -15C5 -11 -5 -11 -7 -15Z", look.hair)
        d.stroke("M-4 -19C-1 -22 3 -22 5 -18", shade, 0.6)
    if look.style == "curly":
        _cloud(d, look, 15.5 if look.length == "short" else 18.5, 2.0 if look.length == "short" else 9.0, shade)
    elif not gathered(look) and look.length in ("bob", "medium", "long"):
        d.shape(_curtain(14.3, 14.0 if look.length == "bob" else 20.0, look.style), shade)
    else:
        d.shape("M-11.6 5C-15 -6 -12 -17.5 0 -18C12 -17.5 15 -6 11.6 5Z", shade)


def _curtain(half: float, bottom: float, style: str) -> str:
    """Outline of hair falling to ``bottom``."""
    top = "M0 -18C-10 -18 -14.5 -11 -14.5 -2"
    if style in ("wavy", "messy"):
        steps = max(2, round(bottom / 9))
        side = [(-half - (1.8 if i % 2 else -0.6), bottom * i / steps) for i in range(1, steps + 1)]
        left = "".join(f"S{x - 2:.1f} {y - 5:.1f} {x:.1f} {y:.1f}" for x, y in side)
        right = "".join(f"S{-x + 2:.1f} {y - 4:.1f} {-x:.1f} {y - 8:.1f}" for x, y in reversed(side))
        return (
            f"{top}{left}Q{-half / 2} {bottom + 5} 0 {bottom}Q{half / 2} {bottom + 5} {half} {bottom}{right}"
            "S14.5 -18 0 -18Z"
        )
    inner = half - 2.5 if bottom < 16 else half - 4
    return (
        f"{top}C{-half - 0.5} {bottom * 0.4:.1f} {-half} {bottom * 0.8:.1f} {-inner} {bottom}"
        f"Q0 {bottom + 3} {inner} {bottom}C{half} {bottom * 0.8:.1f} {half + 0.5} {bottom * 0.4:.1f} 14.5 -2"
        "C14.5 -11 10 -18 0 -18Z"
    )


def _cloud(d: Drawing, look: Look, radius: float, low: float, shade: str) -> None:
    around = []
    for i in range(13):
        angle = math.radians(150 + i * 20)
        y = -3 + radius * math.sin(angle)
        around.append((radius * math.cos(angle) * 0.95, min(y, low)))
    for x, y in around:
        d.oval(x, y, 5.2, fill=shade, line=d.ink)
    d.oval(0, -4, radius - 1, radius - 2.5, look.hair)
    for x, y in around:
        d.oval(x * 0.93, y * 0.93, 4.6, fill=look.hair)
    for x, y in around[3:10:2]:
        d.stroke(f"M{x - 2:.1f} {y + 1:.1f}a3 3 0 0 1 4 -2", shade, 0.6)


def _fringe(look: Look, turn: float) -> tuple[list[tuple[float, float]], str]:
    """The hairline from the right temple to the left: corner points, or a curve."""
    t = turn * 2.6
    if look.fringe == "straight":
        xs = [9.8, 7.6, 6.4, 4.1, 2.7, 0.4, -1.2, -3.4, -4.9, -7.1, -8.6, -10.2]
        return [(x + t, -2.2 - (1.6 if i % 2 else 0) - 0.02 * x * x) for i, x in enumerate(xs)], ""
    if look.fringe == "messy":
        tips = [
            (10, 0.5),
            (7.6, -6),
            (6.2, -1.6),
            (3.4, -7),
            (1.6, -0.8),
            (-1.4, -7.4),
            (-3.6, -1.4),
            (-6.4, -6.4),
            (-10, 0),
        ]
        return [(x + t, y) for x, y in tips], ""
    if look.fringe == "centre":
        return [], f"C9.5 -5 {5 + t} -9 {t} -12C{-5 + t} -9 -9.5 -5 -11 2"
    if look.fringe == "back":
        return [], f"C9.6 -7 {5 + t} -10 {t} -10.4C{-5 + t} -10 -9.6 -7 -11 1"
    return [], f"C10.4 -4 {8 + t} -9 {5.5 + t} -11.5C{1 + t} -5.5 {-5 + t} -3.2 -8.6 -1.4L-11.2 3"


def front(d: Drawing, look: Look, turn: float = 0.0, *, lit: int = -1) -> None:
    """The cap of hair over the skull with its fringe, side locks, strands and shine (on the ``lit`` side)."""
    if look.length == "bald":
        d.stroke(f"M{lit * 4} -11.5q{lit * 3} 1 {lit * 4} 3.6", light("#f5cfb0", 0.6), 1.4)
        return
    colour, shade = look.hair, dark(look.hair, 0.25)
    if look.length in ("bob", "medium", "long") and look.style not in ("bun", "curly"):
        _locks(d, look, turn)
    corners, curve = _fringe(look, turn)
    if look.style == "curly":
        hairline = "C8 -10 4 -8 3 -8.5S-2 -6 -4 -8S-9 -6 -11.4 -1"
        d.path(f"M-11.4 -1C-14 -14 -7 -17.5 0 -17.5S14 -14 11.4 -1{hairline}Z", colour)
        d.stroke(f"M11.4 -1{hairline}")
        return
    crown = "C-15.5 -9 -11 -18.6 0 -18.8S15.5 -9 11.6 2.5"
    if look.style in ("spiky", "messy"):
        spikes = [
            (-14, -6),
            (-17, -11),
            (-12.5, -12),
            (-12, -19),
            (-7, -17),
            (-3, -23),
            (0.5, -18.5),
            (7, -22.5),
            (8, -17),
            (14.5, -18),
            (12.7, -11.5),
            (17, -9),
            (13.6, -5),
        ]
        if look.style == "messy":
            spikes = [(x * 0.93, y * 0.9) for x, y in spikes]
        crown = points(spikes, close=False).replace("M", "L") + "L11.6 2.5"
    line = "".join(f"L{x:.1f} {y:.1f}" for x, y in corners) + "L-11.6 2.5" if corners else curve + "L-11.6 2.5"
    d.shape(f"M-11.6 2.5{crown}{line}Z", colour)
    _strands(d, look, turn, shade, lit)


def _locks(d: Drawing, look: Look, turn: float) -> None:
    low = 12.0 if look.length == "bob" else 19.0 if gathered(look) else 24.0
    if gathered(look):
        low = min(low, 13.0)
    for s in (-1, 1):
        near = 1.0 + 0.25 * turn * s
        w = 3.6 * near
        x = s * (12.2 + 0.4 * turn * s)
        d.shape(
            f"M{x + s * 0.4:.1f} -8C{x + s * 1.4:.1f} 4 {x + s * 0.8:.1f} {low * 0.7:.1f} {x - s * 1.6:.1f} {low}"
            f"C{x - s * w:.1f} {low * 0.72:.1f} {x - s * w:.1f} 2 {x - s * (w + 1.6):.1f} -6Z",
            look.hair,
        )


def _strands(d: Drawing, look: Look, turn: float, shade: str, lit: int) -> None:
    t = turn * 2.6
    for x in (-7.5, -4.5, 4.2, 7.2):
        d.stroke(f"M{x * 0.45 + t:.1f} -15.6Q{x * 0.95 + t:.1f} -12.5 {x * 1.08 + t:.1f} -8", shade, 0.55)
    shine = light(look.hair, 0.45)
    x = lit * 5.2
    d.path(
        f"M{x - 4.6:.1f} -10.6Q{x - 0.4:.1f} -14.4 {x + 4.4:.1f} -12.4Q{x + 0.6:.1f} -12.2 {x - 4.6:.1f} -10.6Z", shine
    )


def from_behind(d: Drawing, look: Look, *, lit: int = -1) -> None:
    """The head seen from behind, all hair."""
    if look.length == "bald":
        d.shape("M-11 4C-14 -8 -10 -16 0 -16S14 -8 11 4C9 14 -9 14 -11 4Z", look.skin)
        return
    shade = dark(look.hair, 0.25)
    if look.style == "curly":
        back_of_head(d, look)
        d.oval(0, -3, 13, 13.5, look.hair)
        return
    low = _FALL[look.length] if not gathered(look) else 8.0
    half = 14.2 if look.length != "short" else 12.6
    d.shape(
        _curtain(half, max(low, 9.0), look.style)
        if look.length != "short" or gathered(look)
        else "M-12 6C-15 -8 -11 -18.6 0 -18.6S15 -8 12 6L8 10L5 8.4L2 11L-1 8.6L-4 11L-7 8.4L-9 9.6Z",
        look.hair,
    )
    for x in (-8, -4, 0, 4, 8):
        d.stroke(f"M{x * 0.4:.1f} -14Q{x:.1f} -6 {x:.1f} {max(low, 9) * 0.72:.1f}", shade, 0.6)
    d.path(f"M{lit * 10} -8Q{lit * 5} -13 0 -12Q{lit * 5} -10 {lit * 10} -8Z", light(look.hair, 0.4))
    if look.style == "ponytail":
        d.shape("M-3 -9C-7 6 -6 30 0 44C6 30 7 6 3 -9Z", look.hair)
        d.stroke("M0 -4Q1.4 16 0 36", shade, 0.7)
    elif look.style == "bun":
        d.shape("M-7 -15C-8 -26 8 -26 7 -15C5 -10 -5 -10 -7 -15Z", look.hair)
    elif look.style == "braid":
        for i in range(6):
            d.oval(0, 8 + i * 6, 4.2 - i * 0.3, 3.9, look.hair, line=d.ink)


def braids(d: Drawing, look: Look, turn: float) -> None:
    """A braid laid over the shoulder, in front of the body."""
    if look.style != "braid" or look.length == "bald":
        return
    x = 12.5 - turn
    for i in range(7):
        d.oval(x - i * 0.5, 9 + i * 5.4, 4.0 - i * 0.25, 3.5, look.hair, line=d.ink)
        d.stroke(f"M{x - i * 0.5 - 2:.1f} {8 + i * 5.4:.1f}l4 2", dark(look.hair, 0.3), 0.5)
    item = look.has("ribbon")
    d.oval(x - 3.5, 45, 2.4, fill=item.colour if item else "#c4453f", line=d.ink)


def profile(d: Drawing, look: Look) -> None:
    """The hair of a head in profile, looking right."""
    if look.length == "bald":
        return
    shade = dark(look.hair, 0.25)
    low = {"short": 5.0, "bob": 13.0, "medium": 22.0, "long": 52.0}[look.length]
    if look.style == "curly":
        for x, y in ((-13, 2), (-16, -5), (-13, -13), (-6, -18), (2, -19), (8, -15), (-8, 7)):
            d.oval(x, y, 6, fill=look.hair, line=d.ink)
        d.oval(-3, -7, 11, 10, look.hair)
        return
    if look.style in ("ponytail", "braid"):
        d.shape("M-11 -8C-22 -8 -24 10 -20 40C-15 30 -14 10 -9 0Z", shade)
    elif look.style == "twintails":
        d.shape("M-7 -6C-17 -8 -20 10 -17 44C-11 34 -9 10 -4 0Z", shade)
    elif look.style == "bun":
        d.oval(-10, -18, 6.2, fill=look.hair, line=d.ink)
    if gathered(look):
        low = 5.0
    bangs = "L10.4 -3L8 -5.6L6.6 -1.4L3.4 -4" if look.fringe in ("straight", "messy") else "Q8 -9 3.6 -6.4"
    tip = f"C-13 {low * 0.6:.1f} -13 {low:.1f} -9 {low}L-2 {low - 1.5:.1f}" if low > 6 else "C-13 5 -11 9 -7 8.5L-3 5"
    top = (
        "C7 -19.6 -12 -21 -13.6 -6"
        if look.style not in ("spiky", "messy")
        else ("L7 -20L2 -19L-4 -23L-6 -18.5L-13 -18L-12 -13L-17 -8L-13 -5")
    )
    d.shape(f"M11 -8.6{top}{tip}L-1 0L3.4 -4{_reverse(bangs)}Z", look.hair)
    for x in (-9, -5, -1):
        d.stroke(f"M{x + 3} -15Q{x - 2} -8 {x - 2} {min(low, 6) - 2:.1f}", shade, 0.55)
    d.path("M2 -15Q-4 -15.4 -8 -11Q-3 -13 2 -15Z", light(look.hair, 0.42))


def _reverse(bangs: str) -> str:
    """The fringe's path from the ear to the forehead."""
    if bangs.startswith("Q"):
        return "Q8 -9 11 -8.6"
    return "L6.6 -1.4L8 -5.6L10.4 -3L11 -8.6"
