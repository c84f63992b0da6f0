"""Clips from a relay (中转站) over ``/v2/videos/generations``: one wire format for Sora, Veo and others.

Sources: research/relay-gateway.md §1 (2026-11-20; from docs.yutoai.net api-358024500 and Comfyui_Comfly) and seed 000.
Relays know neither idempotency nor look-up by our token. ``Idempotency-Key`` is sent all the same, since another manju
behind these paths honours it (``idempotent = true`` of a channel says that it does). Which fields a model takes is the
relay's word: no public list says it for all models.

Options: ``images`` (default ``first_frame,last_frame,reference``) are the roles that the bare list ``images`` can have
for the model. ``omit`` (default empty) are the fields that it does not take, of ``aspect_ratio``, ``duration``, ``hd``
and ``seed``. ``extra`` (default ``{}``) is a JSON object of other fields, sent as they are: ``watermark``, ``private``,
``notify_hook``, ``character_url``, ``character_timestamps``; for Veo ``enhance_prompt`` and ``enable_upsample``.
"""

from __future__ import annotations

from typing import Any

from manju.domain.order import VideoRequest
from manju.providers import openai
from manju.providers.answers import FAILED, accepted, answered, look, member, nothing, progress, task_failed, words
from manju.providers.base import References
from manju.providers.files import data_uri, download
from manju.providers.shapes import ratio_of
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote
from manju.providers.video import wire

_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
_ROLES = (wire.FIRST, wire.LAST, "reference")
_HD_PIXELS = 1280 * 720


class RelayVideos:
    """Tasks at ``/v2/videos/generations`` of the host; a ``/v1`` at the end of the base address is for other things."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._roles = endpoint.some("images", _ROLES, ",".join(_ROLES))
        self._omit = endpoint.some("omit", ("aspect_ratio", "duration", "hd", "seed"))
        self._extra = endpoint.extra()
        self._host = endpoint.base_url.removesuffix("/v1")
        self._headers = openai.authorisation(endpoint)

    async def submit(self, request: VideoRequest, references: References, token: str) -> Accepted | Answer:
        response = await self._endpoint.http.send(
            "POST",
            f"{self._host}/v2/videos/generations",
            headers={**self._headers, "Idempotency-Key": token},
            json=self._body(request, references),
            read_s=self._endpoint.read_s,
        )
        body = answered(response, self._endpoint.key)
        return accepted(body.get("task_id"), words(response, self._endpoint.key))

    async def poll(self, upstream_id: str) -> Pending | Answer:
        url = f"{self._host}/v2/videos/generations/{wire.part(upstream_id)}"
        response = await self._endpoint.http.send("GET", url, headers=self._headers, read_s=self._endpoint.read_s)
        task = look(response, self._endpoint.key)
        status = str(task.get("status", "")).upper()
        if status in FAILED:
            raise task_failed(str(task.get("fail_reason") or ""))
        if status != "SUCCESS":
            return Pending(progress(task.get("progress")), started=status != "NOT_START")
        output = member(task, "data", "output") or member(task, "data", "outputs", 0)
        if not isinstance(output, str) or not output:
            raise nothing("a clip in a task that succeeded")
        return Answer((Remote("main", output, ".mp4"),))

    async def fetch(self, file: Remote) -> bytes:
        # Some relays pass clips on themselves, and want the key again.
        ours = wire.same_host(file.url, self._endpoint.base_url)
        return await download(self._endpoint, file, headers=self._headers if ours else None)

    async def probe(self) -> None:
        await openai.probe(self._endpoint)

    def _body(self, request: VideoRequest, references: References) -> dict[str, Any]:
        given = wire.material(request, references, self._roles)
        wire.check_frames(given)
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "prompt": request.prompt,
            "aspect_ratio": ratio_of(request, _RATIOS),
            "duration": str(wire.whole_seconds(request)),
            "hd": request.width * request.height > _HD_PIXELS,
            "seed": wire.seed(request),
        }
        if pictures := [data for data in (given.first, given.last, *given.pictures) if data]:
            body["images"] = [data_uri(data) for data in pictures]
        taken = {name: value for name, value in body.items() if name not in self._omit}
        return {**taken, **request.extras, **self._extra}
