"""OpenAI's Videos API as openai-python 3.5x speaks to it: multipart ``POST /v1/videos``, the task, its content."""

from __future__ import annotations

import io
from email.message import Message
from email.parser import BytesParser
from typing import Any

from aiohttp import web
from PIL import Image

from vendors.emulator import Fault, Seen, authorised
from vendors.video_tasks import Fields, Task, VideoEmulator, clip

SIZES = ("720x1280", "1280x720", "1024x1792", "1792x1024")
SECONDS = ("4", "8", "12")
FIELDS = ("prompt", "model", "seconds", "size", "input_reference")


class OpenAIVideoEmulator(VideoEmulator):
    model = "sora-2"
    outcomes = ("failed", "moderated", "strange")  # a finished task has no address in it that could be missing
    takes = ((), ("first_frame",))
    refuses = (("mask",), ("last_frame",), ("scene",), ("first_frame", "first_frame"))
    keeps_token = True
    submit_path = "/v1/videos"
    look_path = "/v1/videos/"
    probe_path = "/v1/models"
    file_path = "/content"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/videos", self._submit),
            web.get("/v1/videos/{task}", self._look),
            web.get("/v1/videos/{task}/content", self._content),
            web.get("/v1/models", self._models),
        ]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {self.key}"

    def fields(self, seen: Seen) -> Fields:
        form = parts(seen)
        texts = {name: value.decode() for name, (value, _) in form.items() if name != "input_reference"}
        width, _, height = texts["size"].partition("x")
        return Fields(
            prompt=texts["prompt"],
            model=texts["model"],
            ratio="16:9" if int(width) * 9 == int(height) * 16 else texts["size"],
            seconds=int(texts["seconds"]),
            pictures=(("", form["input_reference"][0]),) if "input_reference" in form else (),
            token=seen.headers.get("idempotency-key"),
        )

    def refusal(self, kind: str) -> Fault:
        status, code, message, headers = {
            "auth": (401, "invalid_api_key", "Incorrect API key provided.", {}),
            "credit": (429, "insufficient_quota", "You exceeded your current quota, please check your plan.", {}),
            "moderation": (400, "moderation_blocked", "Your request was blocked by our moderation system.", {}),
            "rate": (429, "rate_limit_exceeded", "Rate limit reached for sora-2.", {"Retry-After": "7"}),
            "busy": (503, "server_error", "The server is overloaded.", {}),
        }[kind]
        return Fault("status", status, _error(code, message), headers)

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": []}) if authorised(request) else _unauthorised()

    async def _submit(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _unauthorised()
        if wrong := _wrong(self.seen[-1], self.model):
            return web.json_response(_error("invalid_value", wrong), status=400)
        form = {name: value for name, (value, _) in parts(self.seen[-1]).items()}
        return web.json_response(self._video(self.accept(form, "video_"), "queued", 0))

    async def _look(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _unauthorised()
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return web.json_response(_error(None, "Video not found."), status=404)
        stage = self.stage(task)
        status = {"waiting": "queued", "done": "completed", "failed": "failed", "moderated": "failed"}
        error = {
            "failed": {"code": "internal_error", "message": "The video could not be made."},
            "moderated": {
                "code": "moderation_blocked",
                "message": "Your request was blocked by our moderation system.",
            },
        }
        name = "paused" if stage == "strange" else status.get(stage, "in_progress")
        progress = {"waiting": 0, "done": 100}.get(stage, 40)
        return web.json_response(self._video(task, name, progress) | {"error": error.get(stage)})

    def _video(self, task: Task, status: str, progress: int) -> dict[str, Any]:
        done = status == "completed"
        return {
            "id": task.id,
            "object": "video",
            "model": task.order["model"].decode(),
            "status": status,
            "progress": progress,
            "created_at": 1763600000,
            "completed_at": 1763600090 if done else None,
            "expires_at": 1763603690 if done else None,
            "seconds": task.order["seconds"].decode(),
            "size": task.order["size"].decode(),
            "remixed_from_video_id": None,
            "error": None,
        }

    async def _content(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _unauthorised()
        if request.match_info["task"] not in self.tasks:
            return web.json_response(_error(None, "Video not found."), status=404)
        return web.Response(body=clip(), content_type="video/mp4")


def parts(seen: Seen) -> dict[str, tuple[bytes, str]]:
    """Content and media type by field of a multipart form."""
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    message: Message = BytesParser().parsebytes(head + seen.body)
    found = {}
    for part in message.get_payload():  # type: ignore[union-attr]
        assert isinstance(part, Message)
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(part.get_param("name", header="content-disposition"))] = (content, part.get_content_type())
    return found


def _wrong(seen: Seen, model: str) -> str:
    if not seen.headers.get("content-type", "").startswith("multipart/form-data"):
        return "Expected multipart/form-data."
    form = parts(seen)
    if unknown := set(form) - set(FIELDS):
        return f"Unknown parameters: {sorted(unknown)}."
    texts = {name: value.decode() for name, (value, _) in form.items() if name != "input_reference"}
    if not texts.get("prompt") or texts.get("model") != model:
        return "Missing required parameter: 'prompt' or 'model'."
    if texts.get("seconds", "4") not in SECONDS or texts.get("size", "720x1280") not in SIZES:
        return "Invalid value for 'seconds' or 'size'."
    if "input_reference" in form:
        content, kind = form["input_reference"]
        try:
            Image.open(io.BytesIO(content)).load()
        except OSError:
            return "Invalid image in 'input_reference'."
        if kind not in ("image/png", "image/jpeg", "image/webp"):
            return f"Unsupported file type {kind}."
    return ""


def _error(code: str | None, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


def _unauthorised() -> web.Response:
    return web.json_response(_error("invalid_api_key", "Incorrect API key provided."), status=401)
