"""The bill: what was delivered, and never more than what was agreed."""

from __future__ import annotations

from datetime import date
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
    upstream = Upstream(model="m")
    route = Route(channel=Channel(name="a", concurrency=1, models={MODEL: upstream}), key="main", upstream=upstream)
    price, cost = pricing.settled(found, route, request, facts, said)
    return price, cost


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


async def test_the_rest_of_the_hold_comes_back(tmp_path: Path) -> None:
    by_second = Entry.model_validate(market.ENTRY.model_dump() | {"unit": "second", "price": 1_000_000})
    async with (
        RelayVideoEmulator() as relay,
        market.opened(tmp_path, [channel("a", relay.url)], by_second) as shop,
    ):
        await shop.take()  # 8 s are asked for, and the relay's clip has 1 s
        async with shop.database.read() as session:
            rows = await session.execute(select(LedgerEntry.kind, LedgerEntry.amount).order_by(LedgerEntry.id))
            assert [tuple(row) for row in rows] == [("hold", -8_000_000), ("capture", 7_000_000)]
            assert await session.scalar(select(Order.price)) == 1_000_000
        spending = await shop.gateway.spending(shop.project)
    assert (spending.paid, spending.held) == (1_000_000, 0)
