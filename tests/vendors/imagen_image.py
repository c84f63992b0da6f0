"""Imagen's ``:predict``, as google-genai 3.4.0 describes it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors import google_errors as google
from vendors.emulator import Fault, Seen
from vendors.image_answers import Fields, ImageEmulator, encoded, picture

FORMS: dict[str, type] = {
    "sampleCount": int,
    "aspectRatio": str,
    "sampleImageSize": str,
    "includeRaiReason": bool,
    "personGeneration": str,
    "negativePrompt": str,
}


class ImagenEmulator(ImageEmulator):
    model = "imagen-4.0-generate-001"
    shape = ("16:9", "1K")
    refuses = (("mask",), ("character",))
    submit_path = ":predict"
    probe_path = "/v1beta/models"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1beta/models/{model}:predict", self._predict),
            web.get("/v1beta/models", self._models),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        return google.signed(seen.headers)

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        return Fields(
            prompt=body["instances"][0]["prompt"],
            model=seen.path.rpartition("/")[2].partition(":")[0],
            ratio=body["parameters"]["aspectRatio"],
            size=body["parameters"].get("sampleImageSize"),
        )

    def refusal(self, kind: str) -> Fault:
        return google.refusal(kind)

    def nothings(self) -> dict[str, list[Any]]:
        filtered = "Unable to show generated images. All images were filtered out. Support codes: 56562880"
        return {
            "no_result": [{}, {"predictions": None}, {"predictions": []}, {"predictions": [{"mimeType": "image/png"}]}],
            "moderation": [{"predictions": [{"raiFilteredReason": filtered}]}],
        }

    async def _models(self, request: web.Request) -> web.Response:
        return google.models(request, self.model)

    async def _predict(self, request: web.Request) -> web.Response:
        if not google.signed(request.headers):
            return web.json_response(google.bad_key(), status=400)
        body = await request.json()
        parameters = body.get("parameters", {})
        for name, value in parameters.items():
            if name not in FORMS or not isinstance(value, FORMS[name]):
                return google.invalid(f"Invalid value at 'parameters.{name}'")
        if not body.get("instances") or not body["instances"][0].get("prompt"):
            return google.invalid("Prompt is required")
        if parameters.get("sampleCount") not in (1, 2, 3, 4):
            return google.invalid("sampleCount must be between 1 and 4")
        if parameters.get("aspectRatio", "1:1") not in ("1:1", "3:4", "4:3", "9:16", "16:9"):
            return google.invalid("aspectRatio is not supported")
        if parameters.get("sampleImageSize", "1K") not in ("1K", "2K"):
            return google.invalid("sampleImageSize is not supported")
        self.accept(body)
        prediction = {"mimeType": "image/png", "bytesBase64Encoded": encoded(picture()), "prompt": "a corridor, neon"}
        return web.json_response({"predictions": [prediction]})
