"""Volcengine (豆包语音), V1 and V3, with the times of words.

Sources: volcengine.com/docs/6561/1257584 (V1 HTTP; copy in MatthewHA233/LingFlow, 2025) and /1598757 (V3 HTTP chunked,
of 2026-04-15; copy in aiyou178/volcengine-audio ``doc_sync``), voice list /1257544; statuses of refused keys as three
users of V3 saw them (401 with ``{"header": {"code": 45000010}}``).

V1: ``POST /api/v1/tts``, ``Authorization: Bearer;{token}``; the channel's model is the cluster (``volcano_tts``); the
text is 1024 bytes at most; with ``with_timestamp`` the answer's ``addition.frontend`` is a JSON text with ``words`` of
what was said after figures were written out, in milliseconds (users agree; one typing says seconds, so the size of the
values decides), the last ``end_time`` too late. V3: ``POST /api/v3/tts/unidirectional``; the channel's model is the
resource (``seed-tts-2.0``); objects of JSON one after another, ``{"code": 0, "data"}``, ``{"sentence": {"words":
[{"word", "startTime", "endTime"}]}}`` in seconds of the whole sound, ``{"code": 20000000}`` at the end. Of
``enable_timestamp`` (1.0) and ``enable_subtitle`` (2.0) each is ignored by the other's voices. Neither version has
anything that is free to ask. That ``post_process.pitch`` (-12..12) counts semitones is not said there.

Options: ``appid`` (V1: needed; V3: for keys of the old console, absent for those of the new one); ``voices``;
``emotions`` (default none): our emotions in the words of voices that have emotions (``怒:angry``); ``uid`` (``manju``);
``model_version`` (V3, default none: ``seed-tts-1.1``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from manju.domain.order import SpeechRequest
from manju.errors import InputError, NoAnswerError, Refusal, RejectedError
from manju.net.client import Response
from manju.providers.answers import MAYBE_ACCEPTED, check, member, nothing, refusal_of, rejected, value_of, words
from manju.providers.speech.alignment import Unit
from manju.providers.speech.casting import emotion_of
from manju.providers.speech.wire import Sound, SpeechVendor, decoded
from manju.providers.upstream import Endpoint

_RATE = 24_000
_V1_OK, _V3_PART, _V3_END = 3000, 0, 20_000_000
_V1_BYTES = 1024
_BUSY = (3005, 3030, 3031, 3032, 3040, 55_000_000)
_WORDS: tuple[tuple[Refusal, tuple[str, ...]], ...] = (
    ("rate", ("concurrency", "qps")),
    ("credit", ("quota exceeded", "arrear", "overdue")),
    ("auth", ("load grant", "authenticate", "invalid api key", "app key not found", "no token or access_key")),
    ("invalid", ("permission denied", "access denied", "mismatched", "resource id", "illegal input", "not granted")),
)
"""Words of refusals. Codes are shared by causes of all kinds: 45000000 is a voice that was not bought, and a limit."""


class _Volcengine(SpeechVendor):
    voice_shape = r"[A-Za-z0-9][\w-]{2,99}"

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._emotions = endpoint.options.get("emotions", "")
        emotion_of(self._emotions, "")  # to refuse a broken table now
        self._user = {"uid": endpoint.options.get("uid", "manju")}

    def heeds(self, emotion: str) -> bool:
        return bool(emotion_of(self._emotions, emotion))

    async def probe(self) -> None:
        raise InputError("this vendor has nothing that is free to ask", hint="Have a line spoken to try the channel.")

    async def _send(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Response:
        url = self.endpoint.base_url + path
        return await self.endpoint.http.send("POST", url, headers=headers, json=body, read_s=self.endpoint.read_s)

    def _refused(self, response: Response, body: Any) -> RejectedError:
        """The error that an answer's code and words stand for."""
        code = member(body, "header", "code") or member(body, "code")
        refusal = _refusal(response.status, code, words(response, self.endpoint.key))
        return rejected(response, refusal, self.endpoint.key)


class VolcengineV1(_Volcengine):
    """``{base_url}/api/v1/tts``, the whole line at once."""

    voices = (
        "zh-female:zh_female_shuangkuaisisi_moon_bigtts, zh-female:zh_female_linjianvhai_moon_bigtts, "
        "zh-female:zh_female_gaolengyujie_moon_bigtts, zh-male:zh_male_yuanboxiaoshu_moon_bigtts, "
        "zh-male:zh_male_wennuanahu_moon_bigtts, zh-male:zh_male_shaonianzixin_moon_bigtts, "
        "female:zh_female_shuangkuaisisi_moon_bigtts, male:zh_male_wennuanahu_moon_bigtts"
    )
    speeds = (0.8, 2.0)

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._appid = endpoint.option("appid")

    async def speak(self, request: SpeechRequest, voice: str, token: str) -> Sound:
        if (size := len(request.text.encode())) > _V1_BYTES:
            message = f"this vendor takes {_V1_BYTES} bytes of text at most (341 Chinese characters), not {size}"
            raise InputError(message, hint="Split the line, or use the vendor's V3.")
        audio: dict[str, Any] = {"voice_type": voice, "encoding": "wav", "rate": _RATE, "speed_ratio": request.speed}
        if emotion := emotion_of(self._emotions, request.emotion):
            audio |= {"emotion": emotion, "enable_emotion": True}
        order = {"reqid": token, "text": request.text, "operation": "query", "with_timestamp": 1}
        # The token in the body is not looked at, but may not be empty: the key need not stand there.
        app = {"appid": self._appid, "token": "manju", "cluster": self.endpoint.model}
        body = {"app": app, "user": self._user, "audio": audio, "request": order}
        response = await self._send("/api/v1/tts", {"Authorization": f"Bearer;{self.endpoint.key}"}, body)
        answer = None if response.status in MAYBE_ACCEPTED else value_of(response)
        code = member(answer, "code")
        if code is None:
            check(response, submit=True, secret=self.endpoint.key)
            raise nothing("a sound", words(response, self.endpoint.key))
        if code != _V1_OK:
            raise self._refused(response, answer)
        return Sound(decoded(member(answer, "data")), units=_v1_units(member(answer, "addition")))


