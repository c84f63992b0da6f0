"""Hands before the camera: a thing shown large in somebody's hand, or what he whose eyes we look through holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.icons import half
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.props import KINDS, draw_prop
from manju.providers.image.offline.svg import Drawing
from manju.providers.image.offline.trace import trace

WIDE = frozenset(("car", "train", "sofa", "bed", "screen", "board", "desk", "dragon", "piano", "laptop"))
_SKIN = "#f2cfae"


def _sleeve(d: Drawing, look: Look | None) -> None:
    """A forearm coming up from the lower right, in a hundredth of the hand's height."""
    cloth = look.top_colour if look else "#56617c"
    d.shape("M34 20C52 44 66 78 84 140L176 120C160 60 122 6 92 -10Z", cloth)
    d.path("M70 -2C104 26 134 70 150 126L176 120C160 60 122 6 92 -10Z", dark(cloth, 0.22))
    d.shape("M26 22C40 2 62 -16 88 -18L98 -4C74 2 52 16 36 36Z", light(cloth, 0.14))


def hand(d: Drawing, skin: str, look: Look | None, thing: Callable[[], None] | None) -> None:
    """A hand that reaches up from the lower right, the palm behind ``thing``, thumb and fingers before it."""
    shade = mix(skin, "#a8573f", 0.28)
    _sleeve(d, look)
    d.shape("M62 -8C50 10 30 18 12 10C-8 2 -14 -18 -10 -38C-4 -52 26 -56 44 -46C60 -38 70 -24 62 -8Z", skin)
    d.path("M62 -8C50 10 30 18 12 10C26 8 46 -8 52 -26C58 -32 66 -18 62 -8Z", shade, alpha=0.5)
    if thing:
        thing()
    d.shape("M56 -14C46 -26 26 -44 12 -56C4 -62 -6 -56 -2 -46C6 -30 22 -10 38 2Z", skin)  # thumb
    d.path("M8 -54C3 -58 -4 -54 -1 -48C3 -45 8 -48 8 -54Z", light(skin, 0.5))
    for i, (x, y) in enumerate(((-16, -30), (-19, -16), (-18, -2), (-13, 10))):
        d.shape(
            trace("M26 4C12 -2 2 -3 -4 0C-10 4 -8 12 0 12C10 12 20 15 28 16Z", x, y, 1),
            skin if i % 2 == 0 else mix(skin, shade, 0.16),
        )


def held(d: Drawing, kind: str, look: Look | None) -> None:
    """A thing in a hand, filling the middle of the picture."""
    size = min(d.width, d.height) * (0.62 if kind not in WIDE else 0.46)
    skin = getattr(look, "skin", _SKIN) if look else _SKIN
    x, y = d.width * 0.49, d.height * 0.52
    with d.at(x + size * 0.1, y + size * 0.34, size * 0.0062):

        def thing() -> None:
            with d.at(-6, 8, 1.25, tilt=-7.0):
                draw_prop(d, kind)

        hand(d, skin, look, thing)


def lying(d: Drawing, kinds: Sequence[str], wood: str) -> None:
    """Things on a table, seen from a little above: the first in the middle, others behind it on both sides."""
    w, h = d.width, d.height
    top = h * 0.56
    d.rect(-0.1 * w, top, 1.2 * w, 0.6 * h, wood)
    d.rect(-0.1 * w, top, 1.2 * w, h * 0.012, light(wood, 0.35))
    for i in range(6):
        y = top + h * (0.05 + 0.07 * i)
        d.path(
            trace("M-.1 0C.3 -.012 .6 .014 1.1 0", 0, y, w, h),
            None,
            line=dark(wood, 0.2),
            width=d.pen * 0.5,
        )
    places = {1: ((0.0, 0.0),), 2: ((-0.21, 0.0), (0.25, 0.14))}.get(len(kinds), ((0.0, 0.0), (0.3, 0.2), (-0.3, 0.2)))
    most = min(w, h) * (0.76 if w < h else 0.64)
    base = top + most * 0.32
    for kind, (right, behind) in reversed(list(zip(kinds, places, strict=True))):
        size = min(most, (43 if len(kinds) == 1 else 25) * w / half(kind)) * (1 - behind)
        size = min(size, most * 0.62) if kind in WIDE else size
        x, y = w / 2 + right * w * (1 if w < h else 0.7), base - behind * most
        d.path(trace("M-.5 0a.5 .09 0 1 0 1 0a.5 .09 0 1 0 -1 0Z", x, y, size), "#141634", alpha=0.28)
        with d.at(x, y - (size * 0.2 if KINDS[kind].mount == "air" else 0.0), size / 100):
            draw_prop(d, kind)


