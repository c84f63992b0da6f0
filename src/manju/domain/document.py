"""Base of every persisted or exchanged value."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value that refuses unknown fields, so that a typing slip in a hand-edited file is reported."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


class Document(Value):
    """A persisted file: its first two fields say what it is. ``schema`` names it, ``version`` is its shape."""

    def to_json(self) -> str:
        """Canonical text of the document: stable key order, readable Chinese, a final newline."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2) + "\n"


def digest(value: Any) -> str:
    """Hex SHA-256 of a JSON-able value in canonical form (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
