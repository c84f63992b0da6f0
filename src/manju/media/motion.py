"""Camera moves over a still (Ken Burns): which part of the picture each frame shows. Pure arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass

from manju.domain.timeline import Motion


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a picture as fractions of its width and height: left, top and extent (equal on both axes)."""

    x: float
    y: float
    extent: float


def window(motion: Motion, frames: int, frame: int, nearness: float = 1.0) -> Window:
    """What frame ``frame`` of a shot of ``frames`` frames shows.

    Of a layer it is what makes ``nearness`` of the move: that power of its zoom, and so about that share of its travel.
    No window leaves the picture, however near, and where the zoom is 1 all are the whole picture.

    Frames before the first and after the last (a transition reaches into the neighbour) go on with the move for up
    to the shot's own length. The zoom is exponential, so its perceived speed is constant.
    """
    t = min(max(frame / max(1, frames - 1), -1.0), 2.0)
    first, last = motion.zoom
    zoom = math.pow(max(1.0, first * math.pow(last / first, t)), nearness)
    extent = 1.0 / zoom
    free = 1.0 - extent

    def place(ends: tuple[float, float]) -> float:
        centre = min(max(ends[0] + (ends[1] - ends[0]) * t, -1.0), 1.0)
        return (1.0 + centre) / 2 * free

    return Window(place(motion.x), place(motion.y), extent)
