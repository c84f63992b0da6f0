"""Poses: where arms and legs point. Angles in degrees from straight down, positive away from the body's middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from manju.providers.image.offline.words import chance, choose

Limb = tuple[float, float]
"""Angles of the upper and the lower part."""


@dataclass(frozen=True, slots=True)
class Pose:
    """``left`` and ``right`` are the viewer's. ``over``: arms that pass in front of the head. ``lean`` in degrees."""

    left_arm: Limb = (9, 4)
    right_arm: Limb = (9, 4)
    left_leg: Limb = (3, 1)
    right_leg: Limb = (3, 1)
    lean: float = 0.0
    over: bool = False
    seated: bool = False
    view: Literal["front", "side", "back"] = "front"
    turn: float = 0.0
    hand: int = 0
    """Which hand holds things: -1 left, 1 right, 0 neither is free."""
    near: float = 1.0
    """Share of the upper arms' length that is seen: less where the elbows come towards the viewer."""


POSES: dict[str, Pose] = {
    "stand": Pose(hand=1, right_arm=(12, -6)),
    "relaxed": Pose(left_arm=(36, -42), right_arm=(10, 2), left_leg=(5, 2), hand=1),
    "walk": Pose((26, 40), (-22, 12), (22, 8), (-20, -34), 4, view="side", hand=1),
    "run": Pose((48, 120), (-52, 34), (50, -14), (-34, -86), 13, view="side", hand=1),
    "sit": Pose((12, -36), (12, -36), (3, 1), (3, 1), seated=True, hand=1, near=0.9),
    "type": Pose((20, -72), (20, -72), (3, 1), (3, 1), seated=True, near=0.85),
    "wave": Pose((10, 4), (62, 160), over=True, hand=-1, lean=-2),
    "point": Pose((34, -44), (82, 94), turn=0.4, hand=-1),
    "think": Pose((20, -84), (16, -148), over=True, turn=0.3, near=0.62),
    "cheer": Pose((140, 168), (140, 168), (10, 2), (10, 2), over=True, hand=1),
    "crossed": Pose((16, -98), (16, -92), near=0.85),
    "hips": Pose((40, -46), (40, -46), (8, 2), (8, 2)),
    "fight": Pose((40, -120), (70, 120), (26, 4), (20, -6), lean=5, over=True, hand=1, turn=0.4),
    "reach": Pose((10, 2), (58, 84), lean=4, turn=0.45, hand=1),
    "hold": Pose((10, 4), (16, -112), hand=1, near=0.9),
    "shrug": Pose((24, 84), (24, 84), hand=1),
    "look_up": Pose((9, 3), (9, 3), lean=-3, turn=0.25, hand=1),
}
_IDLE = ("stand", "relaxed", "stand", "crossed", "hips", "shrug")
_MIRRORED = frozenset({"wave", "point", "reach", "think", "relaxed"})


def pick_pose(action: str | None, held: bool, *key: object) -> str:
    """Name of the pose for an action word; without one, an idle pose by ``key``."""
    if action is not None:
        return "hold" if held and action in ("stand", "relaxed", "crossed") else action
    return "hold" if held else choose(_IDLE, "pose", *key)


def vary(pose: Pose, name: str, *key: object) -> Pose:
    """``pose`` with a few degrees and a turn of the head of its own; some poses may be mirrored."""

    def sway(limb: Limb, which: str, by: float = 4.0) -> Limb:
        return tuple(a + (chance(which, i, *key) - 0.5) * 2 * by for i, a in enumerate(limb))  # type: ignore[return-value]

    mirrored = name in _MIRRORED and chance("mirror", *key) < 0.5
    left, right = (pose.right_arm, pose.left_arm) if mirrored else (pose.left_arm, pose.right_arm)
    turn = pose.turn * (-1 if mirrored else 1) or (chance("turn", *key) - 0.5) * 1.1
    return Pose(
        sway(left, "la"), sway(right, "ra"), sway(pose.left_leg, "ll", 1.5), sway(pose.right_leg, "rl", 1.5),
        -pose.lean if mirrored else pose.lean, pose.over, pose.seated, pose.view, turn,
        -pose.hand if mirrored else pose.hand, pose.near,
    )  # fmt: skip
