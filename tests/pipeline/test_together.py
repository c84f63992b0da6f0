"""What waits for what: voices, turnarounds, frames and clips are asked for as soon as they can be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, fields
from itertools import count
from pathlib import Path

import pytest
import studio as rooms
from studio import SPEC, Studio

from manju.domain.film import Models
from manju.domain.order import Request, VideoRequest
from manju.domain.takes import Take
from manju.domain.timeline import Timeline
from manju.pipeline.context import Context
from manju.recipes.short_video import short_video

PATIENCE_S = 120
"""Longer than this a call waits only for one that will never be asked for."""


@dataclass
class Gated(Context):
    """A film whose calls may have to wait until others were asked for."""

    after: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Subject and kind of a call, and of the one that it is held back for."""
    asked: dict[tuple[str, str], asyncio.Event] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    """Milliseconds of the clips that were asked for."""

    async def take(self, subject: str, kind: str, request: Request) -> Take:
        self._event(subject, kind).set()
        if (other := self.after.get((subject, kind))) is not None:
            async with asyncio.timeout(PATIENCE_S):
                await self._event(*other).wait()
        return await super().take(subject, kind, request)

    def _event(self, subject: str, kind: str) -> asyncio.Event:
        return self.asked.setdefault((subject, kind), asyncio.Event())


class Watched(Gated):
    """A film whose clips are asked for when every line was."""

    async def take(self, subject: str, kind: str, request: Request) -> Take:
        if isinstance(request, VideoRequest):
            assert {("l1", "voice"), ("l2", "voice")} <= {*self.asked}
            self.lengths[subject] = request.duration_ms
        return await super().take(subject, kind, request)


@pytest.fixture
async def written(tmp_path: Path) -> AsyncIterator[Studio]:
    """A studio with a person's own screenplay in it: two shots, each with a line and the same character."""
    texts = ("下雨了。", "天晴了，我们一起出门去看彩虹，再去河边喂鸭子，最后到山上看星星。")
    shots = [
        {"lines": [{"uid": f"l{number}", "text": text}], "characters": ["lin"]} for number, text in enumerate(texts, 1)
    ]
    async with rooms.opened(tmp_path) as opened:
        play = rooms.screenplay(*shots, characters=[{"uid": "lin", "name": "林"}])
        opened.folder.write("screenplay.json", play.to_json())
        yield opened


async def made(
    studio: Studio, after: Mapping[tuple[str, str], tuple[str, str]], *, video: str = "", kind: type[Gated] = Gated
) -> Gated:
    """The film up to its storyboard."""
    plain = await studio.context(SPEC.model_copy(update={"models": Models(video=video)}))
    context = kind(**{each.name: getattr(plain, each.name) for each in fields(plain)}, after=after)
    await short_video(context, "storyboard")
    return context


async def test_pictures_are_drawn_while_the_lines_are_spoken(written: Studio) -> None:
    await made(written, {("l1", "voice"): ("s02", "frame"), ("s01", "frame"): ("l2", "voice")})
    assert {"shots/s01.png", "shots/s02.png", "contact_sheet.png", "timeline.json"} <= {*written.folder.names()}


async def test_a_clip_waits_for_its_own_frame_only(written: Studio) -> None:
    await made(written, {("s02", "frame"): ("s01", "clip")}, video="offline:animatic")
    assert {"shots/s01.mp4", "shots/s02.mp4"} <= {*written.folder.names()}


async def test_a_clip_is_as_long_as_the_voices_make_its_shot(written: Studio) -> None:
    """However early its frame is there."""
    context = await made(written, {("l2", "voice"): ("s02", "frame")}, video="offline:animatic", kind=Watched)
    cut = Timeline.model_validate_json(written.folder.read("timeline.json"))
    lengths = [round(shot.frames / cut.rate * 1000) for shot in cut.shots]
    assert lengths == pytest.approx([context.lengths["s01"], context.lengths["s02"]], abs=34)  # a frame
    assert lengths[0] != lengths[1]


async def test_time_is_counted_to_one_stage_only(written: Studio) -> None:
    """A clock that goes on by one each time it is read: what overlaps is in the sum once."""
    plain = await written.context()
    times = count()
    plain.clock = lambda: float(next(times))
    async with plain.stage("voice"), plain.stage("storyboard"):
        pass
    assert sum((await plain.stage_seconds()).values()) == next(times) - 1
