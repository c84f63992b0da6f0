"""Orders (订单) and their attempts as they are on record: what is written of one, what is read of it, and how a row
becomes that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Row, Table, case, false, select

from manju.db.tables import Attempt, Order
from manju.domain.order import Modality, OrderState, Stored, Way

Outcome = Literal[
    "sending", "accepted", "made", "succeeded", "not_sent", "rejected", "unknown", "failed", "interrupted"
]
IN_FLIGHT: tuple[Outcome, ...] = ("sending", "accepted")
"""Outcomes of an attempt that is still going on; each takes one of its channel's slots."""


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order as it stands. ``owner`` is the gateway at work on it; ``error`` has ``kind``, ``message``, ``hint``.
    ``interrupted``: it costs money, is ``PLANNED`` again, and was sent before without an answer that says what became
    of it: it may have been bought, and what was held for it still is."""

    id: str
    account_id: str
    project_id: str
    key: str
    modality: Modality
    model: str
    digest: str
    state: OrderState
    owner: str | None
    price: int
    artefacts: tuple[Stored, ...] = ()
    facts: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Detail:
    """What is seldom asked of an order: the request as it was sent, and when it was placed and ended (UTC)."""

    request: Mapping[str, Any]
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is written down of an order before it is sent."""

    account_id: str
    project_id: str
    run_id: str | None
    key: str
    modality: Modality
    model: str
    request: Mapping[str, Any]
    digest: str
    price: int


@dataclass(frozen=True, slots=True)
class Sending:
    """An attempt in flight. ``number`` counts an order's attempts from 1; ``token`` is our reference that upstream was
    given."""

    order_id: str
    attempt_id: str
    number: int
    way: Way
    token: str

    @property
    def repeats(self) -> bool:
        """Whether it is sent once more with the token of an attempt that may have been accepted."""
        return self.token != self.attempt_id


@dataclass(frozen=True, slots=True)
class Underway:
    """An attempt that upstream has accepted: the task's id (empty if upstream answered at once), and, once it is made,
    where it can be fetched (neither: it is in doubt, see `doubt`); what was asked for (which may not be what is wanted
    now), when it was sent (UTC), and whether a person said so, see `recover`."""

    sending: Sending
    upstream_id: str
    answer: Mapping[str, Any] | None
    model: str
    request: Mapping[str, Any]
    digest: str
    since: datetime
    recovered: bool


# Orders are placed by the hundred: changes go to the tables without the mapper's bookkeeping.
ORDERS = cast(Table, Order.__table__)
ATTEMPTS = cast(Table, Attempt.__table__)
_LAST_SENT = (
    select(Attempt.outcome == "interrupted")
    .where(Attempt.order_id == Order.id, Attempt.outcome != "not_sent")
    .order_by(Attempt.number.desc())
    .limit(1)
    .correlate(Order)
    .scalar_subquery()
)
COLUMNS = (
    Order.id,
    Order.account_id,
    Order.project_id,
    Order.domain_key,
    Order.modality,
    Order.model,
    Order.digest,
    Order.state,
    Order.owner,
    Order.price,
    Order.artefacts,
    Order.facts,
    Order.error,
    case(((Order.state == "PLANNED") & (Order.price > 0), _LAST_SENT), else_=false()).label("interrupted"),
)
"""What `record` reads."""


def record(row: Row[Any]) -> OrderRecord:
    """An order from a row with `COLUMNS`."""
    return OrderRecord(
        id=row.id,
        account_id=row.account_id,
        project_id=row.project_id,
        key=row.domain_key,
        modality=row.modality,
        model=row.model,
        digest=row.digest,
        state=OrderState(row.state),
        owner=row.owner,
        price=row.price,
        artefacts=tuple(Stored.model_validate(one) for one in row.artefacts),
        facts=row.facts,
        error=row.error,
        interrupted=bool(row.interrupted),
    )


def sending_of(row: Row[Any]) -> Sending:
    """An attempt from its row."""
    return Sending(
        row.order_id, row.id, row.number, Way(row.channel, row.channel_key, row.upstream_model), row.token or row.id
    )


def owned_by(owner: str | None) -> ColumnElement[bool]:
    """Orders that a gateway is at work on, or nobody."""
    return ORDERS.c.owner.is_(None) if owner is None else ORDERS.c.owner == owner
