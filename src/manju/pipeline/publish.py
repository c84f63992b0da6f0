"""Stage Publish: the film goes to its platform; here, to a folder that can be uploaded by hand."""

from __future__ import annotations

import asyncio

from manju.domain.delivery import platform
from manju.domain.screenplay import Screenplay
from manju.domain.time import milliseconds
from manju.domain.timeline import Timeline
from manju.pipeline.context import Context
from manju.pipeline.layout import COVER, FILM
from manju.platforms.base import Published, Release
from manju.platforms.folder import deliver

TAGS = 6


async def publish(context: Context, screenplay: Screenplay, timeline: Timeline) -> Published:
    """Deliver the finished film to ``deliver/``; what a platform's limits say is told to the user."""
    target = context.spec.platform or screenplay.target_platform
    if target:
        platform(target)
    subtitles = [name for name in ("film.srt", "film.vtt", "film.ass") if context.folder.exists(name)]
    release = Release(
        video=context.folder.locate(FILM),
        cover=context.folder.locate(COVER),
        subtitles=tuple(context.folder.locate(name) for name in subtitles),
        title=screenplay.title,
        description=screenplay.logline,
        tags=_tags(screenplay),
        duration_ms=milliseconds(timeline.total_frames, timeline.rate),
        width=timeline.width,
        height=timeline.height,
    )
    published = await asyncio.to_thread(deliver, release, context.folder, target)
    for check in published.checks:
        if not check.ok:
            context.note(f"{target}: {check.message}")
    return published


def _tags(screenplay: Screenplay) -> tuple[str, ...]:
    """Names and tags of the cast and places, without spaces (a space ends a hashtag), each once."""
    found = [screenplay.title, *(c.name for c in screenplay.characters)]
    found += [tag for character in screenplay.characters for tag in character.tags]
    found += [tag for scene in screenplay.scenes for tag in scene.tags]
    found += [tag for prop in screenplay.props for tag in prop.tags]
    clean = ("".join(ch for ch in tag if ch.isalnum()) for tag in found)
    return tuple(dict.fromkeys(tag for tag in clean if tag))[:TAGS]
