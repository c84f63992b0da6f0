"""SiliconFlow's pictures, as its OpenAPI document (2026) and seed 004 §4.1 describe them. The bodies of an empty
account and of refused content are not in it: those are guesses in its form."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors.emulator import Fault, Seen, authorised
from vendors.image_answers import Fields, ImageEmulator, inline

FORMS: dict[str, type | tuple[type, ...]] = {
    "model": str,
    "prompt": str,
    "negative_prompt": str,
    "image_size": str,
    "batch_size": int,
    "seed": int,
    "num_inference_steps": int,
    "guidance_scale": (int, float),
    "cfg": (int, float),
    "output_format": str,
    "image": str,
    "image2": str,
    "image3": str,
}


SIZES = {"black-forest-labs/FLUX.2-pro": ("512x512", "768x1024", "1024x768", "576x1024", "1024x576")}
"""The only sizes of a model that has few (docs.siliconflow.com, 2026)."""


class SiliconFlowEmulator(ImageEmulator):
    model = "black-forest-labs/FLUX.1-schnell"
    request = ImageEmulator.request.model_copy(update={"width": 1024, "height": 576})
    shape = (None, "1024x576")
    takes = ((), ("character",), ("character", "scene", "object"))
    refuses = (("mask",), ("character",) * 4)
    submit_path = "/v1/images/generations"
    probe_path = "/v1/models"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/images/generations", self._generate),
            web.get("/v1/models", self._models),
            web.get("/v1/user/info", self._ended),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {self.key}"

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        images = [body[name] for name in ("image", "image2", "image3") if name in body]
        return Fields(
            prompt=body["prompt"],
            model=body["model"],
            size=body["image_size"],
            seed=body["seed"],
            pictures=tuple(inline(each) or b"" for each in images),
        )

    def refusal(self, kind: str) -> Fault:
        limited = "Request was rejected due to rate limiting. Details:TPM limit reached."
        status, body, headers = {
            "auth": (401, '"Invalid token"', {}),
            "credit": (
                403,
                {"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None},
                {},
            ),
            "moderation": (
                400,
                {"code": 20015, "message": "The prompt is sensitive or inappropriate", "data": None},
                {},
            ),
            "rate": (429, {"message": limited, "data": ""}, {"Retry-After": "7"}),
            "busy": (
                503,
                {"code": 50505, "message": "Model service overloaded. Please try again later.", "data": ""},
                {},
            ),
        }[kind]
        return Fault("status", status, body, headers)

    def nothings(self) -> dict[str, list[Any]]:
        return {
            "no_result": [{}, {"images": []}, {"images": None}, {"images": [{}]}, {"images": [{"url": ""}]}],
            "moderation": [{"code": 20015, "message": "prompt contains sensitive words", "data": None}],
        }

    async def _models(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return web.json_response("Invalid token", status=401)
        return web.json_response({"object": "list", "data": [{"id": self.model, "object": "model"}]})

    async def _ended(self, request: web.Request) -> web.Response:
        return web.json_response({"code": 410, "message": "gone", "data": None}, status=410)

    async def _generate(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return web.json_response("Invalid token", status=401)
        body = await request.json()
        for name, value in body.items():
            if name not in FORMS or not isinstance(value, FORMS[name]):
                return _wrong(20015, f"{name} is invalid")
        if body.get("model") != self.model:
            return _wrong(20012, "Model does not exist. Please check it carefully.")
        width, _, height = body.get("image_size", "").partition("x")
        if not body.get("prompt") or not width.isdecimal() or not height.isdecimal():
            return _wrong(20015, "prompt and image_size are required")
        if self.model in SIZES and body["image_size"] not in SIZES[self.model]:
            return _wrong(20015, "image_size is not supported")
        if not 0 <= body.get("seed", 0) <= 9_999_999_999 or not 1 <= body.get("num_inference_steps", 20) <= 100:
            return _wrong(20015, "seed or num_inference_steps is out of range")
        if not all(inline(body[name]) for name in ("image", "image2", "image3") if name in body):
            return _wrong(20015, "image must be a data URI")
        task = self.accept(body)
        answer = {"images": [{"url": self.url_of(task)}], "timings": {"inference": 0.6}, "seed": body.get("seed", 1)}
        return web.json_response(answer)


def _wrong(code: int, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message, "data": None}, status=400)
