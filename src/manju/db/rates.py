"""How often a key has asked in the last minute: counted for all servers of one database, in groups (`manju.db.group`).

Only keys with a limit are counted. The times are those of the servers' clocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import text

from manju.db.plain import Batch, Statement, Values

MINUTE_S = 60.0
_FORGET = Statement(text("DELETE FROM asked WHERE key_id = :key AND (moment <= :since OR moment > :until)"))
"""What is over, and what a clock wrote that has been set back since."""
_COUNT = Statement(text("SELECT count(*), min(moment) FROM asked WHERE key_id = :key"))
_ADD = Statement(text("INSERT INTO asked (key_id, moment) VALUES (:key, :moment)"))


class RatePage:
    """See `manju.db.group.Page`."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._counts: dict[str, tuple[int, float]] = {}
        self._added: list[Values] = []

    def flush(self) -> None:
        if self._added:
            self._batch.write(_ADD, self._added)

    def ask(self, key: str, most: int, moment: float) -> float:
        """Count one more if the key may ask now. Returns the seconds until it may; 0: it was counted."""
        if key not in self._counts:
            self._batch.write(_FORGET, [{"key": key, "since": moment - MINUTE_S, "until": moment + MINUTE_S}])
            count, oldest = self._batch.rows(_COUNT, {"key": key})[0]
            self._counts[key] = int(count), moment if oldest is None else float(oldest)
        count, oldest = self._counts[key]
        if count >= most:
            return max(0.001, oldest + MINUTE_S - moment)
        self._counts[key] = count + 1, oldest
        self._added.append({"key": key, "moment": moment})
        return 0.0


@dataclass(frozen=True, slots=True)
class Asking:
    """A key asks, and may ask ``most`` times a minute. Told: as by `RatePage.ask`."""

    lasting: ClassVar[bool] = False
    key: str
    most: int
    moment: float

    def make(self, page: RatePage) -> float:
        return page.ask(self.key, self.most, self.moment)
