"""The seeds' names, bought where only their successors are to be had: the customer's code stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bazaar import ROWS, opened, paid

from manju.domain.casting import Voice
from manju.domain.order import ImageRequest, Message, Modality, MusicRequest, SpeechRequest, TextRequest, VideoRequest
from manju.gateway.catalogue import shipped
from manju.gateway.dialects import translated

BOARD = "Shot 1:\nduration: 1.0sec\nScene: 赛博校园走廊\n\nShot 2:\nduration: 1.0sec\nScene: 特写"
ASKED: dict[Modality, Any] = {
    "text": TextRequest(messages=(Message(role="user", content="主题:赛博校园侦探。"),)),
    "image": ImageRequest(prompt="同一角色,三视图", width=1920, height=1080),
    "speech": SpeechRequest(text="深夜，校园空无一人。", voice=Voice()),
    "music": MusicRequest(style="calm", duration_ms=30_000),
    "video": VideoRequest(prompt=BOARD, width=1280, height=720, duration_ms=10_000),
}
SOLD: list[tuple[str, str, str]] = [
    ("gpt-4o", "openai", "gpt-5.6-terra"),
    ("gemini-3-flash-preview-nothinking", "gemini", "gemini-3.8-flash"),
    ("nano-banana", "gemini", "gemini-nano-banana-2.1"),
    ("nano-banana-2", "gemini", "gemini-3-pro-image"),
    ("gemini-3-pro-image-preview", "gemini", "gemini-3-pro-image"),
    ("FLUX.1-schnell", "siliconflow", "black-forest-labs/FLUX.2-pro"),
    ("black-forest-labs/FLUX.1-schnell", "siliconflow", "black-forest-labs/FLUX.2-pro"),
    ("dall-e-3", "openai", "gpt-image-2.5-flare"),
    ("tts-1-hd", "volcengine", "seed-tts-2.0"),
    ("udio", "relay", "chirp-v5"),
    ("sora-2", "ark", "doubao-seedance-2-0-260128"),
    ("sora-2", "kling", "kling-v2-6"),
    ("sora-2", "dashscope", "wan2.7-t2v"),
    ("sora-2", "gemini", "gemini-omni-1.2-flash"),
]
"""Public name, vendor, and the model there."""


@pytest.mark.parametrize(("name", "vendor", "upstream"), SOLD)
async def test_a_name_of_the_seeds_is_bought_as_its_successor(
    tmp_path: Path, name: str, vendor: str, upstream: str
) -> None:
    modality = shipped().entry(name).modality
    async with ROWS[modality, vendor].emulator() as emulator:
        emulator.model, emulator.polls = upstream, 1
        async with opened(tmp_path, modality, vendor, emulator, name) as shop:
            effective = shop.gateway.effective(name, ASKED[modality])
            take = await shop.take("s1", ASKED[modality])
            assert (take.model, len(emulator.orders)) == (name, 1)
            assert take.facts["upstream_model"] and not effective.offline
            assert 0 < await paid(shop) <= effective.price  # emulators deliver less
        if modality in ("image", "video"):
            (seen,) = [each for each in emulator.seen if each.method == "POST"]
            got = emulator.fields(seen)
            assert got.model == upstream
            if modality == "video":
                dialect = shipped().entry(upstream).dialect
                assert got.prompt == translated(BOARD, dialect, effective.request.duration_ms) != BOARD


@pytest.mark.parametrize("name", sorted({name for name, _, _ in SOLD}))
def test_without_a_channel_it_is_made_offline(name: str) -> None:
    served = shipped().served(name)
    assert (served.channel, served.modality, served.price) == ("offline", shipped().entry(name).modality, 0)
