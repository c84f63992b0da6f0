"""``POST /v1/audio/speech`` as OpenAI and its relays answer it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from vendors.emulator import Fault, Seen, authorised
from vendors.speech_lines import Fields, SpeechEmulator, packed, spoken, streamed_wav

VOICES = ("alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse")
FORMATS = {"mp3": "mp3", "opus": "ogg", "aac": "adts", "flac": "flac"}


class OpenAISpeechEmulator(SpeechEmulator):
    model = "tts-1-hd"
    timing = "estimated"
    submit_path = "/v1/audio/speech"
    probe_path = "/v1/models"

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/audio/speech", self._speak), web.get("/v1/models", self._models)]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer {self.key}"

    def fields(self, seen: Seen) -> Fields:
        body, token = seen.json, seen.headers.get("idempotency-key")
        return Fields(body["input"], body["voice"], body["model"], body.get("speed"), token=token)

    def refusal(self, kind: str) -> Fault:
        status, code, message, headers = {
            "auth": (401, "invalid_api_key", f"Incorrect API key provided: {self.key}.", {}),
            "credit": (429, "insufficient_quota", "You exceeded your current quota, check your plan and billing.", {}),
            "moderation": (400, "content_policy_violation", "Your request was rejected by our safety system.", {}),
            "rate": (429, "rate_limit_exceeded", "Rate limit reached for requests", {"Retry-After": "7"}),
            "busy": (500, "server_error", "The server had an error while processing your request.", {}),
            "invalid": (400, "invalid_value", "Input should be 'alloy', 'ash', ...", {}),
        }[kind]
        return Fault("status", status, _error(code, message), headers)

    def silent(self) -> tuple[Fault, ...]:
        json = {"Content-Type": "application/json"}
        return (
            Fault("status", 200),
            Fault("status", 200, "", {"Content-Type": "audio/wav"}),
            Fault("status", 200, '{"choices": null}', json),
            Fault("status", 200, b"RIFF\0\0\0\0WAVEnothing", {"Content-Type": "audio/wav"}),
        )

    async def _models(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _refused(401, "invalid_api_key", "Incorrect API key provided.")
        return web.json_response({"object": "list", "data": [{"id": self.model, "object": "model"}]})

    async def _speak(self, request: web.Request) -> web.Response:
        if not authorised(request):
            return _refused(401, "invalid_api_key", "Incorrect API key provided.")
        body = await request.json()
        if wrong := _wrong(body):
            return _refused(400, "invalid_request_error", wrong)
        self.bought(body)
        samples, _ = spoken(body["input"], body.get("speed", 1))
        kind = body.get("response_format", "mp3")
        if kind == "pcm":
            return web.Response(body=samples, content_type="application/octet-stream")
        sound = streamed_wav(samples) if kind == "wav" else packed(samples, FORMATS[kind])
        return web.Response(body=sound, content_type=f"audio/{kind}")


def _wrong(body: dict[str, Any]) -> str:
    known = {"model", "input", "voice", "response_format", "speed", "instructions", "stream_format"}
    if unknown := set(body) - known:
        return f"Unrecognized request arguments supplied: {sorted(unknown)}"
    if not all(isinstance(body.get(name), str) and body[name] for name in ("model", "input", "voice")):
        return "model, input and voice are required"
    if len(body["input"]) > 4096 or body["voice"] not in VOICES:
        return "string_too_long, or no such voice"
    if body.get("response_format", "mp3") not in (*FORMATS, "wav", "pcm") or not 0.25 <= body.get("speed", 1) <= 4:
        return "response_format or speed is out of range"
    return ""


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response(_error(code, message), status=status)
