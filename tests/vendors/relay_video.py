"""A relay (中转站) that serves clips under ``/v2/videos/generations``, as relay-gateway.md §1 and seed 000 say."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors.emulator import Fault, Seen, authorised
from vendors.video_tasks import Fields, VideoEmulator, inline

RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
FORMS: dict[str, type | tuple[type, ...]] = {
    "prompt": str,
    "model": str,
    "images": list,
    "aspect_ratio": str,
    "hd": bool,
    "duration": str,
    "notify_hook": str,
    "watermark": bool,
    "private": bool,
    "seed": int,
    "character_url": str,
    "character_timestamps": str,
    "enhance_prompt": bool,
    "enable_upsample": bool,
}
"""Every field of the family with its type."""


class RelayVideoEmulator(VideoEmulator):
    model = "sora-2"
    tells = ("ratio", "seconds", "seed")
    takes = ((), ("first_frame",), ("first_frame", "last_frame"), ("character", "scene"))
    refuses = (("mask",), ("last_frame",), ("first_frame", "scene"), ("video",))
    keeps_token = True
    submit_path = "/v2/videos/generations"
    look_path = "/v2/videos/generations/"
    probe_path = "/v1/models"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v2/videos/generations", self._submit),
            web.get("/v2/videos/generations/{task}", self._look),
            web.get("/v1/models", self._models),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {self.key}"

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        return Fields(
            prompt=body["prompt"],
            model=body["model"],
            ratio=body["aspect_ratio"],
            seconds=int(body["duration"]),
            seed=body["seed"],
            pictures=tuple(("", inline(each) or b"") for each in body.get("images", ())),
            token=seen.headers.get("idempotency-key"),
        )

    def refusal(self, kind: str) -> Fault:
        status, code, message, headers = {
            "auth": (401, "invalid_api_key", "无效的令牌", {}),
            "credit": (403, "insufficient_user_quota", "用户额度不足, 剩余额度: ¥0.00", {}),
            "moderation": (400, "content_policy_violation", "This content may violate our guardrails.", {}),
            "rate": (429, "rate_limit_exceeded", "当前分组上游负载已饱和,请稍后再试", {"Retry-After": "7"}),
            "busy": (500, "get_channel_failed", "当前分组下对于模型无可用渠道", {}),
        }[kind]
        return Fault("status", status, _error(code, message), headers)

    async def _models(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _refused(401, "invalid_api_key", "无效的令牌")
        return web.json_response({"object": "list", "data": [{"id": self.model, "object": "model"}]})

    async def _submit(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _refused(401, "invalid_api_key", "无效的令牌")
        body = await request.json()
        if wrong := self._wrong(body):
            return _refused(400, "invalid_request", wrong)
        return web.json_response({"task_id": self.accept(body).id})

    def _wrong(self, body: dict[str, Any]) -> str:
        if unknown := set(body) - set(FORMS):
            return f"unknown fields {sorted(unknown)}"
        for name, value in body.items():
            if not isinstance(value, FORMS[name]) or (FORMS[name] is int and isinstance(value, bool)):
                return f"{name} has the wrong type"
        if not body.get("prompt") or body.get("model") != self.model:
            return "prompt and model are required"
        if body.get("aspect_ratio", "16:9") not in RATIOS or not body.get("duration", "10").isdecimal():
            return "aspect_ratio or duration is out of range"
        if not all(inline(each) or str(each).startswith("http") for each in body.get("images", ())):
            return "images must be addresses or data URIs"
        return ""

    async def _look(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _refused(401, "invalid_api_key", "无效的令牌")
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return web.json_response({"code": "task_not_exist", "message": "task_not_exist", "data": None}, status=400)
        stage = self.stage(task)
        status = {"waiting": "NOT_START", "done": "SUCCESS", "empty": "SUCCESS", "failed": "FAILURE"}
        status |= {"moderated": "FAILURE", "strange": "PAUSED"}
        reason = {"failed": "heavy_load", "moderated": "Your request was blocked by our moderation system."}
        progress = {"waiting": "0%", "working": "40%", "strange": "40%"}
        return web.json_response(
            {
                "task_id": task.id,
                "platform": "sora",
                "action": "sora-videos",
                "status": status.get(stage, "IN_PROGRESS"),
                "fail_reason": reason.get(stage, ""),
                "submit_time": 1756693797,
                "start_time": 1756693808,
                "finish_time": 1756693898 if stage == "done" else 0,
                "progress": progress.get(stage, "100%"),
                "data": {"output": self.clip_url(task)} if stage == "done" else None,
                "search_item": "",
            }
        )


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "new_api_error", "param": "", "code": code}}


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response(_error(code, message), status=status)
