"""What single vendors of speech do that the others do not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree

import pytest

from manju.domain.casting import Voice
from manju.errors import InputError, NoAnswerError, NotSentError
from manju.net.client import Http, Response
from manju.providers.speech.azure import AzureSpeech
from manju.providers.speech.elevenlabs import ElevenLabs
from manju.providers.speech.openai import OpenAISpeech
from manju.providers.speech.volcengine import VolcengineV1, VolcengineV3
from manju.providers.upstream import Endpoint
from vendors.azure_speech import MSTTS, SPEAK, AzureSpeechEmulator
from vendors.elevenlabs_speech import ElevenLabsEmulator
from vendors.emulator import Fault
from vendors.openai_speech import OpenAISpeechEmulator
from vendors.speech_lab import Lab, NoReferences, Vendor, heard, opened
from vendors.volcengine_speech import VolcengineV1Emulator, VolcengineV3Emulator


@pytest.fixture
async def openai() -> AsyncIterator[Lab]:
    async with opened(Vendor(OpenAISpeech, OpenAISpeechEmulator)) as lab:
        yield lab


@pytest.fixture
async def eleven() -> AsyncIterator[Lab]:
    async with opened(Vendor(ElevenLabs, ElevenLabsEmulator)) as lab:
        yield lab


@pytest.fixture
async def azure() -> AsyncIterator[Lab]:
    async with opened(Vendor(AzureSpeech, AzureSpeechEmulator)) as lab:
        yield lab


@pytest.fixture
async def volcano1() -> AsyncIterator[Lab]:
    async with opened(Vendor(VolcengineV1, VolcengineV1Emulator, {"appid": "123"})) as lab:
        yield lab


@pytest.fixture
async def volcano3() -> AsyncIterator[Lab]:
    async with opened(Vendor(VolcengineV3, VolcengineV3Emulator)) as lab:
        yield lab


# OpenAI's form


@pytest.mark.parametrize("kind", ["wav", "mp3", "flac", "opus", "aac", "pcm"])
async def test_every_format_of_openai_becomes_the_same_line(openai: Lab, kind: str) -> None:
    text = "霓虹灯下，有人在唱歌。"
    answer = await openai.speak(openai.emulator.request.model_copy(update={"text": text}), options={"format": kind})
    assert heard(answer, text)
    assert openai.emulator.orders[0]["response_format"] == kind
    assert answer.facts["duration_ms"] == pytest.approx(9 * 109 + 260 + 210, abs=80)


async def test_a_base_address_with_a_version_is_kept(openai: Lab) -> None:
    await openai.speak(base_url=f"{openai.emulator.url}/v1")
    assert openai.emulator.seen[-1].path == "/v1/audio/speech"


async def test_openai_is_told_the_emotion_only_where_the_model_takes_it(openai: Lab) -> None:
    angry = openai.emulator.request.model_copy(update={"emotion": "愤怒"})
    await openai.speak(angry)
    assert "instructions" not in openai.emulator.orders[-1]
    await openai.speak(angry, options={"instructions": "true", "extra": '{"stream_format": "audio"}'})
    assert openai.emulator.orders[-1]["instructions"] == "愤怒"
    assert openai.emulator.orders[-1]["stream_format"] == "audio"


@pytest.mark.parametrize("options", [{"format": "mp4"}, {"pcm_rate": "fast"}, {"instructions": "yes"}, {"extra": "[]"}])
async def test_options_of_openai_are_checked(openai: Lab, options: dict[str, str]) -> None:
    with openai.refused(InputError):
        openai.adapter(options=options)


# ElevenLabs


async def test_elevenlabs_without_an_alignment_is_estimated(eleven: Lab) -> None:
    eleven.emulator.aligned = False
    answer = await eleven.say("他来了。我走了。")
    assert heard(answer, "他来了。我走了。") and answer.facts["timing"] == "estimated"


async def test_elevenlabs_says_what_it_charged(eleven: Lab) -> None:
    assert (await eleven.say("他来了。")).units == {"credits": 4}


async def test_settings_of_elevenlabs_go_out_only_where_they_are_set(eleven: Lab) -> None:
    await eleven.say("他来了。", seed=-1)
    assert set(eleven.emulator.orders[-1]) == {"text", "model_id", "seed"}
    options = {"stability": "0.4", "style": "0", "language": "true", "output_format": "mp3_44100_128"}
    await eleven.speak(options=options)
    order = eleven.emulator.orders[-1]
    assert order["voice_settings"] == {"stability": 0.4, "style": 0, "speed": 1.1} and order["language_code"] == "zh"


@pytest.mark.parametrize(
    "options", [{"stability": "2"}, {"style": "x"}, {"output_format": "pcm"}, {"voices": "male:a b"}]
)
async def test_options_of_elevenlabs_are_checked(eleven: Lab, options: dict[str, str]) -> None:
    with eleven.refused(InputError):
        eleven.adapter(options=options)


# Azure


async def test_azure_is_asked_for_speed_pitch_and_mood_in_ssml(azure: Lab) -> None:
    voice = Voice(gender="female", pitch=0.8)
    request = azure.emulator.request.model_copy(update={"voice": voice, "emotion": "愤怒", "speed": 0.9})
    await azure.speak(request, options={"emotions": "怒:angry"})
    root = ElementTree.fromstring(azure.emulator.seen[-1].body)
    prosody, mood = next(root.iter(f"{SPEAK}prosody")), next(root.iter(f"{MSTTS}express-as"))
    assert (prosody.get("rate"), prosody.get("pitch"), mood.get("style")) == ("-10%", "-20%", "angry")
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    assert azure.emulator.seen[-1].headers["x-microsoft-outputformat"] == "riff-24khz-16bit-mono-pcm"
    with azure.refused(InputError):
        await azure.say("好", voice=Voice(gender="female", pitch=1.8))


class Refusing(Http):
    """Notes where a request would go."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    async def send(self, method: str, url: str, **kwargs: Any) -> Response:
        self.urls.append(url)
        raise NotSentError("not here")


