"""Errors in OpenAI's form: ``{"error": {"message", "type", "param", "code"}}``, with the status that clients expect.

``x-should-retry: false`` keeps an SDK from sending an order again by itself where that would not help, or would buy it
twice (openai-python 3.51 and 2.54 honour it; see research/relay-gateway.md §0).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from manju.domain.order import OrderState
from manju.errors import (
    BudgetError,
    ConflictError,
    FieldError,
    InputError,
    ManjuError,
    NotFoundError,
    OrderUnknownError,
    RejectedError,
    UnknownModelError,
)
from manju.gateway.tasks import Task

log = logging.getLogger(__name__)
_REFUSED = {
    "moderation": (400, "invalid_request_error", "content_policy_violation"),
    "invalid": (400, "invalid_request_error", "invalid_request"),
    "rate": (429, "rate_limit_error", "rate_limit_exceeded"),
    "busy": (503, "server_error", "upstream_busy"),
    "auth": (502, "server_error", "upstream_auth"),
    "credit": (502, "server_error", "upstream_credit"),
    "no_result": (502, "server_error", "upstream_no_result"),
    "gone": (502, "server_error", "upstream_gone"),
}


FINAL = {"x-should-retry": "false"}


class UnauthorisedError(ManjuError):
    """No key, or one that is not known."""


class RateError(ManjuError):
    """The key's own limit of requests; ``retry_after`` in seconds."""

    retryable = True

    def __init__(self, message: str, *, retry_after: float, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


def problem(error: ManjuError) -> JSONResponse:
    """The response that tells an error."""
    status, kind, code = _classified(error)
    headers = {"x-should-retry": "true" if error.retryable and status in (429, 503) else "false"}
    if error.private:
        return body(status, kind, code, public(error), headers=headers)
    asked = getattr(error, "retry_after", None)
    if asked is not None:
        headers["retry-after"] = str(max(1, round(asked)))
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    param = (error.param or None) if isinstance(error, FieldError) else None
    return body(status, kind, code, sentences(error.message, error.hint), param=param, headers=headers)


def public(error: ManjuError) -> str:
    """What callers are told of an error. What a private one says is for the server's log."""
    if not error.private:
        return sentences(error.message, error.hint)
    log.error("%s", sentences(error.message, error.hint))
    if error.retryable:
        return "the server cannot do it now. Try again in a moment; its log has the cause."
    return "the server cannot do it. Its log has the cause; tell the operator."


def sentences(message: str, hint: str) -> str:
    """An error as one text: what was wrong, and what to do now."""
    return f"{message.rstrip('.')}. {hint}" if hint else message


def body(
    status: int,
    kind: str,
    code: str,
    message: str,
    *,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An error's body with its status."""
    content = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return JSONResponse(content, status, headers=dict(headers or {}))


def unserved(request: Request, error: HTTPException) -> JSONResponse:
    """The response to what no endpoint has taken: no such path, another method, a body that cannot be read."""
    path, method = request.url.path[:200], request.method
    headers = dict(error.headers or {}) | FINAL
    match error.status_code:
        case 404:
            message = f"there is nothing at {path}. See /docs for what there is."
            return body(404, "invalid_request_error", "unknown_url", message, headers=headers)
        case 405:
            allowed = headers.get("Allow") or headers.get("allow", "")
            message = f"{path} does not take {method}. {f'Use {allowed}.' if allowed else 'See /docs.'}"
            return body(405, "invalid_request_error", "method_not_allowed", message, headers=headers)
        case 413:
            return body(413, "invalid_request_error", "request_too_large", str(error.detail), headers=headers)
        case 503:  # nothing was ordered
            headers["x-should-retry"] = "true"
            return body(503, "server_error", "server_busy", str(error.detail), headers=headers)
        case status:
            return body(status, "invalid_request_error", "invalid_request", str(error.detail), headers=headers)


def broken(_: Request, error: Exception) -> JSONResponse:
    """The response where our own program has failed. What happened stands in the server's log, never in the answer.
    Whether something was ordered is not known here, so nothing asks for another try."""
    message = f"the server failed ({type(error).__name__}). Its log has the cause; tell the operator."
    return body(500, "server_error", "internal_error", message, headers=FINAL)


def recorded(error: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response for an order that failed, or whose outcome is not known, from its record."""
    refusal = str(error.get("refusal") or "")
    status, kind, code = _REFUSED.get(refusal, (502, "server_error", "upstream_error"))
    match error.get("kind"):
        case "BudgetError":
            status, kind, code = 429, "insufficient_quota", "insufficient_quota"
        case "InputError" | "FieldError" | "UnusableFileError" | "UnknownModelError":
            status, kind, code = 400, "invalid_request_error", "invalid_value"
        case "unknown":
            status, kind, code = 504, "server_error", "order_unknown"
    message = sentences(str(error.get("message", "")), str(error.get("hint", "")))
    return body(status, kind, code, message, headers=dict(headers or {}) | FINAL)


def reason(tasks: Sequence[Task]) -> Mapping[str, Any]:
    """Why orders have made nothing: the first that failed says it, or their outcome is not known."""
    for task in tasks:
        if task.state is OrderState.FAILED:
            return task.error
    names = ", ".join(task.id for task in tasks)
    message = f"it was ordered ({names}), and its outcome is not known; it is not sent again by itself"
    return {"kind": "unknown", "message": message, "hint": "Look at its task, or ask the operator.", "refusal": ""}


def _classified(error: ManjuError) -> tuple[int, str, str]:
    if error.private:
        return (
            (503, "server_error", "server_unavailable") if error.retryable else (500, "server_error", "server_failed")
        )
    match error:
        case UnauthorisedError():
            return 401, "invalid_request_error", "invalid_api_key"
        case RateError():
            return 429, "rate_limit_error", "rate_limit_exceeded"
        case BudgetError() if error.retryable:  # not its money: it has as many tasks in flight as it may
            return 429, "rate_limit_error", "rate_limit_exceeded"
        case BudgetError():
            return 429, "insufficient_quota", "insufficient_quota"
        case UnknownModelError():
            return 404, "invalid_request_error", "model_not_found"
        case RejectedError():
            return _REFUSED[error.refusal]
        case FieldError():
            return 400, "invalid_request_error", error.code
        case InputError():
            return 400, "invalid_request_error", "invalid_value"
        case NotFoundError():
            return 404, "invalid_request_error", "not_found"
        case ConflictError():
            return 409, "invalid_request_error", "conflict"
        case OrderUnknownError():
            return 504, "server_error", "order_unknown"
        case _:
            return 502, "server_error", "upstream_error"
