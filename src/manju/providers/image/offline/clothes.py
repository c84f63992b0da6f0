"""Clothes on the skeleton of `body`: lower part, upper part with its collar, and what is worn over them."""

from __future__ import annotations

from typing import Protocol

from manju.providers.image.offline.colour import dark, light, luma
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.svg import Drawing


class Skeleton(Protocol):
    """The measures that clothes need (see `body.Frame`)."""

    @property
    def centre(self) -> float: ...
    @property
    def shoulder(self) -> float: ...
    @property
    def chest(self) -> float: ...
    @property
    def waist(self) -> float: ...
    @property
    def hip(self) -> float: ...
    @property
    def knee(self) -> float: ...
    @property
    def ankle(self) -> float: ...
    @property
    def half(self) -> float: ...
    @property
    def waist_half(self) -> float: ...
    @property
    def hip_half(self) -> float: ...


_SHORT_SLEEVED = frozenset({"tshirt", "vest", "dress", "apron"})
_LONG = frozenset({"coat", "labcoat"})
_OPEN = frozenset({"jacket", "blazer", "coat", "labcoat", "vest"})


def sleeve(look: Look) -> tuple[str, str]:
    """Colour and kind (``"long"`` or ``"short"``) of the sleeves."""
    if look.top in ("vest", "apron"):
        return look.inner, "long" if look.top == "vest" else "short"
    return look.top_colour, "short" if look.top in _SHORT_SLEEVED else "long"


def cuff(look: Look) -> str | None:
    """Colour of the cuffs where they show."""
    if look.top in ("blazer", "coat", "labcoat"):
        return look.inner
    if look.top in ("hoodie", "sweater", "jacket"):
        return dark(look.top_colour, 0.25)
    if look.top in ("robe", "uniform"):
        return look.inner
    return None


def legs(look: Look) -> str:
    """Colour of the legs: trousers, or skin."""
    if look.bottom == "trousers":
        return look.bottom_colour
    if look.top in ("armour", "spacesuit"):
        return dark(look.top_colour, 0.2) if look.top == "armour" else look.top_colour
    return look.skin


def lower(d: Drawing, look: Look, f: Skeleton) -> None:
    """Skirts and the seat of trousers."""
    w, h = f.waist_half, f.hip_half
    if look.bottom == "skirt":
        low = f.hip + (f.knee - f.hip) * 0.62
        c = look.bottom_colour
        d.shape(
            f"M{-w:.1f} {f.waist + 4:.1f}L{-h * 1.55:.1f} {low:.1f}Q0 {low + 4:.1f} {h * 1.55:.1f} {low:.1f}"
            f"L{w:.1f} "
            f"{f.waist + 4:.1f}Z",
            c,
        )
        for i in range(-3, 4):
            d.stroke(f"M{w * i / 4:.1f} {f.waist + 8:.1f}L{h * 1.5 * i / 3.4:.1f} {low:.1f}", dark(c, 0.35), 0.7)
        if look.pattern == "plaid":
            for k in (0.45, 0.72, 0.9):
                y = f.waist + 4 + (low - f.waist - 4) * k
                x = w + (h * 1.5 - w) * k
                d.stroke(f"M{-x:.1f} {y:.1f}Q0 {y + 3:.1f} {x:.1f} {y:.1f}", light(c, 0.45), 0.9)
    elif look.bottom in ("trousers", "shorts"):
        d.shape(
            f"M{-w:.1f} {f.waist + 4:.1f}L{-h:.1f} {f.hip + 3:.1f}L0 {f.hip + 9:.1f}L{h:.1f} {f.hip + 3:.1f}"
            f"L{w:.1f} "
            f"{f.waist + 4:.1f}Z",
            look.bottom_colour,
        )
    elif look.top in ("armour", "spacesuit"):
        d.shape(
            f"M{-w:.1f} {f.waist:.1f}L{-h:.1f} {f.hip + 3:.1f}L0 {f.hip + 10:.1f}L{h:.1f} {f.hip + 3:.1f}"
            f"L{w:.1f} {f.waist:.1f}Z",
            legs(look),
        )


