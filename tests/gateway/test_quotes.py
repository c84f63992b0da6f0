"""A film's quote, stage by stage, from the prices that its orders have."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import market
import pytest

from manju.domain.film import FilmSpec, Models, Music, Source
from manju.domain.order import ImageRequest, VideoRequest
from manju.errors import InputError, UnknownModelError
from manju.gateway.catalogue import shipped
from manju.gateway.quotes import STAGES, Quote, listed, quote
from manju.pipeline.estimate import estimate

SEED = Models(text="gpt-4o", image="FLUX.1-schnell", speech="tts-1-hd", music="suno")
"""What seed 004 §8.2 counts."""
NARRATION = [
    "你是否还在手动处理那些重复性的工作?今天介绍5个AI工具,让你的效率翻倍。",
    "第一个:ChatGPT。从写邮件到做方案,它就像你的私人助理。",
]
SCRIPT = {
    "title": "5个改变生活的AI工具",
    "duration_target": 60,
    "style": "informative",
    "scenes": [
        {"scene_id": number + 1, "narration": NARRATION[number % 2], "visual_description": "", "duration": 6}
        for number in range(10)
    ],
    "music_style": "upbeat electronic, 120 BPM",
    "target_platform": "douyin",
}
"""The script of the seed's §8.3, of 60 s in 10 scenes; what is to be seen is left to the model to say."""


def quoted(source: Source, models: Models, **more: Any) -> Quote:
    catalogue = shipped()
    counted = estimate(FilmSpec(source=source, models=models, **more), listed(catalogue))
    return quote(counted.calls, counted.seconds, catalogue)


def topic(models: Models, **more: Any) -> Quote:
    return quoted(Source(kind="topic", text="5个改变生活的AI工具"), models, seconds=60, **more)


def cents(found: Quote) -> dict[str, float]:
    """US cents a stage."""
    return {line.stage: round(float(line.price / found.usd) / 10_000, 2) for line in found.lines}


def test_the_minute_of_ten_scenes_comes_to_what_the_seed_says() -> None:
    found = quoted(Source(kind="script", text=json.dumps(SCRIPT, ensure_ascii=False)), SEED)
    assert [(line.stage, line.model, line.count) for line in found.lines] == [
        ("script", "gpt-4o", 1),
        ("voice", "tts-1-hd", 10),
        ("storyboard", "FLUX.1-schnell", 10),
        ("music", "suno", 1),
        ("compute", "", 1),
    ]
    # The seed says 5, 2, 10, 10 and 1. Its pictures were $0.01 each; of 1080x1920 they are $0.006 now.
    assert cents(found) == {"script": 5.07, "voice": 1.02, "storyboard": 6.0, "music": 10.0, "compute": 1.0}
    assert found.dollars == pytest.approx(0.28, rel=0.2)


def test_a_minute_that_is_not_written_yet_costs_about_the_same() -> None:
    found = topic(SEED)
    assert [line.stage for line in found.lines] == ["script", "voice", "storyboard", "music", "compute"]
    assert found.dollars == pytest.approx(0.28, rel=0.2)


def test_its_total_is_the_sum_of_its_stages_and_computing_is_not_charged() -> None:
    found = topic(SEED)
    *ordered, computing = found.lines
    assert found.price == sum(line.price for line in found.lines)
    assert found.charged == sum(line.price for line in ordered) == found.price - computing.price
    assert found.dollars == float(Fraction(found.price, 1_000_000) / shipped().usd)


def test_a_film_made_here_is_charged_nothing() -> None:
    found = topic(Models())
    assert found.charged == 0 and found.price == found.lines[-1].price > 0


def test_stages_come_in_the_order_of_the_making_and_only_those_there_are() -> None:
    found = topic(SEED.model_copy(update={"video": "veo-3.1-fast-generate-preview"}), music=Music(kind="none"))
    assert [line.stage for line in found.lines] == ["script", "voice", "storyboard", "video", "compute"]
    assert list(STAGES.values()) == ["script", "voice", "storyboard", "video", "music"]


def test_clips_are_priced_by_the_length_that_is_made() -> None:
    price = listed(shipped())
    clip = VideoRequest(prompt="p", width=1280, height=720, duration_ms=6500)
    assert price("sora-2", clip) == price("sora-2", clip.model_copy(update={"duration_ms": 8000}))
    assert price("sora-2", clip, clip) == 2 * price("sora-2", clip) == 2 * 8 * 720_000  # $0.10 a second


def test_a_model_that_is_not_known_or_cannot_do_it_has_no_quote() -> None:
    with pytest.raises(UnknownModelError, match="unknown model 'sora-9'"):
        topic(SEED.model_copy(update={"video": "sora-9"}))
    with pytest.raises(InputError, match=r"FLUX\.1-schnell"):
        topic(SEED.model_copy(update={"music": "FLUX.1-schnell"}))


async def test_it_is_the_price_that_the_order_has(tmp_path: Path) -> None:
    ways = [market.channel("a", "http://127.0.0.1:9")]
    request = VideoRequest(prompt="p", width=1000, height=1000, duration_ms=6500)
    picture = ImageRequest(prompt="p", width=1080, height=1920)
    async with market.opened(tmp_path, ways) as shop:
        shop.gateway._catalogue = shipped().extended(tuple(ways), ())
        price = listed(shop.gateway._catalogue)
        assert shop.gateway.effective("sora-2", request).price == price("sora-2", request)
        assert shop.gateway.effective("offline:sketch", picture).price == price("offline:sketch", picture) == 0
