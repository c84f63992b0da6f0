"""Accounts and the ledger (流水): holds, captures and releases, and the sums that are balances.

An amount is held when an order is sent and closed exactly once, in the transaction that changes the order's state; two
unique indexes see to it. Free orders move nothing and leave no entry. Functions work in the caller's transaction.

A balance is a sum of the ledger; the sums that are asked for at each order are kept beside it by a trigger
(`manju.db.tables.Tally`), since a busy key has millions of entries.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import BigInteger, DateTime, String, Table, bindparam, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db import tables
from manju.db.clock import now
from manju.domain.account import Account, EntryKind, Spending
from manju.domain.money import show
from manju.errors import BudgetError, NotFoundError

_Entry = tables.LedgerEntry
# Asked for each order, one statement for all. The sums are those of `manju.db.tables.Tally`.
_MONEY = text(
    "SELECT a.name, a.limited, p.budget,"
    " (SELECT day_budget FROM api_keys WHERE project_id = p.id ORDER BY id DESC LIMIT 1) AS day_budget,"
    " coalesce((SELECT amount FROM tallies WHERE name = 'account/' || a.id), 0) AS balance,"
    " coalesce((SELECT amount FROM tallies WHERE name = 'project/' || p.id), 0) AS spent,"
    " coalesce((SELECT amount FROM tallies WHERE name = :today), 0) AS today"
    " FROM projects p JOIN accounts a ON a.id = :account WHERE p.id = :project"
)
_HELD = select(
    _Entry.account_id,
    _Entry.project_id,
    _Entry.attempt_id,
    bindparam("kind", type_=String()),
    -_Entry.amount - bindparam("paid", type_=BigInteger()),
    bindparam("moment", type_=DateTime(timezone=True)),
).where(_Entry.attempt_id == bindparam("attempt"), _Entry.kind == EntryKind.HOLD.value)
_CLOSE = (
    cast(Table, _Entry.__table__)
    .insert()
    .from_select(
        ["account_id", "project_id", "attempt_id", "kind", "amount", "created_at"], _HELD, include_defaults=False
    )
)


async def account(session: AsyncSession, account_id: str) -> Account:
    """An account with its balance.

    Raises:
        NotFoundError: there is none of this id.
    """
    row = await session.get(tables.Account, account_id)
    if row is None:
        raise NotFoundError(f"there is no account {account_id!r}")
    return Account(id=row.id, name=row.name, limited=row.limited, balance=await _sum(session, f"account/{account_id}"))


async def open_account(session: AsyncSession, account_id: str, name: str, *, limited: bool) -> None:
    """A new account with nothing in it."""
    await session.execute(insert(tables.Account).values(id=account_id, name=name, limited=limited))


async def grant(session: AsyncSession, account_id: str, amount: int) -> None:
    """Add an amount (millionths) to an account."""
    await _add(session, account_id, None, None, EntryKind.GRANT, amount)


async def set_budget(session: AsyncSession, project_id: str, budget: int | None) -> None:
    """Limit what a project's orders may cost in all, in millionths; None lifts the limit.

    Raises:
        NotFoundError: there is no such project.
    """
    changed = await session.execute(
        update(tables.Project).where(tables.Project.id == project_id).values(budget=budget).returning(tables.Project.id)
    )
    if changed.first() is None:
        raise NotFoundError(f"there is no project {project_id!r}")


async def spending(session: AsyncSession, project_id: str) -> Spending:
    """What a project has paid and holds. Only an attempt that was captured has paid.

    Raises:
        NotFoundError: there is no such project.
    """
    budget = await _budget(session, project_id)
    closed = select(_Entry.attempt_id).where(_Entry.project_id == project_id, _Entry.kind.in_(["capture", "release"]))
    mine = select(func.coalesce(-func.sum(_Entry.amount), 0)).where(_Entry.project_id == project_id)
    paid = await session.scalar(mine.where(_Entry.attempt_id.in_(closed)))
    held = await session.scalar(mine.where(_Entry.attempt_id.not_in(closed)))
    return Spending(paid=int(paid or 0), held=int(held or 0), budget=budget)


async def afford(session: AsyncSession, account_id: str, project_id: str, price: int) -> None:
    """Check that a project's budget and its account can bear ``price``; nobody else spends the same money before the
    (writing) transaction ends.

    Raises:
        BudgetError: they cannot.
    """
    today = now().date().isoformat()
    asked = {"account": account_id, "project": project_id, "today": f"project/{project_id}/{today}"}
    money = (await session.execute(_MONEY, asked)).first()
    if money is None:
        raise NotFoundError(f"there is no project {project_id!r}")
    costs = f"this order costs {show(price)}"
    if money.budget is not None and price > (left := max(0, money.budget + money.spent)):
        raise BudgetError(
            f"{costs}, and the budget of {show(money.budget)} has {show(left)} left",
            hint="Raise it with --budget, or choose a cheaper model. Nothing was sent.",
        )
    if money.day_budget is not None and price > (left := max(0, money.day_budget + money.today)):
        raise BudgetError(
            f"{costs}; of the key's {show(money.day_budget)} a day {show(left)} are left",
            hint="Wait until midnight UTC, or raise the key's day budget. Nothing was sent.",
        )
    if money.limited and price > money.balance:
        raise BudgetError(
            f"{costs}, and the account {money.name} has {show(max(money.balance, 0))} left",
            hint="Top up the account. Nothing was sent.",
        )


async def hold(session: AsyncSession, account_id: str, project_id: str | None, attempt_id: str, price: int) -> None:
    """Set the price of an attempt aside; nothing for a free one."""
    if price:
        await _add(session, account_id, project_id, attempt_id, EntryKind.HOLD, -price)


async def held(session: AsyncSession, attempt_id: str) -> bool:
    """Whether an attempt's hold is open."""
    kinds = await session.scalars(select(_Entry.kind).where(_Entry.attempt_id == attempt_id))
    return [*kinds] == [EntryKind.HOLD.value]


async def capture(session: AsyncSession, attempt_id: str, paid: int) -> None:
    """Close an attempt's hold: ``paid`` is kept, what is left of the hold comes back."""
    await _close(session, attempt_id, EntryKind.CAPTURE, paid)


async def release(session: AsyncSession, attempt_id: str) -> None:
    """Close an attempt's hold: all of it comes back."""
    await _close(session, attempt_id, EntryKind.RELEASE, 0)


async def _budget(session: AsyncSession, project_id: str) -> int | None:
    """
    Raises:
        NotFoundError: there is no such project.
    """
    row = (await session.execute(select(tables.Project.budget).where(tables.Project.id == project_id))).first()
    if row is None:
        raise NotFoundError(f"there is no project {project_id!r}")
    budget: int | None = row.budget
    return budget


async def _sum(session: AsyncSession, name: str) -> int:
    """See `manju.db.tables.Tally`."""
    return int(await session.scalar(select(tables.Tally.amount).where(tables.Tally.name == name)) or 0)


async def _close(session: AsyncSession, attempt_id: str, kind: EntryKind, paid: int) -> None:
    closed = {"attempt": attempt_id, "kind": kind.value, "paid": paid, "moment": now()}
    await session.execute(_CLOSE, closed)


async def _add(
    session: AsyncSession,
    account_id: str,
    project_id: str | None,
    attempt_id: str | None,
    kind: EntryKind,
    amount: int,
) -> None:
    await session.execute(
        insert(_Entry).values(
            account_id=account_id, project_id=project_id, attempt_id=attempt_id, kind=kind.value, amount=amount
        )
    )
