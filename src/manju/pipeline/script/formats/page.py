"""Where a reader puts down what it reads, and the rows of shot lists, which tables and lines ``画面：…`` share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from manju.domain.storyboard import Angle, Movement, Size
from manju.errors import InputError
from manju.pipeline.script import vocabulary
from manju.pipeline.script.formats import cues, transitions
from manju.pipeline.script.formats.fields import EMPTY, FieldName, duration_ms
from manju.pipeline.script.formats.headings import time_of
from manju.pipeline.script.formats.reading import Block, Entry, Heading, Part, Reading, Unread, Wish

_SHORT_SIZES: Mapping[str, Size] = {
    "远": "wide", "大远": "extreme_wide", "全": "full", "大全": "wide", "小全": "full", "中": "medium", "中近": "close",
    "近": "close", "特": "extreme_close", "大特": "extreme_close", "中全": "full", "中特": "close",
}  # fmt: skip
_SHORT_MOVES: Mapping[str, Movement] = {
    "移": "track", "甩": "pan_right", "定": "static", "固": "static", "静": "static", "平移": "pan_right",
    "移动": "track", "俯冲": "push_in", "升降": "tilt_up",
}  # fmt: skip
_LONG_ANGLES = {word: angle for word, angle in vocabulary.ANGLES.items() if len(word) > 1}
_LONG_MOVES = {word: move for word, move in vocabulary.MOVEMENTS.items() if len(word) > 1}
_SEPARATED = re.compile(r"[、，,;；/\n]+")
_INSIDE_WORDS = re.compile(r"[（(][^（()）]{1,20}[）)]")
MOST_BLOCKS = 15_000
"""Shots, actions, lines and the like of a script: more than an hour holds."""
W = TypeVar("W", bound=str)


class Page:
    """What has been read so far."""

    def __init__(self) -> None:
        self.title = self.logline = ""
        self.cast: list[Entry] = []
        self.unread: list[Unread] = []
        self.aside: list[Unread] = []
        self._parts: list[Part] = []
        self._blocks: list[Block] = []
        self._count = 0

    @property
    def heading(self) -> Heading | None:
        """Of the scene that is being read."""
        return self._parts[-1].heading if self._parts else None

    @property
    def empty(self) -> bool:
        """Whether the scene that is being read has nothing in it yet."""
        return not self._blocks

    def open(self, heading: Heading, line: int) -> None:
        """Begin a scene."""
        self._close()
        self._parts.append(Part(heading, line))

    def change(self, **values: Any) -> None:
        """Say more of the scene that is being read."""
        if not self._parts:
            self._parts.append(Part(Heading(), 1))
        self._parts[-1] = replace(self._parts[-1], **values)

    @property
    def part(self) -> Part:
        """The scene that is being read; what stands before the first heading is in a scene without one."""
        if not self._parts:
            self._parts.append(Part(Heading(), 1))
        return self._parts[-1]

    def add(self, *blocks: Block) -> None:
        """Put down what happens next.

        Raises:
            InputError: more happens than in any film.
        """
        self._count += len(blocks)
        if self._count > MOST_BLOCKS:
            raise InputError(
                f"the script has more than {MOST_BLOCKS} shots and lines; a film has less",
                hint="Split it into episodes, a file each.",
            )
        if not self._parts:
            self.change()
        self._blocks.extend(blocks)

    def speak(self, line: int, cue: cues.Cue, text: str) -> None:
        """Put down words that are said. Directions inside the words are told: they are spoken as they stand."""
        self.add(Block("speech", line, text, cue.who, cue.manner, cue.away))
        if (inside := _INSIDE_WORDS.search(text)) and inside.end() - inside.start() < len(text.rstrip("。.")):
            self.doubt(line, inside[0], "stands inside the words and is spoken with them; put it before the words")

    def continued(self, text: str) -> None:
        """Put the words on a margin break behind those before."""
        self._blocks[-1] = replace(self._blocks[-1], text=text)

    @property
    def last(self) -> Block | None:
        """The last thing that was put down in this scene."""
        return self._blocks[-1] if self._blocks else None

    def doubt(self, line: int, text: str, why: str) -> None:
        """Note what was not understood."""
        self.unread.append(Unread(line, " ".join(text.split()), why))

    def leave(self, line: int, text: str, why: str) -> None:
        """Note what was understood and has no place in a film."""
        self.aside.append(Unread(line, " ".join(text.split()), why))

    def _close(self) -> None:
        if self._parts:
            self._parts[-1] = replace(self._parts[-1], blocks=tuple(self._blocks))
        self._blocks = []

    def reading(self, format: str) -> Reading:
        """All of it."""
        self._close()
        return Reading(
            format,
            tuple(self._parts),
            self.title,
            self.logline,
            tuple(self.cast),
            tuple(self.unread),
            tuple(self.aside),
        )


@dataclass
class Row:
    """One row of a shot list while it is read."""

    line: int
    fields: dict[FieldName, tuple[str, int]] = field(default_factory=dict)
    spoken: list[tuple[int, cues.Cue, str]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)

    def put(self, name: FieldName, value: str, line: int, label: str) -> None:
        """Fill a field; the words of dialogue and narration keep their order. ``label`` is what the writer calls it."""
        if value.strip().lower() in EMPTY:
            return
        if name == "narration":
            self.spoken += [(line, cues.Cue(""), text) for text in _lines(value)]
        elif name == "dialogue":
            for text in _lines(value):
                cue = cues.inline(text)
                self.spoken.append((line, cue or cues.Cue("?"), cue.said if cue else text))
        elif name == "note":
            self.notes.append((line, f"{label}：{value}" if not label.isascii() else f"{label}: {value}"))
        else:
            before = f"{self.fields[name][0]}\n" if name in self.fields else ""
            self.fields[name] = (before + value, line)

    def value(self, name: FieldName) -> str:
        """A field's text, or nothing."""
        return self.fields[name][0].strip() if name in self.fields else ""

    def write(self, page: Page, *, span: bool = False) -> None:
        """Put the shot down on the page. ``span``: durations are stretches of the film's time."""
        place, time = self.value("place"), self.value("time")
        if place or time:
            self._move(page, place, time)
        wish = self._wish(page, span)
        page.add(Block("shot", self.line, " ".join(self.value("picture").split()), wish=wish))
        page.add(*(Block("note", line, text) for line, text in self.notes))
        if overlay := self.value("overlay"):
            page.add(Block("overlay", self.fields["overlay"][1], " ".join(overlay.split())))
        if props := self.value("props"):
            page.change(props=tuple(dict.fromkeys((*page.part.props, *_names(props)))))
        only = wish.characters[0] if len(wish.characters) == 1 else ""
        for line, cue, text in self.spoken:
            if cue.who == "?":
                cue = cues.Cue(only)
                if not only:
                    page.leave(line, text, "names no speaker and is told by the narrator")
            page.speak(line, cue, text)

    def _move(self, page: Page, place: str, time: str) -> None:
        place, now = " ".join(place.split()), page.heading or Heading()
        new = Heading(f"{place} {time}".strip(), place or now.place, now.inside, time_of(time), time)
        if (new.place, new.time_text) != (now.place, now.time_text if time else ""):
            page.open(new, self.line)

    def _wish(self, page: Page, span: bool) -> Wish:
        size, angle, move = self._camera(page)
        transition = self.value("transition")
        into = transitions.asked(transition) if transition else None
        if transition and into is None:
            page.doubt(self.fields["transition"][1], transition, "is no known transition")
        length = self.value("duration")
        ms = duration_ms(length, span=span) if length else None
        if length and (ms is None or not 500 <= ms <= 600_000):
            page.doubt(self.fields["duration"][1], length, "is no length from 0.5 to 600 seconds")
            ms = None
        people = tuple(name for name in _names(self.value("characters")) if cues.is_name(name))
        return Wish(ms or 0, size, angle, move, into, people, " ".join(self.value("action").split()))

    def _camera(self, page: Page) -> tuple[Size | None, Angle | None, Movement | None]:
        """Size, angle and movement. A cell may say more than its column does: ``特写，俯拍`` under 景别."""
        size: Size | None = None
        angle: Angle | None = None
        move: Movement | None = None
        names: tuple[FieldName, ...] = ("size", "angle", "movement")
        for name in names:
            said = self.value(name)
            if not said:
                continue
            moves = (vocabulary.MOVEMENTS, _SHORT_MOVES) if name == "movement" else (_LONG_MOVES, {})
            found = (
                snapped(said, Size, vocabulary.SIZES, _SHORT_SIZES if name == "size" else {}),
                snapped(said, Angle, vocabulary.ANGLES if name == "angle" else _LONG_ANGLES, {}),
                snapped(said, Movement, *moves),
            )
            # The column's own word wins over one that another column's cell mentions.
            size = (found[0] or size) if name == "size" else (size or found[0])
            angle = (found[1] or angle) if name == "angle" else (angle or found[1])
            move = (found[2] or move) if name == "movement" else (move or found[2])
            if not any(found):
                page.doubt(self.fields[name][1], said, f"is no known {name}")
        return size, angle, move


def snapped(text: str, kind: object, table: Mapping[str, W], short: Mapping[str, W]) -> W | None:
    """What a cell asks for in the storyboard's words; of several (``推、摇``) the first that is known."""
    for part in _SEPARATED.split(text.strip()):
        part = part.strip()
        if not part:
            continue
        found = short.get(part) or vocabulary.snap(part, kind, table)
        if found is not None:
            return found
    return None


def _lines(value: str) -> Iterable[str]:
    return (line.strip() for line in value.splitlines() if line.strip())


def _names(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in _SEPARATED.split(value) if name.strip()))
