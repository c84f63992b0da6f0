"""When each word of a line is heard: a vendor's times brought back to the written text, or estimated without them.

Vendors time what they say, which is not always what is written (2025 is spoken 二零二五, or 两千零二十五). What was
said is laid beside the text sign by sign; what differs shares the time between the signs around it that agree.
Without times, the pauses that are heard in the sound are laid beside those that the punctuation asks for, and the
time in between is shared by how long words take to say.

The words that come out always join to the text to the letter: marks, spaces and signs that nobody speaks belong to
the word before them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from manju.domain.screenplay import Language
from manju.domain.speech import PAUSE, pause_ms, speech_ms
from manju.providers.speech.diff import blocks

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3\U00020000-\U0003ffff"
_SIGN = rf"(?:(?![{_CJK}_])\w|[%‰°$€£¥+=&@％＄￡￥＋＝＆＠])"
_SPOKEN = re.compile(
    rf"[{_CJK}][\u30fc\u0300-\u036f]*|{_SIGN}(?:{_SIGN}|[\u0300-\u036f]|(?<=\d)[.,:/](?=\d)|(?<=\w)['’\-](?=\w))*"
)
"""A word, or one sign of a script without spaces; figures with their marks and units are one."""

_LEAST_MS = 40
_TRUSTED = 0.5
"""Share of the spoken signs that must be timed by the vendor; below it, the text is not the one that was timed."""
_MISSED_MS = 400.0
"""What it costs to leave a pause of the text without one in the sound, against being so far off."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of text as a vendor timed it: a sign, a word or more. Milliseconds of the line's sound."""

    text: str
    start_ms: float
    end_ms: float


def speakable(text: str) -> bool:
    """Whether there is anything in a text that can be said."""
    return _SPOKEN.search(text) is not None


def align(text: str, units: Iterable[Unit], end_ms: int) -> list[dict[str, Any]] | None:
    """The words of ``text`` with the times of ``units``, none behind ``end_ms``, the last sound; signs that a vendor
    timed as one stay one word. None if the units are not those of this text, or there are none."""
    pieces = [match.span() for match in _SPOKEN.finditer(text)]
    written = [(index, key) for a, b in pieces for index in range(a, b) for key in _keys(text[index])]
    said = _signs(units, end_ms)
    if not written or not said:
        return None
    times: dict[int, tuple[float, float]] = {}
    unit_of: dict[int, int] = {}
    trusted: set[int] = set()
    for i1, i2, j1, j2, same in blocks([key for _, key in written], [key for key, *_ in said]):
        signs = [written[i][0] for i in range(i1, i2)]
        if same:
            for index, (_, start, end, unit) in zip(signs, said[j1:j2], strict=True):
                times[index] = (min(start, times.get(index, (start, end))[0]), end)
                unit_of[index] = unit
            trusted.update(signs)
        elif signs:
            # Signs that were not timed get what lies between their neighbours: nothing, if they were left out.
            start = said[j1][1] if j2 > j1 else said[j1 - 1][2] if j1 else 0.0
            end = said[j2 - 1][2] if j2 > j1 else said[j1][1] if j1 < len(said) else float(end_ms)
            times |= _shared(text, signs, start, max(start, end))
            if j2 > j1 and sum(a <= signs[-1] and b > signs[0] for a, b in pieces) == 1:
                trusted.update(signs)  # one word that was spoken differently has times of its own
    if len(trusted) < _TRUSTED * len({index for index, _ in written}):
        return None
    return _words(text, pieces, times, unit_of, end_ms)


def estimate(
    text: str,
    language: Language,
    duration_ms: int,
    *,
    start_ms: int = 0,
    end_ms: int | None = None,
    pauses: Sequence[tuple[int, int]] = (),
) -> list[dict[str, Any]]:
    """The words of ``text`` with likely times. ``start_ms`` and ``end_ms`` are the first and the last sound,
    ``pauses`` the silences between them."""
    end = duration_ms if end_ms is None else end_ms
    pieces = [match.span() for match in _SPOKEN.finditer(text)]
    if not pieces:
        return [{"text": text, "start_ms": 0, "end_ms": duration_ms}]
    weights = [_weight(text, a, b, language) for a, b in pieces]
    marks = [(mark.start(), float(pause_ms(mark[0]))) for mark in PAUSE.finditer(text)]
    ends = [*(a for a, _ in pieces[1:]), pieces[-1][1]]
    gaps = [max((ms for at, ms in marks if b <= at < c), default=0.0) for (_, b), c in zip(pieces, ends, strict=True)]
    found = _heard(weights, gaps, start_ms, end, pauses)
    times: dict[int, tuple[float, float]] = {}
    first, at = 0, float(start_ms)
    for last in range(len(pieces)):
        if last not in found and last != len(pieces) - 1:
            continue
        silence = found.get(last, (end, end))
        inner = sum(weights[first : last + 1]) + sum(gaps[first:last])
        scale = max(0.0, silence[0] - at) / inner
        for k in range(first, last + 1):
            times[pieces[k][0]] = (at, at + weights[k] * scale)
            at += (weights[k] + (gaps[k] if k < last else 0)) * scale
        first, at = last + 1, float(silence[1])
    return _words(text, pieces, times, {}, duration_ms)


