"""Reading the plots of ``banks/<language>/stories``: scenes of a genre, written like a script.

A plot is a list of scenes. A scene begins with a heading::

    ## snag 2 HAR | medium dutch handheld, close eye push_in | 把{tool}摔在案上; 后退一步，捂住脸

which gives its kind, the number of its place, who is in the picture (H hero, A ally, R rival, E elder; ``-``
nobody), ways to frame it, and actions of the first of them; the first action goes with the first exchange. Each line
below is one *exchange*: what is said, by whom and in which mood, turn by turn. ``N`` is the narrator, and ``+`` marks
a turn that may be left out::

    R冷笑：就凭你？ // H坚定：就凭我手里这把{tool}。 // +A：{H}，我信你。

All exchanges of a scene may be heard one after another: a short film takes one of them, a long one several.
``~`` are a few words for shots of about a second, ``=`` is lettering in the picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TURN = re.compile(r"^(?P<extra>\+?)(?P<role>[HAREN])(?P<mood>[^：:]{0,24})[：:]\s*(?P<text>.+)$")
_HEADING = re.compile(r"^## (?P<kind>\w+) (?P<place>\d) (?P<who>[HARE]+|-)\s*\|(?P<frames>[^|]+)\|(?P<acts>.+)$")
FIGURES = {"H": "hero", "A": "pal", "R": "rival", "E": "elder", "N": ""}
"""Ids of a plot's roles."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one of them says. ``speaker`` is empty for the narrator; ``extra`` turns may be left out."""

    speaker: str
    text: str
    mood: str = ""
    extra: bool = False


@dataclass(frozen=True, slots=True)
class PlotScene:
    """One scene of a plot. ``place`` counts from 0."""

    kind: str
    place: int
    who: tuple[str, ...]
    frames: tuple[str, ...]
    acts: tuple[str, ...]
    exchanges: tuple[tuple[Turn, ...], ...]
    brief: tuple[Turn, ...] = ()
    overlay: str = ""


def scenes(script: str) -> tuple[PlotScene, ...]:
    """The scenes of a script.

    Raises:
        ValueError: a line is neither heading, exchange, brief words nor lettering; it is named.
    """
    out: list[PlotScene] = []
    for block in re.split(r"\n(?=## )", script.strip()):
        heading, *lines = [line.strip() for line in block.split("\n") if line.strip()]
        match = _HEADING.match(heading)
        if match is None:
            raise ValueError(f"not the heading of a scene: {heading!r}")
        said = [line for line in lines if line[0] not in "~="]
        brief = [line[1:].strip() for line in lines if line[0] == "~"]
        overlay = next((line[1:].strip() for line in lines if line[0] == "="), "")
        out.append(
            PlotScene(
                kind=match["kind"],
                place=int(match["place"]) - 1,
                who=tuple(FIGURES[role] for role in match["who"] if role != "-"),
                frames=tuple(frame.strip() for frame in match["frames"].split(",")),
                acts=tuple(act.strip() for act in re.split("[;；]", match["acts"])),
                exchanges=tuple(tuple(_turn(part) for part in line.split("//")) for line in said),
                brief=tuple(_turn(part) for line in brief for part in line.split("//")),
                overlay=overlay,
            )
        )
    return tuple(out)


def _turn(text: str) -> Turn:
    match = _TURN.match(text.strip())
    if match is None:
        raise ValueError(f"not a turn of a script: {text.strip()!r}")
    return Turn(FIGURES[match["role"]], match["text"].strip(), match["mood"].strip(" ()（）"), bool(match["extra"]))
