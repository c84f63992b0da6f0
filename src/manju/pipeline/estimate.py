"""What a film would need and cost: the model calls of its stages, counted and priced without sending any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from manju.domain.film import FilmSpec
from manju.domain.order import (
    ImageRequest,
    Modality,
    MusicRequest,
    Request,
    SpeechRequest,
    TextRequest,
    VideoRequest,
)
from manju.domain.screenplay import Screenplay
from manju.domain.speech import SYLLABLES_PER_SECOND
from manju.pipeline.context import size_of
from manju.pipeline.limits import Limits
from manju.pipeline.prompts import SHEET_SIZE
from manju.pipeline.script import detect, direct_request, read_draft, write_request

SHOT_MS = 6500
"""Length of an average shot, for films that are not written yet."""
CAST = 2
"""Characters of an average short film that is not written yet."""
SPOKEN = 0.8
"""Share of an unwritten film in which somebody speaks."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls to one model. ``price`` is in millionths of the currency."""

    modality: Modality
    model: str
    count: int
    price: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a film would need. ``exact`` is true where the script is there already."""

    seconds: float
    shots: int
    width: int
    height: int
    exact: bool
    calls: tuple[Calls, ...]

    @property
    def price(self) -> int:
        """All calls together, in millionths of the currency."""
        return sum(call.price for call in self.calls)


def estimate(spec: FilmSpec, price: Callable[..., int], limits: Limits | None = None) -> Estimate:
    """Count and price the calls of a film.

    Args:
        spec: what is asked.
        price: of requests to a model, in millionths of the currency (`manju.gateway.quotes.listed`).
        limits: the recipe's.

    Raises:
        InputError: the source, an option or a model cannot be used.
    """
    limits = limits or Limits()
    requests: dict[Modality, list[Request]]
    if spec.source.kind == "topic":
        seconds = spec.seconds or limits.target_ms // 1000
        shots = max(1, round(seconds * 1000 / SHOT_MS))
        platform = spec.platform
        language = spec.language or detect(spec.source.text)
        syllables = int(seconds * SPOKEN * SYLLABLES_PER_SECOND[language] / shots)
        lines = ["字" * max(1, syllables)] * shots
        people = CAST
        lengths = [seconds * 1000 * (n + 1) // shots - seconds * 1000 * n // shots for n in range(shots)]
        requests = {"text": [write_request(spec, limits)]}
    else:
        draft, _ = read_draft(spec, limits)
        screenplay = draft.screenplay
        platform = spec.platform or screenplay.target_platform
        shots, people = len(screenplay.shots), len(screenplay.characters)
        lines = [line.text for shot in screenplay.shots for line in shot.lines]
        lengths = [shot.duration_ms for shot in screenplay.shots]
        requests = {"text": [*_directing(screenplay, spec)]}
    width, height = size_of(spec, platform)
    total = sum(lengths)
    requests["image"] = [ImageRequest(prompt="frame", width=width, height=height)] * shots
    requests["image"] += [ImageRequest(prompt="turnaround", width=SHEET_SIZE[0], height=SHEET_SIZE[1])] * people
    requests["speech"] = [SpeechRequest(text=text) for text in lines]
    if spec.music.kind == "style":
        requests["music"] = [MusicRequest(style="music", duration_ms=max(1000, min(total, 120_000)))]
    if spec.models.video:
        requests["video"] = [
            VideoRequest(prompt="clip", width=width, height=height, duration_ms=min(max(length, 500), 60_000))
            for length in lengths
        ]
    calls = tuple(_calls(spec, modality, asked, price) for modality, asked in requests.items() if asked)
    return Estimate(total / 1000, shots, width, height, spec.source.kind != "topic", calls)


def _directing(screenplay: Screenplay, spec: FilmSpec) -> list[TextRequest]:
    """The request for pictures that nobody described, if there are such."""
    if all(shot.description or shot.frame_prompt for shot in screenplay.shots):
        return []
    return [direct_request(screenplay, spec)]


def _calls(spec: FilmSpec, modality: Modality, asked: Sequence[Request], price: Callable[..., int]) -> Calls:
    model: str = getattr(spec.models, modality)
    return Calls(modality, model, len(asked), price(model, *asked))
