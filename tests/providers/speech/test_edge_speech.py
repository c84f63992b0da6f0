"""Edge's voices through the real package edge-tts, its two addresses moved to loopback."""

from __future__ import annotations

import builtins
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from manju.domain.casting import Voice
from manju.errors import InputError, NoAnswerError, NotSentError, RejectedError
from manju.providers.speech.edge import EdgeSpeech
from vendors.edge_speech import EdgeEmulator
from vendors.emulator import Fault
from vendors.speech_lab import Lab, Vendor, heard, opened

TEXT = "霓虹灯下，ChatGPT走了！"


def moved(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    query = "?TrustedClientToken=6A5AA1D4EAFF4E9FB37E23D68491D6F4"
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", url.replace("http", "ws") + "/edge/v1" + query)
    monkeypatch.setattr("edge_tts.voices.VOICE_LIST", url + "/voices/list" + query)


@pytest.fixture
async def lab(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lab]:
    async with opened(Vendor(EdgeSpeech, EdgeEmulator)) as laboratory:
        moved(monkeypatch, laboratory.emulator.url)
        yield laboratory


async def test_a_line_with_the_times_of_its_words(lab: Lab) -> None:
    answer = await lab.say(TEXT, speed=1.5, voice=Voice(gender="female", pitch=1.2))
    words = heard(answer, TEXT)
    assert [word.text for word in words] == ["霓虹", "灯下，", "ChatGPT", "走了！"]
    assert answer.facts["timing"] == "measured"
    lengths = [word.end_ms - word.start_ms for word in words]
    assert lengths == pytest.approx([160, 160, 560, 160], abs=12)
    (told,) = lab.emulator.told
    assert told.text == TEXT and told.speed == 1.5
    assert "pitch='+42Hz'" in lab.emulator.orders[0]
    options = json.loads(lab.emulator.config)["context"]["synthesis"]["audio"]["metadataoptions"]
    assert options == {"sentenceBoundaryEnabled": "false", "wordBoundaryEnabled": "true"}


async def test_voices_are_cast_and_checked(lab: Lab) -> None:
    answer = await lab.say("好", language="en", voice=Voice(gender="male"), speaker="bo")
    assert answer.facts["voice"] == "en-US-BrianMultilingualNeural"
    with lab.refused(InputError):
        await lab.say("好", voice=Voice(model_voice="Xiaoxiao"))
    assert len(lab.emulator.orders) == 1


@pytest.mark.parametrize(("status", "refusal"), [(401, "auth"), (403, "busy"), (429, "rate"), (503, "busy")])
async def test_a_closed_door_is_told(lab: Lab, status: int, refusal: str) -> None:
    lab.emulator.fail(*[Fault("status", status, "no")] * 2)
    with lab.refused(RejectedError, refusal):
        await lab.say(TEXT)
    lab.emulator.faults.clear()
    lab.emulator.fail(*[Fault("status", status, "no")] * 2)
    with lab.refused(RejectedError, refusal):
        await lab.adapter().probe()
    assert lab.emulator.orders == []


async def test_an_answer_that_stops_is_no_answer(lab: Lab) -> None:
    lab.emulator.ends = "soon"
    with lab.refused(NoAnswerError):
        await lab.say(TEXT)
    lab.emulator.ends = "never"
    with lab.refused(NoAnswerError):
        await lab.speak(read_s=0.3)
    lab.emulator.fail(*[Fault("reset")] * 2)  # a GET that was cut off is sent again by the library
    with lab.refused(NoAnswerError):
        await lab.say(TEXT)
    assert not lab.emulator.faults


async def test_no_sound_is_no_result(lab: Lab) -> None:
    lab.emulator.ends = "silent"
    with lab.refused(RejectedError, "no_result"):
        await lab.say(TEXT)


async def test_no_connection_is_not_sent(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        moved(monkeypatch, f"http://127.0.0.1:{free.getsockname()[1]}")
    with lab.refused(NotSentError):
        await lab.say(TEXT)


async def test_the_list_of_voices_is_free(lab: Lab) -> None:
    await lab.adapter().probe()
    assert lab.emulator.seen[-1].path == "/voices/list" and lab.emulator.orders == []


async def test_without_the_package_it_says_how_to_get_it(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "edge_tts":
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    with lab.refused(InputError) as caught:
        await lab.say(TEXT)
    assert "manju[edge]" in caught.value.hint
