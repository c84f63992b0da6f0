"""Projects, and the compare-and-set of their documents."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from manju.db.projects import Projects, normalised
from manju.db.session import Database
from manju.domain.project import Project
from manju.errors import ConflictError, NotFoundError


@pytest.fixture
def projects(database: Database) -> Projects:
    return Projects(database)


async def create(projects: Projects, **changes: Any) -> Project:
    wanted: dict[str, Any] = {
        "account_id": "local",
        "name": "赛博校园侦探",
        "spec": {"source": {"kind": "topic", "text": "赛博校园侦探"}},
        "spec_digest": "d" * 64,
    }
    return await projects.create(**wanted | changes)


class TestProjects:
    async def test_create_and_get(self, projects: Projects, tmp_path: Path) -> None:
        made = await create(projects, folder=tmp_path / "film", budget=2_500_000)
        assert await projects.get(made.id) == made
        assert made.name == "赛博校园侦探"
        assert made.spec == {"source": {"kind": "topic", "text": "赛博校园侦探"}}
        assert (made.revision, made.budget) == (0, 2_500_000)
        assert abs(datetime.now(UTC) - made.created_at) < timedelta(seconds=60)

    async def test_missing(self, projects: Projects) -> None:
        with pytest.raises(NotFoundError, match="'nobody'"):
            await projects.get("nobody")
        with pytest.raises(NotFoundError, match="no account"):
            await create(projects, account_id="nobody")

    async def test_by_folder_however_it_is_spelled(
        self, projects: Projects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = await create(projects, folder=tmp_path / "film")
        monkeypatch.chdir(tmp_path)
        for spelling in (Path("film"), tmp_path / "x" / ".." / "film", tmp_path / "film"):
            found = await projects.by_folder(spelling)
            assert found is not None
            assert found.id == made.id
        assert await projects.by_folder(tmp_path) is None

    async def test_asking_differently(self, projects: Projects) -> None:
        made = await create(projects)
        changed = await projects.set_spec(made.id, {"seconds": 20}, "e" * 64)
        assert (changed.spec, changed.spec_digest, changed.revision) == ({"seconds": 20}, "e" * 64, made.revision)
        assert await projects.get(made.id) == changed
        with pytest.raises(NotFoundError):
            await projects.set_spec("project_none", {}, "")

    async def test_one_film_a_folder(self, projects: Projects, tmp_path: Path) -> None:
        first = await create(projects, folder=tmp_path)
        with pytest.raises(ConflictError, match="another film"):
            await create(projects, folder=tmp_path)
        second = await create(projects)
        with pytest.raises(ConflictError, match="another film"):
            await projects.set_folder(second.id, tmp_path)
        assert (await projects.set_folder(first.id, None)).folder is None
        assert (await projects.set_folder(second.id, tmp_path)).folder == normalised(tmp_path)

    async def test_list_newest_first(self, projects: Projects) -> None:
        made = [(await create(projects)).id for _ in range(3)]
        assert [project.id for project in await projects.list()] == made[::-1]
        assert [project.id for project in await projects.list("local")] == made[::-1]
        assert await projects.list("other") == []


class TestDocuments:
    async def test_revisions_count_through_the_project(self, projects: Projects) -> None:
        project = (await create(projects)).id
        assert await projects.latest(project, "screenplay") is None
        first = await projects.save_document(project, "screenplay", "one", "made", 0)
        timeline = await projects.save_document(project, "timeline", "cut", "made", 0)
        second = await projects.save_document(project, "screenplay", "two", "edited", first.number)
        assert [first.number, timeline.number, second.number] == [1, 2, 3]
        assert (await projects.get(project)).revision == 3
        assert await projects.latest(project, "screenplay") == second
        assert await projects.latest(project, "timeline") == timeline
        assert await projects.history(project, "screenplay") == [first, second]
        assert second.origin == "edited"

    async def test_what_was_in_force_at_a_pinned_revision(self, projects: Projects) -> None:
        project = (await create(projects)).id
        first = await projects.save_document(project, "screenplay", "one", "made", 0)
        await projects.save_document(project, "timeline", "cut", "made", 0)
        await projects.save_document(project, "screenplay", "two", "made", 1)
        assert await projects.latest(project, "screenplay", at=2) == first
        assert await projects.latest(project, "timeline", at=1) is None

    async def test_someone_else_was_faster(self, projects: Projects) -> None:
        project = (await create(projects)).id
        await projects.save_document(project, "screenplay", "mine", "made", 0)
        with pytest.raises(ConflictError, match="screenplay was saved by someone else"):
            await projects.save_document(project, "screenplay", "theirs", "edited", 0)
        kept = await projects.latest(project, "screenplay")
        assert kept is not None
        assert kept.body == "mine"
        assert (await projects.get(project)).revision == 1

    async def test_saving_again_what_is_there_is_no_change(self, projects: Projects) -> None:
        project = (await create(projects)).id
        first = await projects.save_document(project, "screenplay", "one", "made", 0)
        assert await projects.save_document(project, "screenplay", "one", "made", 0) == first
        assert (await projects.get(project)).revision == 1

    async def test_of_many_at_once_one_wins(self, projects: Projects) -> None:
        project = (await create(projects)).id
        results = await asyncio.gather(
            *(projects.save_document(project, "screenplay", f"text {n}", "made", 0) for n in range(8)),
            return_exceptions=True,
        )
        assert sum(isinstance(result, ConflictError) for result in results) == 7
        assert len(await projects.history(project, "screenplay")) == 1

    async def test_no_project(self, projects: Projects) -> None:
        with pytest.raises(NotFoundError):
            await projects.save_document("nobody", "screenplay", "x", "made", 0)
        assert await projects.history("nobody", "screenplay") == []
