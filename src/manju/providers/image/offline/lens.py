"""Shot size, camera angle and who is there become a camera in the set, and where each figure stands in the picture.

The set is measured in metres: X to the right, Y up, Z away from the place where the first camera stands; the figures
act round its origin. Faces stay below three tenths of the frame's height and above its lower fifth: above is room for
text (the renderer's `HEADROOM`), below for subtitles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Place = tuple[float, float, float]
Point = tuple[float, float]

_BODY = {"extreme_wide": 0.21, "wide": 0.40, "full": 0.60, "medium": 1.18, "close": 2.0, "extreme_close": 3.0}
"""Height of a 1.70 m figure as a share of the frame's height."""
EYES = {"medium": 0.38, "close": 0.41, "extreme_close": 0.44}
"""Where the eyes lie; sizes without an entry put the feet at `_FEET`."""
_FEET = {"full": 0.88, "wide": 0.84, "extreme_wide": 0.82}
_LENS = {"extreme_wide": 0.62, "wide": 0.74, "full": 0.92, "medium": 1.25, "close": 1.75, "extreme_close": 2.3}
_PITCH = {"low": -13.0, "high": 25.0, "top": 52.0, "dutch": -3.0, "over_shoulder": 2.0}
"""Degrees that the camera looks down."""
_HIGH = {"low": (0.25, 0.75), "high": (2.1, 7.0), "top": (3.2, 12.0), "dutch": (0.9, 1.3), "over_shoulder": (1.5, 1.6)}
"""The camera's height in metres, least and most."""
_EYE_HIGH = {"extreme_wide": 2.6, "wide": 1.75, "full": 1.25, "medium": 1.4, "close": 1.5, "extreme_close": 1.52}
EYE = 1.56
"""Height of a grown figure's eyes in metres."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A figure's place in the picture: x and y of its feet in pixels, and pixels a metre."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera is (metres), whither it looks (radians; pitch is downwards) and what its lens does: ``focal``
    is pixels a metre at one metre, (``cx``, ``cy``) the point of the picture that its axis goes through."""

    x: float
    y: float
    z: float
    yaw: float
    pitch: float
    focal: float
    cx: float
    cy: float
    roll: float = 0.0
    """Degrees."""
    distance: float = 2.0
    """Metres to the figures."""

    def view(self, p: Place) -> Place:
        """A place as the camera has it: to the right, upwards, away."""
        x, y, z = p[0] - self.x, p[1] - self.y, p[2] - self.z
        sy, cy = math.sin(self.yaw), math.cos(self.yaw)
        sp, cp = math.sin(self.pitch), math.cos(self.pitch)
        ahead = x * sy + z * cy
        return x * cy - z * sy, ahead * sp + y * cp, ahead * cp - y * sp

    def project(self, v: Place) -> Point:
        """A place as the camera has it, in pixels; its distance must be positive."""
        k = self.focal / v[2]
        return self.cx + v[0] * k, self.cy - v[1] * k

    def at(self, x: float, y: float, z: float) -> Point:
        """A place in pixels."""
        right, up, away = self.view((x, y, z))
        return self.project((right, up, max(away, 0.05)))

    def ground(self, right: float, away: float) -> tuple[float, float]:
        """X and z of a place that is ``right`` and ``away`` of the origin as the camera looks."""
        sy, cy = math.sin(self.yaw), math.cos(self.yaw)
        return right * cy + away * sy, away * cy - right * sy

    @property
    def horizon(self) -> float:
        """y of the horizon in pixels."""
        return self.cy - self.focal * math.tan(self.pitch)

    @property
    def tilt(self) -> float:
        """How far downwards figures are looked at, in degrees: a little always, but never so far that faces go."""
        down = max(-13.0, min(48.0, math.degrees(self.pitch)))
        return down if down > 4 else down + 4

    @property
    def squash(self) -> float:
        """How much shorter an upright thing looks from above or below."""
        return max(0.66, math.cos(self.pitch))


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a figure stands: metres to the right of the scene's middle and behind it, as the camera looks."""

    right: float = 0.0
    behind: float = 0.0


def frame(
    width: int,
    height: int,
    size: str,
    angle: str,
    marks: tuple[Mark, ...],
    *,
    at: float,
    yaw: float,
    eye: float = EYE,
    grow: float = 1.0,
    reach: float = 0.8,
) -> Camera:
    """The camera for a frame: the middle of the ``marks`` comes to ``at`` of its width. ``yaw`` is in degrees, ``eye``
    the height in metres of the eyes that are framed, ``grow`` how much larger than a grown person
    figures are shown, ``reach`` what they take beyond their marks where they are seen whole (metres)."""
    size = size if size in _BODY else "medium"
    scale = _scale(width, height, size, marks, reach) * grow
    focal = _LENS[size] * (0.55 * height + 0.35 * width)
    pitch = _PITCH.get(angle, 5.0 if size == "extreme_wide" else 2.0 if size == "wide" else 0.0)
    if size == "extreme_wide" and angle in ("low", "high"):
        pitch *= 0.6
    tilt, depth = math.radians(pitch), focal / scale
    squash = math.cos(tilt)
    wanted = EYES[size] * height if size in EYES else _FEET[size] * height - eye * scale * squash
    if angle == "low" and size not in EYES:
        wanted += 0.05 * height
    low, high = _HIGH.get(angle, (_EYE_HIGH[size], _EYE_HIGH[size]))
    low, high = (v * min(1.0, eye / EYE) for v in (low, high)) if size in EYES and angle != "high" else (low, high)
    natural = eye - squash * (0.5 * height - wanted) / scale + math.sin(tilt) * depth
    up = (eye + math.sin(tilt) * depth - min(high, max(low, natural))) / squash
    turn = math.radians(yaw)
    right = (at - 0.5) * width / scale
    ahead = depth * squash + up * math.sin(tilt)
    x, z = -right * math.cos(turn) - ahead * math.sin(turn), right * math.sin(turn) - ahead * math.cos(turn)
    return Camera(
        x, eye - squash * up + math.sin(tilt) * depth, z, turn, tilt, focal, width / 2, wanted + up * scale,
        roll=6.0 if angle == "dutch" else 0.0, distance=depth,
    )  # fmt: skip


def _scale(width: int, height: int, size: str, marks: tuple[Mark, ...], reach: float) -> float:
    """Pixels a metre where the figures stand."""
    body = _BODY[size] * height
    if size in ("close", "extreme_close"):
        body = min(body, width * (3.2 if size == "close" else 4.6))
    scale = body / 1.7
    if len(marks) > 1:
        broad = max(m.right for m in marks) - min(m.right for m in marks) + (0.62 if size in EYES else reach)
        scale = min(scale, width * 0.98 / broad)
    return scale


def spot(camera: Camera, mark: Mark, eye: float = EYE) -> Spot:
    """Where a figure on ``mark`` whose eyes are ``eye`` metres high stands in the picture."""
    x, z = camera.ground(mark.right, mark.behind)
    right, up, away = camera.view((x, eye, z))
    away = max(away, 0.3)
    px, py = camera.project((right, up, away))
    scale = camera.focal / away
    return Spot(px, py + eye * scale * camera.squash, scale)
