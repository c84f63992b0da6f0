"""Where text lies in the picture: clear of faces, of the label and of each other."""

from __future__ import annotations

import re

import pytest

from manju.domain.cues import Cue, Word
from manju.domain.platforms import UPRIGHT
from manju.domain.screenplay import Language
from manju.domain.timeline import Label, MissingPicture, Overlay, SubtitleStyle, Timeline, TimelineShot
from manju.media.lettering import HEADROOM, SMALLEST, Line, layout

SIZES = [(1080, 1920), (1920, 1080), (1080, 1080), (1920, 804), (720, 1280)]
ENGLISH = Label(text="AI生成 AI-generated")


def film(
    text: str,
    size: tuple[int, int],
    shot: int = 0,
    language: Language = "zh",
    label: Label | None = None,
    **fields: str,
) -> Timeline:
    """A film of two shots of four seconds, with an overlay in one of them."""
    overlay = Overlay.model_validate({"text": text or " ", **fields})
    shots = [
        TimelineShot(uid=f"s{n}", frames=120, picture=MissingPicture(), overlays=(overlay,) if n == shot else ())
        for n in range(2)
    ]
    return Timeline(
        width=size[0], height=size[1], shots=tuple(shots), language=language, label=label or Label(text="AI生成")
    )


def placed(timeline: Timeline) -> tuple[Line, Line]:
    """The overlay and the label."""
    overlay, label = layout(timeline)
    return overlay, label


def full_size(size: tuple[int, int]) -> float:
    (line, _) = placed(film("好", size))
    return line.height


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shot", [0, 1])
@pytest.mark.parametrize(
    "text",
    ["2. Midjourney", "消失的程序员", "人工智能正在改变我们每一个人的日常生活", "第3招：把大任务切成二十五分钟的小块"],
)
def test_a_text_at_the_top_ends_above_faces(text: str, shot: int, size: tuple[int, int]) -> None:
    line, _ = placed(film(text, size, shot))
    assert line.margin > 0
    assert line.margin + line.height <= HEADROOM * size[1] + 1
    assert line.scale >= SMALLEST and line.rows <= 3


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("label", [Label(text="AI生成"), ENGLISH])
@pytest.mark.parametrize("text", ["好", "消失的程序员", "人工智能正在改变我们每一个人的日常生活"])
def test_a_text_in_the_opening_does_not_touch_the_label(text: str, label: Label, size: tuple[int, int]) -> None:
    line, shown = placed(film(text, size, label=label))
    left = (size[0] - line.width) / 2 - line.style.outline
    beside = left > shown.style.side + shown.width + shown.style.outline
    below = line.margin >= shown.margin + shown.height + shown.style.outline
    assert beside or below


def test_a_text_after_the_opening_is_where_the_label_was() -> None:
    opening, label = placed(film("人工智能正在改变我们每一个人的日常生活", (1080, 1920)))
    later, _ = placed(film("人工智能正在改变我们每一个人的日常生活", (1080, 1920), shot=1))
    assert later.margin < opening.margin
    assert later.margin == round(label.margin - label.style.outline)


def test_words_are_set_smaller_rather_than_broken() -> None:
    line, _ = placed(film("Electroencephalographically 入门", (1080, 1920)))
    assert SMALLEST <= line.scale < 1
    assert line.pieces[0].text.split("\\N")[0] == "Electroencephalographically"
    marked, _ = placed(film("2. Midjourney", (1080, 1920)))
    assert (marked.rows, marked.scale) == (1, 1.0)


@pytest.mark.parametrize("position", ["top", "middle", "bottom"])
def test_a_long_text_stays_legible_and_inside(position: str) -> None:
    line, _ = placed(film("这一段话实在是太长了，没有人能够一眼就把它读完。" * 6, (1080, 1920), position=position))
    assert line.rows > 3
    assert line.height <= 1920 / 2 + 1
    assert line.height / line.rows > 0.4 * full_size((1080, 1920))
    assert 0 < line.margin < 1920 - line.height


def bottom(size: tuple[int, int], *texts: str) -> tuple[Line, list[Line]]:
    """A text at the bottom, and the subtitles that are shown with it."""
    cues = [Cue(text=text, start_ms=1000 * n, end_ms=1000 * (n + 1)) for n, text in enumerate(texts)]
    made = film("第一章", size, position="bottom").model_copy(update={"cues": tuple(cues)})
    lines = layout(made)
    (overlay,) = [line for line in lines if line.track == "bottom"]
    return overlay, [line for line in lines if line.track == "subtitles"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("texts", [("一行",), ("两行\n字幕",), ("一行", "两行\n字幕")])
def test_a_text_at_the_bottom_lies_just_above_the_subtitles(size: tuple[int, int], texts: tuple[str, ...]) -> None:
    overlay, subtitles = bottom(size, *texts)
    highest = max(line.margin + line.height for line in subtitles)
    assert highest < overlay.margin < highest + subtitles[0].height
    alone, _ = bottom(size)
    assert alone.margin < overlay.margin, "and in their place where there are none"


def test_words_light_up_only_if_asked() -> None:
    words = tuple(Word(text=char, start_ms=300 * n, end_ms=300 * (n + 1)) for n, char in enumerate("今天很好"))
    cue = Cue(text="今天很好", start_ms=0, end_ms=1200, words=words)
    made = film("", (1080, 1920)).model_copy(update={"cues": (cue,)})
    lit = layout(made)[0]
    assert lit.style.colour != lit.style.spoken
    assert re.findall(r"\\k(\d+)", lit.dialogue(made.rate)) and len(lit.pieces) == 4
    plain = layout(made.model_copy(update={"subtitles": SubtitleStyle(karaoke=False)}))[0]
    assert plain.style.colour == plain.style.spoken == "#FFFFFF"
    assert "\\k" not in plain.dialogue(made.rate) and plain.dialogue(made.rate).endswith("今天很好")


def test_two_rows_of_smaller_letters_rather_than_three() -> None:
    line, _ = placed(
        film("人工智能正在改变我们每一个人的日常生活", (1080, 1920), shot=1).model_copy(update={"safe": UPRIGHT})
    )
    assert line.rows == 2 and 0.7 <= line.scale < 1