def _hem(look: Look, f: Skeleton) -> tuple[float, float]:
    """y and half width of the upper part's lower edge."""
    if look.top == "dress":
        return f.knee - 4, f.hip_half * 1.75
    if look.top == "robe":
        return f.ankle - 1, f.hip_half * 1.6
    if look.top in _LONG:
        return f.knee - 2, f.hip_half * 1.35
    if look.top in ("hoodie", "sweater", "blazer", "jacket", "tshirt", "apron"):
        return f.hip + 1, f.hip_half * 1.06
    return f.waist + 8, f.waist_half * 1.06


def _outline(look: Look, f: Skeleton) -> str:
    y, w = _hem(look, f)
    s = f.half
    middle = (f.hip + y) / 2
    ww, soft = f.waist_half, min(7.0, (y - f.waist) * 0.45)
    if y <= f.hip + 4:
        down = f"C{-ww:.1f} {f.waist + soft:.1f} {-w:.1f} {y - soft:.1f} {-w:.1f} {y:.1f}"
        across = "L"
        up = f"C{w:.1f} {y - soft:.1f} {ww:.1f} {f.waist + soft:.1f} {ww:.1f} {f.waist:.1f}"
    else:
        down = f"C{-f.hip_half:.1f} {f.hip:.1f} {-w * 0.9:.1f} {middle:.1f} {-w:.1f} {y:.1f}"
        across = f"Q0 {y + 3:.1f} "
        up = f"C{w * 0.9:.1f} {middle:.1f} {f.hip_half:.1f} {f.hip:.1f} {ww:.1f} {f.waist:.1f}"
    neck, arm, fall = f.shoulder - 3.4, f.shoulder + 4, (f.waist - f.chest) * 0.5
    return (
        f"M-5.6 {neck:.1f}Q{-s * 0.62:.1f} {neck + 2:.1f} {-s:.1f} {arm:.1f}L{-s * 0.9:.1f} {f.chest:.1f}"
        f"C{-s * 0.86:.1f} {f.chest + fall:.1f} {-ww:.1f} {f.waist - fall:.1f} {-ww:.1f} {f.waist:.1f}{down}{across}"
        f"{w:.1f} {y:.1f}{up}C{ww:.1f} {f.waist - fall:.1f} {s * 0.86:.1f} {f.chest + fall:.1f} "
        f"{s * 0.9:.1f} {f.chest:.1f}"
        f"L{s:.1f} {arm:.1f}Q{s * 0.62:.1f} {neck + 2:.1f} 5.6 {neck:.1f}Q0 {neck + 6.4:.1f} -5.6 {neck:.1f}Z"
    )


def upper(d: Drawing, look: Look, f: Skeleton, lit: int, *, back: bool = False) -> None:
    """The upper part from the front or the back."""
    c = look.top_colour
    y, w = _hem(look, f)
    base = look.inner if look.top in ("vest", "apron") else c
    d.shape(_outline(look, f), base)
    s = -lit
    d.path(
        f"M{s * f.half * 0.92:.1f} {f.shoulder + 5:.1f}L{s * f.half * 0.84:.1f} {f.chest:.1f}"
        f"L{s * (f.waist_half - 1):.1f} {f.waist:.1f}L{s * (w - 1.4):.1f} {y - 1:.1f}L{s * w * 0.45:.1f} {y:.1f}"
        f"L{s * f.waist_half * 0.5:.1f} {f.waist:.1f}L{s * f.half * 0.56:.1f} {f.shoulder + 6:.1f}Z",
        dark(base, 0.17),
    )
    if look.pattern in ("stripes", "plaid") and look.bottom != "skirt":
        _pattern(d, look, f, y)
    if not back:
        _front(d, look, f, y, w)
    elif look.top == "hoodie":
        d.shape(
            f"M-9 {f.shoulder - 3:.1f}Q-13 {f.shoulder + 16:.1f} 0 {f.shoulder + 19:.1f}Q13 {f.shoulder + 16:.1f}"
            f" 9 {f.shoulder - 3:.1f}Z",
            dark(c, 0.12),
        )
    elif y > f.hip:
        d.stroke(f"M0 {f.shoulder + 2:.1f}V{y - 6:.1f}", dark(c, 0.35), 0.7)


