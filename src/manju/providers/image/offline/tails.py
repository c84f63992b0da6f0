"""Hair that hangs behind or stands off: long hair, tails, knots and braids. Places as of `hair`."""

from __future__ import annotations

import math
from collections.abc import Callable

from manju.providers.image.offline.colour import dark, light, luma
from manju.providers.image.offline.hair import GATHERED, Scalp, dome
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.shapes import blob, fold, segment, smooth
from manju.providers.image.offline.svg import Drawing, Point


def behind(d: Drawing, look: Look, yaw: float) -> None:
    """Long hair, tails and braids: before the body is drawn, or over it when it is seen from the back. The head may
    look either way."""
    if look.length == "bald":
        return
    s = -1 if yaw < 0 else 1
    with d.at(0, 0, flip=s < 0):
        p = Scalp(look, abs(yaw))
        _mass(d, p, look)
        if look.style in _TAILS:
            _TAILS[look.style](d, p, look, s)


def _mass(d: Drawing, p: Scalp, look: Look) -> None:
    low = {"bob": 13.5, "medium": 23.0, "long": 46.0}.get(look.length, 0.0)
    if look.style in GATHERED and look.style != "topknot":
        low = 0.0
    if look.style == "topknot" and look.length != "long":
        low = 0.0
    if look.length == "long" and look.waist_long:
        low = 72.0
    if not low:
        return
    turn = math.sin(math.radians(p.yaw))
    c, w = p.cx - 3.2 * turn, p.rx * (1.1 - 0.16 * turn) * (0.86 if look.style == "topknot" else 1.0)
    tone = dark(look.hair, 0.16) if abs(p.yaw) < 18 else look.hair if p.yaw > 100 else dark(look.hair, 0.07)
    wave = 1.7 if look.style in ("wavy", "curly") else 0.0
    top = [(c - w * 0.9, -9.0), (c - w * 0.5, -13.6), (c + w * 0.5, -13.6), (c + w * 0.9, -9.0)]
    left: list[Point] = []
    right: list[Point] = []
    n = 3 if low < 30 else 6
    for i in range(n):
        share = i / n
        y = -4 + (low + 1) * share
        bow = wave * (1 if i % 2 else -0.6)
        bell = w * (1.0 + (0.12 * math.sin(share * 2.2) if low < 30 else 0.1 * share))
        left.append((c - bell - bow - turn * i * 0.5, y))
        right.append((c + bell + bow - turn * i * 1.3, y))
    x0, x1 = left[-1][0], right[-1][0]
    tips: list[Point] = []
    count = 3 if low < 15 else 4
    inset = (x1 - x0) * (0.1 if low < 15 else 0.04)
    deep = 0.5 if low < 15 else 1.7
    for i in range(count * 2 + 1):
        share = i / (count * 2)
        x = x0 + inset + (x1 - x0 - 2 * inset) * share
        tips.append((x, low + deep * (1 if i % 2 else -0.7) + math.sin(math.pi * share) * (1.0 if low < 15 else 3.0)))
    whole = dome(p) if p.yaw > 100 else ""
    blob(d, smooth([*left, *tips, *reversed(right), *reversed(top)], tension=0.9) + whole, tone)
    lines = ""
    for k in (-0.62, -0.3, 0.04, 0.36, 0.66):
        x = c + w * k
        start = 6 + abs(k) * 6 if p.yaw < 100 else p.top + 4 + abs(k) * 9
        x = x if p.yaw < 100 else c + w * k * 0.45
        lines += (
            f"M{x:.1f} {start:.1f}Q{x + wave * 1.4 - turn:.1f} {low * 0.5:.1f}"
            f" {c - turn * 4 + w * k * 0.98:.1f} {low - 3:.1f}"
        )
    d.stroke(lines, fold(tone) if luma(tone) > 0.18 else light(tone, 0.2), 0.55)


