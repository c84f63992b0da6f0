"""What every adapter to a vendor of chat must do (`manju.providers.upstream.Adapter`), over real HTTP against the
vendor's emulator. A vendor is one row of `VENDORS`; what its wire format looks like is its emulator's affair."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from manju.domain.order import Artefact, Message, TextRequest
from manju.errors import InputError, ManjuError, NoAnswerError, NotFoundError, NotSentError, RejectedError
from manju.net.client import Http
from manju.providers.text.anthropic import AnthropicChat
from manju.providers.text.gemini import GeminiChat
from manju.providers.text.openai import OpenAIChat
from manju.providers.upstream import Adapter, Answer, Endpoint
from vendors.anthropic_text import AnthropicEmulator
from vendors.emulator import Fault
from vendors.gemini_text import GeminiTextEmulator
from vendors.openai_text import OpenAITextEmulator
from vendors.text_answers import TextEmulator

TOKEN = "0192a1b2c3d4-attempt-1"
HTML = Fault("status", 200, "<!doctype html><title>502 Bad Gateway</title>", {"Content-Type": "text/html"})
SCHEMA = {
    "type": "object",
    "properties": {"scenes": {"type": "array", "items": {"$ref": "#/$defs/scene"}}},
    "required": ["scenes"],
    "$defs": {"scene": {"type": "object", "properties": {"title": {"type": "string"}}}},
}
TALK = TextRequest(
    messages=(
        Message(role="system", content="你是编剧。"),
        Message(role="user", content="写一座灯塔。"),
        Message(role="assistant", content="好的。"),
        Message(role="user", content="开始。"),
    ),
    temperature=0.3,
    seed=7,
)
SHAPED = TALK.model_copy(update={"json_reply": True, "json_schema": SCHEMA})
JSON = TALK.model_copy(update={"json_reply": True})


@dataclass(frozen=True)
class Vendor:
    """One row: the adapter, who plays its vendor, and the channel's options."""

    adapter: Callable[[Endpoint], Adapter[TextRequest]]
    emulator: type[TextEmulator]
    options: Mapping[str, str] = field(default_factory=dict)


VENDORS = {
    "openai": Vendor(OpenAIChat, OpenAITextEmulator),
    "gemini": Vendor(GeminiChat, GeminiTextEmulator),
    "anthropic": Vendor(AnthropicChat, AnthropicEmulator),
}


class Nothing:
    """Chat has no references."""

    def read(self, sha256: str) -> bytes:
        raise NotFoundError(f"nothing is stored under {sha256}")


@dataclass
class Lab:
    """A vendor on loopback and the adapter that speaks to it."""

    vendor: Vendor
    http: Http
    emulator: TextEmulator

    def adapter(self, **changes: Any) -> Adapter[TextRequest]:
        endpoint = Endpoint(self.emulator.url, self.emulator.key, self.emulator.model, self.http, self.vendor.options)
        return self.vendor.adapter(replace(endpoint, **changes))

    async def ask(self, request: TextRequest = TALK, **changes: Any) -> Answer:
        return await asked(self.adapter(**changes), request)

    @property
    def last(self) -> Any:
        """The last order as the vendor understood it."""
        return self.emulator.fields(self.emulator.seen[-1])

    @contextmanager
    def refused(self, kind: type[ManjuError], refusal: str = "") -> Iterator[pytest.ExceptionInfo[ManjuError]]:
        """The call fails so, in one line, and without a key in what it says."""
        with pytest.raises(kind) as caught:
            yield caught
        assert type(caught.value) is kind, caught.value
        said = f"{caught.value} {caught.value.hint}"
        assert "\n" not in said
        assert not any(secret in said for secret in self.emulator.secrets), said
        if refusal:
            assert getattr(caught.value, "refusal", "") == refusal, said


async def asked(adapter: Adapter[TextRequest], request: TextRequest = TALK) -> Answer:
    answer = await adapter.submit(request, Nothing(), TOKEN)
    assert isinstance(answer, Answer)
    return answer


