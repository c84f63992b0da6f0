"""Word times of vendors brought back to the written text, and estimated ones."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manju.domain.cues import Word
from manju.domain.screenplay import Language
from manju.providers.speech.alignment import Unit, align, estimate, speakable

ALPHABET = "霓虹灯下的校园，。！？…—“”、：； \n'\"()%$¥2025.,:-/ChatGPTéñ½①²ー々あア한글🙂🎬\u0301\u200b０５％"
TEXTS = st.text(st.sampled_from(ALPHABET), min_size=1, max_size=60) | st.text(min_size=1, max_size=30)
LANGUAGES = st.sampled_from(("zh", "en"))
TIMES = st.floats(-2000, 20_000) | st.sampled_from((float("nan"), float("inf"), -float("inf")))


def check(text: str, words: list[dict[str, Any]], duration: int) -> None:
    read = [Word.model_validate(word) for word in words]
    assert "".join(word.text for word in read) == text
    assert all(word.text for word in read)
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(read))
    assert read[-1].end_ms <= duration


@given(TEXTS, st.lists(st.tuples(TEXTS, TIMES, TIMES), max_size=20), st.integers(1, 10_000))
def test_any_times_of_a_vendor_give_words_of_the_text_or_none(
    text: str, timed: list[tuple[str, float, float]], duration: int
) -> None:
    words = align(text, [Unit(*each) for each in timed], duration)
    if words is not None:
        check(text, words, duration)


@given(TEXTS, LANGUAGES, st.integers(1, 10_000), st.data())
def test_any_sound_gives_words_of_the_text(text: str, language: Language, duration: int, data: st.DataObject) -> None:
    edges = sorted(data.draw(st.lists(st.integers(0, duration), max_size=9)))
    pauses = list(zip(edges[::2], edges[1::2], strict=False))
    start = data.draw(st.integers(0, duration))
    words = estimate(
        text, language, duration, start_ms=start, end_ms=data.draw(st.integers(0, duration)), pauses=pauses
    )
    check(text, words, duration)


@given(TEXTS.filter(speakable), st.data())
def test_times_of_the_very_signs_are_kept(text: str, data: st.DataObject) -> None:
    lengths = data.draw(st.lists(st.integers(0, 300), min_size=len(text), max_size=len(text)))
    ends = list(accumulate(lengths))
    starts = [0, *ends[:-1]]
    units = [Unit(sign, start, end) for sign, start, end in zip(text, starts, ends, strict=True)]
    words = align(text, units, ends[-1] + 1)
    assert words is not None
    check(text, words, ends[-1] + 1)
    at = 0
    for number, word in enumerate(words):
        if number:  # what stands before the first word belongs to it
            assert word["start_ms"] == starts[at]
        at += len(word["text"])


def spans(words: list[dict[str, Any]] | None) -> list[tuple[str, int, int]]:
    assert words is not None
    return [(word["text"], word["start_ms"], word["end_ms"]) for word in words]


def test_signs_that_were_timed_together_stay_together() -> None:
    units = [Unit("霓虹灯", 100, 500), Unit("下", 500, 650), Unit("Chat", 900, 1100), Unit("GPT", 1100, 1500)]
    assert spans(align("霓虹灯下，ChatGPT！", units, 2000)) == [
        ("霓虹灯", 100, 500),
        ("下，", 500, 650),
        ("ChatGPT！", 900, 1500),
    ]


def test_figures_that_were_spoken_in_words_have_the_time_of_the_words() -> None:
    said = "二零二五年有百分之六十的人"
    units = [Unit(sign, 100 * k, 100 * k + 100) for k, sign in enumerate(said)]
    assert spans(align("2025年，有60%的人。", units, 1400)) == [
        ("2025", 0, 400),
        ("年，", 400, 500),
        ("有", 500, 600),
        ("60%", 600, 1100),
        ("的", 1100, 1200),
        ("人。", 1200, 1300),
    ]


def test_marks_around_the_line_belong_to_its_words() -> None:
    assert spans(align("“快跑！”", [Unit("快", 50, 200), Unit("跑", 200, 400)], 500)) == [
        ("“快", 50, 200),
        ("跑！”", 200, 400),
    ]


def test_words_that_nobody_timed_lie_between_their_neighbours() -> None:
    units = [Unit("他", 0, 100), Unit("走", 700, 800), Unit("了", 800, 900)]
    words = spans(align("他转身走了", units, 1000))
    assert words[0] == ("他", 0, 100) and words[3:] == [("走", 700, 800), ("了", 800, 900)]
    assert words[1][1] == 100 and words[2][2] == 700 and words[1][2] == words[2][1]


def test_a_last_time_behind_the_end_is_cut() -> None:
    assert spans(align("你好", [Unit("你", 0, 200), Unit("好", 200, 9000)], 500))[-1] == ("好", 200, 500)


@pytest.mark.parametrize("units", [[], [Unit("。", 0, 100)], [Unit("completely different words", 0, 900)]])
def test_times_of_another_text_are_not_taken(units: list[Unit]) -> None:
    assert align("霓虹灯下的校园", units, 1000) is None


def test_without_pauses_words_share_the_time_by_their_syllables() -> None:
    words = spans(estimate("我们用ChatGPT吧", "zh", 3000, start_ms=100, end_ms=2900))
    assert [text for text, *_ in words] == ["我", "们", "用", "ChatGPT", "吧"]
    assert words[0][1] == 100 and words[-1][2] == 2900
    assert words[3][2] - words[3][1] > 2 * (words[0][2] - words[0][1])


def test_a_clause_ends_where_the_speaker_pauses() -> None:
    text = "他来了，我慢慢地走了。天黑了。"
    # The second silence is a breath that no mark asks for.
    words = estimate(text, "zh", 4000, start_ms=50, end_ms=3900, pauses=[(500, 900), (1500, 1620), (2600, 3100)])
    found = {word["text"]: (word["start_ms"], word["end_ms"]) for word in words if word["text"] not in ("了。", "了，")}
    assert words[2]["text"] == "了，" and words[2]["end_ms"] == 500
    assert found["我"][0] == 900
    assert [word["end_ms"] for word in words if word["text"] == "了。"] == [2600, 3900]
    assert found["天"][0] == 3100


def test_an_abbreviation_is_no_pause() -> None:
    words = spans(estimate("Mr. Smith left", "en", 1000))
    assert [one[2] == two[1] for one, two in pairwise(words)] == [True, True]
