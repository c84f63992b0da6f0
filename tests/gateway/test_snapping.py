"""The declared rules that bring a request to what a model offers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manju.domain.order import ImageRequest, Message, Reference, TextRequest, VideoRequest
from manju.errors import InputError
from manju.gateway.snapping import Capability, Lengths, snap

NANO = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
VEO = Capability(
    seconds=(4, 6, 8),
    sides=(720, 1080),
    only=(Lengths(sides=(1080,), seconds=(8,)), Lengths(roles=("reference",), seconds=(8,))),
    ratios=("16:9", "9:16"),
)
SORA = Capability(seconds=(4, 8, 12), ratios=("16:9", "9:16"), sides=(720,), last_frame=False, audio="always")


def pictures(*roles: str) -> tuple[Reference, ...]:
    return tuple(Reference(sha256=f"{number:064d}", role=role) for number, role in enumerate(roles))


def picture(width: int, height: int) -> ImageRequest:
    return ImageRequest(prompt="p", width=width, height=height)


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


@pytest.mark.parametrize(
    ("size", "made"),
    [
        ((640, 360), (854, 480)),
        ((854, 480), (854, 480)),
        ((864, 480), (854, 480)),  # as some vendors write 480p
        ((1000, 562), (1280, 720)),
        ((1280, 720), (1280, 720)),
        ((1080, 1920), (1080, 1920)),
        ((3840, 2160), (1920, 1080)),
        ((960, 960), (960, 960)),  # 720p in a square
        ((1080, 1080), (1440, 1440)),
        ((1470, 630), (1466, 628)),  # 720p in 21:9
    ],
)
def test_a_size_becomes_the_next_class_with_as_many_pixels_in_every_ratio(
    size: tuple[int, int], made: tuple[int, int]
) -> None:
    capability = Capability(sides=(480, 720, 1080), ratios=("16:9", "9:16", "1:1", "21:9"))
    snapped, _ = snap("m", capability, clip(*size))
    assert (snapped.width, snapped.height) == made


@pytest.mark.parametrize(
    ("size", "made"),
    [
        ((1024, 1024), (1024, 1024)),
        ((1344, 768), (1366, 768)),  # 1K, as Gemini 2.5 writes it
        ((1920, 1080), (2730, 1536)),
        ((2390, 1000), (3128, 1340)),  # 2.39:1 becomes 21:9
        ((512, 2048), (768, 1366)),  # 1:4 becomes 9:16
        ((4096, 512), (3128, 1340)),
        ((8192, 8192), (4096, 4096)),
    ],
)
def test_a_picture_of_any_ratio_becomes_the_nearest(size: tuple[int, int], made: tuple[int, int]) -> None:
    snapped, changes = snap("m", Capability(sides=(1024, 2048, 4096), ratios=NANO), picture(*size))
    assert (snapped.width, snapped.height) == made
    assert changes == {name: new for name, new, old in zip(("width", "height"), made, size, strict=True) if new != old}


@pytest.mark.parametrize(
    ("size", "made"),
    [
        ((1024, 1024), (1024, 1024)),
        ((512, 512), (1024, 1024)),
        ((1920, 1080), (1536, 1024)),
        ((1080, 1920), (1024, 1536)),
        ((2048, 512), (1536, 1024)),
    ],
)
def test_where_there_are_only_some_sizes_the_nearest_shape_counts(size: tuple[int, int], made: tuple[int, int]) -> None:
    gpt = Capability(sizes=("1024x1024", "1536x1024", "1024x1536"))
    snapped, _ = snap("m", gpt, picture(*size))
    assert (snapped.width, snapped.height) == made


def test_of_sizes_of_one_shape_the_next_counts() -> None:
    several = Capability(sizes=("2048x2048", "1024x1024", "1536x864"))
    made = [snap("m", several, picture(side, side))[0].width for side in (600, 1024, 1100, 1200, 3000)]
    assert made == [1024, 1024, 1024, 2048, 2048]


@pytest.mark.parametrize(
    ("size", "seconds", "roles", "made"),
    [
        ((1280, 720), 4, (), 4),
        ((1280, 720), 4, ("first_frame",), 4),
        ((1920, 1080), 4, (), 8),
        ((1080, 1920), 5, (), 8),
        ((1280, 720), 4, ("character",), 8),
        ((1280, 720), 60, (), 8),
    ],
)
def test_some_sizes_and_references_have_fewer_lengths(
    size: tuple[int, int], seconds: int, roles: tuple[str, ...], made: int
) -> None:
    snapped, _ = snap("m", VEO, clip(*size, seconds, references=pictures(*roles)))
    assert snapped.duration_ms == made * 1000


def test_what_no_length_is_left_for_is_refused() -> None:
    only = (Lengths(sides=(720,), seconds=(4,)), Lengths(roles=("last_frame",), seconds=(8,)))
    with pytest.raises(InputError, match="no clip with all of this"):
        snap("m", Capability(seconds=(4, 8), sides=(720,), only=only), clip(references=pictures("last_frame")))


@pytest.mark.parametrize("ratio", ["16/9", "wide", "0:1", "16:"])
def test_a_broken_ratio_is_refused_when_it_is_read(ratio: str) -> None:
    with pytest.raises(ValueError, match="16"):
        Capability(ratios=(ratio,))
    with pytest.raises(ValueError):
        Capability(sizes=(ratio.replace(":", "x"),))


def test_words_are_left_as_they_are() -> None:
    text = TextRequest(messages=(Message(role="user", content="猫"),))
    assert snap("m", SORA, text) == (text, {})


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
        (Capability(references=14, objects=2), ["object", "scene", "reference"], "2 objects at most, not 3"),
    ],
)
def test_what_cannot_be_snapped_is_refused(capability: Capability, roles: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        snap("m", capability, clip(references=pictures(*roles)))


def test_five_characters_and_fourteen_pictures_in_all() -> None:
    family = Capability(references=14, characters=5, objects=14)
    for roles in (["character"] * 5 + ["object"] * 9, ["object"] * 14, ["mask", *["object"] * 14]):
        snap("m", family, picture(1024, 1024).model_copy(update={"references": pictures(*roles)}))
    for roles in (["character"] * 6, ["object"] * 15, ["character"] * 5 + ["object"] * 10):
        with pytest.raises(InputError, match="at most"):
            snap("m", family, picture(1024, 1024).model_copy(update={"references": pictures(*roles)}))


@given(st.integers(64, 8192), st.integers(64, 8192), st.integers(500, 60_000))
def test_what_was_snapped_is_offered_and_stays_as_it_is(width: int, height: int, length: int) -> None:
    request = VideoRequest(prompt="p", width=width, height=height, duration_ms=length)
    once, _ = snap("m", SORA, request)
    assert once.duration_ms in (4000, 8000, 12000) and {once.width, once.height} == {720, 1280}
    assert snap("m", SORA, once) == (once, {})


SHAPES = st.sampled_from([(), ("16:9",), ("1:1", "21:9", "2.39:1"), ("9:16", "4:3", "1:8")])
CLASSES = st.sampled_from([(), (480,), (720, 1080), (2160,), (4096,)])


@given(SHAPES, CLASSES, st.integers(64, 8192), st.integers(64, 8192), st.booleans())
def test_every_size_becomes_one_that_can_be_asked_for_and_stays(ratios, sides, width: int, height: int, moves) -> None:
    capability = Capability(ratios=ratios, sides=sides)
    request = clip(width, height) if moves else picture(width, height)
    once, _ = snap("m", capability, request)
    assert type(once).model_validate(once.model_dump()) == once
    assert snap("m", capability, once) == (once, {})
    if not ratios and not sides:
        assert once == request
