"""Which language a text is in, and how wide its characters are on paper."""

from __future__ import annotations

import re

from manju.domain.screenplay import Language

CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0003ffff]")
"""One spoken CJK character (ideographs, kana, hangul)."""

_WIDE = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]")
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")


def detect(text: str) -> Language:
    """``zh`` where CJK characters are at least as many as Latin words (or neither occurs), else ``en``.

    A Chinese sentence keeps its language around English product names: ``"5个改变生活的AI工具"`` is ``zh``.
    """
    return "zh" if len(CJK.findall(text)) >= len(_LATIN_WORD.findall(text)) else "en"


def columns(text: str) -> int:
    """Width in half-width columns: an East Asian wide character takes two (Unicode UAX #11)."""
    return len(text) + len(_WIDE.findall(text))


def substance(text: str) -> int:
    """How much a description says, counted in English characters: a Chinese character says as much as 2.5 of them."""
    dense = " ".join(text.split())
    hanzi = len(CJK.findall(dense))
    return round(hanzi * 2.5) + len(dense) - hanzi
