"""Money while eight processes spend it."""

from __future__ import annotations

import subprocess
import sys
from itertools import accumulate
from pathlib import Path

from sqlalchemy import func, select

from manju.db import accounts
from manju.db.keys import Keys
from manju.db.projects import Projects
from manju.db.session import Database
from manju.db.tables import LedgerEntry, Order, Tally
from manju.domain.account import Spending

PROCESSES, ROUNDS = 8, 12
CREDITS, BUDGET = 250, 100  # neither is a multiple of the price


def spent(*given: str) -> tuple[int, int]:
    """What all processes together have paid for films and for chats, let loose at once."""
    argv = [sys.executable, str(Path(__file__).with_name("spender.py")), *given]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(PROCESSES)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES, said
    films, chats = zip(*(map(int, out.split()) for out, _ in said), strict=True)
    return sum(films), sum(chats)


async def test_neither_account_nor_budget_is_overdrawn_and_all_sums_are_exact(
    database: Database, database_url: str
) -> None:
    key, _ = await Keys(database).create("team", credits=CREDITS)
    film = await Projects(database).create(
        account_id=key.account_id, name="试", spec={}, spec_digest="0" * 64, budget=BUDGET
    )
    films, chats = spent(database_url, film.id, key.account_id, key.project_id, str(ROUNDS))
    async with database.read() as session:
        account = await accounts.account(session, key.account_id)
        assert account.balance == CREDITS - films - chats
        assert await accounts.spending(session, film.id) == Spending(paid=films, held=0, budget=BUDGET)
        assert await accounts.spending(session, key.project_id) == Spending(paid=chats, held=0, budget=None)
        counted = select(LedgerEntry.kind, func.count()).group_by(LedgerEntry.kind)
        entries = {kind: count for kind, count in await session.execute(counted)}
        states = select(Order.state, func.count(), func.sum(Order.price)).group_by(Order.state)
        orders = {state: (count, int(price)) for state, count, price in await session.execute(states)}
        balance = select(func.sum(LedgerEntry.amount)).where(LedgerEntry.account_id == key.account_id)
        tally = select(Tally.amount).where(Tally.name == f"account/{key.account_id}")
        assert await session.scalar(balance) == await session.scalar(tally) == account.balance
        entered = select(LedgerEntry.project_id, LedgerEntry.amount).where(LedgerEntry.account_id == key.account_id)
        moved = (await session.execute(entered.order_by(LedgerEntry.id))).all()
    # What was held too much would have come back by now: so every moment is looked at.
    assert min(accumulate(amount for _, amount in moved)) >= 0
    assert min(accumulate(amount for project, amount in moved if project == film.id)) >= -BUDGET
    assert orders["SUCCEEDED"][1] == films + chats
    assert entries == {
        "grant": 1,
        "hold": orders["SUCCEEDED"][0] + orders["FAILED"][0],
        "capture": orders["SUCCEEDED"][0],
        "release": orders["FAILED"][0],
    }
    assert entries["hold"] < 2 * PROCESSES * ROUNDS, "nobody was ever refused: the test is too small"
