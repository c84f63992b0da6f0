"""Pacing (seed 004 §3.3): measured speech sets the lengths of shots; nothing is cut off, nothing overlaps.

All lengths are milliseconds. A shot with speech is laid out as: lead (silence while its transition comes in), its
lines with a breath between them, tail (silence before the next transition).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from manju.domain.screenplay import Line, Screenplay, Shot
from manju.domain.storyboard import TRANSITION_MS
from manju.pipeline.limits import BREATH_MS, LEAD_MS, MARGIN_MS, TAIL_MS, Limits

LONGER_MS = 1000
"""Speech more than this over its shot extends the shot to speech + `MARGIN_MS`."""
SHORTER_MS, SHORTER_TO_MS = 2000, 1500
"""Speech more than this under its shot shortens the shot to speech + 1.5 s, but not below `Limits.shot_min_ms`."""

ANSWER_MS = 120
"""More silence where somebody else speaks: an answer takes a moment."""
TRAIL_MS = 150
"""More silence after words that trail off."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A spoken line in its shot: ``start`` from the shot's beginning."""

    line: int
    start: int
    duration: int


@dataclass(frozen=True, slots=True)
class Paced:
    """A shot's final length and where its lines lie."""

    shot: str
    duration: int
    lines: tuple[Placed, ...]


def pace(
    screenplay: Screenplay, spoken: Sequence[Sequence[int]], limits: Limits, *, fit: bool = True
) -> tuple[Paced, ...]:
    """Lengths of all shots.

    Args:
        screenplay: gives the wished lengths.
        spoken: measured length of every line of every shot.
        limits: the recipe's.
        fit: bring the whole to the screenplay's target by longer or shorter pauses, where the limits allow it.
    """
    lengths: list[int] = []
    floors: list[int] = []
    leads: list[int] = []
    for index, shot in enumerate(screenplay.shots):
        lead, tail = _margins(screenplay.shots, index)
        speech = sum(spoken[index]) + sum(breaths(shot.lines))
        floor = lead + speech + tail if spoken[index] else 500
        length = _length(shot.duration_ms, speech, limits) if spoken[index] else shot.duration_ms
        lengths.append(max(length, floor))
        floors.append(floor)
        leads.append(lead)
    if fit and abs(sum(lengths) - screenplay.duration_target_ms) > limits.total_tolerance_ms:
        lengths = _fit(lengths, floors, screenplay.duration_target_ms, limits)
    paced = []
    for index, shot in enumerate(screenplay.shots):
        at = leads[index]
        placed = []
        for line, (duration, breath) in enumerate(zip(spoken[index], breaths(shot.lines), strict=True)):
            placed.append(Placed(line, at, duration))
            at += duration + breath
        paced.append(Paced(shot.uid, lengths[index], tuple(placed)))
    return tuple(paced)


def breaths(lines: Sequence[Line]) -> list[int]:
    """Silence between each line and the next, and none after the last."""
    between = [
        BREATH_MS
        + (ANSWER_MS if one.speaker != two.speaker else 0)
        + (TRAIL_MS if one.text.rstrip("”’\"'」』)） ").endswith(("…", "..", "—", "--")) else 0)
        for one, two in pairwise(lines)
    ]
    return [*between, 0] if lines else []


def _margins(shots: Sequence[Shot], index: int) -> tuple[int, int]:
    """Lead and tail: at least the transition's halves, so that nobody speaks into a picture that is going."""

    def half(shot: Shot) -> int:
        return 0 if shot.transition in ("fade_in", "fade_out") else TRANSITION_MS[shot.transition] // 2

    lead = max(LEAD_MS, half(shots[index])) if index else LEAD_MS
    tail = max(TAIL_MS, half(shots[index + 1])) if index + 1 < len(shots) else TAIL_MS
    if shots[index].transition == "fade_out":
        tail = max(tail, TRANSITION_MS["fade_out"])
    return lead, tail


def _length(wished: int, speech: int, limits: Limits) -> int:
    if speech > wished + LONGER_MS:
        return speech + MARGIN_MS
    if speech < wished - SHORTER_MS:
        return max(speech + SHORTER_TO_MS, limits.shot_min_ms)
    return wished


def _fit(lengths: list[int], floors: list[int], target: int, limits: Limits) -> list[int]:
    """Spread what is missing over all shots (what is too much: over those with pauses), in proportion to the room
    that each has between its floor and the longest shot allowed."""
    missing = target - sum(lengths)
    rooms = [
        max(0, limits.shot_max_ms - length) if missing > 0 else max(0, length - max(floor, limits.shot_min_ms))
        for length, floor in zip(lengths, floors, strict=True)
    ]
    room = sum(rooms)
    if not room:
        return lengths
    share = min(1.0, abs(missing) / room)
    sign = 1 if missing > 0 else -1
    return [length + sign * int(each * share) for length, each in zip(lengths, rooms, strict=True)]
