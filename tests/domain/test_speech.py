"""The measure of spoken words. That it is true is tested with the voice, in tests/providers/test_espeak.py."""

from __future__ import annotations

import pytest

from manju.domain.speech import PAUSE, pause_ms, speech_ms, syllables


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("深夜，霓虹灯下。", "zh", 6),
        ("2025年", "zh", 5),
        ("60%", "zh", 5),
        ("６０％", "zh", 5),
        ("100,000元", "zh", 3),
        ("GPT", "zh", 3),
        ("ChatGPT", "zh", 4),
        ("NASA", "zh", 2),
        ("iOS", "zh", 3),
        ("", "zh", 0),
        ("🙂……", "zh", 0),
        ("time", "en", 1),
        ("wanted", "en", 2),
        ("changed", "en", 1),
        ("boxes", "en", 2),
        ("table", "en", 2),
        ("people make apples", "en", 5),
        ("café", "en", 2),
        ("www", "en", 1),
        ("WWW", "en", 9),
    ],
)
def test_syllables(text: str, language: str, count: int) -> None:
    assert syllables(text, language) == count  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("他说：“快跑！”然后……就走了。", ["：", "！”", "……", "。"]),
        ("Dr. Smith paid $3.50, at 12:30. Then...", [", ", ". ", "..."]),
        ("U.S. films, e.g. this one", [", "]),
        ("共100,000元", []),
        ("好,我来", [","]),
        ("yes - no -- maybe — so", [" - ", "-- ", "— "]),
        ("state-of-the-art", []),
        ("一\n二", ["\n"]),
    ],
)
def test_pauses_are_where_a_speaker_makes_them(text: str, marks: list[str]) -> None:
    assert PAUSE.findall(text) == marks


def test_marks_together_pause_once() -> None:
    assert pause_ms("！”") == pause_ms("!") == pause_ms("？！")
    assert pause_ms("……") == pause_ms("...") == pause_ms("…")
    assert pause_ms("--") == pause_ms("—") == pause_ms(" - ")
    assert pause_ms("，") < pause_ms("；") < pause_ms("。")


def test_a_line() -> None:
    assert speech_ms("", "zh") == speech_ms("……", "zh") == 0
    assert speech_ms("你好", "zh") == speech_ms("你好。", "zh") == speech_ms("“你好。”", "zh")
    assert speech_ms("你好，世界", "zh") == speech_ms("你好世界", "zh") + 180
    assert speech_ms("一二三四五六七八九十" * 25, "zh") / 1000 == pytest.approx(250 / 4.6, rel=0.01)


def test_speed_divides() -> None:
    text = "你好，世界。再见。"
    assert speech_ms(text, "zh", 2.0) == pytest.approx(speech_ms(text, "zh") / 2, abs=1)


def test_latin_words_keep_their_own_pace_in_chinese() -> None:
    assert speech_ms("用Python写", "zh") == pytest.approx(speech_ms("用写", "zh") + speech_ms("Python", "en"), abs=2)
