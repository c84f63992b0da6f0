"""What a key may spend, and what it may not, with an emulated relay behind the server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from serving import served

from manju.db.keys import Keys
from vendors.relay_video import RelayVideoEmulator

CLIP = {"prompt": "雨夜", "model": "sora-2", "duration": "4"}
PRICE = 2_880_000
"""Four seconds of sora-2 by the catalogue."""


async def made(client, task: str) -> dict:
    async with asyncio.timeout(30):
        while True:
            answer = (await client.get(f"/v2/videos/generations/{task}"))[2]
            if answer["status"] in ("SUCCESS", "FAILURE"):
                return answer
            await asyncio.sleep(0.05)


def configure(data: Path, url: str) -> None:
    (data / "manju.toml").write_text(
        f'[channels.relay]\nvendor = "relay"\nbase_url = "{url}"\nkey = {{ env = "RELAY_KEY" }}\npoll_s = 0.05\n'
        '[channels.relay.models]\n"sora-2" = "sora-2"\n',
        "utf-8",
    )


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANJU_WORKERS", "1")
    monkeypatch.setenv("RELAY_KEY", "sk-emulated")


@pytest.mark.parametrize(
    "limits", [{"budget": PRICE + 1}, {"day_budget": PRICE + 1}, {"credits": PRICE + 1, "account": None}]
)
async def test_money_is_a_hard_stop_before_the_call(tmp_path: Path, environment: None, limits: dict) -> None:
    async with RelayVideoEmulator() as relay:
        configure(tmp_path, relay.url)
        async with served(tmp_path) as client:
            _, client.key = await Keys(client.app.database).create("poor", **({"account": "local"} | limits))
            status, headers, body = await client.post("/v2/videos/generations", CLIP)
            assert status == 200 and headers["x-manju-model"] == "sora-2"
            answer = await made(client, body["task_id"])
            assert answer["status"] == "SUCCESS" and answer["model"] == "sora-2"
            status, headers, body = await client.post("/v2/videos/generations", CLIP)
            assert status == 429 and body["error"]["code"] == "insufficient_quota"
            assert headers["x-should-retry"] == "false" and len(relay.orders) == 1


async def test_a_task_that_failed_says_why_and_is_not_charged(tmp_path: Path, environment: None) -> None:
    async with RelayVideoEmulator() as relay:
        relay.outcome = "moderated"
        configure(tmp_path, relay.url)
        async with served(tmp_path) as client:
            _, client.key = await Keys(client.app.database).create("one", account="local", budget=PRICE)
            first = (await client.post("/v2/videos/generations", CLIP))[2]["task_id"]
            answer = await made(client, first)
            assert answer["status"] == "FAILURE" and answer["fail_reason"] and answer["data"] == {}
            relay.outcome = "done"
            second = (await client.post("/v2/videos/generations", CLIP))[2]["task_id"]  # the money is there again
            assert (await made(client, second))["status"] == "SUCCESS"


async def test_a_server_that_starts_again_goes_on_with_its_tasks(tmp_path: Path, environment: None) -> None:
    async with RelayVideoEmulator() as relay:
        relay.polls = 10_000
        configure(tmp_path, relay.url)
        async with served(tmp_path) as client:
            key = client.key
            task = (await client.post("/v2/videos/generations", CLIP))[2]["task_id"]
            async with asyncio.timeout(10):
                while not relay.tasks:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        relay.polls = 1
        async with served(tmp_path, key) as client:
            assert (await made(client, task))["status"] == "SUCCESS"
            assert len(relay.orders) == 1


async def test_a_revoked_key_and_a_model_that_is_not_allowed(tmp_path: Path, environment: None) -> None:
    async with served(tmp_path) as client:
        keys = Keys(client.app.database)
        _, client.key = await keys.create("narrow", account="local", models=("nano-banana-2",))
        status, _, body = await client.post("/v2/videos/generations", CLIP)
        assert status == 404 and "nano-banana-2" in body["error"]["message"]
        _, other = await keys.create("gone", account="local")
        await keys.revoke("gone")
        assert (await client.get("/v1/models", key=other))[0] == 401
