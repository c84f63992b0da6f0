"""A film's documents, kept twice: by revision in the database, and as files in the film's folder for people to edit.

A file that holds something we never saved is a person's edit: it is checked, saved as such, and from then on nothing is
generated over it. A file that holds an older revision was put back by a person, unless a killed run had no time to
replace it: the project's *traces* tell which, for they hold the digest that was last seen in each file. They also hold
every digest of the other files that we wrote, so that a person's own cover or subtitles are never overwritten.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, Literal, TypeVar

from pydantic import Field, ValidationError

from manju.db.projects import Projects
from manju.domain.document import Document
from manju.domain.project import Origin, Revision
from manju.domain.screenplay import Screenplay
from manju.errors import InputError
from manju.pipeline.slips import slips
from manju.storage.folder import FilmFolder

D = TypeVar("D", bound=Document)
SHOWN = 6
"""Problems of a document that are told at once."""
TRACES = "traces"
REMEMBERED = 20
"""Digests kept of each file that we wrote."""


class Traces(Document):
    """What we know of the files in a film's folder."""

    schema_: Literal["manju.traces"] = Field(default="manju.traces", alias="schema")
    version: Literal[1] = 1
    seen: dict[str, str] = Field(default_factory=dict)
    """Digest last seen in the file of each document."""
    written: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Digests of what we wrote under a name, the newest last."""
    cut_from: str = ""
    """Digest of the screenplay that the timeline was cut from."""
    asked: str = ""
    """Digest of the wishes that the screenplay was written for."""


@dataclass(frozen=True, slots=True)
class Kept(Generic[D]):
    """A document with the revision that holds it."""

    document: D
    sha256: str
    origin: Origin


class Documents:
    """The documents of one project in one folder."""

    def __init__(self, projects: Projects, project_id: str, folder: FilmFolder) -> None:
        self._projects, self.project_id, self._folder = projects, project_id, folder
        self._lock = asyncio.Lock()
        self._traces: Traces | None = None

    async def load(self, name: str, kind: type[D]) -> Kept[D] | None:
        """The document called ``name``, the person's edit included; None if there is none yet, or if the file of an
        edited document was deleted: then it is to be made anew. Lines that were written without a uid get theirs, in
        the file as well, so that they keep it through every later edit.

        Raises:
            InputError: the file was edited into something that is not such a document.
        """
        kept = await self._load(name, kind)
        if kept is None or not isinstance(kept.document, Screenplay) or kept.document.named() is kept.document:
            return kept
        history = await self._projects.history(self.project_id, name)
        earlier: list[Screenplay] = []
        for revision in history[:-1]:
            earlier.append(_kept(revision, Screenplay).document.named(earlier))
        named = kept.document.named(earlier).to_json()
        return await self._put_back(f"{name}.json", await self._save(name, named, kept.origin, history[-1]), kind)

    async def _load(self, name: str, kind: type[D]) -> Kept[D] | None:
        latest = await self._projects.latest(self.project_id, name)
        file = f"{name}.json"
        if not self._folder.exists(file):
            if latest is None or latest.origin == "edited":
                return None
            return await self._put_back(file, latest, kind)
        body = self._folder.read(file)
        found = hashlib.sha256(body).hexdigest()
        if latest is None or found != latest.sha256:
            known = await self._projects.history(self.project_id, name)
            before = next((each for each in known if each.sha256 == found), None)
            if latest is not None and before is not None and (await self._read()).seen.get(file) != latest.sha256:
                return await self._put_back(file, latest, kind)  # a killed run saved it and had no time to write it
            parse(kind, body, file)
            origin: Origin = before.origin if before is not None else "edited"
            latest = await self._save(name, body.decode("utf-8"), origin, latest)
        await self._see(file, found)
        return _kept(latest, kind)

    async def save(self, name: str, document: Document) -> Kept[Any]:
        """Keep a document that a stage made, in the database first. The lines of a screenplay get their uids."""
        if isinstance(document, Screenplay):
            document = document.named()
        latest = await self._projects.latest(self.project_id, name)
        saved = await self._save(name, document.to_json(), "made", latest)
        return await self._put_back(f"{name}.json", saved, type(document))

    async def begun(self) -> bool:
        """Whether anything is known of the folder's files."""
        return await self._projects.latest(self.project_id, TRACES) is not None

    async def made(self, name: str, digest: str) -> bool:
        """Whether the content of a document's file is a revision that we made."""
        history = await self._projects.history(self.project_id, name)
        return any(each.sha256 == digest and each.origin == "made" for each in history)

    async def take_in(self, files: Mapping[str, str], own: frozenset[str]) -> None:
        """Believe another installation's manifest: all that it lists is ours, but what it calls a person's ``own``."""
        ours = {name: (digest,) for name, digest in files.items() if name not in own}
        await self._change(lambda _: {"written": ours})
        for name in ("screenplay", "timeline"):
            file = f"{name}.json"
            if file in ours and self._folder.exists(file) and self._folder.digest(file) == files[file]:
                await self._save(name, self._folder.read(file).decode("utf-8"), "made", None)
                await self._see(file, files[file])

    async def ours(self, name: str, digest: str) -> bool:
        """Whether what is in the file ``name`` is something that we wrote there."""
        return digest in (await self._read()).written.get(name, ())

    async def will_write(self, name: str, digest: str) -> None:
        """Note what is about to be written, before it is: a killed run must not take its own file for a person's."""
        if await self.ours(name, digest):
            return

        def note(traces: Traces) -> dict[str, Any]:
            return {"written": {**traces.written, name: (*traces.written.get(name, ()), digest)[-REMEMBERED:]}}

        await self._change(note)

    async def cut_from(self) -> str:
        """Digest of the screenplay that the timeline was cut from; empty where nobody knows."""
        return (await self._read()).cut_from

    async def note_cut(self, screenplay: str) -> None:
        """Remember which screenplay the timeline was cut from."""
        if screenplay != await self.cut_from():
            await self._change(lambda _: {"cut_from": screenplay})

    async def written_for(self) -> str:
        """Digest of the wishes that the screenplay was written for; empty where nobody noted it."""
        return (await self._read()).asked

    async def note_wishes(self, wishes: str) -> None:
        """Remember what the screenplay was written for."""
        if wishes != await self.written_for():
            await self._change(lambda _: {"asked": wishes})

    async def _put_back(self, file: str, revision: Revision, kind: type[D]) -> Kept[D]:
        if not self._folder.exists(file) or self._folder.digest(file) != revision.sha256:
            self._folder.write(file, revision.body)
        await self._see(file, revision.sha256)
        return _kept(revision, kind)

    async def _save(self, name: str, body: str, origin: Origin, latest: Revision | None) -> Revision:
        return await self._projects.save_document(self.project_id, name, body, origin, latest.number if latest else 0)

    async def _see(self, file: str, digest: str) -> None:
        if (await self._read()).seen.get(file) != digest:
            await self._change(lambda traces: {"seen": {**traces.seen, file: digest}})

    async def _read(self) -> Traces:
        if self._traces is None:
            latest = await self._projects.latest(self.project_id, TRACES)
            self._traces = Traces.model_validate_json(latest.body) if latest else Traces()
        return self._traces

    async def _change(self, change: Callable[[Traces], dict[str, Any]]) -> None:
        async with self._lock:
            traces = await self._read()
            traces = traces.model_copy(update=change(traces))
            latest = await self._projects.latest(self.project_id, TRACES)
            await self._save(TRACES, traces.to_json(), "made", latest)
            self._traces = traces


