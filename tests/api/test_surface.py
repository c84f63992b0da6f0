"""The door of the server: errors in one form, sizes, origins, hosts, and the files behind ``/media``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from serving import Client, served

from manju.api import access
from manju.config import ADMIN_TOKEN
from manju.gateway.catalogue import Catalogue

PICTURE = {"prompt": "雨夜", "model": "nano-banana-2", "width": 128, "height": 128}
PAGE = "https://studio.example"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def _one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANJU_WORKERS", "1")


def problem(body: Any) -> dict[str, Any]:
    """The error of an answer, which has OpenAI's form and tells nothing of the program's inside."""
    assert set(body) == {"error"} and set(body["error"]) == {"message", "type", "param", "code"}, body
    assert "Traceback" not in body["error"]["message"] and body["error"]["message"]
    return dict(body["error"])


PLACES: list[tuple[str, str, int, str]] = [
    ("GET", "/v1/nothing", 404, "unknown_url"),
    ("GET", "/v2/nothing", 404, "unknown_url"),
    ("POST", "/v1/embeddings", 404, "unknown_url"),
    ("PUT", "/v1/images/generations", 405, "method_not_allowed"),
    ("GET", "/v1/chat/completions", 405, "method_not_allowed"),
    ("DELETE", "/v1/videos/task_x", 405, "method_not_allowed"),
    ("GET", "/v1/videos/task_x", 404, "not_found"),
    ("GET", "/v1/videos/task_x/content", 404, "not_found"),
    ("GET", "/v1/images/tasks/task_x", 404, "not_found"),
    ("GET", "/v2/videos/generations/task_x", 404, "task_not_found"),
    ("GET", "/v1/models/none", 404, "model_not_found"),
    ("GET", "/media/none", 404, "not_found"),
]
FIELDS: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/images/generations", {"prompt": 1}, "prompt"),
    ("/v1/images/generations", {"prompt": "x", "n": 0}, "n"),
    ("/v1/images/generations", {"prompt": "x", "n": "many"}, "n"),
    ("/v1/images/generations", {"prompt": "x", "response_format": "png"}, "response_format"),
    ("/v1/images/generations", {"prompt": "x", "output_format": "gif"}, "output_format"),
    ("/v1/images/generations", {"prompt": "x", "stream": True}, "stream"),
    ("/v1/images/generations", {"prompt": "x", "image": [1]}, "image.0"),
    ("/v1/images/generations", {"prompt": "x", "images": ["eA=="] * 31}, "images"),
    ("/v2/videos/generations", {"prompt": "x", "model": "sora-2", "hd": "maybe"}, "hd"),
    ("/v2/videos/generations", {"prompt": "x"}, "model"),
    ("/v1/videos", {"prompt": ["x"]}, "prompt"),
    ("/v1/audio/speech", {"model": "tts-1", "input": "x", "response_format": "m4a"}, "response_format"),
    ("/v1/audio/speech", {"model": "tts-1", "input": "x", "speed": 9}, "speed"),
    ("/v1/audio/speech", {"model": "tts-1", "input": "x", "stream_format": "sse"}, "stream_format"),
]
"""A field that is wrong, and its name in the answer."""
WISHES: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/images/generations", {"prompt": "x", "width": 640}, "width and height"),
    ("/v1/images/generations", {"prompt": "x", "size": "huge"}, "size 'huge'"),
    ("/v1/images/generations", {"prompt": "x", "quality": "best"}, "quality 'best'"),
    ("/v1/images/generations", {"prompt": "x", "ratio": "0:1"}, "ratio '0:1'"),
    ("/v1/images/generations", {"prompt": "x", "image": ["file:///etc/passwd"]}, "neither an address"),
    ("/v2/videos/generations", {"prompt": "x", "model": "sora-2", "duration": "ten"}, "number of seconds"),
    ("/v2/videos/generations", {"prompt": "x", "model": "sora-2", "duration": 600}, "cannot be made"),
    ("/v2/videos/generations", {"prompt": "x", "model": "nano-banana"}, "makes image"),
    ("/v1/videos", {"prompt": "x", "input_reference": {"file_id": "file-1"}}, "uploaded files"),
    ("/v1/videos", {"prompt": "x", "seconds": "x"}, "number of seconds"),
    ("/v1/audio/speech", {"model": "tts-1", "input": "x", "voice": "nobody"}, "no offline voice"),
]
"""What cannot be done, and what is said of it."""
POSTS = ("images/generations", "images/edits", "videos", "audio/speech", "chat/completions", "quotes")


class TestErrors:
    async def test_of_places(self, client: Client) -> None:
        for method, path, status, code in PLACES:
            answered, headers, body = await client.ask(method, path)
            assert (answered, problem(body)["code"]) == (status, code), path
            assert headers["x-should-retry"] == "false"
            if status == 405:
                assert headers["allow"] in body["error"]["message"]

    async def test_of_bodies(self, client: Client) -> None:
        for path in ("/v2/videos/generations", *(f"/v1/{each}" for each in POSTS)):
            for body in (b"{bad", b"", b"[1]", b'"x"', b"null", b"{}", b"\xff\xfe", b"[" * 100_000):
                status, _, answer = await client.ask("POST", path, data=body, headers=JSON)
                assert status == 400 and problem(answer)["type"] == "invalid_request_error", (path, body[:9], answer)

    async def test_of_fields(self, client: Client) -> None:
        for path, fields, param in FIELDS:
            status, _, body = await client.post(path, fields)
            error = problem(body)
            assert status == 400 and error["param"] == param, (fields, body)
            assert "Value error" not in error["message"]

    async def test_of_what_cannot_be(self, client: Client) -> None:
        for path, fields, said in WISHES:
            status, headers, body = await client.post(path, fields)
            assert status == 400 and said in problem(body)["message"], (fields, body)
            assert headers["x-should-retry"] == "false"

    async def test_nothing_is_read_without_a_key(self, client: Client) -> None:
        for method, path in (("POST", "/v1/images/generations"), ("GET", "/v2/nothing"), ("POST", "/v1/videos")):
            for key in ("", "sk-wrong"):
                status, headers, body = await client.ask(method, path, key=key, data=b"{bad", headers=JSON)
                assert status == 401 and problem(body)["code"] == "invalid_api_key"
                assert headers["www-authenticate"] == "Bearer"

    async def test_of_forms(self, client: Client) -> None:
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        for path in ("/v1/images/edits", "/v1/videos"):
            status, _, body = await client.ask("POST", path, data=b"no form", headers=kind)
            assert status == 400 and problem(body)

    async def test_of_our_own_tell_nothing(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(_: Catalogue) -> Any:
            raise KeyError("a secret of the inside")

        monkeypatch.setattr(Catalogue, "entries", broken)
        status, headers, body = await client.get("/v1/models")
        assert status == 500 and problem(body)["code"] == "internal_error" and headers["x-should-retry"] == "false"
        assert "secret" not in json.dumps(body)


class TestSizes:
    async def test_a_body_that_says_it_is_too_long(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(access, "LARGEST", 1000)
        status, _, body = await client.post("/v1/images/generations", {"prompt": "x" * 2000})
        assert status == 413 and problem(body)["code"] == "request_too_large"

    async def test_a_body_that_does_not_end(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            yield b'{"prompt": "'
            for _ in range(20):
                yield b"x" * 100

        monkeypatch.setattr(access, "LARGEST", 1000)
        for path in ("/v1/images/generations", "/v1/videos", "/v1/chat/completions"):
            status, _, body = await client.ask("POST", path, data=pieces(), headers=JSON)
            assert status == 413 and problem(body)["code"] == "request_too_large", path


class TestOrigins:
    async def test_an_allowed_page_may_ask_first(self, tmp_path: Path) -> None:
        asked = {
            "Origin": PAGE,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-stainless-lang",
        }
        async with served(tmp_path, origins=[PAGE]) as client:
            for path in ("/v1/images/generations", "/v2/videos/generations", "/v1/chat/completions", "/v1/models"):
                status, headers, body = await client.ask("OPTIONS", path, key="", headers=asked)
                assert status == 204 and body == b"" and headers["access-control-allow-origin"] == PAGE
                assert "POST" in headers["access-control-allow-methods"] and headers["vary"] == "Origin"
                assert headers["access-control-allow-headers"] == asked["Access-Control-Request-Headers"]
                assert "access-control-allow-credentials" not in headers
            _, _, body = await client.post("/v1/images/generations", PICTURE)
            assert (await client.get(body["data"][0]["url"]))[1]["vary"] == "Origin"

    async def test_an_allowed_page_may_read_answers_and_errors(self, tmp_path: Path) -> None:
        async with served(tmp_path, origins=[PAGE + "/"]) as client:
            for key, status in ((client.key, 200), ("sk-wrong", 401)):
                answered, headers, _ = await client.get("/v1/models", key=key, headers={"Origin": PAGE})
                assert answered == status and headers["access-control-allow-origin"] == PAGE
                assert "x-manju-model" in headers["access-control-expose-headers"]
            answered, headers, _ = await client.get("/v1/models")
            assert answered == 200 and "access-control-allow-origin" not in headers

    async def test_no_other_page_may(self, tmp_path: Path) -> None:
        async with served(tmp_path, origins=[PAGE]) as client:
            for origin in ("https://evil.example", "http://studio.example", "null", PAGE + ".evil.example"):
                for method in ("GET", "OPTIONS"):
                    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
                    status, headers, body = await client.ask(method, "/v1/models", headers=asked)
                    assert status == 403 and problem(body)["code"] == "origin_not_allowed"
                    assert "access-control-allow-origin" not in headers

    async def test_any_page_may_where_that_is_wished_but_not_make_keys(self, tmp_path: Path) -> None:
        async with served(tmp_path, origins=["*"]) as client:
            status, headers, _ = await client.get("/v1/models", headers={"Origin": "https://any.example"})
            assert status == 200 and headers["access-control-allow-origin"] == "https://any.example"
            asked = {"Origin": "https://any.example"}
            assert (await client.ask("POST", "/admin/keys", json={"name": "x"}, key="", headers=asked))[0] == 401


class TestAddresses:
    async def test_what_was_made_is_where_the_client_came_to(self, tmp_path: Path) -> None:
        async with served(tmp_path, hosts=["relay.example"]) as client:
            port = client.url.rpartition(":")[2]
            for host in (f"127.0.0.1:{port}", f"localhost:{port}", "relay.example"):
                _, _, body = await client.post("/v1/images/generations", PICTURE, headers={"Host": host})
                assert body["data"][0]["url"].startswith(f"http://{host}/media/")
                again = PICTURE | {"image": [body["data"][0]["url"]]}
                status, _, body = await client.post("/v1/images/generations", again, headers={"Host": host})
                assert status == 200, body  # our own is not fetched: no address of this machine ever is

    async def test_or_where_the_settings_say(self, tmp_path: Path) -> None:
        async with served(tmp_path, public_url="https://relay.example/manju/") as client:
            _, _, body = await client.post("/v1/images/generations", PICTURE)
            assert body["data"][0]["url"].startswith("https://relay.example/manju/media/")

    async def test_an_address_of_any_kind_is_a_host_a_name_is_not(self, client: Client) -> None:
        port = client.url.rpartition(":")[2]
        for host in ("192.0.2.7", f"192.0.2.7:{port}", f"[::1]:{port}", f"LOCALHOST:{port}"):
            assert (await client.get("/v1/models", headers={"Host": host}))[0] == 200, host
        for host in ("evil.example", "localhost.evil.example", "0x7f000001", f"evil.example:{port}"):
            status, _, body = await client.get("/v1/models", headers={"Host": host})
            assert status == 403 and problem(body)["code"] == "host_not_allowed", host


class TestFigures:
    async def test_are_for_the_admin_token_or_a_key(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(ADMIN_TOKEN, "a-long-and-random-token")
        async with served(tmp_path) as client:
            status, _, body = await client.get("/metrics", key="")
            assert status == 401 and problem(body)
            for key in (client.key, "a-long-and-random-token"):
                status, _, text = await client.get("/metrics", key=key)
                assert status == 200 and b"manju_http_requests_total" in text

    async def test_health_is_for_everybody(self, client: Client) -> None:
        for method in ("GET", "HEAD"):
            for path in ("/healthz", "/readyz"):
                assert (await client.ask(method, path, key="", headers={"X-Forwarded-For": "203.0.113.9"}))[0] == 200


class TestFiles:
    @pytest.fixture
    async def url(self, client: Client) -> str:
        _, _, body = await client.post("/v1/images/generations", PICTURE)
        return str(body["data"][0]["url"])

    async def test_whole_and_in_parts(self, client: Client, url: str) -> None:
        _, headers, whole = await client.get(url, key="")
        assert headers["content-type"] == "image/png" and headers["accept-ranges"] == "bytes"
        assert headers["x-content-type-options"] == "nosniff" and "immutable" in headers["cache-control"]
        status, head, nothing = await client.ask("HEAD", url, key="")
        assert (status, nothing) == (200, b"") and head["content-length"] == str(len(whole))
        for given, wanted in (("bytes=0-7", whole[:8]), ("bytes=-5", whole[-5:]), ("bytes=10-", whole[10:])):
            status, headers, part = await client.get(url, key="", headers={"Range": given})
            assert (status, part) == (206, wanted) and headers["content-range"].endswith(f"/{len(whole)}")
        status, headers, _ = await client.get(url, key="", headers={"Range": f"bytes={len(whole)}-"})
        assert status == 416 and headers["content-range"] == f"bytes */{len(whole)}"

    async def test_known_by_their_content(self, client: Client, url: str) -> None:
        _, headers, whole = await client.get(url, key="")
        tag = headers["etag"]
        assert tag.strip('"') in url
        for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            status, again, nothing = await client.get(url, key="", headers={"If-None-Match": known})
            assert (status, nothing) == (304, b"") and again["etag"] == tag
        assert (await client.get(url, key="", headers={"If-None-Match": '"other"'}))[2] == whole
        part = {"Range": "bytes=0-7"}
        assert (await client.get(url, key="", headers=part | {"If-Range": tag}))[0] == 206
        status, _, data = await client.get(url, key="", headers=part | {"If-Range": '"other"'})
        assert (status, data) == (200, whole)

    async def test_nothing_else_is_served(self, client: Client, url: str) -> None:
        digest = url.rpartition("/")[2].partition(".")[0]
        for name in (digest, f"{digest}.svg2222", f"{'0' * 64}.png", "..%2f..%2fmanju.db", f"{digest.upper()}.png"):
            assert (await client.get(f"/media/{name}", key=""))[0] == 404, name


def test_the_server_starts_without_what_only_films_need() -> None:
    heavy = ("av", "cv2", "numpy", "PIL", "fontTools", "alembic", "manju.media.film", "manju.recipes.short_video")
    look = f"import sys, manju.cli.serve; print(*[name for name in {heavy!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
