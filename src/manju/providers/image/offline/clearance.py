"""Arms that keep clear of another figure's face: pointing, reaching and waving beside somebody."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from manju.providers.image.offline.body import head_place, on_four_feet
from manju.providers.image.offline.cast import Player
from manju.providers.image.offline.form import Form
from manju.providers.image.offline.hands import hand_tilt
from manju.providers.image.offline.lens import Spot
from manju.providers.image.offline.pose import PAIRED, Bones, Pose
from manju.providers.image.offline.skeleton import measure
from manju.providers.image.offline.svg import Point

Capsule = tuple[Point, Point, float]
"""A thick line: its ends and half its width."""
Circle = tuple[Point, float]
"""Middle and radius."""
_FACE = 12.0
"""A face's radius in the head's units."""
_HAND = 14.5
"""From the wrist to the fingertips, in cm."""
OUTWARD = frozenset(("point", "throw", "bow_shot"))
"""What is done into the distance: the whole figure turns to the other side before its arm is bent."""
_BENT = ((0.8, 0.95), (0.6, 0.9), (0.45, 0.85), (0.3, 0.7), (0.2, 0.5), (0.1, 0.25))
"""How far upper arm and forearm stay raised, from a slightly bent elbow to a hanging arm."""

_UPWARD: tuple[Bones, ...] = (
    ((24.0, 40.0), (146.0, 36.0)),
    ((16.0, 40.0), (166.0, 20.0)),
    ((14.0, 60.0), (172.0, 90.0)),
)
"""An arm whose hand points up and away with a bent elbow, so that it stays in a narrow picture."""


def face(player: Player, at: Spot, down: float, *, trunk: bool = False) -> list[Circle]:
    """What must stay free of a figure: its face, and its ``trunk`` too where another only shows the way past it."""
    k = at.scale / 100
    if on_four_feet(player.look):
        x, y = head_place(player.look, player.pose, player.action)
        form = None
    else:
        form = Form(player.look, player.pose, player.pose.yaw, down)
        x, y = form.head
    out = [((at.x + x * k, at.y + y * k), _FACE * measure(player.look).head * k)]
    if trunk and form is not None:
        rings = [(form.sides[i][0], form.rings[i].wide) for i in (2, 4)]
        out += [((at.x + x * k, at.y + y * k), wide * k) for (x, y), wide in rings]
    return out


def arms(player: Player, at: Spot, down: float) -> dict[int, list[Capsule]]:
    """Upper arm, forearm and hand of each side (-1, 1) in the picture."""
    if on_four_feet(player.look):
        return {}
    form, k = Form(player.look, player.pose, player.pose.yaw, down), at.scale / 100
    out: dict[int, list[Capsule]] = {}
    for arm in form.arms:
        turn, reach = math.radians(hand_tilt(arm) + 90), _HAND * form.m.arm_widths[2] / 2.75
        tips = (arm.end[0] + math.cos(turn) * reach, arm.end[1] + math.sin(turn) * reach)
        ends = [(at.x + x * k, at.y + y * k) for x, y in (arm.root, arm.joint, arm.end, tips)]
        widths = (form.m.arm_widths[1] * k, form.m.arm_widths[2] * 1.2 * k, form.m.arm_widths[2] * 1.2 * k)
        out[arm.side] = [(ends[i], ends[i + 1], widths[i]) for i in range(3)]
    return out


def crossing(player: Player, at: Spot, faces: Sequence[Circle], down: float) -> set[int]:
    """The sides (-1, 1) of ``player``'s arms that lie over one of ``faces``."""
    return {
        side
        for side, capsules in arms(player, at, down).items()
        if any(_gap(middle, a, b) < radius + wide for a, b, wide in capsules for middle, radius in faces)
    }


def shown(player: Player, at: Spot, down: float, width: int) -> bool:
    """Whether both hands are inside a picture of this ``width``, as far as its sides and its top go."""
    tips = [capsules[-1][1] for capsules in arms(player, at, down).values()]
    return all(0.0 < x < width and y > 0.0 for x, y in tips)


def _gap(p: Point, a: Point, b: Point) -> float:
    """How far ``p`` is from the line between ``a`` and ``b``."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy or 1.0)
    t = max(0.0, min(1.0, t))
    return math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy)


def ways(player: Player, sides: set[int]) -> Iterator[Pose]:
    """Postures that say the same as the player's with the arms of ``sides`` elsewhere, the best first."""
    pose = player.pose
    if player.action in OUTWARD:
        away = pose.mirrored()
        yield away
        for up in _UPWARD:
            yield _with(away, {-side for side in sides}, up, up)
    for upper, fore in _BENT[:3]:
        yield _bent(pose, sides, upper, fore)
    if player.action not in PAIRED:
        yield replace(pose.mirrored(), yaw=pose.yaw * 0.5, head=pose.head)
        yield _raised(pose, sides)
    for upper, fore in _BENT[3:]:
        yield _bent(pose, sides, upper, fore)
    yield _bent(replace(pose, touch_l="", touch_r=""), sides, 0.1, 0.2)
    if player.action not in PAIRED:
        yield pose.mirrored()


def _bent(pose: Pose, sides: set[int], upper: float, fore: float) -> Pose:
    def bend(bones: Bones) -> Bones:
        (a, to), (b, way) = bones
        return (a * upper, to), (min(b, 90.0) * fore if fore < 0.85 else b * fore, way)

    return _with(pose, sides, bend(pose.arm_l), bend(pose.arm_r))


def _raised(pose: Pose, sides: set[int]) -> Pose:
    up: Bones = ((158.0, 20.0), (172.0, 20.0))
    return _with(pose, sides, up, up)


def _with(pose: Pose, sides: set[int], left: Bones, right: Bones) -> Pose:
    return replace(
        pose, arm_l=left if -1 in sides else pose.arm_l, arm_r=right if 1 in sides else pose.arm_r,
    )  # fmt: skip
