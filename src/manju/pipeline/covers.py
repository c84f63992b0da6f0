"""Covers: the film's own and those of its packages."""

from __future__ import annotations

import asyncio

from manju.domain.timeline import Picture, Timeline
from manju.media import film
from manju.media.cover import cover
from manju.media.label import read
from manju.pipeline.context import Context, number


async def put_cover(context: Context, name: str, timeline: Timeline) -> None:
    """Put the cover of a film under ``name``, at the timeline's size; one that shows the same already stays."""
    first = timeline.shots[0].picture
    assert isinstance(first, Picture)
    digest = await asyncio.to_thread(film.file_digest, context.folder.path / first.path)
    size = (timeline.width, timeline.height, timeline.safe)
    inputs = (film.VERSION, timeline.title, first, digest, size, timeline.label)
    context.used.add(name)
    if context.folder.exists(name):
        found = await asyncio.to_thread(read, context.folder.locate(name))
        if found is not None and found["ProduceID"] == number(*inputs):
            return
    data = await context.run(cover, timeline, context.folder.path, context.cache)
    await context.put(name, data, *inputs)
