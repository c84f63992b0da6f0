"""What a film really is: measured, also where it is not what it should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from manju.domain.platforms import UPRIGHT
from manju.domain.timeline import Timeline
from manju.errors import MediaError
from manju.media.encoder import Format
from manju.media.film import Cache, render
from manju.media.label import Mark
from manju.media.measure import Measured, measure_film
from manju.media.process import WorkerPool, ffmpeg

SIZE = (270, 480)
WORDS = [
    {"text": word, "start_ms": 200 + 300 * n, "end_ms": 500 + 300 * n} for n, word in enumerate("小猫推开了那扇门")
]


@dataclass(frozen=True)
class Room:
    folder: Path
    cache: Cache
    pool: WorkerPool

    def film(self, name: str = "film.mp4", **fields: object) -> Timeline:
        page = timeline(**fields)
        form = Format(page.width, page.height, page.rate, "draft")
        render(page, self.folder, self.folder / name, form=form, cache=self.cache, pool=self.pool, mark=Mark("", "1"))
        return page

    def measured(self, page: Timeline, name: str = "film.mp4") -> Measured:
        return measure_film(self.folder / name, self.folder / "cover.jpg", page, UPRIGHT, self.cache)


def timeline(**fields: object) -> Timeline:
    shot = {
        "uid": "a",
        "frames": 72,
        "picture": {"path": "picture.png"},
        "overlays": [{"text": "赛博校园", "position": "top"}, {"text": "李明 · 程序员", "position": "bottom"}],
    }
    cue = {"text": "小猫推开了\n那扇门", "start_ms": 200, "end_ms": 2700, "words": WORDS}
    body = {
        "width": SIZE[0],
        "height": SIZE[1],
        "rate": "24",
        "shots": [shot],
        "cues": [cue],
        "safe": UPRIGHT,
        **fields,
    }
    return Timeline.model_validate(body)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("measured")
    random = np.random.default_rng(3)
    noise = random.integers(0, 255, (480, 270, 3)).astype(np.uint8)
    cv2.imwrite(str(folder / "picture.png"), cv2.GaussianBlur(noise, (0, 0), 3))
    cv2.imwrite(str(folder / "cover.jpg"), noise)
    with WorkerPool(1, {"MANJU_CACHE": str(folder)}) as pool:
        yield Room(folder, Cache.below(folder / "cache"), pool)


def test_a_film_of_ours_is_what_it_should_be(room: Room) -> None:
    found = room.measured(room.film())
    assert (found.width, found.height, found.rate, found.duration_ms) == (*SIZE, Fraction(24), 3000)
    assert (found.container, found.video, found.pixels, found.colours) == ("mov", "h264", "yuv420p", ("bt709",) * 3)
    assert (found.audio, found.sample_rate, found.channels) == ("aac", 48000, 2)
    assert found.bytes == (room.folder / "film.mp4").stat().st_size
    assert found.label_seen and found.marked
    assert found.texts >= 4 and found.outside <= 2
    assert found.cover == SIZE and found.cover_bytes == (room.folder / "cover.jpg").stat().st_size


def test_text_outside_the_safe_area_is_seen(room: Room) -> None:
    """Composed for another place, held against this one's area."""
    found = room.measured(room.film("wide.mp4", safe={}), "wide.mp4")
    assert found.outside > 10


def test_a_label_that_is_not_there_is_not_seen(room: Room) -> None:
    page = room.film("plain.mp4", label={"visible": False, "reason": "一次试验"})
    assert not room.measured(page, "plain.mp4").label_seen
    with_label = page.model_copy(update={"label": timeline().label})
    assert not room.measured(with_label, "plain.mp4").label_seen, "the film has none, whatever its timeline says"


def test_a_label_that_goes_too_early_is_not_seen(room: Room) -> None:
    page = room.film("short.mp4")
    ffmpeg(
        ["-y", "-i", str(room.folder / "short.mp4"), "-vf", "drawbox=y=0:h=ih/4:c=gray:t=fill:enable='gte(t,1)'"]
        + ["-c:a", "copy", "-movflags", "use_metadata_tags", str(room.folder / "early.mp4")]
    )
    found = room.measured(page, "early.mp4")
    assert not found.label_seen and found.marked


def test_an_editors_export_is_told_as_it_is(room: Room) -> None:
    page = room.film()
    ffmpeg(
        [
            "-y",
            "-i",
            str(room.folder / "film.mp4"),
            "-vf",
            "scale=480:270,fps=15",
            "-c:v",
            "mpeg4",
            "-af",
            "volume=-12dB",
        ]
        + ["-ac", "1", "-map_metadata", "-1", str(room.folder / "export.mp4")]
    )
    found = room.measured(page, "export.mp4")
    assert (found.width, found.height, found.rate, found.video) == (480, 270, Fraction(15), "mpeg4")
    assert (found.channels, found.marked, found.label_seen) == (1, False, False)


def test_a_film_without_a_picture_is_refused(room: Room) -> None:
    page = room.film()
    ffmpeg(["-y", "-i", str(room.folder / "film.mp4"), "-vn", "-c:a", "copy", str(room.folder / "sound.m4a")])
    with pytest.raises(MediaError, match="holds no picture"):
        room.measured(page, "sound.m4a")
    (room.folder / "odd.jpg").write_bytes(b"\xff\xd8 no picture")
    found = measure_film(room.folder / "film.mp4", room.folder / "odd.jpg", page, UPRIGHT, room.cache)
    assert found.cover == (0, 0)