def _pattern(d: Drawing, look: Look, f: Skeleton, low: float) -> None:
    tone = light(look.top_colour, 0.55) if luma(look.top_colour) < 0.6 else dark(look.top_colour, 0.4)
    rows = 5
    for i in range(1, rows + 1):
        y = f.shoulder + 6 + (min(low, f.hip) - f.shoulder - 8) * i / (rows + 0.5)
        x = f.half * 0.86 if y < f.chest else f.waist_half * 0.96
        d.stroke(f"M{-x:.1f} {y:.1f}H{x:.1f}", tone, 1.5)


def _front(d: Drawing, look: Look, f: Skeleton, low: float, w: float) -> None:
    c, line = look.top_colour, dark(look.top_colour, 0.4)
    top = f.shoulder - 3
    if look.top in _OPEN:
        _open_front(d, look, f, low, w)
    elif look.top == "hoodie":
        d.shape(
            f"M-10 {top - 1:.1f}Q-12 {top + 13:.1f} 0 {top + 15:.1f}Q12 {top + 13:.1f} 10 {top - 1:.1f}"
            f"Q5 {top + 8:.1f} 0 {top + 8:.1f}"
            f"T-10 {top - 1:.1f}Z",
            light(c, 0.08),
        )
        for x in (-3.4, 3.4):
            d.stroke(f"M{x} {top + 12:.1f}v{9 if x < 0 else 7}", light(c, 0.7), 1.1)
        d.shape(
            f"M{-f.waist_half * 0.62:.1f} {low - 3:.1f}L{-f.waist_half * 0.46:.1f} {low - 15:.1f}"
            f"H{f.waist_half * 0.46:.1f}L{f.waist_half * 0.62:.1f} {low - 3:.1f}Z",
            dark(c, 0.08),
            width=0.8,
        )
        d.stroke(f"M{-w:.1f} {low - 2.6:.1f}H{w:.1f}", line, 0.8)
    elif look.top == "uniform":
        trim = look.inner
        d.shape(
            f"M-8 {top:.1f}L{-f.half * 0.62:.1f} {top + 9:.1f}L0 {top + 23:.1f}L{f.half * 0.62:.1f} {top + 9:.1f}"
            f"L8 {top:.1f}L0 {top + 14:.1f}Z",
            light(c, 0.12),
        )
        d.stroke(f"M{-f.half * 0.55:.1f} {top + 8:.1f}L0 {top + 20:.1f}L{f.half * 0.55:.1f} {top + 8:.1f}", trim, 0.9)
        d.shape(f"M0 {top + 19:.1f}l-6 8l2.4 3L0 {top + 23:.1f}l3.6 7l2.4 -3Z", "#d43a4a")
    elif look.top == "robe":
        d.path(f"M-5 {top:.1f}L4 {f.waist:.1f}L{w * 0.3:.1f} {low:.1f}", None, line=line, width=d.pen)
        d.shape(
            f"M-6.6 {top - 1:.1f}L3 {f.waist - 3:.1f}L8 {f.waist - 3:.1f}L-1.6 {top + 4:.1f}Z", look.inner, width=0.8
        )
        d.shape(
            f"M6.6 {top - 1:.1f}L-8 {f.waist - 3:.1f}L-3 {f.waist - 1:.1f}L8.6 {top + 5:.1f}Z", look.inner, width=0.8
        )
        belt = look.has("belt")
        d.box(-f.waist_half - 0.6, f.waist - 4, f.waist_half * 2 + 1.2, 9, belt.colour if belt else dark(c, 0.45))
        d.shape(f"M2 {f.waist + 5:.1f}l-2 22h5l1 -22Z", belt.colour if belt else dark(c, 0.45), width=0.8)
    elif look.top == "dress":
        d.stroke(
            f"M{-f.waist_half:.1f} {f.waist:.1f}Q0 {f.waist + 2.4:.1f} {f.waist_half:.1f} {f.waist:.1f}", line, 1.4
        )
        for k in (-0.5, 0.05, 0.55):
            d.stroke(
                f"M{f.waist_half * k:.1f} {f.waist + 6:.1f}Q{w * k * 0.9:.1f} {f.hip:.1f} {w * k:.1f} {low - 2:.1f}",
                line,
                0.7,
            )
        d.shape(
            f"M-7 {top:.1f}Q0 {top + 9:.1f} 7 {top:.1f}L5 {top - 0.6:.1f}Q0 {top + 5:.1f} -5 {top - 0.6:.1f}Z",
            look.inner,
            width=0.6,
        )
    elif look.top in ("armour", "spacesuit"):
        _hard_suit(d, look, f)
    elif look.top == "shirt":
        d.shape(
            f"M-6 {top:.1f}L-9 {top + 7:.1f}L0 {top + 8:.1f}L9 {top + 7:.1f}L6 {top:.1f}L0 {top + 6:.1f}Z",
            light(c, 0.25),
        )
        d.stroke(f"M0 {top + 8:.1f}V{low:.1f}", line, 0.7)
        for i in range(4):
            d.oval(0, top + 14 + i * 9, 0.8, fill=line)
    elif look.top == "apron":
        d.shape(
            f"M{-f.half * 0.5:.1f} {f.chest - 2:.1f}H{f.half * 0.5:.1f}L{f.waist_half * 1.1:.1f} {f.waist:.1f}"
            f"L{f.hip_half * 1.2:.1f} "
            f"{f.knee - 14:.1f}H{-f.hip_half * 1.2:.1f}L{-f.waist_half * 1.1:.1f} {f.waist:.1f}Z",
            c,
        )
        d.stroke(
            f"M{-f.half * 0.5:.1f} {f.chest - 2:.1f}L-6 {top:.1f}M{f.half * 0.5:.1f} {f.chest - 2:.1f}L6 {top:.1f}",
            c,
            2.2,
        )
    else:
        high = 2.5 if look.top == "sweater" else 0.0
        d.shape(
            f"M-6.4 {top - high:.1f}Q0 {top + 6 - high:.1f} 6.4 {top - high:.1f}L6.6 {top + 2:.1f}Q0 {top + 10:.1f}"
            f" -6.6 {top + 2:.1f}Z",
            light(c, 0.18),
            width=0.8,
        )
        if look.top == "sweater":
            d.stroke(f"M{-w:.1f} {low - 3:.1f}H{w:.1f}", line, 0.9)


