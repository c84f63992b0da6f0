"""SRT subtitles: the words of the narrator, with the time that each wants."""

from __future__ import annotations

import re
from dataclasses import dataclass

from manju.errors import InputError
from manju.pipeline.script.formats import cues
from manju.pipeline.script.formats.page import Page
from manju.pipeline.script.formats.reading import Block, Reading, Wish, numbered

_TIME = r"(\d{1,3}):(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_TAGS = re.compile(r"</?(?:i|b|u|s|font|c|v)(?:[ .][^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
_SOUND = re.compile(r"[\[(（【♪♫][^\[\]()（）【】]*[\])）】♪♫]|[♪♫]+")
_GAP_MS = 2000
"""Silence between two cues that ends a shot."""
_SHOT_MS, _MOST_MS, _MOST_CUES = 5000, 12_000, 20
"""A shot takes cues until it lasts so long, none that would make it longer than the second, and no more than these."""


@dataclass
class _Caption:
    line: int
    start: int
    end: int
    lines: list[tuple[int, str]]


def read(text: str) -> Reading:
    """The cues of a subtitle file as shots whose lengths are wished: each from its first cue to the next shot's.

    Raises:
        InputError: no cue has a time.
    """
    page = Page()
    captions = _captions(text, page)
    if not captions:
        raise InputError(
            "the subtitle file has no cue with a time",
            hint="A time reads 00:00:01,000 --> 00:00:03,500, above its words.",
        )
    groups: list[list[_Caption]] = []
    for caption in captions:
        if groups and _goes_on(groups[-1], caption):
            groups[-1].append(caption)
        else:
            groups.append([caption])
    for index, group in enumerate(groups):
        start, end = group[0].start, group[-1].end
        if index + 1 < len(groups):
            following = groups[index + 1][0].start
            end = following if end <= following <= end + 10 * _GAP_MS else end
        ms = end - start
        if not 500 <= ms <= 600_000:
            page.doubt(group[0].line, f"{ms / 1000:g} s", "is no length from 0.5 to 600 seconds")
            ms = 0
        page.add(Block("shot", group[0].line, wish=Wish(duration_ms=ms)))
        for caption in group:
            _speak(page, caption)
    return page.reading("subtitles (SRT)")


def _goes_on(group: list[_Caption], caption: _Caption) -> bool:
    lasts = group[-1].end - group[0].start
    if len(group) >= _MOST_CUES:
        return False
    near = 0 <= caption.start - group[-1].end < _GAP_MS or caption.start == group[-1].start
    return near and lasts < _SHOT_MS and caption.end - group[0].start <= _MOST_MS


def _speak(page: Page, caption: _Caption) -> None:
    for number, line in caption.lines:
        said = _TAGS.sub("", line).strip()
        if not said:
            continue
        if _SOUND.fullmatch(said):
            page.add(Block("note", number, said))
            page.leave(number, said, "is a sound")
            continue
        page.speak(number, cues.Cue("", said=said), said)


def _captions(text: str, page: Page) -> list[_Caption]:
    found: list[_Caption] = []
    lines = numbered(text)
    current: _Caption | None = None
    for index, (number, line) in enumerate(lines):
        timing = TIMING.fullmatch(line)
        if timing:
            begin, end = _ms(timing.groups()[:4]), _ms(timing.groups()[4:])
            current = None
            if end <= begin:
                page.doubt(number, line, "ends before it begins; its words get a length of their own")
            current = _Caption(number, begin, max(begin + 1, end), [])
            found.append(current)
        elif not line.strip():
            following = next((later for _, later in lines[index + 1 : index + 3] if later.strip()), "")
            if following.strip().isdecimal() or TIMING.fullmatch(following):
                current = None
        elif line.strip().isdecimal() and index + 1 < len(lines) and TIMING.fullmatch(lines[index + 1][1]):
            continue  # the cue's number
        elif current is not None:
            current.lines.append((number, line))
        else:
            page.doubt(number, line, "stands outside the cues")
    return [caption for caption in sorted(found, key=lambda c: (c.start, c.line)) if caption.lines]


def _ms(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))
