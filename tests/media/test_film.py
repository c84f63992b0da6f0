"""Films of one timeline for several places: what they have in common is made once, an edit makes what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from manju.domain.timeline import Timeline
from manju.media.captions import captions
from manju.media.encoder import Format
from manju.media.film import Cache, Variant, digests, render_all, text_of
from manju.media.fonts import face
from manju.media.label import Mark, read
from manju.media.packets import SegmentStore
from manju.media.plan import plan
from manju.media.probe import probe
from manju.media.process import WorkerPool

UPRIGHT, WIDE = (90, 160), (160, 90)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerPool]:
    with WorkerPool(2, {"MANJU_CACHE": str(tmp_path_factory.mktemp("cache"))}) as pool:
        yield pool


def timeline(folder: Path, size: tuple[int, int], **fields: object) -> Timeline:
    for number in range(2):
        random = np.random.default_rng(number)
        picture = random.integers(0, 255, (90, 160, 3)).astype(np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), cv2.GaussianBlur(picture, (0, 0), 5))
    shots = [{"uid": f"s{n}", "frames": 24, "picture": {"path": f"{n}.png"}} for n in range(2)]
    return Timeline.model_validate(
        {
            "width": size[0],
            "height": size[1],
            "rate": "12",
            "shots": shots,
            "label": {"height": 100, "visible_ms": 2000},
            **fields,
        }
    )


def variant(folder: Path, name: str, size: tuple[int, int], mark: str, **fields: object) -> Variant:
    page = timeline(folder, size, **fields)
    return Variant(page, folder / name, Format(*size, Fraction(12), "draft"), Mark("", mark))


def test_films_share_what_is_the_same(tmp_path: Path, pool: WorkerPool) -> None:
    told: list[tuple[int, int]] = []
    films = [
        variant(tmp_path, "film.mp4", UPRIGHT, "1"),
        variant(tmp_path, "same.mp4", UPRIGHT, "2"),
        variant(tmp_path, "wide.mp4", WIDE, "3"),
        variant(tmp_path, "lower.mp4", UPRIGHT, "4", safe={"top": 200}),
    ]
    cache = Cache.below(tmp_path / "cache")
    first, same, wide, lower = render_all(
        films, tmp_path, cache=cache, pool=pool, progress=lambda done, total: told.append((done, total))
    )
    assert (first.encoded_frames, same.encoded_frames, wide.encoded_frames) == (48, 0, 48)
    assert lower.encoded_frames == 24, "the label stands in the first of the two shots"
    assert (tmp_path / "same.mp4").read_bytes() == (tmp_path / "film.mp4").read_bytes()
    assert (tmp_path / "same.mp4").samefile(tmp_path / "film.mp4")
    label = read(tmp_path / "wide.mp4")
    assert label is not None and label["ProduceID"] == "3"
    found = probe(tmp_path / "wide.mp4").video
    assert found is not None and (found.width, found.height, found.frames) == (*WIDE, 48)
    assert len(list(cache.mixes.glob("*.m4a"))) == 1
    assert told[-1] == (120, 120) and [done for done, _ in told[4:]] == sorted(done for done, _ in told[4:])


def test_again_nothing_is_encoded_and_shared_names_stay_shared(tmp_path: Path, pool: WorkerPool) -> None:
    films = [variant(tmp_path, "film.mp4", UPRIGHT, "1"), variant(tmp_path, "same.mp4", UPRIGHT, "1")]
    cache = Cache.below(tmp_path / "cache")
    render_all(films, tmp_path, cache=cache, pool=pool)
    before = (tmp_path / "film.mp4").read_bytes()
    made = render_all(films, tmp_path, cache=cache, pool=pool)
    assert [each.encoded for each in made] == [0, 0]
    assert (tmp_path / "same.mp4").samefile(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == before
    assert not list(tmp_path.glob(".partial-*"))


def test_an_edit_encodes_what_it_changed_of_each_film(tmp_path: Path, pool: WorkerPool) -> None:
    films = [variant(tmp_path, "film.mp4", UPRIGHT, "1"), variant(tmp_path, "wide.mp4", WIDE, "1")]
    cache = Cache.below(tmp_path / "cache")
    render_all(films, tmp_path, cache=cache, pool=pool)
    cv2.imwrite(str(tmp_path / "1.png"), np.full((90, 160, 3), 200, np.uint8))
    made = render_all(films, tmp_path, cache=cache, pool=pool)
    assert [(each.encoded_frames, each.frames) for each in made] == [(24, 48), (24, 48)]


def layers(folder: Path, middle: int) -> dict[str, object]:
    """The second shot in two layers: its picture, and a square before it."""
    cv2.imwrite(str(folder / "far.png"), np.full((90, 160, 3), 60, np.uint8))
    near = np.zeros((90, 160, 4), np.uint8)
    near[30:60, middle - 15 : middle + 15] = 255
    cv2.imwrite(str(folder / "near.png"), near)
    paths = [{"path": "far.png", "nearness": 0.8}, {"path": "near.png", "nearness": 1.2}]
    shots = [{"uid": f"s{n}", "frames": 24, "picture": {"path": f"{n}.png"}} for n in range(2)]
    shots[1]["picture"] = {"path": "1.png", "layers": paths}
    return {"shots": shots}


def test_a_film_shows_the_layers_and_an_edited_one_encodes_its_shot_alone(tmp_path: Path, pool: WorkerPool) -> None:
    film = variant(tmp_path, "film.mp4", WIDE, "1", **layers(tmp_path, 40))
    cache = Cache.below(tmp_path / "cache")
    render_all([film], tmp_path, cache=cache, pool=pool)

    def bright() -> list[float]:
        """Middle column of the square in the first and in the last frame of its shot; its picture has none."""
        reader, found = cv2.VideoCapture(str(tmp_path / "film.mp4")), []
        for index in range(48):
            frame = reader.read()[1]
            if index in (24, 47):
                found.append(float(np.flatnonzero(frame[45].mean(axis=1) > 160).mean()))
        return found

    before = bright()
    assert before[0] == pytest.approx(39.5, abs=1) and before[1] < before[0] - 3, "the camera goes in"
    layers(tmp_path, 90)
    (made,) = render_all([film], tmp_path, cache=cache, pool=pool)
    assert (made.encoded_frames, made.frames) == (24, 48)
    assert bright()[0] == pytest.approx(89.5, abs=1)


def test_a_damaged_segment_is_encoded_anew(tmp_path: Path, pool: WorkerPool) -> None:
    films = [variant(tmp_path, "film.mp4", UPRIGHT, "1"), variant(tmp_path, "wide.mp4", WIDE, "1")]
    cache = Cache.below(tmp_path / "cache")
    render_all(films, tmp_path, cache=cache, pool=pool)
    before = (tmp_path / "wide.mp4").read_bytes()
    for film in films:  # the last segment of each: the muxer is in the middle of its work when it finds out
        font = face(text_of(film.timeline), cache=cache.fonts)
        made_of = plan(film.timeline, digests(film.timeline, tmp_path), captions(film.timeline, font), film.form)
        path = SegmentStore(cache.segments).path(made_of.segments[-1].key)
        path.write_bytes(path.read_bytes()[:-20])
    made = render_all(films, tmp_path, cache=cache, pool=pool)
    assert [each.encoded for each in made] == [1, 1]
    assert (tmp_path / "wide.mp4").read_bytes() == before
