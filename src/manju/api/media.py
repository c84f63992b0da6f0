"""``GET /media/{sha256}.{type}``: artefacts at addresses that never change, with Range. Whoever knows the content's
digest may have it; nobody else can guess the address."""

from __future__ import annotations

import mimetypes
import re

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from manju.api.gateway.context import relay
from manju.errors import NotFoundError
from manju.storage.base import content_key

router = APIRouter(tags=["media"])
_NAME = re.compile(r"([0-9a-f]{64})(\.[a-z0-9]{1,5})")


@router.get("/media/{name}")
@router.head("/media/{name}")
async def media(name: str, request: Request) -> FileResponse:
    """A stored file."""
    found = _NAME.fullmatch(name)
    if not found:
        raise NotFoundError(f"there is no file {name[:100]!r}", hint="Check the address.")
    path = await relay(request).storage.path(content_key(found[1], found[2]))
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    # What a model or a user made must never run as a page of ours.
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        "cross-origin-resource-policy": "cross-origin",
    }
    return FileResponse(path, media_type=kind, headers=headers)
