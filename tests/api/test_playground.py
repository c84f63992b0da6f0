"""The playground (操练场) in a real browser against a real server: what a visitor sees, does, and never loses."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from browser import Page, opened
from PIL import Image
from serving import Client, served
from sqlalchemy import func, select

from manju.db.keys import Keys
from manju.db.tables import Order
from vendors.emulator import KEY, Fault
from vendors.relay_image import RelayImageEmulator

PROMPT = "赛博校园侦探，霓虹雨夜的走廊"
CLOSED = "document.querySelector('#key-box').hidden"
PRICED = "!document.querySelector('#go').disabled && /^(¥|Free|免费|at most)/.test(price.textContent)"
DONE = "document.querySelectorAll('.job[data-state=done]').length"
NOISE = (
    "Failed to load resource: the server responded with a status of 4",
    "Failed to load resource: net::ERR_",  # the server of a test ends before the browser does
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANJU_WORKERS", "1")
    monkeypatch.setenv("RELAY_KEY", KEY)


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """A browser on a desktop, in English; nothing that it complains of is passed over."""
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    async with opened(downloads) as browser:
        await browser.window(1280, 860)
        await browser.language("en-US")
        yield browser
        assert [each for each in browser.said if not each.startswith(NOISE)] == []


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RelayImageEmulator]:
    """A vendor of pictures; a server over ``tmp_path / "data"`` has it as the channel of nano-banana-2."""
    async with RelayImageEmulator() as emulator:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "manju.toml").write_text(
            f'[channels.near]\nvendor = "relay"\nbase_url = "{emulator.url}"\nkey = {{ env = "RELAY_KEY" }}\n'
            'models = { "nano-banana-2" = "nano-banana-2" }\npoll_s = 0.05\n'
            'options = { fields = "aspect_ratio,image_size,seed", part = "image", references = "generations" }\n'
        )
        yield emulator


async def visit(page: Page, client: Client, key: str | None = None) -> None:
    """Open the page and enter a key."""
    await page.open(client.url + "/playground")
    await page.write("#key", client.key if key is None else key)
    await page.press("Enter")
    await page.until(CLOSED)


async def ask(page: Page, model: str, prompt: str, **fields: str) -> None:
    """Fill in the form, wait for the price, and send."""
    await page.choose("#model", model)
    for name, value in fields.items():
        if name in ("ratio", "size", "n"):
            await page.click(f"input[name={name}][value='{value}']")
        else:
            await page.write(f"#{name}", value)
    await page.write("#prompt", prompt)
    await page.until(PRICED)
    await page.click("#go")


async def orders(client: Client) -> int:
    """How many tasks were ever placed (a clip's first frame is not one)."""
    async with client.app.database.read() as session:
        mine = select(func.count()).select_from(Order).where(Order.domain_key.like("%/api/%"))
        return int(await session.scalar(mine) or 0)


async def text(page: Page, selector: str) -> str:
    return await page.run(f"document.querySelector({json.dumps(selector)}).innerText")


async def shown(page: Page, client: Client) -> list[bytes]:
    """The pictures of the newest order, as the page has them."""
    await page.until("[...document.querySelector('.job').querySelectorAll('img')].every(one => one.naturalWidth)")
    found = await page.run("[...document.querySelector('.job').querySelectorAll('img')].map(one => one.src)")
    return [(await client.get(each, key=""))[2] for each in found]


# --- without a browser -----------------------------------------------------------------------------------------------


async def test_its_files_are_served_under_a_strict_policy(client: Client) -> None:
    status, headers, html = await client.get("/playground", key="")
    assert status == 200 and headers["content-type"] == "text/html; charset=utf-8"
    names = [each.partition(b'"')[0].decode() for each in html.split(b'"playground/')[1:]]
    assert {"app.js", "style.css", "icon.svg"} <= set(names)
    for name in names:
        status, headers, _ = await client.get(f"/playground/{name}", key="")
        policy = headers["content-security-policy"]
        assert status == 200 and "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        again = await client.get(f"/playground/{name}", key="", headers={"If-None-Match": headers["etag"]})
        assert again[0] == 304
    assert b"<script>" not in html and b"style=" not in html and b"http" not in html


@pytest.mark.parametrize("name", ["none.js", "..%2f..%2fserver.py", "../server.py", "%2e%2e", "app.js/x", ".."])
async def test_nothing_else_is_served(client: Client, name: str) -> None:
    url = f"{client.url}/playground/{name}"
    async with client.session.get(url, allow_redirects=False) as answer:
        # A client takes ".." out itself, and asks for the front page.
        assert answer.status == (307 if answer.url.path == "/" else 404)


class TestQuotes:
    async def quote(self, client: Client, body: Any, **more: Any) -> tuple[int, Any]:
        status, _, answer = await client.post("/v1/quotes", body, **more)
        return status, answer

    async def test_a_quote_is_what_the_order_costs(self, relay: RelayImageEmulator, tmp_path: Path) -> None:
        async with served(tmp_path / "data") as client:
            wanted = {"model": "nano-banana-2", "prompt": PROMPT, "aspect_ratio": "9:16", "n": 2}
            _, quoted = await self.quote(client, wanted)
            assert quoted["served_by"] == "nano-banana-2" and not quoted["offline"] and not quoted["most"]
            each = Decimal(quoted["each"])
            assert each > 0 and Decimal(quoted["amount"]) == 2 * each and quoted["currency"] == "CNY"
            status, _, made = await client.post("/v1/images/generations", wanted)
            assert status == 200 and len(made["data"]) == 2
            (key,) = await Keys(client.app.database).all()
            assert (await client.app.gateway.spending(key.project_id)).paid == int(2 * each * 1_000_000)
            assert len(relay.orders) == 2

    async def test_what_the_model_does_not_offer_is_told(self, relay: RelayImageEmulator, tmp_path: Path) -> None:
        async with served(tmp_path / "data") as client:
            _, quoted = await self.quote(client, {"model": "nano-banana-2", "ratio": "2.39:1"})
            assert quoted["effective"]["width"] / quoted["effective"]["height"] == pytest.approx(21 / 9, rel=0.01)
            assert set(quoted["changed"]) == {"width", "height"}
            assert quoted["changed"].items() <= quoted["effective"].items()
            status, problem = await self.quote(client, {"model": "nano-banana-2", "images": ["x"] * 15})
            assert status == 400 and "14 reference pictures" in problem["error"]["message"]
            assert relay.seen == []

    async def test_with_no_channel_it_is_free_and_says_by_whom(self, client: Client) -> None:
        for body, by in (
            ({"model": "nano-banana-2", "prompt": "x", "ratio": "1:4"}, "offline:sketch"),
            ({"model": "sora-2", "prompt": "x", "duration": "8", "hd": True}, "offline:animatic"),
            ({"model": "tts-1", "input": "你好"}, "offline:espeak"),
            ({"model": "gpt-4o", "messages": [{"role": "user", "content": "你好"}]}, "offline:outline"),
        ):
            status, quoted = await self.quote(client, body)
            assert (status, quoted["amount"], quoted["served_by"], quoted["offline"]) == (200, "0", by, True)

    async def test_what_a_chat_may_cost_at_most(self, tmp_path: Path) -> None:
        (tmp_path / "manju.toml").write_text(
            '[channels.near]\nvendor = "relay"\nbase_url = "http://127.0.0.1:9"\nmodels = { "gpt-4o" = "gpt-4o" }\n'
        )
        async with served(tmp_path) as client:
            body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "雨" * 1000}], "max_tokens": 1000}
            _, quoted = await self.quote(client, body)
            assert quoted["most"] and quoted["unit"] == "token"
            # 3000 bytes of text at ¥18 a million tokens, 1000 tokens of answer at ¥72
            assert Decimal("0.126") <= Decimal(quoted["amount"]) < Decimal("0.128")

    async def test_what_cannot_be_ordered_is_not_quoted(self, client: Client) -> None:
        for body, status in (
            ({"model": "sora-99", "prompt": "x"}, 404),
            ({"prompt": "x"}, 400),
            ({"model": "nano-banana-2", "ratio": "wide"}, 400),
            ({"model": "nano-banana-2", "n": 11}, 400),
            ({"model": "tts-1"}, 400),
            ({"model": "gpt-4o", "messages": []}, 400),
            ({"model": "offline:synth", "style": "x"}, 400),
            ([], 400),
        ):
            got, problem = await self.quote(client, body)
            assert got == status and problem["error"]["message"], body
        assert (await self.quote(client, {"model": "sora-2"}, key=""))[0] == 401
        _, narrow = await Keys(client.app.database).create("narrow", models=("tts-1",))
        assert (await self.quote(client, {"model": "sora-2"}, key=narrow))[0] in (400, 404)
        assert await orders(client) == 0


