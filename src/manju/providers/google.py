"""What Google's models have in common behind the Gemini API, Vertex AI, and relays that pass them on.

Sources: google-genai 3.4.0 (python-genai, 2026-11: types.py for finish and block reasons, _api_client.py for
``x-goog-api-key``), ../shared/research/relay-gateway.md §3 (2026-11-20); error bodies from public issue threads (a
wrong key is 400 ``API_KEY_INVALID``, an empty account 429 "prepayment credits are depleted", any other 429 a rate
limit with ``RetryInfo``). Google knows no idempotency and no reference of ours.

Options: ``auth`` is ``key`` (default, ``x-goog-api-key``) or ``bearer`` (Vertex AI's access tokens; relays take both).
A base URL without a version gets ``/v1beta``; Vertex AI's goes up to ``.../publishers/google``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from manju.errors import InputError, RejectedError
from manju.net.client import Response
from manju.providers.answers import answered as plainly_answered
from manju.providers.answers import check, look, nothing
from manju.providers.upstream import Endpoint, address

VERSION = "v1beta"
BLOCKED = (
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "ESCALATION",
    "MODEL_ARMOR",
)
"""Finish reasons that refuse the content. OTHER, IMAGE_OTHER and NO_IMAGE do not say that."""
_DISABLED = "PUP_LIMITED_DISABLED"
"""The account broke the rules of use: the finish reason of a key that is worth nothing any more."""
_BAD_KEY = ("api_key_invalid", "api key not valid", "api key expired", "api_key_expired", "failed_precondition")
"""With 400. FAILED_PRECONDITION is a country or a project without billing: the key serves nobody there."""


async def call(endpoint: Endpoint, method: str, body: dict[str, Any]) -> dict[str, Any]:
    """A model's method (``generateContent``) and its answer.

    Raises:
        as `manju.providers.upstream.Adapter.submit`.
    """
    return answered(await send(endpoint, method, body), endpoint.key)


async def send(endpoint: Endpoint, method: str, body: dict[str, Any]) -> Response:
    """As `call`, with the answer not looked at yet."""
    return await endpoint.http.send(
        "POST",
        address(endpoint.base_url, VERSION, f"/models/{quote(endpoint.model)}:{method}"),
        headers=authorisation(endpoint),
        json=body,
        read_s=endpoint.read_s,
    )


async def probe(endpoint: Endpoint) -> None:
    """List the models, which is free.

    Raises:
        as `manju.providers.upstream.Adapter.probe`.
    """
    if "/publishers/" in endpoint.base_url:
        raise InputError("Vertex AI has nothing that is free to ask", hint="Use the channel, and see.")
    url = address(endpoint.base_url, VERSION, "/models")
    response = await endpoint.http.send("GET", url, headers=authorisation(endpoint), read_s=endpoint.read_s)
    _told(response, endpoint.key)
    check(response, secret=endpoint.key).json()


def authorisation(endpoint: Endpoint) -> dict[str, str]:
    """The key, as the channel's option ``auth`` says.

    Raises:
        InputError: the option is neither ``key`` nor ``bearer``.
    """
    if endpoint.choice("auth", "key", "bearer") == "key":
        return {"x-goog-api-key": endpoint.key}
    return {"Authorization": f"Bearer {endpoint.key}"}


def answered(response: Response, secret: str) -> dict[str, Any]:
    """As `manju.providers.answers.answered`, with Google's own ways of saying no."""
    _told(response, secret)
    return plainly_answered(response, secret)


def looked(response: Response, secret: str) -> dict[str, Any]:
    """As `manju.providers.answers.look`, with Google's own ways of saying no."""
    _told(response, secret)
    return look(response, secret)


def _told(response: Response, secret: str) -> None:
    text = response.text()
    if response.status == 400 and any(word in text.lower() for word in _BAD_KEY):
        said = _refused(response, secret)
        raise RejectedError(said.message, refusal="auth")
    if response.status == 429 and (delay := re.search(r'"retryDelay":\s*"([\d.]+)s"', text)):
        said = _refused(response, secret)
        raise RejectedError(said.message, refusal=said.refusal, retry_after=said.retry_after or float(delay[1]))


def _refused(response: Response, secret: str) -> RejectedError:
    try:
        check(response, secret=secret)
    except RejectedError as error:
        return error
    raise AssertionError("a good status is no refusal")


def candidate(body: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The parts of a ``generateContent`` answer that are not thoughts, and the finish reason.

    Raises:
        RejectedError: the prompt or the answer was blocked (``moderation``), the account is (``auth``), or there is no
            candidate (``no_result``).
    """
    feedback = body.get("promptFeedback")
    if isinstance(feedback, dict) and (reason := feedback.get("blockReason")):
        said = str(feedback.get("blockReasonMessage") or "")
        raise RejectedError(f"Google blocked the prompt: {reason} {said[:200]}".rstrip(), refusal="moderation")
    candidates = body.get("candidates")
    first = candidates[0] if isinstance(candidates, list) and candidates else None
    if not isinstance(first, dict):
        raise nothing("a candidate")
    finish = str(first.get("finishReason") or "")
    said = " ".join(str(first.get("finishMessage") or "").split())[:200]
    if finish in BLOCKED:
        raise RejectedError(f"Google blocked the answer: {finish} {said}".rstrip(), refusal="moderation")
    if finish == _DISABLED:
        raise RejectedError(f"Google has limited or disabled the account: {finish}", refusal="auth")
    content = first.get("content")
    parts = content.get("parts") if isinstance(content, dict) else None
    parts = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return [part for part in parts if not part.get("thought")], finish


def tokens(body: Mapping[str, Any]) -> tuple[int, int] | None:
    """Tokens in and out; thoughts are billed as output. None if the answer does not say."""
    usage = body.get("usageMetadata")
    if not isinstance(usage, dict):
        return None
    taken, given, thought = (
        value if isinstance(value := usage.get(name), int) else 0
        for name in ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount")
    )
    return taken, given + thought
