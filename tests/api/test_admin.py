"""The admin API: who gets in, keys, channels, and what becomes of orders in doubt."""

from __future__ import annotations

import asyncio
import json
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from serving import Client, served

from gateway import market
from manju.config import ADMIN_TOKEN, Settings
from manju.errors import InputError
from manju.gateway.errand import Errand
from vendors.emulator import KEY, Fault
from vendors.relay_video import RelayVideoEmulator

TOKEN = "a-long-and-random-token"
CLIP = {"prompt": "雨夜的走廊", "model": "sora-2", "duration": "4"}


def channel(url: str) -> str:
    return f"""
[channels.near]
vendor = "relay"
base_url = "{url}"
key = {{ env = "RELAY_KEY" }}
models = {{ "sora-2" = "sora-2" }}
poll_s = 0.02
options = {{ files = "https://opts.example" }}
"""


@asynccontextmanager
async def opened(folder: Path, settings: str = "", origins: Sequence[str] = ()) -> AsyncIterator[Client]:
    (folder / "manju.toml").write_text(settings)
    async with served(folder, origins=origins) as client:
        yield client


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANJU_WORKERS", "1")
    monkeypatch.setenv("RELAY_KEY", KEY)


async def admin(client: Client, method: str, path: str, body: Any = None, headers: Any = None) -> tuple[int, Any]:
    """Status and JSON, called with the token of the data folder unless there are headers."""
    headers = client.admin if headers is None else headers
    async with client.session.request(method, f"{client.url}/admin/{path}", json=body, headers=headers) as answer:
        assert answer.headers["cache-control"] == "no-store"
        text = await answer.text()
        if answer.status >= 400:
            assert answer.content_type == "application/problem+json"
            problem = json.loads(text)
            assert problem["status"] == answer.status and problem["detail"] and problem["hint"], problem
            assert problem["type"].startswith("urn:manju:problem:") and problem["title"]
            return answer.status, problem
        return answer.status, json.loads(text) if text else None