async def test_of_versions_that_the_limit_cuts_short_those_placed_are_told(client: Client) -> None:
    _, few = await Keys(client.app.database).create("few", tasks=2)
    wanted = {"model": "nano-banana-2", "prompt": PROMPT, "n": 4}
    status, _, placed = await client.post("/v1/images/generations?async=true", wanted, key=few)
    assert status == 200 and len(placed["task_id"].split(".")) == 2 == await orders(client)


# --- in a browser ----------------------------------------------------------------------------------------------------


async def test_from_the_first_visit_to_downloaded_pictures(page: Page, client: Client, tmp_path: Path) -> None:
    await page.open(client.url + "/playground")
    assert await page.run("document.title") == "manju · Playground"
    await page.write("#key", "sk-wrong")
    await page.press("Enter")
    await page.until("document.querySelector('#key-note.bad')")
    assert "wrong or was revoked" in await text(page, "#key-note")
    await page.write("#key", client.key)
    await page.press("Enter")
    await page.until(CLOSED)
    groups = await page.run("[...document.querySelectorAll('#model optgroup')].map(one => one.label)")
    assert groups == ["Pictures", "Clips", "Speech", "Text"]
    await ask(page, "nano-banana-2", PROMPT, ratio="9:16", n="2")
    assert "offline:sketch makes it on this server, free" in await text(page, "#model-note")
    assert (await text(page, "#price"), await text(page, "#price-note")) == ("Free", "made as 576×1024")
    await page.until(DONE)
    pictures = await shown(page, client)
    assert [Image.open(io.BytesIO(each)).size for each in pictures] == [(576, 1024)] * 2
    assert pictures[0] != pictures[1]
    await page.click("figcaption a")
    saved = tmp_path / "downloads"
    async with asyncio.timeout(30):
        while not (found := list(saved.glob("*.png"))):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert found[0].read_bytes() == pictures[0] and found[0].name.startswith("nano-banana-2-")
    await page.click(".look")
    await page.until("document.querySelector('#viewer').open")
    await page.press("ArrowRight")
    await page.until("document.querySelector('#viewer-title').innerText === 'Version 2'")
    await page.press("Escape")
    await page.until("!document.querySelector('#viewer').open")


