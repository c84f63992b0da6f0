"""The script formats that people have: what is taken from each, and what is told of the rest."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from manju.domain.film import FilmSpec, Format
from manju.domain.screenplay import Screenplay, Shot
from manju.pipeline.script import Draft, Finding, Limits, read_draft, read_source

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def drafted(file: Path, text: str | bytes | None = None) -> tuple[Draft, tuple[Finding, ...], Format]:
    """What a command makes of a file."""
    if isinstance(text, str):
        file.write_text(text, encoding="utf-8")
    elif text is not None:
        file.write_bytes(text)
    source = read_source(str(file))
    draft, findings = read_draft(FilmSpec(source=source), Limits())
    return draft, findings, source.format


def said(screenplay: Screenplay) -> list[tuple[str, str, str]]:
    """Name of the speaker, manner and words of every line."""
    names = {"narrator": ""} | {c.uid: c.name for c in screenplay.characters}
    return [(names[line.speaker], line.emotion, line.text) for shot in screenplay.shots for line in shot.lines]


def seen(shot: Shot, screenplay: Screenplay) -> list[str]:
    return [screenplay.character(who).name for who in shot.characters]


def warnings(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.message for finding in findings if finding.level == "warning"]


def docx(file: Path, *blocks: str | list[list[str]], styles: str = "", extra: str = "") -> Path:
    """A Word document of paragraphs (``#1 text``: in the style ``1``) and tables."""

    def paragraph(text: str) -> str:
        style, _, rest = text[1:].partition(" ") if text.startswith("#") else ("", "", text)
        named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        runs = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in rest.split("\v"))
        return f"<w:p>{named}<w:r>{runs}</w:r></w:p>"

    def table(rows: list[list[str]]) -> str:
        cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
        return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"

    body = "".join(paragraph(block) if isinstance(block, str) else table(block) for block in blocks)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}{extra}</w:body></w:document>'
        )
        if styles:
            archive.writestr("word/styles.xml", f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>')
    return file


FOUNTAIN = """\
Title: _**The Lighthouse**_
Author: Jane Doe
    and friends

FADE IN:

EXT. LIGHTHOUSE - NIGHT #1#

Waves break. MIRA (17, red braids, yellow raincoat) climbs the stairs.

MIRA
(whispering)
Every night at *nine*, somebody
answered her lamp.

The lamp flickers. /* cut

this */ A shadow moves.

OLD TOM (V.O.)
Who is there? [[check this]]

MIRA (CONT'D) ^
Me.

> DISSOLVE TO:

INT. KITCHEN - CONTINUOUS

= Tom cooks.

She sits down.

> THE END <

# Act two

.The rooftop

!INT. is no heading here

~Sing a song

@McAVOY
Fine.

===

> SPIN AWAY:

Nothing moves.

FADE OUT.
"""


def test_fountain_as_its_specification_says(tmp_path: Path) -> None:
    draft, findings, kind = drafted(tmp_path / "a.fountain", FOUNTAIN)
    play = draft.screenplay
    assert (kind, play.title, play.language, play.locked) == ("fountain", "The Lighthouse", "en", True)
    assert said(play) == [
        ("MIRA", "whispering", "Every night at nine, somebody"),
        ("MIRA", "whispering", "answered her lamp."),
        ("OLD TOM", "", "Who is there?"),
        ("MIRA", "", "Me."),
        ("", "singing", "Sing a song"),
        ("McAVOY", "", "Fine."),
    ]
    assert [shot.description for shot in play.shots] == [
        "Waves break. MIRA (17, red braids, yellow raincoat) climbs the stairs.",
        "The lamp flickers. A shadow moves.",
        "She sits down.",
        "INT. is no heading here",
        "Nothing moves.",
    ]
    assert [shot.transition for shot in play.shots] == ["fade_in", "cut", "dissolve", "cut", "fade_out"]
    assert [scene.name for scene in play.scenes] == ["LIGHTHOUSE", "KITCHEN", "The rooftop"]
    assert [scene.description for scene in play.scenes] == ["exterior, NIGHT", "interior, night", ""]
    assert "night" in play.scenes[1].light
    assert seen(play.shots[1], play) == ["MIRA"]  # a voice over is not in the picture
    assert play.shots[2].text_overlay == "THE END"
    mira = play.character("mira")
    assert (mira.look.hair, mira.look.outfit) == ("red braids", "yellow raincoat")
    assert mira.voice.age == "young"
    assert warnings(findings) == ["Line 49: 'SPIN AWAY:' is no known transition; the film cuts there."]
    aside = findings[-1].message
    for told in ("commented out: line 16", "a note: line 21", "about the script: line 2, 3", "a synopsis: line 30"):
        assert told in aside
    assert "a section: line 36" in aside


def test_fountain_dialogue_that_a_margin_broke_is_one_line(tmp_path: Path) -> None:
    text = "INT. ROOM - DAY\n\nMIRA\nIt was a dark and stormy night and the rain fell\nin torrents over the town.\n"
    draft, _, _ = drafted(tmp_path / "a.fountain", text)
    (line,) = (line for shot in draft.screenplay.shots for line in shot.lines)
    assert line.text == "It was a dark and stormy night and the rain fell in torrents over the town."


CHINESE = """\
《雨夜的信》
编剧：某某

人物表：
林晓：17岁，女，短发，红围巾，性格倔强
陈默（男，十八岁，戴黑框眼镜，蓝色校服）
老师——五十岁上下的男人

第一场 日 内 教室
人物：林晓、陈默
道具：旧信封
△林晓坐在窗边，望着雨。
陈默（小声）：你听见了吗？
林晓：（没抬头）“听见什么？”
△走廊传来脚步声。
【字幕：三年前】
旁白：那年的雨下得特别久。
林晓OS：是他。

1-2 夜 外 操场
【闪回】
△特写：一只手握紧信封。
老师（画外音）：林晓！
林晓、陈默：在！

内景 教室 日
陈默：走吧（起身），快点。
【特效】
注意：此处为长镜头
（淡出）
"""


@pytest.mark.parametrize("name", ["a.txt", "a.fountain", "a.text"])
def test_a_chinese_script(tmp_path: Path, name: str) -> None:
    draft, findings, kind = drafted(tmp_path / name, CHINESE)
    play = draft.screenplay
    assert (kind, play.title, play.language) == ("fountain", "雨夜的信", "zh")
    assert said(play) == [
        ("陈默", "小声", "你听见了吗？"),
        ("林晓", "没抬头", "“听见什么？”"),
        ("", "", "那年的雨下得特别久。"),
        ("林晓", "", "是他。"),
        ("老师", "", "林晓！"),
        ("林晓", "", "在！"),
        ("陈默", "", "走吧（起身），快点。"),
    ]
    assert [(scene.name, scene.description) for scene in play.scenes] == [
        ("教室", "内景，日"),
        ("操场", "外景，夜，闪回"),
    ]
    assert play.scenes[0].landmarks == ("旧信封",)
    assert [shot.scene for shot in play.shots] == ["p01", "p01", "p02", "p01"]
    assert [shot.description for shot in play.shots] == [
        "林晓坐在窗边，望着雨。",
        "走廊传来脚步声。",
        "特写：一只手握紧信封。",
        "陈默在教室说话，内景，日",
    ]
    assert [shot.transition for shot in play.shots] == ["fade_in", "cut", "dissolve", "fade_out"]
    assert play.shots[1].text_overlay == "三年前"
    assert play.shots[2].size == "extreme_close"
    assert [seen(shot, play) for shot in play.shots] == [["林晓", "陈默"], [], ["林晓", "陈默"], ["陈默"]]
    lin, chen, teacher = play.characters
    assert (lin.name, lin.voice.gender, lin.voice.age) == ("林晓", "female", "young")
    assert (lin.look.hair, lin.look.accessories) == ("短发", "红围巾")
    assert (chen.voice.gender, chen.voice.age, chen.look.accessories) == ("male", "young", "戴黑框眼镜")
    assert chen.look.outfit == "蓝色校服"
    assert (teacher.voice.gender, teacher.voice.age) == ("male", "adult")
    assert warnings(findings) == [
        "Line 24: '林晓、陈默' speak at once; the voice is that of 林晓.",
        "Line 27: '（起身）' stands inside the words and is spoken with them; put it before the words.",
        "Line 28: '【特效】' is in brackets that are no known mark.",
    ]


@pytest.mark.parametrize(
    ("line", "place", "description"),
    [
        ("内景 教室 日", "教室", "内景，日"),
        ("外景。操场——黄昏", "操场", "外景，黄昏"),
        ("第一场 夜 外 操场", "操场", "外景，夜"),
        ("第12场：教室·清晨·内", "教室", "内景，清晨"),
        ("场景一：旧图书馆（夜，内）", "旧图书馆", "内景，夜"),
        ("1-1 日 内 教室", "教室", "内景，日"),
        ("3. 夜外 街道", "街道", "外景，夜"),
        ("S01 内 病房 雨夜", "病房", "内景，雨夜"),
        ("【第二场 日 外 海边】", "海边", "外景，日"),
        (".天台", "天台", ""),
        ("INT. 厨房 - NIGHT", "厨房", "内景，NIGHT"),
        ("EXT./INT. 车内 - 黄昏", "车内", "内外景，黄昏"),
        ("## 第一场 日 内 教室", "教室", "内景，日"),
        (".闪回 操场 日", "操场", "日，闪回"),
        (".闪回\n\n外景 操场 日", "操场", "外景，日，闪回"),
    ],
)
def test_headings(tmp_path: Path, line: str, place: str, description: str) -> None:
    draft, _, _ = drafted(tmp_path / "a.fountain", f"{line}\n\n△林晓走来。\n林晓：走吧。\n")
    (scene,) = draft.screenplay.scenes
    assert (scene.name, scene.description) == (place, description)
    assert draft.screenplay.shots[0].scene == scene.uid


STORIES = [
    "雨水顺着窗沿滑下来。她听见身后有人叫她的名字。\n第二天，太阳照常升起。",
    "林澈：信是你写的吗？\n老师（低声）：是我。\n旁白：雨停了。\nANNA: Let's go.\n林澈：好。",
    "第一场雪下了。\n\n第一场雪总是来得很早。\n小明：真冷！",
    "第一章 夜\n\n他走进内景。\n外面的世界很大。",
    "# 雨夜的信\n\n雨下了一整夜。\n\n## 第二章\n\n天亮了。\n\n---\n再见。",
    "1. 早上 跑步\n2. 晚上 读书\n小明：我每天都这样。",
    "5个工具：\n1. ChatGPT\n2. 豆包\n画面：很美。",
    "INTERNAL affairs were quiet.\n\nExterior walls fell.\n\nMIRA said nothing.",
    "三角形△的面积是多少？\n老师：谁来回答？",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "10:30 出发。\n00:00 的钟声 --> 响了。",
]


@pytest.mark.parametrize("text", STORIES)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_stories_stay_stories(tmp_path: Path, name: str, text: str) -> None:
    _, findings, kind = drafted(tmp_path / name, text)
    assert kind == "prose"
    assert not any("Read as" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("内景 教室 日\n林晓：走吧。\n", "fountain"),
        ("INT. ROOM - DAY\n\nA door.\n\nEXT. STREET - DAY\n\nA car.\n", "fountain"),
        ("△林晓推开门。\n林晓：有人吗？\n", "fountain"),
        ("镜头1：特写，一只手。\n画面：雨夜。\n旁白：你好。\n", "fountain"),
        ("## 第一场 日 内 教室\n林晓：走吧。\n", "markdown"),
        ("| 镜号 | 画面 |\n|---|---|\n| 1 | 雨夜 |\n", "markdown"),
        ("1\n00:00:01,000 --> 00:00:02,000\n你好。\n", "srt"),
        ("<?xml version='1.0'?>\n<FinalDraft><Content><Paragraph Type='Action'><Text>Rain.</Text></Paragraph>"
         "</Content></FinalDraft>", "fdx"),
    ],
)  # fmt: skip
def test_scripts_are_known_by_what_stands_in_them(tmp_path: Path, text: str, kind: str) -> None:
    assert drafted(tmp_path / "a.txt", text)[2] == kind


