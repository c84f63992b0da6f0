"""What is published, and what a platform says about it before anything is sent."""

from __future__ import annotations

from pathlib import Path

from manju.domain.delivery import PLATFORMS, Platform, ratio_name
from manju.domain.document import Value

DECLARATION = "本作品由人工智能生成合成（AI生成）"
"""The publisher's declaration that the platforms ask for (《人工智能生成合成内容标识办法》, in force 2025-09-01)."""


class Release(Value):
    """A finished film with the words that go with it. Paths are files; ``subtitles`` may be empty."""

    video: Path
    cover: Path
    subtitles: tuple[Path, ...] = ()
    title: str
    description: str
    tags: tuple[str, ...]
    duration_ms: int
    width: int
    height: int


class Check(Value):
    """One rule of a platform, whether the film keeps it, and the numbers."""

    rule: str
    ok: bool
    message: str


class Published(Value):
    """Where a film arrived: an address or a folder, and the rules it was held against."""

    platform: str
    address: str
    checks: tuple[Check, ...]


def checks(platform: Platform, release: Release) -> tuple[Check, ...]:
    """Hold a film against a platform's limits (`manju.domain.delivery`)."""
    seconds = release.duration_ms / 1000
    size = release.video.stat().st_size
    ratio = ratio_name(release.width, release.height)
    return (
        Check(
            rule="duration",
            ok=seconds <= platform.max_seconds,
            message=f"{seconds:.1f} s of at most {platform.max_seconds} s",
        ),
        Check(
            rule="size",
            ok=size <= platform.max_bytes,
            message=f"{size / 1e6:.1f} MB of at most {platform.max_bytes / 1e9:g} GB",
        ),
        Check(
            rule="ratio",
            ok=ratio in platform.ratios,
            message=f"{release.width}x{release.height} is {ratio}; {platform.title} takes {', '.join(platform.ratios)}",
        ),
        Check(
            rule="preferred ratio",
            ok=ratio == platform.preferred_ratio,
            message=f"{platform.title} shows {platform.preferred_ratio} best",
        ),
    )


def known(name: str) -> Platform | None:
    """The platform's limits, or None for a delivery to nobody in particular."""
    return PLATFORMS.get(name)
