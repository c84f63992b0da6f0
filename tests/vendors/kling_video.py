"""Kling's own API: signed tokens (JWT), text2video and image2video, service codes with every answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from aiohttp import web

from manju.domain.order import VideoRequest
from vendors.emulator import Fault, Seen
from vendors.video_tasks import Fields, VideoEmulator, decoded

ACCESS, SECRET = "ak-emulated", "sk-emulated-secret"
KINDS = ("text2video", "image2video")
TEXTS = ("model_name", "prompt", "negative_prompt", "mode", "duration", "sound", "external_task_id", "callback_url")
ONLY = {"text2video": ("aspect_ratio",), "image2video": ("image", "image_tail")}


class KlingVideoEmulator(VideoEmulator):
    key = f"{ACCESS}:{SECRET}"
    secrets = (SECRET, ACCESS)
    repeats_key = False  # the key itself is never sent
    model = "kling-v2-6"
    request = VideoRequest(prompt="雨夜的走廊", width=1280, height=720, duration_ms=10_000, seed=7)
    tells = ("ratio", "seconds", "audio")
    takes = ((), ("first_frame",), ("first_frame", "last_frame"), ("last_frame",))
    refuses = (("mask",), ("scene",), ("video",))
    keeps_token = True
    submit_path = "/v1/videos/text2video"
    look_path = "/v1/videos/text2video/"
    probe_path = "/v1/videos/text2video"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/videos/{kind}", self._submit),
            web.get("/v1/videos/{kind}", self._list),
            web.get("/v1/videos/{kind}/{task}", self._look),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        return refused(seen.headers.get("authorization", "")) == 0

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        frames = (("first_frame", "image"), ("last_frame", "image_tail"))
        return Fields(
            prompt=body["prompt"],
            model=body["model_name"],
            ratio=body.get("aspect_ratio"),
            seconds=int(body["duration"]),
            audio={"on": True, "off": False}[body["sound"]],
            pictures=tuple((role, decoded(body[name]) or b"") for role, name in frames if name in body),
            token=body.get("external_task_id"),
        )

    def refusal(self, kind: str) -> Fault:
        status, code, message = {
            "auth": (401, 1002, "Authorization is invalid"),
            "credit": (429, 1102, "Resource pack depleted or expired"),
            "moderation": (400, 1301, "Trigger the content security policy of the platform"),
            "rate": (429, 1303, "parallel task over resource pack limit"),
            "busy": (503, 5001, "Server temporarily unavailable"),
        }[kind]
        return Fault("status", status, _body(code, message))

    async def _list(self, request: web.Request) -> web.Response:
        if code := refused(request.headers.get("Authorization", "")):
            return _answer(code, "Authorization is invalid", status=401)
        return _answer(0, "SUCCEED", [])

    async def _submit(self, request: web.Request) -> web.Response:
        if code := refused(request.headers.get("Authorization", "")):
            return _answer(code, "Authorization is invalid", status=401)
        kind = request.match_info["kind"]
        if kind not in KINDS:
            return _answer(1202, "The requested method is invalid", status=404)
        body = await request.json()
        if wrong := self._wrong(kind, body):
            return _answer(1201, wrong, status=400)
        if any(task.order.get("external_task_id") == body.get("external_task_id", "") for task in self.tasks.values()):
            return _answer(1201, "External task id is duplicated", status=400)
        task = self.accept(body)
        task.extra["kind"] = kind
        info = {"external_task_id": body.get("external_task_id", "")}
        data = {"task_id": task.id, "task_status": "submitted", "task_info": info, "created_at": 1722769557708}
        return _answer(0, "SUCCEED", data)

    def _wrong(self, kind: str, body: dict[str, Any]) -> str:
        for name, value in body.items():
            if name not in (*TEXTS, *ONLY[kind]) or not isinstance(value, str):
                return f"{name} is invalid"
        if body.get("model_name") != self.model:
            return "model is not supported"
        if kind == "text2video" and not 0 < len(body.get("prompt", "")) <= 2500:
            return "prompt is invalid"
        if body.get("duration", "5") not in ("5", "10") or body.get("mode", "std") not in ("std", "pro"):
            return "duration or mode is invalid"
        if body.get("sound", "off") not in ("on", "off") or body.get("aspect_ratio", "16:9") not in (
            "16:9",
            "9:16",
            "1:1",
        ):
            return "sound or aspect_ratio is invalid"
        frames = [body[name] for name in ("image", "image_tail") if name in body]
        if kind == "image2video" and not (frames and all(decoded(each) for each in frames)):
            return "File is not in a valid base64 format"
        return ""

    async def _look(self, request: web.Request) -> web.Response:
        if code := refused(request.headers.get("Authorization", "")):
            return _answer(code, "Authorization is invalid", status=401)
        name, kind = request.match_info["task"], request.match_info["kind"]
        found = [
            task
            for task in self.tasks.values()
            if task.extra["kind"] == kind and name in (task.id, task.order.get("external_task_id"))
        ]
        if not found:
            return _answer(1203, "The requested resource does not exist", status=404)
        task, stage = found[0], self.stage(found[0])
        status = {"waiting": "submitted", "done": "succeed", "empty": "succeed", "strange": "paused"}
        status |= {"failed": "failed", "moderated": "failed"}
        reason = {"failed": "Image quality too low", "moderated": "Failure to pass the risk control system"}
        videos = [{"id": "v-1", "url": self.clip_url(task), "duration": "10.1"}] if stage == "done" else []
        data = {
            "task_id": task.id,
            "task_status": status.get(stage, "processing"),
            "task_status_msg": reason.get(stage, ""),
            "task_info": {"external_task_id": task.order.get("external_task_id", "")},
            "final_unit_deduction": "10",
            "created_at": 1722769557708,
            "updated_at": 1722769557708,
            "task_result": {"videos": videos},
        }
        return _answer(0, "SUCCEED", data)


def refused(authorisation: str) -> int:
    """0 for a good token, else Kling's code for what is wrong with it."""
    if not authorisation:
        return 1001
    scheme, _, token = authorisation.partition(" ")
    parts = token.split(".")
    if scheme != "Bearer" or len(parts) != 3:
        return 1002
    want = hmac.new(SECRET.encode(), f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256).digest()
    head, claims, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts)
    if json.loads(head) != {"alg": "HS256", "typ": "JWT"} or not hmac.compare_digest(signature, want):
        return 1002
    told, now = json.loads(claims), time.time()
    if told["iss"] != ACCESS:
        return 1002
    return 1003 if told["nbf"] > now else 1004 if told["exp"] < now or told["exp"] > now + 1801 else 0


def _body(code: int, message: str, data: Any = None) -> dict[str, Any]:
    body = {"code": code, "message": message, "request_id": "9984d27b-a408-4073-ae28-17ca6a13622d"}
    return body if data is None else body | {"data": data}


def _answer(code: int, message: str, data: Any = None, *, status: int = 200) -> web.Response:
    return web.json_response(_body(code, message, data), status=status)
