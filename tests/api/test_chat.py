"""``/v1/chat/completions`` in front of emulated upstreams: what passes through, what it costs, what is never bought
twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import chats
import pytest
from chats import ASKED, COST, ENTRY, MODEL, PATH, PRICE, UPSTREAM, YUAN, Shop, until
from serving import Client
from sqlalchemy import update

from manju.api.gateway import chat
from manju.db.clock import now
from manju.db.tables import Order
from manju.domain.order import Message, TextRequest
from manju.gateway import pricing
from manju.gateway.chat import stream as chat_stream
from manju.gateway.doubts import Doubts
from manju.gateway.tasks import RETRIED
from manju.gateway.tokens import Usage
from vendors.anthropic_text import AnthropicEmulator
from vendors.emulator import KEY, Fault
from vendors.openai_passthrough import ANSWER, DONE, USAGE, ChatUpstream, event


@pytest.fixture
async def upstreams(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[ChatUpstream, ChatUpstream]]:
    for name, value in UPSTREAM.items():
        monkeypatch.setenv(name, value)
    async with ChatUpstream() as first, ChatUpstream() as second:
        yield first, second


@pytest.fixture
async def shop(upstreams: tuple[ChatUpstream, ...], tmp_path: Path) -> AsyncIterator[Shop]:
    """One channel: a."""
    async with chats.opened(tmp_path, [upstreams[0].url]) as opened:
        yield opened


@pytest.fixture
async def pair(upstreams: tuple[ChatUpstream, ...], tmp_path: Path) -> AsyncIterator[Shop]:
    """Channel a before channel b."""
    async with chats.opened(tmp_path, [each.url for each in upstreams]) as opened:
        yield opened


def error(body: bytes) -> dict[str, Any]:
    return json.loads(body)["error"]


def streamed(**more: Any) -> dict[str, Any]:
    return {**ASKED, "stream": True, **more}


# --- what passes through ---------------------------------------------------------------------------------------------


async def test_a_request_and_its_answer_pass_to_the_byte(upstreams, shop: Shop) -> None:
    sent = (
        '{ "temperature":1.0, "top_p" : 1e-07,\n "model"\t: "gpt-4o" ,"x":{"model":"gpt-4o"},"messages":[ '
        '{"role":"user","content":"\\u96e8夜 \\ud83c\\udf27\\/ \\"model\\": 2"} ],'
        ' "seed":12345678901234567890, "stream":false }\r\n'
    ).encode()
    status, headers, body = await shop.ask(sent)
    assert (status, body) == (200, ANSWER)
    assert headers["content-type"] == "application/json; charset=utf-8" or headers["content-type"] == "application/json"
    assert headers["x-manju-model"] == "live-1"
    (seen,) = upstreams[0].seen
    assert seen.body == sent.replace(b'"model"\t: "gpt-4o"', b'"model"\t: "live-1"')
    assert seen.headers["authorization"] == f"Bearer {KEY}"


async def test_tools_pictures_and_formats_arrive(upstreams, shop: Shop) -> None:
    more = {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "这是谁？"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 3_000_000}},
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "[]"},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "r", "schema": {"type": "object"}}},
    }
    assert (await shop.ask(ASKED | more))[0] == 200
    assert upstreams[0].seen[0].json == ASKED | more | {"model": "live-1"}
    assert (await shop.orders())[0].facts["input_tokens"] == 1200


async def test_a_stream_arrives_as_it_is_sent_without_what_only_we_asked_for(upstreams, shop: Shop) -> None:
    upstreams[0].slow.clear()
    url, headers = shop.client.url + PATH, {"Authorization": f"Bearer {shop.client.key}"}
    async with shop.client.session.post(url, json=streamed(), headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        first = await answer.content.readany()
        pieces = upstreams[0].pieces(usage=True)
        assert first == pieces[0]  # and upstream has not sent the next
        upstreams[0].slow.set()
        rest = await answer.content.read()
    told = event(None, usage=USAGE)
    assert told in pieces and first + rest == b"".join(piece for piece in pieces if piece != told)
    assert rest.endswith(DONE)
    assert upstreams[0].seen[0].json == streamed(model="live-1", stream_options={"include_usage": True})
    (order,) = await shop.orders()
    assert (order.state, order.price, order.cost) == ("SUCCEEDED", PRICE, COST)


@pytest.mark.parametrize("options", [{"include_usage": True}, {"include_usage": True, "x": 1.0}])
async def test_a_stream_whose_usage_was_asked_for_passes_to_the_byte(upstreams, shop: Shop, options: Any) -> None:
    sent = json.dumps(streamed(stream_options=options)).encode()
    _, _, body = await shop.ask(sent)
    assert body == b"".join(upstreams[0].pieces(usage=True))
    assert upstreams[0].seen[0].body == sent.replace(b"gpt-4o", b"live-1")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (b'"stream_options": null', b'"stream_options": {"include_usage":true}'),
        (b'"stream_options": {}', b'"stream_options": {"include_usage":true}'),
        (
            b'"stream_options": {"include_usage": false, "a": 1.0}',
            b'"stream_options": {"include_usage": true, "a": 1.0}',
        ),
        (b'"stream_options": { "a": [1e5]}', b'"stream_options": {"include_usage":true,  "a": [1e5]}'),
    ],
)
async def test_usage_is_asked_for_in_place(upstreams, shop: Shop, given: bytes, sent: bytes) -> None:
    start = b'{"model": "gpt-4o", "stream": true, "messages": [{"role": "user", "content": "x"}], '
    _, _, body = await shop.ask(start + given + b"}")
    assert b'"usage": {' not in body and body.endswith(DONE)
    assert upstreams[0].seen[0].body == (start + sent + b"}").replace(b"gpt-4o", b"live-1")


async def test_upstream_may_answer_a_stream_with_json(upstreams, shop: Shop) -> None:
    upstreams[0].fail(Fault("status", 200, ANSWER, {"Content-Type": "application/json"}))
    assert (await shop.ask(streamed()))[2] == ANSWER
    assert (await shop.orders())[0].price == PRICE


# --- failing over ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [500, 503, 401, 402, 429, 404])
async def test_a_channel_that_says_no_is_passed_over(upstreams, pair: Shop, status: int, *, stream: bool) -> None:
    upstreams[0].fail(Fault("status", status, {"error": {"message": "no"}}))
    answered, _, body = await pair.ask(ASKED | {"stream": stream})
    assert answered == 200 and (body == ANSWER or body.endswith(DONE))
    assert await pair.attempts() == [("a", "rejected"), ("b", "succeeded")]
    assert await pair.ledger() == {"hold": -2 * held(), "release": held(), "capture": held() - PRICE}
    await pair.sound()


def price(given: int, answered: int) -> int:
    return pricing.chat_price(ENTRY, Usage(given, answered), 0)


def held() -> int:
    """What is set aside for the request of these tests: at most its bytes and 16 tokens around each message go in."""
    texts = "user" + "写一句雨夜" + "role" + "content"
    return price(len(texts.encode()) + 16, ASKED["max_tokens"])


async def test_a_channel_that_cannot_be_reached_is_passed_over(upstreams, tmp_path: Path) -> None:
    async with chats.opened(tmp_path, ["http://127.0.0.1:9", upstreams[1].url]) as shop:
        assert (await shop.ask())[0] == 200
        assert await shop.attempts() == [("a", "not_sent"), ("b", "succeeded")]


async def test_every_cause_is_told(upstreams, pair: Shop) -> None:
    for upstream in upstreams:
        upstream.fail(*[Fault("status", 500, {"error": {"message": f"down {upstream.url[-3:]}"}})] * 3)
    status, headers, body = await pair.ask()
    told = error(body)
    assert status == 503 and headers["x-should-retry"] == "true" and told["code"] == "upstream_busy"
    assert "in 6 attempts" in told["message"]
    assert all(f"{name}: upstream answered 500: down" in told["message"] for name in "ab")
    assert await pair.states() == ["FAILED"] and sum((await pair.ledger()).values()) == 0


@pytest.mark.parametrize(
    ("fault", "stream"),
    [
        (Fault("lost"), False),
        (Fault("truncated"), False),
        (Fault("reset"), False),
        (Fault("reset"), True),
        (Fault("status", 504, "<html>"), False),
        (Fault("status", 524, "<html>"), True),
    ],
)
async def test_what_may_have_been_taken_is_not_sent_again(upstreams, pair: Shop, fault: Fault, *, stream: bool) -> None:
    upstreams[0].fail(fault)
    status, headers, body = await pair.ask(ASKED | {"stream": stream})
    assert (status, headers["x-should-retry"], error(body)["code"]) == (504, "false", "order_unknown")
    assert len(upstreams[0].seen) == 1 and upstreams[1].seen == []
    assert await pair.states() == ["UNKNOWN"] and await pair.attempts() == [("a", "unknown")]
    assert await pair.ledger() == {"hold": -held()}  # until a person decides
    doubts = Doubts(pair.database)
    (doubt,) = await doubts.all()
    assert (doubt.words, doubt.channel, doubt.upstream_model) == ("写一句雨夜", "a", "live-1")
    await doubts.release(doubt.id)
    assert await pair.states() == ["FAILED"] and sum((await pair.ledger()).values()) == 0


async def test_silence_is_a_doubt(upstreams, tmp_path: Path) -> None:
    upstreams[0].slow.clear()
    async with chats.opened(tmp_path, [upstreams[0].url], read_s=0.2) as shop:
        assert error((await shop.ask())[2])["code"] == "order_unknown"
        assert await shop.states() == ["UNKNOWN"]
        upstreams[0].slow.set()


async def test_no_other_channel_is_asked_after_the_first_byte(upstreams, pair: Shop) -> None:
    upstreams[0].cut = 3
    with pytest.raises(aiohttp.ClientPayloadError):
        await pair.ask(streamed())
    assert upstreams[1].seen == [] and await pair.states() == ["FAILED"]
    assert sum((await pair.ledger()).values()) == 0  # an answer that is not whole is not charged
    (order,) = await pair.orders()
    assert order.cost > 0 and order.facts["estimated"]


async def test_a_stream_without_an_end_is_not_charged(upstreams, shop: Shop) -> None:
    upstreams[0].raw = [event({"content": "雨"})]
    with pytest.raises(aiohttp.ClientPayloadError):
        await shop.ask(streamed())
    assert await shop.states() == ["FAILED"] and sum((await shop.ledger()).values()) == 0


async def test_a_short_retry_after_is_waited_for(upstreams, shop: Shop) -> None:
    upstreams[0].fail(Fault("status", 429, {"error": {"message": "slow down"}}, {"Retry-After": "0.3"}))
    loop = asyncio.get_running_loop()
    start = loop.time()
    assert (await shop.ask())[0] == 200
    assert loop.time() - start >= 0.3
    assert await shop.attempts() == [("a", "rejected"), ("a", "succeeded")]


async def test_a_long_retry_after_is_passed_on_and_kept_to(upstreams, shop: Shop) -> None:
    upstreams[0].fail(Fault("status", 429, {"error": {"message": "slow down"}}, {"Retry-After": "40"}))
    for _ in range(2):
        status, headers, body = await shop.ask()
        assert (status, headers["x-should-retry"], error(body)["code"]) == (429, "true", "rate_limit_exceeded")
        assert 35 <= int(headers["retry-after"]) <= 40
    assert len(upstreams[0].seen) == 1  # the second was not sent


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            400,
            b'{"error" : {"message":"Unknown parameter: \\u2018x\\u2019","type":"invalid_request_error","code":null}}',
        ),
        (400, '{"error":{"message":"内容违规","code":"content_policy_violation"}}'.encode()),
        (413, b"too long"),
        (422, b'{"detail":[{"loc":["body","x"]}]}'),
    ],
)
async def test_what_is_wrong_with_the_request_is_said_as_upstream_says_it(upstreams, pair: Shop, status, said) -> None:
    for _ in range(4):
        upstreams[0].fail(Fault("status", status, said, {"Content-Type": "text/x-said"}))
        answered, headers, body = await pair.ask()
        assert (answered, headers["content-type"], headers["x-should-retry"]) == (status, "text/x-said", "false")
        assert body == said
    assert (await pair.ask())[0] == 200  # by the same channel, which is as healthy as before
    assert upstreams[1].seen == [] and (await pair.states()) == ["FAILED"] * 4 + ["SUCCEEDED"]
    assert -sum((await pair.ledger()).values()) == PRICE


async def test_our_keys_stay_with_us(upstreams, shop: Shop) -> None:
    upstreams[0].fail(Fault("status", 400, {"error": {"message": f"bad request of {KEY}"}}))
    assert KEY.encode() not in (await shop.ask())[2]
    upstreams[0].fail(Fault("status", 401, {"error": {"message": f"wrong key {KEY}"}}))
    status, _, body = await shop.ask()
    assert (status, error(body)["code"]) == (502, "upstream_auth") and KEY.encode() not in body


@pytest.mark.parametrize(
    "said",
    [
        b"<html>login</html>",
        b'{"choices":null,"usage":{"prompt_tokens":9,"completion_tokens":9}}',
        b'{"choices":[]}',
        b'{"error":{"message":"quota","code":"x"}}',
        b"",
    ],
)
async def test_an_answer_without_an_answer_is_not_charged(upstreams, pair: Shop, said: bytes) -> None:
    upstreams[0].fail(Fault("status", 200, said, {"Content-Type": "application/json"}))
    status, headers, body = await pair.ask()
    assert (status, headers["x-should-retry"], error(body)["code"]) == (502, "false", "upstream_no_result")
    assert upstreams[1].seen == [] and await pair.states() == ["FAILED"]
    assert sum((await pair.ledger()).values()) == 0


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        (
            [b'data: {"error":{"message":"content_policy_violation","code":"content_policy_violation"}}\n\n'],
            "content_policy_violation",
        ),
        ([b": hello\n\n", DONE], ""),
        ([], "upstream_no_result"),
    ],
)
async def test_a_stream_that_begins_with_an_error(upstreams, shop: Shop, pieces: list[bytes], code: str) -> None:
    upstreams[0].raw = pieces
    _, _, body = await shop.ask(streamed())
    if code:
        assert error(body)["code"] == code
        assert await shop.states() == ["FAILED"]
    else:
        assert body == b"".join(pieces)


async def test_what_a_filter_has_emptied_is_handed_on_and_not_charged(upstreams, shop: Shop) -> None:
    said = b'{"choices":[{"finish_reason":"content_filter","index":0,"message":{"role":"assistant","content":""}}]}'
    upstreams[0].answer = said
    assert (await shop.ask())[2] == said
    upstreams[0].raw = [event({"content": ""}, "content_filter"), DONE]
    assert (await shop.ask(streamed()))[2] == b"".join(upstreams[0].raw)
    assert await shop.states() == ["FAILED"] * 2 and sum((await shop.ledger()).values()) == 0


async def test_odd_letters_break_nothing(upstreams, shop: Shop) -> None:
    odd = ASKED | {"messages": [{"role": "user", "content": "\ud800 \x00"}], "user": "\udfff"}
    upstreams[0].answer = ANSWER.replace(b"chatcmpl-7", b"\\ud800\\u0000x" * 100).replace(b"live-1", b"\\udfff")
    for stream in (False, True):
        assert (await shop.ask(odd | {"stream": stream}))[0] == 200
    assert await shop.states() == ["SUCCEEDED"] * 2
    status, _, body = await shop.ask(
        odd | {"model": "gpt-4o-mini", "messages": [*odd["messages"], ASKED["messages"][0]]}
    )
    assert (status, json.loads(body)["model"]) == (200, "offline:outline")


# --- money -----------------------------------------------------------------------------------------------------------


async def test_what_was_metered_is_paid(upstreams, shop: Shop) -> None:
    key = await shop.new_key(credits=YUAN)
    for stream in (False, True, True):
        assert (await shop.ask(ASKED | {"stream": stream}, key=key))[0] == 200
    assert await shop.balance("customer") == YUAN - 3 * PRICE
    for order in await shop.orders():
        assert (order.state, order.price, order.cost) == ("SUCCEEDED", PRICE, COST)
        assert order.facts == {
            "input_tokens": 1200,
            "output_tokens": 300,
            "estimated": False,
            "upstream_model": "live-1",
        }
    await shop.sound()


async def test_thinking_that_only_the_total_tells_is_metered(upstreams, shop: Shop) -> None:
    upstreams[0].answer = ANSWER.replace(b'"total_tokens":1500', b'"total_tokens":2000')
    await shop.ask()
    assert (await shop.orders())[0].facts["output_tokens"] == 800


@pytest.mark.parametrize("stream", [False, True])
async def test_without_usage_it_is_estimated_and_says_so(upstreams, shop: Shop, *, stream: bool) -> None:
    upstreams[0].counting = False
    upstreams[0].answer = b'{"choices":[{"message":{"role":"assistant","content":"' + "雨夜。".encode() + b'"}}]}'
    assert (await shop.ask(ASKED | {"stream": stream}))[0] == 200
    (order,) = await shop.orders()
    assert order.facts["estimated"] and order.facts["output_tokens"] == 3
    assert order.price == price(order.facts["input_tokens"], 3)


async def test_nothing_is_sent_that_cannot_be_paid(upstreams, shop: Shop) -> None:
    poor = await shop.new_key("poor", credits=held() - 1)
    capped = await shop.new_key("capped", credits=YUAN, budget=held() - 1)
    daily = await shop.new_key("daily", credits=YUAN, day_budget=held() - 1)
    for key, whose in ((poor, "account poor"), (capped, "key's budget"), (daily, "budget of today")):
        status, headers, body = await shop.ask(key=key)
        assert (status, headers["x-should-retry"], error(body)["code"]) == (429, "false", "insufficient_quota")
        assert whose in error(body)["message"]
    assert upstreams[0].seen == [] and await shop.orders() == []


@pytest.mark.parametrize("limit", ["credits", "budget", "day_budget"])
async def test_ten_at_once_and_money_for_three(upstreams, shop: Shop, limit: str) -> None:
    upstreams[0].slow.clear()
    key = await shop.new_key(**({"credits": YUAN} | {limit: 3 * held() + 5}))
    asked = [asyncio.create_task(shop.ask(key=key)) for _ in range(10)]
    await until(lambda: sum(each.done() for each in asked) == 7)
    upstreams[0].slow.set()
    answers = await asyncio.gather(*asked)
    assert sorted(status for status, _, _ in answers) == [200] * 3 + [429] * 7
    assert len(upstreams[0].orders) == 3
    await shop.sound()


async def test_a_chat_settles_at_most_what_was_held(upstreams, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """The answer is longer than what was agreed."""
    key = await shop.new_key(credits=YUAN)
    upstreams[0].answer = ANSWER.replace(b"300", b"9000").replace(b"1500", b"10200")
    assert (await shop.ask(key=key))[0] == 200
    assert await shop.balance("customer") == YUAN - held()
    (order,) = await shop.orders()
    assert order.price == held() and order.facts["uncharged"] == price(1200, 9000) - held()
    assert order.id in caplog.text and "is not charged" in caplog.text


async def test_a_usage_that_cannot_be_is_none(upstreams, shop: Shop) -> None:
    key = await shop.new_key(credits=YUAN)
    upstreams[0].answer = ANSWER.replace(b"300", b"99999999999").replace(b"1500", b"100000001199")
    assert (await shop.ask(key=key))[0] == 200
    (order,) = await shop.orders()
    assert order.facts["estimated"] and order.price <= held() and "uncharged" not in order.facts


async def test_a_key_may_use_its_models_only(upstreams, shop: Shop) -> None:
    key = await shop.new_key(credits=YUAN, models=("gpt-4o-mini",))
    status, _, body = await shop.ask(key=key)
    assert status == 404 and "It may use: gpt-4o-mini" in error(body)["message"]
    assert upstreams[0].seen == []


async def test_tasks_in_flight_are_limited(upstreams, shop: Shop) -> None:
    key = await shop.new_key(credits=YUAN, tasks=1)
    upstreams[0].slow.clear()
    first = asyncio.create_task(shop.ask(key=key, idempotency_key="k"))
    await until(lambda: upstreams[0].seen)
    assert "tasks in flight" in error((await shop.ask(key=key))[2])["message"]
    picture = {"prompt": "雨", "model": "nano-banana-2", "size": "64x64"}  # all that a key has in flight counts
    status, _, refused = await shop.client.post("/v1/images/generations", picture, key=key)
    assert status == 429 and "tasks in flight" in refused["error"]["message"]
    again = asyncio.create_task(shop.ask(key=key, idempotency_key="k"))  # is the first
    await asyncio.sleep(0.1)
    upstreams[0].slow.set()
    assert (await first)[0] == (await again)[0] == 200
    assert (await shop.ask(key=key))[0] == 200
    assert (await shop.client.post("/v1/images/generations", picture, key=key))[0] == 200


async def test_an_answered_chat_is_had_again_with_all_tasks_taken(upstreams, shop: Shop) -> None:
    key = await shop.new_key(credits=YUAN, tasks=1)
    answered = await shop.ask(key=key, x_stainless_retry_count="0")
    upstreams[0].slow.clear()
    other = asyncio.create_task(shop.ask(ASKED | {"seed": 2}, key=key))
    await until(lambda: len(upstreams[0].seen) == 2)
    assert (await shop.ask(key=key, x_stainless_retry_count="1"))[2] == answered[2]
    upstreams[0].slow.set()
    assert (await other)[0] == 200


async def test_so_is_one_that_has_a_name(upstreams, shop: Shop) -> None:
    key = await shop.new_key(credits=YUAN, tasks=1)
    answered = await shop.ask(key=key, idempotency_key="k")
    upstreams[0].slow.clear()
    other = asyncio.create_task(shop.ask(ASKED | {"seed": 2}, key=key))
    await until(lambda: len(upstreams[0].seen) == 2)
    assert (await shop.ask(key=key, idempotency_key="k"))[2] == answered[2]
    status, _, body = await shop.ask(ASKED | {"seed": 3}, key=key, idempotency_key="k")
    assert status == 409 and "Idempotency-Key" in error(body)["message"]
    status, _, body = await shop.ask(ASKED | {"seed": 3}, key=key, idempotency_key="another")
    assert status == 429 and "tasks in flight" in error(body)["message"]
    upstreams[0].slow.set()
    assert (await other)[0] == 200 and len(upstreams[0].orders) == 2


async def test_two_servers_count_a_keys_tasks_together(upstreams, shop: Shop, tmp_path: Path) -> None:
    key = await shop.new_key(credits=YUAN, tasks=2)
    upstreams[0].slow.clear()
    async with chats.opened(tmp_path, key=shop.client.key) as other:
        first = [asyncio.create_task(each.ask(ASKED | {"seed": n}, key=key)) for n, each in enumerate((shop, other))]
        await until(lambda: len(upstreams[0].seen) == 2)
        for each in (shop, other):
            assert "tasks in flight" in error((await each.ask(key=key))[2])["message"]
            picture = {"prompt": "雨", "model": "nano-banana-2", "size": "64x64"}
            status, _, refused = await each.client.post("/v1/images/generations", picture, key=key)
            assert status == 429 and "tasks in flight" in refused["error"]["message"]
        upstreams[0].slow.set()
        assert [(await each)[0] for each in first] == [200, 200] and len(upstreams[0].orders) == 2
        for each in (shop, other):
            assert (await each.ask(key=key))[0] == 200


async def test_and_what_it_asks_in_a_minute(upstreams, shop: Shop, tmp_path: Path) -> None:
    key = await shop.new_key(credits=YUAN, requests_per_minute=3)
    async with chats.opened(tmp_path, key=shop.client.key) as other:
        assert [(await each.ask(key=key))[0] for each in (shop, other, shop)] == [200, 200, 200]
        for each in (shop, other, other):
            status, headers, body = await each.ask(key=key)
            assert (status, error(body)["code"]) == (429, "rate_limit_exceeded")
            assert 0 < int(headers["retry-after"]) <= 60 and headers["x-should-retry"] == "true"
            assert (await each.client.get("/v1/models", key=key))[0] == 429
        assert (await other.ask())[0] == 200  # another key
    assert len(upstreams[0].orders) == 4


# --- a client that goes ----------------------------------------------------------------------------------------------


async def leave(shop: Shop, upstream: ChatUpstream, body: Any, **headers: str) -> None:
    """Ask, and go as soon as upstream has begun."""
    asking = asyncio.create_task(shop.ask(body, **headers))
    await until(lambda: upstream.orders and (upstream.streamed or not body.get("stream")))
    await asyncio.sleep(0.05)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await asyncio.sleep(0.05)


async def settled(shop: Shop) -> list[str]:
    async with asyncio.timeout(10):
        while "SUBMITTING" in await shop.states():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return await shop.states()


@pytest.mark.parametrize("stream", [False, True])
async def test_what_a_client_left_is_read_to_its_end_and_metered(upstreams, shop: Shop, *, stream: bool) -> None:
    upstreams[0].slow.clear()
    await leave(shop, upstreams[0], ASKED | {"stream": stream})
    upstreams[0].slow.set()
    assert await settled(shop) == ["SUCCEEDED"]
    (order,) = await shop.orders()
    assert order.price == PRICE and not order.facts["estimated"]


async def test_a_stream_is_not_read_on_for_ever(upstreams, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_stream, "READ_ON_S", 0.1)
    upstreams[0].slow.clear()
    await leave(shop, upstreams[0], streamed(), idempotency_key="k")
    assert await settled(shop) == ["SUCCEEDED"]
    assert (await shop.orders())[0].facts["estimated"]
    status, _, body = await shop.ask(streamed(), idempotency_key="k")  # what came is not the answer
    assert status == 409 and "not kept" in error(body)["message"]
    assert len(upstreams[0].orders) == 1


async def test_a_client_that_takes_nothing_holds_nothing_up(
    upstreams, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "STALL_S", 0.2)
    upstreams[0].words = ["长" * 100_000] * 100
    host, port = shop.client.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1)
    body = json.dumps(streamed()).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {shop.client.key}\r\n"
    writer.write(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await until(lambda: upstreams[0].orders)
    assert await settled(shop) == ["SUCCEEDED"]  # read to its end all the same
    assert (await shop.orders())[0].price == PRICE
    writer.close()
    del reader


# --- never twice -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True])
async def test_an_idempotency_key_is_one_order(upstreams, shop: Shop, *, stream: bool) -> None:
    answers = [await shop.ask(ASKED | {"stream": stream}, idempotency_key="one") for _ in range(3)]
    assert len({body for _, _, body in answers}) == 1 and answers[2][0] == 200
    assert answers[2][1]["content-type"] == answers[0][1]["content-type"]
    assert len(upstreams[0].orders) == 1 and -sum((await shop.ledger()).values()) == PRICE
    status, _, body = await shop.ask(ASKED | {"seed": 2}, idempotency_key="one")
    assert status == 409 and "Idempotency-Key" in error(body)["message"]
    other = await shop.new_key(credits=YUAN)
    await shop.ask(idempotency_key="one", key=other)  # another key's names are its own
    assert len(upstreams[0].orders) == 2


@pytest.mark.parametrize("headers", [{"idempotency_key": "k"}, {"x_stainless_retry_count": "1"}])
async def test_many_at_once_are_one_flight(upstreams, shop: Shop, headers: dict[str, str]) -> None:
    upstreams[0].slow.clear()
    asked = [asyncio.create_task(shop.ask(**headers)) for _ in range(5)]
    await until(lambda: upstreams[0].seen)
    await asyncio.sleep(0.1)
    upstreams[0].slow.set()
    assert {body for _, _, body in await asyncio.gather(*asked)} == {ANSWER}
    assert len(upstreams[0].orders) == 1


async def test_an_sdks_retry_is_not_bought_again(upstreams, shop: Shop) -> None:
    first = await shop.ask(x_stainless_retry_count="0")
    assert (await shop.ask(x_stainless_retry_count="1"))[2] == first[2]
    assert (await shop.ask(x_stainless_retry_count="2"))[2] == first[2]
    assert len(upstreams[0].orders) == 1
    await shop.ask(x_stainless_retry_count="0")  # the same question, asked anew
    assert len(upstreams[0].orders) == 2
    await shop.ask(ASKED | {"seed": 1}, x_stainless_retry_count="1")  # of another that never came here
    assert len(upstreams[0].orders) == 3


async def test_an_sdks_retry_after_its_own_timeout(upstreams, shop: Shop) -> None:
    upstreams[0].slow.clear()
    await leave(shop, upstreams[0], ASKED, x_stainless_retry_count="0")
    again = asyncio.create_task(shop.ask(x_stainless_retry_count="1"))
    await asyncio.sleep(0.1)
    upstreams[0].slow.set()
    assert (await again)[2] == ANSWER and len(upstreams[0].orders) == 1


async def test_an_sdks_last_retry_may_come_long_after_the_answer(upstreams, shop: Shop) -> None:
    """It waits ten minutes for each of several answers, and none has reached it."""

    async def age(by: timedelta) -> None:
        async with shop.database.write() as session:
            await session.execute(update(Order).values(created_at=now() - by, finished_at=now() - by))

    first = await shop.ask(x_stainless_retry_count="0")
    for minutes, count in ((10, "1"), (20, "2")):
        await age(timedelta(minutes=minutes))
        assert (await shop.ask(x_stainless_retry_count=count))[2] == first[2]
    assert len(upstreams[0].orders) == 1
    await age(RETRIED)
    await shop.ask(x_stainless_retry_count="1")
    assert len(upstreams[0].orders) == 2


async def test_a_retry_of_what_failed_is_made_anew(upstreams, shop: Shop) -> None:
    for headers in ({"x_stainless_retry_count": "1"}, {"idempotency_key": "k"}):
        upstreams[0].fail(Fault("status", 400, "{}"))
        assert (await shop.ask(**headers))[0] == 400
        assert (await shop.ask(**headers))[0] == 200


async def test_a_retry_of_what_is_in_doubt_is_not_sent(upstreams, shop: Shop) -> None:
    for headers in ({"x_stainless_retry_count": "0"}, {"idempotency_key": "k"}):
        upstreams[0].seen.clear()
        upstreams[0].fail(Fault("lost"))
        body = ASKED | {"user": str(headers)}
        assert (await shop.ask(body, **headers))[0] == 504
        again = {name: "1" if name.startswith("x") else value for name, value in headers.items()}
        status, answered, told = await shop.ask(body, **again)
        assert (status, answered["x-should-retry"], error(told)["code"]) == (504, "false", "order_unknown")
        assert len(upstreams[0].seen) == 1


async def test_an_answer_is_kept_over_a_restart(upstreams, shop: Shop, tmp_path: Path) -> None:
    first = await shop.ask(idempotency_key="k")
    async with chats.opened(tmp_path, key=shop.client.key) as other:  # a second server on the same data
        again = await other.ask(idempotency_key="k")
    assert again[2] == first[2] and again[1]["x-manju-order"] == first[1]["x-manju-order"]
    assert len(upstreams[0].orders) == 1


async def test_two_servers_are_one_flight(upstreams, shop: Shop, tmp_path: Path) -> None:
    upstreams[0].slow.clear()
    async with chats.opened(tmp_path, key=shop.client.key) as other:
        first = asyncio.create_task(shop.ask(idempotency_key="k"))
        await until(lambda: upstreams[0].seen)
        second = asyncio.create_task(other.ask(idempotency_key="k"))
        await asyncio.sleep(0.2)
        upstreams[0].slow.set()
        assert (await first)[2] == (await second)[2] == ANSWER
    assert len(upstreams[0].orders) == 1


async def test_a_lost_answer_is_asked_for_again_where_that_does_no_harm(upstreams, tmp_path: Path) -> None:
    async with chats.opened(tmp_path, [upstreams[0].url], idempotent=True) as shop:
        upstreams[0].fail(Fault("lost"))
        assert (await shop.ask())[0] == 200
        assert len({seen.headers["idempotency-key"] for seen in upstreams[0].seen}) == 1
        assert await shop.attempts() == [("a", "interrupted"), ("a", "succeeded")]
        assert -sum((await shop.ledger()).values()) == PRICE


async def test_a_channels_slots_are_kept_to(upstreams, tmp_path: Path) -> None:
    upstreams[0].slow.clear()
    async with chats.opened(tmp_path, [upstreams[0].url], concurrency=2) as shop:
        asked = [asyncio.create_task(shop.ask()) for _ in range(5)]
        await asyncio.sleep(0.3)
        assert len(upstreams[0].seen) == 2
        upstreams[0].slow.set()
        assert [status for status, _, _ in await asyncio.gather(*asked)] == [200] * 5


async def test_a_channels_rate_is_one_for_chats_and_all_others(upstreams, tmp_path: Path) -> None:
    async with chats.opened(tmp_path, [upstreams[0].url], rate=2) as shop:
        assert (await shop.ask())[0] == 200
        request = TextRequest(messages=(Message(role="user", content="雨"),))
        project = (await shop.orders())[0].project_id
        took = [
            asyncio.create_task(shop.client.app.gateway.take(project, None, f"s{number}", "script", MODEL, request))
            for number in range(2)
        ]
        await asyncio.wait(took, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(0.3)
        assert len(upstreams[0].seen) == 2  # the third waits for the minute to pass
        for each in took:
            each.cancel()
        await asyncio.gather(*took, return_exceptions=True)


# --- what is wrong with a request ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "param", "code"),
    [
        (b"", 400, None, "invalid_json"),
        (b"{", 400, None, "invalid_json"),
        (b"[1]", 400, None, "invalid_json"),
        (b'{"model":"gpt-4o"} x', 400, None, "invalid_json"),
        (b"\xff\xfe{}", 400, None, "invalid_json"),
        (b'{"a":' + b"[" * 200_000, 400, None, "invalid_json"),
        ({"messages": ASKED["messages"]}, 400, "model", "missing_required_parameter"),
        ({"model": 3, "messages": ASKED["messages"]}, 400, "model", "invalid_type"),
        ({"model": MODEL}, 400, "messages", "missing_required_parameter"),
        ({"model": MODEL, "messages": "hi"}, 400, "messages", "invalid_type"),
        ({"model": MODEL, "messages": ["hi"]}, 400, "messages", "invalid_value"),
        (ASKED | {"stream": "yes"}, 400, "stream", "invalid_value"),
        (ASKED | {"stream": 1}, 400, "stream", "invalid_value"),
        (ASKED | {"max_tokens": -1}, 400, "max_tokens", "invalid_value"),
        (ASKED | {"n": True}, 400, "n", "invalid_value"),
        (ASKED | {"stream_options": 1}, 400, "stream_options", "invalid_value"),
        (ASKED | {"model": "gpt-99"}, 404, None, "model_not_found"),
        (ASKED | {"model": "sora-2"}, 400, "model", "invalid_value"),
    ],
)
async def test_what_cannot_be_used(upstreams, shop: Shop, body: Any, status: int, param: Any, code: str) -> None:
    answered, headers, said = await shop.ask(body)
    told = error(said)
    assert (answered, told["param"], told["code"]) == (status, param, code), told
    assert told["type"] == "invalid_request_error" and headers["x-should-retry"] == "false"
    assert upstreams[0].seen == [] and await shop.orders() == []


async def test_an_unknown_model_lists_what_there_is(shop: Shop) -> None:
    told = error((await shop.ask(ASKED | {"model": "gemini-3-flash"}))[2])
    assert "gemini-3-flash-preview" in told["message"] and "gpt-4o" in told["message"]


async def test_too_much_is_refused_before_it_is_read(upstreams, shop: Shop) -> None:
    status, _, body = await shop.ask(b'{"model":"gpt-4o","messages":"' + b"x" * (32 << 20) + b'"}')
    assert (status, error(body)["code"]) == (413, "request_too_large")


async def test_a_key_is_demanded(shop: Shop) -> None:
    assert (await shop.ask(key="sk-wrong"))[0] == 401


# --- by a vendor's own form ------------------------------------------------------------------------------------------


@pytest.fixture
async def claude(upstreams, tmp_path: Path) -> AsyncIterator[tuple[AnthropicEmulator, Shop]]:
    """A channel that does not take chats in OpenAI's form, beside one that does: for gpt-4o-mini."""
    async with AnthropicEmulator() as emulator:
        chats.configure(tmp_path, [emulator.url], vendor="anthropic", models="CLAUDE")
        lines = (tmp_path / "manju.toml").read_text(encoding="utf-8")
        lines = lines.replace('"CLAUDE"', f'{{ "{MODEL}" = "{emulator.model}" }}')
        near = (
            f'[channels.near]\nvendor = "openai"\nbase_url = "{upstreams[0].url}"\nkey = {{ env = "UPSTREAM_KEY" }}\n'
        )
        (tmp_path / "manju.toml").write_text(lines + near + 'models = { "gpt-4o-mini" = "live-1" }\n', "utf-8")
        async with chats.opened(tmp_path) as shop:
            yield emulator, shop


