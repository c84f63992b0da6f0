"""Every error that manju raises on purpose.

A message says what was wrong; ``hint`` says what to do now. ``retryable`` tells a caller whether the very
same call may succeed later. No status codes here: the HTTP layer and the command line map the classes.
"""

from __future__ import annotations

from typing import Literal

Refusal = Literal["invalid", "moderation", "auth", "credit", "rate", "busy", "no_result", "gone"]
"""Why upstream did not deliver: the request is wrong; its content was refused; the key is; the upstream account is
empty; too many requests; upstream is overloaded or broken; it answered without the thing; the task is not known."""


class ManjuError(Exception):
    """Base of the tree. ``str(error)`` is the message; ``hint`` is one sentence for the user."""

    retryable: bool = False
    private: bool = False
    """The message names what only whoever runs this installation may know; others are told that it failed."""

    def __init__(self, message: str, *, hint: str = "", retryable: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if retryable is not None:
            self.retryable = retryable

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders (workers) and must arrive whole.
        return (_rebuild, (type(self), self.message, self.hint, self.retryable))


def _rebuild(kind: type[ManjuError], message: str, hint: str, retryable: bool) -> ManjuError:
    error = kind.__new__(kind)
    ManjuError.__init__(error, message, hint=hint, retryable=retryable)
    return error


class InputError(ManjuError):
    """Something the user gave (an option, a script file, an edited document) cannot be used."""


class FieldError(InputError):
    """A field of a request cannot be used; ``param`` is its name, empty if it is the whole, ``code`` OpenAI's word for
    what is wrong with it."""

    def __init__(self, message: str, *, param: str = "", code: str = "invalid_value", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.param = param
        self.code = code


class UnknownModelError(InputError):
    """There is no model of this name."""


class NotFoundError(ManjuError):
    """The thing that was asked for does not exist."""


class ConflictError(ManjuError):
    """The thing is in use, or was changed by someone else meanwhile."""


class BudgetError(ManjuError):
    """The order would cost more than the budget leaves. Nothing was sent or charged."""


class ModelError(ManjuError):
    """A model's adapter could not deliver. ``retryable`` says whether another try may help."""


class NotSentError(ModelError):
    """No connection to upstream: it has seen nothing, so another channel may be asked."""

    retryable = True


class NoAnswerError(ModelError):
    """Sent to upstream, and no whole answer came: it may have been accepted, and may cost money."""


class RejectedError(ModelError):
    """Upstream answered, and the answer is no. Nothing is charged by us. ``refusal`` says why; ``retry_after`` is what
    upstream asked for, in seconds, None if it did not say."""

    retryable = True

    def __init__(
        self,
        message: str,
        *,
        refusal: Refusal,
        retry_after: float | None = None,
        hint: str = "",
        retryable: bool | None = None,
    ) -> None:
        if retryable is None:
            retryable = refusal in ("rate", "busy", "no_result")
        super().__init__(message, hint=hint, retryable=retryable)
        self.refusal = refusal
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_rejected, (self.message, self.refusal, self.retry_after, self.hint, self.retryable))


def _rebuild_rejected(
    message: str, refusal: Refusal, retry_after: float | None, hint: str, retryable: bool
) -> RejectedError:
    return RejectedError(message, refusal=refusal, retry_after=retry_after, hint=hint, retryable=retryable)


class OrderFailedError(ManjuError):
    """An order is recorded as failed; an explicit resume tries it again."""


class OrderUnknownError(ManjuError):
    """A paid call was sent and its outcome is not known: a person must decide. Never re-sent by itself."""


class MediaError(ManjuError):
    """A picture, clip or sound cannot be decoded, or an encoder or ffmpeg failed."""


class UnusableFileError(InputError, MediaError):
    """A picture, clip or sound that the user gave cannot be read or decoded."""


class StoppedError(ManjuError):
    """The run was stopped on request; what was finished is kept."""
