"""Azure Speech's REST endpoint: SSML in, a WAV out."""

from __future__ import annotations

from xml.etree import ElementTree

from aiohttp import web

from vendors.emulator import Fault, Seen
from vendors.speech_lines import Fields, SpeechEmulator, packed, spoken

SPEAK = "{http://www.w3.org/2001/10/synthesis}"
MSTTS = "{https://www.w3.org/2001/mstts}"
DENIED = "Access denied due to invalid subscription key or wrong API endpoint."


class AzureSpeechEmulator(SpeechEmulator):
    model = "neural"
    timing = "estimated"
    refusing = ("auth", "credit", "rate", "busy", "invalid")
    submit_path = "/cognitiveservices/v1"
    probe_path = "/cognitiveservices/voices/list"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/cognitiveservices/v1", self._speak),
            web.get("/cognitiveservices/voices/list", self._voices),
        ]

    def signed(self, seen: Seen) -> bool:
        return seen.headers.get("ocp-apim-subscription-key") == self.key

    def fields(self, seen: Seen) -> Fields:
        voice = _voice(seen.body)
        rate = next((float(each.get("rate", "0%").rstrip("%")) for each in voice.iter(f"{SPEAK}prosody")), 0.0)
        return Fields("".join(voice.itertext()), voice.get("name", ""), speed=1 + rate / 100)

    def refusal(self, kind: str) -> Fault:
        status, body, headers = {
            "auth": (401, {"error": {"code": "401", "message": DENIED}}, {}),
            "credit": (403, {"error": {"code": "403", "message": "Out of call volume quota. Replenished in 3d."}}, {}),
            "rate": (
                429,
                {"error": {"code": "429", "message": "Requests have exceeded rate limit."}},
                {"Retry-After": "7"},
            ),
            "busy": (503, {}, {}),
            "invalid": (400, {}, {}),
        }[kind]
        return Fault("status", status, body or "", headers)

    async def _voices(self, request: web.Request) -> web.Response:
        if request.headers.get("Ocp-Apim-Subscription-Key") != self.key:
            return web.json_response({"error": {"code": "401", "message": DENIED}}, status=401)
        return web.json_response([{"ShortName": "zh-CN-XiaoxiaoNeural", "Gender": "Female", "Locale": "zh-CN"}])

    async def _speak(self, request: web.Request) -> web.Response:
        if request.headers.get("Ocp-Apim-Subscription-Key") != self.key:
            return web.json_response({"error": {"code": "401", "message": DENIED}}, status=401)
        if request.content_type != "application/ssml+xml":
            return web.Response(status=415)
        kind, agent = request.headers.get("X-Microsoft-OutputFormat", ""), request.headers.get("User-Agent", "")
        if not kind.startswith(("riff-", "audio-")) or not 0 < len(agent) < 255:
            return web.Response(status=400)
        try:
            voice = _voice(await request.read())
        except (ElementTree.ParseError, StopIteration):
            return web.Response(status=400)
        if not voice.get("name", "").endswith("Neural"):
            return web.Response(status=400)
        text = "".join(voice.itertext())
        self.bought(text)
        prosody = next(voice.iter(f"{SPEAK}prosody"), None)
        rate = 1 + float((prosody.get("rate") or "0%").rstrip("%")) / 100 if prosody is not None else 1.0
        samples, _ = spoken(text, rate)
        return web.Response(
            body=packed(samples, "wav" if kind.startswith("riff") else "mp3"), content_type="audio/x-wav"
        )


def _voice(ssml: bytes) -> ElementTree.Element:
    root = ElementTree.fromstring(ssml)
    if root.tag != f"{SPEAK}speak" or root.get("version") != "1.0":
        raise StopIteration
    return next(root.iter(f"{SPEAK}voice"))
