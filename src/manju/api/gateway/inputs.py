"""Pictures that callers send: an address, a data URI, or bytes; kept as artefacts, so that orders can refer to them."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from manju.domain.order import Stored
from manju.errors import FieldError, InputError, MediaError, UnknownModelError, UnusableFileError
from manju.gateway.shelf import Shelf
from manju.net.guard import Guard, origin_of
from manju.storage.base import content_key

B = TypeVar("B", bound=BaseModel)

LIMIT = 20 << 20
"""Most bytes of one picture."""
FETCHES = 16
"""Most pictures that are being fetched at once: each may wait in memory."""
DECODES = 2
"""Most pictures that are being decoded at once: a large one is hundreds of megabytes then."""
_OWN = re.compile(r"/media/([0-9a-f]{64})\.[a-z0-9]+$")
_SUFFIXES = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
)


class Inputs:
    """Takes pictures in."""

    def __init__(self, shelf: Shelf, guard: Guard) -> None:
        self._shelf = shelf
        self._guard = guard
        self._fetching = asyncio.Semaphore(FETCHES)
        self.decoding = asyncio.Semaphore(DECODES)

    async def picture(self, given: str, here: str) -> str:
        """SHA-256 of the artefact for an address (our own, where ``here`` is, are not fetched), a data URI, or bare
        base64.

        Raises:
            InputError: it cannot be had, or is no picture.
        """
        if given[:8].lower().startswith(("http://", "https://")):
            own = _OWN.search(given.partition("?")[0]) if _same(given, here) else None
            if own is not None and await self._shelf.has(own.group(1)):
                return own.group(1)
            async with self._fetching:
                fetched = await self._guard.fetch(given, types=("image/",), limit=LIMIT)
                return await self.keep(fetched.data)
        return await self.keep(_decoded(given))

    async def stored(self, data: bytes, suffix: str) -> Stored:
        """A file that we have made, kept as an artefact."""
        sha256 = await self._shelf.keep(data, suffix)
        return Stored(role="main", sha256=sha256, path=content_key(sha256, suffix), bytes=len(data))

    async def keep(self, data: bytes) -> str:
        """SHA-256 of the artefact with these bytes.

        Raises:
            InputError: they are no picture.
        """
        if len(data) > LIMIT:
            raise InputError(f"a picture is larger than {LIMIT >> 20} MB", hint="Send a smaller one.")
        suffix = _suffix(data)
        async with self.decoding:
            try:
                await asyncio.to_thread(_accept, data, suffix)
            except MediaError as error:
                raise UnusableFileError(error.message, hint=error.hint) from error
        return await self._shelf.keep(data, suffix)


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        FieldError: it is none.
    """
    try:
        given = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        said, hint = f"the body is not JSON: {error}"[:200], "Send one JSON object, in UTF-8."
        raise FieldError(said, code="invalid_json", hint=hint) from error
    if not isinstance(given, dict):
        raise FieldError("the body is not a JSON object", code="invalid_json", hint="Write it in braces: {…}.")
    return given


@contextmanager
def field(name: str) -> Iterator[None]:
    """What cannot be used in this block is the field of this name.

    Raises:
        FieldError: instead of an InputError that does not name one.
    """
    try:
        yield
    except (FieldError, UnknownModelError):
        raise
    except InputError as error:
        raise FieldError(error.message, param=name, hint=error.hint) from error


def checked(kind: type[B], fields: Mapping[str, Any]) -> B:
    """A body from fields that did not come as JSON of their own.

    Raises:
        RequestValidationError: one of them does not fit.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from error


def _same(given: str, here: str) -> bool:
    """Whether an address is where we are: also under another name of this machine for itself."""
    (scheme, host, port), (ours, our_host, our_port) = origin_of(given), origin_of(here)
    named = host == our_host or {host, our_host} <= _THIS_MACHINE
    return named and (scheme, port) == (ours, our_port)


_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def _decoded(given: str) -> bytes:
    head, comma, text = given.partition(",")
    if not given.startswith("data:"):
        text = given
    elif not comma or ";base64" not in head:
        raise InputError("a data URI must be base64", hint="Write data:image/png;base64,…")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(
            f"{given[:40]!r} is neither an address nor base64", hint="Send https://… or data:image/png;base64,…"
        ) from error


def _accept(data: bytes, suffix: str) -> None:
    from manju.media.probe import accept  # with its codecs, which a server starts without

    accept(data, suffix, "image")


def _suffix(data: bytes) -> str:
    for magic, suffix in _SUFFIXES:
        if data.startswith(magic):
            return suffix
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    raise InputError("the picture is not PNG, JPEG, WebP or GIF", hint="Convert it first.")
