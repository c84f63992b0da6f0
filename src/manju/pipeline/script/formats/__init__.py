"""The script formats that people have, each read by a file of its own into one common form (`reading`).

`format_of` tells by clear evidence what a text is; a text without any is a story, which `manju.pipeline.script.prose`
tells word by word.
"""

from __future__ import annotations

import re
from dataclasses import replace

from manju.domain.film import Format
from manju.pipeline.script.formats import cues, docx, fdx, fountain, headings, markdown, srt
from manju.pipeline.script.formats.fields import line_field
from manju.pipeline.script.formats.marks import plain
from manju.pipeline.script.formats.reading import Reading, numbered

__all__ = ["docx", "format_of", "read"]

SUFFIXES: dict[str, Format] = {".fountain": "fountain", ".spmd": "fountain", ".fdx": "fdx", ".srt": "srt"}
_MARKDOWN = (".md", ".markdown")
_MARKS = re.compile(r"^(?:#{1,6}\s+|[-*>]\s+|\d+[.)]\s+)*\.?(?=[^.])")
_NUMBERED = re.compile(
    r"第\s*[\d零〇一二三四五六七八九十百]+\s*[场景](?:戏)?(?:[\s:：]|$)|(?:场景|场次)\s*[\d一二三四五六七八九十]+|SCENE\s+\d"
)
_TRIANGLE = re.compile(r"\s*[△▲∆]")
_SHOT = re.compile(r"(?:镜头|分镜|镜号|SHOT)\s*[\d一二三四五六七八九十]+", re.IGNORECASE)
_FAR = 2000
"""Lines that are looked at: what a file is shows earlier."""


def format_of(suffix: str, text: str) -> Format:
    """What a file is. Its ending decides where it is that of a script format; else what stands in it.

    Args:
        suffix: with the point, in lower case.
        text: of the file; of a Word document its paragraphs.
    """
    if suffix == ".docx":
        return "docx"
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    return _evident(text, suffix in _MARKDOWN)


def _evident(text: str, marked: bool) -> Format:
    lines = numbered(text)[:_FAR]
    start = [line for _, line in lines if line.strip()][:6]
    if start and re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:FinalDraft\b|!DOCTYPE FinalDraft)", "\n".join(start[:2])):
        return "fdx"
    if any(srt.TIMING.fullmatch(line) for line in start[:3]):
        return "srt"
    if markdown.tables(lines):
        return "markdown"
    if not _is_script([line for _, line in lines]):
        return "prose"
    marked = marked or any(re.match(r"#{1,6}[ \t]", line) for _, line in lines)
    return "markdown" if marked else "fountain"


def _is_script(lines: list[str]) -> bool:
    """Whether a text is a script by clear evidence: headings of scenes together with something else that stories do
    not have, △ with speakers, or pictures that are named as such."""
    heads = said = triangles = pictures = shots = 0
    for index, line in enumerate(lines):
        text = plain(_MARKS.sub("", line.strip()), markdown=True).strip()
        if not text:
            continue
        key = re.split(r"[:：]", text, maxsplit=1)[0]
        if _TRIANGLE.match(text):
            triangles += 1
        elif _strong(text):
            heads += 1
        elif _SHOT.match(text):
            shots += 1
        elif key != text and line_field(key) in ("picture", "size", "movement"):
            pictures += 1
        elif cues.inline(text) is not None or _stands_over(lines, index, text):
            said += 1
    if heads and (said or triangles or pictures or heads > 1):
        return True
    return (triangles >= 1 and said >= 1) or triangles >= 3 or pictures >= 2 or (pictures >= 1 and shots >= 1)


def _stands_over(lines: list[str], index: int, text: str) -> bool:
    """Whether a line is a name in capitals over its words."""
    following = lines[index + 1].strip() if index + 1 < len(lines) else ""
    apart = index == 0 or not lines[index - 1].strip()
    return apart and bool(following) and not following.isupper() and cues.latin(text) is not None


def _strong(text: str) -> bool:
    """Whether a line can be nothing but a heading of a scene: a count alone (``1. 早上 跑步``) is not enough."""
    found = headings.heading(text)
    if found is None:
        return False
    return bool(_NUMBERED.match(text)) or (bool(found.inside) and bool(found.place or found.time))


def read(text: str, format: Format) -> Reading | None:
    """What stands in a text of this format; None where it is a story, to be told word by word.

    Raises:
        InputError: it cannot be read as that.
    """
    if format == "docx":
        inner = _evident(text, False)
        if inner == "markdown":
            found: Reading | None = markdown.read(text, paragraphs=True)
        else:
            found = fountain.read(text, paragraphs=True) if inner == "fountain" else read(text, inner)
        return replace(found, unit="paragraph") if found is not None else None
    if format == "fountain":
        return fountain.read(text)
    if format == "markdown":
        return markdown.read(text)
    if format == "fdx":
        return fdx.read(text)
    return srt.read(text) if format == "srt" else None
