"""What vendors of pictures have in common: our sizes in their words, which references they take, and how a picture is
handed back."""

from __future__ import annotations

import math
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from manju.domain.order import Artefact, ImageRequest
from manju.errors import InputError, RejectedError
from manju.providers.base import References
from manju.providers.files import download, inline, media_type, suffix_of
from manju.providers.upstream import Endpoint, Remote

PICTURES = ("reference", "character", "scene", "object", "first_frame", "last_frame")
"""Roles of pictures that show how things look."""
RATIOS = "1:1,2:3,3:2,3:4,4:3,4:5,5:4,9:16,16:9,21:9,1:4,4:1,1:8,8:1"
"""The shapes of the nano-banana family; the last four only of 3.1 Flash Image and 2.1, as the catalogue says."""
SIZES = "1K,2K,4K"
_SLACK = 0.9
"""1344x768 is called 1K, and has a few pixels more than 1024x1024 has."""
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True, slots=True)
class Picture:
    """A reference: its bytes and media type."""

    data: bytes
    type: str


@dataclass(frozen=True, slots=True)
class Given:
    """A request's references. The mask belongs to the first picture."""

    pictures: tuple[Picture, ...] = ()
    mask: Picture | None = None


def given(request: ImageRequest, references: References, *, most: int, mask: bool = False) -> Given:
    """Read the references. ``most`` is how many pictures the model looks at; ``mask``: it has a place for one.

    Raises:
        InputError: there are more, or one is nothing that the model can look at.
        NotFoundError: one of them is not stored.
    """
    pictures: list[Picture] = []
    masks: list[Picture] = []
    for each in request.references:
        if each.role not in PICTURES and not (mask and each.role == "mask"):
            hint = "Leave it out, or choose a model that takes it."
            raise InputError(f"this picture model takes no reference with the role {each.role}", hint=hint)
        data = references.read(each.sha256)
        kind = media_type(data)
        if not kind.startswith("image/"):
            raise InputError(f"the reference {each.name or each.role} is no picture", hint="Use PNG, JPEG or WebP.")
        (masks if each.role == "mask" else pictures).append(Picture(data, kind))
    if len(pictures) > most:
        hint = "Give fewer references, or choose a model that looks at more."
        raise InputError(f"this picture model looks at {most} references, not {len(pictures)}", hint=hint)
    if len(masks) > 1 or (masks and not pictures):
        raise InputError("a mask needs the picture that it belongs to", hint="Give one picture first and one mask.")
    return Given(tuple(pictures), masks[0] if masks else None)


def size_of(request: ImageRequest, names: Sequence[str]) -> str:
    """The vendor's name (``2K``) for the asked size: the smallest that does not have less pixels.

    Raises:
        InputError: it makes none so large.
    """
    for name in sorted(names, key=_side):
        if _side(name) >= _SLACK * math.sqrt(request.width * request.height):
            return name
    raise InputError(
        f"this picture model makes no {request.width}x{request.height}",
        hint=f"Its sizes are {', '.join(names)}: ask for less, or choose another model.",
    )


def _side(name: str) -> int:
    digits = name.rstrip("KkPpXx")
    if not digits.isdecimal():
        raise InputError(f"{name!r} is no size of a picture", hint="Write sizes as 1K, 2K, 4K, or 512 in the options.")
    return int(digits) * (1024 if name[-1] in "Kk" else 1)


def artefact(data: bytes) -> Artefact:
    """A picture that came in the answer.

    Raises:
        RejectedError: it is empty, or no picture (``no_result``).
    """
    suffix = suffix_of(data)
    if suffix not in _SUFFIXES:
        what = "a file that is no picture" if data else "an empty picture"
        raise RejectedError(f"upstream delivered {what}", refusal="no_result")
    return Artefact("main", data, suffix)


def unpacked(text: str) -> Artefact:
    """A picture in base64, with or without ``data:`` in front.

    Raises:
        RejectedError: it is empty, broken, or no picture (``no_result``).
    """
    if text.startswith("data:"):
        return artefact(inline(text))
    try:
        return artefact(b64decode(text, validate=True))
    except ValueError as error:
        raise RejectedError("upstream delivered broken base64", refusal="no_result") from error


def found(text: str) -> Artefact | Remote:
    """A picture by its address, or itself if the address holds it.

    Raises:
        RejectedError: it is empty, broken, or no picture (``no_result``).
    """
    if not text.startswith(("http://", "https://")):
        return unpacked(text)
    name = urlsplit(text).path.lower()
    suffix = next((suffix for suffix in _SUFFIXES if name.endswith(suffix)), ".png")
    return Remote("main", text, suffix)


async def fetched(endpoint: Endpoint, file: Remote) -> bytes:
    """A picture from where upstream put it; the key does not go there.

    Raises:
        as `manju.providers.upstream.Adapter.fetch`.
    """
    return artefact(await download(endpoint, file)).data
