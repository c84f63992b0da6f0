"""What a gate saw: one finding a thing, for the user and for the model that is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the gate saw. ``error``: a limit is broken; ``warning``: the craft is; ``note``: good to know.

    ``shot`` is a uid, empty for the whole film; ``field`` is the script's name of the field."""

    level: Level
    shot: str
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.shot}: " if self.shot else ""
        return f"{where}{self.message}" + (f" {self.hint}" if self.hint else "")
