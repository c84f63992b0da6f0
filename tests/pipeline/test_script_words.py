"""Locked words: what is said in a film stands in the user's script, to the letter and in its order, in every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_script_formats import docx

from manju.domain.film import FilmSpec
from manju.domain.screenplay import Screenplay
from manju.pipeline.script import Limits, read_draft, read_source

SIGNS = "今天天气不错我们去公园走吧雨停了，。！？、；：…—“”『』（）·%￥　 .,;:!?'\"-+=&abcXYZ019é😀👨‍👩‍👧"
"""Of lines whose format has marks; the others take any."""
NAMES = ["林晓", "陈默", ""]

Said = list[tuple[str, str]]
Writer = Callable[[Path, Said], Path]


def usable(text: str) -> bool:
    """Whether a text is one that a script can hold as words: it has some, and no mark of any format opens it."""
    return any(c.isalnum() for c in text) and text[0] not in "（(=-+：:;；,，.。!！?？、…—" and text == text.strip()


words = st.text(SIGNS, min_size=1, max_size=120).map(str.strip).filter(bool).filter(usable)
scripts = st.lists(st.tuples(st.sampled_from(NAMES), words), min_size=1, max_size=12)


def written(text: str) -> Callable[[Path], Path]:
    def write(file: Path) -> Path:
        file.write_text(text, encoding="utf-8", newline="")
        return file

    return write


def chinese(folder: Path, said: Said) -> Path:
    lines = "\r\n".join(f"{who or '旁白'}：{text}" for who, text in said)
    return written(f"第一场 日 内 教室\r\n△林晓站着。\r\n{lines}\r\n")(folder / "a.txt")


def fountain(folder: Path, said: Said) -> Path:
    lines = "\n\n".join(f"@{who or '旁白'}\n{text}" for who, text in said)
    return written(f"INT. ROOM - DAY\n\nA door.\n\n{lines}\n")(folder / "a.fountain")


def markdown(folder: Path, said: Said) -> Path:
    lines = "\n\n".join(f"- **{who or '旁白'}**：{text}" for who, text in said)
    return written(f"# 题目\n\n## 第一场 日 内 教室\n\n{lines}\n")(folder / "a.md")


def table(folder: Path, said: Said) -> Path:
    rows = "\n".join(f"| {n} | 雨夜的街 | {who or '旁白'}：{text} |" for n, (who, text) in enumerate(said, 1))
    return written(f"| 镜号 | 画面 | 台词 |\n|---|---|---|\n{rows}\n")(folder / "a.md")


def word(folder: Path, said: Said) -> Path:
    return docx(folder / "a.docx", "第一场 日 内 教室", *(f"{who or '旁白'}：{text}" for who, text in said))


def word_table(folder: Path, said: Said) -> Path:
    rows = [[str(n), "雨夜的街", f"{who or '旁白'}：{text}"] for n, (who, text) in enumerate(said, 1)]
    return docx(folder / "a.docx", [["镜号", "画面", "台词"], *rows])


def final_draft(folder: Path, said: Said) -> Path:
    paragraphs = "".join(
        f'<Paragraph Type="Character"><Text>{who or "旁白"}</Text></Paragraph>'
        f'<Paragraph Type="Dialogue"><Text>{escape(text[:3])}</Text><Text>{escape(text[3:])}</Text></Paragraph>'
        for who, text in said
    )
    return written(f"<FinalDraft><Content>{paragraphs}</Content></FinalDraft>")(folder / "a.fdx")


def subtitles(folder: Path, said: Said) -> Path:
    cues = "\n\n".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{text}" for n, (_, text) in enumerate(said, 1))
    return written(cues + "\n")(folder / "a.srt")


def screenplay_of(file: Path) -> Screenplay:
    return read_draft(FilmSpec(source=read_source(str(file))), Limits())[0].screenplay


def assert_kept(said: Said, play: Screenplay) -> None:
    """The lines of the film are the words, each whole or cut where only whitespace lies, said by who says them."""
    names = {"narrator": ""} | {c.uid: c.name for c in play.characters}
    lines = [(names[line.speaker], line.text) for shot in play.shots for line in shot.lines]
    for who, text in said:
        at = 0
        while at < len(text):
            speaker, piece = lines.pop(0)
            found = text.find(piece, at)
            assert speaker == who and found >= 0 and not text[at:found].strip(), (text, piece)
            at = found + len(piece)
            if not text[at:].strip():
                break
    assert not lines


@pytest.mark.parametrize("writer", [chinese, fountain, markdown, table, word, word_table, final_draft])
@settings(max_examples=60, deadline=None)
@given(said=scripts)
def test_words_of_scripts_are_kept_to_the_letter(writer: Writer, said: Said) -> None:
    with TemporaryDirectory() as folder:
        assert_kept(said, screenplay_of(writer(Path(folder), said)))


@settings(max_examples=60, deadline=None)
@given(said=st.lists(st.tuples(st.just(""), words.filter(lambda text: not text.isdecimal())), min_size=1, max_size=12))
def test_words_of_subtitles_are_kept_to_the_letter(said: Said) -> None:
    with TemporaryDirectory() as folder:
        assert_kept(said, screenplay_of(subtitles(Path(folder), said)))


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80).filter(
    lambda text: any(c.isalnum() for c in text)))  # fmt: skip
def test_final_draft_has_no_marks_in_its_words(text: str) -> None:
    with TemporaryDirectory() as folder:
        play = screenplay_of(final_draft(Path(folder), [("林晓", text)]))
    spoken = "".join(line.text for shot in play.shots for line in shot.lines)
    assert "".join(spoken.split()) == "".join(text.split())


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(
        st.one_of(
            words,
            st.sampled_from(
                [
                    "内景 教室 日",
                    "INT. ROOM - DAY",
                    "△他走了。",
                    "",
                    "  ",
                    "MIRA",
                    "(softly)",
                    "/* x",
                    "*/",
                    "[[",
                    "]]",
                    "【闪回】",
                ]
                + [
                    "林晓：走。",
                    "画面：街",
                    "时长：3秒",
                    "| 镜号 | 画面 |",
                    "|---|---|",
                    "| 1 | 街 |",
                    "> x <",
                    "# 一",
                    "===",
                    "人物表：",
                ]
                + [
                    "00:00:01,000 --> 00:00:02,000",
                    "淡出",
                    "CUT TO:",
                    "~la",
                    "@林晓",
                    ".x",
                    "!x",
                    "= x",
                    "林晓、陈默：在！",
                ]
            ),
        ),
        max_size=25,
    ),
    suffix=st.sampled_from([".fountain", ".md", ".txt", ".srt"]),
)
def test_whatever_a_file_holds_its_spoken_words_stand_in_it_in_order(lines: list[str], suffix: str) -> None:
    from manju.errors import InputError

    text = "\n".join(lines)
    with TemporaryDirectory() as folder:
        file = written(text)(Path(folder) / f"a{suffix}")
        try:
            play = screenplay_of(file)
        except InputError as error:
            assert "\n" not in error.message and error.hint
            return
    at = 0
    bare = "".join(text.split())
    for shot in play.shots:
        for line in shot.lines:
            found = bare.find("".join(line.text.split()), at)
            assert found >= 0, line.text
            at = found + len("".join(line.text.split()))
