"""Whose file is it? What we made in a film's folder may be replaced and removed; what a person put there may not."""

from __future__ import annotations

import asyncio
from pathlib import Path, PurePosixPath

from manju.errors import MediaError
from manju.gateway.shelf import Shelf
from manju.media.label import read
from manju.pipeline.documents import Documents
from manju.pipeline.layout import FILM, MANIFEST
from manju.platforms.folder import delivered_film, outdated, packaged
from manju.storage.folder import FilmFolder

TAKES = {"audio": ("voice", "music"), "characters": ("turnaround",), "shots": ("frame", "clip")}
"""Subfolders whose files are called by the subject of their take, and the kinds of take there. An artefact that is one
of several beside the main one has its role in its name too: ``shots/s1.far.png``."""
DOCUMENTS = {"screenplay.json": "screenplay", "timeline.json": "timeline"}


async def is_ours(documents: Documents, shelf: Shelf, name: str, digest: str) -> bool:
    """Whether content under a name is something that we put there: a take of what the file is called by, or what a
    stage put there. Documents and the film itself are not known in this way: see `made_here`."""
    path = PurePosixPath(name)
    subject, _, role = path.stem.partition(".")
    for kind in TAKES.get(str(path.parent), ()):
        if digest in await shelf.made(documents.project_id, subject, kind, role):
            return True
    return await documents.ours(name, digest)


def labelled(path: Path) -> bool:
    """Whether a film still has our label: an editor's export has not."""
    try:
        return read(path) is not None
    except MediaError:
        return False  # whatever it is, we did not make it so


async def delivered_by_us(folder: FilmFolder, documents: Documents, name: str, digest: str) -> bool:
    """Whether a file in ``deliver/`` is ours: a film that still has our label, a text or picture that we put there."""
    if delivered_film(name) or (outdated(name) and name.endswith(".mp4")):
        return await asyncio.to_thread(labelled, folder.locate(name))
    return outdated(name) or await documents.ours(name, digest)


async def made_here(folder: FilmFolder, documents: Documents, shelf: Shelf, name: str) -> bool:
    """Whether any file of a film is ours: besides `is_ours`, a revision of a document that we made, the manifest, what
    we delivered, and a film that still has our label."""
    if name == MANIFEST:
        return True
    if name == FILM:
        return await asyncio.to_thread(labelled, folder.locate(name))
    digest = await asyncio.to_thread(folder.digest, name)
    if packaged(name) or outdated(name):
        return await delivered_by_us(folder, documents, name, digest)
    if name in DOCUMENTS:
        return await documents.made(DOCUMENTS[name], digest)
    return await is_ours(documents, shelf, name, digest)
