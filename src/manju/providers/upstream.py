"""Vendors over HTTP: what an adapter is given, what it hands back, and how it says no.

An adapter is one class in one file: it turns a request into the vendor's wire format and the answer into an `Answer`.
It keeps nothing, retries nothing, prices nothing and stores nothing: all that is the gateway's. A vendor that works
in tasks answers `submit` with `Accepted`, whose id the gateway writes down before anything else happens.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

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

    def owns(self, url: str) -> bool:
        """Whether an address is this upstream's own, so that the key may go there."""
        return url.startswith(f"{self.base_url}/")

    def choice(self, name: str, *known: str) -> str:
        """A setting that has one of a few values; the first if the channel does not have it.

        Raises:
            InputError: it has another.
        """
        value = self.options.get(name, known[0])
        if value in known:
            return value
        raise InputError(f"the channel's option {name} cannot be {value!r}", hint=f"Write {' or '.join(known)}.")

    def number(self, name: str, default: int | None = None) -> int | None:
        """A setting that is a whole number.

        Raises:
            InputError: it is none.
        """
        text = self.options.get(name)
        if text is None or text.isdecimal():
            return default if text is None else int(text)
        raise InputError(f"the channel's option {name} cannot be {text!r}", hint="Write a whole number.")

    def listed(self, name: str, default: str = "") -> tuple[str, ...]:
        """A setting that is a list with commas, in its order."""
        return tuple(part.strip() for part in self.options.get(name, default).split(",") if part.strip())

    def extra(self) -> dict[str, Any]:
        """The setting ``extra``: further fields of the vendor's request, as a JSON object.

        Raises:
            InputError: it is none.
        """
        try:
            value = json.loads(self.options.get("extra", "{}"))
        except ValueError:
            value = None
        if isinstance(value, dict):
            return value
        raise InputError("the channel's option extra is not a JSON object", hint='Write it as {"name": value}.')


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


class AtOnce:
    """The part of an adapter whose vendor answers an order at once, with the result in the answer."""

    async def poll(self, upstream_id: str) -> Pending | Answer:
        raise RejectedError(f"this vendor works without tasks, so {upstream_id!r} is none", refusal="gone")

    async def fetch(self, file: Remote) -> bytes:
        raise RejectedError("this vendor keeps no files", refusal="gone")


def look_failed(error: RejectedError) -> bool:
    """Whether a refused poll says that only the look failed, not the task."""
    return error.refusal in ("auth", "credit", "rate", "busy")


def address(base_url: str, version: str, path: str) -> str:
    """Where ``path`` (``/models``) of an API is. A base URL says itself where its API begins (``https://host/v1``,
    ``https://host/api/v3``), or it only names a host, and the API's usual ``version`` (``v1``) stands behind it."""
    return base_url + path if _VERSION.search(urlsplit(base_url).path) else f"{base_url}/{version}{path}"


_VERSION = re.compile(r"/v\d\w*(/|$)")


def check(response: Response, *, submit: bool = False, secret: str = "") -> Response:
    """The response if its status is 2xx. ``secret`` is the key: some relays repeat it when they refuse it.

    Raises:
        NoAnswerError: an order (``submit``) met 504 or 524.
        RejectedError: any other status, with the refusal that it stands for and upstream's own words.
    """
    status = response.status
    if 200 <= status < 300:
        return response
    said = words(response, secret)
    if submit and status in MAYBE_ACCEPTED:
        raise NoAnswerError(f"upstream's proxy answered {status} and did not wait for the result")
    refusal = refusal_of(status, said)
    raise RejectedError(f"upstream answered {status}: {said}", refusal=refusal, retry_after=retry_after(response))


def answered(response: Response, secret: str = "") -> dict[str, Any]:
    """The JSON object that answers an order.

    Raises:
        NoAnswerError, RejectedError: as `check`, also where a relay says its error with status 200; ``no_result`` for
            a page of HTML or anything else that is no object.
    """
    body = check(response, submit=True, secret=secret).json()
    if not isinstance(body, dict):
        raise nothing("a JSON object", words(response, secret))
    error = body.get("error")
    if not error:
        return body
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, int) and 400 <= code < 600:
        check(replace(response, status=code), submit=True, secret=secret)
    raise nothing("a result", words(response, secret))


