"""Postures (``postures.toml``): the angles of a body's bones, and the words that call for them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files

from manju.providers.image.offline.words import Vocabulary, chance, choose

Bone = tuple[float, float]
"""How far a bone is raised from hanging, and where to: see `skeleton`. Degrees."""
Bones = tuple[Bone, Bone]


def _bones(text: str) -> Bones:
    """``"20,90 10,-90"``: upper and lower bone."""
    upper, lower = (tuple(float(v) for v in part.split(",")) for part in text.split())
    return (upper[0], upper[1]), (lower[0], lower[1])


@dataclass(frozen=True, slots=True)
class Pose:
    """A posture. ``_l`` is the viewer's left when the figure faces him. Angles in degrees: ``lean`` bends the spine
    forward, ``side`` to the viewer's right, ``twist`` turns the chest on the hips, ``hips`` tilts them; ``pitch`` and
    ``roll`` turn the whole body; ``yaw`` is where it faces (0 the viewer, 90 his right)."""

    arm_l: Bones
    arm_r: Bones
    leg_l: Bones
    leg_r: Bones
    lean: float = 0.0
    side: float = 0.0
    twist: float = 0.0
    hips: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    lift: float = 0.0
    """How far above the ground, in cm."""
    yaw: float = 18.0
    head: float = 0.0
    """The head's turn on the chest."""
    nod: float = 0.0
    """The head's bow; below 0 it looks up."""
    tilt: float = 0.0
    hand_l: str = "open"
    hand_r: str = "open"
    """``open``, ``fist``, ``point``, ``palm`` (fingers spread), ``flat``, ``grip`` or ``none`` (in a pocket)."""
    touch_l: str = ""
    """What the hand reaches for on the own head (a key of `skeleton.TOUCH`); then the bones only say which way the
    elbow points."""
    touch_r: str = ""
    hold: int = 1
    """Which hand may hold something: -1, 1, or 0 for none."""
    seated: bool = False
    """Whether it needs a seat under it."""
    gaze: tuple[float, float] = (0.0, 0.0)
    """Where the eyes look: right and down, -1..1."""

    def mirrored(self) -> Pose:
        """The same posture the other way round."""
        return replace(
            self, arm_l=self.arm_r, arm_r=self.arm_l, leg_l=self.leg_r, leg_r=self.leg_l, side=-self.side,
            twist=-self.twist, hips=-self.hips, roll=-self.roll, yaw=-self.yaw, head=-self.head, tilt=-self.tilt,
            hand_l=self.hand_r, hand_r=self.hand_l,
            touch_l=self.touch_r, touch_r=self.touch_l, hold=-self.hold, gaze=(-self.gaze[0], self.gaze[1]),
        )  # fmt: skip


def _read() -> tuple[dict[str, Pose], dict[str, str]]:
    """Poses by name, and names by the words that call for them."""
    data = tomllib.loads(files(__package__).joinpath("postures.toml").read_text("utf-8"))
    poses: dict[str, Pose] = {}
    words: dict[str, str] = {}
    for name, entry in data["pose"].items():
        words |= dict.fromkeys(filter(None, entry.pop("words", "").split(",")), name)
        legs = entry.pop("legs")
        left, right = data["legs"][legs] if isinstance(legs, str) else legs
        poses[name] = Pose(
            _bones(entry.pop("left")), _bones(entry.pop("right")), _bones(left), _bones(right),
            gaze=tuple(entry.pop("gaze", (0.0, 0.0))), **entry,
        )  # fmt: skip
    return poses, words


POSES, _WORDS = _read()
UPRIGHT = POSES.pop("upright")
"""How a figure stands on its turnaround."""
ACTIONS: Vocabulary[str] = Vocabulary(_WORDS)
PAIRED = {
    "hug": 0.34, "fight": 1.0, "punch": 1.0, "kick": 1.2, "give": 1.0, "receive": 1.0, "handshake": 0.95, "accuse": 1.1,
    "point_at": 1.0,
    "whisper": 0.5, "hold_hands": 0.62, "shoulder": 0.55, "push": 0.95, "pull": 1.05, "chase": 1.7, "strike": 1.3,
    "toast": 0.95,
}  # fmt: skip
"""Poses that two figures take together, and how far they stand apart in metres."""
ANSWERS = {
    "give": "receive", "receive": "give", "punch": "block", "kick": "block", "strike": "block", "chase": "run",
    "accuse": "clasped", "point_at": "stand", "whisper": "stand", "shoulder": "stand", "push": "block", "pull": "stand",
}  # fmt: skip
"""What the other does; else the same."""
_IDLE = ("stand", "relaxed", "stand", "crossed", "pockets", "behind_back", "clasped", "hips")


def pick_pose(action: str | None, held: bool, *key: object) -> str:
    """Name of the pose for an action; without one, an idle pose by ``key``."""
    if action is not None:
        return "hold" if held and action in ("stand", "relaxed", "crossed") else action
    return "hold" if held else choose(_IDLE, "pose", *key)


def vary(pose: Pose, *key: object) -> Pose:
    """``pose`` with a few degrees of its own."""

    def sway(bones: Bones, which: str, by: float) -> Bones:
        return tuple((raised + (chance(which, i, *key) - 0.5) * 2 * by, to) for i, (raised, to) in enumerate(bones))  # type: ignore[return-value]

    return replace(
        pose, arm_l=sway(pose.arm_l, "al", 3.0), arm_r=sway(pose.arm_r, "ar", 3.0), leg_l=sway(pose.leg_l, "ll", 1.0),
        leg_r=sway(pose.leg_r, "lr", 1.0), tilt=pose.tilt + (chance("tilt", *key) - 0.5) * 6,
    )  # fmt: skip
