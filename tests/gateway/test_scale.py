"""Many orders at once: what is held while they are in the making, and how they are taken up again."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import market
import pytest
from market import MODEL, Market, channel
from sqlalchemy import func, select

from manju.db import order_reads
from manju.db.keys import Keys
from manju.db.tables import Attempt, Order
from manju.domain.key import ApiKey
from manju.domain.order import Reference, VideoRequest
from manju.gateway import tasks as desks
from manju.gateway.delivery import References
from manju.gateway.shelf import Shelf
from manju.gateway.tasks import Tasks
from manju.gateway.vendors.at_vendors import SETTLING
from manju.storage.local import LocalStorage
from vendors.emulator import Fault
from vendors.relay_video import RelayVideoEmulator
from vendors.video_tasks import picture


@pytest.fixture
async def relay() -> AsyncIterator[RelayVideoEmulator]:
    async with RelayVideoEmulator() as emulator:
        yield emulator


async def until(come: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not come():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def stopped(*asked: asyncio.Task[object]) -> None:
    for each in asked:
        each.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


def asked_for(relay: RelayVideoEmulator, path: str) -> int:
    return sum(path in seen.path for seen in relay.seen)


async def test_a_channel_gets_its_next_order_while_the_last_ones_clip_is_fetched(relay, tmp_path: Path) -> None:
    relay.fail(Fault("stall"), path="/files/")
    async with market.opened(tmp_path, [channel("a", relay.url, concurrency=1, read_s=60.0)]) as shop:
        first, second = asyncio.create_task(shop.take("s1")), asyncio.create_task(shop.take("s2"))
        await until(lambda: second.done() or first.done())
        assert len(relay.orders) == 2 and second.done() and not first.done()
        async with shop.database.read() as session:
            assert await order_reads.in_flight(session, "a") == 0
        await stopped(first)


async def test_no_more_clips_are_fetched_at_once_than_memory_bears(relay, tmp_path: Path) -> None:
    count = SETTLING + 4
    relay.fail(*[Fault("stall")] * count, path="/files/")
    async with market.opened(tmp_path, [channel("a", relay.url, concurrency=count, read_s=60.0)]) as shop:
        asked = [asyncio.create_task(shop.take(f"s{number}")) for number in range(count)]
        await until(lambda: sum(task.looks >= relay.polls for task in relay.tasks.values()) == count)
        await until(lambda: asked_for(relay, "/files/") == SETTLING)
        await stopped(*asked)
        assert asked_for(relay, "/files/") == SETTLING


async def test_pictures_are_let_go_of_when_they_were_sent(relay, tmp_path: Path) -> None:
    relay.polls = 10_000
    async with market.opened(tmp_path, [channel("a", relay.url)]) as shop:
        sha256 = await Shelf(shop.database, LocalStorage(tmp_path / "artefacts")).keep(picture(1), ".png")
        frame = Reference(sha256=sha256, role="first_frame")
        request = VideoRequest(prompt="雨夜", width=1280, height=720, duration_ms=8000, references=(frame,))
        asked = asyncio.create_task(shop.gateway.take(shop.project, None, "s1", "clip", MODEL, request))
        await until(lambda: asked_for(relay, "/v2/videos/generations/") > 0)
        assert relay.orders[0]["images"]
        held = [each for each in gc.get_objects() if isinstance(each, References)]
        assert held and all(not each.content for each in held)
        await stopped(asked)


async def placed(shop: Market, count: int) -> tuple[ApiKey, list[str]]:
    """So many orders at the desk, accepted by the relay; the desk is closed again."""
    key, _ = await Keys(shop.database).create("test", account="local")
    desk = Tasks(shop.gateway, shop.database)
    requests = [
        VideoRequest(prompt=f"第{number}个镜头", width=1280, height=720, duration_ms=8000) for number in range(count)
    ]
    tasks = [await desk.place(key, MODEL, request) for request in requests]
    assert desk.working(key) == desk.total == count
    async with asyncio.timeout(60):
        while await submitted(shop) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await desk.close()
    assert desk.working(key) == desk.total == 0
    return key, tasks


async def submitted(shop: Market) -> int:
    async with shop.database.read() as session:
        return await session.scalar(select(func.count()).where(Order.state == "SUBMITTED")) or 0


async def test_a_gateway_that_ends_leaves_what_was_accepted_to_the_next(relay, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(desks, "READ", 4)
    count = 10
    relay.polls = 10_000
    where = channel("a", relay.url, concurrency=count)
    async with market.opened(tmp_path, [where]) as shop:
        key, tasks = await placed(shop, count)
    relay.polls = 2
    async with market.opened(tmp_path, [where]) as shop:
        async with shop.database.read() as session:
            assert await order_reads.owners(session) == set()
        desk = Tasks(shop.gateway, shop.database)
        assert await desk.resume() == count and desk.total == count
        assert await desk.resume() == 0  # they are being worked on
        ended = [await desk.wait(key, task) for task in tasks]
        assert {task.state.value for task in ended} == {"SUCCEEDED"} and len(relay.orders) == count
        assert desk.total == 0 and await desk.resume() == 0
        async with shop.database.read() as session:
            outcomes = await session.scalars(select(Attempt.outcome))
            assert [*outcomes] == ["succeeded"] * count
