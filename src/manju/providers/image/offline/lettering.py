"""Text in pictures: a face with exactly the characters needed, measures, line breaks.

The rasteriser sees no system font. Characters that no font has (emoji) are left out.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import platformdirs

from manju.media.fonts import face
from manju.providers.image.offline.svg import Drawing, clean

_TOKENS = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’.,:%+-]*\s?|.", re.S)


def font_cache() -> Path:
    """Folder of built faces: ``fonts`` in ``$MANJU_CACHE``, or in the platform's cache folder of manju."""
    root = os.environ.get("MANJU_CACHE")
    return (Path(root) if root else platformdirs.user_cache_path("manju", appauthor=False)) / "fonts"


class Lettering:
    """The face of one picture. Without any text no face is built.

    Args:
        texts: everything that may be written.
        cache: where faces are kept.
    """

    def __init__(self, texts: Iterable[str], cache: Path) -> None:
        wanted = "".join(sorted(set("".join(clean(text) for text in texts))))
        self.files: list[str] = []
        self._family = ""
        self._missing: frozenset[str] = frozenset()
        if wanted.strip():
            built = face(wanted, cache=cache, weight=700)
            self.files = [str(built.path)]
            self._family, self._missing = built.family, built.missing

    def drawable(self, text: str) -> str:
        """``text`` without what cannot be drawn."""
        return clean("".join(char for char in clean(text) if char not in self._missing))

    def width(self, text: str, size: float) -> float:
        """About how wide ``text`` is at ``size`` pixels: full width characters 1 em, others by class."""
        return size * _ems(self.drawable(text))

    def wrap(self, text: str, width: float, size: float, *, most: int) -> list[str]:
        """``text`` in at most ``most`` lines of ``width`` pixels; what is left over ends in an ellipsis."""
        lines, line, used = [], "", 0.0
        for token in _TOKENS.findall(self.drawable(text)):
            if line and used + size * _ems(token.rstrip()) > width and token not in "，。、！？；：）》」,.!?":
                lines.append(line.strip())
                line, used = "", 0.0
                if len(lines) > most:
                    break
            line += token
            used += size * _ems(token)
        lines = [part for part in (*lines, line.strip()) if part]
        if len(lines) > most:
            lines = [*lines[: most - 1], lines[most - 1].rstrip("，。、,. ") + "…"]
        return lines

    def fit(self, text: str, width: float, size: float, *, most: int) -> tuple[list[str], float]:
        """``text`` in lines of about the same length, and the size (at most ``size``) at which they fit ``width``:
        the number of lines up to ``most`` that lets the letters be largest."""
        best: tuple[list[str], float] = ([], 0.0)
        total = self.width(text, 1.0)
        for count in range(1, most + 1):
            for slack in (1.0, 1.08, 1.2, 1.4):
                lines = self.wrap(text, total / count * slack + 0.01, 1.0, most=count + 1)
                if lines and len(lines) <= count:
                    goal = min(size, width / max(self.width(line, 1.0) for line in lines))
                    if goal > best[1] * 1.12:
                        best = (lines, goal)
                    break
        return best

    def write(
        self, d: Drawing, text: str, x: float, y: float, size: float, fill: str, *, anchor: str = "middle",
        edge: str | None = None, edge_width: float = 0.0,
    ) -> None:  # fmt: skip
        """One line of text on the base line ``y``."""
        shown = self.drawable(text)
        if shown:
            d.text(shown, x, y, size, fill, family=self._family, anchor=anchor, edge=edge, edge_width=edge_width)


def _ems(text: str) -> float:
    return sum(_em(char) for char in text)


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if char in " ilj.,:;'|!()[]":
        return 0.3
    return 0.66 if char.isupper() or char in "mw" else 0.57
