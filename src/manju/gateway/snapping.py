"""What a model can do, and the declared rules by which a request is brought to it.

Rules: a length becomes the shortest that the model offers and that is not shorter than what was asked, or its longest;
a ratio becomes the nearest (by the ratio of the ratios), of two equally near ones the first declared; a size becomes
the smallest class that is not smaller, or the largest. What was changed is told, and the bill is for what was made.
"""

from __future__ import annotations

from fractions import Fraction
from math import log
from typing import Any, Literal, TypeVar

from pydantic import Field

from manju.domain.document import Value
from manju.domain.order import ImageRequest, Reference, Request, VideoRequest
from manju.errors import InputError

R = TypeVar("R", ImageRequest, VideoRequest)
_FRAMES = ("first_frame", "last_frame")


class Capability(Value):
    """What a picture or video model offers; empty: anything."""

    seconds: tuple[int, ...] = ()
    """Lengths of a clip."""
    seconds_from: int | None = None
    seconds_to: int | None = None
    """Or all whole seconds from .. to."""
    ratios: tuple[str, ...] = ()
    """``"16:9"`` and so on."""
    sides: tuple[int, ...] = ()
    """Short sides in pixels, ascending (480, 720, 1080), or for pictures the classes of the long side (1024 is 1K)."""
    by: Literal["short", "long"] = "short"
    """Which side ``sides`` are of."""
    first_frame: bool = True
    last_frame: bool = True
    frames_or_references: bool = False
    """First and last frames and reference pictures exclude each other."""
    references: int | None = Field(default=None, ge=0)
    """Most pictures in all, frames aside."""
    characters: int | None = Field(default=None, ge=0)
    """Most references in the role ``character``."""
    audio: Literal["asked", "always", "never"] = "asked"

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
    changes: dict[str, Any] = {}
    width, height = _size(capability, request.width, request.height)
    if (width, height) != (request.width, request.height):
        changes |= {"width": width, "height": height}
    if isinstance(request, VideoRequest):
        changes |= _clip(capability, request)
    return request.model_copy(update=changes), changes


def _clip(capability: Capability, request: VideoRequest) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    lengths = capability.lengths()
    if lengths:
        enough = [length for length in lengths if length * 1000 >= request.duration_ms]
        length = (enough[0] if enough else lengths[-1]) * 1000
        if length != request.duration_ms:
            changes["duration_ms"] = length
    if capability.audio != "asked" and request.audio != (capability.audio == "always"):
        changes["audio"] = capability.audio == "always"
    return changes


def _size(capability: Capability, width: int, height: int) -> tuple[int, int]:
    ratio = Fraction(width, height)
    if capability.ratios:
        ratio = min(map(_ratio, capability.ratios), key=lambda each: abs(log(each / Fraction(width, height))))
    short = capability.by == "short"
    side = min(width, height) if short else max(width, height)
    if capability.sides:
        side = next((each for each in capability.sides if each >= side), capability.sides[-1])
    elif ratio == Fraction(width, height):
        return width, height
    along_width = (ratio <= 1) if short else (ratio >= 1)
    if along_width:
        return side, _even(side / ratio)
    return _even(side * ratio), side


def _references(name: str, capability: Capability, references: tuple[Reference, ...]) -> None:
    roles = [reference.role for reference in references]
    others = [role for role in roles if role not in _FRAMES]
    for role, offered in (("first_frame", capability.first_frame), ("last_frame", capability.last_frame)):
        if role in roles and not offered:
            raise InputError(f"{name} takes no {role}", hint="Leave it out, or choose another model.")
    if capability.frames_or_references and others and len(others) < len(roles):
        raise InputError(f"{name} takes frames or references, not both", hint="Give only one kind of picture.")
    for count, most, what in (
        (len(others), capability.references, "reference pictures"),
        (others.count("character"), capability.characters, "characters"),
    ):
        if most is not None and count > most:
            raise InputError(f"{name} takes {most} {what} at most, not {count}", hint="Give fewer.")


def _ratio(text: str) -> Fraction:
    wide, _, high = text.partition(":")
    return Fraction(wide) / Fraction(high)


def _even(value: Fraction) -> int:
    return max(2, round(value / 2) * 2)
