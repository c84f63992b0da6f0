"""Anthropic's messages, as anthropic-sdk-python 2.12.0 and platform.claude.com describe them (2026-11)."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from vendors.emulator import KEY, Fault, Seen
from vendors.text_answers import Fields, TextEmulator

FORMS: dict[str, type | tuple[type, ...]] = {
    "model": str,
    "max_tokens": int,
    "messages": list,
    "system": str,
    "temperature": (int, float),
    "tools": list,
    "tool_choice": dict,
    "thinking": dict,
}


class AnthropicEmulator(TextEmulator):
    model = "claude-sonnet-4-6"
    optional = ("temperature",)
    submit_path = "/v1/messages"
    probe_path = "/v1/models"

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/messages", self._create), web.get("/v1/models", self._models)]

    def signed(self, seen: Seen) -> bool:
        version = seen.headers.get("anthropic-version")
        return seen.headers.get("x-api-key") == self.key and version in ("2023-06-01", "2026-10-21")

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        tools = body.get("tools")
        return Fields(
            model=body["model"],
            system=body.get("system", ""),
            turns=tuple((each["role"], each["content"]) for each in body["messages"]),
            temperature=body.get("temperature"),
            enforced="schema" if tools else "",
            schema=tools[0]["input_schema"] if tools else None,
            most=body["max_tokens"],
        )

    def refusal(self, kind: str) -> Fault:
        empty = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade."
        status, name, message, headers = {
            "auth": (401, "authentication_error", "invalid x-api-key", {}),
            "credit": (400, "invalid_request_error", empty, {}),
            "moderation": (400, "invalid_request_error", "Output blocked by content policy", {}),
            "rate": (429, "rate_limit_error", "This request would exceed your rate limit.", {"Retry-After": "7"}),
            "busy": (529, "overloaded_error", "Overloaded", {}),
        }[kind]
        return Fault("status", status, error(name, message), headers)

    def nothings(self) -> dict[str, list[Any]]:
        def stopped(reason: str, *content: dict[str, Any], **more: Any) -> dict[str, Any]:
            return {"type": "message", "content": list(content), "stop_reason": reason, **more}

        why = {"type": "refusal", "category": "bio", "explanation": None}
        return {
            "no_result": [
                {},
                {"content": None},
                stopped("end_turn"),
                stopped("end_turn", {"type": "text", "text": ""}),
                stopped("max_tokens", {"type": "thinking", "thinking": "Let me think"}),
            ],
            "moderation": [stopped("refusal"), stopped("refusal", {"type": "text", "text": "一座"}, stop_details=why)],
        }

    async def _models(self, request: web.Request) -> web.Response:
        if denied := _denied(request):
            return denied
        return web.json_response({"data": [{"type": "model", "id": self.model}], "has_more": False})

    async def _create(self, request: web.Request) -> web.Response:
        if denied := _denied(request):
            return denied
        body = await request.json()
        if wrong := self._wrong(body, request.headers["anthropic-version"]):
            return web.json_response(error("invalid_request_error", wrong), status=400)
        self.bought(body)
        content: list[dict[str, Any]] = [{"type": "text", "text": self.said}]
        if "tools" in body:
            content = [{"type": "tool_use", "id": "toolu_1", "name": "reply", "input": json.loads(self.said)}]
        usage = {"input_tokens": 21, "cache_creation_input_tokens": 4, "cache_read_input_tokens": 6, "output_tokens": 9}
        stop = "max_tokens" if self.cut else "tool_use" if "tools" in body else "end_turn"
        answer = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-6-20260101"}
        return web.json_response({**answer, "content": content, "stop_reason": stop, "usage": usage})

    def _wrong(self, body: dict[str, Any], version: str) -> str:
        for name, value in body.items():
            if name not in FORMS or not isinstance(value, FORMS[name]):
                return f"{name}: Extra inputs are not permitted"
        if "temperature" in body and version == "2026-10-21":
            return "temperature: Extra inputs are not permitted"
        if "temperature" in body and "temperature" in self.refusing:
            return "`temperature` is deprecated for this model."
        if not 0 <= body.get("temperature", 0) <= 1:
            return "temperature: range: 0..1"
        if body.get("model") != self.model or body.get("max_tokens", 0) < 1 or not body.get("messages"):
            return "model, max_tokens and messages are required"
        if any(each.get("role") not in ("user", "assistant") for each in body["messages"]):
            return "messages: unexpected role; use the top-level system parameter"
        if body["messages"][0]["role"] != "user":
            return "messages: first message must use the user role"
        for tool in body.get("tools", ()):
            if tool.get("input_schema", {}).get("type") != "object":
                return "tools.0.input_schema.type: must be object"
        return ""


def error(name: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": name, "message": message}, "request_id": "req_1"}


def _denied(request: web.Request) -> web.Response | None:
    if request.headers.get("x-api-key") != KEY:
        return web.json_response(error("authentication_error", "invalid x-api-key"), status=401)
    if request.headers.get("anthropic-version") not in ("2023-06-01", "2026-10-21"):
        return web.json_response(error("invalid_request_error", "anthropic-version: header is required"), status=400)
    return None