def reply(answer: Answer) -> str:
    (main,) = answer.files
    assert isinstance(main, Artefact) and main.role == "main"
    return main.data.decode()


@pytest.fixture(params=sorted(VENDORS))
async def lab(request: pytest.FixtureRequest) -> AsyncIterator[Lab]:
    vendor = VENDORS[request.param]
    async with Http() as http, vendor.emulator() as emulator:
        yield Lab(vendor, http, emulator)


# An order as it goes out, and what comes back


async def test_a_talk_arrives_as_it_was(lab: Lab) -> None:
    await lab.ask()
    assert len(lab.emulator.seen) == len(lab.emulator.orders) == 1
    assert lab.emulator.signed(lab.emulator.seen[0]) and lab.emulator.submit_path in lab.emulator.seen[0].path
    got = lab.last
    assert (got.model, got.system, got.temperature) == (lab.emulator.model, "你是编剧。", 0.3)
    assert got.turns == (("user", "写一座灯塔。"), ("assistant", "好的。"), ("user", "开始。"))
    assert got.seed in (None, 7)
    assert got.enforced == ""


async def test_a_system_that_talks_alone_is_asked(lab: Lab) -> None:
    await lab.ask(TextRequest(messages=(Message(role="system", content="Say hello."),)))
    assert (lab.last.system, lab.last.turns) in (("", (("user", "Say hello."),)), ("Say hello.", ()))


async def test_our_token_goes_where_the_vendor_has_a_place_for_it(lab: Lab) -> None:
    await lab.ask()
    assert lab.last.token == (TOKEN if lab.emulator.keeps_token else None)


async def test_the_reply_is_delivered_with_what_it_took(lab: Lab) -> None:
    answer = await lab.ask()
    assert reply(answer) == "一座灯塔。"
    assert answer.files[0].suffix == ".txt"
    assert answer.facts == {"finish_reason": "stop", "input_tokens": 31, "output_tokens": 9}
    assert answer.units == {"input_tokens": 31.0, "output_tokens": 9.0}
    assert answer.model not in ("", lab.emulator.model)  # the one that did it


async def test_a_reply_that_was_cut_off_says_so(lab: Lab) -> None:
    lab.emulator.cut = True
    answer = await lab.ask()
    assert answer.facts["finish_reason"] == "length"
    assert reply(answer) == "一座灯塔。"


async def test_the_longest_reply_can_be_set(lab: Lab) -> None:
    await lab.ask(options={"max_tokens": "1234"})
    assert lab.last.most == 1234
    await lab.ask(TALK.model_copy(update={"max_tokens": 12}), options={"max_tokens": "1234"})
    assert lab.last.most == 12


async def test_further_fields_can_be_set(lab: Lab) -> None:
    for extra in ('{"temperature": 0.1}', "{}"):
        await lab.ask(options={"extra": extra})
    assert [lab.emulator.fields(seen).temperature for seen in lab.emulator.seen] == [0.1, 0.3]


# JSON


async def test_json_of_a_shape_is_asked_for_in_words_and_by_the_vendors_means(lab: Lab) -> None:
    lab.emulator.said = '{"scenes": [{"title": "灯塔"}]}'
    answer = await lab.ask(SHAPED)
    assert answer.files[0].suffix == ".json"
    assert json.loads(reply(answer)) == {"scenes": [{"title": "灯塔"}]}
    assert lab.last.system.startswith("你是编剧。\n\n")
    assert json.loads(lab.last.system.partition("Schema:\n")[2]) == SCHEMA
    if lab.emulator.enforces:
        assert (lab.last.enforced, lab.last.schema) == ("schema", SCHEMA)


async def test_json_without_a_shape_is_asked_for_in_words_too(lab: Lab) -> None:
    answer = await lab.ask(JSON)
    assert answer.files[0].suffix == ".json"
    assert "JSON" in lab.last.system
    assert lab.last.enforced == ("json" if "json" in lab.emulator.enforces else "")


