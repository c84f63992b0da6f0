"""One call of `Gateway.take` on its way: what is wanted, who wants it, and how far it has come."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Protocol

from manju.domain.order import Request, Way
from manju.gateway.channels import Route
from manju.gateway.entries import Entry

ATTEMPTS = 3
"""How often an order is sent in one go while its failures are worth another try."""


class RunRef(Protocol):
    """The run that asks. `manju.domain.run.Work` is one."""

    @property
    def run_id(self) -> str: ...

    @property
    def epoch(self) -> int:
        """Fences a worker whose run was taken over: it places no more orders."""
        ...

    @property
    def resume(self) -> bool:
        """A person asked to go on: failed orders may be tried once more."""
        ...


@dataclass(slots=True)
class Errand:
    """One call of `Gateway.take`, and how far it has come."""

    project: str
    subject: str
    kind: str
    run: RunRef | None
    entry: Entry
    routes: tuple[Route, ...]
    request: Request
    digest: str
    price: int
    redo_paid: bool
    lost: set[str] = field(default_factory=set)
    """Orders whose artefacts were found missing."""
    number: int = 0
    """The take that is being made."""
    failures: int = 0
    """Attempts that failed and were worth another."""
    tried: set[Way] = field(default_factory=set)
    """Routes that this order was not made by."""
    repeats: Way | None = None
    """Where it was sent before, perhaps accepted, and is therefore sent again."""
    causes: list[str] = field(default_factory=list)
    """What each of these attempts came to."""
    begun: bool = False
    """Something may be on record under this gateway's name."""
    sent: bool = False
    """The attempt at hand was given to the model."""
    accepted: bool = False
    """Upstream has taken it: it can be gone on with, by this gateway or another."""

    def back_off(self, pause: float) -> float:
        """Count a failure. Returns how many seconds to wait before the next attempt: ``pause`` doubled each time,
        with jitter."""
        self.failures += 1
        return pause * 2.0 ** (self.failures - 1) * random.uniform(0.5, 1.0)

    @property
    def place(self) -> tuple[str, str, str]:
        return self.project, self.subject, self.kind

    @property
    def run_ref(self) -> tuple[str | None, int]:
        return (self.run.run_id, self.run.epoch) if self.run else (None, 0)
