"""Cueing: spoken words packed into subtitles that fit the frame and break where a reader would pause.

A break is best at the end of a sentence, then of a clause, then between phrases (BudouX finds those in Chinese, and
says how sure it is), and inside a phrase only where nothing else fits. No line starts with a closing mark or ends with
an opening one (禁则). Titles and short quotations stay whole where another break is possible; Latin words, figures with
their units and list markers (``2. Midjourney``) are only broken where they do not fit. Cues are chosen for the whole
line at once, by least cost.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import accumulate, pairwise, zip_longest
from math import ceil

import budoux

from manju.domain.cues import Cue, Word
from manju.domain.screenplay import Language

MIN_MS = 800
"""Shortest time on screen, where the next cue allows it."""
CLOSE_GAP_MS = 300
"""A gap up to this long before the next cue is filled, so that the subtitle does not blink."""
_FLASH_MS = 200

OPENING = frozenset("（〈《「『【〔“‘([{<")
CLOSING = frozenset("、。，．：；？！）〉》」』】〕”’…—⸺～·％‰℃°,.:;?!)]}>%")
ENDS = frozenset("。！？.!?")
CLAUSES = frozenset("，；：,;:…—⸺")
DROPPED = "，。、；：,.;:"
"""Marks that Chinese subtitles leave out at the end of a line (half-width ones after a Chinese character only)."""
_LEADING = frozenset("的地得和与與及个個在把被")
_TRAILING = " ，、；：,;:·-–—" + "".join(OPENING)
PARTICLES = frozenset("的地得了着過过吗呢吧啊呀嘛们個个著裡里上下中")
"""Words that lean on the one before and do not start a line where BudouX gives them alone."""

_QUOTES = "”’」』）)】》〉\"'"
_CJK = re.compile(r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—·\U00020000-\U0003ffff]+")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_UNITS = (
    "[%°℃个個位件条條次章集季回话話部本册年月日天周岁歲元块塊米斤克度倍万萬亿億步招]|[分小公千毫厘英][钟鐘秒时時里克米斤]"
    r"|(?:[kMGT]?B|[kMG]?Hz|[kcmn]?m|[kmµ]?g|[mµn]?s|[kM]?W|min|hrs?|px|fps|am|pm)\b"
)
_GLUED = (
    re.compile(r"[A-Za-z0-9._-]+"),
    re.compile(  # 2. Midjourney, (3) 打开, 一、准备
        r"(?:^|(?<=[\n。！？；：]))\s*(?:[-*•]\s|[①-⑳]|[(（]?(?:\d{1,3}|[A-Za-z]|[一二三四五六七八九十]{1,3})[.．、)）:：])\s*[\w“《「]"
    ),
    re.compile(r"(?:\b(?:No|Vol|Ep|Ch|Fig)\.|\b[A-Z][A-Za-z]*|[第$€£¥￥])\s\d"),  # No. 3, June 5, 第 12 章
    re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Prof)\.\s\w"),
    re.compile(rf"\d\s(?:{_UNITS})"),
)
"""What is not broken where it fits on a line: words and figures, list markers with what they mark, figures with their
names and units; each up to the first letter of its last word."""
_HELD = re.compile(r"《[^《》]+》|“[^“”]+”|「[^「」]+」|『[^『』]+』|【[^【】]+】|\"[^\"]+\"")
_NUMERALS = frozenset("0123456789一二三四五六七八九十百千万萬亿億两兩几幾第每")
_ABBREVIATION = re.compile(r"(?:^|[\s(\"“])(?:Mr|Mrs|Ms|Dr|St|Prof|vs|No|[A-Z])\.\s*$")
_FEATURES = {
    **{"UW1": (-3, -2), "UW2": (-2, -1), "UW3": (-1, 0), "UW4": (0, 1), "UW5": (1, 2), "UW6": (2, 3)},
    **{"BW1": (-2, 0), "BW2": (-1, 1), "BW3": (0, 2)},
    **{"TW1": (-3, 0), "TW2": (-2, 1), "TW3": (-1, 2), "TW4": (0, 3)},
}
"""The letters around a place that each part of BudouX's model weighs, counted from the place."""


