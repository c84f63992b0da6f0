"""Vendors over HTTP: what an adapter is given, what it hands back, and how it says no.

An adapter is one class in one file: it turns a request into the vendor's wire format and the answer into an `Answer`.
It keeps nothing, retries nothing, prices nothing and stores nothing: all that is the gateway's. A vendor that works
in tasks answers `submit` with `Accepted`, whose id the gateway writes down before anything else happens.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote_to_bytes, urljoin

from manju.domain.order import Artefact, Request
from manju.errors import InputError, NoAnswerError, Refusal, RejectedError
from manju.net.client import READ_S, Http, Response
from manju.providers.base import References

R_contra = TypeVar("R_contra", bound=Request, contravariant=True)
MAYBE_ACCEPTED = (504, 524)
"""A proxy before upstream gave up waiting: what upstream did is not known."""
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One upstream account as its adapter sees it. ``base_url`` has no slash at its end; ``model`` is the model's name
    there; ``options`` are the channel's vendor settings (a region, an app id ...) from ``manju.toml``."""

    base_url: str
    key: str = field(repr=False)
    model: str
    http: Http
    options: Mapping[str, str] = field(default_factory=dict)
    read_s: float = READ_S

    def option(self, name: str) -> str:
        """A setting that this vendor cannot do without.

        Raises:
            InputError: the channel does not have it.
        """
        try:
            return self.options[name]
        except KeyError:
            hint = f"Add {name} to the channel's options in manju.toml."
            raise InputError(f"the channel at {self.base_url} needs the option {name!r}", hint=hint) from None

    def flag(self, name: str) -> bool | None:
        """A setting that is ``true`` or ``false``; None if the channel does not have it.

        Raises:
            InputError: it is neither.
        """
        text = self.options.get(name)
        if text in (None, "true", "false"):
            return None if text is None else text == "true"
        raise InputError(f"the channel's option {name} cannot be {text!r}", hint="Write true or false.")


