"""The offline voice: what it says, how fast, in whose voice."""

from __future__ import annotations

import asyncio
import io
import statistics
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from manju.domain.casting import Voice
from manju.domain.order import Generated, SpeechRequest
from manju.domain.speech import speech_ms
from manju.errors import InputError, ModelError
from manju.providers.speech.offline import EspeakVoice
from manju.providers.speech.offline import model as espeak_model
from manju.providers.speech.offline.model import speak
from manju.providers.speech.offline.reading import read
from manju.providers.speech.offline.voices import choose

CHINESE = """深夜，霓虹灯下的校园空无一人。
林晚推开教室的门，发现黑板上写着自己的名字。
他说：“快跑！”然后消失在雨里。
这座城市从不睡觉，可是今晚，它安静得像一座坟墓。
你有没有想过，为什么我们总是忘记自己做过的梦？
每天早起十分钟，你的生活会发生意想不到的变化。
她转过身，眼泪一下子流了下来。
传说在雪山的尽头，住着一位会说话的老虎。
别怕，我在这里。
奶奶把热腾腾的饺子端上桌，全家人都笑了。
如果时间可以倒流，你最想回到哪一天？
一阵风吹过，满地的银杏叶像金色的蝴蝶一样飞舞起来。
警报声响起，所有人都抬头看向天空。
这个秘密，我守了整整二十年。
老人沉默了很久，终于开口：那件事，是我做的。
春天来了，小草从泥土里探出头来，好奇地望着世界。""".splitlines()
ENGLISH = """The city was quiet that night, and nobody knew what had happened to the old clock tower.
She opened the door and found her own name written on the blackboard.
Run! He shouted, and then he vanished into the rain.
Have you ever wondered why we always forget our dreams?
Waking up ten minutes earlier can change your life in surprising ways.
Deep in the mountains, there lived a tiger who could speak.
Don't be afraid. I am right here.
If time could flow backwards, which day would you return to?
The alarm sounded, and everyone looked up at the sky.
Artificial intelligence is changing the way people write, draw and make films.
Grandmother put the steaming dumplings on the table; the whole family smiled.
In the beginning, nobody believed that a machine could tell a story.""".splitlines()
MIXED = """ChatGPT是一个AI工具，可以帮你写文章。
用Midjourney画一张海报只要三十秒。
他打开iPhone，给Tom发了一条消息。
OpenAI的新模型叫GPT-4o，速度非常快。
这款App支持iOS和Android，下载量已经破亿。
我们用Python写了一个小程序，效果还OK。
2025年有60%的人在用它。
这件商品原价199元，现在只要99.9元。
他跑了42公里，用了3小时25分钟。
第1个工具能节省80%的时间。
2024年12月31日23:59，全城倒数。
这部片子长1小时8分，成本不到￥5000。""".splitlines()
EDGES_MS = 170
"""Silence before and after a line."""


def samples(generated: Generated) -> np.ndarray:
    with wave.open(io.BytesIO(generated.artefacts[0].data)) as file:
        assert file.getframerate() == 22050
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def melody(sound: np.ndarray) -> float:
    """Median pitch in Hz of the voiced parts, by autocorrelation."""
    found = []
    for start in range(0, len(sound) - 1500, 700):
        window = sound[start : start + 1500] - sound[start : start + 1500].mean()
        if np.sqrt((window**2).mean()) < 1000:
            continue
        spectrum = np.fft.rfft(window, 4096)
        likeness = np.fft.irfft(spectrum * spectrum.conj())[:400]
        lag = 45 + int(np.argmax(likeness[45:370]))
        if likeness[lag] > 0.5 * likeness[0]:
            found.append(22050 / lag)
    return float(np.median(found))


def spoken(text: str, language: str = "zh") -> list[str]:
    return [f"{run.tongue}:{run.spoken}" for run in read(text, language)]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def durations() -> dict[str, int]:
    """Milliseconds of each line of the corpus, edges aside."""
    lines = [(line, "zh") for line in (*CHINESE, *MIXED)] + [(line, "en") for line in ENGLISH]
    return {
        line: speak(SpeechRequest(text=line, language=language)).facts["duration_ms"] - EDGES_MS
        for line, language in lines
    }


def test_the_domains_measure_predicts_the_voice(durations: dict[str, int]) -> None:
    assert len(durations) == 40
    off = {}
    for group, language in ((CHINESE, "zh"), (ENGLISH, "en"), (MIXED, "zh")):
        ratios = [speech_ms(line, language) / durations[line] for line in group]
        assert statistics.median(ratios) == pytest.approx(1, abs=0.06)
        off.update({line: abs(ratio - 1) for line, ratio in zip(group, ratios, strict=True)})
    assert statistics.median(off.values()) <= 0.10
    assert max(off.values()) <= 0.25, max(off, key=off.__getitem__)