class VolcengineV3(_Volcengine):
    """``{base_url}/api/v3/tts/unidirectional``, the line in pieces."""

    voices = (
        "zh-female:zh_female_vv_uranus_bigtts, zh-female:zh_female_xiaohe_uranus_bigtts, "
        "zh-female:zh_female_shuangkuaisisi_uranus_bigtts, zh-male:zh_male_m191_uranus_bigtts, "
        "zh-male:zh_male_taocheng_uranus_bigtts, zh-male:zh_male_liufei_uranus_bigtts, "
        "en-female:en_female_dacey_uranus_bigtts, en-female:en_female_stokie_uranus_bigtts, "
        "en-male:en_male_tim_uranus_bigtts"
    )

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._appid = endpoint.options.get("appid")
        self._version = endpoint.options.get("model_version")

    async def speak(self, request: SpeechRequest, voice: str, token: str) -> Sound:
        response = await self._send("/api/v3/tts/unidirectional", self._headers(token), self._body(request, voice))
        data, units, charged = bytearray(), list[Unit](), dict[str, float]()
        for part in self._parts(response):
            if part.get("data"):
                data += decoded(part["data"])
            units += _units(member(part, "sentence", "words"), ("word", "startTime", "endTime"), 1000)
            if isinstance(count := member(part, "usage", "text_words"), int):
                charged["characters"] = float(count)
        if not data:
            raise nothing("a sound")
        return Sound(bytes(data), _RATE, units, charged)

    def _headers(self, token: str) -> dict[str, str]:
        key = {"X-Api-App-Id": self._appid, "X-Api-Access-Key": self.endpoint.key} if self._appid else {}
        return {
            **(key or {"X-Api-Key": self.endpoint.key}),
            "X-Api-Resource-Id": self.endpoint.model,
            "X-Api-Request-Id": token,
            "X-Control-Require-Usage-Tokens-Return": "text_words",
        }

    def _body(self, request: SpeechRequest, voice: str) -> dict[str, Any]:
        audio: dict[str, Any] = {
            "format": "pcm",  # of WAV every piece would have a header of its own
            "sample_rate": _RATE,
            "speech_rate": round(100 * (request.speed - 1)),
            "enable_timestamp": True,
            "enable_subtitle": True,
        }
        if emotion := emotion_of(self._emotions, request.emotion):
            audio["emotion"] = emotion
        more: dict[str, Any] = {"max_length_to_filter_parenthesis": 0}  # or what stands in brackets is not said
        if pitch := round(12 * math.log2(request.voice.pitch)):
            more["post_process"] = {"pitch": pitch}
        order = {"text": request.text, "speaker": voice, "audio_params": audio, "additions": json.dumps(more)}
        if self._version:
            order["model"] = self._version
        return {"user": self._user, "req_params": order}

    def _parts(self, response: Response) -> Iterator[dict[str, Any]]:
        """The objects of an answer.

        Raises:
            NoAnswerError: it stops before its end.
            RejectedError: one of them says no, or it is no such answer.
        """
        if response.status in MAYBE_ACCEPTED:
            check(response, submit=True)
        text, at, cut = response.text().lstrip(), 0, False
        decoder = json.JSONDecoder()
        while at < len(text):
            try:
                part, at = decoder.raw_decode(text, at)
            except ValueError:
                cut = at > 0 or text.startswith("{")
                break
            if not isinstance(part, dict) or not ("code" in part or "header" in part):
                break
            code, cut = part.get("code"), True
            if code not in (_V3_PART, _V3_END):
                raise self._refused(response, part)
            yield part
            if code == _V3_END:
                return
            while at < len(text) and text[at].isspace():
                at += 1
        check(response, submit=True, secret=self.endpoint.key)
        if cut:
            raise NoAnswerError("upstream's answer stops before its end")
        raise nothing("a sound", words(response, self.endpoint.key))


def _refusal(status: int, code: object, said: str) -> Refusal:
    low = said.lower()
    if code == 3003:
        return "rate"
    for refusal, marks in _WORDS:
        if any(mark in low for mark in marks):
            return refusal
    if code in _BUSY or status >= 500:
        return "busy"
    return "moderation" if refusal_of(400, said) == "moderation" else refusal_of(status if status >= 400 else 400, said)


def _v1_units(addition: object) -> Sequence[Unit]:
    frontend = member(addition, "frontend")
    try:
        timed = json.loads(frontend) if isinstance(frontend, str) else frontend
    except ValueError:
        return ()
    units = _units(member(timed, "words"), ("word", "start_time", "end_time"), 1)
    duration = str(member(addition, "duration"))
    if units and duration.isdecimal() and max(unit.end_ms for unit in units) * 50 < int(duration):
        return [Unit(unit.text, unit.start_ms * 1000, unit.end_ms * 1000) for unit in units]
    return units


def _units(timed: Any, names: tuple[str, str, str], scale: float) -> list[Unit]:
    """The words of a list; none if it is not whole."""
    word, start, end = names
    try:
        return [Unit(str(each[word]), float(each[start]) * scale, float(each[end]) * scale) for each in timed]
    except (TypeError, KeyError, ValueError):
        return []
