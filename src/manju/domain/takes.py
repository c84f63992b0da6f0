"""Takes (候选): what was generated for a subject (a shot's first frame, clip, voice), and the order behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from manju.domain.order import Modality, OrderState, Stored
from manju.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Stale:
    """What a take shows is not what is asked for now. ``price`` is that of making it anew, in millionths."""

    price: int


@dataclass(frozen=True, slots=True)
class Take:
    """One generated candidate. ``number`` counts from 1; ``digest`` is that of the request that made it; ``facts`` are
    the model's and the probe's (see each modality's base)."""

    subject: str
    kind: str
    number: int
    order_id: str
    model: str
    digest: str
    artefacts: tuple[Stored, ...]
    facts: Mapping[str, Any]
    stale: Stale | None = None

    @property
    def main(self) -> Stored:
        """The artefact that the take is about: the first."""
        return self.artefacts[0]

    @property
    def layers(self) -> tuple[tuple[str, float], ...]:
        """Roles of the artefacts that are a picture's layers, from behind to the front, with how much of a camera move
        each makes."""
        return tuple((role, nearness) for role, nearness in self.facts.get("layers", ()))

    def artefact(self, role: str) -> Stored:
        """The artefact in a role (``main``, ``source``, a layer's).

        Raises:
            NotFoundError: the model made none.
        """
        for stored in self.artefacts:
            if stored.role == role:
                return stored
        raise NotFoundError(f"take {self.number} of {self.subject}/{self.kind} has no {role!r} artefact")


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One model call as the manifest tells it. ``key`` is the order's domain key; ``digest`` that of the whole request,
    ``prompt_digest`` that of its words alone; ``take`` is the take's number. ``channel`` and ``upstream_model``, what
    made it there, are empty for an order that was never sent; ``seconds`` is None for one that did not succeed.
    Amounts are in millionths: the ``price`` that was agreed (in the end that of what was delivered), what was ``paid``
    by the ledger, and the ``cost`` that upstream charges."""

    key: str
    subject: str
    kind: str
    take: int
    order_id: str
    modality: Modality
    model: str
    channel: str
    upstream_model: str
    digest: str
    prompt_digest: str
    seed: int
    state: OrderState
    price: int
    paid: int
    cost: int
    seconds: float | None
    attempts: int


@dataclass(frozen=True, slots=True)
class DomainKey:
    """What an order is for, as text ``<project>/<subject>/<kind>/take-N/try-M``. A try is a step after a failed one.
    A subject may have ``/`` in it; the other parts may not."""

    project: str
    subject: str
    kind: str
    take: int
    attempt: int

    def __str__(self) -> str:
        return f"{self.project}/{self.subject}/{self.kind}/take-{self.take}/try-{self.attempt}"

    @classmethod
    def parse(cls, text: str) -> DomainKey:
        """Read a key's text."""
        project, _, rest = text.partition("/")
        subject, kind, take, attempt = rest.rsplit("/", 3)
        return cls(project, subject, kind, int(take.removeprefix("take-")), int(attempt.removeprefix("try-")))
