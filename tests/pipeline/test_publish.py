"""Stage Publish: what goes with the film, and to whom."""

from __future__ import annotations

import json

import pytest
from studio import SPEC, Studio

from manju.domain.screenplay import Screenplay
from manju.domain.timeline import Timeline
from manju.errors import InputError
from manju.pipeline.context import Context
from manju.pipeline.publish import publish
from manju.platforms.base import Published


async def published(studio: Studio, context: Context, **changes: object) -> Published:
    screenplay = await studio.documents().load("screenplay", Screenplay)
    timeline = await studio.documents().load("timeline", Timeline)
    assert screenplay is not None and timeline is not None
    for name in ("film.mp4", "cover.jpg"):
        studio.folder.write(name, b"x")
    return await publish(context, screenplay.document.model_copy(update=changes), timeline.document)


async def test_the_post_is_told_by_the_screenplay(film: Studio) -> None:
    film.folder.write("film.srt", "1")
    made = await published(film, await film.context(), logline="一只猫出门了。")
    assert made.address == "deliver/film"
    post = json.loads(film.folder.read("deliver/film/post.json"))
    assert (post["title"], post["description"]) == ("小猫的冒险", "一只猫出门了。")
    assert (post["width"], post["height"]) == (136, 240)
    assert post["files"] == ["cover.jpg", "subtitles.srt", "video.mp4"]


async def test_tags_are_names_without_spaces_each_once(film: Studio) -> None:
    kept = await film.documents().load("screenplay", Screenplay)
    assert kept is not None
    (lin,) = kept.document.characters
    cast = (lin.model_copy(update={"name": "Lin Che", "tags": ("侦探", "小猫的冒险", "#!", "a", "b", "c", "d")}),)
    await published(film, await film.context(), characters=cast)
    post = json.loads(film.folder.read("deliver/film/post.json"))
    assert post["tags"] == ["小猫的冒险", "LinChe", "侦探", "a", "b", "c"]


async def test_the_users_platform_wins_over_the_scripts(film: Studio) -> None:
    context = await film.context(SPEC.model_copy(update={"platform": "bilibili"}))
    made = await published(film, context, target_platform="douyin")
    assert made.address == "deliver/bilibili"
    assert [note for note in context.notes if note.startswith("bilibili: ")], "136x240 is none of its ratios"
    assert (await published(film, await film.context(), target_platform="douyin")).address == "deliver/douyin"


async def test_an_unknown_platform_is_refused_before_anything_is_copied(film: Studio) -> None:
    with pytest.raises(InputError, match="unknown platform 'myspace'"):
        await published(film, await film.context(), target_platform="myspace")
    assert not any(name.startswith("deliver/") for name in film.folder.names())