TABLE = """\
# 咖啡馆广告

时长：30秒

| 镜号 | 景别 | 画面 | 台词 | 时长 | 运镜 | 角度 | 转场 | 字幕 | 场景 | 音效 | 心情 |
|:---|---|---|---|---|---|---|---|---|---|---|---|
| 1 | 全景 | 清晨的街角，**阳光**照进来 | 旁白：新的一天。 | 3s | 推 | 俯拍 | | 早安 | 街角 | 鸟鸣 | 好 |
| 2 | 特 | 小雨（25岁，短发）端起杯子 | 小雨：真香！<br>店员（笑）：谢谢。 | 4秒 | 固定 | - | 叠化 | | 店里 | - | |
| 3 | 怪 | 街景 a\\|b | — | 很久 | 飞 | | 转 | | 店里 | | | 多 |
谢谢观看，下次再见
"""


def test_a_table_of_shots(tmp_path: Path) -> None:
    draft, findings, kind = drafted(tmp_path / "a.md", TABLE)
    play = draft.screenplay
    assert (kind, play.title) == ("markdown", "咖啡馆广告")
    assert said(play) == [("", "", "新的一天。"), ("小雨", "", "真香！"), ("店员", "笑", "谢谢。")]
    assert [shot.description for shot in play.shots] == [
        "清晨的街角，阳光照进来",
        "小雨（25岁，短发）端起杯子",
        "街景 a|b",
    ]
    one, two, three = play.shots
    assert (one.size, one.movement, one.angle, one.duration_ms) == ("full", "push_in", "high", 3000)
    assert (two.size, two.movement, two.transition, two.duration_ms) == ("extreme_close", "static", "dissolve", 4000)
    assert (one.text_overlay, three.transition) == ("早安", "cut")
    assert one.notes == "音效：鸟鸣; 心情：好"
    assert [scene.name for scene in play.scenes] == ["街角", "店里"]
    assert two.scene == three.scene != one.scene
    assert draft.timed == {"s01", "s02"}
    assert warnings(findings) == [
        "Line 5: '心情' is no known column; what it holds is kept as notes.",
        "Line 9: '多' is a cell more than the 12 columns of the table.",
        "Line 9: '怪' is no known size.",
        "Line 9: '飞' is no known movement.",
        "Line 9: '很久' is no length from 0.5 to 600 seconds.",
        "Line 10: '谢谢观看，下次再见' stands outside the table of shots.",
    ]