def parse(kind: type[D], body: bytes, file: str) -> D:
    """A document from a file's bytes.

    Raises:
        InputError: not UTF-8, not JSON (with line and column), a field given twice in one object, or not such a
            document (with the places).
    """
    hint = f"Mend {file}, or delete it to have it made anew."
    try:
        value = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 text", hint=hint) from error
    except json.JSONDecodeError as error:
        raise InputError(f"{file}, line {error.lineno}, column {error.colno}: {error.msg}", hint=hint) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file} cannot be used: {error}", hint=hint) from error
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        found = [f"{_place(each['loc'])}: {each['msg'].removeprefix('Value error, ')}" for each in slips(error)]
        shown = [*found[:SHOWN], *([f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else [])]
        told = f" {shown[0]}" if len(shown) == 1 else "".join(f"\n  {each}" for each in shown)
        raise InputError(f"{file} cannot be used:{told}", hint=hint) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} is given twice in one object")
        found[name] = value
    return found


def _kept(revision: Revision, kind: type[D]) -> Kept[D]:
    document = parse(kind, revision.body.encode("utf-8"), f"{revision.name}.json")
    return Kept(document, revision.sha256, revision.origin)


def _place(parts: tuple[str | int, ...]) -> str:
    """``shots[2].duration_ms``."""
    text = ""
    for before, part in pairwise(("", *parts)):
        if part == before and isinstance(part, str):
            continue  # pydantic's tag of what a field may hold, where it is called like the field
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the document"
