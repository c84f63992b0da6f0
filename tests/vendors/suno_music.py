"""A relay (中转站) that serves music in the form of Suno-API, as new-api does."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from aiohttp import web

from vendors.emulator import KEY, Emulator, Fault, Seen, authorised
from vendors.speech_lines import RATE, packed
from vendors.video_tasks import Outcome, Task


class SunoEmulator(Emulator):
    """Strict, as every emulator. The tests set ``outcome`` and ``polls``."""

    key = KEY
    model = "chirp-v5"
    submit_path, look_path, file_path, probe_path = "/suno/submit/music", "/suno/fetch/", "/files/", "/v1/models"

    def __init__(self) -> None:
        super().__init__()
        self.tasks: dict[str, Task] = {}
        self.outcome: Outcome = "done"
        self.polls = 2

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/suno/submit/music", self._submit),
            web.get("/suno/fetch/{task}", self._look),
            web.get("/v1/models", self._models),
            web.get("/files/{name}", self._file),
        ]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {self.key}"

    def refusal(self, kind: str) -> Fault:
        status, code, message, headers = {
            "auth": (401, "invalid_api_key", "无效的令牌", {}),
            "credit": (403, "insufficient_user_quota", "用户额度不足, 剩余额度: ¥0.00", {}),
            "moderation": (400, "sensitive_words_detected", "user sensitive words detected", {}),
            "rate": (429, "rate_limit_exceeded", "当前分组上游负载已饱和,请稍后再试", {"Retry-After": "7"}),
            "busy": (500, "get_channel_failed", "当前分组下对于模型 suno_music 无可用渠道", {}),
        }[kind]
        return Fault("status", status, {"code": code, "message": message, "data": None}, headers)

    async def _models(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _refused(401, "invalid_api_key")
        return web.json_response({"object": "list", "data": [{"id": "suno_music", "object": "model"}]})

    async def _submit(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _refused(401, "invalid_api_key")
        body = await request.json()
        known = {"gpt_description_prompt", "prompt", "mv", "title", "tags", "make_instrumental", "negative_tags"}
        if set(body) - known or not isinstance(body.get("make_instrumental"), bool) or body.get("mv") != self.model:
            return _refused(400, "invalid_request")
        if not isinstance(body.get("gpt_description_prompt"), str) or not body["gpt_description_prompt"]:
            return _refused(400, "prompt_empty")
        task = Task(f"736a6f88-{len(self.tasks) + 1}", body)
        self.tasks[task.id] = task
        self.bought(body)
        return web.json_response({"code": "success", "message": "", "data": task.id})

    async def _look(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _refused(401, "invalid_api_key")
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return _refused(400, "task_not_exist")
        task.looks += 1
        stage = self.outcome if task.looks >= self.polls else "waiting" if task.looks == 1 else "working"
        status = {"waiting": "NOT_START", "done": "SUCCESS", "empty": "SUCCESS", "failed": "FAILURE"}
        status |= {"moderated": "FAILURE", "strange": "PAUSED"}
        reasons = {"failed": "generation timed out", "moderated": "Your prompt was refused by content moderation."}
        pieces = [self._piece(task, number) for number in (1, 2)]
        data: dict[str, Any] = {
            "task_id": task.id,
            "notify_hook": "",
            "action": "MUSIC",
            "status": status.get(stage, "IN_PROGRESS"),
            "fail_reason": reasons.get(stage, ""),
            "submit_time": 1716191749,
            "start_time": 1716191786,
            "finish_time": 1716191900 if stage == "done" else 0,
            "progress": "100%" if stage == "done" else "30%",
            "data": pieces if stage == "done" else [],
        }
        return web.json_response({"code": "success", "message": "", "data": data})

    def _piece(self, task: Task, number: int) -> dict[str, Any]:
        return {
            "id": f"{task.id}-{number}",
            "title": "City Lights",
            "status": "complete",
            "metadata": {"tags": "lofi", "prompt": "", "duration": 2.0, "error_type": None, "error_message": None},
            "audio_url": f"{self.url}/files/{task.id}-{number}.mp3?token=a/b.c",
            "image_url": f"{self.url}/files/{task.id}.png",
            "video_url": "",
            "model_name": "chirp-crow",
            "major_model_version": "v5",
        }

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"].removesuffix(".mp3")[:-2]
        if name not in self.tasks:
            return web.Response(status=404, text="<Error/>", content_type="application/xml")
        return web.Response(body=piece(), content_type="audio/mpeg")


@cache
def piece() -> bytes:
    """A real MP3 of two seconds."""
    wave = np.sin(np.arange(2 * RATE) * 2 * np.pi * 330 / RATE)
    return packed(np.rint(9000 * wave).astype("<i2").tobytes(), "mp3")


def _refused(status: int, code: str) -> web.Response:
    return web.json_response({"code": code, "message": code, "data": None}, status=status)
