"""Shot size, camera angle and number of figures become a camera: horizon, scale, and where each figure stands.

Faces stay below three tenths of the frame's height and above its lower fifth: above is room for text (the renderer's
`HEADROOM`), below for subtitles.
"""

from __future__ import annotations

from dataclasses import dataclass

_BODY = {"extreme_wide": 0.23, "wide": 0.42, "full": 0.60, "medium": 1.22, "close": 2.0, "extreme_close": 3.1}
"""Height of a 1.70 m figure as a share of the frame's height."""
EYES = {"medium": 0.37, "close": 0.40, "extreme_close": 0.43}
"""Where the eyes lie; sizes without an entry put the feet at `_FEET`, or `_FEET_ELSE`."""
_FEET = {"full": 0.88}
_FEET_ELSE = 0.85
_LENS = {"extreme_wide": 0.6, "wide": 0.7, "full": 0.82, "medium": 1.05, "close": 1.4, "extreme_close": 1.8}
_HORIZON = {"low": (0.62, 0.9), "high": (0.04, 0.26), "top": (-0.5, -0.3), "eye": (0.3, 0.62)}


@dataclass(frozen=True, slots=True)
class Spot:
    """A figure's place: x and y of its feet in pixels and pixels a metre."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Camera:
    """``focal`` is pixels a metre at one metre, ``height`` the camera's above the ground in metres, ``squash`` the
    foreshortening of figures seen from above, ``tilt`` the frame's turn in degrees."""

    horizon: float
    focal: float
    height: float
    scale: float
    """Pixels a metre where the figures stand."""
    feet: float
    tilt: float
    squash: float
    spots: tuple[Spot, ...]

    @property
    def distance(self) -> float:
        """Metres from the camera to the figures."""
        return self.focal / self.scale


def frame(width: int, height: int, size: str, angle: str, figures: int, side: int, *, beside: bool = False) -> Camera:
    """The camera for a frame. ``side`` (-1 or 1) is where a single figure stands when it leaves the middle; with
    ``beside`` it makes room for a shoulder in the foreground."""
    size = size if size in _BODY else "medium"
    body = _BODY[size] * height
    if size in ("close", "extreme_close"):
        body = min(body, width * (3.3 if size == "close" else 4.9))
    if width / height < 0.7 and size == "medium":
        body *= 1.05
    scale = body / 1.7
    if figures > 1:
        scale *= max(0.34, min(1.0, width * 0.96 / (figures * 0.58 * scale)))
    squash = 0.8 if angle == "top" else 0.93 if angle == "high" else 1.0
    feet = _FEET.get(size, _FEET_ELSE) * height
    if size in EYES:
        feet = EYES[size] * height + 1.56 * scale * squash
    if angle == "high":
        feet += 0.03 * height
    elif angle == "low" and size not in EYES:
        feet += 0.04 * height
    elif angle == "dutch":  # the frame's turn lifts those on one side
        feet += 0.03 * height
    low, high = _HORIZON.get(angle, _HORIZON["eye"])
    horizon = min(high, max(low, (feet - 1.45 * scale) / height)) * height
    camera = max(0.45, (feet - horizon) / scale)
    focal = _LENS[size] * (0.55 * height + 0.35 * width)
    return Camera(
        horizon, focal, camera, scale, feet, tilt=6.5 * side if angle == "dutch" else 0.0,
        squash=squash, spots=_spots(width, height, size, figures, side, feet, scale, beside),
    )  # fmt: skip


def _spots(
    width: int, height: int, size: str, figures: int, side: int, feet: float, scale: float, beside: bool
) -> tuple[Spot, ...]:
    if figures == 1:
        if beside:
            return (Spot(width * (0.5 + side * (0.17 if width < height else 0.2)), feet, scale),)
        shift = 0.0 if size in ("close", "extreme_close") else 0.05 if width < height else 0.13
        return (Spot(width * (0.5 + side * shift), feet, scale),)
    gap = min(width / figures, scale * 0.98)
    start = width / 2 - gap * (figures - 1) / 2
    spots = []
    for i in range(figures):
        back = 0.9 if figures > 3 and i % 2 else 1.0
        spots.append(Spot(start + i * gap, feet - (1 - back) * 0.6 * scale, scale * back))
    return tuple(spots)
