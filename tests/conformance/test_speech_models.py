"""What every speech model owes: see `manju.providers.speech.base`."""

from __future__ import annotations

import io
import wave
from itertools import pairwise

import numpy as np
import pytest

from manju.domain.casting import Voice
from manju.domain.cues import Word
from manju.domain.order import Generated, SpeechRequest
from manju.errors import NotFoundError
from manju.media.probe import accept
from manju.providers import registry

LINES = [
    ("深夜，霓虹灯下的校园空无一人。", "zh"),
    ("ChatGPT是一个AI工具，2025年有60%的人在用它！", "zh"),
    ("“快跑！”他说……然后，就不见了。", "zh"),
    (" 🙂 开始吧 🎬 \n第二行：OK。", "zh"),
    ("He said: don't wait — it's 60% done (really).", "en"),
    ("She wrote 你好 on the blackboard.", "en"),
    ("林·A·晚{\\b1}<b>&amp;", "zh"),
    ("……", "zh"),
    ("🙂", "en"),
    (" ", "zh"),
]


class NoReferences:
    def read(self, sha256: str) -> bytes:
        raise NotFoundError(f"no artefact {sha256}")


async def speak(model: str, **request: object) -> Generated:
    return await registry.load("speech", model).generate(SpeechRequest.model_validate(request), NoReferences())


def samples(generated: Generated) -> np.ndarray:
    with wave.open(io.BytesIO(generated.artefacts[0].data)) as file:
        assert file.getsampwidth() == 2 and file.getnchannels() == 1 and file.getframerate() >= 16000
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


@pytest.fixture(params=registry.names("speech"))
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(("text", "language"), LINES)
async def test_a_line(model: str, text: str, language: str) -> None:
    generated = await speak(model, text=text, language=language)
    main = generated.artefacts[0]
    assert main.role == "main" and main.suffix == ".wav"
    facts = accept(main.data, main.suffix, "speech")
    assert abs(facts["duration_ms"] - generated.facts["duration_ms"]) <= 1
    assert generated.facts["timing"] in ("measured", "estimated")
    words = [Word.model_validate(word) for word in generated.facts["words"]]
    assert "".join(word.text for word in words) == text
    assert all(word.text for word in words)
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(words))
    assert words[-1].end_ms <= generated.facts["duration_ms"]


async def test_nothing_but_a_breath_before_and_after(model: str) -> None:
    generated = await speak(model, text="霓虹灯下，有人在唱歌。")
    sound = samples(generated)
    loud = np.flatnonzero(np.abs(sound.astype(int)) > 200)
    rate = len(sound) / generated.facts["duration_ms"] * 1000
    assert loud[0] <= 0.25 * rate and len(sound) - loud[-1] <= 0.25 * rate
    assert np.abs(sound.astype(int)).max() < 32767


async def test_words_stand_where_they_are_heard(model: str) -> None:
    generated = await speak(model, text="他来了。我走了。")
    sound = np.abs(samples(generated).astype(int))
    rate = len(sound) / generated.facts["duration_ms"]
    words = generated.facts["words"]
    before = next(word for word in words if "。" in word["text"])
    after = words[words.index(before) + 1]
    gap = sound[round(before["end_ms"] * rate) : round(after["start_ms"] * rate)]
    assert len(gap) >= 100 * rate and gap[round(60 * rate) :].max() < 200  # a room may ring for as long
    for word in words:
        assert sound[round(word["start_ms"] * rate) : round(word["end_ms"] * rate)].max() > 1000


async def test_the_same_request_gives_the_same_bytes(model: str) -> None:
    one = await speak(model, text="同样的话。", seed=7)
    await speak(model, text="Something else.", language="en")
    assert await speak(model, text="同样的话。", seed=7) == one


async def test_speed(model: str) -> None:
    text = "春天来了，小草从泥土里探出头来，好奇地望着世界。"
    natural = (await speak(model, text=text)).facts["duration_ms"]
    for speed in (0.5, 0.75, 1.5, 2.0):
        taken = (await speak(model, text=text, speed=speed)).facts["duration_ms"]
        assert taken == pytest.approx(natural / speed, rel=0.1)


async def test_speakers_differ_and_stay(model: str) -> None:
    voices = [
        await speak(model, text="我在这里。", speaker=speaker, voice=Voice(gender=gender))
        for speaker, gender in (("narrator", "female"), ("lin", "female"), ("mei", "female"), ("bo", "male"))
    ]
    sounds = [voice.artefacts[0].data for voice in voices]
    assert len(set(sounds)) == len(sounds)
    again = await speak(model, text="我在这里。", speaker="lin", voice=Voice(gender="female"))
    assert again.artefacts[0].data == sounds[1]
