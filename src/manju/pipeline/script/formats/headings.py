"""Scene headings: ``INT. KITCHEN - NIGHT``, ``内景 教室 日``, ``第一场 夜 外 操场``, ``1-1 日 内 教室``, ``.闪回``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from manju.pipeline.script.formats.reading import Heading, Inside, Time

LONGEST = 80
"""Characters of a heading; what is longer is a sentence."""

_LATIN = re.compile(
    r"(?P<mark>INT\.?\s*/\s*EXT|EXT\.?\s*/\s*INT|I\s*/\s*E|INT|EXT|EST)(?:\.|(?=\s))\s*(?P<rest>\S.*)", re.IGNORECASE
)
_LATIN_INSIDE: Mapping[str, Inside] = {"int": "inside", "ext": "outside", "est": "outside"}
_SCENE_NUMBER = re.compile(r"\s*#[\w.\-)]+#\s*$")
_DIGITS = r"[\d零〇一二三四五六七八九十百千两]+"
_NUMBERED = re.compile(
    rf"(?:第\s*{_DIGITS}\s*[集幕章][\s,，、:：.·-]*)?"
    rf"(?P<strong>第\s*{_DIGITS}\s*[场景](?:戏)?|(?:场景|场次|场)\s*{_DIGITS}(?!\s*[年月日号个人点])|SCENE\s+\d+[A-Z]?)"
    r"(?:[\s:：.．、，,·|—–-]+|(?=[【\[（(])|$)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:S\d{1,3}(?!\s*[-－—–])|S?\d{1,3}\s*[-－—–]\s*\d{1,4}[A-Za-z]?|\d{1,4}[A-Za-z]?)(?:[\s:：.．、，,·|]+|(?=[日夜内外]))"
)
_SEPARATORS = re.compile(r"[\s,，、。.．:：;；·•|/／—–\-－()（）\[\]【】]+")
_SENTENCE = re.compile(r"[。！？!?；;…]$|[！？!?；;…“”\"「」]")

_INSIDE: Mapping[str, Inside] = {
    "内": "inside", "内景": "inside", "室内": "inside", "外": "outside", "外景": "outside", "室外": "outside",
    "户外": "outside", "内外": "both", "内外景": "both", "外内": "both",
}  # fmt: skip
_TIMES: Mapping[str, Time] = {
    "黎明": "dawn", "拂晓": "dawn", "破晓": "dawn", "凌晨": "night", "日出": "dawn",
    "晨": "morning", "清晨": "morning", "早晨": "morning", "早": "morning", "早上": "morning", "上午": "morning",
    "日": "day", "白天": "day", "白日": "day", "昼": "day", "中午": "noon", "正午": "noon", "午": "noon",
    "午后": "afternoon", "下午": "afternoon", "昏": "dusk", "黄昏": "dusk", "傍晚": "dusk", "日落": "dusk",
    "夜": "night", "夜晚": "night", "晚": "night", "晚上": "night", "深夜": "night", "午夜": "night", "半夜": "night",
    "雨夜": "night", "雪夜": "night", "月夜": "night", "当夜": "night", "次日": "day", "翌日": "day",
    "dawn": "dawn", "sunrise": "dawn", "morning": "morning", "day": "day", "noon": "noon", "midday": "noon",
    "afternoon": "afternoon", "dusk": "dusk", "sunset": "dusk", "evening": "dusk", "night": "night",
    "midnight": "night",
}  # fmt: skip
_SAME = frozenset(
    {"continuous", "later", "moments later", "same", "same time", "接上", "接上场", "同上", "稍后", "连续"}
)
_FLASHBACKS = frozenset({"闪回", "回忆", "梦境", "梦", "flashback", "dream"})
_GLUED = re.compile(r"(日|夜|晨|昏|晚)(内外|内|外)(?:景)?|(内外|内|外)(?:景)?(日|夜|晨|昏|晚)")


def heading(line: str, before: Heading | None = None) -> Heading | None:
    """The heading that a line is by clear evidence, or None.

    Args:
        line: without marks such as ``#`` or ``**``.
        before: of the scene before, for ``CONTINUOUS`` and ``LATER``.
    """
    text = _SCENE_NUMBER.sub("", line.strip())
    if text[:1] in "【[" and text[-1:] in "】]":
        text = text[1:-1].strip()
    if not text or len(text) > LONGEST:
        return None
    latin = _LATIN.fullmatch(text)
    if latin and (latin["mark"].isupper() or text[latin.end("mark")] == "."):
        return _latin(text, latin, before)
    number = _NUMBERED.match(text)
    if number and not _SENTENCE.search(text):
        return read(text, text[number.end() :], before)
    first = _SEPARATORS.split(text.lstrip("【[（("))[0]
    if first in ("内景", "外景", "内外景") and not re.search(r"[！？!?；;…“”\"「」]", text) and len(text) > len(first):
        return read(text, text, before)
    if _SENTENCE.search(text) or len(text) > 40:
        return None
    count = _COUNTED.match(text)
    rest = text[count.end() :] if count else text
    found = read(text, rest, before)
    if count and (found.inside or found.time) and (found.place or (found.inside and found.time)):
        return found
    if found.inside and found.time and found.place and _SEPARATORS.search(text):
        return found
    return None


def _latin(text: str, match: re.Match[str], before: Heading | None) -> Heading:
    mark = re.sub(r"[\s.]", "", match["mark"]).lower()
    inside = _LATIN_INSIDE.get(mark, "both")
    pieces = re.split(r"\s+[-–—]+\s+", match["rest"].strip())
    time: Time = ""
    said = ""
    flashback = False
    while len(pieces) > 1:
        last = pieces[-1].strip(" ().").lower()
        found = _latin_time(last, before)
        if last in _FLASHBACKS:
            flashback = True
        elif found is not None:
            time, said = found or time, pieces[-1].strip()
        else:
            break
        pieces.pop()
    return Heading(text, " - ".join(pieces).strip(" .-"), inside, time, said, flashback)


def _latin_time(words: str, before: Heading | None) -> Time | None:
    """The time of day in the last part of a heading, or None where it names none: ``LATE NIGHT``, ``LATER``."""
    if words in _SAME:
        return before.time if before is not None else ""
    known = [word for word in words.split() if word in _TIMES]
    return _TIMES[known[-1]] if known and len(words.split()) <= 3 else None


def read(text: str, rest: str, before: Heading | None = None) -> Heading:
    """A heading that is known to be one: ``rest`` is what stands behind its number."""
    inside: Inside = ""
    time: Time = ""
    said, flashback = "", False
    place: list[str] = []
    for token in _SEPARATORS.split(rest):
        glued = _GLUED.fullmatch(token)
        low = token.lower()
        if glued:
            said = glued[1] or glued[4]
            time, inside = _TIMES[said], _INSIDE[glued[2] or glued[3]]
        elif token in _INSIDE:
            inside = _INSIDE[token] if not inside or inside == _INSIDE[token] else "both"
        elif low in _TIMES and not said:
            time, said = _TIMES[low], token
        elif low in _SAME:
            time, said = (before.time if before is not None else ""), token
        elif low in _FLASHBACKS:
            flashback = True
        elif token:
            place.append(token)
    return Heading(text, " ".join(place), inside, time, said, flashback)


def forced(text: str, before: Heading | None = None) -> Heading:
    """The heading of a line that its writer marked as one, whatever it says."""
    bare = _SCENE_NUMBER.sub("", text.strip())
    found = heading(bare, before)
    if found is not None:
        return found
    number = _NUMBERED.match(bare)
    loose = read(bare, bare[number.end() :] if number else bare, before)
    # A name such as "The old house, by the sea" keeps its own words where nothing in them is a time or a side.
    if not (loose.inside or loose.time_text or loose.flashback or number):
        return Heading(bare, bare)
    return loose


def time_of(words: str) -> Time:
    """The time of day that words name, or nothing."""
    return next((_TIMES[token.lower()] for token in _SEPARATORS.split(words) if token.lower() in _TIMES), "")
