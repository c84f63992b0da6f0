"""ElevenLabs' ``/v1/text-to-speech/{voice_id}/with-timestamps``."""

from __future__ import annotations

import base64
import re
from typing import Any

from aiohttp import web

from vendors.emulator import Fault, Seen
from vendors.speech_lines import Fields, SpeechEmulator, packed, spoken


class ElevenLabsEmulator(SpeechEmulator):
    model = "eleven_multilingual_v2"
    timing = "measured"
    slower = 0.6
    submit_path = "/with-timestamps"
    probe_path = "/v1/models"
    aligned = True
    """Whether the answer has an alignment; it may be null."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/text-to-speech/{voice}/with-timestamps", self._speak),
            web.get("/v1/models", self._models),
        ]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("xi-api-key") == self.key

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        speed = body.get("voice_settings", {}).get("speed")
        return Fields(body["text"], seen.path.split("/")[3], body["model_id"], speed, body.get("seed"))

    def refusal(self, kind: str) -> Fault:
        status, code, message, headers = {
            "auth": (401, "invalid_api_key", "Invalid API key", {}),
            "credit": (401, "quota_exceeded", "This request exceeds your quota. You have 3 credits remaining.", {}),
            "moderation": (403, "content_against_policy", "The text may violate our Terms and has been blocked.", {}),
            "rate": (429, "too_many_concurrent_requests", "Too many concurrent requests.", {"Retry-After": "7"}),
            "busy": (429, "system_busy", "We are experiencing heavy traffic, please try again.", {}),
            "invalid": (404, "voice_not_found", "A voice with that id was not found.", {}),
        }[kind]
        return Fault("status", status, {"detail": {"status": code, "message": message}}, headers)

    def silent(self) -> tuple[Fault, ...]:
        bodies: tuple[dict[str, Any], ...] = ({}, {"audio_base64": None}, {"audio_base64": ""}, {"audio_base64": "no!"})
        return (Fault("status", 200), Fault("status", 200, "null"), *(Fault("status", 200, body) for body in bodies))

    async def _models(self, request: web.Request) -> web.Response:
        if request.headers.get("xi-api-key") != self.key:
            return _refused(401, "invalid_api_key")
        return web.json_response([{"model_id": self.model, "can_do_text_to_speech": True}])

    async def _speak(self, request: web.Request) -> web.Response:
        if request.headers.get("xi-api-key") != self.key:
            return _refused(401, "invalid_api_key")
        body = await request.json()
        kind = request.query.get("output_format", "mp3_44100_128")
        if wrong := _wrong(body, kind):
            return web.json_response({"detail": [{"loc": ["body"], "msg": wrong, "type": "value_error"}]}, status=422)
        if not re.fullmatch(r"[A-Za-z0-9]{20}", request.match_info["voice"]):
            return _refused(404, "voice_not_found")
        self.bought(body)
        samples, times = spoken(body["text"], body.get("voice_settings", {}).get("speed", 1))
        sound = samples if kind == "pcm_24000" else packed(samples, "mp3")
        alignment = {
            "characters": [sign for sign, *_ in times],
            "character_start_times_seconds": [start for _, start, _ in times],
            "character_end_times_seconds": [end for *_, end in times],
        }
        answer = {
            "audio_base64": base64.b64encode(sound).decode(),
            "alignment": alignment if self.aligned else None,
            "normalized_alignment": None,
        }
        return web.json_response(answer, headers={"character-cost": str(len(body["text"]))})


def _wrong(body: dict[str, Any], kind: str) -> str:
    if set(body) - {"text", "model_id", "seed", "voice_settings", "language_code"}:
        return "extra fields"
    if not isinstance(body.get("text"), str) or not body["text"] or not isinstance(body.get("model_id"), str):
        return "text and model_id are required"
    if not 0 <= body.get("seed", 0) <= 4_294_967_295 or kind not in ("pcm_24000", "mp3_44100_128"):
        return "seed or output_format is out of range"
    return "" if 0.7 <= body.get("voice_settings", {}).get("speed", 1) <= 1.2 else "speed is out of range"


def _refused(status: int, code: str) -> web.Response:
    return web.json_response({"detail": {"status": code, "message": code}}, status=status)
