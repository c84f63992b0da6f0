"""The common form between the readers of script formats and the screenplay: what stands in a file, with line numbers.

Nothing in it is written by us: every text is the user's, without the marks of its format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from manju.domain.storyboard import Angle, Movement, Size, Transition

Inside = Literal["", "inside", "outside", "both"]
Time = Literal["", "dawn", "morning", "day", "noon", "afternoon", "dusk", "night"]
BlockKind = Literal["shot", "action", "speech", "overlay", "transition", "note"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a script asks of one shot; empty or 0 where it asks for nothing."""

    duration_ms: int = 0
    size: Size | None = None
    angle: Angle | None = None
    movement: Movement | None = None
    transition: Transition | None = None
    characters: tuple[str, ...] = ()
    """Names of who is in the picture."""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that a script says.

    ``shot`` begins a shot as the script counts them (its text is what is seen, or empty); ``action`` is seen;
    ``speech`` is said; ``overlay`` is written over the picture; ``transition`` leads to what comes next; ``note`` is
    neither seen nor heard.
    """

    kind: BlockKind
    line: int
    text: str = ""
    who: str = ""
    """Speaker's name; empty for the narrator."""
    manner: str = ""
    away: bool = False
    """Heard, but not in the picture (OS, VO, 画外音)."""
    wish: Wish = Wish()


@dataclass(frozen=True, slots=True)
class Heading:
    """Where and when a scene plays."""

    text: str = ""
    place: str = ""
    inside: Inside = ""
    time: Time = ""
    time_text: str = ""
    """The time as it was written: ``雨夜``, ``NIGHT``."""
    flashback: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A scene of the script: a heading and what happens under it."""

    heading: Heading
    line: int
    blocks: tuple[Block, ...] = ()
    present: tuple[str, ...] = ()
    """Names in the scene's own list of characters."""
    props: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A character in the script's list of characters (人物表, 人物小传)."""

    name: str
    about: str
    line: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Text that is not in the film because nobody could tell what it is, and why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole script as it was read."""

    format: str
    """What it was read as, for a message: ``Fountain``."""
    parts: tuple[Part, ...]
    title: str = ""
    logline: str = ""
    cast: tuple[Entry, ...] = ()
    unread: tuple[Unread, ...] = ()
    aside: tuple[Unread, ...] = ()
    """What was understood and has no place in a film (notes, page breaks, authors)."""
    unit: str = "line"
    """What line numbers count: ``line`` or ``paragraph``."""


def numbered(text: str) -> list[tuple[int, str]]:
    """The lines of a text with their numbers, as an editor counts them; a soft break (``\\v``) inside a paragraph
    starts a new line with the same number."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [(number, part) for number, line in enumerate(whole, 1) for part in (line.splitlines() or [""])]


def joined(lines: Sequence[str]) -> str:
    """Lines of one paragraph as one text: with a space between Latin words, with nothing between Chinese ones."""
    text = ""
    for line in lines:
        apart = text and (text[-1].isascii() or line[:1].isascii())
        text += (" " if apart else "") + line
    return text