@pytest.mark.parametrize(
    ("cells", "lengths"),
    [
        (["0-3s", "3-8s"], [3000, 5000]),
        (["00:00-00:04", "00:04-00:10"], [4000, 6000]),
        (["4-6秒", "2-4秒"], [5000, 3000]),
        (["0:07", "约5秒"], [7000, 5000]),
        (["2.5", '3"'], [2500, 3000]),
    ],
)
def test_lengths_in_tables(tmp_path: Path, cells: list[str], lengths: list[int]) -> None:
    rows = "".join(f"| {n} | 雨夜的街 | {cell} |\n" for n, cell in enumerate(cells, 1))
    draft, _, _ = drafted(tmp_path / "a.md", f"| 镜号 | 画面 | 时长 |\n|---|---|---|\n{rows}")
    assert [shot.duration_ms for shot in draft.screenplay.shots] == lengths


LISTED = """\
# 5个AI工具短视频脚本

**时长**：45秒
**风格**：科普

## 镜头1（0-3秒）
- **画面**：雨夜的办公室，一个女孩趴在桌上
- **景别**：特写
- **旁白**：你是否还在手动处理重复工作？
- **字幕**：5个AI工具

## 镜头2（3-10秒）
- **画面**：屏幕上文字自动出现
- **运镜**：推近
- **台词**：
- 小雨：原来这么快！
"""


