"""The declared rules that bring a request to what a model offers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manju.domain.order import ImageRequest, Reference, VideoRequest
from manju.errors import InputError
from manju.gateway.snapping import Capability, snap

SORA = Capability(seconds=(4, 8, 12), ratios=("16:9", "9:16"), sides=(720,), last_frame=False, audio="always")


def clip(width: int = 1280, height: int = 720, seconds: float = 8, **more: object) -> VideoRequest:
    return VideoRequest(prompt="雨", width=width, height=height, duration_ms=round(seconds * 1000), **more)


@pytest.mark.parametrize(("asked", "made"), [(0.5, 4), (4, 4), (4.001, 8), (7.2, 8), (12, 12), (12.5, 12), (60, 12)])
def test_a_length_becomes_the_next_one(asked: float, made: int) -> None:
    snapped, _ = snap("m", SORA, clip(seconds=asked))
    assert snapped.duration_ms == made * 1000


def test_what_was_changed_is_told_and_nothing_else() -> None:
    assert snap("m", SORA, clip(audio=True))[1] == {}
    assert snap("m", SORA, clip(1080, 1920, 6))[1] == {"width": 720, "height": 1280, "duration_ms": 8000, "audio": True}


@pytest.mark.parametrize(
    ("size", "made"),
    [((1920, 1080), (1280, 720)), ((1000, 1000), (1280, 720)), ((999, 1000), (720, 1280)), ((2390, 1000), (1280, 720))],
)
def test_a_ratio_becomes_the_nearest(size: tuple[int, int], made: tuple[int, int]) -> None:
    snapped, _ = snap("m", SORA, clip(*size))
    assert (snapped.width, snapped.height) == made


@pytest.mark.parametrize(("side", "made"), [(300, 480), (480, 480), (481, 720), (1080, 1080), (2160, 1080)])
def test_a_size_becomes_the_next_class(side: int, made: int) -> None:
    snapped, _ = snap("m", Capability(sides=(480, 720, 1080)), clip(side * 2, side))
    assert (snapped.width, snapped.height) == (made * 2, made)


def test_the_classes_of_pictures_are_of_their_long_side() -> None:
    nano = Capability(sides=(1024, 2048, 4096), by="long", ratios=("1:1", "16:9", "9:16"))
    for size, made in (((1080, 1920), (1152, 2048)), ((1024, 1024), (1024, 1024)), ((1920, 1080), (2048, 1152))):
        snapped, _ = snap("m", nano, ImageRequest(prompt="p", width=size[0], height=size[1]))
        assert (snapped.width, snapped.height) == made


def test_any_whole_second_of_a_range() -> None:
    seedance = Capability(seconds_from=4, seconds_to=15)
    assert [snap("m", seedance, clip(seconds=each))[0].duration_ms for each in (1, 4.2, 15, 20)] == [
        4000, 5000, 15000, 15000,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("capability", "roles", "message"),
    [
        (SORA, ["last_frame"], "takes no last_frame"),
        (Capability(frames_or_references=True), ["first_frame", "character"], "frames or references, not both"),
        (Capability(references=2), ["scene", "object", "object"], "2 reference pictures at most, not 3"),
        (Capability(references=14, characters=1), ["character", "character"], "1 characters at most, not 2"),
    ],
)
def test_what_cannot_be_snapped_is_refused(capability: Capability, roles: list[str], message: str) -> None:
    references = tuple(Reference(sha256=str(number) * 64, role=role) for number, role in enumerate(roles))
    with pytest.raises(InputError, match=message):
        snap("m", capability, clip(references=references))


@given(st.integers(64, 8192), st.integers(64, 8192), st.integers(500, 60_000))
def test_what_was_snapped_is_offered_and_stays_as_it_is(width: int, height: int, length: int) -> None:
    request = VideoRequest(prompt="p", width=width, height=height, duration_ms=length)
    once, _ = snap("m", SORA, request)
    assert once.duration_ms in (4000, 8000, 12000) and {once.width, once.height} == {720, 1280}
    assert snap("m", SORA, once) == (once, {})
