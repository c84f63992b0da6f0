"""The short-video recipe (seed 004): Script -> Voice and Storyboard -> Render -> Publish.

It is run again from its first line after every stop: finished orders answer from their records, documents from their
revisions, segments from the store, so it goes on where it was. A document that a person edited is taken as it is; an
edited timeline is the cut, and what it was made from is left alone. A screenplay of ours that was written for other
wishes than the spec's is written again: what its orders were asked then and are asked now, they answer from the record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from manju.domain.document import digest
from manju.domain.film import FilmSpec, Stage
from manju.domain.platforms import listed, names
from manju.domain.screenplay import Screenplay
from manju.domain.timeline import Picture, Timeline
from manju.errors import InputError
from manju.media.film import Rendered
from manju.pipeline import manifest, publish, render, script, storyboard, voice
from manju.pipeline.context import Context, together
from manju.pipeline.cut import Voiced
from manju.pipeline.documents import Kept
from manju.pipeline.variants import targets_of
from manju.platforms.base import Published

UNWRITTEN = {"budget", "profile", "visible_label", "label_reason", "karaoke"}
"""Options that no screenplay is written for."""
NOBODY = "-"
"""In the place of the wishes' digest: matches none."""


async def short_video(context: Context, stop_after: Stage = "publish") -> None:
    """Make the film, or as much of it as ``stop_after`` says. Everything is in the context's folder."""
    rendered: Mapping[str, Rendered] | None = None
    published: tuple[Published, ...] | None = None
    timeline: Timeline | None = None
    context.folder.clean()
    screenplay = await _screenplay(context)
    if stop_after != "script":
        timeline = await _timeline(context, screenplay, stop_after)
        if timeline is not None and stop_after in ("render", "publish"):
            targets = targets_of(context.spec, screenplay.document.target_platform)
            async with context.stage("render"):
                rendered = await render.film_of(context, timeline, targets if stop_after == "publish" else ())
            if stop_after == "publish":
                async with context.stage("publish"):
                    published = await publish.publish(context, screenplay.document, timeline)
    context.tell_stale()
    await manifest.write(context, rendered, published, timeline)


def wishes(spec: FilmSpec) -> str:
    """Digest of all that may shape a screenplay. An option that a later version adds does not change it, and neither
    does a platform after the first."""
    spec = spec.model_copy(update={"platform": listed(names(spec.platform)[:1])})
    return digest(spec.model_dump(mode="json", exclude_defaults=True, exclude=UNWRITTEN))


async def _screenplay(context: Context) -> Kept[Screenplay]:
    async with context.stage("script"):
        kept = await context.documents.load("screenplay", Screenplay)
        asked = wishes(context.spec)
        if kept is not None and kept.origin == "edited":
            context.own.add("screenplay.json")
            script.review(context, context.spec, kept.document, context.limits)
        elif kept is None or (
            await context.documents.written_for() not in ("", asked) and not await _cut_by_hand(context)
        ):
            written = await script.write(context, context.spec, context.limits)
            if context.stale:  # what the text model gave is not for these wishes, and to be bought anew: ask again
                asked = NOBODY
            # Until it is noted again, what is there was written for nobody: a kill in between has it written anew.
            await context.documents.note_wishes(NOBODY)
            kept = await context.documents.save("screenplay", written)
            await context.documents.note_wishes(asked)
        return kept


async def _cut_by_hand(context: Context) -> bool:
    """Whether the cut is a person's: what it was made from is left alone then."""
    kept = await context.documents.load("timeline", Timeline)
    return kept is not None and kept.origin == "edited"


async def _timeline(context: Context, screenplay: Kept[Screenplay], stop_after: Stage) -> Timeline | None:
    """The cut: the person's own, or one made from voices and pictures; None if the run stops before it."""
    kept = await context.documents.load("timeline", Timeline)
    if kept is not None and kept.origin == "edited":
        cut_from = await context.documents.cut_from()
        if cut_from not in ("", screenplay.sha256):
            raise InputError(
                "screenplay.json and timeline.json were both edited: the cut does not fit its screenplay any more",
                hint="Delete timeline.json to have the cut made anew from the screenplay, or undo the other edit.",
            )
        await context.documents.note_cut(screenplay.sha256)
        context.own.add("timeline.json")
        return kept.document
    if stop_after == "voice":
        await _voiced(context, screenplay.document)
        return None
    # Only clips need the voices, whose lengths they take: all else is drawn while they are spoken.
    async with together() as group:
        speaking = group.create_task(_voiced(context, screenplay.document))
        drawing = group.create_task(_drawn(context, screenplay.document, speaking))
    timeline = await render.assemble(context, screenplay.document, speaking.result(), drawing.result())
    await context.documents.save("timeline", timeline)
    await context.documents.note_cut(screenplay.sha256)
    return timeline


async def _voiced(context: Context, screenplay: Screenplay) -> Voiced:
    async with context.stage("voice"):
        return await voice.speak(context, screenplay)


async def _drawn(context: Context, screenplay: Screenplay, speaking: asyncio.Task[Voiced]) -> dict[str, Picture]:
    async def lengths() -> dict[str, int]:
        return {paced.shot: paced.duration for paced in (await speaking).paced}

    async with context.stage("storyboard"):
        return await storyboard.draw(context, screenplay, lengths)