def nothing(wanted: str, said: str = "") -> RejectedError:
    """The error of an answer without what was ``wanted``. What it says instead may be that the content is refused."""
    refusal: Refusal = "moderation" if said and refusal_of(400, said) == "moderation" else "no_result"
    text = " ".join(said.split())[:_SHOWN]
    return RejectedError(f"upstream answered without {wanted}{': ' if text else ''}{text}", refusal=refusal)


def accepted(task: Any, said: str = "") -> Accepted:
    """An order that upstream has taken under the id ``task``. ``said`` are its words where there is none.

    Raises:
        RejectedError: that is no id (``no_result``, ``moderation``).
    """
    if isinstance(task, str | int) and not isinstance(task, bool) and task not in ("", 0):
        return Accepted(str(task))
    raise nothing("a task's id", said)


def member(value: Any, *path: str | int) -> Any:
    """What stands in a JSON value under names and positions; None where there is no such thing."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def look(response: Response, secret: str = "") -> dict[str, Any]:
    """What a look at a task says, as a JSON object. A look that went wrong never speaks of the task.

    Raises:
        RejectedError: upstream does not know the task (``gone``), the look was refused (``auth``, ``credit``,
            ``rate``), or what came is no answer, such as a page of HTML with status 200 (``busy``).
    """
    said = words(response, secret)
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


def task_failed(said: str, refusal: Refusal | None = None) -> RejectedError:
    """The error of a task of which upstream says that it failed, and why; ``refusal`` where its own code tells it."""
    if refusal is None:
        refusal = "moderation" if refusal_of(400, said) == "moderation" else "no_result"
    return RejectedError(f"upstream's task failed: {' '.join(said.split())[:_SHOWN] or 'no reason'}", refusal=refusal)


def rejected(response: Response, refusal: Refusal, secret: str = "") -> RejectedError:
    """The error of an answer whose refusal the vendor's own code tells, whatever its status."""
    message = f"upstream answered {response.status}: {words(response, secret)}"
    return RejectedError(message, refusal=refusal, retry_after=retry_after(response))


def value_of(response: Response) -> Any:
    """The JSON value of an answer, whatever its status; None if it is not JSON."""
    try:
        return response.json()
    except RejectedError:
        return None


def refusal_of(status: int, said: str) -> Refusal:
    """The refusal that a status and upstream's words stand for. Relays wrap moderation in 400 and 403, and an empty
    account in 403 and 429, so the words are looked at first."""
    low = said.lower()
    if status < 500 and any(word in low for word in _MODERATION):
        return "moderation"
    if status == 429 and any(word in low for word in _TOO_MANY) and "prepay" not in low:
        return "rate"
    if status in (402, 403, 429) and any(word in low for word in _CREDIT):
        return "credit"
    if status == 400 and any(word in low for word in _EMPTY):
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
_TOO_MANY = ("resource_exhausted", "resource has been exhausted", "rate limit", "rate_limit")
"""Google calls a rate limit a quota, and relays pass that on."""
_EMPTY = ("credit balance is too low", "billing_hard_limit", "billing hard limit", "api usage limits", "余额不足")
"""An empty account, as OpenAI and Anthropic say it with 400."""
_CREDIT = ("insufficient", "balance", "quota", "credit", "arrear", "余额", "额度", "欠费")


def words(response: Response, secret: str = "") -> str:
    """Upstream's own message from the error shapes of this field, shortened; never more than one line, and never with
    ``secret`` in it."""
    try:
        body: Any = response.json()
    except RejectedError:
        return _line([response.text()], secret)
    parts: list[str] = []
    for name in ("error", "base_resp", "ResponseMetadata", "header", "detail", "extra", "data", "fault"):
        if isinstance(body, dict) and isinstance(body.get(name), dict | str):
            parts += _said(body[name])
    parts += _said(body)
    return _line(list(dict.fromkeys(parts)), secret)


def _line(parts: list[str], secret: str) -> str:
    text = " ".join(" ".join(parts).split())
    return (text.replace(secret, "***") if secret else text)[:_SHOWN] or "no message"


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
        return inline(url)
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
