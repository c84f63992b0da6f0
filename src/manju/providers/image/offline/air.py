"""What lies in the air: shafts of light, rain, snow, mist, petals, leaves, lightning; what is near is large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from manju.providers.image.offline.colour import light, mix
from manju.providers.image.offline.palette import Palette, Treatment
from manju.providers.image.offline.shapes import disc
from manju.providers.image.offline.svg import Drawing, num, points
from manju.providers.image.offline.trace import trace
from manju.providers.image.offline.words import chance

_PETAL = "M-1 0C-.6 -.9 .7 -.8 1 -.12L.8 0L1 .12C.6 .7 -.6 .6 -1 0Z"
_LEAF = "M-1 0Q-.2 -.9 .5 -.5L1 0L.5 .5Q-.2 .9 -1 0Z"


def shafts(d: Drawing, palette: Palette, x: float, floor: float, *, spot: bool) -> None:
    """Light that is seen in the air: slanting through leaves or windows, or (``spot``) from a lamp over ``x``."""
    w, h, tone = d.width, d.height, palette.light.colour
    with d.shining():
        if spot:
            for half, alpha in ((0.26, 0.10), (0.17, 0.12)):
                r = half * min(w, h) * 1.5
                d.path(
                    trace("M-.16 -.05H.16L1 1H-1Z", x, 0, r, floor),
                    tone,
                    alpha=alpha,
                )
            d.oval(x, floor, 0.3 * min(w, h), 0.05 * min(w, h), fill=tone, alpha=0.22)
            return
        side = palette.light.side if palette.light.side in (-1, 1) else -1
        start = 0.1 if side < 0 else 0.9
        for i, (at, wide) in enumerate(((0.0, 0.05), (0.16, 0.09), (0.36, 0.05))):
            a = (start - side * at) * w
            lean = -side * h * 0.34
            fill = d.gradient(
                ((0, tone, 0.3), (0.55, tone, 0.16), (1, tone, 0.0)), a, 0, a + lean * 0.9, h * (0.66 + 0.1 * (i % 2))
            )
            b = wide * w
            d.path(
                points(
                    [
                        (a - b * 0.4, -h * 0.04),
                        (a + b * 0.4, -h * 0.04),
                        (a + lean + b, h * 0.8),
                        (a + lean - b, h * 0.8),
                    ]
                ),
                fill,
            )


def mist(d: Drawing, palette: Palette, horizon: float) -> None:
    """Fog over the ground behind the figures."""
    w, h, tone = d.width, d.height, light(palette.haze, 0.35)
    if horizon < 0:
        return
    top = min(0.7 * h, horizon - 0.16 * h)
    with d.shining():
        fill = d.gradient(((0, tone, 0.0), (0.45, tone, 0.55), (1, tone, 0.0)), 0, top, 0, top + 0.36 * h)
        d.path(f"M{num(-0.15 * w)} {num(top)}H{num(1.15 * w)}V{num(top + 0.36 * h)}H{num(-0.15 * w)}Z", fill)


def wisps(d: Drawing, palette: Palette) -> None:
    """Fog that drifts before the figures, low."""
    w, h, tone = d.width, d.height, light(palette.haze, 0.4)
    with d.shining():
        fill = d.gradient(((0, tone, 0.0), (1, tone, 0.45)), 0, 0.76 * h, 0, h)
        d.path(
            trace("M-.12 .84Q.1 .76 .36 .82T.8 .8T1.12 .78V1.1H-.12Z", 0, 0, w, h),
            fill,
        )


def bolt(d: Drawing, key: str) -> None:
    """Lightning in the sky."""
    w, h = d.width, d.height
    x = w * (0.16 + 0.2 * chance("bolt", key)) if chance("side", key) < 0.5 else w * (0.66 + 0.2 * chance("bolt", key))
    pts, y = [], 0.0
    for i in range(8):
        pts.append((x, y))
        x += w * 0.09 * (chance("jag", key, i) - 0.5)
        y += h * 0.05
    data = "M" + "L".join(f"{num(a)} {num(b)}" for a, b in pts)
    fork = trace("M0 0l.07 .05l-.01 .03l.05 .04", *pts[4], w, h)
    with d.shining():
        d.path(data + fork, None, line="#cfd8ff", width=d.pen * 3.2, alpha=0.5)
        d.path(data + fork, None, line="#ffffff", width=d.pen * 1.1)


Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Sky:
    """Where weather falls: behind the figures, and over each in its own layer. A layer of its own in front of all
    would cost a pass of the whole frame."""

    d: Drawing
    over: Sequence[Box]

    def layer(self, x: float, y: float) -> str:
        """The layer of what is at (x, y)."""
        return "figures" if any(left < x < right and top < y < low for left, top, right, low in self.over) else "far"

    def paint(
        self, falls: Sequence[tuple[float, float, str]], fill: str | None, *, line: str | None = None,
        width: float | None = None, alpha: float = 1.0,
    ) -> None:  # fmt: skip
        """Paint outlines, each with its place."""
        for name in ("far", "figures"):
            if data := "".join(data for x, y, data in falls if self.layer(x, y) == name):
                with self.d.layer(name):
                    self.d.path(data, fill, line=line, width=width, alpha=alpha)


def weather(d: Drawing, palette: Palette, over: Sequence[Box], *, inside: bool) -> None:
    """Rain, snow, petals, leaves and sparks behind and before the figures, who are where ``over`` says; of these only
    petals and sparks come into a room."""
    small, sky = min(d.width, d.height), Sky(d, over)
    with d.shining():
        if "rain" in palette.weather and not inside:
            _rain(sky, small)
        if "snow" in palette.weather and not inside:
            _flakes(sky, small)
        for kind, tones in (("petals", ("#f9c3d4", "#f3a0bd")), ("leaves", ("#e08a3c", "#c9502f"))):
            if kind in palette.weather:
                _drifting(sky, small, kind, tones)
        if "sparks" in palette.weather:
            _sparks(sky, small)
        if "wind" in palette.weather and not inside:
            _wind(d)


def _rain(sky: Sky, small: float) -> None:
    w, h = sky.d.width, sky.d.height
    for depth, (count, long, width, alpha) in enumerate(
        ((120, 0.03, 0.0011, 0.4), (60, 0.06, 0.0018, 0.55), (16, 0.11, 0.003, 0.4))
    ):
        falls = []
        for i in range(count):
            x, y = w * 1.15 * chance("rx", depth, i), h * (chance("ry", depth, i) * 1.1 - 0.1)
            fall = h * long * (0.7 + 0.6 * chance("rl", depth, i))
            falls.append((x, y, f"M{num(x)} {num(y)}l{num(-fall * 0.16)} {num(fall)}"))
        sky.paint(falls, None, line="#e4edf8", width=max(1.0, small * width), alpha=alpha)
    drops = ""
    for i in range(18):
        x, y, r = w * chance("px", i), h * (0.84 + 0.15 * chance("py", i)), small * (0.008 + 0.01 * chance("pr", i))
        drops += trace("M-1 0a1 .3 0 1 0 2 0a1 .3 0 1 0 -2 0M0 -.3l-.3 -.9M0 -.3l.4 -.8", x, y, r)
    sky.d.path(drops, None, line="#e4edf8", width=max(1.0, small * 0.0016), alpha=0.7)


def _flakes(sky: Sky, small: float) -> None:
    w, h = sky.d.width, sky.d.height
    for depth, (count, size, alpha) in enumerate(((80, 0.0022, 0.75), (44, 0.0045, 0.9), (12, 0.011, 0.55))):
        falls = []
        for i in range(count):
            r = small * size * (0.7 + 0.6 * chance("fr", depth, i))
            x, y = w * (1.1 * chance("fx", depth, i) - 0.05), h * (1.1 * chance("fy", depth, i) - 0.05)
            falls.append((x, y, disc(x, y, r)))
        sky.paint(falls, "#ffffff", alpha=alpha)


def _drifting(sky: Sky, small: float, kind: str, tones: tuple[str, str]) -> None:
    d = sky.d
    for i in range(38):
        depth = chance(kind, "d", i) ** 2
        r = small * (0.006 + 0.02 * depth)
        x, y = d.width * (1.1 * chance(kind, "x", i) - 0.05), d.height * (1.1 * chance(kind, "y", i) - 0.05)
        with d.layer(sky.layer(x, y)), d.at(x, y, tilt=360 * chance(kind, "t", i)):
            if kind == "petals":
                d.path(trace(_PETAL, 0, 0, r), tones[i % 2], alpha=1 - 0.3 * depth)
            else:
                d.path(trace(_LEAF, 0, 0, r), tones[i % 2])
                d.path(
                    f"M{num(-r * 1.3)} 0H{num(r * 0.7)}",
                    None,
                    line=mix(tones[i % 2], "#5a2f1a", 0.5),
                    width=max(0.8, r * 0.1),
                )


def _sparks(sky: Sky, small: float) -> None:
    halos, cores = [], []
    for i in range(34):
        r = small * (0.002 + 0.005 * chance("kr", i) ** 2)
        x, y = sky.d.width * chance("kx", i), sky.d.height * (0.1 + 0.88 * chance("ky", i))
        halos.append((x, y, disc(x, y, r * 3)))
        cores.append((x, y, disc(x, y, r)))
    sky.paint(halos, "#ffd97a", alpha=0.22)
    sky.paint(cores, "#fff2c0")


def _wind(d: Drawing) -> None:
    w, h, data = d.width, d.height, ""
    for i in range(9):
        x, y = w * (chance("wx", i) - 0.1), h * (0.1 + 0.8 * chance("wy", i))
        long = w * (0.2 + 0.25 * chance("wl", i))
        data += trace("M0 0q.3 -.012 .6 0t.4 -.006", x, y, long, h)
    d.path(data, None, line="#ffffff", width=d.pen * 0.7, alpha=0.5)


def screen(d: Drawing, style: Treatment, palette: Palette) -> None:
    """What a style lays over the picture: dots in two corners of a printed comic."""
    if not style.dots:
        return
    tone, step = mix(palette.sky[0], "#10122a", 0.5), min(d.width, d.height) * 0.02
    data = ""
    for row in range(9):
        for col in range(9 - row):
            r = step * 0.32 * (1 - (row + col) / 9)
            for x, y in ((col, row), (d.width / step - col, d.height / step - row)):
                px, py = (x + (0.5 if row % 2 else 0.0)) * step, y * step
                data += disc(px, py, r)
    d.path(data, tone, alpha=0.3)


def bleed(d: Drawing, paper: str) -> None:
    """Corners where a wash ran out into bare paper."""
    r = 0.24 * min(d.width, d.height)
    with d.shining():
        for i, (x, y) in enumerate(((0, 0), (d.width, 0), (0, d.height), (d.width, d.height))):
            q = r * (0.8 + 0.4 * chance("bleed", i, d.width))
            fill = d.gradient(((0, paper, 0.9), (0.5, paper, 0.4), (1, paper, 0.0)), x, y, q)
            d.path(
                disc(x, y, q),
                fill,
            )