async def test_azure_is_asked_at_its_regions_address() -> None:
    http = Refusing()
    with pytest.raises(NotSentError):
        adapter = AzureSpeech(Endpoint("https://chinaeast2.tts.speech.azure.cn", "key", "neural", http))
        await adapter.submit(AzureSpeechEmulator.request, NoReferences(), "token")
    assert http.urls == ["https://chinaeast2.tts.speech.azure.cn/cognitiveservices/v1"]
    with pytest.raises(InputError, match="format"):
        AzureSpeech(Endpoint("https://host", "key", "neural", Refusing(), {"format": "webm-24khz-16bit-mono-opus"}))


# Volcengine


async def test_volcengine_1_without_times_is_estimated(volcano1: Lab) -> None:
    volcano1.emulator.timed = False
    answer = await volcano1.say("他来了。我走了。")
    assert heard(answer, "他来了。我走了。") and answer.facts["timing"] == "estimated"


async def test_volcengine_1_may_count_in_seconds(volcano1: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from vendors import volcengine_speech

    real = json.dumps

    def seconds(value: Any, **kwargs: Any) -> str:
        for word in value.get("words", ()) if isinstance(value, dict) else ():
            word["start_time"], word["end_time"] = word["start_time"] / 1000, word["end_time"] / 1000
        return real(value, **kwargs)

    expected = (await volcano1.say("他来了。我走了。")).facts["words"]
    monkeypatch.setattr(volcengine_speech.json, "dumps", seconds)
    assert (await volcano1.say("他来了。我走了。")).facts["words"] == expected


async def test_volcengine_1_takes_1024_bytes(volcano1: Lab) -> None:
    await volcano1.say("好" * 341)
    with volcano1.refused(InputError):
        await volcano1.say("好" * 342)
    assert len(volcano1.emulator.seen) == 1
    with volcano1.refused(InputError):
        VolcengineV1(Endpoint(volcano1.emulator.url, "key", "volcano_tts", volcano1.http))


async def test_volcengine_is_told_the_emotions_of_its_voices(volcano1: Lab, volcano3: Lab) -> None:
    angry = volcano1.emulator.request.model_copy(update={"emotion": "愤怒"})
    options = {"emotions": "怒:angry"}
    await volcano1.speak(angry, options=options)
    audio = volcano1.emulator.orders[-1]["audio"]
    assert (audio["emotion"], audio["enable_emotion"]) == ("angry", True)
    await volcano3.speak(angry, options=options)
    assert volcano3.emulator.orders[-1]["req_params"]["audio_params"]["emotion"] == "angry"


async def test_volcengine_3_has_keys_of_two_consoles(volcano3: Lab) -> None:
    await volcano3.speak()
    assert "x-api-app-id" not in volcano3.emulator.seen[-1].headers
    await volcano3.speak(options={"appid": "123"})
    headers = volcano3.emulator.seen[-1].headers
    assert (headers["x-api-app-id"], headers["x-api-access-key"]) == ("123", volcano3.emulator.key)
    assert "x-api-key" not in headers


async def test_volcengine_3_reads_brackets_and_moves_the_pitch(volcano3: Lab) -> None:
    answer = await volcano3.say("他（笑）走了", voice=Voice(gender="female", pitch=0.5))
    order = volcano3.emulator.orders[-1]["req_params"]
    assert json.loads(order["additions"]) == {"max_length_to_filter_parenthesis": 0, "post_process": {"pitch": -12}}
    assert answer.units == {"characters": 6}
    await volcano3.speak(options={"model_version": "seed-tts-1.1"})
    assert volcano3.emulator.orders[-1]["req_params"]["model"] == "seed-tts-1.1"


async def test_an_answer_of_volcengine_3_that_stops_may_have_been_charged(volcano3: Lab) -> None:
    part = '{"code": 0, "message": "", "data": "AAAA"}\n'
    for body in (part, part + '{"code": 0, "data": "AA', '{"code": 0, "da', part + "<html>"):
        volcano3.emulator.fail(Fault("status", 200, body))
        with volcano3.refused(NoAnswerError):
            await volcano3.speak()
