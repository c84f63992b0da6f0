"""Marks of light markup: what they mark stays, to the letter."""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~@])")
_HIDDEN = 0xE000
"""Escaped signs wait in Unicode's private area while marks are taken away."""

_EMPHASIS = (
    re.compile(r"\*\*\*(?=\S)([^*]*[^*\s])\*\*\*"),
    re.compile(r"\*\*(?=\S)([^*]*[^*\s])\*\*"),
    re.compile(r"\*(?=[^\s*])([^*]*[^*\s])\*"),
    re.compile(r"(?<![^\W_])__(?=\S)([^_]*[^_\s])__(?![^\W_])"),
    re.compile(r"(?<![^\W_])_(?=[^\s_])([^_]*[^_\s])_(?![^\W_])"),
)
_MARKDOWN = (
    re.compile(r"~~(?=\S)([^~]*\S)~~"),
    re.compile(r"`([^`]+)`"),
    re.compile(r"!\[([^\[\]]{0,300})\]\([^()]{0,2000}\)"),
    re.compile(r"\[([^\[\]]{1,300})\]\([^()]{0,2000}\)"),
)

TRIANGLE = re.compile(r"[△▲∆Δ▽◇]\s*")
"""Opens a line of action in Chinese scripts."""
KEYED = re.compile(r"\s*([^\s:：][^:：]{0,15}?)\s*[:：]\s*(.*)", re.DOTALL)
"""``key: value``."""


def plain(text: str, *, markdown: bool = False) -> str:
    """A text without the marks of emphasis (and, for ``markdown``, of code and links). ``\\*`` is a star."""
    text = _ESCAPED.sub(lambda m: chr(_HIDDEN + ord(m[1])), text)
    for mark in (*_EMPHASIS, *(_MARKDOWN if markdown else ())):
        text = mark.sub(r"\1", text)
    return "".join(chr(ord(c) - _HIDDEN) if _HIDDEN <= ord(c) < _HIDDEN + 128 else c for c in text)