PLAIN = {"model": MODEL, "messages": ASKED["messages"]}


async def test_there_too_an_sdks_retry_is_not_bought_again(claude) -> None:
    emulator, shop = claude
    answers = [await shop.ask(PLAIN, x_stainless_retry_count=count) for count in "012"]
    assert [status for status, _, _ in answers] == [200] * 3 and len({body for _, _, body in answers}) == 1
    assert len(emulator.orders) == 1
    await shop.ask(PLAIN, x_stainless_retry_count="0")  # asked anew
    assert len(emulator.orders) == 2


@pytest.mark.parametrize(
    ("more", "param", "named"),
    [
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}]}, "tools", "tools"),
        ({"top_p": 0.1}, "top_p", "top_p"),
        ({"response_format": {"type": "grammar"}}, "response_format", "response_format"),
        ({"messages": [{"role": "user", "content": [
            {"type": "text", "text": "谁？"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
        ]}]}, "messages", "image_url"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
         "messages", "image_url"),
        ({"messages": [*PLAIN["messages"], {"role": "assistant", "content": None, "tool_calls": [{"id": "c"}]}]},
         "messages", "tool_calls"),
        ({"messages": [*PLAIN["messages"], {"role": "tool", "content": "[]"}]}, "messages", "tool"),
    ],
)  # fmt: skip
async def test_nobody_pays_for_an_answer_to_half_of_what_was_asked(claude, more: Any, param: str, named: str) -> None:
    emulator, shop = claude
    status, headers, body = await shop.ask(PLAIN | more)
    told = error(body)
    assert (status, told["param"], told["code"]) == (400, param, "unsupported_parameter"), told
    assert f"no place for {named}." in told["message"] and "These models take them: gpt-4o-mini." in told["message"]
    assert headers["x-should-retry"] == "false" and emulator.seen == [] and await shop.orders() == []
    assert (await shop.ask(PLAIN | more | {"model": "gpt-4o-mini"}))[0] == 200


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_the_most_that_an_answer_may_take_is_told_there_too(claude, name: str) -> None:
    emulator, shop = claude
    status, headers, _ = await shop.ask(PLAIN | {name: 50})
    assert status == 200 and "x-manju-ignored" not in headers
    assert emulator.orders[0]["max_tokens"] == 50


