"""A project (项目) and the saved revisions of its documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Origin = Literal["made", "edited"]
"""``made`` by a stage or ``edited`` by a person; an edited document is never regenerated over."""


@dataclass(frozen=True, slots=True)
class Project:
    """One film and all that belongs to it. ``folder`` is its output folder as a normalised absolute path, or None for
    a project that lives in the store only. ``budget`` is in millionths of the currency; None is no limit. ``revision``
    counts the saves of all its documents."""

    id: str
    account_id: str
    name: str
    folder: str | None
    spec: Mapping[str, Any]
    spec_digest: str
    budget: int | None
    revision: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved state of a document, never changed. ``number`` is the project's revision that the save made."""

    project_id: str
    name: str
    number: int
    body: str
    sha256: str
    origin: Origin
    created_at: datetime
