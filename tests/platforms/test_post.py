"""Titles, descriptions and tags within a platform's limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from manju.domain.platforms import PLATFORMS, Limit, TagLimits
from manju.platforms.base import DECLARATION, DECLARATION_EN
from manju.platforms.post import fitted, length, written

LONG = "雨夜里，小猫推开了门；它不知道，门后等着它的不是朋友，而是一个会说话的铃铛，和一段没有人记得的往事。"


def test_what_fits_stays_as_it_is() -> None:
    post = written(PLATFORMS["douyin"], "小猫的冒险", "一只猫出门了。", ("小猫", "Lin Che", "小猫"), "zh")
    assert (post.title, post.cut) == ("小猫的冒险", ())
    assert post.description == f"一只猫出门了。\n{DECLARATION}"
    assert post.tags == "#小猫 #LinChe"
    wide = written(PLATFORMS["bilibili"], "小猫的冒险", "", ("小猫", "Lin Che"), "zh")
    assert (wide.description, wide.tags) == (DECLARATION, "小猫,LinChe")


@pytest.mark.parametrize("name", PLATFORMS)
def test_nothing_is_longer_than_the_platform_takes(name: str) -> None:
    platform = PLATFORMS[name]
    tags = [f"标签{number}" for number in range(40)] + ["长" * 101]
    post = written(platform, LONG * 3, LONG * 200, tags, "zh")
    assert 0 < length(post.title, platform.post_title) <= platform.post_title.count
    assert 0 < length(post.description, platform.description) <= platform.description.count
    assert post.description.endswith(f"\n{DECLARATION}"), "the statement is never cut"
    kept = post.tags.split("," if platform.tags.style == "comma" else " ")
    assert len(kept) == platform.tags.count and len(post.tags) <= platform.tags.total
    assert post.cut == ("title", "description", "tags")


def test_a_text_ends_where_a_reader_would_pause() -> None:
    assert fitted(LONG, Limit(12)) == "雨夜里，小猫推开了门"
    assert fitted("Five tools that change your day", Limit(21)) == "Five tools that"
    assert fitted("Five tools that change your day", Limit(11, wide=True)) == "Five tools that change"


def test_english_says_it_in_english() -> None:
    post = written(PLATFORMS["youtube"], "A cat", "It went out.", (), "en")
    assert post.description == f"It went out.\n{DECLARATION_EN}" and post.tags == ""


def test_tags_keep_to_all_their_limits() -> None:
    platform = replace(PLATFORMS["douyin"], tags=TagLimits(3, each=4, total=10))
    assert (
        written(platform, "t", "", ("一二三四五", "一二三四", "一二", "三", "四"), "zh").tags == "#一二三四 #一二 #三"
    )
