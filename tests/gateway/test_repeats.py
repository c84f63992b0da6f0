"""An order that may have been accepted, at a channel that honours tokens: it is asked for there, with the same token,
until that channel has looked at it; what says nothing of it does not make it a new order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import market
import pytest
from market import MODEL, PRICE, Market, channel
from sqlalchemy import select

from manju.db.keys import Keys
from manju.db.tables import Attempt, Order
from manju.domain.order import OrderState, VideoRequest, Way
from manju.errors import InputError, NotSentError, OrderUnknownError, RejectedError
from manju.gateway.doubts import Doubts
from manju.gateway.errand import Errand
from manju.gateway.routing.health import FIRST_S, IN_A_ROW
from manju.gateway.tasks import Tasks
from manju.providers.video.relay import RelayVideos
from vendors.emulator import Fault
from vendors.relay_video import RelayVideoEmulator

LOST = Fault("lost")
BUSY = Fault("status", 500, {"error": {"message": "a bad moment"}})
RATE = Fault("status", 429, {"error": {"message": "too many requests"}}, {"Retry-After": "0.01"})
AUTH = Fault("status", 401, {"error": {"message": "no such key"}})
REFUSED = Fault("status", 400, {"error": {"code": "content_policy_violation", "message": "no"}})


@pytest.fixture
async def relays() -> AsyncIterator[tuple[RelayVideoEmulator, RelayVideoEmulator]]:
    async with RelayVideoEmulator() as first, RelayVideoEmulator() as second:
        yield first, second


@pytest.fixture
async def shop(relays: Sequence[RelayVideoEmulator], tmp_path: Path) -> AsyncIterator[Market]:
    """The first relay honours tokens, and comes before the second."""
    channels = [channel("a", relays[0].url, priority=1, idempotent=True), channel("b", relays[1].url)]
    async with market.opened(tmp_path, channels) as opened:
        yield opened


def tokens(relay: RelayVideoEmulator) -> list[str]:
    return [seen.headers["idempotency-key"] for seen in relay.seen if seen.method == "POST"]


async def outcomes(shop: Market) -> list[tuple[str, str]]:
    async with shop.database.read() as session:
        rows = await session.execute(select(Attempt.channel, Attempt.outcome).order_by(Attempt.number))
        return [(row.channel, row.outcome) for row in rows]


@pytest.mark.parametrize("between", [BUSY, RATE, LOST])
async def test_what_says_nothing_of_it_does_not_end_it(relays, shop: Market, between: Fault) -> None:
    relays[0].fail(LOST, between)
    await shop.take()
    assert len(set(tokens(relays[0]))) == 1 and len(tokens(relays[0])) == 3
    assert tokens(relays[1]) == []
    assert await outcomes(shop) == [("a", "interrupted"), ("a", "interrupted"), ("a", "succeeded")]
    spending = await shop.gateway.spending(shop.project)
    assert (spending.paid, spending.held) == (PRICE, 0)


@pytest.mark.parametrize("after", [(BUSY, BUSY), (AUTH,), (LOST, RATE)])
async def test_what_is_never_told_waits_for_a_person(relays, shop: Market, after: tuple[Fault, ...]) -> None:
    relays[0].fail(LOST, *after)
    for _ in range(2):
        with pytest.raises(OrderUnknownError):
            await shop.take()
    assert len(set(tokens(relays[0]))) == 1 and tokens(relays[1]) == []
    assert (await shop.gateway.spending(shop.project)).held == PRICE


async def test_a_refusal_of_the_order_itself_ends_it(relays, shop: Market) -> None:
    relays[0].fail(LOST, REFUSED)
    with pytest.raises(RejectedError):
        await shop.take()
    assert await outcomes(shop) == [("a", "interrupted"), ("a", "rejected")]
    assert (await shop.gateway.spending(shop.project)).held == 0


async def test_what_did_not_leave_says_nothing(relays, shop: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    submit, turns = RelayVideos.submit, count(1)

    async def sometimes(self: RelayVideos, *arguments: Any) -> Any:
        if next(turns) == 2:
            raise NotSentError("no connection")
        return await submit(self, *arguments)

    monkeypatch.setattr(RelayVideos, "submit", sometimes)
    relays[0].fail(LOST)
    await shop.take()
    assert len(tokens(relays[0])) == 2 and len(set(tokens(relays[0]))) == 1 and tokens(relays[1]) == []
    assert await outcomes(shop) == [("a", "interrupted"), ("a", "not_sent"), ("a", "succeeded")]


@asynccontextmanager
async def interrupting(shop: Market, relay: RelayVideoEmulator) -> AsyncIterator[None]:
    """An order of the block is sent to the relay, and its answer is lost; it waits to be sent again in the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Errand, "back_off", lambda errand, pause: 60.0)
        relay.fail(LOST)
        yield
        async with asyncio.timeout(30):
            while await outcomes(shop) != [("a", "interrupted")]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def interrupt(shop: Market, relay: RelayVideoEmulator) -> None:
    """Leave an order that may have been bought, and that nobody is at work on."""
    async with interrupting(shop, relay):
        asking = asyncio.create_task(shop.take())
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def state(shop: Market) -> list[str]:
    async with shop.database.read() as session:
        return list(await session.scalars(select(Order.state).order_by(Order.id)))


