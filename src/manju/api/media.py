"""``GET /media/{sha256}.{type}``: artefacts at addresses that never change, with Range. Whoever knows the content's
digest may have it; nobody else can guess the address."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException

from manju.api.gateway.context import relay
from manju.errors import NotFoundError
from manju.storage.base import content_key

router = APIRouter(tags=["media"])
_SPAN = re.compile(r"(?!-$)(\d{0,18})-(\d{0,18})")
_NAME = re.compile(r"([0-9a-f]{64})(\.[a-z0-9]{1,5})")


@router.get("/media/{name}")
@router.head("/media/{name}")
async def media(name: str, request: Request) -> Response:
    """A stored file."""
    found = _NAME.fullmatch(name)
    if not found:
        raise NotFoundError(f"there is no file {name[:100]!r}", hint="Check the address.")
    path = await relay(request).storage.path(content_key(found[1], found[2]))
    return stored_file(request, path, found[1])


def stored_file(request: Request, path: Path, sha256: str) -> Response:
    """A file of the store, whole or a range of it, or that the client has it already."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    # What a model or a user made must never run as a page of ours.
    headers = {
        "etag": f'"{sha256}"',
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        "cross-origin-resource-policy": "cross-origin",
        "vary": "Origin",  # an answer without CORS headers must not be kept for a page that needs them
    }
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if headers["etag"] in known or "*" in known:
        return Response(status_code=304, headers=headers)
    _check_range(request, path.stat().st_size, headers)
    return FileResponse(path, media_type=kind, headers=headers)


def _check_range(request: Request, size: int, headers: Mapping[str, str]) -> None:
    """Forget a range that is none, so that the whole is sent (RFC 9110, 14.2).

    Raises:
        HTTPException: it asks for what is behind the end (416).
    """
    given = request.headers.get("range")
    if given is None:
        return
    spans = [(part[1], part[2]) for each in given[6:].split(",") if (part := _SPAN.fullmatch(each.strip()))]
    whole = given[:6].lower() == "bytes=" and len(spans) == given.count(",") + 1
    if not whole or any(first and last and int(first) > int(last) for first, last in spans):
        request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] != b"range"]
    elif any(int(first) >= size if first else not int(last) for first, last in spans):
        raise HTTPException(416, f"the file has {size} bytes", {**headers, "content-range": f"bytes */{size}"})
