"""A process that spends: URL PROJECT ACCOUNT KEY_PROJECT ROUNDS.

It buys orders of one account in two ways at once, as films do (a project with a budget) and as chats do (in groups, for
a key), each at a price of 3 if there is the money; every third comes to nothing. Says ``ready``, waits for a line, then
prints what it paid in each way.
"""

from __future__ import annotations

import asyncio
import sys
from fractions import Fraction

from manju.db import accounts, orders
from manju.db.chat_page import ChatPage, Payer, Sent
from manju.db.chats import Begin, End, Placed, Result
from manju.db.clock import now
from manju.db.group import Group
from manju.db.order_records import NewOrder
from manju.db.session import Database
from manju.domain.ids import new_id
from manju.domain.order import OrderState, Way
from manju.errors import BudgetError

PRICE = 3
WAY = Way("channel", "main", "upstream")


async def film(database: Database, account: str, project: str, rounds: int) -> int:
    """Orders one after the other. Returns what was paid."""
    paid = 0
    for number in range(rounds):
        new = NewOrder(account, project, None, f"{new_id('x')}/s/frame/take-1/try-1", "image", "m", {}, "d", PRICE)
        try:
            async with database.write() as session:
                order = await orders.plan(session, new, "me", sending=True)
                sending = await orders.send(session, order, WAY, (None, 0), first=True)
        except BudgetError:
            continue
        async with database.write() as session:
            if number % 3:
                await orders.succeed(
                    session, sending, "me", artefacts=(), facts={}, share=Fraction(1), cost=1, seconds=0.5
                )
                paid += PRICE
            else:
                await orders.fail(session, sending, "me", {"kind": "x"}, again=False)
    return paid


async def chat(group: Group[ChatPage], payer: Payer, number: int) -> int:
    placed = Placed(new_id("order"), payer, "me", PRICE)
    sent = Sent(new_id("attempt"), 1, WAY, "token", 1000)
    try:
        await group.make(Begin(placed, "gpt-4o", {"number": number}, "d", sent, now()))
    except BudgetError:
        return 0
    result = (
        Result(OrderState.SUCCEEDED, "succeeded", price=PRICE) if number % 3 else Result(OrderState.FAILED, "failed")
    )
    paid: int = await group.make(End(placed, sent, result))
    return paid


async def main(url: str, project: str, account: str, key_project: str, rounds: str) -> None:
    database = Database(url)
    group = Group(database, ChatPage)
    async with database.read() as session:
        await accounts.account(session, account)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    payer = Payer(account, key_project, None)
    chats = (chat(group, payer, number) for number in range(int(rounds)))
    films, *answers = await asyncio.gather(film(database, account, project, int(rounds)), *chats)
    print(films, sum(answers))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
