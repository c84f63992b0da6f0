"""Orders in doubt, with what a person needs to look them up where they were sent. Read in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db.clock import utc
from manju.db.tables import Attempt, Order, Project
from manju.domain.order import Modality, OrderState


@dataclass(frozen=True, slots=True)
class Doubt:
    """An ``UNKNOWN`` order and its last sending: by ``channel`` with its key ``channel_key`` to ``upstream_model``,
    under our reference ``token``; ``upstream_id`` if upstream had told the task's id. ``project`` is a film's name, or
    ``key NAME`` for the orders of an API key. ``price`` (millionths) is held until somebody decides."""

    id: str
    project: str
    key: str | None
    modality: Modality
    model: str
    words: str
    price: int
    channel: str
    channel_key: str
    upstream_model: str
    upstream_id: str
    token: str
    sent_at: datetime
    why: str


async def all_of(session: AsyncSession) -> list[Doubt]:
    """Every order in doubt, first to last."""
    last = select(Attempt.order_id, func.max(Attempt.number).label("number")).group_by(Attempt.order_id).subquery()
    query = (
        select(Order, Attempt, Project.name)
        .join(last, last.c.order_id == Order.id)
        .join(Attempt, (Attempt.order_id == Order.id) & (Attempt.number == last.c.number))
        .outerjoin(Project, Project.id == Order.project_id)
        .where(Order.state == OrderState.UNKNOWN.value)
        .order_by(Order.created_at, Order.id)
    )
    return [_doubt(order, attempt, name) for order, attempt, name in await session.execute(query)]


async def state(session: AsyncSession, order_id: str) -> tuple[OrderState, str | None] | None:
    """An order's state and domain key; None if there is no such order."""
    row = (await session.execute(select(Order.state, Order.domain_key).where(Order.id == order_id))).first()
    return None if row is None else (OrderState(row.state), row.domain_key)


def _doubt(order: Order, attempt: Attempt, project: str | None) -> Doubt:
    return Doubt(
        id=order.id,
        project=project or "",
        key=order.domain_key,
        modality=order.modality,  # type: ignore[arg-type]  # written from a Modality
        model=order.model,
        words=_words(order.request),
        price=order.price,
        channel=attempt.channel,
        channel_key=attempt.channel_key,
        upstream_model=attempt.upstream_model,
        upstream_id=attempt.upstream_id or "",
        token=attempt.token,
        sent_at=utc(attempt.started_at),
        why=str((order.error or {}).get("message", "")),
    )


def _words(request: Mapping[str, Any]) -> str:
    """What was asked for, as a person wrote it."""
    plain = next((request[name] for name in ("prompt", "text", "style") if request.get(name)), None)
    if plain is not None:
        return str(plain)
    messages = request.get("messages") or [{}]
    content = messages[-1].get("content", "") if isinstance(messages[-1], Mapping) else ""
    return content if isinstance(content, str) else ""
