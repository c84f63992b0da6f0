"""``manju orders``: what a person sees of an order in doubt, and what becomes of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway import market
from manju.cli import orders
from manju.errors import ConflictError, InputError, NotFoundError, OrderFailedError, OrderUnknownError
from manju.gateway.errand import Errand
from vendors.emulator import Fault
from vendors.relay_video import RelayVideoEmulator


class Shop:
    """A data folder with one order in doubt, whose film asks for it again with `go_on`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.relay = RelayVideoEmulator()
        self.relay.fail(Fault("lost"))
        with pytest.raises(OrderUnknownError):
            self.go_on()

    def go_on(self) -> str:
        """Ask for the clip, as its film would; gives the order's id."""
        return asyncio.run(self._take())

    async def _take(self) -> str:
        async with self.relay, market.opened(self.folder, [market.channel("a", self.relay.url)]) as opened:
            return (await opened.take()).order_id

    def do(self, command: Callable[..., None], *arguments: str, **options: str | None) -> None:
        command(*arguments, data=self.folder, as_json=False, **options)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def listed(shop: Shop, capsys: pytest.CaptureFixture[str]) -> list[dict]:
    orders.show_all(data=shop.folder, as_json=True)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_list_says_where_to_look(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    (doubt,) = listed(shop, capsys)
    token = shop.relay.seen[0].headers["idempotency-key"]
    assert doubt["token"] == token and doubt["channel"] == "a" and doubt["channel_key"] == "main"
    assert (doubt["price"], doubt["currency"], doubt["state"]) == ("3", "CNY", "UNKNOWN")
    assert doubt["words"] == "雨夜" and doubt["upstream_id"] == ""
    shop.do(orders.show_all)
    out, err = capsys.readouterr()
    assert out.startswith(f"{doubt['id']}\t试\tsora-2\t¥3.00\tsent ") and token in out and out.count("\n") == 1
    assert "1 in doubt" in err and market.KEY not in out + err


class TestWaiting:
    """An order whose answer was lost at a channel that honours tokens: it waits for its film to ask again."""

    @pytest.fixture
    def left(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A data folder with one."""
        monkeypatch.setenv("NEAR_KEY", market.KEY)

        async def leave() -> None:
            async with RelayVideoEmulator() as relay:
                relay.fail(Fault("lost"))
                channels = [market.channel("near", relay.url, idempotent=True)]
                async with market.opened(tmp_path, channels) as opened:
                    monkeypatch.setattr(Errand, "back_off", lambda errand, pause: 60.0)
                    asking = asyncio.create_task(opened.take())
                    while (await opened.gateway.census())["PLANNED"] != 1:  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
                    asking.cancel()
                    await asyncio.gather(asking, return_exceptions=True)

        asyncio.run(leave())
        return tmp_path

    def near(self, folder: Path, more: str = "idempotent = true") -> None:
        (folder / "manju.toml").write_text(
            f'[channels.near]\nvendor = "relay"\nbase_url = "https://near.example"\n{more}\n'
            'keys = { main = { env = "NEAR_KEY" } }\nmodels = { "sora-2" = "sora-2" }\n'
        )

    def shown(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
        orders.show_all(data=folder, as_json=False)
        out, err = capsys.readouterr()
        return out.splitlines(), err

    def test_as_long_as_its_channel_is_there_nobody_need_decide(self, left: Path, capsys, monkeypatch) -> None:
        self.near(left)
        assert self.shown(left, capsys) == ([], "no order is in doubt\n")
        monkeypatch.delenv("NEAR_KEY")  # a shell that has not the channel's key
        lines, err = self.shown(left, capsys)
        assert lines == [] and "cannot be looked at" in err and "NEAR_KEY is empty" in err

    @pytest.mark.parametrize("how", ["gone", "honours no tokens"])
    def test_else_a_person_does(self, left: Path, capsys: pytest.CaptureFixture[str], how: str) -> None:
        if how != "gone":
            self.near(left, "")
        for _ in range(2):  # told, and not changed: this shell's channels need not be the server's
            lines, err = self.shown(left, capsys)
            assert lines == [] and "(sora-2, ¥3.00) waits for the channel 'near'" in err
        order = err.partition(" ")[0]
        with pytest.raises(ConflictError, match="it is PLANNED"):
            orders.release(order, data=left, as_json=False)


def test_found_by_its_id_it_is_fetched_and_not_bought(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (doubt,) = listed(shop, capsys)
    with pytest.raises(InputError, match=r"the channel 'a' .* is not configured any more"):
        shop.do(orders.found, doubt["id"], upstream_id=next(iter(shop.relay.tasks)), url=None)
    monkeypatch.setenv("A_KEY", market.KEY)
    (shop.folder / "manju.toml").write_text(
        '[channels.a]\nvendor = "relay"\nbase_url = "https://a.example"\nkeys = { main = { env = "A_KEY" } }\n'
        'models = { "sora-2" = "sora-2" }\n'
    )
    shop.do(orders.found, doubt["id"], upstream_id=next(iter(shop.relay.tasks)), url=None)
    assert capsys.readouterr().out == doubt["id"] + "\n"
    assert shop.go_on() == doubt["id"] and len(shop.relay.orders) == 1
    assert listed(shop, capsys) == []


def test_bought_again_only_when_a_person_says_so(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OrderUnknownError):
        shop.go_on()
    (doubt,) = listed(shop, capsys)
    shop.do(orders.buy_again, doubt["id"])
    assert shop.go_on() == doubt["id"] and len(shop.relay.orders) == 2


def test_released_it_has_failed(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    (doubt,) = listed(shop, capsys)
    orders.release(doubt["id"], data=shop.folder, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"id": doubt["id"], "state": "FAILED"}
    with pytest.raises(OrderFailedError):
        shop.go_on()
    assert len(shop.relay.orders) == 1


def test_what_cannot_be_decided_is_refused(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    (doubt,) = listed(shop, capsys)
    for given in ({"upstream_id": None, "url": None}, {"upstream_id": "x", "url": "https://x/y.mp4"}):
        with pytest.raises(InputError, match="by an id or by an address"):
            shop.do(orders.found, doubt["id"], **given)
    with pytest.raises(InputError, match="is no address"):
        shop.do(orders.found, doubt["id"], upstream_id=None, url="file:///etc/passwd")
    with pytest.raises(NotFoundError, match="order-nobody"):
        shop.do(orders.release, "order-nobody")
    assert [each["id"] for each in listed(shop, capsys)] == [doubt["id"]]
    shop.do(orders.release, doubt["id"])
    for again in (orders.buy_again, orders.release):
        with pytest.raises(ConflictError, match="it is FAILED"):
            shop.do(again, doubt["id"])
