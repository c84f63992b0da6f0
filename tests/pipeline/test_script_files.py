"""Script files that cannot be used are refused with one line that says what to do; and no file takes long to be."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from test_script_formats import WORD, docx

from manju.domain.film import FilmSpec
from manju.errors import InputError
from manju.pipeline.script import Limits, read_draft, read_source

BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"


def refusal(file: Path, data: str | bytes | None = None) -> InputError:
    if data is not None:
        file.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(InputError) as caught:
        read_source(str(file))
    assert "\n" not in caught.value.message and caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.fdx", "<FinalDraft><Content>", "not valid XML: line 1, column 22"),
        ("a.fdx", "INT. ROOM", "not valid XML"),
        ("a.fdx", "<html/>", "holds no script"),
        ("a.fdx", "<FinalDraft><Content/></FinalDraft>", "nothing in the script can be seen or heard"),
        ("a.fdx", BOMB + "<FinalDraft><Content>&b;</Content></FinalDraft>", "document type (DOCTYPE)"),
        ("a.fdx", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><FinalDraft/>', "document type (DOCTYPE)"),
        ("a.fdx", "<FinalDraft>&a;</FinalDraft>", "undefined entity"),
        ("a.fdx", "<a>" * 100_000, "nested too deeply"),
        ("a.fdx", b"", "is empty"),
        ("a.fdx", b" " * (8 * 1024 * 1024 + 1), "8.0 MB; 8 MB is the most"),
        ("a.docx", b"PK\x03\x04 cut off", "no Word document that can be opened"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "protected or an old .doc"),
        ("a.docx", "plain text", "is no Word document"),
        ("a.doc", b"\xd0\xcf\x11\xe0", ".doc is none of manju's formats"),
        ("a.pdf", b"%PDF-1.7", ".pdf is none of manju's formats"),
        ("a.srt", "hello", "no cue with a time"),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n\n", "no cue with a time"),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n[掌声]\n", "nothing in the script can be seen or heard"),
        ("a.fountain", "\n\n", "is empty"),
        ("a.fountain", "Title: x\n\nINT. ROOM - DAY\n", "nothing in the script can be seen or heard"),
        ("a.fountain", "[[only a note]]", "nothing in the script can be seen or heard"),
        ("a.fountain", b"\x89PNG\x00\x01\xff\xfe", "neither UTF-8 nor GB18030"),
        ("a.fountain", b"INT. ROOM\x00", "not a text file (it holds U+0000)"),
        ("a.md", "| 镜号 | 画面 |\n|---|---|\n", "nothing in the script can be seen or heard"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, name: str, data: str | bytes, says: str) -> None:
    assert says in refusal(tmp_path / name, data).message


@pytest.mark.parametrize("name", ["missing.fountain", "missing.fdx", "missing.docx", "missing.srt", "missing.pdf"])
def test_missing_scripts_are_no_topics(name: str) -> None:
    assert "there is no file" in refusal(Path(name)).message


def test_word_documents_without_words(tmp_path: Path) -> None:
    assert "is empty" in refusal(docx(tmp_path / "a.docx", "", " ")).message
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as archive:
        archive.writestr("mimetype", "x")
    assert "has no word/document.xml" in refusal(tmp_path / "b.docx").message
    with zipfile.ZipFile(tmp_path / "c.docx", "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"/>')
    assert "has no body" in refusal(tmp_path / "c.docx").message
    with zipfile.ZipFile(tmp_path / "d.docx", "w") as archive:
        archive.writestr("word/document.xml", BOMB + "<x/>")
    assert "document type" in refusal(tmp_path / "d.docx").message


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (64 * 1024 * 1024))
    assert file.stat().st_size < 100_000
    assert "unpacks to more than 24 MB" in refusal(file).message


SCRIPT = "第一场 日 内 教室\n△她站在窗边。\n林晓：雨停了。\n"
CUES = "1\n00:00:01,000 --> 00:00:02,000\n雨停了。\n"
ROWS = "| 镜号 | 画面 | 旁白 |\n|---|---|---|\n| 1 | 街 | 雨停了。 |\n"
DRAFT = (
    '<?xml version="1.0" encoding="{}"?><FinalDraft><Content><Paragraph Type="Character"><Text>林晓</Text></Paragraph>'
    '<Paragraph Type="Dialogue"><Text>雨停了。</Text></Paragraph></Content></FinalDraft>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize(
    ("name", "text"), [("a.fountain", SCRIPT), ("a.txt", SCRIPT), ("a.srt", CUES), ("a.md", ROWS), ("a.fdx", DRAFT)]
)
def test_scripts_in_the_usual_encodings(tmp_path: Path, name: str, text: str, encoding: str) -> None:
    file = tmp_path / name
    file.write_bytes(text.format("gbk" if encoding == "gb18030" else encoding).encode(encoding))
    draft, _ = read_draft(FilmSpec(source=read_source(str(file))), Limits())
    assert draft.screenplay.words == "雨停了。"


@pytest.mark.parametrize(
    "text",
    [
        "内景 教室 日\n" + "林晓：走吧。\n" * 100_000,
        "内景 教室 日\n△走。\n" * 80_000,
        "内景 教室 日\n林晓：走。\n" + "[[" * 200_000,
        "内景 教室 日\n林晓：走。\n" + "/*" * 200_000,
        "内景 教室 日\n林晓：走。\n" + "[" * 400_000,
        "内景 教室 日\n林晓：走。\n" + "*a " * 130_000,
        "内景 教室 日\n林晓：走。\n△" + "（a" * 190_000,
        "内景 教室 日\n林晓：走。\n" + " " * 1_900_000 + "x",
        "INT. ROOM - DAY\n\nA\n\n" + "A" * 400_000,
        "| 镜号 | 画面 |\n|---|---|\n" + "| 1 | 街 |\n" * 70_000,
        "镜头1：街\n画面：街\n" * 40_000,
        "1\n00:00:01,000 --> 00:00:02,000\n好。\n\n" * 12_000,
        "人物表：\n" + "林晓：17岁\n" * 60_000 + "内景 教室 日\n林晓：走。\n",
    ],
    ids=lambda text: text[:24].replace("\n", " "),
)
@pytest.mark.parametrize("suffix", [".fountain", ".md"])
def test_large_files_are_read_or_refused_and_never_hang(tmp_path: Path, suffix: str, text: str) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_text(text, encoding="utf-8")
    try:
        assert read_source(str(file)).text == text
    except InputError as error:
        assert "\n" not in error.message and error.hint