def _keys(sign: str) -> list[str]:
    """What a sign is compared by: none if nobody speaks it."""
    return [key for key in unicodedata.normalize("NFKC", sign).casefold() if _SPOKEN.match(key)]


def _signs(units: Iterable[Unit], end_ms: int) -> list[tuple[str, float, float, int]]:
    """Key, start, end and unit of each sign that was said. Times that run backwards or past the end are left out."""
    out: list[tuple[str, float, float, int]] = []
    last = -math.inf
    for number, unit in enumerate(units):
        keys = [key for sign in unit.text for key in _keys(sign)]
        if not keys or not (last - 1 <= unit.start_ms < end_ms) or not math.isfinite(unit.end_ms):
            continue
        last = unit.start_ms
        start, end = max(0.0, unit.start_ms), min(float(end_ms), unit.end_ms)
        step = max(0.0, end - start) / len(keys)
        out += [(key, start + k * step, start + (k + 1) * step, number) for k, key in enumerate(keys)]
    return out


def _shared(text: str, signs: Sequence[int], start: float, end: float) -> dict[int, tuple[float, float]]:
    """A stretch of time shared between signs by how long each takes to say."""
    weights = [max(_LEAST_MS, speech_ms(text[index], "zh")) for index in signs]
    ends = [start + (end - start) * part / sum(weights) for part in accumulate(weights)]
    return {index: (a, b) for index, a, b in zip(signs, [start, *ends[:-1]], ends, strict=True)}


def _weight(text: str, a: int, b: int, language: Language) -> float:
    """Milliseconds that a piece takes to say, as it stands there: 2025 before 年 is read as a year."""
    after = text[b : b + 1]
    return float(max(_LEAST_MS, speech_ms(text[a:b] + after, language) - speech_ms(after, language)))


def _heard(
    weights: Sequence[float], gaps: Sequence[float], start: float, end: float, pauses: Sequence[tuple[int, int]]
) -> dict[int, tuple[int, int]]:
    """Which pause of the text (after which word) is which pause of the sound: in order, as near as can be to where it
    is expected, longer ones rather than shorter ones."""
    total = sum(weights) + sum(gaps[:-1])
    at, asked = start, []
    for index in range(len(weights) - 1):
        at += weights[index] * (end - start) / total
        if gaps[index]:
            asked.append((index, at + gaps[index] * (end - start) / total / 2))
        at += gaps[index] * (end - start) / total
    # cost[i][j]: the least for the first i pauses asked for and the first j heard; took: what its last step was.
    cost = [[i * _MISSED_MS] + [0.0] * len(pauses) for i in range(len(asked) + 1)]
    cost[0] = [float(sum(b - a for a, b in pauses[:j])) for j in range(len(pauses) + 1)]
    took: dict[tuple[int, int], str] = {}
    for i in range(1, len(asked) + 1):
        for j, (a, b) in enumerate(pauses, start=1):
            steps = {
                "both": cost[i - 1][j - 1] + abs((a + b) / 2 - asked[i - 1][1]),
                "text": cost[i - 1][j] + _MISSED_MS,
                "sound": cost[i][j - 1] + (b - a),
            }
            took[i, j] = min(steps, key=lambda step: steps[step])
            cost[i][j] = steps[took[i, j]]
    i, j, out = len(asked), len(pauses), {}
    while i and j:
        if took[i, j] == "both":
            out[asked[i - 1][0]] = pauses[j - 1]
        i, j = i - (took[i, j] != "sound"), j - (took[i, j] != "text")
    return out


def _words(
    text: str,
    pieces: Sequence[tuple[int, int]],
    times: dict[int, tuple[float, float]],
    unit_of: dict[int, int],
    end_ms: int,
) -> list[dict[str, Any]]:
    """The pieces with all that lies between them, those of one unit together, in order and within the sound."""
    spans: list[tuple[int, float, float]] = []
    before = -1
    for a, b in pieces:
        own = [times[index] for index in range(a, b) if index in times]
        if not own:
            continue
        start, end = min(own)[0], max(time[1] for time in own)
        units = [unit_of[index] for index in range(a, b) if index in unit_of]
        if spans and units and units[0] == before:
            spans[-1] = (spans[-1][0], spans[-1][1], max(spans[-1][2], end))
        else:
            spans.append((a, start, end))
        before = units[-1] if units else -1
    words: list[dict[str, Any]] = []
    last = 0
    for number, (_, start, end) in enumerate(spans):
        until = spans[number + 1][0] if number + 1 < len(spans) else len(text)
        first = min(end_ms, max(last, round(start)))
        last = min(end_ms, max(first, round(end)))
        words.append({"text": text[spans[number][0] if number else 0 : until], "start_ms": first, "end_ms": last})
    return words
