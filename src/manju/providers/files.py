"""Files to and from upstream: what type they are, references as ``data:`` addresses, results fetched from where
upstream put them."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes, urljoin

from manju.errors import InputError, RejectedError
from manju.net.guard import ForbiddenError, origin_of
from manju.providers.answers import check
from manju.providers.upstream import Endpoint, Remote


def data_uri(data: bytes) -> str:
    """A picture, sound or clip as a ``data:`` address, its type read from its first bytes.

    Raises:
        InputError: it is none that vendors take.
    """
    return f"data:{media_type(data)};base64,{b64encode(data).decode()}"


def media_type(data: bytes) -> str:
    """The media type of a picture, sound or clip by its first bytes.

    Raises:
        InputError: it is none that vendors take.
    """
    for start, at, name in _TYPES:
        if data[at : at + len(start)] == start:
            return name
    raise InputError("a reference is no picture, sound or clip", hint="Use PNG, JPEG, WebP, WAV, MP3 or MP4.")


def suffix_of(data: bytes) -> str:
    """How the name of a picture, sound or clip ends (``.png``) by its first bytes; empty if it is none of those."""
    try:
        return _SUFFIXES[media_type(data)]
    except InputError:
        return ""


_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "video/mp4": ".mp4",
}
_TYPES = (
    (b"\x89PNG", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"WAVE", 8, "audio/wav"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"ftypM4A", 4, "audio/mp4"),
    (b"ftyp", 4, "video/mp4"),
)


async def download(
    endpoint: Endpoint, file: Remote, *, headers: Mapping[str, str] | None = None, read_s: float = 60
) -> bytes:
    """Fetch a file of an answer from where upstream put it; storage addresses redirect at times, five times at most.
    A ``data:`` address is decoded. The address may be a model's own words, so only public ones are asked, and the
    channel's own origin and those that its option ``files`` lists (``http://10.0.0.6:9000``; ``*`` is any).

    Raises:
        as `Adapter.fetch`.
    """
    url = file.url
    if url.startswith("data:"):
        return inline(url)
    others = allowed(endpoint)
    origins = {origin_of(each) for each in (endpoint.base_url, *others)}
    for _ in range(5):
        guarded = "*" not in others and origin_of(url) not in origins
        try:
            response = await endpoint.http.send("GET", url, headers=headers, read_s=read_s, guarded=guarded)
        except ForbiddenError:
            raise
        except InputError as error:
            raise RejectedError(f"upstream's file has no usable address: {error.message}", refusal="gone") from error
        if response.status in (301, 302, 303, 307, 308) and "location" in response.headers:
            url, headers = urljoin(url, response.headers["location"]), None  # a key never follows a redirect
            continue
        if response.status in (403, 404, 410):
            raise RejectedError(f"the file is gone from upstream ({response.status})", refusal="gone", retryable=True)
        check(response)
        if not response.body or response.type in ("text/html", "application/json", "application/xml", "text/xml"):
            what = "an empty file" if not response.body else f"{response.type} instead of a file"
            raise RejectedError(f"upstream delivered {what}", refusal="no_result")
        return response.body
    raise RejectedError("the file's address redirects without end", refusal="gone")


def allowed(endpoint: Endpoint) -> tuple[str, ...]:
    """The channel's option ``files``: the origins besides its own that are not public and yet fetched from.

    Raises:
        InputError: it names something else.
    """
    named = endpoint.listed("files")
    if wrong := [each for each in named if each != "*" and not each.startswith(("http://", "https://"))]:
        hint = "List them as http://10.0.0.6:9000, https://files.internal; * is any."
        raise InputError(f"the channel's option files cannot have {', '.join(wrong)}", hint=hint)
    return named


def inline(url: str) -> bytes:
    """What a ``data:`` address holds.

    Raises:
        RejectedError: it is broken (``no_result``).
    """
    head, _, data = url.partition(",")
    try:
        return b64decode(data, validate=True) if head.endswith(";base64") else unquote_to_bytes(data)
    except ValueError as error:
        raise RejectedError("upstream delivered a broken data: address", refusal="no_result") from error
