"""A face has every glyph asked for, at the weight asked for, and the same bytes every time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from manju.errors import MediaError
from manju.media import atomic, fonts
from manju.media.fonts import BASE, INVISIBLE, face

TEXT = "漫剧：赛博校园侦探，第1集！Hello, Ünïcode"


def drawn(font: Path, char: str) -> bytes:
    image = Image.new("L", (120, 160))
    ImageDraw.Draw(image).text((10, 10), char, font=ImageFont.truetype(str(font), 96), fill=255)
    return image.tobytes()


def ink(font: Path, char: str) -> int:
    return sum(drawn(font, char))


def test_every_character_has_its_own_outline(tmp_path: Path) -> None:
    made = face(TEXT, cache=tmp_path)
    assert made.missing == frozenset()
    with TTFont(made.path) as font:
        cmap = font.getBestCmap()
        assert set(TEXT) | set(BASE) | set(INVISIBLE) == {chr(code) for code in cmap}
    tofu = drawn(made.path, "\ue123")
    shapes = {char: drawn(made.path, char) for char in set(TEXT) - {" "}}
    assert tofu not in shapes.values()
    assert len(set(shapes.values())) == len(shapes)


def test_all_of_gb2312_is_covered() -> None:
    rows = [*range(0xA1, 0xAA), *range(0xB0, 0xF8)]
    chars = set()
    for row in rows:
        for cell in range(0xA1, 0xFF):
            try:
                chars.add(bytes([row, cell]).decode("gb2312"))
            except UnicodeDecodeError:
                continue  # a hole in the standard
    with TTFont(fonts.sources()[0], lazy=True) as font:
        cmap = font.getBestCmap()
    assert len(chars) > 7000
    assert {char for char in chars if ord(char) not in cmap} == set()


def test_other_scripts_come_from_the_other_fonts_in_one_file(tmp_path: Path) -> None:
    text = "한국어 ひらがな カタカナ 繁體臺灣 働く"
    made = face(text, cache=tmp_path)
    assert made.missing == frozenset()
    tofu = drawn(made.path, "\ue123")
    assert all(drawn(made.path, char) != tofu for char in text)


def test_what_no_font_has_is_reported(tmp_path: Path) -> None:
    made = face("好😀\u200d\x07\n\t", cache=tmp_path)
    assert made.missing == {"😀", "\x07"}
    assert face("好😀\u200d\x07\n\t", cache=tmp_path).missing == made.missing


def test_invisible_marks_draw_nothing(tmp_path: Path) -> None:
    made = face("甲", cache=tmp_path)
    for mark in INVISIBLE:
        assert ink(made.path, mark) == 0
    with TTFont(made.path) as font:
        assert font["hmtx"][font.getBestCmap()[0x2060]][0] == 0


def test_weight_is_applied(tmp_path: Path) -> None:
    thin, bold, black = (face("永", cache=tmp_path, weight=weight) for weight in (100, 700, 900))
    assert ink(thin.path, "永") * 2 < ink(bold.path, "永") < ink(black.path, "永")
    assert len({thin.family, bold.family, black.family}) == 3
    with pytest.raises(ValueError, match="weight"):
        face("永", cache=tmp_path, weight=50)


def test_name_and_bytes_depend_only_on_what_is_asked(tmp_path: Path) -> None:
    one, two = face("甲乙乙1", cache=tmp_path / "a"), face("乙甲", cache=tmp_path / "b")
    assert one.family == two.family
    assert one.path.read_bytes() == two.path.read_bytes()
    assert [path.name for path in one.path.parent.iterdir()] == [one.path.name]
    assert list((tmp_path / "a").iterdir()) == [one.path.parent]
    with TTFont(one.path) as font:
        assert font["name"].getDebugName(1) == font["name"].getDebugName(4) == one.family
        assert font["name"].getDebugName(16) is None
        assert "fvar" not in font


def test_a_finished_face_is_not_built_again(tmp_path: Path) -> None:
    made = face("丙", cache=tmp_path)
    os.utime(made.path, (1, 1))
    before = made.path.stat()
    assert face("丙丙", cache=tmp_path) == made
    assert made.path.stat().st_ino == before.st_ino
    assert made.path.stat().st_mtime > before.st_mtime  # it counts as used now


def test_a_face_is_unfinished_until_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is killed while writing leaves a file that `atomic.sweep` knows, and none in the face's folder."""
    names = []

    def killed(self: Path, data: bytes) -> int:
        names.append(self.relative_to(tmp_path).as_posix())
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", killed)
    with pytest.raises(KeyboardInterrupt):
        face("戊", cache=tmp_path)
    (name,) = names
    assert name.startswith(atomic.PARTIAL)


def test_a_cache_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(MediaError, match="cannot write the font"):
        face("丁", cache=blocked)


def test_a_missing_package_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts.sources.cache_clear()
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    with pytest.raises(MediaError, match="not installed") as caught:
        fonts.sources()
    assert "pip install" in caught.value.hint
    fonts.sources.cache_clear()
