"""Platforms: what each of them takes, as data. Every figure says where it comes from (`Platform.sources`).

Three kinds of figures. **Seed 004 §6.1** gives sizes, ratios, lengths and file sizes of douyin, bilibili and youtube;
they stand as they are, also where a platform has meanwhile become more generous: who keeps them is accepted either way.
**Public** figures are from a platform's own documents (marked ``official``) or from what tools that upload there found
(marked ``tools``). **Ours** are assumptions: nobody publishes them. All safe areas are ours.

None of the upright feeds says what it lays over a film (names, buttons, text), so they share one safe area, `UPRIGHT`:
the middle of what is measured for TikTok, the sibling of 抖音, at 1080x1920 (top 180..250, bottom 320..460, right
120..180 pixels). One area means one film: variants that look the same are encoded once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from manju.domain.document import Value
from manju.errors import InputError

GB = 1000**3
MB = 1000**2


class SafeArea(Value):
    """Margins in which players lay their own things over a film, per mille of the frame's height (``top``, ``bottom``)
    and width (``left``, ``right``). Text stays clear of them."""

    top: int = Field(default=0, ge=0, le=400)
    right: int = Field(default=0, ge=0, le=400)
    bottom: int = Field(default=0, ge=0, le=400)
    left: int = Field(default=0, ge=0, le=400)

    @property
    def side(self) -> int:
        """The margin that a centred text keeps on both sides."""
        return max(self.left, self.right)


NOWHERE = SafeArea()
"""Nothing is laid over the film."""
UPRIGHT = SafeArea(top=100, right=130, bottom=200, left=50)
"""Feeds on phones: tabs at the top, buttons on the right, the post's text at the bottom."""
WIDE = SafeArea(top=40, right=40, bottom=60, left=40)
"""Players on screens: a title and a bar of controls that come and go."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a text may be, and must be (``least``), in characters; ``wide`` counts two of ASCII as one (小红书)."""

    count: int
    wide: bool = False
    least: int = 1


