"""Cueing: spoken words packed into subtitles that fit the frame, can be read in their time, and end where a reader
would pause (`manju.media.linebreaks`). Cues are chosen for the whole line at once, by least cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, zip_longest

from manju.domain.cues import Cue, Word
from manju.domain.screenplay import Language
from manju.media.linebreaks import HAN, width
from manju.media.wrapping import DROPPED, Rows

MIN_MS = 800
"""Shortest time on screen, where the next cue allows it."""
READ = 9.0
"""Columns that are read in a second: a cue is held as long as that takes, where the next cue allows it. Netflix's
timed-text guides allow 9 Chinese characters and 20 letters (10 columns) a second."""
CLOSE_GAP_MS = 300
"""A gap up to this long before the next cue is filled, so that the subtitle does not blink."""
_FLASH_MS = 200
_PER_CUE, _TOO_SHORT, _TOO_LONG, _ORPHAN = 0.6, 5.0, 20.0, 1.0
"""Costs of a cue, of one that is shorter or longer than it should be, and of a bit of a sentence alone."""


def cues(
    words: Sequence[Word],
    *,
    language: Language,
    speaker: str,
    columns: int,
    max_lines: int = 2,
    max_ms: int = 6000,
) -> tuple[Cue, ...]:
    """One spoken line as subtitles, in order and without overlap. Call `settle` on those of all lines together.

    Args:
        words: the line with absolute times; a word may be as long as the line (its time is then shared out).
        columns: full-width characters that fit on a line; ASCII counts half.
        max_ms: longest time on screen.

    The words of all cues join to the words of the line, to the letter. ``Cue.text`` is what is shown: broken into
    lines with ``\\n``, blanks at line ends left out and, in Chinese, commas and full stops too. A line without any
    visible character gives no cue.
    """
    if columns < 2 or max_lines < 1 or max_ms < MIN_MS:
        raise ValueError(f"cannot set subtitles in {columns} columns, {max_lines} lines, {max_ms} ms")
    if not any(word.text.strip() for word in words):
        return ()
    line = _Line(words, language, columns, max_ms)
    made = []
    for first, last in line.packed(max_lines):
        part = line.words(first, last)
        start = part[0].start_ms
        end = max(start + 1, *(word.end_ms for word in part))
        text = line.shown(first, last, max_lines)
        made.append(Cue(text=text, start_ms=start, end_ms=end, words=part, speaker=speaker))
    return settle(made)


def settle(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """The cues of a film in order of time: none overlaps the next, each stays long enough to be read where there is
    room, and gaps too short to be seen as such are closed. Of two that start at once the second is shown after the
    first."""
    ordered = sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))
    settled: list[Cue] = []
    start = 0
    for cue, follower in zip_longest(ordered, ordered[1:]):
        start = max(start, cue.start_ms)
        end = max(cue.end_ms, start + reading_ms(cue.text))
        if follower is not None and follower.start_ms - end <= CLOSE_GAP_MS:
            end = follower.start_ms
            if end - start < _FLASH_MS and cue.end_ms > end:  # spoken at once: each gets its half
                end = start + max(1, (min(cue.end_ms, follower.end_ms) - start) // 2)
        settled.append(cue.model_copy(update={"start_ms": start, "end_ms": end}))
        start = end
    return tuple(settled)


def reading_ms(text: str) -> int:
    """Milliseconds that a subtitle must stay to be read: see `READ` and `MIN_MS`."""
    return max(MIN_MS, round(1000 * width(text) / READ))


def pieces(cue: Cue) -> tuple[tuple[str, int, int], ...]:
    """What is shown of a cue, word by word: (text with its ``\\n``, start, end). Joined they are ``cue.text``.

    A cue whose words do not fit its text (edited by hand, or without words) is one piece without highlighting: empty.
    """
    text, at = cue.text, 0
    out: list[tuple[str, int, int]] = []
    for word in cue.words:
        shown = ""
        for char in word.text:
            if at < len(text) and text[at] == "\n" and text[at + 1 : at + 2] == char:
                shown, at = shown + "\n", at + 1
            if at < len(text) and (text[at] == char or (text[at].isspace() and char.isspace())):
                shown, at = shown + text[at], at + 1
            elif not (char.isspace() or char in DROPPED):
                return ()
        if shown:
            out.append((shown, word.start_ms, word.end_ms))
    return tuple(out) if at == len(text) else ()


def columns(frame_width: int, frame_height: int, size: int, language: Language, side: int = 0) -> int:
    """Columns for subtitles of ``size`` per mille of the frame's shorter side: what fits between side margins of 7 %
    (or ``side`` per mille of the width), but no more than is read at a glance (18 Chinese characters, 42 letters).
    Bold letters are wider than half."""
    fitting = frame_width * min(0.86, 1 - side / 500) / (size / 1000 * min(frame_width, frame_height))
    return max(4, min(int(fitting), 18) if language == "zh" else min(int(fitting * 0.92), 21))


class _Line:
    """One spoken line with its places to break (given by their numbers) and its times."""

    def __init__(self, words: Sequence[Word], language: Language, columns: int, max_ms: int) -> None:
        self._words, self._max_ms = words, max_ms
        self._text = Rows("".join(word.text for word in words), columns, drop=language == "zh")
        self._offsets = [0, *accumulate(len(word.text) for word in words)]
        self._starts, self._ends = self._times(ending=False), self._times(ending=True)

    def packed(self, max_lines: int) -> list[tuple[int, int]]:
        """Spans of the cues of least total cost."""
        end = len(self._text.places) - 1
        best: list[tuple[float, int]] = [(0.0, 0)] * (end + 1)
        room = self._text.columns * max_lines
        for first in range(end - 1, -1, -1):
            best[first] = (float("inf"), first + 1)
            for last in range(first + 1, end + 1):
                if last > first + 1 and self._text.shown(first, last)[1] > room:
                    break
                cost = self._cost(first, last, max_lines) + best[last][0]
                if cost < best[first][0]:
                    best[first] = (cost, last)
        spans, at = [], 0
        while at < end:
            spans.append((at, best[at][1]))
            at = best[at][1]
        return spans

    def shown(self, first: int, last: int, max_lines: int) -> str:
        """What is shown of a span."""
        start, end = self._text.places[first].at, self._text.places[last].at
        return "\n".join(self._text.of(first, last, max_lines)[1]) or self._text.text[start:end].strip()

    def words(self, first: int, last: int) -> tuple[Word, ...]:
        """The words of a span; one that is cut by its edges shares its time out by what is spoken on each side."""
        start, end = self._text.places[first].at, self._text.places[last].at
        out = []
        for word, offset in zip(self._words, self._offsets, strict=False):
            low, high = max(start, offset), min(end, offset + len(word.text))
            if low < high or (not word.text and start <= offset < end):
                part = word.text[low - offset : high - offset]
                out.append(Word(text=part, start_ms=_moment(word, low - offset), end_ms=_moment(word, high - offset)))
        return tuple(out)

    def _cost(self, first: int, last: int, max_lines: int) -> float:
        places = self._text.places
        cost, rows = self._text.of(first, last, max_lines)
        cost += _PER_CUE + places[last].cue
        sentence = places[first].cue == places[last].cue == 0
        if not sentence and sum(map(width, rows)) < 3:
            cost += _ORPHAN
        start = self._starts[first]
        spoken = self._ends[last] - start
        if spoken > self._max_ms:
            cost += _TOO_LONG * spoken / self._max_ms
        if last < len(places) - 1:
            cost += _TOO_SHORT * max(0.0, 1 - (self._starts[last] - start) / reading_ms("".join(rows)))
        return cost

    def _times(self, ending: bool) -> list[int]:
        """For every place to break: when the character after it starts, or (ending) the one before it ends."""
        times, number = [], 0
        for place in self._text.places:
            while number < len(self._words) - 1 and (
                place.at > self._offsets[number + 1] or (place.at == self._offsets[number + 1] and not ending)
            ):
                number += 1
            times.append(_moment(self._words[number], place.at - self._offsets[number]))
        return times


def _moment(word: Word, chars: int) -> int:
    """The moment after ``chars`` characters of a word: Chinese characters and digits weigh 3 letters, marks nothing."""
    if chars <= 0:
        return word.start_ms
    if chars >= len(word.text):
        return word.end_ms
    weights = [3.0 if HAN.match(c) or c.isdigit() else 1.0 if c.isalpha() else 0.0 for c in word.text]
    whole = sum(weights) or float(len(weights))
    part = sum(weights[:chars]) if any(weights) else float(chars)
    return word.start_ms + round((word.end_ms - word.start_ms) * part / whole)
