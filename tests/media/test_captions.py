"""Burnt-in text: the same pixels as libass's own burn, nothing missing, nothing drawn twice."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from manju.domain.cues import Cue, Word
from manju.domain.timeline import Label, MissingPicture, Overlay, SubtitleStyle, Timeline, TimelineShot
from manju.errors import MediaError
from manju.media import atomic
from manju.media.captions import Bitmap, Caption, captions, load, rasterise
from manju.media.fonts import Face, face
from manju.media.process import ffmpeg
from manju.media.subtitles import ass

EVIL = "{\\b1}\\N%{pts}"

NO_LABEL = Label.model_construct(text="", visible_ms=3000, height=52, producer="")
"""No film may be without its label; these tests look at the other texts."""


def cue(start: int, *words: str, end: int = 0, rows: int = 1) -> Cue:
    """Words of 200 ms each, after half a second of silence."""
    starts = [start + 500 + 200 * n for n in range(len(words))]
    timed = tuple(Word(text=word, start_ms=at, end_ms=at + 200) for word, at in zip(words, starts, strict=True))
    text = "".join(words)
    cut = len(text) // rows
    shown = "\n".join([text[:cut], text[cut:]]) if rows > 1 else text
    return Cue(text=shown, start_ms=start, end_ms=end or timed[-1].end_ms, words=timed)


def film(size: tuple[int, int], *cues: Cue, overlays: tuple[Overlay, ...] = (), **fields: object) -> Timeline:
    shot = TimelineShot(uid="a", frames=120, picture=MissingPicture(), overlays=overlays)
    return Timeline.model_validate({"width": size[0], "height": size[1], "shots": [shot], "cues": cues, **fields})


def font_of(timeline: Timeline, cache: Path) -> Face:
    texts = [one.text for one in timeline.cues] + [one.text for shot in timeline.shots for one in shot.overlays]
    return face("".join(texts) + timeline.label.text, cache=cache / "fonts")


def drawn(timeline: Timeline, cache: Path) -> tuple[tuple[Caption, ...], dict[str, Bitmap | None]]:
    font = font_of(timeline, cache)
    made = captions(timeline, font)
    rasterise(made, font.path.parent, timeline.width, timeline.height, cache / "captions")
    return made, {one.key: load(cache / "captions", one.key) for one in made}


def picture(width: int, height: int) -> np.ndarray:
    """A limited-range 4:2:0 frame with some structure, as one flat array of bytes."""
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    luma = 16 + (across * 3 + down * 2 + across * down // 50) % 220
    chroma = (30 + (across[::2, ::2] + down[::2, ::2]) % 190, 220 - (across[::2, ::2] * 2 + down[::2, ::2]) % 190)
    return np.concatenate([plane.astype(np.uint8).ravel() for plane in (luma, *chroma)])


def planes(flat: np.ndarray, width: int, height: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    whole, quarter = width * height, width * height // 4
    return (
        flat[:whole].reshape(height, width),
        flat[whole : whole + quarter].reshape(height // 2, width // 2),
        flat[whole + quarter :].reshape(height // 2, width // 2),
    )


def only(timeline: Timeline, cache: Path) -> Bitmap:
    """The bitmap of a timeline that has one text."""
    _, bitmaps = drawn(timeline, cache)
    (bitmap,) = bitmaps.values()
    assert bitmap is not None
    return bitmap


@pytest.mark.parametrize("size", [(360, 640), (640, 360)])
def test_equals_the_burn_of_libass_in_every_frame(size: tuple[int, int], tmp_path: Path) -> None:
    cues = (
        cue(100, "警长", "带着他", "，AVATAR", " To—", "小助手", "（fi）", rows=2),
        cue(2000, EVIL, "don’t", " “go”", "——", "走", "！", end=3600),
    )
    overlays = (
        Overlay(text="赛博校园", start_ms=300, end_ms=2000),
        Overlay(text="Middle 中间", start_ms=1000, end_ms=3000, position="middle"),
        Overlay(text="李明 · 程序员", start_ms=2500, position="bottom"),
    )
    timeline = film(size, *cues, overlays=overlays, label=NO_LABEL)
    made, bitmaps = drawn(timeline, tmp_path)
    assert len([one for one in made if one.start < one.end]) == len(made) >= 14
    font = font_of(timeline, tmp_path)
    script = tmp_path / "film.ass"
    script.write_text(ass(timeline, font.family), encoding="utf-8")
    background = picture(*size)
    graph = (
        f"loop=loop=-1:size=1,setpts=N/30/TB,setparams=range=tv:colorspace=bt709,"
        f"ass={script}:fontsdir={font.path.parent}"
    )
    source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{size[0]}x{size[1]}", "-r", "30", "-i", "-"]
    sink = ["-frames:v", "120", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"]
    burnt = np.frombuffer(ffmpeg([*source, "-vf", graph, *sink], stdin=background.tobytes()), np.uint8)
    for index, expected in enumerate(burnt.reshape(120, -1)):
        frame = background.copy()
        for one in made:
            bitmap = bitmaps[one.key]
            if one.start <= index < one.end and bitmap is not None:
                bitmap.blend(planes(frame, *size))
        difference = np.abs(frame.astype(int) - expected)
        luma, *chroma = planes(difference, *size)
        assert luma.max() <= 3, f"frame {index}"
        assert max(part.max() for part in chroma) <= 10, f"frame {index}"
    changed = burnt.reshape(120, -1) != background
    assert changed[100].any() and not changed[0].any()


def test_a_new_word_draws_only_the_subtitle_anew(tmp_path: Path) -> None:
    overlays = (Overlay(text="题目"),)
    timeline = film((360, 640), cue(0, "一", "二", "三", end=4000), overlays=overlays)
    made = captions(timeline, font_of(timeline, tmp_path))
    spans = sorted((one.start, one.end) for one in made)
    assert spans == [(0, 15), (0, 90), (0, 120), (15, 21), (21, 27), (27, 120)]
    assert len({one.key for one in made}) == 6
    # The label goes after 3 s, the overlay and the last state of the subtitle stay.
    assert [(one.start, one.end) for one in made if one.start <= 119 < one.end] == [(27, 120), (0, 120)]


def test_keys_name_what_shapes_a_bitmap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = film((360, 640), cue(0, "一", "二"))
    font = font_of(timeline, tmp_path)
    keys = [one.key for one in captions(timeline, font)]
    assert keys == [one.key for one in captions(timeline, font)]
    later = timeline.model_copy(update={"cues": (cue(200, "一", "二"),)})
    assert [one.key for one in captions(later, font)] == keys
    for change in (
        {"subtitles": SubtitleStyle(colour="#FF0000")},
        {"subtitles": SubtitleStyle(size=60)},
        {"subtitles": SubtitleStyle(margin=200)},
        {"width": 362},
        {"cues": (cue(0, "一", "三"),)},
    ):
        other = [one.key for one in captions(timeline.model_copy(update=change), font)]
        assert set(other[:3]).isdisjoint(keys[:3])
    bolder = face("一二AI生成", cache=tmp_path, weight=900)
    assert set(keys).isdisjoint(one.key for one in captions(timeline, bolder))
    monkeypatch.setattr(cv2, "__version__", "0.1")
    assert set(keys).isdisjoint(one.key for one in captions(timeline, font))


def test_subtitles_are_burnt_only_if_wanted(tmp_path: Path) -> None:
    timeline = film((360, 640), cue(0, "一"), subtitles=SubtitleStyle(burn=False), label=NO_LABEL)
    assert captions(timeline, font_of(timeline, tmp_path)) == ()


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (720, 720)])
def test_the_label_is_tall_enough_readable_and_clear_of_all_else(size: tuple[int, int], tmp_path: Path) -> None:
    overlays = tuple(Overlay(text="一二三四五六七八九十" * 2, position=at) for at in ("top", "middle", "bottom"))
    timeline = film(
        size, cue(0, "上下左右" * 4, rows=2), overlays=overlays, label=Label(text="AI生成", visible_ms=2500)
    )
    made, bitmaps = drawn(timeline, tmp_path)
    label = made[-1]
    assert (label.start, label.end) == (0, 75)
    bitmap = bitmaps[label.key]
    assert bitmap is not None
    rows = np.flatnonzero((bitmap.colours[0] > 200).any(axis=1))
    assert rows[-1] - rows[0] + 1 >= 0.05 * min(size)
    assert bitmap.x >= 0.03 * size[0] and bitmap.y >= 0.03 * size[1]
    inside = bitmap.clear[4:-4, 4:-4]
    assert inside.max() <= 160  # the box darkens any picture behind it
    right, bottom = bitmap.x + bitmap.clear.shape[1], bitmap.y + bitmap.clear.shape[0]
    assert right < size[0] and bottom < size[1]
    for one in made[:-1]:
        other = bitmaps[one.key]
        assert other is not None
        height, width = other.clear.shape
        assert other.x >= right or other.y >= bottom or other.x + width <= bitmap.x or other.y + height <= bitmap.y


def test_every_glyph_is_drawn(tmp_path: Path) -> None:
    sample = [bytes([row, 0xA1 + (row * 7) % 89]).decode("gb2312") for row in range(0xB0, 0xF8)] + list("℃αЖぁ。《Ａ")
    overlays = tuple(Overlay(text=char, start_ms=n * 40, end_ms=n * 40 + 40) for n, char in enumerate(sample))
    timeline = film((64, 64), overlays=overlays, label=NO_LABEL)
    font = font_of(timeline, tmp_path)
    assert font.missing == frozenset()
    _, bitmaps = drawn(timeline, tmp_path)
    shapes = {one.clear.tobytes() for one in bitmaps.values() if one is not None}
    assert len(shapes) == len(sample)
    # What it would look like if the font had no glyph and nobody had noticed:
    blind = Face(font.path, font.family, font.edition, frozenset())
    (box,) = captions(film((64, 64), overlays=(Overlay(text="\ue123"),), label=NO_LABEL), blind)
    rasterise([box], font.path.parent, 64, 64, tmp_path / "captions")
    tofu = load(tmp_path / "captions", box.key)
    assert tofu is not None and tofu.clear.tobytes() not in shapes


def test_characters_without_a_glyph_are_left_out(tmp_path: Path) -> None:
    with_emoji = film((360, 640), cue(0, "好😀", "吗"), label=NO_LABEL)
    font = font_of(with_emoji, tmp_path)
    assert font.missing == {"😀"}
    without = film((360, 640), cue(0, "好", "吗"), label=NO_LABEL)
    assert captions(with_emoji, font)[0].texts[0].body == captions(without, font)[0].texts[0].body
    alone = film((360, 640), Cue(text="😀", start_ms=0, end_ms=900), label=NO_LABEL)
    made, bitmaps = drawn(alone, tmp_path)
    assert len(made) == 1 and set(bitmaps.values()) == {None}


def test_text_that_looks_like_markup_is_drawn_as_text(tmp_path: Path) -> None:
    def size(text: str) -> tuple[int, ...]:
        return only(film((640, 360), Cue(text=text, start_ms=0, end_ms=900), label=NO_LABEL), tmp_path).clear.shape

    letters = size("ab")
    assert size("a\\Nb")[0] <= letters[0] * 1.6  # one row, with a backslash
    for evil in ("a\\Nb", "a{\\b1}b", "a\\hb", "{ab}", "a%{pts}b", "a\\{b"):
        assert size(evil)[1] > letters[1] + 8, evil


def test_two_cues_at_once_are_stacked(tmp_path: Path) -> None:
    first, second = (Cue(text=text, start_ms=0, end_ms=900) for text in ("上面", "下面"))
    one = only(film((360, 640), first, label=NO_LABEL), tmp_path)
    both = only(film((360, 640), first, second, label=NO_LABEL), tmp_path)
    assert both.clear.shape[0] > 1.8 * one.clear.shape[0]


def test_blending_leaves_the_rest_alone_and_takes_padded_rows(tmp_path: Path) -> None:
    bitmap = only(film((360, 640), cue(0, "字"), label=NO_LABEL, subtitles=SubtitleStyle(spoken="#FFFFFF")), tmp_path)
    wide = np.full((640, 400), 77, np.uint8), *(np.full((320, 200), 128, np.uint8) for _ in "uv")
    bitmap.blend((wide[0][:, :360], wide[1][:, :180], wide[2][:, :180]))
    height, width = bitmap.clear.shape
    luma = wide[0].copy()
    area = luma[bitmap.y : bitmap.y + height, bitmap.x : bitmap.x + width]
    assert area.max() == 235 and area.min() < 40
    area[:] = 77
    assert (luma == 77).all()
    assert bitmap.x % 2 == bitmap.y % 2 == height % 2 == width % 2 == 0


def test_only_what_is_missing_is_drawn_also_in_folders_with_odd_names(tmp_path: Path) -> None:
    home = tmp_path / "it's [a] 100%, b;c"
    timeline = film((360, 640), cue(0, "一", "二"))
    made, _ = drawn(timeline, home)
    files = {path: path.stat().st_ino for path in (home / "captions").iterdir()}
    for path in files:
        os.utime(path, (1, 1))
    assert len(files) == len({one.key for one in made})
    longer = film((360, 640), cue(0, "一", "二"), overlays=(Overlay(text="一"),))
    drawn(longer, home)
    assert all(path.stat().st_ino == number for path, number in files.items())
    assert all(path.stat().st_mtime > 1 for path in files)  # they count as used now
    assert len(list((home / "captions").iterdir())) == len(files) + 1
    rasterise(made, home / "nowhere", 360, 640, home / "captions")  # nothing to draw, nothing needed


def test_what_is_unfinished_has_a_name_that_tells_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is killed while drawing leaves only what `atomic.sweep` knows."""
    timeline = film((360, 640), cue(0, "一"))
    font = font_of(timeline, tmp_path)
    names = []

    def seen(self: Path, target: Path) -> Path:
        names.extend(path.relative_to(tmp_path / "captions").parts[0] for path in (self, *self.parent.iterdir()))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", seen)
    with pytest.raises(MediaError, match="cannot write captions"):
        rasterise(captions(timeline, font), font.path.parent, 360, 640, tmp_path / "captions")
    assert names
    assert all(name.startswith(atomic.PARTIAL) for name in names)
    assert list((tmp_path / "captions").iterdir()) == []


