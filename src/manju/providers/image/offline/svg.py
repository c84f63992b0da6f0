"""A small SVG element writer: numbers are kept short, user text is escaped, gradients are written as flat strips.

Full-frame gradients and translucent fills are what costs time in the rasteriser (about 50 and 20 ns a pixel against
0.4 ns for an opaque rectangle), so `Drawing.ramp` writes a gradient as opaque strips that overlap by a little.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from xml.sax.saxutils import escape

from manju.providers.image.offline.colour import channels, mix

Point = tuple[float, float]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """``text`` without the characters that XML 1.0 (section 2.2) forbids, white space joined into single spaces."""
    return " ".join(_NOT_XML.sub("", text).split())


def num(value: float) -> str:
    """A number with at most two decimals and nothing superfluous."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def points(pairs: Sequence[Point], *, close: bool = True) -> str:
    """Path data of a polygon or polyline."""
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in pairs) + ("Z" if close else "")


class Drawing:
    """An SVG picture under construction, in pixels, y downwards.

    ``ink`` and ``pen`` are the colour and width (in the current coordinates) of outlines; `at` keeps the width true
    to the page while it scales. ``grade`` turns every colour that is drawn into what it looks like in this light,
    distance and style; ``base`` is the style's part of it, which holds for things that shine by themselves.
    """

    def __init__(self, width: int, height: int, *, ink: str = "#1b1c26", pen: float = 3.0) -> None:
        self.width = width
        self.height = height
        self.ink = ink
        self.pen = pen
        self.base: Callable[[str], str] = str
        self.grade: Callable[[str], str] = str
        self._parts: list[str] = []

    def __str__(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}">' + "".join(self._parts) + "</svg>\n"
        )

    def path(
        self,
        data: str,
        fill: str | None = None,
        *,
        line: str | None = None,
        width: float | None = None,
        alpha: float = 1.0,
    ) -> None:
        """A path. ``line`` is its outline's colour, ``width`` its width (default: the pen), ``alpha`` of all of it."""
        self._parts.append(f'<path d="{data}"' + self._paint(fill, line, width, alpha) + "/>")

    def shape(self, data: str, fill: str, *, width: float = 1.0) -> None:
        """A filled path with an ink outline of ``width`` pens."""
        self.path(data, fill, line=self.ink if self.pen * width > 0 else None, width=self.pen * width)

    def hole(self, data: str, fill: str) -> None:
        """A filled path with holes: what lies inside an even number of its outlines stays open."""
        self._parts.append(f'<path fill-rule="evenodd" d="{data}"' + self._paint(fill, None, None, 1.0) + "/>")

    def stroke(self, data: str, colour: str | None = None, width: float = 1.0, *, alpha: float = 1.0) -> None:
        """An open line of ``width`` pens in ``colour`` (default: ink)."""
        self.path(data, None, line=colour or self.ink, width=max(self.pen, 0.01) * width, alpha=alpha)

    def rect(self, x: float, y: float, w: float, h: float, fill: str, *, r: float = 0, alpha: float = 1.0) -> None:
        """A rectangle without outline, its corners rounded by ``r``."""
        if w <= 0 or h <= 0:
            return
        corner = f' rx="{num(r)}"' if r else ""
        self._parts.append(
            f'<rect x="{num(x)}" y="{num(y)}" width="{num(w)}" height="{num(h)}"{corner}'
            + self._paint(fill, None, None, alpha)
            + "/>"
        )

    def box(self, x: float, y: float, w: float, h: float, fill: str, *, r: float = 0, width: float = 1.0) -> None:
        """A rectangle with an ink outline of ``width`` pens."""
        corner = f' rx="{num(r)}"' if r else ""
        line = self.ink if self.pen * width > 0 else None
        self._parts.append(
            f'<rect x="{num(x)}" y="{num(y)}" width="{num(w)}" height="{num(h)}"{corner}'
            + self._paint(fill, line, self.pen * width, 1.0)
            + "/>"
        )

    def oval(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float | None = None,
        fill: str | None = None,
        *,
        line: str | None = None,
        width: float = 1.0,
        alpha: float = 1.0,
    ) -> None:
        """An ellipse round (x, y); ``line`` outlines it with ``width`` pens."""
        self._parts.append(
            f'<ellipse cx="{num(x)}" cy="{num(y)}" rx="{num(rx)}" ry="{num(rx if ry is None else ry)}"'
            + self._paint(fill, line, self.pen * width, alpha)
            + "/>"
        )

    def ramp(self, x: float, y: float, w: float, h: float, first: str, last: str, *, across: bool = False) -> None:
        """A linear gradient from ``first`` to ``last``, downwards or ``across``, as opaque strips."""
        a, b = channels(first), channels(last)
        steps = min(160, max(2, max(abs(p - q) for p, q in zip(a, b, strict=True))))
        length = (w if across else h) / steps
        for i in range(steps):
            tone = mix(first, last, i / (steps - 1))
            at = i * length
            reach = min(length + 2, (w if across else h) - at)
            if across:
                self.rect(x + at, y, reach, h, tone)
            else:
                self.rect(x, y + at, w, reach, tone)

    def text(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        fill: str,
        *,
        family: str,
        anchor: str = "middle",
        edge: str | None = None,
        edge_width: float = 0.0,
    ) -> None:
        """One line of text on the base line ``y``; ``edge`` draws an outline behind the letters."""
        common = (
            f'x="{num(x)}" y="{num(y)}" font-size="{num(size)}" text-anchor="{anchor}" '
            f'font-family="{escape(family, {chr(34): "&quot;"})}"'
        )
        body, fill = escape(clean(text)), self.grade(fill)
        if edge is not None and edge_width > 0:
            self._parts.append(
                f'<text {common} fill="{self.grade(edge)}" stroke="{self.grade(edge)}" stroke-width="{num(edge_width)}'
                '" '
                f'stroke-linejoin="round">{body}</text>'
            )
        self._parts.append(f'<text {common} fill="{fill}">{body}</text>')

    @contextmanager
    def at(
        self, x: float, y: float, scale: float = 1.0, *, flip: bool = False, squash: float = 1.0, tilt: float = 0.0
    ) -> Iterator[None]:
        """Draw in coordinates moved to (x, y), turned by ``tilt`` degrees, scaled (``squash`` times in height) and,
        with ``flip``, mirrored."""
        turn = f" rotate({num(tilt)})" if tilt else ""
        sx, sy = (-scale if flip else scale), scale * squash
        with self.matrix(f"translate({num(x)} {num(y)}){turn} scale({sx:.4f} {sy:.4f})", scale):
            yield

    @contextmanager
    def matrix(self, transform: str, scale: float = 1.0) -> Iterator[None]:
        """Draw under an SVG ``transform`` whose mean scale is ``scale``."""
        pen = self.pen
        self.pen = pen / scale
        self._parts.append(f'<g transform="{transform}">')
        try:
            yield
        finally:
            self._parts.append("</g>")
            self.pen = pen

    @contextmanager
    def graded(self, grade: Callable[[str], str]) -> Iterator[None]:
        """Draw with another ``grade``."""
        before, self.grade = self.grade, grade
        try:
            yield
        finally:
            self.grade = before

    @contextmanager
    def shining(self) -> Iterator[None]:
        """Draw what gives light itself: only the style changes its colours."""
        with self.graded(self.base):
            yield

    def _paint(self, fill: str | None, line: str | None, width: float | None, alpha: float) -> str:
        out = f' fill="{self.grade(fill) if fill else "none"}"'
        if line is not None and width:
            out += (
                f' stroke="{self.grade(line)}" stroke-width="{num(width)}" stroke-linejoin="round" '
                'stroke-linecap="round"'
            )
        if alpha < 1:
            if fill:
                out += f' fill-opacity="{num(alpha)}"'
            if line is not None:
                out += f' stroke-opacity="{num(alpha)}"'
        return out