def test_a_list_of_shots(tmp_path: Path) -> None:
    draft, findings, _ = drafted(tmp_path / "a.md", LISTED)
    play = draft.screenplay
    assert said(play) == [("", "", "你是否还在手动处理重复工作？"), ("小雨", "", "原来这么快！")]
    one, two = play.shots
    assert (one.duration_ms, one.size, one.text_overlay) == (3000, "extreme_close", "5个AI工具")
    assert (two.duration_ms, two.movement, two.description) == (7000, "push_in", "屏幕上文字自动出现")
    assert not warnings(findings)


def test_a_markdown_script(tmp_path: Path) -> None:
    text = (
        "# 夜访\n\n## 场景一：旧图书馆（夜，内）\n\n林晓推开门，灯闪了一下。\n\n**林晓**：有人吗？\n\n"
        "**管理员**（画外音）：闭馆了。\n\n> 远处传来钟声。\n\n"
        "## 场景二：走廊\n\n- 林晓转身就跑。\n- **管理员**：站住！\n"
    )
    draft, findings, kind = drafted(tmp_path / "a.md", text)
    play = draft.screenplay
    assert (kind, play.title) == ("markdown", "夜访")
    assert said(play) == [("林晓", "", "有人吗？"), ("管理员", "", "闭馆了。"), ("管理员", "", "站住！")]
    assert [shot.description for shot in play.shots] == ["林晓推开门，灯闪了一下。", "远处传来钟声。", "林晓转身就跑。"]
    assert [scene.name for scene in play.scenes] == ["旧图书馆", "走廊"]
    assert not warnings(findings)


