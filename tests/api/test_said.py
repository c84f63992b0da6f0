"""What clients are told: of their own mistakes by field, of the operator's troubles nothing but that there are some."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image
from serving import Client, served
from sqlalchemy.exc import DBAPIError

from manju.db.faults import explain
from manju.db.keys import Keys
from vendors.emulator import KEY, Fault
from vendors.openai_image import OpenAIImageEmulator
from vendors.openai_speech import OpenAISpeechEmulator

WHERE = "postgresql://postgres@/secret?host=%2Ftmp%2Fsockets"
SMALL = {"prompt": "雨夜", "model": "nano-banana-2", "width": 128, "height": 96}
CLIP = {"prompt": "雨夜", "model": "sora-2"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANJU_WORKERS", "1")
    monkeypatch.setenv("NEAR_KEY", KEY)


def png(width: int = 32, height: int = 32) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(file, "png")
    return file.getvalue()


def near(data: Path, vendor: OpenAIImageEmulator | OpenAISpeechEmulator, model: str, more: str = "") -> None:
    (data / "manju.toml").write_text(
        f'[channels.near]\nvendor = "openai"\nbase_url = "{vendor.url}/v1"\nkey = {{ env = "NEAR_KEY" }}\n'
        f'models = {{ "{model}" = "{vendor.model}" }}\n{more}'
    )


class TestTheOperatorsTroubles:
    @pytest.mark.parametrize("cause", [ConnectionRefusedError(111, "Connection refused"), TimeoutError()])
    async def test_a_database_that_is_gone(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, cause: OSError
    ) -> None:
        def gone(*_: Any) -> Any:
            found = explain(DBAPIError("connect", None, cause), WHERE, 30)
            assert found is not None
            raise found

        monkeypatch.setattr(Keys, "find", gone)
        for path in ("/v1/videos/x", "/v1/models"):
            answered, headers, body = await client.get(path, key="anything")
            assert (answered, headers["x-should-retry"]) == (503, "true")
            assert body["error"]["type"] == "server_error" and body["error"]["code"] == "server_unavailable"
            assert "postgres" not in json.dumps(body) and "secret" not in json.dumps(body)
        assert WHERE in caplog.text  # the log has it

    async def test_a_limit_of_tasks_is_no_empty_account(self, client: Client) -> None:
        _, busy = await Keys(client.app.database).create("busy", account="local", tasks=1)
        first = asyncio.create_task(client.post("/v1/images/generations", SMALL | {"width": 4096}, key=busy))
        await asyncio.sleep(0.05)
        status, headers, body = await client.post("/v1/images/generations", SMALL, key=busy)
        assert (status, headers["x-should-retry"]) == (429, "true")
        assert body["error"]["type"] == "rate_limit_error" and body["error"]["code"] == "rate_limit_exceeded"
        await first

    async def test_no_amount_is_too_large_to_be_told(self, client: Client) -> None:
        for fields in ({"credits": "1e30"}, {"budget": "1e999"}, {"day_budget": 1e300}, {"tasks": 10**20}):
            body = {"name": "b", "account": "local"} | fields
            status, _, told = await client.ask("POST", "/admin/keys", json=body, headers=client.admin, key="")
            assert status == 400 and json.loads(told)["title"] == "The request cannot be used", fields

    async def test_admin_has_its_own_form_everywhere(self, client: Client) -> None:
        for method, path, status in (("GET", "/admin/none", 404), ("PUT", "/admin/keys", 405), ("GET", "/admin", 404)):
            answered, headers, body = await client.ask(method, path, headers=client.admin, key="")
            assert (answered, headers["content-type"]) == (status, "application/problem+json"), path
            told = json.loads(body)
            assert told["status"] == status and told["title"] and path in told["detail"]


class TestPictures:
    @pytest.mark.parametrize("broken", [png(64, 64)[:-40], png()[:20], b"\x89PNG\r\n\x1a\nnothing"])
    async def test_a_damaged_one_is_its_senders_mistake(self, client: Client, broken: bytes) -> None:
        uri = f"data:image/png;base64,{base64.b64encode(broken).decode()}"
        form = aiohttp.FormData({"prompt": "雨", "model": "nano-banana-2"})
        form.add_field("image", broken, filename="a.png", content_type="image/png")
        asked: list[tuple[str, dict[str, Any], str]] = [
            ("/v1/images/generations", {"json": SMALL | {"image": uri}}, "image"),
            ("/v1/images/generations", {"json": SMALL | {"image_urls": [uri]}}, "image_urls"),
            ("/v1/images/edits", {"json": SMALL | {"image": base64.b64encode(png()).decode(), "mask": uri}}, "mask"),
            ("/v1/images/edits", {"data": form}, "image"),
            ("/v2/videos/generations", {"json": CLIP | {"images": [uri]}}, "images"),
            ("/v1/videos", {"json": CLIP | {"input_reference": uri}}, "input_reference"),
        ]
        for path, sent, param in asked:
            status, headers, body = await client.ask("POST", path, **sent)
            error = body["error"]
            assert (status, error["code"], error["param"]) == (400, "invalid_value", param), (path, body)
            assert headers["x-should-retry"] == "false"

    async def test_our_own_under_each_name_of_this_machine(self, client: Client) -> None:
        _, _, body = await client.post("/v1/images/generations", SMALL)
        url = body["data"][0]["url"]
        for own in (url, url.replace("127.0.0.1", "localhost"), url.replace("http:", "HTTP:")):
            status, _, body = await client.post("/v1/images/generations", SMALL | {"image": own})
            assert status == 200, (own, body)
        other = url.replace("127.0.0.1", "localhost").replace("/media/", ":1/media/")
        assert (await client.post("/v1/images/generations", SMALL | {"image": other}))[0] == 400


@pytest.mark.parametrize(
    ("path", "fields", "param"),
    [
        *(
            ("/v1/images/generations", SMALL | {"width": None, "height": None} | fields, param)
            for fields, param in (
                ({"size": "32x32"}, "size"),
                ({"size": "63x63"}, "size"),
                ({"size": "10x20"}, "size"),
                ({"size": "999999x1"}, "size"),
                ({"size": "huge"}, "size"),
                ({"ratio": "1:100"}, "ratio"),
                ({"ratio": "wide"}, "ratio"),
                ({"quality": "best"}, "quality"),
                ({"width": 64}, "height"),
                ({"image": ["file:///etc/passwd"]}, "image"),
            )
        ),
        ("/v2/videos/generations", CLIP | {"aspect_ratio": "wide"}, "aspect_ratio"),
        ("/v2/videos/generations", CLIP | {"duration": "ten"}, "duration"),
        ("/v1/videos", CLIP | {"seconds": "600"}, "seconds"),
        ("/v1/videos", CLIP | {"size": "wide"}, "size"),
    ],
)
async def test_the_field_that_is_wrong(client: Client, path: str, fields: dict[str, Any], param: str) -> None:
    status, _, body = await client.post(path, fields)
    assert (status, body["error"]["code"], body["error"]["param"]) == (400, "invalid_value", param), body


async def test_no_json_and_what_is_missing_have_one_code_each(client: Client) -> None:
    headers = {"Content-Type": "application/json"}
    asked: list[tuple[str, bytes, str]] = []
    for path in ("/v2/videos/generations", *(f"/v1/{each}" for each in ("videos", "images/edits", "chat/completions"))):
        asked += [(path, b"{bad", "invalid_json"), (path, b"{}", "missing_required_parameter")]
    asked += [("/v1/audio/speech", b"{}", "missing_required_parameter")]
    asked += [("/v1/images/edits", json.dumps(SMALL).encode(), "missing_required_parameter")]
    for path, data, code in asked:
        status, _, body = await client.ask("POST", path, data=data, headers=headers)
        assert (status, body["error"]["code"]) == (400, code), (path, data, body)


class TestFiles:
    async def test_a_range_that_is_none_is_passed_over(self, client: Client) -> None:
        url = (await client.post("/v1/images/generations", SMALL))[2]["data"][0]["url"]
        whole = (await client.get(url, key=""))[2]
        for given in ("junk", "bytes=5-2", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=", "bytes=0-1,x"):
            status, _, data = await client.get(url, key="", headers={"Range": given})
            assert (status, data) == (200, whole), given
        status, _, data = await client.get(url, key="", headers={"Range": "bytes=0-1,4-5"})
        assert status == 206

    async def test_one_behind_the_end_is_told_in_openais_form(self, client: Client) -> None:
        url = (await client.post("/v1/images/generations", SMALL))[2]["data"][0]["url"]
        size = len((await client.get(url, key=""))[2])
        for given in (f"bytes={size}-", "bytes=-0"):
            status, headers, body = await client.get(url, key="", headers={"Range": given})
            assert (status, headers["content-range"]) == (416, f"bytes */{size}")
            assert body["error"]["type"] == "invalid_request_error" and str(size) in body["error"]["message"]


class TestClips:
    async def test_data_is_there_from_the_beginning(self, client: Client) -> None:
        _, _, placed = await client.post("/v2/videos/generations", CLIP | {"duration": "1"})
        seen = []
        async with asyncio.timeout(60):
            while not seen or seen[-1]["status"] != "SUCCESS":
                seen.append((await client.get(f"/v2/videos/generations/{placed['task_id']}"))[2])
                await asyncio.sleep(0.02)
        assert all(each["data"] == {} for each in seen[:-1]) and set(seen[-1]["data"]) == {"output"}
        assert "IN_PROGRESS" in [each["status"] for each in seen]  # the offline model has been at work on it

    async def test_one_model_from_order_to_list(self, client: Client) -> None:
        _, _, made = await client.post("/v1/videos", CLIP | {"seconds": "1", "size": "128x96"})
        shown = (await client.get(f"/v1/videos/{made['id']}"))[2]
        listed = (await client.get("/v1/videos"))[2]["data"][0]
        assert made["model"] == shown["model"] == listed["model"] == "offline:animatic"


class TestHooks:
    async def test_this_machine_by_name_is_as_little_public_as_by_number(self, client: Client) -> None:
        for host in ("localhost:9", "127.0.0.1:9", "a.localhost"):
            status, _, body = await client.post("/v2/videos/generations", CLIP | {"notify_hook": f"http://{host}/x"})
            assert status == 400 and "not a public address" in body["error"]["message"]
            assert "hook_hosts" in body["error"]["message"] and "upload" not in body["error"]["message"]


class TestPassedOver:
    async def test_a_schema_by_the_offline_writer(self, client: Client) -> None:
        schema = {"name": "r", "strict": True, "schema": {"type": "object", "properties": {"x": {"type": "integer"}}}}
        asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": "一只猫的故事"}]}
        form = {"response_format": {"type": "json_schema", "json_schema": schema}}
        _, headers, _ = await client.post("/v1/chat/completions", asked | form)
        assert headers["x-manju-ignored"] == "response_format"
        _, headers, _ = await client.post("/v1/chat/completions", asked | {"response_format": {"type": "json_object"}})
        assert "x-manju-ignored" not in headers

    async def test_a_temperature_that_is_none(self, client: Client) -> None:
        asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": "一只猫的故事"}], "temperature": "hot"}
        status, _, body = await client.post("/v1/chat/completions", asked)
        assert (status, body["error"]["param"]) == (400, "temperature")

    @pytest.mark.parametrize("told", [False, True])
    async def test_instructions_by_the_channel(self, tmp_path: Path, told: bool) -> None:
        async with OpenAISpeechEmulator() as vendor:
            near(tmp_path, vendor, "tts-1", 'options = { instructions = "true" }\n' if told else "")
            async with served(tmp_path) as client:
                asked = {"model": "tts-1", "input": "雨夜。", "instructions": "angry"}
                status, headers, body = await client.post("/v1/audio/speech", asked)
                assert status == 200, body
                assert headers.get("x-manju-ignored") == (None if told else "instructions")
                assert ("instructions" in vendor.seen[-1].json) == told

    @pytest.mark.parametrize("seed", [None, 0, 7])
    async def test_a_seed_by_the_channel(self, tmp_path: Path, seed: int | None) -> None:
        async with OpenAIImageEmulator() as vendor:
            near(tmp_path, vendor, "gpt-image-1")
            async with served(tmp_path) as client:
                asked = {"prompt": "雨夜", "model": "gpt-image-1", "size": "1024x1024", "seed": seed}
                status, headers, body = await client.post("/v1/images/generations", asked)
                assert status == 200, body
                assert headers.get("x-manju-ignored") == (None if seed is None else "seed")


STOP = """
import sys
from pathlib import Path
from manju.cli import ending, serve
ending.GRACE_S = float(sys.argv[2])
ending.guarded(lambda: serve.run(host="127.0.0.1", port=0, data=Path(sys.argv[1])))
"""


def left_open(data: Path) -> list[Path]:
    """The database's write-ahead log, which is gone when everything was closed."""
    return list(data.glob("*-wal"))


