"""Pictures that callers send: an address, a data URI, or bytes; kept as artefacts, so that orders can refer to them."""

from __future__ import annotations

import base64
import binascii
import re

from manju.errors import InputError
from manju.gateway.shelf import Shelf
from manju.media.probe import accept
from manju.net.guard import Guard

LIMIT = 20 << 20
"""Most bytes of one picture."""
_OWN = re.compile(r"/media/([0-9a-f]{64})\.[a-z0-9]+$")
_SUFFIXES = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
)


class Inputs:
    """Takes pictures in."""

    def __init__(self, shelf: Shelf, guard: Guard, public_url: str) -> None:
        self._shelf = shelf
        self._guard = guard
        self._public = public_url.rstrip("/")

    async def picture(self, given: str) -> str:
        """SHA-256 of the artefact for an address (ours are not fetched), a data URI, or bare base64.

        Raises:
            InputError: it cannot be had, or is no picture.
        """
        if given.startswith(("http://", "https://")):
            own = _OWN.search(given.partition("?")[0]) if given.startswith(self._public + "/") else None
            if own is not None and await self._shelf.has(own.group(1)):
                return own.group(1)
            fetched = await self._guard.fetch(given, types=("image/",), limit=LIMIT)
            return await self.keep(fetched.data)
        return await self.keep(_decoded(given))

    async def keep(self, data: bytes) -> str:
        """SHA-256 of the artefact with these bytes.

        Raises:
            InputError: they are no picture.
        """
        if len(data) > LIMIT:
            raise InputError(f"a picture is larger than {LIMIT >> 20} MB", hint="Send a smaller one.")
        suffix = _suffix(data)
        accept(data, suffix, "image")
        return await self._shelf.keep(data, suffix)


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


def _suffix(data: bytes) -> str:
    for magic, suffix in _SUFFIXES:
        if data.startswith(magic):
            return suffix
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    raise InputError("the picture is not PNG, JPEG, WebP or GIF", hint="Convert it first.")
