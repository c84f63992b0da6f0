"""Markdown: tables of shots (分镜表), and scripts whose headings are scenes; the rest is read as in `fountain`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from manju.pipeline.script.formats.fields import FieldName, column
from manju.pipeline.script.formats.fountain import Reader
from manju.pipeline.script.formats.marks import plain
from manju.pipeline.script.formats.page import Page, Row
from manju.pipeline.script.formats.reading import Reading, numbered

_RULE_CELL = re.compile(r":?-+:?")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_PIPE = re.compile(r"(?<!\\)\|")
_DEFINING: frozenset[FieldName] = frozenset({"picture", "dialogue", "narration", "action"})
_ANY: frozenset[FieldName] = frozenset(
    {"number", "size", "angle", "movement", "duration", "overlay", "transition", "place", "characters"}
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of shots: where it stands, and what its columns hold."""

    start: int
    """Index of its first row of cells among the lines."""
    end: int
    head: tuple[str, ...]
    fields: tuple[FieldName | None, ...]
    number: int


def read(text: str, *, paragraphs: bool = False) -> Reading:
    """What stands in a Markdown script.

    Args:
        text: as the user wrote it.
        paragraphs: every line is a paragraph of a word processor.
    """
    lines = numbered(text)
    found = tables(lines)
    reader = _Tabled(lines, found, paragraphs)
    return reader.read().reading("table of shots" if found else "Markdown script")


def tables(lines: list[tuple[int, str]]) -> list[Table]:
    """The tables whose columns say that their rows are shots."""
    found: list[Table] = []
    at = 0
    while at + 1 < len(lines):
        head = cells(lines[at][1]) if "|" in lines[at][1] else []
        rule = cells(lines[at + 1][1]) if "|" in lines[at + 1][1] else []
        if len(head) < 2 or len(rule) != len(head) or not all(_RULE_CELL.fullmatch(cell) for cell in rule):
            at += 1
            continue
        end = at + 2
        while end < len(lines) and "|" in lines[end][1] and lines[end][1].strip():
            end += 1
        fields = tuple(column(plain(cell, markdown=True)) for cell in head)
        if shots(fields):
            found.append(Table(at + 2, end, tuple(head), fields, lines[at][0]))
        at = end
    return found


def shots(fields: tuple[FieldName | None, ...]) -> bool:
    """Whether columns say that their rows are shots: something seen or said, and something else that shots have."""
    known = {field for field in fields if field}
    return bool(known & _DEFINING) and len(known & (_DEFINING | _ANY)) >= 2


def cells(line: str) -> list[str]:
    """The cells of a row; ``\\|`` is a bar."""
    text = line.strip()
    text = text[1:] if text.startswith("|") else text
    parts = _PIPE.split(text)
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    return [_BREAK.sub("\n", part.replace("\\|", "|")).strip() for part in parts]


class _Tabled(Reader):
    """Reads tables where they stand among the other lines."""

    def __init__(self, lines: list[tuple[int, str]], found: list[Table], paragraphs: bool) -> None:
        self._tables = {table.start - 2: table for table in found}
        self._source = lines
        super().__init__(lines, markdown=True, paragraphs=paragraphs, rest="unread" if found else "action")

    def read(self) -> Page:
        self._at = self._front.title_page(self._lines)
        while self._at < len(self._lines):
            table = self._tables.get(self._at)
            if table is not None:
                self._end_action()
                self._end_row()
                self._cue = None
                self._front.close()
                self._table(table)
                self._at = table.end
                continue
            self._step()
        self._end_row()
        return self.page

    def _table(self, table: Table) -> None:
        for name, field in zip(table.head, table.fields, strict=True):
            if field is None and name:
                self.page.doubt(table.number, name, "is no known column; what it holds is kept as notes")
        span = _running(table, self._source)
        for number, line in self._source[table.start : table.end]:
            row = Row(number)
            values = [plain(cell, markdown=True) for cell in cells(line)]
            for extra in values[len(table.head) :]:
                self.page.doubt(number, extra, f"is a cell more than the {len(table.head)} columns of the table")
            for name, field, value in zip(table.head, table.fields, values, strict=False):
                row.put(field or "note", value, number, plain(name, markdown=True))
            if row.fields or row.spoken:
                row.write(self.page, span=span)
            else:
                self.page.leave(number, line, "is an empty row")


def _running(table: Table, lines: list[tuple[int, str]]) -> bool:
    """Whether the lengths are stretches of the film's time (``0-3``, ``3-8``): each begins where another ended."""
    if "duration" not in table.fields:
        return False
    at = table.fields.index("duration")
    ends: list[tuple[str, str]] = []
    for _, line in lines[table.start : table.end]:
        row = cells(line)
        match = re.match(r"\D*(\d+(?:\.\d+)?)\D+?(\d+(?:\.\d+)?)\D*$", row[at]) if at < len(row) else None
        if match:
            ends.append((match[1], match[2]))
    return bool(ends) and (float(ends[0][0]) == 0 or any(float(a[1]) == float(b[0]) for a, b in pairwise(ends)))
