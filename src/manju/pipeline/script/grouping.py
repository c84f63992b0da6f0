"""Words in shots: where lines are cut, and which pieces share a shot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from manju.domain.casting import NARRATOR
from manju.domain.screenplay import Language, Line
from manju.pipeline.limits import Limits
from manju.pipeline.script.gate import voiced_ms
from manju.pipeline.script.lengths import BREATH_MS
from manju.pipeline.script.sentences import Measure, Span, cut, sentence_spans, trimmed

_IDEAL_MS = 7500
"""Words of a shot; fewer where the film is asked to be much longer than its words."""
_IDEAL_SHOT_MS = 8500
_OFF_PARAGRAPH, _MIXED_SPEAKERS, _TOO_SHORT, _TOO_LONG = 0.15, 0.25, 1.0, 100.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph that is spoken in one shot. ``opens``: a new shot must begin here."""

    paragraph: int
    span: Span
    ms: int
    speaker: str
    opens: bool
    overlay: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of one speaker. ``opens``: a new shot must begin with them; ``overlay`` stands in that shot's picture."""

    text: str
    name: str
    emotion: str = ""
    opens: bool = False
    overlay: str = ""


def meter(language: Language, speed: float) -> Measure:
    """What tells how many milliseconds a text takes to say."""

    def measure(text: str) -> int:
        return voiced_ms(text, language, speed)

    return measure


def pieces_of(
    paragraphs: Sequence[Paragraph], cast: Mapping[str, str], limits: Limits, measure: Measure
) -> list[Piece]:
    """The paragraphs in pieces of at most what the longest shot holds. ``cast`` maps speakers' names to their uids."""
    # Cut a little under the limit: a piece also has the pauses around its marks.
    limit = limits.speech_max_ms - 800
    pieces: list[Piece] = []
    for index, paragraph in enumerate(paragraphs):
        first = True
        for start, end in sentence_spans(paragraph.text):
            sentence = paragraph.text[start:end]
            for a, b in cut(sentence, limit, measure):
                span = trimmed(paragraph.text, start + a, start + b)
                pieces.append(
                    Piece(
                        index,
                        span,
                        measure(paragraph.text[span[0] : span[1]]),
                        cast.get(paragraph.name, NARRATOR),
                        first and paragraph.opens,
                        paragraph.overlay if first else "",
                    )
                )
                first = False
    return pieces


def ideal_ms(total: int, target_ms: int) -> int:
    """Words of a shot of a film whose words take ``total`` ms and which is to last ``target_ms`` (0: as they)."""
    return min(_IDEAL_MS, max(1000, total * _IDEAL_SHOT_MS // target_ms)) if target_ms else _IDEAL_MS


def grouped(pieces: list[Piece], limits: Limits, ideal: int) -> list[list[Piece]]:
    """The pieces in shots: the cheapest partition, where a shot costs by its distance from the ideal length, and more
    where it ends inside a paragraph or mixes speakers."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        options: list[tuple[float, int]] = []
        length, start = 0, end - 1
        while start >= 0:
            length += pieces[start].ms + (BREATH_MS if start < end - 1 else 0)
            # Silent pieces (a line of emoji) cost nothing to hold; a shot of fifty of them is enough.
            if start < end - 1 and (length > limits.speech_max_ms or end - start > 50):
                break
            options.append((best[start][0] + _cost(pieces, start, end, length, limits, ideal), start))
            if pieces[start].opens:
                break
            start -= 1
        best.append(min(options))
    groups: list[list[Piece]] = []
    end = len(pieces)
    while end:
        start = best[end][1]
        groups.append(pieces[start:end])
        end = start
    return groups[::-1]


def _cost(pieces: list[Piece], start: int, end: int, length: int, limits: Limits, ideal: int) -> float:
    cost = ((length - ideal) / ideal) ** 2
    if length > limits.speech_max_ms:
        cost += _TOO_LONG
    if length < min(limits.shot_min_ms - 2000, ideal * 0.4):
        cost += _TOO_SHORT
    if end < len(pieces) and pieces[end].paragraph == pieces[end - 1].paragraph:
        cost += _OFF_PARAGRAPH
    changes = sum(a.speaker != b.speaker for a, b in zip(pieces[start:end], pieces[start + 1 : end], strict=False))
    return cost + changes * _MIXED_SPEAKERS


def lines_of(paragraphs: Sequence[Paragraph], group: Sequence[Piece]) -> tuple[Line, ...]:
    """The lines of one shot: of each paragraph what its pieces span, to the letter."""
    lines: list[Line] = []
    for index, pieces in groupby(group, key=lambda piece: piece.paragraph):
        own = list(pieces)
        text = paragraphs[index].text[own[0].span[0] : own[-1].span[1]]
        lines.append(Line(speaker=own[0].speaker, text=text, emotion=paragraphs[index].emotion))
    return tuple(lines)