def _open_front(d: Drawing, look: Look, f: Skeleton, low: float, w: float) -> None:
    c, top = look.top_colour, f.shoulder - 3
    deep = f.waist - 4 if look.top in ("blazer", "vest") else min(low - 2, f.hip)
    gap = 2.2 if look.top in ("blazer", "vest") else 5.0
    if look.top == "vest":
        d.shape(
            f"M{-f.half * 0.6:.1f} {top + 1:.1f}L-5 {top:.1f}L0 {deep:.1f}L5 {top:.1f}L{f.half * 0.6:.1f}"
            f" {top + 1:.1f}L{f.half * 0.72:.1f} "
            f"{f.chest + 2:.1f}L{f.waist_half:.1f} {f.waist:.1f}L{w:.1f} {low:.1f}H{-w:.1f}L{-f.waist_half:.1f}"
            f" {f.waist:.1f}L"
            f"{-f.half * 0.72:.1f} {f.chest + 2:.1f}Z",
            c,
        )
    d.shape(
        f"M-5.6 {top:.1f}L{-gap:.1f} {deep:.1f}H{gap:.1f}L5.6 {top:.1f}Q0 {top + 5:.1f} -5.6 {top:.1f}Z",
        look.inner,
        width=0.8,
    )
    if look.top in ("blazer", "coat", "labcoat"):
        for s in (-1, 1):
            d.shape(
                f"M{s * 5.4:.1f} {top - 1:.1f}L{s * 11.5:.1f} {top + 12:.1f}L{s * 8.5:.1f} {top + 14:.1f}"
                f"L{s * 9.5:.1f} {top + 18:.1f}L"
                f"{s * gap:.1f} {min(deep, top + 40):.1f}Z",
                light(c, 0.1),
                width=0.8,
            )
    else:
        for s in (-1, 1):
            d.shape(
                f"M{s * 5:.1f} {top - 2:.1f}L{s * 10.4:.1f} {top + 3:.1f}L{s * 7.4:.1f} {top + 10:.1f}L{s * 4.4:.1f}"
                f" {top + 5:.1f}Z",
                dark(c, 0.2),
                width=0.8,
            )
        d.stroke(f"M{-w:.1f} {low - 3:.1f}H{-gap:.1f}M{gap:.1f} {low - 3:.1f}H{w:.1f}", dark(c, 0.4), 0.9)
    if look.has("tie") is None:
        d.shape(
            f"M-4.6 {top:.1f}L-6 {top + 5:.1f}L0 {top + 7:.1f}L6 {top + 5:.1f}L4.6 {top:.1f}L0 {top + 4.5:.1f}Z",
            look.inner,
            width=0.6,
        )
    if low > f.hip + 4:
        d.stroke(f"M0 {deep:.1f}V{low:.1f}", dark(c, 0.4), 0.9)
    if look.top in ("blazer", "coat", "labcoat"):
        for i in range(2):
            d.oval(gap + 2.6, deep + 3 + i * 8 - (8 if low <= f.hip + 4 else 0), 0.95, fill=dark(c, 0.5))


