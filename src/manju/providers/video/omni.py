"""Clips from Gemini Omni Flash over Google's Interactions API.

Sources: ai.google.dev/gemini-api/docs/omni, /background-execution and /api-errors (copies of 2026-06 to 2026-10),
python-genai (2026, ``types/interactions``), google-gemini/gemini-skills gemini-omni-flash-api, TanStack/ai
issue 871 (tried against the API on 2026-07-01), swf-cmd/videogen docs/providers/gemini.md (2026-10-08). What
each picture is for stands in the prompt as tags. An order runs in the background and is asked for by its id; the clip
then stands in the answer as base64, or behind an address that needs the key, which goes to this channel's own host
only. Sound is always made, and there is no seed. Reference clips must be uploaded first, which is not spoken. There is
no idempotency and no place for our token. Not verified: that ``delivery`` is honoured (the API answered inline all the
same in 2026-07), and what a filtered clip looks like without an ``errors`` list (the model's words are looked at).

Options: ``auth`` as in `manju.providers.google`; ``omit`` (default empty) are fields of ``response_format`` that the
model does not take. ``extra`` (default ``{}``) is a JSON object of other fields of the body, sent as they are.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from manju.domain.order import VideoRequest
from manju.errors import RejectedError
from manju.net.client import Response
from manju.providers import google
from manju.providers.answers import accepted, member, rejected, task_failed, value_of
from manju.providers.base import References
from manju.providers.files import download, media_type
from manju.providers.shapes import ratio_of
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote, address
from manju.providers.video import veo, wire

_PATH = "/interactions"
_REVISION = "2026-05-20"
"""The form of bodies and answers that is spoken here."""
_RATIOS = ("16:9", "9:16")
_RESOLUTIONS = ("360p", "720p", "1080p", "4k")
_ENDED = ("failed", "cancelled", "incomplete", "budget_exceeded")


class OmniVideos:
    """Interactions at ``{base_url}/v1beta/interactions``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._key = google.authorisation(endpoint)
        self._omit = endpoint.some("omit", ("delivery", "aspect_ratio", "resolution", "duration"))
        self._extra = endpoint.extra()

    async def submit(self, request: VideoRequest, references: References, token: str) -> Accepted | Answer:
        response = await self._send("POST", _PATH, self._body(request, references))
        return accepted(google.answered(response, self._endpoint.key).get("id"))

    async def poll(self, upstream_id: str) -> Pending | Answer:
        response = await self._send("GET", f"{_PATH}/{wire.part(upstream_id)}")
        seen = google.looked(response, self._endpoint.key)
        status = seen.get("status")
        if status in _ENDED:
            raise _failed(seen, f"it is {status}")
        if status != "completed":
            return Pending(started=status != "queued")
        video = next((each for each in _content(seen) if each.get("type") == "video"), None)
        data, uri = member(video, "data"), member(video, "uri")
        tokens = member(seen, "usage", "total_output_tokens")
        units = {"tokens": float(tokens)} if isinstance(tokens, int | float) else {}
        model = str(seen.get("model") or "")
        if isinstance(data, str) and data:
            return Answer((veo.clip(data),), model=model, units=units)
        if isinstance(uri, str) and uri:
            return Answer((Remote("main", uri, ".mp4"),), model=model, units=units)
        raise _failed(seen, "it is completed without a clip")

    async def fetch(self, file: Remote) -> bytes:
        headers = self._key if self._endpoint.owns(file.url) else None
        return await download(self._endpoint, file, headers=headers)

    async def probe(self) -> None:
        await google.probe(self._endpoint)

    async def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Response:
        response = await self._endpoint.http.send(
            method,
            address(self._endpoint.base_url, google.VERSION, path),
            headers={**self._key, "Api-Revision": _REVISION},
            json=body,
            read_s=self._endpoint.read_s,
        )
        code = str(member(value_of(response), "error", "code") or "")
        if code == "quota_exceeded":  # a rate limit, not an empty account: that is payment_required
            raise rejected(response, "rate", self._endpoint.key)
        if method == "POST" and _blocked(code):
            raise rejected(response, "moderation", self._endpoint.key)
        return response

    def _body(self, request: VideoRequest, references: References) -> dict[str, Any]:
        given = wire.material(request, references, (wire.FIRST, wire.LAST, "reference"))
        wire.check_frames(wire.Material(given.first, given.last))
        frames = [(name, data) for name, data in (("FIRST_FRAME", given.first), ("LAST_FRAME", given.last)) if data]
        tags = [f"<{name}>@Image{number}" for number, (name, _) in enumerate(frames, 1)]
        lines = [f"[# Sources {' '.join(tags)}]"] if tags else []
        tags = [f"<IMAGE_REF_{index}>@Image{len(frames) + index + 1}" for index in range(len(given.pictures))]
        lines += [f"[# References {' '.join(tags)}]"] if tags else []
        pictures = [data for _, data in frames] + list(given.pictures)
        form = {
            "type": "video",
            "delivery": "uri",
            "aspect_ratio": ratio_of(request, _RATIOS),
            "resolution": wire.resolution_of(request, _RESOLUTIONS),
            "duration": f"{wire.whole_seconds(request)}s",
        }
        return {
            "model": self._endpoint.model,
            "input": [
                *({"type": "image", "data": b64encode(p).decode(), "mime_type": media_type(p)} for p in pictures),
                {"type": "text", "text": "\n".join([*lines, request.prompt])},
            ],
            "response_format": {name: value for name, value in form.items() if name not in self._omit},
            "background": True,
            "store": True,
            **self._extra,
        }


def _content(seen: dict[str, Any]) -> list[dict[str, Any]]:
    """What the model made, of all its steps."""
    steps = seen.get("steps")
    found: list[dict[str, Any]] = []
    for step in steps if isinstance(steps, list) else ():
        content = member(step, "content")
        if member(step, "type") == "model_output" and isinstance(content, list):
            found += [each for each in content if isinstance(each, dict)]
    return found


def _failed(seen: dict[str, Any], otherwise: str) -> RejectedError:
    """Why there is no clip: the first error anywhere, else what the model says instead."""
    steps, errors = seen.get("steps"), seen.get("errors")
    found = [seen.get("error"), *(errors if isinstance(errors, list) else ())]
    found += [member(step, "error") for step in (steps if isinstance(steps, list) else ())]
    for error in found:
        if isinstance(error, dict) and error:
            code, message = (str(error.get(name) or "") for name in ("code", "message"))
            said = f"{code} {message}".strip()
            return task_failed(said, "moderation") if _blocked(code) else veo.failed(said)
    return veo.failed(" ".join(str(each.get("text") or "") for each in _content(seen)).strip() or otherwise)


def _blocked(code: str) -> bool:
    return code.upper() in google.BLOCKED or code == "content_blocked"