async def test_what_shapes_no_answer_is_passed_over_and_told(claude) -> None:
    emulator, shop = claude
    more = {"n": 1, "top_p": 1.0, "frequency_penalty": 0, "tools": [], "metadata": {"a": "b"}, "max_tokens": None}
    status, headers, _ = await shop.ask(PLAIN | more | {"user": "u", "temperature": 0.5})
    assert status == 200 and headers["x-manju-ignored"] == "frequency_penalty,metadata,n,tools,top_p"
    assert len(emulator.orders) == 1


# --- without a channel -----------------------------------------------------------------------------------------------

SEED = [
    {
        "role": "system",
        "content": "你是AI漫剧编剧与分镜导演。你必须只输出严格JSON，不要输出任何多余文字。",
    },
    {
        "role": "user",
        "content": "主题：赛博校园侦探。请生成：1) 角色设定（含外观特征与服饰关键点，方便三视图绘制）"
        "2) 场景列表（每场景的光线/色调/道具）"
        "3) 分镜规划（每镜头时长、景别、机位、动作、台词/旁白、画面要点）。"
        "要求：9-12个镜头，总时长10秒；镜头可用于Sora2故事板。"
        "输出JSON结构：{title,logline,characters[],scenes[],shots[]}",
    },
]


async def test_seed_000s_first_step(client: Client) -> None:
    asked = {
        "model": "gemini-3-flash-preview-nothinking",
        "messages": SEED,
        "temperature": 0.7,
        "top_p": 1,
        "stream": False,
    }
    status, headers, body = await client.post(PATH, asked)
    assert status == 200 and headers["x-manju-model"] == "offline:outline" == body["model"]
    assert headers["x-manju-ignored"] == "top_p"
    script = json.loads(body["choices"][0]["message"]["content"])
    assert {"title", "logline", "characters", "scenes", "shots"} <= set(script) and 9 <= len(script["shots"]) <= 12
    assert body["object"] == "chat.completion" and body["usage"]["total_tokens"] > 0


