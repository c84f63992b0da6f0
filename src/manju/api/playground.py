"""``/playground`` (操练场): a page to try every model from a browser. It speaks to the relay API with the visitor's key
as any client does, and has no endpoint of its own."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import Response

from manju.errors import NotFoundError

router = APIRouter(include_in_schema=False)
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Only our own files, and what the visitor picked: a prompt or an answer that smuggles a script in comes to nothing."""


@router.api_route("/playground", methods=["GET", "HEAD"])
async def page(request: Request) -> Response:
    """The page."""
    return _answer(request, "index.html")


@router.api_route("/playground/{name}", methods=["GET", "HEAD"])
async def asset(name: str, request: Request) -> Response:
    """A file of the page."""
    return _answer(request, name)


def _answer(request: Request, name: str) -> Response:
    data, tag = _file(name)
    headers = {
        "cache-control": "no-cache",
        "etag": tag,
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=TYPES[name.rpartition(".")[2]], headers=headers)


@cache
def _file(name: str) -> tuple[bytes, str]:
    """A file's content and its entity tag.

    Raises:
        NotFoundError: the page has no such file.
    """
    # Looked up in the folder's listing: a name can never lead out of it.
    for entry in (files("manju.api") / "pages" / "playground").iterdir():
        if entry.name == name and name.rpartition(".")[2] in TYPES:
            data = entry.read_bytes()
            return data, f'"{hashlib.sha256(data).hexdigest()[:20]}"'
    raise NotFoundError(f"there is no file {name[:100]!r}", hint="Open /playground.")
