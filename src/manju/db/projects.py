"""Projects and the saved revisions of their documents."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db import tables
from manju.db.clock import utc
from manju.db.session import Database
from manju.db.unbroken import unbroken
from manju.domain.ids import new_id
from manju.domain.project import Origin, Project, Revision
from manju.errors import ConflictError, NotFoundError


def normalised(folder: Path) -> str:
    """One spelling for each folder: absolute, links followed, one case where the system knows only one."""
    return os.path.normcase(folder.expanduser().resolve())


class Projects:
    """The repository of projects. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @unbroken
    async def create(
        self,
        *,
        account_id: str,
        name: str,
        spec: Mapping[str, Any],
        spec_digest: str,
        folder: Path | None = None,
        budget: int | None = None,
    ) -> Project:
        """A new project. ``spec`` is what was asked for, ``budget`` in millionths of the currency (None: no limit).

        Raises:
            NotFoundError: no such account.
            ConflictError: another project has that folder.
        """
        row = tables.Project(
            id=new_id("project"),
            account_id=account_id,
            name=name,
            folder=None if folder is None else normalised(folder),
            spec=dict(spec),
            spec_digest=spec_digest,
            budget=budget,
        )
        async with self._database.write() as session:
            if await session.get(tables.Account, account_id) is None:
                raise NotFoundError(f"no account {account_id!r}", hint="Choose one that exists, for example 'local'.")
            session.add(row)
            await _flush_folder(session, row)
        return _project(row)

    @unbroken
    async def get(self, project_id: str) -> Project:
        """
        Raises:
            NotFoundError: there is none, or it was deleted.
        """
        async with self._database.read() as session:
            return _project(await _row(session, project_id))

    @unbroken
    async def by_folder(self, folder: Path) -> Project | None:
        """The project whose output folder this is, if any, however the path is spelled."""
        wanted = select(tables.Project).where(
            tables.Project.folder == normalised(folder), tables.Project.deleted_at.is_(None)
        )
        async with self._database.read() as session:
            row = await session.scalar(wanted)
            return None if row is None else _project(row)

    @unbroken
    async def list(self, account_id: str | None = None) -> Sequence[Project]:
        """All projects, or those of an account; the newest first."""
        wanted = select(tables.Project).where(tables.Project.deleted_at.is_(None)).order_by(tables.Project.id.desc())
        if account_id is not None:
            wanted = wanted.where(tables.Project.account_id == account_id)
        async with self._database.read() as session:
            return [_project(row) for row in await session.scalars(wanted)]

    @unbroken
    async def set_folder(self, project_id: str, folder: Path | None) -> Project:
        """Give the project another output folder, or none (so that another film may have its old one).

        Raises:
            NotFoundError: no such project.
            ConflictError: another project has that folder.
        """
        async with self._database.write() as session:
            row = await _row(session, project_id)
            row.folder = None if folder is None else normalised(folder)
            await _flush_folder(session, row)
        return _project(row)

    @unbroken
    async def set_spec(self, project_id: str, spec: Mapping[str, Any], spec_digest: str) -> Project:
        """Ask for the film differently from now on.

        Raises:
            NotFoundError: no such project.
        """
        async with self._database.write() as session:
            row = await _row(session, project_id)
            row.spec, row.spec_digest = dict(spec), spec_digest
            await session.flush()
        return _project(row)

    @unbroken
    async def save_document(
        self, project_id: str, name: str, body: str, origin: Origin, expected_revision: int
    ) -> Revision:
        """Save ``body`` as the next revision of the document ``name``, if nobody saved it since.

        ``expected_revision`` is the number of the revision of *this document* that the change starts from; 0 for a
        document that was never saved. Saving what is already there is no change and gives the revision that is there,
        so that a stage that is run again need not know whether it saved before it was killed.

        Raises:
            NotFoundError: no such project.
            ConflictError: the document was saved by someone else meanwhile.
        """
        sha256 = hashlib.sha256(body.encode()).hexdigest()
        async with self._database.write() as session:
            project = await _row(session, project_id, lock=True)
            latest = await _latest(session, project_id, name)
            if latest is not None and latest.sha256 == sha256:
                return _revision(latest)
            number = 0 if latest is None else latest.revision
            if number != expected_revision:
                raise ConflictError(
                    f"the {name} was saved by someone else (revision {number}, expected {expected_revision})",
                    hint="Read it again and repeat the change.",
                )
            project.revision += 1
            row = tables.DocumentRevision(
                project_id=project_id,
                revision=project.revision,
                name=name,
                sha256=sha256,
                body=body,
                origin=origin,
            )
            session.add(row)
            await session.flush()
        return _revision(row)

    @unbroken
    async def latest(self, project_id: str, name: str, *, at: int | None = None) -> Revision | None:
        """The newest revision of a document, or the one in force at the project's revision ``at``; None if there is
        none yet."""
        async with self._database.read() as session:
            row = await _latest(session, project_id, name, at=at)
            return None if row is None else _revision(row)

    @unbroken
    async def history(self, project_id: str, name: str) -> Sequence[Revision]:
        """Every revision of a document, oldest first."""
        wanted = (
            select(tables.DocumentRevision)
            .where(tables.DocumentRevision.project_id == project_id, tables.DocumentRevision.name == name)
            .order_by(tables.DocumentRevision.revision)
        )
        async with self._database.read() as session:
            return [_revision(row) for row in await session.scalars(wanted)]


async def _row(session: AsyncSession, project_id: str, *, lock: bool = False) -> tables.Project:
    row = await session.get(tables.Project, project_id, with_for_update=lock or None)
    if row is None or row.deleted_at is not None:
        raise NotFoundError(f"no project {project_id!r}", hint="List the projects there are.")
    return row


async def _flush_folder(session: AsyncSession, row: tables.Project) -> None:
    folder = row.folder
    try:
        await session.flush()
    except IntegrityError as error:
        hint = "Choose another folder with --out."
        raise ConflictError(f"{folder} is the folder of another film", hint=hint) from error


async def _latest(
    session: AsyncSession, project_id: str, name: str, *, at: int | None = None
) -> tables.DocumentRevision | None:
    wanted = (
        select(tables.DocumentRevision)
        .where(tables.DocumentRevision.project_id == project_id, tables.DocumentRevision.name == name)
        .order_by(tables.DocumentRevision.revision.desc())
        .limit(1)
    )
    if at is not None:
        wanted = wanted.where(tables.DocumentRevision.revision <= at)
    return await session.scalar(wanted)


def _project(row: tables.Project) -> Project:
    return Project(
        id=row.id,
        account_id=row.account_id,
        name=row.name,
        folder=row.folder,
        spec=row.spec,
        spec_digest=row.spec_digest,
        budget=row.budget,
        revision=row.revision,
        created_at=utc(row.created_at),
        updated_at=utc(row.updated_at),
    )


def _revision(row: tables.DocumentRevision) -> Revision:
    return Revision(
        project_id=row.project_id,
        name=row.name,
        number=row.revision,
        body=row.body,
        sha256=row.sha256,
        origin=cast(Origin, row.origin),
        created_at=utc(row.created_at),
    )
