"""Microsoft Edge's reader: a websocket that speaks, and a list of voices. Its address is a constant of edge-tts."""

from __future__ import annotations

import json
import re
from typing import ClassVar
from xml.sax.saxutils import unescape

from aiohttp import WSMsgType, web

from vendors.speech_lines import Fields, SpeechEmulator, packed, spoken

TICKS = 10_000_000


class EdgeEmulator(SpeechEmulator):
    model = "edge"
    timing = "measured"
    submit_path = "/edge/v1"
    probe_path = "/voices/list"
    secrets: ClassVar[tuple[str, ...]] = ("TrustedClientToken", "6A5AA1D4EAFF4E9FB37E23D68491D6F4")

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Fields] = []
        self.config = ""
        self.ends = "whole"
        """``soon``: the connection is closed in the middle; ``silent``: no sound; ``never``: nothing more comes."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/edge/v1", self._speak), web.get("/voices/list", self._voices)]

    async def _voices(self, request: web.Request) -> web.Response:
        return web.json_response([{"ShortName": "zh-CN-XiaoxiaoNeural", "Gender": "Female", "Locale": "zh-CN"}])

    async def _speak(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type == WSMsgType.TEXT and "Path:speech.config" in message.data:
                self.config = message.data.partition("\r\n\r\n")[2]
            elif message.type == WSMsgType.TEXT and "Path:ssml" in message.data:
                await self._answer(socket, message.data.partition("\r\n\r\n")[2])
                if self.ends == "soon":
                    break
        return socket

    async def _answer(self, socket: web.WebSocketResponse, ssml: str) -> None:
        match = re.search(r"voice name='(.*?)'.*?pitch='(.*?)' rate='(.*?)'.*?>(.*)</prosody>", ssml, re.DOTALL)
        assert match is not None
        text, speed = unescape(match[4]), 1 + int(match[3].rstrip("%")) / 100
        self.told.append(Fields(text, match[1], speed=speed))
        self.bought(ssml)
        samples, times = spoken(text, speed)
        await socket.send_str("X-RequestId:1\r\nPath:turn.start\r\n\r\n{}")
        words = re.finditer(r"[^\W\d_]{2}(?<![A-Za-z])|[A-Za-z]+|\d+|\w", text)
        boundaries = [(word[0], times[word.start()][1], times[word.end() - 1][2]) for word in words]
        if self.ends == "soon":
            boundaries = boundaries[: len(boundaries) // 2]
        for word, start, end in boundaries:
            data = {"Offset": round(start * TICKS), "Duration": round((end - start) * TICKS), "text": {"Text": word}}
            body = json.dumps({"Metadata": [{"Type": "WordBoundary", "Data": data}]})
            await socket.send_str(f"X-RequestId:1\r\nPath:audio.metadata\r\n\r\n{body}")
        sound = packed(samples, "mp3")
        head = b"X-RequestId:1\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
        if self.ends != "silent":
            for at in range(0, len(sound), 4096):
                await socket.send_bytes(len(head).to_bytes(2, "big") + head + sound[at : at + 4096])
        if self.ends in ("whole", "silent"):
            await socket.send_str("X-RequestId:1\r\nPath:turn.end\r\n\r\n{}")