@dataclass(frozen=True, slots=True)
class _Break:
    """A place between two characters, and what it costs to end a cue or a line there, or to read on over it."""

    at: int
    cue: float
    line: float
    over: float = 0.0


_SENTENCE = (0.0, 0.0, 1.5)
_CLAUSE = (0.2, 0.1, 0.3)
_PAUSE = (1.0, 0.3, 0.1)
_PHRASE = (3.0, 0.8, 0.0)
_DOUBTFUL = (11.0, 6.0, 0.0)
_HELD_TOGETHER = (20.0, 12.0, 0.0)
_FORCED = (60.0, 40.0, 0.0)
"""Costs of the kinds of break: end of a sentence, of a clause, an enumeration comma, between phrases, where that is not
sure, inside a title, inside a phrase. Relative to `_PER_CUE`; found by trying them on scripts."""
_SURE = 3200.0
"""Score from which BudouX's border is beyond doubt. Of those below 400 every third is inside a word, from 2400 on every
tenth, above this one in thirty (100 sentences without marks, held against a dictionary)."""
_EXTRA_LINE = 6.0
"""What a caption's line beyond those it was given must save: less than a title costs to break, more than a phrase."""

_PER_CUE, _PER_LINE, _UNEVEN, _TOO_SHORT, _TOO_LONG, _ORPHAN = 0.6, 0.8, 0.6, 3.0, 20.0, 1.0
_OVERFLOW = 100.0


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
        part = line.words_between(first, last)
        start = part[0].start_ms
        shown = "\n".join(line.rows(first, last, max_lines)[1]) or line.text[first:last].strip()
        end = max(start + 1, *(word.end_ms for word in part))
        made.append(Cue(text=shown, start_ms=start, end_ms=end, words=part, speaker=speaker))
    return settle(made)


