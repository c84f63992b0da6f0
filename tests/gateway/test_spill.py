"""Which channel an order goes to when the best is busy or broken."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

import market
from aiohttp import web
from market import MODEL, channel

from manju.gateway.channels import Channel, Route, Upstream
from manju.gateway.routing.health import FIRST_S, IN_A_ROW, RATE_S, Health
from manju.gateway.routing.ranking import ranked
from manju.gateway.routing.slots import Slot, Slots
from vendors.relay_video import RelayVideoEmulator


class Slow(RelayVideoEmulator):
    """A relay that answers an order when ``gate`` is open; it does not know our key if ``refuses``."""

    def __init__(self, *, refuses: bool = False) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.refuses = refuses

    async def _submit(self, request: web.Request) -> web.Response:
        await self.gate.wait()
        if self.refuses:
            fault = self.refusal("auth")
            return web.json_response(fault.body, status=fault.status)
        return await super()._submit(request)

    async def asked(self) -> None:
        """Until an order has come."""
        while not self.seen:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_orders_wait_for_a_busy_channel_rather_than_go_to_a_broken_one(tmp_path: Path) -> None:
    async with Slow() as good, RelayVideoEmulator() as bad:
        channels = [channel("bad", bad.url, priority=1), channel("good", good.url, concurrency=1)]
        async with market.opened(tmp_path, channels) as shop:
            good.gate.set()
            for number in range(IN_A_ROW):
                bad.fail(bad.refusal("busy"))
                await shop.take(f"broken{number}")
            asked, made = len(bad.seen), len(good.orders)
            good.gate.clear()
            takes = [asyncio.create_task(shop.take(f"s{number}")) for number in range(3)]
            await asyncio.wait(takes, timeout=0.3)
            good.gate.set()
            await asyncio.gather(*takes)
            assert len(bad.seen) == asked and len(good.orders) == made + len(takes)


async def test_orders_that_wait_for_a_channel_which_breaks_go_elsewhere(tmp_path: Path) -> None:
    async with Slow(refuses=True) as best, Slow() as other:
        channels = [channel("best", best.url, priority=1, concurrency=1), channel("other", other.url, concurrency=1)]
        async with market.opened(tmp_path, channels) as shop:
            takes = [asyncio.create_task(shop.take("s0"))]
            await best.asked()
            takes.append(asyncio.create_task(shop.take("s1")))
            await other.asked()
            takes.append(asyncio.create_task(shop.take("s2")))
            await asyncio.wait(takes, timeout=0.3)  # it waits for the best
            best.gate.set()
            await asyncio.wait(takes, timeout=0.3)
            other.gate.set()
            await asyncio.gather(*takes)
            assert len(best.seen) == 1 and len(other.orders) == 3


class Clock:
    """Stands still between moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def route(name: str, **more: Any) -> Route:
    upstream = Upstream(model="m")
    return Route(Channel(name=name, models={MODEL: upstream}, **{"concurrency": 2, **more}), "", upstream)


class Counter:
    """Routes, their health, and the slots of orders that have come."""

    def __init__(self, *routes: Route) -> None:
        self.routes: Sequence[Route] = routes
        self.clock, self.slots, self.open = Clock(), Slots(), AsyncExitStack()
        self.health = Health(self.clock)

    def fails(self, route: Route) -> None:
        for _ in range(IN_A_ROW):
            self.health.bad(route.way, "no_answer", "stalls")

    async def comes(self) -> Slot:
        """An order's slot, kept until the end of the test."""
        best = ranked(self.routes, self.health, Random(1))
        return await self.open.enter_async_context(self.slots.one_of(best, self.health))


async def test_full_healthy_channels_share_and_a_broken_one_is_left_alone() -> None:
    first, second, broken = route("first", priority=2, concurrency=1), route("second"), route("broken", priority=9)
    shop = Counter(first, second, broken)
    shop.fails(broken)
    async with shop.open:
        assert [(await shop.comes()).route.channel.name for _ in range(3)] == ["first", "second", "second"]
        waiting = asyncio.create_task(shop.comes())
        await asyncio.sleep(0)
        shop.clock.now += FIRST_S
        assert (await shop.comes()).route.channel.name == "broken"  # the trial of the channel that is preferred
        late = asyncio.create_task(shop.comes())
        for _ in range(3):
            await asyncio.sleep(0)
        assert not waiting.done() and not late.done()
        waiting.cancel()
        late.cancel()


async def test_the_next_best_that_was_broken_is_tried_when_the_best_is_full() -> None:
    first, broken = route("first", priority=2, concurrency=1), route("broken")
    shop = Counter(first, broken)
    shop.fails(broken)
    for _ in range(20):
        shop.health.bad(broken.way, "no_answer", "in flight when it opened")
    shop.clock.now += FIRST_S
    async with shop.open:
        assert [(await shop.comes()).route.channel.name for _ in range(2)] == ["first", "broken"]
        late = asyncio.create_task(shop.comes())
        await asyncio.sleep(0)
        assert not late.done()  # one order tries it
        late.cancel()


async def test_an_order_that_waited_is_told_that_its_channel_broke() -> None:
    first, second = route("first", priority=1, concurrency=1), route("second", concurrency=1)
    shop = Counter(first, second)
    held, _ = await shop.comes(), await shop.comes()
    async with shop.open:
        waiting = asyncio.create_task(shop.comes())
        await asyncio.sleep(0)
        shop.fails(first)
        held.free()
        slot = await waiting
        assert slot.route is first and slot.late
        slot.free()
        assert not held.late


async def test_of_the_half_open_one_order_at_a_time_is_the_trial() -> None:
    a, b = route("a", priority=1), route("b")
    shop = Counter(a, b)
    shop.fails(a)
    shop.fails(b)
    shop.clock.now += FIRST_S
    async with shop.open:
        assert (await shop.comes()).route is a
        assert shop.health.state(a.way) == "open" and shop.health.state(b.way) == "half-open"
        assert (await shop.comes()).route is b
        shop.health.good(a.way)
        assert (await shop.comes()).route is a
        assert shop.health.state(b.way) == "open"
    assert shop.health.state(b.way) == "half-open"  # its trial ended without a word


async def test_a_trial_that_fails_leaves_the_channel_alone_for_longer() -> None:
    only = route("only")
    shop = Counter(only)
    shop.fails(only)
    shop.clock.now += FIRST_S
    async with shop.open:
        await shop.comes()
        shop.health.bad(only.way, "no_answer", "stalls")
    assert shop.health.reopens(only.way) == 2 * FIRST_S
    async with shop.open:
        assert (await shop.comes()).route is only  # there is no other


async def test_a_channel_that_had_too_much_is_as_good_as_before_when_its_time_is_over() -> None:
    best, other = route("best", priority=1), route("other")
    shop = Counter(best, other)
    shop.health.bad(best.way, "rate", "too many requests")
    assert shop.health.state(best.way) == "open" and shop.health.cause(best.way) == "too many requests"
    async with shop.open:
        assert (await shop.comes()).route is other
        shop.clock.now += RATE_S
        assert [(await shop.comes()).route for _ in range(2)] == [best, best]
    assert shop.health.cause(best.way) == ""
