"""What every model adapter is: it turns one request into one `Generated`, or raises `ModelError`."""

from __future__ import annotations

from typing import Protocol, TypeVar

from manju.domain.order import Generated, Request

R_contra = TypeVar("R_contra", bound=Request, contravariant=True)


class References(Protocol):
    """Where an adapter reads the artefacts that a request refers to."""

    def read(self, sha256: str) -> bytes:
        """Bytes of a stored artefact.

        Raises:
            NotFoundError: nothing is stored under this digest.
        """
        ...


class Model(Protocol[R_contra]):
    """One model behind one vendor. ``name`` is ``"vendor:model"``; the same request and seed give the same bytes
    where the vendor allows it (the offline models always do)."""

    name: str

    async def generate(self, request: R_contra, references: References) -> Generated:
        """Make what is asked.

        Raises:
            ModelError: it cannot be made; ``retryable`` says whether another try may help.
        """
        ...
