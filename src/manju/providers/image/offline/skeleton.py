"""A body's joints in space: a pose's angles on a look's measures, seen from any side.

Body axes, in centimetres: x to the side (the figure's own left, which is the viewer's right when it faces him), y down,
z forward. A limb's direction is two angles: how far it is raised from hanging (0 down, 90 level, 180 up), and where to
(0 outwards to its own side, 90 forward, 180 across the body, -90 backward).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from manju.providers.image.offline.look import Look
from manju.providers.image.offline.pose import Bone, Pose
from manju.providers.image.offline.svg import Point

Vector = tuple[float, float, float]


def add(a: Vector, b: Vector, k: float = 1.0) -> Vector:
    """``a + k * b``."""
    return a[0] + k * b[0], a[1] + k * b[1], a[2] + k * b[2]


def turn_x(v: Vector, degrees: float) -> Vector:
    """Forward bend: what points up leans to the front."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return v[0], v[1] * c + v[2] * s, v[2] * c - v[1] * s


def turn_z(v: Vector, degrees: float) -> Vector:
    """Sideward bend: what points up leans to +x."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return v[0] * c - v[1] * s, v[1] * c + v[0] * s, v[2]


def turn_y(v: Vector, degrees: float) -> Vector:
    """Twist: what points forward turns to +x."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return v[0] * c + v[2] * s, v[1], v[2] * c - v[0] * s


TOUCH: dict[str, Vector] = {
    "mouth": (4.0, 13.0, 12.0), "chin": (2.0, 14.5, 11.0), "brow": (4.0, -3.0, 12.0), "eyes": (5.0, 3.5, 13.0),
    "cheek": (8.5, 8.0, 11.0), "ear": (12.5, 2.0, 3.0), "hair": (11.0, -8.0, 3.0), "temple": (14.0, -3.0, 8.0),
    "sip": (1.0, 13.0, 17.0), "lens": (4.0, 4.0, 22.0),
}  # fmt: skip
"""Places on a head that hands reach for: outwards to the hand's side, down and forward, in the head's units."""


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _length(v: Vector) -> float:
    return math.sqrt(_dot(v, v)) or 1.0


def _unit(v: Vector) -> Vector:
    k = _length(v)
    return v[0] / k, v[1] / k, v[2] / k


@dataclass(frozen=True, slots=True)
class Measures:
    """Lengths of a body in cm; widths are half widths."""

    height: float
    head: float
    """Scale of the head's drawing."""
    thigh: float
    shin: float
    ankle: float
    waist: float
    """From hips to waist, and from there to the shoulders: `chest`."""
    chest: float
    neck: float
    upper_arm: float
    forearm: float
    shoulder: float
    hip: float
    rings: tuple[tuple[float, float, float], ...]
    """Half width, depth in front and behind of seat, hips, waist, chest, armpits."""
    arm_widths: tuple[float, float, float]
    leg_widths: tuple[float, float, float]


def _times(widths: tuple[float, float, float], k: float) -> tuple[float, float, float]:
    return widths[0] * k, widths[1] * k, widths[2] * k


def measure(look: Look) -> Measures:
    """The measures of a look."""
    if look.species != "human":
        return _small(look)
    h, g, child = look.height, look.girth, look.age == "child"
    female = look.gender == "female" and not child
    male = look.gender == "male" and not child
    head = 0.99 if child else 1.0 if female else 1.015
    legs = 0.475 if child else 0.525 if female else 0.52
    chin = h - 27.2 * head
    top = chin - (1.8 if child else 3.6)  # where the neck leaves the shoulders
    hips = legs * h
    plump = 1.0
    if look.chibi:
        head, legs, plump = 0.0122 * h, 0.37, 1.32
        chin = h - 27.2 * head
        top, hips = chin - 1.0, legs * h
    wide = plump * 0.078 if look.chibi or child else 0.077 if female else 0.1 if male else 0.087
    stout = max(0.0, g - 1.0)
    return Measures(
        height=h, head=head, thigh=(legs - 0.04) * h * 0.5, shin=(legs - 0.04) * h * 0.5, ankle=0.04 * h,
        waist=(top - hips) * 0.34, chest=(top - hips) * 0.66, neck=chin - top + 2.7,
        upper_arm=0.168 * h, forearm=0.142 * h,
        shoulder=wide * h * (1 + stout * 0.5), hip=0.047 * plump * h * (0.5 + g * 0.5),
        rings=tuple(
            (w * plump * h * (1 + (g - 1) * k), f * plump * h * (1 + stout * b), r * plump * h * (1 + stout * 0.6))
            for w, f, r, k, b in (
                (0.086, 0.050, 0.062, 1.0, 0.8),
                (0.092 if female else 0.088, 0.050, 0.064 if female else 0.058, 1.1, 1.2),
                (0.066 if female else 0.079, 0.044, 0.042, 1.9, 2.6),
                (0.080 if female else 0.092, 0.066 if female else 0.056, 0.050, 1.2, 1.4),
                (0.080 if female else 0.094, 0.050, 0.054, 1.0, 1.0),
            )
        ),
        arm_widths=_times((4.2, 3.4, 2.5) if female or child else (5.1, 4.1, 3.0), plump * h / 170 * (0.55 + g * 0.45)),
        leg_widths=_times((8.2, 5.4, 3.6) if female else (8.4, 5.9, 4.2), plump * h / 170 * (0.5 + g * 0.5)),
    )  # fmt: skip


