"""A face's features and what they express. Coordinates are the head's: the origin in its middle, eyes at 1.6, chin at
13.6, and it looks to the viewer's right (mirrored by its caller else)."""

from __future__ import annotations

from dataclasses import dataclass

from manju.providers.image.offline.look import Look
from manju.providers.image.offline.shapes import smooth
from manju.providers.image.offline.svg import Point


@dataclass(frozen=True, slots=True)
class Face:
    """An expression. ``tilt`` lowers the brows' inner ends, ``lift`` raises them; ``open`` is how far the upper lid is
    up, ``low`` how far the lower one; ``eyes`` is ``open``, ``happy``, ``closed`` or ``tight``."""

    tilt: float = 0.0
    lift: float = 0.0
    open: float = 1.0
    low: float = 0.0
    mouth: str = "line"
    eyes: str = "open"
    pupil: float = 1.0
    marks: tuple[str, ...] = ()
    uneven: float = 0.0
    """How much higher one brow is than the other."""


FACES: dict[str, Face] = {
    "calm": Face(),
    "smile": Face(-0.3, 0.3, 0.96, 0.25, "smile", marks=("glow",)),
    "happy": Face(-0.5, 1.0, 1, 0, "laugh", "happy", marks=("blush",)),
    "laugh": Face(-0.6, 1.3, 1, 0, "laugh", "happy", marks=("blush", "tear")),
    "sad": Face(-1.9, 0.3, 0.78, 0, "frown", pupil=1.05),
    "tearful": Face(-2.0, 0.4, 0.86, 0.1, "quiver", pupil=1.1, marks=("well",)),
    "cry": Face(-2.2, 0.5, 1, 0, "wail", "tight", marks=("stream", "blush")),
    "angry": Face(2.3, -1.1, 0.82, 0.15, "teeth", pupil=0.8, marks=("vein",)),
    "shout": Face(2.1, -0.4, 1.05, 0.1, "shout", pupil=0.72),
    "surprised": Face(-0.4, 2.1, 1.22, -0.1, "round", pupil=0.66),
    "fear": Face(-2.0, 1.5, 1.2, -0.1, "quiver", pupil=0.5, marks=("gloom", "sweat")),
    "worried": Face(-1.6, 0.7, 1.0, 0, "wave", marks=("sweat",)),
    "determined": Face(1.6, -0.7, 0.86, 0.15, "firm"),
    "tired": Face(-0.9, -0.1, 0.46, 0.1, "sag", marks=("bags",)),
    "embarrassed": Face(-1.2, 0.7, 0.82, 0.2, "wave", marks=("blush", "flush", "sweat")),
    "suspicious": Face(1.2, -0.4, 0.52, 0.35, "aside", uneven=1.9),
    "pain": Face(1.5, -0.6, 1, 0, "grit", "tight", marks=("sweat",)),
    "sly": Face(1.0, -0.2, 0.6, 0.4, "smirk", uneven=1.3),
    "cold": Face(0.6, -0.6, 0.62, 0.0, "line", pupil=0.85),
    "sleep": Face(-0.3, 0.0, 1, 0, "line", "closed"),
    "tender": Face(-0.9, 0.4, 0.7, 0.2, "smile", marks=("glow",)),
    "pout": Face(1.0, -0.2, 0.9, 0.1, "pout", marks=("blush",)),
    "talk": Face(0.1, 0.3, 1.0, 0, "talk"),
}


def key(yaw: float, front: float, three: float, side: float) -> float:
    """A measure between its values in front, three-quarter (38 degrees) and side view."""
    if yaw <= 38:
        return front + (three - front) * yaw / 38
    return three + (side - three) * min(1.0, (yaw - 38) / 52)


def contour(look: Look, yaw: float) -> list[Point]:
    """The outline of the face without hair, looking right."""
    front = ((10.3, -6.5), (10.6, -2.2), (10.2, 2.0), (9.4, 5.3), (8.1, 8.2), (6.2, 10.6), (4.2, 12.3), (2.1, 13.5),
             (-2.1, 13.5), (-6.2, 10.6), (-9.4, 5.3), (-10.2, 2.0), (-10.6, -3.0), (-8.5, -12), (8.5, -12))  # fmt: skip
    three = ((10.2, -7.0), (10.5, -3.0), (9.6, 0.9), (10.0, 3.9), (9.4, 6.9), (8.5, 9.3), (7.5, 11.5), (5.7, 13.5),
             (2.8, 13.9), (-2.8, 11.6), (-7.0, 7.2), (-8.6, 3.0), (-9.6, -3.0), (-9, -12), (8, -12.4))  # fmt: skip
    side = ((9.4, -8.0), (10.5, -3.4), (10.0, 0.0), (13.0, 4.8), (11.1, 6.4), (11.8, 8.3), (10.9, 10.2), (10.7, 12.4),
            (8.0, 13.9), (2.4, 12.5), (-2.4, 8.6), (-3.6, 3.0), (-3.6, -3.0), (-4, -12), (5.5, -12.6))  # fmt: skip
    points = [
        (key(yaw, a[0], b[0], c[0]), key(yaw, a[1], b[1], c[1])) for a, b, c in zip(front, three, side, strict=True)
    ]
    child = look.age == "child" or look.chibi
    male, female = (look.gender == g and not child for g in ("male", "female"))
    out = []
    for i, (x, y) in enumerate(points):
        if not child and look.girth <= 1.1 and i in (3, 4, 5, 6, 9, 10):
            x *= 0.965
        if child and i in (3, 4, 5, 9, 10):
            x, y = x * 1.05, y - 0.2
        if child and i in (7, 8):
            y -= 0.6
        if male and i in (4, 5, 6, 9):  # a square jaw
            x, y = x * (1.07 if i != 4 else 1.045), y + 0.5
        if male and i in (7, 8):  # a broad, longer chin
            x, y = x * (1.38 if yaw < 30 else 1.02), y + 0.7
        if female and i in (4, 5, 6, 9):
            x *= 0.975
        if look.girth > 1.1 and 3 <= i <= 10:
            x, y = x * 1.09, y + (0.3 if 6 < i < 10 else 0)
        if look.age == "elder" and i in (4, 5):
            x *= 0.97
        out.append((x, y))
    return out


def outline(look: Look, yaw: float) -> str:
    """`contour` as a curve."""
    return smooth(contour(look, yaw), tension=0.86)
