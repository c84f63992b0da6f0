"""What is seen through a window: rectangles in shares of its pane."""

from __future__ import annotations

from collections.abc import Iterator

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.palette import Palette
from manju.providers.image.offline.words import chance

Rect = tuple[float, float, float, float, str]


def pane(palette: Palette, view: str, key: float) -> Iterator[Rect]:
    """Left, right, lower and upper edge (0..1 of the pane) and shown colour of what ``view`` shows: ``sky``, ``city``,
    ``hill``, ``sea``, ``space`` or ``lit`` (a lamp behind a curtain)."""
    top, low = palette.sky
    if view == "lit":
        glow = "#ffd98a" if palette.night or palette.time == "sunset" else mix(low, "#ffffff", 0.4)
        yield 0, 1, 0, 1, glow
        yield 0, 1, 0.62, 1, mix(glow, "#ffffff", 0.25)
        return
    if view == "space":
        yield 0, 1, 0, 1, "#0b1030"
        for i in range(14):
            x, y = chance("star", key, i), chance("starry", key, i)
            yield x, x + 0.012, y, y + 0.016, "#e8eeff"
        return
    yield 0, 1, 0, 1, mix(top, low, 0.55)
    yield 0, 1, 0.66, 1, mix(top, low, 0.3)
    yield 0, 1, 0.0, 0.36, mix(low, "#ffffff", 0.12)
    if view == "city":
        yield from _towers(palette, key)
    elif view == "hill":
        green = mix(palette.haze, "#3f7a55", 0.55)
        for i in range(7):
            high = 0.16 + 0.16 * chance("hill", key, i)
            yield i / 7, (i + 1) / 7 + 0.01, 0, high, mix(green, palette.haze, 0.12 * (i % 2))
    elif view == "sea":
        yield 0, 1, 0, 0.34, mix(palette.haze, "#2f78b0", 0.6)
        yield 0, 1, 0.31, 0.34, light(palette.haze, 0.3)


def _towers(palette: Palette, key: float) -> Iterator[Rect]:
    dusky = palette.night or palette.time == "sunset"
    for row, (count, tall, share) in enumerate(((6, 0.62, 0.35), (5, 0.42, 0.62))):
        tone = mix(palette.haze, "#1d2547" if palette.night else "#5f7690", share)
        for i in range(count):
            high = tall * (0.45 + 0.6 * chance("tower", key, row, i))
            left = (i + 0.16 * chance("gap", key, row, i)) / count
            yield left, min(1.0, left + 0.86 / count), 0, high, tone if i % 2 else dark(tone, 0.08)
            if dusky and row:
                for k in range(5):
                    x, y = left + 0.12 / count + 0.5 / count * (k % 2), high * (0.2 + 0.24 * (k // 2))
                    if chance("lit", key, i, k) > 0.35:
                        yield x, x + 0.16 / count, y, y + 0.035, "#ffe19a"
