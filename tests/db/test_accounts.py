"""The ledger: sums, and holds that are closed exactly once."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db import accounts, order_reads, orders
from manju.db.order_records import NewOrder, OrderRecord, Sending
from manju.db.projects import Projects
from manju.db.session import Database
from manju.domain.account import Account, Spending
from manju.domain.order import OrderState, Way
from manju.errors import BudgetError, ConflictError, NotFoundError

WAY = Way("channel", "", "upstream")


@pytest.fixture
async def project(database: Database) -> str:
    made = await Projects(database).create(account_id="local", name="试", spec={}, spec_digest="0" * 64, budget=10)
    return made.id


async def order(session: AsyncSession, project: str, number: int = 1, price: int = 4) -> OrderRecord:
    key = f"{project}/s{number}/frame/take-1/try-1"
    return await orders.plan(
        session, NewOrder("local", project, None, key, "image", "m", {}, "d" * 64, price), "me", sending=True
    )


async def sending(session: AsyncSession, project: str, number: int = 1, price: int = 4) -> Sending:
    return await orders.send(session, await order(session, project, number, price), WAY, (None, 0), first=True)


async def succeed(session: AsyncSession, sent: Sending, owner: str = "me", share: str = "1") -> None:
    await orders.succeed(session, sent, owner, artefacts=(), facts={}, share=Fraction(share), cost=1, seconds=0.5)


async def test_hold_then_capture(database: Database, project: str) -> None:
    async with database.write() as session:
        sent = await sending(session, project)
        assert await accounts.spending(session, project) == Spending(paid=0, held=4, budget=10)
        await succeed(session, sent)
        assert await accounts.spending(session, project) == Spending(paid=4, held=0, budget=10)
        assert await accounts.account(session, "local") == Account(
            id="local", name="This machine", limited=False, balance=-4
        )


@pytest.mark.parametrize(("share", "paid"), [("1", 4), ("3/2", 4), ("1/2", 2), ("1/3", 2), ("0", 0)])
async def test_the_share_that_was_delivered_is_paid(database: Database, project: str, share: str, paid: int) -> None:
    async with database.write() as session:
        await succeed(session, await sending(session, project), share=share)
        assert await accounts.spending(session, project) == Spending(paid=paid, held=0, budget=10)


async def test_what_is_free_stays_free(database: Database, project: str) -> None:
    async with database.write() as session:
        await succeed(session, await sending(session, project, price=0))
        assert await accounts.spending(session, project) == Spending(paid=0, held=0, budget=10)


async def test_hold_then_release(database: Database, project: str) -> None:
    async with database.write() as session:
        await orders.fail(session, await sending(session, project), "me", {"kind": "x"}, again=False)
        assert await accounts.spending(session, project) == Spending(paid=0, held=0, budget=10)
        assert (await accounts.account(session, "local")).balance == 0


async def test_what_is_not_used_of_a_hold_comes_back(database: Database, project: str) -> None:
    async with database.write() as session:
        sent = await sending(session, project)
        await accounts.capture(session, sent.attempt_id, 3)
        assert await accounts.spending(session, project) == Spending(paid=3, held=0, budget=10)


@pytest.mark.parametrize("second", ["capture", "release", "hold"])
async def test_a_hold_is_made_and_closed_once(database: Database, project: str, second: str) -> None:
    async with database.write() as session:
        sent = await sending(session, project)
        await accounts.capture(session, sent.attempt_id, 4)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            match second:
                case "capture":
                    await accounts.capture(session, sent.attempt_id, 4)
                case "release":
                    await accounts.release(session, sent.attempt_id)
                case "hold":
                    await accounts.hold(session, "local", project, sent.attempt_id, 4)
    async with database.read() as session:
        assert (await accounts.spending(session, project)).paid == 4


async def test_an_order_ends_once(database: Database, project: str) -> None:
    async with database.write() as session:
        sent = await sending(session, project)
        await succeed(session, sent)
    for end in (
        lambda session: succeed(session, sent),
        lambda session: orders.fail(session, sent, "me", {}, again=False),
        lambda session: orders.interrupt(session, sent, "me", sent=True),
        lambda session: orders.lose(session, sent, "me"),
    ):
        with pytest.raises(ConflictError, match="changed by somebody else"):
            async with database.write() as session:
                await end(session)


async def test_only_its_owner_changes_an_order(database: Database, project: str) -> None:
    async with database.write() as session:
        sent = await sending(session, project)
        assert await order_reads.owners(session) == {"me"}
        assert await order_reads.sent(session, "me") == [sent]
        assert await order_reads.sent(session, "other") == []
        with pytest.raises(ConflictError):
            await succeed(session, sent, owner="other")


async def test_the_budget_counts_what_is_held_and_paid(database: Database, project: str) -> None:
    async with database.write() as session:
        await succeed(session, await sending(session, project, 1))
        await sending(session, project, 2)
    with pytest.raises(BudgetError):
        async with database.write() as session:
            await sending(session, project, 3)
    async with database.write() as session:
        assert await order_reads.in_flight(session, "channel") == 1
        await sending(session, project, 4, price=2)
        await accounts.set_budget(session, project, 3)  # below what is spent already
        assert (await accounts.spending(session, project)).left == 0
        await accounts.set_budget(session, project, None)
        assert (await accounts.spending(session, project)).left is None
        await sending(session, project, 5, price=1000)


async def test_a_later_attempt_has_the_next_number(database: Database, project: str) -> None:
    async with database.write() as session:
        planned = await order(session, project)
        first = await orders.send(session, planned, WAY, (None, 0), first=True)
        await orders.interrupt(session, first, "me", sent=False)
        again = OrderRecord(**{**_fields(planned), "state": OrderState.PLANNED, "owner": None})
        await orders.claim(session, again, "you", sending=True)
        second = await orders.send(session, again, WAY, (None, 0), first=False)
        assert (first.number, second.number) == (1, 2)


@pytest.mark.parametrize("between", ["interrupted", "not sent", "not sent, again"])
async def test_an_interrupted_order_keeps_its_hold_for_the_next_attempt(
    database: Database, project: str, between: str
) -> None:
    async with database.write() as session:
        planned = await order(session, project)
        sent = await orders.send(session, planned, WAY, (None, 0), first=True)
        await orders.interrupt(session, sent, "me", sent=True)
        await accounts.set_budget(session, project, 0)  # it is set aside already
        for _ in range(3):
            owner = "me" if sent.number > 1 and between == "not sent, again" else None
            left = OrderRecord(**{**_fields(planned), "state": OrderState.PLANNED, "owner": owner})
            await orders.claim(session, left, "me", sending=True)
            sent = await orders.send(session, left, WAY, (None, 0), first=False, token=sent.token)
            assert (await accounts.spending(session, project)).held == 4
            if sent.number == 4:
                await succeed(session, sent)
            elif between == "not sent, again":
                await orders.fail(session, sent, "me", {"kind": "x"}, again=True, outcome="not_sent")
            else:
                await orders.interrupt(session, sent, "me", sent=between == "interrupted")
        assert await accounts.spending(session, project) == Spending(paid=4, held=0, budget=0)


def _fields(record: OrderRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in OrderRecord.__slots__}


async def test_what_does_not_exist(database: Database) -> None:
    async with database.write() as session:
        for missing in (
            accounts.account(session, "x"),
            accounts.spending(session, "x"),
            accounts.set_budget(session, "x", 1),
        ):
            with pytest.raises(NotFoundError, match="'x'"):
                await missing
