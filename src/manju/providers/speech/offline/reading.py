"""From a written line to what is said: clauses, runs of one language, and where each spoken sign was written.

espeak-ng reads a Hanzi only with a Chinese voice, a Latin word well only with an English one, and figures inside
Chinese wrongly (2025年, 60%, 100,000). So a line is cut at its pauses into clauses, a clause into runs that one voice
can read, and figures in Chinese are written out first.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from manju.domain import numerals
from manju.domain.screenplay import Language
from manju.domain.speech import PAUSE, pause_ms, spelled

Tongue = Literal["zh", "en", "ja", "ko"]
"""The language that one run is read in."""

RUN_LIMIT = 200
"""Signs in one run: espeak-ng's clause buffer holds 800 bytes."""
WORD_LIMIT = 50
"""Signs in one word: espeak-ng says 160 bytes of a longer one and leaves out the rest, so that it is said in parts."""

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U0003ffff"
_KANA = r"\u3041-\u3096\u30a1-\u30fa\u30fc"
_HANGUL = r"\uac00-\ud7a3\u1100-\u11ff"
_OTHER = rf"(?:(?![{_HAN}{_KANA}{_HANGUL}_\d])\w|(?<=\w)['’](?=\w))"
_ZH = re.compile(
    rf"(?P<figures>{numerals.FIGURES.pattern})"
    rf"|(?P<zh>[{_HAN}]|[+=×÷&](?=\s?\w)|(?<=\bC)\+(?=\+)|(?<=\bC\+)\+)|(?P<ja>[{_KANA}]+)|(?P<ko>[{_HANGUL}]+)|(?P<en>{_OTHER}+)",
    re.VERBOSE,
)
_EN = re.compile(
    rf"(?P<zh>[{_HAN}])|(?P<ja>[{_KANA}]+)|(?P<ko>[{_HANGUL}]+)"
    rf"|(?P<en>(?:(?![{_HAN}{_KANA}{_HANGUL}])\w|(?<=\w)['’](?=\w)|[$€£¥%+=&@/°]|(?<=\w)[-,:](?=\w)|(?<=\w)\.|(?<!\w)-(?=\d))+)",
    re.VERBOSE,
)
_SIGNS = {"+": "加", "=": "等于", "×": "乘", "÷": "除以", "&": "和"}
_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        # espeak-ng's dictionary has no sounds for xiong, qiong and jiong: it spells them in English.
        ("[兄兇凶匈汹洶胸讻]", "S;'jong55"),
        ("[熊雄]", "S;'jong35"),
        ("[穷窮穹琼瓊茕]", "tS;h'jong35"),
        ("[窘炯迥]", "tS;'jong214"),
        # Nor for words that end in a coloured r.
        ("(?<![女婴幼孤胎男健混])儿(?![子童女歌科媳孙时戏茶])", "@r11"),
        ("角(?=色)|(?<=[主配])角", "tS;y'E35"),
        ("(?<![心内肾肝五腑])脏(?![器腑])", "ts'A55N"),
        ("切(?=[菜肉开片块碎丝成好下了着水西蛋])|(?<=刀)切", "tS;h'iE55"),
        ("朝(?=[阳霞气夕暮])|(?<=今)朝", "ts.'Au55"),
        ("屏(?=[住息气])", "p'i214N"),
        ("倒(?=[计车立影带数贴叙流])", "t'Au51"),
        ("弹(?=[琴奏唱吉钢古])", "th'a35n"),
        ("(?<=[我你他她们都也就还总])得(?=[走去回赶快先马把想])", "t'ei214"),
    )
)
"""Single signs that espeak-ng's dictionary gets wrong (after the reading of all it has), and their sounds."""
_FULL_COLON = re.compile(r"(?<=\d)：(?=\d)")
_ROMAN = range(0x2160, 0x216C)
_FOREIGN_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_][a-z]{2,}(?!\w)")
_IDEOGRAPH = re.compile(rf"[{_HAN}]")
_MARK = {"。": ".", "！": "!", "？": "?", "…": ",", "\n": "."}


@dataclass(frozen=True, slots=True)
class Run:
    """Text for one voice. ``spoken[i]`` stands for the written sign at ``source[i]``; ``starts`` are the indices in
    ``spoken`` at which a word may start. ``pause_ms`` is the silence after the run."""

    tongue: Tongue
    spoken: str
    source: tuple[int, ...]
    starts: tuple[int, ...]
    pause_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    tongue: Tongue
    spoken: str
    source: int


def read(text: str, language: Language) -> tuple[Run, ...]:
    """The runs of a line, in order; none if nothing in it can be said."""
    written, source = _normalised(text, language)
    runs: list[Run] = []
    at = 0
    for mark in PAUSE.finditer(written):
        runs += _clause(written, source, at, mark.start(), language, mark[0])
        at = mark.end()
        if runs and mark.start() > 0:
            last = runs[-1]
            pause = max(last.pause_ms, pause_ms(mark[0]))
            runs[-1] = Run(last.tongue, last.spoken, last.source, last.starts, pause)
    return tuple(runs + _clause(written, source, at, len(written), language, "。"))


