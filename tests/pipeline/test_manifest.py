"""The manifest: every call, every file, and whose it is; and a folder that is taken in by it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import studio as rooms
from studio import SPEC, Studio, cut

from manju.domain.screenplay import Screenplay
from manju.domain.timeline import Timeline
from manju.errors import InputError
from manju.pipeline import manifest
from manju.pipeline.recover import spec_of_folder, take_in
from manju.storage.folder import FilmFolder


def told(studio: Studio) -> dict[str, Any]:
    body = json.loads(studio.folder.read("manifest.json"))
    assert isinstance(body, dict)
    return body


async def test_every_call_and_every_file_is_told(film: Studio) -> None:
    body = told(film)
    assert sorted((call["subject"], call["kind"]) for call in body["calls"]) == [
        ("lin", "turnaround"),
        ("s01", "frame"),
        ("s01-1", "voice"),
        ("s01-2", "voice"),
        ("s02", "frame"),
        ("s02-1", "voice"),
        ("s03", "frame"),
        ("s03-1", "voice"),
    ]
    for call in body["calls"]:
        assert (call["take"], call["state"], call["cost"]) == (1, "SUCCEEDED", 0.0)
        assert call["model"].startswith("offline:") and call["channel"] and call["seed"] == 0
        assert len(call["prompt_digest"]) == 64 and call["seconds"] >= 0 and call["attempts"] == 1
    assert body["files"] == {
        name: hashlib.sha256(film.folder.read(name)).hexdigest()
        for name in film.folder.names()
        if name != "manifest.json"
    }
    assert {"shots/s01.png", "audio/s02-1.wav", "screenplay.json", "timeline.json"} <= body["files"].keys()
    assert body["own_files"] == []
    assert list(body["stages"]) == ["voice"]
    assert body["total_seconds"] == body["stages"]["voice"]["seconds"]


async def test_a_removed_shots_files_are_not_listed_any_more(film: Studio) -> None:
    await film.edit("screenplay", lambda document: document["shots"].__delitem__(slice(1, None)))
    context = await film.context()
    await cut(context)
    await manifest.write(context, None, None)
    names = [name for name in told(film)["files"] if "/" in name]
    assert all(name.startswith("shots/s01.") for name in names if name.count(".") > 1), "layers of its picture"
    assert [name for name in names if name.count(".") == 1] == [
        "audio/s01-1.wav",
        "audio/s01-2.wav",
        "characters/lin.png",
        "characters/lin.svg",
        "shots/s01.png",
        "shots/s01.svg",
    ]


async def test_nothing_new_leaves_it_as_it_is(film: Studio) -> None:
    before = film.folder.read("manifest.json")
    context = await film.context()
    await cut(context)
    await manifest.write(context, None, None)
    assert film.folder.read("manifest.json") == before
    film.folder.write("manifest.json", "{")
    await manifest.write(context, None, None)
    assert told(film)["files"] == json.loads(before)["files"]


async def test_a_persons_files_are_told_apart_even_where_no_stage_looked(film: Studio) -> None:
    (film.folder.path / "odd?.txt").write_bytes(b"a name that not every system can store")
    for name in ("shots/s01.png", "shots/spare.png", "notes.txt"):
        film.folder.write(name, b"mine")
    # As after an edit of the timeline, when no stage looks at the pictures.
    await manifest.write(await film.context(), None, None)
    assert told(film)["own_files"] == ["notes.txt", "shots/s01.png", "shots/spare.png"]


async def test_a_folder_from_elsewhere_is_taken_in_with_what_is_a_persons(film: Studio, tmp_path: Path) -> None:
    mine = film.folder.read("shots/s02.png")
    film.folder.write("shots/s01.png", mine)
    film.folder.write("shots/spare.png", mine)
    await manifest.write(await film.context(), None, None)
    async with rooms.opened(tmp_path / "elsewhere") as there:
        shutil.copytree(film.folder.path, there.folder.path)
        assert spec_of_folder(there.folder) == SPEC
        await take_in(there.folder, there.documents())
        documents = there.documents()
        assert await documents.ours("shots/s02.png", there.folder.digest("shots/s02.png"))
        assert not await documents.ours("shots/s01.png", there.folder.digest("shots/s01.png"))
        for name, kind in (("screenplay", Screenplay), ("timeline", Timeline)):
            kept = await documents.load(name, kind)
            assert kept is not None and kept.origin == "made"
        await there.edit("screenplay", lambda document: document["shots"].__delitem__(slice(1, None)))
        await cut(await there.context())
        assert [name for name in there.folder.names() if name.startswith("shots/")] == [
            "shots/s01.png",
            "shots/s01.svg",
            "shots/spare.png",
        ]
        assert there.folder.read("shots/spare.png") == there.folder.read("shots/s01.png") == mine


async def test_an_edited_document_stays_a_persons_elsewhere(film: Studio, tmp_path: Path) -> None:
    await film.edit("screenplay", lambda document: document.update(title="别的"))
    async with rooms.opened(tmp_path / "elsewhere") as there:
        shutil.copytree(film.folder.path, there.folder.path)
        await take_in(there.folder, there.documents())
        kept = await there.documents().load("screenplay", Screenplay)
        assert kept is not None and (kept.document.title, kept.origin) == ("别的", "edited")


class TestWithoutAManifest:
    async def test_the_documents_say_what_the_film_is(self, film: Studio) -> None:
        film.folder.remove("manifest.json")
        spec = spec_of_folder(film.folder)
        assert (spec.resolution, spec.fps, spec.language, spec.source.kind) == ("136x240", 30, "zh", "script")
        await take_in(film.folder, film.documents())

    async def test_the_screenplay_alone_will_do(self, film: Studio) -> None:
        film.folder.remove("manifest.json")
        film.folder.remove("timeline.json")
        assert spec_of_folder(film.folder).resolution == "1080p"

    def test_nothing_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"has no screenplay\.json"):
            spec_of_folder(FilmFolder(tmp_path))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "manifest.json cannot be read: Expecting value: line 1 column 1 (char 0)"),
        ("[]", "manifest.json cannot be read: : Input should be"),
        ("{}", "manifest.json cannot be read: spec: Field required"),
        (
            '{"spec": {"source": {"kind": "poem", "text": "x"}}}',
            "manifest.json cannot be read: spec.source.kind: Input",
        ),
        (
            '{"spec": {"source": {"kind": "topic", "text": "x"}}, "files": ["film.mp4"]}',
            "manifest.json cannot be read: files: Input should be a valid dictionary",
        ),
    ],
)
def test_a_manifest_that_cannot_be_read(tmp_path: Path, body: str, says: str) -> None:
    folder = FilmFolder(tmp_path)
    folder.write("manifest.json", body)
    with pytest.raises(InputError) as caught:
        spec_of_folder(folder)
    assert caught.value.message.startswith(says)
    assert "\n" not in caught.value.message
    assert caught.value.hint.startswith("Delete it")
