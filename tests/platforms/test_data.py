"""The platforms' data: whole, plausible, and every figure with its source."""

from __future__ import annotations

from fractions import Fraction

import pytest

from manju.domain.delivery import NEAR, ratio
from manju.domain.platforms import PLATFORMS, chosen, names
from manju.errors import InputError

FIGURES = (
    "size", "ratios", "max_seconds", "max_bytes", "max_rate", "safe", "cover", "cover_bytes", "post_title",
    "description", "tags", "declare",
)  # fmt: skip


def test_seed_004s_figures_stand() -> None:
    """§6.1 of the seed."""
    told = {name: (p.size, p.preferred_ratio, p.max_seconds, p.max_bytes) for name, p in PLATFORMS.items()}
    assert told["douyin"] == ((1080, 1920), "9:16", 600, 4_000_000_000)
    assert told["bilibili"] == ((1920, 1080), "16:9", 3600, 8_000_000_000)
    assert told["youtube"] == ((3840, 2160), "16:9", 43200, 256_000_000_000)
    assert set(PLATFORMS) == {"douyin", "bilibili", "youtube", "xiaohongshu", "kuaishou", "shipinhao"}


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_figure_says_where_it_comes_from(name: str) -> None:
    platform = PLATFORMS[name]
    told = {part.partition(".")[0] for source in platform.sources for part in source.of.split(" (")[0].split(", ")}
    assert set(FIGURES) <= told
    assert all(len(source.checked) == 10 for source in platform.sources)


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_variant_has_its_platforms_favourite_ratio(name: str) -> None:
    platform = PLATFORMS[name]
    assert platform.name == name
    assert abs(Fraction(*platform.size) / ratio(platform.preferred_ratio) - 1) <= NEAR
    assert platform.safe.top + platform.safe.bottom < 500 and 2 * platform.safe.side < 500
    assert all(side % 2 == 0 for side in (*platform.size, *platform.cover))


def test_platforms_are_named_as_people_name_them() -> None:
    assert names("douyin") == ("douyin",)
    assert names(" B站、抖音,YouTube / douyin ") == ("bilibili", "douyin", "youtube")
    assert names("") == ()
    assert [each.title for each in chosen("视频号 小红书")] == ["视频号", "小红书"]
    with pytest.raises(InputError, match="unknown platform 'myspace'") as caught:
        names("douyin,MySpace")
    assert "shipinhao" in caught.value.hint
