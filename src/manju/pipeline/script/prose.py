"""Plain text to shots whose words are the user's.

What is spoken are the file's words in the file's order, to the letter. Left out of the speech are only:

- whitespace between lines and shots (a single line break inside a wrapped Latin sentence counts as a space);
- the first heading if it opens the file (``# Title``): it is the film's title;
- other Markdown headings (``## Part``): they begin a new shot and stand in its picture as text overlay;
- rules (``---``, ``***``): they begin a new shot;
- a speaker mark at a line's start: ``林澈：走吧。``, ``林澈（低声）：走吧。``, ``ANNA: Let's go.`` The name has at most
  eight characters, no sentence punctuation, and is none of the words that introduce something (``注意：``, ``Note:``).
  ``旁白：`` and ``Narrator:`` give the line to the narrator. `read` reports every name that it took for a speaker.
"""

from __future__ import annotations

import re
import unicodedata

from manju.domain.casting import NARRATOR, Character
from manju.domain.screenplay import Language, Screenplay, Shot
from manju.errors import InputError
from manju.pipeline.findings import Finding
from manju.pipeline.limits import Limits
from manju.pipeline.script import vocabulary as words
from manju.pipeline.script.build import Draft
from manju.pipeline.script.gate import LONGEST_MS, admit, refuse_longer
from manju.pipeline.script.grouping import Paragraph, Piece, grouped, ideal_ms, lines_of, meter, pieces_of
from manju.pipeline.script.language import columns, detect
from manju.pipeline.script.lengths import fitted_ms
from manju.pipeline.script.names import is_narrator, uid
from manju.pipeline.script.sentences import clause_ends, first_sentence

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*")
_SPEAKER = re.compile(
    r"\s*(?P<name>[^\s:：（(][^:：（()）]{0,7}?)[ \t]*(?:[（(](?P<emotion>[^（()）:：]{1,12})[）)])?[ \t]*"
    r"(?P<mark>[:：])[ \t]*(?=\S)"
)
_NOT_IN_NAMES = re.compile(
    r"[\s,，。．.!！?？;；、…~—\"'“”‘’「」『』《》<>【】/\\@#*|=+0-9]|^第|[是和与在把被]$|[的了着说道问喊叫笑哭想]"
)
_QUOTES = frozenset("“「『《\"'‘")
_INTRODUCTIONS = """
注意 注 提示 备注 说明 例如 比如 结果 结论 总结 原因 问题 答案 答 问 时间 地点 人物 主题 标题 标签 来源
作者 日期 场景 镜头 画面 字幕 音乐 音效 方法 步骤 优点 缺点 特点 目的 目标 背景 定义 关键 重点 要点 建议
警告 因此 所以 首先 其次 最后 但是 另外 此外 其中 即 也就是说 换句话说 简单说 有人说 他说 她说 我说 你说
他问 她问 他想 她想 俗话说 据说
note notes tip tips warning caution example examples summary title topic date time place author source ps todo remember
result results question answer step http https ftp mailto
"""
INTRODUCTIONS = frozenset(_INTRODUCTIONS.split())
"""What stands before a colon and is nobody's name."""
_WRAPPED = re.compile(r"(?<=[A-Za-z0-9,;])[ \t]*\r?\n[ \t]*(?=[a-z])")
WRAP_FROM = 40
"""A line shorter than this was broken on purpose (verse, a list), not by an editor's margin."""


def read(
    text: str, limits: Limits, *, language: Language | None = None, speed: float = 1.0, target_ms: int = 0
) -> tuple[Draft, tuple[Finding, ...]]:
    """A locked draft of a plain text: its words in shots of about the recipe's lengths, no pictures yet.

    Args:
        text: as the user wrote it.
        limits: the recipe's.
        language: the user's choice, or None to tell it from the text.
        speed: the narrator's.
        target_ms: asked length of the film, or 0 for that of its words; a longer film gets more shots of fewer words.

    Raises:
        InputError: the text has no words, or more than an hour of them.
    """
    admit(text, speed)
    title, paragraphs = _paragraphs(text)
    if not any(unicodedata.category(c)[0] in "LNS" for p in paragraphs for c in p.text):
        raise InputError("the text has no words to be spoken", hint="Write the story below the title.")
    spoken = "\n".join(p.text for p in paragraphs)
    language = language or detect(spoken)
    measure = meter(language, speed)
    total = sum(measure(p.text) for p in paragraphs)
    refuse_longer(total, "the text takes more than {} minutes to say")
    cast = _cast(paragraphs)
    pieces = pieces_of(paragraphs, cast, limits, measure)
    shots = _shots(paragraphs, grouped(pieces, limits, ideal_ms(total, target_ms)), limits, language, speed)
    screenplay = Screenplay(
        title=title or titled(spoken),
        language=language,
        duration_target_ms=min(max(1000, sum(shot.duration_ms for shot in shots)), LONGEST_MS),
        locked=True,
        characters=tuple(Character(uid=who, name=name) for name, who in cast.items()),
        shots=shots,
    )
    notes = tuple(
        Finding(
            "note",
            "",
            "speaker",
            f"{name!r} before a colon is read as who speaks; the name itself is not spoken.",
            f"Write it with a dash instead of the colon if {name!r} is no character.",
        )
        for name in cast
    )
    given = {s.uid: frozenset({"text_overlay"}) if s.text_overlay else frozenset() for s in shots}
    return Draft(screenplay, given, frozenset({"title"}) if title else frozenset()), notes


