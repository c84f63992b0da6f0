"""Documents by revision and as files: whose is what, and what happens to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from studio import Studio, saying, screenplay

from manju.domain.screenplay import Screenplay
from manju.domain.timeline import Timeline
from manju.errors import InputError
from manju.pipeline.documents import Documents, Kept, parse
from manju.storage.folder import FilmFolder

FILE = "screenplay.json"


def film() -> Screenplay:
    return screenplay(saying("你好。", "再见。"), saying("下雨了。"))


async def load(studio: Studio) -> Kept[Screenplay] | None:
    return await studio.documents().load("screenplay", Screenplay)


async def bodies(studio: Studio) -> list[str]:
    return [revision.body for revision in await studio.projects.history(studio.project_id, "screenplay")]


class TestRevisions:
    async def test_nothing_is_there_yet(self, studio: Studio) -> None:
        assert await load(studio) is None

    async def test_what_is_saved_is_read_again(self, studio: Studio) -> None:
        saved = await studio.documents().save("screenplay", film())
        assert saved.document == film().named()
        assert saved.origin == "made"
        assert await load(studio) == saved
        assert studio.folder.digest(FILE) == saved.sha256

    async def test_saving_the_same_again_is_no_revision(self, studio: Studio) -> None:
        await studio.documents().save("screenplay", film())
        await studio.documents().save("screenplay", film())
        assert len(await bodies(studio)) == 1

    async def test_an_edit_is_a_revision_of_its_own(self, studio: Studio) -> None:
        await studio.documents().save("screenplay", film())
        await studio.edit("screenplay", lambda document: document.update(title="别的"))
        edited = studio.folder.read(FILE)
        kept = await load(studio)
        assert kept is not None
        assert (kept.document.title, kept.origin) == ("别的", "edited")
        assert studio.folder.read(FILE) == edited, "the file stays as the person wrote it"
        assert len(await bodies(studio)) == 2
        assert await load(studio) == kept
        assert len(await bodies(studio)) == 2

    async def test_a_missing_file_of_ours_is_written_again(self, studio: Studio) -> None:
        saved = await studio.documents().save("screenplay", film())
        studio.folder.remove(FILE)
        assert await load(studio) == saved
        assert studio.folder.digest(FILE) == saved.sha256

    async def test_a_deleted_edit_is_to_be_made_anew(self, studio: Studio) -> None:
        saved = await studio.documents().save("screenplay", film())
        await studio.edit("screenplay", lambda document: document.update(title="别的"))
        await load(studio)
        studio.folder.remove(FILE)
        assert await load(studio) is None
        assert await studio.documents().save("screenplay", film()) == saved

    async def test_an_edit_that_was_taken_back_is_ours_again(self, studio: Studio) -> None:
        saved = await studio.documents().save("screenplay", film())
        made = studio.folder.read(FILE)
        await studio.edit("screenplay", lambda document: document.update(title="别的"))
        await load(studio)
        studio.folder.write(FILE, made)
        assert await load(studio) == saved
        assert studio.folder.read(FILE) == made

    async def test_an_older_file_that_a_killed_run_left_is_replaced(self, studio: Studio) -> None:
        await studio.documents().save("screenplay", film())
        old = studio.folder.read(FILE)
        newer = film().model_copy(update={"title": "新的"}).named().to_json()
        latest = await studio.projects.latest(studio.project_id, "screenplay")
        assert latest is not None
        await studio.projects.save_document(studio.project_id, "screenplay", newer, "made", latest.number)
        assert studio.folder.read(FILE) == old, "the process was killed between database and file"
        kept = await load(studio)
        assert kept is not None and kept.document.title == "新的"
        assert studio.folder.read(FILE).decode() == newer

    async def test_a_broken_edit_changes_nothing(self, studio: Studio) -> None:
        await studio.documents().save("screenplay", film())
        before = await bodies(studio)
        studio.folder.write(FILE, "{")
        with pytest.raises(InputError, match=r"screenplay\.json, line 1, column 2"):
            await load(studio)
        assert await bodies(studio) == before
        assert studio.folder.read(FILE) == b"{"


class TestLineUids:
    async def insert(self, studio: Studio) -> bytes:
        await studio.documents().save("screenplay", film())
        await studio.edit("screenplay", lambda document: document["shots"][0]["lines"].insert(0, {"text": "早。"}))
        return studio.folder.read(FILE)

    async def uids(self, studio: Studio) -> list[str]:
        kept = await load(studio)
        assert kept is not None
        assert kept.document == parse(Screenplay, studio.folder.read(FILE), FILE), "the file has them too"
        return [line.uid for shot in kept.document.shots for line in shot.lines]

    async def test_a_new_lines_uid_is_written_into_the_persons_file(self, studio: Studio) -> None:
        await self.insert(studio)
        assert await self.uids(studio) == ["s01-3", "s01-1", "s01-2", "s02-1"]
        kept = await load(studio)
        assert kept is not None and kept.origin == "edited"

    async def test_it_stays_the_same_when_more_lines_come_before_it(self, studio: Studio) -> None:
        await self.insert(studio)
        await load(studio)
        await studio.edit("screenplay", lambda document: document["shots"][0]["lines"].insert(0, {"text": "喂。"}))
        assert await self.uids(studio) == ["s01-4", "s01-3", "s01-1", "s01-2", "s02-1"]

    async def test_an_editor_that_saves_its_old_copy_over_it_loses_nothing(self, studio: Studio) -> None:
        without = json.loads(await self.insert(studio))
        await load(studio)
        without["shots"][0]["lines"].insert(0, {"text": "喂。"})
        studio.folder.write(FILE, json.dumps(without))
        assert await self.uids(studio) == ["s01-4", "s01-3", "s01-1", "s01-2", "s02-1"]

    async def test_a_run_killed_before_the_file_was_written_goes_on(self, studio: Studio) -> None:
        class Dying(FilmFolder):
            def write(self, name: str, data: bytes | str) -> Path:
                raise ZeroDivisionError

        written = await self.insert(studio)
        dying = Documents(studio.projects, studio.project_id, Dying(studio.folder.path))
        with pytest.raises(ZeroDivisionError):
            await dying.load("screenplay", Screenplay)
        assert studio.folder.read(FILE) == written
        known = await bodies(studio)
        assert await self.uids(studio) == ["s01-3", "s01-1", "s01-2", "s02-1"]
        assert await bodies(studio) == known

    async def test_a_film_from_before_lines_had_uids(self, studio: Studio) -> None:
        document = json.loads(film().to_json())
        for shot in document["shots"]:
            for line in shot["lines"]:
                del line["uid"]
        body = json.dumps(document, ensure_ascii=False)
        await studio.projects.save_document(studio.project_id, "screenplay", body, "made", 0)
        studio.folder.write(FILE, body)
        await studio.edit("screenplay", lambda film: film["shots"][0]["lines"].insert(0, {"text": "早。"}))
        assert await self.uids(studio) == ["s01-3", "s01-1", "s01-2", "s02-1"]

    async def test_such_a_film_that_nobody_edited_stays_ours(self, studio: Studio) -> None:
        body = film().to_json()
        assert '"uid": ""' in body
        await studio.projects.save_document(studio.project_id, "screenplay", body, "made", 0)
        studio.folder.write(FILE, body)
        assert await self.uids(studio) == ["s01-1", "s01-2", "s02-1"]
        kept = await load(studio)
        assert kept is not None and kept.origin == "made"


class TestTraces:
    async def test_what_was_written_is_ours_and_nothing_else(self, studio: Studio) -> None:
        documents = studio.documents()
        await documents.will_write("cover.jpg", "d1")
        assert await documents.ours("cover.jpg", "d1")
        assert not await documents.ours("cover.jpg", "d2")
        assert not await documents.ours("film.srt", "d1")
        assert await studio.documents().ours("cover.jpg", "d1"), "another process knows it too"

    async def test_older_writings_are_remembered_up_to_a_number(self, studio: Studio) -> None:
        documents = studio.documents()
        for number in range(25):
            await documents.will_write("cover.jpg", f"d{number}")
        assert await documents.ours("cover.jpg", "d24") and await documents.ours("cover.jpg", "d5")
        assert not await documents.ours("cover.jpg", "d4")

    async def test_which_screenplay_the_cut_is_from(self, studio: Studio) -> None:
        assert await studio.documents().cut_from() == ""
        await studio.documents().note_cut("abc")
        assert await studio.documents().cut_from() == "abc"


def timeline(**fields: object) -> dict[str, object]:
    shot = {"uid": "s01", "frames": 30, "picture": {"path": "shots/s01.png"}}
    return {"schema": "manju.timeline", "width": 64, "height": 64, "shots": [shot], **fields}


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        (Screenplay, "", "x.json, line 1, column 1: Expecting value"),
        (Screenplay, '{\n "title": "a"\n "b"', "x.json, line 3, column 2: Expecting ',' delimiter"),
        (Screenplay, '{"title": "a", "title": "b"}', "x.json cannot be used: 'title' is given twice in one object"),
        (Screenplay, "[" * 99_999, "x.json cannot be used: maximum recursion depth"),
        (
            Screenplay,
            '{"schema": "manju.screenplay", "title": "t", "duration_target_ms": 5000, "shots": []}',
            "x.json cannot be used: shots: Tuple should have at least 1 item",
        ),
        (
            Screenplay,
            '{"schema": "manju.screenplay", "title": "t", "duration_target_ms": 5000,'
            '"shots": [{"uid": "s01", "duration_ms": 1}]}',
            "x.json cannot be used: shots[0].duration_ms: Input should be greater than or equal to 500$",
        ),
        (
            Screenplay,
            '{"schema": "manju.screenplay", "title": "t", "duration_target_ms": 5000,'
            '"shots": [{"uid": "s01", "duration_ms": 500}, {"uid": "s01", "duration_ms": 500}]}',
            "x.json cannot be used: shots[1].uid: is 's01', which one of the shots before has already$",
        ),
        (
            Timeline,
            json.dumps(timeline(shots=[{"uid": "s01", "frames": 30, "picture": {"path": "../x.png"}}])),
            "x.json cannot be used: shots[0].picture.path: must be a path below the film's folder, "
            "such as shots/s01.png$",
        ),
        (
            Timeline,
            json.dumps(timeline(shots=[{"uid": "s01", "frames": 30, "picture": {"kind": "gif", "path": "x"}}])),
            "x.json cannot be used: shots[0].picture.kind: Input should be 'still' or 'clip'$",
        ),
        (
            Timeline,
            json.dumps(timeline(shots=[{"uid": "s01", "frames": 0}] * 4)),
            "x.json cannot be used:\n"
            + "".join(
                f"  shots[{n}].frames: Input should be greater than 0\n  shots[{n}].picture: Field required\n"
                for n in range(3)
            )
            + "  and 2 more$",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told_once_and_with_its_place(kind: type, body: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(kind, body.encode(), "x.json")
    if says.endswith("$"):
        assert caught.value.message == says.removesuffix("$")
    else:
        assert caught.value.message.startswith(says)
    assert caught.value.hint == "Mend x.json, or delete it to have it made anew."


def test_a_file_in_another_encoding() -> None:
    with pytest.raises(InputError, match="is not UTF-8 text"):
        parse(Screenplay, "你".encode("gb18030"), "x.json")
    body = film().to_json()
    assert parse(Screenplay, b"\xef\xbb\xbf" + body.encode(), "x.json") == film()
