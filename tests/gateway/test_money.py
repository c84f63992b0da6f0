"""Budgets and the ledger while many orders are placed at once."""

from __future__ import annotations

import asyncio

import pytest
from lab import Lab, sent, until
from sqlalchemy import func, select

from manju.db import accounts
from manju.db.tables import LedgerEntry
from manju.domain.account import Spending
from manju.domain.takes import Take
from manju.errors import BudgetError, ModelError

pytestmark = pytest.mark.usefixtures("configured_database")

YUAN = 1_000_000


async def entries(lab: Lab) -> dict[str, int]:
    """How many ledger entries of each kind there are."""
    async with lab.database.read() as session:
        counted = select(LedgerEntry.kind, func.count()).group_by(LedgerEntry.kind)
        return {kind: count for kind, count in await session.execute(counted)}


async def test_ten_orders_and_a_budget_for_three(lab: Lab) -> None:
    await lab.gateway.set_budget(lab.project, 3 * YUAN)
    asked = (lab.take("slow", f"s{number}", model="test:paid") for number in range(10))
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in found].count(Take) == 3
    assert [type(one) for one in found].count(BudgetError) == 7
    assert sent() == 3
    assert await lab.gateway.spending(lab.project) == Spending(paid=3 * YUAN, held=0, budget=3 * YUAN)
    assert await entries(lab) == {"hold": 3, "capture": 3}
    assert len(await lab.gateway.calls(lab.project)) == 3  # nothing remains of those refused
    await lab.gateway.set_budget(lab.project, 4 * YUAN)
    refused = next(number for number, one in enumerate(found) if isinstance(one, BudgetError))
    assert (await lab.take("slow", f"s{refused}", model="test:paid")).number == 1


async def test_the_refusal_says_what_is_left(lab: Lab) -> None:
    await lab.gateway.set_budget(lab.project, YUAN * 3 // 2)
    await lab.take("one", model="test:paid")
    with pytest.raises(BudgetError, match=r"costs ¥1\.00, and the budget of ¥1\.50 has ¥0\.50 left") as caught:
        await lab.take("two", "s2", model="test:paid")
    assert "--budget" in caught.value.hint


async def test_what_is_held_counts(lab: Lab) -> None:
    await lab.gateway.set_budget(lab.project, YUAN)
    waiting = asyncio.create_task(lab.take("slow", model="test:paid"))
    await until(lambda: sent() > 0)
    assert await lab.gateway.spending(lab.project) == Spending(paid=0, held=YUAN, budget=YUAN)
    with pytest.raises(BudgetError):
        await lab.take("two", "s2", model="test:paid")
    await waiting


async def test_a_failure_gives_the_money_back(lab: Lab) -> None:
    await lab.gateway.set_budget(lab.project, YUAN)
    with pytest.raises(ModelError):
        await lab.take("fail", model="test:paid")
    assert await entries(lab) == {"hold": 1, "release": 1}
    assert await lab.gateway.spending(lab.project) == Spending(paid=0, held=0, budget=YUAN)
    await lab.take("one", model="test:paid")


async def test_every_attempt_closes_its_own_hold(lab: Lab) -> None:
    await lab.take("flaky 2", model="test:paid")
    assert await entries(lab) == {"hold": 3, "release": 2, "capture": 1}


async def test_free_orders_move_nothing(lab: Lab) -> None:
    await lab.gateway.set_budget(lab.project, 0)
    await lab.take("one")
    assert await entries(lab) == {}
    with pytest.raises(BudgetError):
        await lab.take("one", "s2", model="test:paid")


async def test_projects_have_budgets_of_their_own(lab: Lab) -> None:
    await lab.gateway.set_budget(lab.project, YUAN)
    await lab.take("one", model="test:paid")
    lab.project = await lab.new_project(budget=YUAN)
    await lab.take("one", model="test:paid")
    with pytest.raises(BudgetError):
        await lab.take("two", "s2", model="test:paid")


async def test_an_account_with_limits_spends_what_it_has(lab: Lab) -> None:
    async with lab.database.write() as session:
        await accounts.open_account(session, "team", "剧组", limited=True)
        await accounts.grant(session, "team", 2 * YUAN)
    lab.project = await lab.new_project(account="team")
    asked = (lab.take("slow", f"s{number}", model="test:paid") for number in range(5))
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in found].count(Take) == 2
    assert {str(one) for one in found if isinstance(one, BudgetError)} == {
        "this order costs ¥1.00, and the account 剧组 has ¥0.00 left"
    }
    async with lab.database.read() as session:
        assert (await accounts.account(session, "team")).balance == 0
        assert (await accounts.account(session, "local")).balance == 0
