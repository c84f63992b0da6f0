"""How often a key may ask in a minute, whoever counts it."""

from __future__ import annotations

import asyncio

import pytest

from manju.db.group import Group
from manju.db.keys import Keys
from manju.db.rates import MINUTE_S, Asking, RatePage
from manju.db.session import Database

MOST = 7


@pytest.fixture
async def key(database: Database) -> str:
    return (await Keys(database).create("k"))[0].id


async def test_all_who_count_for_one_database_count_together(database: Database, database_url: str, key: str) -> None:
    other = Database(database_url)
    groups = Group(database, RatePage), Group(other, RatePage)
    told = await asyncio.gather(*(groups[n % 2].make(Asking(key, MOST, 1000.0 + n)) for n in range(30)))
    assert sum(wait == 0 for wait in told) == MOST
    assert all(wait == 0 or 0 < wait <= MINUTE_S for wait in told)
    await other.close()


async def test_it_may_ask_again_when_its_first_minute_is_over(database: Database, key: str) -> None:
    group = Group(database, RatePage)
    for n in range(MOST):
        assert await group.make(Asking(key, MOST, 1000.0 + n)) == 0
    assert await group.make(Asking(key, MOST, 1010.0)) == 50.0
    another = (await Keys(database).create("other"))[0].id
    assert await group.make(Asking(another, MOST, 1010.0)) == 0
    assert await group.make(Asking(key, MOST, 1060.0)) == 0
    assert await group.make(Asking(key, MOST, 1060.5)) == 0.5
    assert await group.make(Asking(key, MOST + 1, 1060.5)) == 0  # its limit was raised


async def test_a_clock_that_is_set_back_locks_nobody_out(database: Database, key: str) -> None:
    group = Group(database, RatePage)
    for _ in range(MOST):
        assert await group.make(Asking(key, MOST, 90_000.0)) == 0
    assert await group.make(Asking(key, MOST, 3_600.0)) == 0