class TestStopping:
    """A server is stopped while a vendor does not answer."""

    async def begun(self, data: Path, grace: float) -> tuple[asyncio.subprocess.Process, asyncio.Task[Any]]:
        """A server that waits for the vendor, and the client's request."""
        argv = ("-c", STOP, str(data), str(grace))
        server = await asyncio.create_subprocess_exec(sys.executable, *argv, stderr=asyncio.subprocess.PIPE)
        assert server.stderr is not None
        url = key = ""
        while not url:
            line = (await server.stderr.readline()).decode()
            assert line, "the server has ended"
            key = line.rpartition(" ")[2].strip() if "first key" in line else key
            url = line.split()[3] if "serves on" in line else ""
        async with aiohttp.ClientSession() as session, asyncio.timeout(60):
            while True:
                try:
                    async with session.get(f"{url}/readyz") as answer:
                        if answer.status == 200:
                            break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)  # it says where before it listens
        return server, asyncio.create_task(self.ask(url, key))

    async def ask(self, url: str, key: str) -> tuple[int, dict[str, str], Any]:
        body = {"prompt": "雨夜", "model": "gpt-image-1", "size": "1024x1024"}
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{url}/v1/images/generations", json=body, headers=headers) as answer,
        ):
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.json()

    async def stalled(self, vendor: OpenAIImageEmulator, asking: asyncio.Task[Any]) -> None:
        async with asyncio.timeout(30):
            while not vendor.seen:
                assert not asking.done(), asking.result()
                await asyncio.sleep(0.05)

    async def test_it_ends_and_its_client_knows_what_was_ordered(self, tmp_path: Path) -> None:
        async with OpenAIImageEmulator() as vendor:
            vendor.fail(Fault("stall"))
            near(tmp_path, vendor, "gpt-image-1")
            server, asking = await self.begun(tmp_path, 7.0)
            await self.stalled(vendor, asking)
            server.send_signal(signal.SIGTERM)
            async with asyncio.timeout(60):
                status, headers, body = await asking
                _, err = await server.communicate()
            assert (status, body["error"]["code"], headers["x-should-retry"]) == (503, "server_stopping", "true")
            assert headers["x-manju-task"].startswith("task_") and headers["x-manju-task"] in body["error"]["message"]
            assert server.returncode == 128 + signal.SIGTERM and b"Traceback" not in err
            # Nobody knows what became of it: it is in doubt, as behind a dead process.
            async with served(tmp_path) as client, asyncio.timeout(30):
                found: list[Any] = []
                while not found:
                    found = (await client.get("/admin/orders", headers=client.admin, key=""))[2]["data"]
                    await asyncio.sleep(0.2)
            assert found[0]["state"] == "UNKNOWN" and len(vendor.orders) == 1

    @pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
    async def test_told_twice_it_ends_at_once(self, tmp_path: Path, sent: signal.Signals) -> None:
        async with OpenAIImageEmulator() as vendor:
            vendor.fail(Fault("stall"))
            near(tmp_path, vendor, "gpt-image-1")
            server, asking = await self.begun(tmp_path, 600.0)
            await self.stalled(vendor, asking)
            server.send_signal(sent)
            await asyncio.sleep(1.0)
            server.send_signal(sent)
            async with asyncio.timeout(60):
                _, err = await server.communicate()
            assert server.returncode == 128 + sent
            assert b"gone on with at the next start" in err and b"Nothing was changed" not in err
            with pytest.raises(aiohttp.ClientError):
                await asking

    async def test_idle_it_says_what_ctrl_c_left(self, tmp_path: Path) -> None:
        argv = ("-c", STOP, str(tmp_path), "20")
        server = await asyncio.create_subprocess_exec(sys.executable, *argv, stderr=asyncio.subprocess.PIPE)
        assert server.stderr is not None
        while b"serves on" not in await server.stderr.readline():
            pass
        os.kill(server.pid, signal.SIGINT)
        async with asyncio.timeout(60):
            _, err = await server.communicate()
        assert server.returncode == 130
        assert b"gone on with at the next start" in err and b"Nothing was changed" not in err
        assert not left_open(tmp_path)  # everything was closed

    async def test_a_managers_stop_is_a_normal_end(self, tmp_path: Path) -> None:
        argv = ("-c", STOP, str(tmp_path), "20")
        server = await asyncio.create_subprocess_exec(sys.executable, *argv, stderr=asyncio.subprocess.PIPE)
        assert server.stderr is not None
        while b"serves on" not in await server.stderr.readline():
            pass
        os.kill(server.pid, signal.SIGTERM)
        async with asyncio.timeout(60):
            _, err = await server.communicate()
        assert server.returncode == 0, err
        assert not left_open(tmp_path)


async def test_the_log_level_is_the_servers_alone(tmp_path: Path) -> None:
    (tmp_path / "manju.toml").write_text('log_level = "info"\n')
    argv = ("-m", "manju.cli", "doctor", "--data", str(tmp_path))
    made = await asyncio.create_subprocess_exec(sys.executable, *argv, stderr=asyncio.subprocess.PIPE)
    _, err = await made.communicate()
    assert b"alembic" not in err and logging.getLogger("alembic").name
