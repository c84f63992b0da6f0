"""Fountain, and what Chinese scripts add: 第一场, 内景/外景, ``人物：对白``, △ action, 【字幕】, 闪回, ``画面：``.

The elements are those of the public specification: headings (also forced, ``.``), action (``!``), characters (``@``,
``^``), parentheticals, dialogue, lyrics (``~``), transitions (``>``), centred text, notes, boneyard, sections,
synopses, title page, page breaks, emphasis. Text that no mark claims is action.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import Literal

from manju.pipeline.script.formats import cues, headings, transitions
from manju.pipeline.script.formats.fields import FieldName, column, duration_ms, line_field
from manju.pipeline.script.formats.marks import plain
from manju.pipeline.script.formats.page import Page, Row
from manju.pipeline.script.formats.reading import Block, Entry, Heading, Reading, joined, numbered
from manju.pipeline.script.formats.wrapped import wraps
from manju.pipeline.script.names import is_narrator

_TRIANGLE = re.compile(r"[△▲∆Δ▽◇]\s*")
_BRACKETED = re.compile(r"[【\[]\s*([^【】\[\]]{1,120}?)\s*[】\]]\s*(.*)", re.DOTALL)
_KEYED = re.compile(r"\s*([^\s:：][^:：]{0,15}?)\s*[:：]\s*(.*)", re.DOTALL)
_SHOT_LINE = re.compile(
    r"(?:镜头|分镜|镜号|镜|SHOT)\s*(?:[#＃]?\d{1,4}|第?[一二三四五六七八九十百]{1,4})(?!\d)\s*"
    r"(?P<time>[（(\[【][^（()）\[\]【】]{1,24}[)）\]】])?\s*(?:[:：.．、|｜—–-]\s*|\s+|$)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LATIN_TRANSITION = re.compile(r"[^a-z]*\bTO:|(?:FADE (?:IN|OUT|UP|TO BLACK)|CUT TO BLACK)[:.]?")
_PAGE_BREAK = re.compile(r"={3,}|-{3,}|\*{3,}|_{3,}")
_CAST_TITLE = re.compile(
    r"(?:主要|出场|登场)?(?:人物|角色)(?:表|小传|介绍|简介|列表|设定|设计|说明)|主要(?:人物|角色)|人物|角色|演员表|"
    r"(?:cast(?: of characters| list)?|characters|dramatis personae)",
    re.IGNORECASE,
)
_STORY_TITLE = re.compile(
    r"(?:故事|剧情|内容)?(?:梗概|简介|大纲)|一句话(?:故事|简介|梗概)|logline|synopsis", re.IGNORECASE
)
_BODY_TITLE = re.compile(
    r"(?:剧本)?正文|剧本|(?:分镜|镜头)(?:表|脚本|列表|设计)?|脚本|screenplay|script|storyboard|shot list", re.IGNORECASE
)
_TITLES = {
    "title": "title", "片名": "title", "剧名": "title", "标题": "title", "剧本名": "title", "剧本名称": "title",
    "名称": "title", "logline": "logline", "梗概": "logline", "故事梗概": "logline", "一句话故事": "logline",
    "一句话简介": "logline", "一句话梗概": "logline", "剧情简介": "logline", "简介": "logline",
}  # fmt: skip
_ABOUT_WORDS = """
credit author authors source notes draft date draftdate contact copyright revision format episode series
编剧 作者 导演 日期 版本 联系 联系方式 版权 类型 题材 时长 总时长 片长 集数 出品 制片 原著 改编 风格 平台 画幅 比例
受众 主题
"""
_ABOUT = frozenset(_ABOUT_WORDS.split())
_SCENE_LISTS = {
    "人物": "present", "出场人物": "present", "登场人物": "present", "出场": "present", "人": "present",
    "角色": "present", "地点": "place", "场景": "place", "景": "place", "时间": "time", "时": "time", "道具": "props",
    "内外": "inside", "内/外": "inside", "characters": "present",
}  # fmt: skip
_NAMES = re.compile(r"[、，,;；/\s]+")
_CAST_LINE = re.compile(
    r"\s*(?:[-*•·]|\d+[.、)）])?\s*"
    r"([^\s:：（(，,—–]{1,24}(?: [A-Z][\w.'-]*){0,2})\s*(?:[:：，,（(—–]|\s-\s|\s|$)\s*(.*)"
)
_MARKUP = re.compile(r"^(?:[-*•]\s+|\d{1,3}[.)]\s+|>\s+)+")
_SUPER = re.compile(r"(?:SUPER|TITLE|CAPTION|TITLE CARD)\s*[:：]\s*(.+)", re.DOTALL)

_GONE = "\ue100"
"""Stands for what was taken out of a line, until the line is known to be empty without it."""

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
        self._lines = self._stripped(lines)
        self._at = 0
        self._cue: cues.Cue | None = None
        """Who speaks in the lines below a character's name."""
        self._below, self._said = 0, ""
        """Lines of dialogue since that name, and the last of them."""
        self._row: Row | None = None
        self._names: set[str] = set()
        self._now: Heading | None = None
        """Of the scene that a flashback broke off."""
        self._listing = ""
        """``cast`` or ``story`` while a list of characters or a synopsis is read."""
        self._open: list[str] = []
        """Lines of the paragraph of action that is being read."""

    # Before the lines: what may reach over several of them.

    def _stripped(self, lines: list[tuple[int, str]]) -> list[tuple[int, str | None]]:
        """The lines without boneyard and notes; None for one that held nothing else."""
        text = "\n".join(line if line.strip() else "" for _, line in lines)
        numbers = [number for number, _ in lines]
        starts = [0, *(place + 1 for place in _places(text, "\n"))]
        ends = {"/*": _places(text, "*/"), "[[": _places(text, "]]")}
        blanks = _places(text, "\n\n")
        pieces: list[str] = []
        at = 0
        for mark in re.finditer(r"/\*|\[\[", text):
            start = mark.start()
            if start < at:
                continue
            number = numbers[bisect_right(starts, start) - 1]
            end = _after(ends[mark[0]], start + 1) + 2
            if end < 2 or (mark[0] == "[[" and 0 <= _after(blanks, start) < end):  # a note has no blank line
                if mark[0] == "/*":
                    self.page.doubt(number, text[start : start + 40], "opens a comment that nothing closes")
                continue
            self.page.leave(number, text[start:end], "is commented out" if mark[0] == "/*" else "is a note")
            pieces += [text[at:start], _GONE, f"\n{_GONE}" * text.count("\n", start, end)]
            at = end
        pieces.append(text[at:])
        rest = "".join(pieces).split("\n")
        bare = (line.replace(_GONE, "") for line in rest)
        return [
            (number, None if _GONE in line and not own.strip() else own)
            for number, line, own in zip(numbers, rest, bare, strict=True)
        ]

    # The lines.

    def read(self) -> Page:
        """Everything, in order."""
        self._title_page()
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
        over = _TRIANGLE.match(text) or headings.heading(plain(text), self.page.heading) or text[0] in ".@!>#"
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
        elif mark := _TRIANGLE.match(text):
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
        elif self._titled(number, words) or self._shot(number, words):
            pass
        elif self._markdown and not text.startswith("##") and not self.page.title and self.page.empty:
            self.page.title = _title(words)
        elif self._markdown:
            self._scene(number, headings.forced(words, self.page.heading))
        else:
            self._end_row()
            self._listing = ""
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
        self._cue, self._listing = None, ""
        self.page.open(heading, number)

    def _titled(self, number: int, text: str) -> bool:
        """A line that opens a list of characters, a synopsis or the script itself."""
        bare = text.strip("【】[]《》 \t*").rstrip(":：").strip()
        for listing, pattern in (("cast", _CAST_TITLE), ("story", _STORY_TITLE), ("", _BODY_TITLE)):
            if pattern.fullmatch(bare):
                self._end_row()
                self._listing = listing
                return True
        return False

    def _listed(self, number: int, text: str) -> bool:
        """The lists in front of the scenes."""
        inside = self.page.heading is not None
        if not inside and re.fullmatch(r"[【\[]?[^：:，。]{2,20}[】\]]?[:：]?", text) and self._titled(number, text):
            return True
        if self._listing == "story":
            if _TRIANGLE.match(text) or cues.inline(text) is not None:
                self._listing = ""
                return False
            self.page.logline = joined([self.page.logline, plain(text)]) if self.page.logline else plain(text)
            return True
        if self._listing == "cast":
            match = _CAST_LINE.fullmatch(plain(text, markdown=True))
            if match is None or not cues.is_name(match[1]):
                self.page.doubt(number, text, "is no entry of the list of characters")
            else:
                about = match[2].strip().lstrip("—–-：: ").strip()
                opened = text[: text.find(match[2])].rstrip().endswith(("（", "(")) if match[2] else False
                if opened and about.count("）") + about.count(")") == 1:
                    about = re.sub(r"[）)]\s*[:：，,。]?\s*", "，", about).rstrip("，")
                self.page.cast.append(Entry(match[1], about, number))
                self._names.add(match[1])
            return True
        return False

    def _shot(self, number: int, text: str) -> bool:
        """``镜头3（0:08-0:12）：特写，林晓的手``"""
        match = _SHOT_LINE.fullmatch(plain(text, markdown=True).strip("【】 "))
        if match is None:
            return False
        self._end_action()
        self._end_row()
        self._cue, self._listing = None, ""
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
        match = _KEYED.fullmatch(clean)
        if match is None:
            return False
        key, value = match[1].strip(), match[2].strip()
        front = re.sub(r"\s+", "", key).lower()
        if self.page.heading is None and self.page.empty and self._row is None and front in _ABOUT | _TITLES.keys():
            self._about(number, _TITLES.get(front, "about"), value, clean)
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
        keyed = _KEYED.fullmatch(inside)
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
        self._listing = ""
        if self._row is not None and "picture" not in self._row.fields:
            self._row.put("picture", clean, number, "")
            return
        if self.page.heading is None and self.page.empty and not self.page.title and _looks_like_title(clean, number):
            self.page.title = _title(clean)
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
        self._cue, self._listing = None, ""
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

    # The title page.

    def _title_page(self) -> None:
        """``Title: …`` and what else stands above the first blank line."""
        last, seen = "", False
        for index, (number, line) in enumerate(self._lines):
            text = (line or "").strip()
            if not text:
                if seen and line is not None:
                    self._at = index
                    return
                continue
            match = _KEYED.fullmatch(plain(text.lstrip("#").strip(), markdown=True))
            key = re.sub(r"\s+", "", match[1]).lower() if match else ""
            if match and (key in _TITLES or key in _ABOUT):
                last = _TITLES.get(key, "about")
                self._about(number, last, match[2], text)
            elif seen and line is not None and line[:1] in " \t":
                self._about(number, last, text, text)
            else:
                self._at = index
                return
            seen = True
            self._at = index + 1

    def _about(self, number: int, what: str, value: str, text: str) -> None:
        value = plain(value.strip())
        if what == "title" and value:
            self.page.title = joined([part for part in (self.page.title, _title(value)) if part])
        elif what == "logline" and value:
            self.page.logline = joined([part for part in (self.page.logline, value) if part])
        elif value:
            self.page.leave(number, text, "is about the script")


def _title(text: str) -> str:
    bare = " ".join(text.split())
    quoted = re.fullmatch(r"《([^《》]+)》(?:.{0,12})", bare)
    return quoted[1] if quoted else bare


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


def _places(text: str, mark: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(mark), text)]


def _after(places: list[int], start: int) -> int:
    """The first of some places behind ``start``; negative where there is none."""
    index = bisect_right(places, start)
    return places[index] if index < len(places) else -1
