"""The contact sheet: pages of nine, cells in the pictures' ratio, numbers and captions, bad pictures named."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from manju.errors import InputError, MediaError
from manju.media.sheet import contact_sheet

COLOURS = ("#e02020", "#20a040", "#2040e0", "#e0c020", "#a020c0", "#20c0c0", "#e07020", "#804020", "#101010", "#f080c0")


def pictures(folder: Path, count: int, size: tuple[int, int] = (270, 480), suffix: str = "png") -> list[Path]:
    paths = []
    for i in range(count):
        path = folder / f"shot{i}.{suffix}"
        Image.new("RGB", size, COLOURS[i % len(COLOURS)]).save(path)
        paths.append(path)
    return paths


def sheet(paths: Sequence[Path], folder: Path, captions: Sequence[str] | None = None, **options: object) -> list[bytes]:
    return contact_sheet(
        paths,
        [f"镜头 {i}" for i in range(len(paths))] if captions is None else captions,
        **{"title": "赛博校园侦探", "cache": folder.parent / "fonts", "width": 640, **options},  # type: ignore[arg-type]
    )


def page(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "PNG"
    return image.convert("RGB")


def patch(image: Image.Image, colour: str) -> tuple[int, int, int, int]:
    """Smallest rectangle (left, top, width, height) round everything of about this colour."""
    want = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    near = np.abs(np.asarray(image, int) - want).max(axis=2) < 3
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    return columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (9, 1), (10, 2), (19, 3)])
def test_nine_shots_a_page(tmp_path: Path, count: int, pages: int) -> None:
    made = sheet(pictures(tmp_path, count), tmp_path)
    assert len(made) == pages
    assert len({page(data).size for data in made}) == 1


@pytest.mark.parametrize("size", [(270, 480), (480, 270), (300, 300), (478, 200)])
def test_pictures_keep_their_ratio_and_lie_in_a_grid_of_three(tmp_path: Path, size: tuple[int, int]) -> None:
    image = page(sheet(pictures(tmp_path, 9, size), tmp_path)[0])
    found = [patch(image, colour) for colour in COLOURS[:9]]
    for x, y, w, h in found:
        assert w / h == pytest.approx(size[0] / size[1], rel=0.03)
        assert x >= 0 and y > 0
    columns = sorted({x for x, *_ in found})
    rows = sorted({y for _, y, *_ in found})
    assert len(columns) == len(rows) == 3
    assert [(columns[i % 3], rows[i // 3]) for i in range(9)] == [(x, y) for x, y, *_ in found]


def test_empty_cells_have_a_quiet_frame(tmp_path: Path) -> None:
    one, nine = (page(sheet(pictures(tmp_path, n), tmp_path)[0]) for n in (1, 9))
    assert one.size == nine.size
    x, y, w, h = patch(nine, COLOURS[8])
    cell = one.crop((x, y, x + w, y + h))
    colours = cell.getcolors()
    assert colours is not None and len(colours) <= 2


def test_a_picture_of_another_ratio_is_shown_whole(tmp_path: Path) -> None:
    paths = pictures(tmp_path, 2)
    Image.new("RGB", (600, 200), "#00ff80").save(paths[1])
    _, _, w, h = patch(page(sheet(paths, tmp_path)[0]), "#00ff80")
    assert w / h == pytest.approx(3.0, rel=0.06)


def test_captions_and_titles_are_written(tmp_path: Path) -> None:
    paths = pictures(tmp_path, 1)
    plain, told, titled = (
        page(sheet(paths, tmp_path, [caption], title=title)[0])
        for caption, title in (("", "甲"), ("她推开了那扇门", "甲"), ("", "甲乙丙丁"))
    )
    x, y, w, h = patch(plain, COLOURS[0])
    assert np.array_equal(np.asarray(plain)[y : y + h], np.asarray(told)[y : y + h])
    below = slice(y + h + 2, y + h + 60)
    assert (np.asarray(plain)[below, x : x + w] != np.asarray(told)[below, x : x + w]).any()
    assert (np.asarray(plain)[:y] != np.asarray(titled)[:y]).any()


def test_a_number_in_the_caption_is_the_shots_number(tmp_path: Path) -> None:
    paths = pictures(tmp_path, 1)
    counted, same, other = (sheet(paths, tmp_path, [c])[0] for c in ("走廊", "1  走廊", "7  走廊"))
    assert counted == same != other


@pytest.mark.parametrize(
    "caption",
    ["<b>&\\N{\\an8}", "😀 emoji 猫\x00\x1b", "长" * 3000, "word " * 800, "\n\t", "混合 mixed 文字 text " * 30],
)
def test_any_caption_can_be_set(tmp_path: Path, caption: str) -> None:
    image = page(sheet(pictures(tmp_path, 4), tmp_path, [caption] * 4, title=caption)[0])
    x, y, w, h = patch(image, COLOURS[1])
    assert np.asarray(image)[y : y + h, x + w + 1 : x + w + 6].std(axis=(0, 1)).max() < 1.0  # nothing in the gap


@pytest.mark.parametrize("suffix", ["jpg", "webp", "png"])
def test_usual_picture_files_are_read(tmp_path: Path, suffix: str) -> None:
    assert sheet(pictures(tmp_path, 2, suffix=suffix), tmp_path)


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    path = tmp_path / "hole.png"
    Image.new("RGBA", (270, 480), (255, 0, 0, 0)).save(path)
    _, _, w, h = patch(page(sheet([path], tmp_path)[0]).crop((0, 60, 640, 400)), "#ffffff")
    assert w > 100 and h > 200


@pytest.mark.parametrize("bytes_", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
@pytest.mark.parametrize("place", [0, 1])
def test_an_unreadable_picture_is_named(tmp_path: Path, bytes_: bytes, place: int) -> None:
    paths = pictures(tmp_path, 2)
    paths[place].write_bytes(bytes_)
    with pytest.raises(MediaError, match=paths[place].name) as caught:
        sheet(paths, tmp_path)
    assert caught.value.hint


def test_a_cut_off_picture_is_named(tmp_path: Path) -> None:
    path = tmp_path / "half.png"
    rng = np.random.default_rng(1)
    Image.fromarray(rng.integers(0, 255, (200, 200, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:60_000])
    with pytest.raises(MediaError, match=r"half\.png"):
        sheet([path], tmp_path)


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"gone\.png"):
        sheet([tmp_path / "gone.png"], tmp_path)


def test_what_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        sheet([], tmp_path)
    with pytest.raises(InputError):
        sheet(pictures(tmp_path, 2), tmp_path, ["one"])
    with pytest.raises(InputError):
        sheet(pictures(tmp_path, 1), tmp_path, width=100)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = pictures(tmp_path, 5)
    assert sheet(paths, tmp_path) == sheet(paths, tmp_path)
