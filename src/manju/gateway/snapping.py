"""What a model can do, and the declared rules by which a request is brought to it.

Rules: a ratio becomes the nearest (by the ratio of the ratios), of two equally near ones the first declared. A size
becomes the smallest class that is not smaller, or the largest; a class counts as not smaller up to a tenth below what
was asked (864x480 is called 480p), and has the same number of pixels in every ratio, as the vendors' tables have it;
one whose longer side no request can name is not offered in that ratio. A length becomes the shortest that the model
offers and that is not shorter than what was asked, or its longest. What was changed is told, and the bill is for what
was made.
"""

from __future__ import annotations

from fractions import Fraction
from math import log, sqrt
from typing import Any, Literal, TypeVar

from pydantic import Field, field_validator

from manju.domain.document import Value
from manju.domain.order import ImageRequest, Reference, Request, VideoRequest
from manju.errors import InputError

R = TypeVar("R", ImageRequest, VideoRequest)
FRAMES = ("first_frame", "last_frame")
_WIDE = Fraction(16, 9)
_SLACK = Fraction(9, 10)
_SHORTEST, _LONGEST = 64, 8192  # sides of a picture that a request can name


class Lengths(Value):
    """The only lengths, in seconds, of clips in one of the size classes ``sides``, or with a reference in one of
    ``roles`` (``reference`` stands for all pictures that are not frames)."""

    seconds: tuple[int, ...] = Field(min_length=1)
    sides: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()


class Capability(Value):
    """What a picture or video model offers; empty: anything."""

    seconds: tuple[int, ...] = ()
    """Lengths of a clip."""
    seconds_from: int | None = None
    seconds_to: int | None = None
    """Or all whole seconds from .. to."""
    only: tuple[Lengths, ...] = ()
    """Where fewer lengths are offered."""
    ratios: tuple[str, ...] = ()
    """``"16:9"`` and so on."""
    sides: tuple[int, ...] = ()
    """Size classes, ascending, by the short side of a square picture (1024 is 1K) or of a 16:9 clip (480, 720, 1080).
    Other ratios have as many pixels."""
    sizes: tuple[str, ...] = ()
    """Or the only sizes, ``"1536x1024"``."""
    first_frame: bool = True
    last_frame: bool = True
    frames_or_references: bool = False
    """First and last frames and reference pictures exclude each other."""
    references: int | None = Field(default=None, ge=0)
    """Most references in all, frames aside."""
    characters: int | None = Field(default=None, ge=0)
    """Most references in the role ``character``."""
    objects: int | None = Field(default=None, ge=0)
    """Most references in other roles."""
    audio: Literal["asked", "always", "never"] = "asked"
    layers: bool = False
    """Whether its pictures come in layers where they are asked for."""

    @field_validator("ratios")
    @classmethod
    def _ratios(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text for text in value if _fraction(text, ":"))

    @field_validator("sizes")
    @classmethod
    def _sizes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text for text in value if _fraction(text, "x"))

    def lengths(self) -> tuple[int, ...]:
        """Every length of a clip in seconds, ascending; empty: any."""
        if self.seconds_from is not None and self.seconds_to is not None:
            return tuple(range(self.seconds_from, self.seconds_to + 1))
        return tuple(sorted(self.seconds))


def snap(name: str, capability: Capability, request: Request) -> tuple[Request, dict[str, Any]]:
    """The request that the model ``name`` will be sent, and the fields that were changed with their new values.

    Raises:
        InputError: it asks for what cannot be snapped: a frame that the model does not take, too many references.
    """
    if not isinstance(request, ImageRequest | VideoRequest):
        return request, {}
    _references(name, capability, request.references)
    width, height = _size(capability, request)
    snapped = request.model_copy(update={"width": width, "height": height})
    if isinstance(snapped, VideoRequest):
        snapped = snapped.model_copy(update={"duration_ms": _length(name, capability, snapped)})
        if capability.audio != "asked":
            snapped = snapped.model_copy(update={"audio": capability.audio == "always"})
    fields = ("width", "height", "duration_ms", "audio")
    changes = {
        each: getattr(snapped, each) for each in fields if getattr(snapped, each, None) != getattr(request, each, None)
    }
    return snapped, changes