async def held(shop: Market, project: str = "") -> int:
    return (await shop.gateway.spending(project or shop.project)).held


async def test_what_may_have_been_bought_needs_no_money_any_more(relays, shop: Market) -> None:
    await interrupt(shop, relays[0])
    assert await held(shop) == PRICE
    await shop.gateway.set_budget(shop.project, 0)
    await shop.take()
    assert len(set(tokens(relays[0]))) == 1 and len(tokens(relays[0])) == 2
    spending = await shop.gateway.spending(shop.project)
    assert (spending.paid, spending.held) == (PRICE, 0)


@pytest.mark.parametrize("decided", ["again", "released", "found"])
async def test_what_may_have_been_bought_is_not_replaced(relays, shop: Market, decided: str) -> None:
    await interrupt(shop, relays[0])
    for _ in range(2):
        with pytest.raises(OrderUnknownError, match="something else is asked for now"):
            await shop.take(prompt="晴天")
    assert await state(shop) == ["UNKNOWN"] and await held(shop) == PRICE
    assert len(tokens(relays[0])) == 1 and tokens(relays[1]) == []
    doubts = Doubts(shop.database)
    (order,) = await doubts.of(shop.project)
    match decided:
        case "again":
            await doubts.buy_again(order.id)
        case "released":
            await doubts.release(order.id)
        case "found":
            await doubts.found(order.id, upstream_id=next(iter(relays[0].tasks)))
    await shop.take(prompt="晴天")
    assert await held(shop) == 0 and (await shop.gateway.spending(shop.project)).paid == PRICE
    assert len(tokens(relays[0])) == (1 if decided == "found" else 2)


async def test_what_may_have_been_bought_from_a_channel_that_is_gone_waits_for_a_person(relays, tmp_path: Path) -> None:
    """As an order of the desk, which closes what cannot be sent."""
    async with market.opened(tmp_path, [channel("a", relays[0].url, idempotent=True)]) as shop:
        key, _ = await Keys(shop.database).create("k", account="local")
        desk = Tasks(shop.gateway, shop.database)
        async with interrupting(shop, relays[0]):
            request = VideoRequest(prompt="雨夜", width=1280, height=720, duration_ms=8000)
            task = await desk.place(key, MODEL, request)
        await desk.close()
    async with market.opened(tmp_path, [channel("a", relays[0].url), channel("b", relays[1].url)]) as shop:
        desk = Tasks(shop.gateway, shop.database)
        await desk.resume()
        found = await desk.wait(key, task)
        assert found.state is OrderState.UNKNOWN and "cannot be asked again" in found.error["message"]
        assert len(tokens(relays[0])) == 1 and tokens(relays[1]) == []
        assert await held(shop, key.project_id) == PRICE
        (doubt,) = await Doubts(shop.database).all()
        await Doubts(shop.database).release(doubt.id)
        assert await held(shop, key.project_id) == 0
        await desk.close()


