"""Gemini Omni over Google's Interactions API, as the adapter's docstring says. Clips come as addresses, or with
``delivered_inline`` as base64, as the API does it at times whatever was asked for."""

from __future__ import annotations

import base64
import re
from typing import Any

from aiohttp import web

from vendors import google_errors
from vendors.emulator import Fault, Seen
from vendors.veo_video import GoogleVideoEmulator
from vendors.video_tasks import Fields, Task, clip, decoded

FORM: dict[str, tuple[str, ...]] = {
    "type": ("video",),
    "delivery": ("inline", "uri"),
    "aspect_ratio": ("16:9", "9:16"),
    "resolution": ("360p", "720p", "1080p", "4k"),
    "duration": tuple(f"{seconds}s" for seconds in range(3, 11)),
}
NO_KEY = (401, "authentication", "The API key is not valid.")


class OmniVideoEmulator(GoogleVideoEmulator):
    model = "gemini-omni-1.1-flash"
    takes = ((), ("first_frame",), ("first_frame", "last_frame"), ("character", "scene"), ("first_frame", "character"))
    refuses = (("mask",), ("last_frame",), ("video",), ("audio",))
    submit_path = "/v1beta/interactions"
    look_path = "/v1beta/interactions/"
    delivered_inline = False

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1beta/interactions", self._submit),
            web.get("/v1beta/interactions/{task}", self._look),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        dated = "/interactions" not in seen.path or seen.headers.get("api-revision") == "2026-05-20"
        return dated and super().signed(seen)

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        pictures = [decoded(item["data"]) or b"" for item in body["input"] if item["type"] == "image"]
        text = body["input"][-1]["text"]
        roles = {int(number): name.lower() for name, number in re.findall(r"<(\w+?)>@Image(\d)", text)}
        named = [roles.get(number, "none") for number in range(1, len(pictures) + 1)]
        return Fields(
            prompt=text.rpartition("]\n")[2],
            model=body["model"],
            ratio=body["response_format"]["aspect_ratio"],
            seconds=int(body["response_format"]["duration"].rstrip("s")),
            pictures=tuple(
                ("" if name.startswith("image_ref_") else name, data)
                for name, data in zip(named, pictures, strict=True)
            ),
        )

    def refusal(self, kind: str) -> Fault:
        status, code, message = {
            "auth": NO_KEY,
            "credit": (402, "payment_required", "Your prepayment credits are depleted."),
            "moderation": (400, "spii", "The input was blocked."),
            "rate": (429, "quota_exceeded", "You exceeded your current quota."),
            "busy": (503, "service_unavailable", "The model is overloaded."),
        }[kind]
        return Fault("status", status, _error(code, message), {"Retry-After": "7"} if kind == "rate" else {})

    async def _submit(self, request: web.Request) -> web.Response:
        if not google_errors.signed(request.headers):
            return _refused(*NO_KEY)
        body = await request.json()
        if wrong := self._wrong(body):
            return _refused(400, "invalid_request", wrong)
        return web.json_response(
            {"id": self.accept(body, "v1_ChdPU0").id, "status": "in_progress", "model": self.model}
        )

    def _wrong(self, body: dict[str, Any]) -> str:
        if set(body) != {"model", "input", "response_format", "background", "store"} or body["model"] != self.model:
            return "unknown or missing fields"
        if body["background"] is not True or body["store"] is not True:
            return "a video runs in the background and must be stored"
        if unknown := [name for name, value in body["response_format"].items() if value not in FORM.get(name, ())]:
            return f"response_format: {unknown}"
        *pictures, text = body["input"]
        if text["type"] != "text" or not text["text"]:
            return "the last input must be the text"
        for picture in pictures:
            if set(picture) != {"type", "data", "mime_type"} or not decoded(picture["data"]):
                return "an image cannot be read"
        return ""

    async def _look(self, request: web.Request) -> web.Response:
        if not google_errors.signed(request.headers):
            return _refused(*NO_KEY)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return _refused(404, "not_found", "The interaction was not found.")
        return web.json_response({"id": task.id, "model": self.model, **self._state(task)})

    def _state(self, task: Task) -> dict[str, Any]:
        thought = {"type": "thought", "content": [{"type": "text", "text": "Framing the corridor."}]}
        match self.stage(task):
            case "done":
                video: dict[str, Any] = {"type": "video", "mime_type": "video/mp4"}
                if self.delivered_inline:
                    video["data"] = base64.b64encode(clip()).decode()
                else:
                    video["uri"] = f"{self.url}/v1beta/files/{task.id}:download?alt=media"
                steps = [thought, {"type": "model_output", "content": [video]}]
                return {"status": "completed", "steps": steps, "usage": {"total_output_tokens": 46336}}
            case "empty":
                said = [{"type": "text", "text": "I could not finish the clip."}]
                return {"status": "completed", "steps": [thought, {"type": "model_output", "content": said}]}
            case "failed":
                return {"status": "failed", "errors": [{"code": "internal", "message": "An internal error occurred."}]}
            case "moderated":
                return {
                    "status": "failed",
                    "errors": [{"code": "image_recitation", "message": "The output was blocked."}],
                }
            case "strange":
                return {"status": "paused"}
            case _:
                return {"status": "in_progress"}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response(_error(code, message), status=status)