async def test_a_talk_that_names_json_is_left_as_it_is(lab: Lab) -> None:
    request = TextRequest(messages=(Message(role="user", content="Give me json."),), json_reply=True)
    await lab.ask(request)
    assert (lab.last.system, lab.last.turns) == ("", (("user", "Give me json."),))


async def test_prose_around_json_is_delivered_as_it_is(lab: Lab) -> None:
    lab.emulator.said = '好的：```json\n{"scenes": []}\n```'
    assert reply(await lab.ask(JSON)) == lab.emulator.said


@pytest.mark.parametrize(
    "said",
    [
        '<think>{"scenes": "?"} 想一想</think>\n\n{"scenes": []}',
        '<thinking>\nA list?\n</thinking>{"scenes": []}',
        'They want {"scenes": ...}.\n</think>\n{"scenes": []}',  # the opening tag is in the prompt
    ],
)
async def test_thoughts_are_no_part_of_a_reply(lab: Lab, said: str) -> None:
    lab.emulator.said = said
    assert reply(await lab.ask(JSON)) == '{"scenes": []}'


async def test_a_tag_in_the_middle_of_a_reply_stays(lab: Lab) -> None:
    lab.emulator.said = "Write <think>...</think> around it."
    assert reply(await lab.ask()) == lab.emulator.said


@pytest.mark.parametrize("said", ["<think>想", "<think>想一想</think>", " <thinking>a</thinking>\n "])
async def test_thoughts_alone_are_no_reply(lab: Lab, said: str) -> None:
    lab.emulator.said = said
    with lab.refused(RejectedError, "no_result"):
        await lab.ask()
    lab.emulator.cut = True
    with lab.refused(RejectedError, "no_result") as caught:
        await lab.ask()
    assert "max_tokens" in caught.value.hint


# What an endpoint does not want to be told


async def test_what_an_endpoint_refuses_to_hear_is_left_out_from_then_on(lab: Lab) -> None:
    lab.emulator.refusing = set(lab.emulator.optional)
    adapter = lab.adapter()
    first = await asked(adapter, SHAPED)
    sent = len(lab.emulator.seen)
    assert 1 < sent <= len(lab.emulator.optional) + 1  # every refusal cost one request and no money
    second = await asked(adapter, SHAPED)
    assert len(lab.emulator.seen) == sent + 1
    assert len(lab.emulator.orders) == 2
    assert first.facts == second.facts and first.facts["left_out"]
    assert lab.last.enforced == "" and lab.last.seed is None
    assert "Schema:\n" in lab.last.system  # the words stay
    assert await lab.adapter().submit(TALK, Nothing(), TOKEN)  # another adapter learns for itself


async def test_it_steps_down_no_further_than_it_must(lab: Lab) -> None:
    for name in lab.emulator.optional:
        lab.emulator.refusing = {name}
        lab.emulator.seen.clear()
        answer = await lab.ask(SHAPED)
        assert len(lab.emulator.seen) == (1 if name == "json_object" else 2), name  # it takes the schema itself
        got = lab.last
        assert (got.temperature is None) == (name == "temperature")
        kept = lab.emulator.enforces
        if name in ("json_schema", "responseJsonSchema"):
            kept = kept[1:]
        elif name == "responseMimeType":
            kept = ()
        assert got.enforced == (kept[0] if kept else "")
        assert ("left_out" in answer.facts) == (name not in ("json_schema", "json_object")), name


async def test_another_fault_of_the_order_is_not_argued_with(lab: Lab) -> None:
    lab.emulator.fail(Fault("status", 400, {"error": {"message": "too many messages", "code": "invalid"}}))
    with lab.refused(RejectedError, "invalid"):
        await lab.ask(SHAPED)
    assert len(lab.emulator.seen) == 1


# An order that is not taken


async def test_a_wrong_key_is_auth(lab: Lab) -> None:
    wrong = lab.emulator.key[:-4] + "nope"
    with lab.refused(RejectedError, "auth") as caught:
        await lab.ask(key=wrong)
    assert wrong not in f"{caught.value} {caught.value.hint}"
    assert lab.emulator.orders == []