def _normalised(text: str, language: Language) -> tuple[str, list[int]]:
    """The text with full-width and composed signs unfolded (NFKC sign by sign), and where each sign came from."""
    signs: list[str] = []
    source: list[int] = []
    for index, sign in enumerate(_FULL_COLON.sub(":", text)):
        # Chinese marks stay: a full-width comma between figures is a pause, a half-width one is not.
        unfolded = sign if sign in "，：；！？…" else unicodedata.normalize("NFKC", sign)
        if language == "zh" and ord(sign) in _ROMAN:
            unfolded = numerals.cardinal(str(ord(sign) - _ROMAN.start + 1))
        unfolded = "¥" if sign == "￥" else unfolded
        signs.append(unfolded)
        source += [index] * len(unfolded)
    return "".join(signs), source


def _clause(written: str, source: list[int], start: int, end: int, language: Language, mark: str) -> list[Run]:
    """The runs of one clause; the last carries a half-width mark, which shapes its melody."""
    clause = written[start:end]
    chinese = _IDEOGRAPH.search(clause) is not None
    foreign = _FOREIGN_WORD.search(numerals.FIGURES.sub(" ", clause)) is not None
    # "3 apples" in a Chinese line is read in English, "5G" is not; both languages at once are read as the line is.
    as_chinese = language == "zh" if chinese == foreign else chinese or (language == "zh" and not foreign)
    pieces = [
        _Piece(piece.tongue, piece.spoken, source[start + piece.source])
        for piece in (_chinese(clause, written[end:]) if as_chinese else _english(clause))
    ]
    runs: list[Run] = []
    group: list[_Piece] = []
    length = 0
    for piece in pieces:
        if group and (piece.tongue != group[0].tongue or length + len(piece.spoken) > RUN_LIMIT):
            runs.append(_run(group, ""))
            group, length = [], 0
        group.append(piece)
        length += len(piece.spoken) + 1
    if group:
        runs.append(_run(group, _ending(mark)))
    return runs


def _ending(marks: str) -> str:
    """The half-width mark that shapes the melody: of several the strongest (``……？`` asks, ``？！`` asks)."""
    halves = [_MARK.get(sign, unicodedata.normalize("NFKC", sign)[0]) for sign in marks if not sign.isspace()]
    strong = next((mark for mark in "?!" if mark in halves), "")
    first = halves[0] if halves else "."
    return strong or (first if first in ",.;:" else ",")


def _run(group: list[_Piece], mark: str) -> Run:
    spoken, source, starts = "", [], []
    for piece in group:
        if spoken and piece.tongue not in ("zh", "ja"):
            spoken += " "
            source.append(piece.source)
        starts.append(len(spoken))
        spoken += piece.spoken
        source += [piece.source] * len(piece.spoken)
    return Run(group[0].tongue, spoken + mark, (*source, *[source[-1]] * len(mark)), tuple(starts))


def _chinese(clause: str, after: str) -> list[_Piece]:
    out: list[_Piece] = []
    sounds = {match.start(): sound for pattern, sound in _SOUNDS for match in pattern.finditer(clause)}
    for match in _ZH.finditer(clause):
        if match["figures"]:
            said = numerals.read(match, clause[match.end() : match.end() + 2] + after[:1])
            out += [_Piece("zh", said[at : at + RUN_LIMIT], match.start()) for at in range(0, len(said), RUN_LIMIT)]
        elif match["zh"]:
            sound = sounds.get(match.start())
            out.append(_Piece("zh", f"[[{sound}]]" if sound else _SIGNS.get(match[0], match[0]), match.start()))
        else:
            out += [_spelled(piece) for piece in _words(match)]
    return out


def _spelled(piece: _Piece) -> _Piece:
    """A Latin word in a Chinese clause: abbreviations by their letters, which espeak-ng knows of few."""
    if piece.tongue != "en" or not piece.spoken.isupper() or not spelled(piece.spoken):
        return piece
    # A lone A would be the article; after a last letter, a point would end a sentence.
    return _Piece("en", ".".join(piece.spoken) if len(piece.spoken) > 1 else f"{piece.spoken}.", piece.source)


def _english(clause: str) -> list[_Piece]:
    return [piece for match in _EN.finditer(clause) for piece in _words(match)]


def _words(match: re.Match[str]) -> list[_Piece]:
    tongue: Tongue = "zh" if match["zh"] else "ja" if match["ja"] else "ko" if match["ko"] else "en"
    if tongue == "en" and not any(sign.isalnum() or sign in "$€£¥%+=&@°" for sign in match[0]):
        return []
    parts = range(0, len(match[0]), WORD_LIMIT)
    return [_Piece(tongue, match[0][at : at + WORD_LIMIT], match.start() + at) for at in parts]