GONE = {"no such channel": {}, "honours no tokens": {"idempotent": False}, "no such key": {"keys": {}}}


@pytest.mark.parametrize("how", GONE)
@pytest.mark.parametrize("decided", ["again", "released", "found"])
async def test_where_it_cannot_be_asked_for_again_a_person_decides(relays, tmp_path: Path, how: str, decided: str):
    first = {"priority": 1, "idempotent": True}
    async with market.opened(tmp_path, [channel("a", relays[0].url, **first)]) as shop:
        await interrupt(shop, relays[0])
    left = [channel("a", relays[0].url, **{**first, **GONE[how]})] if GONE[how] else []
    async with market.opened(tmp_path, [*left, channel("b", relays[1].url, priority=2)]) as shop:
        for _ in range(2):  # as its film asks, again and again
            with pytest.raises(OrderUnknownError, match="the channel 'a' cannot be asked again"):
                await shop.take()
        assert tokens(relays[1]) == [] and len(tokens(relays[0])) == 1
        assert await state(shop) == ["UNKNOWN"] and await held(shop) == PRICE
        doubts = Doubts(shop.database)
        (doubt,) = await doubts.all()
        assert (doubt.channel, doubt.token) == ("a", tokens(relays[0])[0])
        match decided:
            case "released":
                await doubts.release(doubt.id)
                assert await held(shop) == 0
            case "again":
                await doubts.buy_again(doubt.id)
                await shop.take()
                assert len(tokens(relays[1])) == 1 and (await shop.gateway.spending(shop.project)).paid == PRICE
            case "found":
                url = relays[0].clip_url(next(iter(relays[0].tasks.values())))
                if how == "honours no tokens":
                    await doubts.found(doubt.id, url=url)
                    await shop.take()
                    assert (await shop.gateway.spending(shop.project)).paid == PRICE and await held(shop) == 0
                    return
                with pytest.raises(InputError, match="not configured any more") as refused:
                    await Doubts(shop.database, shop.catalogue).found(doubt.id, url=url)
                assert "Put the channel back" in (refused.value.hint or "")
                await doubts.found(doubt.id, url=url)  # told where the channel is
                with pytest.raises(OrderUnknownError, match="not configured any more"):
                    await shop.take()
                assert await state(shop) == ["UNKNOWN"] and await held(shop) == PRICE
                await doubts.release(doubt.id)
                assert await held(shop) == 0 and tokens(relays[1]) == []


async def test_with_its_channel_there_it_is_asked_for_again(relays, tmp_path: Path) -> None:
    first, second = channel("a", relays[0].url, idempotent=True), channel("b", relays[1].url, priority=1)
    async with market.opened(tmp_path, [first]) as shop:
        await interrupt(shop, relays[0])
    async with market.opened(tmp_path, [second, first]) as shop:
        await shop.take()
    assert tokens(relays[1]) == [] and len(set(tokens(relays[0]))) == 1


async def test_a_list_of_doubts_has_what_waits_for_a_channel_that_is_gone(relays, tmp_path: Path) -> None:
    """Looking at it changes nothing: whoever looks may have other channels than the server."""
    async with market.opened(tmp_path, [channel("a", relays[0].url, idempotent=True)]) as shop:
        await interrupt(shop, relays[0])
        doubts = Doubts(shop.database, shop.catalogue)
        await doubts.strand()
        assert await doubts.all() == await doubts.waiting() == []  # it is still to be sent again
    async with market.opened(tmp_path, [channel("b", relays[1].url)]) as shop:
        doubts = Doubts(shop.database, shop.catalogue)
        ((order, way),) = await doubts.waiting()
        assert way.channel == "a" and order.price == PRICE
        assert await doubts.all() == [] and await state(shop) == ["PLANNED"]
        await doubts.strand()
        (doubt,) = await doubts.all()
        assert (doubt.id, doubt.channel) == (order.id, "a") and doubt.price == PRICE == await held(shop)
        await doubts.release(doubt.id)
        assert await held(shop) == 0


