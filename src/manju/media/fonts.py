"""Fonts: one small static TrueType face that has every character of a given text.

The installed package ``justmytype-intl-cjk`` brings variable Noto Sans SC, TC, JP and KR (SIL Open Font License 1.1).
libass ignores variable axes and would draw the thinnest weight, and it shows empty boxes for a family it cannot find.
So a face is built here: the outlines of just the characters needed, at one weight, from whichever of the four fonts
has them, under a family name that nothing else on the machine can have.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache as once
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from manju.errors import MediaError
from manju.media import atomic

PACKAGE = "justmytype-intl-cjk"
REVISION = "1"
"""Part of every face's name; raised when this module builds other bytes from the same input."""

SCRIPTS = ("SC", "TC", "JP", "KR")
"""Order in which the fonts are asked for a character. SC has all of GB2312 and kana but no Hangul; the forms of
characters that the scripts share are thus the mainland Chinese ones."""

BASE = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "·×–—⸺‘’“”…‰"
    + "\u3000、。〈〉《》「」『』【】〔〕！（），．：；？～￥％＆＋－／＝"
)
"""In every face, so that small changes of a text (a digit, a bracket) find the face that is there already. ``⸺`` is
the unbroken form of ``——``, for those who draw it."""

INVISIBLE = "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff"
"""Joiners, selectors and marks without ink, in every face as empty glyphs, so that no program draws a box for one."""

LAYOUT = frozenset("\n\r\t")
"""Characters that arrange text and are never drawn; they are not reported as missing."""

ASCENT, DESCENT, EM = 1160, 288, 1000
"""Noto Sans CJK's own line metrics in font units. libass scales a face so that ascent + descent = the font size."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font file. Its folder holds nothing else, so it can be given to libass as ``fontsdir``.

    ``missing`` are the characters of the text that no font has (emoji, control codes): leave them out and say so.
    """

    path: Path
    family: str
    edition: str
    """Same edition, same drawing of the same characters, whatever else a face holds."""
    missing: frozenset[str]


def face(text: str, *, cache: Path, weight: int = 700) -> Face:
    """A face with every character of ``text`` that any font has, and `BASE`.

    Built in about 0.3 s for 400 characters, or found in ``cache`` (named by the hash of characters, weight and font
    version). The bytes depend on nothing else.

    Args:
        weight: 100 (thin) to 900 (black), as in CSS.

    Raises:
        MediaError: the font package is not installed, or ``cache`` cannot be written.
    """
    if not 100 <= weight <= 900:
        raise ValueError(f"weight {weight} is outside 100..900")
    wanted = "".join(sorted((set(text) | set(BASE) | set(INVISIBLE)) - LAYOUT))
    family = _family(wanted, weight)
    path = cache / family / f"{family}.ttf"
    if not atomic.found(path):
        _write(path, _build(wanted, family, weight))
    with TTFont(path, lazy=True) as font:
        drawn = font.getBestCmap()
    return Face(path, family, f"{_edition()}/{weight}", frozenset(char for char in wanted if ord(char) not in drawn))


@once
def sources() -> tuple[Path, ...]:
    """The variable fonts, in the order of `SCRIPTS`.

    Raises:
        MediaError: the font package is not installed or not whole.
    """
    spec = find_spec(PACKAGE.replace("-", "_"))
    hint = f"Install manju again, or run: pip install --force-reinstall {PACKAGE}"
    if spec is None or not spec.submodule_search_locations:
        raise MediaError(f"the font package {PACKAGE} is not installed", hint=hint)
    root = Path(spec.submodule_search_locations[0]) / "fonts" / "ofl"
    paths = tuple(root / f"notosans{script.lower()}" / f"NotoSans{script}[wght].ttf" for script in SCRIPTS)
    for path in paths:
        if not path.is_file():
            raise MediaError(f"the font package {PACKAGE} has no {path.name}", hint=hint)
    return paths


@once
def _edition() -> str:
    sizes = ",".join(str(path.stat().st_size) for path in sources())
    return f"{REVISION}/{version(PACKAGE)}/{sizes}"