def _tail(d: Drawing, look: Look, root: Point, way: float, length: float, wide: float) -> None:
    """A tail of hair that swings to ``way``."""
    x, y = root
    mid, end = (x + way * 0.9, y + length * 0.42), (x + way * 0.8, y + length)
    lean = -1 if way < 0 else 1
    data = (
        f"M{x - 1.6:.1f} {y - 1:.1f}C{mid[0] - wide * 1.5:.1f} {y + length * 0.1:.1f}"
        f" {mid[0] - wide * 1.2:.1f} {mid[1]:.1f} {end[0] - lean * 1.5:.1f} {end[1]:.1f}"
        f"L{end[0] + lean * 0.6:.1f} {end[1] - 4:.1f}L{end[0] + lean * 2.4:.1f} {end[1] - 1.5:.1f}"
        f"C{mid[0] + wide * 1.5:.1f} {mid[1]:.1f} {mid[0] + wide * 1.4:.1f} {y - 1:.1f} {x + 1.6:.1f} {y - 1.6:.1f}Z"
    )
    blob(d, data, look.hair)
    tone = fold(look.hair) if luma(look.hair) > 0.2 else light(look.hair, 0.22)
    d.stroke(
        f"M{x + way * 0.3:.1f} {y + 3:.1f}Q{mid[0] - wide * 0.3:.1f} {mid[1]:.1f} {end[0]:.1f}"
        f" {end[1] - 5:.1f}M{x + way * 0.5 + 1:.1f} {y + 3:.1f}Q{mid[0] + wide * 0.5:.1f} {mid[1]:.1f}"
        f" {end[0] + lean:.1f} {end[1] - 6:.1f}",
        tone,
        0.5,
    )


def _tie(d: Drawing, look: Look, x: float, y: float) -> None:
    ribbon = look.has("ribbon") or look.has("hairpin")
    d.oval(x, y, 2.0, 1.7, ribbon.colour if ribbon else dark(look.hair, 0.5), line=d.ink, width=0.7)


def _ponytail(d: Drawing, p: Scalp, look: Look, s: int) -> None:
    x = p.x(180, 0.98)
    front = p.yaw < 100
    way = -5.5 if p.yaw > 25 else 7.5 * s
    root = (x - 1.0 * (p.yaw > 25), -9.5 if front else -8.5)
    if p.yaw <= 25:
        root = (x + s * 6.5, -11.5)
    _tail(d, look, root, way, 34, 4.4)
    _tie(d, look, *root)


def _sidetail(d: Drawing, p: Scalp, look: Look, s: int) -> None:
    x = p.x(100 * s)
    _tail(d, look, (x, -3), 3.0 if x > p.cx else -3.0, 34, 3.8)
    _tie(d, look, x, -3)


def _twintails(d: Drawing, p: Scalp, look: Look, s: int) -> None:
    del s
    for k in (-1, 1):
        x = p.x(k * 104, 1.02)
        _tail(d, look, (x, -8.5), 6.5 if x > p.cx else -6.5, 40, 4.6)
        _tie(d, look, x, -8.5)


def _bun(d: Drawing, p: Scalp, look: Look, s: int) -> None:
    del s
    x = p.x(180, 0.52 if p.yaw > 25 else 0.0)
    d.oval(x, p.top - 1.4, 5.4, 4.7, look.hair, line=d.ink)
    tone = fold(look.hair) if luma(look.hair) > 0.2 else light(look.hair, 0.22)
    d.stroke(
        f"M{x - 3.6:.1f} {p.top - 0.6:.1f}Q{x:.1f} {p.top - 4.4:.1f} {x + 3.4:.1f} {p.top - 1.4:.1f}"
        f"M{x - 2:.1f} {p.top + 0.6:.1f}q2.4 -2.4 4.4 -1",
        tone,
        0.5,
    )
    _tie(d, look, x + 0.2, p.top + 2.2)


def _topknot(d: Drawing, p: Scalp, look: Look, s: int) -> None:
    """A man's knot of the old days, with its pin."""
    x = p.x(180, 0.3)
    y = p.top - 1.2
    d.shape(
        f"M{x - 3.4:.1f} {y + 3:.1f}C{x - 5.4:.1f} {y - 1:.1f} {x - 2.6:.1f} {y - 5.6:.1f} {x + 0.4:.1f}"
        f" {y - 5.4:.1f}S{x + 5:.1f} {y - 0.6:.1f} {x + 3.2:.1f} {y + 3:.1f}Z",
        look.hair,
    )
    pin = look.has("hairpin") or look.has("crown")
    c = pin.colour if pin else "#d9a728"
    d.shape(
        f"M{x - 3.8:.1f} {y + 0.6:.1f}L{x - 3:.1f} {y + 3.2:.1f}H{x + 3:.1f}L{x + 3.8:.1f} {y + 0.6:.1f}"
        f"Q{x:.1f} {y - 0.6:.1f} {x - 3.8:.1f} {y + 0.6:.1f}Z",
        c,
        width=0.8,
    )
    d.shape(
        f"M{x - 8:.1f} {y + 1.3 + s * 0.6:.1f}L{x + 8:.1f} {y + 1.3 - s * 0.6:.1f}l0.2 0.9L{x - 7.9:.1f}"
        f" {y + 2.2 + s * 0.6:.1f}Z",
        light(c, 0.3),
        width=0.5,
    )


