"""Final Draft (FDX): XML whose paragraphs say what they are."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from manju.errors import InputError
from manju.pipeline.script import vocabulary
from manju.pipeline.script.formats import cues, headings, transitions
from manju.pipeline.script.formats.page import Page
from manju.pipeline.script.formats.reading import Block, Entry, Reading, Wish
from manju.pipeline.script.formats.xml import LINE, parse

_WHAT = "the Final Draft file"
_LAYOUT = frozenset({"general", "new act", "end of act", "outline body", *(f"outline {n}" for n in range(1, 5))})


def read(text: str) -> Reading:
    """What stands in a Final Draft document.

    Raises:
        InputError: it is no Final Draft script.
    """
    root = parse(text, _WHAT)
    content = root.find("Content")
    if root.tag != "FinalDraft" or content is None:
        raise InputError(f"{_WHAT} holds no script", hint="Export it from Final Draft as .fdx once more.")
    script = _Script()
    script.page.title = _title(root)
    for paragraph in _paragraphs(content):
        script.paragraph(paragraph)
    return script.page.reading("Final Draft")


def _paragraphs(content: Element) -> Iterator[Element]:
    """The paragraphs in their order; those spoken at the same time one after another."""
    for paragraph in content.iterfind("Paragraph"):
        dual = paragraph.find("DualDialogue")
        if dual is None:
            yield paragraph
        else:
            yield from dual.iterfind("Paragraph")


def _words(paragraph: Element) -> str:
    return "".join("".join(text.itertext()) for text in paragraph.iterfind("Text"))


def _title(root: Element) -> str:
    """The first line of the title page that has words."""
    for paragraph in root.iterfind("TitlePage/Content/Paragraph"):
        if words := " ".join(_words(paragraph).split()):
            return words
    return ""


class _Script:
    """Goes through the paragraphs once."""

    def __init__(self) -> None:
        self.page = Page()
        self._cue: cues.Cue | None = None

    def paragraph(self, paragraph: Element) -> None:
        kind = paragraph.get("Type", "").strip().lower()
        line = int(paragraph.get(LINE, "0"))
        text = _words(paragraph)
        for note in paragraph.iter("ScriptNote"):
            self.page.leave(line, " ".join(_words(each) for each in note.iter("Paragraph")), "is a note")
        if not text.strip():
            return
        if kind == "dialogue":
            self._dialogue(line, text)
        elif kind == "parenthetical":
            manner, away = cues.manner_of(text.strip().strip("()（）"))
            if self._cue is None:
                self.page.doubt(line, text, "is a parenthetical without a speaker")
            else:
                self._cue = cues.Cue(self._cue.who, manner, self._cue.away or away)
        elif kind == "character":
            self._cue = cues.forced(text.strip())
        else:
            self._cue = None
            self._other(kind, line, text.strip())

    def _dialogue(self, line: int, text: str) -> None:
        if self._cue is None:
            self.page.doubt(line, text, "is dialogue without a speaker and is told by the narrator")
        for part in text.splitlines():
            if part.strip():
                self.page.speak(line, self._cue or cues.Cue(""), part.strip())

    def _other(self, kind: str, line: int, text: str) -> None:
        page = self.page
        if kind == "scene heading":
            page.open(headings.forced(text, page.heading), line)
        elif kind == "action":
            for part in text.splitlines():
                if part.strip():
                    page.add(Block("action", line, part.strip()))
        elif kind == "shot":
            page.add(Block("shot", line, text, wish=Wish(size=vocabulary.size_in(text))))
        elif kind == "transition":
            if transitions.asked(text) is None:
                page.doubt(line, text, "is no known transition; the film cuts there")
            page.add(Block("transition", line, text))
        elif kind in ("singing", "lyrics"):
            page.speak(line, cues.Cue("", "singing"), text)
        elif kind == "cast list":
            names = [name.strip() for name in text.replace("\n", ",").split(",") if cues.is_name(name.strip())]
            page.cast.extend(Entry(name, "", line) for name in names)
        elif kind in _LAYOUT:
            page.leave(line, text, f"is a paragraph of the type {kind!r}")
        else:
            page.doubt(line, text, f"is a paragraph of the unknown type {kind!r}")
