"""Pictures, clips and speech as clients of this family ask for them: every field, and what becomes of each."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import av
import pytest
from aiohttp import web
from PIL import Image
from serving import Client, served

from manju.api.gateway import hooks
from manju.db.keys import Keys
from manju.media import label
from manju.net.guard import Guard
from vendors.emulator import KEY, Fault
from vendors.openai_speech import OpenAISpeechEmulator
from vendors.relay_video import RelayVideoEmulator

SMALL = {"prompt": "雨夜的走廊", "model": "nano-banana-2", "width": 128, "height": 96}
CLIP = {"prompt": "雨夜的走廊", "model": "sora-2", "duration": "4"}
FIRST, AGAIN = ({"x-stainless-retry-count": number} for number in "01")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANJU_WORKERS", "1")
    monkeypatch.setenv("RELAY_KEY", KEY)


@asynccontextmanager
async def behind(folder: Path, url: str, model: str = "sora-2", key: str = "") -> AsyncIterator[Client]:
    """A server with a relay behind it."""
    (folder / "manju.toml").write_text(
        f'[channels.near]\nvendor = "relay"\nbase_url = "{url}"\nkey = {{ env = "RELAY_KEY" }}\npoll_s = 0.02\n'
        f'models = {{ "{model}" = "{model}" }}\n'
    )
    async with served(folder, key) as client:
        yield client


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


async def picture(client: Client, **fields: Any) -> Image.Image:
    status, _, body = await client.post("/v1/images/generations", SMALL | {"width": None, "height": None} | fields)
    assert status == 200, body
    one = body["data"][0]
    data = base64.b64decode(one["b64_json"]) if "b64_json" in one else (await client.get(one["url"], key=""))[2]
    return opened(data)


async def ended(client: Client, task: str, where: str = "/v2/videos/generations") -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            _, _, answer = await client.get(f"{where}/{task}")
            status = answer.get("status") or answer["data"]["status"]
            if status in ("SUCCESS", "FAILURE") or "state" in answer:
                return dict(answer)
            await asyncio.sleep(0.03)


class TestPictures:
    async def test_sizes_in_every_dialect(self, client: Client) -> None:
        for fields, size in (
            ({"size": "256x128"}, (256, 128)),
            ({"size": "256X128"}, (256, 128)),
            ({"width": 200, "height": 100}, (200, 100)),
            ({"width": "200", "height": "100", "size": "64x64"}, (200, 100)),
            ({"aspect_ratio": "16:9", "image_size": "512"}, (512, 288)),
            ({"ratio": "2.39:1", "quality": "512"}, (512, 214)),
            ({"ratio": "1:4", "image_size": "512"}, (128, 512)),
            ({"ratio": "8:1", "image_size": "512"}, (512, 64)),
            ({"size": "16x9", "image_size": "512"}, (512, 288)),
            ({"size": "3:4", "image_size": "512"}, (384, 512)),
            ({"size": "512"}, (512, 512)),
            ({"size": "auto", "quality": "low"}, (1024, 1024)),
            ({"aspect_ratio": "1:1", "quality": "2k"}, (2048, 2048)),
        ):
            assert (await picture(client, **fields)).size == size, fields

    async def test_versions_are_different_and_each_can_be_had_again(self, client: Client) -> None:
        _, headers, body = await client.post("/v1/images/generations", SMALL | {"n": 3, "seed": 5})
        urls = [each["url"] for each in body["data"]]
        assert len(set(urls)) == 3
        _, _, task = await client.get(f"/v1/images/tasks/{headers['x-manju-task']}")
        assert [each["url"] for each in task["data"]["data"]["data"]] == urls

    async def test_the_type_that_was_asked_for(self, client: Client) -> None:
        for form, kind in (("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")):
            for more in ({}, {"response_format": "b64_json"}):
                made = await picture(client, width=128, height=96, output_format=form, output_compression=60, **more)
                assert (made.format, made.size) == (kind, (128, 96))
        _, _, body = await client.post("/v1/images/generations", SMALL | {"output_format": "webp"})
        url = body["data"][0]["url"]
        _, headers, data = await client.get(url, key="")
        assert url.endswith(".webp") and headers["content-type"] == "image/webp"
        assert (label.read(data) or {})["Label"] == "1"

    async def test_openais_own_models_answer_with_the_data(self, client: Client) -> None:
        for model, form, told in (
            ("gpt-image-1", None, {"b64_json", "url"}),
            ("gpt-image-1", "url", {"url"}),
            ("nano-banana-2", None, {"url"}),
            ("dall-e-3", "b64_json", {"b64_json"}),
        ):
            wanted = SMALL | {"model": model, "response_format": form, "n": None}
            _, _, body = await client.post("/v1/images/generations", wanted)
            assert set(body["data"][0]) == told, model

    async def test_references_in_every_form(self, client: Client) -> None:
        _, _, body = await client.post("/v1/images/generations", SMALL | {"response_format": "b64_json"})
        plain = body["data"][0]["b64_json"]
        _, _, body = await client.post("/v1/images/generations", SMALL)
        own, uri = body["data"][0]["url"], f"data:image/png;base64,{plain}"
        for name in ("image", "images", "image_urls", "image_input"):
            for given in (own, plain, uri, [own, uri], {"url": own}, [{"image_url": {"url": uri}}]):
                status, headers, body = await client.post("/v1/images/generations", SMALL | {name: given})
                assert status == 200, (name, body)
                assert headers["x-manju-ignored"] == "image"  # the offline artist looks at none, and it is said

    async def test_what_is_passed_over_is_told(self, client: Client) -> None:
        _, headers, _ = await client.post("/v1/images/generations", SMALL | {"style": "vivid", "moderation": "low"})
        assert headers["x-manju-ignored"] == "moderation,style" and headers["x-manju-model"] == "offline:sketch"
        assert headers["x-manju-size"] == "128x96"

    async def test_edits(self, client: Client) -> None:
        _, _, body = await client.post("/v1/images/generations", SMALL | {"response_format": "b64_json"})
        plain = body["data"][0]["b64_json"]
        data = base64.b64decode(plain)
        for name in ("image", "image[]"):
            form = aiohttp.FormData({"prompt": "更多的雨", "model": "nano-banana-2", "n": "2", "size": "128x96"})
            form.add_field("mask", data, filename="m.png", content_type="image/png")
            for number in range(2):
                form.add_field(name, data, filename=f"{number}.png", content_type="image/png")
            status, headers, body = await client.ask("POST", "/v1/images/edits", data=form)
            assert status == 200 and len(body["data"]) == 2 and headers["x-manju-ignored"] == "image,mask"
        as_json = {"prompt": "更多的雨", "images": [{"image_url": f"data:image/png;base64,{plain}"}], "size": "128x96"}
        status, _, body = await client.post("/v1/images/edits", as_json)
        assert status == 200 and body["data"][0]["url"]
        status, _, body = await client.post("/v1/images/edits", {"prompt": "x"})
        assert status == 400 and "needs a picture" in body["error"]["message"]

    async def test_in_the_background(self, client: Client) -> None:
        _, _, placed = await client.post("/v1/images/generations?async=true", SMALL | {"n": 2})
        assert set(placed) == {"task_id"}
        task = await ended(client, placed["task_id"], "/v1/images/tasks")
        assert task["data"]["progress"] == "100%" and len(task["data"]["data"]["data"]) == 2
        for path in ("/v2/videos/generations", "/v1/videos"):  # it is no clip
            assert (await client.get(f"{path}/{placed['task_id'].partition('.')[0]}"))[0] == 404


class TestClips:
    async def test_every_field_of_the_family_reaches_a_relay(self, tmp_path: Path) -> None:
        extras = {
            "watermark": False,
            "private": True,
            "character_url": "https://x.example/c.mp4",
            "character_timestamps": "1,3",
            "enhance_prompt": True,
            "enable_upsample": True,
        }
        async with RelayVideoEmulator() as relay, behind(tmp_path, relay.url) as client:
            wanted = CLIP | extras | {"aspect_ratio": "9:16", "hd": False, "seed": 7, "images": [], "duration": 8}
            status, headers, placed = await client.post("/v2/videos/generations", wanted)
            assert status == 200 and "x-manju-ignored" not in headers
            assert (await ended(client, placed["task_id"]))["status"] == "SUCCESS"
            (order,) = relay.orders
            assert order == {"prompt": CLIP["prompt"], "model": "sora-2", "aspect_ratio": "9:16", "hd": False,
                             "duration": "8", "seed": 7} | extras  # fmt: skip

    async def test_what_nobody_heeds_is_told(self, client: Client) -> None:
        wanted = CLIP | {"watermark": True, "private": None, "shots": 3, "hd": None, "images": None}
        _, headers, _ = await client.post("/v2/videos/generations", wanted)
        assert headers["x-manju-ignored"] == "shots,watermark" and headers["x-manju-model"] == "offline:animatic"

    @pytest.mark.parametrize("end", ["", "/", "/v1", "/v2", "/v1/"])
    async def test_a_relays_address_may_end_in_a_version(self, tmp_path: Path, end: str) -> None:
        async with RelayVideoEmulator() as relay, behind(tmp_path, relay.url + end) as client:
            _, _, placed = await client.post("/v2/videos/generations", CLIP)
            assert (await ended(client, placed["task_id"]))["status"] == "SUCCESS"
            assert (await client.ask("POST", "/admin/channels/near/test", key="", headers=client.admin))[2]["ok"]

    async def test_in_openais_form(self, client: Client) -> None:
        form = aiohttp.FormData({"prompt": "雨", "model": "sora-2", "seconds": "4", "size": "320x180"})
        _, _, body = await client.post("/v1/images/generations", SMALL | {"response_format": "b64_json"})
        data = base64.b64decode(body["data"][0]["b64_json"])
        form.add_field("input_reference", data, filename="first.png", content_type="image/png")
        status, headers, video = await client.ask("POST", "/v1/videos", data=form)
        assert status == 200 and headers["x-manju-model"] == "offline:animatic" and video["object"] == "video"
        assert (await client.get(f"/v1/videos/{video['id']}/content?variant=thumbnail"))[0] == 400
        assert (await ended(client, video["id"]))["status"] == "SUCCESS"
        shown = (await client.get(f"/v1/videos/{video['id']}"))[2]
        assert shown["status"] == "completed" and shown["size"] == "320x180" and shown["seconds"] == "4"
        path = f"/v1/videos/{video['id']}/content"
        status, headers, part = await client.get(path, headers={"Range": "bytes=4-7"}, allow_redirects=False)
        assert (status, part, headers["content-type"]) == (206, b"ftyp", "video/mp4")

    async def test_listed_page_by_page_for_their_key_only(self, client: Client) -> None:
        placed = [
            (await client.post("/v1/videos", {"prompt": str(number), "size": "320x180"}))[2]["id"]
            for number in range(3)
        ]
        await client.post("/v1/images/generations", SMALL)  # no clip
        first = (await client.get("/v1/videos?limit=2"))[2]
        assert first["object"] == "list" and [each["id"] for each in first["data"]] == placed[:0:-1]
        assert first["has_more"] and first["last_id"] == placed[1]
        rest = (await client.get(f"/v1/videos?limit=2&after={placed[1]}"))[2]
        assert [each["id"] for each in rest["data"]] == placed[:1] and not rest["has_more"]
        ascending = (await client.get("/v1/videos?order=asc"))[2]
        assert [each["prompt"] for each in ascending["data"]] == ["0", "1", "2"]
        _, other = await Keys(client.app.database).create("other", account="local")
        assert (await client.get("/v1/videos", key=other))[2]["data"] == []
        assert (await client.get(f"/v1/videos/{placed[0]}", key=other))[0] == 404
        assert (await client.get("/v1/videos?limit=0"))[0] == 400


class TestSpeech:
    async def test_each_type_is_what_it_says(self, client: Client) -> None:
        starts = {
            "mp3": (b"ID3", "audio/mpeg"),
            "opus": (b"OggS", "audio/ogg"),
            "aac": (b"ID3", "audio/aac"),
            "flac": (b"fLaC", "audio/flac"),
            "wav": (b"RIFF", "audio/wav"),
            "pcm": (b"", "audio/pcm"),
        }
        for form, (start, kind) in starts.items():
            wanted = {"model": "tts-1", "input": "你好。", "voice": "alloy", "response_format": form, "speed": 4}
            status, headers, sound = await client.post("/v1/audio/speech", wanted)
            assert status == 200 and sound.startswith(start) and headers["content-type"] == kind
            assert headers["x-manju-effective"] == "speed=2.0"
            if form in ("mp3", "flac", "wav"):
                assert (label.read(sound) or {})["Label"] == "1", form
            if form in ("opus", "aac"):
                with av.open(io.BytesIO(sound)) as opened:
                    tags = opened.metadata | opened.streams.audio[0].metadata
                assert json.loads(tags["AIGC"])["Label"] == "1", form

    async def test_openais_voices(self, client: Client) -> None:
        said = {}
        for voice in ("alloy", "onyx", {"id": "onyx"}, "female", "male", None, "f3"):
            wanted = {"model": "tts-1", "input": "你好。", "voice": voice, "response_format": "pcm"}
            status, _, said[str(voice)] = await client.post("/v1/audio/speech", wanted)
            assert status == 200, said
        assert said["alloy"] == said["female"] == said["None"] != said["onyx"] == said["male"]
        assert said["onyx"] == said["{'id': 'onyx'}"]

    async def test_who_knows_openais_voices_is_asked_for_them_by_name(self, tmp_path: Path) -> None:
        async with OpenAISpeechEmulator() as relay, behind(tmp_path, relay.url, "tts-1-hd") as client:
            wanted = {"model": "tts-1-hd", "input": "你好。", "voice": "ballad", "response_format": "wav"}
            assert (await client.post("/v1/audio/speech", wanted))[0] == 200
            assert relay.orders[0]["voice"] == "ballad"

    async def test_an_order_whose_outcome_nobody_knows_is_said_and_not_sent_again(self, tmp_path: Path) -> None:
        async with OpenAISpeechEmulator() as relay, behind(tmp_path, relay.url, "tts-1-hd") as client:
            relay.fail(Fault("lost"), path="speech")
            wanted = {"model": "tts-1-hd", "input": "你好。", "voice": "alloy"}
            for headers in (FIRST, AGAIN):
                status, told, body = await client.post("/v1/audio/speech", wanted, headers=headers)
                assert status == 504 and body["error"]["code"] == "order_unknown"
                assert told["x-should-retry"] == "false" and told["x-manju-task"] in body["error"]["message"]
            assert len(relay.orders) == 1


class TestRetries:
    """An SDK that heard no answer sends the same again, and says so."""

    async def test_never_buy_twice(self, tmp_path: Path) -> None:
        async with RelayVideoEmulator() as relay:
            async with behind(tmp_path, relay.url) as client:
                key = client.key
                _, _, first = await client.post("/v2/videos/generations", CLIP, headers=FIRST)
                assert (await client.post("/v2/videos/generations", CLIP, headers=AGAIN))[2] == first
                await ended(client, first["task_id"])
                assert (await client.post("/v2/videos/generations", CLIP, headers=AGAIN))[2] == first
                as_openai = {"prompt": CLIP["prompt"], "model": "sora-2", "seconds": "4", "size": "1280x720"}
                assert (await client.post("/v1/videos", as_openai, headers=AGAIN))[2]["id"] == first["task_id"]
            async with behind(tmp_path, relay.url, key=key) as client:  # after a restart too
                assert (await client.post("/v2/videos/generations", CLIP, headers=AGAIN))[2] == first
                assert len(relay.orders) == 1

    async def test_but_what_is_asked_for_anew_is_made_anew(self, tmp_path: Path) -> None:
        async with RelayVideoEmulator() as relay, behind(tmp_path, relay.url) as client:
            first = (await client.post("/v2/videos/generations", CLIP, headers=FIRST))[2]["task_id"]
            others = [(CLIP, FIRST), (CLIP, {}), (CLIP | {"prompt": "晴天"}, AGAIN)]
            for wanted, headers in others:
                task = (await client.post("/v2/videos/generations", wanted, headers=headers))[2]["task_id"]
                assert task != first
            _, other = await Keys(client.app.database).create("other", account="local")
            task = (await client.post("/v2/videos/generations", CLIP, headers=AGAIN, key=other))[2]["task_id"]
            await ended(client, first)
            async with asyncio.timeout(30):
                while len(relay.orders) < 5:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            assert task != first

    async def test_and_what_has_failed(self, tmp_path: Path) -> None:
        async with RelayVideoEmulator() as relay, behind(tmp_path, relay.url) as client:
            relay.outcome = "failed"
            first = (await client.post("/v2/videos/generations", CLIP, headers=FIRST))[2]["task_id"]
            assert (await ended(client, first))["status"] == "FAILURE"
            relay.outcome = "done"
            second = (await client.post("/v2/videos/generations", CLIP, headers=AGAIN))[2]["task_id"]
            assert second != first and (await ended(client, second))["status"] == "SUCCESS"


class TestHooks:
    @pytest.fixture
    async def heard(self, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, list[Any], list[int]]]:
        """An address on this machine, which may be called in these tests; what it heard, and how it answers first."""
        heard: list[Any] = []
        answers: list[int] = []

        async def hear(request: web.Request) -> web.Response:
            if answers:
                return web.Response(status=answers.pop(0))
            heard.append(await request.json())
            return web.Response()

        app = web.Application()
        app.router.add_post("/hook", hear)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        monkeypatch.setattr(Guard, "allowed", lambda *_: True)
        monkeypatch.setattr(hooks, "PAUSES_S", (0.01, 0.01))
        yield f"http://localhost:{runner.addresses[0][1]}/hook", heard, answers  # ours is 127.0.0.1
        await runner.cleanup()

    async def until(self, heard: list[Any]) -> Any:
        async with asyncio.timeout(60):
            while not heard:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return heard.pop()

    async def test_a_clip_that_has_ended_is_told(self, client: Client, heard: Any, tmp_path: Path) -> None:
        url, told, answers = heard
        answers += [500, 302]  # neither is a yes
        wanted = CLIP | {"notify_hook": url}
        task = (await client.post("/v2/videos/generations", wanted))[2]["task_id"]
        said = await self.until(told)
        assert said == (await client.get(f"/v2/videos/generations/{task}"))[2] and said["status"] == "SUCCESS"
        async with asyncio.timeout(10):
            while [*(tmp_path / "hooks").glob("*.json")]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert told == []

    async def test_pictures_too(self, client: Client, heard: Any) -> None:
        url, told, _ = heard
        asked = f"/v1/images/generations?async=true&webhook={url}"
        task = (await client.post(asked, SMALL | {"n": 2}))[2]["task_id"]
        assert (await self.until(told)) == (await client.get(f"/v1/images/tasks/{task}"))[2]

    async def test_after_a_restart(self, heard: Any, tmp_path: Path) -> None:
        url, told, _ = heard
        async with RelayVideoEmulator() as relay:
            relay.polls = 10_000
            async with behind(tmp_path, relay.url) as client:
                wanted, key = CLIP | {"notify_hook": url}, client.key
                task = (await client.post("/v2/videos/generations", wanted))[2]["task_id"]
                async with asyncio.timeout(30):
                    while not relay.tasks:  # noqa: ASYNC110
                        await asyncio.sleep(0.02)
            assert told == []
            relay.polls = 1
            async with behind(tmp_path, relay.url, key=key):
                assert (await self.until(told))["task_id"] == task

    async def test_nobody_inside_is_called(self, client: Client) -> None:
        for url in ("http://127.0.0.1:9/x", "http://169.254.169.254/", "file:///etc/passwd", "http://[::1]/"):
            for path, fields in (
                ("/v2/videos/generations", CLIP | {"notify_hook": url}),
                (f"/v1/images/generations?async=true&webhook={url}", SMALL),
            ):
                status, _, body = await client.post(path, fields)
                assert status == 400 and "address" in body["error"]["message"], json.dumps(body)
        assert (await client.get("/v1/videos"))[2]["data"] == []  # and nothing was ordered
