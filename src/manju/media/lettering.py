"""Lettering: the one layout of all text that is shown over a film: subtitles, overlays and the AI label.

`layout` places every text on the frame axis. `manju.media.subtitles.ass` writes it as a script for players and
`manju.media.captions` burns it in, so both show the same. What a user wrote is never markup: see `escaped`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, inf
from typing import Literal

from manju.domain.cues import Cue
from manju.domain.time import frames, milliseconds
from manju.domain.timeline import Overlay, Timeline
from manju.errors import InputError
from manju.media.cueing import pieces
from manju.media.fonts import ASCENT, DESCENT, EM
from manju.media.linebreaks import longest
from manju.media.wrapping import wrap

Track = Literal["subtitles", "top", "middle", "bottom", "label"]
TRACKS: tuple[Track, ...] = ("subtitles", "top", "middle", "bottom", "label")
"""Texts of different tracks have their own places in the picture and are drawn independently. The index is the ASS
layer."""

LINE_HEIGHT = (ASCENT + DESCENT) / EM
"""Height of a line, and what ASS calls font size, per em."""
USABLE = 0.92
"""Part of the frame's width that a line may take; a wider one is set smaller."""
NEVER = 100_000
"""Centiseconds after which a frozen text would go on."""
ABOVE = 0.6
"""Rows of subtitles left free between them and an overlay at the bottom."""
TITLE, LOWER_THIRD = 1.5, 1.35
"""Size of overlays per subtitle size: at the top and in the middle; at the bottom."""
SMALLEST = 0.6
"""Least size of an overlay per its usual size, where that saves a word or a face; a longer one gets more lines."""
HEADROOM = 0.3
"""Part of the frame's height that a text at the top stays in: in most pictures of people their faces lie below it, in
those of the sketch artist always."""
CHINESE_INK, LATIN_INK = 0.9, 0.74
"""Height of the ink of 生 or 成 (and of A) in the bold face, in em: the label's height is that of its ink."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_CONTROL = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
_MARKUP = {"\\": "\\\u2060", "{": "\\{", "}": "\\}", "\n": "\\N"}
_LATIN_MARKS = {"‘": "'", "’": "'", "“": '"', "”": '"', "…": "..."}
_BESIDE_LATIN = re.compile(r"(?<=[\x21-\x7e\xc0-\u024f’”])[’”…‘“]|[‘“’](?=[\x21-\x7e\xc0-\u024f])")
_WIDE, _MIDDLING, _NARROW = frozenset("mMwW@%"), frozenset("ABCDEFGHKNOPQRSTUVXYZ&"), frozenset("iIjl.,:;!'|()[]{}/\\")


def escaped(letters: Iterable[str]) -> str:
    """Text in which nothing is ASS markup: braces are escaped, line breaks are ``\\N``, and a backslash is parted from
    what follows by an invisible joiner, so that it starts no escape (ASS has no other way)."""
    return "".join(_MARKUP.get(char, char) for char in letters)


def typeset(text: str, missing: frozenset[str] = frozenset()) -> list[str]:
    """What is drawn for each character of ``text``: one kind of blank, nothing for those that no font has, marks that
    the Chinese face has only full-width (``don’t``) in their straight form beside Latin letters, ``——`` as one dash."""
    out = [" " if char != "\n" and (char.isspace() or char in _CONTROL) else char for char in text]
    for found in re.finditer("——", text):
        out[found.start() : found.end()] = ["⸺", ""]
    for found in _BESIDE_LATIN.finditer(text):
        out[found.start()] = _LATIN_MARKS[found.group()]
    return ["" if char in missing else letter for char, letter in zip(text, out, strict=True)]


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks. ``em`` and ``outline`` are pixels; colours are ``#RRGGBB``; ``box`` draws a translucent
    rectangle of the outline's colour with ``outline`` as its padding, in place of an outline. ``colour`` is shown
    before a word is spoken and ``spoken`` after. ``anchor`` is ASS's: 2 bottom centre, 7 top left, 8 top centre."""

    name: str
    em: float
    colour: str
    spoken: str
    outline_colour: str
    outline: float
    anchor: Literal[2, 7, 8]
    box: bool = False
    blur: float = 0.0
    side: int = 0

    def fields(self, family: str) -> str:
        """The value of an ASS ``Style:`` line after the name. Vertical margins are given by each line."""
        edge = _colour(self.outline_colour, 0x60 if self.box else 0)
        return (
            f"{family},{_number(self.em * LINE_HEIGHT)},{_colour(self.spoken)},{_colour(self.colour)},{edge},"
            f"{_colour('#000000', 0x80)},0,0,0,0,100,100,0,0,{3 if self.box else 1},{_number(self.outline)},0,"
            f"{self.anchor},{self.side},{self.side},0,1"
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """Escaped text that changes colour at ``frame``."""

    text: str
    frame: int


@dataclass(frozen=True, slots=True)
class Line:
    """One text on screen in frames ``[start, end)``: ``rows`` lines of at most ``width`` pixels, ``margin`` pixels
    from the edge of the frame that the style's anchor names. ``scale`` (<= 1) makes it fit."""

    track: Track
    start: int
    end: int
    style: Style
    pieces: tuple[Piece, ...]
    rows: int
    width: float
    margin: int
    scale: float = 1.0

    @property
    def height(self) -> float:
        """Pixels from the top of the first row to the bottom of the last."""
        return self.rows * self.style.em * self.scale * LINE_HEIGHT

    @property
    def reach(self) -> int:
        """Pixels that outline and blur may add on each side."""
        return int(self.style.outline + 3 * self.style.blur) + 6

    def dialogue(self, rate: Fraction) -> str:
        """The value of an ASS ``Dialogue:`` line. Its times are those of its frames."""
        times = [_centiseconds(frame, rate) for frame in (self.start, *(piece.frame for piece in self.pieces))]
        ends = [*times[1:], max(times[-1], _centiseconds(self.end, rate))]
        lead, *counts = (end - start for start, end in zip(times, ends, strict=True))
        return (
            f"{TRACKS.index(self.track)},{_time(times[0])},{_time(_centiseconds(self.end, rate))},"
            f"{self.style.name},,0,0,{self.margin},,{self.body([lead, *(max(1, count) for count in counts)])}"
        )

    def frozen(self, frame: int) -> str:
        """`body` for an event that stands still as it looks at ``frame``, from one centisecond a piece after its start:
        what was spoken by then has begun, the rest never does. (No ``\\k0``: libass would join it to its neighbour
        and set the letters differently.)"""
        begun = sum(piece.frame <= frame for piece in self.pieces)
        counts = [0] + [1] * len(self.pieces)
        counts[begun] = NEVER
        return self.body(counts)

    def body(self, counts: Sequence[int]) -> str:
        """Text with tags; ``counts`` are the ``\\k`` centiseconds before the first piece and of each piece."""
        tags = f"\\fs{_number(self.style.em * self.scale * LINE_HEIGHT)}" if self.scale < 1 else ""
        tags += f"\\blur{_number(self.style.blur)}" if self.style.blur else ""
        head = f"{{{tags}}}" if tags else ""
        if self.style.colour == self.style.spoken:
            return head + "".join(piece.text for piece in self.pieces)
        lead = f"{{\\k{counts[0]}}}" if counts[0] else ""
        timed = zip(counts[1:], self.pieces, strict=True)
        return head + lead + "".join(f"{{\\k{count}}}{piece.text}" for count, piece in timed)


def layout(timeline: Timeline, missing: frozenset[str] = frozenset()) -> tuple[Line, ...]:
    """Every text over the film, ordered by track and time. Texts that fall outside the film are cut at its ends;
    ``missing`` characters (`manju.media.fonts.Face`) are left out.

    Raises:
        InputError: the label is too long for one line at the height that the law asks for.
    """
    lines = [line for cue in timeline.cues if (line := _cue(timeline, cue, missing))]
    for start, shot in zip(timeline.starts(), timeline.shots, strict=True):
        for overlay in shot.overlays:
            first = start + frames(overlay.start_ms, timeline.rate)
            last = start + shot.frames
            if overlay.end_ms is not None:
                last = min(last, max(first + 1, start + frames(overlay.end_ms, timeline.rate)))
            if first < last and overlay.text.strip():
                lines.append(_overlay(timeline, overlay, first, last, missing))
    if timeline.label.visible and timeline.label.text.strip():
        lines.append(_label(timeline, missing))
    return tuple(sorted(lines, key=lambda line: (TRACKS.index(line.track), line.start)))


def _cue(timeline: Timeline, cue: Cue, missing: frozenset[str]) -> Line | None:
    start = frames(cue.start_ms, timeline.rate)
    end = min(timeline.total_frames, max(start + 1, frames(cue.end_ms, timeline.rate)))
    if start >= end or not cue.text.strip():
        return None
    timed = pieces(cue)
    style = _subtitle(timeline, spoken=bool(timed))
    drawn = typeset(cue.text, missing)  # of the whole text: what a mark looks like depends on its neighbours
    shown: list[Piece] = []
    at, done = start, 0
    for text, spoken, _ in timed or ((cue.text, cue.start_ms, cue.end_ms),):
        at = min(max(at, frames(spoken, timeline.rate)), end)
        piece = escaped(drawn[done : done + len(text)])
        done += len(text)
        if shown and shown[-1].frame == at:
            shown[-1] = Piece(shown[-1].text + piece, at)
        else:
            shown.append(Piece(piece, at))
    rows = cue.text.split("\n")
    margin = round(_foot(timeline))
    return _fitted(timeline, Line("subtitles", start, end, style, tuple(shown), len(rows), 0.0, margin), rows)


def _overlay(timeline: Timeline, overlay: Overlay, start: int, end: int, missing: frozenset[str]) -> Line:
    style = _title(timeline, overlay.position)
    scale, text = _set(timeline, overlay, style)
    rows = text.split("\n")
    shown = (Piece(escaped(typeset(text, missing)), start),)
    line = _fitted(timeline, Line(overlay.position, start, end, style, shown, len(rows), 0, 0, scale), rows)
    most = timeline.height / 2
    if overlay.position == "top":
        margin = _inset(timeline)[1] if _beside_label(timeline, line) else _below_label(timeline)
        most = max(timeline.height * HEADROOM - margin, min(most, line.height * SMALLEST / line.scale))
    smaller = min(1.0, most / line.height)
    line = replace(line, scale=line.scale * smaller, width=line.width * smaller)
    if overlay.position == "middle":
        margin = (timeline.height - line.height) / 2
    elif overlay.position == "bottom":
        below = _rows_below(timeline, start, end)
        margin = _foot(timeline) + (below + ABOVE if below else 0) * _em(timeline) * LINE_HEIGHT
    return replace(line, margin=round(margin))


def _set(timeline: Timeline, overlay: Overlay, style: Style) -> tuple[float, str]:
    """Scale and rows of an overlay: the largest letters that break no word and give two rows; failing that three."""
    whole = longest(overlay.text)
    found = []
    for scale in (1.0, 0.85, 0.7, SMALLEST):
        columns = max(2, int(timeline.width * min(0.84, 1 - timeline.safe.side / 500) / (style.em * scale)))
        found.append((scale, wrap(overlay.text, columns=columns, max_lines=2), whole <= columns))
    for most, least in ((1, 0.7), (2, SMALLEST)):
        for scale, text, fits in found:
            if fits and scale >= least and text.count("\n") <= most:
                return scale, text
    return found[-1][:2]


def _rows_below(timeline: Timeline, start: int, end: int) -> int:
    """Most rows of subtitles in these frames, burnt in or not: players put those of files in the same place."""
    first, last = milliseconds(start, timeline.rate), milliseconds(end, timeline.rate)
    shown = (cue for cue in timeline.cues if cue.start_ms < last and cue.end_ms > first)
    return max((cue.text.count("\n") + 1 for cue in shown), default=0)


def _below_label(timeline: Timeline) -> float:
    style = _label_style(timeline)
    return _inset(timeline)[1] + style.em * (LINE_HEIGHT + 0.3) + 2 * style.outline


def _beside_label(timeline: Timeline, line: Line) -> bool:
    """Whether a centred line may be as high as the label: it has gone, or there is room to the right of it."""
    if not timeline.label.visible or line.start >= frames(timeline.label.visible_ms, timeline.rate):
        return True
    label = _label(timeline, frozenset())
    taken = label.style.side + label.width + label.reach
    return line.width / 2 + line.reach < timeline.width / 2 - taken


def _label(timeline: Timeline, missing: frozenset[str]) -> Line:
    style, (_, down) = _label_style(timeline), _inset(timeline)
    text = " ".join(timeline.label.text.split())
    end = min(timeline.total_frames, max(1, frames(timeline.label.visible_ms, timeline.rate)))
    margin = round(down + style.outline)
    line = Line("label", 0, end, style, (Piece(f"\\h{escaped(typeset(text, missing))}\\h", 0),), 1, 0.0, margin)
    room = timeline.width - style.side - max(style.side, timeline.width * timeline.safe.right / 1000)
    line = _fitted(timeline, line, [f"\u00a0{text}\u00a0"], room)
    if line.scale < 1:
        raise InputError(
            f"the AI label {text!r} does not fit the frame's width at its height of {timeline.label.height / 10:g} %",
            hint=f"Use at most {int(room / style.em - 1)} Chinese characters, for example AI生成.",
        )
    return line


def _fitted(timeline: Timeline, line: Line, rows: Sequence[str], room: float | None = None) -> Line:
    """The line with the width of its rows, set smaller where it is wider than ``room`` pixels, or than a line that is
    centred in the frame may be."""
    if room is None:
        clear = timeline.width * (1 - timeline.safe.side / 500) - 2 * line.reach if timeline.safe.side else inf
        room = min(timeline.width * USABLE, clear)
    wide = max(_advance(row) for row in rows) * line.style.em
    scale = min(line.scale, max(room, 1.0) / max(wide, 1.0))
    return replace(line, scale=scale, width=wide * scale)


def _foot(timeline: Timeline) -> float:
    """Pixels between the last line of subtitles and the bottom of the frame."""
    return timeline.height * max(timeline.subtitles.margin, timeline.safe.bottom) / 1000


def _em(timeline: Timeline) -> float:
    return timeline.subtitles.size / 1000 * min(timeline.width, timeline.height)


def _subtitle(timeline: Timeline, *, spoken: bool) -> Style:
    look, em = timeline.subtitles, _em(timeline)
    spoken = spoken and look.karaoke
    after = look.spoken if spoken else look.colour
    return Style("Spoken" if spoken else "Plain", em, look.colour, after, look.outline, em * 0.075, 2)


def _title(timeline: Timeline, position: Literal["top", "middle", "bottom"]) -> Style:
    em = _em(timeline) * (LOWER_THIRD if position == "bottom" else TITLE)
    anchor: Literal[2, 8] = 2 if position == "bottom" else 8
    return Style(position.title(), em, "#FFFFFF", "#FFFFFF", "#101014", em * 0.07, anchor, blur=em * 0.02)


def _label_style(timeline: Timeline) -> Style:
    ink = timeline.label.height / 1000 * min(timeline.width, timeline.height)
    em = ink / (CHINESE_INK if _CHINESE.search(timeline.label.text) else LATIN_INK)
    padding = em * 0.05
    side = max(_inset(timeline)[0], ceil(timeline.width * timeline.safe.left / 1000 + padding))
    return Style("Label", em, "#FFFFFF", "#FFFFFF", "#101014", padding, 7, box=True, side=side)


def _inset(timeline: Timeline) -> tuple[int, int]:
    """Distance of the label from the left and the top edge, clear of what players on phones lay over a tall film."""
    tall = timeline.height > timeline.width
    across, down = (0.055, 0.075) if tall else (0.04, 0.045)
    across, down = max(across, timeline.safe.left / 1000), max(down, timeline.safe.top / 1000)
    return round(timeline.width * across), round(timeline.height * down)


def _advance(text: str) -> float:
    """Upper bound of the width of a row in em, for the bold face (its advances, rounded up by class)."""
    return sum(_char_advance(char) for letter in typeset(text) for char in letter)


def _char_advance(char: str) -> float:
    if char in _NARROW:
        return 0.42
    if char in _MIDDLING or char == "_":
        return 0.8
    if " " <= char <= "\u024f" and char not in _WIDE:
        return 0.24 if char == " " else 0.66
    return 1.72 if char == "⸺" else 1.02


def _colour(rgb: str, transparency: int = 0) -> str:
    """ASS writes &HAABBGGRR, and its alpha is transparency."""
    return f"&H{transparency:02X}{rgb[5:7]}{rgb[3:5]}{rgb[1:3]}".upper()


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _centiseconds(frame: int, rate: Fraction) -> int:
    """The moment just before ``frame`` is shown, so that rounding in a player cannot show a text one frame late."""
    return max(0, int((Fraction(1000 * frame) / rate - 2) / 10))


def _time(centiseconds: int) -> str:
    seconds, centi = divmod(centiseconds, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{centi:02d}"
