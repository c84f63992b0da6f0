"""A gateway with one channel, whose upstream is any vendor's emulator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import func, select

from manju.db.projects import Projects
from manju.db.session import Database
from manju.db.tables import LedgerEntry
from manju.domain.order import Modality, Request
from manju.domain.takes import Take
from manju.gateway.catalogue import shipped
from manju.gateway.channels import Channel, Upstream
from manju.gateway.entries import Entry
from manju.gateway.gateway import Gateway
from manju.gateway.presence import Presence
from manju.storage.local import LocalStorage
from vendors.anthropic_text import AnthropicEmulator
from vendors.ark_video import ArkVideoEmulator
from vendors.azure_speech import AzureSpeechEmulator
from vendors.dashscope_video import DashScopeVideoEmulator
from vendors.elevenlabs_speech import ElevenLabsEmulator
from vendors.gemini_image import GeminiImageEmulator
from vendors.gemini_text import GeminiTextEmulator
from vendors.imagen_image import ImagenEmulator
from vendors.kling_video import KlingVideoEmulator
from vendors.minimax_video import MiniMaxVideoEmulator
from vendors.minimax_video2 import MiniMaxVideo2Emulator
from vendors.omni_video import OmniVideoEmulator
from vendors.openai_image import OpenAIImageEmulator
from vendors.openai_speech import OpenAISpeechEmulator
from vendors.openai_text import OpenAITextEmulator
from vendors.openai_video import OpenAIVideoEmulator
from vendors.relay_image import RelayImageEmulator
from vendors.relay_video import RelayVideoEmulator
from vendors.siliconflow_image import SiliconFlowEmulator
from vendors.suno_music import SunoEmulator
from vendors.veo_video import VeoVideoEmulator
from vendors.volcengine_speech import VolcengineV1Emulator, VolcengineV3Emulator

PUBLIC, PRICE = "test:bought", 2_000_000


@dataclass(frozen=True)
class Row:
    """A vendor: who plays it, and the channel's options. ``keeps``: its results are behind addresses; ``tasks``: it
    works in tasks."""

    emulator: type[Any]
    options: Mapping[str, str] = field(default_factory=dict)
    keeps: bool = False
    tasks: bool = False


ROWS: dict[tuple[Modality, str], Row] = {
    ("text", "openai"): Row(OpenAITextEmulator),
    ("text", "gemini"): Row(GeminiTextEmulator),
    ("text", "anthropic"): Row(AnthropicEmulator),
    ("image", "openai"): Row(OpenAIImageEmulator),
    ("image", "relay"): Row(
        RelayImageEmulator, {"fields": "aspect_ratio,image_size,seed", "mode": "async"}, keeps=True, tasks=True
    ),
    ("image", "gemini"): Row(GeminiImageEmulator),
    ("image", "siliconflow"): Row(SiliconFlowEmulator, {"steps": "20"}, keeps=True),
    ("image", "imagen"): Row(ImagenEmulator),
    ("speech", "openai"): Row(OpenAISpeechEmulator),
    ("speech", "elevenlabs"): Row(ElevenLabsEmulator),
    ("speech", "azure"): Row(AzureSpeechEmulator),
    ("speech", "volcengine_v1"): Row(VolcengineV1Emulator, {"appid": "123456789"}),
    ("speech", "volcengine"): Row(VolcengineV3Emulator),
    ("music", "relay"): Row(SunoEmulator, keeps=True, tasks=True),
    ("video", "relay"): Row(RelayVideoEmulator, keeps=True, tasks=True),
    ("video", "openai"): Row(OpenAIVideoEmulator, keeps=True, tasks=True),
    ("video", "ark"): Row(ArkVideoEmulator, keeps=True, tasks=True),
    ("video", "kling"): Row(KlingVideoEmulator, keeps=True, tasks=True),
    ("video", "dashscope"): Row(DashScopeVideoEmulator, keeps=True, tasks=True),
    ("video", "minimax"): Row(MiniMaxVideoEmulator, keeps=True, tasks=True),
    ("video", "minimax2"): Row(MiniMaxVideo2Emulator, keeps=True, tasks=True),
    ("video", "veo"): Row(VeoVideoEmulator, keeps=True, tasks=True),
    ("video", "gemini"): Row(OmniVideoEmulator, tasks=True),
}


@dataclass
class Shop:
    """What is bought here has the public name ``model``."""

    gateway: Gateway
    database: Database
    project: str
    model: str

    async def take(self, subject: str, request: Request) -> Take:
        return await self.gateway.take(self.project, None, subject, "thing", self.model, request)


@asynccontextmanager
async def opened(
    folder: Path, modality: Modality, vendor: str, emulator: Any, model: str = PUBLIC
) -> AsyncIterator[Shop]:
    """``model`` is a public name of the shipped catalogue, or `PUBLIC`, which costs `PRICE` a call."""
    channel = Channel(
        name="upstream",
        vendor=vendor,
        base_url=emulator.url,
        keys={"main": SecretStr(emulator.key)},
        concurrency=4,
        poll_s=0.01,
        options=ROWS[modality, vendor].options,
        models={model: Upstream(model=emulator.model)},
    )
    fields = {"name": PUBLIC, "modality": modality, "price": "2", "unit": "call", "since": date(2026, 1, 1)}
    database = Database.at(folder / "manju.db")
    await database.migrate()
    try:
        catalogue = shipped().extended((channel,), (Entry.model_validate(fields),))
        storage, presence = LocalStorage(folder / "artefacts"), Presence(folder / "gateways")
        async with Gateway(database, storage, presence, catalogue=catalogue, pause=0.001) as gateway:
            made = await Projects(database).create(account_id="local", name="试", spec={}, spec_digest="0" * 64)
            yield Shop(gateway, database, made.id, model)
    finally:
        await database.close()


async def paid(shop: Shop) -> int:
    async with shop.database.read() as session:
        return -int(await session.scalar(select(func.coalesce(func.sum(LedgerEntry.amount), 0))) or 0)
