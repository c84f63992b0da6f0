"""An order that may have been accepted, at a channel that honours tokens: it is asked for there, with the same token,
until that channel has looked at it; what says nothing of it does not make it a new order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import market
import pytest
from market import PRICE, Market, channel
from sqlalchemy import select

from manju.db.tables import Attempt
from manju.errors import InputError, NotSentError, OrderUnknownError, RejectedError
from manju.gateway.placing import Errand
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


async def test_its_channel_must_still_honour_tokens(relays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = channel("a", relays[0].url, priority=1, idempotent=True), channel("b", relays[1].url)
    async with market.opened(tmp_path, [first]) as shop:
        monkeypatch.setattr(Errand, "back_off", lambda errand, pause: 60.0)
        relays[0].fail(LOST)
        asking = asyncio.create_task(shop.take())
        while await outcomes(shop) != [("a", "interrupted")]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        monkeypatch.undo()
    for channels in ([second], [channel("a", relays[0].url), second]):
        async with market.opened(tmp_path, channels) as shop:
            with pytest.raises(InputError, match="may have been bought from the channel 'a'"):
                await shop.take()
    assert tokens(relays[1]) == [] and len(tokens(relays[0])) == 1
    async with market.opened(tmp_path, [second, first]) as shop:
        await shop.take()
    assert tokens(relays[1]) == [] and len(set(tokens(relays[0]))) == 1
