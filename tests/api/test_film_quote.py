"""``POST /v1/quotes/film``: what a whole film would cost, stage by stage, before anything is ordered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from serving import Client, served

MODELS = {"text": "gpt-4o", "image": "FLUX.1-schnell", "speech": "tts-1-hd", "music": "suno"}
SCENE = {
    "narration": "第一个：ChatGPT。从写邮件到做方案，它就像你的私人助理。",
    "visual_description": "",
    "duration": 6,
}
SCRIPT = {
    "title": "5个改变生活的AI工具",
    "duration_target": 60,
    "scenes": [SCENE | {"scene_id": number} for number in range(1, 11)],
    "target_platform": "douyin",
}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with served(tmp_path) as opened:
        yield opened


async def ask(client: Client, **body: Any) -> tuple[int, dict[str, Any]]:
    status, _, answer = await client.post("/v1/quotes/film", body)
    return status, answer


async def test_the_seeds_film_stage_by_stage(client: Client) -> None:
    status, found = await ask(client, script=SCRIPT, models=MODELS)
    assert status == 200 and found["shots"] == 10
    assert [(each["stage"], each["model"], each["calls"]) for each in found["stages"]] == [
        ("script", "gpt-4o", 1),
        ("voice", "tts-1-hd", 10),
        ("storyboard", "FLUX.1-schnell", 10),
        ("music", "suno", 1),
        ("compute", "", 1),
    ]
    dollars = sum(Decimal(each["amount"]) for each in found["stages"]) / Decimal("7.2")
    assert dollars == pytest.approx(Decimal("0.28"), rel=Decimal("0.2"))
    # No channel serves them here: offline models stand in, and nothing is charged.
    assert found["amount"] == "0" and {each["charged"] for each in found["stages"]} == {False}
    assert [each["served_by"] for each in found["stages"]][:2] == ["offline:outline", "offline:espeak"]


async def test_a_topic_is_counted_but_not_exact(client: Client) -> None:
    status, found = await ask(client, topic="赛博校园侦探", seconds=60, ratio="9:16")
    assert status == 200 and not found["exact"] and (found["width"], found["height"]) == (1080, 1920)


@pytest.mark.parametrize(
    "body",
    [{}, {"topic": "猫", "text": "猫。"}, {"topic": "猫", "seconds": 0}, {"topic": "猫", "ratio": "a:b"},
     {"topic": "猫", "models": {"text": "nope"}}, {"script": {"scenes": 1}}, {"topic": "猫", "colour": "red"}],
)  # fmt: skip
async def test_what_cannot_be_counted_is_said(client: Client, body: dict[str, Any]) -> None:
    status, answer = await ask(client, **body)
    assert status in (400, 404) and answer["error"]["message"], answer
