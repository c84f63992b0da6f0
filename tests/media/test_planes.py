"""Stills and clips as planes: colours, sub-pixel steadiness, framing, rotation, frame-exact clips."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from manju.domain.timeline import Motion
from manju.errors import MediaError
from manju.media.planes import Black, Clip, Moving, Place, Still, allocate, placed

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


def test_a_picture_of_nearly_the_frames_shape_is_cropped_around_its_centre(tmp_path):
    wide = np.zeros((180, 440, 3), np.uint8)
    wide[:, 60:380] = 255
    source = Moving(still(tmp_path, wide), Motion(zoom=(1, 1)), 1)
    assert shown(source, 0)[0].min() > 230


@pytest.mark.parametrize(
    ("aspect", "frame", "place"),
    [
        (16 / 9, (1080, 1920), (0, 656, 1080, 608)),
        (9 / 16, (1920, 1080), (656, 0, 608, 1080)),
        (1.0, (1080, 1920), (0, 420, 1080, 1080)),
        (4 / 3, (1920, 1080), (0, 0, 1920, 1080)),
        (2 / 3, (1080, 1920), (0, 0, 1080, 1920)),
        (9 / 16, (1080, 1440), (0, 0, 1080, 1440)),
        (2.39, (1920, 1080), (0, 0, 1920, 1080)),
        (50.0, (320, 180), (0, 86, 320, 6)),
    ],
)
def test_what_is_cropped_and_what_is_shown_whole(aspect, frame, place):
    assert placed(aspect, *frame) == Place(*place)


def stripes(width, height):
    """A picture whose edges can be told: red, green, blue and white from left to right."""
    picture = np.zeros((height, width, 3), np.uint8)
    for part, colour in enumerate([(0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255)]):
        picture[:, width * part // 4 : width * (part + 1) // 4] = colour
    return picture


def test_a_picture_of_another_shape_is_shown_whole_over_its_blurred_self(tmp_path):
    size = (180, 320)
    source = Moving(still(tmp_path, stripes(640, 360), size), Motion(zoom=(1, 1.2)), 10)
    luma, _, v = shown(source, 0, size)
    place = placed(16 / 9, *size)
    top, bottom = place.y, place.y + place.height
    row = luma[(top + bottom) // 2]
    assert [int(row[x]) for x in (10, 60, 110, 170)] == pytest.approx([63, 173, 32, 235], abs=2), "all four stripes"
    assert int(v[(top + bottom) // 4, 5]) == pytest.approx(240, abs=2)
    # Above and below: no edge, half the light, and the colours of the picture's middle (green and blue).
    ground = luma[: top - 2].astype(int)
    assert np.abs(np.diff(ground, axis=1)).max() <= 6 and ground.max() < 140
    assert np.array_equal(luma[0], luma[top // 2]) or abs(int(luma[0, 90]) - int(luma[top // 2, 90])) < 12
    assert int(luma[top - 1, 170]) < 60 < int(luma[top, 170])
    # The camera moves inside the picture's bounds: the ground stands still.
    later, *_ = shown(source, 9, size)
    assert np.array_equal(later[:top], luma[:top]) and np.array_equal(later[bottom:], luma[bottom:])
    assert not np.array_equal(later[top:bottom], luma[top:bottom])


def test_a_clip_of_another_shape_is_shown_whole_over_its_blurred_self(tmp_path):
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for _ in range(6):
            for packet in stream.encode(av.VideoFrame.from_ndarray(stripes(320, 180), format="bgr24")):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    size = (180, 320)
    clip = Clip(path, *size, Fraction(12), 0)
    luma, *_ = shown(clip, 0, size)
    place = placed(16 / 9, *size)
    row = luma[place.y + place.height // 2]
    assert int(row[170]) > 220 > 100 > int(row[110]), "white and blue, up to the right edge"
    ground = luma[: place.y - 2].astype(int)
    assert np.abs(np.diff(ground, axis=1)).max() <= 6 and ground.max() < 140
    clip.close()


@pytest.mark.parametrize("factor", [0.5, 0.75, 1, 2, 4])
def test_a_still_is_as_sharp_as_its_picture(tmp_path, factor):
    """A grating near the finer of picture and frame: what is kept of its swing when it is shown between the pixels."""
    columns = int(SIZE[0] * factor)
    period = 8 * max(1.0, factor)
    wave = 128 + 100 * np.sin(2 * np.pi * np.arange(columns) / period)
    picture = np.repeat(wave[None, :, None], int(SIZE[1] * factor), 0).repeat(3, 2).astype(np.uint8)
    source = Moving(still(tmp_path, picture), Motion(zoom=(1.013, 1.013)), 1)
    row = shown(source, 0)[0][90].astype(float)
    assert (row.max() - row.min()) / (200 * 219 / 255) > 0.9


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