def _updo(d: Drawing, p: Scalp, look: Look, s: int) -> None:
    """A lady's high knot with loops, a pin and its tassel."""
    x = p.x(180, 0.32)
    y = p.top
    for dx in (-5.6, 5.6):
        d.oval(x + dx, y + 0.4, 3.4, 5.0, look.hair, line=d.ink)
        d.oval(x + dx, y + 0.4, 1.3, 2.6, dark(look.hair, 0.35))
    d.oval(x, y - 2.6, 5.6, 5.0, look.hair, line=d.ink)
    tone = fold(look.hair) if luma(look.hair) > 0.2 else light(look.hair, 0.25)
    d.stroke(
        f"M{x - 3.6:.1f} {y - 1.4:.1f}Q{x:.1f} {y - 6:.1f} {x + 3.8:.1f} {y - 2:.1f}M{x - 3:.1f}"
        f" {y + 0.4:.1f}Q{x:.1f} {y - 3:.1f} {x + 3:.1f} {y - 0.2:.1f}",
        tone,
        0.5,
    )
    pin = look.has("hairpin") or look.has("flower")
    c = pin.colour if pin else "#dcae45"
    d.stroke(f"M{x - s * 9:.1f} {y + 3.4:.1f}L{x + s * 9.5:.1f} {y - 2.4:.1f}", c, 1.5)
    d.oval(x + s * 9.5, y - 2.4, 1.5, fill=c, line=d.ink, width=0.6)
    d.stroke(f"M{x - s * 9:.1f} {y + 3.4:.1f}v6.4", c, 0.7)
    d.oval(x - s * 9, y + 10.4, 0.9, fill=c, line=d.ink, width=0.5)


def _plait(d: Drawing, look: Look, root: Point, way: float, length: float) -> None:
    n = 6
    data, lines = "", ""
    for i in range(n):
        y = root[1] + length * i / n
        x = root[0] + way * math.sin(i / n * 1.6)
        r = 2.9 - 0.22 * i
        data += segment((x - 0.6, y), (x + 0.7, y + length / n * 0.7), r, r * 0.85)
        lines += f"M{x - r:.1f} {y - 0.4:.1f}L{x + 0.4:.1f} {y + 2.6:.1f}L{x + r:.1f} {y - 0.8:.1f}"
    end = (root[0] + way, root[1] + length)
    data += segment((end[0], end[1] - 2), (end[0] + way * 0.1, end[1] + 4), 1.7, 0.7)
    blob(d, data, look.hair)
    d.stroke(lines, fold(look.hair) if luma(look.hair) > 0.2 else light(look.hair, 0.25), 0.6)
    _tie(d, look, end[0], end[1] - 1.6)


def _braid(d: Drawing, p: Scalp, look: Look, s: int) -> None:
    if p.yaw > 100:
        _plait(d, look, (p.x(180, 0.6), 6), 0.6, 40)
    else:
        x = p.x(-96 * s, 0.9)
        _plait(d, look, (x - 1, 7), -2.0 if x < p.cx else 2.0, 34)


def _braids(d: Drawing, p: Scalp, look: Look, s: int) -> None:
    del s
    for k in (-1, 1):
        x = p.x(k * 112, 0.92)
        _plait(d, look, (x, 6), 2.4 if x > p.cx else -2.4, 32)


def _half(d: Drawing, p: Scalp, look: Look, s: int) -> None:
    _bun(d, p, look, s)


_TAILS: dict[str, Callable[[Drawing, Scalp, Look, int], None]] = {
    "ponytail": _ponytail, "sidetail": _sidetail, "twintails": _twintails, "bun": _bun, "topknot": _topknot,
    "updo": _updo, "braid": _braid, "braids": _braids, "half": _half,
}  # fmt: skip
