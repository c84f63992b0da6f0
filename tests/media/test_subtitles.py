"""Subtitle files are well formed whatever the text, and the ASS says what the layout says."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from manju.domain.cues import Cue, Word
from manju.domain.timeline import Label, MissingPicture, Overlay, SubtitleStyle, Timeline, TimelineShot
from manju.errors import InputError
from manju.media.fonts import face
from manju.media.lettering import LINE_HEIGHT, layout, typeset
from manju.media.process import ffmpeg
from manju.media.subtitles import ass, srt, vtt


def cue(start: int, *words: tuple[str, int], text: str = "", end: int = 0) -> Cue:
    """Words given as (text, length in ms), one after the other."""
    timed, at = [], start
    for word, length in words:
        timed.append(Word(text=word, start_ms=at, end_ms=at + length))
        at += length
    return Cue(text=text or "".join(word for word, _ in words), start_ms=start, end_ms=end or at, words=tuple(timed))


def film(
    *cues: Cue, overlays: tuple[Overlay, ...] = (), size: tuple[int, int] = (1080, 1920), **fields: object
) -> Timeline:
    shots = [TimelineShot(uid=uid, frames=60, picture=MissingPicture()) for uid in "ab"]
    shots[1] = shots[1].model_copy(update={"overlays": overlays})
    return Timeline.model_validate(
        {"title": "题", "width": size[0], "height": size[1], "shots": shots, "cues": cues, **fields}
    )


def events(script: str) -> list[list[str]]:
    return [
        line.removeprefix("Dialogue: ").split(",", 9) for line in script.splitlines() if line.startswith("Dialogue:")
    ]


TWO = (cue(1000, ("今天", 400), ("很好，", 600), text="今天很好"), cue(3723004, ("再\n见", 996), text="再\n见"))


def test_srt() -> None:
    assert srt(TWO) == ("1\n00:00:01,000 --> 00:00:02,000\n今天很好\n\n2\n01:02:03,004 --> 01:02:04,000\n再\n见\n")
    assert srt(()) == ""


def test_srt_text_cannot_end_its_block() -> None:
    text = srt([Cue(text="一\n\n2\n00:00:01,000 --> x\r\n三", start_ms=0, end_ms=900)])
    assert text == "1\n00:00:00,000 --> 00:00:00,900\n一\n2\n00:00:01,000 --\u2060> x\n三\n"


def test_srt_shows_markup_as_text(tmp_path: Path) -> None:
    written = "<b>大纲</b> {\\an8}你 a < 5 --> b"
    text = srt([Cue(text=written, start_ms=0, end_ms=900)])
    assert text.replace("\u2060", "").splitlines()[2] == written
    (tmp_path / "a.srt").write_text(text, "utf-8")
    ffmpeg(["-i", str(tmp_path / "a.srt"), str(tmp_path / "a.ass")])  # what its players are given
    (event,) = events((tmp_path / "a.ass").read_text("utf-8"))
    assert event[9].replace("\u2060", "") == written
    assert "{\\" not in event[9]


def test_vtt_times_each_word() -> None:
    assert vtt(TWO) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n今天<00:00:01.400>很好\n\n01:02:03.004 --> 01:02:04.000\n再\n见\n"
    )


def test_vtt_times_rise_and_stay_inside_the_cue_and_text_is_escaped() -> None:
    made = cue(0, ("<b>&", 0), ("甲", 500), ("乙", 0), ("丙 --> ", 500), ("丁", 100), end=1000)
    text = vtt([made])
    assert text.splitlines()[3] == "&lt;b&gt;&amp;甲<00:00:00.500>乙丙 --&gt; 丁"


def test_ass_is_in_the_frames_own_pixels_with_its_colours() -> None:
    style = SubtitleStyle(size=50, margin=100, colour="#112233", spoken="#AABBCC", outline="#445566")
    text = ass(film(TWO[0], subtitles=style), "ManjuX")
    for line in ("PlayResX: 1080", "PlayResY: 1920", "YCbCr Matrix: TV.709", "WrapStyle: 2", "Title: 题"):
        assert line in text.splitlines()
    (fields,) = [line.split(",") for line in text.splitlines() if line.startswith("Style: Spoken")]
    assert fields[1:6] == ["ManjuX", f"{54 * LINE_HEIGHT:g}", "&H00CCBBAA", "&H00332211", "&H00665544"]
    assert events(text)[0][7] == "192"


def test_ass_words_light_up_on_their_frame() -> None:
    made = cue(1010, ("一", 240), ("二", 500), ("三", 250), end=2000)
    late = made.model_copy(update={"start_ms": 600})  # shown before it is spoken
    for one, lead in ((made, 0), (late, 40)):
        (event,) = events(ass(film(one), "F"))
        counts = list(map(int, re.findall(r"\\k(\d+)", event[9])))
        if lead:
            assert abs(counts.pop(0) - lead) <= 1
        start = sum(float(part) * unit for part, unit in zip(event[1].split(":"), (3600, 60, 1), strict=True))
        at = start * 100 + (lead and sum(map(int, re.findall(r"^\{\\k(\d+)\}\{", event[9]))))
        shown = []
        for count in counts:
            shown.append(at)
            at += count
        # The frames are 30 (1.000 s), 38 (1.267 s) and 53 (1.767 s): each lights up within the centisecond before.
        for got, frame in zip(shown, (30, 38, 53), strict=True):
            assert 0 <= Fraction(100 * frame, 30) - round(got) <= Fraction(13, 10)


def test_ass_overlays_start_with_their_shot_and_stay_inside_it() -> None:
    overlays = (Overlay(text="甲", start_ms=500, end_ms=99999), Overlay(text="乙", start_ms=99999, position="middle"))
    (event,) = events(ass(film(overlays=overlays), "F"))
    assert event[3] == "Top"
    assert (event[1], event[2]) == ("0:00:02.49", "0:00:03.99")


def test_ass_holds_no_label_and_cuts_cues_at_the_films_end() -> None:
    text = ass(film(cue(3500, ("好", 9000)), cue(7000, ("无", 100))), "F")
    assert [event[2] for event in events(text)] == ["0:00:03.99"]
    assert "AI生成" not in text


def test_what_a_user_wrote_is_not_markup() -> None:
    evil = "{\\b1}a\\Nb\\h}\r\nDialogue: 0,x"
    text = ass(film(Cue(text=evil, start_ms=0, end_ms=900), title="x\n[Events]\nDialogue: y"), "F")
    (event,) = events(text)
    assert event[9] == "\\{\\\u2060b1\\}a\\\u2060Nb\\\u2060h\\} \\NDialogue: 0,x"
    assert "[Events]" in text.splitlines() and text.splitlines().count("[Events]") == 1


def test_a_cue_without_word_times_keeps_the_plain_colour() -> None:
    (line,) = [line for line in layout(film(Cue(text="好", start_ms=0, end_ms=900))) if line.track == "subtitles"]
    assert line.style.spoken == line.style.colour == "#FFFFFF"
    assert "\\k" not in ass(film(Cue(text="好", start_ms=0, end_ms=900)), "F")


def test_full_width_marks_beside_latin_become_straight() -> None:
    assert "".join(typeset("don’t “ask”… “你”——他…")) == 'don\'t "ask"... “你”⸺他…'
    assert "".join(typeset("a\tb\u3000c\x00", frozenset("c"))) == "a b  "


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (1080, 1080)])
def test_no_line_leaves_the_frame_and_its_width_is_not_underrated(size: tuple[int, int], tmp_path: Path) -> None:
    texts = (
        "WWWW MMMM @@@@ " * 3,
        "一二三四五六七八九十" * 3,
        "the quick brown fox jumps over the lazy dog, 0123456789",
    )
    overlays = tuple(Overlay(text=text, position=at) for text in texts for at in ("top", "middle", "bottom"))
    made = film(*(cue(n * 1000, (text, 900)) for n, text in enumerate(texts)), overlays=overlays, size=size)
    font = face("".join(texts) + "AI生成", cache=tmp_path)
    with TTFont(font.path) as opened:
        cmap, advances = opened.getBestCmap(), opened["hmtx"]
    for line in layout(made):
        assert line.width <= size[0] * 0.921
        for row in "".join(piece.text for piece in line.pieces).split("\\N"):
            plain = row.replace("\\h", " ")
            real = sum(advances[cmap[ord(char)]][0] for char in plain) / 1000 * line.style.em * line.scale
            assert real <= line.width + 1


def test_every_latin_letter_is_within_the_width_reckoned(tmp_path: Path) -> None:
    letters = "".join(map(chr, range(0x21, 0x7F)))
    font = face(letters, cache=tmp_path)
    with TTFont(font.path) as opened:
        cmap, advances = opened.getBestCmap(), opened["hmtx"]
    for letter in letters:
        if letter in "{}\\":
            continue
        (line,) = [one for one in layout(film(cue(0, (letter, 900)))) if one.track == "subtitles"]
        assert advances[cmap[ord(letter)]][0] / 1000 * line.style.em <= line.width


def test_a_label_too_long_for_its_legal_height_is_refused() -> None:
    with pytest.raises(InputError, match="does not fit") as caught:
        layout(film(label=Label(text="本视频由人工智能生成" * 3)))
    assert "AI生成" in caught.value.hint
