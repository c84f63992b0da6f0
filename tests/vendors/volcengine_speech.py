"""Volcengine's speech: V1 at once, V3 in pieces."""

from __future__ import annotations

import base64
import json
from typing import Any, ClassVar

from aiohttp import web

from manju.domain.numerals import digits
from vendors.emulator import Fault, Seen
from vendors.speech_lines import RATE, Fields, SpeechEmulator, packed, spoken

GRANT = "load grant: requested grant not found in SaaS storage"


def written_out(text: str) -> str:
    """2025 as 二零二五."""
    return "".join(digits(sign) if sign.isascii() and sign.isdigit() else sign for sign in text)


def joined(times: list[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """Marks stand behind the word before them."""
    out: list[tuple[str, float, float]] = []
    for sign, start, end in times:
        if out and not sign.isalnum():
            out[-1] = (out[-1][0] + sign, *out[-1][1:])
        else:
            out.append((sign, start, end))
    return out


class VolcengineV1Emulator(SpeechEmulator):
    model = "volcano_tts"
    timing = "measured"
    written_out = True
    slower = 0.7
    free_probe = False
    submit_path = "/api/v1/tts"
    refusing = ("auth", "credit", "moderation", "rate", "busy", "invalid")
    timed = True
    """Whether the answer has times: none came with SSML, or out of the cache."""

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/v1/tts", self._speak)]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("authorization") == f"Bearer;{self.key}"

    def fields(self, seen: Seen) -> Fields:
        body = seen.json
        audio, order = body["audio"], body["request"]
        return Fields(
            order["text"], audio["voice_type"], body["app"]["cluster"], audio.get("speed_ratio"), token=order["reqid"]
        )

    def refusal(self, kind: str) -> Fault:
        status, code, message = {
            "auth": (401, 3001, "authenticate request: load grant: requested grant not found"),
            "credit": (200, 3001, "quota exceeded for types: text_words_lifetime"),
            "moderation": (200, 3011, "illegal text: 内容审核不通过"),
            "rate": (200, 3003, "quota exceeded for types: concurrency"),
            "busy": (200, 3031, "Init Engine Instance failed"),
            "invalid": (200, 3050, "extract request resource id: get resource id: access denied"),
        }[kind]
        return Fault("status", status, {"reqid": "r", "code": code, "message": message, "sequence": 0})

    def silent(self) -> tuple[Fault, ...]:
        fine: dict[str, Any] = {"reqid": "r", "code": 3000, "message": "Success", "sequence": -1}
        return tuple(
            Fault("status", 200, body) for body in ({}, fine, fine | {"data": None}, fine | {"data": ""}, "null", "")
        )

    async def _speak(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer;{self.key}":
            return web.json_response(
                {"reqid": "r", "code": 3001, "message": f"authenticate request: {GRANT}"}, status=401
            )
        body = await request.json()
        if wrong := self._wrong(body):
            return web.json_response({"reqid": "r", "code": 3001, "message": wrong}, status=400)
        self.bought(body)
        text = written_out(body["request"]["text"])
        samples, times = spoken(text, body["audio"].get("speed_ratio", 1))
        timed = [{"word": w, "start_time": round(1000 * a), "end_time": round(1000 * b)} for w, a, b in joined(times)]
        timed[-1]["end_time"] *= 2  # as the real one
        addition: dict[str, str] = {"duration": str(len(samples) // 2 * 1000 // RATE)}
        if self.timed:
            addition["frontend"] = json.dumps({"words": timed, "phonemes": []})
        sound = base64.b64encode(packed(samples, "wav")).decode()
        return web.json_response(
            {
                "reqid": body["request"]["reqid"],
                "code": 3000,
                "operation": "query",
                "message": "Success",
                "sequence": -1,
                "data": sound,
                "addition": addition,
            }
        )

    def _wrong(self, body: dict[str, Any]) -> str:
        app, audio, order = body.get("app", {}), body.get("audio", {}), body.get("request", {})
        if not all(isinstance(app.get(name), str) and app[name] for name in ("appid", "token", "cluster")):
            return "app is incomplete"
        if self.key in json.dumps(body):
            return "the token belongs into the header"
        if not body.get("user", {}).get("uid") or not order.get("reqid") or order.get("operation") != "query":
            return "user.uid, request.reqid or request.operation is wrong"
        if not audio.get("voice_type") or audio.get("encoding") != "wav" or not 0.8 <= audio.get("speed_ratio", 1) <= 2:
            return "audio is wrong"
        if not order.get("text") or len(order["text"].encode()) > 1024 or order.get("with_timestamp") != 1:
            return "text is wrong"
        return ""


class VolcengineV3Emulator(SpeechEmulator):
    model = "seed-tts-2.0"
    timing = "measured"
    free_probe = False
    submit_path = "/api/v3/tts/unidirectional"
    old_console: ClassVar[bool] = False

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/v3/tts/unidirectional", self._speak)]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("x-api-key") == self.key or (
            seen.headers.get("x-api-access-key") == self.key and bool(seen.headers.get("x-api-app-id"))
        )

    def fields(self, seen: Seen) -> Fields:
        order = seen.json["req_params"]
        speed = 1 + order["audio_params"].get("speech_rate", 0) / 100
        model, token = seen.headers["x-api-resource-id"], seen.headers["x-api-request-id"]
        return Fields(order["text"], order["speaker"], model, speed, token=token)

    def refusal(self, kind: str) -> Fault:
        status, code, message = {
            "auth": (401, 45000010, GRANT),
            "credit": (200, 45000000, "quota exceeded for types: text_words_lifetime"),
            "moderation": (200, 45000000, "text contains sensitive content"),
            "rate": (200, 45000000, "quota exceeded for types: concurrency"),
            "busy": (200, 55000000, "server internal error"),
            "invalid": (200, 55000000, "resource ID is mismatched with speaker related resource"),
        }[kind]
        body = {"code": code, "message": message}
        return Fault("status", status, {"header": body} if status == 401 else body)

    def silent(self) -> tuple[Fault, ...]:
        end = json.dumps({"code": 20_000_000, "message": "OK", "data": None})
        return Fault("status", 200), Fault("status", 200, end), Fault("status", 200, "null"), Fault("status", 200, {})

    async def _speak(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not self.signed(Seen("POST", "", {}, headers, b"")):
            return web.json_response({"header": {"reqid": "", "code": 45000010, "message": GRANT}}, status=401)
        if not headers.get("x-api-resource-id"):
            return web.json_response({"header": {"code": 45000000, "message": "get resource id empty"}}, status=400)
        body = await request.json()
        order = body.get("req_params", {})
        audio = order.get("audio_params", {})
        if not (order.get("text") and order.get("speaker") and -50 <= audio.get("speech_rate", 0) <= 100):
            return web.json_response({"code": 40000000, "message": "invalid params"})
        if audio.get("format") != "pcm" or not isinstance(json.loads(order.get("additions", "{}")), dict):
            return web.json_response({"code": 40000000, "message": "invalid params"})
        self.bought(body)
        samples, times = spoken(order["text"], 1 + audio.get("speech_rate", 0) / 100)
        pieces: list[dict[str, Any]] = []
        for at in range(0, len(samples), 40_000):
            data = base64.b64encode(samples[at : at + 40_000]).decode()
            pieces.append({"code": 0, "message": "", "data": data})
        words = [{"word": w, "startTime": a, "endTime": b, "confidence": 0.9} for w, a, b in joined(times)]
        half = len(words) // 2
        for part in (words[:half], words[half:]):
            text = "".join(word["word"] for word in part)
            sentence = {"phonemes": [], "text": text, "words": part if audio.get("enable_subtitle") else []}
            pieces.append({"code": 0, "message": "", "data": None, "sentence": sentence})
        end: dict[str, Any] = {"code": 20_000_000, "message": "OK", "data": None}
        if headers.get("x-control-require-usage-tokens-return"):
            end["usage"] = {"text_words": len(order["text"])}
        return web.Response(text="\n".join(json.dumps(piece) for piece in (*pieces, end)), content_type="text/plain")
