"""Wrapping: a text in few, even lines that break where a reader would pause (`manju.media.linebreaks`)."""

from __future__ import annotations

from math import ceil

from manju.media.linebreaks import CLAUSE, DOUBTFUL, HAN, HELD_TOGETHER, OPENING, breaks, width

DROPPED = "，。、；：,.;:"
"""Marks that Chinese subtitles leave out at the end of a line (half-width ones after a Chinese character only)."""
PER_LINE = 0.8
"""Cost of one more line, to which all other costs are relative."""
_UNEVEN, _OVERFLOW = 0.6, 100.0
_EXTRA_LINE = 6.0
"""What a caption's line beyond those it was given must save: less than a title costs to break, more than a phrase."""
_LEADING = frozenset("的地得和与與及个個在把被")
_TRAILING = " ，、；：,;:·-–—" + "".join(OPENING)


def wrap(text: str, *, columns: int, max_lines: int) -> str:
    """A caption without times, broken with ``\\n`` into at most ``max_lines`` even lines where they can hold it, into
    more where they cannot. Line breaks of the writer stay; nothing is left out but blanks at line ends."""
    out: list[str] = []
    for paragraph in text.splitlines():
        if not paragraph.strip():
            continue
        lines = Rows(paragraph, columns, drop=False)
        whole = (0, len(lines.places) - 1)
        allowed = max(max_lines, ceil(width(paragraph) / columns))
        while True:
            cost, rows = lines.of(*whole, allowed)
            more_cost, more = lines.of(*whole, allowed + 1)
            rows = more if more_cost + _EXTRA_LINE < cost else rows
            if all(width(row) <= columns for row in rows) or allowed > len(paragraph):
                break
            allowed += 1
        out += rows
    return "\n".join(out)


def shortened(text: str, columns: float) -> str:
    """The beginning of a text that is at most ``columns`` wide, ended where a reader would pause if that is in its
    second half, else at a word's end, and not on a word that leads to the next one (的, 和). A word that is wider than
    that is cut."""
    if width(text) <= columns:
        return text
    text = text[: int(4 * columns) + 8]  # more cannot matter, and a whole story may be given
    places = breaks(text, columns)
    fitting = [place for place in places if 0 < width(text[: place.at].rstrip(_TRAILING)) <= columns]
    fitting = [place for place in fitting if text[place.at - 1] not in _LEADING] or fitting
    end = (
        fitting[-1].at
        if fitting
        else next(at for at in range(len(text), 0, -1) if at == 1 or width(text[:at]) <= columns)
    )
    for dearest in (HELD_TOGETHER, DOUBTFUL, CLAUSE):
        good = [place.at for place in fitting if place.line <= dearest[1]]
        if good and 2 * width(text[: good[-1]]) > columns:
            end = good[-1]
    return text[:end].rstrip(_TRAILING) or text[:end].rstrip()


class Rows:
    """A text with its places to break, and the least costly lines of any span between two of them.

    Spans are given by the numbers of their places. ``drop`` leaves out commas and full stops at line ends.
    """

    def __init__(self, text: str, columns: float, *, drop: bool) -> None:
        self.text, self.columns = text, columns
        self.places = breaks(text, columns)
        self._drop = drop
        self._seen: dict[tuple[int, int], tuple[str, float]] = {}
        self._known: dict[tuple[int, int, int], tuple[float, tuple[str, ...]]] = {}

    def of(self, first: int, last: int, allowed: int) -> tuple[float, tuple[str, ...]]:
        """Least cost of showing a span in at most ``allowed`` lines, and those lines."""
        key = (first, last, allowed)
        if key not in self._known:
            self._known[key] = self._split(first, last, allowed)
        return self._known[key]

    def shown(self, first: int, last: int) -> tuple[str, float]:
        """What is shown of a span on one line, and its width."""
        if (first, last) not in self._seen:
            row = self._stripped(first, last)
            self._seen[first, last] = (row, width(row))
        return self._seen[first, last]

    def _split(self, first: int, last: int, allowed: int) -> tuple[float, tuple[str, ...]]:
        places = self.places
        row, wide = self.shown(first, last)
        cost = sum(place.over for place in places[first + 1 : last])
        if wide > self.columns:
            cost += _OVERFLOW * (wide - self.columns)
        best: tuple[float, tuple[str, ...]] = (cost, (row,) if row else ())
        if allowed == 1 or cost <= PER_LINE or wide <= self.columns * 0.6:
            return best
        for middle in range(first + 1, last):
            head, head_wide = self.shown(first, middle)
            if head_wide > self.columns and middle > first + 1:
                break
            tail_cost, tail = self.of(middle, last, allowed - 1)
            head_cost = sum(place.over for place in places[first + 1 : middle])
            head_cost += _OVERFLOW * max(0.0, head_wide - self.columns)
            uneven = abs(head_wide - width(tail[0] if tail else "")) / self.columns
            cost = head_cost + tail_cost + places[middle].line + PER_LINE + _UNEVEN * (uneven + 3 * uneven**2)
            if cost < best[0]:
                best = (cost, (head, *tail) if head else tail)
        return best

    def _stripped(self, first: int, last: int) -> str:
        raw = " ".join(self.text[self.places[first].at : self.places[last].at].split())
        if self._drop:
            bare = raw.rstrip(DROPPED[:5] + " ")
            if HAN.match(half := raw.rstrip(DROPPED + " "), len(half) - 1):
                bare = half
            return raw if bare[-1:] in OPENING else bare or raw
        return raw
