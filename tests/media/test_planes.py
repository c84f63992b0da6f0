"""Stills and clips as planes: colours, sub-pixel steadiness, framing, rotation, frame-exact clips."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from manju.domain.timeline import Motion
from manju.errors import MediaError
from manju.media.planes import Black, Clip, Moving, Still, allocate

SIZE = (320, 180)


def still(tmp_path, picture, size=SIZE):
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), picture)
    return Still(path, *size)


def shown(source, index, size=SIZE):
    out = allocate(*size)
    source.frame(index, out)
    return out


@pytest.mark.parametrize(
    ("bgr", "yuv"),
    [
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 0), (16, 128, 128)),
        ((0, 0, 255), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((255, 0, 0), (32, 240, 118)),
    ],
)
def test_colours_are_bt709_limited(tmp_path, bgr, yuv):
    """Reference values: ITU-R BT.709-6, 8 bit."""
    source = Moving(still(tmp_path, np.full((180, 320, 3), bgr, np.uint8)), Motion(zoom=(1, 1)), 1)
    assert [int(plane[40, 40]) for plane in shown(source, 0)] == pytest.approx(yuv, abs=1)


def test_a_slow_zoom_does_not_jitter(tmp_path):
    """The centre of a bright disc, measured by its moments, must follow the ideal path within 0.02 px."""
    size = (640, 360)
    big = np.zeros((720, 1280, 3), np.uint8)
    cv2.circle(big, (800 * 16, 300 * 16), 60 * 16, (255, 255, 255), -1, cv2.LINE_AA, 4)
    motion, frames = Motion(zoom=(1.0, 1.1)), 90
    source = Moving(still(tmp_path, big, size), motion, frames)
    errors = []
    path = []
    for index in range(frames):
        luma = shown(source, index, size)[0].astype(np.float64) - 16
        weight = luma.sum()
        x = (luma.sum(0) * np.arange(size[0])).sum() / weight
        y = (luma.sum(1) * np.arange(size[1])).sum() / weight
        path.append((x, y))
    for axis in (0, 1):
        values = np.array([point[axis] for point in path])
        smooth = np.polyval(np.polyfit(np.arange(frames), values, 3), np.arange(frames))
        errors.append(np.sqrt(np.mean((values - smooth) ** 2)))
    assert max(errors) < 0.02


def test_a_picture_of_another_shape_is_cropped_around_its_centre(tmp_path):
    wide = np.zeros((180, 640, 3), np.uint8)
    wide[:, 160:480] = 255
    source = Moving(still(tmp_path, wide), Motion(zoom=(1, 1)), 1)
    assert shown(source, 0)[0].min() > 230


def test_transparent_drawings_lie_on_white(tmp_path):
    path = tmp_path / "drawing.png"
    cv2.imwrite(str(path), np.zeros((90, 160, 4), np.uint8))
    source = Moving(Still(path, *SIZE), Motion(zoom=(1, 1)), 1)
    assert shown(source, 0)[0].min() > 230


@pytest.mark.parametrize("content", [b"", b"not a picture"])
def test_what_is_no_picture_is_an_error_with_its_name(tmp_path, content):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"broken\.png"):
        Still(path, *SIZE)


def clip(path, frames=60, rate=Fraction(30), size=SIZE, rotation=0, audio=False):
    """A clip whose luma tells its frame number: 16 + 3 * n."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "5", "g": "12"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        context = stream.codec_context
        context.colorspace, context.color_range = 1, 1
        for n in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((size[1] * 3 // 2, size[0]), 128, np.uint8), format="yuv420p")
            np.frombuffer(memoryview(frame.planes[0]), np.uint8)[:] = 16 + 3 * n
            frame.pts, frame.time_base = n, 1 / rate
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path


def number(planes):
    return round((float(planes[0].mean()) - 16) / 3)


def test_a_clip_is_frame_exact_forwards_backwards_and_beyond_its_ends(tmp_path):
    source = Clip(clip(tmp_path / "clip.mp4"), *SIZE, Fraction(30), 0)
    order = [0, 1, 2, 3, 59, 7, 8, 30, 29, -5, 70, 15]
    assert [number(shown(source, n)) for n in order] == [0, 1, 2, 3, 59, 7, 8, 30, 29, 0, 59, 15]
    source.close()


def test_a_clip_at_another_rate_keeps_its_speed_and_trim_moves_its_start(tmp_path):
    path = clip(tmp_path / "slow.mp4", frames=30, rate=Fraction(15))
    source = Clip(path, *SIZE, Fraction(30), 1000)
    assert [number(shown(source, n)) for n in (0, 1, 2, 3, 10)] == [15, 15, 16, 16, 20]
    source.close()


def test_a_clip_is_scaled_and_cropped_to_the_frame(tmp_path):
    source = Clip(clip(tmp_path / "square.mp4", frames=3, size=(200, 200)), *SIZE, Fraction(30), 0)
    planes = shown(source, 0)
    assert [plane.shape for plane in planes] == [(180, 320), (90, 160), (90, 160)]
    source.close()


def test_a_broken_clip_is_an_error_with_its_name(tmp_path):
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"nothing")
    with pytest.raises(MediaError, match=r"broken\.mp4"):
        Clip(path, *SIZE, Fraction(30), 0)


def test_black_is_black():
    assert [int(plane.max()) for plane in shown(Black(), 0)] == [16, 128, 128]
