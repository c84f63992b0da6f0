"""Every model call of a project, as the manifest tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db.tables import Attempt, Order
from manju.domain.document import digest
from manju.domain.order import OrderState
from manju.domain.takes import CallRecord, DomainKey


async def of_project(session: AsyncSession, project: str) -> list[CallRecord]:
    """All orders of a project, by subject, kind, take and try (not by time, which differs from run to run)."""
    channels: dict[str, list[str]] = {}
    sent = select(Attempt.order_id, Attempt.channel).join(Order, Order.id == Attempt.order_id)
    for order_id, channel in await session.execute(sent.where(Order.project_id == project).order_by(Attempt.number)):
        channels.setdefault(order_id, []).append(channel)
    keyed = select(Order).where(Order.project_id == project, Order.domain_key.is_not(None))
    calls = [_call(order, channels.get(order.id, [])) for order in await session.scalars(keyed)]
    return sorted(calls, key=lambda call: (call.subject, call.kind, call.take, DomainKey.parse(call.key).attempt))


def _call(order: Order, channels: list[str]) -> CallRecord:
    key = DomainKey.parse(order.domain_key or "")
    return CallRecord(
        key=str(key),
        subject=key.subject,
        kind=key.kind,
        take=key.take,
        order_id=order.id,
        modality=order.modality,  # type: ignore[arg-type]  # written from a Modality
        model=order.model,
        channel=channels[-1] if channels else "",
        digest=order.digest,
        prompt_digest=digest(_words(order.request)),
        seed=order.request["seed"],
        state=OrderState(order.state),
        price=order.price,
        cost=order.cost,
        seconds=order.seconds,
        attempts=len(channels),
    )


def _words(request: Mapping[str, Any]) -> Any:
    """What a request says in words: its prompt, chat, spoken text or style."""
    return next(request[name] for name in ("prompt", "messages", "text", "style") if name in request)
