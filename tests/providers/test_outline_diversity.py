"""Different topics give clearly different films: their lines, sets and casts hardly overlap, and each is a film."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from test_outline_writer import words_of, write

from manju.domain.speech import speech_ms
from manju.errors import InputError
from manju.providers.text.offline.topic import read

TOPICS = (
    "重生之我在古代当厨神", "废柴少年修仙记", "深宫里的替罪羊", "雨夜剑客送信", "霸道总裁爱上我", "和前任成了邻居",
    "高考前三十天", "午夜电梯里的第四个人", "密室失踪的侦探", "火星上的最后一个人", "末日来临我囤了一座超市",
    "奶奶的面馆", "老板抢了我的方案", "小猫在森林里的冒险", "篮球队的最后一场决赛", "大唐守书人",
    "耐克跑鞋广告 - 感受速度", "5个改变生活的AI工具", "为什么天空是蓝色的", "春节回家的年夜饭",
)  # fmt: skip
"""Twenty topics over the genres: stories, an advertisement, a list, an explanation."""
ODD = (
    "雨", "我为什么总是想吃东西", "https://example.com/a/b?c=d", "{H} [cut] \\n 的秘密", "一碗不加香菜的面", "3",
    "12月25日晚上八点，我在北京西站丢了一把伞，然后遇见了十年前的自己，他问我有没有后悔", "🐱 去火星",
    "What the rain said",
    "CEO falls for the cleaner", "How to train a puppy", "Seven ways to learn a language", "A robot finds its way home",
    "搞笑：公司年会翻车现场", "孩子不肯睡觉怎么办", "一个人去西藏看雪山",
)  # fmt: skip
"""One word, a question, an address, braces, a whole sentence, English, comedy, advice, ..."""

Film = dict[str, Any]


def lines(film: Film) -> list[str]:
    """What is said, with the characters' names masked: another name alone makes no other line."""
    said = [text for scene in film["scenes"] for text in (scene["narration"], *(t["line"] for t in scene["dialogue"]))]
    names = "|".join(re.escape(person["name"]) for person in film["characters"])
    return [re.sub(names, "○", text) for text in said if text]


def near(one: str, other: str) -> bool:
    """Whether two lines are nearly the same: more than 0.6 of their character trigrams are shared."""
    a, b = ({text[at : at + 3] for at in range(max(1, len(text) - 2))} for text in (one, other))
    return len(a & b) / len(a | b) > 0.6


def line_overlap(one: Film, other: Film) -> float:
    """Share of the lines of two films that are nearly the same in the other."""
    a, b = lines(one), lines(other)
    same = sum(any(near(x, y) for y in b) for x in a) + sum(any(near(x, y) for x in a) for y in b)
    return same / (len(a) + len(b))


def sets(film: Film) -> set[str]:
    """Names and landmarks of the places."""
    return {name for place in film["locations"] for name in (place["name"], *place["landmarks"])}


def cast(film: Film) -> set[str]:
    """Names, outfits and hair of the people."""
    return {
        fact for who in film["characters"] for fact in (who["name"], who["look"]["outfit"], who["look"]["hair"])
    }  # fmt: skip


def shared(facts: Callable[[Film], set[str]]) -> Callable[[Film, Film], float]:
    """Share of such facts that two films have in common."""

    def measure(one: Film, other: Film) -> float:
        a, b = facts(one), facts(other)
        return 2 * len(a & b) / (len(a) + len(b))

    return measure


async def films(seed: int = 0) -> list[Film]:
    return [await write(topic, 60, seed=seed) for topic in TOPICS]


@pytest.mark.parametrize(
    ("measure", "mean", "worst"),
    [(line_overlap, 0.03, 0.15), (shared(sets), 0.05, 0.30), (shared(cast), 0.05, 0.30)],
    ids=["lines", "sets", "casts"],
)
async def test_twenty_topics_give_twenty_films(
    measure: Callable[[Film, Film], float], mean: float, worst: float
) -> None:
    pairs = [measure(one, other) for one, other in combinations(await films(), 2)]
    assert sum(pairs) / len(pairs) < mean
    assert max(pairs) < worst


def spoken(film: Film) -> list[tuple[str, str]]:
    """Who says what, the narrator left out."""
    return [
        (said["character"], said["line"])
        for scene in film["scenes"]
        for said in scene["dialogue"]
        if said["character"] != "narrator"
    ]


