"""The many ways in which this family says how large a picture is (research/relay-gateway.md §1, seed 003)."""

from __future__ import annotations

import re
from fractions import Fraction

from manju.errors import InputError

CLASSES = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096, "STANDARD": 1024, "HD": 2048, "LOW": 1024, "MEDIUM": 1024}
CLASSES |= {"HIGH": 2048, "AUTO": 1024}
"""``image_size`` and ``quality``: the long side in pixels."""
SMALLEST, LARGEST = 64, 8192
_SIZE = re.compile(r"(\d{2,5})\s*[x×*]\s*(\d{2,5})", re.IGNORECASE)
_RATIO = re.compile(r"(\d+(?:\.\d+)?)\s*[:x×/]\s*(\d+(?:\.\d+)?)", re.IGNORECASE)


def picture_size(
    *,
    size: str | None = None,
    ratio: str | None = None,
    width: int | None = None,
    height: int | None = None,
    quality: str | None = None,
) -> tuple[int, int]:
    """Width and height in pixels; the default is 1024×1024. ``width`` with ``height`` wins over ``size`` in pixels,
    which wins over ``ratio`` (or a ``size`` that is a ratio or a class) at the class of ``quality``.

    Raises:
        InputError: one of them cannot be understood.
    """
    if (width is None) != (height is None):
        raise InputError("width and height go together", hint="Give both, or a size, or a ratio.")
    if width is not None and height is not None:
        return _checked(width, height)
    text = (size or "").strip()
    pixels = _SIZE.fullmatch(text)
    if pixels and int(pixels[1]) >= SMALLEST and int(pixels[2]) >= SMALLEST:
        return _checked(int(pixels[1]), int(pixels[2]))
    long = CLASSES["1K"]
    for name, given in (("quality", quality), ("size", text if text.upper() in CLASSES else None)):
        if given:
            if given.strip().upper() not in CLASSES:
                raise InputError(f"{name} {given!r} is not known", hint=f"Use one of {', '.join(CLASSES)}.")
            long = CLASSES[given.strip().upper()]
    shape = ratio or (text if text and text.upper() not in CLASSES else "")
    if not shape or shape.lower() == "auto":
        return long, long
    if not ratio and not _RATIO.fullmatch(shape):
        hint = 'Write for example "1024x1024", "16:9" or "2K".'
        raise InputError(f"size {shape!r} is not known", hint=hint)
    return _of_ratio(shape, long)


def clip_size(ratio: str | None, *, hd: bool, size: str | None = None) -> tuple[int, int]:
    """Width and height of a clip: short side 720, or 1080 for ``hd``; the default is 16:9.

    Raises:
        InputError: the ratio or size cannot be understood.
    """
    pixels = _SIZE.fullmatch((size or "").strip())
    if pixels:
        return _checked(int(pixels[1]), int(pixels[2]))
    if size:
        raise InputError(f"size {size!r} is not known", hint='Write for example "1280x720".')
    shape = _ratio(ratio or "16:9")
    short = 1080 if hd else 720
    if shape >= 1:
        return _checked(_even(short * shape), short)
    return _checked(short, _even(short / shape))


def _of_ratio(text: str, long: int) -> tuple[int, int]:
    shape = _ratio(text)
    if shape >= 1:
        return _checked(long, _even(long / shape))
    return _checked(_even(long * shape), long)


def _ratio(text: str) -> Fraction:
    found = _RATIO.fullmatch(text.strip())
    if not found or not Fraction(found[1]) or not Fraction(found[2]):
        raise InputError(f"ratio {text!r} is not known", hint='Write for example "16:9" or "2.39:1".')
    return Fraction(found[1]) / Fraction(found[2])


def _even(value: Fraction) -> int:
    return max(SMALLEST, round(value / 2) * 2)


def _checked(width: int, height: int) -> tuple[int, int]:
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise InputError(f"{width}x{height} is outside {SMALLEST}..{LARGEST} pixels", hint="Choose another size.")
    return width, height
