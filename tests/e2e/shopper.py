"""A process that buys on the street (`street`): DATA is its data folder, MANJU_DATABASE its database.

Says ``ready``, waits for a line with two numbers, asks at once for all orders from the one up to the other that have
not ended, and prints how each came out, as JSON. Whoever kills it starts another one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from street_models import KINDS, MODALITIES, MODELS, mark

# All that the orders will need, so that the time that a process is killed in is spent on them.
import manju.gateway.vendors.at_vendors
import manju.media.probe
import manju.media.voice_file
import manju.providers.image.openai
import manju.providers.speech.openai
import manju.providers.text.openai
import manju.providers.video.relay  # noqa: F401
from manju.config import Settings
from manju.db.projects import Projects
from manju.db.session import Database
from manju.db.takes import of
from manju.domain.order import ImageRequest, Message, OrderState, Request, SpeechRequest, TextRequest, VideoRequest
from manju.errors import ModelError, OrderFailedError, OrderUnknownError
from manju.gateway.catalogue import shipped
from manju.gateway.gateway import Gateway
from manju.gateway.order_book import OrderBook  # noqa: F401
from manju.gateway.presence import Presence
from manju.storage.local import LocalStorage

PAUSE_S = 0.05


def wanted(number: int) -> tuple[str, str, Request]:
    """Kind, model and request of an order: every modality at every vendor, in turn."""
    modality = MODALITIES[number % 4]
    model = MODELS[modality][number // 4 % 3]
    words = f"{mark(number)} 雨夜，霓虹。"
    request: Request
    match modality:
        case "text":
            request = TextRequest(messages=(Message(role="user", content=words),))
        case "image":
            request = ImageRequest(prompt=words, width=1024, height=1024)
        case "speech":
            request = SpeechRequest(text=words)
        case _:
            request = VideoRequest(prompt=words, width=1280, height=720, duration_ms=4000)
    return KINDS[modality], model, request


async def buy(gateway: Gateway, database: Database, project: str, number: int) -> str:
    kind, model, request = wanted(number)
    async with database.read() as session:
        takes = await of(session, project, mark(number), kind)
    if takes and takes[-1].order.state in (OrderState.SUCCEEDED, OrderState.FAILED, OrderState.UNKNOWN):
        return "ended"
    try:
        return (await gateway.take(project, None, mark(number), kind, model, request)).order_id
    except (OrderUnknownError, OrderFailedError, ModelError) as error:
        return f"{type(error).__name__}: {error.message}"


async def main(data: Path, first: int, last: int) -> None:
    settings = Settings.load(data=data)
    settings.folder.make()
    database = Database(settings.database) if settings.database else Database.at(settings.folder.database)
    await database.migrate()
    channels = tuple(each.channel(name) for name, each in settings.channels.items())
    storage = LocalStorage(settings.folder.artefacts)
    storage.sweep()
    catalogue, presence = shipped().extended(channels, ()), Presence(settings.folder.presence)
    try:
        async with Gateway(database, storage, presence, catalogue=catalogue, pause=PAUSE_S) as gateway:
            projects = Projects(database)
            made = await projects.by_folder(data) or await projects.create(
                account_id="local", name="试", spec={}, spec_digest="0" * 64, folder=data
            )
            numbers = range(first, last)
            found = await asyncio.gather(*(buy(gateway, database, made.id, number) for number in numbers))
            print(json.dumps(dict(zip(map(mark, numbers), found, strict=True)), ensure_ascii=False))
    finally:
        await database.close()


if __name__ == "__main__":
    print("ready", flush=True)
    asyncio.run(main(Path(sys.argv[1]), *map(int, sys.stdin.readline().split())))