def test_bitmaps_do_not_depend_on_what_is_drawn_beside_them(tmp_path: Path) -> None:
    timeline = film((360, 640), cue(0, "一", "二"), overlays=(Overlay(text="很大的一个题目"),))
    font = font_of(timeline, tmp_path)
    made = captions(timeline, font)
    rasterise(made, tmp_path / "fonts", 360, 640, tmp_path / "together")
    for one in made:
        rasterise([one], font.path.parent, 360, 640, tmp_path / "alone")
    for path in (tmp_path / "together").iterdir():
        assert path.read_bytes() == (tmp_path / "alone" / path.name).read_bytes()


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    timeline = film((360, 640), cue(0, "一"))
    font = font_of(timeline, tmp_path)
    made = captions(timeline, font)
    cache = tmp_path / "captions"
    with pytest.raises(MediaError, match="is not in"):
        rasterise(made, tmp_path / "empty", 360, 640, cache)
    with pytest.raises(MediaError, match="another frame size"):
        rasterise(made, font.path.parent, 180, 320, cache)
    with pytest.raises(MediaError, match="has not been drawn"):
        load(cache, made[0].key)
    rasterise(made, font.path.parent, 360, 640, cache)
    path = cache / f"{made[0].key}.caption"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(MediaError, match="damaged"):
        load(cache, made[0].key)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(MediaError, match="cannot write captions"):
        rasterise(made, font.path.parent, 360, 640, blocked)
