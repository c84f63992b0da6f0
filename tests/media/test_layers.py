"""Stills in layers: each moves by its depth to a fraction of a pixel, they meet as drawn, and edges stay clean."""

import cv2
import numpy as np
import pytest

from manju.domain.timeline import Motion
from manju.errors import MediaError
from manju.media import cutout
from manju.media.cutout import place
from manju.media.layers import Layered
from manju.media.planes import Still, allocate

SIZE = (640, 360)
WHOLE = (1280, 720)
DISC = (800, 300)
"""Middle of the disc in the picture."""


def disc(colour=(255, 255, 255), middle=DISC, radius=60, size=WHOLE):
    """A disc with soft edges on nothing, as straight BGRA."""
    alpha = np.zeros(size[::-1], np.uint8)
    x, y = (round((each - 0.5) * 16) for each in middle)  # OpenCV counts from the middle of the first pixel
    cv2.circle(alpha, (x, y), radius * 16, 255, -1, cv2.LINE_AA, 4)
    return np.dstack([np.full((*size[::-1], 3), colour, np.uint8), alpha])


def ground(colour=(0, 0, 0), size=WHOLE):
    return np.full((*size[::-1], 3), colour, np.uint8)


def flat(*layers):
    """Layers laid one over the other."""
    out = layers[0].astype(np.float64)
    for each in layers[1:]:
        alpha = each[:, :, 3:] / 255
        out = out * (1 - alpha) + each[:, :, :3] * alpha
    return np.rint(out).astype(np.uint8)


def layered(folder, layers, nearness=(0.5, 1.0, 1.5), size=SIZE, at=None):
    """Layers as files: the whole beside them; the second cut out at the corner ``at``, if one is given."""
    whole = folder / "whole.png"
    cv2.imwrite(str(whole), flat(*layers))
    paths = []
    for number, each in enumerate(layers):
        paths.append(folder / f"{number}.png")
        if at is not None and number == 1:
            png = cv2.imencode(".png", each[at[1] :, at[0] :])[1].tobytes()
            paths[-1].write_bytes(cutout.put(png, *at))
        else:
            cv2.imwrite(str(paths[-1]), each)
    return Layered(whole, list(zip(paths, nearness, strict=False)), *size)


def shown(source, motion, frames, index, size=SIZE, fill=0):
    out = allocate(*size)
    for plane in out:
        plane[:] = fill
    source.frame(motion, frames, index, out)
    return out


def centre(luma, under=16.0):
    weight = np.abs(luma.astype(np.float64) - under)
    weight[weight < 3] = 0
    total = weight.sum()
    columns, rows = np.arange(luma.shape[1]), np.arange(luma.shape[0])
    return (weight.sum(0) * columns).sum() / total, (weight.sum(1) * rows).sum() / total


def expected(motion, frames, index, nearness):
    """Where the disc's middle lies in the frame, by the definition of a camera move."""
    t = index / (frames - 1)
    zoom = (motion.zoom[0] * (motion.zoom[1] / motion.zoom[0]) ** t) ** nearness
    out = []
    for size, whole, at, ends in zip(SIZE, WHOLE, DISC, (motion.x, motion.y), strict=True):
        corner = (1 + ends[0] + (ends[1] - ends[0]) * t) / 2 * (1 - 1 / zoom)
        out.append((at / whole - corner) * zoom * size - 0.5)
    return out


@pytest.mark.parametrize("nearness", [0.0, 0.6, 1.0, 1.4, 2.0])
@pytest.mark.parametrize(
    "motion", [Motion(zoom=(1.12, 1.12), x=(-0.9, 0.9), y=(0.2, -0.9)), Motion(zoom=(1.0, 1.12), x=(0.0, 0.35))]
)
def test_a_layer_makes_its_share_of_the_move_without_jitter(tmp_path, motion, nearness):
    source = layered(tmp_path, (ground(), disc()), (1.0, nearness))
    path, ideal = [], []
    for index in range(0, 90, 3):
        path.append(centre(shown(source, motion, 90, index)[0]))
        ideal.append(expected(motion, 90, index, nearness))
    off = np.array(path) - np.array(ideal)
    assert np.abs(off).max() < 0.06  # opacity is rounded to 8 bits
    assert off.std(axis=0).max() < 0.02


def test_the_far_layer_moves_behind_the_near_one(tmp_path):
    """A dark disc on the ground, and a bright one of the same place before it: they part as the camera goes."""
    far = flat(ground((120, 120, 120)), disc((0, 0, 0), (500, 300)))
    source = layered(tmp_path, (far, disc()), (0.5, 1.5))
    motion = Motion(zoom=(1.12, 1.12), x=(-0.9, 0.9))
    ways = []
    for first in (0, 89):
        luma = shown(source, motion, 90, first)[0].astype(np.float64)
        dark, bright = np.clip(90 - luma, 0, None), np.clip(luma - 150, 0, None)
        columns = np.arange(SIZE[0])
        ways.append([(each.sum(0) * columns).sum() / each.sum() for each in (dark, bright)])
    far_way, near_way = np.subtract(*ways)
    travel = [0.9 * (1 - 1.12**-n) * 1.12**n * SIZE[0] for n in (0.5, 1.5)]
    assert (far_way, near_way) == pytest.approx(travel, abs=0.1)


