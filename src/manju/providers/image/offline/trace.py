"""Outlines that are written once, in units of their own, and drawn anywhere in any size."""

from __future__ import annotations

import re
from functools import lru_cache

from manju.providers.image.offline.svg import num

_TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+")
_PAIRS = {"M": "xy", "L": "xy", "Q": "xyxy", "C": "xyxyxy", "T": "xy", "S": "xyxy", "H": "x", "V": "y", "A": "wh---xy"}
"""What the numbers after each command are: x, y, a radius (w, h), or nothing that is scaled."""


@lru_cache(maxsize=512)
def _read(template: str) -> tuple[tuple[str, str, float], ...]:
    """Command, kind of number and number, in order; a command without numbers has kind ``""``."""
    out: list[tuple[str, str, float]] = []
    command, at = "", 0
    for token in _TOKEN.findall(template):
        if token.isalpha():
            command, at = token, 0
            if command in "Zz":
                out.append((command, "", 0.0))
        else:
            kinds = _PAIRS[command.upper()]
            out.append((command if at % len(kinds) == 0 else "", kinds[at % len(kinds)], float(token)))
            if command.islower() and kinds[at % len(kinds)] in "xy":
                out[-1] = (out[-1][0], kinds[at % len(kinds)].upper(), float(token))
            at += 1
    return tuple(out)


def trace(template: str, x: float, y: float, kx: float, ky: float | None = None) -> str:
    """Path data of ``template`` with its origin at (x, y), ``kx`` (and ``ky``) pixels a unit."""
    ky = kx if ky is None else ky
    out = []
    for command, kind, value in _read(template):
        if kind == "":
            out.append(command)
            continue
        scaled = {"x": x + value * kx, "y": y + value * ky, "X": value * kx, "Y": value * ky, "w": value * abs(kx),
                  "h": value * abs(ky)}.get(kind, value)  # fmt: skip
        out.append(f"{command}{num(scaled)}" if command else f" {num(scaled)}")
    return "".join(out)
