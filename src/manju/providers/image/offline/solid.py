"""Things made of simple solids, measured in metres, written as one line of text for each part.

A thing stands on (0, 0, 0); x is to its right, y up, z backwards (its front looks towards -z). Parts:

| line | part |
|---|---|
| ``b x0 x1 y0 y1 z0 z1 COLOUR`` | box |
| ``c x y z r h COLOUR [r2]`` | upright cylinder from y, radius r below and r2 above |
| ``o x y z r COLOUR`` | ball |
| ``t x y z r COLOUR`` | clump of leaves |
| ``f x0 x1 y0 y1 z COLOUR`` | rectangle that faces the front, without outline |
| ``l x0 y0 z0 x1 y1 z1 WIDTH COLOUR`` | rod, its width in metres |
| ``p COLOUR x y z x y z ...`` | flat polygon |
| ``r x0 x1 y0 y1 z0 z1 COLOUR`` | roof: ridge along x, eaves turned up a little |
| ``i KIND x y z HEIGHT`` | a thing of `props`, turned to the camera |
| ``w x0 x1 y0 y1 z [VIEW]`` | pane with what is seen through it |
| ``g x y z r COLOUR`` | glow of a light |
| ``s x0 x1 y0 y1 z COLOUR`` | like ``f``, but it shines by itself |

A COLOUR is a name of `COLOURS`, ``#rrggbb``, or ``?`` for the colour that the set gives the thing; ``+`` and ``-``
after it make it lighter or darker.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from manju.providers.image.offline.colour import dark, light

COLOURS = {
    "wood": "#b48556", "oak": "#cfa673", "walnut": "#7a5236", "red": "#c9473c", "brick": "#b4694f", "steel": "#9aa6b4",
    "iron": "#4e5666", "white": "#f2f1ec", "paper": "#f7f2e2", "cream": "#eaddc0", "stone": "#a9aaa6",
    "sand": "#d9bf8f",
    "green": "#5c9a57", "leaf": "#6aa35a", "pine": "#3f7556", "grass": "#86b46a", "blue": "#5f8fc4", "navy": "#34466e",
    "gold": "#dcae45", "pink": "#e79ab0", "purple": "#8a6fb5", "orange": "#e08a48", "yellow": "#f0cc5a",
    "black": "#2b2e38",
    "grey": "#868d98", "glass": "#b9dcea", "screen": "#24324e", "lamp": "#ffe2a0", "neon": "#ff5fb0", "cyan": "#5fe0ea",
    "dark": "#3b4152", "cloth": "#c2705e", "skin": "#e9c3a0", "tile": "#5d6b78", "mud": "#8d7458", "bone": "#e4dcc8",
    "ice": "#cfe6f2", "teal": "#4a9a98",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One line: what it is, its numbers, and its words (colour or kind)."""

    kind: str
    n: tuple[float, ...]
    word: str

    @property
    def middle(self) -> tuple[float, float, float]:
        """About the middle of it."""
        n = self.n
        if self.kind in ("b", "r"):
            return (n[0] + n[1]) / 2, (n[2] + n[3]) / 2, (n[4] + n[5]) / 2
        if self.kind in ("f", "w", "s"):
            return (n[0] + n[1]) / 2, (n[2] + n[3]) / 2, n[4] - 0.06
        if self.kind == "l":
            return (n[0] + n[3]) / 2, (n[1] + n[4]) / 2, (n[2] + n[5]) / 2
        if self.kind == "p":
            count = len(n) // 3
            return sum(n[0::3]) / count, sum(n[1::3]) / count, sum(n[2::3]) / count
        if self.kind == "c":
            return n[0], n[1] + n[4] / 2, n[2]
        return n[0], n[1], n[2]


@dataclass(frozen=True, slots=True)
class Thing:
    """Parts, and how much of the ground they cover: half its breadth and depth, and its height, for the shadow."""

    parts: tuple[Part, ...]
    half: float
    deep: float
    high: float


_WORD_FIRST = frozenset("pi")


@lru_cache(maxsize=1024)
def read_thing(text: str) -> Thing:
    """A thing from its lines (parted by ``;`` or line ends)."""
    parts = tuple(_part(line) for raw in text.replace("\n", ";").split(";") if (line := raw.strip()))
    xs, zs, ys = [0.0], [0.0], [0.0]
    for part in parts:
        n = part.n
        if part.kind == "b":
            xs += n[0:2]
            zs += n[4:6]
            ys.append(n[3])
        elif part.kind in "cot":
            xs += (n[0] - n[3], n[0] + n[3])
            zs += (n[2] - n[3], n[2] + n[3])
            ys.append(n[1] + (n[4] if part.kind == "c" else n[3]))
        elif part.kind in "plr":
            triples = (n[0], n[2], n[4], n[1], n[3], n[5]) if part.kind == "r" else n[: len(n) // 3 * 3]
            xs += triples[0::3]
            ys += triples[1::3]
            zs += triples[2::3]
        elif part.kind == "i":
            xs += (n[0] - n[3] * 0.35, n[0] + n[3] * 0.35)
            ys.append(n[1] + n[3])
    return Thing(parts, max(map(abs, xs)), max(map(abs, zs)), max(ys))


def _part(line: str) -> Part:
    kind, *rest = line.split()
    if kind in _WORD_FIRST:
        return Part(kind, tuple(map(float, rest[1:])), rest[0])
    numbers, word = [], ""
    for item in rest:
        try:
            numbers.append(float(item))
        except ValueError:
            word = item
    return Part(kind, tuple(numbers), word)


def colour_of(word: str, own: str) -> str:
    """The plain colour that a part's word names; ``own`` is what ``?`` stands for."""
    bare = word.rstrip("+-")
    tone = own if bare == "?" else bare if bare.startswith("#") else COLOURS[bare]
    for sign in word[len(bare) :]:
        tone = light(tone, 0.28) if sign == "+" else dark(tone, 0.24)
    return tone