@pytest.mark.parametrize("at", [None, (731, 233)])
def test_as_a_whole_they_are_the_picture(tmp_path, at):
    """At zoom 1, whatever their depths: chroma and luma, soft edges and all."""
    rng = np.random.default_rng(5)
    far = cv2.GaussianBlur(rng.integers(0, 256, (720, 1280, 3), np.uint8), (0, 0), 6) // 2 + 60
    layers = (far, disc((30, 60, 220)), disc((220, 200, 20), (400, 500), 90))
    source = layered(tmp_path, layers, at=at)
    plain = Still(tmp_path / "whole.png", *SIZE)
    for one, other in zip(
        shown(source, Motion(zoom=(1, 1)), 9, 4), shown(plain, Motion(zoom=(1, 1)), 9, 4), strict=True
    ):
        apart = np.abs(one.astype(int) - other)
        assert apart.max() <= 12 and apart.mean() < 0.2


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (0, 0, 255), (200, 80, 30)])
def test_there_are_no_fringes(tmp_path, colour):
    """What has the colour of its ground is not seen, at its soft edges neither, wherever the camera is."""
    source = layered(tmp_path, (ground(colour), disc(colour)), (0.8, 1.2))
    for index in range(0, 90, 7):
        for plane in shown(source, Motion(zoom=(1.0, 1.12), x=(0, 0.5)), 90, index):
            assert np.ptp(plane.astype(int)) <= 3  # four roundings to 8 bits


def test_nothing_of_what_was_there_before_is_left(tmp_path):
    """Where one layer hides another, that is not drawn: it must not show what memory held."""
    layers = (ground((90, 120, 30)), disc((0, 0, 200), (640, 360), 300), disc((200, 0, 0), (200, 100), 150))
    source = layered(tmp_path, layers)
    for index in (0, 44, 89):
        motion = Motion(zoom=(1.05, 1.12), x=(-0.8, 0.8))
        for one, other in zip(
            shown(source, motion, 90, index), shown(source, motion, 90, index, fill=173), strict=True
        ):
            assert np.array_equal(one, other)


@pytest.mark.parametrize("size", [(640, 360), (202, 360), (360, 360), (360, 640)])
def test_edges_have_no_holes(tmp_path, size):
    """A near layer that fills the picture fills the frame as well, at every place of the window."""
    near = np.dstack([ground((255, 255, 255)), np.full((720, 1280), 255, np.uint8)])
    source = layered(tmp_path, (ground(), near), (0.7, 1.5), size=size)
    motion = Motion(zoom=(1.0, 1.5), x=(-1, 1), y=(1, -1))
    for index in (0, 30, 60, 89):
        luma = shown(source, motion, 90, index, size)[0]
        inside = luma[luma.shape[0] // 2]
        assert inside.min() >= 234 or size == (360, 640)
        assert luma[:, luma.shape[1] // 2].max() >= 234


def test_a_layer_of_another_size_shows_the_whole(tmp_path):
    """A person may draw one anew at any size."""
    source = layered(tmp_path, (ground(), disc()), (1.0, 1.0))
    cv2.imwrite(str(tmp_path / "1.png"), disc(middle=(1600, 600), radius=120, size=(2560, 1440)))
    cv2.imwrite(str(tmp_path / "0.png"), ground(size=(320, 180)))
    other = Layered(tmp_path / "whole.png", [(tmp_path / "0.png", 1.0), (tmp_path / "1.png", 1.0)], *SIZE)
    motion = Motion(zoom=(1.0, 1.1))
    assert centre(shown(other, motion, 9, 8)[0]) == pytest.approx(centre(shown(source, motion, 9, 8)[0]), abs=0.05)


def test_a_layer_that_is_no_picture_is_named(tmp_path):
    layered(tmp_path, (ground(), disc()), (1.0, 1.0))
    (tmp_path / "1.png").write_bytes(b"text")
    with pytest.raises(MediaError, match=r"1\.png cannot be read as a picture"):
        Layered(tmp_path / "whole.png", [(tmp_path / "0.png", 1.0), (tmp_path / "1.png", 1.0)], *SIZE)


def test_an_empty_layer_changes_nothing(tmp_path):
    clear = disc()
    clear[:, :, 3] = 0
    source = layered(tmp_path, (flat(ground((10, 90, 200)), disc()), clear), (1.0, 1.0))
    plain = Still(tmp_path / "0.png", *SIZE)
    motion = Motion(zoom=(1.0, 1.1))
    for one, other in zip(shown(source, motion, 9, 5), shown(plain, motion, 9, 5), strict=True):
        assert np.array_equal(one, other)


def test_a_cut_out_says_where_it_lies(tmp_path):
    png = cv2.imencode(".png", disc())[1].tobytes()
    path = tmp_path / "a.png"
    path.write_bytes(png)
    assert place(path) is None
    path.write_bytes(cutout.put(png, 17, -4))
    assert place(path) == (17, -4)
    assert np.array_equal(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), disc())
    cv2.imwrite(str(tmp_path / "a.jpg"), ground())
    assert place(tmp_path / "a.jpg") is None
