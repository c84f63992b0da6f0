"""Templates with ``{slots}``: filled in one pass, so that a user's braces stay what they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from manju.domain.screenplay import Language

_SLOT = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"[^。！？!?.\n]+(?:[。！？!?]+|\.(?!\d)|\n|\.|$)[”」\"']?")


def fill(template: str, slots: Mapping[str, str]) -> str:
    """The template with its slots replaced. ``{Name}`` is ``{name}`` with a capital first letter."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        return slots[name] if name in slots else capital(slots[name[0].lower() + name[1:]])

    return _SLOT.sub(value, template)


def capital(text: str) -> str:
    """The text with its first letter raised."""
    return text[:1].upper() + text[1:]


def tidy(text: str, language: Language) -> str:
    """Sentences with capital first letters (English) and no doubled punctuation."""
    text = re.sub(r"([。！？])[。，]+", r"\1", text)
    if language == "zh":
        return text
    text = re.sub(r"([.!?])\.+", r"\1", text)
    return re.sub(r"(^|[.!?]\s+)([a-z])", lambda match: match.group(1) + match.group(2).upper(), text)


def join(parts: list[str], language: Language) -> str:
    """Sentences one after the other as the language writes them."""
    return tidy(("" if language == "zh" else " ").join(part for part in parts if part), language)


def sentences(text: str) -> list[str]:
    """The sentences of a text with their punctuation, blank ones left out."""
    return [found.strip() for found in _SENTENCE.findall(text) if found.strip()]
