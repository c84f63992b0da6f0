"""Things drawn line by line from ``icons.toml``, in the box of `props`.

A line is a paint and a figure. Paint: ``#c9473c`` fills and outlines, ``.#c9473c`` only fills, ``~4#c9473c`` is a line
4 wide; ``/40`` after it is its opacity in per cent; ``*`` before it shines by itself. Figures: path data,
``o x y rx ry`` (oval), ``b x y w h r`` (box). ``@photo x y scale tilt`` puts in another icon.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache

from manju.providers.image.offline.sets import table
from manju.providers.image.offline.svg import Drawing

ROWS = table("icons.toml")
"""Height, mount, terms and lines of each, by its kind."""
_PAINT = re.compile(r"(?P<shines>\*)?(?P<how>\.|~(?P<wide>[\d.]+))?(?P<tone>#[0-9a-f]{6})(?:/(?P<alpha>\d+))?")


def _line(d: Drawing, line: str) -> None:
    head, _, rest = line.partition(" ")
    if head.startswith("@"):
        x, y, scale, tilt = (*(float(n) for n in rest.split()), 0.0)[:4]
        with d.at(x, y, scale, tilt=tilt):
            draw_icon(d, head[1:])
        return
    paint = _PAINT.fullmatch(head)
    if not paint:
        raise ValueError(f"icons.toml: no such paint: {line!r}")
    tone, alpha = paint["tone"], int(paint["alpha"] or 100) / 100
    edge = d.ink if not paint["how"] and d.pen > 0 else None
    with d.shining() if paint["shines"] else nullcontext():
        if paint["wide"]:
            d.path(rest, None, line=tone, width=float(paint["wide"]), alpha=alpha)
        elif rest[0] == "o":
            x, y, rx, ry = (float(n) for n in rest[2:].split())
            d.oval(x, y, rx, ry, tone, line=edge, alpha=alpha)
        elif rest[0] == "b":
            x, y, w, h, r = (*(float(n) for n in rest[2:].split()), 0.0)[:5]
            if edge:
                d.box(x, y, w, h, tone, r=r)
            else:
                d.rect(x, y, w, h, tone, r=r, alpha=alpha)
        else:
            d.path(rest, tone, line=edge, width=d.pen, alpha=alpha)


def draw_icon(d: Drawing, kind: str) -> None:
    """An icon of the table."""
    for line in ROWS[kind]["draw"].strip().splitlines():
        _line(d, line)


@cache
def half(kind: str) -> float:
    """How far an icon reaches to the sides of its middle, roughly (curves by their corners); 50 for others."""
    reach = [0.0]
    for line in ROWS.get(kind, {}).get("draw", "").strip().splitlines():
        head, _, rest = line.partition(" ")
        if head[0] == "@":
            x, _, scale = (float(n) for n in rest.split()[:3])
            reach.append(abs(x) + half(head[1:]) * scale)
        elif rest[0] in "ob":
            x, _, w = (float(n) for n in rest[2:].split()[:3])
            reach += [abs(x), abs(x + w)] if rest[0] == "b" else [abs(x) + w]
        else:
            reach += [abs(float(x)) for x in re.findall(r"[ML](-?[\d.]+)", rest)]
    return min(max(reach), 100.0) or 60.0


def _drawer(kind: str) -> Callable[[Drawing], None]:
    return lambda d: draw_icon(d, kind)


ICONS: dict[str, Callable[[Drawing], None]] = {kind: _drawer(kind) for kind in ROWS}
