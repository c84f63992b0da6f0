"""uids for whatever names people and models give: stable, plain ASCII, safe as file names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from manju.domain.casting import NARRATOR

NARRATOR_NAMES = frozenset(
    {NARRATOR, "narration", "voiceover", "voice over", "vo", "v.o.", "旁白", "画外音", "解说", "解说员", "叙述者"}
)

_WINDOWS_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))})
_LONGEST = 32


def is_narrator(name: str) -> bool:
    """Whether a speaker's name means the narrator; nobody named is the narrator too."""
    return not name.strip() or name.strip().lower() in NARRATOR_NAMES


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits, ``_`` and ``-`` of a text; empty where it has none (Chinese names)."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9_-]+", "-", ascii_text).strip("-_")[:_LONGEST].strip("-_")


def uid(wish: str, prefix: str, number: int, taken: Iterable[str]) -> str:
    """The uid for a wished name: its slug, or ``<prefix><number>`` where nothing is left of it; never one of ``taken``.

    Reserved words (the narrator, device names that Windows refuses as file names) get the prefix in front.
    """
    used = set(taken)
    base = slug(wish)
    # A slug that lost most of a name ("林T澈" -> "t") would mislead; the number does not.
    if not base or (not wish.isascii() and len(base) < len(wish.strip()) // 2):
        base = f"{prefix}{number:02d}"
    elif base.isdecimal():
        base = f"{prefix}{int(base):02d}"
    elif base in _WINDOWS_DEVICES or base == NARRATOR:
        base = f"{prefix}-{base}"
    candidate, count = base, 1
    while candidate in used:
        count += 1
        candidate = f"{base}-{count}"
    return candidate