class TestWhoGetsIn:
    async def test_the_token_of_the_data_folder_does_and_nothing_else(self, client: Client, tmp_path: Path) -> None:
        assert (await admin(client, "GET", "keys"))[0] == 200
        token = client.admin["Authorization"].split()[1]
        bearers = [f"Bearer {each}" for each in ("", token[:-1], token + "x", client.key)]
        for given in ("", token, f"Basic {token}", *bearers):
            for method, path in (("GET", "keys"), ("POST", "keys"), ("GET", "channels"), ("GET", "orders")):
                status, problem = await admin(client, method, path, {"name": "x"}, {"Authorization": given})
                assert status == 401 and token not in json.dumps(problem) and str(tmp_path) not in json.dumps(problem)
        assert len((await admin(client, "GET", "keys"))[1]["data"]) == 1
        assert (await client.get("/v1/models", key=token))[0] == 401  # it is no API key

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "192.0.2.7"])
    async def test_this_machine_does_not_a_proxy_is_on_it_too(self, client: Client, host: str) -> None:
        assert (await admin(client, "GET", "keys", headers={"Host": host}))[0] == 401
        release = "orders/order-x/release"
        assert (await admin(client, "POST", release, headers={"Host": host}))[0] == 401

    async def test_the_token_is_made_once_and_for_its_owner_only(self, tmp_path: Path) -> None:
        kept = []
        for _ in range(2):
            async with opened(tmp_path) as client:
                kept.append(client.admin)
                assert (await admin(client, "GET", "keys"))[0] == 200
        assert kept[0] == kept[1] and len(kept[0]["Authorization"]) > 40
        assert stat.S_IMODE((tmp_path / "admin.token").stat().st_mode) == 0o600

    def test_the_server_tells_where_it_lies_and_not_what_it_is(self, tmp_path: Path) -> None:
        argv = [sys.executable, "-m", "manju.cli", "serve", "--port", "0", "--data", str(tmp_path)]
        with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            said = []
            for line in server.stderr:
                said.append(line)
                if "serves on" in line:
                    break
            server.send_signal(signal.SIGTERM)
            said += server.stderr.readlines()
        path = tmp_path / "admin.token"
        assert [path] == [each for each in tmp_path.iterdir() if "token" in each.name or "partial" in each.name]
        assert f"The admin API's token is in {path}\n" in said
        assert path.read_text().strip() not in "".join(said)

    async def test_pages_that_may_use_the_relay_may_not_make_keys(self, tmp_path: Path) -> None:
        page = {"Origin": "https://studio.example"}
        async with opened(tmp_path, origins=list(page.values())) as client:
            assert (await client.get("/v1/models", headers=page))[0] == 200
            assert (await admin(client, "POST", "keys", {"name": "x"}, page))[0] == 401
            assert (await admin(client, "POST", "keys", {"name": "x"}, {"Origin": client.url}))[0] == 401

    async def test_a_token_of_ones_own_takes_its_place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(ADMIN_TOKEN, TOKEN)
        async with opened(tmp_path) as client:
            assert not (tmp_path / "admin.token").exists()
            for wrong in ("", TOKEN[:-1], TOKEN + "x", client.key):
                status, _ = await admin(client, "GET", "keys", headers={"Authorization": f"Bearer {wrong}"})
                assert status == 401
            assert (await admin(client, "GET", "keys", headers={"Authorization": f"Bearer {TOKEN}"}))[0] == 200

    async def test_the_token_comes_from_a_file_too(self, tmp_path: Path) -> None:
        secret = tmp_path / "token"
        secret.write_text(TOKEN + "\n")
        async with opened(tmp_path, f'admin_token = {{ file = "{secret}" }}\npublic_url = "https://r.example"') as here:
            assert (await admin(here, "GET", "keys", headers={"Authorization": f"Bearer {TOKEN}"}))[0] == 200

    async def test_a_token_that_cannot_be_used_is_told_at_the_start(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(InputError, match="cannot be read from"):
            async with opened(tmp_path, 'admin_token = { file = "/nowhere" }'):
                pass
        monkeypatch.setenv(ADMIN_TOKEN, "short")
        with pytest.raises(InputError, match="fewer than 16 characters") as caught:
            async with opened(tmp_path):
                pass
        assert "short" not in str(caught.value)
        monkeypatch.delenv(ADMIN_TOKEN)
        (tmp_path / "admin.token").write_text("\n")
        with pytest.raises(InputError, match="is empty"):
            async with opened(tmp_path):
                pass
        (tmp_path / "manju.toml").write_text('admin_token = "the-secret-itself"')
        with pytest.raises(InputError, match="where the token is") as caught:
            Settings.load(data=tmp_path)
        assert "the-secret-itself" not in f"{caught.value} {caught.value.hint}"


class TestAccounts:
    async def test_listed_and_topped_up(self, client: Client) -> None:
        made = (await admin(client, "POST", "keys", {"name": "studio", "credits": "2.50"}))[1]
        status, account = await admin(client, "POST", "accounts/studio/credit", {"amount": "1.25"})
        assert status == 200 and (account["id"], account["balance"]) == (made["account_id"], "3.75")
        (_, listed) = await admin(client, "GET", "accounts")
        assert {each["name"]: each["balance"] for each in listed["data"]}["studio"] == "3.75"
        for name, body, status in (
            ("nobody", {"amount": "1"}, 404),
            ("studio", {"amount": "0"}, 400),
            ("studio", {"amount": "-1"}, 400),
            ("studio", {}, 400),
            ("studio", {"amount": "1", "note": "x"}, 400),
        ):
            assert (await admin(client, "POST", f"accounts/{name}/credit", body))[0] == status
        assert (await admin(client, "POST", "accounts/studio/credit", {"amount": "1"}, {}))[0] == 401
        assert (await admin(client, "POST", "accounts/studio/credit", {"amount": 1}))[1]["balance"] == "4.75"


class TestKeys:
    async def test_made_listed_used_and_revoked(self, client: Client) -> None:
        wanted = {"name": "studio", "credits": "2.50", "models": ["sora-2"], "tasks": 2, "day_budget": 1.25}
        status, made = await admin(client, "POST", "keys", wanted)
        assert status == 201 and made["key"].startswith("sk-manju-")
        (_, listed) = await admin(client, "GET", "keys")
        assert made["key"] not in json.dumps(listed) and "digest" not in json.dumps(listed)
        shown = next(each for each in listed["data"] if each["name"] == "studio")
        assert shown == {name: value for name, value in made.items() if name != "key"}
        assert shown["models"] == ["sora-2"] and shown["day_budget"] == "1.25" and shown["hint"] == made["key"][-4:]
        _, _, models = await client.get("/v1/models", key=made["key"])
        assert [each["id"] for each in models["data"]] == ["sora-2"]
        assert (await admin(client, "DELETE", "keys/studio")) == (204, None)
        assert [each["name"] for each in (await admin(client, "GET", "keys"))[1]["data"]] == ["first"]
        assert (await admin(client, "DELETE", "keys/studio"))[0] == 404

    @pytest.mark.parametrize(
        ("wanted", "status", "named"),
        [
            ({"name": "first"}, 409, "'first'"),
            ({"name": ""}, 400, "name"),
            ({}, 400, "name"),
            ({"name": "x", "budget": "much"}, 400, "'much'"),
            ({"name": "x", "credits": "-1"}, 400, "'-1'"),
            ({"name": "x", "models": ["sora-3"]}, 400, "'sora-3'"),
            ({"name": "x", "account": "nobody"}, 404, "'nobody'"),
            ({"name": "x", "colour": "red"}, 400, "colour"),
        ],
    )
    async def test_what_cannot_be_made_says_why(self, client: Client, wanted: Any, status: int, named: str) -> None:
        got, problem = await admin(client, "POST", "keys", wanted)
        assert got == status and named in problem["detail"]
        assert len((await admin(client, "GET", "keys"))[1]["data"]) == 1


class TestChannels:
    async def test_listed_with_their_health_and_without_secrets(self, tmp_path: Path) -> None:
        async with RelayVideoEmulator() as relay, opened(tmp_path, channel(relay.url)) as client:
            _, listed = await admin(client, "GET", "channels")
            (shown,) = listed["data"]
            assert shown["base_url"] == relay.url and shown["keys"] == ["main"]
            told = json.dumps(listed)
            assert KEY not in told and "opts" not in told
            (way,) = shown["health"]
            assert (way["model"], way["state"], way["cause"]) == ("sora-2", "closed", "")

    async def test_an_address_has_no_password_in_it(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"channels\.near\.base_url in manju\.toml cannot be used"):
            async with opened(tmp_path, channel("https://me:secret@relay.example")):
                pass

    async def test_a_refused_key_is_seen_in_its_health(self, tmp_path: Path) -> None:
        async with RelayVideoEmulator() as relay, opened(tmp_path, channel(relay.url)) as client:
            relay.fail(relay.refusal("auth"), path="generations")
            _, _, placed = await client.post("/v2/videos/generations", CLIP)
            await ended(client, placed["task_id"])
            (way,) = (await admin(client, "GET", "channels"))[1]["data"][0]["health"]
            assert way["state"] == "open" and way["reopens_s"] > 60 and way["cause"]

    async def test_asked_for_nothing_that_costs(self, tmp_path: Path) -> None:
        async with RelayVideoEmulator() as relay, opened(tmp_path, channel(relay.url)) as client:
            status, told = await admin(client, "POST", "channels/near/test")
            assert status == 200 and told["ok"] and told["data"][0]["modality"] == "video"
            relay.fail(Fault("status", 401, {"error": {"message": f"no such key {KEY}"}}))
            _, told = await admin(client, "POST", "channels/near/test")
            assert not told["ok"] and KEY not in told["data"][0]["text"]
            assert (await admin(client, "POST", "channels/far/test"))[0] == 404
            assert relay.orders == []


async def ended(client: Client, task: str, *, doubt: bool = False) -> Any:
    """The task when it has ended, or stands in doubt."""
    async with asyncio.timeout(60):
        while True:
            _, _, answer = await client.get(f"/v2/videos/generations/{task}")
            if answer["status"] in ("SUCCESS", "FAILURE") or (doubt and answer.get("state") == "UNKNOWN"):
                return answer
            await asyncio.sleep(0.05)


SECONDS = 4
"""Of clip that are ordered; the relay's have one, and that is paid."""


class TestOrdersInDoubt:
    @pytest.fixture
    async def lost(self, tmp_path: Path) -> AsyncIterator[tuple[Client, RelayVideoEmulator, str, str]]:
        """A server, its upstream, a task whose order is in doubt, and the order."""
        async with RelayVideoEmulator() as relay, opened(tmp_path, channel(relay.url)) as client:
            relay.fail(Fault("lost"), path="generations")
            _, _, placed = await client.post("/v2/videos/generations", CLIP)
            await ended(client, placed["task_id"], doubt=True)
            _, listed = await admin(client, "GET", "orders")
            (doubt,) = listed["data"]
            assert doubt["state"] == "UNKNOWN" and doubt["project"] == "key first" and doubt["words"] == CLIP["prompt"]
            assert doubt["token"] == relay.seen[0].headers["idempotency-key"] and float(doubt["price"]) > 0
            yield client, relay, placed["task_id"], doubt["id"]

    async def held(self, client: Client) -> tuple[float, float]:
        (key,) = (await admin(client, "GET", "keys"))[1]["data"]
        return float(key["held"]), float(key["paid"])

    async def test_found_by_its_id_it_is_fetched(self, lost: Any) -> None:
        client, relay, task, order = lost
        price, nothing = await self.held(client)
        assert price > 0 == nothing
        answer = await admin(client, "POST", f"orders/{order}/found", {"upstream_id": next(iter(relay.tasks))})
        assert answer == (200, {"id": order, "state": "SUBMITTED"})
        assert (await ended(client, task))["status"] == "SUCCESS"
        assert len(relay.orders) == 1 and await self.held(client) == (0, price / SECONDS)

    async def test_found_by_its_address_it_is_fetched(self, lost: Any) -> None:
        client, relay, task, order = lost
        donor = (await client.post("/v2/videos/generations", CLIP | {"prompt": "晴天"}))[2]["task_id"]
        await ended(client, donor)
        path = next(seen.path for seen in relay.seen if "/files/" in seen.path)
        await admin(client, "POST", f"orders/{order}/found", {"url": relay.url + path})
        assert (await ended(client, task))["status"] == "SUCCESS" and len(relay.orders) == 2

    async def test_bought_again_on_purpose(self, lost: Any) -> None:
        client, relay, task, order = lost
        price, _ = await self.held(client)
        assert (await admin(client, "POST", f"orders/{order}/buy-again"))[1]["state"] == "PLANNED"
        assert (await ended(client, task))["status"] == "SUCCESS"
        assert len(relay.orders) == 2 and await self.held(client) == (0, price / SECONDS)

    async def test_released_it_has_failed_and_costs_nothing(self, lost: Any) -> None:
        client, relay, task, order = lost
        assert (await admin(client, "POST", f"orders/{order}/release"))[1]["state"] == "FAILED"
        assert (await ended(client, task))["status"] == "FAILURE"
        assert len(relay.orders) == 1 and await self.held(client) == (0, 0)
        status, problem = await admin(client, "POST", f"orders/{order}/buy-again")
        assert status == 409 and "FAILED" in problem["detail"]

    async def test_the_servers_list_has_what_waits_for_a_channel_that_is_gone(self, tmp_path: Path, monkeypatch):
        monkeypatch.setattr(Errand, "back_off", lambda errand, pause: 60.0)
        async with RelayVideoEmulator() as relay:
            relay.fail(Fault("lost"))
            async with market.opened(tmp_path, [market.channel("far", relay.url, idempotent=True)]) as shop:
                asking = asyncio.create_task(shop.take())
                async with asyncio.timeout(30):
                    while (await shop.gateway.census())["PLANNED"] != 1:  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
        async with opened(tmp_path) as client:
            (doubt,) = (await admin(client, "GET", "orders"))[1]["data"]
            assert doubt["channel"] == "far" and doubt["state"] == "UNKNOWN"
            assert (await admin(client, "POST", f"orders/{doubt['id']}/release"))[0] == 200
            assert (await admin(client, "GET", "orders"))[1]["data"] == []

    async def test_what_cannot_be_decided_changes_nothing(self, lost: Any) -> None:
        client, _, _, order = lost
        for body in ({}, {"upstream_id": "x", "url": "https://x.example/y.mp4"}, {"url": "ftp://x"}):
            assert (await admin(client, "POST", f"orders/{order}/found", body))[0] == 400
        assert (await admin(client, "POST", "orders/order-nobody/release"))[0] == 404
        assert [each["id"] for each in (await admin(client, "GET", "orders"))[1]["data"]] == [order]
