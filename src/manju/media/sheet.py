"""The contact sheet (九宫格 印样): nine shots a page in a 3x3 grid, each with its number and caption."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from manju.errors import InputError, UnusableFileError
from manju.media.fonts import face
from manju.media.process import cores

COLUMNS = ROWS = 3
PER_PAGE = COLUMNS * ROWS
PAPER, TEXT, FAINT, FRAME, EMPTY, BADGE = "#f6f4ef", "#23262f", "#8a8f9b", "#c9c7c0", "#edeae3", "#d5453d"
_NUMBERED = re.compile(r"\s*(\d{1,4})[\s.、:：)）]+(.*)", re.S)
_WIDE, _TALL = 2.6, 0.42
"""Cells are never wider or narrower than this (width over height): a panorama is shown with bars."""
ORIENTATION, QUARTER_TURNS = 0x0112, (5, 6, 7, 8)
"""Exif 2.32, §4.6.4: the tag, and the values that lay a picture on its side."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Measures of a page in pixels."""

    width: int
    height: int
    margin: int
    gap: int
    head: int
    cell: tuple[int, int]
    foot: int
    type: int
    """Size of the captions' letters."""

    def corner(self, index: int) -> tuple[int, int]:
        """Upper left corner of a cell."""
        row, column = divmod(index, COLUMNS)
        x = self.margin + column * (self.cell[0] + self.gap)
        return x, self.head + row * (self.cell[1] + self.foot + self.gap)


def contact_sheet(
    pictures: Sequence[Path], captions: Sequence[str], *, title: str, cache: Path, width: int = 1920
) -> list[bytes]:
    """Pages of the contact sheet as PNG files, nine pictures each; cells have the first picture's ratio.

    Args:
        pictures: the shots' pictures in order; at least one.
        captions: one for each picture. One that starts with a number keeps it as its shot's number; the others are
            counted.
        title: line above the grid.
        cache: where built fonts are kept.
        width: of a page in pixels, 320 to 8192; the height follows from the pictures' ratio.

    Raises:
        UnusableFileError: a picture cannot be read; the message names it.
        InputError: there is no picture, or not a caption for each, or the width is out of range.
    """
    if not pictures or len(pictures) != len(captions):
        raise InputError(f"a contact sheet of {len(pictures)} pictures with {len(captions)} captions cannot be made")
    if not 320 <= width <= 8192:
        raise InputError(f"a contact sheet cannot be {width} pixels wide", hint="Use 320 to 8192.")
    labels = [_label(caption, index) for index, caption in enumerate(captions)]
    built = face("".join((title, "…/", *(number + text for number, text in labels))), cache=cache, weight=600)
    layout = _layout(_ratio(pictures[0]), width)
    pages = range(0, len(pictures), PER_PAGE)
    out = []
    for page, first in enumerate(pages, start=1):
        cells = list(zip(pictures, labels, strict=True))[first : first + PER_PAGE]
        heading = title if len(pages) == 1 else f"{title}  {page}/{len(pages)}"
        out.append(_page(cells, heading, layout, built.path, built.missing))
    return out


def _label(caption: str, index: int) -> tuple[str, str]:
    """Number and text of a caption."""
    if found := _NUMBERED.match(caption):
        return found.group(1), found.group(2)
    return str(index + 1), caption


def _ratio(path: Path) -> float:
    with _opened(path) as picture:
        ratio = picture.width / picture.height
        try:  # where the file ends too early, PNG's own data may be missing
            turned = picture.getexif().get(ORIENTATION, 1) in QUARTER_TURNS
        except (OSError, SyntaxError, ValueError) as error:
            raise _unreadable(path, error) from error
        return min(_WIDE, max(_TALL, 1 / ratio if turned else ratio))


def _layout(ratio: float, width: int) -> _Layout:
    margin, gap, kind = round(width * 0.025), round(width * 0.0125), max(9, round(width * 0.0125))
    head, foot = round(width * 0.055), round(kind * 3.4)
    across = (width - 2 * margin - (COLUMNS - 1) * gap) // COLUMNS
    cell = (across, round(across / ratio))
    height = head + ROWS * (cell[1] + foot) + (ROWS - 1) * gap + margin // 2
    return _Layout(width, height, margin, gap, head, cell, foot, kind)


def _opened(path: Path) -> Image.Image:
    """The picture, not decoded yet."""
    try:
        return Image.open(path)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> UnusableFileError:
    hint = "Replace it by a PNG, JPEG or WebP file."
    return UnusableFileError(f"{path} cannot be read as a picture: {error}", hint=hint)


