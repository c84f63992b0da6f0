"""Subtitles as text for players and editors: SRT, WebVTT and ASS."""

from __future__ import annotations

import re
from collections.abc import Iterable

from manju.domain.cues import Cue
from manju.domain.time import clock
from manju.domain.timeline import Timeline
from manju.media.cueing import pieces
from manju.media.lettering import layout

_SRT_MARKUP = re.compile(r"<(?=[/A-Za-z])|\{(?=\\)|--(?=>)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def srt(cues: Iterable[Cue]) -> str:
    """SubRip text: numbered from 1, times as ``00:00:01,000``, a blank line after each cue.

    The format has no way to write ``<b>``, ``{\\an8}`` or ``-->`` as text, so an invisible joiner parts what players
    would take for markup: it is shown to the letter.
    """
    blocks = []
    for number, cue in enumerate(cues, 1):
        text = "\n".join(row for row in map(_plain, cue.text.splitlines()) if row) or "-"
        times = f"{clock(cue.start_ms)} --> {clock(cue.end_ms)}"
        text = _SRT_MARKUP.sub("\\g<0>\u2060", text)
        blocks.append(f"{number}\n{times}\n{text}\n")
    return "\n".join(blocks)


def vtt(cues: Iterable[Cue]) -> str:
    """WebVTT with the time of each word inside its cue (``<00:00:01.000>``), strictly rising as the format asks."""
    blocks = ["WEBVTT\n"]
    for cue in cues:
        text, last = "", cue.start_ms
        for piece, start, _ in pieces(cue) or ((cue.text, cue.start_ms, cue.end_ms),):
            if last < start < cue.end_ms:
                text, last = f"{text}<{clock(start, '.')}>", start
            text += piece.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = "\n".join(row for row in map(_plain, text.split("\n")) if row) or "-"
        blocks.append(f"{clock(cue.start_ms, '.')} --> {clock(cue.end_ms, '.')}\n{text}\n")
    return "\n".join(blocks)


def ass(timeline: Timeline, family: str) -> str:
    """The whole film's subtitles and overlays as an ASS script in the frame's own size, words timed by ``\\k``.

    The AI label is not in it: it belongs to the picture and is burnt in. ``family`` is the font's family name.
    """
    placed = [line for line in layout(timeline) if line.track != "label"]
    styles = {line.style.name: line.style for line in placed}
    return script(
        (timeline.width, timeline.height),
        [f"{style.name},{style.fields(family)}" for _, style in sorted(styles.items())],
        [line.dialogue(timeline.rate) for line in placed],
        title=timeline.title,
    )


def script(
    size: tuple[int, int], styles: Iterable[str], events: Iterable[str], *, title: str = "", matrix: str = "TV.709"
) -> str:
    """An ASS file of complete ``Style:`` and ``Dialogue:`` values; ``size`` is the picture's in pixels. ``matrix`` says
    to libass in which colours it draws: ``None`` leaves RGB as it is."""
    head = (
        f"[Script Info]\nTitle: {_plain(title)}\nScriptType: v4.00+\nPlayResX: {size[0]}\nPlayResY: {size[1]}\n"
        f"WrapStyle: 2\nScaledBorderAndShadow: yes\nYCbCr Matrix: {matrix}\n\n[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
        "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
        "MarginR, MarginV, Encoding\n"
    )
    middle = "\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    return (
        head
        + "".join(f"Style: {style}\n" for style in styles)
        + middle
        + "".join(f"Dialogue: {event}\n" for event in events)
    )


def _plain(text: str) -> str:
    """One line without control characters."""
    return _CONTROL.sub(" ", text).strip()
