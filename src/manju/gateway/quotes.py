"""A quote (报价) for a film, stage by stage: its model calls as the pipeline's estimate counts them, at the prices that
their orders will have, and what rendering takes in processors, which no order pays.

The price of a chat is the most that it can come to; all others are what is charged if the call succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal, Protocol

from manju.domain.money import MICRO
from manju.domain.order import Modality, Request
from manju.gateway import pricing
from manju.gateway.catalogue import Catalogue
from manju.gateway.snapping import snap

Stage = Literal["script", "voice", "storyboard", "video", "music", "compute"]
STAGES: dict[Modality, Stage] = {
    "text": "script",
    "speech": "voice",
    "image": "storyboard",
    "video": "video",
    "music": "music",
}
"""The stage that calls of a modality belong to, in the order of the film's making."""


class Counted(Protocol):
    """The calls of a film to one model, as `manju.pipeline.estimate.Calls` has them; ``price`` in millionths."""

    @property
    def modality(self) -> Modality: ...
    @property
    def model(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def price(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Line:
    """What a stage takes: ``count`` calls to a model (no model: our own processors), ``price`` in millionths."""

    stage: Stage
    model: str
    count: int
    price: int


@dataclass(frozen=True, slots=True)
class Quote:
    """The stages that a film has, in the order of its making. ``usd`` is how much of the currency a dollar is."""

    lines: tuple[Line, ...]
    usd: Fraction

    @property
    def price(self) -> int:
        """All of it, in millionths of the currency."""
        return sum(line.price for line in self.lines)

    @property
    def charged(self) -> int:
        """What its orders will be charged at most."""
        return sum(line.price for line in self.lines if line.stage != "compute")

    @property
    def dollars(self) -> float:
        """All of it in US dollars, for people."""
        return float(self.price / self.usd / MICRO)


def listed(catalogue: Catalogue) -> Callable[..., int]:
    """A function ``(model, *requests)`` that gives the list price of requests, in millionths, also of a model that no
    channel serves; what a gateway would take for it then is `manju.gateway.gateway.Gateway.effective`. It raises
    InputError where the model is not known or cannot do this."""

    def price(model: str, *requests: Request) -> int:
        entry = catalogue.entry(model)
        total = 0
        served = catalogue.served(model) is entry
        for request in requests:
            snapped, _ = catalogue.snapped(entry, request) if served else snap(entry.name, entry.capability, request)
            entry.admit(snapped)
            total += pricing.price(entry, snapped)
        return total

    return price


def quote(calls: Iterable[Counted], seconds: float, catalogue: Catalogue) -> Quote:
    """The quote for a film of so many ``seconds`` with these calls, as an estimate has both."""
    lines = [Line(STAGES[call.modality], call.model, call.count, call.price) for call in calls]
    order = list(STAGES.values())
    lines.sort(key=lambda line: order.index(line.stage))
    rendering = Line("compute", "", 1, ceil(catalogue.compute * seconds))
    return Quote((*lines, rendering), catalogue.usd)
