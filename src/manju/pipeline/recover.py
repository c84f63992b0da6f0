"""Take in a film's folder that this installation does not know: copied from elsewhere, or its database is gone."""

from __future__ import annotations

import json

from pydantic import BaseModel, ValidationError

from manju.domain.film import FilmSpec, Source
from manju.domain.screenplay import Screenplay
from manju.domain.timeline import Timeline
from manju.errors import InputError
from manju.pipeline.documents import Documents, parse
from manju.pipeline.layout import MANIFEST
from manju.pipeline.slips import slips
from manju.storage.folder import FilmFolder


class Told(BaseModel):
    """What a manifest tells to an installation that does not know its film."""

    spec: FilmSpec
    files: dict[str, str] = {}
    own_files: frozenset[str] = frozenset()


async def take_in(folder: FilmFolder, documents: Documents) -> None:
    """Learn from a film's manifest what in its folder was made and what a person put there.

    Raises:
        InputError: the manifest cannot be read.
    """
    told = _told(folder)
    if told is not None:
        await documents.take_in(told.files, told.own_files)


def spec_of_folder(folder: FilmFolder) -> FilmSpec:
    """What the film in ``folder`` was asked to be: from its manifest, else from its documents.

    Raises:
        InputError: neither is there, or they cannot be read.
    """
    told = _told(folder)
    if told is not None:
        return told.spec
    if not folder.exists("screenplay.json"):
        raise InputError(f"{folder.path} has no screenplay.json", hint="Copy it here too, or make the film anew.")
    body = folder.read("screenplay.json")
    screenplay = parse(Screenplay, body, "screenplay.json")
    found: dict[str, object] = {"language": screenplay.language, "platform": screenplay.target_platform}
    if folder.exists("timeline.json"):
        timeline = parse(Timeline, folder.read("timeline.json"), "timeline.json")
        found |= {"fps": timeline.rate, "resolution": f"{timeline.width}x{timeline.height}"}
    return FilmSpec.model_validate({"source": Source(kind="script", text=body.decode("utf-8-sig")), **found})


def _told(folder: FilmFolder) -> Told | None:
    if not folder.exists(MANIFEST):
        return None
    try:
        return Told.model_validate(json.loads(folder.read(MANIFEST)))
    except (ValueError, RecursionError) as error:
        where = slips(error)[0] if isinstance(error, ValidationError) else None
        what = f"{'.'.join(map(str, where['loc']))}: {where['msg']}" if where else str(error)
        raise InputError(
            f"{MANIFEST} cannot be read: {what}",
            hint="Delete it to go by screenplay.json and timeline.json alone.",
        ) from error
