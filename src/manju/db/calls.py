"""Every model call of a project, as the manifest tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db.tables import Attempt, LedgerEntry, Order
from manju.domain.document import digest
from manju.domain.order import OrderState
from manju.domain.takes import CallRecord, DomainKey


async def of_project(session: AsyncSession, project: str) -> list[CallRecord]:
    """All orders of a project, by subject, kind, take and try (not by time, which differs from run to run)."""
    ways: dict[str, list[tuple[str, str]]] = {}
    sent = select(Attempt.order_id, Attempt.channel, Attempt.upstream_model).join(Order, Order.id == Attempt.order_id)
    for order_id, *way in await session.execute(sent.where(Order.project_id == project).order_by(Attempt.number)):
        ways.setdefault(order_id, []).append((way[0], way[1]))
    closed = select(LedgerEntry.attempt_id).where(LedgerEntry.kind.in_(["capture", "release"]))
    moved = (
        select(Attempt.order_id, func.sum(LedgerEntry.amount))
        .join(Attempt, Attempt.id == LedgerEntry.attempt_id)
        .where(LedgerEntry.project_id == project, LedgerEntry.attempt_id.in_(closed))
        .group_by(Attempt.order_id)
    )
    paid = {order_id: -int(amount) for order_id, amount in await session.execute(moved)}
    keyed = select(Order).where(Order.project_id == project, Order.domain_key.is_not(None))
    calls = [_call(each, ways.get(each.id, []), paid.get(each.id, 0)) for each in await session.scalars(keyed)]
    return sorted(calls, key=lambda call: (call.subject, call.kind, call.take, DomainKey.parse(call.key).attempt))


def _call(order: Order, ways: list[tuple[str, str]], paid: int) -> CallRecord:
    channel, upstream = ways[-1] if ways else ("", "")
    key = DomainKey.parse(order.domain_key or "")
    return CallRecord(
        key=str(key),
        subject=key.subject,
        kind=key.kind,
        take=key.take,
        order_id=order.id,
        modality=order.modality,  # type: ignore[arg-type]  # written from a Modality
        model=order.model,
        channel=channel,
        upstream_model=(order.facts or {}).get("upstream_model") or upstream,
        digest=order.digest,
        prompt_digest=digest(_words(order.request)),
        seed=order.request["seed"],
        state=OrderState(order.state),
        price=order.price,
        paid=paid,
        cost=order.cost,
        seconds=order.seconds,
        attempts=len(ways),
    )


def _words(request: Mapping[str, Any]) -> Any:
    """What a request says in words: its prompt, chat, spoken text or style."""
    return next(request[name] for name in ("prompt", "messages", "text", "style") if name in request)
