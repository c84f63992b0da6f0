"""A small SVG element writer: numbers are kept short, user text is escaped, gradients are written as flat strips.

Full-frame gradients and translucent fills are what costs time in the rasteriser (about 50 and 20 ns a pixel against
0.4 ns for an opaque rectangle), so `Drawing.ramp` writes a gradient as opaque strips that overlap by a little.

A drawing has layers, one over the other, each a group of the SVG: a film moves them by their depth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from xml.sax.saxutils import escape

from manju.providers.image.offline.colour import channels, mix

Point = tuple[float, float]

LAYERS = ("far", "figures", "near", "notes")
"""From behind to the front: the set, opaque all over; who and what the shot is about; what stands or falls before them;
and marks for the crew (arrows), which only the source shows."""

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
    What is painted outside of `layer` is ``far``.
    """

    def __init__(self, width: int, height: int, *, ink: str = "#1b1c26", pen: float = 3.0) -> None:
        self.width = width
        self.height = height
        self.ink = ink
        self.pen = pen
        self.grain = 1
        """Side in pixels of the squares that the picture is made of; more than 1 for pixel art."""
        self.base: Callable[[str], str] = str
        self.grade: Callable[[str], str] = str
        self._layers: dict[str, list[str]] = {name: [] for name in LAYERS}
        self._parts = self._layers["far"]
        self._open: list[str] = []
        """The groups around what is painted now."""
        self._shared: dict[str, str] = {}
        """Ids of what all layers may refer to, by its element with ``{}`` for the id."""

    def __str__(self) -> str:
        return self.svg(LAYERS)

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers that something is painted in."""
        return tuple(name for name in LAYERS if self._layers[name])

    def svg(self, names: Sequence[str], part: tuple[int, int, int, int] | None = None) -> str:
        """The picture of some of its layers; of a part of it (x, y, width, height) only."""
        x, y, width, height = part or (0, 0, self.width, self.height)
        shared = "".join(element.format(name) for element, name in self._shared.items())
        groups = (f'<g id="{name}">' + "".join(self._layers[name]) + "</g>" for name in self.layers if name in names)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="{x} {y} {width} {height}">'
            + (f"<defs>{shared}</defs>" if shared else "")
            + "".join(groups)
            + "</svg>\n"
        )

    @contextmanager
    def layer(self, name: str) -> Iterator[None]:
        """Paint into another layer, in the same coordinates, light and pen."""
        before, parts = self._parts, self._layers[name]
        if parts is before:
            yield
            return
        start = len(parts)
        parts += self._open
        self._parts = parts
        try:
            yield
        finally:
            self._parts = before
            if len(parts) == start + len(self._open):
                del parts[start:]  # nothing was painted
            else:
                parts += ["</g>"] * len(self._open)

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
        try:
            with self._group(f'<g transform="{transform}">'):
                yield
        finally:
            self.pen = pen

    def gradient(self, stops: Sequence[tuple[float, str, float]], *axis: float) -> str:
        """A fill for `path`: ``stops`` are place in 0..1, colour and opacity; the axis is x0, y0, x1, y1 of a line, or
        x, y and radius of a circle. Small areas only: it costs 50 ns a pixel."""
        kind, names = ("linear", ("x1", "y1", "x2", "y2")) if len(axis) == 4 else ("radial", ("cx", "cy", "r"))
        where = " ".join(f'{name}="{num(value)}"' for name, value in zip(names, axis, strict=True))
        inner = "".join(
            f'<stop offset="{num(at)}" stop-color="{self.grade(colour)}" stop-opacity="{num(alpha)}"/>'
            for at, colour, alpha in stops
        )
        head = f'<{kind}Gradient id="{{}}" gradientUnits="userSpaceOnUse" {where}>'
        return f"url(#{self._share(f'{head}{inner}</{kind}Gradient>')})"

    @contextmanager
    def clipped(self, data: str) -> Iterator[None]:
        """Draw only inside of a path."""
        name = self._share(f'<clipPath id="{{}}"><path d="{data}"/></clipPath>')
        with self._group(f'<g clip-path="url(#{name})">'):
            yield

    @contextmanager
    def _group(self, tag: str) -> Iterator[None]:
        self._parts.append(tag)
        self._open.append(tag)
        try:
            yield
        finally:
            self._open.pop()
            self._parts.append("</g>")

    def _share(self, element: str) -> str:
        return self._shared.setdefault(element, f"s{len(self._shared) + 1}")

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
        plain = fill is None or fill.startswith("url(")  # a gradient was graded when it was made
        out = f' fill="{(fill or "none") if plain or fill is None else self.grade(fill)}"'
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