async def test_the_offline_writer_streams(client: Client) -> None:
    asked = {"model": MODEL, "messages": SEED, "stream": True, "stream_options": {"include_usage": True}}
    whole = (await client.post(PATH, asked | {"stream": False, "stream_options": None}))[2]
    status, headers, body = await client.ask("POST", PATH, json=asked)
    assert status == 200 and headers["content-type"].startswith("text/event-stream")
    events = body.decode().split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(each.removeprefix("data: ")) for each in events[:-2]]
    assert len(chunks) > 5 and chunks[-1]["choices"] == [] and chunks[-1]["usage"]["completion_tokens"] > 0
    said = "".join(each["choices"][0]["delta"].get("content", "") for each in chunks[:-1])
    assert said == whole["choices"][0]["message"]["content"] and len(said) > 100


async def test_what_the_offline_writer_cannot_do_is_said(client: Client) -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    asked = {
        "model": MODEL,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "一只猫的故事"}, picture]}],
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "seed": float("inf"),
        "x\r\ny: 雨": 1,
    }
    status, headers, body = await client.post(PATH, asked)
    assert status == 200 and headers["x-manju-ignored"] == "image_url,tools,x??y:??"
    assert isinstance(body["choices"][0]["message"]["content"], str)
    assert (await client.post(PATH, asked | {"messages": [{"role": "user", "content": [picture]}]}))[0] == 400


@pytest.mark.parametrize(
    "form",
    [{"type": "json_object"}, {"type": "json_schema", "json_schema": {"name": "r", "schema": {"type": "object"}}}],
)
async def test_the_offline_writer_answers_in_json(client: Client, form: dict[str, Any]) -> None:
    asked = {"model": MODEL, "messages": [{"role": "user", "content": "一只猫的故事"}], "response_format": form}
    _, _, body = await client.post(PATH, asked, headers={"Idempotency-Key": "k"})
    assert json.loads(body["choices"][0]["message"]["content"])
    assert (await client.post(PATH, asked, headers={"Idempotency-Key": "k"}))[2]["id"] == body["id"]
