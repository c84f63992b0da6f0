"""Orders from outside that a process has left behind."""

from __future__ import annotations

from pathlib import Path

import market
import pytest
from market import channel

from manju.db.keys import Keys
from manju.domain.order import OrderState, VideoRequest
from manju.gateway.desk import Desk
from vendors.relay_video import RelayVideoEmulator


async def test_whoever_waits_for_what_was_left_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that asks again at once after a restart comes before the server has taken its orders up."""
    wanted = VideoRequest(prompt="雨夜", width=1280, height=720, duration_ms=8000)
    async with RelayVideoEmulator() as relay, market.opened(tmp_path, [channel("a", relay.url)]) as shop:
        key, _ = await Keys(shop.database).create("k", account="local")
        with monkeypatch.context() as dying:
            dying.setattr(Desk, "_begin", lambda *_: None)
            left = await Desk(shop.gateway, shop.database).place(key, market.MODEL, wanted, idempotency="one")
        desk = Desk(shop.gateway, shop.database)
        assert (await desk.look(key, left)).state is OrderState.PLANNED
        assert await desk.place(key, market.MODEL, wanted, idempotency="one") == left
        assert (await desk.wait(key, left)).state is OrderState.SUCCEEDED
        assert len(relay.orders) == 1 and desk.total == 0
