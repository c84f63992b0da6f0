"""Chats in groups: one transaction for many, each answered for itself; sums that are right whoever writes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select, text

from manju.db import accounts, chats, order_reads, orders
from manju.db.chat_page import ChatPage, Payer, Sent
from manju.db.chats import Again, Answer, Begin, End, Failed, Pause, Placed, Result, Sweep
from manju.db.group import Group
from manju.db.keys import Keys
from manju.db.order_records import NewOrder
from manju.db.session import Database
from manju.db.tables import Attempt, ChatAnswer, LedgerEntry, Order, Tally
from manju.domain.ids import new_id
from manju.domain.order import OrderState, Way
from manju.errors import BudgetError, ConflictError

LATER = datetime.now(UTC) + timedelta(hours=1)
OK = Result(OrderState.SUCCEEDED, "succeeded", price=4)


@pytest.fixture
async def group(database: Database) -> Group[ChatPage]:
    return Group(database, ChatPage)


async def payer(database: Database, name: str = "k", *, credits: int = 100, day: int | None = None) -> Payer:
    key, _ = await Keys(database).create(name, credits=credits)
    return Payer(key.account_id, key.project_id, day)


def placed(who: Payer, *, held: int = 10, name: str | None = None, owner: str = "me") -> Placed:
    return Placed(new_id("order"), who, owner, held, name)


def sent(number: int = 1, channel: str = "c", slots: int = 100) -> Sent:
    return Sent(new_id("attempt"), number, Way(channel, "main", "m"), "token", slots)


def begin(order: Placed, attempt: Sent, digest: str = "d") -> Begin:
    return Begin(order, "gpt-4o", {"a": ["雨"]}, digest, attempt, LATER)


async def balance(database: Database, who: Payer) -> int:
    async with database.read() as session:
        return (await accounts.account(session, who.account)).balance


async def row(database: Database, order: Placed) -> Order:
    async with database.read() as session:
        return await session.get_one(Order, order.id)


async def check_tallies(database: Database) -> None:
    async with database.read() as session:
        told = dict((await session.execute(select(Tally.name, Tally.amount))).all())
        entries = list(await session.scalars(select(LedgerEntry)))
    wanted: dict[str, int] = {}
    days = {entry.attempt_id: entry.created_at.date() for entry in entries if entry.kind == "hold"}
    for entry in entries:
        marks = [f"account/{entry.account_id}"]
        if entry.project_id:
            day = days.get(entry.attempt_id, entry.created_at.date())
            marks += [f"project/{entry.project_id}", f"project/{entry.project_id}/{day.isoformat()}"]
        for mark in marks:
            wanted[mark] = wanted.get(mark, 0) + entry.amount
    assert told == wanted


async def test_a_chat_from_its_hold_to_its_capture(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database)
    order, attempt = placed(who), sent()
    assert await group.make(begin(order, attempt)) == "sent"
    assert await balance(database, who) == 90
    async with database.read() as session:  # as the recovery of dead gateways sees it
        (found,) = await order_reads.sent(session, "me")
        assert (found.order_id, found.attempt_id, found.way, found.token) == (
            order.id,
            attempt.id,
            attempt.way,
            "token",
        )
    result = Result(
        OrderState.SUCCEEDED,
        "succeeded",
        4,
        2,
        0.5,
        "up-1",
        {"input_tokens": 3},
        keep=Answer(200, {}, b"x"),
        expires_at=LATER,
    )
    assert await group.make(End(order, attempt, result)) == 4
    assert await balance(database, who) == 96
    kept = await row(database, order)
    assert (kept.state, kept.owner, kept.price, kept.cost, kept.seconds) == ("SUCCEEDED", None, 4, 2, 0.5)
    assert (
        kept.request == {"a": ["雨"]}
        and kept.facts == {"input_tokens": 3}
        and kept.artefacts == []
        and kept.error is None
    )
    assert abs((kept.finished_at.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()) < 60
    async with database.read() as session:
        known = await chats.known(session, order.id)
        assert known is not None and known.answer == Answer(200, {}, b"x")
        assert (await session.get_one(Attempt, attempt.id)).upstream_id == "up-1"
    await check_tallies(database)


async def test_many_at_once_share_transactions_and_money(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database, credits=55)
    made = [(placed(who), sent()) for _ in range(20)]
    told = await asyncio.gather(*(group.make(begin(*each)) for each in made), return_exceptions=True)
    assert told.count("sent") == 5 and sum(isinstance(each, BudgetError) for each in told) == 15
    assert await balance(database, who) == 5
    going = [each for each, said in zip(made, told, strict=True) if said == "sent"]
    assert await asyncio.gather(*(group.make(End(order, attempt, OK)) for order, attempt in going)) == [4] * 5
    assert await balance(database, who) == 35
    await check_tallies(database)


async def test_one_that_cannot_be_made_harms_no_other(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database)
    order, attempt = placed(who), sent()
    await group.make(begin(order, attempt))
    other, second = placed(who), sent()
    told = await asyncio.gather(
        group.make(End(order, attempt, OK)),
        group.make(End(order, attempt, OK)),  # it ends once
        group.make(begin(other, second)),
        group.make(End(Placed(order.id, who, "somebody", 10), attempt, OK)),
        return_exceptions=True,
    )
    assert (
        told[0] == 4 and isinstance(told[1], ConflictError) and told[2] == "sent" and isinstance(told[3], ConflictError)
    )
    assert await balance(database, who) == 86
    await check_tallies(database)


async def test_keys_of_one_account_share_its_balance_in_one_transaction(
    database: Database, group: Group[ChatPage]
) -> None:
    first = await payer(database, credits=15)
    key, _ = await Keys(database).create("other", account=first.account)
    second = Payer(key.account_id, key.project_id, None)
    told = await asyncio.gather(
        *(group.make(begin(placed(who), sent())) for who in (first, second, first)), return_exceptions=True
    )
    assert told.count("sent") == 1 and await balance(database, first) == 5


async def test_other_writers_count(database: Database, group: Group[ChatPage]) -> None:
    """An order that is placed as films place theirs spends the same money, and leaves the sums right."""
    who = await payer(database, credits=25, day=30)
    async with database.write() as session:
        new = NewOrder(who.account, who.project, None, "k/s/frame/take-1/try-1", "image", "m", {}, "d" * 64, 12)
        order = await orders.plan(session, new, "they", sending=True)
        sending = await orders.send(session, order, Way("c", "", "m"), (None, 0), first=True)
    assert await group.make(begin(placed(who), sent())) == "sent"
    with pytest.raises(BudgetError, match=r"the account k has ¥0\.000003 left"):
        await group.make(begin(placed(who), sent()))
    async with database.write() as session:
        await orders.fail(session, sending, "they", {}, again=False)
    assert await group.make(begin(placed(who), sent())) == "sent"
    await check_tallies(database)


async def test_a_budget_of_a_day(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database, day=15)
    assert await group.make(begin(placed(who), sent())) == "sent"
    with pytest.raises(BudgetError, match=r"budget of today has ¥0\.000005 left"):
        await group.make(begin(placed(who), sent()))


async def test_what_is_taken_beyond_the_hold_is_not_charged(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database, credits=100)
    order, attempt = placed(who), sent()
    await group.make(begin(order, attempt))
    assert await group.make(End(order, attempt, Result(OrderState.SUCCEEDED, "succeeded", price=50))) == 10
    assert await balance(database, who) == 90 and (await row(database, order)).price == 10
    await check_tallies(database)


async def test_slots_are_counted_over_all_gateways(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database)
    elsewhere = Group(database, ChatPage)
    order, attempt = placed(who, owner="they"), sent(slots=2)
    assert await elsewhere.make(begin(order, attempt)) == "sent"
    told = await asyncio.gather(*(group.make(begin(placed(who), sent(slots=2))) for _ in range(3)))
    assert told == ["sent", "full", "full"]
    next_one = Again(order, Failed(attempt, "rejected", {}), sent(2, slots=2))
    assert await elsewhere.make(next_one) == "sent"  # it takes its own place again
    await check_tallies(database)


async def test_from_attempt_to_attempt(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database)
    order, first, second, third = placed(who), sent(), sent(2), sent(3)
    await group.make(begin(order, first))
    await group.make(Again(order, Failed(first, "rejected", {"kind": "x"}), second))
    assert await balance(database, who) == 90
    await group.make(Pause(order, Failed(second, "not_sent", {"kind": "y"})))
    assert await balance(database, who) == 100 and (await row(database, order)).state == "PLANNED"
    await group.make(Again(order, None, third))
    await group.make(End(order, third, OK))
    async with database.read() as session:
        rows = list(await session.scalars(select(Attempt).order_by(Attempt.number)))
    assert [(each.number, each.outcome) for each in rows] == [(1, "rejected"), (2, "not_sent"), (3, "succeeded")]
    assert await balance(database, who) == 96 and (await row(database, order)).error is None
    await check_tallies(database)


async def test_a_name_is_one_order(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database)
    order, attempt = placed(who, name="n"), sent()
    told = await asyncio.gather(
        group.make(begin(order, attempt)),
        group.make(begin(placed(who, name="n"), sent())),
        group.make(begin(placed(who, name="n"), sent(), "other")),
        return_exceptions=True,
    )
    assert told[:2] == ["sent", order.id] and isinstance(told[2], ConflictError)
    await group.make(End(order, attempt, Result(OrderState.FAILED, "rejected", error={})))
    assert await balance(database, who) == 100
    with pytest.raises(ConflictError):  # it failed, and may be made anew, but the name stays that of this request
        await group.make(begin(placed(who, name="n"), sent(), "other"))
    assert await group.make(begin(placed(who, name="n"), sent())) == "sent"


async def test_what_nobody_takes_up_again_is_closed(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database)
    made = [(placed(who), sent()) for _ in range(3)]
    for order, attempt in made:
        await group.make(begin(order, attempt))
    async with database.write() as session:  # as the recovery of a dead gateway leaves them
        for sending in await order_reads.sent(session, "me"):
            if sending.order_id == made[0][0].id:
                await orders.interrupt(session, sending, "me", sent=True)
            elif sending.order_id == made[1][0].id:
                await orders.lose(session, sending, "me")
    await group.make(Sweep())
    assert [(await row(database, order)).state for order, _ in made] == ["FAILED", "UNKNOWN", "SUBMITTING"]
    assert await balance(database, who) == 80
    await check_tallies(database)


async def test_answers_are_forgotten_in_time(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database)
    for moment in (LATER, datetime.now(UTC) - timedelta(seconds=1)):
        order, attempt = placed(who), sent()
        await group.make(begin(order, attempt))
        await group.make(
            End(order, attempt, Result(OrderState.SUCCEEDED, "succeeded", keep=Answer(200, {}, b""), expires_at=moment))
        )
    await group.make(Sweep())
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(ChatAnswer)) == 1


async def test_the_last_of_a_body(database: Database, group: Group[ChatPage]) -> None:
    who, other = await payer(database), await payer(database, "other")
    for each in (who, who, other):
        order = placed(each)
        await group.make(begin(order, sent(), "same"))
    async with database.read() as session:
        since = datetime.now(UTC) - timedelta(minutes=1)
        found = await chats.latest(session, who.project, "same", since)
        assert found is not None and found.state is OrderState.SUBMITTING and found.answer is None
        newer = await session.scalar(select(func.max(Order.id)).where(Order.project_id == who.project))
        assert found.id == newer
        assert await chats.latest(session, who.project, "another", since) is None
        assert await chats.latest(session, who.project, "same", datetime.now(UTC) + timedelta(minutes=1)) is None


async def test_a_caller_that_gives_up_does_not_undo_it(database: Database, group: Group[ChatPage]) -> None:
    who = await payer(database)
    order = placed(who)
    making = asyncio.create_task(group.make(begin(order, sent())))
    await asyncio.sleep(0)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    await group.close()
    assert (await row(database, order)).state == "SUBMITTING"


async def test_sums_of_an_older_database(database_url: str) -> None:
    """Entries that were there before the sums were kept."""

    def to(connection: Connection, revision: str) -> None:
        config = Config()
        config.set_main_option("script_location", "manju.db:migrations")
        config.attributes["connection"] = connection
        command.downgrade(config, revision)

    database = Database(database_url)
    await database.migrate()
    who = await payer(database)
    group = Group(database, ChatPage)
    made = [(placed(who), sent()) for _ in range(3)]
    for order, attempt in made:
        await group.make(begin(order, attempt))
    await group.make(End(*made[0], OK))
    await group.make(End(*made[1], Result(OrderState.FAILED, "failed")))
    async with database.write() as session:
        connection = await session.connection()
        await connection.execute(text("DELETE FROM chat_answers"))
        await connection.run_sync(to, "0001")
    await database.migrate()
    await check_tallies(database)
    await group.make(End(*made[2], OK))
    await check_tallies(database)
    await database.close()
