"""Chat completions, as openai-python 3.54.0 describes them, of a relay that repeats keys and takes what it likes."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors.emulator import Fault, Seen, authorised
from vendors.text_answers import Fields, TextEmulator

FORMS: dict[str, type | tuple[type, ...]] = {
    "model": str,
    "messages": list,
    "temperature": (int, float),
    "seed": int,
    "response_format": dict,
    "max_tokens": int,
    "max_completion_tokens": int,
    "reasoning_effort": str,
}


class OpenAITextEmulator(TextEmulator):
    model = "gpt-4o"
    keeps_token = True
    enforces = ("schema", "json")
    optional = ("json_schema", "json_object", "temperature", "seed")
    submit_path = "/v1/chat/completions"
    probe_path = "/v1/models"

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/chat/completions", self._complete), web.get("/v1/models", self._models)]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {self.key}"

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        form = body.get("response_format", {})
        schema = form.get("json_schema", {}).get("schema")
        turns = [(each["role"], each["content"]) for each in body["messages"]]
        return Fields(
            model=body["model"],
            system="\n\n".join(text for role, text in turns if role == "system"),
            turns=tuple(turn for turn in turns if turn[0] != "system"),
            temperature=body.get("temperature"),
            seed=body.get("seed"),
            enforced={"json_schema": "schema", "json_object": "json"}.get(form.get("type"), ""),
            schema=schema,
            most=body.get("max_tokens"),
            token=seen.headers.get("idempotency-key"),
        )

    def refusal(self, kind: str) -> Fault:
        quota = "You exceeded your current quota, please check your plan and billing details."
        status, code, message, headers = {
            "auth": (401, "invalid_api_key", "Incorrect API key provided: sk-emula***nope.", {}),
            "credit": (429, "insufficient_quota", quota, {}),
            "moderation": (400, "content_policy_violation", "Your prompt was flagged by our content policy.", {}),
            "rate": (429, "rate_limit_exceeded", "Rate limit reached for gpt-4o", {"Retry-After": "7"}),
            "busy": (500, "server_error", "The server had an error while processing your request.", {}),
        }[kind]
        return Fault("status", status, error(code, message), headers)

    def nothings(self) -> dict[str, list[Any]]:
        def stopped(reason: str, **message: Any) -> dict[str, Any]:
            return {"choices": [{"index": 0, "finish_reason": reason, "message": {"role": "assistant", **message}}]}

        return {
            "no_result": [
                {"choices": None},
                {"choices": []},
                {},
                {"choices": [None]},
                {"choices": [{"finish_reason": "stop", "message": None}]},
                stopped("stop", content=""),
                stopped("stop", content=None, reasoning_content="I think ..."),
                stopped("length", content="  \n"),
                {"error": {"message": "upstream error", "type": "new_api_error", "code": None}},
            ],
            "moderation": [
                stopped("stop", content=None, refusal="I'm sorry, I cannot help with that."),
                stopped("content_filter", content="一座"),
                {"error": {"message": "content_policy_violation", "code": "content_policy_violation"}},
            ],
            "auth": [{"error": {"message": "no", "code": 401}}],
        }

    async def _models(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _denied(request)
        return web.json_response({"object": "list", "data": [{"id": self.model, "object": "model"}]})

    async def _complete(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _denied(request)
        body = await request.json()
        if wrong := self._wrong(body):
            return web.json_response(error("invalid_request_error", wrong), status=400)
        self.bought(body)
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": self.said, "refusal": None},
            "finish_reason": "length" if self.cut else "stop",
        }
        usage = {"prompt_tokens": 31, "completion_tokens": 9, "total_tokens": 40}
        answer = {"id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o-2024-11-20"}
        return web.json_response({**answer, "choices": [choice], "usage": usage})

    def _wrong(self, body: dict[str, Any]) -> str:
        for name, value in body.items():
            if name not in FORMS or not isinstance(value, FORMS[name]):
                return f"Unrecognized request argument supplied: {name}"
        messages = body.get("messages")
        if body.get("model") != self.model or not messages:
            return "The model does not exist, or messages are missing."
        if any(set(each) != {"role", "content"} or not isinstance(each["content"], str) for each in messages):
            return "Invalid message."
        form = body.get("response_format", {"type": "text"})
        if form["type"] in self.refusing:
            return f"Invalid parameter: 'response_format' of type '{form['type']}' is not supported with this model."
        if form["type"] == "json_schema" and not {"name", "schema"} <= set(form["json_schema"]):
            return "Missing required parameter: 'response_format.json_schema.schema'."
        if form["type"] == "json_object" and not any("json" in each["content"].lower() for each in messages):
            return (
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
            )
        for name in ("temperature", "seed"):
            if name in self.refusing and name in body:
                return f"Unsupported parameter: '{name}' is not supported with this model."
        return ""


def error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


def _denied(request: web.Request) -> web.Response:
    """The whole key is repeated: some relays do."""
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return web.json_response(error("", f"无效的令牌 {key} (request id: 2026)"), status=401)