def _unwrapped(text: str) -> str:
    """The text with margin breaks inside Latin sentences as spaces, and every other line break as ``\\n``."""

    def space(match: re.Match[str]) -> str:
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        return " " if len(line) >= WRAP_FROM else match.group()

    return "\n".join(_WRAPPED.sub(space, text).splitlines())


def _paragraphs(text: str) -> tuple[str, list[Paragraph]]:
    """The title in a first heading (or empty), and the lines that are spoken."""
    title, found = "", list[Paragraph]()
    opens, overlay, first = False, "", True
    for line in _unwrapped(text).split("\n"):
        if not line.strip():
            continue
        heading = _HEADING.fullmatch(line.strip())
        if heading:
            words_of = heading[2].rstrip("# \t") or heading[2]
            if first and heading[1] == "#":
                title = " ".join(words_of.split())
            else:
                opens, overlay = True, f"{overlay} {words_of}".strip()
        elif _RULE.fullmatch(line):
            opens = True
        else:
            name, emotion, said = _said(line)
            found.append(Paragraph(said, name, emotion, opens, overlay))
            opens, overlay = False, ""
        first = False
    if overlay and found:
        # A heading after the last words has no shot of its own: it closes the film over its last picture.
        last = found[-1]
        found[-1] = Paragraph(last.text, last.name, last.emotion, last.opens, f"{last.overlay} {overlay}".strip())
    return title, found


def _said(line: str) -> tuple[str, str, str]:
    """Speaker's name (empty: nobody named), emotion, and what is said."""
    match = _SPEAKER.match(line)
    if match is None:
        return "", "", line.strip()
    if line[match.end()] in _QUOTES:
        return "", "", line.strip()  # a story's own words about who speaks, and the speech in quotation marks
    name = match["name"].strip()
    if is_narrator(name):
        return NARRATOR, match["emotion"] or "", line[match.end() :].strip()
    latin = name.isascii()
    if (
        latin
        and (match["mark"] == ":" and not line[: match.end()].endswith((" ", "\t")))
        and line[match.end()].isascii()
    ):
        return "", "", line.strip()
    plain = name.replace(" ", "") if latin else name
    if _NOT_IN_NAMES.search(plain) or name.lower() in INTRODUCTIONS or (latin and not name[0].isupper()):
        return "", "", line.strip()
    return name, match["emotion"] or "", line[match.end() :].strip()


def _cast(paragraphs: list[Paragraph]) -> dict[str, str]:
    """Speaker's name -> uid, in the order of entrance."""
    cast: dict[str, str] = {}
    for paragraph in paragraphs:
        if paragraph.name and paragraph.name != NARRATOR and paragraph.name not in cast:
            cast[paragraph.name] = uid(paragraph.name, "c", len(cast) + 1, cast.values())
    return cast


def titled(text: str) -> str:
    """A title out of the first words: the first sentence if it is short, else its beginning up to a good place."""
    sentence = first_sentence(text[:200]).strip()
    if columns(sentence) > 32:
        ends = [0, *clause_ends(sentence)]
        best = max((end for end in ends if columns(sentence[:end]) <= 32), default=0)
        sentence = sentence[:best] if columns(sentence[:best]) >= 8 else _narrowed(sentence, 32)
    bare = sentence.strip().strip("，、；：,;:。．.—-“”\"'「」『』 ")
    return bare or sentence.strip() or text.strip()[:16]


def _narrowed(text: str, width: int) -> str:
    end = len(text)
    while end > 1 and columns(text[:end]) > width:
        end -= 1
    space = text.rfind(" ", 0, end + 1)
    return text[: space if space > end // 2 else end].rstrip() + ("…" if end < len(text) else "")


def _shots(
    paragraphs: list[Paragraph], groups: list[list[Piece]], limits: Limits, language: Language, speed: float
) -> tuple[Shot, ...]:
    shots: list[Shot] = []
    for number, group in enumerate(groups, 1):
        lines = lines_of(paragraphs, group)
        shot = Shot(
            uid=f"s{number:02d}",
            lines=lines,
            characters=tuple(dict.fromkeys(line.speaker for line in lines if line.speaker != NARRATOR)),
            duration_ms=500,
            text_overlay=" ".join(piece.overlay for piece in group if piece.overlay),
            transition="fade_in" if number == 1 else "cut",
            size=words.SIZE_CYCLE[(number - 1) % 4],
            movement=words.MOVEMENT_CYCLE[(number - 1) % 4],
        )
        shots.append(shot.model_copy(update={"duration_ms": fitted_ms(shot, limits, language, speed)}))
    return tuple(shots)