@pytest.mark.parametrize(("ratio", "size"), [("2.39:1", (1024, 428)), ("1:4", (256, 1024)), ("5:7", (732, 1024))])
async def test_any_ratio_may_be_had(page: Page, client: Client, ratio: str, size: tuple[int, int]) -> None:
    await visit(page, client)
    if ratio == "5:7":
        await page.click("input[name=ratio][value=free]")
        await page.write("#free-w", "5")
        await page.write("#free-h", "7")
        await ask(page, "nano-banana-2", PROMPT)
    else:
        await ask(page, "nano-banana-2", PROMPT, ratio=ratio)
    await page.until(DONE)
    (picture,) = await shown(page, client)
    assert Image.open(io.BytesIO(picture)).size == size


async def test_a_clip_goes_on_over_a_reload(page: Page, client: Client) -> None:
    await visit(page, client)
    await ask(page, "sora-2", PROMPT, ratio="16:9", seconds="4")
    await page.until("document.querySelector('.job[data-state=waiting], .job[data-state=working]')")
    await page.reload()
    assert await page.run("document.querySelectorAll('.job').length") == 1
    assert await text(page, ".job .prompt") == PROMPT
    await page.until(DONE)
    await page.until("document.querySelector('.job video').readyState >= 1")
    shape = await page.run("(one => [one.videoWidth, one.videoHeight, one.duration])(document.querySelector('video'))")
    assert shape[:2] == [1280, 720] and shape[2] == pytest.approx(4, abs=0.1)
    assert await orders(client) == 1
    await page.reload()  # the history has it too
    assert await page.run(DONE) == 1
    assert (await client.get(await page.run("document.querySelector('video').src"), key=""))[0] == 200


