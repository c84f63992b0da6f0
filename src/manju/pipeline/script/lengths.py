"""How long a shot's words take, and how long a shot they need."""

from __future__ import annotations

from collections.abc import Sequence

from manju.domain.screenplay import Language, Line, Shot
from manju.domain.speech import speech_ms
from manju.pipeline.limits import BREATH_MS as BREATH_MS
from manju.pipeline.limits import MARGIN_MS, Limits
from manju.pipeline.pacing import breaths

LONGEST_SHOT_MS = 600_000
"""The hard limit of `manju.domain.screenplay.Shot`."""


def spoken_ms(lines: Sequence[Line], language: Language, speed: float = 1.0) -> int:
    """Milliseconds that lines take one after another, with a breath between them; 0 for no words."""
    if not lines:
        return 0
    return sum(speech_ms(line.text, language, speed) for line in lines) + sum(breaths(lines))


def needed_ms(shot: Shot, language: Language, speed: float = 1.0) -> int:
    """Shortest length of a shot in which its words fit, in tenths of a second; 0 for a silent shot."""
    speech = spoken_ms(shot.lines, language, speed)
    return -(-(speech + MARGIN_MS) // 100) * 100 if speech else 0


def fitted_ms(shot: Shot, limits: Limits, language: Language, speed: float = 1.0) -> int:
    """A shot's length after its words: as long as they need (a shot's own limit aside), not below the shortest."""
    return min(max(limits.shot_min_ms, needed_ms(shot, language, speed)), LONGEST_SHOT_MS)
