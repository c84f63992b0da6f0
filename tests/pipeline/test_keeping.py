"""The film's folder: what we made for parts that are gone goes too; what a person put there stays."""

from __future__ import annotations

import shutil

import cv2
import numpy as np
from studio import SPEC, Studio, cut

from manju.domain.film import Music
from manju.domain.timeline import Picture, Timeline
from manju.media.label import read
from manju.pipeline.context import Context


def paint(studio: Studio, name: str) -> bytes:
    """A person's own picture."""
    path = studio.folder.locate(name)
    cv2.imwrite(str(path), np.full((240, 136, 3), (40, 40, 220), np.uint8))
    return path.read_bytes()


def takes(studio: Studio) -> set[str]:
    """What lies in the subfolders, but for layers."""
    return {name for name in studio.folder.names() if "/" in name} - set(layers(studio))


def layers(studio: Studio, shot: str = "*") -> list[str]:
    """Files of the layers of a shot, from behind to the front."""
    names = [f"{shot}.{role}.png" for role in ("far", "figures", "near")]
    return [f"shots/{path.name}" for name in names for path in studio.folder.locate("shots").glob(name)]


async def pictured(studio: Studio, index: int) -> tuple[Context, Picture]:
    """Cut the film anew: what it went through, and what a shot shows in it."""
    context = await studio.context()
    await cut(context)
    kept = await studio.documents().load("timeline", Timeline)
    assert kept is not None
    picture = kept.document.shots[index].picture
    assert isinstance(picture, Picture)
    return context, picture


ALL = {
    "audio/s01-1.wav", "audio/s01-2.wav", "audio/s02-1.wav", "audio/s03-1.wav",
    "characters/lin.png", "characters/lin.svg",
    "shots/s01.png", "shots/s01.svg", "shots/s02.png", "shots/s02.svg", "shots/s03.png", "shots/s03.svg",
}  # fmt: skip


def drop_second_shot(document: dict) -> None:
    document["characters"] = []
    del document["shots"][1]


GONE = {
    "audio/s02-1.wav", "characters/lin.png", "characters/lin.svg", "shots/s02.png", "shots/s02.svg"
}  # fmt: skip


async def test_files_of_a_removed_shot_and_character_go(film: Studio) -> None:
    assert takes(film) == ALL
    await film.edit("screenplay", drop_second_shot)
    await cut(await film.context())
    assert takes(film) == ALL - GONE


async def test_a_removed_lines_voice_goes(film: Studio) -> None:
    await film.edit("screenplay", lambda document: document["shots"][0]["lines"].pop(0))
    await cut(await film.context())
    assert takes(film) == ALL - {"audio/s01-1.wav"}


async def test_an_edit_that_is_taken_back_brings_them_back_without_a_call(film: Studio) -> None:
    before = film.folder.read("screenplay.json")
    pictures = {name: film.folder.digest(name) for name in takes(film)}
    await film.edit("screenplay", drop_second_shot)
    await cut(await film.context())
    film.folder.write("screenplay.json", before)
    await cut(await film.context())
    assert {name: film.folder.digest(name) for name in takes(film)} == pictures
    assert {call.take for call in await film.gateway.calls(film.project_id)} == {1}


async def test_a_persons_files_stay_though_the_film_does_not_name_them(film: Studio) -> None:
    mine = {"shots/s02.png": paint(film, "shots/s02.png")}
    await cut(await film.context())
    film.folder.write("audio/take-two.wav", b"mine")
    film.folder.write("shots/notes.txt", b"mine")
    # Copies of ours under names of their own are a person's as well.
    shutil.copyfile(film.folder.locate("shots/s01.png"), film.folder.locate("shots/spare.png"))
    film.folder.write("shots/old/s02.svg", film.folder.read("shots/s02.svg"))
    others = {name: film.folder.read(name) for name in takes(film) - ALL}
    assert len(others) == 4
    await film.edit("screenplay", drop_second_shot)
    await cut(await film.context())
    assert takes(film) == ALL - GONE | others.keys() | mine.keys()
    for name, content in {**others, **mine}.items():
        assert film.folder.read(name) == content


async def test_an_older_take_of_ours_is_replaced_and_a_persons_is_not(film: Studio) -> None:
    old = film.folder.read("audio/s03-1.wav")
    await film.edit("screenplay", lambda document: document["shots"][2]["lines"][0].update(text="天又晴了。"))
    await cut(await film.context())
    new = film.folder.read("audio/s03-1.wav")
    assert new != old
    film.folder.write("audio/s03-1.wav", old)
    await cut(await film.context())
    assert film.folder.read("audio/s03-1.wav") == new
    film.folder.write("audio/s03-1.wav", film.folder.read("audio/s01-1.wav"))
    context = await film.context()
    await cut(context)
    assert film.folder.read("audio/s03-1.wav") == film.folder.read("audio/s01-1.wav")
    assert context.own == {"audio/s03-1.wav"}
    assert context.notes == ["audio/s03-1.wav is your own file: it is kept"]