async def test_a_reload_before_the_answer_buys_nothing_twice(
    page: Page, relay: RelayImageEmulator, tmp_path: Path
) -> None:
    async with served(tmp_path / "data") as client:
        await visit(page, client)
        await page.pause("*/v1/images/generations*")
        await ask(page, "nano-banana-2", PROMPT, n="2")
        await asyncio.wait_for(page.paused.get(), 60)  # placed, and the page does not know
        await page.reload()
        await asyncio.wait_for(page.paused.get(), 60)  # it has sent it again
        await page.send("Fetch.disable")
        await page.until(DONE)
        assert await orders(client) == 2 == len(relay.orders)


async def test_the_history_gives_back_the_very_same(page: Page, client: Client) -> None:
    await visit(page, client)
    await ask(page, "nano-banana-2", PROMPT, ratio="3:4", size="2K", n="2")
    await page.until(DONE)
    first = await shown(page, client)
    await ask(page, "tts-1", "你好，世界。")
    await page.until(f"{DONE} === 2")
    await page.reload()
    await page.until(PRICED)
    await page.click(".job:last-child .job-actions button")  # the older one
    await page.until(PRICED)
    said = "['#model', '#prompt'].map(one => document.querySelector(one).value)"
    assert await page.run(said) == ["nano-banana-2", PROMPT]
    chosen = "['ratio', 'size', 'n'].map(one => document.querySelector(`input[name=${one}]:checked`).value)"
    assert await page.run(chosen) == ["3:4", "2K", "2"]
    await page.click("#go")
    await page.until(f"{DONE} === 3")
    assert await shown(page, client) == first


async def test_the_price_comes_first_and_an_empty_account_buys_nothing(
    page: Page, relay: RelayImageEmulator, tmp_path: Path
) -> None:
    async with served(tmp_path / "data") as client:
        _, poor = await Keys(client.app.database).create("poor", credits=1_000_000)
        await visit(page, client, poor)
        await ask(page, "nano-banana-2", PROMPT)
        assert await text(page, "#price") == "¥0.9648"
        await page.until(DONE)
        await ask(page, "nano-banana-2", "再来一张", n="4")
        assert await text(page, "#price") == "¥3.8592"
        assert (await text(page, "#price-note")).startswith("4 × ¥0.9648 · ")
        await page.until("document.querySelector('.job[data-state=failed]')")
        told = await text(page, ".job")
        assert "The budget does not bear this" in told and "Top the account up" in told and "Nothing was sent" in told
        assert "the account poor has ¥0.0352 left" in told
        assert len(relay.orders) == 1 and told.count("The budget") == 1 and "¥3.8592" not in told
        await page.reload()
        assert "The budget does not bear this" in await text(page, ".job")
        assert "¥0.9648" in await text(page, ".job:last-child")


async def test_pictures_of_ones_own_are_sent_along(page: Page, relay: RelayImageEmulator, tmp_path: Path) -> None:
    own = tmp_path / "own.png"
    Image.new("RGB", (80, 60), "teal").save(own)
    (tmp_path / "note.txt").write_text("no picture")
    async with served(tmp_path / "data") as client:
        await visit(page, client)
        await page.upload("#files", own, tmp_path / "note.txt")
        await page.until("document.querySelectorAll('.ref img').length === 1")
        assert "note.txt is not a" in await text(page, "#refs-note")
        await page.reload()  # they are kept
        await page.until("document.querySelector('.ref img')?.naturalWidth === 80")
        await ask(page, "nano-banana-2", PROMPT)
        await page.until(DONE)
        (sent,) = relay.fields(next(seen for seen in relay.seen if seen.method == "POST")).pictures
        assert Image.open(io.BytesIO(sent)).size == (80, 60)


async def test_an_order_in_doubt_is_shown_and_goes_on_when_it_is_decided(
    page: Page, relay: RelayImageEmulator, tmp_path: Path
) -> None:
    async with served(tmp_path / "data") as client:
        relay.fail(Fault("lost"), path="generations")
        await visit(page, client)
        await ask(page, "nano-banana-2", PROMPT)
        await page.until("document.querySelector('.job[data-state=doubt]')")
        assert "not sent again by itself" in await text(page, ".job")
        async with client.session.get(client.url + "/admin/orders", headers=client.admin) as answer:
            (doubt,) = (await answer.json())["data"]
        url = f"{client.url}/admin/orders/{doubt['id']}/release"
        async with client.session.post(url, headers=client.admin) as answer:
            assert answer.status == 200
        await page.until("document.querySelector('.job[data-state=failed]')")
        assert "Not charged" in await text(page, ".job") and len(relay.orders) == 1


