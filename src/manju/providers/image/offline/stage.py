"""The stage of a picture: a camera looking into a place measured in metres, and ways to put things there.

X runs right from the middle of the frame, Y up from the ground, Z away from the camera.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from manju.providers.image.offline.colour import dark, mix
from manju.providers.image.offline.framing import Camera
from manju.providers.image.offline.palette import Grade, Palette, far
from manju.providers.image.offline.props import KINDS, draw_prop
from manju.providers.image.offline.svg import Drawing, Point, points
from manju.providers.image.offline.words import chance

Place = tuple[float, float, float]


@dataclass
class Stage:
    """What a place is painted on."""

    d: Drawing
    camera: Camera
    palette: Palette
    grade: Grade
    vanish: float
    """x of the vanishing point in pixels."""
    half: float
    """Half the breadth of rooms and streets in metres: wider for wider frames. A place may make it its own."""
    back: float = 0.0
    """Distance of the back wall of a room in metres; 0 for a place without walls."""
    gaps: tuple[float, ...] = ()
    """Distances along the unlit wall at which something may hang; empty in places that leave that open."""

    @property
    def w(self) -> int:
        return self.d.width

    @property
    def h(self) -> int:
        return self.d.height

    def at(self, x: float, y: float, z: float) -> Point:
        """A place in pixels."""
        k = self.camera.focal / max(z, 0.05)
        return self.vanish + x * k, self.camera.horizon + (self.camera.height - y) * k

    def scale(self, z: float) -> float:
        """Pixels a metre at distance ``z``."""
        return self.camera.focal / z

    def across(self, share: float, z: float) -> float:
        """X of what appears at ``share`` of the frame's width at distance ``z``."""
        return (share * self.w - self.vanish) * z / self.camera.focal

    def chance(self, *key: object) -> float:
        """A number in [0, 1) of this picture's own place: it depends on palette and landmarks, not on the shot."""
        return chance(self.palette.key, *key)

    def quad(self, places: Sequence[Place], fill: str, *, line: float = 0.0) -> None:
        """A flat shape in space, with an outline of ``line`` pens."""
        data = points([self.at(*p) for p in places])
        if line:
            self.d.shape(data, fill, width=line)
        else:
            self.d.path(data, fill)

    def line(self, a: Place, b: Place, colour: str, width: float = 1.0) -> None:
        """A line in space, ``width`` pens wide."""
        self.d.stroke(points([self.at(*a), self.at(*b)], close=False), colour, width)

    @contextmanager
    def depth(self, share: float) -> Iterator[None]:
        """Draw through ``share`` of haze."""
        with self.d.graded(far(self.grade, self.palette.haze, share)):
            yield

    # -- surfaces ------------------------------------------------------------------------------------------------

    def ground(self, near: str, distant: str, *, start: float | None = None) -> None:
        """The ground from its far edge (default: the horizon) down to the lower edge of the frame."""
        top = self.camera.horizon if start is None else self.at(0, 0, start)[1]
        top = max(-4.0, top)
        if top < self.h:
            self.d.ramp(-self.w * 0.2, top, self.w * 1.4, self.h * 1.15 - top, distant, near)

    def sky(self, top: str, bottom: str) -> None:
        """The sky down to a little below the horizon."""
        low = max(self.h * 0.05, self.camera.horizon + self.h * 0.03)
        with self.d.shining():
            self.d.ramp(-self.w * 0.2, -self.h * 0.15, self.w * 1.4, low + self.h * 0.15, top, bottom)

    def ceiling(self, high: float) -> float:
        """Height of a ceiling that would be ``high`` metres: never below a camera that looks down from above it."""
        return max(high, self.camera.height + 0.8)

    def room(self, back: float, high: float, wall: str, floor: str, ceiling: str) -> None:
        """Floor, ceiling, side walls and back wall of a room whose back wall is ``back`` metres away."""
        d, half, near = self.d, self.half, 0.35
        self.back = back
        high = self.ceiling(high)
        shade, bright = (dark(wall, 0.16), mix(wall, self.palette.light.colour, 0.16))
        left, right = (bright, shade) if self.palette.light.side == 1 else (shade, bright)
        self.ground(mix(floor, "#ffffff", 0.07), dark(floor, 0.14), start=back)
        x0, y0 = self.at(-half, high, back)
        x1, y1 = self.at(half, 0, back)
        if y0 > 0:
            d.ramp(-self.w * 0.2, -self.h * 0.15, self.w * 1.4, y0 + self.h * 0.15, dark(ceiling, 0.1), ceiling)
        for side, tone in ((-half, left), (half, right)):
            self.quad(((side, 0, near), (side, 0, back), (side, high, back), (side, high, near)), tone)
        d.ramp(x0, y0, x1 - x0, y1 - y0, wall, dark(wall, 0.08))
        for side in (-half, half):
            self.line((side, 0, near), (side, 0, back), dark(wall, 0.5), 0.8)
            self.line((side, high, near), (side, high, back), dark(wall, 0.5), 0.8)
        d.stroke(f"M{x0:.0f} {y0:.0f}H{x1:.0f}V{y1:.0f}H{x0:.0f}Z", dark(wall, 0.5), 0.8)
        self.quad(
            ((-half, 0, back - 0.01), (half, 0, back - 0.01), (half, 0.13, back), (-half, 0.13, back)), dark(wall, 0.35)
        )

    def panel(
        self, side: int, low: float, high: float, near: float, back: float, fill: str, *, line: float = 0.8
    ) -> None:
        """A rectangle on a side wall (-1 left, 1 right)."""
        x = side * self.half
        self.quad(((x, low, near), (x, low, back), (x, high, back), (x, high, near)), fill, line=line)

    def board(self, x0: float, x1: float, low: float, high: float, z: float, fill: str, *, line: float = 0.8) -> None:
        """A rectangle that faces the camera."""
        self.quad(((x0, low, z), (x1, low, z), (x1, high, z), (x0, high, z)), fill, line=line)

    def block(
        self, x0: float, x1: float, high: float, near: float, back: float, fill: str, *, low: float = 0.0
    ) -> None:
        """A box: its front, its inner side and, seen from above, its top."""
        if x0 > 0:
            self.quad(
                ((x0, low, near), (x0, low, back), (x0, high, back), (x0, high, near)), dark(fill, 0.28), line=0.8
            )
        elif x1 < 0:
            self.quad(
                ((x1, low, near), (x1, low, back), (x1, high, back), (x1, high, near)), dark(fill, 0.28), line=0.8
            )
        if self.camera.height > high:
            self.quad(
                ((x0, high, near), (x1, high, near), (x1, high, back), (x0, high, back)),
                mix(fill, "#ffffff", 0.2),
                line=0.8,
            )
        self.board(x0, x1, low, high, near, fill)

    # -- things --------------------------------------------------------------------------------------------------

    def prop(self, kind: str, x: float, y: float, height: float, *, flip: bool = False) -> None:
        """A thing with the middle of its lower edge at pixel (x, y), ``height`` pixels high."""
        with self.d.at(x, y, height / 100, flip=flip):
            draw_prop(self.d, kind)

    def stand(self, kind: str, x: float, z: float, *, y: float = 0.0, size: float = 1.0, flip: bool = False) -> None:
        """A thing standing at (x, z), with its shadow, in its natural size times ``size``."""
        px, py = self.at(x, y, z)
        high = KINDS[kind].height * size * self.scale(z)
        if py - high > self.h * 1.1 or not -0.5 * self.w < px < 1.5 * self.w:
            return
        with self.depth(min(0.55, max(0.0, (z - self.camera.distance) * 0.025))):
            if y == 0 and KINDS[kind].mount != "air" and py < self.h:
                self.shadow(px, py, high * 0.42)
            self.prop(kind, px, py, high, flip=flip)

    def hang(self, kind: str, aside: float) -> None:
        """Hang a thing at eye level on the unlit wall, turned as the wall is, in the free stretch that is nearest to
        ``aside`` of the frame's width from its middle; nowhere if none of them is in sight."""
        side, high = -self.palette.light.lit, KINDS[kind].height
        wished = self.half * self.camera.focal / max(1.0, aside * self.w)
        for z in sorted(self.gaps, key=lambda gap: abs(gap - wished)):
            ends = [self.at(side * self.half, 1.25 + high / 2, max(0.1, z + d)) for d in (-high / 2, high / 2)]
            (x0, y0), (x1, y1) = sorted(ends)
            if x0 > 0 and x1 < self.w and self.h * 0.06 < min(y0, y1) and max(y0, y1) < self.h * 0.8:
                self.gaps = tuple(gap for gap in self.gaps if gap != z)
                tall = high * self.scale(z) / 100
                turned = f"matrix({(x1 - x0) / 100:.4f} {(y1 - y0) / 100:.4f} 0 {tall:.4f} "
                with self.d.matrix(f"{turned}{(x0 + x1) / 2:.2f} {(y0 + y1) / 2 + 50 * tall:.2f})", tall):
                    draw_prop(self.d, kind)
                return

    def within(self, x: float) -> float:
        """``x``, or the nearest place to it that is not in a room's wall."""
        return max(0.5 - self.half, min(self.half - 0.5, x)) if self.back else x

    def shadow(self, x: float, y: float, radius: float) -> None:
        """A contact shadow, thrown away from the light."""
        away = -self.palette.light.lit * radius * 0.35
        self.d.oval(x + away, y, radius, radius * 0.16, "#0d0f22", alpha=0.3)
