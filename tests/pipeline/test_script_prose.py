"""Plain text keeps its words to the letter."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from manju.domain.screenplay import Screenplay
from manju.domain.speech import speech_ms
from manju.errors import InputError
from manju.pipeline.script import Limits
from manju.pipeline.script.prose import read
from manju.pipeline.script.sentences import first_sentence, sentence_spans

STORY = """雨水顺着窗沿滑下来。她听见身后有人叫她的名字。“你终于来了！”那个声音说。她没有回头，只是把手里的信攥得更紧。
第二天，太阳照常升起，好像什么都没有发生过一样。可她知道，一切都变了！为什么偏偏是她呢？没有人回答。

很多年以后，她还会想起那个晚上。"""


def screenplay_of(text: str) -> Screenplay:
    return read(text, Limits())[0].screenplay


def bare(text: str) -> str:
    return "".join(text.split())


def assert_words_kept(text: str, screenplay: Screenplay) -> None:
    """Every line stands in the source, in order, with nothing but whitespace before, between and after."""
    at = 0
    source = text.replace("\r\n", "\n")
    for shot in screenplay.shots:
        for line in shot.lines:
            found = source.find(line.text, at)
            assert found >= 0, line.text
            assert not source[at:found].strip()
            at = found + len(line.text)
    assert not source[at:].strip()


def test_a_story_keeps_its_words_and_gets_shots_of_the_right_length() -> None:
    screenplay = screenplay_of(STORY)
    assert_words_kept(STORY, screenplay)
    assert screenplay.locked
    assert all(5000 <= shot.duration_ms <= 12000 for shot in screenplay.shots)
    assert 3 <= len(screenplay.shots) <= 6
    assert screenplay.title == "雨水顺着窗沿滑下来"
    assert [shot.uid for shot in screenplay.shots[:2]] == ["s01", "s02"]


alphabet = st.one_of(
    st.sampled_from("今天天气不错我们去公园，。！？；、…—“”『』（）\n\r\t .,;!?'\"abcXYZ019😀👨‍👩‍👧é　"),
    st.characters(exclude_categories=("Cs", "Cc")),
)


fragments = st.lists(
    st.sampled_from(
        [
            "今天天气不错我们去公园",
            "她说",
            "，",
            "。",
            "“",
            "”",
            " ",
            "\n",
            "ChatGPT-4o",
            "1,000.5",
            "Mr. ",
            "😀",
            "！？",
            "……",
            "、",
        ]
        + ["and so it went on ", "the end. ", "\n\n", "(", "）", "'", '"']
    ),
    min_size=20,
    max_size=150,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(alphabet, max_size=400), fragments))
def test_any_text_keeps_its_words(text: str) -> None:
    assume(not re.search(r"[:：#]|-{3}|\*{3}|_{3}|={3}", text))
    try:
        screenplay = screenplay_of(text)
    except InputError as error:
        assert "no words" in error.message
        return
    assert bare(screenplay.words) == bare(text)
    if not re.search(r"[A-Za-z0-9,;][ \t]*\r?\n", text):
        assert_words_kept(text, screenplay)
    assert all(line.text == line.text.strip() for shot in screenplay.shots for line in shot.lines)


@pytest.mark.parametrize("text", ["啊", "A", "7", "😀", "Hello world", "今天天气不错我们去公园玩然后回家吃饭" * 20])
def test_short_and_unpunctuated_texts(text: str) -> None:
    screenplay = screenplay_of(text)
    assert_words_kept(text, screenplay)
    assert all(shot.duration_ms <= 12000 for shot in screenplay.shots)


@pytest.mark.parametrize("text", ["。。。", "---", "# Title", "“”"])
def test_texts_without_words(text: str) -> None:
    with pytest.raises(InputError, match="no words"):
        screenplay_of(text)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Mr. Li paid 3.50 at example.com. Then he left.", ["Mr. Li paid 3.50 at example.com.", "Then he left."]),
        ("“走吧！”她说。好。", ["“走吧！”", "她说。", "好。"]),
        ('He said "Go!" Then "Stop." End', ['He said "Go!"', 'Then "Stop."', "End"]),
        ("他说。“你好。”她问？！", ["他说。", "“你好。”", "她问？！"]),
        ('他说。"你好。"', ["他说。", '"你好。"']),
        ("等等……我知道了。", ["等等……", "我知道了。"]),
        ("a?b=1&c!d 是网址", ["a?b=1&c!d 是网址"]),
        ("Wait... What?", ["Wait...", "What?"]),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences
    assert first_sentence(text) == sentences[0]


def test_long_sentences_are_never_cut_inside_a_word_or_number() -> None:
    text = "我们用ChatGPT和GPT-4o在2025年把成本从1,000,000元降到3.5元同时还把响应时间从12:30缩短到" * 6
    screenplay = screenplay_of(text)
    assert_words_kept(text, screenplay)
    assert len(screenplay.shots) > 3
    for shot in screenplay.shots:
        whole = shot.lines[0].text
        assert speech_ms(whole, "zh") <= 11_500
        assert not re.search(r"^[A-Za-z0-9]*(?:PT|4o|000|5元|30缩)", whole)
    for before, after in zip(screenplay.shots, screenplay.shots[1:], strict=False):
        joint = before.lines[-1].text[-1] + after.lines[0].text[0]
        assert not re.fullmatch(r"[A-Za-z0-9]{2}", joint)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5000,
        "字" * 5000,
        "ab" * 700 + "，" + "cd" * 700,
        "👨‍👩‍👧" * 400,
        "." * 3000 + "a",
        "e\u0301" * 1500,
        "на" * 900,
    ],
)
def test_texts_without_an_end_become_lines_that_can_be_said(text: str) -> None:
    screenplay = screenplay_of(text)
    assert_words_kept(text, screenplay)
    lines = [line.text for shot in screenplay.shots for line in shot.lines]
    assert max(map(len, lines)) <= 400
    for line in lines:
        assert not re.match(r"[\u0300-\u036f\u200d]", line) and not line.endswith("\u200d")


def test_long_words_are_cut_only_where_there_is_no_other_place() -> None:
    text = "b" * 200 + " " + "word " * 10 + "c" * 200
    lines = [line.text for shot in screenplay_of(text).shots for line in shot.lines]
    assert all(not re.search(r"(?<!\w)(?:w|wo|wor|ord|rd|d)(?!\w)", line) for line in lines)


def test_clauses_are_cut_before_phrases() -> None:
    text = (
        "她穿过空无一人的操场和亮着灯的图书馆走到了河边的老桥上，"
        + "桥下的水映着整个城市的灯火像一条慢慢流动的银河通向远方"
    )
    assert screenplay_of(text).shots[0].lines[0].text.endswith("，")


def test_dialogue_names_are_speakers_and_not_spoken() -> None:
    text = "林澈：信是你写的吗？\n老师（低声）：是我。\n旁白：雨停了。\nANNA: Let's go.\n林澈：好。"
    draft, notes = read(text, Limits())
    lines = [line for shot in draft.screenplay.shots for line in shot.lines]
    assert [(line.speaker, line.text, line.emotion) for line in lines] == [
        ("c01", "信是你写的吗？", ""),
        ("c02", "是我。", "低声"),
        ("narrator", "雨停了。", ""),
        ("anna", "Let's go.", ""),
        ("c01", "好。", ""),
    ]
    assert [character.name for character in draft.screenplay.characters] == ["林澈", "老师", "ANNA"]
    assert all(note.level == "note" for note in notes)
    assert [note.message.split("'")[1] for note in notes] == ["林澈", "老师", "ANNA"]


@pytest.mark.parametrize(
    "text",
    [
        "今天的主题：AI工具。",
        "注意：前方施工。",
        "第一步：打开电脑。",
        "12:30 出发。",
        "https://example.com 是网址。",
        "他说：我不去。",
        "这是一个非常非常长的名字：你好。",
        "note: this is spoken.",
        "Note: this is spoken too.",
        "他停下来，问：你是谁？",
    ],
)
def test_colons_that_name_nobody_are_spoken(text: str) -> None:
    screenplay = screenplay_of(text)
    assert_words_kept(text, screenplay)
    assert not screenplay.characters


def test_headings_are_title_and_overlay() -> None:
    screenplay = screenplay_of("# 雨夜的信\n\n雨下了一整夜。\n\n## 第二章\n\n天亮了。\n\n---\n再见。\n")
    assert screenplay.title == "雨夜的信"
    assert [shot.narration for shot in screenplay.shots] == ["雨下了一整夜。", "天亮了。", "再见。"]
    assert [shot.text_overlay for shot in screenplay.shots] == ["", "第二章", ""]


def test_a_margin_break_is_a_space_and_a_verse_is_not() -> None:
    wrapped = "It was a dark and stormy night and the rain fell\nin torrents over the old town. Nobody was out."
    (shot,) = screenplay_of(wrapped).shots
    assert shot.lines[0].text == wrapped.replace("\n", " ")
    verse = screenplay_of("the rain falls\nand nobody calls\r\nso we wait")
    assert [line.text for shot in verse.shots for line in shot.lines] == [
        "the rain falls",
        "and nobody calls",
        "so we wait",
    ]


def test_a_title_is_made_of_the_first_words() -> None:
    assert screenplay_of("Nobody came. The end.").title == "Nobody came"
    long = screenplay_of("在一个很远很远的地方，住着一个从来没有见过大海的年轻人，他每天都在梦里听见海浪。")
    assert long.title == "在一个很远很远的地方"
