"""Tokens (词元) of a chat: the most that they can be before it is sent, how many upstream says it took, and a guess
where upstream says nothing.

Tokenisers of this field work on bytes, so a text never has more tokens than UTF-8 bytes. What is not text (a picture,
a sound, a file in a message) has no such bound: each counts as `PART`, about what the larger pictures take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

MILLION = 1_000_000
OUTPUT = 4096
"""Most tokens of an answer that are held for, and charged, where the request sets no limit."""
LARGEST = 1_000_000_000
"""No usage is larger: what says so cannot be read."""
PART = 4096
"""Tokens of a part of a message that is not text."""
TEMPLATE = 16
"""Tokens around each message."""
_CONTEXT = ("messages", "tools", "functions", "response_format")
"""Fields of a request that the model reads."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens in and out. ``estimated``: counted by us from characters, because upstream did not say."""

    input: int
    output: int
    estimated: bool = False

    def price(self, input_price: int, output_price: int) -> int:
        """What they cost, in millionths; both prices are for a million tokens. Rounded up."""
        return ceil((self.input * input_price + self.output * output_price) / MILLION)


def most(fields: Mapping[str, Any]) -> Usage:
    """The most tokens that a chat request (its JSON object) can take."""
    given = sum(_size(fields[name]) for name in _CONTEXT if fields.get(name))
    messages = fields.get("messages")
    limit = fields.get("max_completion_tokens") or fields.get("max_tokens") or OUTPUT
    return Usage(given + TEMPLATE * len(messages or ()), limit * (fields.get("n") or 1))


def metered(usage: Any) -> Usage | None:
    """What upstream's ``usage`` says; None if it says nothing that can be read."""
    if not isinstance(usage, Mapping):
        return None
    given, answered = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    if given is None or answered is None:
        return None
    # Some relays leave what the model thought out of completion_tokens, and charge it: the total has it.
    return Usage(given, max(answered, (_count(usage.get("total_tokens")) or 0) - given))


def guessed(fields: Mapping[str, Any], answer: str) -> Usage:
    """About how many tokens a request and its answer have."""
    given = sum(_guess(fields[name]) for name in _CONTEXT if fields.get(name))
    return Usage(ceil(given), ceil(_guess(answer)), estimated=True)


def letters(fields: Mapping[str, Any]) -> int:
    """Characters of the texts that a request's messages hold."""
    return _letters(fields.get("messages"))


def _letters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return 0 if _opaque(value) else sum(_letters(each) for name, each in value.items() if name != "role")
    return sum(map(_letters, value)) if isinstance(value, list) else 0


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST else None


def _size(value: Any) -> int:
    """UTF-8 bytes of all texts in a JSON value; its other parts as said above."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, Mapping):
        return PART if _opaque(value) else sum(len(name) + _size(each) for name, each in value.items())
    if isinstance(value, list):
        return sum(map(_size, value))
    return 8  # a number or a constant


def _guess(value: Any) -> float:
    """Tokens by rule of thumb: a quarter of the ASCII letters, and one for each other one."""
    if isinstance(value, str):
        plain = len(value) if value.isascii() else len(value.encode("ascii", "ignore"))
        return plain / 4 + (len(value) - plain)
    if isinstance(value, Mapping):
        return PART / 4 if _opaque(value) else sum(map(_guess, value.values()))
    if isinstance(value, list):
        return sum(map(_guess, value))
    return 0.5


def _opaque(part: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a part of a message that is not text."""
    kind = part.get("type")
    return isinstance(kind, str) and kind in _OPAQUE and kind in part


_OPAQUE = ("image_url", "input_audio", "file", "video_url", "audio_url")