def _hard_suit(d: Drawing, look: Look, f: Skeleton) -> None:
    c = look.top_colour
    top = f.shoulder
    d.shape(
        f"M{-f.half * 0.74:.1f} {top + 4:.1f}H{f.half * 0.74:.1f}L{f.half * 0.6:.1f} {f.chest + 10:.1f}"
        f"L0 {f.waist - 4:.1f}L{-f.half * 0.6:.1f} "
        f"{f.chest + 10:.1f}Z",
        light(c, 0.22),
    )
    for s in (-1, 1):
        d.shape(
            f"M{s * f.half * 0.62:.1f} {top - 2:.1f}Q{s * f.half * 1.36:.1f} {top - 5:.1f} {s * f.half * 1.3:.1f}"
            f" {top + 10:.1f}L{s * f.half * 0.8:.1f} "
            f"{top + 9:.1f}Z",
            light(c, 0.12),
        )
    glow = "#58e0ff" if look.top == "armour" else "#e8503a"
    d.oval(0, f.chest + 2, 3.4, fill=glow, line=d.ink)
    d.box(-f.waist_half * 1.04, f.waist - 2, f.waist_half * 2.08, 6, dark(c, 0.4))
    if look.top == "spacesuit":
        d.box(-11, top - 7, 22, 8, light(c, 0.3), r=4)