@pytest.mark.parametrize("kind", ["auth", "credit", "moderation", "rate", "busy"])
async def test_the_vendors_refusals_are_told_apart(lab: Lab, kind: str) -> None:
    lab.emulator.fail(lab.emulator.refusal(kind), path=lab.emulator.submit_path)
    with lab.refused(RejectedError, kind) as caught:
        await lab.ask()
    assert isinstance(caught.value, RejectedError)
    assert caught.value.retry_after == (7 if kind == "rate" else None)
    assert len(lab.emulator.seen) == 1 and lab.emulator.orders == []


async def test_plain_statuses_of_a_proxy_are_told_apart(lab: Lab) -> None:
    for status, refusal in ((429, "rate"), (500, "busy"), (502, "busy"), (503, "busy"), (413, "invalid")):
        lab.emulator.fail(Fault("status", status, "<html>nginx</html>", {"Retry-After": "7"}))
        with lab.refused(RejectedError, refusal) as caught:
            await lab.ask()
        assert isinstance(caught.value, RejectedError) and caught.value.retry_after == 7


@pytest.mark.parametrize("status", [504, 524])
async def test_a_proxy_that_gave_up_waiting_may_have_passed_the_order_on(lab: Lab, status: int) -> None:
    lab.emulator.fail(Fault("status", status, "<html>timeout</html>"))
    with lab.refused(NoAnswerError):
        await lab.ask()


@pytest.mark.parametrize("kind", ["reset", "lost", "truncated", "stall"])
async def test_an_order_without_a_whole_answer_may_have_been_taken(lab: Lab, kind: Any) -> None:
    lab.emulator.fail(Fault(kind))
    with lab.refused(NoAnswerError):
        await lab.ask(read_s=0.3 if kind == "stall" else 60)
    assert len(lab.emulator.orders) == (0 if kind == "reset" else 1)


async def test_nothing_was_sent_without_a_connection(lab: Lab) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with lab.refused(NotSentError):
        await lab.ask(base_url=url)


# An answer that is none


async def test_an_answer_without_a_reply_is_told_from_a_refusal_of_the_content(lab: Lab) -> None:
    said: dict[str, list[Any]] = lab.emulator.nothings()
    for refusal, bodies in said.items():
        for body in bodies:
            lab.emulator.fail(Fault("status", 200, body))
            with lab.refused(RejectedError, refusal):
                await lab.ask()


async def test_tokens_that_all_went_into_thinking_are_told(lab: Lab) -> None:
    lab.emulator.said, lab.emulator.cut = "", True
    with lab.refused(RejectedError, "no_result") as caught:
        await lab.ask()
    assert "tokens" in str(caught.value) and "max_tokens" in caught.value.hint


async def test_a_page_instead_of_an_answer_is_no_result(lab: Lab) -> None:
    for fault in (HTML, Fault("status", 200, "null"), Fault("status", 200, "[]"), Fault("status", 200, "好的")):
        lab.emulator.fail(fault)
        with lab.refused(RejectedError, "no_result"):
            await lab.ask()


async def test_chat_has_no_tasks(lab: Lab) -> None:
    with lab.refused(RejectedError, "gone"):
        await lab.adapter().poll("task-9")


# The channel


async def test_a_channel_is_tried_without_buying(lab: Lab) -> None:
    await lab.adapter().probe()
    assert lab.emulator.probe_path in lab.emulator.seen[-1].path and lab.emulator.signed(lab.emulator.seen[-1])
    wrong = lab.emulator.key[:-4] + "nope"
    with lab.refused(RejectedError, "auth") as caught:
        await lab.adapter(key=wrong).probe()
    assert wrong not in str(caught.value)
    lab.emulator.fail(HTML)
    with lab.refused(RejectedError):
        await lab.adapter().probe()
    assert lab.emulator.orders == []


async def test_a_wrong_option_is_told_at_once(lab: Lab) -> None:
    for options in ({"extra": "[1]"}, {"max_tokens": "many"}):
        with lab.refused(InputError):
            lab.adapter(options=options)
