"""What stands in front of a script: its title page, its list of characters, its synopsis."""

from __future__ import annotations

import re
from collections.abc import Sequence

from manju.pipeline.script.formats import cues
from manju.pipeline.script.formats.marks import KEYED, TRIANGLE, plain
from manju.pipeline.script.formats.page import Page
from manju.pipeline.script.formats.reading import Entry, joined

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
_CAST_LINE = re.compile(
    r"\s*(?:[-*•·]|\d+[.、)）])?\s*"
    r"([^\s:：（(，,—–]{1,24}(?: [A-Z][\w.'-]*){0,2})\s*(?:[:：，,（(—–]|\s-\s|\s|$)\s*(.*)"
)


class FrontMatter:
    """Reads it onto a page; ``names`` learns who is in the list of characters."""

    def __init__(self, page: Page, names: set[str]) -> None:
        self._page, self._names = page, names
        self._listing = ""
        """``cast`` or ``story`` while a list of characters or a synopsis is read."""

    def title_page(self, lines: Sequence[tuple[int, str | None]]) -> int:
        """Read ``Title: …`` and what else stands above the first blank line. Returns how many lines that were."""
        key, seen = "", False
        for index, (number, line) in enumerate(lines):
            text = (line or "").strip()
            if not text:
                if seen and line is not None:
                    return index
                continue
            match = KEYED.fullmatch(plain(text.lstrip("#").strip(), markdown=True))
            found = re.sub(r"\s+", "", match[1]).lower() if match else ""
            if match and is_about(found):
                key = found
                self.about(number, key, match[2], text)
            elif seen and line is not None and line[:1] in " \t":
                self.about(number, key, text, text)
            else:
                return index
            seen = True
        return len(lines)

    def about(self, number: int, key: str, value: str, text: str) -> None:
        """A line ``key: value`` for which `is_about` holds; ``text`` is the whole of it."""
        what, value = _TITLES.get(key, ""), plain(value.strip())
        if what == "title" and value:
            self._page.title = joined([part for part in (self._page.title, titled(value)) if part])
        elif what == "logline" and value:
            self._page.logline = joined([part for part in (self._page.logline, value) if part])
        elif value:
            self._page.leave(number, text, "is about the script")

    def opens(self, text: str) -> bool:
        """Whether a line opens a list of characters, a synopsis or the script itself; what is listed is read by
        `listed` then."""
        bare = text.strip("【】[]《》 \t*").rstrip(":：").strip()
        for listing, pattern in (("cast", _CAST_TITLE), ("story", _STORY_TITLE), ("", _BODY_TITLE)):
            if pattern.fullmatch(bare):
                self._listing = listing
                return True
        return False

    def close(self) -> None:
        """No list goes on."""
        self._listing = ""

    def listed(self, number: int, text: str) -> bool:
        """Read a line of the list that is open; False if there is none, or it is over."""
        if self._listing == "story":
            if TRIANGLE.match(text) or cues.inline(text) is not None:
                self._listing = ""
                return False
            self._page.logline = joined([part for part in (self._page.logline, plain(text)) if part])
        elif self._listing == "cast":
            self._entry(number, text)
        else:
            return False
        return True

    def _entry(self, number: int, text: str) -> None:
        match = _CAST_LINE.fullmatch(plain(text, markdown=True))
        if match is None or not cues.is_name(match[1]):
            self._page.doubt(number, text, "is no entry of the list of characters")
            return
        about = match[2].strip().lstrip("—–-：: ").strip()
        opened = text[: text.find(match[2])].rstrip().endswith(("（", "(")) if match[2] else False
        if opened and about.count("）") + about.count(")") == 1:
            about = re.sub(r"[）)]\s*[:：，,。]?\s*", "，", about).rstrip("，")
        self._page.cast.append(Entry(match[1], about, number))
        self._names.add(match[1])


def is_about(key: str) -> bool:
    """Whether ``key`` (in small letters, without spaces) names something of the script as a whole."""
    return key in _TITLES or key in _ABOUT


def titled(text: str) -> str:
    """A title without the marks of one: ``《雨夜》 第一集`` is 雨夜."""
    bare = " ".join(text.split())
    quoted = re.fullmatch(r"《([^《》]+)》(?:.{0,12})", bare)
    return quoted[1] if quoted else bare
