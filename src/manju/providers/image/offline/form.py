"""The body as seen: its trunk as rings on the spine, on whose surface clothes are drawn, and its limbs on the screen.

The trunk's rings count from below: 0 seat, 1 hips, 2 waist, 3 chest, 4 armpits, 5 shoulders, 6 neck. A place on the
surface is an angle round the trunk (0 front, 90 the figure's own left, 180 back) and a ring number, which may have a
fraction. What is on the far side is not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from manju.providers.image.offline.look import Look
from manju.providers.image.offline.pose import Pose
from manju.providers.image.offline.shapes import along, corners, hull, ring, smooth, turned
from manju.providers.image.offline.skeleton import Basis, Limb, Skeleton, Vector, View, add
from manju.providers.image.offline.svg import Drawing, Point

Spot = tuple[float, float]
"""Angle in degrees and ring number."""


@dataclass(frozen=True, slots=True)
class Ring:
    centre: Vector
    basis: Basis
    wide: float
    front: float
    back: float


@dataclass(frozen=True, slots=True)
class Flat:
    """A limb on the screen: root, joint and end, how near each is, and where its end points."""

    side: int
    root: Point
    joint: Point
    end: Point
    near: tuple[float, float, float]
    tip: Point
    tip_near: float

    @property
    def depth(self) -> float:
        """How near the limb's outer half is."""
        return (self.near[1] + self.near[2]) / 2