def reaches(request: ImageRequest | VideoRequest, side: int) -> bool:
    """Whether a request's size belongs to the class ``side`` or a larger one."""
    return request.width * request.height >= _pixels(request, side) * _SLACK**2


def _pixels(request: ImageRequest | VideoRequest, side: int) -> Fraction:
    """How many pixels a size class has."""
    return side**2 * (_WIDE if isinstance(request, VideoRequest) else Fraction(1))


def _size(capability: Capability, request: ImageRequest | VideoRequest) -> tuple[int, int]:
    asked = Fraction(request.width, request.height)
    enough = request.width * request.height * _SLACK**2
    if capability.sizes:
        sizes = [tuple(map(int, text.split("x"))) for text in capability.sizes]
        nearest = min(_apart(Fraction(*size), asked) for size in sizes)
        of_shape = [size for size in sizes if _apart(Fraction(*size), asked) == nearest]
        ascending = sorted(of_shape, key=lambda size: size[0] * size[1])
        width, height = next((size for size in ascending if size[0] * size[1] >= enough), ascending[-1])
        return width, height
    ratio = asked
    if capability.ratios:
        ratio = min((_fraction(text, ":") for text in capability.ratios), key=lambda each: _apart(each, asked))
    pixels = Fraction(request.width * request.height)
    span = max(ratio, 1 / ratio)
    if capability.sides:
        classes = [_pixels(request, side) for side in capability.sides]
        classes = [each for each in classes if each <= _LONGEST**2 / span] or classes[:1]
        pixels = next((each for each in classes if each >= enough), classes[-1])
    pixels = max(min(pixels, _LONGEST**2 / span), _SHORTEST**2 * span)
    width, height = request.width, request.height
    if abs(width - height * ratio) <= 1 + ratio and abs(width * height - pixels) <= width + height:
        return width, height  # but for rounding it is that already
    return _even(sqrt(pixels * ratio)), _even(sqrt(pixels / ratio))


def _length(name: str, capability: Capability, request: VideoRequest) -> int:
    """Milliseconds that a model makes of a clip of this size with these references."""
    lengths = capability.lengths()
    if not lengths:
        return request.duration_ms
    roles = {reference.role if reference.role in FRAMES else "reference" for reference in request.references}
    side = next((each for each in reversed(capability.sides) if reaches(request, each)), 0)
    for only in capability.only:
        if side in only.sides or roles & set(only.roles):
            lengths = tuple(each for each in lengths if each in only.seconds)
    if not lengths:
        raise InputError(f"{name} makes no clip with all of this", hint="Ask for a smaller size or fewer references.")
    enough = [each for each in lengths if each * 1000 >= request.duration_ms]
    return (enough[0] if enough else lengths[-1]) * 1000


def _references(name: str, capability: Capability, references: tuple[Reference, ...]) -> None:
    roles = [reference.role for reference in references]
    others = [role for role in roles if role not in (*FRAMES, "mask")]
    frames = [role for role in roles if role in FRAMES]
    for role, offered in (("first_frame", capability.first_frame), ("last_frame", capability.last_frame)):
        if role in roles and not offered:
            raise InputError(f"{name} takes no {role}", hint="Leave it out, or choose another model.")
    if capability.frames_or_references and others and frames:
        raise InputError(f"{name} takes frames or references, not both", hint="Give only one kind of picture.")
    characters = others.count("character")
    for count, most, what in (
        (len(others), capability.references, "reference pictures"),
        (characters, capability.characters, "characters"),
        (len(others) - characters, capability.objects, "objects"),
    ):
        if most is not None and count > most:
            raise InputError(f"{name} takes {most} {what} at most, not {count}", hint="Give fewer.")


def _apart(one: Fraction, other: Fraction) -> float:
    return abs(log(one / other))


def _fraction(text: str, sign: str) -> Fraction:
    """``16:9`` or ``1536x1024`` as a ratio.

    Raises:
        ValueError: it is none.
    """
    wide, _, high = text.partition(sign)
    if not wide.strip() or not high.strip() or Fraction(wide) <= 0 or Fraction(high) <= 0:
        raise ValueError(f"{text!r} is not written as 16{sign}9")
    return Fraction(wide) / Fraction(high)


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)
