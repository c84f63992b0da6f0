"""Stage Publish: a package for each platform, ready to be uploaded by hand, and how it keeps the platform's limits."""

from __future__ import annotations

import asyncio
import json
import re

from manju.domain.platforms import NOWHERE, Platform
from manju.domain.screenplay import Language, Screenplay
from manju.domain.timeline import Timeline
from manju.media.label import read
from manju.media.linebreaks import width
from manju.media.measure import measure_film
from manju.media.subtitles import srt, vtt
from manju.pipeline.context import Context, gather
from manju.pipeline.covers import put_cover
from manju.pipeline.ownership import delivered_by_us
from manju.pipeline.variants import composed, targets_of
from manju.platforms.base import Post, Published
from manju.platforms.folder import (
    COVER_FILE,
    DESCRIPTION,
    FILM_FILE,
    LABEL,
    LINT_JSON,
    LINT_TEXT,
    TAGS,
    TITLE,
    address,
    lint_json,
    lint_text,
    outdated,
    packaged,
    statement,
    told,
)
from manju.platforms.lint import lint
from manju.platforms.post import written

SHORT = 8
"""Columns of the longest text that is a tag: longer ones are sentences, which nobody looks for."""
FEW = 3
GENERAL: dict[Language, str] = {"zh": "AI短片", "en": "AIfilm"}
"""What a film with few tags bears besides."""
_COUNT = r"[\d一二三四五六七八九十]+"
_NUMBERED = re.compile(rf"第?{_COUNT}(?:[-–—~]{_COUNT})?[招步点个點個]?[.．、:：)）\s]\s*(.+)")
_LISTED = re.compile(r"[、/，,]")


async def publish(context: Context, screenplay: Screenplay, timeline: Timeline) -> tuple[Published, ...]:
    """Complete the packages in ``deliver/`` around the films that the render has put there; what their lint reports
    find is told to the user. Packages of platforms that are not asked for any more are removed."""
    targets = targets_of(context.spec, screenplay.target_platform)
    packages = await gather([_package(context, screenplay, timeline, platform) for platform in targets])
    await _clear(context)
    for package in packages:
        for line in told(package):
            context.note(line)
    return tuple(packages)


async def _package(context: Context, screenplay: Screenplay, timeline: Timeline, platform: Platform) -> Published:
    where, page = address(platform), composed(timeline, platform)
    film, cover = f"{where}/{FILM_FILE}", f"{where}/{COVER_FILE}"
    context.used.add(film)
    size = dict(zip(("width", "height"), platform.cover, strict=True)) | {"safe": NOWHERE}
    await put_cover(context, cover, page.model_copy(update=size) if platform.cover[0] else page)
    post = await _post(context, where, written(platform, *_words(screenplay), page.language))
    if context.spec.subtitles != "none":
        await context.put(f"{where}/subtitles.srt", srt(page.cues))
        await context.put(f"{where}/subtitles.vtt", vtt(page.cues))
    paths = context.folder.locate(film), context.folder.locate(cover)
    found = await context.run(measure_film, *paths, page, platform.safe, context.cache)
    mark = await asyncio.to_thread(read, paths[0]) if found.marked else None
    field = json.dumps(mark, ensure_ascii=False) if mark else ""
    await context.put(f"{where}/{LABEL}", statement(platform, page.label, field, page.language))
    cues = page.cues if page.subtitles.burn else ()
    checks = lint(platform, found, post, page.label, cues, own=film in context.own)
    await context.put(f"{where}/{LINT_JSON}", lint_json(platform, checks))
    await context.put(f"{where}/{LINT_TEXT}", lint_text(platform, checks))
    return Published(
        platform=platform.name,
        address=where,
        width=found.width,
        height=found.height,
        checks=checks,
        own=film in context.own,
    )


async def _post(context: Context, where: str, made: Post) -> Post:
    """Put the post's words into the package. A person's own stay, and are what counts."""
    found = {}
    for field, name in (("title", TITLE), ("description", DESCRIPTION), ("tags", TAGS)):
        text = getattr(made, field)
        await context.put(f"{where}/{name}", text + "\n")
        there = context.folder.read(f"{where}/{name}").decode("utf-8", "replace").removeprefix("\ufeff").strip()
        found[field] = there
    cut = tuple(field for field in made.cut if found[field] == getattr(made, field))
    return Post(**found, cut=cut)


async def _clear(context: Context) -> None:
    """Remove what we put into packages and that does not belong there any more, and folders that this leaves empty."""
    for name in context.folder.names():
        if name in context.used or not (packaged(name) or outdated(name)):
            continue
        digest = await asyncio.to_thread(context.folder.digest, name)
        if await delivered_by_us(context.folder, context.documents, name, digest):
            context.folder.remove(name)
    context.folder.prune("deliver")


def _words(screenplay: Screenplay) -> tuple[str, str, tuple[str, ...]]:
    """Title, description, and tags: a short title, the points that a film makes, who speaks in it, and the tags that
    its parts bear."""
    speaking = {line.speaker for shot in screenplay.shots for line in shot.lines}
    found = [screenplay.title] if width(screenplay.title) <= SHORT else []
    found += [point for shot in screenplay.shots for point in _points(shot.text_overlay)]
    found += [character.name for character in screenplay.characters if character.uid in speaking]
    found += [tag for character in screenplay.characters for tag in character.tags]
    found += [tag for scene in screenplay.scenes for tag in scene.tags]
    found += [tag for prop in screenplay.props for tag in prop.tags]
    if len(found) < FEW:
        found.append(GENERAL[screenplay.language])
    return screenplay.title, screenplay.logline, tuple(found)


def _points(overlay: str) -> list[str]:
    """What a numbered text names: ChatGPT and Midjourney in ``1-2 ChatGPT、Midjourney``."""
    found = _NUMBERED.fullmatch(" ".join(overlay.split()))
    return [point for point in map(str.strip, _LISTED.split(found[1])) if 0 < width(point) <= SHORT] if found else []
