"""Gemini's chat over ``generateContent``, as google-genai 3.4.0 describes it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors import google_errors as google
from vendors.emulator import Fault, Seen
from vendors.text_answers import Fields, TextEmulator

FORMS: dict[str, type | tuple[type, ...]] = {
    "temperature": (int, float),
    "seed": int,
    "responseMimeType": str,
    "responseJsonSchema": dict,
    "maxOutputTokens": int,
    "thinkingConfig": dict,
}


class GeminiTextEmulator(TextEmulator):
    model = "gemini-3-flash"
    enforces = ("schema", "json")
    optional = ("responseJsonSchema", "responseMimeType", "seed")
    submit_path = ":generateContent"
    probe_path = "/v1beta/models"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1beta/models/{model}:generateContent", self._generate),
            web.get("/v1beta/models", self._models),
        ]

    def signed(self, seen: Seen) -> bool:
        return google.signed(seen.headers)

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        config = body["generationConfig"]
        names = {"model": "assistant", "user": "user"}
        return Fields(
            model=seen.path.rpartition("/")[2].partition(":")[0],
            system="".join(part["text"] for part in body.get("systemInstruction", {"parts": []})["parts"]),
            turns=tuple((names[each["role"]], each["parts"][0]["text"]) for each in body["contents"]),
            temperature=config.get("temperature"),
            seed=config.get("seed"),
            enforced="schema" if "responseJsonSchema" in config else "json" if "responseMimeType" in config else "",
            schema=config.get("responseJsonSchema"),
            most=config.get("maxOutputTokens"),
        )

    def refusal(self, kind: str) -> Fault:
        return google.refusal(kind)

    def nothings(self) -> dict[str, list[Any]]:
        def stopped(reason: str, *parts: dict[str, Any]) -> dict[str, Any]:
            return {"candidates": [{"content": {"role": "model", "parts": list(parts)}, "finishReason": reason}]}

        return {
            "no_result": [
                {"candidates": None},
                {"candidates": []},
                {},
                stopped("STOP"),
                stopped("OTHER"),
                stopped("MAX_TOKENS", {"text": "Let me think", "thought": True}),
                {"candidates": [{"content": None, "finishReason": "STOP"}]},
            ],
            "moderation": [
                stopped("SAFETY", {"text": "一座"}),
                stopped("RECITATION"),
                stopped("PROHIBITED_CONTENT"),
                {"promptFeedback": {"blockReason": "SAFETY", "safetyRatings": []}},
            ],
        }

    async def _models(self, request: web.Request) -> web.Response:
        return google.models(request, self.model)

    async def _generate(self, request: web.Request) -> web.Response:
        if not google.signed(request.headers):
            return web.json_response(google.bad_key(), status=400)
        body = await request.json()
        if wrong := self._wrong(body):
            return google.invalid(wrong)
        self.bought(body)
        parts = [{"text": "Thinking ...", "thought": True}, {"text": self.said[:2]}, {"text": self.said[2:]}]
        candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "MAX_TOKENS" if self.cut else "STOP"}
        usage = {"promptTokenCount": 31, "candidatesTokenCount": 5, "thoughtsTokenCount": 4, "totalTokenCount": 40}
        return web.json_response(
            {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-3-flash-1"}
        )

    def _wrong(self, body: dict[str, Any]) -> str:
        config = body.get("generationConfig", {})
        for name, value in config.items():
            if name not in FORMS or name in self.refusing:
                return (
                    f"Invalid JSON payload received. Unknown name \"{name}\" at 'generation_config': Cannot find field."
                )
            if not isinstance(value, FORMS[name]):
                return f"Invalid value at 'generation_config.{name}'"
        if not -(2**31) <= config.get("seed", 0) < 2**31:
            return "Invalid value at 'generation_config.seed' (TYPE_INT32)"
        if "responseJsonSchema" in config and config.get("responseMimeType") != "application/json":
            return "responseJsonSchema needs responseMimeType application/json"
        contents = body.get("contents")
        if not contents or any(each.get("role") not in ("user", "model") for each in contents):
            return "contents is not specified, or has a role that is not user or model"
        return ""
