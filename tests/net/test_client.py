"""The shared HTTP client: proxies of the environment, and what it never sends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from manju.errors import NoAnswerError, NotSentError
from manju.net.client import Http
from manju.net.guard import ForbiddenError
from vendors.emulator import Emulator, Fault


class Echo(Emulator):
    """Answers everything, as a proxy does too."""

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/{rest:.*}", self._echo)]

    async def _echo(self, request: web.Request) -> web.Response:
        return web.Response(body=b"here")


@pytest.fixture
async def echo(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Echo]:
    for name in ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with Echo() as opened:
        yield opened


async def test_the_proxy_of_the_environment_is_used(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", echo.url.replace("http://", "http://me:secret@"))
    async with Http() as http:
        assert (await http.send("POST", "http://upstream.example/v1/x", data=b"1")).body == b"here"
    (seen,) = echo.seen
    assert seen.headers["host"] == "upstream.example" and "authorization" not in seen.headers
    assert seen.headers["proxy-authorization"].startswith("Basic ")


async def test_what_needs_no_proxy_goes_straight(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with Http() as http:
        assert (await http.send("GET", f"{echo.url}/x")).body == b"here"
    assert "proxy-authorization" not in echo.seen[0].headers


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127。0。0。1"])
async def test_an_address_from_outside_does_not_lead_inside(echo: Echo, host: str) -> None:
    url = echo.url.replace("127.0.0.1", host)
    async with Http() as http:
        assert (await http.send("GET", url)).body == b"here"
        with pytest.raises(ForbiddenError, match="not a public address"):
            await http.send("GET", url, guarded=True)
    assert len(echo.seen) == 1


async def test_nor_through_a_proxy(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", echo.url)
    async with Http() as http:
        with pytest.raises(ForbiddenError):
            await http.send("GET", "http://10.0.0.1/x", guarded=True)
        assert (await http.send("GET", "http://files.example/x", guarded=True)).body == b"here"
    assert [seen.headers["host"] for seen in echo.seen] == ["files.example"]


async def test_a_password_of_this_machine_stays_here(
    echo: Echo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    async with Http() as http:
        await http.send("GET", f"{echo.url}/x")
        await http.send("GET", f"{echo.url}/x", headers={"Authorization": "Bearer k"})
    assert [seen.headers.get("authorization") for seen in echo.seen] == [None, "Bearer k"]


@pytest.mark.parametrize("size", [0, 1, 100_000, 3_000_000])
async def test_bodies_arrive_whole(echo: Echo, size: int) -> None:
    async with Http() as http:
        await http.send("POST", f"{echo.url}/x", data=b"a" * size)
    assert echo.seen[0].body == b"a" * size and echo.seen[0].headers["content-length"] == str(size)


async def test_no_connection_and_a_broken_one_are_told_apart(echo: Echo) -> None:
    async with Http() as http:
        with pytest.raises(NotSentError):
            await http.send("POST", "http://127.0.0.1:9/x")
        echo.fail(Fault("reset"))
        with pytest.raises(NoAnswerError):
            await http.send("POST", f"{echo.url}/x")
