"""Words into time: choose among wordings so that speech fills its shot, and share out the film's length exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from manju.domain.screenplay import Language
from manju.domain.speech import speech_ms
from manju.providers.text.offline.phrase import sentences

TURN_MS = 300
"""Silence between two speakers of a shot."""
REST_MS = 600
"""Silence that a shot keeps around its words."""
LEAST, MOST = 0.76, 0.94
"""Share of a shot (less its rest) that speech may fill."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A character's line."""

    speaker: str
    line: str
    emotion: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said in a shot: narration (may be empty), then the talk."""

    narration: str = ""
    talk: tuple[Spoken, ...] = ()
    ms: int = 0
    pieces: tuple[str, ...] = ()
    """Its sentences."""
    exchange: int = 0
    """Which of a scene's exchanges it is, where it comes from a plot."""


def wording(narration: str, talk: tuple[Spoken, ...], language: Language, exchange: int = 0) -> Wording:
    """A wording with its measured length."""
    texts = [text for text in (narration, *(spoken.line for spoken in talk)) if text]
    ms = sum(speech_ms(text, language) for text in texts) + TURN_MS * max(0, len(texts) - 1)
    return Wording(narration, talk, ms, tuple(piece for text in texts for piece in sentences(text)), exchange)


def room(shot_ms: int) -> int:
    """Milliseconds of a shot that words may use; shots of a second or two keep a smaller rest."""
    return shot_ms - REST_MS if shot_ms >= 3000 else round(shot_ms * 0.92)


def lengths(total: int, count: int, weights: Sequence[float], step: int) -> list[int]:
    """``count`` lengths in multiples of ``step`` whose sum is ``total`` to the millisecond, in ratio of the weights."""
    units, odd = divmod(total, step)
    scale = sum(weights)
    raw = [units * weight / scale for weight in weights]
    out = [max(1, int(value)) for value in raw]
    order = sorted(range(count), key=lambda index: (out[index] - raw[index], index))
    while sum(out) > units and max(out) > 1:
        out[out.index(max(out))] -= 1
    for turn in range(units - sum(out)):
        out[order[turn % count]] += 1
    result = [value * step for value in out]
    result[-1] += odd + units * step - sum(result)
    return result


def settle(spoken: Sequence[int], total: int, step: int, low: int, high: int) -> list[int]:
    """Lengths of the shots (multiples of ``step``, the odd rest in the longest) that sum to ``total`` and leave each
    shot's words the best share; within ``low..high`` as far as the total allows."""
    floor = [min(high, max(low, _up(ms / MOST + REST_MS, step))) for ms in spoken]
    ceiling = [
        min(high, max(least, _down(ms / LEAST + REST_MS, step))) for ms, least in zip(spoken, floor, strict=True)
    ]
    out = list(floor)
    units, odd = divmod(total, step)
    spare = units - sum(out) // step

    def fill(index: int) -> float:
        return spoken[index] / (out[index] - REST_MS)

    for limit in (ceiling, [high] * len(out), [total] * len(out)):
        while spare > 0 and (open_ := [i for i in range(len(out)) if out[i] + step <= limit[i]]):
            out[max(open_, key=lambda i: (fill(i), -i))] += step
            spare -= 1
    for least in (low, step):
        while spare < 0 and (open_ := [i for i in range(len(out)) if out[i] - step >= least]):
            out[min(open_, key=lambda i: (fill(i), i))] -= step
            spare += 1
    out[out.index(max(out))] += odd
    return out


def misfit(spoken: Sequence[int], shots: Sequence[int]) -> int:
    """How many milliseconds of speech lie outside the wanted share, over all shots."""
    return round(
        sum(
            max(0.0, ms - MOST * room(length), LEAST * room(length) - ms)
            for ms, length in zip(spoken, shots, strict=True)
        )
    )


def _up(value: float, step: int) -> int:
    return -int(-value // step) * step


def _down(value: float, step: int) -> int:
    return int(value // step) * step
