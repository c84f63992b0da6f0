"""Fountain, and what Chinese scripts add: 第一场, 内景/外景, ``人物：对白``, △ action, 【字幕】, 闪回, ``画面：``.

The elements are those of the public specification: headings (also forced, ``.``), action (``!``), characters (``@``,
``^``), parentheticals, dialogue, lyrics (``~``), transitions (``>``), centred text, notes, boneyard, sections,
synopses, title page, page breaks, emphasis. Text that no mark claims is action.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from manju.pipeline.script.formats import cues, headings, transitions
from manju.pipeline.script.formats.comments import uncommented
from manju.pipeline.script.formats.fields import FieldName, column, duration_ms, line_field
from manju.pipeline.script.formats.front import FrontMatter, is_about, titled
from manju.pipeline.script.formats.marks import KEYED, TRIANGLE, plain
from manju.pipeline.script.formats.page import Page, Row
from manju.pipeline.script.formats.reading import Block, Heading, Reading, joined, numbered
from manju.pipeline.script.formats.wrapped import wraps
from manju.pipeline.script.names import is_narrator

_BRACKETED = re.compile(r"[【\[]\s*([^【】\[\]]{1,120}?)\s*[】\]]\s*(.*)", re.DOTALL)
_SHOT_LINE = re.compile(
    r"(?:镜头|分镜|镜号|镜|SHOT)\s*(?:[#＃]?\d{1,4}|第?[一二三四五六七八九十百]{1,4})(?!\d)\s*"
    r"(?P<time>[（(\[【][^（()）\[\]【】]{1,24}[)）\]】])?\s*(?:[:：.．、|｜—–-]\s*|\s+|$)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LATIN_TRANSITION = re.compile(r"[^a-z]*\bTO:|(?:FADE (?:IN|OUT|UP|TO BLACK)|CUT TO BLACK)[:.]?")
_PAGE_BREAK = re.compile(r"={3,}|-{3,}|\*{3,}|_{3,}")
_SCENE_LISTS = {
    "人物": "present", "出场人物": "present", "登场人物": "present", "出场": "present", "人": "present",
    "角色": "present", "地点": "place", "场景": "place", "景": "place", "时间": "time", "时": "time", "道具": "props",
    "内外": "inside", "内/外": "inside", "characters": "present",
}  # fmt: skip
_NAMES = re.compile(r"[、，,;；/\s]+")
_ALONE = re.compile(r"[【\[]?[^：:，。]{2,20}[】\]]?[:：]?")
_MARKUP = re.compile(r"^(?:[-*•]\s+|\d{1,3}[.)]\s+|>\s+)+")
_SUPER = re.compile(r"(?:SUPER|TITLE|CAPTION|TITLE CARD)\s*[:：]\s*(.+)", re.DOTALL)

LONGEST_PARAGRAPH = 40
"""Lines of one action; the rest begins another."""

Rest = Literal["action", "unread"]


def read(text: str, *, markdown: bool = False, paragraphs: bool = False, rest: Rest = "action") -> Reading:
    """What stands in a script.

    Args:
        text: as the user wrote it.
        markdown: headings, lists and quotations are marked as in Markdown.
        paragraphs: every line is a paragraph of a word processor; blank lines mean nothing.
        rest: what text is that no mark claims.
    """
    reader = Reader(numbered(text), markdown=markdown, paragraphs=paragraphs, rest=rest)
    return reader.read().reading("Markdown script" if markdown else "Fountain")


class Reader:
    """Goes through the lines of a script once, from the first to the last."""

    def __init__(
        self, lines: list[tuple[int, str]], *, markdown: bool = False, paragraphs: bool = False, rest: Rest = "action"
    ) -> None:
        self.page = Page()
        self._markdown, self._paragraphs, self._rest = markdown, paragraphs, rest
        self._lines = uncommented(lines, self.page)
        self._at = 0
        self._cue: cues.Cue | None = None
        """Who speaks in the lines below a character's name."""
        self._below, self._said = 0, ""
        """Lines of dialogue since that name, and the last of them."""
        self._row: Row | None = None
        self._names: set[str] = set()
        self._now: Heading | None = None
        """Of the scene that a flashback broke off."""
        self._front = FrontMatter(self.page, self._names)
        self._open: list[str] = []
        """Lines of the paragraph of action that is being read."""

    # The lines.

    def read(self) -> Page:
        """Everything, in order."""
        self._at = self._front.title_page(self._lines)
        while self._at < len(self._lines):
            self._step()
        self._end_row()
        return self.page

    def _step(self) -> None:
        number, line = self._lines[self._at]
        self._at += 1
        if line is None:
            return
        if line.strip():
            self._line(number, line)
        else:
            self._blank(line)

    def _blank(self, line: str) -> None:
        if self._cue is not None and line and not self._paragraphs and self._below:
            return  # two spaces keep a dialogue open
        if not self._paragraphs:
            self._cue = None
        self._end_action()

    def _line(self, number: int, line: str) -> None:
        if self._cue is not None and self._spoken(number, line):
            return
        text = line.strip()
        if self._markdown:
            text = _MARKUP.sub("", text) if not text.startswith("#") else text
        for claims in (self._marked, self._heading, self._listed, self._shot, self._keyed, self._bracketed, self._over):
            if claims(number, text):
                return
        if self._plain_cue(number, text):
            return
        self._action(number, text)

    def _spoken(self, number: int, line: str) -> bool:
        """A line below a character's name; False where the dialogue is over."""
        assert self._cue is not None
        text = line.strip()
        if (text.startswith("(") and text.endswith(")")) or (text.startswith("（") and text.endswith("）")):
            manner, away = cues.manner_of(text[1:-1])
            self._cue = cues.Cue(self._cue.who, manner, self._cue.away or away)
            return True
        over = TRIANGLE.match(text) or headings.heading(plain(text), self.page.heading) or text[0] in ".@!>#"
        if self._below and (self._paragraphs or over or (not text.isascii() and cues.inline(text))):
            self._cue = None
            return False
        if not self._below and over:
            self.page.doubt(number, self._cue.who, "stands over words, but none follow")
            self._cue = None
            return False
        if text.startswith("~"):
            text = text[1:].strip()
        said = plain(text, markdown=self._markdown)
        last = self.page.last
        if self._below and last is not None and last.kind == "speech" and wraps(self._said, said):
            self.page.continued(f"{last.text} {said}")
        else:
            self.page.speak(number, self._cue, said)
        self._below, self._said = self._below + 1, said
        return True

    def _begin(self, cue: cues.Cue) -> None:
        self._end_action()
        self._end_row()
        self._cue, self._below = cue, 0
        if cue.who:
            self._names.add(cue.who)

    def _marked(self, number: int, text: str) -> bool:
        """Lines whose first sign says what they are."""
        if _PAGE_BREAK.fullmatch(text):
            self._end_action()
        elif text.startswith("#") and text.strip("# \t"):
            self._section(number, text)
        elif text.startswith("=") and not self._markdown:
            self.page.leave(number, text[1:], "is a synopsis")
        elif text.startswith(".") and not text.startswith("..") and len(text) > 1:
            self._scene(number, headings.forced(plain(text[1:]), self.page.heading))
        elif text.startswith("!"):
            self._seen(number, plain(text[1:].strip()))
        elif text.startswith("@") and text.strip("@^ "):
            self._begin(cues.forced(plain(text[1:].strip())))
        elif text.startswith("~") and not text.startswith("~~"):
            self._end_row()
            self.page.speak(number, cues.Cue("", "唱" if not text.isascii() else "singing"), plain(text[1:].strip()))
        elif text.startswith(">"):
            self._pointed(number, text)
        elif mark := TRIANGLE.match(text):
            rest = plain(text[mark.end() :].strip(), markdown=self._markdown)
            if rest:
                self._seen(number, rest)
        else:
            return False
        return True

    def _section(self, number: int, text: str) -> None:
        """A section of Fountain, or a heading of Markdown."""
        self._end_action()
        self._cue = None
        words = plain(text.lstrip("#").strip().rstrip("#").strip(), markdown=True)
        found = headings.heading(words, self.page.heading)
        if found is not None:
            self._scene(number, found)
        elif self._opens(words) or self._shot(number, words):
            pass
        elif self._markdown and not text.startswith("##") and not self.page.title and self.page.empty:
            self.page.title = titled(words)
        elif self._markdown:
            self._scene(number, headings.forced(words, self.page.heading))
        else:
            self._end_row()
            self._front.close()
            self.page.leave(number, words, "is a section")

    def _pointed(self, number: int, text: str) -> None:
        if text.endswith("<"):
            self._end_row()
            self.page.add(Block("overlay", number, plain(text[1:-1].strip())))
        else:
            self._transition(number, plain(text[1:].strip()))

    def _transition(self, number: int, text: str) -> None:
        self._end_row()
        self._end_action()
        if transitions.asked(text) is None:
            self.page.doubt(number, text, "is no known transition; the film cuts there")
        self.page.add(Block("transition", number, text))

    def _heading(self, number: int, text: str) -> bool:
        found = headings.heading(plain(text, markdown=self._markdown), self.page.heading)
        if found is None:
            return False
        self._scene(number, found)
        return True

    def _scene(self, number: int, heading: Heading) -> None:
        self._end_row()
        self._end_action()
        self._cue = None
        self._front.close()
        now = self.page.heading
        if now is not None and now.flashback and not now.place and heading.place and self.page.empty:
            self.page.change(heading=replace(heading, flashback=True), line=number)  # where the flashback is
        else:
            self.page.open(heading, number)

    def _opens(self, words: str) -> bool:
        if not self._front.opens(words):
            return False
        self._end_row()
        return True

    def _listed(self, number: int, text: str) -> bool:
        """The lists in front of the scenes."""
        if self.page.heading is None and _ALONE.fullmatch(text) and self._opens(text):
            return True
        return self._front.listed(number, text)

    def _shot(self, number: int, text: str) -> bool:
        """``镜头3（0:08-0:12）：特写，林晓的手``"""
        match = _SHOT_LINE.fullmatch(plain(text, markdown=True).strip("【】 "))
        if match is None:
            return False
        self._end_action()
        self._end_row()
        self._cue = None
        self._front.close()
        self._row = Row(number)
        rest = match["rest"].strip()
        if match["time"]:
            self._row.put("duration", match["time"], number, "时长")
        ms = duration_ms(rest, span=True)
        if rest:
            self._row.put("duration" if ms else "picture", rest, number, "")
        return True

    def _keyed(self, number: int, text: str) -> bool:
        """``人物：对白`` and ``画面：…``."""
        clean = plain(text, markdown=self._markdown)
        match = KEYED.fullmatch(clean)
        if match is None:
            return False
        key, value = match[1].strip(), match[2].strip()
        front = re.sub(r"\s+", "", key).lower()
        if self.page.heading is None and self.page.empty and self._row is None and is_about(front):
            self._front.about(number, front, value, clean)
            return True
        if self._scene_list(number, key, value):
            return True
        field = line_field(key)
        if field is not None:
            self._field(number, field, key, value)
            return True
        if transitions.alone(key) is not None and not value:
            self._transition(number, clean)
            return True
        cue = cues.inline(clean) if value else None
        if cue is None:
            return False
        self._end_action()
        self._say(number, cue)
        return True

    def _say(self, number: int, cue: cues.Cue) -> None:
        self._cue = None
        if cue.who:
            self._names.add(cue.who)
        if self._row is not None:
            self._row.spoken.append((number, cue, cue.said))
        else:
            self.page.speak(number, cue, cue.said)

    def _scene_list(self, number: int, key: str, value: str) -> bool:
        """Lines that say who and what is in a scene, where and when."""
        what = _SCENE_LISTS.get(key.lower())
        if what is None or not value:
            return False
        if self.page.heading is None and what != "present":
            return False
        part = self.page.part
        if what == "present":
            people = [
                name for name in _NAMES.split(re.sub(r"[（(][^（()）]{0,60}[）)]", "", value)) if cues.is_name(name)
            ]
            self.page.change(present=(*part.present, *people))
            self._names.update(people)
        elif what == "props":
            self.page.change(props=(*part.props, *(prop for prop in _NAMES.split(value) if prop)))
        elif self.page.empty and self._row is None:
            self.page.change(heading=_more(part.heading, what, value.strip()))
        else:
            return False
        return True

    def _field(self, number: int, field: FieldName, key: str, value: str) -> None:
        self._end_action()
        self._cue = None
        fresh = ("picture", "size", "movement", "angle", "duration", "number")
        if (
            self._row is not None
            and field in fresh
            and (field in self._row.fields or (self._row.spoken and field == "picture"))
        ):
            self._end_row()
        if self._row is None:
            if field in ("overlay", "note", "narration", "dialogue", "transition", "action"):
                self._loose(number, field, key, value)
                return
            self._row = Row(number)
        self._row.put(field, value, number, key)

    def _loose(self, number: int, field: FieldName, key: str, value: str) -> None:
        """A field outside a shot list."""
        if field == "overlay":
            self.page.add(Block("overlay", number, value))
        elif field == "transition":
            self._transition(number, value)
        elif field == "action":
            self._seen(number, value)
        elif field == "note":
            self.page.add(Block("note", number, f"{key}：{value}" if not key.isascii() else f"{key}: {value}"))
        elif value:
            self._say(number, cues.inline(value) or cues.Cue("", said=value))

    def _bracketed(self, number: int, text: str) -> bool:
        """``【字幕：三年后】``, ``【闪回】``, ``（淡出）``, ``CUT TO:``."""
        clean = plain(text, markdown=self._markdown)
        if (_LATIN_TRANSITION.fullmatch(clean) and clean.endswith((":", ".", "IN", "OUT", "UP", "BLACK"))) or (
            transitions.alone(clean) is not None and (not clean.isascii() or clean.isupper())
        ):
            before = self.page.heading
            if transitions.flashback(clean) and before is not None and self.page.empty and self._row is None:
                self.page.change(heading=replace(before, flashback=True))
            elif transitions.flashback(clean):
                self._now = before if before is not None and not before.flashback else self._now
                self._scene(number, Heading(clean, flashback=True))
            else:
                self._transition(number, clean)
                if transitions.returning(clean) and before is not None and before.flashback and self._now is not None:
                    self._scene(number, self._now)
            return True
        match = _BRACKETED.fullmatch(clean)
        if match is None:
            return False
        inside, rest = match[1], match[2].strip().lstrip(":：").strip()
        keyed = KEYED.fullmatch(inside)
        key, value = (keyed[1], joined([v for v in (keyed[2], rest) if v])) if keyed else (inside, rest)
        found = headings.heading(inside, self.page.heading)
        field = line_field(key) or column(key)
        if found is not None and not rest:
            self._scene(number, found)
        elif is_narrator(key) and value:
            self._end_action()
            self._say(number, cues.Cue("", said=value))
        elif field in ("overlay", "note", "transition") and value:
            self._end_action()
            self._loose(number, field, key, value)
        elif not keyed and rest and field is None:
            return False
        elif field in ("size", "movement", "picture", "angle") and value:
            self._seen(number, value)
        else:
            self.page.doubt(number, text, "is in brackets that are no known mark")
        return True

    def _over(self, number: int, text: str) -> bool:
        match = _SUPER.fullmatch(plain(text))
        if match is None:
            return False
        self._end_action()
        self._end_row()
        self.page.add(Block("overlay", number, match[1].strip().strip('"“”')))
        return True

    def _plain_cue(self, number: int, text: str) -> bool:
        """A name over its dialogue: in capitals, or known already."""
        following = next(
            (line for n in range(self._at, len(self._lines)) if (line := self._lines[n][1]) is not None), ""
        )
        before = self._lines[self._at - 2][1] if self._at > 1 else ""
        apart = self._paragraphs or not (before or "").strip()
        if not following.strip() or not (apart or self._below):
            return False
        clean = plain(text, markdown=self._markdown)
        known = cues.forced(clean)
        if known.who in self._names and not clean.isascii():
            self._begin(known)
            return True
        cue = cues.latin(clean) if not self._markdown or apart else None
        if cue is None:
            return False
        self._begin(cue)
        return True

    # Action: paragraphs.

    def _action(self, number: int, text: str) -> None:
        clean = plain(text, markdown=self._markdown)
        self._front.close()
        if self._row is not None and "picture" not in self._row.fields:
            self._row.put("picture", clean, number, "")
            return
        if self.page.heading is None and self.page.empty and not self.page.title and _looks_like_title(clean, number):
            self.page.title = titled(clean)
            return
        if self._rest == "unread":
            self.page.doubt(number, clean, "stands outside the table of shots")
            return
        wrapped = (
            0 < len(self._open) < LONGEST_PARAGRAPH
            and not self._paragraphs
            and not re.search(r"[。！？…”』」）]$", self._open[-1])
        )
        if wrapped and (last := self.page.last) is not None and last.kind == "action":
            self._open.append(clean)
            self.page.continued(joined(self._open))
            return
        self._seen(number, clean)
        self._open = [clean]

    def _seen(self, number: int, text: str) -> None:
        self._end_row()
        self._end_action()
        self._cue = None
        self._front.close()
        self.page.add(Block("action", number, text))

    def _end_action(self) -> None:
        self._open = []

    def _end_row(self) -> None:
        if self._row is not None:
            row, self._row = self._row, None
            if row.spoken or not row.fields.keys() <= {"duration", "size", "angle", "movement", "number", "transition"}:
                row.write(self.page, span=True)
            else:
                for value, line in row.fields.values():
                    self.page.doubt(line, value, "belongs to no shot")


def _looks_like_title(text: str, number: int) -> bool:
    short = number <= 3 and len(text) <= 30 and not text.isascii()
    return short and (text.startswith("《") or not re.search(r"[，。！？,.!?；;：:]", text))


def _more(old: Heading, what: str, value: str) -> Heading:
    """A heading with what a line below it adds: ``地点：教室``, ``时间：夜``."""
    new = headings.read(old.text, value)
    plain_place = what == "place" and not (new.inside or new.time_text)
    return Heading(
        old.text,
        (value if plain_place else new.place if what == "place" else "") or old.place,
        new.inside or old.inside,
        new.time or old.time,
        (value if what == "time" else new.time_text) or old.time_text,
        old.flashback or new.flashback,
    )
