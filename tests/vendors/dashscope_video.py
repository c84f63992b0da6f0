"""DashScope's Wan with ``input.media``, as the adapter's docstring says."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors.emulator import Fault, Seen, authorised
from vendors.video_tasks import Fields, Task, VideoEmulator, inline

MEDIA = ("first_frame", "last_frame", "reference_image")
PARAMETERS: dict[str, type] = {
    "resolution": str,
    "ratio": str,
    "duration": int,
    "audio": bool,
    "seed": int,
    "prompt_extend": bool,
    "watermark": bool,
}
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "adaptive")
NO_KEY = (401, "InvalidApiKey", "Invalid API-key provided.")


class DashScopeVideoEmulator(VideoEmulator):
    model = "wan3.0-video"
    tells = ("ratio", "seconds", "seed", "audio")
    takes = ((), ("first_frame",), ("first_frame", "last_frame"), ("character", "scene", "reference"))
    refuses = (("mask",), ("last_frame",), ("first_frame", "scene"), ("video",), ("audio",))
    submit_path = "/video-synthesis"
    look_path = "/api/v1/tasks/"
    probe_path = "/api/v1/tasks/"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/v1/services/aigc/video-generation/video-synthesis", self._submit),
            web.get("/api/v1/tasks/", self._list),
            web.get("/api/v1/tasks/{task}", self._look),
            *super().routes(),
        ]

    def signed(self, seen: Seen) -> bool:
        at_work = seen.method != "POST" or seen.headers.get("x-dashscope-async") == "enable"
        return at_work and seen.headers.get("authorization") == f"Bearer {self.key}"

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        names = {"first_frame": "first_frame", "last_frame": "last_frame"}
        return Fields(
            prompt=body["input"]["prompt"],
            model=body["model"],
            ratio=body["parameters"].get("ratio"),
            seconds=body["parameters"]["duration"],
            seed=body["parameters"]["seed"],
            audio=body["parameters"]["audio"],
            pictures=tuple(
                (names.get(each["type"], ""), inline(each["url"]) or b"") for each in body["input"].get("media", ())
            ),
        )

    def refusal(self, kind: str) -> Fault:
        status, code, message = {
            "auth": NO_KEY,
            "credit": (400, "Arrearage", "Access denied, please make sure your account is in good standing."),
            "moderation": (400, "DataInspectionFailed", "Input data may contain inappropriate content."),
            "rate": (429, "Throttling.AllocationQuota", "Allocated quota exceeded, please increase your quota limit."),
            "busy": (500, "InternalError", "An internal error has occured, please try again later."),
        }[kind]
        return Fault("status", status, _error(code, message), {"Retry-After": "7"} if kind == "rate" else {})

    async def _list(self, request: web.Request) -> web.Response:
        if not authorised(request, self.key):
            return _refused(*NO_KEY)
        if request.query.get("page_size") != "1" or request.query.get("page_no") != "1":
            return _refused(400, "InvalidParameter", "page_no and page_size are out of range")
        return web.json_response({"request_id": "r-0", "data": [], "total": 0, "page_no": 1, "page_size": 1})

    async def _submit(self, request: web.Request) -> web.Response:
        if not authorised(request, self.key):
            return _refused(*NO_KEY)
        if request.headers.get("X-DashScope-Async") != "enable":
            return _refused(403, "AccessDenied", "current user api does not support synchronous calls.")
        body = await request.json()
        if wrong := self._wrong(body):
            return _refused(400, "InvalidParameter", wrong)
        task = self.accept(body, "0385dc79-5ff8-4d82-bcb6-")
        return web.json_response({"output": {"task_status": "PENDING", "task_id": task.id}, "request_id": "r-1"})

    def _wrong(self, body: dict[str, Any]) -> str:
        if set(body) != {"model", "input", "parameters"} or body["model"] != self.model:
            return "model, input and parameters are required"
        if unknown := set(body["input"]) - {"prompt", "media"} | set(body["parameters"]) - set(PARAMETERS):
            return f"unknown fields {sorted(unknown)}"
        for name, value in body["parameters"].items():
            if type(value) is not PARAMETERS[name]:
                return f"{name} has the wrong type"
        given = {"resolution": "720P", "ratio": "adaptive", "duration": 5, "seed": 0} | body["parameters"]
        if given["resolution"] not in ("480P", "720P", "1080P") or given["ratio"] not in RATIOS:
            return "resolution or ratio is out of range"
        if not 2 <= given["duration"] <= 30 or not -1 <= given["seed"] < 2**31:
            return "duration or seed is out of range"
        return _wrong_media(body["input"].get("media", []))

    async def _look(self, request: web.Request) -> web.Response:
        if not authorised(request, self.key):
            return _refused(*NO_KEY)
        task = self.tasks.get(request.match_info["task"])
        output = self._output(task) if task else {"task_id": request.match_info["task"], "task_status": "UNKNOWN"}
        answer: dict[str, Any] = {"request_id": "r-2", "output": output}
        if output["task_status"] == "SUCCEEDED":
            answer["usage"] = {"duration": 8, "output_video_duration": 8, "video_count": 1, "SR": 720}
        return web.json_response(answer)

    def _output(self, task: Task) -> dict[str, Any]:
        stage = self.stage(task)
        states = {"waiting": "PENDING", "working": "RUNNING", "done": "SUCCEEDED", "empty": "SUCCEEDED"}
        states |= {"failed": "FAILED", "moderated": "FAILED", "strange": "SUSPENDED"}
        output = {"task_id": task.id, "task_status": states[stage], "submit_time": "2026-11-20 10:00:00.000"}
        if stage == "done":
            output |= {"video_url": self.clip_url(task), "orig_prompt": task.order["input"]["prompt"]}
        if stage == "failed":
            output |= _error("InternalError.Algo", "An internal error has occured during execution.")
        if stage == "moderated":
            output |= _error("DataInspectionFailed", "Output data may contain inappropriate content.")
        return output


def _wrong_media(media: list[dict[str, Any]]) -> str:
    kinds = [each.get("type") for each in media]
    if not all(kind in MEDIA and inline(each.get("url")) for kind, each in zip(kinds, media, strict=True)):
        return "media must be pictures of a known type"
    frames = [kind for kind in kinds if kind != "reference_image"]
    if frames and len(frames) != len(kinds):
        return "first_frame and last_frame cannot be used with references"
    if frames not in ([], ["first_frame"], ["first_frame", "last_frame"]) or len(kinds) > 10:
        return "last_frame needs a first_frame"
    return ""


def _error(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message}


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response(_error(code, message) | {"request_id": "r-3"}, status=status)