@dataclass(frozen=True, slots=True)
class TagLimits:
    """How many tags, how long each and all together, and how they are written: ``#a #b`` or ``a,b``."""

    count: int
    each: int = 20
    total: int = 1000
    style: Literal["hash", "comma"] = "hash"


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from: which (``of``), the place, its kind, and when it was looked at."""

    of: str
    place: str
    kind: Literal["seed", "official", "tools", "ours"]
    checked: str = "2026-11-21"


@dataclass(frozen=True, slots=True)
class Platform:
    """What a platform takes. Lengths in seconds, sizes in bytes and pixels; ``size`` is that of its variant, ``ratios``
    what it shows without complaint. ``declare`` says what to choose in its upload form."""

    name: str
    title: str
    size: tuple[int, int]
    ratios: tuple[str, ...]
    max_seconds: int
    max_bytes: int
    max_rate: int
    safe: SafeArea
    cover: tuple[int, int]
    cover_bytes: int
    post_title: Limit
    description: Limit
    tags: TagLimits
    declare: str
    sources: tuple[Source, ...] = ()

    @property
    def preferred_ratio(self) -> str:
        """The ratio that it shows best: the first of `ratios`."""
        return self.ratios[0]


_SEED = Source("size, ratios, max_seconds, max_bytes", "seed 004 §6.1", "seed")
_SAFE = Source("safe", "the middle of what is measured for TikTok; nobody publishes it for this platform", "ours")
_FORM = "issues of social-auto-upload, PostHub and others on GitHub (2026)"

PLATFORMS: dict[str, Platform] = {
    each.name: each
    for each in (
        Platform(
            name="douyin",
            title="抖音",
            size=(1080, 1920),
            ratios=("9:16", "16:9", "1:1"),
            max_seconds=600,
            max_bytes=4 * GB,
            max_rate=60,
            safe=UPRIGHT,
            cover=(1080, 1440),
            cover_bytes=20 * MB,
            post_title=Limit(30),
            description=Limit(1000),
            tags=TagLimits(5),
            declare="自主声明：选「内容由AI生成」",
            sources=(
                _SEED,
                Source("description", "open.douyin.com: video/create, text at most 1000", "official"),
                Source("post_title, cover", "publishing tools: title at most 30, upright cover 3:4", "tools"),
                Source("tags", "publishing tools: at most 5", "tools"),
                Source("declare", _FORM, "tools"),
                Source("max_rate, cover_bytes", "not published", "ours"),
                _SAFE,
            ),
        ),
        Platform(
            name="bilibili",
            title="哔哩哔哩",
            size=(1920, 1080),
            ratios=("16:9", "4:3"),
            max_seconds=3600,
            max_bytes=8 * GB,
            max_rate=120,
            safe=WIDE,
            cover=(1920, 1200),
            cover_bytes=5 * MB,
            post_title=Limit(80),
            description=Limit(2000),
            tags=TagLimits(10, 20, 200, "comma"),
            declare="创作声明：选「含AI生成内容」",
            sources=(
                _SEED,
                Source(
                    "post_title, tags.total, cover_bytes, max_rate",
                    "open platform 投稿 (apifox.com/apidoc/docs-site/1106400): title under 80, tags under 200, "
                    "cover at most 5 MB, 120 fps",
                    "official",
                ),
                Source("declare", "web upload add/v3 creation_statement 1, read in biliLive-tools", "tools"),
                Source("tags.count, description, cover (16:10)", "from memory of the upload page", "ours"),
                Source("safe", "the bar of a web player", "ours"),
            ),
        ),
        Platform(
            name="youtube",
            title="YouTube",
            size=(3840, 2160),
            ratios=("16:9", "9:16"),
            max_seconds=43200,
            max_bytes=256 * GB,
            max_rate=60,
            safe=WIDE,
            cover=(1280, 720),
            cover_bytes=2 * MB,
            post_title=Limit(100),
            description=Limit(5000),
            tags=TagLimits(15, 100, 500, "comma"),
            declare='Altered content: choose "Yes" (API: status.containsSyntheticMedia = true)',
            sources=(
                _SEED,
                Source("declare", "YouTube Data API v3, discovery document 20261104", "official"),
                Source(
                    "post_title, description, tags.total, cover, cover_bytes",
                    "docs.zernio.com/platforms/youtube; ayrshare.com media guidelines",
                    "tools",
                ),
                Source(
                    "tags.count, max_rate", "more than 15 hashtags are all ignored; 24 to 60 fps are named", "tools"
                ),
                Source("safe", "the bar of a web player", "ours"),
            ),
        ),
        Platform(
            name="xiaohongshu",
            title="小红书",
            size=(1080, 1440),
            ratios=("3:4", "9:16", "1:1", "4:3", "16:9"),
            max_seconds=900,
            max_bytes=500 * MB,
            max_rate=60,
            safe=SafeArea(top=80, right=60, bottom=140, left=60),
            cover=(1080, 1440),
            cover_bytes=20 * MB,
            post_title=Limit(20, wide=True),
            description=Limit(1000),
            tags=TagLimits(10),
            declare="内容类型声明：选「笔记含AI合成内容」",
            sources=(
                Source("size, ratios, cover", "creators' guides: upright 3:4 fills the most of the feed", "tools"),
                Source("max_seconds, max_bytes", "xueyuan.yixiaoer.cn/article/20920: 15 min, 500 MB", "tools"),
                Source("post_title, description", "xiaohongshu-mcp: title 20, text 1000", "tools"),
                Source("declare", "userDeclarationBind.origin 2, jackwener/xiaohongshu-cli #51", "tools"),
                Source("tags, max_rate, cover_bytes, safe", "not published", "ours"),
            ),
        ),
        Platform(
            name="kuaishou",
            title="快手",
            size=(1080, 1920),
            ratios=("9:16", "16:9", "3:4", "1:1"),
            max_seconds=900,
            max_bytes=4 * GB,
            max_rate=60,
            safe=UPRIGHT,
            cover=(1080, 1920),
            cover_bytes=10 * MB,
            post_title=Limit(30),
            description=Limit(500),
            tags=TagLimits(3),
            declare="作者声明：选「内容为AI生成」",
            sources=(
                Source("cover_bytes", "mp.kuaishou.com platformDocs createAVideo: cover at most 10 MB", "official"),
                Source("post_title, tags", "publishing tools: title at most 30, 3 topics", "tools"),
                Source("declare", _FORM, "tools"),
                Source("size, ratios, max_seconds, max_bytes, max_rate, cover, description", "as 抖音", "ours"),
                _SAFE,
            ),
        ),
        Platform(
            name="shipinhao",
            title="视频号",
            size=(1080, 1920),
            ratios=("9:16", "3:4", "16:9", "1:1"),
            max_seconds=3600,
            max_bytes=4 * GB,
            max_rate=60,
            safe=UPRIGHT,
            cover=(1080, 1440),
            cover_bytes=10 * MB,
            post_title=Limit(16, least=6),
            description=Limit(1000),
            tags=TagLimits(4),
            declare="内容声明：选「含AI生成内容」",
            sources=(
                Source("tags, declare", _FORM, "tools"),
                Source("post_title", "短标题 of 6 to 16 characters, as publishing tools fill it in", "tools"),
                Source("size, ratios, max_seconds, max_bytes, max_rate, cover, cover_bytes", "not published", "ours"),
                Source("description", "not published", "ours"),
                _SAFE,
            ),
        ),
    )
}
"""By name, as ``--platform`` and a script's ``target_platform`` say it."""

ANYWHERE = Platform(
    name="film",
    title="",
    size=(0, 0),
    ratios=(),
    max_seconds=43200,
    max_bytes=256 * GB,
    max_rate=120,
    safe=NOWHERE,
    cover=(0, 0),
    cover_bytes=20 * MB,
    post_title=Limit(100),
    description=Limit(5000),
    tags=TagLimits(10),
    declare="",
)
"""Where a film goes that nobody said a platform for: as it is, to ``deliver/film``."""

ALIASES = {
    "抖音": "douyin",
    "b站": "bilibili",
    "哔哩哔哩": "bilibili",
    "油管": "youtube",
    "小红书": "xiaohongshu",
    "rednote": "xiaohongshu",
    "xhs": "xiaohongshu",
    "快手": "kuaishou",
    "视频号": "shipinhao",
    "微信视频号": "shipinhao",
}
"""What people call them, in lower case."""
_BETWEEN = re.compile(r"[\s,，、;；/+|]+")


def names(text: str) -> tuple[str, ...]:
    """The platforms that a text names (``"douyin,bilibili"``, ``"抖音、B站"``), in its order, each once.

    Raises:
        InputError: one of them is not known.
    """
    called = (word.lower() for word in _BETWEEN.split(text) if word)
    found = tuple(dict.fromkeys(ALIASES.get(word, word) for word in called))
    for name in found:
        if name not in PLATFORMS:
            raise InputError(
                f"unknown platform {name!r}",
                hint=f"Choose of: {', '.join(PLATFORMS)}; several with commas between them.",
            )
    return found


def chosen(text: str) -> tuple[Platform, ...]:
    """The platforms themselves.

    Raises:
        InputError: one of them is not known.
    """
    return tuple(PLATFORMS[name] for name in names(text))


def listed(found: Iterable[str]) -> str:
    """Names as one text, as a spec and a screenplay keep them."""
    return ",".join(found)
