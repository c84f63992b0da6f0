"""Storyboards in the words of the model that is asked, with no word of them lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import get_args

import market
import pytest
from hypothesis import given
from hypothesis import strategies as st
from market import MODEL, channel
from pydantic import ValidationError

from manju.config import ChannelSettings
from manju.domain.order import ImageRequest, Message, Reference, TextRequest, VideoRequest, request_digest
from manju.gateway.catalogue import shipped
from manju.gateway.channels import Channel, Route, Upstream
from manju.gateway.dialects import Dialect, named, spoken, storyboard, translated
from vendors.emulator import Fault
from vendors.relay_video import RelayVideoEmulator

ZH = (
    "Shot 1:\nduration: 1.0sec\nScene: 赛博校园走廊,霓虹公告栏闪烁。镜头:推轨近景。\n\n"
    "Shot 2:\nduration: 2.5sec\nScene: 特写,数据卡扣弹出全息投影\n\n"
    "Shot 3:\nduration: 1.5sec\nScene: 她转身"
)
"""Seed 000, step 3."""
EN = (
    "Ink and wash\n\nShot 1:\nduration: 1.0sec\nScene: a rainy alley\n"
    'Shot 2:\nduration: 2.5sec\nScene: she turns\nDialogue: "Who is there?"\nNegative: text, logos\n'
    "Shot 3:\nduration: 1.5sec\nScene: nobody\n"
)
SPOKEN = [each for each in get_args(Dialect) if each not in ("", "sora")]
PLAIN = [
    "雨夜，一条小巷",
    "Shot 1: a rainy alley\nShot 2: she turns",  # shots, but in nobody's form: it may be the model's own
    "[00:00-00:02] a rainy alley\n[00:02-00:04] she turns",
    "A long shot. Scene: a rainy alley, duration: 2 s",
    "Shot 1:\nduration: short\nshe turns",
    "",
]


@pytest.mark.parametrize(
    ("dialect", "lines"),
    [
        ("veo", ["[00:00-00:02] {}", "[00:02-00:07] {}", "[00:07-00:10] {}"]),
        ("wan", ["第1个镜头[0-2秒] {}", "第2个镜头[2-7秒] {}", "第3个镜头[7-10秒] {}"]),
        ("seedance", ["镜头1，约2秒：{}", "切至镜头2，约5秒：{}", "切至镜头3，约3秒：{}"]),
        ("seedance-2.5", ["0-2秒：镜头1，{}", "2-7秒：镜头2，{}", "7-10秒：镜头3，{}"]),
        ("kling", ["镜头1（2秒）：{}", "镜头2（5秒）：{}", "镜头3（3秒）：{}"]),
        ("hailuo", ["0-2秒：{}", "2-7秒：镜头切至：{}", "7-10秒：镜头切至：{}"]),
    ],
)
def test_a_storyboard_is_put_as_the_model_reads_it(dialect: Dialect, lines: list[str]) -> None:
    scenes = ["赛博校园走廊,霓虹公告栏闪烁。镜头:推轨近景。", "特写,数据卡扣弹出全息投影", "她转身"]
    expected = [line.format(scene) for line, scene in zip(lines, scenes, strict=True)]
    assert translated(ZH, dialect, 10_000).splitlines() == expected


@pytest.mark.parametrize(
    ("dialect", "lines"),
    [
        ("veo", ["[00:00-00:02] {}", "[00:02-00:07] {}", "[00:07-00:10] {}"]),
        ("wan", ["Shot 1 [0-2s] {}", "Shot 2 [2-7s] {}", "Shot 3 [7-10s] {}"]),
        ("seedance", ["Shot 1, about 2 s: {}", "Cut to shot 2, about 5 s: {}", "Cut to shot 3, about 3 s: {}"]),
        ("seedance-2.5", ["[0s-2s] Shot 1: {}", "[2s-7s] Shot 2: {}", "[7s-10s] Shot 3: {}"]),
        ("kling", ["Shot 1 (2s): {}", "Shot 2 (5s): {}", "Shot 3 (3s): {}"]),
        ("hailuo", ["0-2s: {}", "2-7s: The camera cuts to: {}", "7-10s: The camera cuts to: {}"]),
    ],
)
def test_what_stands_around_the_scenes_is_kept(dialect: Dialect, lines: list[str]) -> None:
    scenes = ["a rainy alley", 'she turns. Dialogue: "Who is there?" Avoid: text, logos', "nobody"]
    expected = ["Ink and wash", *(line.format(scene) for line, scene in zip(lines, scenes, strict=True))]
    assert translated(EN, dialect, 10_000).splitlines() == expected


@pytest.mark.parametrize("prompt", [ZH, EN, *PLAIN])
def test_who_reads_storyboards_gets_them_as_they_are(prompt: str) -> None:
    assert [translated(prompt, dialect, 8000) for dialect in ("", "sora")] == [prompt, prompt]


@pytest.mark.parametrize("prompt", PLAIN)
@pytest.mark.parametrize("dialect", SPOKEN)
def test_a_plain_prompt_stays_as_it_is(dialect: Dialect, prompt: str) -> None:
    assert translated(prompt, dialect, 8000) == prompt


def times(prompt: str, duration_ms: int) -> str:
    return " ".join(re.findall(r"\[(.*?)s\]", translated(prompt, "wan", duration_ms)))


def board(*lengths: str) -> str:
    return "\n".join(f"Shot {number}:\n{each}\nScene: x" for number, each in enumerate(lengths, 1))


@pytest.mark.parametrize(
    ("lengths", "duration_ms", "expected"),
    [
        (["duration: 5s", "duration: 5s"], 8000, "0-4 4-8"),
        (["duration: 2.5 sec", "duration: 2500ms"], 5000, "0-3 3-5"),
        (["duration: 0.5sec"] * 4, 2000, "0-0.5 0.5-1 1-1.5 1.5-2"),
        (["duration: 0.1sec", "duration: 9.9sec"], 10_000, "0-0.1 0.1-10"),
        (["duration: 3s", "", "duration: 1s"], 6000, "0-3 3-5 5-6"),  # as long as the others are on average
        (["", ""], 4000, "0-2 2-4"),
        (["duration: 1s", "duration: 2s"], 4500, "0-2 2-4.5"),
        (["duration: 0s", "duration: 2s"], 4000, "0-2 2-4"),
    ],
)
def test_lengths_are_scaled_to_the_clip(lengths: list[str], duration_ms: int, expected: str) -> None:
    assert times(board(*lengths), duration_ms) == expected


def test_more_shots_than_kling_takes_are_told_as_six() -> None:
    prompt = "\n".join(f"Shot {n}:\nduration: {n % 3 + 1}sec\nScene: scene {n}" for n in range(1, 11))
    lines = translated(prompt, "kling", 10_000).splitlines()
    assert [re.sub(r" \([\d.]+s\).*", "", line) for line in lines] == [f"Shot {n}" for n in range(1, 7)]
    assert sum(float(re.findall(r"\(([\d.]+)s\)", line)[0]) for line in lines) == 10
    assert re.findall(r"scene \d+", "".join(lines)) == [f"scene {n}" for n in range(1, 11)]
    assert "scene 2. Then cut to: scene 3" in lines[1]
    assert len(translated(prompt, "veo", 10_000).splitlines()) == 10


def test_fields_have_chinese_names_where_chinese_is_said() -> None:
    prompt = "Shot 1:\nScene: 走廊\nVO: 第三条线索\nDialogue: 谁？\nSFX: rain\nCamera: 推近"
    assert (
        translated(prompt, "kling", 5000)
        == "镜头1（5秒）：走廊。 旁白：第三条线索。 台词：谁？ SFX: rain. Camera: 推近"
    )


def test_a_line_of_its_own_is_not_needed() -> None:
    prompt = "Shot 1: duration: 2sec Scene: rain. Shot 2: duration: 2sec Scene: as in shot 1: she turns"
    expected = ["[00:00-00:02] rain.", "[00:02-00:04] as in shot 1: she turns"]
    assert translated(prompt, "veo", 4000).splitlines() == expected


def test_what_is_not_understood_is_kept() -> None:
    prompt = "**Shot 1:**\nduration: short\nScene: rain\n负面：文字\nduration: 2s\nduration: 3s"
    assert translated(prompt, "kling", 5000) == "镜头1（5秒）：duration: short. rain. 避免：文字。 duration: 3s"


def test_a_chinese_storyboard_is_read_too() -> None:
    prompt = "整体：水墨\n镜头1：\n时长：2秒\n画面：小巷\n分镜2：\n时长：3秒\n画面：她转身\n台词：“谁？”"
    expected = ["整体：水墨", "[00:00-00:02] 小巷", "[00:02-00:05] 她转身。 台词: “谁？”"]
    assert translated(prompt, "veo", 5000).splitlines() == expected


WORDS = st.lists(st.from_regex(r"[a-z]{3,8}|[\u4e00-\u9fa0]{1,4}", fullmatch=True), min_size=1, max_size=4).map(
    " ".join
)
BLOCKS = st.lists(
    st.tuples(st.sampled_from(["Scene", "scene", "画面", "Dialogue", "Camera", "Negative", "台词", "运镜"]), WORDS),
    min_size=1,
    max_size=4,
)


@given(WORDS, st.lists(st.tuples(st.decimals("0.1", "20", places=1), BLOCKS), min_size=1, max_size=8), st.data())
def test_no_word_is_lost_and_the_whole_clip_is_used(preface, shots, data) -> None:
    heads = [f"Shot {number}:\nduration: {seconds}sec\n" for number, (seconds, _) in enumerate(shots, 1)]
    bodies = ["\n".join(f"{name}: {value}" for name, value in block) for _, block in shots]
    prompt = f"{preface}\n" + "\n".join(map("".join, zip(heads, bodies, strict=True)))
    duration_ms = data.draw(st.integers(500, 60_000))
    words = [word for each in (preface, *(value for _, block in shots for _, value in block)) for word in each.split()]
    for dialect in SPOKEN:
        rest = translated(prompt, dialect, duration_ms)
        assert rest != prompt
        for word in sorted(words, key=len, reverse=True):
            assert word in rest
            rest = rest.replace(word, "", 1)
    read = storyboard(prompt)
    assert read is not None and [shot.seconds for shot in read.shots] == [Fraction(seconds) for seconds, _ in shots]
    if duration_ms >= 100 * len(shots) and {seconds for seconds, _ in shots} == {shots[0][0]}:
        found = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+)-([\d.]+)s\] ", _english(shots, duration_ms))]
        assert found[0][0] == 0 and abs(found[-1][1] - duration_ms / 1000) < 0.01
        assert all(begin < end for begin, end in found)
        assert all(one[1] == other[0] for one, other in pairwise(found))


def _english(shots, duration_ms: int) -> str:
    lengths = [f"duration: {seconds}sec" for seconds, _ in shots]
    return translated(board(*lengths), "wan", duration_ms)


# ---- which dialect


@pytest.mark.parametrize(
    ("model", "vendor", "dialect"),
    [
        ("doubao-seedance-2-5-260628", "ark", "seedance-2.5"),
        ("seedance2.5-pro", "relay", "seedance-2.5"),
        ("doubao-seedance-1-0-pro-250528", "ark", "seedance"),
        ("ep-20261101-abcde", "ark", "seedance"),
        ("kling-v1", "relay", "kling"),
        ("veo3.1-fast", "relay", "veo"),
        ("wan2.2-t2v-plus", "dashscope", "wan"),
        ("MiniMax-Hailuo-01", "minimax", "hailuo"),
        ("sora-2-all", "relay", "sora"),
        ("sora-2", "ark", "sora"),  # the name tells more than the vendor
        ("taiwan", "relay", ""),
        ("m", "relay", ""),
        ("m", "", ""),
    ],
)
def test_a_model_that_no_list_has_tells_by_its_name(model: str, vendor: str, dialect: str) -> None:
    assert named(model, vendor) == dialect


def route(upstream: str, vendor: str = "relay") -> Route:
    return Route(Channel(name="c", vendor=vendor, base_url="http://c", concurrency=1), "", Upstream(model=upstream))


def test_the_model_that_is_asked_decides_whatever_it_is_called_in_public() -> None:
    catalogue = shipped()
    assert catalogue.dialect(route("sora-2")) == "sora"
    assert catalogue.dialect(route("kling-v3")) == "kling"
    assert catalogue.dialect(route("gemini-omni-1.2-flash")) == "veo"
    assert catalogue.dialect(route("ep-1", "ark")) == "seedance"
    assert catalogue.dialect(route("house-model")) == ""


def test_an_operator_says_how_a_model_under_a_private_name_reads_storyboards() -> None:
    catalogue = shipped()
    for model, dialect in (("house-model", "veo"), ("kling-v3", "wan"), ("sora-2", "hailuo"), ("veo3.1-fast", "sora")):
        told = Route(Channel(name="c", vendor="relay", concurrency=1), "", Upstream(model=model, dialect=dialect))
        assert catalogue.dialect(told) == dialect


def test_every_video_model_that_is_shipped_has_one() -> None:
    for entry in shipped().entries():
        assert bool(entry.dialect) == (entry.modality == "video" and not entry.channel), entry.name
        if entry.modality == "video" and entry.vendor != "google":
            assert named(entry.name) in (entry.dialect, ""), entry.name


# ---- where it is sent


def test_only_prompts_of_clips_are_translated() -> None:
    image = ImageRequest(prompt=EN, width=64, height=64)
    text = TextRequest(messages=(Message(role="user", content=EN),))
    clip = VideoRequest(prompt=EN, width=1280, height=720, duration_ms=8000)
    assert spoken(image, "veo") == image and spoken(text, "veo") == text
    assert spoken(clip, "veo") == clip.model_copy(update={"prompt": translated(EN, "veo", 8000)})


CAST = tuple(Reference(sha256=str(n), role="character", name=name) for n, name in enumerate(("林澈", "", "苏晚")))


def test_models_are_told_who_is_on_which_picture() -> None:
    frame = Reference(sha256="f", role="first_frame", name="开头")
    mask = Reference(sha256="m", role="mask", name="蒙版")
    clip = VideoRequest(prompt=ZH, width=1280, height=720, duration_ms=8000, references=(frame, *CAST))
    told = spoken(clip, "wan")
    assert told == clip.model_copy(update={"prompt": told.prompt})
    assert told.prompt.startswith(translated(ZH, "wan", 8000) + "\n参考图1是林澈，参考图3是苏晚：")
    picture = ImageRequest(prompt="A rainy alley.", width=64, height=64, references=(mask, *CAST[::2]))
    assert spoken(picture, "").prompt.startswith(
        "A rainy alley.\nReference picture 1 shows 林澈, reference picture 2 shows 苏晚:"
    )
    nameless = picture.model_copy(update={"references": (CAST[1],)})
    assert spoken(nameless, "") == nameless


@pytest.fixture
async def relay() -> AsyncIterator[RelayVideoEmulator]:
    async with RelayVideoEmulator() as running:
        yield running


@pytest.mark.parametrize(("upstream", "dialect"), [("veo3.1-fast", "veo"), ("kling-v3", "kling"), ("sora-2", "sora")])
async def test_it_is_sent_in_the_dialect_and_its_identity_is_what_was_asked(
    relay: RelayVideoEmulator, tmp_path: Path, upstream: str, dialect: Dialect
) -> None:
    relay.model = upstream
    way = channel("a", relay.url).model_copy(update={"models": {MODEL: Upstream(model=upstream, cost=1_000_000)}})
    request = VideoRequest(prompt=ZH, width=1280, height=720, duration_ms=8000)
    async with market.opened(tmp_path, [way]) as shop:
        take = await shop.take(prompt=ZH)
        await shop.take(prompt=ZH)
    (order,) = [seen.json for seen in relay.seen if seen.method == "POST"]
    assert order["model"] == upstream and order["prompt"] == translated(ZH, dialect, 8000)
    assert (order["prompt"] == ZH) == (dialect == "sora")
    assert take.digest == request_digest(MODEL, request)


def test_the_operator_says_so_in_the_settings() -> None:
    settings = {"vendor": "relay", "base_url": "http://relay", "models": {"sora-2": {"model": "own", "dialect": "veo"}}}
    made = ChannelSettings.model_validate(settings).channel("c")
    assert shipped().dialect(Route(made, "", made.models["sora-2"])) == "veo"
    with pytest.raises(ValidationError, match="dialect"):
        ChannelSettings.model_validate({**settings, "models": {"sora-2": {"model": "own", "dialect": "klingon"}}})


async def test_an_operators_word_is_followed_also_when_it_is_sent_again(tmp_path: Path) -> None:
    async with RelayVideoEmulator() as relay:
        relay.model = "house-model"
        relay.fail(Fault("reset"))
        models = {MODEL: Upstream(model="house-model", dialect="veo")}
        way = channel("a", relay.url, idempotent=True).model_copy(update={"models": models})
        async with market.opened(tmp_path, [way]) as shop:
            await shop.take(prompt=ZH)
        sent = [seen.json["prompt"] for seen in relay.seen if seen.method == "POST"]
    assert sent == [translated(ZH, "veo", 8000)] * 2


async def test_each_channel_is_sent_its_own(tmp_path: Path) -> None:
    async with RelayVideoEmulator() as first, RelayVideoEmulator() as second:
        first.fail(first.refusal("credit"))
        second.model = "wan2.7-t2v"
        ways = [
            channel(name, each.url, priority=priority).model_copy(update={"models": {MODEL: Upstream(model=model)}})
            for name, each, priority, model in (("a", first, 1, "sora-2"), ("b", second, 0, "wan2.7-t2v"))
        ]
        async with market.opened(tmp_path, ways) as shop:
            await shop.take(prompt=ZH)
        sent = [[seen.json["prompt"] for seen in each.seen if seen.method == "POST"] for each in (first, second)]
    assert sent == [[ZH], [translated(ZH, "wan", 8000)]]
