"""A relay (中转站) of the nano-banana family, as relay-gateway.md §1 and Comfyui_Comfly describe it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors.emulator import Fault, authorised
from vendors.image_answers import Task, encoded, picture
from vendors.openai_image import OpenAIImageEmulator, error

RATIOS = ("auto", "16:9", "4:3", "4:5", "3:2", "1:1", "2:3", "3:4", "5:4", "9:16", "21:9")
RELAYED: dict[str, type] = {
    "model": str,
    "prompt": str,
    "aspect_ratio": str,
    "image_size": str,
    "response_format": str,
    "image": list,
    "seed": int,
}


class RelayImageEmulator(OpenAIImageEmulator):
    """Answers with addresses, or with tasks where ``?async=true`` is asked for."""

    model = "nano-banana-2"
    shape = ("16:9", "1K")
    takes = ((), ("character",), ("character", "scene", "object"))
    look_path = "/v1/images/tasks/"
    forms = RELAYED
    several = "image"
    form: str = "url"
    """Where the picture stands in an answer."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/images/tasks/{task}", self._look), *super().routes()]

    def refusal(self, kind: str) -> Fault:
        status, code, message, headers = {
            "auth": (401, "", "无效的令牌", {}),
            "credit": (403, "insufficient_user_quota", "用户额度不足, 剩余额度: ¥0.00", {}),
            "moderation": (400, "content_policy_violation", "内容安全审核未通过", {}),
            "rate": (
                429,
                "rate_limit_exceeded",
                "Resource has been exhausted (e.g. check quota).",
                {"Retry-After": "7"},
            ),
            "busy": (503, "get_channel_failed", "当前分组下对于模型无可用渠道", {}),
        }[kind]
        return Fault("status", status, error(code, message), headers)

    def wrong(self, order: dict[str, Any]) -> str:
        if order.get("aspect_ratio", "auto") not in RATIOS or order.get("image_size", "1K") not in ("1K", "2K", "4K"):
            return "aspect_ratio or image_size is out of range"
        return super().wrong(order)

    def made(self, task: Task) -> dict[str, Any]:
        url, inlined = self.url_of(task), f"data:image/png;base64,{encoded(picture())}"

        def said(content: Any, **more: Any) -> dict[str, Any]:
            return {"choices": [{"message": {"role": "assistant", "content": content, **more}}]}

        item = {"type": "image_url", "image_url": {"url": inlined}}
        answers: dict[str, dict[str, Any]] = {
            "url": {"created": 1763600000, "data": [{"url": url}]},
            "inlined url": {"data": [{"url": inlined}]},
            "b64_json": {"data": [{"url": "", "b64_json": encoded(picture())}]},
            "object": {"data": {"url": url}},
            "text": {"data": url},
            "top": {"url": url},
            "images": {"images": [{"url": url}]},
            "markdown": said(f"Done!\n\n![a corridor]({url})"),
            "inlined markdown": said(f"![image]({inlined})"),
            "link": said(f"Your picture: [a corridor]({url})"),
            "address": said(f"图片已生成：{url}，24 小时内有效。"),
            "just address": said(url),
            "spoken parts": said([{"type": "text", "text": f"Here: ![a corridor]({url})"}]),
            "bare": said(f"Here you are: {inlined} Enjoy."),
            "message images": said("Here you are.", images=[item]),
            "message parts": said([{"type": "text", "text": "Here you are."}, item]),
        }
        return answers[self.form]

    def answer(self, request: web.Request, task: Task) -> dict[str, Any]:
        return {"task_id": task.id} if request.query.get("async") == "true" else self.made(task)

    def denied(self, request: web.Request) -> web.Response:
        """The whole key is repeated: some relays do."""
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return web.json_response(error("", f"无效的令牌 {key} (request id: 2026)"), status=401)

    async def _look(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return self.denied(request)
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            return web.json_response({"code": "task_not_exist", "message": "task_not_exist", "data": None}, status=400)
        stage = self.stage(task)
        status = {"waiting": "NOT_START", "done": "SUCCESS", "empty": "SUCCESS", "failed": "FAILURE"}
        status |= {"moderated": "FAILURE", "strange": "PAUSED"}
        reason = {"failed": "upstream timeout", "moderated": "Blocked by the safety filters."}
        progress = {"waiting": "0%", "working": "40%", "strange": "40%"}
        data = {
            "task_id": task.id,
            "status": status.get(stage, "IN_PROGRESS"),
            "progress": progress.get(stage, "100%"),
            "fail_reason": reason.get(stage, ""),
            "data": self.made(task) if stage == "done" else {"data": []} if stage == "empty" else None,
        }
        return web.json_response({"code": "success", "message": "", "data": data})
