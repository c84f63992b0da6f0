"""Lengths of shots brought to the film's target, without cutting into words."""

from __future__ import annotations

from collections.abc import Collection

from manju.domain.screenplay import Screenplay
from manju.pipeline.limits import Limits
from manju.pipeline.script.lengths import needed_ms

_STEP_MS = 100


def fit(screenplay: Screenplay, limits: Limits, *, fixed: Collection[str] = (), speed: float = 1.0) -> Screenplay:
    """The screenplay with every shot inside the limits and long enough for its words, and the whole as near to its
    target as that allows.

    Args:
        fixed: uids of shots whose length the user asked for; they keep it.
    """
    low: dict[str, int] = {}
    lengths: dict[str, int] = {}
    for shot in screenplay.shots:
        least = max(limits.shot_min_ms, needed_ms(shot, screenplay.language, speed))
        low[shot.uid] = min(least, max(limits.shot_max_ms, least))
        wished = shot.duration_ms
        lengths[shot.uid] = wished if shot.uid in fixed else max(least, min(wished, limits.shot_max_ms))
    free = [shot.uid for shot in screenplay.shots if shot.uid not in fixed]
    missing = screenplay.duration_target_ms - sum(lengths.values())
    rooms = {who: max(0, limits.shot_max_ms - lengths[who]) if missing > 0 else lengths[who] - low[who] for who in free}
    for who, change in _shared(abs(missing), rooms).items():
        lengths[who] += change if missing > 0 else -change
    shots = tuple(shot.model_copy(update={"duration_ms": lengths[shot.uid]}) for shot in screenplay.shots)
    return screenplay.model_copy(update={"shots": shots})


def _shared(amount: int, rooms: dict[str, int]) -> dict[str, int]:
    """``amount`` spread over the rooms in proportion to them: whole steps first, then what is left, in order."""
    total = sum(rooms.values())
    amount = min(amount, total)
    if not amount:
        return {}
    shares = {who: room * amount // total // _STEP_MS * _STEP_MS for who, room in rooms.items()}
    left = amount - sum(shares.values())
    for who, room in rooms.items():
        more = min(left, room - shares[who], max(_STEP_MS, left // len(rooms)))
        shares[who] += more
        left -= more
    for who, room in rooms.items():
        more = min(left, room - shares[who])
        shares[who] += more
        left -= more
    return shares