def _thumbnail(path: Path, box: tuple[int, int]) -> Image.Image:
    """The picture in a size that just fits ``box``."""
    with _opened(path) as opened:
        try:
            opened.draft("RGB", box)
            picture = ImageOps.exif_transpose(opened)
            scale = min(box[0] / picture.width, box[1] / picture.height)
            size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
            picture.load()
            factor = int(1 / scale)
            flat = _on_paper(picture.reduce(factor) if factor > 1 and picture.mode in ("RGB", "RGBA", "L") else picture)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise _unreadable(path, error) from error
    return flat.resize(size, Image.Resampling.BOX)


def _on_paper(picture: Image.Image) -> Image.Image:
    """The picture without transparency: what shows through is white."""
    if picture.mode == "RGB":
        return picture
    if "A" in picture.getbands() or "transparency" in picture.info:
        full = picture.convert("RGBA")
        if full.getchannel("A").getextrema() == (255, 255):
            return full.convert("RGB")
        white = Image.new("RGBA", full.size, "white")
        return Image.alpha_composite(white, full).convert("RGB")
    return picture.convert("RGB")


def _page(
    cells: Sequence[tuple[Path, tuple[str, str]]], title: str, layout: _Layout, font: Path, missing: frozenset[str]
) -> bytes:
    page = Image.new("RGB", (layout.width, layout.height), PAPER)
    draw = ImageDraw.Draw(page)
    big = ImageFont.truetype(str(font), round(layout.head * 0.40))
    small = ImageFont.truetype(str(font), layout.type)
    heading = _fitted(title, big, layout.width - 2 * layout.margin, missing)
    draw.text((layout.margin, layout.head * 0.52), heading, font=big, fill=TEXT, anchor="lm")
    with ThreadPoolExecutor(min(4, cores())) as threads:
        shots = list(threads.map(lambda cell: _thumbnail(cell[0], layout.cell), cells))
    for index in range(PER_PAGE):
        x, y = layout.corner(index)
        box = (x, y, x + layout.cell[0] - 1, y + layout.cell[1] - 1)
        if index >= len(cells):
            draw.rectangle(box, fill=EMPTY, outline=FRAME)
            continue
        (number, caption), shot = cells[index][1], shots[index]
        if shot.size != layout.cell:
            draw.rectangle(box, fill="#111216")
        page.paste(shot, (x + (layout.cell[0] - shot.width) // 2, y + (layout.cell[1] - shot.height) // 2))
        draw.rectangle(box, outline=FRAME)
        _caption(draw, number, caption, layout, (x, y + layout.cell[1]), small, missing)
    out = io.BytesIO()
    page.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _caption(
    draw: ImageDraw.ImageDraw,
    number: str,
    caption: str,
    layout: _Layout,
    corner: tuple[int, int],
    font: ImageFont.FreeTypeFont,
    missing: frozenset[str],
) -> None:
    """Number in a badge and up to two lines of text below a cell."""
    x, y = corner[0], corner[1] + round(layout.type * 0.45)
    high = round(layout.type * 1.25)
    wide = max(high, round(font.getlength(number) + layout.type * 0.8))
    draw.rounded_rectangle((x, y, x + wide, y + high), radius=high // 4, fill=BADGE)
    draw.text((x + wide / 2, y + high / 2), number, font=font, fill="#ffffff", anchor="mm")
    left = x + wide + round(layout.type * 0.5)
    room = corner[0] + layout.cell[0] - left
    first, rest = _split(_clean(caption, missing), font, room)
    draw.text((left, y + high / 2), first, font=font, fill=TEXT, anchor="lm")
    if rest:
        draw.text((left, y + high * 1.62), _fitted(rest, font, room, missing), font=font, fill=FAINT, anchor="lm")


def _clean(text: str, missing: frozenset[str]) -> str:
    kept = (char if char.isprintable() or char.isspace() else "" for char in text if char not in missing)
    return " ".join("".join(kept).split())


def _split(text: str, font: ImageFont.FreeTypeFont, room: float) -> tuple[str, str]:
    """What of ``text`` fits into ``room``, and the rest; broken at a space near the end where there is one."""
    if font.getlength(text) <= room:
        return text, ""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= room else (low, middle - 1)
    if text[low : low + 1].isascii() and text[low : low + 1] != " " and (space := text.rfind(" ", 0, low)) > low * 0.6:
        low = space
    elif text[low : low + 1] in "，。！？、；：》」”" and low > 1:
        low -= 1
    return text[:low].rstrip(), text[low:].lstrip()


def _fitted(text: str, font: ImageFont.FreeTypeFont, room: float, missing: frozenset[str]) -> str:
    """``text`` in one line of ``room`` pixels, cut with an ellipsis."""
    text = _clean(text, missing)
    if font.getlength(text) <= room:
        return text
    first, _ = _split(text, font, room - font.getlength("…"))
    return first + "…"
