"""The relay API with the offline models behind it."""

from __future__ import annotations

import asyncio
import base64
import io

import av
from PIL import Image
from serving import Client


def size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


async def test_a_key_is_always_demanded(client: Client) -> None:
    for path in ("/v1/models", "/v2/videos/generations/x"):
        for key in ("", "sk-wrong"):
            status, headers, body = await client.get(path, key=key)
            assert status == 401 and body["error"]["code"] == "invalid_api_key"
            assert headers["x-should-retry"] == "false"


async def test_seed_000s_pictures(client: Client) -> None:
    status, headers, body = await client.post(
        "/v1/images/generations", {"prompt": "同一角色，三视图", "model": "nano-banana-2"}
    )
    assert status == 200 and headers["x-manju-model"] == "offline:sketch"
    status, _, picture = await client.get(body["data"][0]["url"], key="")
    assert status == 200 and size(picture) == (1024, 1024)


async def test_seed_003s_request(client: Client) -> None:
    wanted = {"prompt": "a cute cat wearing sunglasses", "model": "nano-banana-2", "size": "1024x1024", "n": 2}
    _, _, body = await client.post("/v1/images/generations", wanted | {"response_format": "b64_json"})
    assert [size(base64.b64decode(each["b64_json"])) for each in body["data"]] == [(1024, 1024)] * 2


async def test_seed_000s_clip_from_submit_to_download(client: Client) -> None:
    wanted = {
        "prompt": "Shot 1:\nduration: 1.0sec\nScene: 赛博校园走廊，霓虹公告栏闪烁。",
        "model": "sora-2",
        "aspect_ratio": "16:9",
        "hd": False,
        "duration": "4",
    }
    status, headers, body = await client.post("/v2/videos/generations", wanted)
    assert status == 200 and set(body) == {"task_id"} and headers["x-manju-model"] == "offline:animatic"
    async with asyncio.timeout(60):
        while (answer := (await client.get(f"/v2/videos/generations/{body['task_id']}"))[2])["status"] != "SUCCESS":
            assert answer["status"] in ("NOT_START", "IN_PROGRESS") and answer["progress"].endswith("%")
            assert "output" not in answer.get("data", {})
            await asyncio.sleep(0.05)
    assert (
        answer["progress"] == "100%" and answer["fail_reason"] == "" and answer["finish_time"] >= answer["submit_time"]
    )
    status, headers, clip = await client.get(answer["data"]["output"], key="")
    with av.open(io.BytesIO(clip)) as opened:
        assert opened.streams.video[0].width == 1280
    status, headers, part = await client.get(answer["data"]["output"], key="", headers={"Range": "bytes=4-7"})
    assert (status, part) == (206, b"ftyp")
    second = (await client.get(f"/v1/videos/{body['task_id']}"))[2]
    assert second["status"] == "completed" and second["object"] == "video" and second["seconds"] == "4"
    assert (await client.get(f"/v1/videos/{body['task_id']}/content"))[2] == clip


async def test_an_unknown_task_is_404(client: Client) -> None:
    status, _, body = await client.get("/v2/videos/generations/task_nobody")
    assert status == 404 and body["error"]["code"] == "task_not_found"


async def test_an_unknown_model_lists_what_there_is(client: Client) -> None:
    status, _, body = await client.post("/v1/images/generations", {"prompt": "x", "model": "dall-e-99"})
    assert status in (400, 404) and "nano-banana-2" in body["error"]["message"]


async def test_the_same_idempotency_key_is_the_same_order(client: Client) -> None:
    wanted = {"prompt": "猫", "model": "sora-2", "duration": "4"}
    key = {"Idempotency-Key": "one"}
    first = (await client.post("/v2/videos/generations", wanted, headers=key))[2]
    assert (await client.post("/v2/videos/generations", wanted, headers=key))[2] == first
    status, _, body = await client.post("/v2/videos/generations", wanted | {"prompt": "狗"}, headers=key)
    assert status in (409, 422) and "Idempotency-Key" in body["error"]["message"]


async def test_speech_in_every_form(client: Client) -> None:
    for form in ("mp3", "opus", "aac", "flac", "wav", "pcm"):
        wanted = {"model": "tts-1-hd", "input": "你好，世界。", "voice": "alloy", "response_format": form}
        status, _, sound = await client.post("/v1/audio/speech", wanted)
        assert status == 200 and len(sound) > 3000, form
        if form != "pcm":
            with av.open(io.BytesIO(sound)) as opened:
                length = sum(frame.samples / frame.sample_rate for frame in opened.decode(audio=0))
            assert 0.8 < length < 4, form


async def test_foreign_hosts_and_pages_are_refused(client: Client) -> None:
    assert (await client.get("/v1/models", headers={"Host": "evil.example"}))[0] == 403
    assert (await client.get("/v1/models", headers={"Origin": "https://evil.example"}))[0] == 403
    assert (await client.get("/v1/models", headers={"Origin": client.url}))[0] == 200


async def test_addresses_inside_are_not_fetched(client: Client) -> None:
    for inside in ("http://169.254.169.254/latest", client.url + "/healthz", "http://localhost/x.png"):
        wanted = {"prompt": "x", "model": "nano-banana-2", "image": [inside]}
        status, _, body = await client.post("/v1/images/generations", wanted)
        assert status == 400 and "not a public address" in body["error"]["message"]
