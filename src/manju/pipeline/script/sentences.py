"""Where a text may be cut: sentences, clauses, phrases. Cuts never change a character; they are offsets.

A sentence ends at 。！？!?.… and at a line's end; closing quotes and brackets stay with the sentence that they close.
A full stop inside a number, a name such as ``example.com`` or an abbreviation (``Mr.``) ends nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

import budoux

from manju.pipeline.script.language import CJK

_CLOSING = "”’」』）)】》〉］]｝}"
_OPENING = "“‘「『（(【《〈［[｛{"
_FULL_END = "。！？…"
_END = re.compile(r"[。！？!?.…]+")
_CLAUSE = re.compile(r"[，、；：,;:]+|[—–―]+")
_SHORT_FORMS = "mr mrs ms dr prof st jr sr vs e.g i.e u.s u.k no vol fig approx"
_ABBREVIATIONS = frozenset(_SHORT_FORMS.split())
_LONGEST_SHORT_FORM = 1 + max(map(len, _ABBREVIATIONS))
_WORD_BEFORE = re.compile(r"[A-Za-z.]*\Z")
_CJK_RUN = re.compile(rf"(?:{CJK.pattern}|[\u3000-\u303f\uff00-\uffef])+")

Measure = Callable[[str], int]
Span = tuple[int, int]

CLAUSE, PHRASE, ANYWHERE, HARD = 0.0, 0.18, 0.6, 2.0
"""How far (in shares of the text) a cut may lie off the middle before the next worse kind of place is better; inside a
word (`HARD`) only where there is no other."""
LONGEST_WORD = 80
"""Signs without a space: what is longer is no word, and may be cut after each so many."""
_UNBROKEN = re.compile(rf"[^\s{CJK.pattern[1:-1]}]{{{LONGEST_WORD + 1},}}")
_JOINED = re.compile(r"[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
"""Signs that make one with their neighbours: joiners, variants, tones of skin."""
_MOST_JOINED = 16


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without the whitespace at its ends (empty where there is nothing else)."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return start + left, max(start + left, start + len(piece.rstrip()))


def sentence_spans(text: str) -> list[Span]:
    """Spans of the sentences of one paragraph; only whitespace lies between them."""
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        if match.start() < start:
            continue
        end = _with_closers(text, start, match.end())
        if _ends(text, match, end):
            spans.append(trimmed(text, start, end))
            start = end
    spans.append(trimmed(text, start, len(text)))
    return [span for span in spans if span[0] < span[1]]


def first_sentence(text: str) -> str:
    """The first sentence of a text (its first line's, where it has several lines); empty for an empty text."""
    line = next((part for part in text.splitlines() if part.strip()), "")
    spans = sentence_spans(line)
    return line[spans[0][0] : spans[0][1]] if spans else ""


def _with_closers(text: str, start: int, end: int) -> int:
    """``end`` moved behind the quotes and brackets that close here."""
    while end < len(text):
        char = text[end]
        straight = char in "\"'" and text.count(char, start, end) % 2 == 1
        if char == "'" and straight:
            straight = end + 1 == len(text) or text[end + 1].isspace()
        if char not in _CLOSING and not straight:
            break
        end += 1
    return end


def _ends(text: str, match: re.Match[str], end: int) -> bool:
    marks = match.group()
    if any(mark in _FULL_END for mark in marks):
        return True
    following = text[end : end + 1]
    apart = not following or following.isspace() or not (following.isascii() and following.isalnum())
    if marks != ".":
        return apart
    if following and not following.isspace() and not CJK.match(following):
        return False
    word = _WORD_BEFORE.search(text, max(0, match.start() - _LONGEST_SHORT_FORM), match.start())
    before = word.group().lower() if word else ""
    initial = len(before) == 1 and text[match.start() - 1].isupper() and bool(following)
    return not initial and before not in _ABBREVIATIONS


@dataclass(frozen=True, slots=True)
class _Break:
    at: int
    penalty: float


@lru_cache(maxsize=1)
def _phrases() -> budoux.Parser:
    return budoux.load_default_simplified_chinese_parser()


def clause_ends(text: str) -> list[int]:
    """Offsets behind clause marks with their closing quotes; a comma inside ``1,000`` or ``12:30`` is none."""
    return [b.at for b in _breaks(text) if b.penalty == CLAUSE]


def _breaks(text: str) -> list[_Break]:
    """Places inside ``text`` where it may be cut, each with its best kind."""
    found: dict[int, float] = {}

    def offer(at: int, penalty: float) -> None:
        # A closing mark never starts a piece, an opening one never ends it.
        if 0 < at < len(text) and text[at] not in _CLOSING + "，、；：。！？,;:.!?…—" and text[at - 1] not in _OPENING:
            found[at] = min(penalty, found.get(at, penalty))

    for match in _CLAUSE.finditer(text):
        end = _with_closers(text, 0, match.end())
        following, before = text[end : end + 1], text[match.start() - 1 : match.start()]
        ascii_mark = match.group().isascii()
        if not ascii_mark or following.isspace() or (CJK.match(following) and not before.isdigit()):
            offer(end, CLAUSE)
    for match in _END.finditer(text):
        end = _with_closers(text, 0, match.end())
        if _ends(text, match, end):
            offer(end, CLAUSE)
    for match in re.finditer(r"\s+", text):
        offer(match.end(), PHRASE)
    for match in _CJK_RUN.finditer(text):
        if match.end() - match.start() < 2:
            continue
        at = match.start()
        for phrase in _phrases().parse(match.group()):
            offer(at, PHRASE)
            at += len(phrase)
        for inside in range(match.start() + 1, match.end()):
            if not unicodedata.combining(text[inside]):
                offer(inside, ANYWHERE)
    for match in _UNBROKEN.finditer(text):
        for at in range(match.start() + LONGEST_WORD, match.end(), LONGEST_WORD):
            near = range(at, min(at + _MOST_JOINED, match.end()))
            found.setdefault(next((place for place in near if not _joins(text, place)), at), HARD)
    return [_Break(at, found[at]) for at in sorted(found)]


def _joins(text: str, at: int) -> bool:
    """Whether the signs on both sides of a place make one."""
    return unicodedata.combining(text[at]) > 0 or any(_JOINED.match(sign) for sign in text[at - 1 : at + 1])


def cut(text: str, limit: int, measure: Measure) -> list[Span]:
    """Spans of ``text`` of at most ``limit`` by ``measure`` where it can be cut so: near the middle, at clause marks
    before phrase borders before any character; inside a Latin word or number only where it is longer than
    `LONGEST_WORD`. Only whitespace lies between."""
    if measure(text) <= limit:
        return [span for span in [trimmed(text, 0, len(text))] if span[0] < span[1]]
    breaks = _breaks(text)
    edges = [0, *(b.at for b in breaks), len(text)]
    sums = [0, *accumulate(measure(text[a:b]) for a, b in pairwise(edges))]
    spans = (trimmed(text, edges[a], edges[b]) for a, b in _halved(breaks, sums, 0, len(edges) - 1, limit))
    return [span for span in spans if span[0] < span[1]]


def _halved(breaks: list[_Break], sums: list[int], low: int, high: int, limit: int) -> Iterator[Span]:
    total = sums[high] - sums[low]
    if total <= limit or high - low < 2:
        yield low, high
        return
    best = min(
        range(low + 1, high),
        key=lambda k: (abs((sums[k] - sums[low]) - total / 2) / total + breaks[k - 1].penalty, k),
    )
    yield from _halved(breaks, sums, low, best, limit)
    yield from _halved(breaks, sums, best, high, limit)