def _family(wanted: str, weight: int) -> str:
    named = f"{_edition()}/{weight}/{wanted}".encode("utf-8", "surrogatepass")
    return "Manju" + hashlib.blake2b(named, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class _Glyph:
    name: str
    shape: Any
    advance: int
    bearing: int


@dataclass(frozen=True, slots=True)
class _About:
    """What a face keeps of the font that it was drawn from: the notice, and its date, so that bytes do not change."""

    copyright: str = ""
    created: int = 0


@contextmanager
def _opened(path: Path) -> Iterator[TTFont]:
    with TTFont(path, lazy=True) as font:
        # Plain names spare fontTools making 60 000 of them from the cmap; without HVAR it takes the
        # advance widths from gvar, glyph by glyph, in place of reading a table for all. Both save 0.3 s.
        font.setGlyphOrder([f"g{index}" for index in range(font["maxp"].numGlyphs)])
        del font["HVAR"]
        yield font


def _draw(font: TTFont, names: Sequence[tuple[str, str]], weight: int) -> Iterator[_Glyph]:
    """Outlines at ``weight`` of glyphs given as (name in the font, name in the face)."""
    glyphs = font.getGlyphSet(location={"wght": weight})
    for source, name in names:
        recording = DecomposingRecordingPen(glyphs)
        glyphs[source].draw(recording)
        pen = TTGlyphPen(None)
        recording.replay(pen)
        shape = pen.glyph()
        shape.recalcBounds(None)
        yield _Glyph(name, shape, round(glyphs[source].width), getattr(shape, "xMin", 0))


def _build(wanted: str, family: str, weight: int) -> bytes:
    glyphs: list[_Glyph] = []
    cmap = {ord(char): "blank" for char in INVISIBLE}
    left = [ord(char) for char in wanted if char not in INVISIBLE]
    about = _About()
    for path in sources():
        if not left:
            break
        with _opened(path) as font:
            known = font.getBestCmap()
            names = [(known[code], f"u{code:04X}") for code in left if code in known]
            if not glyphs:
                names.insert(0, ("g0", ".notdef"))
                about = _About(font["name"].getDebugName(0), font["head"].created)
            glyphs += _draw(font, names, weight)
            cmap |= {code: f"u{code:04X}" for code in left if code in known}
            left = [code for code in left if code not in known]
    glyphs.append(_Glyph("blank", TTGlyphPen(None).glyph(), 0, 0))
    return _assemble(glyphs, cmap, family, about)


def _assemble(glyphs: Sequence[_Glyph], cmap: dict[int, str], family: str, about: _About) -> bytes:
    builder = FontBuilder(EM, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.updateHead(created=about.created, modified=about.created, fontRevision=float(REVISION))
    builder.setupGlyphOrder([glyph.name for glyph in glyphs])
    builder.setupCharacterMap(cmap)
    builder.setupGlyf({glyph.name: glyph.shape for glyph in glyphs})
    builder.setupHorizontalMetrics({glyph.name: (glyph.advance, glyph.bearing) for glyph in glyphs})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=-DESCENT)
    builder.setupNameTable(
        {
            "copyright": about.copyright,
            "familyName": family,
            "styleName": "Regular",
            "uniqueFontIdentifier": family,
            "fullName": family,
            "psName": family,
            "licenseDescription": "SIL Open Font License, Version 1.1",
            "licenseInfoURL": "https://openfontlicense.org",
        }
    )
    # Declared regular whatever its weight: it is the only face of its family, and no program may "embolden" it.
    builder.setupOS2(
        usWeightClass=400,
        fsSelection=0x40,
        sTypoAscender=ASCENT,
        sTypoDescender=-DESCENT,
        sTypoLineGap=0,
        usWinAscent=ASCENT,
        usWinDescent=DESCENT,
    )
    builder.setupPost(keepGlyphNames=False)
    out = io.BytesIO()
    builder.font.save(out, reorderTables=False)
    return out.getvalue()


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, also where other processes are writing the same face."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The unfinished file lies outside the face's folder: libass reads every file of that folder.
        atomic.write(path, data, folder=path.parent.parent)
    except OSError as error:
        raise MediaError(
            f"cannot write the font {path}: {error}", hint="Free some space, or choose another data folder (--data)."
        ) from error
