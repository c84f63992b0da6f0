"""What every adapter to a vendor of speech must do (`manju.providers.upstream.Adapter`, `manju.providers.speech.base`),
over real HTTP against the vendor's emulator. A vendor is one row of `VENDORS`."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from manju.domain.casting import Voice
from manju.errors import InputError, NoAnswerError, NotSentError, RejectedError
from manju.providers.speech.azure import AzureSpeech
from manju.providers.speech.elevenlabs import ElevenLabs
from manju.providers.speech.openai import OpenAISpeech
from manju.providers.speech.volcengine import VolcengineV1, VolcengineV3
from manju.providers.upstream import Remote, look_failed
from vendors.azure_speech import AzureSpeechEmulator
from vendors.elevenlabs_speech import ElevenLabsEmulator
from vendors.emulator import Fault
from vendors.openai_speech import OpenAISpeechEmulator
from vendors.speech_lab import TOKEN, Lab, Vendor, heard, opened, samples
from vendors.volcengine_speech import VolcengineV1Emulator, VolcengineV3Emulator

HTML = Fault("status", 200, "<!doctype html><title>502 Bad Gateway</title>", {"Content-Type": "text/html"})

VENDORS = {
    "openai": Vendor(OpenAISpeech, OpenAISpeechEmulator),
    "openai-mp3": Vendor(OpenAISpeech, OpenAISpeechEmulator, {"format": "mp3"}),
    "elevenlabs": Vendor(ElevenLabs, ElevenLabsEmulator),
    "azure": Vendor(AzureSpeech, AzureSpeechEmulator),
    "volcengine1": Vendor(VolcengineV1, VolcengineV1Emulator, {"appid": "123456789"}),
    "volcengine3": Vendor(VolcengineV3, VolcengineV3Emulator),
}
LINES = [
    "深夜，霓虹灯下的校园空无一人。",
    "ChatGPT是一个AI工具，2025年有60%的人在用它！",
    "“快跑！”他说……然后，就不见了。",
    " 🙂 开始吧 🎬 \n第二行：OK。",
    "He said: don't wait — it's 60% done (really).",
    "林·A·晚{\\b1}<b>&amp;\x07",
]


@pytest.fixture(params=sorted(VENDORS))
async def lab(request: pytest.FixtureRequest) -> AsyncIterator[Lab]:
    async with opened(VENDORS[request.param]) as laboratory:
        yield laboratory


# An order as it goes out


async def test_an_order_arrives_as_the_vendor_wants_it(lab: Lab) -> None:
    answer = await lab.speak()
    (seen,) = lab.emulator.seen
    assert seen.method == "POST" and lab.emulator.submit_path in seen.path and lab.emulator.signed(seen)
    got, want = lab.emulator.fields(seen), lab.emulator.request
    assert (got.text, got.voice) == (want.text, answer.facts["voice"])
    assert got.model in (None, lab.emulator.model)
    assert got.speed == pytest.approx(want.speed)
    assert got.seed in (None, want.seed)
    assert got.token in (None, TOKEN)
    assert len(lab.emulator.orders) == 1


async def test_a_voice_that_is_asked_for_by_name_speaks(lab: Lab) -> None:
    name = lab.emulator.fields((await lab.speak(), lab.emulator.seen[-1])[1]).voice
    voice = Voice(gender="male", model_voice=name)
    await lab.say("我在这里。", voice=voice, speaker="bo")
    assert lab.emulator.fields(lab.emulator.seen[-1]).voice == name
    lab.adapter().check_voice(name)


async def test_a_name_that_is_no_voice_is_refused_before_anything_is_sent(lab: Lab) -> None:
    for name in ("", "\n", "../v1/models", "a\nb", "'/><break/>", "x" * 400):
        with lab.refused(InputError) as caught:
            lab.adapter().check_voice(name)
        assert lab.emulator.seen == [] and caught.value.hint
    with lab.refused(InputError):
        await lab.say("我在这里。", voice=Voice(model_voice="no\tvoice"))
    assert lab.emulator.seen == []


async def test_speakers_differ_and_stay(lab: Lab) -> None:
    async def voice(speaker: str, gender: Any) -> str:
        answer = await lab.say("我在这里。", speaker=speaker, voice=Voice(gender=gender))
        return str(answer.facts["voice"])

    assert await voice("lin", "female") == await voice("lin", "female") != await voice("bo", "male")


async def test_a_speed_that_the_vendor_does_not_have_is_refused_before_anything_is_sent(lab: Lab) -> None:
    with lab.refused(InputError):
        await lab.say("我在这里。", speed=lab.emulator.slower)
    assert lab.emulator.seen == []


@pytest.mark.parametrize(
    "options", [{"voices": "female"}, {"voices": "woman:x"}, {"voices": "female-male:abcdefghij"}, {"voices": "male: "}]
)
async def test_a_broken_table_of_voices_is_refused(lab: Lab, options: dict[str, str]) -> None:
    with lab.refused(InputError):
        lab.adapter(options=options)


# What comes back


@pytest.mark.parametrize("text", LINES)
async def test_a_line(lab: Lab, text: str) -> None:
    answer = await lab.say(text, language="en" if text.isascii() else "zh")
    heard(answer, text)
    assert answer.facts["timing"] == lab.emulator.timing
    assert len(lab.emulator.orders) == 1


async def test_nothing_but_a_breath_before_and_after(lab: Lab) -> None:
    sound, per_ms = samples(await lab.say("霓虹灯下，有人在唱歌。"))
    loud = np.flatnonzero(np.abs(sound) > 200)
    assert loud[0] <= 250 * per_ms and len(sound) - loud[-1] <= 250 * per_ms
    assert np.abs(sound).max() < 32767


async def test_words_stand_where_they_are_heard(lab: Lab) -> None:
    text = "他们来了。我走了！这里下着2025年的雨。"
    answer = await lab.say(text)
    words = heard(answer, text)
    sound, per_ms = samples(answer)
    for before, after in pairwise(words):
        if before.text[-1] in "。！":
            gap = np.abs(sound[round(before.end_ms * per_ms) : round(after.start_ms * per_ms)])
            inner = gap[round(30 * per_ms) : -round(30 * per_ms)]  # MP3 smears
            assert len(gap) >= 200 * per_ms and inner.max() < 400
    for word in words:
        assert np.abs(sound[round(word.start_ms * per_ms) : round(word.end_ms * per_ms)]).max() > 1000


async def test_measured_times_are_the_vendors(lab: Lab) -> None:
    if lab.emulator.timing == "estimated":
        pytest.skip("this vendor tells no times")
    words = heard(await lab.say("用了2025年的灯"), "用了2025年的灯")
    assert [word.text for word in words] == ["用", "了", "2025", "年", "的", "灯"]
    lengths = [word.end_ms - word.start_ms for word in words]
    assert lengths == pytest.approx([120, 120, 480, 120, 120, 120], abs=12)


@pytest.mark.parametrize("text", ["……", "🙂", " ", "——！"])
async def test_a_line_without_a_word_is_silence_and_is_not_bought(lab: Lab, text: str) -> None:
    answer = await lab.say(text)
    heard(answer, text)
    assert lab.emulator.seen == [] and answer.units == {"characters": 0}
    assert np.abs(samples(answer)[0]).max() == 0


# An order that is not taken


async def test_a_wrong_key_is_auth(lab: Lab) -> None:
    wrong = lab.emulator.key[:-4] + "nope"
    with lab.refused(RejectedError, "auth") as caught:
        await lab.speak(key=wrong)
    assert wrong not in str(caught.value)
    assert lab.emulator.orders == []


async def test_the_vendors_refusals_are_told_apart(lab: Lab) -> None:
    for kind in lab.emulator.refusing:
        fault = lab.emulator.refusal(kind)
        lab.emulator.fail(fault)
        with lab.refused(RejectedError, kind) as caught:
            await lab.speak()
        if "Retry-After" in fault.headers:
            assert isinstance(caught.value, RejectedError) and caught.value.retry_after == 7
    assert lab.emulator.orders == []


async def test_plain_statuses_of_a_proxy_are_told_apart(lab: Lab) -> None:
    page = "<html>nginx</html>"
    for status, refusal in ((401, "auth"), (429, "rate"), (500, "busy"), (502, "busy"), (503, "busy")):
        lab.emulator.fail(Fault("status", status, page, {"Retry-After": "7"}))
        with lab.refused(RejectedError, refusal) as caught:
            await lab.speak()
        assert isinstance(caught.value, RejectedError) and caught.value.retry_after == 7


@pytest.mark.parametrize("status", [504, 524])
async def test_a_proxy_that_gave_up_waiting_may_have_passed_the_order_on(lab: Lab, status: int) -> None:
    for body in ("<html>timeout</html>", {"code": status, "message": "timeout"}):
        lab.emulator.fail(Fault("status", status, body))
        with lab.refused(NoAnswerError):
            await lab.speak()


@pytest.mark.parametrize("kind", ["reset", "lost", "truncated", "stall"])
async def test_an_order_without_a_whole_answer_may_have_been_taken(lab: Lab, kind: Any) -> None:
    lab.emulator.fail(Fault(kind))
    with lab.refused(NoAnswerError):
        await lab.speak(read_s=0.3 if kind == "stall" else 60)
    assert len(lab.emulator.orders) == (0 if kind == "reset" else 1)


async def test_nothing_was_sent_without_a_connection(lab: Lab) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with lab.refused(NotSentError):
        await lab.speak(base_url=url)


async def test_an_answer_without_a_sound_is_no_result(lab: Lab) -> None:
    prose = Fault("status", 200, "I cannot say that.", {"Content-Type": "text/plain"})
    for fault in (HTML, prose, *lab.emulator.silent()):
        lab.emulator.fail(fault)
        with lab.refused(RejectedError, "no_result"):
            await lab.speak()
    assert lab.emulator.orders == []


# The channel


async def test_there_are_no_tasks_and_no_files(lab: Lab) -> None:
    with lab.refused(RejectedError, "gone") as caught:
        await lab.adapter().poll("task-1")
    assert isinstance(caught.value, RejectedError) and not look_failed(caught.value)
    with lab.refused(RejectedError, "gone"):
        await lab.adapter().fetch(Remote("main", lab.emulator.url, ".wav"))


async def test_a_channel_is_tried_without_buying(lab: Lab) -> None:
    if not lab.emulator.free_probe:
        with lab.refused(InputError):
            await lab.adapter().probe()
        assert lab.emulator.seen == []
        return
    await lab.adapter().probe()
    assert lab.emulator.probe_path in lab.emulator.seen[-1].path and lab.emulator.signed(lab.emulator.seen[-1])
    with lab.refused(RejectedError, "auth"):
        await lab.adapter(key=lab.emulator.key[:-4] + "nope").probe()
    lab.emulator.fail(HTML)
    with lab.refused(RejectedError):
        await lab.adapter().probe()
    assert lab.emulator.orders == []