class Form:
    """A look in a pose, from one side."""

    def __init__(self, look: Look, pose: Pose, yaw: float, down: float = 5.0) -> None:
        self.look, self.pose = look, pose
        self.bones = Skeleton(look, pose)
        self.m = self.bones.m
        self.view = View(yaw, down)
        self.yaw = (yaw + 180) % 360 - 180
        self.rings = self._rings()
        self.middle = self.view.near(self.rings[3].centre)
        self.arms = [self._limb(limb) for limb in self.bones.arms]
        self.legs = [self._limb(limb) for limb in self.bones.legs]
        self.top = self.view.flat(self.bones.top)
        self.head = self.view.flat(self.bones.head)
        self.sides = self._sides()
        self.back = abs(self.yaw) > 100

    @property
    def chest_yaw(self) -> float:
        """Where the chest faces."""
        return (self.yaw + self.pose.twist + 180) % 360 - 180

    @property
    def head_yaw(self) -> float:
        """Where the face looks: 0 the viewer, 90 his right, 180 away."""
        return (self.yaw + self.pose.twist + self.pose.head + 180) % 360 - 180

    @property
    def head_tilt(self) -> float:
        """The head's turn on the screen, in degrees."""
        up = self.bones._whole((0.0, -1.0, 0.0))
        x, y, _ = self.view.turn(up)
        fallen = math.degrees(math.atan2(x, -y)) if math.hypot(x, y) > 0.4 else 0.0
        lean = self.pose.lean * 0.35 * math.sin(math.radians(self.yaw)) + self.pose.side * 0.5
        return fallen + lean + self.pose.tilt

    def _rings(self) -> list[Ring]:
        b, m = self.bones, self.m
        h = m.height
        places = (
            (b.hips.at(b.pelvis, (0, 0.034 * h, 0)), b.hips),
            (b.hips.at(b.pelvis, (0, -0.018 * h, 0)), b.hips),
            (b.waist_at, b.waist),
            (b.chest.at(b.waist_at, (0, -m.chest * 0.42, 0)), b.chest),
            (b.chest.at(b.waist_at, (0, -m.chest * 0.72, 0)), b.chest),
        )
        rings = [Ring(c, basis, *sizes) for (c, basis), sizes in zip(places, m.rings, strict=True)]
        thick = m.arm_widths[0]
        rings.append(Ring(b.chest.at(b.top, (0, 3.2, 0)), b.chest, m.shoulder + thick * 0.16, 0.036 * h, 0.042 * h))
        rings.append(Ring(b.chest.at(b.top, (0, -1.4, 0.6)), b.chest, thick * 1.12, thick * 0.95, thick * 1.1))
        return rings

    def _limb(self, limb: Limb) -> Flat:
        a, b, c = (self.view.turn(v) for v in (limb.root, limb.joint, limb.end))
        t = self.view.turn(limb.tip)
        return Flat(limb.side, a[:2], b[:2], c[:2], (a[2], b[2], c[2]), t[:2], t[2])

    def _sides(self) -> list[tuple[Point, Point, Point]]:
        """Centre, left and right outline point of every ring."""
        centres = [self.view.flat(r.centre) for r in self.rings]
        out = []
        for i, r in enumerate(self.rings):
            a, b = centres[max(0, i - 1)], centres[min(6, i + 1)]
            tx, ty = b[0] - a[0], b[1] - a[1] - 0.6
            length = math.hypot(tx, ty) or 1.0
            nx, ny = -ty / length, tx / length  # to the viewer's right of a spine that runs upwards
            px, pz = self.view.flat(r.basis.x), self.view.flat(r.basis.z)
            x = (px[0] * nx + px[1] * ny) * r.wide
            z = pz[0] * nx + pz[1] * ny
            right = math.hypot(x, z * (r.front if z > 0 else r.back))
            left = math.hypot(x, z * (r.back if z > 0 else r.front))
            c = centres[i]
            out.append((c, (c[0] - nx * left, c[1] - ny * left), (c[0] + nx * right, c[1] + ny * right)))
        return out

    def edge(self, v: float, side: int, ease: float = 1.0) -> Point:
        """The outline's point at ring ``v`` on the screen's left (-1) or right (1), let out by ``ease``."""
        i = max(0, min(5, int(v)))
        share = v - i
        c = along(self.sides[i][0], self.sides[i + 1][0], share)
        k = 1 if side < 0 else 2
        p = along(self.sides[i][k], self.sides[i + 1][k], share)
        return c[0] + (p[0] - c[0]) * ease, c[1] + (p[1] - c[1]) * ease

    def trunk(self, low: float, high: float, ease: float = 1.0) -> str:
        """The outline of the trunk between two rings."""
        steps = [low, *(i for i in range(7) if low < i < high), high]
        loose = {5: 1.0, 6: 1.0}
        left = [self.edge(v, -1, loose.get(int(v), ease)) for v in steps]
        right = [self.edge(v, 1, loose.get(int(v), ease)) for v in steps]
        return smooth([*left, *reversed(right)], tension=0.82)

    def shadow(self, low: float, high: float, side: int, ease: float = 1.0) -> str:
        """The trunk's part that lies in shadow, on the screen's ``side``."""
        steps = [low, *(i for i in range(6) if low < i < high), min(high, 5.2)]
        outer = [self.edge(v, side, ease * 0.97) for v in steps]
        inner = [self.edge(v, side, (0.42, 0.4, 0.36, 0.5, 0.52, 0.6, 0.6)[int(v)]) for v in steps]
        return smooth([*outer, *reversed(inner)], tension=0.8)

    def _ring(self, v: float) -> Ring:
        i = max(0, min(5, math.floor(v)))
        a, b, t = self.rings[i], self.rings[i + 1], v - i
        c = tuple(p + (q - p) * t for p, q in zip(a.centre, b.centre, strict=True))
        sizes = (p + (q - p) * t for p, q in ((a.wide, b.wide), (a.front, b.front), (a.back, b.back)))
        return Ring(c, a.basis if t < 0.5 else b.basis, *sizes)  # type: ignore[arg-type]

    def facing(self, v: float) -> float:
        """The angle round the trunk that faces the viewer."""
        basis = self._ring(v).basis
        return math.degrees(math.atan2(self.view.near(basis.x), self.view.near(basis.z)))

    def visible(self, spot: Spot) -> bool:
        """Whether a place on the surface is seen."""
        return math.cos(math.radians(spot[0] - self.facing(spot[1]))) > 0.03

    def on(self, spot: Spot, out: float = 1.0) -> Point:
        """A place on the surface; what is on the far side moves to the nearer outline."""
        r, (angle, _) = self._ring(spot[1]), spot
        away = (angle - self.facing(spot[1]) + 180) % 360 - 180
        angle += max(-88.0, min(88.0, away)) - away
        s, c = math.sin(math.radians(angle)), math.cos(math.radians(angle))
        side = add(r.centre, r.basis.x, r.wide * s * out)
        return self.view.flat(add(side, r.basis.z, (r.front if c > 0 else r.back) * c * out))

    def line(self, d: Drawing, spots: Sequence[Spot], colour: str | None, width: float = 0.8, out: float = 1.0) -> None:
        """A line on the surface, as far as it is seen."""
        run: list[Point] = []
        for spot in [*spots, None]:
            if spot is not None and self.visible(spot):
                run.append(self.on(spot, out))
            else:
                if len(run) > 1:
                    d.stroke(smooth(run, close=False), colour, width)
                run = []

    def patch(
        self,
        d: Drawing,
        spots: Sequence[Spot],
        fill: str,
        width: float = 0.8,
        *,
        round_: bool = False,
        out: float = 1.0,
    ) -> None:
        """A piece on the surface, if any of it is seen."""
        if not any(self.visible(spot) for spot in spots):
            return
        points = [self.on(spot, out) for spot in spots]
        d.shape(smooth(points) if round_ else corners(points), fill, width=width)

    def dot(self, d: Drawing, spot: Spot, r: float, fill: str, width: float = 0.5, out: float = 1.03) -> None:
        """A round thing on the surface."""
        if self.visible(spot):
            x, y = self.on(spot, out)
            d.oval(x, y, r, fill=fill, line=d.ink, width=width)

    # -- cloth round the legs

    def leg_at(self, leg: Flat, t: float) -> Point:
        """The point of a leg at ``t``: 0 hip, 1 knee, 2 ankle."""
        return along(leg.root, leg.joint, t) if t <= 1 else along(leg.joint, leg.end, t - 1)

    def hem(self, t: float, flare: float) -> tuple[Point, float]:
        """Middle and half width of a hem at ``t`` of the legs."""
        a, b = (self.leg_at(leg, t) for leg in self.legs)
        own = self.m.leg_widths[0] * (1.0 - 0.16 * t) * flare
        side = abs(math.sin(math.radians(self.yaw)))
        return along(a, b, 0.5), abs(a[0] - b[0]) / 2 + own * (1.18 - 0.1 * side)

    def drape(self, top: float, t: float, flare: float, ease: float = 1.05) -> list[Point]:
        """The outline of cloth that falls from ring ``top`` round the legs to ``t`` of their length."""
        points: list[Point] = []
        for v in {top, 1.0, 0.4}:
            if v <= top:
                points += [self.edge(v, -1, ease), self.edge(v, 1, ease)]
        w0, w1 = self.m.leg_widths[0] * ease, self.m.leg_widths[1] * max(ease, flare * 0.9)
        for leg in self.legs:
            for share in (0.25, 0.5, 0.75, 1.0):
                at = share * t
                w = (w0 + (w1 - w0) * min(1.0, at)) * (1 + (flare - 1) * share * 0.7)
                x, y = self.leg_at(leg, at)
                points += ring(x, y, w, w * (0.2 if share == 1.0 else 0.7), 8)
        (x, y), w = self.hem(t, flare)
        low = max(self.leg_at(leg, t)[1] for leg in self.legs)
        standing = low > self.sides[0][0][1] + 14 and all(leg.joint[1] > leg.root[1] + 10 for leg in self.legs)
        if standing:
            points += ring(x, (y + low) / 2, w, w * 0.17, 14)
        return turned(hull(points))

    def neck(self) -> str:
        """The neck's outline."""
        wide = self.m.arm_widths[0] * (0.9 if self.look.gender == "female" else 1.06)
        a, b = self.top, self.head
        low = (a[0] + (a[0] - b[0]) * 0.25, a[1] + (a[1] - b[1]) * 0.25)
        dx, dy = a[0] - b[0], a[1] - b[1]
        length = math.hypot(dx, dy) or 1.0
        nx, ny = -dy / length, dx / length
        return corners(
            [(b[0] + nx * wide, b[1] + ny * wide), (low[0] + nx * wide * 1.15, low[1] + ny * wide * 1.15),
             (low[0] - nx * wide * 1.15, low[1] - ny * wide * 1.15), (b[0] - nx * wide, b[1] - ny * wide)]
        )  # fmt: skip
