"""Pictures from files: what is one that can be used, and its pixels.

Pillow alone reads them: it refuses what is cut short, takes the kinds that it is told, and is silent. A picture that a
model made must decode (`check`); one that a person put into a film must be whole (`inspect`), which is told from its
structure, since a long film has many.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError

from manju.errors import MediaError

MAX_PIXELS = 8192 * 8192
"""A larger picture is refused before it is decoded (decompression bombs)."""
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)  # or Pillow decodes twice as much with a warning

STILLS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
"""Pillow's names of the kinds that a film's stills may have."""
_MODES = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr", "I;16", "I;16L", "I;16B")
"""Pillow's names of the samples that they may have."""
SAVE = "Save it as a PNG, JPEG or WebP file."
_ANIMATED = ("PNG", "GIF", "WEBP")
"""Kinds whose further pictures move; those of the others are previews, pages or sizes of the first."""
_KINDS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".gif": "GIF", ".bmp": "BMP"}
_SVG = "{http://www.w3.org/2000/svg}svg"
_LINK = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"]?)(?!['\"]?(?:#|data:|url\(\s*['\"]?#))", re.IGNORECASE)
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*$")

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by the orientation in its Exif data."""
_STRIP = 512
"""Rows that are worked on at once, so that a large picture is not held many times."""


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
    with _opened(io.BytesIO(data), (kind,)) as image:
        image.load()
        return image.size


def inspect(path: Path) -> None:
    """Look whether a still can be used in a film, without decoding more than that takes.

    Raises:
        MediaError: it cannot be read, is no picture of `STILLS`, an animation, too large, or cut short.
    """
    with _read(path) as image:
        match image.format:
            case "PNG":
                image.verify()  # every chunk is there, and is what it was
            case "JPEG":
                image.draft("L", (1, 1))  # one pixel of eight, and no colours
                image.load()
            case _:
                image.load()


def load(path: Path) -> NDArray[np.uint8]:
    """The pixels of a still as rows of BGR, in sRGB, upright; what is transparent lies on white.

    Raises:
        MediaError: as `inspect`, and where pixels are missing or damaged.
    """
    with _read(path) as image:
        image.load()
        picture = _in_srgb(image)
        turn = _TURNS.get(_orientation(image))
        if turn is not None:
            picture = picture.transpose(turn)
        return _flat(picture)


def load_clear(path: Path) -> NDArray[np.uint8]:
    """The pixels of a still as rows of BGRA, in sRGB, upright, premultiplied with their opacity.

    Raises:
        MediaError: as `load`.
    """
    with _read(path) as image:
        image.load()
        picture = _in_srgb(image)
        turn = _TURNS.get(_orientation(image))
        if turn is not None:
            picture = picture.transpose(turn)
        premultiplied = np.asarray(picture.convert("RGBA").convert("RGBa"))
        out: NDArray[np.uint8] = cv2.cvtColor(premultiplied, cv2.COLOR_RGBA2BGRA).astype(np.uint8, copy=False)
        return out


def size(path: Path) -> tuple[int, int]:
    """Width and height of a still as it is shown.

    Raises:
        MediaError: as `inspect`, but for what is only seen when it is decoded.
    """
    with _read(path) as image:
        return image.size[::-1] if _orientation(image) in (5, 6, 7, 8) else image.size


@contextmanager
def _read(path: Path) -> Iterator[Image.Image]:
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise MediaError("the picture is empty", hint=SAVE)
            file.seek(0)
            with _opened(file, STILLS) as image:
                if image.mode not in _MODES:
                    raise MediaError(f"the picture's samples ({image.mode}) are of no usual kind", hint=SAVE)
                if image.format in _ANIMATED and getattr(image, "is_animated", False):
                    raise MediaError(
                        "the picture is an animation",
                        hint="Save one of its pictures as a PNG, or give the shot a clip (MP4) in timeline.json.",
                    )
                yield image
    except OSError as error:
        raise MediaError(f"the picture cannot be read: {error.strerror or error}", hint=SAVE) from error


@contextmanager
def _opened(file: IO[bytes], kinds: tuple[str, ...]) -> Iterator[Image.Image]:
    """The picture in a file, not decoded yet. Errors of Pillow inside the block become `MediaError`."""
    try:
        with Image.open(file, formats=kinds) as image:
            yield image
    except UnidentifiedImageError as error:
        raise MediaError(f"the picture is damaged or no {_either(kinds)} file", hint=SAVE) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaError(f"the picture has more than {MAX_PIXELS} pixels", hint="Scale it down.") from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        why = " ".join(str(error).split())
        raise MediaError(f"the picture is damaged: {why}", hint="Make or fetch it again.") from error


def _either(kinds: tuple[str, ...]) -> str:
    return " or ".join((", ".join(kinds[:-1]), kinds[-1])) if len(kinds) > 1 else kinds[0]


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (OSError, SyntaxError, ValueError, TypeError, struct.error):
        return 1  # damaged Exif data say nothing; the picture is whole


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture as RGB, or as RGBA where it has transparency, with 8 bits a sample."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):  # those of grey and of palettes say next to nothing
        image = _through(profile, image, mode)
    return image if image.mode == mode else image.convert(mode)


def _through(profile: bytes, image: Image.Image, mode: str) -> Image.Image:
    """The picture with its colours as its profile means them; as it is where the profile cannot be used."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if ImageCms.getProfileDescription(own).startswith("sRGB"):
            return image
        turned = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (OSError, ValueError, ImageCms.PyCMSError):
        return image
    assert turned is not None  # it is where nothing was to be done in place
    return turned


def _flat(picture: Image.Image) -> NDArray[np.uint8]:
    """The pixels of an RGB or RGBA picture as BGR, on white."""
    out = np.empty((picture.height, picture.width, 3), np.uint8)
    clear = picture.mode == "RGBA" and picture.getchannel("A").getextrema()[0] != 255
    for top in range(0, picture.height, _STRIP):
        bottom = min(top + _STRIP, picture.height)
        rows = np.asarray(picture.crop((0, top, picture.width, bottom)))
        if clear:  # drawings with holes are meant for paper
            alpha = rows[:, :, 3:].astype(np.float32) / 255
            colours = rows[:, :, :3].astype(np.float32) / 255
            rows = np.rint((colours * alpha + (1 - alpha)) * 255).astype(np.uint8)
        swap = cv2.COLOR_RGBA2BGR if rows.shape[2] == 4 else cv2.COLOR_RGB2BGR
        cv2.cvtColor(rows, swap, dst=out[top:bottom])
    return out


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