def test_a_screenplay_in_word(tmp_path: Path) -> None:
    file = docx(
        tmp_path / "a.docx",
        "#1 雨夜的信", "第一场 日 内 教室", "△林晓（17岁，短发，红围巾）坐在窗边。", 
        "陈默（小声）：你听见了吗？\v林晓：听见什么？",
        "【特效】", "INT. HALL - NIGHT", "MIRA", "(softly)", "Hello there.", "She leaves.",
        styles='<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>',
        extra=(
            "<w:p><w:ins><w:r><w:t>林晓：再见</w:t></w:r></w:ins><w:del><w:r><w:delText>啊</w:delText></w:r></w:del>"
            "<w:r><w:t>。</w:t></w:r></w:p>"
        ),
    )  # fmt: skip
    draft, findings, kind = drafted(file)
    play = draft.screenplay
    assert (kind, play.title) == ("docx", "雨夜的信")
    assert said(play) == [
        ("陈默", "小声", "你听见了吗？"),
        ("林晓", "", "听见什么？"),
        ("MIRA", "softly", "Hello there."),
        ("林晓", "", "再见。"),
    ]
    assert "She leaves." in [shot.description for shot in play.shots]
    assert warnings(findings) == ["Paragraph 5: '【特效】' is in brackets that are no known mark."]


def test_a_table_and_a_story_in_word(tmp_path: Path) -> None:
    rows = [["镜号", "景别", "画面", "台词", "时长"], ["1", "近景", "小雨端起杯子", "小雨：真香！", "4s"]]
    draft, findings, _ = drafted(docx(tmp_path / "a.docx", "广告分镜", rows, "完"))
    (shot,) = draft.screenplay.shots
    assert (draft.screenplay.title, shot.size, shot.duration_ms) == ("广告分镜", "close", 4000)
    assert warnings(findings) == ["Paragraph 4: '完' stands outside the table of shots."]
    story, findings, _ = drafted(docx(tmp_path / "b.docx", "雨停了。", "她笑了。", [["甲", "乙"], ["丙", "丁"]]))
    assert [shot.narration for shot in story.screenplay.shots] == ["雨停了。她笑了。甲\t乙丙\t丁"]
    assert not findings


FDX = """\
<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<FinalDraft DocumentType="Script" Template="No" Version="3">
  <Content>
    <Paragraph Number="1" Type="Scene Heading"><SceneProperties/><Text>INT. KITCHEN - NIGHT</Text></Paragraph>
    <Paragraph Type="Action">
      <ScriptNote><Paragraph><Text>cut?</Text></Paragraph></ScriptNote>
      <Text>MIRA (30s, </Text><Text Style="Bold">red coat</Text><Text>) waits. She smiles.</Text>
    </Paragraph>
    <Paragraph Type="Character"><Text>MIRA (V.O.)</Text></Paragraph>
    <Paragraph Type="Parenthetical"><Text>(softly)</Text></Paragraph>
    <Paragraph Type="Dialogue"><Text>It was &amp; is *late*.</Text></Paragraph>
    <Paragraph><DualDialogue>
      <Paragraph Type="Character"><Text>TOM</Text></Paragraph>
      <Paragraph Type="Dialogue"><Text>Yes.</Text></Paragraph>
      <Paragraph Type="Character"><Text>MIRA</Text></Paragraph>
      <Paragraph Type="Dialogue"><Text>No.</Text></Paragraph>
    </DualDialogue></Paragraph>
    <Paragraph Type="Shot"><Text>CLOSE UP ON THE DOOR</Text></Paragraph>
    <Paragraph Type="Weird"><Text>What is this</Text></Paragraph>
    <Paragraph Type="Dialogue"><Text>Who says that?</Text></Paragraph>
    <Paragraph Type="Transition"><Text>FADE OUT.</Text></Paragraph>
  </Content>
  <TitlePage><Content><Paragraph><Text/></Paragraph><Paragraph><Text>Late</Text></Paragraph></Content></TitlePage>
</FinalDraft>
"""


