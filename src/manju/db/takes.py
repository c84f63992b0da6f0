"""Takes (候选) and the orders behind them. Functions work in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db import order_records
from manju.db.order_records import OrderRecord
from manju.db.tables import Order, TakeRow
from manju.domain.order import OrderState
from manju.domain.takes import DomainKey


@dataclass(frozen=True, slots=True)
class TakeRecord:
    """A take and the order of its last try."""

    number: int
    selected: bool
    order: OrderRecord

    @property
    def made(self) -> bool:
        """Whether its order has succeeded."""
        return self.order.state is OrderState.SUCCEEDED

    @property
    def attempt(self) -> int:
        """Number of the last try."""
        return DomainKey.parse(self.order.key).attempt


async def of(session: AsyncSession, project: str, subject: str, kind: str) -> list[TakeRecord]:
    """Every take of a subject in one kind, first to last."""
    rows = await session.execute(_TAKES_OF, {"project": project, "subject": subject, "kind": kind})
    return [TakeRecord(row.number, row.selected, order_records.record(row)) for row in rows]


async def latest(session: AsyncSession, project: str, kind: str, digest: str, since: datetime) -> str | None:
    """The subject of the last take in one kind that was ordered with this request after ``since`` and has not failed.
    Seldom asked for, so there is no index of its own behind it."""
    mine = (Order.project_id == project, Order.digest == digest, Order.created_at > since, TakeRow.kind == kind)
    query = select(TakeRow.subject).join(Order, Order.id == TakeRow.order_id)
    alive = Order.state != OrderState.FAILED.value
    return await session.scalar(query.where(*mine, alive).order_by(TakeRow.id.desc()).limit(1))


async def listed(
    session: AsyncSession, project: str, kind: str, modality: str, *, after: str, limit: int, descending: bool
) -> list[str]:
    """Subjects of the takes of a project in one kind and modality in the order of their making, from behind the subject
    ``after`` (empty: from the beginning), ``limit`` at most."""
    mine = (TakeRow.project_id == project, TakeRow.kind == kind, TakeRow.number == 1)
    query = select(TakeRow.subject).join(Order, Order.id == TakeRow.order_id).where(*mine, Order.modality == modality)
    if after:
        at = select(TakeRow.id).where(*mine, TakeRow.subject == after).scalar_subquery()
        query = query.where(TakeRow.id < at if descending else TakeRow.id > at)
    return [*await session.scalars(query.order_by(TakeRow.id.desc() if descending else TakeRow.id).limit(limit))]


async def add(session: AsyncSession, project: str, subject: str, kind: str, number: int, order_id: str) -> None:
    """A new take; it is not selected before its order has succeeded."""
    values = {"project_id": project, "subject": subject, "kind": kind, "number": number, "order_id": order_id}
    await session.execute(_TAKES.insert(), values)


async def retry(session: AsyncSession, project: str, subject: str, kind: str, number: int, order_id: str) -> None:
    """Put another order, the next try, behind a take."""
    statement = _TAKES.update().where(_of(project, subject, kind), TakeRow.number == number)
    await session.execute(statement.values(order_id=order_id))


async def choose(session: AsyncSession, project: str, subject: str, kind: str, order_id: str) -> None:
    """Select the take of an order in place of the one selected now."""
    mine = _of(project, subject, kind)
    before = _TAKES.update().where(mine, TakeRow.selected, TakeRow.order_id != order_id)
    await session.execute(before.values(selected=False))
    await session.execute(_TAKES.update().where(mine, TakeRow.order_id == order_id).values(selected=True))


def _of(project: Any, subject: Any, kind: Any) -> ColumnElement[bool]:
    return and_(TakeRow.project_id == project, TakeRow.subject == subject, TakeRow.kind == kind)


_TAKES = cast(Table, TakeRow.__table__)
_TAKES_OF = (
    select(TakeRow.number, TakeRow.selected, *order_records.COLUMNS)
    .join(Order, Order.id == TakeRow.order_id)
    .where(_of(bindparam("project"), bindparam("subject"), bindparam("kind")))
    .order_by(TakeRow.number)
)
