"""What lies in the air over a picture: beams of light, rain, snow, mist, petals, and the style's screens of dots."""

from __future__ import annotations

import math

from manju.providers.image.offline.colour import light, mix
from manju.providers.image.offline.palette import Palette, Treatment
from manju.providers.image.offline.svg import Drawing
from manju.providers.image.offline.words import chance


def beams(d: Drawing, palette: Palette, *, inside: bool) -> None:
    """Shafts of light from the side, or from above, that the request names."""
    w, h, tone = d.width, d.height, palette.light.colour
    alpha = 0.1 if palette.night or inside else 0.07
    side = palette.light.side
    with d.shining():
        if side in (-1, 1):
            x = 0.0 if side < 0 else float(w)
            for start, end, spread in ((0.02, 0.34, 0.2), (0.2, 0.62, 0.16)):
                b = x - side * w * end
                d.path(
                    f"M{x:.0f} {h * start * 0.5:.0f}V{h * (start * 0.5 + 0.14):.0f}"
                    f"L{b - side * w * spread:.0f} {h * 1.02:.0f}H{b:.0f}Z",
                    tone,
                    alpha=alpha,
                )
        elif side == 0:
            for k in (0.36, 0.2):
                d.path(
                    f"M{w * 0.44:.0f} 0H{w * 0.56:.0f}L{w * (0.5 + k):.0f} {h * 0.96:.0f}H{w * (0.5 - k):.0f}Z",
                    tone,
                    alpha=alpha * 0.8,
                )


def weather(d: Drawing, palette: Palette) -> None:
    """Rain, snow, mist, petals, leaves and sparks."""
    w, h, small = d.width, d.height, min(d.width, d.height)
    with d.shining():
        if "fog" in palette.weather:
            for i in range(5):
                y = h * (0.3 + 0.13 * i)
                d.path(
                    f"M{-w * 0.1:.0f} {y:.0f}q{w * 0.3:.0f} {-h * 0.05:.0f} {w * 0.6:.0f} 0t{w * 0.6:.0f} 0"
                    f"v{h * 0.06:.0f}q{-w * 0.3:.0f} {h * 0.04:.0f} {-w * 0.6:.0f} 0t{-w * 0.6:.0f} 0Z",
                    light(palette.haze, 0.4),
                    alpha=0.2,
                )
        if "rain" in palette.weather:
            data = ""
            for i in range(150):
                x, y = w * 1.1 * chance("rx", i), h * (chance("ry", i) * 1.05 - 0.05)
                long = h * (0.02 + 0.03 * chance("rl", i))
                data += f"M{x:.0f} {y:.0f}l{-long * 0.2:.0f} {long:.0f}"
            d.path(data, None, line="#dfeaf7", width=max(1.0, small * 0.0016), alpha=0.55)
            for i in range(16):
                y = h * (0.86 + 0.13 * chance("py", i))
                d.oval(w * chance("px", i), y, small * 0.014, small * 0.004, line="#dfeaf7", width=0.5, alpha=0.6)
        if "snow" in palette.weather:
            for i in range(110):
                r = small * (0.002 + 0.006 * chance("fr", i) ** 2)
                d.oval(w * chance("fx", i), h * chance("fy", i), r, fill="#ffffff", alpha=0.9)
        for kind, tones in (("petals", ("#f9c3d4", "#f6a8c2")), ("leaves", ("#e08a3c", "#c9502f"))):
            if kind in palette.weather:
                for i in range(34):
                    r = small * (0.006 + 0.008 * chance(kind, "r", i))
                    with d.at(w * chance(kind, "x", i), h * chance(kind, "y", i), tilt=360 * chance(kind, "t", i)):
                        d.path(f"M{-r:.1f} 0Q0 {-r * 0.9:.1f} {r:.1f} 0Q0 {r * 0.9:.1f} {-r:.1f} 0Z", tones[i % 2])
        if "sparks" in palette.weather:
            for i in range(40):
                r = small * (0.002 + 0.004 * chance("kr", i))
                x, y = w * chance("kx", i), h * chance("ky", i)
                d.oval(x, y, r * 2.6, fill="#ffd97a", alpha=0.2)
                d.oval(x, y, r, fill="#fff2c0")


def screen(d: Drawing, style: Treatment, palette: Palette) -> None:
    """Dots in two corners (printed comics), or brush strokes at the edges (ink)."""
    w, h, small = d.width, d.height, min(d.width, d.height)
    if style.dots:
        tone = mix(palette.sky[0], "#10122a", 0.5)
        step = small * 0.024
        for row in range(11):
            for col in range(11 - row):
                r = step * 0.34 * (1 - (row + col) / 11)
                for x, y in ((col, row), (w / step - col, h / step - row)):
                    d.oval((x + (0.5 if row % 2 else 0.0)) * step, y * step, r, fill=tone, alpha=0.4)
    if style.name == "ink":
        _paper_edge(d)


def _paper_edge(d: Drawing) -> None:
    """Bare paper round an ink painting, its inner edge as a brush leaves it."""
    w, h, small = d.width, d.height, min(d.width, d.height)
    edge = []
    for i in range(72):
        angle = 2 * math.pi * i / 72
        c, s = math.cos(angle), math.sin(angle)
        # A rounded rectangle (superellipse) whose radius wavers.
        k = (abs(c) ** 7 + abs(s) ** 7) ** (-1 / 7)
        waver = small * (0.012 + 0.018 * chance("edge", i))
        edge.append(f"{w / 2 + c * k * (w / 2 - waver):.0f} {h / 2 + s * k * (h / 2 - waver):.0f}")
    d.hole(f"M0 0H{w}V{h}H0ZM" + "L".join(edge) + "Z", "#f3ecdc")
