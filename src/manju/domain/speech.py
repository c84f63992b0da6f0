"""How long words take to say: the measure of the quality gate (seed 004 §2.3) and of every writer of narration."""

from __future__ import annotations

import re

from manju.domain.screenplay import Language

SYLLABLES_PER_SECOND: dict[Language, float] = {"zh": 4.2, "en": 4.0}
"""Natural narration: Mandarin about 250 characters a minute, English about 150 words (240 syllables) a minute."""

PAUSE_MS = {",": 180, "、": 150, ";": 260, ":": 220, ".": 350, "!": 350, "?": 350, "…": 300, "—": 150}
"""Silence after a punctuation mark; full-width marks count as their half-width forms."""

_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]")
_LATIN = re.compile(r"[A-Za-z]+")
_DIGIT = re.compile(r"\d")
_VOWELS = re.compile(r"[aeiouy]+", re.IGNORECASE)
_HALF = str.maketrans("，；：。！？", ",;:.!?")


def syllables(text: str) -> int:
    """Spoken syllables of a text: one a CJK character or digit, vowel groups of Latin words, letters of acronyms."""
    count = len(_CJK.findall(text)) + len(_DIGIT.findall(text))
    for word in _LATIN.findall(text):
        spelled = word.isupper() and len(word) <= 4
        count += len(word) if spelled else max(1, len(_VOWELS.findall(word)))
    return count


def speech_ms(text: str, language: Language, speed: float = 1.0) -> int:
    """Milliseconds that a narrator needs for ``text``, pauses inside it included, the one at its end left out."""
    inner = text.strip().rstrip("。！？.!?…，,;；:： ").translate(_HALF)
    pauses = sum(PAUSE_MS.get(mark, 0) for mark in inner)
    return round((syllables(text) / SYLLABLES_PER_SECOND[language] * 1000 + pauses) / speed)