def test_the_pace_is_natural(durations: dict[str, int]) -> None:
    hanzi = sum(sum("\u4e00" <= sign <= "\u9fff" for sign in line) for line in CHINESE)
    assert 235 <= hanzi / sum(durations[line] for line in CHINESE) * 60_000 <= 270
    words = sum(len(line.split()) for line in ENGLISH)
    assert 148 <= words / sum(durations[line] for line in ENGLISH) * 60_000 <= 162


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("ChatGPT是AI工具。", "zh", ["en:ChatGPT", "zh:是", "en:A.I", "zh:工具."]),
        ("2025年有60%的人", "zh", ["zh:二零二五年有百分之六十的人."]),
        ("共100,000元，2个苹果", "zh", ["zh:共十万元,", "zh:两个苹果."]),
        ("12:30见", "zh", ["zh:十二点三十分见."]),
        ("-5℃，￥99，1/3", "zh", ["zh:负五摄氏度,", "zh:九十九元,", "zh:三分之一."]),
        ("５Ｇ时代", "zh", ["zh:五", "en:G.", "zh:时代."]),
        ("他（林晚）《三体》", "zh", ["zh:他,", "zh:林晚,", "zh:三体."]),
        ("3 apples", "zh", ["en:3 apples."]),
        ("10:30", "zh", ["zh:十点三十分."]),
        ("In 2025, 60%!", "en", ["en:In 2025,", "en:60%!"]),
        ("Dr. Lin's 你好 costs $5", "en", ["en:Dr. Lin's", "zh:你好", "en:costs $5."]),
        ("全是中文。", "en", ["zh:全是中文."]),
        ("한국어ひらがな", "zh", ["ko:한국어", "ja:ひらがな."]),
        ("……🙂！？", "zh", []),
    ],
)
def test_what_is_said(text: str, language: str, said: list[str]) -> None:
    assert spoken(text, language) == said


def test_words_of_mixed_text() -> None:
    generated = speak(SpeechRequest(text="“ChatGPT”是 AI，2025年有60%！🙂"))
    assert [word["text"] for word in generated.facts["words"]] == [
        "“ChatGPT”",
        "是 ",
        "AI，",
        "2025",
        "年",
        "有",
        "60%！🙂",
    ]
    lengths = {word["text"]: word["end_ms"] - word["start_ms"] for word in generated.facts["words"]}
    assert lengths["2025"] > 2.5 * lengths["年"] and lengths["60%！🙂"] > 3 * lengths["有"]
    assert generated.facts["timing"] == "measured"


def test_latin_and_figures_are_really_heard() -> None:
    without = speak(SpeechRequest(text="是")).facts["duration_ms"]
    for text in ("是AI", "是2025", "是ChatGPT", "是①", "是π"):
        assert speak(SpeechRequest(text=text)).facts["duration_ms"] > without + 150


@pytest.mark.parametrize("text", ["……", "🙂🎬", "，。！", "\u200b", "——"])
def test_nothing_to_say_is_a_short_silence(text: str) -> None:
    generated = speak(SpeechRequest(text=text))
    assert generated.facts["words"] == [{"text": text, "start_ms": 0, "end_ms": 400}]
    assert generated.facts["duration_ms"] == 400 and not samples(generated).any()


@pytest.mark.parametrize(
    ("text", "language"),
    [("夜深了，他还在写的那一个长长的故事没有结尾。" * 240, "zh"), ("好" * 900, "zh"), ("so it goes on " * 150, "en")],
)
def test_a_very_long_text(text: str, language: str) -> None:
    generated = speak(SpeechRequest(text=text, language=language))
    assert "".join(word["text"] for word in generated.facts["words"]) == text
    assert generated.facts["duration_ms"] == pytest.approx(speech_ms(text, language), rel=0.2)  # type: ignore[arg-type]
    longest = max(word["end_ms"] - word["start_ms"] for word in generated.facts["words"])
    assert longest < 1500


def test_silence_at_the_ends_is_short() -> None:
    for text in ("是。", "空无一人……", "嘶嘶嘶"):
        loud = np.flatnonzero(np.abs(samples(generated := speak(SpeechRequest(text=text)))) > 200)
        assert loud[0] / 22050 <= 0.15
        assert generated.facts["duration_ms"] / 1000 - loud[-1] / 22050 <= 0.15


async def test_many_at_once_say_the_same_as_one_by_one() -> None:
    requests = [SpeechRequest(text=line, speaker=f"s{index}") for index, line in enumerate(CHINESE[:6])]
    model = EspeakVoice()
    together = await asyncio.gather(*(model.generate(request, None) for request in requests))  # type: ignore[arg-type]
    assert [speak(request) for request in reversed(requests)] == together[::-1]


def test_another_process_says_the_same() -> None:
    program = (
        "import hashlib; from manju.domain.order import SpeechRequest; "
        "from manju.providers.speech.offline.model import speak; "
        "print(hashlib.sha256(speak(SpeechRequest(text='同样的话，AI。')).artefacts[0].data).hexdigest())"
    )
    texts = {subprocess.check_output([sys.executable, "-c", program]) for _ in range(2)}
    assert len(texts) == 1


def test_breathy_voices_do_not_depend_on_the_clock() -> None:
    requests = [SpeechRequest(text="门开了。", voice=Voice(model_voice=name)) for name in ("f2", "f3", "f5")]
    before = [speak(request) for request in requests]
    time.sleep(1.1)  # espeak-ng seeds its noise with the second
    assert [speak(request) for request in requests] == before