async def test_a_run_that_stops_before_the_cut_removes_nothing(film: Studio) -> None:
    from manju.domain.screenplay import Screenplay
    from manju.pipeline import voice

    await film.edit("screenplay", drop_second_shot)
    context = await film.context()
    kept = await context.documents.load("screenplay", Screenplay)
    assert kept is not None
    await voice.speak(context, kept.document)
    assert takes(film) == ALL


async def test_music_is_ours_or_the_users(film: Studio) -> None:
    await cut(await film.context(SPEC.model_copy(update={"music": Music(style="calm")})))
    assert takes(film) == ALL | {"audio/music.flac"}
    source = film.root / "song.wav"
    shutil.copyfile(film.folder.locate("audio/s01-1.wav"), source)
    await cut(await film.context(SPEC.model_copy(update={"music": Music(kind="file", path=str(source))})))
    assert takes(film) == ALL | {"audio/music.wav"}
    assert film.folder.read("audio/music.wav") == source.read_bytes()


async def test_put_writes_drops_and_leaves_a_persons_file_alone(film: Studio) -> None:
    context = await film.context()
    await context.put("film.srt", "一")
    await context.put("film.srt", "二")
    assert film.folder.read("film.srt").decode() == "二"
    film.folder.write("film.srt", "mine")
    await context.put("film.srt", "三")
    await context.drop("film.srt")
    assert film.folder.read("film.srt") == b"mine"
    assert context.own == {"film.srt"}
    film.folder.write("film.srt", "一")
    await context.drop("film.srt")
    assert not film.folder.exists("film.srt"), "an older one of ours"


async def test_what_is_put_is_labelled(film: Studio) -> None:
    context = await film.context()
    await context.put("cover.png", film.folder.read("shots/s01.png"), "inputs")
    label = read(film.folder.locate("cover.png"))
    assert label is not None and label["Label"] == "1"


# -- layers: the second shot has a figure before its set ----------------------------------------------------------


async def test_layers_lie_beside_their_picture_and_go_with_their_shot(film: Studio) -> None:
    _, picture = await pictured(film, 1)
    assert [each.path for each in picture.layers] == layers(film, "s02") and len(picture.layers) >= 2
    near = [each.nearness for each in picture.layers]
    assert near == sorted(near) and near[0] < near[-1]
    for name in layers(film, "s02"):
        label = read(film.folder.locate(name))
        assert label is not None and label["Label"] == "1"
    await film.edit("screenplay", drop_second_shot)
    await cut(await film.context())
    assert not layers(film, "s02")


async def test_a_layer_that_is_gone_comes_back_without_a_call(film: Studio) -> None:
    kept = {name: film.folder.read(name) for name in layers(film, "s02")}
    for name in kept:
        film.folder.remove(name)
    _, picture = await pictured(film, 1)
    assert {name: film.folder.read(name) for name in layers(film, "s02")} == kept and picture.layers
    assert {call.take for call in await film.gateway.calls(film.project_id)} == {1}


async def test_a_persons_picture_has_no_layers(film: Studio) -> None:
    mine = paint(film, "shots/s02.png")
    context, picture = await pictured(film, 1)
    assert picture.layers == () and not layers(film, "s02")
    assert film.folder.read("shots/s02.png") == mine and context.own == {"shots/s02.png"}
    film.folder.remove("shots/s02.png")
    _, picture = await pictured(film, 1)
    assert [each.path for each in picture.layers] == layers(film, "s02") != []


async def test_a_persons_layer_is_used_like_ours(film: Studio) -> None:
    before = (await pictured(film, 1))[1]
    mine = paint(film, "shots/s02.far.png")
    context, picture = await pictured(film, 1)
    assert picture == before and film.folder.read("shots/s02.far.png") == mine
    assert context.notes == ["shots/s02.far.png is your own file: it is kept"]
    await film.edit("screenplay", drop_second_shot)
    await cut(await film.context())
    assert film.folder.read("shots/s02.far.png") == mine and layers(film, "s02") == ["shots/s02.far.png"]


async def test_a_copy_that_is_named_like_a_layer_is_a_persons(film: Studio) -> None:
    copies = {"shots/s02.backup.png": "shots/s02.png", "shots/s02.middle.png": "shots/s02.figures.png"}
    for name, source in copies.items():
        shutil.copyfile(film.folder.locate(source), film.folder.locate(name))
    await film.edit("screenplay", drop_second_shot)
    await cut(await film.context())
    assert copies.keys() <= takes(film)


async def test_what_stands_still_or_is_filmed_is_drawn_in_one_piece(film: Studio) -> None:
    await film.edit("screenplay", lambda document: document["shots"][1].update(movement="static"))
    _, picture = await pictured(film, 1)
    assert picture.layers == () and not layers(film, "s02") and layers(film)
    models = SPEC.models.model_copy(update={"video": "offline:animatic"})
    await cut(await film.context(SPEC.model_copy(update={"models": models})))
    assert not layers(film) and "shots/s02.mp4" in takes(film)
