"""What a set is: a room or an open ground, and what stands where in it, line by line.

| line | puts |
|---|---|
| ``desk -1.2 2 15`` | a thing at x, z, turned by degrees (0: its front looks to the first camera, 90: to the left) |
| ``window@w 0,2.2`` | things on a wall (``n`` behind, ``s`` behind the camera, ``w`` left, ``e`` right) along it |
| ``shopfront 4 -4..12/4 90`` | a row along z: from..to/step |
| ``~pinetree 14 4 12`` | so many of them scattered round the middle, from one to another distance |

After these: ``*1.3`` its size, ``c=#c2705e`` its own colour, ``y=0.7`` how high it stands; several things go at one
place with ``+``: ``desk+deskbook``.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

from manju.providers.image.offline.scenery import Placed
from manju.providers.image.offline.solid import Thing, read_thing
from manju.providers.image.offline.words import chance

_ITEM = re.compile(r"(?P<scatter>~)?(?P<names>[a-z+]+)(?:@(?P<wall>[nsew]))?\s*(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Set:
    """A place to act in. Lengths in metres; the figures act round (0, 0)."""

    items: str
    ground: str
    """Kind of `floors` and its colour."""
    room: tuple[float, float, float, float] | None = None
    """Breadth, front wall's and back wall's z, height; None under the sky."""
    wall: str = "#e6dfd0"
    dado: str = ""
    """Colour of the lower part of the walls, if they have one."""
    ceiling: str = ""
    """Colour (default: the wall's, lighter); ``open`` for none."""
    words: str = ""
    """What it is called in prompts."""
    sky: str = ""
    """``space``, ``water`` or ``void`` instead of the sky of the hour."""
    rings: str = ""
    """Backdrop, far to near: kind, colour, share of haze."""
    water: str = ""
    """Where water begins (z) and its colour."""
    near: str = ""
    """What may stand close before the camera (see `foreground`)."""
    slots: tuple[tuple[float, float], ...] = ((-1.45, 1.5), (1.6, 1.9), (-2.4, 3.0), (2.5, 3.2))
    """Where landmarks stand."""
    crowd: tuple[tuple[float, float], ...] = ()
    """Where people stand who belong to the place."""
    dark: float = 0.0
    """How much less light falls into it than words of time would let in."""


def table(name: str) -> dict[str, Any]:
    """A table of this package."""
    return tomllib.loads((resources.files(__package__) / name).read_text("utf-8"))


@lru_cache(maxsize=1)
def things() -> Mapping[str, str]:
    """The lines of every thing, by its name."""
    return table("things.toml")


@lru_cache(maxsize=512)
def thing(name: str) -> Thing:
    """A thing of ``things.toml``."""
    return read_thing(things()[name])


def _set(row: dict[str, Any]) -> Set:
    pairs = {key: tuple((x, z) for x, z in row[key]) for key in ("slots", "crowd") if key in row}
    room = {"room": tuple(row["room"])} if "room" in row else {}
    return Set(**(row | pairs | room))


SETS: Mapping[str, Set] = {name: _set(row) for name, row in table("sets.toml").items()}
"""Every set, by its name."""
INSIDE = frozenset(name for name, described in SETS.items() if described.room)


def placed(
    described: Set, spread: float, key: str, *, mirrored: bool = False
) -> tuple[tuple[Placed, ...], tuple[tuple[str, Placed], ...]]:
    """Everything of a set: what stands in it, and what hangs on which wall. ``spread`` squeezes it sideways for narrow
    frames, ``key`` scatters what is scattered; ``mirrored``, left is right."""
    standing: list[Placed] = []
    hung: list[tuple[str, Placed]] = []
    for line in described.items.replace("\n", ";").split(";"):
        if not (match := _ITEM.fullmatch(line.strip())):
            continue
        words = match["rest"].split()
        options = [w for w in words if w[0] in "*cy" and not w[0].isdigit()]
        numbers = [w for w in words if w not in options]
        base = Placed(thing("cube"), 0, 0, 0)
        for option in options:
            if option[0] == "*":
                base = replace(base, size=float(option[1:]))
            elif option[0] == "c":
                base = replace(base, own=option[2:])
            else:
                base = replace(base, y=float(option[2:]))
        for name in match["names"].split("+"):
            each = replace(base, thing=thing(name))
            if match["wall"] and described.room:
                hung += [(match["wall"], p) for p in _on_wall(each, match["wall"], numbers, described.room, spread)]
            elif match["scatter"]:
                standing += _scattered(each, name, numbers, spread, key)
            else:
                standing += _standing(each, numbers, spread)
    if mirrored:
        other = {"w": "e", "e": "w"}
        standing = [replace(p, x=-p.x, turn=-p.turn) for p in standing]
        hung = [(other.get(wall, wall), replace(p, x=-p.x, turn=-p.turn)) for wall, p in hung]
    return tuple(standing), tuple(hung)


def _numbers(text: str) -> Iterator[float]:
    """``1,2.5`` or ``-4..12/4``."""
    for piece in text.split(","):
        if ".." in piece:
            start, _, rest = piece.partition("..")
            end, _, step = rest.partition("/")
            for i in range(int((float(end) - float(start)) / float(step)) + 1):
                yield float(start) + i * float(step)
        else:
            yield float(piece)


def _on_wall(base: Placed, wall: str, numbers: list[str], room: tuple[float, ...], spread: float) -> Iterator[Placed]:
    broad, front, back, _ = room
    half = broad / 2 * spread
    for u in _numbers(numbers[0] if numbers else "0"):
        x, z, turn = {
            "n": (u * spread, back, 0.0), "s": (u * spread, front, 180.0), "w": (-half, u, -90.0), "e": (half, u, 90.0),
        }[wall]  # fmt: skip
        yield replace(base, x=x, z=z, turn=turn, flat=True)


def _standing(base: Placed, numbers: list[str], spread: float) -> Iterator[Placed]:
    turn = float(numbers[2]) if len(numbers) > 2 else 0.0
    for x in _numbers(numbers[0]):
        for z in _numbers(numbers[1]):
            yield replace(base, x=x * spread, z=z, turn=turn)


def _scattered(base: Placed, name: str, numbers: list[str], spread: float, key: str) -> Iterator[Placed]:
    count, least, most = (float(n) for n in numbers)
    for i in range(int(count)):
        a = 2 * math.pi * (i + 0.7 * chance(key, name, "a", i)) / count * 1.0
        r = least + (most - least) * chance(key, name, "r", i)
        x, z = math.sin(a) * r, math.cos(a) * r
        if abs(x) < 1.3 and z > -6:  # the way through the middle stays open
            x = math.copysign(1.5 + 1.6 * chance(key, name, "x", i), x or 1)
        size = base.size * (0.8 + 0.45 * chance(key, name, "s", i))
        yield replace(
            base,
            x=x * max(spread, 0.8),
            z=z,
            turn=44 * chance(key, name, "t", i) - 22,
            size=size,
        )
