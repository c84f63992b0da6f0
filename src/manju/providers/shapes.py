"""Shapes of pictures and clips in vendors' words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from manju.domain.order import ImageRequest, VideoRequest
from manju.errors import InputError

FAR = 0.05
"""Sizes are whole pixels, so a vendor's size is its ratio only about (864x480 is called 16:9)."""


def ratio_of(request: ImageRequest | VideoRequest, names: Sequence[str]) -> str:
    """The vendor's name (``16:9``) for the shape of the asked size.

    Raises:
        InputError: it makes no such shape, or ``names`` (of the channel's options) are not of ratios.
    """
    if not names:
        raise InputError("the channel's options name no ratio", hint="Write at least one, such as 16:9.")

    def off(name: str) -> float:
        return abs(math.log(request.width / request.height / _ratio(name)))

    nearest = min(names, key=off)
    if off(nearest) > FAR:
        raise InputError(
            f"this {request.modality} model makes no {request.width}x{request.height}",
            hint=f"Ask for one of the ratios {', '.join(names)}.",
        )
    return nearest


def _ratio(name: str) -> Fraction:
    wide, _, high = name.partition(":")
    try:
        value = Fraction(wide) / Fraction(high)
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    if value <= 0:
        raise InputError(f"{name!r} is not a ratio", hint="Write ratios as 16:9, with commas between them.")
    return value