async def test_speech_and_chat(page: Page, client: Client) -> None:
    await visit(page, client)
    await ask(page, "tts-1", "你好，世界。", voice="onyx")
    await page.until("document.querySelector('audio')?.duration > 0.8")
    await ask(page, "gpt-4o", "写一个校园侦探的故事")
    await page.until(f"{DONE} === 2")
    assert len(await text(page, ".job .said .text")) > 100
    await page.reload()
    await page.until("document.querySelector('audio')?.duration > 0.8")
    assert len(await text(page, ".job .said .text")) > 100


async def test_a_key_is_remembered_only_on_request(page: Page, client: Client) -> None:
    await visit(page, client)
    kept = "JSON.stringify(localStorage)"
    assert client.key not in await page.run(kept)
    await page.reload()
    await page.until("document.querySelector('#model').value")  # this tab still has it
    await page.click("#key-open")
    await page.click("#key-keep")
    assert client.key in await page.run(kept)
    await page.click("#key-keep")
    assert client.key not in await page.run(kept)


async def test_another_key_touches_no_order_of_the_first(page: Page, client: Client) -> None:
    _, other = await Keys(client.app.database).create("other")
    await visit(page, client)
    await page.pause("*/v1/images/tasks/*")
    await ask(page, "nano-banana-2", PROMPT)
    await asyncio.wait_for(page.paused.get(), 60)  # in flight, as far as the page knows
    await page.run(f"sessionStorage.setItem('manju.playground.key', '{other}')")
    await page.reload()
    await page.until(f"document.querySelector('.job-note').innerText.includes('…{client.key[-4:]}')")
    await page.until("document.querySelector('#model').value")
    await page.send("Fetch.disable")
    await page.click("#key-open")
    await page.write("#key", client.key)
    await page.click("#key-use")
    await page.until(DONE)
    assert await orders(client) == 1


async def test_on_a_phone_in_chinese_with_the_keyboard_alone(page: Page, client: Client) -> None:
    await page.window(390, 844, phone=True)
    await page.language("zh-CN")
    await page.open(client.url + "/playground")
    assert await text(page, "h1") == "操练场" and await page.run("document.documentElement.lang") == "zh-CN"
    assert await page.run("document.activeElement.id") == "key"
    await page.send("Input.insertText", text=client.key)
    await page.press("Enter")
    await page.until(CLOSED)
    assert await page.run("document.activeElement.id") == "prompt"
    await page.send("Input.insertText", text=PROMPT)
    await page.press("Tab")
    assert await page.run("document.activeElement.name") == "ratio"
    await page.press("ArrowLeft")  # from 9:16 to 16:9
    assert await page.run("document.querySelector('input[name=ratio]:checked').value") == "16:9"
    await page.until(f"{PRICED} && document.querySelector('#price-note').textContent === '按 1024×576 生成'")
    await page.press("Enter", modifiers=2)
    await page.until(DONE)
    assert (await text(page, ".pill"), await text(page, "figcaption a")) == ("完成", "下载")
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert await page.run(wide)
    seen = "(box => box.bottom <= innerHeight && box.top >= 0)(document.querySelector('#go').getBoundingClientRect())"
    await page.run("scrollTo({ top: 0, behavior: 'instant' })")
    assert await page.run(seen)
    small = await page.run(
        "[...document.querySelectorAll('button, a, select, input[type=number]')].filter(one => one.offsetParent)"
        ".filter(one => one.offsetHeight < 38).map(one => one.outerHTML)"
    )
    assert small == []


async def test_while_the_server_is_away_nothing_is_lost(page: Page, tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with served(data) as client:
        await visit(page, client)
        await page.send("Network.enable")
        away = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        await page.write("#prompt", PROMPT)
        await page.until(PRICED)
        await page.send("Network.emulateNetworkConditions", **away)
        await page.click("#go")
        await page.until("document.querySelector('.job-note').innerText.includes('trying again')")
        await page.send("Network.emulateNetworkConditions", **away | {"offline": False, "downloadThroughput": -1,
                                                                      "uploadThroughput": -1})  # fmt: skip
        await page.until(DONE)
        assert await orders(client) == 1
