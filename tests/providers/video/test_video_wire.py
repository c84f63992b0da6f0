"""Our sizes, lengths and references in vendors' words."""

from __future__ import annotations

import pytest

from manju.domain.order import Reference, VideoRequest
from manju.errors import InputError
from manju.providers.answers import number, progress
from manju.providers.shapes import ratio_of
from manju.providers.video import wire

RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")


class Names:
    """References whose bytes are their names."""

    def read(self, sha256: str) -> bytes:
        return sha256.encode()


def request(width: int = 1280, height: int = 720, **fields: object) -> VideoRequest:
    values = {"prompt": "a street", "width": width, "height": height, "duration_ms": 5000, **fields}
    return VideoRequest.model_validate(values)


def referring(*roles: str) -> VideoRequest:
    return request(references=tuple(Reference(sha256=f"{role}-{at}", role=role) for at, role in enumerate(roles)))


@pytest.mark.parametrize(
    ("size", "name"),
    [
        ((1280, 720), "16:9"),
        ((864, 480), "16:9"),
        ((864, 496), "16:9"),
        ((1248, 704), "16:9"),
        ((1792, 1024), "16:9"),
        ((720, 1280), "9:16"),
        ((1080, 1920), "9:16"),
        ((960, 960), "1:1"),
        ((1112, 834), "4:3"),
        ((544, 736), "3:4"),
        ((1470, 630), "21:9"),
        ((2206, 946), "21:9"),
    ],
)
def test_sizes_of_vendors_are_told_by_their_ratio(size: tuple[int, int], name: str) -> None:
    assert ratio_of(request(*size), RATIOS) == name


def test_a_shape_that_a_vendor_does_not_make_is_refused() -> None:
    with pytest.raises(InputError, match="1920x804") as caught:
        ratio_of(request(1920, 804), ("16:9", "9:16"))
    assert "16:9, 9:16" in caught.value.hint


@pytest.mark.parametrize(
    ("size", "name"),
    [
        ((864, 480), "480p"),
        ((640, 640), "480p"),
        ((992, 432), "480p"),
        ((1280, 720), "720p"),
        ((960, 960), "720p"),
        ((1470, 630), "720p"),
        ((704, 1248), "720p"),
        ((1920, 1080), "1080p"),
        ((1440, 1440), "1080p"),
        ((928, 2176), "1080p"),
        ((3840, 2160), "4K"),
    ],
)
def test_sizes_of_vendors_are_told_by_their_resolution(size: tuple[int, int], name: str) -> None:
    assert wire.resolution_of(request(*size), ("480p", "720p", "1080p", "4K")) == name


@pytest.mark.parametrize("name", ["", "p", "0p", "720", "8k", "hd"])
def test_what_is_no_resolution_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        wire.resolution_of(request(), (name, "720p"))
    with pytest.raises(InputError):
        wire.resolution_of(request(), ())


def test_lengths_are_whole_seconds() -> None:
    assert wire.whole_seconds(request(duration_ms=15_000)) == 15
    with pytest.raises(InputError, match=r"7\.5 s"):
        wire.whole_seconds(request(duration_ms=7500))


def test_seeds_are_within_the_vendors_range() -> None:
    assert wire.seed(request(seed=7)) == 7
    assert wire.seed(request(seed=-1)) == (1 << 31) - 1
    assert wire.seed(request(seed=(1 << 40) + 5), 32) == 5


def test_references_go_where_they_belong() -> None:
    every = ("first_frame", "last_frame", "reference", "video", "audio")
    given = wire.material(
        referring("scene", "last_frame", "character", "first_frame", "audio", "video"), Names(), every
    )
    assert (given.first, given.last) == (b"first_frame-3", b"last_frame-1")
    assert given.pictures == (b"scene-0", b"character-2")
    assert (given.sounds, given.clips) == ((b"audio-4",), (b"video-5",))


@pytest.mark.parametrize(
    ("roles", "says"), [(("mask",), "mask"), (("audio",), "audio"), (("first_frame", "first_frame"), "more than one")]
)
def test_references_without_a_place_are_refused(roles: tuple[str, ...], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        wire.material(referring(*roles), Names(), ("first_frame", "reference"))
    assert caught.value.hint


def test_what_is_no_number_is_none() -> None:
    assert [number(value) for value in ("5.1", 8, "", None, "nan", "inf", [])] == [
        5.1,
        8,
        None,
        None,
        None,
        None,
        None,
    ]


def test_progress_is_told_in_percent() -> None:
    assert [progress(value) for value in ("35%", 35, "7.5 %", "200%", -3, "soon", None)] == [
        0.35,
        0.35,
        0.075,
        1.0,
        0.0,
        None,
        None,
    ]


@pytest.mark.parametrize("names", [(), ("16x9",), ("16:9", "wide"), ("0:1",), ("1:0",)])
def test_what_names_no_ratio_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"ratio") as caught:
        ratio_of(request(), names)
    assert caught.value.hint


def test_an_id_stays_one_part_of_a_path() -> None:
    assert wire.part("veo3:1756693796-YQ") == "veo3:1756693796-YQ"
    assert wire.part("../models?x=1#y") == "..%2Fmodels%3Fx%3D1%23y"
