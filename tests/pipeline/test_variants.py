"""Each platform's film: its size, its own subtitle layout, and every text inside its safe area."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from manju.domain.cues import Cue, Word
from manju.domain.film import FilmSpec, Source
from manju.domain.platforms import ANYWHERE, NOWHERE, PLATFORMS, UPRIGHT, Platform
from manju.domain.timeline import Label, MissingPicture, Overlay, Timeline, TimelineShot
from manju.errors import InputError
from manju.media.captions import captions, extent, rasterise
from manju.media.cueing import columns, cues
from manju.media.film import text_of
from manju.media.fonts import face
from manju.media.linebreaks import width
from manju.pipeline.variants import composed, safe_for, size_for, targets_of

DOUYIN, BILIBILI, YOUTUBE = (PLATFORMS[name] for name in ("douyin", "bilibili", "youtube"))
LINE = "雨夜里小猫推开了那扇门，它不知道门后等着它的不是朋友，而是一个会说话的铃铛，和一段没有人记得的往事。"


def spoken(text: str = LINE, start: int = 400) -> tuple[Word, ...]:
    return tuple(Word(text=char, start_ms=start + 180 * n, end_ms=start + 180 * (n + 1)) for n, char in enumerate(text))


def film(size: tuple[int, int], **fields: object) -> Timeline:
    overlays = [
        Overlay(text="人工智能正在改变我们每一个人的日常生活", position="top", end_ms=4000),
        Overlay(text="第3招：把大任务切成二十五分钟的小块", position="middle"),
        Overlay(text="李明 · 程序员", position="bottom"),
    ]
    shot = TimelineShot(uid="a", frames=400, picture=MissingPicture(), overlays=tuple(overlays))
    made = cues(spoken(), language="zh", speaker="n", columns=columns(*size, 52, "zh"))
    body = {"width": size[0], "height": size[1], "shots": (shot,), "cues": made, **fields}
    return Timeline(**body)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize("label", ["AI生成", "AI生成 AI-generated"])
@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)])
def test_every_text_is_drawn_inside_the_safe_area(name: str, label: str, size: tuple[int, int], tmp_path: Path) -> None:
    platform = PLATFORMS[name]
    page = composed(film(size, label=Label(text=label)), platform)
    assert (page.width, page.height) == platform.size
    font = face(text_of(page), cache=tmp_path)
    drawn = captions(page, font)
    rasterise(drawn, font.path.parent, page.width, page.height, tmp_path / "drawn")
    boxes = [box for each in drawn if (box := extent(tmp_path / "drawn", each.key)) is not None]
    assert len(boxes) > 20
    safe = platform.safe
    assert min(box.x for box in boxes) >= page.width * safe.left / 1000 - 2
    assert max(box.x + box.width for box in boxes) <= page.width * (1 - safe.right / 1000) + 2
    assert min(box.y for box in boxes) >= page.height * safe.top / 1000 - 2
    assert max(box.y + box.height for box in boxes) <= page.height * (1 - safe.bottom / 1000) + 2


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)])
@pytest.mark.parametrize("name", PLATFORMS)
def test_subtitles_are_laid_out_anew(name: str, size: tuple[int, int]) -> None:
    master, platform = film(size), PLATFORMS[name]
    page = composed(master, platform)
    room = columns(*platform.size, 52, "zh", platform.safe.side)
    rows = [row for cue in page.cues for row in cue.text.split("\n")]
    assert all(width(row) <= room for row in rows) and all(cue.text.count("\n") <= 1 for cue in page.cues)
    words = [word for cue in page.cues for word in cue.words]
    assert "".join(word.text for word in words) == LINE
    assert page.cues[0].start_ms == master.cues[0].start_ms and page.cues[-1].end_ms == master.cues[-1].end_ms
    assert all(before.end_ms <= after.start_ms for before, after in zip(page.cues, page.cues[1:], strict=False))
    for cue in page.cues:
        assert abs(cue.start_ms - cue.words[0].start_ms) <= 1000, "shown when it is said"


def test_a_subtitle_that_a_person_wrote_keeps_its_words_and_time() -> None:
    own = Cue(text="我自己写的字幕比说出来的话要长得多，\n所以它要重新分行才放得进竖屏里面", start_ms=100, end_ms=3000)
    (laid,) = composed(film((1920, 1080), cues=(own,)), DOUYIN).cues
    assert laid.text.replace("\n", "") == own.text.replace("\n", "") and laid.text != own.text
    assert (laid.start_ms, laid.end_ms) == (100, 3000)
    english = Cue(text="two words\nand two", start_ms=0, end_ms=900)
    (laid,) = composed(film((1080, 1920), cues=(english,), language="en"), BILIBILI).cues
    assert laid.text == "two words and two"


def test_a_subtitle_too_short_for_its_parts_is_left_as_it_is() -> None:
    words = tuple(word.model_copy(update={"end_ms": word.start_ms}) for word in spoken())
    cue = Cue(text=LINE, start_ms=0, end_ms=2, words=words)
    assert composed(film((1920, 1080), cues=(cue,)), DOUYIN).cues == (cue,)


def test_a_film_that_has_all_that_is_asked_is_the_platforms_film() -> None:
    master = film((1080, 1920), safe=UPRIGHT)
    assert composed(master, DOUYIN) is master and composed(master, PLATFORMS["kuaishou"]) is master
    assert composed(master, ANYWHERE) is master
    assert composed(film((1080, 1920)), DOUYIN).safe == UPRIGHT, "an older cut, or another first platform"


def test_the_first_platform_decides_on_the_films_own_safe_area() -> None:
    assert safe_for((DOUYIN, BILIBILI), (1080, 1920)) == UPRIGHT
    assert safe_for((DOUYIN,), (136, 240)) == UPRIGHT
    assert safe_for((DOUYIN,), (1920, 1080)) == NOWHERE, "another shape by --ratio"
    assert safe_for((), (1080, 1920)) == NOWHERE


@pytest.mark.parametrize(
    ("size", "platform", "variant"),
    [
        ((1080, 1920), DOUYIN, (1080, 1920)),
        ((1920, 1080), YOUTUBE, (3840, 2160)),
        ((1080, 1920), YOUTUBE, (3840, 2160)),
        ((2160, 3840), DOUYIN, (1080, 1920)),
        ((540, 960), DOUYIN, (540, 960)),
        ((136, 240), DOUYIN, (136, 240)),
        ((136, 240), BILIBILI, (242, 136)),
        ((720, 1280), YOUTUBE, (1280, 720)),
        ((1290, 540), PLATFORMS["xiaohongshu"], (540, 720)),
        ((1290, 540), ANYWHERE, (1290, 540)),
    ],
)
def test_a_draft_stays_a_draft(size: tuple[int, int], platform: object, variant: tuple[int, int]) -> None:
    assert size_for(platform, size) == variant  # type: ignore[arg-type]


def test_where_a_film_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(platform: str) -> FilmSpec:
        return FilmSpec(source=Source(kind="topic", text="猫"), platform=platform)

    assert targets_of(asked("douyin,youtube"), "bilibili") == (DOUYIN, YOUTUBE)
    assert targets_of(asked(""), "bilibili") == (BILIBILI,)
    assert targets_of(asked(""), "") == (ANYWHERE,)
    with pytest.raises(InputError, match="unknown platform 'tv'"):
        targets_of(asked(""), "tv")
    monkeypatch.setitem(PLATFORMS, "tv", replace(DOUYIN, name="tv"))
    assert targets_of(asked("tv"), "")[0].name == "tv"


@pytest.mark.parametrize(
    ("size", "platform", "positions"),
    [
        ((1080, 1920), PLATFORMS["xiaohongshu"], ["bottom", "middle", "bottom"]),
        ((1080, 1920), BILIBILI, ["top", "middle", "bottom"]),
        ((1920, 1080), DOUYIN, ["top", "middle", "bottom"]),
        ((1080, 1920), DOUYIN, ["top", "middle", "bottom"]),
    ],
    ids=["cropped above", "whole over its ground", "whole below its ground", "the same shape"],
)
def test_a_text_at_the_top_goes_below_faces_that_a_crop_lifts(
    size: tuple[int, int], platform: Platform, positions: list[str]
) -> None:
    page = composed(film(size), platform)
    assert [overlay.position for overlay in page.shots[0].overlays] == positions