async def test_a_film_whose_only_channel_is_gone_waits_for_a_person(relays, tmp_path: Path) -> None:
    """The offline model that stands in for it now does not replace what may have been bought."""
    async with market.opened(tmp_path, [channel("a", relays[0].url, idempotent=True)]) as shop:
        await interrupt(shop, relays[0])
    async with market.opened(tmp_path, []) as shop:
        assert shop.gateway.served(MODEL).name == "offline:animatic"
        for _ in range(2):
            with pytest.raises(OrderUnknownError):
                await shop.take()
        assert await state(shop) == ["UNKNOWN"] and await held(shop) == PRICE


@pytest.mark.parametrize("left", ["interrupted", "planned", "accepted", "accepted, and the channel is there"])
async def test_a_task_whose_only_channel_is_gone_is_not_made_offline(relays, tmp_path: Path, left: str) -> None:
    request = VideoRequest(prompt="雨夜", width=1280, height=720, duration_ms=8000)
    a = channel("a", relays[0].url, idempotent=True)
    relays[0].polls = 10_000
    async with market.opened(tmp_path, [a]) as shop:
        key, _ = await Keys(shop.database).create("k", account="local", tasks=1)
        desk = Tasks(shop.gateway, shop.database)
        if left == "interrupted":
            async with interrupting(shop, relays[0]):
                task = await desk.place(key, MODEL, request)
        elif left == "planned":
            with pytest.MonkeyPatch.context() as dying:
                dying.setattr(Tasks, "_begin", lambda *_: None)
                task = await desk.place(key, MODEL, request)
        else:
            task = await desk.place(key, MODEL, request)
            async with asyncio.timeout(30):
                while (await desk.look(key, task)).state is not OrderState.SUBMITTED:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        await desk.close()
    relays[0].polls = 1
    there = [a.model_copy(update={"models": {}})] if left.endswith("is there") else []
    async with market.opened(tmp_path, there) as shop:
        desk = Tasks(shop.gateway, shop.database)
        for _ in range(2):
            await desk.resume()
            found = await desk.wait(key, task)
        ended = {"planned": OrderState.FAILED, "accepted, and the channel is there": OrderState.SUCCEEDED}
        assert (found.model, found.state) == (MODEL, ended.get(left, OrderState.UNKNOWN))
        assert len(await state(shop)) == 1 and len(tokens(relays[0])) == (left != "planned")
        assert await held(shop, key.project_id) == (PRICE if found.state is OrderState.UNKNOWN else 0)
        if left == "planned":
            assert found.error["message"] == f"no channel serves the model {MODEL}"
        if found.state is OrderState.UNKNOWN:  # listed, and it takes no place of the key's
            (doubt,) = await Doubts(shop.database).all()
            assert desk.working(key) == 0
            await Doubts(shop.database).release(doubt.id)
            assert await held(shop, key.project_id) == 0
        await desk.close()


async def test_another_channel_is_not_on_trial_for_what_it_is_not_asked(relays, tmp_path: Path) -> None:
    """The preferred channel is half-open and has one place: an order that goes where it was sent takes neither."""
    a = channel("a", relays[0].url, idempotent=True, concurrency=1)
    b = channel("b", relays[1].url, priority=1, concurrency=1)
    async with market.opened(tmp_path, [a]) as shop:
        await interrupt(shop, relays[0])
    relays[0].polls = 10_000
    async with market.opened(tmp_path, [a, b]) as shop:
        (way,) = (Way("b", name, "sora-2") for name in b.keys)
        clock = [1000.0]
        shop.gateway.health._now = lambda: clock[0]
        for _ in range(IN_A_ROW):
            shop.gateway.health.bad(way, "no_answer", "stalls")
        clock[0] += FIRST_S
        repeating = asyncio.create_task(shop.take())
        async with asyncio.timeout(30):
            while len(tokens(relays[0])) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert shop.gateway.health.state(way) == "half-open"
        async with asyncio.timeout(30):
            await shop.take("s2")  # it is b's trial, and has its place
        assert len(tokens(relays[1])) == 1 and len(set(tokens(relays[0]))) == 1
        relays[0].polls = 1
        await repeating