async def test_each_of_the_twenty_is_a_film() -> None:
    for topic, film in zip(TOPICS, await films(), strict=True):
        first, last = film["scenes"][0], film["scenes"][-1]
        hook = (first["narration"] or first["dialogue"][0]["line"]).strip()
        sentence = re.split(r"(?<=[。！？])", hook)[0]
        assert speech_ms(sentence, "zh") <= 3000, topic
        # The first shot asks, cries out, or names the topic: a bare statement about nothing is no hook.
        told = words_of(first)
        assert re.search("[！？]", told) or any(topic[at : at + 2] in told for at in range(len(topic) - 1)), (
            topic,
            told,
        )
        lines_ = [line for _, line in spoken(film)]
        assert all(3 <= len(line) <= 24 for line in lines_), (
            topic,
            [line for line in lines_ if not 3 <= len(line) <= 24],
        )
        assert {who for who, _ in spoken(film)} == {person["id"] for person in film["characters"]}, topic
        assert last["transition"] == "fade_out" and last["text_overlay"] and (last["narration"] or last["dialogue"])
        assert len({(scene["size"], scene["angle"], scene["movement"]) for scene in film["scenes"]}) >= 5, topic
        assert 9 <= len(film["scenes"]) <= 14


async def test_another_seed_tells_the_topic_differently() -> None:
    for topic in TOPICS[:12]:
        one, other = await write(topic, 60, seed=1), await write(topic, 60, seed=2)
        assert line_overlap(one, other) < 0.9, topic
        assert cast(one) != cast(other), topic


async def test_odd_topics_are_films_too() -> None:
    for topic in ODD:
        for seconds in (15, 60, 120):
            language = "zh" if re.search("[\u4e00-\u9fff]", topic) else "en"
            film = await write(topic, seconds, language)
            assert sum(scene["duration"] for scene in film["scenes"]) == seconds
            told = "".join(f"{scene['visual_description']}{scene['action']}" for scene in film["scenes"])
            told += "".join(lines(film)) + film["logline"]
            assert not re.findall(r"\{\w+\}", told.replace("{H}", "")), (topic, told)
            assert spoken(film), topic
    with pytest.raises(InputError):
        await write("🐱🚀")


@pytest.mark.parametrize(
    ("topic", "genre", "facts"),
    [
        ("重生之我在古代当厨神", "rebirth", {"craft": "food", "top": "厨神", "goal": "当厨神"}),
        ("深海里的机器人找家", "lost", {"hero": "robot", "place": "深海", "goal": "找到家"}),
        ("外婆的葱油饼", "family", {"kin": "外婆"}),
        ("午夜电梯里的第四个人", "horror", {"place": "电梯", "time": "午夜"}),
        ("小猫在森林里的冒险", "fairy", {"hero": "cat", "place": "森林"}),
        ("5个改变生活的AI工具", "dream", {"kind": "explainer", "count": 5, "key": "AI工具"}),
        ("Seven ways to learn a language", "drama", {"kind": "explainer", "count": 7, "key": "learn a language"}),
        ("我的乐队梦", "dream", {"craft": "music"}),
        ("城南旧书店", "corner", {"place": "书店"}),
        ("雨", "drama", {"key": "雨"}),
        ("A knight must save the king", "wuxia", {"role_name": "knight", "goal": "save the king"}),
    ],
)
def test_a_topics_own_words_are_read(topic: str, genre: str, facts: dict[str, Any]) -> None:
    found = read(topic)
    assert found.genre == genre
    assert {name: getattr(found, name) for name in facts} == facts


async def test_old_times_have_no_new_things() -> None:
    modern = re.compile("帆布|手表|耳机|护目镜|手机|电脑|卫衣|牛仔|眼镜|西装|运动鞋|板鞋|屏幕")
    for topic in (
        "重生之我在古代当厨神",
        "程序员穿越到秦朝",
        "深宫里的替罪羊",
        "雨夜剑客送信",
        "大唐守书人",
        "废柴少年修仙记",
    ):
        for seed in range(5):
            film = await write(topic, 60, seed=seed)
            looks = "".join(text for person in film["characters"] for text in person["look"].values())
            sights = "".join(f"{scene['visual_description']}{scene['action']}" for scene in film["scenes"])
            assert not modern.findall(looks + sights + "".join(lines(film))), (topic, seed)