_FINGERS = (((-15, -18), (-24, -60)), ((-5, -22), (-8, -74)), ((7, -22), (10, -72)), ((17, -16), (26, -56)))
"""Root and tip of each finger of an open hand."""


def _open_hand(d: Drawing, skin: str, look: Look | None) -> None:
    """The back of a hand that reaches away from us."""
    cloth = look.top_colour if look else "#56617c"
    d.shape("M-24 62L24 58L64 190H-30Z", cloth)
    d.path("M8 60L24 58L64 190H26Z", dark(cloth, 0.2))
    d.shape("M-27 66L-25 48L25 44L29 62Z", light(cloth, 0.16))
    limbs = (*_FINGERS, ((-16, 14), (-44, -12)))
    for width, tone in ((13.5 + d.pen, d.ink), (13.5 - d.pen, skin)):
        for (x0, y0), (x1, y1) in limbs:
            d.path(f"M{x0} {y0}L{x1} {y1}", None, line=tone, width=width)
    d.shape("M-23 50C-27 20 -26 -10 -20 -22Q0 -30 22 -20C27 0 26 26 24 46Z", skin)
    for (x0, y0), (x1, y1) in limbs:
        d.path(f"M{x0} {y0}L{(x0 + x1) / 2} {(y0 + y1) / 2}", None, line=skin, width=12.5 - d.pen)
        d.path(f"M{x1 - 2} {y1 - 3}h4", None, line=mix(skin, "#ffffff", 0.5), width=4)


def viewer(d: Drawing, kind: str | None, look: Look | None) -> None:
    """The viewer's own hand at the lower edge: with what he holds, else reaching into the picture."""
    small = min(d.width, d.height)
    skin = getattr(look, "skin", _SKIN) if look else _SKIN
    if kind is None:
        with d.at(d.width * 0.68, d.height * 0.82, small * 0.0042, tilt=-14.0):
            _open_hand(d, skin, look)
        return

    def thing() -> None:
        with d.at(-6, 8, 1.2, tilt=-7.0):
            draw_prop(d, kind)

    with d.at(d.width * 0.62, d.height * 0.88, small * 0.0044):
        hand(d, skin, look, thing)


def cockpit(d: Drawing, x: float | None) -> None:
    """Dashboard and window posts of a car, seen through its windscreen; the wheel is where the driver sits, ``x``."""
    w, h, small = d.width, d.height, min(d.width, d.height)
    for side in (-1, 1):
        edge = 0.5 * w + side * 0.62 * w
        foot = 0.5 * w + side * 0.4 * w
        d.path(
            f"M{edge:.0f} {-0.1 * h:.0f}L{foot:.0f} {-0.1 * h:.0f}L{0.5 * w + side * 0.52 * w:.0f} {h:.0f}H{edge:.0f}Z",
            "#2b303c",
        )
    d.shape(
        trace("M.42 .02h.16q.01 .03 -.01 .05h-.14q-.02 -.02 -.01 -.05Z", 0, 0, w, h),
        "#3a4050",
    )
    if x is not None:
        r = 0.24 * small
        y = 0.93 * h
        for width, tone in ((0.05, "#1c2029"), (0.034, "#39404e")):
            d.path(
                f"M{x - r:.0f} {y:.0f}A{r:.0f} {r * 0.72:.0f} 0 0 1 {x + r:.0f} {y:.0f}",
                None,
                line=tone,
                width=width * small,
            )
        d.path(f"M{x - r:.0f} {y:.0f}H{x + r:.0f}", None, line="#39404e", width=0.03 * small)
    d.shape(
        trace("M-.12 .93Q.25 .86 .5 .9T1.12 .93V1.12H-.12Z", 0, 0, w, h),
        "#2f3542",
    )
    with d.shining():
        d.rect(0.46 * w, 0.93 * h, 0.12 * w, 0.04 * h, "#5fd0e0", r=0.01 * small, alpha=0.8)
