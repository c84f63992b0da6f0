"""Subtitles lose no letter, fit their columns, break where a reader pauses and never overlap."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manju.domain.cues import Cue, Word
from manju.domain.screenplay import Language
from manju.media.cueing import MIN_MS, READ, columns, cues, pieces, reading_ms, settle
from manju.media.linebreaks import CLOSING, OPENING, longest, width
from manju.media.wrapping import shortened, wrap


def spoken(text: str, ms: int = 200, start: int = 1000) -> tuple[Word, ...]:
    """One word a Chinese character or Latin word; marks and blanks belong to the word before."""
    words: list[Word] = []
    for token in re.findall(r"[A-Za-z0-9'.-]*[A-Za-z0-9]\W*|\W+|.", text, re.S):
        words.append(Word(text=token, start_ms=start, end_ms=start + ms))
        start += ms
    return tuple(words)


def shown(text: str, size: int = 12, language: Language = "zh", max_lines: int = 2, ms: int = 200) -> list[str]:
    made = cues(spoken(text, ms), language=language, speaker="", columns=size, max_lines=max_lines)
    return [cue.text for cue in made]


def test_breaks_at_the_ends_of_clauses_first() -> None:
    assert shown("今天是晴天，我们一起去公园散步吧。", 10) == ["今天是晴天", "我们一起去公园散步吧"]
    assert shown("你好。我是李明，一个普通的程序员。", 10, max_lines=1, ms=400) == [
        "你好",
        "我是李明",
        "一个普通的程序员",
    ]


def test_then_between_phrases_and_evenly() -> None:
    assert shown("警长带着他的小助手在夜色中追捕那个神秘的黑客。", 14) == [
        "警长带着他的小助手在\n夜色中追捕那个神秘的黑客"
    ]


def test_short_sentences_share_a_cue_when_they_are_too_quick_to_read() -> None:
    assert shown("好。走！", ms=150) == ["好。走！"]
    assert shown("好。走！", ms=1000) == ["好", "走！"]


def test_question_marks_and_quotes_stay_and_final_commas_go() -> None:
    assert shown("“你是谁？”她问。") == ["“你是谁？”她问"]
    assert shown("真的吗？太好了！") == ["真的吗？", "太好了！"]
    assert shown("他用ChatGPT，对吧。") == ["他用ChatGPT，对吧"]
    assert shown("。") == ["。"]


def test_english_breaks_at_spaces_and_keeps_its_marks() -> None:
    rows = "\n".join(shown("Mr. Smith paid $3.50 for well-known tools, then left.", 10, "en")).split("\n")
    assert " ".join(rows) == "Mr. Smith paid $3.50 for well-known tools, then left."
    assert not any(row.endswith("Mr.") for row in rows)


def test_latin_runs_in_chinese_stay_whole() -> None:
    for size in range(8, 20):
        text = "\n".join(shown("他打开了GPT-4o_mini.v2然后开始写代码", size)).replace(" ", "")
        assert "GPT-4o_mini.v2" in text


def test_what_fits_nowhere_is_cut_rather_than_overflowing() -> None:
    rows = "\n".join(shown("打开https://example.com/a/very/long/path?query=1看看", 8)).split("\n")
    assert all(width(row) <= 8 for row in rows)
    assert "".join(rows) == "打开https://example.com/a/very/long/path?query=1看看"


def test_a_long_word_shares_its_time_out() -> None:
    text = "第一句话在这里结束，第二句话从这里开始。"
    made = cues((Word(text=text, start_ms=0, end_ms=8000),), language="zh", speaker="甲", columns=10)
    assert [cue.text for cue in made] == ["第一句话在这里结束", "第二句话从这里开始"]
    assert made[0].end_ms == made[1].start_ms == 4000
    assert "".join(word.text for cue in made for word in cue.words) == text
    assert {cue.speaker for cue in made} == {"甲"}


def test_no_cue_stays_longer_than_asked_where_it_can_be_broken() -> None:
    words = spoken("我们慢慢地走过了那座古老的石桥", ms=600)
    made = cues(words, language="zh", speaker="", columns=16, max_ms=4000)
    assert len(made) > 1
    assert all(cue.end_ms - cue.start_ms <= 4000 for cue in made)


def test_nothing_to_show_gives_no_cue() -> None:
    assert cues((), language="zh", speaker="", columns=10) == ()
    assert cues(spoken("  \n"), language="zh", speaker="", columns=10) == ()
    with pytest.raises(ValueError, match="columns"):
        cues(spoken("好"), language="zh", speaker="", columns=1)


PARTS = [*"今天天气很好我们一起去公园散步吧的了，。！？、：；“”（）《》…—", "AI", "GPT-4 ", "a b ", " ", "3.5", "\n"]
TEXT = st.lists(st.sampled_from(PARTS), min_size=1, max_size=60).map("".join)


@settings(max_examples=80, deadline=None)
@given(TEXT, st.integers(4, 20), st.integers(1, 3), st.integers(40, 700))
def test_any_text_keeps_every_letter_and_the_rules(text: str, size: int, lines: int, ms: int) -> None:
    words = spoken(text, ms)
    made = cues(words, language="zh", speaker="", columns=size, max_lines=lines)
    if not text.strip():
        assert made == ()
        return
    assert "".join(word.text for cue in made for word in cue.words) == text
    for cue, after in itertools.pairwise(made):
        assert cue.end_ms <= after.start_ms
    for cue, after in itertools.zip_longest(made, made[1:]):
        assert after is None or cue.end_ms - cue.start_ms >= min(MIN_MS, after.start_ms - cue.start_ms)
        assert "".join(piece for piece, _, _ in pieces(cue)) == cue.text
        rows = cue.text.split("\n")
        assert len(rows) <= lines
        assert all(row == row.strip() and row for row in rows)
        # Marks that must not be parted can together be wider than a line.
        assert all(width(row) <= size or set(row) & (CLOSING | OPENING) for row in rows)
        for upper, lower in itertools.pairwise(rows):
            assert lower[0] not in CLOSING
            assert upper[-1] not in OPENING
    for cue, after in itertools.pairwise(made):
        assert after.text[0] not in CLOSING
        assert cue.text[-1] not in OPENING


def test_settle_orders_trims_holds_and_closes_gaps() -> None:
    def cue(text: str, start: int, end: int) -> Cue:
        return Cue(text=text, start_ms=start, end_ms=end)

    spans = {"b": (1000, 1200), "a": (0, 1500), "c": (2000, 3000), "d": (3250, 3300), "e": (9000, 9900)}
    made = settle(cue(text, *span) for text, span in spans.items())
    assert [(one.text, one.start_ms, one.end_ms) for one in made] == [
        ("a", 0, 1000),
        ("b", 1000, 2000),
        ("c", 2000, 3250),
        ("d", 3250, 4050),
        ("e", 9000, 9900),
    ]
    at_once = settle([cue("x", 0, 2000), cue("y", 0, 2000)])
    assert [(one.start_ms, one.end_ms) for one in at_once] == [(0, 1000), (1000, 2000)]
    assert settle([]) == ()


def test_pieces_of_a_cue_edited_by_hand_are_none() -> None:
    made = cues(spoken("今天很好。"), language="zh", speaker="", columns=10)[0]
    assert [text for text, _, _ in pieces(made)] == list("今天很好")
    assert pieces(made.model_copy(update={"text": "明天很好"})) == ()
    assert pieces(made.model_copy(update={"words": ()})) == ()


def test_wrap_breaks_titles_evenly_and_keeps_the_writers_lines() -> None:
    assert wrap("赛博校园侦探：消失的程序员", columns=10, max_lines=2) == "赛博校园侦探：\n消失的程序员"
    assert wrap("第一行\n第二行", columns=10, max_lines=2) == "第一行\n第二行"
    rows = wrap("A very long title that needs several lines", columns=6, max_lines=2).split("\n")
    assert all(width(row) <= 6 for row in rows)
    assert " ".join(rows) == "A very long title that needs several lines"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("2. Midjourney", "2. Midjourney"),
        ("全网播放量突破1.2亿次", "1.2亿"),
        ("价格是3,500元的手机", "3,500元"),
        ("温度升到38.5℃就很热", "38.5℃"),
        ("3. NotebookLM 笔记", "3. NotebookLM"),
        ("（3）打开软件再开始", "（3）打开"),
        ("一、准备一个大箱子", "一、准备"),
        ("① 第一步 打开软件", "① 第一步"),
        ("第 12 章 回到小镇", "第 12 章"),
        ("No. 3 The Pomodoro Technique", "No. 3"),
        ("每天跑步 10 km 的人", "10 km"),
        ("只要 24 小时就够", "24 小时"),
        ("Claude 3.5 Sonnet is out", "Claude 3.5"),
        ("克里斯托弗·哥伦布到了", "弗·哥"),
        ("三十分钟就能做好的晚饭", "十分"),
        ("看完《2001太空漫游》以后大家都哭了", "《2001太空漫游》"),
        ("他说“你好世界”就走了", "“你好世界”"),
        ("【第1集】消失的程序员", "【第1集】"),
    ],
)
def test_what_belongs_together_stays_on_a_line(text: str, whole: str) -> None:
    for size in range(max(4, int(width(whole) + 0.5)), 14):
        if longest(text) <= size:
            rows = wrap(text, columns=size, max_lines=2).split("\n")
            assert any(whole in row for row in rows), (size, rows)


def test_a_marker_is_parted_from_its_word_only_where_they_do_not_fit() -> None:
    assert wrap("2. Midjourney", columns=7, max_lines=2) == "2. Midjourney"
    assert wrap("2. Midjourney", columns=6, max_lines=2) == "2.\nMidjourney"
    assert longest("2. Midjourney 图像") == width("2. Midjourney")
    assert shown("好了。2. Midjourney画图。", 14) == ["好了\n2. Midjourney画图"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("他抬起头看见远处的地平线上一轮红日正缓缓升起", "地平线"),
        ("外婆临走之前把一枚生锈的铜钥匙交给我说它能打开后院的地下室", "铜钥匙"),
        ("科学家们发现深海里的章鱼会用椰子壳给自己搭建可以随身携带的小房子", "椰子壳"),
        ("长安城的百姓第一次看见一个穿着红色斗篷的女剑客站在城门楼上吹笛子", "女剑客"),
        ("他花了整整二十年时间才把这片寸草不生的荒漠变成了郁郁葱葱的森林", "寸草不生"),
        ("警长带着他的小助手在夜色中悄悄地追捕那个神秘的黑客", "助手"),
    ],
)
def test_long_sentences_without_marks_break_between_words(text: str, word: str) -> None:
    for size in (16, 18):  # what frames of 9:16 and 16:9 hold
        assert word in "|".join(shown(text, size)).replace("\n", "|"), size


def test_a_break_depends_on_nothing_but_the_text() -> None:
    texts = ["人工智能正在改变我们每一个人的日常生活", "2. Midjourney", "第二句话从这里开始"]
    before = [shown(text, 10) for text in texts]
    assert [shown(text, 10) for text in reversed(texts)] == before[::-1]


def test_shortened_ends_at_a_word() -> None:
    assert shortened("赛博校园侦探", 6) == "赛博校园侦探"
    assert shortened("为什么天空是蓝色的，还有很多问题", 12) == "为什么天空是蓝色的"
    assert shortened("Why is the sky blue and what is behind it", 8) == "Why is the sky"
    assert shortened("打开《2001太空漫游》的第一页", 9) == "打开《2001太空漫游"[: len("打开《2001太空")]
    assert shortened("x" * 50, 4) == "x" * 8


@given(TEXT, st.integers(1, 20))
def test_shortened_is_the_beginning_and_fits(text: str, size: int) -> None:
    short = shortened(text.strip(), size)
    assert text.strip().startswith(short)
    assert width(short) <= size
    assert short or not text.strip()


def test_columns_follow_the_frame() -> None:
    assert columns(1080, 1920, 52, "zh") == 16
    assert columns(1920, 1080, 52, "zh") == 18
    assert columns(1920, 1080, 52, "en") == 21
    assert columns(540, 960, 52, "zh") == columns(1080, 1920, 52, "zh")


def test_a_subtitle_stays_until_it_can_be_read_where_there_is_time() -> None:
    quick = "他说得飞快因为火车就要开了"
    alone = cues(spoken(quick, 60), language="zh", speaker="", columns=16)
    assert len(alone) == 1
    shown = alone[0].end_ms - alone[0].start_ms
    assert shown == reading_ms(quick) == round(1000 * width(quick) / READ) > 60 * len(quick)
    late = Cue(text="好", start_ms=1000 + shown - 200, end_ms=1000 + shown + 900)
    first, second = settle([*alone, late])
    assert first.end_ms == second.start_ms == late.start_ms, "but no longer than the next one allows"


def test_sentences_too_quick_to_be_read_one_by_one_share_a_subtitle() -> None:
    text = "门开了。灯灭了。有人来了。"
    assert shown(text, 16, ms=400) == ["门开了", "灯灭了", "有人来了"]
    assert shown(text, 16, ms=90) == ["门开了。灯灭了\n有人来了"]


def test_lines_are_even_rather_than_a_word_above_a_long_one() -> None:
    assert shown("可是，有人对失踪的档案动了手脚", 13) == ["可是，有人对失踪的\n档案动了手脚"]


SENTENCES = (
    "第一个：ChatGPT。从写邮件到做方案，它就像你的私人助理。",
    "2026年3月15日上午9:30，第3集正式上线，全网播放量突破1.2亿次。",
    "2. Midjourney 可以用一句话画出4K大图，价格是$10/月。",
    "他把价值3,500元的iPhone 17 Pro Max忘在了出租车后座上。",
    "“你好，”她说，“我叫Anna Karenina-Smith，很高兴认识你。”",
    "温度从-5℃升到38.5℃只用了3-5分钟，风速达到12 m/s。",
    "哈利·波特与阿不思·邓布利多校长在霍格沃茨城堡的塔楼里见面了。",
    "这家店的人均消费不到50块，但是味道却比五星级酒店还要好上一百倍。",
    "我不知道，我真的不知道，我什么都不知道！",
)


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("size", [12, 13, 16, 18])
def test_no_letter_stands_alone_and_no_mark_begins_a_line(text: str, size: int) -> None:
    rows = "\n".join(shown(text, size)).split("\n")
    assert all(width(row) >= 2 for row in rows), rows
    assert not any(row[0] in CLOSING for row in rows), rows
    whole = "\n".join(rows)
    for figure in re.findall(r"[-$]?\d[\d.,:]*\d(?:[℃亿元年])?|[A-Za-z]+", text):
        assert figure in whole, (figure, rows)
