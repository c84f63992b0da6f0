"""What a recipe allows a film to be: the numbers of the quality gate and of the pacing."""

from __future__ import annotations

from dataclasses import dataclass

LEAD_MS, BREATH_MS, TAIL_MS = 200, 300, 300
"""Silence in a shot: before its words, between two lines, after its words."""
MARGIN_MS = LEAD_MS + TAIL_MS
"""Silence around a shot's words, the half second that seed 004 §3.3 adds to them. Long transitions need more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The quality gate's numbers; the defaults are those of short videos (seed 004 §2.2 and §2.3)."""

    shot_min_ms: int = 5000
    shot_max_ms: int = 12000
    total_tolerance_ms: int = 5000
    hook_ms: int = 3000
    """The first sentence must be sayable in this time."""
    description_min: int = 30
    """English characters; a Chinese one counts 2.5, so 12 of them will do."""
    overlay_columns: int = 40
    """Half-width columns of a text overlay: 20 Chinese characters, two lines of large type on a phone."""
    target_ms: int = 60_000
    """Length of a film for which nobody asked for one (seed 004's default)."""

    @property
    def speech_max_ms(self) -> int:
        """The most words that fit the longest shot."""
        return self.shot_max_ms - MARGIN_MS
