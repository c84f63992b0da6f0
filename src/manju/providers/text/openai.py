"""Chat over ``/chat/completions``: OpenAI, and every relay and vendor that speaks the same.

Sources: openai-python 3.54.0 (2026-11), types/chat/*, for fields, finish reasons and usage; for how relays differ,
../shared/research/ecosystem.md §8 (2026-11-20: json_schema refused with 400, json_object refused, both ignored with
prose, ``choices: null``, the word "json" demanded) and BerriAI-style 400s that name the field they do not take.

What an endpoint refuses with 400 to be told is left out from then on, for as long as the adapter lives, and the order
goes out again at once (nothing was made): ``response_format`` steps down from json_schema to json_object to nothing,
``temperature`` and ``seed`` are dropped. Facts tell it as ``left_out``. The shape of a JSON reply is always in the
prompt too. Replies are delivered as they are: repairing and asking again is the pipeline's.

Options: ``json`` is the first step of that ladder (default ``json_schema``, or ``json_object``, ``prompt``);
``max_tokens`` and ``max_completion_tokens`` are sent if set; ``extra`` is merged into the body.
"""

from __future__ import annotations

from typing import Any

from manju.domain.order import TextRequest
from manju.errors import RejectedError
from manju.providers import openai
from manju.providers.answers import answered, nothing
from manju.providers.base import References
from manju.providers.text.wire import answer, count, instructed, objection, wants_json
from manju.providers.upstream import Accepted, Answer, AtOnce, Endpoint

_LADDER = ("json_schema", "json_object", "prompt")
_COMPLAINTS = {
    "json_schema": ("response_format", "json_schema", "json schema", "structured output", "schema"),
    "json_object": ("response_format", "json_object", "json mode"),
    "temperature": ("temperature",),
    "seed": ("seed",),
}


class OpenAIChat(AtOnce):
    """Replies from ``{base_url}/v1/chat/completions``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._fixed = endpoint.extra()
        for name in ("max_tokens", "max_completion_tokens"):
            if (most := endpoint.number(name)) is not None:
                self._fixed[name] = most
        self._left_out = set(_LADDER[: _LADDER.index(endpoint.choice("json", *_LADDER))])

    async def submit(self, request: TextRequest, references: References, token: str) -> Accepted | Answer:
        while True:
            body, told = self._body(request)
            response = await openai.post(self._endpoint, "/chat/completions", token, json=body)
            if not (name := objection(response, told)):
                break
            self._left_out.add(name)
        return self._answer(request, answered(response, self._endpoint.key), told)

    async def probe(self) -> None:
        await openai.probe(self._endpoint)

    def _body(self, request: TextRequest) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
        """The body, and what of it the endpoint may object to."""
        optional: dict[str, tuple[str, Any]] = {}
        if wants_json(request):
            if request.json_schema is not None:
                schema = {"name": "reply", "schema": dict(request.json_schema)}
                optional["json_schema"] = "response_format", {"type": "json_schema", "json_schema": schema}
            optional["json_object"] = "response_format", {"type": "json_object"}
        optional["temperature"] = "temperature", request.temperature
        optional["seed"] = "seed", request.seed
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "messages": [message.model_dump() for message in instructed(request)],
        }
        told: dict[str, tuple[str, ...]] = {}
        for name, (field, value) in optional.items():
            if name not in self._left_out and field not in body:
                body[field] = value
                told[name] = _COMPLAINTS[name]
        body |= self._fixed
        if request.max_tokens is not None:
            # Newer models of the vendor know only the longer name; the channel's option says so.
            name = "max_completion_tokens" if "max_completion_tokens" in self._fixed else "max_tokens"
            body[name] = request.max_tokens
        return body, told

    def _answer(self, request: TextRequest, body: dict[str, Any], told: dict[str, tuple[str, ...]]) -> Answer:
        choices = body.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(choice, dict) or not isinstance(message, dict):
            raise nothing("choices", str(body.get("message") or ""))
        if refusal := message.get("refusal"):
            raise RejectedError(f"the model refused: {str(refusal)[:300]}", refusal="moderation")
        if choice.get("finish_reason") == "content_filter":
            raise RejectedError("upstream's content filter stopped the reply", refusal="moderation")
        usage = body.get("usage")
        tokens = None
        if isinstance(usage, dict):
            tokens = count(usage.get("prompt_tokens")), count(usage.get("completion_tokens"))
        return answer(
            request,
            _text(message.get("content")),
            cut=choice.get("finish_reason") == "length",
            tokens=tokens,
            model=str(body.get("model") or ""),
            left_out=_not_told(request, told),
        )


def _not_told(request: TextRequest, told: dict[str, tuple[str, ...]]) -> set[str]:
    """What was asked for and did not go out: the shape counts, the way of asking for it does not."""
    missing = {"temperature", "seed"} - told.keys()
    if wants_json(request) and not told.keys() & {"json_schema", "json_object"}:
        missing.add("response_format")
    return missing


def _text(content: Any) -> str:
    """Some relays split the content into parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""
