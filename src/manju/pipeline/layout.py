"""Names in a film's folder, and how a folder that holds a film is told. Imports nothing heavy: a command asks first."""

from __future__ import annotations

from manju.errors import InputError
from manju.storage.folder import FilmFolder

FILM, COVER, MANIFEST = "film.mp4", "cover.jpg", "manifest.json"
OURS = ("screenplay.json", "timeline.json", MANIFEST, FILM)
"""A folder with one of these holds a film."""
TAKEN = (*OURS, "film.srt", "film.ass", "film.vtt", COVER, "contact_sheet.png")
"""A new film is not made over any of these."""
MADE = ("shots/", "audio/", "characters/", "deliver/")
"""Subfolders of a film."""


def need_free(folder: FilmFolder, *, resumed: bool = False) -> None:
    """See that a new film can be made in the folder; ``resumed`` if there was nothing in it to go on with.

    Raises:
        InputError: it would be made over another film.
    """
    for name in TAKEN:
        if folder.exists(name):
            known = "Have 'manju render' take it in" if resumed else "Go on with it by --resume"
            raise InputError(
                f"{folder.path} holds {name} already: nothing is overwritten",
                hint=f"{known}, choose another --out, or make a new film over it by --force.",
            )


def need_film(folder: FilmFolder) -> None:
    """
    Raises:
        InputError: there is no film in the folder.
    """
    if not any(folder.exists(name) for name in OURS):
        raise InputError(f"there is no film in {folder.path}", hint="Name a folder that 'manju make' has made.")
