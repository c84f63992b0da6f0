"""The bill: what was delivered, and never more than what was agreed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import market
import pytest
from market import MODEL, channel
from sqlalchemy import select

from manju.db.tables import LedgerEntry, Order
from manju.domain.order import ImageRequest, Message, Request, TextRequest, VideoRequest
from manju.gateway import pricing
from manju.gateway.channels import Channel, Route, Upstream
from manju.gateway.entries import Entry
from vendors.relay_video import RelayVideoEmulator

CLIP = VideoRequest(prompt="雨夜", width=1280, height=720, duration_ms=8000)
PICTURE = ImageRequest(prompt="雨夜", width=2048, height=2048)
CHAT = TextRequest(messages=(Message(role="user", content="雨夜" * 100),))


def entry(modality: str, unit: str, **more: Any) -> Entry:
    fields = {"name": MODEL, "modality": modality, "price": "2", "cost": "1", "unit": unit, "since": date(2026, 1, 1)}
    return Entry.model_validate(fields | more)


def settled(found: Entry, request: Request, facts: dict[str, Any], said: str = "") -> tuple[int, int]:
    share, cost = settlement(found, request, facts, said)
    return ceil(pricing.price(found, request) * share), cost


def settlement(found: Entry, request: Request, facts: dict[str, Any], said: str = "") -> tuple[Fraction, int]:
    upstream = Upstream(model="m")
    route = Route(channel=Channel(name="a", concurrency=1, models={MODEL: upstream}), key="main", upstream=upstream)
    return pricing.settled(found, route, request, facts, said)


@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        ({"duration_ms": 8000}, 8),
        ({"duration_ms": 7900}, 8),
        ({"duration_ms": 5000}, 5),
        ({"duration_ms": 9000}, 8),
        ({}, 8),
    ],
)
def test_seconds_that_did_not_come_are_not_paid(facts: dict[str, Any], seconds: int) -> None:
    found = entry("video", "second")
    assert settled(found, CLIP, facts | {"width": 1280, "height": 720}) == (seconds * 2_000_000, seconds * 1_000_000)


def test_a_clip_of_a_smaller_size_is_paid_as_one() -> None:
    found = entry("video", "second", tiers=[{"side": 720, "price": "4"}])
    assert pricing.price(found, CLIP) == 32_000_000
    assert settled(found, CLIP, {"width": 1280, "height": 704})[0] == 32_000_000
    assert settled(found, CLIP, {"width": 854, "height": 480})[0] == 16_000_000


def test_pixels_that_did_not_come_are_not_paid() -> None:
    found = entry("image", "megapixel")
    assert pricing.price(found, PICTURE) == 8_000_000
    assert settled(found, PICTURE, {"width": 1024, "height": 1024}) == (2_000_000, 1_000_000)


def test_a_chat_is_paid_by_the_tokens_that_it_took() -> None:
    found = entry("text", "token", output_price="10", output_cost="5")
    assert settled(found, CHAT, {"input_tokens": 100, "output_tokens": 50}) == (700, 350)
    assert 0 < settled(found, CHAT, {"input_tokens": 0, "output_tokens": 0}, "雨停了。")[0] < pricing.price(found, CHAT)


def test_the_share_is_the_same_at_any_price() -> None:
    prices: list[dict[str, Any]] = [{"price": "2"}, {"price": "6"}, {"price": "0", "cost": "0"}]
    for unit, expected in (("second", Fraction(5, 8)), ("call", 1)):
        for each in prices:
            assert settlement(entry("video", unit, **each), CLIP, {"duration_ms": 5000})[0] == expected
    for each in prices:
        assert 0 < settlement(entry("text", "token", **each), CHAT, {"input_tokens": 100, "output_tokens": 50})[0] < 1


def by_second(price: int) -> Entry:
    return Entry.model_validate(market.ENTRY.model_dump() | {"unit": "second", "price": price})


@asynccontextmanager
async def ordered(folder: Path) -> AsyncIterator[RelayVideoEmulator]:
    """8 s at 1.00 each are ordered, the gateway has closed, and the relay has made them: a clip of 1 s."""
    async with RelayVideoEmulator() as relay:
        relay.polls = 10_000
        async with market.opened(folder, [channel("a", relay.url)], by_second(1_000_000)) as shop:
            asked = asyncio.create_task(shop.take())
            async with asyncio.timeout(30):
                while not any("/v2/videos/generations/" in seen.path for seen in relay.seen):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
        relay.polls = 1
        yield relay


async def ledger(shop: market.Market) -> list[tuple[str, int]]:
    async with shop.database.read() as session:
        rows = await session.execute(select(LedgerEntry.kind, LedgerEntry.amount).order_by(LedgerEntry.id))
        return [(row.kind, row.amount) for row in rows]


@pytest.mark.parametrize("today", [1_000_000, 2_000_000, 500_000, 0])
async def test_what_did_not_come_is_not_paid_at_the_price_that_was_agreed(tmp_path: Path, today: int) -> None:
    async with ordered(tmp_path) as relay, market.opened(tmp_path, [channel("a", relay.url)], by_second(today)) as shop:
        await shop.take()
        assert await ledger(shop) == [("hold", -8_000_000), ("capture", 7_000_000)]
        async with shop.database.read() as session:
            assert await session.scalar(select(Order.price)) == 1_000_000
        spending = await shop.gateway.spending(shop.project)
    assert (spending.paid, spending.held) == (1_000_000, 0)


async def test_a_hold_is_closed_even_if_the_model_is_free_by_now(tmp_path: Path) -> None:
    free = market.ENTRY.model_copy(update={"price": 0, "cost": 0})
    async with ordered(tmp_path) as relay, market.opened(tmp_path, [channel("a", relay.url)], free) as shop:
        await shop.take()
        assert await ledger(shop) == [("hold", -8_000_000), ("capture", 0)]
        assert (await shop.gateway.spending(shop.project)).held == 0
