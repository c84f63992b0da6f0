"""MiniMax's clips over the first version of its API, as the adapter's docstring says: errors stand in
``base_resp`` with status 200, and a clip behind a file's id."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from manju.domain.order import VideoRequest
from vendors.emulator import Fault, Seen, authorised
from vendors.video_tasks import Fields, VideoEmulator, inline

FORMS: dict[str, type] = {
    "model": str,
    "prompt": str,
    "duration": int,
    "resolution": str,
    "first_frame_image": str,
    "last_frame_image": str,
    "subject_reference": list,
    "prompt_optimizer": bool,
    "fast_pretreatment": bool,
    "aigc_watermark": bool,
    "callback_url": str,
}
FRAMES = ("first_frame", "last_frame")
NO_KEY = (1004, "login fail: Please carry the API secret key in the 'Authorization' field of the request header")
PREFIX = "4240109857386"


class MiniMaxVideoEmulator(VideoEmulator):
    model = "MiniMax-Hailuo-2.3"
    request = VideoRequest(prompt="雨夜的走廊", width=1366, height=768, duration_ms=6000, seed=7)
    tells = ("seconds",)
    takes = ((), ("first_frame",), ("first_frame", "last_frame"), ("character",))
    refuses = (("mask",), ("last_frame",), ("first_frame", "character"), ("scene",), ("character", "character"))
    submit_path = "/v1/video_generation"
    look_path = "/v1/query/video_generation"
    probe_path = "/v2/query/video_generation"
    file_path = f"/files/{PREFIX}"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/video_generation", self._submit),
            web.get("/v1/query/video_generation", self._look),
            web.get("/v1/files/retrieve", self._retrieve),
            web.get("/v2/query/video_generation", self._list),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {self.key}"

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        pictures = [(role, body.get(f"{role}_image")) for role in FRAMES]
        pictures += [("character", uri) for each in body.get("subject_reference", ()) for uri in each["image"]]
        return Fields(
            prompt=body["prompt"],
            model=body["model"],
            seconds=body["duration"],
            pictures=tuple((role, inline(uri) or b"") for role, uri in pictures if uri),
        )

    def refusal(self, kind: str) -> Fault:
        code, message = {
            "auth": NO_KEY,
            "credit": (1008, "insufficient balance"),
            "moderation": (1026, "input new_sensitive"),
            "rate": (1002, "rate limit exceeded"),
            "busy": (1000, "unknown error, please retry later"),
        }[kind]
        return Fault("status", 200, answer(code, message))

    async def _list(self, request: web.Request) -> web.Response:
        if not authorised(request, self.key):
            return refused(401, "authorized_error", "login fail", 1004)
        if request.query.get("page_num") != "1" or request.query.get("page_size") != "1":
            return refused(400, "bad_request_error", "invalid params", 2013)
        return web.json_response({"tasks": [], "total": 0})

    async def _submit(self, request: web.Request) -> web.Response:
        if not authorised(request, self.key):
            return web.json_response(answer(*NO_KEY))
        body = await request.json()
        if wrong := mistyped(body, FORMS) or self._wrong(body):
            return web.json_response(answer(2013, f"invalid params, {wrong}"))
        return web.json_response({"task_id": self.accept(body, PREFIX).id, "base_resp": resp(0, "success")})

    def _wrong(self, body: dict[str, Any]) -> str:
        sizes = {("768P", 6), ("768P", 10), ("1080P", 6)}
        if body.get("model") != self.model or (body.get("resolution", "768P"), body.get("duration", 6)) not in sizes:
            return "model, resolution or duration"
        if "last_frame_image" in body and "first_frame_image" not in body:
            return "first_frame_image"
        if not all(inline(body[name]) for name in ("first_frame_image", "last_frame_image") if name in body):
            return "an image cannot be read"
        subjects = body.get("subject_reference", [])
        good = [each for each in subjects if each["type"] == "character" and [inline(uri) for uri in each["image"]]]
        return "subject_reference" if len(subjects) > 1 or good != subjects else ""

    async def _look(self, request: web.Request) -> web.Response:
        if not authorised(request, self.key):
            return web.json_response(answer(*NO_KEY))
        task = self.tasks.get(request.query.get("task_id", ""))
        if task is None:
            return web.json_response(answer(2013, "invalid params, invalid task_id"))
        stage = self.stage(task)
        states = {"waiting": "Queueing", "working": "Processing", "done": "Success", "empty": "Success"}
        states |= {"failed": "Fail", "moderated": "Fail", "strange": "Paused"}
        code, said = {"failed": (1000, "unknown error"), "moderated": (1027, "output new_sensitive")}.get(
            stage, (0, "success")
        )
        found: dict[str, Any] = {"task_id": task.id, "status": states[stage], "base_resp": resp(code, said)}
        if stage == "done":
            found |= {"file_id": task.id, "video_width": 1366, "video_height": 768}
        return web.json_response(found)

    async def _retrieve(self, request: web.Request) -> web.Response:
        if not authorised(request, self.key):
            return web.json_response(answer(*NO_KEY))
        task = self.tasks.get(request.query.get("file_id", ""))
        if task is None:
            return web.json_response(answer(2013, "invalid params, file not exist"))
        file = {"file_id": int(task.id), "bytes": 5896337, "filename": "output.mp4", "purpose": "video_generation"}
        file |= {"download_url": f"{self.clip_url(task)}?Expires={1763600000 + task.looks}"}
        return web.json_response({"file": file, "base_resp": resp(0, "success")})


def mistyped(body: dict[str, Any], forms: dict[str, type]) -> str:
    if unknown := set(body) - set(forms):
        return f"unknown fields {sorted(unknown)}"
    return next((name for name, value in body.items() if type(value) is not forms[name]), "")


def resp(code: int, message: str) -> dict[str, Any]:
    return {"status_code": code, "status_msg": message}


def answer(code: int, message: str) -> dict[str, Any]:
    return {"task_id": "", "base_resp": resp(code, message)}


def error(status: int, kind: str, message: str, code: int) -> dict[str, Any]:
    error = {"type": kind, "message": f"{message} ({code})", "http_code": str(status)}
    return {"type": "error", "error": error, "request_id": "0682"}


def refused(status: int, kind: str, message: str, code: int) -> web.Response:
    return web.json_response(error(status, kind, message, code), status=status)
