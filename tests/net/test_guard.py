"""What users' addresses may reach, over real sockets."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from manju.errors import InputError
from manju.net.guard import ForbiddenError, Guard

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
PICTURE = b"\x89PNG" + bytes(2000)


@pytest.fixture
async def site() -> AsyncIterator[str]:
    async def picture(request: web.Request) -> web.Response:
        return web.Response(body=PICTURE, content_type="image/png")

    async def to(request: web.Request) -> web.Response:
        raise web.HTTPFound(request.query["where"])

    async def again(request: web.Request) -> web.Response:
        raise web.HTTPFound("/again")

    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response(body=PICTURE, content_type="image/png")

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "image/png"})
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(bytes(100_000))
        return answer

    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    async def raw(request: web.Request) -> web.Response:
        return web.Response(body=PICTURE)

    async def empty(request: web.Request) -> web.Response:
        return web.Response(content_type="image/png")

    app = web.Application()
    for handler in (picture, to, again, slow, endless, page, raw, empty):
        app.router.add_get(f"/{handler.__name__}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def fetch(url: str, trusted: tuple[ipaddress.IPv4Network, ...] = LOOPBACK, **more: float) -> bytes:
    async with Guard(trusted) as guard:
        return (await guard.fetch(url, types=("image/",), limit=1 << 20, **more)).data


@pytest.mark.parametrize("path", ["/picture", "/raw", "/to?where=/picture", "/to?where=/to?where=/picture"])
async def test_a_file_is_fetched(site: str, path: str) -> None:
    assert await fetch(site + path) == PICTURE


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001",
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255",
        "127。0。0。1", "１２７.0.0.1", "①②⑦.⓪.⓪.①", "１６９.２５４.169.254", "ｌｏｃａｌｈｏｓｔ",
    ],
)  # fmt: skip
async def test_what_is_not_public_is_not_reached(site: str, host: str) -> None:
    port = site.rpartition(":")[2]
    with pytest.raises(ForbiddenError, match="not a public address"):
        await fetch(f"http://{host}:{port}/picture", trusted=())


async def test_this_machine_is_not_reached_by_its_public_address(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ipaddress.IPv4Address, "is_global", True)
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(ForbiddenError):
            await fetch(site.replace("127.0.0.1", host) + "/picture", trusted=())


async def test_a_redirect_does_not_lead_inside(site: str) -> None:
    inside = (ipaddress.ip_network("127.0.0.1/32"),)
    port = site.rpartition(":")[2]
    inner = ("127.0.0.2", "127。0。0。2", "[::1]", "169.254.169.254")
    for target in (f"http://{host}:{port}/picture" for host in inner):
        with pytest.raises(ForbiddenError):
            await fetch(f"{site}/to?where={target}", trusted=inside)


async def test_a_name_is_what_it_resolves_to(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def rebound(host: str, *more: object, **named: object):
        return real("127.0.0.1" if host == "files.example" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    with pytest.raises(ForbiddenError):
        await fetch(site.replace("127.0.0.1", "files.example") + "/picture", trusted=())


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/passwd", "not a web address"),
        ("ftp://example.com/x", "not a web address"),
        ("http://user:pass@example.com/x", "user name"),
        ("http://", "not a web address"),
        ("//x", "not a web address"),
        ("http://[::1", "not an address"),
        ("http://127.0.0.1:99999/", "not an address"),
        ("http://a..b/", "not an address"),
        (f"http://{64 * chr(97)}.example/", "not an address"),
        ("http://127.0.0.1:9/x", "cannot be fetched"),
    ],
)
async def test_what_is_no_address_is_said(url: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        await fetch(url)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/endless", "longer than 1 MB"),
        ("/page", "is text/html, not image/"),
        ("/empty", "is empty"),
        ("/nothing?token=secret", "answered 404"),
    ],
)
async def test_what_cannot_be_used_is_said(site: str, path: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        await fetch(site + path)
    assert "secret" not in caught.value.message


async def test_redirects_have_an_end(site: str) -> None:
    with pytest.raises(InputError, match="redirects more than 5 times"):
        await fetch(f"{site}/again")


@pytest.mark.parametrize("host", ["2130706433", "127.1"])
async def test_odd_spellings_of_an_address_are_refused(site: str, host: str) -> None:
    with pytest.raises(InputError):
        await fetch(f"http://{host}:{site.rpartition(':')[2]}/picture", trusted=())


async def test_a_slow_server_is_not_waited_for(site: str) -> None:
    with pytest.raises(InputError, match=r"took longer than 0\.2 s"):
        await fetch(f"{site}/slow", total_s=0.2)


class TestPosting:
    @pytest.fixture
    async def hook(self) -> AsyncIterator[tuple[str, list[bytes]]]:
        heard: list[bytes] = []

        async def hear(request: web.Request) -> web.Response:
            assert request.content_type == "application/json"
            heard.append(await request.read())
            return web.Response(status=int(request.query["status"]), headers={"Location": "/hook?status=200"})

        async def slow(request: web.Request) -> web.Response:
            await asyncio.sleep(5)
            return web.Response()

        app = web.Application()
        app.router.add_post("/hook", hear)
        app.router.add_post("/slow", slow)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", heard
        await runner.cleanup()

    @pytest.mark.parametrize("status", [200, 302, 404, 500])
    async def test_the_answer_is_its_status_and_nothing_is_followed(self, hook: Any, status: int) -> None:
        url, heard = hook
        async with Guard(LOOPBACK) as guard:
            assert await guard.post(f"{url}/hook?status={status}", b"{}") == status
        assert heard == [b"{}"]

    async def test_nobody_inside_is_called(self, hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        url, heard = hook
        real = socket.getaddrinfo
        inside = lambda host, *more, **named: real("127.0.0.1" if host == "a.example" else host, *more, **named)  # noqa: E731
        monkeypatch.setattr(socket, "getaddrinfo", inside)
        async with Guard() as guard:
            for host in ("127.0.0.1", "127。0。0。1", "１２７.0.0.1", "①②⑦.⓪.⓪.①", "a.example"):
                with pytest.raises(ForbiddenError):
                    await guard.post(url.replace("127.0.0.1", host) + "/hook?status=200", b"{}")
            for named in ("http://169.254.169.254", "file:///x"):
                with pytest.raises(InputError):
                    await guard.post(f"{named}/hook?status=200", b"{}")
        assert heard == []

    async def test_who_is_slow_or_gone_is_said(self, hook: Any) -> None:
        async with Guard(LOOPBACK) as guard:
            with pytest.raises(InputError, match=r"took longer than 0\.2 s"):
                await guard.post(f"{hook[0]}/slow", b"{}", total_s=0.2)
            with pytest.raises(InputError, match="cannot be"):
                await guard.post("http://127.0.0.1:9/x", b"{}")
