"""Things that words name, put into a set: a scene's landmarks at fixed places, then a shot's own props."""

from __future__ import annotations

import re
from collections.abc import Sequence

from manju.providers.image.offline.props import KINDS, find_props
from manju.providers.image.offline.scenery import Placed
from manju.providers.image.offline.sets import Set, table, thing
from manju.providers.image.offline.solid import Thing, read_thing
from manju.providers.image.offline.words import Vocabulary, several

_WORDS = table("landmarks.toml")
BUILT: Vocabulary[str] = Vocabulary(several(_WORDS["stands"]))
"""Things that are built of solids (keys of `sets.things`); other words find flat ones in `props`."""
HUNG: Vocabulary[str] = Vocabulary(several(_WORDS["hangs"]))
"""Things that hang on walls."""
_OWN: dict[str, str] = _WORDS["colours"]
_IMPLIED: dict[str, str] = _WORDS["places"]
_LARGE = frozenset(
    (
        "lighthouse",
        "gatetower",
        "bridge",
        "paifang",
        "pagoda",
        "train",
        "wreck",
        "teahouse",
        "cottage",
        "bigtree",
        "sakura",
        "maple",
    )
    + ("bigtree", "sakura", "maple", "fountain", "throne", "altar", "tent")
)
"""Things that stand farther off than the fixed places, behind the figures."""
_FRONT = re.compile(r"前景是([^，。；,]{1,12})|foreground:? (?:is |shows )?(?:an? )?([a-z ]{2,24})", re.I)


def implied(place: str) -> frozenset[str]:
    """Kinds of things that need not be put into ``place``: it has them."""
    return frozenset(_IMPLIED.get(place, "").split())


def flat(kind: str, size: float = 1.0) -> Thing:
    """A thing of `props` as it stands in a set; what lies on tables lies on one."""
    high = KINDS[kind].height * size
    mount = KINDS[kind].mount
    if mount == "table":
        return read_thing(
            "c 0 0 0 .2 .04 walnut; l 0 .04 0 0 .7 0 .08 walnut; c 0 .7 0 .32 .04 wood;"
            f"i {kind} 0 .74 -.05 {max(0.28, high):.2f}"
        )
    if mount == "air":
        return read_thing(f"i {kind} 0 1.9 0 {high:.2f}")
    if mount == "wall":
        return read_thing(f"c 0 0 0 .16 .04 iron; l 0 .04 0 0 1.3 0 .05 iron; i {kind} 0 1.25 -.04 {high:.2f}")
    return read_thing(f"i {kind} 0 0 0 {high:.2f}")


def dress(
    marks: Sequence[str],
    subject: str,
    described: Set,
    native: frozenset[str],
    spread: float,
    *,
    not_these: frozenset[str],
) -> list[Placed]:
    """What stands in the set because of words: ``marks`` (a scene's landmarks), ``subject`` (what a shot is about).
    What the set has anyway (its own things, ``native`` kinds) is not put there twice, nor are kinds ``not_these``."""
    lines = described.items.replace("\n", ";").split(";")
    taken = {name for line in lines for name in re.findall(r"[a-z]+", line.strip().partition(" ")[0])}
    out: list[Placed] = []

    def stand(name: str, what: Thing) -> None:
        if name in taken or len(out) > 6:
            return
        taken.add(name)
        x, z = described.slots[len(out) % len(described.slots)]
        far_off = name in _LARGE and not described.room
        wide, deep = (1.25, 4.2) if far_off else (1.0, 0.0)
        own = _OWN.get(name, "#b48556")
        out.append(Placed(what, x * spread * wide, 0, z + deep, own=own, turn=-18.0 if x > 0 else 18.0))

    for mark in marks[:5]:
        if described.room and (wall := HUNG.first(mark)):
            if wall not in taken:
                taken.add(wall)
                x = (-1.5, 1.5, 0.0)[len(out) % 3] * spread
                out.append(Placed(thing(wall), x, 0, described.room[2] - 0.05, own="#c98a5a"))
        elif built := BUILT.all(mark)[:1]:
            stand(built[0], thing(built[0]))
        elif kinds := [k for k in find_props(mark) if k not in native][:1]:
            stand(kinds[0], flat(kinds[0]))
    for name in BUILT.all(subject)[:2]:
        if name not in not_these:
            stand(name, thing(name))
    rest = subject
    for hit in reversed(BUILT.find(subject)):
        rest = f"{rest[: hit.start]} {rest[hit.end :]}"
    for kind in [k for k in find_props(rest) if k not in native and k not in not_these][:2]:
        stand(kind, flat(kind))
    return out


def foreground_thing(words: str) -> Placed | None:
    """What the words put into the foreground."""
    match = _FRONT.search(words)
    if not match:
        return None
    text = match[1] or match[2]
    name = BUILT.first(text)
    if name and name not in _LARGE:
        return Placed(thing(name), 0, 0, 0, own=_OWN.get(name, "#b48556"))
    kinds = find_props(text)
    return Placed(flat(kinds[0]), 0, 0, 0) if kinds else None
