"""The many ways in which this family says how large a picture is (research/relay-gateway.md §1, seed 003)."""

from __future__ import annotations

import re
from fractions import Fraction
from math import gcd

from manju.errors import FieldError

CLASSES = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096, "STANDARD": 1024, "HD": 2048, "LOW": 1024, "MEDIUM": 1024}
CLASSES |= {"HIGH": 2048, "AUTO": 1024}
"""``image_size`` and ``quality``: the long side in pixels."""
SMALLEST, LARGEST = 64, 8192
_SIZE = re.compile(r"(\d{1,9})\s*[x×*]\s*(\d{1,9})", re.IGNORECASE)
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
        FieldError: one of them cannot be understood.
    """
    if (width is None) != (height is None):
        param = "width" if width is None else "height"
        raise FieldError("width and height go together", param=param, hint="Give both, or a size, or a ratio.")
    if width is not None and height is not None:
        return _checked(width, height, "width")
    text = (size or "").strip()
    pixels = _SIZE.fullmatch(text)
    if pixels and not _is_ratio(int(pixels[1]), int(pixels[2])):
        return _checked(int(pixels[1]), int(pixels[2]), "size")
    long = CLASSES["1K"]
    for name, given in (("quality", quality), ("size", text if text.upper() in CLASSES else None)):
        if given:
            if given.strip().upper() not in CLASSES:
                hint = f"Use one of {', '.join(CLASSES)}."
                raise FieldError(f"{name} {given!r} is not known", param=name, hint=hint)
            long = CLASSES[given.strip().upper()]
    shape = ratio or (text if text and text.upper() not in CLASSES else "")
    if not shape or shape.lower() == "auto":
        return long, long
    if not ratio and not _RATIO.fullmatch(shape):
        hint = 'Write for example "1024x1024", "16:9" or "2K".'
        raise FieldError(f"size {shape!r} is not known", param="size", hint=hint)
    return _of_ratio(shape, long, "ratio" if ratio else "size")


def clip_size(ratio: str | None, *, hd: bool, size: str | None = None) -> tuple[int, int]:
    """Width and height of a clip: short side 720, or 1080 for ``hd``; the default is 16:9.

    Raises:
        FieldError: the ratio or size cannot be understood.
    """
    pixels = _SIZE.fullmatch((size or "").strip())
    if pixels:
        return _checked(int(pixels[1]), int(pixels[2]), "size")
    if size:
        raise FieldError(f"size {size!r} is not known", param="size", hint='Write for example "1280x720".')
    shape = _ratio(ratio or "16:9", "aspect_ratio")
    short = 1080 if hd else 720
    if shape >= 1:
        return _checked(_even(short * shape), short, "aspect_ratio")
    return _checked(short, _even(short / shape), "aspect_ratio")


def _is_ratio(width: int, height: int) -> bool:
    """Whether a size means a ratio (``16x9``): it is too small for a picture, and in lowest terms as ratios are."""
    return max(width, height) < SMALLEST and gcd(width, height) == 1


def _of_ratio(text: str, long: int, param: str) -> tuple[int, int]:
    shape = _ratio(text, param)
    if shape >= 1:
        return _checked(long, _even(long / shape), param)
    return _checked(_even(long * shape), long, param)


def _ratio(text: str, param: str) -> Fraction:
    found = _RATIO.fullmatch(text.strip())
    if not found or not Fraction(found[1]) or not Fraction(found[2]):
        raise FieldError(f"ratio {text!r} is not known", param=param, hint='Write for example "16:9" or "2.39:1".')
    return Fraction(found[1]) / Fraction(found[2])


def _even(value: Fraction) -> int:
    return round(value / 2) * 2


def _checked(width: int, height: int, param: str) -> tuple[int, int]:
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        message = f"{width}x{height} is outside {SMALLEST}..{LARGEST} pixels"
        raise FieldError(message, param=param, hint="Choose another size.")
    return width, height
