"""What vendors of clips have in common: which references go where, and our sizes and lengths in their words."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from manju.domain.order import VideoRequest
from manju.errors import InputError
from manju.providers.answers import member
from manju.providers.base import References

FIRST, LAST = "first_frame", "last_frame"
PICTURES = ("reference", "character", "scene", "object")
"""Roles of pictures that show how things look."""


@dataclass(frozen=True, slots=True)
class Material:
    """The bytes of a request's references, each where it belongs; empty where there is none."""

    first: bytes = b""
    last: bytes = b""
    pictures: tuple[bytes, ...] = ()
    clips: tuple[bytes, ...] = ()
    sounds: tuple[bytes, ...] = ()


def material(request: VideoRequest, references: References, takes: Collection[str]) -> Material:
    """Read the references. ``takes`` are the roles that the vendor has a place for; `PICTURES` go together under
    ``reference``.

    Raises:
        InputError: the vendor has no place for one of them, or two for the same end.
        NotFoundError: one of them is not stored.
    """
    found: dict[str, list[bytes]] = {}
    for each in request.references:
        role = "reference" if each.role in PICTURES else each.role
        if role not in takes:
            known = ", ".join(sorted(takes)) or "none"
            hint = f"Leave it out, or choose a model that takes it; this one takes: {known}."
            raise InputError(f"this video model takes no reference with the role {each.role}", hint=hint)
        found.setdefault(role, []).append(references.read(each.sha256))
    for role in (FIRST, LAST):
        if len(found.get(role, ())) > 1:
            raise InputError(f"a clip cannot have more than one {role}", hint="Give one picture with this role.")
    return Material(
        first=b"".join(found.get(FIRST, ())),
        last=b"".join(found.get(LAST, ())),
        pictures=tuple(found.get("reference", ())),
        clips=tuple(found.get("video", ())),
        sounds=tuple(found.get("audio", ())),
    )


def part(task: str) -> str:
    """A task's id as one part of a path, whatever is in it."""
    return quote(task, safe=":")


def seed(request: VideoRequest, bits: int = 31) -> int:
    """The seed within the vendor's range."""
    return request.seed % (1 << bits)


def same_host(url: str, base_url: str) -> bool:
    """Whether an address is the channel's own host, which knows the key anyhow."""
    return urlsplit(url)[:2] == urlsplit(base_url)[:2]


def reason(task: Any) -> str:
    """Code and message of a task's ``error``."""
    said = [member(task, "error", name) for name in ("code", "message")]
    return " ".join(str(each) for each in said if each)


def check_frames(given: Material, *, alone: bool = False) -> None:
    """For vendors where pictures are either frames or references; ``alone``: a last frame may come without a first.

    Raises:
        InputError: they are both, or there is a last frame without a first.
    """
    if (given.first or given.last) and (given.pictures or given.clips or given.sounds):
        hint = "Give either frames or references."
        raise InputError("this video model takes no references together with a first or last frame", hint=hint)
    if given.last and not given.first and not alone:
        raise InputError("this video model takes a last frame only with a first one", hint="Give a first frame too.")


def whole_seconds(request: VideoRequest) -> int:
    """The length, for vendors that count in seconds.

    Raises:
        InputError: it is not whole seconds.
    """
    if request.duration_ms % 1000:
        raise InputError(
            f"this video model cannot make {request.duration_ms / 1000:g} s", hint="Ask for whole seconds."
        )
    return request.duration_ms // 1000


def resolution_of(request: VideoRequest, names: Sequence[str]) -> str:
    """The vendor's name (``720p``) for the asked size, by area: vendors keep the number of pixels over all ratios.

    Raises:
        InputError: ``names`` are not of resolutions, or there is none.
    """

    def off(name: str) -> float:
        return abs(math.log(request.width * request.height / (side(name) ** 2 * 16 / 9)))

    if not names:
        raise InputError("the channel's options name no resolution", hint="Write at least one, such as 720p.")
    return min(names, key=off)


def side(resolution: str) -> int:
    """The shorter side of a 16:9 picture of a resolution (``720p``, ``4K``).

    Raises:
        InputError: it is none.
    """
    name = resolution.lower()
    if name in ("2k", "4k"):
        return 1440 if name == "2k" else 2160
    if name.endswith("p") and name[:-1].isdecimal() and int(name[:-1]):
        return int(name[:-1])
    raise InputError(f"{resolution!r} is not a resolution", hint="Write it as 720p or 4K.")
