"""The words of a post: title, description and tags within a platform's limits. Shortened by rule, never by a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil

from manju.domain.platforms import Limit, Platform, TagLimits
from manju.media.wrapping import shortened
from manju.platforms.base import DECLARATION, DECLARATION_EN, Post


def written(platform: Platform, title: str, description: str, tags: Iterable[str], language: str) -> Post:
    """The post of a film. The description ends with the statement that it was made by AI, which is never cut; a text
    that is too long ends where a reader would pause, and a tag that is too long is left out."""
    said = DECLARATION if language == "zh" else DECLARATION_EN
    one_line = " ".join(title.split())
    short = fitted(one_line, platform.post_title)
    asked = description.strip()
    room = Limit(platform.description.count - length(said, platform.description) - 1, platform.description.wide)
    told = fitted(asked, room)
    wanted = tuple(dict.fromkeys(tag for tag in map(_bare, tags) if tag))
    kept = tuple(_fitting(wanted, platform.tags))
    changed = {"title": short != one_line, "description": told != asked, "tags": kept != wanted}
    return Post(
        title=short,
        description="\n".join(part for part in (told, said) if part),
        tags=",".join(kept) if platform.tags.style == "comma" else " ".join(f"#{tag}" for tag in kept),
        cut=tuple(name for name, cut in changed.items() if cut),
    )


def length(text: str, limit: Limit) -> int:
    """How long a platform finds a text."""
    if not limit.wide:
        return len(text)
    return ceil(sum(0.5 if char.isascii() else 1 for char in text))


def fitted(text: str, limit: Limit) -> str:
    """The beginning of a text that a platform takes, ended where a reader would pause."""
    columns = float(limit.count)
    while columns >= 1:
        found = text if length(text, limit) <= limit.count else shortened(text, columns)
        if length(found, limit) <= limit.count:
            return found
        columns -= 0.5
    return ""


def _fitting(tags: Iterable[str], limits: TagLimits) -> Iterator[str]:
    """The first tags that are short enough, as many as there may be."""
    count, total = 0, 0
    for tag in tags:
        if len(tag) > limits.each or count == limits.count or total + len(tag) + 1 > limits.total:
            continue
        count, total = count + 1, total + len(tag) + 1
        yield tag


def _bare(tag: str) -> str:
    """A tag without blanks and marks: a blank ends a hashtag."""
    return "".join(char for char in tag if char.isalnum())
