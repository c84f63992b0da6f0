"""From what a model hands back to artefacts that may be kept: labelled, probed, addressed by content."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from manju.domain.order import Generated, Modality, Request, Stored
from manju.errors import ModelError, NotFoundError
from manju.media.label import Mark, mark
from manju.providers import registry
from manju.providers.base import Model
from manju.storage.base import content_key


@dataclass(frozen=True, slots=True)
class Delivery:
    """Artefacts with their bytes, ready to be stored, and what is known of them."""

    artefacts: tuple[tuple[Stored, bytes], ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class References:
    """The artefacts that a request refers to, read before it was sent."""

    content: dict[str, bytes]

    def read(self, sha256: str) -> bytes:
        """Bytes of a referenced artefact.

        Raises:
            NotFoundError: the request does not refer to it.
        """
        try:
            return self.content[sha256]
        except KeyError:
            raise NotFoundError(f"the request has no reference {sha256}") from None

    def drop(self) -> None:
        """Let go of the bytes: it was sent. A clip takes minutes to make, and thousands may be in the making."""
        self.content.clear()


def inspect(generated: Generated, modality: Modality, label: Mark) -> Delivery:
    """Label and probe what a model made. What the probe finds outranks what the model says. Takes processor time:
    call it in a thread.

    Raises:
        ModelError: there is nothing in it.
        MediaError: the main artefact is not what it should be.
    """
    from manju.media.probe import accept  # codecs take long to import, and here nobody waits for it

    if not generated.artefacts:
        raise ModelError("the model answered without an artefact", hint="Try again, or choose another model.")
    kept = []
    for artefact in generated.artefacts:
        data = mark(artefact.data, artefact.suffix, label)
        sha256 = hashlib.sha256(data).hexdigest()
        path = content_key(sha256, artefact.suffix)
        kept.append((Stored(role=artefact.role, sha256=sha256, path=path, bytes=len(data)), data))
    main = generated.artefacts[0]
    return Delivery(tuple(kept), {**generated.facts, **accept(kept[0][1], main.suffix, modality)})


def deliver(modality: Modality, name: str, request: Request, references: References, label: Mark) -> Delivery:
    """Have a local model make what is asked, and `inspect` it: all of it processor time, for a worker process.

    Raises:
        InputError: there is no such model.
        ModelError, MediaError: as `manju.providers.base.Model.generate` and `inspect`.
    """
    key = modality, name
    if key not in _LOCAL:
        _LOCAL[key] = registry.load(*key)
    return inspect(asyncio.run(_LOCAL[key].generate(request, references)), modality, label)


_LOCAL: dict[tuple[Modality, str], Model[Request]] = {}
"""The models of this worker process, kept from one order to the next."""


class Workers(Protocol):
    """Where local models work: `manju.media.process.WorkerPool` is one."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]: ...
