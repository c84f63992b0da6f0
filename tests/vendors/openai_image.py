"""OpenAI's pictures, as openai-python 3.54.0 describes them."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from aiohttp import web

from vendors.emulator import Fault, Seen, authorised
from vendors.image_answers import Fields, ImageEmulator, Task, decoded, encoded, inline, parts, picture

FORMS: dict[str, type] = {
    "model": str,
    "prompt": str,
    "size": str,
    "n": int,
    "quality": str,
    "background": str,
    "moderation": str,
    "output_format": str,
}


class OpenAIImageEmulator(ImageEmulator):
    model = "gpt-image-2"
    shape = (None, "1344x768")
    takes = ((), ("character",), ("character", "scene", "object"), ("reference", "mask"))
    keeps_token = True
    submit_path = "/v1/images/"
    probe_path = "/v1/models"
    forms: ClassVar[dict[str, type]] = FORMS
    several: ClassVar[str] = "image[]"
    """What several pictures are called in a form."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/images/generations", self._generate),
            web.post("/v1/images/edits", self._edit),
            web.get("/v1/models", self._models),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {self.key}"

    def order(self, seen: Seen) -> dict[str, Any]:
        """An order's fields, and its pictures as ``pictures`` and ``mask``."""
        if seen.path.endswith("/generations"):
            body = dict(seen.json)
            return body | {"pictures": [inline(each) for each in body.pop("image", ())], "mask": None}
        found: dict[str, Any] = {"pictures": [], "mask": None}
        images = sum(name in ("image", "image[]") for name, _, _ in parts(seen))
        for name, filename, content in parts(seen):
            if name == (self.several if images > 1 else "image") and filename:
                found["pictures"].append(content if decoded(encoded(content)) else None)
            elif name == "mask" and filename:
                found["mask"] = content if decoded(encoded(content)) else None
            else:
                text = content.decode()
                found[name] = int(text) if self.forms.get(name) is int else text
        return found

    def fields(self, seen: Seen) -> Fields:
        order = self.order(seen)
        return Fields(
            prompt=order["prompt"],
            model=order["model"],
            ratio=order.get("aspect_ratio"),
            size=order.get("image_size") or order.get("size"),
            seed=order.get("seed"),
            pictures=tuple(order["pictures"]),
            mask=order["mask"],
            token=seen.headers.get("idempotency-key"),
        )

    def refusal(self, kind: str) -> Fault:
        status, code, message, headers = {
            "auth": (401, "invalid_api_key", "Incorrect API key provided: sk-emula***nope.", {}),
            "credit": (400, "billing_hard_limit_reached", "Billing hard limit has been reached.", {}),
            "moderation": (
                400,
                "moderation_blocked",
                "Your request was rejected by the safety system. safety_violations=[sexual].",
                {},
            ),
            "rate": (429, "rate_limit_exceeded", "Rate limit reached for gpt-image-2", {"Retry-After": "7"}),
            "busy": (500, "server_error", "The server had an error while processing your request.", {}),
        }[kind]
        return Fault("status", status, error(code, message), headers)

    def nothings(self) -> dict[str, list[Any]]:
        return {
            "no_result": [
                {"created": 1, "data": []},
                {"created": 1, "data": None},
                {"created": 1, "data": [{"b64_json": "", "url": ""}]},
                {"created": 1, "data": [{"b64_json": encoded(b"<html>")}]},
                {"created": 1, "data": [{"b64_json": "***"}]},
                {"choices": None},
                {"choices": [{"message": {"role": "assistant", "content": "Here is your picture!"}}]},
                {"error": {"message": "upstream error", "type": "new_api_error"}},
            ],
            "moderation": [
                {"choices": [{"message": {"content": "I cannot draw this: it breaks the content policy."}}]},
                {"error": {"message": "moderation_blocked", "code": "moderation_blocked"}},
            ],
            "rate": [{"error": {"message": "slow down", "code": 429}}],
        }

    def wrong(self, order: dict[str, Any]) -> str:
        """What the vendor would not take in an order; empty if nothing."""
        for name, value in order.items():
            if name in ("pictures", "mask"):
                continue
            if name not in self.forms:
                return f"Unknown parameter: '{name}'."
            if not isinstance(value, self.forms[name]):
                return f"Invalid type for '{name}'."
        if not order.get("prompt") or order.get("model") != self.model:
            return "Missing required parameter: 'prompt', or the model does not exist."
        if None in order["pictures"] or (order["mask"] is not None and not order["pictures"]):
            return "Invalid image file or mask."
        size = re.fullmatch(r"(\d+)x(\d+)", order.get("size", "1024x1024"))
        if size is None or int(size[1]) % 16 or int(size[2]) % 16:
            return "Invalid size: width and height must both be divisible by 16."
        return ""

    def made(self, task: Task) -> dict[str, Any]:
        """The answer to an order."""
        details = {"image_tokens": 0, "text_tokens": 12}
        usage = {"input_tokens": 12, "input_tokens_details": details, "output_tokens": 1056, "total_tokens": 1068}
        data = {"b64_json": encoded(picture())}
        return {"created": 1763600000, "data": [data], "output_format": "png", "usage": usage}

    async def _models(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return self.denied(request)
        return web.json_response({"object": "list", "data": [{"id": self.model, "object": "model"}]})

    async def _generate(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return web.json_response(error("invalid_request_error", "Content-Type must be JSON"), status=400)
        return await self._serve(request)

    async def _edit(self, request: web.Request) -> web.Response:
        if request.content_type != "multipart/form-data":
            return web.json_response(error("invalid_request_error", "Content-Type must be a form"), status=400)
        return await self._serve(request)

    async def _serve(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return self.denied(request)
        order = self.order(self.seen[-1])
        if request.path.endswith("/edits") and not order["pictures"]:
            return web.json_response(error("invalid_request_error", "image is required"), status=400)
        if wrong := self.wrong(order):
            return web.json_response(error("invalid_request_error", wrong), status=400)
        return web.json_response(self.answer(request, self.accept(order)))

    def answer(self, request: web.Request, task: Task) -> dict[str, Any]:
        return self.made(task)

    def denied(self, request: web.Request) -> web.Response:
        """Half of the key is shown, as OpenAI does."""
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        shown = f"{key[:8]}***{key[-4:]}"
        return web.json_response(error("invalid_api_key", f"Incorrect API key provided: {shown}."), status=401)


def error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
