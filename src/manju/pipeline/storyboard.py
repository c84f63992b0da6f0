"""Stage Storyboard: turnarounds of the cast, a first frame for every shot, clips where asked for, the contact sheet."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from manju.domain.casting import Character
from manju.domain.order import Reference, VideoRequest
from manju.domain.screenplay import Screenplay, Shot
from manju.domain.takes import Take
from manju.domain.timeline import Picture, PictureLayer
from manju.media.label import read
from manju.media.sheet import contact_sheet
from manju.pipeline.context import Context, File, gather, number, together
from manju.pipeline.prompts import frame_request, shot_prompt, turnaround_request

SHEET = "contact_sheet.png"
FURTHER_SHEET = re.compile(r"contact_sheet-(\d+)\.png")
PER_SHEET = 9
LONGEST_CLIP_MS = 60_000
STILL_MS = 500
"""From how much on a clip's standing still at its end is told."""
CAPTION = 80
"""Characters of a caption that can show at all."""
SHEET_VERSION = 2
"""Raised when sheets are laid out anew."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shot's first frame, and the layers that make it up, if it has any."""

    file: File
    layers: tuple[PictureLayer, ...]


async def draw(
    context: Context, screenplay: Screenplay, lengths: Callable[[], Awaitable[Mapping[str, int]]] | None = None
) -> dict[str, Picture]:
    """Draw everything, each as soon as it can be: frames when their characters' turnarounds exist, clips when their own
    frame does and the lengths are known.

    Args:
        context: the film.
        screenplay: what is drawn.
        lengths: gives each shot's milliseconds, which may be told later; the screenplay's own where there is none.

    Returns: the picture of each shot by its uid.
    """
    size = context.size(screenplay.target_platform)
    moving = bool(context.spec.models.video)
    total = len(screenplay.characters) + len(screenplay.shots) * (2 if moving else 1)
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

        async def frame(shot: Shot) -> Drawn:
            references = [
                Reference(
                    sha256=await context.adopt(await sheets[uid]), role="character", name=screenplay.character(uid).name
                )
                for uid in _shown(context, shot)
            ]
            # What stands still, or is filmed by a model, has no use for layers.
            layers = context.offer("image").capability.layers and not moving and shot.movement != "static"
            request = frame_request(
                screenplay, shot, *size, seed=context.spec.seed, references=references, layers=layers
            )
            take = await context.take(shot.uid, "frame", request)
            drawn = await _drawn(context, take, f"shots/{shot.uid}")
            count()
            return drawn

        frames = {shot.uid: group.create_task(frame(shot)) for shot in screenplay.shots}

        async def picture(shot: Shot) -> Picture:
            first = await frames[shot.uid]
            if not moving:
                return Picture(path=first.file.name, layers=first.layers)
            clip = await _clip(context, screenplay, shot, first.file, size, await lengths() if lengths else {})
            count()
            return clip

        async def sheet() -> None:
            await _sheet(context, screenplay, [(await frames[shot.uid]).file for shot in screenplay.shots])

        pictures = {shot.uid: group.create_task(picture(shot)) for shot in screenplay.shots}
        group.create_task(sheet())
    return {uid: task.result() for uid, task in pictures.items()}


def _shown(context: Context, shot: Shot) -> tuple[str, ...]:
    """The characters of a shot whose turnarounds go to the picture model: as many as it takes, the first first."""
    offer = context.offer("image")
    limits = [each for each in (offer.capability.references, offer.capability.characters) if each is not None]
    most = min(limits, default=len(shot.characters))
    if most < len(shot.characters):
        takes = f"pictures of {most} characters at most" if most else "no pictures of characters"
        context.note(f"{offer.name} takes {takes}: the others are described to it in words alone")
    return shot.characters[:most]


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
    layers = [role for role, _ in take.layers]
    for stored in take.artefacts[1:]:
        if stored.role not in layers:
            await context.keep(take, stem + stored.suffix, stored.role)
    return await context.keep(take, stem + take.main.suffix)


async def _drawn(context: Context, take: Take, stem: str) -> Drawn:
    """Put a frame into the folder, and its layers beside it. A person's own picture has none: what the model drew
    behind it is not kept then. A layer that a person replaced is used like any other."""
    file = await _keep(context, take, stem)
    if file.own:
        return Drawn(file, ())
    layers = []
    for role, nearness in take.layers:
        layer = await context.keep(take, f"{stem}.{role}{take.artefact(role).suffix}", role)
        layers.append(PictureLayer(path=layer.name, nearness=nearness))
    return Drawn(file, tuple(layers))


async def _clip(
    context: Context,
    screenplay: Screenplay,
    shot: Shot,
    first_frame: File,
    size: tuple[int, int],
    lengths: Mapping[str, int],
) -> Picture:
    offer = context.offer("video")
    first: tuple[Reference, ...] = ()
    if offer.capability.first_frame:
        first = (Reference(sha256=await context.adopt(first_frame), role="first_frame"),)
    else:
        context.note(f"{offer.name} takes no first frame: its clips follow the words alone")
    length = lengths.get(shot.uid, shot.duration_ms)
    request = VideoRequest(
        prompt=shot_prompt(screenplay, shot),
        width=size[0],
        height=size[1],
        duration_ms=min(length, LONGEST_CLIP_MS),
        fps=str(context.spec.fps),
        movement=shot.movement,
        references=first,
        seed=context.spec.seed,
    )
    take = await context.take(shot.uid, "clip", request)
    if (short := length - int(take.facts["duration_ms"])) >= STILL_MS:
        context.note(f"shot {shot.uid}: its clip ends {short / 1000:.1f} s before it does, and stands still from there")
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