def settle(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """The cues of a film in order of time: none overlaps the next, each is held for `MIN_MS` where there is room,
    and gaps too short to be seen as such are closed. Of two that start at once the second is shown after the first."""
    ordered = sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))
    settled: list[Cue] = []
    start = 0
    for cue, follower in zip_longest(ordered, ordered[1:]):
        start = max(start, cue.start_ms)
        end = max(cue.end_ms, start + MIN_MS)
        if follower is not None and follower.start_ms - end <= CLOSE_GAP_MS:
            end = follower.start_ms
            if end - start < _FLASH_MS and cue.end_ms > end:  # spoken at once: each gets its half
                end = start + max(1, (min(cue.end_ms, follower.end_ms) - start) // 2)
        settled.append(cue.model_copy(update={"start_ms": start, "end_ms": end}))
        start = end
    return tuple(settled)


def wrap(text: str, *, columns: int, max_lines: int, language: Language) -> str:
    """A caption without times, broken with ``\\n`` into at most ``max_lines`` even lines where they can hold it, into
    more where they cannot. Line breaks of the writer stay; nothing is left out but blanks at line ends."""
    out: list[str] = []
    for paragraph in text.splitlines():
        if not paragraph.strip():
            continue
        line = _Line((Word(text=paragraph, start_ms=0, end_ms=0),), language, columns, 10**9, drop=False)
        allowed = max(max_lines, ceil(width(paragraph) / columns))
        while True:
            cost, rows = line.rows(0, len(paragraph), allowed)
            more_cost, more = line.rows(0, len(paragraph), allowed + 1)
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
    places = _with_forced(text, _breaks(text, columns), columns)
    fitting = [place for place in places if 0 < width(text[: place.at].rstrip(_TRAILING)) <= columns]
    fitting = [place for place in fitting if text[place.at - 1] not in _LEADING] or fitting
    end = (
        fitting[-1].at
        if fitting
        else next(at for at in range(len(text), 0, -1) if at == 1 or width(text[:at]) <= columns)
    )
    for dearest in (_HELD_TOGETHER, _DOUBTFUL, _CLAUSE):
        good = [place.at for place in fitting if place.line <= dearest[1]]
        if good and 2 * width(text[: good[-1]]) > columns:
            end = good[-1]
    return text[:end].rstrip(_TRAILING) or text[:end].rstrip()


def longest(text: str) -> float:
    """Columns that a line must have so that no word, figure with its unit or list marker has to be broken."""
    places = (place.at for place in _breaks(text, 0))
    return max((width(text[a:b].strip()) for a, b in pairwise(places)), default=0.0)


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


def width(text: str) -> float:
    """Width in full-width columns: East Asian wide (and ambiguous: “”…—) characters count 1, combining marks 0, all
    others half (UAX #11)."""
    return sum(map(_columns, text))


def columns(frame_width: int, frame_height: int, size: int, language: Language, side: int = 0) -> int:
    """Columns for subtitles of ``size`` per mille of the frame's shorter side: what fits between side margins of 7 %
    (or ``side`` per mille of the width), but no more than is read at a glance (18 Chinese characters, 42 letters).
    Bold letters are wider than half."""
    fitting = frame_width * min(0.86, 1 - side / 500) / (size / 1000 * min(frame_width, frame_height))
    return max(4, min(int(fitting), 18) if language == "zh" else min(int(fitting * 0.92), 21))


@cache
def _columns(char: str) -> float:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


@cache
def _model() -> tuple[float, tuple[tuple[dict[str, int], int, int], ...]]:
    """BudouX's score of a place without any feature, and the weights of each feature's letters with their span."""
    model = budoux.load_default_simplified_chinese_parser().model
    base = -sum(sum(weights.values()) for weights in model.values()) / 2
    return base, tuple((model.get(name, {}), first, last) for name, (first, last) in _FEATURES.items())


class _Line:
    """The text of one spoken line with its places to break and its times."""

    def __init__(self, words: Sequence[Word], language: Language, columns: int, max_ms: int, drop: bool = True) -> None:
        self._words = words
        self._drop = drop and language == "zh"
        self._columns, self._max_ms = columns, max_ms
        self.text = "".join(word.text for word in words)
        self._offsets = [0, *accumulate(len(word.text) for word in words)]
        self._breaks = _with_forced(self.text, _breaks(self.text, columns), columns)
        self._starts, self._ends = self._times(ending=False), self._times(ending=True)
        self._seen: dict[tuple[int, int], tuple[str, float]] = {}
        self._known: dict[tuple[int, int, int], tuple[float, tuple[str, ...]]] = {}

    def packed(self, max_lines: int) -> list[tuple[int, int]]:
        """Spans of the cues of least total cost."""
        places = self._breaks
        best: list[tuple[float, int]] = [(0.0, 0)] * len(places)
        room = self._columns * max_lines
        for first in range(len(places) - 2, -1, -1):
            best[first] = (float("inf"), first + 1)
            for last in range(first + 1, len(places)):
                if last > first + 1 and self._shown(first, last)[1] > room:
                    break
                cost = self._cue_cost(first, last, max_lines) + best[last][0]
                if cost < best[first][0]:
                    best[first] = (cost, last)
        spans, at = [], 0
        while at < len(places) - 1:
            spans.append((places[at].at, places[best[at][1]].at))
            at = best[at][1]
        return spans

    def rows(self, start: int, end: int, allowed: int) -> tuple[float, tuple[str, ...]]:
        """What the text between two breaks costs in at most ``allowed`` lines, and those lines as shown."""
        index = {place.at: number for number, place in enumerate(self._breaks)}
        return self._rows(index[start], index[end], allowed)

    def words_between(self, start: int, end: int) -> tuple[Word, ...]:
        """The words of a span; one that is cut by its edges shares its time out by what is spoken on each side."""
        out = []
        for word, offset in zip(self._words, self._offsets, strict=False):
            low, high = max(start, offset), min(end, offset + len(word.text))
            if low < high or (not word.text and start <= offset < end):
                part = word.text[low - offset : high - offset]
                out.append(Word(text=part, start_ms=_moment(word, low - offset), end_ms=_moment(word, high - offset)))
        return tuple(out)

    def _cue_cost(self, first: int, last: int, max_lines: int) -> float:
        places = self._breaks
        cost, rows = self._rows(first, last, max_lines)
        cost += _PER_CUE + places[last].cue
        sentence = places[first].cue == places[last].cue == 0
        if not sentence and sum(map(width, rows)) < 3:
            cost += _ORPHAN
        start = self._starts[first]
        spoken = self._ends[last] - start
        if spoken > self._max_ms:
            cost += _TOO_LONG * spoken / self._max_ms
        if last < len(places) - 1:
            cost += _TOO_SHORT * max(0.0, 1 - (self._starts[last] - start) / MIN_MS)
        return cost

    def _rows(self, first: int, last: int, allowed: int) -> tuple[float, tuple[str, ...]]:
        """Least cost of showing a span in at most ``allowed`` lines, and those lines."""
        key = (first, last, allowed)
        if key not in self._known:
            self._known[key] = self._split(first, last, allowed)
        return self._known[key]

    def _split(self, first: int, last: int, allowed: int) -> tuple[float, tuple[str, ...]]:
        places = self._breaks
        row, wide = self._shown(first, last)
        cost = sum(place.over for place in places[first + 1 : last])
        if wide > self._columns:
            cost += _OVERFLOW * (wide - self._columns)
        best: tuple[float, tuple[str, ...]] = (cost, (row,) if row else ())
        if allowed == 1 or cost <= _PER_LINE or wide <= self._columns * 0.6:
            return best
        for middle in range(first + 1, last):
            head, head_wide = self._shown(first, middle)
            if head_wide > self._columns and middle > first + 1:
                break
            tail_cost, tail = self._rows(middle, last, allowed - 1)
            head_cost = sum(place.over for place in places[first + 1 : middle])
            head_cost += _OVERFLOW * max(0.0, head_wide - self._columns)
            uneven = abs(head_wide - width(tail[0] if tail else "")) / self._columns
            cost = head_cost + tail_cost + places[middle].line + _PER_LINE + _UNEVEN * uneven
            if cost < best[0]:
                best = (cost, (head, *tail) if head else tail)
        return best

    def _shown(self, first: int, last: int) -> tuple[str, float]:
        """What is shown of a span on one line, and its width."""
        if (first, last) not in self._seen:
            row = self._stripped(first, last)
            self._seen[first, last] = (row, width(row))
        return self._seen[first, last]

    def _stripped(self, first: int, last: int) -> str:
        raw = " ".join(self.text[self._breaks[first].at : self._breaks[last].at].split())
        if self._drop:
            bare = raw.rstrip(DROPPED[:5] + " ")
            if _HAN.match(half := raw.rstrip(DROPPED + " "), len(half) - 1):
                bare = half
            return raw if bare[-1:] in OPENING else bare or raw
        return raw

    def _times(self, ending: bool) -> list[int]:
        """For every place to break: when the character after it starts, or (ending) the one before it ends."""
        times, number = [], 0
        for place in self._breaks:
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
    weights = [3.0 if _HAN.match(c) or c.isdigit() else 1.0 if c.isalpha() else 0.0 for c in word.text]
    whole = sum(weights) or float(len(weights))
    part = sum(weights[:chars]) if any(weights) else float(chars)
    return word.start_ms + round((word.end_ms - word.start_ms) * part / whole)


@lru_cache(maxsize=64)
def _scores(text: str) -> tuple[float, ...]:
    """BudouX's score for a break before each character: above 0 it sees a border between phrases there."""
    base, features = _model()
    return tuple(
        base + sum(weights.get(text[at + a : at + b], 0) for weights, a, b in features if at + a >= 0)
        for at in range(len(text))
    )


def _breaks(text: str, columns: float) -> list[_Break]:
    """Where the text may be broken, both ends included. What stands in quotation marks is held together up to
    ``columns``."""
    scores = _scores(text)
    borders = [at for at in range(1, len(text)) if scores[at] > 0]
    leaning = {a for a, b in pairwise([*borders, len(text)]) if text[a:b].rstrip("".join(CLOSING)) in PARTICLES}
    glued = {at for kind in _GLUED for run in kind.finditer(text) for at in range(run.start() + 1, run.end())}
    held = {
        at
        for run in _HELD.finditer(text)
        if width(run.group()) <= columns and not ENDS.intersection(run.group()[1:-2])
        for at in range(run.start() + 1, run.end())
    }
    places = [_Break(0, 0, 0)]
    for at in range(1, len(text)):
        if at in glued or _forbidden(text, at):
            continue
        if kind := _kind(text, at, 0.0 if at in leaning else scores[at]):
            places.append(_Break(at, *max(kind, _HELD_TOGETHER) if at in held else kind))
    return _unfrayed(text, [*places, _Break(len(text), 0, 0)])


def _unfrayed(text: str, places: list[_Break]) -> list[_Break]:
    """The same places, those dearer that leave a bit of a clause (under 4 columns) alone on one side."""
    ends = [place.at for place in places if place.cue <= _CLAUSE[0]]
    out = []
    for place in places:
        after = next(end for end in ends if end >= place.at)
        before = max(end for end in ends if end <= place.at)
        bits = (text[before : place.at], text[place.at : after])
        shortest = min(width(bit.strip()) for bit in bits)
        if before < place.at < after and shortest < 4.5:
            more = (2.0, 0.3) if shortest > 1 else (6.0, 4.0)  # a single letter is hardly ever a word
            place = replace(place, cue=place.cue + more[0], line=place.line + more[1])
        out.append(place)
    return out


def _forbidden(text: str, at: int) -> bool:
    """Whether the rules of line breaking keep the characters around ``at`` together."""
    before, after = text[at - 1], text[at]
    if after.isspace() or _columns(after) == 0:
        return True  # blanks belong to what goes before, marks and joiners to their letter
    if before == "·":
        return True  # 哈利·波特
    if after in CLOSING or text[:at].rstrip()[-1:] in OPENING:
        return True
    if '"' in (before, after):  # straight quotes open and close in turn
        quote_opens = text[: at if after == '"' else at - 1].count('"') % 2 == 0
        return quote_opens if before == '"' else not quote_opens
    return False


def _kind(text: str, at: int, score: float) -> tuple[float, float, float] | None:
    spaced = text[at - 1].isspace()
    before = text[:at].rstrip()
    mark = before.rstrip(_QUOTES)[-1:] if before[-1:] in _QUOTES else before[-1:]
    # Half-width marks end something only before a space or Chinese: not in 3.5, 10:30 or a web address.
    if mark and (ord(mark) > 0x7F or spaced or _HAN.match(text[at])):
        if mark in ENDS:
            if _ABBREVIATION.search(text[:at]):
                return _PHRASE
            return _SENTENCE if mark == before[-1] else _CLAUSE  # “谁？”她问: what was quoted is not the end
        if mark in CLAUSES:
            return _CLAUSE
        if mark == "、":
            return _PAUSE
    if spaced:
        return _PHRASE
    if not (_CJK.match(text[at]) or _CJK.match(text[at - 1])):
        return None
    if text[at - 1] in _NUMERALS:
        score = 0.0 if _HAN.match(text[at]) else score  # 十|分钟
    scripts = bool(_HAN.match(text[at])) != bool(_HAN.match(text[at - 1])) and text[at - 1] not in CLOSING
    if score <= 0:
        return _DOUBTFUL if scripts else None
    doubt = max(0.0, 1 - score / _SURE)
    cue, line, over = (sure + (unsure - sure) * doubt for sure, unsure in zip(_PHRASE, _DOUBTFUL, strict=True))
    return cue, line, over


def _with_forced(text: str, places: list[_Break], columns: float) -> list[_Break]:
    """The same places, and more inside stretches that do not fit on a line: a long name, a web address."""
    out, scores = [places[0]], _scores(text)
    for place in places[1:]:
        start = out[-1].at
        if width(text[start : place.at].strip()) > columns:
            for at in range(start + 1, place.at):
                if text[at - 1].isspace() and not _forbidden(text, at):
                    out.append(_Break(at, *_HELD_TOGETHER))  # in a figure with its unit
                elif not _forbidden(text, at):  # rather between syllables that make no word
                    worse = min(20.0, max(0.0, -scores[at] / 200))
                    out.append(_Break(at, _FORCED[0] + worse, _FORCED[1] + worse))
        out.append(place)
    return out
