"""What upstream says to a chat: an answer, a refusal that is the client's to see, or a failure of the channel."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from manju.db.chats import Answer
from manju.errors import ModelError, RejectedError
from manju.gateway.chat.events import label, texts
from manju.gateway.tokens import Usage, metered
from manju.net.client import Response
from manju.providers.answers import answered, check, nothing, words

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as far as the gateway reads it. ``usage`` is None if upstream does not tell it; ``said`` is all its
    text; ``filtered``: upstream's content filter has left nothing of it."""

    id: str
    model: str
    usage: Usage | None
    said: str
    filtered: bool = False


class RefusedError(RejectedError):
    """Upstream refused the request itself (400, moderation ...): the client gets ``answer``, upstream's own words."""

    def __init__(self, error: RejectedError, answer: Answer) -> None:
        super().__init__(error.message, refusal=error.refusal, hint=error.hint, retryable=False)
        self.answer = answer


def reply_of(response: Response, secret: str) -> Reply:
    """An answer with status 200.

    Raises:
        RejectedError: there is none in it: ``no_result``, or what the error in it stands for.
        NoAnswerError: a relay tells a timeout in it.
    """
    body = answered(response, secret)
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict) or not isinstance(first.get("message"), dict):
        raise nothing("choices", words(response, secret))
    said = "".join(text for each in choices or () if isinstance(each, dict) for text in texts(each.get("message")))
    stopped = all(isinstance(each, dict) and each.get("finish_reason") == "content_filter" for each in choices or ())
    return Reply(
        id=label(body.get("id")),
        model=label(body.get("model")),
        usage=metered(body.get("usage")),
        said=said,
        filtered=stopped and not said,
    )


def refused(response: Response, secret: str) -> ModelError:
    """What an answer with another status means. What it says of the request itself goes to the client, as it is but for
    our key, which some relays repeat."""
    try:
        check(response, submit=True, secret=secret)
    except RejectedError as error:
        if error.refusal not in ("invalid", "moderation") or not 400 <= response.status < 500:
            return error
        body = response.body.replace(secret.encode(), b"***") if secret else response.body
        headers = {"content-type": response.headers.get("content-type", JSON), "x-should-retry": "false"}
        return RefusedError(error, Answer(response.status, headers, body))
    except ModelError as error:
        return error
    return nothing("an answer", words(response, secret))  # 201, 202, 204: nothing that a chat is answered with


def refused_in_stream(error: Any, secret: str) -> ModelError:
    """What an error means that a relay tells as the first event of a stream."""
    try:
        answered(Response(200, {"content-type": JSON}, json.dumps({"error": error}).encode()), secret)
    except ModelError as found:
        return found
    return nothing("an answer", str(error))
