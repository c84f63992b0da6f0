"""What a set is painted on: flat shapes in space, projected, shaded by the light and thinned out by the distance."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.lens import Camera, Place
from manju.providers.image.offline.palette import Grade, Palette, far
from manju.providers.image.offline.solid import Thing
from manju.providers.image.offline.svg import Drawing, num
from manju.providers.image.offline.words import chance

NEAR = 0.18
"""Metres before the lens where surfaces are cut off."""
LOW = 0.05
"""Things lower than this (metres) lie on the ground like a carpet."""
_SUN = {-1: (-0.72, 0.58, -0.38), 1: (0.72, 0.58, -0.38), 0: (0.12, 0.9, -0.42), 2: (0.25, 0.55, 0.8)}
"""Whither the light is, by its side."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a thing stands in the set: its turn in degrees, its scale, its own colour."""

    thing: Thing
    x: float
    y: float
    z: float
    turn: float = 0.0
    size: float = 1.0
    own: str = "#b48556"
    flat: bool = False
    """It hangs on a wall: painted with the wall, without shadow."""


@dataclass
class Scenery:
    """What a set is painted on."""

    d: Drawing
    camera: Camera
    palette: Palette
    grade: Grade
    soft: bool = False
    """Out of focus: without outlines, paler."""
    inside: bool = False
    haze: float = 0.018
    """Share of haze a metre behind the figures."""
    pen: float = field(init=False)

    def __post_init__(self) -> None:
        self.pen = 0.0 if self.soft else self.d.pen
        self.sun = _SUN[self.palette.light.side]

    @property
    def w(self) -> int:
        return self.d.width

    @property
    def h(self) -> int:
        return self.d.height

    def chance(self, *key: object) -> float:
        """A number in [0, 1) of this scene: it depends on palette, light and landmarks, not on the shot."""
        return chance(self.palette.key, *key)

    # -- flat shapes ---------------------------------------------------------------------------------------------

    def outline(self, places: Iterable[Place], *, close: bool = True) -> str:
        """Path data of a flat shape in space, cut off before the lens; empty if nothing is left."""
        seen = clip([self.camera.view(p) for p in places], close)
        if len(seen) < (3 if close else 2):
            return ""
        pairs = [self.camera.project(v) for v in seen]
        if _outside(pairs, self.w, self.h):
            return ""
        return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in pairs) + ("Z" if close else "")

    def quad(self, places: Sequence[Place], fill: str, *, line: float = 0.0, alpha: float = 1.0) -> None:
        """A flat shape in space, with an outline of ``line`` pens in a darker tone of its own."""
        if data := self.outline(places):
            width = self.pen * line
            self.d.path(data, fill, line=dark(fill, 0.5) if width else None, width=width or None, alpha=alpha)

    def lines(self, runs: Iterable[tuple[Place, Place]], colour: str, width: float = 1.0, alpha: float = 1.0) -> None:
        """Lines in space, ``width`` pens wide, as one path."""
        data = "".join(self.outline(run, close=False) for run in runs)
        if data and not self.soft:
            self.d.path(data, None, line=colour, width=max(0.6, self.d.pen * width), alpha=alpha)

    def level(self, x0: float, x1: float, z0: float, z1: float, fill: str, y: float = 0.0, alpha: float = 1.0) -> None:
        """A rectangle lying at height ``y``."""
        self.quad(((x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)), fill, alpha=alpha)

    @contextmanager
    def away(self, depth: float) -> Iterator[None]:
        """Draw what is ``depth`` metres from the camera: hazier and with a finer pen than what is near."""
        share = round(min(0.6, max(0.0, (depth - self.camera.distance) * self.haze)) * 16) / 16
        before = self.pen
        if depth > self.camera.distance + 9:
            self.pen = 0.0
        self.pen *= max(0.35, min(1.0, 1.1 * self.camera.distance / max(depth, 0.1)) ** 0.5)
        with self.d.graded(far(self.grade, self.palette.haze, share) if share else self.grade):
            yield
        self.pen = before

    def shade(self, colour: str, normal: Place) -> str:
        """The tone of a face."""
        lit = sum(a * b for a, b in zip(normal, self.sun, strict=True))
        if normal[1] > 0.7:
            return mix(light(colour, 0.16), self.palette.light.colour, 0.12)
        if lit > 0:
            return mix(colour, self.palette.light.colour, 0.16 * lit)
        return dark(colour, 0.05 - 0.17 * lit)

    # -- things --------------------------------------------------------------------------------------------------

    def depth(self, p: Placed) -> float:
        """How far from the camera, along its axis, the middle of a thing is."""
        return self.camera.view((p.x, p.y + p.thing.high * p.size * 0.4, p.z))[2]

    def turned(self, normal: Place, p: Placed) -> Place:
        """A normal of a thing's own, in the set."""
        a = math.radians(p.turn)
        x, y, z = normal
        return x * math.cos(a) + z * math.sin(a), y, z * math.cos(a) - x * math.sin(a)

    def faces(self, normal: Place, at: Place) -> bool:
        """Whether a face with that normal is seen from its outer side."""
        c = self.camera
        return (c.x - at[0]) * normal[0] + (c.y - at[1]) * normal[1] + (c.z - at[2]) * normal[2] > 1e-6


def clip(seen: list[Place], close: bool) -> list[Place]:
    """What of a polygon or line (as the camera has it) lies behind the plane at `NEAR`."""
    if all(v[2] >= NEAR for v in seen):
        return seen
    out: list[Place] = []
    count = len(seen)
    for i in range(count):
        a, b = seen[i], seen[(i + 1) % count]
        if a[2] >= NEAR:
            out.append(a)
        if (a[2] >= NEAR) != (b[2] >= NEAR) and (close or i < count - 1):
            t = (NEAR - a[2]) / (b[2] - a[2])
            out.append((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, NEAR))
    return out


def _outside(pairs: Sequence[tuple[float, float]], w: int, h: int) -> bool:
    """Whether a shape is wholly on one side of the picture (which may be turned a little), or too small to see."""
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    tiny = max(xs) - min(xs) < 1.3 and max(ys) - min(ys) < 1.3
    return tiny or max(xs) < -0.1 * w or min(xs) > 1.1 * w or max(ys) < -0.1 * h or min(ys) > 1.1 * h
