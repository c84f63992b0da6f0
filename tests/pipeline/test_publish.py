"""Stage Publish: a package for each platform, what is in it, and whose it is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from studio import SPEC, Studio

from manju.domain.casting import Character
from manju.domain.film import FilmSpec
from manju.domain.platforms import PLATFORMS, Limit
from manju.domain.screenplay import Screenplay
from manju.domain.timeline import Timeline
from manju.errors import InputError
from manju.media.label import read
from manju.media.probe import probe
from manju.media.process import ffmpeg
from manju.pipeline import manifest
from manju.pipeline.publish import publish
from manju.pipeline.render import film_of
from manju.pipeline.variants import targets_of
from manju.platforms.base import DECLARATION, Published

ALL = {
    "film.mp4", "cover.jpg", "title.txt", "description.txt", "tags.txt", "subtitles.srt", "subtitles.vtt", "label.txt",
    "lint.json", "lint.txt",
}  # fmt: skip


async def delivered(
    studio: Studio, platform: str = "", spec: FilmSpec = SPEC, label: dict[str, Any] | None = None, **changes: Any
) -> tuple[Published, ...]:
    """Render the film that is in the studio, and publish it."""
    context = await studio.context(spec.model_copy(update={"platform": platform}))
    screenplay = await studio.documents().load("screenplay", Screenplay)
    kept = await studio.documents().load("timeline", Timeline)
    assert screenplay is not None and kept is not None
    timeline = kept.document
    if label:
        timeline = timeline.model_copy(update={"label": timeline.label.model_validate(label)})
    written = screenplay.document.model_copy(update=changes)
    rendered = await film_of(context, timeline, targets_of(context.spec, written.target_platform))
    made = await publish(context, written, timeline)
    await manifest.write(context, rendered, made, timeline)
    return made


def inside(studio: Studio, folder: str) -> set[str]:
    return {name.rpartition("/")[2] for name in studio.folder.names() if name.startswith(f"{folder}/")}


def text(studio: Studio, name: str) -> str:
    return studio.folder.read(name).decode()


async def test_a_package_for_nobody_in_particular(film: Studio) -> None:
    (made,) = await delivered(film, logline="一只猫出门了。")
    assert (made.platform, made.address, made.own) == ("film", "deliver/film", False)
    assert inside(film, "deliver/film") == ALL
    assert film.folder.read("deliver/film/film.mp4") == film.folder.read("film.mp4")
    assert text(film, "deliver/film/title.txt") == "小猫的冒险\n"
    assert text(film, "deliver/film/description.txt") == f"一只猫出门了。\n{DECLARATION}\n"


async def test_each_platform_has_its_own_film(film: Studio) -> None:
    made = await delivered(film, "douyin,bilibili,kuaishou")
    assert [each.platform for each in made] == ["douyin", "bilibili", "kuaishou"]
    sizes = {}
    for name in ("douyin", "bilibili", "kuaishou"):
        assert inside(film, f"deliver/{name}") == ALL
        video = probe(film.folder.locate(f"deliver/{name}/film.mp4")).video
        cover = cv2.imread(str(film.folder.locate(f"deliver/{name}/cover.jpg")))
        assert video is not None and cover is not None
        sizes[name] = (video.width, video.height)
        assert cover.shape[1::-1] == PLATFORMS[name].cover
        assert read(film.folder.locate(f"deliver/{name}/film.mp4")) is not None
        lint = json.loads(film.folder.read(f"deliver/{name}/lint.json"))
        assert lint["ok"] is True, [check for check in lint["checks"] if check["level"] == "fail"]
        assert PLATFORMS[name].declare in text(film, f"deliver/{name}/label.txt")
    assert sizes == {"douyin": (136, 240), "bilibili": (242, 136), "kuaishou": (136, 240)}
    path = film.folder.locate
    assert path("deliver/douyin/film.mp4").samefile(path("deliver/kuaishou/film.mp4")), "composed alike: encoded once"
    body = json.loads(film.folder.read("manifest.json"))
    assert body["variants"]["deliver/kuaishou/film.mp4"]["segments_encoded"] == 0
    assert [each["platform"] for each in body["published"]] == ["douyin", "bilibili", "kuaishou"]


async def test_a_wide_variant_of_an_upright_film_lies_over_its_blurred_self(film: Studio) -> None:
    await delivered(film, "bilibili")
    path = film.folder.locate("deliver/bilibili/film.mp4")
    raw = ffmpeg(["-ss", "4", "-i", str(path), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"])
    frame = np.frombuffer(raw, np.uint8).reshape(136, 242).astype(int)
    left, middle = frame[:, :70], frame[:, 85:157]

    def rough(part: np.ndarray) -> float:
        return float(np.abs(np.diff(part, axis=0)).max())

    assert rough(middle) > 3 * rough(left), "sharp in the middle, soft beside it"
    assert left.max() < 150 and left.mean() > 17, "darkened, not black"


async def test_the_users_platform_wins_over_the_scripts_and_both_may_be_several(film: Studio) -> None:
    made = await delivered(film, "bilibili", target_platform="douyin")
    assert [each.platform for each in made] == ["bilibili"]
    made = await delivered(film, "", target_platform="douyin,youtube")
    assert [each.platform for each in made] == ["douyin", "youtube"]
    assert not film.folder.locate("deliver/bilibili").exists(), "not asked for any more"


async def test_an_unknown_platform_is_refused_before_anything_is_made(film: Studio) -> None:
    with pytest.raises(InputError, match="unknown platform 'myspace'"):
        await delivered(film, "", target_platform="myspace")
    assert not any(name.startswith("deliver/") for name in film.folder.names())


async def test_what_a_person_put_into_a_package_stays_and_counts(film: Studio) -> None:
    await delivered(film, "douyin")
    own = "长" * 31
    film.folder.write("deliver/douyin/title.txt", own)
    film.folder.write("deliver/douyin/notes.txt", "mine")
    export = film.root / "export.mp4"
    ffmpeg(
        ["-y", "-i", str(film.folder.locate("film.mp4")), "-vf", "scale=320:240", "-map_metadata", "-1", str(export)]
    )
    film.folder.place("deliver/douyin/film.mp4", export)
    (made,) = await delivered(film, "douyin")
    assert made.own and (made.width, made.height) == (320, 240)
    levels = {check.rule: check.level for check in made.checks}
    assert (levels["title"], levels["AI label in the metadata"], levels["ratio"]) == ("fail", "fail", "fail")
    assert film.folder.read("deliver/douyin/film.mp4") == export.read_bytes()
    assert "FAIL  title: 31 characters" in text(film, "deliver/douyin/lint.txt")
    told = json.loads(film.folder.read("manifest.json"))["own_files"]
    assert told == ["deliver/douyin/film.mp4", "deliver/douyin/notes.txt", "deliver/douyin/title.txt"]
    await delivered(film, "bilibili")
    assert inside(film, "deliver/douyin") == {"film.mp4", "notes.txt", "title.txt"}
    assert film.folder.read("deliver/douyin/title.txt").decode() == own


async def test_packages_of_earlier_versions_are_replaced(film: Studio) -> None:
    await delivered(film, "douyin")
    film.folder.place("deliver/bilibili/video.mp4", film.folder.locate("film.mp4"))
    for name in ("post.txt", "post.json"):
        film.folder.write(f"deliver/bilibili/{name}", "{}")
    await delivered(film, "douyin")
    assert not film.folder.locate("deliver/bilibili").exists()


async def test_words_are_shortened_and_that_is_told(film: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLATFORMS, "tiny", replace(PLATFORMS["douyin"], name="tiny", post_title=Limit(4)))
    (made,) = await delivered(film, "tiny")
    title = next(check for check in made.checks if check.rule == "title")
    assert (title.level, title.value) == ("warn", "3 characters, shortened")
    assert text(film, "deliver/tiny/title.txt") == "小猫的\n"


async def test_the_label_may_be_left_out_for_a_reason_which_is_kept(film: Studio) -> None:
    reason = "客户要求，协议 2026-11"
    (made,) = await delivered(film, "douyin", label={"visible": False, "reason": reason})
    check = next(check for check in made.checks if check.rule == "visible AI label")
    assert (check.level, check.value) == ("warn", f"left out: {reason}")
    assert reason in text(film, "deliver/douyin/label.txt")
    assert json.loads(film.folder.read("manifest.json"))["label"] == {
        "text": "AI生成",
        "visible": False,
        "reason": reason,
        "metadata": True,
    }
    for name in ("film.mp4", "deliver/douyin/film.mp4", "deliver/douyin/cover.jpg"):
        assert read(film.folder.locate(name)) is not None, "the metadata stays"


async def test_without_subtitles_there_are_none_in_the_package(film: Studio) -> None:
    await delivered(film, "douyin")
    await delivered(film, "douyin", SPEC.model_copy(update={"subtitles": "none"}))
    assert inside(film, "deliver/douyin") == ALL - {"subtitles.srt", "subtitles.vtt"}


async def test_again_nothing_changes(film: Studio) -> None:
    await delivered(film, "douyin,bilibili")
    before = {name: film.folder.digest(name) for name in film.folder.names()}
    await delivered(film, "douyin,bilibili")
    assert {name: film.folder.digest(name) for name in film.folder.names()} == before


async def test_tags_are_what_people_look_for(film: Studio) -> None:
    kept = await film.documents().load("screenplay", Screenplay)
    assert kept is not None
    first, *others = kept.document.shots
    texts = ("1-2 ChatGPT、Midjourney", "关注我，下期见", "第3招：先难后易", "4. 这一点长得没有人会把它当作标签去找")
    shots = [first.model_copy(update={"text_overlay": text}) for text in texts]
    quiet, speaking = Character(uid="a", name="阿澈"), Character(uid="b", name="苏眠", tags=("剑客",))
    said = first.model_copy(update={"lines": (first.lines[0].model_copy(update={"speaker": "b"}),)})
    await delivered(
        film, "bilibili", title="五个让人不再拖延的办法", shots=(*shots, said, *others), characters=(quiet, speaking)
    )
    assert text(film, "deliver/bilibili/tags.txt") == "ChatGPT,Midjourney,先难后易,苏眠,剑客\n"
    await delivered(film, "douyin")
    assert text(film, "deliver/douyin/tags.txt") == "#小猫的冒险 #AI短片\n"