@pytest.mark.parametrize("name", ["a.fdx", "a.txt"])
def test_final_draft(tmp_path: Path, name: str) -> None:
    draft, findings, kind = drafted(tmp_path / name, FDX)
    play = draft.screenplay
    assert (kind, play.title) == ("fdx", "Late")
    assert said(play) == [
        ("MIRA", "softly", "It was & is *late*."),
        ("TOM", "", "Yes."),
        ("MIRA", "", "No."),
        ("", "", "Who says that?"),
    ]
    assert [shot.description for shot in play.shots] == [
        "MIRA (30s, red coat) waits. She smiles.",
        "CLOSE UP ON THE DOOR",
    ]
    assert (play.shots[1].size, play.shots[1].transition) == ("close", "fade_out")
    assert play.character("mira").voice.gender == "female"
    assert play.character("mira").look.outfit == "red coat"
    assert warnings(findings) == [
        "Line 19: 'What is this' is a paragraph of the unknown type 'weird'.",
        "Line 20: 'Who says that?' is dialogue without a speaker and is told by the narrator.",
    ]
    assert "is a note: line 5" in findings[-1].message


SRT = """\
1
00:00:01,000 --> 00:00:03,000
你是否还在<i>手动</i>处理？

2
00:00:03,200 --> 00:00:06,000
{\\an8}今天介绍5个AI工具。
让你效率翻倍。

3
00:00:10,000 --> 00:00:12,500
[掌声]
2024

第二行。

4
00:00:12,600 --> 00:00:12,600
完。
"""


@pytest.mark.parametrize("name", ["a.srt", "a.txt"])
def test_subtitles_are_narration_with_wished_lengths(tmp_path: Path, name: str) -> None:
    draft, findings, kind = drafted(tmp_path / name, SRT)
    play = draft.screenplay
    assert kind == "srt"
    assert said(play) == [
        ("", "", "你是否还在手动处理？"),
        ("", "", "今天介绍5个AI工具。"),
        ("", "", "让你效率翻倍。"),
        ("", "", "2024"),
        ("", "", "第二行。"),
        ("", "", "完。"),
    ]
    assert [shot.duration_ms for shot in play.shots] == [9000, 2601]
    assert draft.timed == {"s01", "s02"}
    assert warnings(findings) == [
        "Line 18: '00:00:12,600 --> 00:00:12,600' ends before it begins; its words get a length of their own."
    ]
    assert "is a sound: line 12" in findings[-1].message


def test_words_that_no_shot_holds_go_on_closer(tmp_path: Path) -> None:
    lines = "".join(f"林晓：这是第{n}句，她说得很慢，因为外面一直在下雨，雨声很大。\n" for n in "一二三四五六")
    draft, _, _ = drafted(tmp_path / "a.txt", f"内景 教室 日\n△全景，林晓站在窗边。\n{lines}")
    play = draft.screenplay
    assert len(play.shots) > 2
    assert all(shot.duration_ms <= 12_000 for shot in play.shots)
    assert {shot.description for shot in play.shots} == {"全景，林晓站在窗边。"}
    assert [shot.size for shot in play.shots[:3]] == ["full", "medium", "close"]
    assert [seen(shot, play) for shot in play.shots] == [["林晓"]] * len(play.shots)


def test_many_lines_that_were_not_understood_are_all_named(tmp_path: Path) -> None:
    text = "内景 教室 日\n林晓：走吧。\n" + "【特效】\n" * 30
    _, findings, _ = drafted(tmp_path / "a.txt", text)
    told = warnings(findings)
    assert len(told) == 21
    assert told[-1] == "10 more places not understood, in lines 23, 24, 25, 26, 27, 28, 29, 30, 31, 32."
