"""Music from a relay (中转站) in the form of Suno-API: tasks at ``/suno/submit/music`` and ``/suno/fetch/{id}``.

Sources, which agree: docs.newapi.pro ``api/suno-music`` with new-api's ``dto/suno.go`` and ``relay/channel/task/suno``;
Suno-API's ``api.go`` and ``docs/swagger.yaml``; gpt-best.apifox.cn ``doc-4344094``. Submit ``gpt_description_prompt``,
``make_instrumental``, ``mv`` (the version, the channel's model) -> ``{"code": "success", "data": "<id>"}``; fetch ->
``{"code": "success", "data": {"status": NOT_START | SUBMITTED | QUEUED | IN_PROGRESS | SUCCESS | FAILURE,
"fail_reason", "progress": "35%", "data": [{"audio_url", "metadata": {"duration"}}]}}``, times in seconds; an unknown
task is 400 with "not exist". crazyrouter.com says ``complete`` and ``error`` instead, others put the id into an object:
both are read. A task makes two pieces of the vendor's own length: there is no field for the length that was asked,
so the mix loops or ends them; their level is not promised either. ``Idempotency-Key`` is sent for another manju.

Options: ``extra`` (default ``{}``): further fields as a JSON object.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from manju.domain.order import MusicRequest
from manju.errors import RejectedError
from manju.providers import openai
from manju.providers.answers import FAILED, accepted, answered, look, member, nothing, progress, task_failed, words
from manju.providers.base import References
from manju.providers.files import download
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote

_DONE = ("SUCCESS", "COMPLETE", "COMPLETED")
_QUEUED = ("NOT_START", "SUBMITTED", "QUEUED")
_SUFFIXES = (".mp3", ".wav", ".flac", ".m4a")


class RelayMusic:
    """Instrumental pieces; a ``/v1`` at the end of the base address is for other things."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._extra = endpoint.extra()
        self._suno = endpoint.base_url.removesuffix("/v1") + "/suno"
        self._headers = openai.authorisation(endpoint)

    async def submit(self, request: MusicRequest, references: References, token: str) -> Accepted | Answer:
        body = {"gpt_description_prompt": request.style, "make_instrumental": True, "mv": self._endpoint.model}
        response = await self._endpoint.http.send(
            "POST",
            f"{self._suno}/submit/music",
            headers={**self._headers, "Idempotency-Key": token},
            json=body | self._extra,
            read_s=self._endpoint.read_s,
        )
        answer = answered(response, self._endpoint.key)
        task = answer.get("data")
        task = member(task, "task_id") if isinstance(task, dict) else task
        return accepted(task, words(response, self._endpoint.key))

    async def poll(self, upstream_id: str) -> Pending | Answer:
        url = f"{self._suno}/fetch/{quote(upstream_id, safe='')}"
        response = await self._endpoint.http.send("GET", url, headers=self._headers, read_s=self._endpoint.read_s)
        task = look(response, self._endpoint.key).get("data")
        if not isinstance(task, dict):
            raise RejectedError("the relay answered without the task", refusal="busy")
        status = str(task.get("status", "")).upper()
        if status in FAILED:
            raise task_failed(str(task.get("fail_reason") or ""))
        if status not in _DONE:
            return Pending(progress(task.get("progress")), started=status not in _QUEUED)
        made = task.get("data")
        pieces = [piece for piece in made if _url(piece)] if isinstance(made, list) else []
        if not pieces:
            raise nothing("a piece of music in a task that succeeded")
        roles = ("main", *(f"other-{number}" for number in range(1, len(pieces))))
        return Answer(
            tuple(Remote(role, _url(piece), _suffix(_url(piece))) for role, piece in zip(roles, pieces, strict=True)),
            model=str(member(pieces[0], "model_name") or ""),
        )

    async def fetch(self, file: Remote) -> bytes:
        return await download(self._endpoint, file)

    async def probe(self) -> None:
        await openai.probe(self._endpoint)


def _url(piece: Any) -> str:
    url = member(piece, "audio_url")
    return url if isinstance(url, str) else ""


def _suffix(url: str) -> str:
    """The type of a file by its address; MP3 where that does not say."""
    suffix = PurePosixPath(urlsplit(url).path).suffix.lower()
    return suffix if suffix in _SUFFIXES else ".mp3"
