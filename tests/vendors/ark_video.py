"""Volcengine Ark's content generation tasks (Seedance), with the checks that its documents call strict."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors.emulator import Fault, Seen, authorised
from vendors.video_tasks import Fields, Task, VideoEmulator, inline

RATIOS = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive")
RESOLUTIONS = ("480p", "720p", "1080p")
ROLES = {"image_url": ("first_frame", "last_frame", "reference_image"), "audio_url": ("reference_audio",)}
FORMS: dict[str, type] = {
    "model": str,
    "content": list,
    "resolution": str,
    "ratio": str,
    "duration": int,
    "seed": int,
    "watermark": bool,
    "generate_audio": bool,
    "camera_fixed": bool,
    "service_tier": str,
    "execution_expires_after": int,
    "return_last_frame": bool,
    "callback_url": str,
}
PATH = "/api/v3/contents/generations/tasks"


class ArkVideoEmulator(VideoEmulator):
    model = "doubao-seedance-2-0-260128"
    tells = ("ratio", "seconds", "seed", "audio")
    takes = ((), ("first_frame",), ("first_frame", "last_frame"), ("character", "scene", "object"))
    refuses = (("mask",), ("last_frame",), ("first_frame", "scene"), ("video",))
    keeps_token = True
    submit_path = PATH
    look_path = PATH + "/"
    probe_path = PATH

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(PATH, self._submit),
            web.get(PATH, self._list),
            web.get(PATH + "/{task}", self._look),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {self.key}"

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        texts = [item["text"] for item in body["content"] if item["type"] == "text"]
        pictures = [item for item in body["content"] if item["type"] == "image_url"]
        return Fields(
            prompt=texts[0],
            model=body["model"],
            ratio=body["ratio"],
            seconds=body["duration"],
            seed=body.get("seed"),
            audio=body.get("generate_audio"),
            pictures=tuple(
                ("" if item["role"] == "reference_image" else item["role"], inline(item["image_url"]["url"]) or b"")
                for item in pictures
            ),
            token=seen.headers.get("x-client-request-id"),
        )

    def refusal(self, kind: str) -> Fault:
        status, code, message, headers = {
            "auth": (401, "AuthenticationError", "The API key or AK/SK in the request is missing or invalid.", {}),
            "credit": (
                403,
                "AccountOverdueError",
                "The request failed because your account has an overdue balance.",
                {},
            ),
            "moderation": (
                400,
                "InputTextSensitiveContentDetected",
                "The request failed because the input text may contain sensitive information.",
                {},
            ),
            "rate": (429, "RateLimitExceeded.EndpointRPMExceeded", "Too many requests.", {"Retry-After": "7"}),
            "busy": (500, "InternalServiceError", "The service encountered an unexpected internal error.", {}),
        }[kind]
        return Fault("status", status, _error(status, code, message), headers)

    async def _list(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _unauthorised()
        return web.json_response({"total": 0, "items": []})

    async def _submit(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _unauthorised()
        body = await request.json()
        if wrong := self._wrong(body):
            return web.json_response(_error(400, "InvalidParameter", wrong), status=400)
        return web.json_response({"id": self.accept(body, "cgt-2026-").id})

    def _wrong(self, body: dict[str, Any]) -> str:
        for name, value in body.items():
            if name not in FORMS or not isinstance(value, FORMS[name]) or (FORMS[name] is int and value is True):
                return f"the parameter {name} specified in the request is not valid"
        if body.get("model") != self.model or not body.get("content"):
            return "model and content are required"
        if body.get("resolution", "720p") not in RESOLUTIONS or body.get("ratio", "adaptive") not in RATIOS:
            return "the parameter resolution or ratio specified in the request is not valid"
        if not 4 <= body.get("duration", 5) <= 15 or not -1 <= body.get("seed", -1) < 1 << 32:
            return "the parameter duration or seed specified in the request is not valid"
        return next(filter(None, map(_wrong_item, body["content"])), "") or _wrong_mix(body["content"])

    async def _look(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _unauthorised()
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return web.json_response(_error(404, "ResourceNotFound", "The task is not found."), status=404)
        stage = self.stage(task)
        answer = {"id": task.id, "model": self.model, "created_at": 1779348818, "updated_at": 1779348874}
        match stage:
            case "done" | "empty":
                return web.json_response(answer | self._result(task, stage == "done"))
            case "failed" | "moderated":
                error = {"code": "InternalServiceError", "message": "The task failed. Request id: 02178"}
                if stage == "moderated":
                    error["code"] = "OutputVideoSensitiveContentDetected.PolicyViolation"
                return web.json_response(answer | {"status": "failed", "error": error})
        status = {"waiting": "queued", "strange": "postponed"}.get(stage, "running")
        return web.json_response(answer | {"status": status})

    def _result(self, task: Task, whole: bool) -> dict[str, Any]:
        order = task.order
        return {
            "status": "succeeded",
            "content": {"video_url": self.clip_url(task)} if whole else {},
            "usage": {"completion_tokens": 108900, "total_tokens": 108900},
            "seed": order.get("seed", 78674),
            "resolution": order.get("resolution", "720p"),
            "ratio": order.get("ratio", "16:9"),
            "duration": order.get("duration", 5),
            "framespersecond": 24,
            "service_tier": "default",
            "execution_expires_after": 172800,
            "generate_audio": order.get("generate_audio", True),
            "draft": False,
            "priority": 0,
        }


def _wrong_item(item: dict[str, Any]) -> str:
    kind = item.get("type")
    if kind == "text":
        return "" if item.get("text") else "text is empty"
    if kind == "video_url":
        return "reference_video must be provided as a web url"
    if kind not in ROLES or item.get("role") not in ROLES[kind]:
        return f"the content {kind} is not valid"
    url = str(item.get(kind, {}).get("url", ""))
    whole = inline(url) if kind == "image_url" else url.startswith("data:audio/wav;base64,")
    return "" if whole else f"{kind} is not valid"


def _wrong_mix(content: list[dict[str, Any]]) -> str:
    roles = {item.get("role", "") for item in content}
    if roles & {"first_frame", "last_frame"} and roles & {"reference_image", "reference_audio"}:
        return "first/last frame content cannot be mixed with reference media content"
    if "last_frame" in roles and "first_frame" not in roles:
        return "last_frame needs first_frame"
    return "audio alone is not enough" if roles - {""} == {"reference_audio"} else ""


def _error(status: int, code: str, message: str) -> dict[str, Any]:
    kinds = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 429: "TooManyRequests"}
    text = f"{message} Request id: 0217882536596960"
    return {"error": {"code": code, "message": text, "param": "", "type": kinds.get(status, "InternalServerError")}}


def _unauthorised() -> web.Response:
    return web.json_response(_error(401, "AuthenticationError", "The API key is missing or invalid."), status=401)
