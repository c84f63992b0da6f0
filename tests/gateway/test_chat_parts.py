"""The parts of a chat's passage: bytes that stay as they are, streams cut anywhere, tokens and what they cost."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from manju.domain.order import Message, TextRequest
from manju.errors import FieldError
from manju.gateway import pricing, tokens
from manju.gateway.catalogue import shipped
from manju.gateway.channels import Channel, Route, Upstream
from manju.gateway.chat.envelope import opened
from manju.gateway.chat.events import Events
from manju.gateway.entries import Entry
from manju.gateway.tokens import Usage
from vendors.openai_passthrough import DONE, USAGE, event

TURN = {"role": "user", "content": "雨"}
plain = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False) | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
names = some.text(max_size=8).filter(
    lambda name: (
        name not in ("model", "messages", "stream", "stream_options", "n", "max_tokens", "max_completion_tokens")
    )
)


@given(
    more=some.dictionaries(names, plain, max_size=4),
    before=some.booleans(),
    ascii=some.booleans(),
    space=some.sampled_from([None, 1, "\t"]),
    stream=some.sampled_from([None, False, True]),
    options=some.sampled_from(["absent", None, {}, {"include_usage": False}, {"include_usage": True}, {"a": 1}]),
)
def test_only_what_must_differ_differs(more, before, ascii, space, stream, options) -> None:
    fixed: dict[str, Any] = {"model": "gpt-4o", "messages": [TURN], "stream": stream}
    if options != "absent":
        fixed["stream_options"] = options
    fields = {**fixed, **more} if before else {**more, **fixed}
    text = json.dumps(fields, ensure_ascii=ascii, indent=space)
    sent = opened(text.encode("utf-8", "surrogatepass") if ascii else _valid(text)).forwarded("live-1")
    wanted = {**fields, "model": "live-1"}
    if stream:
        wanted["stream_options"] = {**(fields.get("stream_options") or {}), "include_usage": True}
    assert json.loads(sent) == json.loads(json.dumps(wanted))
    assert [name for name in json.loads(sent) if name != "stream_options"] == [
        n for n in fields if n != "stream_options"
    ]
    # Everything else stands as it stood: taking the edits back gives the very bytes.
    if not stream:
        assert sent.replace(b'"live-1"', b'"gpt-4o"', 1) == opened(_valid(text)).body or "live-1" in text


def _valid(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def test_a_body_that_need_not_change_is_not_touched() -> None:
    body = b'{"model":"m","messages":[{"role":"user"}],"stream":true,"stream_options":{"include_usage":true}}'
    assert opened(body).forwarded("m") is body


def test_a_name_given_twice_is_replaced_twice() -> None:
    body = b'{"model":"a","messages":[{"role":"user"}],"model":"b"}'
    envelope = opened(body)
    assert envelope.model == "b"
    assert envelope.forwarded("c") == b'{"model":"c","messages":[{"role":"user"}],"model":"c"}'


@pytest.mark.parametrize("body", [b'{"model":"m",}', b'{"model" "m"}', b"{1:2}", b'{"a":1', b"{}{}", b'{"a":01}', b" "])
def test_what_is_not_json(body: bytes) -> None:
    with pytest.raises(FieldError, match="not JSON"):
        opened(body)


PIECES = [
    b": keep-alive\n\n",
    event({"role": "assistant", "content": "雨"}, usage=None),
    event({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": '{"a":"usage"}'}}]}),
    b'event: x\r\ndata: {"choices":[{"delta":{"content":"\xe5\xa4\x9c"},"finish_reason":"stop"}]}\r\n\r\n',
    event(None, usage=USAGE),
    DONE,
]


@given(cuts=some.lists(some.integers(0, sum(map(len, PIECES))), max_size=12), strip=some.booleans())
def test_a_stream_may_be_cut_anywhere(cuts: list[int], *, strip: bool) -> None:
    whole = b"".join(PIECES)
    events, passed = Events(strip=strip), b""
    edges = [0, *sorted(cuts), len(whole)]
    for start, end in pairwise(edges):
        passed += events.feed(whole[start:end])
    passed += events.finish()
    assert passed == b"".join(piece for number, piece in enumerate(PIECES) if not strip or number != 4)
    assert events.kept == passed
    assert events.usage == Usage(1200, 300) and events.ended and events.id == "chatcmpl-7" and events.error is None
    assert events.said == '雨f{"a":"usage"}夜'


def test_whole_events_are_handed_on_at_once() -> None:
    events = Events(strip=True)
    assert events.feed(PIECES[1] + b"data: {") == PIECES[1]
    assert events.feed(b'"choices":[]}\n') == b""
    assert events.feed(b"\n") == b'data: {"choices":[]}\n\n'
    assert events.feed(b"data: last") == b"" and events.finish() == b"data: last"


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 5, "completion_tokens": 7}, Usage(5, 7)),
        ({"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}, Usage(5, 7)),
        ({"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 100}, Usage(5, 95)),
        ({"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 1}, Usage(5, 7)),
        ({"prompt_tokens": 5}, None),
        ({"prompt_tokens": "5", "completion_tokens": 7}, None),
        ({"prompt_tokens": -5, "completion_tokens": 7}, None),
        (None, None),
        ([], None),
    ],
)
def test_what_upstream_says_it_took(usage: Any, expected: Usage | None) -> None:
    assert tokens.metered(usage) == expected


@given(texts=some.lists(some.text(), min_size=1, max_size=5))
def test_a_text_never_has_more_tokens_than_are_held_for(texts: list[str]) -> None:
    """A tokeniser that works on bytes makes one token of each at worst."""
    held = tokens.most({"messages": [{"role": "user", "content": text} for text in texts], "max_tokens": 10})
    assert held.input >= sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    assert held.output == 10


def test_what_is_held() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 10_000_000}}
    assert tokens.most({"messages": [{"role": "user", "content": [picture]}]}).input < 2 * tokens.PART
    assert tokens.most({"messages": [TURN]}).output == tokens.OUTPUT
    assert tokens.most({"messages": [TURN], "max_completion_tokens": 9, "max_tokens": 4, "n": 3}).output == 27
    tool = {"type": "function", "function": {"name": "f", "description": "x" * 1000}}
    assert tokens.most({"messages": [TURN], "tools": [tool]}).input > 1000


def entry(**fields: Any) -> Entry:
    return Entry.model_validate({"name": "m", "modality": "text", "since": "2026-01-01", **fields})


def test_prices_of_tokens() -> None:
    priced = entry(unit="token", price="2", output_price="8", cost="1")
    assert (priced.price, priced.output_price, priced.cost, priced.output_cost) == (
        2_000_000,
        8_000_000,
        1_000_000,
        8_000_000,
    )
    assert pricing.chat_price(priced, Usage(1, 0), 0) == 2
    assert pricing.chat_price(entry(unit="token", price="0.000001"), Usage(1, 0), 0) == 1  # fractions are rounded up
    assert pricing.chat_price(entry(unit="call", price="0.5"), Usage(9, 9), 9) == 500_000
    assert pricing.chat_price(entry(unit="character", price="0.5"), Usage(9, 9), 3) == 1_500_000
    for cost, output, expected in ((None, None, 9), ("3", None, 11), ("3", "0", 3)):
        upstream = Upstream.model_validate({"model": "x", "cost": cost, "output_cost": output})
        route = Route(Channel(name="c", concurrency=1), "", upstream)
        assert pricing.chat_cost(priced, route, Usage(1, 1), 0) == expected


def test_a_price_of_the_output_is_for_tokens_only() -> None:
    with pytest.raises(ValueError, match="output goes with the unit token"):
        entry(unit="call", price="1", output_price="1")


def test_before_it_is_answered_a_recipes_chat_costs_the_most_that_it_can() -> None:
    request = TextRequest(messages=(Message(role="user", content="雨" * 100),))
    priced = shipped().entry("gpt-4o")
    assert pricing.price(priced, request) >= 18 * 300 + 72 * tokens.OUTPUT
