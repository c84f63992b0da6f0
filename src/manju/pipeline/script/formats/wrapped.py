"""Breaks that an editor's margin made inside a Latin sentence: they count as spaces."""

from __future__ import annotations

import re

from manju.pipeline.script.prose import WRAP_FROM

_WRAPPED = re.compile(r"[A-Za-z0-9,;]\s*\Z")
_GOES_ON = re.compile(r"[a-z]")


def wraps(before: str, after: str) -> bool:
    """Whether the line ``after`` goes on with the sentence of ``before``."""
    return len(before) >= WRAP_FROM and bool(_WRAPPED.search(before)) and bool(_GOES_ON.match(after))
