"""What a Fountain script says only to its writers: ``/* boneyard */`` and ``[[notes]]``, which may span lines."""

from __future__ import annotations

import re
from bisect import bisect_right

from manju.pipeline.script.formats.page import Page

_GONE = "\ue100"
"""Stands for what was taken out of a line, until the line is known to be empty without it."""


def uncommented(lines: list[tuple[int, str]], page: Page) -> list[tuple[int, str | None]]:
    """The lines, each with its number, without comments; None for one that held nothing else. ``page`` is told what was
    left out, and of comments that nothing closes."""
    text = "\n".join(line if line.strip() else "" for _, line in lines)
    numbers = [number for number, _ in lines]
    starts = [0, *(place + 1 for place in _places(text, "\n"))]
    ends = {"/*": _places(text, "*/"), "[[": _places(text, "]]")}
    blanks = _places(text, "\n\n")
    pieces: list[str] = []
    at = 0
    for mark in re.finditer(r"/\*|\[\[", text):
        start = mark.start()
        if start < at:
            continue
        number = numbers[bisect_right(starts, start) - 1]
        end = _after(ends[mark[0]], start + 1) + 2
        if end < 2 or (mark[0] == "[[" and 0 <= _after(blanks, start) < end):  # a note has no blank line
            if mark[0] == "/*":
                page.doubt(number, text[start : start + 40], "opens a comment that nothing closes")
            continue
        page.leave(number, text[start:end], "is commented out" if mark[0] == "/*" else "is a note")
        pieces += [text[at:start], _GONE, f"\n{_GONE}" * text.count("\n", start, end)]
        at = end
    pieces.append(text[at:])
    rest = "".join(pieces).split("\n")
    bare = (line.replace(_GONE, "") for line in rest)
    return [
        (number, None if _GONE in line and not own.strip() else own)
        for number, line, own in zip(numbers, rest, bare, strict=True)
    ]


def _places(text: str, mark: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(mark), text)]


def _after(places: list[int], start: int) -> int:
    """The first of some places behind ``start``; negative where there is none."""
    index = bisect_right(places, start)
    return places[index] if index < len(places) else -1