def test_gender_age_and_pitch_are_heard() -> None:
    def pitch(speaker: str = "narrator", **voice: object) -> float:
        request = SpeechRequest(text="这座城市从不睡觉。", speaker=speaker, voice=Voice.model_validate(voice))
        return melody(samples(speak(request)))

    man, woman = pitch(gender="male"), pitch(gender="female")
    assert man < 125 and woman > 150
    assert pitch(gender="male", pitch=1.5) == pytest.approx(man * 1.5, rel=0.12)
    assert pitch(gender="female", pitch=0.7) == pytest.approx(woman * 0.7, rel=0.12)
    assert pitch("bo", gender="male", age="child") > 180
    for speaker in ("a", "b", "c", "d", "e", "f"):
        assert pitch(speaker, gender="male") < 130 < 140 < pitch(speaker, gender="female")


def test_every_voice_is_as_loud() -> None:
    for speaker, gender in (("narrator", "male"), ("a", "female"), ("b", "male"), ("c", "neutral")):
        voice = Voice.model_validate({"gender": gender})
        sound = samples(speak(SpeechRequest(text="这座城市从不睡觉。", speaker=speaker, voice=voice)))
        loud = sound[np.abs(sound) > 64]
        assert 2200 < np.sqrt((loud**2).mean()) < 3200 and np.abs(sound).max() <= 29_000


def test_a_cast_of_many_has_many_voices() -> None:
    cast = [choose(Voice(gender="female"), f"character-{index}", "") for index in range(12)]
    assert len({(timbre.variant, timbre.tract, timbre.rate) for timbre in cast}) == 12
    assert len({timbre.variant for timbre in cast}) >= 4
    assert choose(Voice(gender="female"), "narrator", "").variant not in {timbre.variant for timbre in cast}


def test_emotion_changes_the_voice_a_little() -> None:
    def taken(emotion: str) -> tuple[int, float]:
        generated = speak(SpeechRequest(text="这座城市从不睡觉。", emotion=emotion))
        return generated.facts["duration_ms"], melody(samples(generated))

    plain, excited, sad = taken(""), taken("激动"), taken("sad")
    assert excited[0] < plain[0] < sad[0] < plain[0] * 1.2
    assert excited[1] > plain[1] > sad[1]
    assert taken("something nobody knows") == plain


def test_a_voice_by_name() -> None:
    def said(name: str, language: str = "zh") -> bytes:
        text = "你好。" if language == "zh" else "Hello, my dear."
        request = SpeechRequest(text=text, language=language, voice=Voice(model_voice=name))
        return speak(request).artefacts[0].data

    assert said("cmn+f3") == said("f3") != said("cmn+m1")
    assert said("en-us+m1", "en") != said("en-gb+m1", "en")


@pytest.mark.parametrize("name", ["cmn+nobody", "klingon+f3", "alloy", "+", "cmn+"])
def test_an_unknown_voice_is_the_users_mistake(name: str) -> None:
    with pytest.raises(InputError, match="no offline voice") as caught:
        speak(SpeechRequest(text="你好", voice=Voice(model_voice=name)))
    assert "f3" in caught.value.hint and "cmn" in caught.value.hint


def test_a_broken_installation_is_a_model_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(espeak_model.espeakng_loader, "get_library_path", lambda: str(tmp_path / "none.so"))
    with pytest.raises(ModelError, match="none") as caught:
        speak(SpeechRequest(text="你好"))
    assert caught.value.hint


def test_missing_voice_data_is_a_model_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(espeak_model.espeakng_loader, "get_data_path", lambda: str(tmp_path))
    with pytest.raises(ModelError):
        speak(SpeechRequest(text="你好"))


@pytest.mark.parametrize(("text", "language"), [("ha" * 400, "en"), ("字" * 900, "zh"), ("ハ" * 500, "zh")])
def test_a_line_without_an_end_is_said_whole(text: str, language: str) -> None:
    """espeak-ng leaves out what is behind 160 bytes of a word or 800 of a clause."""
    generated = speak(SpeechRequest.model_validate({"text": text, "language": language}))
    half = speak(SpeechRequest.model_validate({"text": text[: len(text) // 2], "language": language}))
    assert generated.facts["duration_ms"] == pytest.approx(2 * half.facts["duration_ms"], rel=0.1)
    assert "".join(word["text"] for word in generated.facts["words"]) == text


def test_a_line_too_long_to_be_held_is_the_users_mistake() -> None:
    for text, says in (("字" * 20_001, "20001 characters"), ("字" * 20_000, "30 minutes")):
        with pytest.raises(InputError, match=says) as caught:
            speak(SpeechRequest(text=text))
        assert "several lines" in caught.value.hint


def test_an_espeak_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak_model, "PATIENCE_S", -60.0)
    with pytest.raises(ModelError, match="in time") as caught:
        speak(SpeechRequest(text="你好"))
    assert caught.value.retryable
