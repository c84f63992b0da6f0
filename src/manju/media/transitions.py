"""Transitions between two shots, blended on YUV planes. Progress runs from just above 0 to just below 1.

The planes that are written may be those of the coming shot.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from manju.media.planes import BLACK, Plane, Planes

Blend = Callable[[float, Planes, Planes, Planes], None]

ZOOM = 3.0
"""How much ``zoom_in`` magnifies the leaving shot on top of its size."""


def _mix(progress: float, leaving: Planes, coming: Planes, out: Planes) -> None:
    for a, b, plane in zip(leaving, coming, out, strict=True):
        cv2.addWeighted(a, 1 - progress, b, progress, 0, dst=plane)


def _dip(progress: float, leaving: Planes, coming: Planes, out: Planes) -> None:
    """Down to black in the first half, up from black in the second."""
    source, weight = (leaving, 1 - 2 * progress) if progress < 0.5 else (coming, 2 * progress - 1)
    for plane, black, result in zip(source, BLACK, out, strict=True):
        cv2.convertScaleAbs(plane, dst=result, alpha=weight, beta=black * (1 - weight))


def _columns(progress: float, width: int) -> int:
    """Columns of chroma that the coming shot covers: whole ones, so luma and chroma move together."""
    return round(progress * width / 2)


def _slide(progress: float, leaving: Planes, coming: Planes, out: Planes, *, left: bool) -> None:
    chroma = _columns(progress, leaving[0].shape[1])
    for n, a, b, plane in zip((2 * chroma, chroma, chroma), leaving, coming, out, strict=True):
        rest = a.shape[1] - n
        if left:
            plane[:, rest:], plane[:, :rest] = b[:, :n], a[:, n:]
        else:
            plane[:, :n], plane[:, n:] = b[:, rest:], a[:, :rest]


def _slide_left(progress: float, leaving: Planes, coming: Planes, out: Planes) -> None:
    _slide(progress, leaving, coming, out, left=True)


def _slide_right(progress: float, leaving: Planes, coming: Planes, out: Planes) -> None:
    _slide(progress, leaving, coming, out, left=False)


def _wipe_right(progress: float, leaving: Planes, coming: Planes, out: Planes) -> None:
    chroma = _columns(progress, leaving[0].shape[1])
    for n, a, b, plane in zip((2 * chroma, chroma, chroma), leaving, coming, out, strict=True):
        plane[:, :n], plane[:, n:] = b[:, :n], a[:, n:]


def _zoom_in(progress: float, leaving: Planes, coming: Planes, out: Planes) -> None:
    """The leaving shot rushes at the viewer and dissolves into the coming one."""
    t = min(1.0, 2 * progress)
    scale = 1 / (1 + ZOOM * t * t * (3 - 2 * t))
    weight = min(max((progress - 0.3) / 0.7, 0.0), 1.0)
    for a, b, plane in zip(leaving, coming, out, strict=True):
        rows, columns = a.shape
        matrix = np.array([[scale, 0, (columns - 1) * (1 - scale) / 2], [0, scale, (rows - 1) * (1 - scale) / 2]])
        near: Plane = cv2.warpAffine(a, matrix, (columns, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP).astype(
            np.uint8, copy=False
        )
        cv2.addWeighted(near, 1 - weight, b, weight, 0, dst=plane)


BLENDS: dict[str, Blend] = {
    "fade": _dip,
    "mix": _mix,
    "dissolve": _mix,
    "slide_left": _slide_left,
    "slide_right": _slide_right,
    "wipe_right": _wipe_right,
    "zoom_in": _zoom_in,
}
"""By the screenplay's names; ``mix`` is what ``fade_in`` and ``fade_out`` do with black."""
