"""Gemini's pictures over ``generateContent``, as google-genai 3.4.0 and relay-gateway.md §3 describe them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors import google_errors as google
from vendors.emulator import Fault, Seen
from vendors.image_answers import Fields, ImageEmulator, decoded, encoded, picture

RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")


class GeminiImageEmulator(ImageEmulator):
    model = "gemini-3-pro-image"
    shape = ("16:9", "1K")
    takes = ((), ("character",), ("character", "scene", "object"))
    refuses = (("reference", "mask"), ("video",), ("character",) * 15)
    submit_path = ":generateContent"
    probe_path = "/v1beta/models"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1beta/models/{model}:generateContent", self._generate),
            web.get("/v1beta/models", self._models),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        return google.signed(seen.headers)

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        parts = body["contents"][0]["parts"]
        shape = body["generationConfig"]["imageConfig"]
        return Fields(
            prompt=parts[0]["text"],
            model=seen.path.rpartition("/")[2].partition(":")[0],
            ratio=shape["aspectRatio"],
            size=shape.get("imageSize"),
            pictures=tuple(decoded(part["inlineData"]["data"]) or b"" for part in parts[1:]),
        )

    def refusal(self, kind: str) -> Fault:
        return google.refusal(kind)

    def nothings(self) -> dict[str, list[Any]]:
        def stopped(reason: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
            content = {"role": "model", "parts": list(parts)} if parts else {"role": "model"}
            return {"candidates": [{"content": content, "finishReason": reason, **more}], "modelVersion": self.model}

        thought = {"thought": True, "inlineData": {"mimeType": "image/png", "data": encoded(picture())}}
        blocked = "This output contains sensitive words that violate Google's Responsible AI practices."
        return {
            "no_result": [
                stopped("NO_IMAGE"),
                stopped("IMAGE_OTHER"),
                stopped("STOP", {"text": "What a lovely corridor!"}),
                stopped("STOP", thought),
                stopped("STOP", {"inlineData": {"mimeType": "image/png", "data": ""}}),
                {"candidates": None},
                {"candidates": []},
                {},
            ],
            "moderation": [
                stopped("IMAGE_SAFETY"),
                stopped("SAFETY"),
                stopped("IMAGE_RECITATION"),
                stopped("IMAGE_PROHIBITED_CONTENT", finishMessage=blocked),
                stopped("STOP", {"text": "I can't create this image: it goes against my safety guidelines."}),
                {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}},
            ],
            "auth": [stopped("PUP_LIMITED_DISABLED")],
        }

    async def _models(self, request: web.Request) -> web.Response:
        return google.models(request, self.model)

    async def _generate(self, request: web.Request) -> web.Response:
        if not google.signed(request.headers):
            return web.json_response(google.bad_key(), status=400)
        if request.match_info["model"] != self.model:
            return web.json_response(google.status(404, "NOT_FOUND", "models/x is not found"), status=404)
        body = await request.json()
        if wrong := self._wrong(body):
            return google.invalid(wrong)
        self.accept(body)
        parts = [
            {"text": "Thinking about a corridor.", "thought": True},
            {"inlineData": {"mimeType": "image/png", "data": encoded(picture(9))}, "thought": True},
            {"text": "Here is the corridor.", "thoughtSignature": "c2lnLXRleHQ="},
            {"inlineData": {"mimeType": "image/png", "data": encoded(picture())}, "thoughtSignature": "c2lnLWltZw=="},
        ]
        usage = {"promptTokenCount": 20, "candidatesTokenCount": 1120, "thoughtsTokenCount": 100}
        candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
        return web.json_response({"candidates": [candidate], "usageMetadata": usage, "modelVersion": self.model})

    def _wrong(self, body: dict[str, Any]) -> str:
        config = body.get("generationConfig", {})
        if unknown := set(body) - {"contents", "generationConfig", "systemInstruction", "safetySettings"}:
            return f'Invalid JSON payload received. Unknown name "{unknown}"'
        if unknown := set(config) - {"responseModalities", "imageConfig", "temperature", "candidateCount"}:
            return f"Invalid JSON payload received. Unknown name \"{unknown}\" at 'generation_config'"
        if not {"IMAGE"} <= set(config.get("responseModalities", [])) <= {"TEXT", "IMAGE"}:
            return "responseModalities is wrong"
        shape = config.get("imageConfig", {})
        if shape.get("aspectRatio", "1:1") not in RATIOS or shape.get("imageSize", "1K") not in ("1K", "2K", "4K"):
            return "aspectRatio or imageSize is not supported"
        parts = [part for content in body.get("contents", []) for part in content.get("parts", [])]
        if sum("text" in part for part in parts) != 1 or len(parts) > 15:
            return "contents are wrong"
        for part in parts:
            data = part.get("inlineData")
            if data is not None and (
                not decoded(data.get("data")) or not data.get("mimeType", "").startswith("image/")
            ):
                return "Unable to process input image."
        return ""
