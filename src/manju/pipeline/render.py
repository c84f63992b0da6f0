"""Stage Render: music, the cut, the film, subtitles as files, the cover."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from manju.domain.film import Models
from manju.domain.order import MusicRequest
from manju.domain.platforms import Platform
from manju.domain.screenplay import MUSIC, Screenplay
from manju.domain.time import milliseconds
from manju.domain.timeline import Picture, Timeline
from manju.errors import InputError
from manju.media import film
from manju.media.encoder import Format
from manju.media.fonts import face
from manju.media.label import Mark
from manju.media.sources import inspect
from manju.media.subtitles import ass, srt, vtt
from manju.pipeline.context import Context, number
from manju.pipeline.covers import put_cover
from manju.pipeline.cut import Voiced, cut, with_music
from manju.pipeline.layout import COVER, FILM
from manju.pipeline.ownership import labelled
from manju.pipeline.variants import composed
from manju.platforms.folder import FILM_FILE, address
from manju.storage.folder import make_folder

MUSIC_STEP_MS, MUSIC_MAX_MS = 30_000, 120_000
"""Music is asked for in whole steps and looped after the longest: a film that grows by a second keeps what was paid."""
SCORED_MAX_MS = 240_000
"""Our own model is free and composes to the millisecond, so that its music ends with the film; longer films loop it."""
DEFAULT_MUSIC = "calm ambient, 80 BPM"
NAMED = 12
"""Most characters that a note lists."""


async def assemble(
    context: Context, screenplay: Screenplay, voiced: Voiced, pictures: Mapping[str, Picture]
) -> Timeline:
    """The film's timeline from what the stages before made; what they made for parts that are gone is removed."""
    size = context.size(screenplay.target_platform)
    timeline = cut(context.spec, size, screenplay, voiced.paced, voiced.spoken, pictures, context.producer)
    length = milliseconds(timeline.total_frames, timeline.rate)
    music = await _music(context, screenplay, length)
    await context.sweep()
    return with_music(timeline, music) if music else timeline


async def film_of(
    context: Context, timeline: Timeline, targets: Sequence[Platform] = ()
) -> Mapping[str, film.Rendered]:
    """Render the timeline to ``film.mp4`` with its subtitles as files and its cover, and a variant for each of the
    ``targets`` into its package, all in one go. What came of each film, by its name."""
    known = await asyncio.to_thread(film.digests, timeline, context.folder.path)
    for note in await context.run(inspect, timeline, context.folder.path):
        context.note(note)
    pages = {FILM: timeline}
    for platform in targets:
        name = f"{address(platform)}/{FILM_FILE}"
        if context.folder.exists(name) and not await asyncio.to_thread(labelled, context.folder.locate(name)):
            context.keep_own(name)
        else:
            pages[name] = composed(timeline, platform)
            make_folder(context.folder.locate(name).parent)
    variants = [_variant(context, page, name, known) for name, page in pages.items()]
    loop = asyncio.get_running_loop()

    def progress(done: int, total: int) -> None:
        loop.call_soon_threadsafe(context.progress, "render", done, total)

    rendered = await asyncio.to_thread(
        film.render_all,
        variants,
        context.folder.path,
        known=known,
        cache=context.cache,
        pool=context.pool,
        progress=progress,
    )
    if rendered[0].missing_glyphs:
        missing = sorted(rendered[0].missing_glyphs)
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        context.note(
            f"the fonts have no {' '.join(missing[:NAMED])}{more}: left out of the picture; "
            "say it in words to have it shown"
        )
    await _subtitles(context, timeline)
    await put_cover(context, COVER, timeline)
    return dict(zip(pages, rendered, strict=True))


def _variant(context: Context, page: Timeline, name: str, known: Mapping[str, str]) -> film.Variant:
    form = Format(page.width, page.height, page.rate, context.spec.profile)
    produced = number(film.VERSION, page.to_json(), sorted(known.items()), form)
    return film.Variant(
        page, context.folder.locate(name), form, Mark(page.label.producer or context.producer, produced)
    )


async def _music(context: Context, screenplay: Screenplay, length_ms: int) -> str:
    """Path of the film's music in its folder, or an empty text for none."""
    wish = context.spec.music
    if wish.kind == "none":
        return ""
    if wish.kind == "file":
        source = Path(wish.path)
        name = f"audio/{MUSIC}{source.suffix.lower()}"
        if await asyncio.to_thread(source.is_file):
            await context.put(name, await asyncio.to_thread(source.read_bytes), label=False)
        elif not context.folder.exists(name):
            raise InputError(f"there is no music file {source}", hint="Put it back, or edit timeline.json.")
        context.used.add(name)  # the copy is all that is left of it
        return name
    if context.model("music") == Models().music:
        wanted = max(1000, min(SCORED_MAX_MS, length_ms))
    else:
        wanted = min(MUSIC_MAX_MS, -(-length_ms // MUSIC_STEP_MS) * MUSIC_STEP_MS)
    request = MusicRequest(
        style=wish.style or screenplay.music_style or DEFAULT_MUSIC,
        duration_ms=wanted,
        seed=context.spec.seed,
    )
    take = await context.take(MUSIC, "music", request)
    return (await context.keep(take, f"audio/{MUSIC}{take.main.suffix}")).name


async def _subtitles(context: Context, timeline: Timeline) -> None:
    """``film.srt``, ``film.vtt`` and ``film.ass``; none of them where the user wants no subtitles."""
    names = {"film.srt": srt(timeline.cues), "film.vtt": vtt(timeline.cues)}
    if timeline.cues or any(shot.overlays for shot in timeline.shots):
        names["film.ass"] = ass(timeline, face(film.text_of(timeline), cache=context.cache.fonts).family)
    for name in ("film.srt", "film.vtt", "film.ass"):
        if context.spec.subtitles == "none" or name not in names:
            await context.drop(name)
        else:
            await context.put(name, names[name])