@dataclass(frozen=True, slots=True)
class Remote:
    """A file that upstream keeps for a while. The address is written down, and fetched as often as it takes; ``suffix``
    is its type with the dot."""

    role: str
    url: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Upstream has taken the order as a task of this id. From now on it is polled and never sent again."""

    upstream_id: str


@dataclass(frozen=True, slots=True)
class Pending:
    """The task is not done. ``progress`` is 0..1, None where upstream does not say; ``started``: it has left the
    queue."""

    progress: float | None = None
    started: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What upstream made: files (the first is the main one) and facts of the modality's base. ``model`` is the one that
    upstream says did it; ``units`` is what it says it charged for (seconds, tokens ...)."""

    files: tuple[Artefact | Remote, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""
    units: Mapping[str, float] = field(default_factory=dict)


class Adapter(Protocol[R_contra]):
    """One vendor's way to make one modality. Made with an `Endpoint`; safe to use from many tasks at once."""

    idempotent: bool
    """Sending again with the same ``token`` gives the first order's result and is not charged twice."""

    async def submit(self, request: R_contra, references: References, token: str) -> Accepted | Answer:
        """Send the order. ``token`` is ours for this attempt: an idempotency key or client reference where the vendor
        has one.

        Raises:
            NotSentError: upstream has seen nothing.
            NoAnswerError: it may have been accepted.
            RejectedError: upstream said no; ``refusal`` says why.
            InputError: this vendor cannot be asked for that. Nothing was sent.
        """
        ...

    async def poll(self, upstream_id: str) -> Pending | Answer:
        """Look at a task.

        Raises:
            NotSentError, NoAnswerError: it could not be looked at. That says nothing of the task.
            RejectedError: the task failed (``moderation``, ``invalid``, ``no_result``), upstream does not know it any
                more (``gone``), or the look was refused (``auth``, ``rate``, ``busy``): see `look_failed`.
        """
        ...

    async def fetch(self, file: Remote) -> bytes:
        """A file of an answer.

        Raises:
            NotSentError, NoAnswerError: it could not be fetched now.
            RejectedError: it is gone (``gone``), or what is there is not a file (``no_result``).
        """
        ...

    async def probe(self) -> None:
        """Ask something that costs nothing and needs the key (the list of models, a balance).

        Raises:
            NotSentError, NoAnswerError, RejectedError: the channel cannot be used.
            InputError: this vendor has nothing that is free to ask.
        """
        ...


def look_failed(error: RejectedError) -> bool:
    """Whether a refused poll says that only the look failed, not the task."""
    return error.refusal in ("auth", "credit", "rate", "busy")


def check(response: Response, *, submit: bool = False) -> Response:
    """The response if its status is 2xx.

    Raises:
        NoAnswerError: an order (``submit``) met 504 or 524.
        RejectedError: any other status, with the refusal that it stands for and upstream's own words.
    """
    status = response.status
    if 200 <= status < 300:
        return response
    said = words(response)
    if submit and status in MAYBE_ACCEPTED:
        raise NoAnswerError(f"upstream's proxy answered {status} and did not wait for the result")
    refusal = refusal_of(status, said)
    raise RejectedError(f"upstream answered {status}: {said}", refusal=refusal, retry_after=retry_after(response))


def look(response: Response) -> dict[str, Any]:
    """What a look at a task says, as a JSON object. A look that went wrong never speaks of the task.

    Raises:
        RejectedError: upstream does not know the task (``gone``), the look was refused (``auth``, ``credit``,
            ``rate``), or what came is no answer, such as a page of HTML with status 200 (``busy``).
    """
    said = words(response)
    if 200 <= response.status < 300:
        try:
            body = response.json()
        except RejectedError as error:
            raise RejectedError(error.message, refusal="busy") from error
        if isinstance(body, dict):
            return body
        refusal: Refusal = "busy"
    elif response.status in (404, 410) or any(word in said.lower() for word in _UNKNOWN_TASK):
        refusal = "gone"
    else:
        refusal = refusal_of(response.status, said)
        refusal = refusal if refusal in ("auth", "credit", "rate") else "busy"
    message = f"upstream answered {response.status} when asked for a task: {said}"
    raise RejectedError(message, refusal=refusal, retry_after=retry_after(response))


def task_failed(said: str) -> RejectedError:
    """The error of a task of which upstream says that it failed, and why."""
    refusal: Refusal = "moderation" if refusal_of(400, said) == "moderation" else "no_result"
    return RejectedError(f"upstream's task failed: {' '.join(said.split())[:_SHOWN] or 'no reason'}", refusal=refusal)


def refusal_of(status: int, said: str) -> Refusal:
    """The refusal that a status and upstream's words stand for. Relays wrap moderation in 400 and 403, and an empty
    account in 403 and 429, so the words are looked at first."""
    low = said.lower()
    if status < 500 and any(word in low for word in _MODERATION):
        return "moderation"
    if status in (402, 403, 429) and any(word in low for word in _CREDIT):
        return "credit"
    by_status: dict[int, Refusal] = {401: "auth", 402: "credit", 403: "auth", 408: "busy", 409: "busy", 410: "gone"}
    by_status |= {404: "invalid", 425: "busy", 429: "rate"}
    if status in by_status:
        return by_status[status]
    return "busy" if status >= 500 or 300 <= status < 400 else "invalid"


_MODERATION = (
    "content_policy",
    "content policy",
    "guardrail",
    "moderation",
    "safety",
    "sensitive",
    "prohibited",
    "inappropriate",
    "risk control",
    "敏感",
    "违规",
    "审核",
    "内容安全",
)
_UNKNOWN_TASK = ("not_exist", "not exist", "notexist", "not_found", "not found", "notfound", "不存在")
_CREDIT = ("insufficient", "balance", "quota", "credit", "arrear", "余额", "额度", "欠费")


def words(response: Response) -> str:
    """Upstream's own message from the error shapes of this field, shortened; never more than one line."""
    try:
        body: Any = response.json()
    except RejectedError:
        return " ".join(response.text().split())[:_SHOWN] or "no message"
    parts: list[str] = []
    for name in ("error", "base_resp", "ResponseMetadata", "extra", "data", "fault"):
        if isinstance(body, dict) and isinstance(body.get(name), dict | str):
            parts += _said(body[name])
    parts += _said(body)
    return " ".join(" ".join(dict.fromkeys(parts)).split())[:_SHOWN] or "no message"


def _said(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, dict):
        return []
    names = ("code", "type", "status", "message", "msg", "fail_reason", "status_msg", "detail", "description", "reason")
    return [str(value[name]) for name in names if isinstance(value.get(name), str | int) and value[name] != ""]


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


def retry_after(response: Response) -> float | None:
    """Seconds from ``Retry-After`` (or ``retry-after-ms``); None if it is absent or a date."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(response.headers[name]) * unit)
        except (KeyError, ValueError):
            continue
    return None


async def download(http: Http, file: Remote, *, headers: Mapping[str, str] | None = None, read_s: float = 60) -> bytes:
    """Fetch a file of an answer from where upstream put it; storage addresses redirect at times, five times at most.
    A ``data:`` address is decoded.

    Raises:
        as `Adapter.fetch`.
    """
    url = file.url
    if url.startswith("data:"):
        return _inline(url)
    for _ in range(5):
        response = await http.send("GET", url, headers=headers, read_s=read_s)
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


def _inline(url: str) -> bytes:
    head, _, data = url.partition(",")
    try:
        return b64decode(data, validate=True) if head.endswith(";base64") else unquote_to_bytes(data)
    except ValueError as error:
        raise RejectedError("upstream delivered a broken data: address", refusal="no_result") from error
