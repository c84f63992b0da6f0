"""A gateway whose clips come from emulated relays: for the tests, and for the processes that they start and kill.

python market.py FOLDER SUBJECT URL...     # take one clip and print its order's id
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from manju.db.projects import Projects
from manju.db.session import Database
from manju.domain.order import VideoRequest
from manju.domain.takes import Take
from manju.gateway.catalogue import Catalogue, shipped
from manju.gateway.channels import Channel, Upstream
from manju.gateway.entries import Entry
from manju.gateway.gateway import Gateway
from manju.gateway.presence import Presence
from manju.storage.local import LocalStorage

KEY = "sk-emulated"
PRICE = 3_000_000
MODEL = "sora-2"


def channel(name: str, url: str, **more: Any) -> Channel:
    fields = {"concurrency": 8, "poll_s": 0.02, "read_s": 5.0, "keys": {"main": SecretStr(KEY)}, **more}
    models = {MODEL: Upstream(model="sora-2", cost=1_000_000)}
    return Channel(name=name, vendor="relay", base_url=url, models=models, **fields)


ENTRY = Entry.model_validate(
    {"name": MODEL, "modality": "video", "price": "3", "unit": "call", "since": date(2026, 1, 1)}
)


@dataclass
class Market:
    folder: Path
    database: Database
    gateway: Gateway
    project: str
    catalogue: Catalogue

    async def take(self, subject: str = "s1", prompt: str = "雨夜") -> Take:
        request = VideoRequest(prompt=prompt, width=1280, height=720, duration_ms=8000)
        return await self.gateway.take(self.project, None, subject, "clip", MODEL, request)


@asynccontextmanager
async def opened(folder: Path, channels: Sequence[Channel], entry: Entry = ENTRY) -> AsyncIterator[Market]:
    url = os.environ.get("MANJU_DATABASE")  # see `configured_database`
    database = Database(url) if url else Database.at(folder / "manju.db")
    await database.migrate()
    catalogue = shipped().extended(tuple(channels), (entry,))
    storage, presence = LocalStorage(folder / "artefacts"), Presence(folder / "gateways")
    gateway = Gateway(database, storage, presence, catalogue=catalogue, pause=0.01)
    try:
        async with gateway:
            projects = Projects(database)
            found = await projects.by_folder(folder)
            made = found or await projects.create(
                account_id="local", name="试", spec={}, spec_digest="0" * 64, folder=folder
            )
            yield Market(folder, database, gateway, made.id, catalogue)
    finally:
        await database.close()


async def main(folder: str, subject: str, *urls: str) -> None:
    channels = [channel(f"relay{number}", url) for number, url in enumerate(urls)]
    async with opened(Path(folder), channels) as market:
        print((await market.take(subject)).order_id)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
