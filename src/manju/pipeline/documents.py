"""A film's documents, kept twice: by revision in the database, and as files in the film's folder for people to edit.

A file that holds something we never saved is a person's edit: it is checked, saved as such, and from then on nothing is
generated over it. A file that holds an older revision is one that a killed run had no time to replace, unless the
manifest knows that the newer one had been there: then somebody put the old one back, and that is an edit too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from manju.db.projects import Projects
from manju.domain.document import Document
from manju.domain.project import Origin, Revision
from manju.errors import InputError
from manju.storage.folder import FilmFolder

D = TypeVar("D", bound=Document)
SHOWN = 6
"""Problems of a document that are told at once."""
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Kept(Generic[D]):
    """A document with the revision that holds it."""

    document: D
    number: int
    origin: Origin


class Documents:
    """The documents of one project in one folder."""

    def __init__(self, projects: Projects, project_id: str, folder: FilmFolder) -> None:
        self._projects, self._project_id, self._folder = projects, project_id, folder

    async def load(self, name: str, kind: type[D]) -> Kept[D] | None:
        """The document called ``name``, the person's edit included; None if there is none yet, or if the file of an
        edited document was deleted: then it may be made anew.

        Raises:
            InputError: the file was edited into something that is not such a document.
        """
        latest = await self._projects.latest(self._project_id, name)
        file = f"{name}.json"
        if not self._folder.exists(file):
            if latest is None or (latest.origin == "edited" and self._placed(file) == latest.sha256):
                return None
            self._folder.write(file, latest.body)
            return _kept(latest, kind)
        body = self._folder.read(file)
        found = hashlib.sha256(body).hexdigest()
        if latest is not None and found == latest.sha256:
            return _kept(latest, kind)
        if latest is not None and await self._behind(name, found):
            self._folder.write(file, latest.body)
            return _kept(latest, kind)
        document = parse(kind, body, file)
        saved = await self._projects.save_document(
            self._project_id, name, body.decode("utf-8"), "edited", latest.number if latest else 0
        )
        return Kept(document, saved.number, "edited")

    async def save(self, name: str, document: Document) -> int:
        """Keep a document that a stage made, in the database first; returns its revision's number."""
        latest = await self._projects.latest(self._project_id, name)
        body = document.to_json()
        saved = await self._projects.save_document(self._project_id, name, body, "made", latest.number if latest else 0)
        file = f"{name}.json"
        if not self._folder.exists(file) or self._folder.digest(file) != saved.sha256:
            self._folder.write(file, body)
        return saved.number

    async def _behind(self, name: str, found: str) -> bool:
        history = await self._projects.history(self._project_id, name)
        placed = self._placed(f"{name}.json")
        return any(each.sha256 == found for each in history) and placed in ("", found)

    def _placed(self, file: str) -> str:
        """The digest under which the manifest knows ``file``, or an empty text."""
        if not self._folder.exists(MANIFEST):
            return ""
        try:
            manifest = json.loads(self._folder.read(MANIFEST))
            return str(manifest["files"].get(file, ""))
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise InputError(
                f"{MANIFEST} was changed and cannot be read: {error}", hint="Delete it; the next render writes it anew."
            ) from error


def parse(kind: type[D], body: bytes, file: str) -> D:
    """A document from a file's bytes.

    Raises:
        InputError: not UTF-8, not JSON (with line and column), or not such a document (with the places).
    """
    hint = f"Mend {file}, or delete it to have it made anew."
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 text", hint=hint) from error
    except json.JSONDecodeError as error:
        raise InputError(f"{file}, line {error.lineno}, column {error.colno}: {error.msg}", hint=hint) from error
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        problems = [f"  {_place(each['loc'])}: {each['msg']}" for each in error.errors()[:SHOWN]]
        more = error.error_count() - SHOWN
        if more > 0:
            problems.append(f"  and {more} more")
        raise InputError(f"{file} cannot be used:\n" + "\n".join(problems), hint=hint) from error


def _kept(revision: Revision, kind: type[D]) -> Kept[D]:
    document = parse(kind, revision.body.encode("utf-8"), f"{revision.name}.json")
    return Kept(document, revision.number, revision.origin)


def _place(parts: tuple[str | int, ...]) -> str:
    """``shots[2].duration_ms``."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the document"
