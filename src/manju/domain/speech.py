"""How long words take to say: the measure of the quality gate (seed 004 §2.3) and of every writer of narration.

The figures are natural narration, and what the offline voice keeps to (a test holds the two together).
"""

from __future__ import annotations

import re
import unicodedata

from manju.domain import numerals
from manju.domain.screenplay import Language

SYLLABLES_PER_SECOND: dict[Language, float] = {"zh": 4.6, "en": 3.75}
"""Between pauses. With them it is about 250 characters of Mandarin or 155 words of English a minute."""

PAUSE_MS = {
    ",": 180,
    "、": 150,
    ";": 260,
    ":": 220,
    ".": 350,
    "!": 350,
    "?": 350,
    "…": 300,
    "—": 200,
    "(": 120,
    ")": 120,
    "[": 120,
    "]": 120,
    "\n": 350,
}
"""Silence after a punctuation mark; full-width marks count as their half-width forms."""

PAUSE = re.compile(
    r"""
    (?: [，。！？；：、…—\n!?;] | \.{2,} | --+ | \s-\s
      | (?<!\d)[,:] | (?<=\d)[,:](?!\d)
      | (?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\b[A-Z])
        \. (?= [\s"'”’」』)）] | $ )
      | (?<=[\u3400-\u9fff])\. | (?<=\d)\.(?=[\u3400-\u9fff])
      | (?<=[\u3400-\u9fff])[(（[【](?=\w) | (?<=\w)[)）\]】](?=[《“‘\u3400-\u9fff])
    )
    [，。！？；：、…—!?;,:.\s"'”’」』)）]*
    """,
    re.VERBOSE,
)
"""A place where a speaker pauses, with all marks that belong to it. A point inside a number or a word is none."""

_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0003ffff]")
_WORD = re.compile(r"i?[A-Z]{2,}(?![a-z])|[^\W\d_][^\W\d_A-Z]*")
"""A word, or a part of one that starts with a capital (ChatGPT is Chat and GPT)."""

_VOWELS = re.compile(r"[aeiouyà-öø-ÿ]+")
_MUTE = re.compile(r"(?<=[aeiouy])(?:[^aeiouy\W]+)e(?:s|d)?$")
_SIBILANT = re.compile(r"(?:[sxzcg]|sh|ch)es$|[td]ed$|[^aeiouy]les?$")
_SPELLED = {"w": 3}
_ENGLISH_DIGIT = 1.5
"""Syllables a digit in an English figure: 2025 has six, 60 two."""

_HALF = str.maketrans("，；：。！？（）【】", ",;:.!?()[]")

_SAID_AS_WORDS = re.compile(
    r"APP|SIM|RAM|ROM|NASA|NATO|OPEC|APEC|COVID|WIFI|GIF|JPEG|JAVA|LOGO|DEMO|HELLO|THE|AND|YOU|YES|STOP|HI|HEY|GO|NO|NEW"
    r"|HOT|OUT|MY|WE|HE|SHE|ME|IN|ON|OFF|UP|TO|BE|SO|THIS|THAT|LOVE|OPEN|EXIT|MAN|DAY|NOW|WOW|BOSS|COOL|BAR|BAN|CAR|BUS"
    r"|CAFE|HOME|SALE|SHOP|KING|STAR|GAME|OVER|WIN|END|ALL|ONE|TWO|CAT|DOG|SUN|SKY"
)
"""Short words in capitals that are no abbreviations, or are said as words all the same."""


def pause_ms(marks: str) -> int:
    """Milliseconds of silence at a match of `PAUSE`: its longest mark's (``！”`` pauses once)."""
    text = marks.translate(_HALF)
    if ".." in text:
        text = text.replace(".", "…")
    if "-" in text:
        text = text.replace("-", "—")
    return max((PAUSE_MS.get(mark, 0) for mark in text), default=0)


def spelled(word: str) -> bool:
    """Whether a word in Latin letters is said letter by letter: GPT and AIGC are, NASA and Chat are not."""
    if not word.lstrip("i").isupper() or len(word) > 5 or _SAID_AS_WORDS.fullmatch(word):
        return False
    return len(word) <= 4 or not _VOWELS.search(word.lower())


def _word_syllables(word: str) -> int:
    """Of a word in Latin letters: groups of vowels, mute endings left out; letters where it is spelled (GPT)."""
    if spelled(word):
        return sum(_SPELLED.get(letter, 1) for letter in word.lower())
    vowels = _VOWELS.findall(word.lower())
    mute = _MUTE.search(word.lower()) is not None and _SIBILANT.search(word.lower()) is None
    return max(1, len(vowels) - mute)


def _count(text: str, language: Language) -> tuple[float, float]:
    """Syllables of Chinese (and other CJK) and of Latin words."""
    if language == "zh":
        text = numerals.spoken(unicodedata.normalize("NFKC", text))
    chinese = len(_CJK.findall(text))
    latin = sum(_word_syllables(word) for word in _WORD.findall(_CJK.sub(" ", text)))
    figures = sum(character.isdigit() for character in text) * _ENGLISH_DIGIT + 2 * sum(text.count(s) for s in "%$€£")
    return chinese, latin + figures


def syllables(text: str, language: Language = "zh") -> int:
    """Spoken syllables of a text: one a CJK character, groups of vowels in Latin words, letters of acronyms, and
    figures as the language reads them."""
    return round(sum(_count(text, language)))


def speech_ms(text: str, language: Language, speed: float = 1.0) -> int:
    """Milliseconds that a narrator needs for ``text``, pauses inside it included, the one at its end left out."""
    pauses = [pause for pause in PAUSE.finditer(text) if pause.start() > 0 and pause.end() < len(text)]
    chinese, latin = _count(text, language)
    seconds = chinese / SYLLABLES_PER_SECOND["zh"] + latin / SYLLABLES_PER_SECOND["en"]
    return round((seconds * 1000 + sum(pause_ms(pause[0]) for pause in pauses)) / speed)
