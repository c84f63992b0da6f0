"""Take in a film's folder that this installation does not know: copied from elsewhere, or its database is gone."""

from __future__ import annotations

import json

from pydantic import ValidationError

from manju.domain.film import FilmSpec, Source
from manju.domain.screenplay import Screenplay
from manju.domain.timeline import Timeline
from manju.errors import InputError
from manju.pipeline.documents import MANIFEST, Documents, parse
from manju.storage.folder import FilmFolder


async def take_in(folder: FilmFolder, documents: Documents) -> None:
    """Learn from a film's manifest what in its folder was made and what a person put there."""
    if folder.exists(MANIFEST):
        manifest = json.loads(folder.read(MANIFEST))
        await documents.take_in(manifest.get("files", {}), frozenset(manifest.get("own_files", ())))


def spec_of_folder(folder: FilmFolder) -> FilmSpec:
    """What the film in ``folder`` was asked to be: from its manifest, else from its documents.

    Raises:
        InputError: neither is there, or they cannot be read.
    """
    if folder.exists(MANIFEST):
        try:
            return FilmSpec.model_validate(json.loads(folder.read(MANIFEST))["spec"])
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise InputError(
                f"{MANIFEST} cannot be read: {error}",
                hint="Delete it to go by screenplay.json and timeline.json alone.",
            ) from error
    if not folder.exists("screenplay.json"):
        raise InputError(f"{folder.path} has no screenplay.json", hint="Copy it here too, or make the film anew.")
    body = folder.read("screenplay.json")
    screenplay = parse(Screenplay, body, "screenplay.json")
    found: dict[str, object] = {"language": screenplay.language, "platform": screenplay.target_platform}
    if folder.exists("timeline.json"):
        timeline = parse(Timeline, folder.read("timeline.json"), "timeline.json")
        found |= {"fps": timeline.rate, "resolution": f"{timeline.width}x{timeline.height}"}
    return FilmSpec.model_validate({"source": Source(kind="script", text=body.decode("utf-8-sig")), **found})
