"""Orders from outside: those that a process has left behind, and those that come at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import market
import pytest
from market import channel

from manju.db.chat_page import ChatPage, Payer
from manju.db.keys import Keys
from manju.db.plain import Batch
from manju.domain.order import OrderState, VideoRequest
from manju.errors import BudgetError, ConflictError
from manju.gateway.channels import Channel
from manju.gateway.errand import Errand
from manju.gateway.own_models import OwnModels
from manju.gateway.tasks import Tasks
from vendors.relay_video import RelayVideoEmulator


async def test_whoever_waits_for_what_was_left_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that asks again at once after a restart comes before the server has taken its orders up."""
    wanted = VideoRequest(prompt="雨夜", width=1280, height=720, duration_ms=8000)
    async with RelayVideoEmulator() as relay, market.opened(tmp_path, [channel("a", relay.url)]) as shop:
        key, _ = await Keys(shop.database).create("k", account="local")
        with monkeypatch.context() as dying:
            dying.setattr(Tasks, "_begin", lambda *_: None)
            left = await Tasks(shop.gateway, shop.database).place(key, market.MODEL, wanted, idempotency="one")
        desk = Tasks(shop.gateway, shop.database)
        assert (await desk.look(key, left)).state is OrderState.PLANNED
        assert await desk.place(key, market.MODEL, wanted, idempotency="one") == left
        assert (await desk.wait(key, left)).state is OrderState.SUCCEEDED
        assert len(relay.orders) == 1 and desk.total == 0


def clip(prompt: str) -> VideoRequest:
    return VideoRequest(prompt=prompt, width=1280, height=720, duration_ms=8000)


async def test_a_key_has_as_many_tasks_as_it_may_however_many_come_at_once(tmp_path: Path) -> None:
    async with RelayVideoEmulator() as relay, market.opened(tmp_path, [channel("a", relay.url)]) as shop:
        desk = Tasks(shop.gateway, shop.database)
        key, _ = await Keys(shop.database).create("k", account="local", tasks=2)
        relay.polls = 10_000
        orders = [desk.place(key, market.MODEL, clip(str(number)), idempotency=str(number)) for number in range(8)]
        placed = await asyncio.gather(*orders, return_exceptions=True)
        assert Counter(map(type, placed)) == {str: 2, BudgetError: 6}
        assert desk.working(key) == 2
        known = [(number, task) for number, task in enumerate(placed) if isinstance(task, str)]
        for number, task in known:  # asked for again they count nothing
            wanted = clip(str(number))
            assert await desk.place(key, market.MODEL, wanted, idempotency=str(number)) == task
            assert await desk.place(key, market.MODEL, wanted, retried=True) == task
        relay.polls = 1
        for _, task in known:
            assert (await desk.wait(key, task)).state is OrderState.SUCCEEDED
        last = await desk.place(key, market.MODEL, clip("last"))
        assert (await desk.wait(key, last)).state is OrderState.SUCCEEDED and desk.working(key) == 0


async def test_several_desks_count_a_keys_tasks_together(tmp_path: Path) -> None:
    async with RelayVideoEmulator() as relay, market.opened(tmp_path, [channel("a", relay.url)]) as shop:
        desks = Tasks(shop.gateway, shop.database), Tasks(shop.gateway, shop.database)
        key, _ = await Keys(shop.database).create("k", account="local", tasks=3)
        relay.polls = 10_000
        orders = [desks[number % 2].place(key, market.MODEL, clip(str(number))) for number in range(8)]
        placed = await asyncio.gather(*orders, return_exceptions=True)
        assert Counter(map(type, placed)) == {str: 3, BudgetError: 5}
        relay.polls = 1
        for number, task in enumerate(placed):
            if isinstance(task, str):
                assert (await desks[number % 2].wait(key, task)).state is OrderState.SUCCEEDED
        last = await desks[0].place(key, market.MODEL, clip("last"))
        assert (await desks[0].wait(key, last)).state is OrderState.SUCCEEDED


async def test_what_was_not_placed_takes_no_place(tmp_path: Path) -> None:
    async with RelayVideoEmulator() as relay, market.opened(tmp_path, [channel("a", relay.url)]) as shop:
        desk = Tasks(shop.gateway, shop.database)
        key, _ = await Keys(shop.database).create("k", credits=market.PRICE - 1, tasks=1)
        for _ in range(2):
            with pytest.raises(BudgetError, match="account k"):
                await desk.place(key, market.MODEL, clip("雨夜"))
        assert desk.working(key) == 0 and relay.orders == []


