"""Publish to a folder: a package that can be uploaded by hand, with everything that the upload form asks for."""

from __future__ import annotations

import json
import re

from manju.platforms.base import DECLARATION, Published, Release, checks, known
from manju.storage.folder import FilmFolder

_NAMES = re.compile(r"deliver/[^/]+/(video|cover|subtitles|post)\.[a-z0-9]+")


def packaged(name: str) -> bool:
    """Whether a file of the film's folder is part of a package."""
    return _NAMES.fullmatch(name) is not None


def deliver(release: Release, folder: FilmFolder, platform: str) -> Published:
    """Put video, cover, subtitles, the post's text and its data under ``deliver/<platform>/`` of the film's folder.

    ``post.txt`` is the text to paste; ``post.json`` holds the same in fields, with the AI declaration and how the film
    keeps the platform's limits. An empty ``platform`` delivers to ``deliver/film/`` without limits.
    """
    limits = known(platform)
    where = f"deliver/{platform or 'film'}"
    found = checks(limits, release) if limits else ()
    files = {f"video{release.video.suffix}": release.video, f"cover{release.cover.suffix}": release.cover}
    files |= {f"subtitles{path.suffix}": path for path in release.subtitles}
    for name, path in files.items():
        folder.place(f"{where}/{name}", path)
    tags = " ".join(f"#{tag}" for tag in release.tags)
    text = "\n".join(part for part in (release.title, release.description, tags, DECLARATION) if part)
    folder.write(f"{where}/post.txt", text + "\n")
    post = {
        "platform": platform,
        "title": release.title,
        "description": release.description,
        "tags": list(release.tags),
        "files": sorted(files),
        "duration_ms": release.duration_ms,
        "width": release.width,
        "height": release.height,
        "ai_generated": True,
        "declaration": DECLARATION,
        "checks": [check.model_dump(mode="json") for check in found],
    }
    folder.write(f"{where}/post.json", json.dumps(post, ensure_ascii=False, indent=2) + "\n")
    current = {f"{where}/{name}" for name in (*files, "post.txt", "post.json")}
    for name in folder.names():
        if packaged(name) and name not in current:
            folder.remove(name)  # an earlier package: for another platform, or with subtitles
    return Published(platform=platform or "folder", address=where, checks=found)
