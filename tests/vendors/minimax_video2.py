"""MiniMax's clips over the second version of its API, as the adapter's docstring says: real statuses, references of all
kinds, and a fresh address in each look."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from manju.domain.order import VideoRequest
from vendors.emulator import Fault, Seen, authorised
from vendors.minimax_video import FRAMES, PREFIX, MiniMaxVideoEmulator, error, mistyped, refused
from vendors.video_tasks import Fields, Task, inline

FORMS: dict[str, type] = {
    "model": str,
    "content": list,
    "duration": int,
    "resolution": str,
    "ratio": str,
    "aigc_watermark": bool,
    "callback_url": str,
}
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")


class MiniMaxVideo2Emulator(MiniMaxVideoEmulator):
    model = "MiniMax-H3"
    request = VideoRequest(prompt="雨夜的走廊", width=1366, height=768, duration_ms=8000, seed=7)
    tells = ("ratio", "seconds")
    takes = ((), ("first_frame",), ("last_frame",), ("first_frame", "last_frame"), ("character", "scene", "object"))
    refuses = (("mask",), ("first_frame", "scene"), ("audio",))
    submit_path = "/v2/video_generation"
    look_path = "/v2/query/video_generation/"
    file_path = "/files/"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v2/video_generation", self._submit),
            web.get("/v2/query/video_generation/{task}", self._look),
            *super().routes()[2:],
        ]

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        texts = [item["text"] for item in body["content"] if item["type"] == "text"]
        pictures = [item for item in body["content"] if item["type"] == "image_url"]
        return Fields(
            prompt=texts[0],
            model=body["model"],
            ratio=body.get("ratio"),
            seconds=body["duration"],
            pictures=tuple(
                (item["role"] if item["role"] in FRAMES else "", inline(item["image_url"]["url"]) or b"")
                for item in pictures
            ),
        )

    def refusal(self, kind: str) -> Fault:
        status, name, message, code = {
            "auth": (401, "authorized_error", "login fail", 1004),
            "credit": (402, "insufficient_balance_error", "insufficient balance", 1008),
            "moderation": (422, "unprocessable_entity_error", "input new_sensitive", 1026),
            "rate": (429, "rate_limit_error", "rate limit exceeded", 1002),
            "busy": (500, "server_error", "unknown error", 1000),
        }[kind]
        return Fault("status", status, error(status, name, message, code), {"Retry-After": "7"})

    async def _submit(self, request: web.Request) -> web.Response:
        if not authorised(request, self.key):
            return refused(401, "authorized_error", "login fail", 1004)
        body = await request.json()
        if wrong := mistyped(body, FORMS) or self._wrong(body):
            return refused(400, "bad_request_error", f"invalid params, {wrong}", 2013)
        return web.json_response({"task_id": self.accept(body, PREFIX).id})

    def _wrong(self, body: dict[str, Any]) -> str:
        if body.get("model") != self.model or body.get("resolution", "768P") not in ("480P", "768P", "2K"):
            return "model or resolution"
        if not 4 <= body.get("duration", 5) <= 15 or body.get("ratio", "16:9") not in (*RATIOS, "adaptive"):
            return "duration or ratio"
        if not [item for item in body["content"] if item["type"] == "text" and item["text"]]:
            return "text"
        roles = [item.get("role") for item in body["content"] if item["type"] != "text"]
        if any(role in FRAMES for role in roles) and any(role not in FRAMES for role in roles):
            return "frames and references"
        if not roles and body.get("ratio", "adaptive") == "adaptive":
            return "ratio"
        pictures = [item for item in body["content"] if item["type"] == "image_url"]
        return "" if all(inline(item["image_url"]["url"]) for item in pictures) else "an image cannot be read"

    async def _look(self, request: web.Request) -> web.Response:
        if not authorised(request, self.key):
            return refused(401, "authorized_error", "login fail", 1004)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return refused(400, "bad_request_error", "invalid params, invalid task_id", 2013)
        return web.json_response({"task": self._state(task)})

    def _state(self, task: Task) -> dict[str, Any]:
        stage = self.stage(task)
        states = {"waiting": "queued", "working": "running", "done": "succeeded", "empty": "succeeded"}
        states |= {"failed": "failed", "moderated": "failed", "strange": "paused"}
        state: dict[str, Any] = {"id": task.id, "model": self.model, "status": states[stage]}
        if stage == "failed":
            state["error"] = {"code": "1000", "message": "unknown error"}
        if stage == "moderated":
            state["error"] = {"code": "1027", "message": "output video refused"}
        if stage == "done":
            state |= {"content": {"url": f"{self.clip_url(task)}?Expires={1763600000 + task.looks}"}}
            state |= {"resolution": "768P", "duration": 8, "ratio": "16:9", "usage": {"total_seconds": 8}}
        return state
