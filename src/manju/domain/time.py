"""Exact time: integer frames over a rational rate, and integer milliseconds for sound and words."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator

from manju.errors import InputError

NTSC = {"23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001), "59.94": Fraction(60000, 1001)}
"""Decimal spellings of the NTSC rates and the exact value that each stands for (SMPTE)."""


def rate(text: str | int | Fraction) -> Fraction:
    """Frames per second from ``30``, ``"29.97"`` or ``"30000/1001"``.

    Raises:
        InputError: not a number, or outside 1..120.
    """
    try:
        value = NTSC.get(text) if isinstance(text, str) else None
        value = value if value is not None else Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(f"{text!r} is not a frame rate", hint="Use for example 24, 25, 30 or 30000/1001.") from error
    if not 1 <= value <= 120:
        raise InputError(f"frame rate {text} is outside 1..120", hint="Use for example 24, 25, 30 or 60.")
    return value


Rate = Annotated[
    Fraction, PlainValidator(lambda value: _valid(value)), PlainSerializer(lambda value: str(value), return_type=str)
]
"""A frame rate as a field of a document; written as ``"30"`` or ``"30000/1001"``."""


def _valid(value: object) -> Fraction:
    if not isinstance(value, str | int | Fraction):
        raise ValueError("write a frame rate as 30 or as a text such as 30000/1001")
    try:
        return rate(value)
    except InputError as error:
        raise ValueError(f"{error.message}. {error.hint}") from error


def frames(ms: int, fps: Fraction) -> int:
    """Whole frames nearest to ``ms`` milliseconds (halves go up)."""
    return int((Fraction(ms, 1000) * fps + Fraction(1, 2)).__floor__())


def milliseconds(count: int, fps: Fraction) -> int:
    """Milliseconds nearest to ``count`` frames (halves go up)."""
    return int((Fraction(count) / fps * 1000 + Fraction(1, 2)).__floor__())


def clock(ms: int, separator: str = ",") -> str:
    """``01:02:03,456``: the form of SRT (``,``) and WebVTT (``.``)."""
    seconds, milli = divmod(max(0, ms), 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}{separator}{milli:03d}"
