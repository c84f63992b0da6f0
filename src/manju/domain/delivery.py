"""Ratios, and the frame sizes of ratios and resolutions. What platforms take: `manju.domain.platforms`."""

from __future__ import annotations

from fractions import Fraction

from manju.errors import InputError

NEAR = Fraction(2, 100)
"""Sizes are even numbers, so ratios are kept only about."""

NAMED_RATIOS = ("9:16", "16:9", "1:1", "4:3", "3:4")
"""What platforms speak of; a film may have any other."""
WIDEST = 4
"""Neither side of a frame may be more than this many times the other."""

SHORT_SIDES: dict[str, int] = {"540p": 540, "720p": 720, "1080p": 1080, "1440p": 1440, "2160p": 2160}
"""Named resolutions: the shorter side in pixels."""


def ratio(text: str) -> Fraction:
    """Width over height from ``9:16`` or ``2.39:1``.

    Raises:
        InputError: not two numbers, or a frame that nobody can show.
    """
    left, colon, right = text.partition(":")
    try:
        value = Fraction(left) / Fraction(right) if colon else Fraction(0)
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    if value <= 0:
        raise InputError(f"{text!r} is not a ratio", hint="Write width:height, for example 9:16, 16:9 or 2.39:1.")
    if not Fraction(1, WIDEST) <= value <= WIDEST:
        raise InputError(f"no frame can be {text}", hint=f"Use a ratio between 1:{WIDEST} and {WIDEST}:1.")
    return value


def ratio_name(width: int, height: int) -> str:
    """``9:16`` for sizes that are (nearly) one of `NAMED_RATIOS`, else the size's own shortest ratio."""
    for name in NAMED_RATIOS:
        if abs(Fraction(width, height) / ratio(name) - 1) <= NEAR:
            return name
    exact = Fraction(width, height)
    return f"{exact.numerator}:{exact.denominator}"


def frame_size(wanted: str, resolution: str) -> tuple[int, int]:
    """Width and height in even pixels for a ratio (``9:16``) and a resolution (``1080p``, its shorter side, or a whole
    size such as ``1080x1920``, for which the ratio may be empty).

    Raises:
        InputError: either cannot be used, or they contradict each other.
    """
    if "x" in resolution.lower():
        left, _, right = resolution.lower().partition("x")
        if not (left.isdecimal() and right.isdecimal()):
            raise InputError(f"{resolution!r} is not a size", hint="Write it as 1080x1920, or choose 1080p.")
        width, height = int(left), int(right)
        if width % 2 or height % 2 or not (64 <= width <= 7680 and 64 <= height <= 7680):
            raise InputError(f"size {resolution} is not usable", hint="Use even numbers from 64 to 7680.")
        ratio(f"{width}:{height}")
        if wanted and abs(Fraction(width, height) / ratio(wanted) - 1) > NEAR:
            raise InputError(f"size {resolution} is not {wanted}", hint="Leave out --ratio or choose a fitting size.")
        return width, height
    shape = ratio(wanted)
    if resolution not in SHORT_SIDES:
        raise InputError(
            f"unknown resolution {resolution!r}", hint=f"Choose one of: {', '.join(SHORT_SIDES)}, or write 1080x1920."
        )
    short = SHORT_SIDES[resolution]
    long = round(short * max(shape, 1 / shape) / 2) * 2
    return (short, long) if shape < 1 else (long, short)
