"""Line breaks: where a reader would pause in a text, and what it costs to break it there.

A break is best at the end of a sentence, then of a clause, then between phrases (BudouX finds those in Chinese, and
says how sure it is), and inside a phrase only where nothing else fits. No line starts with a closing mark or ends with
an opening one (禁则). Titles and short quotations stay whole where another break is possible; Latin words, figures with
their units and list markers (``2. Midjourney``) are only broken where they do not fit.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

import budoux

OPENING = frozenset("（〈《「『【〔“‘([{<")
CLOSING = frozenset("、。，．：；？！）〉》」』】〕”’…—⸺～·％‰℃°,.:;?!)]}>%")
ENDS = frozenset("。！？.!?")
CLAUSES = frozenset("，；：,;:…—⸺")
PARTICLES = frozenset("的地得了着過过吗呢吧啊呀嘛们個个著裡里上下中")
"""Words that lean on the one before and do not start a line where BudouX gives them alone."""

_QUOTES = "”’」』）)】》〉\"'"
_CJK = re.compile(r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—·\U00020000-\U0003ffff]+")
HAN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_UNITS = (
    "[%°℃个個位件条條次章集季回话話部本册年月日天周岁歲元块塊米斤克度倍万萬亿億步招]|[分小公千毫厘英][钟鐘秒时時里克米斤]"
    r"|(?:[kMGT]?B|[kMG]?Hz|[kcmn]?m|[kmµ]?g|[mµn]?s|[kM]?W|min|hrs?|px|fps|am|pm)\b"
)
_GLUED = (
    re.compile(r"[A-Za-z0-9._-]+"),
    re.compile(  # 2. Midjourney, (3) 打开, 一、准备
        r"(?:^|(?<=[\n。！？；：]))\s*(?:[-*•]\s|[①-⑳]|[(（]?(?:\d{1,3}|[A-Za-z]|[一二三四五六七八九十]{1,3})[.．、)）:：])\s*[\w“《「]"
    ),
    re.compile(r"(?:\b(?:No|Vol|Ep|Ch|Fig)\.|\b[A-Z][A-Za-z]*)\s\d|[第$€£¥￥]\s?\d"),  # No. 3, June 5, 第 12 章
    re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Prof)\.\s\w"),
    re.compile(rf"\d\s?(?:{_UNITS})"),
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
class Break:
    """A place between two characters, and what it costs to end a cue or a line there, or to read on over it."""

    at: int
    cue: float
    line: float
    over: float = 0.0


SENTENCE = (0.0, 0.0, 1.5)
CLAUSE = (0.2, 0.1, 0.3)
PAUSE = (1.0, 0.3, 0.1)
PHRASE = (3.0, 0.8, 0.0)
DOUBTFUL = (11.0, 6.0, 0.0)
HELD_TOGETHER = (20.0, 12.0, 0.0)
FORCED = (60.0, 40.0, 0.0)
"""Costs of the kinds of break: end of a sentence, of a clause, an enumeration comma, between phrases, where that is not
sure, inside a title, inside a phrase. Relative to `wrapping.PER_LINE`; found by trying them on scripts."""
_SURE = 3200.0
"""Score from which BudouX's border is beyond doubt. Of those below 400 every third is inside a word, from 2400 on every
tenth, above this one in thirty (100 sentences without marks, held against a dictionary)."""


def longest(text: str) -> float:
    """Columns that a line must have so that no word, figure with its unit or list marker has to be broken."""
    found = (place.at for place in _natural(text, 0))
    return max((width(text[a:b].strip()) for a, b in pairwise(found)), default=0.0)


def width(text: str) -> float:
    """Width in full-width columns: East Asian wide (and ambiguous: “”…—) characters count 1, combining marks and line
    breaks 0, all others half (UAX #11)."""
    return sum(map(_columns, text))


def breaks(text: str, columns: float) -> list[Break]:
    """Where the text may be broken, both ends included; inside words only where they are wider than ``columns``."""
    return _with_forced(text, _natural(text, columns), columns)


@cache
def _columns(char: str) -> float:
    if char == "\n" or unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


@cache
def _model() -> tuple[float, tuple[tuple[dict[str, int], int, int], ...]]:
    """BudouX's score of a place without any feature, and the weights of each feature's letters with their span."""
    model = budoux.load_default_simplified_chinese_parser().model
    base = -sum(sum(weights.values()) for weights in model.values()) / 2
    return base, tuple((model.get(name, {}), first, last) for name, (first, last) in _FEATURES.items())


@lru_cache(maxsize=64)
def _scores(text: str) -> tuple[float, ...]:
    """BudouX's score for a break before each character: above 0 it sees a border between phrases there."""
    base, features = _model()
    return tuple(
        base + sum(weights.get(text[at + a : at + b], 0) for weights, a, b in features if at + a >= 0)
        for at in range(len(text))
    )


def _natural(text: str, columns: float) -> list[Break]:
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
    places = [Break(0, 0, 0)]
    for at in range(1, len(text)):
        if at in glued or _forbidden(text, at):
            continue
        if kind := _kind(text, at, 0.0 if at in leaning else scores[at]):
            places.append(Break(at, *max(kind, HELD_TOGETHER) if at in held else kind))
    return _unfrayed(text, [*places, Break(len(text), 0, 0)])


def _unfrayed(text: str, places: list[Break]) -> list[Break]:
    """The same places, those dearer that leave a bit of a clause (under 4 columns) alone on one side."""
    ends = [place.at for place in places if place.cue <= CLAUSE[0]]
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
    if mark and (ord(mark) > 0x7F or spaced or HAN.match(text[at])):
        if mark in ENDS:
            if _ABBREVIATION.search(text[:at]):
                return PHRASE
            return SENTENCE if mark == before[-1] else CLAUSE  # “谁？”她问: what was quoted is not the end
        if mark in CLAUSES:
            return CLAUSE
        if mark == "、":
            return PAUSE
    if spaced:
        return PHRASE
    if not (_CJK.match(text[at]) or _CJK.match(text[at - 1])):
        return None
    if text[at - 1] in _NUMERALS:
        score = 0.0 if HAN.match(text[at]) else score  # 十|分钟
    scripts = bool(HAN.match(text[at])) != bool(HAN.match(text[at - 1])) and text[at - 1] not in CLOSING
    if score <= 0:
        return DOUBTFUL if scripts else None
    doubt = max(0.0, 1 - score / _SURE)
    cue, line, over = (sure + (unsure - sure) * doubt for sure, unsure in zip(PHRASE, DOUBTFUL, strict=True))
    return cue, line, over


def _with_forced(text: str, places: list[Break], columns: float) -> list[Break]:
    """The same places, and more inside stretches that do not fit on a line: a long name, a web address."""
    out, scores = [places[0]], _scores(text)
    for place in places[1:]:
        start = out[-1].at
        if width(text[start : place.at].strip()) > columns:
            for at in range(start + 1, place.at):
                if text[at - 1].isspace() and not _forbidden(text, at):
                    out.append(Break(at, *HELD_TOGETHER))  # in a figure with its unit
                elif not _forbidden(text, at):  # rather between syllables that make no word
                    worse = min(20.0, max(0.0, -scores[at] / 200))
                    out.append(Break(at, FORCED[0] + worse, FORCED[1] + worse))
        out.append(place)
    return out
