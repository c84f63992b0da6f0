"""What orders come to that are unlike each other: names used twice, nothing to say, a database that stops."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from serving import Client, served
from sqlalchemy import select

import postgres as servers
from manju.db.tables import Order
from vendors.emulator import KEY, Fault
from vendors.openai_speech import OpenAISpeechEmulator
from vendors.relay_video import RelayVideoEmulator

SMALL = {"prompt": "雨夜", "model": "nano-banana-2", "width": 128, "height": 96}
CLIP = {"prompt": "雨夜", "model": "sora-2", "duration": "1"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANJU_WORKERS", "1")
    monkeypatch.setenv("NEAR_KEY", KEY)


async def orders(client: Client, modality: str) -> list[Order]:
    async with client.app.database.read() as session:
        return [*await session.scalars(select(Order).where(Order.modality == modality).order_by(Order.id))]


class TestNames:
    async def test_another_number_of_pictures_is_another_request(self, client: Client) -> None:
        named = {"headers": {"Idempotency-Key": "k"}}
        _, _, first = await client.post("/v1/images/generations", SMALL | {"n": 3}, **named)
        for number, status in ((2, 409), (5, 409), (1, 409), (3, 200)):
            answered, _, body = await client.post("/v1/images/generations", SMALL | {"n": number}, **named)
            assert answered == status, (number, body)
        assert body["data"] == first["data"] and len(await orders(client, "image")) == 3

    async def test_a_name_is_for_one_endpoint(self, client: Client) -> None:
        speech = {"model": "tts-1", "input": "雨夜。"}
        asked = [
            ("/v1/images/generations", SMALL),
            ("/v1/images/generations", SMALL | {"n": 2}),
            ("/v2/videos/generations", CLIP),
            ("/v1/audio/speech", speech),
        ]
        for first in range(len(asked)):
            for number, (path, body) in enumerate(asked[first:] + asked[:first]):
                status, _, answer = await client.post(path, body, headers={"Idempotency-Key": f"k{first}"})
                assert status == (409 if number else 200), (asked[first], path, answer)

    async def test_an_sdks_own_retry_of_an_offline_clip_is_that_clip(self, client: Client) -> None:
        counted = [{"headers": {"x-stainless-retry-count": str(count)}} for count in (0, 1, 2)]
        told = [(await client.post("/v2/videos/generations", CLIP, **each))[2]["task_id"] for each in counted]
        assert len(set(told)) == 1 and len(await orders(client, "video")) == 1
        _, _, other = await client.post("/v2/videos/generations", CLIP | {"prompt": "晴"}, **counted[1])
        assert other["task_id"] not in told

    async def test_a_model_that_the_key_may_not_use_is_not_there(self, client: Client) -> None:
        body = {"name": "poor", "account": "local", "models": ["gpt-4o-mini"]}
        key = (await client.ask("POST", "/admin/keys", json=body, headers=client.admin, key=""))[2]["key"]
        asked: list[tuple[str, dict[str, Any]]] = [
            ("/v1/images/generations", SMALL),
            ("/v2/videos/generations", CLIP),
            ("/v1/audio/speech", {"model": "tts-1", "input": "雨"}),
            ("/v1/chat/completions", {"model": "gpt-4o", "messages": [{"role": "user", "content": "雨"}]}),
        ]
        for path, fields in asked:
            status, _, body = await client.post(path, fields, key=key)
            assert (status, body["error"]["code"]) == (404, "model_not_found"), path

    async def test_a_model_of_another_kind_by_the_name_that_was_asked_for(self, client: Client) -> None:
        status, _, body = await client.post("/v2/videos/generations", CLIP | {"model": "nano-banana-2"})
        assert (status, body["error"]["param"]) == (400, "model")
        assert body["error"]["message"].startswith("nano-banana-2 makes image, not video")


@pytest.mark.parametrize("text", ["   ", "！！！", "😀"])
async def test_nothing_to_say_costs_nothing(tmp_path: Path, text: str) -> None:
    async with OpenAISpeechEmulator() as vendor:
        (tmp_path / "manju.toml").write_text(
            f'[channels.near]\nvendor = "openai"\nbase_url = "{vendor.url}/v1"\nkey = {{ env = "NEAR_KEY" }}\n'
            f'models = {{ "tts-1-hd" = "{vendor.model}" }}\n'
        )
        async with served(tmp_path) as client:
            for said, paid in ((text, False), ("雨夜。", True)):
                status, _, body = await client.post("/v1/audio/speech", {"model": "tts-1-hd", "input": said})
                assert status == 200, body
                order = (await orders(client, "speech"))[-1]
                assert (order.price > 0, order.cost > 0) == (paid, paid)
            assert len(vendor.orders) == 1


async def test_where_we_buy_is_no_business_of_clients(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    (tmp_path / "manju.toml").write_text(
        '[channels.near]\nvendor = "openai"\nbase_url = "http://127.0.0.1:9/v1"\nkey = { env = "NEAR_KEY" }\n'
        'models = { "tts-1-hd" = "tts-1-hd", "gpt-4o" = "gpt-4o" }\n'
    )
    chat = {"model": "gpt-4o", "messages": [{"role": "user", "content": "雨"}]}
    async with served(tmp_path) as client:
        for path, fields in (("audio/speech", {"model": "tts-1-hd", "input": "雨夜。"}), ("chat/completions", chat)):
            status, _, body = await client.post(f"/v1/{path}", fields)
            assert status in (502, 503) and "Connection refused" in str(body), body
            assert "127.0.0.1" not in str(body) and "/api" not in str(body)
    assert "no connection to 127.0.0.1:9" in caplog.text


async def test_progress_never_falls(tmp_path: Path) -> None:
    async with RelayVideoEmulator() as vendor:
        vendor.polls = 12
        (tmp_path / "manju.toml").write_text(
            f'[channels.near]\nvendor = "relay"\nbase_url = "{vendor.url}"\nkey = {{ env = "NEAR_KEY" }}\n'
            'models = { "sora-2" = "sora-2" }\npoll_s = 0.05\n'
        )
        async with served(tmp_path) as client:
            placed = (await client.post("/v2/videos/generations", CLIP | {"duration": "4"}))[2]["task_id"]
            seen = []
            async with asyncio.timeout(60):
                while not seen or seen[-1] < 100:
                    told = (await client.get(f"/v2/videos/generations/{placed}"))[2]
                    seen.append(int(told["progress"].rstrip("%")))
                    await asyncio.sleep(0.01)
        assert seen == sorted(seen) and set(seen) == {0, 40, 100}


class TestPostgreSQL:
    async def test_what_no_id_is_made_of_is_not_found(
        self, postgres: servers.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MANJU_DATABASE", postgres.fresh_database())
        async with served(tmp_path) as client:
            paths = ("v1/videos/%00", "v1/videos/%00/content", "v2/videos/generations/a%00b", "v1/images/tasks/%00")
            for path in paths:
                status, _, body = await client.get(f"/{path}")
                assert status == 404 and "postgres" not in str(body), path
            assert (await client.get("/v1/videos?after=%00"))[2]["data"] == []

    async def test_a_server_without_its_database_is_not_ready(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with ExitStack() as held:
            monkeypatch.setenv("MANJU_DATABASE", held.enter_context(servers.server()).fresh_database())
            async with served(tmp_path) as client:
                assert (await client.get("/readyz", key=""))[0] == 200
                held.close()
                assert (await client.get("/readyz", key=""))[0] == 503
                assert (await client.get("/healthz", key=""))[0] == 200
                for key in ("anything", client.key):
                    status, headers, body = await client.get("/v1/videos/x", key=key)
                    assert (status, headers["x-should-retry"]) == (503, "true")
                    assert "test_" not in str(body) and "postgres" not in str(body)


async def test_what_cannot_be_found_there_is_not_said_to_be(tmp_path: Path) -> None:
    """A vendor that answers at once knows no tasks, and one of speech keeps no files."""
    async with OpenAISpeechEmulator() as vendor:
        vendor.fail(Fault("lost"))
        (tmp_path / "manju.toml").write_text(
            f'[channels.near]\nvendor = "openai"\nbase_url = "{vendor.url}/v1"\nkey = {{ env = "NEAR_KEY" }}\n'
            f'models = {{ "tts-1-hd" = "{vendor.model}" }}\n'
        )
        async with served(tmp_path) as client:
            status, _, _ = await client.post("/v1/audio/speech", {"model": "tts-1-hd", "input": "雨夜。"})
            assert status == 504
            (doubt,) = (await client.get("/admin/orders", headers=client.admin, key=""))[2]["data"]
            for given, said in (({"upstream_id": "x"}, "works without tasks"), ({"url": "https://x/y"}, "no files")):
                path = f"/admin/orders/{doubt['id']}/found"
                status, _, body = await client.ask("POST", path, json=given, headers=client.admin, key="")
                assert status == 400 and said in body.decode() and "buy it again" in body.decode()
