"""Chat over Anthropic's ``/v1/messages``.

Sources: anthropic-sdk-python 2.12.0 (2026-11: MessageCreateParams, StopReason, Usage, ErrorType, RefusalStopDetails)
and platform.claude.com/docs (api/versioning, api/errors, api/migration-2026-10-21; 2026-11): both versions take
``x-api-key``; 2026-10-21 refuses ``temperature`` always, 2023-06-01 for Claude 4.7 and later; a spend limit and an
empty account are 400, 402 ``billing_error`` is a payment problem, 529 is overload. Anthropic knows no idempotency and
no reference of ours (``metadata.user_id`` is for end users). There is no seed.

``temperature`` is 0..1 here, so more is sent as 1. Once refused with 400 it is left out, as in
`manju.providers.text.openai`, and told in facts as ``left_out``.

Options: ``auth`` is ``key`` (default, ``x-api-key``) or ``bearer``; ``version`` (default ``2023-06-01``, which relays
know); ``max_tokens`` (default 16000; the API demands a number); ``json`` says how a JSON object of a given schema is
had: ``prompt`` (default), or ``tool`` (the model must call a tool whose input has the schema; excludes thinking);
``extra`` is merged into the body.
"""

from __future__ import annotations

import json
from typing import Any

from manju.domain.order import TextRequest
from manju.errors import RejectedError
from manju.providers.answers import answered, check, nothing
from manju.providers.base import References
from manju.providers.text.wire import answer, apart, count, instructed, objection
from manju.providers.upstream import Accepted, Answer, AtOnce, Endpoint, address

VERSION = "v1"
_TOOL = "reply"
_CUT = ("max_tokens", "model_context_window_exceeded")


class AnthropicChat(AtOnce):
    """Replies from ``{base_url}/v1/messages``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._fixed = endpoint.extra()
        self._most = endpoint.number("max_tokens", 16_000)
        self._headers = {"anthropic-version": endpoint.options.get("version", "2023-06-01")}
        if endpoint.choice("auth", "key", "bearer") == "key":
            self._headers["x-api-key"] = endpoint.key
        else:
            self._headers["Authorization"] = f"Bearer {endpoint.key}"
        self._by_tool = endpoint.choice("json", "prompt", "tool") == "tool"
        self._left_out: set[str] = set()

    async def submit(self, request: TextRequest, references: References, token: str) -> Accepted | Answer:
        while True:
            told = {name: (name,) for name in ("temperature",) if name not in self._left_out}
            response = await self._endpoint.http.send(
                "POST",
                address(self._endpoint.base_url, VERSION, "/messages"),
                headers=self._headers,
                json=self._body(request, temperature="temperature" in told),
                read_s=self._endpoint.read_s,
            )
            if not (name := objection(response, told)):
                break
            self._left_out.add(name)
        return self._answer(request, answered(response, self._endpoint.key))

    async def probe(self) -> None:
        response = await self._endpoint.http.send(
            "GET",
            address(self._endpoint.base_url, VERSION, "/models"),
            headers=self._headers,
            read_s=self._endpoint.read_s,
        )
        check(response, secret=self._endpoint.key).json()

    def _body(self, request: TextRequest, *, temperature: bool) -> dict[str, Any]:
        system, turns = apart(instructed(request))
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "max_tokens": request.max_tokens or self._most,
            "messages": [turn.model_dump() for turn in turns],
        }
        if system:
            body["system"] = system
        if temperature:
            body["temperature"] = min(1.0, request.temperature)
        schema = {"type": "object", **(request.json_schema or {"type": ""})}
        if self._by_tool and schema["type"] == "object":  # a tool's input cannot be anything else
            body["tools"] = [{"name": _TOOL, "description": "Hand in the reply.", "input_schema": schema}]
            body["tool_choice"] = {"type": "tool", "name": _TOOL}
        return body | self._fixed

    def _answer(self, request: TextRequest, body: dict[str, Any]) -> Answer:
        stop = body.get("stop_reason")
        if stop == "refusal":
            details = body.get("stop_details")
            said = str(details.get("explanation") or details.get("category") or "") if isinstance(details, dict) else ""
            raise RejectedError(f"the model refused: {said[:300] or 'no reason'}", refusal="moderation")
        content = body.get("content")
        if not isinstance(content, list):
            raise nothing("content")
        blocks = [block for block in content if isinstance(block, dict)]
        handed = [block.get("input") for block in blocks if block.get("type") == "tool_use"]
        spoken = [block.get("text") for block in blocks if block.get("type") == "text"]
        text = "".join(part for part in spoken if isinstance(part, str))
        if handed:
            text = json.dumps(handed[0], ensure_ascii=False)
        return answer(
            request,
            text,
            cut=stop in _CUT,
            tokens=_tokens(body.get("usage")),
            model=str(body.get("model") or ""),
            left_out=self._left_out,
        )


def _tokens(usage: Any) -> tuple[int, int] | None:
    if not isinstance(usage, dict):
        return None
    taken = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    return sum(count(usage.get(name)) for name in taken), count(usage.get("output_tokens"))