def _small(look: Look) -> Measures:
    """A robot or an upright animal: a large head on a short, round body."""
    h = look.height
    hips, head = 0.29 * h, 0.0118 * h
    top = h - 26.5 * head
    return Measures(
        height=h, head=head, thigh=0.12 * h, shin=0.12 * h, ankle=0.05 * h, waist=(top - hips) * 0.4,
        chest=(top - hips) * 0.6,
        neck=0.6 * head, upper_arm=0.14 * h, forearm=0.13 * h, shoulder=0.105 * h, hip=0.06 * h,
        rings=tuple(
            (w * h, f * h, r * h)
            for w, f, r in (
                (0.125, 0.09, 0.1), (0.138, 0.1, 0.1), (0.138, 0.108, 0.09), (0.125, 0.095, 0.085), (0.112, 0.08, 0.08),
            )
        ),
        arm_widths=(0.05 * h, 0.043 * h, 0.036 * h), leg_widths=(0.075 * h, 0.062 * h, 0.055 * h),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Basis:
    """The axes of a part of the body."""

    x: Vector
    y: Vector
    z: Vector

    def at(self, origin: Vector, v: Vector) -> Vector:
        """``v`` in these axes, from ``origin``."""
        return add(add(add(origin, self.x, v[0]), self.y, v[1]), self.z, v[2])


@dataclass(frozen=True, slots=True)
class Limb:
    """Root, middle joint and end, and which side of the body it is on."""

    side: int
    root: Vector
    joint: Vector
    end: Vector
    tip: Vector
    """Where the toes or the knuckles point to (from `end`)."""


class Skeleton:
    """The joints of a look in a pose; the origin is on the ground below the hips."""

    def __init__(self, look: Look, pose: Pose) -> None:
        self.m = m = measure(look)
        self.pose = pose
        stoop = 9.0 if look.age == "elder" else 0.0
        lean, side, twist = pose.lean + stoop, pose.side, pose.twist
        self.hips = self._basis(0, pose.hips, 0)
        self.waist = self._basis(lean * 0.5, side * 0.5 + pose.hips * 0.3, twist * 0.5)
        self.chest = self._basis(lean, side - pose.hips * 0.5, twist)
        pelvis: Vector = (0.0, 0.0, 0.0)
        waist = self.waist.at(pelvis, (0, -m.waist, 0))
        top = self.chest.at(waist, (0, -m.chest, 0))
        legs = [self._leg(s, pelvis, bones) for s, bones in ((-1, pose.leg_l), (1, pose.leg_r))]
        neck = self._whole(
            turn_z(turn_x((0.0, -1.0, 0.0), lean * 0.75 + (6 if stoop else 3)), (side - pose.hips * 0.5) * 0.7)
        )
        head = add(top, neck, m.neck + 10.6 * m.head)
        arms = [
            self._touching(self._arm(s, top, bones), head, TOUCH[touch]) if touch else self._arm(s, top, bones)
            for s, bones, touch in ((-1, pose.arm_l, pose.touch_l), (1, pose.arm_r, pose.touch_r))
        ]
        ground = self._lowest(pelvis, arms, legs, head)
        self.drop: Vector = (0.0, -ground - pose.lift, 0.0)
        move = self.drop
        self.pelvis, self.waist_at, self.top, self.head = (add(v, move) for v in (pelvis, waist, top, head))
        self.arms = [self._moved(limb, move) for limb in arms]
        self.legs = [self._moved(limb, move) for limb in legs]

    def _whole(self, v: Vector) -> Vector:
        return turn_z(turn_x(v, self.pose.pitch), self.pose.roll)

    def _basis(self, lean: float, side: float, twist: float) -> Basis:
        axes = [
            self._whole(turn_z(turn_x(turn_y(v, twist), lean), side))
            for v in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
        ]
        return Basis(*axes)

    def _way(self, side: int, bone: Bone, twist: float) -> Vector:
        raised, to = math.radians(bone[0]), math.radians(bone[1])
        v = (side * math.sin(raised) * math.cos(to), math.cos(raised), math.sin(raised) * math.sin(to))
        return self._whole(turn_y(v, twist))

    def _arm(self, side: int, top: Vector, bones: tuple[Bone, Bone]) -> Limb:
        m = self.m
        raise_ = max(0.0, bones[0][0] - 80) / 100
        root = self.chest.at(top, (side * (m.shoulder - 1.4 * raise_), 6.0 - 4.6 * raise_, 0.4))
        twist = self.pose.twist
        way = self._way(side, bones[0], twist)
        elbow = add(root, way, m.upper_arm)
        tip = self._way(side, bones[1], twist)
        return Limb(side, root, elbow, add(elbow, tip, m.forearm), tip)

    def _touching(self, arm: Limb, head: Vector, place: Vector) -> Limb:
        """``arm`` bent so that its palm comes to a place on the head; its elbow keeps to the side where it was."""
        m, s = self.m, arm.side
        on = turn_y((place[0] * s * m.head, place[1] * m.head, place[2] * m.head), self.pose.twist + self.pose.head)
        goal = add(head, self._whole(on))
        way = add(goal, arm.root, -1)
        a, b = m.upper_arm, m.forearm + 7.0 * m.head
        far = max(abs(a - b) + 1.0, min(a + b - 0.5, _length(way)))
        u = _unit(way)
        bent = (a * a + far * far - b * b) / (2 * a * far)
        pole = add(arm.joint, arm.root, -1)
        side = _unit(add(pole, u, -_dot(pole, u)))
        elbow = add(add(arm.root, u, a * bent), side, a * math.sqrt(max(0.0, 1 - bent * bent)))
        tip = _unit(add(add(arm.root, u, far), elbow, -1))
        return Limb(s, arm.root, elbow, add(elbow, tip, m.forearm), tip)

    def _leg(self, side: int, pelvis: Vector, bones: tuple[Bone, Bone]) -> Limb:
        m = self.m
        root = self.hips.at(pelvis, (side * m.hip, 1.5, 0))
        knee = add(root, self._way(side, bones[0], 0), m.thigh)
        shin = self._way(side, bones[1], 0)
        ankle = add(knee, shin, m.shin)
        out = 0.34 if bones[0][0] < 70 else 0.12
        forward = self._whole((side * out, 0.0, 1.0))
        dot = sum(a * b for a, b in zip(forward, shin, strict=True))
        toe = add(forward, shin, -dot * 0.9)  # square to the shin
        length = math.sqrt(sum(v * v for v in toe)) or 1.0
        return Limb(side, root, knee, ankle, (toe[0] / length, toe[1] / length, toe[2] / length))

    def _lowest(self, pelvis: Vector, arms: list[Limb], legs: list[Limb], head: Vector) -> float:
        m = self.m
        low = pelvis[1] + m.rings[0][0] * 0.75
        for leg in legs:
            low = max(low, leg.end[1] + m.ankle, leg.end[1] + leg.tip[1] * 13 + 2.5, leg.joint[1] + m.leg_widths[1])
        for arm in arms:
            low = max(low, arm.end[1] + 3.0, arm.joint[1] + 3.0)
        return max(low, head[1] + 11.0)

    @staticmethod
    def _moved(limb: Limb, by: Vector) -> Limb:
        return Limb(limb.side, add(limb.root, by), add(limb.joint, by), add(limb.end, by), limb.tip)


@dataclass(frozen=True, slots=True)
class View:
    """From where a body is seen: its turn (0 faces the viewer, 90 looks to the viewer's right, 180 shows the back) and
    the camera's look downwards, in degrees."""

    yaw: float
    down: float = 5.0

    def turn(self, v: Vector) -> Vector:
        """``v`` on the screen: x, y, and how near it is."""
        c, s = math.cos(math.radians(self.yaw)), math.sin(math.radians(self.yaw))
        x, near = v[0] * c + v[2] * s, v[2] * c - v[0] * s
        p, q = math.cos(math.radians(self.down)), math.sin(math.radians(self.down))
        return x, v[1] * p + near * q, near * p - v[1] * q

    def flat(self, v: Vector) -> Point:
        """``v`` on the screen."""
        x, y, _ = self.turn(v)
        return x, y

    def near(self, v: Vector) -> float:
        """How near the viewer ``v`` is."""
        return self.turn(v)[2]