def both(url: str) -> Channel:
    """A channel with two models."""
    one = channel("a", url)
    return one.model_copy(update={"models": {**one.models, "sora-2-pro": one.models[market.MODEL]}})


async def test_one_name_at_once_is_one_order(tmp_path: Path) -> None:
    """The name is given to whoever is written down first, by whichever desk."""
    async with RelayVideoEmulator() as relay, market.opened(tmp_path, [both(relay.url)]) as shop:
        desk, other = Tasks(shop.gateway, shop.database), Tasks(shop.gateway, shop.database)
        key, _ = await Keys(shop.database).create("k", account="local")
        wanted = [(desk, "雨夜"), (other, "晴天"), (desk, "雪"), (other, "雨夜"), (desk, "雨夜")]
        orders = [each.place(key, market.MODEL, clip(prompt), idempotency="one") for each, prompt in wanted]
        placed = await asyncio.gather(*orders, return_exceptions=True)
        (task,) = {each for each in placed if isinstance(each, str)}
        made = await desk.wait(key, task)
        for (_, prompt), answer in zip(wanted, placed, strict=True):
            assert (answer == task) if prompt == made.request["prompt"] else isinstance(answer, ConflictError), prompt
        assert made.state is OrderState.SUCCEEDED and len(relay.orders) == 1
        with pytest.raises(ConflictError, match="was used for another request"):
            await desk.place(key, market.MODEL, clip("雾"), idempotency="one")
        with pytest.raises(ConflictError, match="was used for another request"):  # by another model
            await desk.place(key, "sora-2-pro", clip(made.request["prompt"]), idempotency="one")
        await other.close()


async def test_a_drawing_that_was_left_takes_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server stops while it draws the first frame of an offline clip: nobody takes that up again."""
    drawing = asyncio.Event()

    async def endless(*_: object) -> None:
        drawing.set()
        await asyncio.Event().wait()

    async with market.opened(tmp_path, []) as shop:
        desk = Tasks(shop.gateway, shop.database)
        key, _ = await Keys(shop.database).create("k", account="local", tasks=1)
        with monkeypatch.context() as stopping:
            stopping.setattr(OwnModels, "_made", endless)
            placing = asyncio.create_task(desk.place(key, market.MODEL, short("雨夜")))
            await drawing.wait()
            placing.cancel()
            await asyncio.gather(placing, return_exceptions=True)
        await desk.close()
    async with market.opened(tmp_path, []) as shop:
        desk = Tasks(shop.gateway, shop.database)
        await desk.resume()
        assert (await shop.gateway.census())["PLANNED"] == 1
        payer = Payer("local", key.project_id, None, tasks=1, name="k")

        def chat(batch: Batch) -> None:
            ChatPage(batch).begin(payer)

        await shop.database.batch(chat, lasting=False)  # nor from a chat
        task = await desk.place(key, market.MODEL, short("晴天"))
        assert (await desk.wait(key, task)).state is OrderState.SUCCEEDED


async def test_an_sdks_retries_draw_no_more_at_once_than_the_key_may(tmp_path: Path, monkeypatch) -> None:
    drawn = Counter[str]()
    made = OwnModels._made

    async def counted(self: OwnModels, errand: Errand, *more: Any) -> Any:
        drawn["now"] += 1
        drawn["most"] = max(drawn["most"], drawn["now"])
        await asyncio.sleep(0.05)  # for the others to come, if they may
        try:
            return await made(self, errand, *more)
        finally:
            drawn["now"] -= 1

    monkeypatch.setattr(OwnModels, "_made", counted)
    async with market.opened(tmp_path, []) as shop:
        desk = Tasks(shop.gateway, shop.database)
        key, _ = await Keys(shop.database).create("k", account="local", tasks=1)
        orders = [desk.place(key, market.MODEL, short(str(number)), retried=True) for number in range(6)]
        placed = await asyncio.gather(*orders, return_exceptions=True)
        assert Counter(map(type, placed)) == {str: 1, BudgetError: 5} and drawn["most"] == 1
        (number, task) = next((number, each) for number, each in enumerate(placed) if isinstance(each, str))
        assert (await desk.wait(key, task)).state is OrderState.SUCCEEDED
        assert await desk.place(key, market.MODEL, short(str(number)), retried=True) == task


def short(prompt: str) -> VideoRequest:
    return VideoRequest(prompt=prompt, width=320, height=180, duration_ms=500)
