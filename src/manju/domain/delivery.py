"""Platforms and what they take (seed 004 §6.1), and the frame sizes of the ratios."""

from __future__ import annotations

from dataclasses import dataclass

from manju.errors import InputError

GB = 1000**3

RATIOS: dict[str, tuple[int, int]] = {
    "9:16": (9, 16),
    "16:9": (16, 9),
    "1:1": (1, 1),
    "4:3": (4, 3),
    "3:4": (3, 4),
}

SHORT_SIDES: dict[str, int] = {"540p": 540, "720p": 720, "1080p": 1080, "1440p": 1440, "2160p": 2160}
"""Named resolutions: the shorter side in pixels."""


@dataclass(frozen=True, slots=True)
class Platform:
    """What a platform accepts. ``max_seconds`` and ``max_bytes`` are hard limits; ``resolution`` is its ideal."""

    name: str
    title: str
    max_seconds: int
    ratios: tuple[str, ...]
    preferred_ratio: str
    max_bytes: int
    resolution: tuple[int, int]


PLATFORMS: dict[str, Platform] = {
    "douyin": Platform("douyin", "抖音", 600, ("9:16", "16:9", "1:1"), "9:16", 4 * GB, (1080, 1920)),
    "bilibili": Platform("bilibili", "哔哩哔哩", 3600, ("16:9", "4:3"), "16:9", 8 * GB, (1920, 1080)),
    "youtube": Platform("youtube", "YouTube", 43200, ("16:9", "9:16"), "16:9", 256 * GB, (3840, 2160)),
}


def platform(name: str) -> Platform:
    """The platform called ``name``.

    Raises:
        InputError: not known.
    """
    if name not in PLATFORMS:
        raise InputError(f"unknown platform {name!r}", hint=f"Choose one of: {', '.join(PLATFORMS)}.")
    return PLATFORMS[name]


def frame_size(ratio: str, resolution: str) -> tuple[int, int]:
    """Width and height in even pixels for a ratio (``9:16``) and a resolution (``1080p`` or ``1080x1920``).

    Raises:
        InputError: either is not known, or an explicit size does not fit the ratio.
    """
    if ratio not in RATIOS:
        raise InputError(f"unknown ratio {ratio!r}", hint=f"Choose one of: {', '.join(RATIOS)}.")
    across, down = RATIOS[ratio]
    if "x" in resolution.lower():
        left, _, right = resolution.lower().partition("x")
        if not (left.isdecimal() and right.isdecimal()):
            raise InputError(f"{resolution!r} is not a size", hint="Write it as 1080x1920, or choose 1080p.")
        width, height = int(left), int(right)
        if width % 2 or height % 2 or not (64 <= width <= 7680 and 64 <= height <= 7680):
            raise InputError(f"size {resolution} is not usable", hint="Use even numbers from 64 to 7680.")
        if abs(width * down - height * across) > 0.02 * height * across:
            raise InputError(f"size {resolution} is not {ratio}", hint="Leave out --ratio or choose a fitting size.")
        return width, height
    if resolution not in SHORT_SIDES:
        raise InputError(
            f"unknown resolution {resolution!r}",
            hint=f"Choose one of: {', '.join(SHORT_SIDES)}, or write 1080x1920.",
        )
    short = SHORT_SIDES[resolution]
    long = round(short * max(across, down) / min(across, down) / 2) * 2
    return (short, long) if across < down else (long, short)
