"""Cut-outs: pictures with transparency that are a part of a larger one and say where in it they lie.

A PNG says so in its chunk oFFs (PNG extensions, section 3.1), which painting programs read and write. A file without
one shows the whole, clear where it is not painted.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from manju.errors import MediaError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = len(SIGNATURE) + 25
"""Where the chunk IHDR ends, which comes first and is always as long."""
_HEAD = 1 << 16
"""So much of a file is looked through for the chunk, which comes before the pixels."""


def put(png: bytes, x: int, y: int) -> bytes:
    """A PNG that says that its upper left corner lies at pixel (x, y) of the whole picture."""
    body = b"oFFs" + struct.pack(">iiB", x, y, 0)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_HEADER] + chunk + png[_HEADER:]


def place(path: Path) -> tuple[int, int] | None:
    """Where in the whole picture the upper left corner of a picture lies, in pixels; None where it does not say.

    Raises:
        MediaError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}", hint="Put it back, or leave it out.") from error
    at = len(SIGNATURE)
    while head.startswith(SIGNATURE) and at + 8 <= len(head):
        length, kind = struct.unpack_from(">I4s", head, at)
        if kind == b"IDAT":
            break
        if kind == b"oFFs" and length == 9 and at + 17 <= len(head):
            x, y, unit = struct.unpack_from(">iiB", head, at + 8)
            return (x, y) if unit == 0 else None
        at += 12 + length
    return None
