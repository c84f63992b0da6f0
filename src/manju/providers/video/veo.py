"""Clips from Google's Veo over the Gemini API: ``predictLongRunning`` and its operations.

Sources: ai.google.dev/gemini-api/docs/veo (copies of 2026), python-genai (2026, the converters for the Gemini
API), vercel/ai packages/google. Where they differ from what the API took in 2026-07 to 2026-10 (nodetool
pull request 4298 and others), the latter is spoken: pictures are ``bytesBase64Encoded`` and not ``inlineData``, and
``durationSeconds`` is a number. A last frame alone is silently ignored there, so it is refused here. 1080p, 4k and
reference pictures exist with 8 seconds only, which is the catalogue's to know. ``seed`` is Vertex AI's alone and not
sent; Veo 3 and later always make sound. There is no idempotency and no place for our token. Clips are kept for two
days, and their address needs the key, which goes to this channel's own host only. That Vertex AI's
``fetchPredictOperation`` differs is known; it is not spoken.

Options: ``auth`` as in `manju.providers.google`; ``omit`` (default empty) are parameters that the model does not take
(``resolution`` with Veo 2). ``extra`` (default ``{}``) is a JSON object of other ``parameters``, sent as they are:
``personGeneration``, ``negativePrompt``.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote

from manju.domain.order import Artefact, VideoRequest
from manju.errors import InputError, RejectedError
from manju.providers import google
from manju.providers.answers import accepted, member, task_failed
from manju.providers.base import References
from manju.providers.files import download, inline, media_type
from manju.providers.shapes import ratio_of
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote, address
from manju.providers.video import wire

_RATIOS = ("16:9", "9:16")
_RESOLUTIONS = ("720p", "1080p", "4k")
_MOST = 3
"""Reference pictures."""
_BLAMED = ("responsible ai", "usage guidelines", "violat")
"""How Veo's failures speak of the content, beside the words that all upstreams use."""


class VeoVideos:
    """Operations of ``{base_url}/v1beta/models/{model}:predictLongRunning``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._headers = google.authorisation(endpoint)
        self._omit = endpoint.some("omit", ("aspectRatio", "durationSeconds", "resolution"))
        self._extra = endpoint.extra()

    async def submit(self, request: VideoRequest, references: References, token: str) -> Accepted | Answer:
        response = await google.send(self._endpoint, "predictLongRunning", self._body(request, references))
        return accepted(google.answered(response, self._endpoint.key).get("name"))

    async def poll(self, upstream_id: str) -> Pending | Answer:
        url = address(self._endpoint.base_url, google.VERSION, f"/{quote(upstream_id)}")
        response = await self._endpoint.http.send("GET", url, headers=self._headers, read_s=self._endpoint.read_s)
        operation = google.looked(response, self._endpoint.key)
        if operation.get("done") is not True:
            return Pending()
        if error := operation.get("error"):
            raise failed(str(member(error, "message") or error))
        made = member(operation, "response", "generateVideoResponse")
        video = member(made, "generatedSamples", 0, "video")
        uri, data = member(video, "uri"), member(video, "encodedVideo")
        if isinstance(uri, str) and uri:
            return Answer((Remote("main", uri, ".mp4"),))
        if isinstance(data, str) and data:
            return Answer((clip(data),))
        if member(made, "raiMediaFilteredCount"):
            reasons = member(made, "raiMediaFilteredReasons")
            said = " ".join(str(reason) for reason in reasons) if isinstance(reasons, list) else ""
            raise task_failed(said or "Veo filtered the clip out", "moderation")
        raise RejectedError("Veo's operation is done without a clip", refusal="no_result")

    async def fetch(self, file: Remote) -> bytes:
        headers = self._headers if self._endpoint.owns(file.url) else None
        return await download(self._endpoint, file, headers=headers)

    async def probe(self) -> None:
        await google.probe(self._endpoint)

    def _body(self, request: VideoRequest, references: References) -> dict[str, Any]:
        given = wire.material(request, references, (wire.FIRST, wire.LAST, "reference"))
        wire.check_frames(given)
        if len(given.pictures) > _MOST:
            raise InputError(f"Veo takes {_MOST} reference pictures at most", hint="Leave the others out.")
        instance: dict[str, Any] = {"prompt": request.prompt}
        if given.first:
            instance["image"] = _picture(given.first)
        if given.last:
            instance["lastFrame"] = _picture(given.last)
        if given.pictures:
            instance["referenceImages"] = [
                {"image": _picture(data), "referenceType": "asset"} for data in given.pictures
            ]
        parameters: dict[str, Any] = {
            "aspectRatio": ratio_of(request, _RATIOS),
            "durationSeconds": wire.whole_seconds(request),
            "resolution": wire.resolution_of(request, _RESOLUTIONS),
        }
        parameters = {name: value for name, value in parameters.items() if name not in self._omit} | self._extra
        return {"instances": [instance], "parameters": parameters}


def failed(said: str) -> RejectedError:
    """The error of a clip that Google did not make, and why."""
    return task_failed(said, "moderation" if any(word in said.lower() for word in _BLAMED) else None)


def clip(data: str) -> Artefact:
    """A clip that stands in an answer as base64.

    Raises:
        RejectedError: it is broken (``no_result``).
    """
    return Artefact("main", inline(f"data:video/mp4;base64,{data}"), ".mp4")


def _picture(data: bytes) -> dict[str, str]:
    return {"bytesBase64Encoded": b64encode(data).decode(), "mimeType": media_type(data)}
