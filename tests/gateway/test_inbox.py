"""What answers leave in the store's inbox, and when it is removed."""

from __future__ import annotations

import base64
import os
import time
from pathlib import Path

import bazaar
import pytest
from sqlalchemy import select

from manju.db.tables import Attempt
from manju.errors import MediaError, ModelError, OrderUnknownError
from manju.gateway import inbox
from manju.gateway.doubts import Doubts
from vendors.emulator import Fault
from vendors.openai_image import OpenAIImageEmulator

BROKEN = base64.b64encode(b"\x89PNG\r\n\x1a\n and no more").decode()


async def last_attempt(shop: bazaar.Shop) -> str:
    async with shop.database.read() as session:
        return (await session.scalars(select(Attempt.id).order_by(Attempt.id.desc()))).first() or ""


def age(folder: Path) -> None:
    for path in folder.iterdir():
        os.utime(path, (then := time.time() - inbox.KEPT_S - 60, then))


async def test_what_no_order_needs_is_removed_after_a_day(tmp_path: Path) -> None:
    folder = tmp_path / "artefacts" / "inbox"
    async with OpenAIImageEmulator() as vendor, bazaar.opened(tmp_path, "image", "openai", vendor) as shop:
        assert await shop.gateway.sweep() == 0
        vendor.fail(Fault("status", 200, {"data": [{"b64_json": BROKEN}]}))
        with pytest.raises((ModelError, MediaError)):
            await shop.take("failed", vendor.request)
        left = sorted(path.name for path in folder.iterdir())
        attempt = await last_attempt(shop)
        assert left == [f"{attempt}-0.png", f"{attempt}.json"]
        assert await shop.gateway.sweep() == 0  # they are new

        vendor.fail(Fault("lost"))
        with pytest.raises(OrderUnknownError):
            await shop.take("unknown", vendor.request)
        doubtful = await last_attempt(shop)
        for name in (f"{doubtful}.json", f"{doubtful}-0.png", "notes.txt"):
            (folder / name).write_bytes(b"{}")
        age(folder)
        assert await shop.gateway.sweep() == 2
        assert sorted(path.name for path in folder.iterdir()) == [f"{doubtful}-0.png", f"{doubtful}.json", "notes.txt"]

        (doubt,) = await Doubts(shop.database).all()
        await Doubts(shop.database).release(doubt.id)
        assert await shop.gateway.sweep() == 2
        await shop.take("good", vendor.request)
        assert [path.name for path in folder.iterdir()] == ["notes.txt"]
