"""What every clip model must do (`manju.providers.video.base`), and the offline one's moves."""

from __future__ import annotations

import hashlib
import io
from fractions import Fraction
from typing import cast

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from manju.domain.order import Generated, Reference, Request, VideoRequest
from manju.errors import ManjuError, MediaError, ModelError, NotFoundError
from manju.media.probe import accept
from manju.providers.base import Model
from manju.providers.video.base import VideoModel
from manju.providers.video.offline import Animatic, motion

SIZE = (160, 284)


def first_frame() -> bytes:
    """Crossed stripes of growing distance: every move changes them in its own way."""
    image = Image.new("RGB", SIZE, "#20406a")
    draw = ImageDraw.Draw(image)
    for i in range(12):
        draw.rectangle((i * i, 0, i * i + 3, SIZE[1]), fill="#f2c040")
        draw.rectangle((0, i * i * 2, SIZE[0], i * i * 2 + 3), fill="#e05040")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


FRAME = first_frame()
SHA = hashlib.sha256(FRAME).hexdigest()


class Shelf:
    """References: the frame, and something that is no picture."""

    def read(self, sha256: str) -> bytes:
        if sha256 == SHA:
            return FRAME
        if sha256 == "1" * 64:
            return b"no picture"
        raise NotFoundError(f"nothing is stored under {sha256}")


@pytest.fixture(params=[Animatic], ids=lambda kind: kind.name)
def model(request: pytest.FixtureRequest) -> VideoModel:
    return cast(VideoModel, cast("type[Model[Request]]", request.param)())


async def make(model: VideoModel, sha256: str = SHA, **fields: object) -> Generated:
    request = VideoRequest.model_validate(
        {
            "prompt": "a street",
            "width": SIZE[0],
            "height": SIZE[1],
            "duration_ms": 1000,
            "references": (Reference(sha256=sha256, role="first_frame"),) if sha256 else (),
            **fields,
        }
    )
    return await model.generate(request, Shelf())


def shown(clip: bytes) -> list[NDArray[np.uint8]]:
    with av.open(io.BytesIO(clip)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


@pytest.mark.parametrize("fps", ["24", "30", "30000/1001"])
@pytest.mark.parametrize("duration_ms", [500, 1333])
async def test_size_rate_and_length_are_those_asked_for(model: VideoModel, fps: str, duration_ms: int) -> None:
    made = await make(model, fps=fps, duration_ms=duration_ms)
    clip = made.artefacts[0]
    assert (clip.role, clip.suffix) == ("main", ".mp4")
    facts = accept(clip.data, clip.suffix, "video")
    assert (facts["width"], facts["height"]) == SIZE
    assert Fraction(facts["fps"]) == Fraction(fps)
    assert abs(facts["duration_ms"] - duration_ms) <= 1000 / float(Fraction(fps))
    assert abs(made.facts["duration_ms"] - facts["duration_ms"]) <= 1
    assert made.facts["audio"] is facts["has_audio"]
    assert (made.facts["width"], made.facts["height"], Fraction(made.facts["fps"])) == (*SIZE, Fraction(fps))


async def test_it_is_h264_in_the_formats_that_players_take(model: VideoModel) -> None:
    with av.open(io.BytesIO((await make(model)).artefacts[0].data)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.codec_context.colorspace, stream.codec_context.color_primaries) == (1, 1)


async def test_it_starts_at_the_first_frame(model: VideoModel) -> None:
    seen = shown((await make(model, movement="push_in")).artefacts[0].data)[0].astype(float)
    wanted = np.asarray(Image.open(io.BytesIO(FRAME)).convert("L"), float)
    assert np.corrcoef(seen.ravel(), wanted.ravel())[0, 1] > 0.97


async def test_it_moves(model: VideoModel) -> None:
    frames = shown((await make(model, movement="pan_right")).artefacts[0].data)
    assert np.abs(frames[0].astype(int) - frames[-1].astype(int)).mean() > 3


@pytest.mark.parametrize("sha256", ["", "0" * 64, "1" * 64])
async def test_without_a_usable_first_frame_it_says_so(model: VideoModel, sha256: str) -> None:
    with pytest.raises(ManjuError) as caught:
        await make(model, sha256)
    assert caught.value.message and caught.value.hint


async def test_odd_sizes_are_refused() -> None:
    with pytest.raises(ModelError, match="161x284"):
        await make(Animatic(), width=161)


async def test_a_picture_that_is_none_is_named_as_the_reason() -> None:
    with pytest.raises(MediaError, match="cannot be read as a picture"):
        await make(Animatic(), "1" * 64)


async def test_the_same_request_gives_the_same_bytes(model: VideoModel) -> None:
    if not model.name.startswith("offline:"):
        pytest.skip("only the offline models promise it")
    assert (await make(model)).artefacts[0].data == (await make(model)).artefacts[0].data


async def test_static_stands_still() -> None:
    frames = shown((await make(Animatic(), movement="static")).artefacts[0].data)
    assert np.abs(frames[0].astype(int) - frames[-1].astype(int)).mean() < 1.0


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("镜头缓慢推近", "push_in"),
        ("camera slowly pulls out", "pull_out"),
        ("向左摇", "pan_left"),
        ("pan to the right", "pan_right"),
        ("镜头上摇", "tilt_up"),
        ("tilts down", "tilt_down"),
        ("跟随主体", "track"),
        ("手持镜头", "handheld"),
        ("固定镜头", "static"),
    ],
)
def test_words_name_the_same_moves_as_the_storyboard(words: str, same: str) -> None:
    assert motion(words, 1) == motion(same, 1)


def test_every_move_is_its_own() -> None:
    names = ("static", "push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "track", "handheld")
    assert len({motion(name, 1).model_dump_json() for name in names}) == len(names)


def test_the_seed_decides_the_side_of_a_drift() -> None:
    assert len({motion("track", seed).x for seed in range(12)}) == 2