def lower_side(d: Drawing, look: Look, f: Skeleton) -> None:
    """Lower clothes in profile."""
    w, h = f.half * 0.52, f.hip_half * 0.72
    if look.bottom == "skirt":
        low = f.hip + (f.knee - f.hip) * 0.62
        d.shape(
            f"M{-w:.1f} {f.waist + 4:.1f}L{-h * 1.9:.1f} {low:.1f}Q0 {low + 4:.1f} {h * 1.9:.1f} {low:.1f}"
            f"L{w:.1f} {f.waist + 4:.1f}Z",
            look.bottom_colour,
        )
        for i in (-1, 0, 1):
            d.stroke(f"M{w * i * 0.5:.1f} {f.waist + 8:.1f}L{h * i:.1f} {low:.1f}", dark(look.bottom_colour, 0.35), 0.7)
    elif look.bottom in ("trousers", "shorts"):
        d.shape(
            f"M{-w:.1f} {f.waist + 3:.1f}L{-h:.1f} {f.hip + 5:.1f}H{h:.1f}L{w:.1f} {f.waist + 3:.1f}Z",
            look.bottom_colour,
        )


def upper_side(d: Drawing, look: Look, f: Skeleton) -> None:
    """Upper clothes in profile, looking right."""
    y, wide = _hem(look, f)
    w, h, c = f.half * 0.55, wide * 0.66, look.top_colour
    long = y > f.hip + 4
    h = h if long else f.hip_half * 0.74
    d.shape(
        f"M-5 {f.shoulder - 3:.1f}C{-w * 1.3:.1f} {f.shoulder + 2:.1f} {-w * 1.2:.1f} {f.chest + 6:.1f}"
        f" {-w * 0.9:.1f} {f.waist:.1f}L{-h:.1f} {y:.1f}"
        f"H{h:.1f}L{w * 0.9:.1f} {f.waist:.1f}C{w * 1.3:.1f} {f.chest + 4:.1f} {w:.1f} {f.shoulder + 4:.1f}"
        f" 5 {f.shoulder - 3:.1f}Z",
        c,
    )
    d.path(
        f"M{-w * 1.1:.1f} {f.chest:.1f}L{-w * 0.84:.1f} {f.waist:.1f}L{-h * 0.92:.1f} {y - 1:.1f}"
        f"H{-h * 0.3:.1f}L{-w * 0.3:.1f} {f.waist:.1f}Z",
        dark(c, 0.18),
    )
    if look.top in _OPEN:
        d.stroke(f"M{w * 0.75:.1f} {f.shoulder + 6:.1f}L{h * 0.7:.1f} {y:.1f}", look.inner, 2.0)
    elif look.top == "hoodie":
        d.shape(
            f"M-4 {f.shoulder - 4:.1f}Q{-w * 1.7:.1f} {f.shoulder + 2:.1f} {-w * 1.1:.1f} {f.chest:.1f}"
            f"Q{-w * 0.2:.1f} {f.chest - 2:.1f} 2 {f.shoulder + 2:.1f}Z",
            dark(c, 0.1),
        )
    elif look.top == "robe":
        belt = look.has("belt")
        d.box(-w, f.waist - 4, w * 2, 9, belt.colour if belt else dark(c, 0.45))
    if (pack := look.has("backpack")) is not None:
        d.box(-w * 1.2 - 13, f.shoulder + 3, 14, f.hip - f.shoulder - 14, pack.colour, r=6)
    if (scarf := look.has("scarf")) is not None:
        d.shape(
            f"M-8 {f.shoulder - 8:.1f}Q0 {f.shoulder - 2:.1f} 8 {f.shoulder - 8:.1f}L9 {f.shoulder + 2:.1f}"
            f"Q0 {f.shoulder + 6:.1f} -9 {f.shoulder + 2:.1f}Z",
            scarf.colour,
        )
    if (bag := look.has("bag")) is not None:
        d.stroke(f"M0 {f.shoulder:.1f}L3 {f.hip - 6:.1f}", bag.colour, 3)
        d.box(-8, f.hip - 6, 20, 16, bag.colour, r=3)
