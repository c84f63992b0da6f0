"""What is asked of orders and attempts. Functions read in the caller's transaction and change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db.clock import utc
from manju.db.order_records import (
    ATTEMPTS,
    COLUMNS,
    IN_FLIGHT,
    Detail,
    OrderRecord,
    Sending,
    owned_by,
    record,
    sending_of,
)
from manju.db.tables import TASK_OPEN, Attempt, Order
from manju.domain.order import OrderState


async def unfinished(session: AsyncSession, kind: str) -> list[tuple[str, str, str]]:
    """Id, project and domain key of the orders of a kind that nobody is at work on and that have not ended, first to
    last."""
    query = select(Order.id, Order.project_id, Order.domain_key).where(
        Order.domain_key.like(f"%/{kind}/take-%"), Order.owner.is_(None)
    )
    # Written out, the states are those that the indexes are for: all orders that have ended have no owner either.
    found = [
        row for state in ("PLANNED", "SUBMITTED")
        for row in await session.execute(query.where(Order.state == text(f"'{state}'")))
    ]  # fmt: skip
    return sorted((str(row[0]), str(row[1]), str(row[2])) for row in found)


async def requests(session: AsyncSession, order_ids: Sequence[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Model and request of some orders by their ids."""
    rows = await session.execute(select(Order.id, Order.model, Order.request).where(Order.id.in_(order_ids)))
    return {row.id: (row.model, row.request) for row in rows}


async def detail(session: AsyncSession, order_id: str) -> Detail:
    """The rest of an order."""
    query = select(Order.request, Order.created_at, Order.finished_at).where(Order.id == order_id)
    row = (await session.execute(query)).one()
    return Detail(row.request, utc(row.created_at), utc(row.finished_at))


async def census(session: AsyncSession) -> dict[str, int]:
    """How many orders are in each state."""
    counted = await session.execute(select(Order.state, func.count()).group_by(Order.state))
    return {state.value: 0 for state in OrderState} | {str(state): int(count) for state, count in counted}


async def waiting_to_repeat(session: AsyncSession) -> list[OrderRecord]:
    """The ``PLANNED`` orders that were interrupted and that nobody is at work on: something is held for each, and they
    are sent again when somebody asks for them."""
    query = select(*COLUMNS).where(Order.state == text("'PLANNED'"), Order.owner.is_(None), Order.price > 0)
    found = [record(row) for row in await session.execute(query.order_by(Order.created_at, Order.id))]
    return [order for order in found if order.interrupted and order.key]


async def in_doubt(session: AsyncSession, project_id: str) -> list[OrderRecord]:
    """The ``UNKNOWN`` orders of a project, first to last."""
    query = select(*COLUMNS).where(Order.project_id == project_id, Order.state == "UNKNOWN")
    return [record(row) for row in await session.execute(query.order_by(Order.created_at, Order.id))]


async def in_flight(session: AsyncSession, channel: str) -> int:
    """How many attempts a channel has in flight, of all gateways."""
    count = select(func.count()).select_from(Attempt)
    return await session.scalar(count.where(Attempt.channel == channel, Attempt.outcome.in_(IN_FLIGHT))) or 0


async def still_open(session: AsyncSession, project_id: str) -> int:
    """How many chats and tasks of a key's project have not ended and are not in doubt."""
    query = select(func.count()).select_from(Order).where(Order.project_id == project_id, text(TASK_OPEN))
    return await session.scalar(query) or 0


async def of_open_orders(session: AsyncSession, attempts: Sequence[str]) -> set[str]:
    """Those of some attempts whose orders have neither succeeded nor failed."""
    query = select(Attempt.id).join(Order, Order.id == Attempt.order_id).where(Attempt.id.in_(attempts))
    return set(await session.scalars(query.where(Order.state.not_in(("SUCCEEDED", "FAILED")))))


async def owners(session: AsyncSession) -> set[str]:
    """Every gateway that is, or was when it died, at work on an order."""
    names = await session.scalars(select(Order.owner).where(Order.owner.is_not(None)).distinct())
    return {name for name in names if name is not None}


async def sent(session: AsyncSession, owner: str | None, order_id: str | None = None) -> list[Sending]:
    """The attempts that a gateway has sent and not heard of, or those of one order only."""
    query = (
        select(ATTEMPTS)
        .join(Order, Order.id == Attempt.order_id)
        .where(Order.state == "SUBMITTING", Attempt.outcome == "sending", owned_by(owner))
    )
    if order_id is not None:
        query = query.where(Order.id == order_id)
    return [sending_of(row) for row in await session.execute(query)]


async def interrupted(session: AsyncSession, order_id: str) -> Sending | None:
    """The last attempt of an order that was sent, if it was interrupted: it may have been accepted, and what is sent
    next must carry its token."""
    left = (ATTEMPTS.c.order_id == order_id) & (ATTEMPTS.c.outcome != "not_sent")
    row = (await session.execute(select(ATTEMPTS).where(left).order_by(ATTEMPTS.c.number.desc()).limit(1))).first()
    return sending_of(row) if row is not None and row.outcome == "interrupted" else None
