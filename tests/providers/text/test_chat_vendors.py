"""Chat: what only one vendor has."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from manju.domain.order import Artefact, Message, TextRequest
from manju.errors import InputError, NotFoundError, RejectedError
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

SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}}
ASK = TextRequest(messages=(Message(role="user", content="写一座灯塔。"),))


class Nothing:
    def read(self, sha256: str) -> bytes:
        raise NotFoundError(f"nothing is stored under {sha256}")


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http() as http:
        yield http


def at(emulator: TextEmulator, http: Http, path: str = "", **options: str) -> Endpoint:
    return Endpoint(emulator.url + path, emulator.key, emulator.model, http, options)


async def reply(adapter: Adapter[TextRequest], **changes: object) -> str:
    answer = await adapter.submit(ASK.model_copy(update=changes), Nothing(), "t")
    assert isinstance(answer, Answer)
    (main,) = answer.files
    assert isinstance(main, Artefact)
    return main.data.decode()


@pytest.mark.parametrize(
    ("first", "shape", "enforced"),
    [("json_schema", SCHEMA, "schema"), ("json_object", SCHEMA, "json"), ("prompt", SCHEMA, ""), ("prompt", None, "")],
)
async def test_a_channel_may_say_where_the_ladder_begins(http: Http, first: str, shape: object, enforced: str) -> None:
    async with OpenAITextEmulator() as emulator:
        await reply(OpenAIChat(at(emulator, http, json=first)), json_reply=True, json_schema=shape)
        assert emulator.fields(emulator.seen[-1]).enforced == enforced
        assert len(emulator.seen) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, "{\"error\":\"'response_format.type' must be 'json_schema' or 'text'\"}"),
        (400, '{"error":{"message":"This response_format type is unavailable now"}}'),
        (422, '{"detail":[{"loc":["body","response_format","json_schema"],"msg":"extra fields not permitted"}]}'),
    ],
)
async def test_refusals_of_a_form_are_understood_as_relays_write_them(http: Http, status: int, body: str) -> None:
    async with OpenAITextEmulator() as emulator:
        emulator.fail(Fault("status", status, body, {"Content-Type": "application/json"}))
        await reply(OpenAIChat(at(emulator, http)), json_reply=True, json_schema=SCHEMA)
        assert emulator.fields(emulator.seen[-1]).enforced == "json"


async def test_a_model_whose_name_has_a_field_in_it_is_no_objection_to_the_field(http: Http) -> None:
    async with OpenAITextEmulator() as emulator:
        emulator.fail(Fault("status", 400, {"error": {"message": "The model doubao-seed-1-6 does not exist."}}))
        with pytest.raises(RejectedError, match="does not exist"):
            await reply(OpenAIChat(at(emulator, http)))
        assert len(emulator.seen) == 1


async def test_content_in_parts_is_joined(http: Http) -> None:
    async with OpenAITextEmulator() as emulator:
        parts = [{"type": "text", "text": "一座"}, {"type": "text", "text": "灯塔"}]
        body = {"choices": [{"message": {"content": parts}, "finish_reason": "stop"}]}
        emulator.fail(Fault("status", 200, body))
        answer = await OpenAIChat(at(emulator, http)).submit(ASK, Nothing(), "t")
        assert isinstance(answer, Answer)
        assert answer.facts == {"finish_reason": "stop", "input_tokens": 0, "output_tokens": 0}
        assert answer.units == {}  # nobody said what it took


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("", "/v1/chat/completions"),
        ("/v1", "/v1/chat/completions"),
        ("/api/v3", "/api/v3/chat/completions"),
        ("/v1beta/openai", "/v1beta/openai/chat/completions"),
        ("/relay", "/relay/v1/chat/completions"),
    ],
)
async def test_a_base_url_says_where_its_api_begins(http: Http, path: str, asked: str) -> None:
    async with OpenAITextEmulator() as emulator:
        emulator.fail(Fault("status", 503))
        with pytest.raises(RejectedError):
            await reply(OpenAIChat(at(emulator, http, path)))
        assert emulator.seen[-1].path == asked


async def test_a_long_message_of_a_relay_does_not_show_half_a_key(http: Http) -> None:
    async with OpenAITextEmulator() as emulator:
        said = "x" * 292 + f" {emulator.key}"
        emulator.fail(Fault("status", 401, {"error": {"message": said}}))
        with pytest.raises(RejectedError) as caught:
            await reply(OpenAIChat(at(emulator, http)))
        assert emulator.key[:6] not in str(caught.value)


async def test_a_model_that_is_not_to_think_is_told_so(http: Http) -> None:
    async with GeminiTextEmulator() as emulator:
        adapter = GeminiChat(at(emulator, http, extra='{"thinkingConfig": {"thinkingBudget": 0}}', max_tokens="99"))
        await reply(adapter)
        config = emulator.seen[-1].json["generationConfig"]
        assert config["thinkingConfig"] == {"thinkingBudget": 0} and config["maxOutputTokens"] == 99


async def test_a_seed_fits_into_geminis(http: Http) -> None:
    async with GeminiTextEmulator() as emulator:
        await reply(GeminiChat(at(emulator, http)), seed=2**40 + 5)
        assert emulator.fields(emulator.seen[-1]).seed == 5


async def test_json_by_a_tool(http: Http) -> None:
    async with AnthropicEmulator() as emulator:
        emulator.said = '{"title": "灯塔"}'
        adapter = AnthropicChat(at(emulator, http, json="tool"))
        assert json.loads(await reply(adapter, json_reply=True, json_schema=SCHEMA)) == {"title": "灯塔"}
        body = emulator.seen[-1].json
        assert body["tools"][0]["input_schema"] == SCHEMA
        assert body["tool_choice"] == {"type": "tool", "name": "reply"}
        # A tool's input is an object: a list is asked for in words.
        emulator.said = "[]"
        assert await reply(adapter, json_reply=True, json_schema={"type": "array"}) == "[]"
        assert "tools" not in emulator.seen[-1].json
        assert await reply(adapter, json_reply=True) == "[]"
        assert "tools" not in emulator.seen[-1].json


async def test_the_new_version_is_not_told_a_temperature_twice(http: Http) -> None:
    async with AnthropicEmulator() as emulator:
        adapter = AnthropicChat(at(emulator, http, version="2026-10-21"))
        for _ in range(2):
            await reply(adapter)
        assert ["temperature" in seen.json for seen in emulator.seen] == [True, False, False]
        assert emulator.seen[-1].headers["anthropic-version"] == "2026-10-21"


async def test_a_hot_temperature_is_as_hot_as_anthropic_goes(http: Http) -> None:
    async with AnthropicEmulator() as emulator:
        await reply(AnthropicChat(at(emulator, http)), temperature=1.7)
        assert emulator.seen[-1].json["temperature"] == 1.0


async def test_a_refusal_says_why(http: Http) -> None:
    async with AnthropicEmulator() as emulator:
        why = {"type": "refusal", "category": "bio", "explanation": "This could do harm."}
        emulator.fail(Fault("status", 200, {"content": [], "stop_reason": "refusal", "stop_details": why}))
        with pytest.raises(RejectedError, match="This could do harm"):
            await reply(AnthropicChat(at(emulator, http)))


async def test_anthropics_limits_of_spending_are_an_empty_account(http: Http) -> None:
    async with AnthropicEmulator() as emulator:
        said = "You have reached your specified API usage limits. You will regain access on 2026-12-01."
        emulator.fail(Fault("status", 400, {"type": "error", "error": {"type": "x", "message": said}}))
        with pytest.raises(RejectedError) as caught:
            await reply(AnthropicChat(at(emulator, http)))
        assert caught.value.refusal == "credit"


async def test_anthropic_behind_a_relay_with_bearer_tokens(http: Http) -> None:
    async with AnthropicEmulator() as emulator:
        with pytest.raises(RejectedError):  # the emulator wants x-api-key
            await reply(AnthropicChat(at(emulator, http, auth="bearer")))
        assert emulator.seen[-1].headers["authorization"] == f"Bearer {emulator.key}"
        assert "x-api-key" not in emulator.seen[-1].headers


@pytest.mark.parametrize("options", [{"json": "maybe"}, {"auth": "cookie"}])
def test_options_that_mean_nothing_are_told(options: dict[str, str]) -> None:
    made = AnthropicChat if "auth" in options else OpenAIChat
    with pytest.raises(InputError) as caught:
        made(Endpoint("http://127.0.0.1:1", "sk", "m", Http(), options))
    assert caught.value.hint
