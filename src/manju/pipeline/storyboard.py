"""Stage Storyboard: turnarounds of the cast, a first frame for every shot, clips where asked for, the contact sheet."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from manju.domain.casting import Character
from manju.domain.order import Reference, VideoRequest
from manju.domain.screenplay import Screenplay, Shot
from manju.domain.takes import Take
from manju.domain.timeline import Picture
from manju.media.label import read
from manju.media.sheet import contact_sheet
from manju.pipeline.context import Context, File, gather, number, together
from manju.pipeline.prompts import frame_request, shot_prompt, turnaround_request

SHEET = "contact_sheet.png"
FURTHER_SHEET = re.compile(r"contact_sheet-(\d+)\.png")
PER_SHEET = 9
CAPTION = 80
"""Characters of a caption that can show at all."""
SHEET_VERSION = 2
"""Raised when sheets are laid out anew."""


async def draw(
    context: Context, screenplay: Screenplay, lengths: Mapping[str, int] | None = None
) -> dict[str, Picture]:
    """Draw everything; frames start as soon as their characters' turnarounds exist.

    Args:
        context: the film.
        screenplay: what is drawn.
        lengths: each shot's milliseconds, needed where clips are made.

    Returns: the picture of each shot by its uid.
    """
    size = context.size(screenplay.target_platform)
    total = len(screenplay.characters) + len(screenplay.shots)
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        context.progress("storyboard", done, total)

    async with together() as group:
        sheets = {
            character.uid: group.create_task(_turnaround(context, screenplay, character, count))
            for character in screenplay.characters
        }

        async def frame(shot: Shot) -> File:
            references = [
                Reference(sha256=await context.adopt(await sheets[uid]), role="character", name=uid)
                for uid in shot.characters
            ]
            request = frame_request(screenplay, shot, *size, seed=context.spec.seed, references=references)
            take = await context.take(shot.uid, "frame", request)
            file = await _keep(context, take, f"shots/{shot.uid}")
            count()
            return file

        frames = {shot.uid: group.create_task(frame(shot)) for shot in screenplay.shots}
    files = {uid: task.result() for uid, task in frames.items()}
    pictures = {uid: Picture(path=file.name) for uid, file in files.items()}
    if context.spec.models.video:
        clips = await gather(
            [_clip(context, screenplay, shot, files[shot.uid], size, lengths or {}) for shot in screenplay.shots]
        )
        pictures = {shot.uid: clip for shot, clip in zip(screenplay.shots, clips, strict=True)}
    await _sheet(context, screenplay, [files[shot.uid] for shot in screenplay.shots])
    return pictures


async def _turnaround(
    context: Context, screenplay: Screenplay, character: Character, count: Callable[[], None]
) -> File:
    request = turnaround_request(screenplay, character, seed=context.spec.seed)
    take = await context.take(character.uid, "turnaround", request)
    file = await _keep(context, take, f"characters/{character.uid}")
    count()
    return file


async def _keep(context: Context, take: Take, stem: str) -> File:
    """Put a drawing into the folder, and beside it what it was drawn from, where the model has such a thing."""
    for stored in take.artefacts[1:]:
        await context.keep(take, stem + stored.suffix, stored.role)
    return await context.keep(take, stem + take.main.suffix)


async def _clip(
    context: Context,
    screenplay: Screenplay,
    shot: Shot,
    first_frame: File,
    size: tuple[int, int],
    lengths: Mapping[str, int],
) -> Picture:
    request = VideoRequest(
        prompt=shot_prompt(screenplay, shot),
        width=size[0],
        height=size[1],
        duration_ms=lengths.get(shot.uid, shot.duration_ms),
        fps=str(context.spec.fps),
        movement=shot.movement,
        references=(Reference(sha256=await context.adopt(first_frame), role="first_frame", name=shot.uid),),
        seed=context.spec.seed,
    )
    take = await context.take(shot.uid, "clip", request)
    file = await context.keep(take, f"shots/{shot.uid}{take.main.suffix}")
    return Picture(kind="clip", path=file.name)


async def _sheet(context: Context, screenplay: Screenplay, files: Sequence[File]) -> None:
    """The contact sheet, nine shots a page; a page whose pictures did not change is left as it is."""
    pages = [range(first, min(first + PER_SHEET, len(files))) for first in range(0, len(files), PER_SHEET)]

    async def page(index: int, shots: range) -> None:
        name = SHEET if index == 0 else SHEET.replace(".png", f"-{index + 1}.png")
        captions = [_caption(screenplay, shot) for shot in shots]
        title = screenplay.title if len(pages) == 1 else f"{screenplay.title}  {index + 1}/{len(pages)}"
        inputs = (SHEET_VERSION, title, captions, [files[shot].sha256 for shot in shots])
        if context.folder.exists(name):
            found = await asyncio.to_thread(read, context.folder.locate(name))
            if found is not None and found["ProduceID"] == number(*inputs):
                return
        pictures = [context.folder.locate(files[shot].name) for shot in shots]
        drawn = await context.run(_draw_sheet, pictures, captions, title, context.cache.fonts)
        await context.put(name, drawn, *inputs)

    await gather([page(index, shots) for index, shots in enumerate(pages)])
    for left in context.folder.names():
        further = FURTHER_SHEET.fullmatch(left)
        if further and int(further[1]) > len(pages):
            await context.drop(left)


def _caption(screenplay: Screenplay, index: int) -> str:
    shot = screenplay.shots[index]
    return f"{index + 1}  {shot.text_overlay or shot.narration or shot.description}"[:CAPTION]


def _draw_sheet(pictures: Sequence[Path], captions: Sequence[str], title: str, cache: Path) -> bytes:
    return contact_sheet(pictures, captions, title=title, cache=cache)[0]
