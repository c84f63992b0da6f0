"""What callers cannot reach through us, what they cannot fill us with, and that a hook which was promised is told."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image
from serving import Client, served
from yarl import URL

from manju.api import access
from manju.api.gateway import inputs
from manju.config import Settings
from manju.db.keys import Keys
from manju.errors import InputError
from manju.gateway.tasks import Tasks
from manju.net.guard import Guard

CLIP = {"prompt": "雨夜的走廊", "model": "sora-2", "duration": "4"}
SMALL = {"prompt": "雨夜的走廊", "model": "nano-banana-2", "width": 128, "height": 96}


@pytest.fixture(autouse=True)
def _one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANJU_WORKERS", "1")


Listener = tuple[str, asyncio.Queue[Any]]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    """An address on this machine, and what it heard."""
    told: asyncio.Queue[Any] = asyncio.Queue()

    async def hear(request: web.Request) -> web.Response:
        await told.put(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://localhost:{runner.addresses[0][1]}/hook", told
    await runner.cleanup()


def hooked(url: str) -> list[tuple[str, dict[str, Any]]]:
    """An order of each kind with a hook."""
    return [
        ("/v2/videos/generations", CLIP | {"notify_hook": url}),
        (f"/v1/images/generations?async=true&webhook={url}", SMALL | {"n": 2}),
    ]


class TestReach:
    async def test_no_spelling_of_an_inner_address_is_called(self, client: Client) -> None:
        for url in ("http://127。0。0。1:9/x", "http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/", "http://[::ffff:7f00:1]/"):
            for path, fields in [*hooked(url), ("/v1/images/generations", SMALL | {"image": url})]:
                status, _, body = await client.post(path, fields)
                assert status == 400 and "not a public address" in body["error"]["message"], (url, body)
        assert (await client.get("/v1/videos"))[2]["data"] == []

    async def test_nor_are_we_under_our_own_name(self, tmp_path: Path) -> None:
        async with served(tmp_path, public_url="https://studio.example") as client:
            for url in ("https://studio.example/admin", "http://STUDIO.example.:8000/x", "https://studio。example/x"):
                for path, fields in hooked(url):
                    status, _, body = await client.post(path, fields)
                    assert status == 400 and "this server's own address" in body["error"]["message"], (url, body)
            assert (await client.get("/v1/videos"))[2]["data"] == []


class TestHookHosts:
    """Hosts inside that the operator has named for hooks."""

    @pytest.mark.parametrize("named", ["localhost", "localhost:PORT", "LOCALHOST"])
    async def test_they_are_told(self, tmp_path: Path, listener: Listener, named: str) -> None:
        url, told = listener
        hosts = named.replace("PORT", str(URL(url).port))
        (tmp_path / "manju.toml").write_text(f'hook_hosts = ["{hosts}"]\n')
        async with served(tmp_path) as client, asyncio.timeout(60):
            for path, fields in hooked(url):
                status, _, body = await client.post(path, fields)
                assert status == 200 and (await told.get())["task_id"] == body["task_id"]

    async def test_no_other_is_and_nothing_but_a_hook_goes_there(self, tmp_path: Path, listener: Listener) -> None:
        url, told = listener
        (tmp_path / "manju.toml").write_text(f'hook_hosts = ["localhost:{URL(url).port}"]\n')
        async with served(tmp_path) as client:
            inside = [f"http://127.0.0.1:{URL(url).port}/hook", "http://[::1]:9/x"]
            for path, fields in [each for other in inside for each in hooked(other)]:
                status, _, body = await client.post(path, fields)
                assert status == 400 and "not a public address" in body["error"]["message"]
            status, _, body = await client.post("/v1/images/generations", SMALL | {"image": url})
            assert status == 400 and "not a public address" in body["error"]["message"]
            for path, fields in hooked(client.url.replace("127.0.0.1", "localhost") + "/v1/models"):
                await client.post(path, fields)  # its name leads inside, and it is not listed with this port
            assert (await client.get("/v1/models"))[0] == 200 and told.empty()

    async def test_but_never_we_ourselves(self, tmp_path: Path) -> None:
        (tmp_path / "manju.toml").write_text('hook_hosts = ["127.0.0.1"]\n')
        async with served(tmp_path) as client:
            for path, fields in hooked(f"{client.url}/v1/models"):
                status, _, body = await client.post(path, fields)
                assert status == 400 and "this server's own address" in body["error"]["message"]

    @pytest.mark.parametrize("wrong", ["http://studio.internal", "studio.internal/hook", "user@host", ""])
    def test_a_slip_is_told(self, tmp_path: Path, wrong: str) -> None:
        (tmp_path / "manju.toml").write_text(f'hook_hosts = ["{wrong}"]\n')
        with pytest.raises(InputError, match=r"hook_hosts in manju\.toml"):
            Settings.load(data=tmp_path)


class TestPromises:
    @pytest.fixture
    def heard(self, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> Listener:
        """It may be called in these tests."""
        monkeypatch.setattr(Guard, "allowed", lambda *_: True)
        return listener

    @pytest.mark.parametrize(("kind", "members"), [(0, 1), (1, 1), (1, 2)])
    async def test_a_process_that_dies_once_it_has_ordered_tells_all_the_same(
        self, heard: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: int, members: int
    ) -> None:
        url, told = heard
        path, fields = hooked(url)[kind]
        placed: list[str] = []
        real = Tasks.place

        async def dies(desk: Tasks, *given: Any, **named: Any) -> str:
            placed.append(await real(desk, *given, **named))
            if len(placed) == members:
                raise RuntimeError("here the process dies")
            return placed[-1]

        monkeypatch.setattr(Tasks, "place", dies)
        async with served(tmp_path) as client:
            key = client.key
            assert (await client.post(path, fields))[0] == 500
        assert told.empty()
        monkeypatch.undo()
        monkeypatch.setenv("MANJU_WORKERS", "1")
        monkeypatch.setattr(Guard, "allowed", lambda *_: True)
        async with served(tmp_path, key) as client, asyncio.timeout(60):
            said = await told.get()
            assert said["task_id"] == ".".join(placed)
            assert (said.get("status") or said["data"]["status"]) == "SUCCESS"

    async def test_one_that_ordered_less_tells_of_that(
        self, heard: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url, told = heard
        path, fields = hooked(url)[1]
        async with served(tmp_path) as client:
            key, plan, plans = client.key, client.app.gateway.plan, 0

            async def dies(*given: Any) -> None:
                nonlocal plans
                plans += 1
                if plans == 2:
                    raise RuntimeError("here the process dies")
                await plan(*given)

            monkeypatch.setattr(client.app.gateway, "plan", dies)
            assert (await client.post(path, fields))[0] == 500
        async with served(tmp_path, key) as client, asyncio.timeout(60):
            said = await told.get()
            assert said["data"]["status"] == "SUCCESS" and len(said["data"]["data"]["data"]) == 1
            assert (await client.get(f"/v1/images/tasks/{said['task_id']}"))[0] == 200

    async def test_of_several_pictures_those_that_the_key_may_have(self, heard: Any, client: Client) -> None:
        """The others were refused, and nothing of what was ordered is told twice."""
        url, told = heard
        _, few = await Keys(client.app.database).create("few", account="local", tasks=2)
        path, fields = hooked(url)[1]
        status, _, body = await client.post(path, fields | {"n": 4}, key=few, headers={"Idempotency-Key": "k"})
        assert status == 200 and body["task_id"].count(".") == 1
        async with asyncio.timeout(60):
            said = await told.get()
            assert said["task_id"] == body["task_id"] and len(said["data"]["data"]["data"]) == 2
            assert (await client.get(f"/v1/images/tasks/{body['task_id']}", key=few))[2] == said
        assert told.empty()

    async def test_what_was_not_ordered_leaves_nothing(self, heard: Any, client: Client, tmp_path: Path) -> None:
        for path, fields in hooked(heard[0]):
            assert (await client.post(path, fields | {"model": "none"}))[0] == 404
            refused = {"Idempotency-Key": path}
            assert (await client.post(path, fields, headers=refused))[0] == 200
            assert (await client.post(path, fields | {"prompt": "晴天"}, headers=refused))[0] == 409
        async with asyncio.timeout(60):
            for _ in range(2):
                assert (await heard[1].get())["task_id"]
            while [*(tmp_path / "hooks").glob("*.json")]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert heard[1].empty()


class TestRoom:
    async def test_a_server_removes_what_nobody_needs_any_more(self, tmp_path: Path) -> None:
        inbox = tmp_path / "artefacts" / "inbox"
        inbox.mkdir(parents=True)
        left, fresh = (inbox / f"attempt_0{n}m7zt5tzsxhtrztyzkbf9evz8-0.png" for n in (1, 2))
        for path in (left, fresh):
            path.write_bytes(b"x")
        os.utime(left, (0, 0))
        async with served(tmp_path), asyncio.timeout(60):
            while left.exists():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            assert fresh.exists()

    async def test_bodies_that_do_not_fit_at_once_come_later(self, client: Client, monkeypatch) -> None:
        monkeypatch.setattr(access, "ROOM", 3000)
        goes_on = asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b'{"prompt": "x", "width": 64, "height": 64, "user": "' + b"x" * 2000
            await goes_on.wait()
            yield b'"}'

        def begun() -> asyncio.Task[Any]:
            json = {"Content-Type": "application/json"}
            return asyncio.create_task(client.ask("POST", "/v1/images/generations", data=slowly(), headers=json))

        first = begun()
        async with asyncio.timeout(60):
            while (answer := await client.post("/v1/images/generations", SMALL | {"user": "y" * 2000}))[0] != 503:
                assert answer[0] == 200  # the other has not arrived yet, or came second
                first = begun() if first.done() else first
                await client.get("/v1/models")  # which gives it time to arrive
        assert answer[2]["error"]["code"] == "server_busy" and answer[1]["x-should-retry"] == "true"
        assert answer[1]["retry-after"] == "1"
        goes_on.set()
        assert (await first)[0] == 200
        assert (await client.post("/v1/images/generations", SMALL | {"user": "y" * 2000}))[0] == 200

    async def test_few_pictures_are_decoded_at_once(self, client: Client, monkeypatch) -> None:
        decode, lock = inputs._accept, threading.Lock()
        both = threading.Barrier(inputs.DECODES)
        now = most = 0

        def counted(*given: Any) -> None:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            both.wait(30)  # as many as may are there
            decode(*given)
            with lock:
                now -= 1

        monkeypatch.setattr(inputs, "_accept", counted)
        out = io.BytesIO()
        Image.new("RGB", (8, 8)).save(out, "PNG")
        wanted = SMALL | {"image": base64.b64encode(out.getvalue()).decode()}
        answers = await asyncio.gather(*(client.post("/v1/images/generations", wanted) for _ in range(6)))
        assert [status for status, _, _ in answers] == [200] * 6 and most == inputs.DECODES
