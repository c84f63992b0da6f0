"""Word documents (DOCX): their paragraphs and tables as lines of text, a line a paragraph.

A soft break inside a paragraph is a ``\\v``, a table a Markdown table, a heading a ``#``.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from manju.errors import InputError
from manju.pipeline.script.formats.fields import column
from manju.pipeline.script.formats.markdown import shots
from manju.pipeline.script.formats.xml import parse

LARGEST_PART = 24 * 1024 * 1024
"""Bytes of the document inside the file, unpacked."""
_HINT = "Save it in Word as .docx once more, or as plain text (.txt)."
_SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_INSIDE = frozenset(
    f"w:{name}"
    for name in ("hyperlink", "ins", "moveTo", "smartTag", "sdt", "sdtContent", "fldSimple", "r", "customXml", "dir")
)
_TEXT = {"w:tab": "\t", "w:cr": "\v", "w:noBreakHyphen": "-"}
_NAMED = re.compile(r"heading (\d)|(title)", re.IGNORECASE)


def text_of(path: Path) -> str:
    """The text of a Word document, a line a paragraph.

    Raises:
        InputError: it cannot be read as one.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            part = "word/document.xml"
            if part not in names:
                raise InputError(f"{path} is no Word document: it has no {part}", hint=_HINT)
            body = _unpacked(archive, part, path)
            styles = _unpacked(archive, "word/styles.xml", path) if "word/styles.xml" in names else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        # RuntimeError: a part with a password; NotImplementedError: a way of packing that Word does not use.
        raise InputError(f"{path} is no Word document that can be opened ({error})", hint=_HINT) from error
    what = f"the Word document {path}"
    levels = _levels(parse(styles, what, namespaces=True)) if styles else {}
    root = _child(parse(body, what, namespaces=True), "w:body")
    if root is None:
        raise InputError(f"{path} is no Word document: it has no body", hint=_HINT)
    return "\n".join(_lines(root, levels))


def _unpacked(archive: zipfile.ZipFile, part: str, path: Path) -> bytes:
    """A part of the file, and never more of it than the limit, whatever the file says of its size."""
    with archive.open(part) as packed:
        data = packed.read(LARGEST_PART + 1)
    if len(data) > LARGEST_PART:
        raise InputError(
            f"{path} unpacks to more than {LARGEST_PART // 1024 // 1024} MB",
            hint="Split it into episodes, a file each.",
        )
    return data


def _name(element: Element) -> str:
    """``w:p`` for Word's own elements, ``other:p`` for those of drawings and the like."""
    space, _, local = element.tag.rpartition("}")
    return f"w:{local}" if space in _SPACES else f"other:{local}"


def _value(element: Element | None) -> str:
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "val"), "")


def _children(element: Element, *names: str) -> Iterator[Element]:
    return (child for child in element if _name(child) in names)


def _child(element: Element, *path: str) -> Element | None:
    for name in path:
        found = next(_children(element, name), None)
        if found is None:
            return None
        element = found
    return element


def _levels(styles: Element) -> dict[str, int]:
    """Heading styles by their id, with their level; Word's Chinese edition calls the ids ``1``, ``2``."""
    found: dict[str, int] = {}
    for style in _children(styles, "w:style"):
        own = next((value for key, value in style.attrib.items() if key.rpartition("}")[2] == "styleId"), "")
        match = _NAMED.fullmatch(_value(_child(style, "w:name")))
        if match:
            found[own] = int(match[1] or 1)
    return found


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables, those inside content controls too."""
    for child in parent:
        name = _name(child)
        if name in ("w:p", "w:tbl"):
            yield child
        elif name in ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo"):
            yield from _blocks(child)


def _lines(body: Element, levels: dict[str, int]) -> Iterator[str]:
    for block in _blocks(body):
        if _name(block) == "w:tbl":
            yield from _table(block)
            continue
        text = _text(block)
        level = levels.get(_value(_child(block, "w:pPr", "w:pStyle")), 0)
        yield f"{'#' * min(level, 6)} {text.strip()}" if level and text.strip() else text
        for box in _boxes(block):
            yield from _lines(box, levels)


def _boxes(element: Element) -> Iterator[Element]:
    """The text boxes that hang on a paragraph; each stands there twice, the second time for old programs."""
    for child in element:
        if _name(child) == "w:txbxContent":
            yield child
        elif child.tag.rpartition("}")[2] != "Fallback":
            yield from _boxes(child)


def _table(table: Element) -> Iterator[str]:
    rows = [
        [_cell(cell) for cell in _cells(row)]
        for row in table
        if _name(row) == "w:tr" and _child(row, "w:trPr", "w:del") is None
    ]
    head = next((n for n, row in enumerate(rows[:3]) if shots(tuple(column(cell) for cell in row))), None)
    for row in rows[: len(rows) if head is None else head]:
        # No table of shots: its cells are text, side by side.
        yield "\t".join(cell.replace("<br>", "\v").replace("\\|", "|") for cell in row if cell)
    if head is not None:
        # One line for the two that Markdown wants: the lines are counted as rows.
        yield f"| {' | '.join(rows[head])} |\v|{'---|' * len(rows[head])}"
        yield from (f"| {' | '.join(row)} |" for row in rows[head + 1 :])


def _cells(row: Element) -> Iterator[Element]:
    for child in row:
        if _name(child) == "w:tc":
            yield child
        elif _name(child) in ("w:sdt", "w:sdtContent"):
            yield from _cells(child)


def _cell(cell: Element) -> str:
    paragraphs = (_text(block) for block in _blocks(cell) if _name(block) == "w:p")
    return "<br>".join(text.strip() for text in paragraphs if text.strip()).replace("\v", "<br>").replace("|", "\\|")


def _text(parent: Element) -> str:
    """The words of a paragraph as they stand: with insertions, without what was struck out."""
    found: list[str] = []
    for child in parent:
        name = _name(child)
        if name == "w:t":
            found.append(child.text or "")
        elif name in _TEXT:
            found.append(_TEXT[name])
        elif name == "w:br":
            kind = next((value for key, value in child.attrib.items() if key.rpartition("}")[2] == "type"), "")
            found.append("" if kind in ("page", "column") else "\v")
        elif name in _INSIDE:
            found.append(_text(child))
    return "".join(found)
