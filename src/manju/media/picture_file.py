"""Whether bytes are a picture that can be used: decoded whole, of a known kind, of a bearable size."""

from __future__ import annotations

import io
import re
import struct
from xml.etree import ElementTree

from PIL import Image, UnidentifiedImageError

from manju.errors import MediaError

MAX_PIXELS = 8192 * 8192
"""A larger picture is refused before it is decoded (decompression bombs)."""

_KINDS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".gif": "GIF", ".bmp": "BMP"}
_SVG = "{http://www.w3.org/2000/svg}svg"
_LINK = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"]?)(?!['\"]?(?:#|data:|url\(\s*['\"]?#))", re.IGNORECASE)
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*$")


def recognise(head: bytes) -> bool:
    """Whether a file that starts with these bytes is a picture of an ISO container (HEIC, AVIF)."""
    return head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")


def check(data: bytes, suffix: str) -> tuple[int, int]:
    """Width and height in pixels of a picture; everything in it was decoded.

    Raises:
        MediaError: it is empty, damaged, too large, no picture, or not what ``suffix`` (``".png"``) says.
    """
    if not data:
        raise MediaError("the picture is empty")
    if suffix.lower() == ".svg":
        return _drawing(data)
    kind = _KINDS.get(suffix.lower())
    if kind is None:
        raise MediaError(f"{suffix or 'a file without suffix'} is no picture", hint=f"Use one of: {', '.join(_KINDS)}.")
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise MediaError(
                    f"the picture has {width}x{height} pixels, more than {MAX_PIXELS}", hint="Scale it down."
                )
            image.load()
    except UnidentifiedImageError as error:
        raise MediaError(f"the picture is damaged or no {kind} file", hint="Make or fetch it again.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaError(f"the picture has more than {MAX_PIXELS} pixels", hint="Scale it down.") from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise MediaError(f"the picture is damaged: {error}", hint="Make or fetch it again.") from error
    return width, height


def _drawing(data: bytes) -> tuple[int, int]:
    """Size of an SVG drawing that refers to nothing outside itself."""
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise MediaError("the drawing declares a document type", hint="Remove its DOCTYPE.")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError) as error:
        raise MediaError(f"the drawing is not well-formed: {error}") from error
    if root.tag != _SVG:
        raise MediaError("the drawing has no svg element")
    for element in root.iter():
        for name, value in element.attrib.items():
            link = name.rpartition("}")[2] == "href" and not value.startswith(("#", "data:"))
            if link or _LINK.search(value):
                raise MediaError("the drawing refers to something outside itself", hint="Embed it.")
        if element.text and element.tag.endswith("}style") and _LINK.search(element.text):
            raise MediaError("the drawing refers to something outside itself", hint="Embed it.")
    return _size(root)


def _size(root: ElementTree.Element) -> tuple[int, int]:
    width, height = (_LENGTH.match(root.get(side, "")) for side in ("width", "height"))
    if width and height:
        return round(float(width[1])), round(float(height[1]))
    box = root.get("viewBox", "").replace(",", " ").split()
    try:
        _, _, across, down = (float(number) for number in box)
    except ValueError as error:
        raise MediaError("the drawing has no size", hint="Give it width and height, or a viewBox.") from error
    return round(across), round(down)
