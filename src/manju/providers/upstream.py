"""Vendors over HTTP: what an adapter is given, what it hands back, and how it says no.

An adapter is one class in one file: it turns a request into the vendor's wire format and the answer into an `Answer`.
It keeps nothing, retries nothing, prices nothing and stores nothing: all that is the gateway's. A vendor that works
in tasks answers `submit` with `Accepted`, whose id the gateway writes down before anything else happens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, runtime_checkable
from urllib.parse import urlsplit

from manju.domain.order import Artefact, Request
from manju.errors import InputError, RejectedError
from manju.net.client import READ_S, Http
from manju.providers.base import References

R_contra = TypeVar("R_contra", bound=Request, contravariant=True)


class Options(Mapping[str, str]):
    """A channel's options that remember which of them an adapter has asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One upstream account as its adapter sees it. ``base_url`` has no slash at its end; ``model`` is the model's name
    there; ``options`` are the channel's vendor settings (a region, an app id ...) from ``manju.toml``. An adapter asks
    for all that it knows when it is made: what it asks for then is what the channel may have (`registry.options`)."""

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

    def some(self, name: str, known: Collection[str], default: str = "") -> tuple[str, ...]:
        """A setting that lists some of what is ``known``.

        Raises:
            InputError: it names something else.
        """
        named = self.listed(name, default)
        if unknown := [each for each in named if each not in known]:
            hint = f"Choose from: {', '.join(known)}."
            raise InputError(f"the channel's option {name} cannot have {', '.join(unknown)}", hint=hint)
        return named

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
            ForbiddenError: its address must not be asked.
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


@runtime_checkable
class Finder(Protocol[R_contra]):
    """An adapter whose vendor can be asked for an order by the token that it was given: after an answer that was lost,
    or a crash before it came."""

    async def find(self, request: R_contra, token: str) -> Accepted | None:
        """The task of an order. None: there is none, and an order with this token that is still under way there would
        not become a second one, so that it may be sent again with the same token.

        Raises:
            NotSentError, NoAnswerError: upstream could not be asked.
            RejectedError: it does not know the order, which proves nothing (``gone``), or the look was refused.
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
