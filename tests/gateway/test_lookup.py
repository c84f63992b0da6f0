"""Orders whose answer was lost, at a vendor that can be asked for them by our token: found, and never bought twice."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import market
import pytest
from aiohttp import web
from market import KEY, MODEL, PRICE, Market
from pydantic import SecretStr
from sqlalchemy import func, select

from manju.db.tables import Attempt, LedgerEntry
from manju.domain.order import OrderState
from manju.errors import OrderUnknownError
from manju.gateway.channels import Channel, Upstream
from manju.gateway.doubts import Doubts
from manju.gateway.vendors import upstreams
from vendors.emulator import Fault
from vendors.kling_video import KlingVideoEmulator

SUBMIT = "/v1/videos/text2video"
GONE = Fault("status", 404, {"code": 1203, "message": "The requested resource does not exist"})


class Kling(KlingVideoEmulator):
    """``deaf`` it does not take orders: it never answers them, or breaks their connections."""

    deaf: Literal["", "silent", "breaks"] = ""

    async def _submit(self, request: web.Request) -> web.Response:
        if self.deaf == "silent":
            await asyncio.sleep(3600)
        if self.deaf == "breaks":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return await super()._submit(request)


@pytest.fixture
async def kling(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kling]:
    """Nobody waits a minute for an order that may still turn up."""
    monkeypatch.setattr(upstreams, "FRESH_S", 0.05)
    async with Kling() as emulator:
        yield emulator


def channel(emulator: Kling, key: str = Kling.key) -> Channel:
    models = {MODEL: Upstream(model=emulator.model, cost=1_000_000)}
    given = market.channel("kling", emulator.url, keys={"main": SecretStr(key)})
    return given.model_copy(update={"vendor": "kling", "models": models})


@asynccontextmanager
async def opened(folder: Path, emulator: Kling) -> AsyncIterator[Market]:
    async with market.opened(folder, [channel(emulator)]) as shop:
        yield shop


async def attempts(shop: Market) -> list[tuple[str, str | None]]:
    async with shop.database.read() as session:
        rows = await session.execute(select(Attempt.outcome, Attempt.upstream_id).order_by(Attempt.number))
        return [(row.outcome, row.upstream_id) for row in rows]


async def tokens(shop: Market) -> list[str | None]:
    async with shop.database.read() as session:
        return list(await session.scalars(select(Attempt.token).order_by(Attempt.number)))


async def paid(shop: Market) -> int:
    async with shop.database.read() as session:
        return -int(await session.scalar(select(func.coalesce(func.sum(LedgerEntry.amount), 0))) or 0)


@pytest.mark.parametrize("kind", ["lost", "truncated", "stall"])
async def test_an_order_that_was_taken_is_found(kling: Kling, tmp_path: Path, kind: str) -> None:
    kling.fail(Fault(kind), path=SUBMIT)  # type: ignore[arg-type]
    way = channel(kling).model_copy(update={"read_s": 0.3})
    async with market.opened(tmp_path, [way]) as shop:
        take = await shop.take()
        assert take.facts["upstream_model"] == kling.model
        assert await attempts(shop) == [("succeeded", "text2video/task-1")]
        assert len(kling.orders) == 1 and await paid(shop) == PRICE
        assert await Doubts(shop.database).of(shop.project) == []


async def test_an_order_that_was_not_taken_is_sent_again_with_its_token(kling: Kling, tmp_path: Path) -> None:
    kling.fail(Fault("reset"), path=SUBMIT)
    async with opened(tmp_path, kling) as shop:
        await shop.take()
        assert await attempts(shop) == [("interrupted", None), ("succeeded", "text2video/task-1")]
        assert len(set(await tokens(shop))) == 1
        assert len(kling.orders) == 1 and await paid(shop) == PRICE


async def test_one_that_turns_up_late_is_not_bought_twice(kling: Kling, tmp_path: Path) -> None:
    """The look-up does not see the first one, and it is sent again: Kling has its token already."""
    kling.fail(Fault("lost"), path=SUBMIT)
    kling.fail(*[GONE] * 4, path=f"{SUBMIT}/")
    async with opened(tmp_path, kling) as shop:
        await shop.take()
        assert [outcome for outcome, _ in await attempts(shop)] == ["interrupted", "succeeded"]
        assert len(kling.orders) == 1 and await paid(shop) == PRICE


async def test_a_look_up_that_fails_is_tried_again(kling: Kling, tmp_path: Path) -> None:
    kling.fail(Fault("lost"), path=SUBMIT)
    kling.fail(Fault("status", 503), Fault("truncated"), Fault("status", 429), path=f"{SUBMIT}/")
    async with opened(tmp_path, kling) as shop:
        await shop.take()
        assert len(kling.orders) == 1 and await paid(shop) == PRICE


async def test_sent_often_enough_without_an_answer_it_waits_for_a_person(kling: Kling, tmp_path: Path) -> None:
    kling.deaf = "breaks"
    async with opened(tmp_path, kling) as shop:
        with pytest.raises(OrderUnknownError, match="3 times"):
            await shop.take()
        (doubtful,) = await Doubts(shop.database).of(shop.project)
        assert doubtful.state is OrderState.UNKNOWN and kling.orders == []
        assert [outcome for outcome, _ in await attempts(shop)] == ["interrupted", "interrupted", "unknown"]
        assert (await shop.gateway.spending(shop.project)).held == PRICE


async def test_a_relay_that_does_not_find_it_proves_nothing(kling: Kling, tmp_path: Path) -> None:
    kling.fail(Fault("lost"), path=SUBMIT)
    kling.fail(*[GONE] * 99, path=f"{SUBMIT}/")
    async with market.opened(tmp_path, [channel(kling, KEY)]) as shop:
        with pytest.raises(OrderUnknownError, match="cannot tell"):
            await shop.take()
        assert sum(seen.method == "POST" for seen in kling.seen) == 1
        assert [outcome for outcome, _ in await attempts(shop)] == ["unknown"]


async def test_cancelled_while_it_is_looked_up_it_is_looked_up_again(kling: Kling, tmp_path: Path) -> None:
    kling.fail(Fault("lost"), path=SUBMIT)
    kling.fail(Fault("stall"), path=f"{SUBMIT}/")
    async with opened(tmp_path, kling) as shop:
        asked = asyncio.create_task(shop.take())
        async with asyncio.timeout(10):
            while not any(seen.path.startswith(f"{SUBMIT}/") for seen in kling.seen):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert await attempts(shop) == [("accepted", None)]
        await shop.take()
        assert len(kling.orders) == 1 and await paid(shop) == PRICE


@pytest.mark.parametrize("taken", [True, False])
async def test_killed_before_the_answer_it_is_looked_up_at_the_next_start(
    kling: Kling, tmp_path: Path, taken: bool
) -> None:
    if taken:
        kling.fail(Fault("stall"), path=SUBMIT)
    else:
        kling.deaf = "silent"
    shop = tmp_path / "shop"
    shop.mkdir()
    program = [sys.executable, __file__, str(shop), kling.url]
    beside = {"PYTHONPATH": str(Path(__file__).parents[1])}
    process = await asyncio.create_subprocess_exec(*program, stdout=subprocess.PIPE, env=os.environ | beside)
    async with asyncio.timeout(30):
        while not kling.seen:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    if taken:
        async with asyncio.timeout(10):
            while not kling.orders:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    process.kill()
    await process.communicate()
    kling.deaf = ""
    async with opened(shop, kling) as again:
        assert await attempts(again) == [("accepted", None)]  # in doubt, and nobody has to decide
        assert await Doubts(again.database).of(again.project) == []
        await again.take()
        assert len(kling.orders) == 1 and await paid(again) == PRICE
        outcomes = [outcome for outcome, _ in await attempts(again)]
        assert outcomes == (["succeeded"] if taken else ["interrupted", "succeeded"])


async def main(folder: str, url: str) -> None:
    emulator = Kling()
    emulator.url = url
    async with opened(Path(folder), emulator) as shop:
        await shop.take()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
