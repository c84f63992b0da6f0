"""What upstream's answers say: the thing that was asked for, a task, or one of the refusals, in whatever shape of this
field it comes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from manju.errors import NoAnswerError, Refusal, RejectedError
from manju.net.client import Response
from manju.providers.upstream import Accepted

MAYBE_ACCEPTED = (504, 524)
"""A proxy before upstream gave up waiting: what upstream did is not known."""
FAILED = ("FAILURE", "FAIL", "FAILED", "ERROR")
"""What relays call a task that failed."""
_SHOWN = 300


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


def number(value: Any) -> float | None:
    """A number, also where it came as text; None where it is none."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def progress(value: Any) -> float | None:
    """``35`` or ``"35%"`` as 0.35; None where it is none."""
    percent = number(value.rstrip("% ") if isinstance(value, str) else value)
    return None if percent is None else min(1.0, max(0.0, percent / 100))


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


def retry_after(response: Response) -> float | None:
    """Seconds from ``Retry-After`` (or ``retry-after-ms``); None if it is absent or a date."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(response.headers[name]) * unit)
        except (KeyError, ValueError):
            continue
    return None
