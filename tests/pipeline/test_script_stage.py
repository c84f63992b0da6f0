"""The stage as a whole: what is asked, what is mended, what is refused, and that locked words stay."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from manju.domain.film import FilmSpec, Music, Source
from manju.domain.order import TextRequest
from manju.domain.screenplay import Screenplay
from manju.pipeline.script import Finding, Limits, ReplyError, check, detect, whole, write
from manju.pipeline.script.prompts import DIRECT_SHAPE, WRITE_SHAPE, write_system

HOOK = "深夜，灯亮了。"
NARRATION = "林澈推开教室的门，发现黑板上写着一行发光的字，那是三年前失踪的学长留下的暗号。"
LINE = "她推开教室的门，看见黑板上写着一行发光的字。"
PICTURE = "林澈站在昏暗的教室门口，黑板上的荧光字照亮她的侧脸，窗外下着大雨。"


def script(scenes: int = 8, **changes: Any) -> dict[str, Any]:
    """A good reply for a film of ``scenes`` times 7.5 s."""
    return {
        "title": "赛博校园侦探",
        "logline": "一个暗号。",
        "style": "cyberpunk",
        "style_prompt": "赛博朋克动画，左侧霓虹光",
        "music_style": "dark synth, 100 BPM",
        "language": "zh",
        "characters": [
            {
                "id": "lin",
                "name": "林澈",
                "gender": "female",
                "age": "young",
                "look": {"hair": "银色短发", "shoes": "白鞋"},
            }
        ],
        "locations": [
            {"id": "hall", "name": "教室", "palette": "青紫", "light": "左侧霓虹", "landmarks": ["发光黑板"]}
        ],
        "scenes": [
            {
                "scene_id": n,
                "narration": (HOOK + LINE[:20] + "。") if n == 1 else LINE,
                "visual_description": PICTURE,
                "duration": 8,
                "text_overlay": "暗号",
                "transition": "fade_in" if n == 1 else "dissolve",
                "location": "hall",
                "characters": ["lin"],
                "size": "medium",
                "angle": "eye",
                "movement": "push_in",
                **changes,
            }
            for n in range(1, scenes + 1)
        ],
    }


class Desk:
    """A text model that gives prepared replies (values as JSON), and what was asked and reported."""

    def __init__(self, *replies: Any) -> None:
        self.replies = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in replies]
        self.asked: list[tuple[str, TextRequest]] = []
        self.findings: list[Finding] = []

    async def ask(self, subject: str, request: TextRequest, /) -> str:
        self.asked.append((subject, request))
        return self.replies[len(self.asked) - 1]

    def report(self, finding: Finding, /) -> None:
        self.findings.append(finding)

    def user(self, index: int) -> str:
        return self.asked[index][1].messages[-1].content


def topic(text: str = "赛博校园侦探", **options: Any) -> FilmSpec:
    return FilmSpec(source=Source(kind="topic", text=text), **options)


async def test_a_good_script_is_asked_for_once() -> None:
    desk = Desk(script())
    screenplay = await write(desk, topic(seconds=60, style="赛博朋克", platform="douyin"))
    assert not desk.findings
    assert [subject for subject, _ in desk.asked] == ["screenplay/try-1"]
    assert desk.user(0).splitlines() == [
        "Topic: 赛博校园侦探",
        "Duration: 60s",
        "Style: 赛博朋克",
        "Language: zh",
        "Platform: douyin",
        "Ratio: 9:16",
    ]
    request = desk.asked[0][1]
    assert request.json_reply and WRITE_SHAPE in request.messages[0].content
    assert "locked" not in request.messages[0].content
    assert not screenplay.locked
    assert sum(shot.duration_ms for shot in screenplay.shots) == 60_000
    assert screenplay.target_platform == "douyin" and screenplay.style == "赛博朋克"
    assert screenplay.music_style == "dark synth, 100 BPM"
    assert screenplay.shots[0].scene == "hall" and screenplay.shots[0].characters == ("lin",)
    assert screenplay.character("lin").look.hair == "银色短发"
    assert screenplay.words.startswith(HOOK)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("ひみつのカフェ", "Japanese"),
        ("학교 탐정 고양이", "Korean"),
        ("قطة في المدرسة", "Arabic"),
        ("Кот-детектив", "Cyrillic"),
    ],
)
async def test_a_topic_in_other_letters_is_told_the_films_language(text: str, letters: str) -> None:
    desk = Desk(script())
    await write(desk, topic(text, seconds=60))
    (note,) = desk.findings
    assert note.level == "note" and f"written in {letters} letters; the film is in Chinese" in note.message
    assert "--language en" in note.hint
    asked_for = Desk(script())
    await write(asked_for, topic(text, seconds=60, language="zh"))
    assert not asked_for.findings


@pytest.mark.parametrize(
    "text", ["赛博校园侦探", "5个AI工具", "Café à Paris", "π是什么", "东京の樱花和猫", "３Ｄ打印ＡＢＣ"]
)
async def test_a_topic_in_our_letters_is_told_nothing(text: str) -> None:
    desk = Desk(script())
    await write(desk, topic(text, seconds=60))
    assert not desk.findings


async def test_options_win_over_the_models_fields() -> None:
    desk = Desk(script())
    screenplay = await write(
        desk, topic(style="水墨", language="zh", music=Music(style="guqin"), platform="bilibili", seconds=60)
    )
    assert (screenplay.style, screenplay.music_style, screenplay.target_platform) == ("水墨", "guqin", "bilibili")
    assert "水墨" in screenplay.style_prompt and "赛博" not in screenplay.style_prompt
    assert "Ratio: 16:9" in desk.user(0) and "Music: guqin" in desk.user(0)


@pytest.mark.parametrize(
    "wrap", ["```json\n{}\n```", "好的，以下是剧本：\n{}\n希望你喜欢！", "<think>[1]</think>{}", '{{"script": {}}}']
)
async def test_replies_in_wrapping_are_read(wrap: str) -> None:
    text = json.dumps(script(), ensure_ascii=False)
    desk = Desk(wrap.replace("{{", "{").replace("}}", "}").replace("{}", text))
    assert len((await write(desk, topic())).shots) == 8


async def test_broken_json_is_repaired() -> None:
    text = json.dumps(script(), ensure_ascii=False).replace('"duration": 8,', '"duration": 8').replace("]}", "],}")
    assert len((await write(Desk(text), topic())).shots) == 8


async def test_loose_words_are_snapped() -> None:
    loose = script(size="近景 close-up", angle="俯拍", movement="缓慢推近", transition="explode", duration="8s")
    loose["characters"][0] |= {"gender": "女", "age": "teenager", "look": "black coat"}
    loose["scenes"][3] |= {"dialogue": [{"character": "老板", "line": "站住！"}], "location": "屋顶", "mood": "dark"}
    screenplay = await write(Desk(loose), topic())
    shot = screenplay.shots[3]
    assert (shot.size, shot.angle, shot.movement, shot.transition) == ("close", "high", "push_in", "cut")
    speaker = screenplay.character(shot.dialogue[0].speaker)
    assert speaker.name == "老板" and speaker.look.features()
    assert screenplay.characters[0].look.outfit == "black coat"
    assert screenplay.characters[0].voice.age == "young"
    assert any(scene.name == "屋顶" and scene.palette and scene.light for scene in screenplay.scenes)


async def test_a_truncated_reply_is_never_repaired() -> None:
    text = json.dumps(script(), ensure_ascii=False)
    desk = Desk(text[: len(text) * 2 // 3], text[: text.rindex("}", 0, -3) + 1], script())
    screenplay = await write(desk, topic())
    assert len(screenplay.shots) == 8
    assert "cut off" in desk.user(1) and "Problems with the last draft:" in desk.user(1)
    assert [subject for subject, _ in desk.asked] == ["screenplay/try-1", "screenplay/try-2", "screenplay/try-3"]


def test_a_reply_stopped_for_length_is_an_error() -> None:
    assert whole("{}", {"finish_reason": "stop"}) == "{}"
    with pytest.raises(ReplyError) as caught:
        whole('{"title": ""}', {"finish_reason": "length"})
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.raw == '{"title": ""}' and again.problems == caught.value.problems


@pytest.mark.parametrize(
    "bad", ["", "I cannot do that.", "[]", '{"title": "x"}', "{]", "null", '{"scenes": []}', '"x"']
)
async def test_useless_replies_end_in_a_failure_that_keeps_them(bad: str) -> None:
    with pytest.raises(ReplyError) as caught:
        await write(Desk(bad, bad, bad), topic())
    assert caught.value.raw == bad
    assert caught.value.hint and not caught.value.retryable


async def test_problems_are_fed_back_and_the_better_draft_is_kept() -> None:
    slow = script()
    slow["scenes"][0]["narration"] = NARRATION
    desk = Desk(slow, script())
    screenplay = await write(desk, topic())
    assert "s01: The opening sentence takes" in desk.user(1)
    assert not desk.findings and screenplay.words.startswith(HOOK)


async def test_a_model_that_repeats_itself_is_not_asked_a_third_time() -> None:
    slow = script()
    slow["scenes"][0]["narration"] = "我们今天要说的是一件发生在很久以前的学校里面的事情没有标点。"
    desk = Desk(slow, slow)
    await write(desk, topic())
    assert len(desk.asked) == 2
    assert [finding.field for finding in desk.findings] == ["narration"]


async def test_what_no_retry_cures_is_cut_to_length() -> None:
    long = script(narration="今夜无人入睡，" + LINE + "这是一句补充的话，说得很长很长。" * 2)
    desk = Desk(long, copy.deepcopy(long) | {"title": "二"}, long | {"title": "三"})
    screenplay = await write(desk, topic())
    assert abs(sum(shot.duration_ms for shot in screenplay.shots) - 60_000) <= 5000
    assert all(5000 <= shot.duration_ms <= 12000 for shot in screenplay.shots)
    assert not [finding for finding in desk.findings if finding.level == "error"]
    assert screenplay.shots[0].narration.startswith("今夜无人入睡。她推开教室的门")


async def test_a_script_that_cannot_fit_is_refused() -> None:
    short = [script(2) | {"title": str(n)} for n in range(3)]
    with pytest.raises(ReplyError, match="does not fit") as caught:
        await write(Desk(*short), topic(seconds=60))
    assert json.loads(caught.value.raw)["title"] == "2"


async def test_our_own_text_is_mended() -> None:
    raw = script(7)
    raw["scenes"][2] |= {"narration": NARRATION * 2, "transition": "fade_out", "text_overlay": "很长的字幕，" * 6}
    raw["scenes"][3] |= {"visual_description": "未来", "narration": "走。", "duration": 30}
    raw["scenes"][0]["transition"] = "slide_left"
    desk = Desk(raw)
    screenplay = await write(desk, topic(seconds=60))
    assert not desk.findings
    uids = [shot.uid for shot in screenplay.shots]
    assert uids == ["s01", "s02", "s03", "s03b", "s04", "s05", "s06", "s07"]
    assert screenplay.shots[2].narration + screenplay.shots[3].narration == NARRATION * 2
    assert screenplay.shots[2].size != screenplay.shots[3].size
    assert screenplay.shots[0].transition == "fade_in"
    assert screenplay.shots[2].text_overlay == "很长的字幕，很长的字幕，很长的字幕"
    assert "教室" in screenplay.shots[4].description and "银色短发" in screenplay.shots[4].description


async def test_too_many_scenes_become_fewer() -> None:
    many = script(12, narration="她走了。")
    screenplay = await write(Desk(many), topic(seconds=30))
    assert sum(shot.duration_ms for shot in screenplay.shots) == 30_000 + 5000
    assert screenplay.words == "她走了。" * 12


@pytest.mark.parametrize("seconds", [5, 30, 300])
async def test_lengths_add_up_for_any_length(seconds: int) -> None:
    screenplay = await write(Desk(script(max(1, seconds // 8))), topic(seconds=seconds))
    assert abs(sum(shot.duration_ms for shot in screenplay.shots) - seconds * 1000) <= 5000


STORY = (
    "林澈：信是你写的吗？你为什么这么多年一直不肯告诉我真相呢？\n老师：是我写的，因为我不想让你像我一样为了这件事难过。\n"
    "雨下了一整夜，教学楼里没有一盏灯，只有走廊尽头的窗户还开着。林澈走了。"
)


def direction(uids: list[str], **changes: Any) -> dict[str, Any]:
    return {
        "title": "雨夜的信",
        "style_prompt": "水彩绘本，右上方柔光",
        "characters": [
            {"id": "c01", "name": "林澈", "gender": "female", "age": "young", "look": {"hair": "银色短发"}},
            {"id": "cat", "name": "黑猫", "look": {"hair": "黑毛"}},
        ],
        "locations": [{"id": "hall", "name": "走廊", "light": "左侧霓虹"}],
        "shots": [
            {
                "uid": uid,
                "visual_description": PICTURE,
                "characters": ["c01", "cat"],
                "location": "hall",
                "size": "close",
                "transition": "dissolve",
                **changes,
            }
            for uid in uids
        ],
    }


def story(text: str = STORY, **options: Any) -> FilmSpec:
    return FilmSpec(source=Source(kind="text", text=text), **options)


async def locked(spec: FilmSpec, *replies: Any) -> tuple[Screenplay, Desk]:
    desk = Desk(*replies)
    return await write(desk, spec), desk


async def test_a_story_is_dressed_by_the_model() -> None:
    screenplay, desk = await locked(story(), direction(["s01", "s02", "s03"]))
    system = desk.asked[0][1].messages[0].content
    assert "locked" in system and DIRECT_SHAPE in system and "Character c01: 林澈" in system
    rows = json.loads(desk.user(0))
    assert [row["uid"] for row in rows] == [shot.uid for shot in screenplay.shots]
    assert rows[0] == {
        "uid": "s01",
        "speaker": "c01",
        "speaker_name": "林澈",
        "text": "信是你写的吗？你为什么这么多年一直不肯告诉我真相呢？",
    }
    assert screenplay.locked and screenplay.title == "雨夜的信"
    first = screenplay.shots[0]
    assert (first.description, first.size, first.scene) == (PICTURE, "close", "hall")
    assert first.characters == ("c01", "cat")
    assert screenplay.character("c01").look.hair == "银色短发"
    assert screenplay.character("c01").voice.gender == "female"
    assert screenplay.character("c02").look.features()
    assert screenplay.scenes[0].palette


async def test_a_hostile_model_cannot_touch_locked_words() -> None:
    calm, _ = await locked(story(), direction(["s01", "s02", "s03"]))
    hostile = direction(
        ["s03", "s02", "s01", "s99", "s01"],
        text="改写过的台词",
        narration="别的话",
        dialogue=[{"character": "c01", "line": "别的话"}],
        lines=[{"speaker": "narrator", "text": "别的话"}],
        duration=600,
        locked=False,
    )
    hostile |= {"words": "x", "locked": False, "duration_target": 5}
    hostile["characters"] += [
        {"id": "c01", "name": "冒名者"},
        {"id": "c02", "name": "narrator"},
        {"id": "c09", "name": "老师"},
    ]
    screenplay, _ = await locked(story(), hostile)
    assert [shot.lines for shot in screenplay.shots] == [shot.lines for shot in calm.shots]
    assert [shot.uid for shot in screenplay.shots] == [shot.uid for shot in calm.shots]
    assert [shot.duration_ms for shot in screenplay.shots] == [shot.duration_ms for shot in calm.shots]
    assert [character.name for character in screenplay.characters][:2] == ["林澈", "老师"]
    assert [c.name for c in screenplay.characters].count("老师") == 1
    assert screenplay.locked
    assert screenplay.words == "".join(line.split("：")[-1] for line in STORY.split("\n"))


async def test_missing_pictures_are_asked_for_again_and_filled_in_the_end() -> None:
    screenplay, desk = await locked(story(), direction(["s01"]), direction(["s02"]), direction(["s77"]))
    assert [len(json.loads(desk.user(n))) for n in range(3)] == [3, 2, 1]
    assert "'s02' is missing" in desk.asked[1][1].messages[0].content
    assert all(shot.description for shot in screenplay.shots)
    assert "雨下了一整夜" in screenplay.shots[2].description


async def test_a_useless_director_is_a_failure() -> None:
    with pytest.raises(ReplyError) as caught:
        await locked(story(), "no", "no", "no")
    assert caught.value.raw == "no"


async def test_a_long_story_is_directed_in_parts() -> None:
    text = "\n".join(f"第{n}天，她又一次慢慢走过那座旧石桥，远远看见河面上的灯火比昨天更亮了一些。" for n in range(70))
    uids = [f"s{n:02d}" for n in range(1, 71)]
    _, desk = await locked(story(text), direction(uids[:60]), direction(uids) | {"title": "又"})
    assert [subject for subject, _ in desk.asked] == ["screenplay/try-1", "screenplay/part-2/try-1"]
    assert "Character cat: 黑猫" in desk.asked[1][1].messages[0].content


async def test_asked_seconds_stretch_a_story_but_never_its_words() -> None:
    screenplay, desk = await locked(story(seconds=30), direction(["s01", "s02", "s03"]))
    assert sum(shot.duration_ms for shot in screenplay.shots) == 30_000
    assert not [finding for finding in desk.findings if finding.level == "error"]


SCENES = [
    {"narration": "第一句话，谁在那里？", "visual_description": PICTURE, "duration": 6},
    {"narration": NARRATION * 2, "visual_description": "未来", "duration": 5, "transition": "slide_left"},
    {"narration": "结束了。", "duration": 4},
]


async def test_a_users_script_keeps_words_and_lengths_and_is_reported_line_by_line() -> None:
    spec = FilmSpec(source=Source(kind="script", text=json.dumps({"duration_target": 30, "scenes": SCENES})))
    screenplay, desk = await locked(spec, direction(["s03", "s01"], transition="fade"))
    assert [row["uid"] for row in json.loads(desk.user(0))] == ["s03"]
    assert [shot.narration for shot in screenplay.shots] == [scene["narration"] for scene in SCENES]
    assert [shot.duration_ms for shot in screenplay.shots] == [6000, 5000, 4000]
    assert screenplay.shots[0].transition == "fade_in" and screenplay.shots[2].transition == "fade"
    assert screenplay.shots[1].description == "未来" and screenplay.shots[2].description == PICTURE
    found = [(finding.level, finding.shot, finding.field) for finding in desk.findings]
    assert found == [
        ("error", "", "duration_target"),
        ("error", "s02", "narration"),
        ("warning", "s02", "visual_description"),
        ("error", "s03", "duration"),
    ]
    assert all(any(c.isdigit() for c in finding.message) for finding in desk.findings)


async def test_a_complete_script_asks_nobody() -> None:
    scenes = [{"narration": "雨停了。", "visual_description": PICTURE} for _ in range(4)]
    spec = FilmSpec(source=Source(kind="script", text=json.dumps({"duration_target": 24, "scenes": scenes})))
    screenplay, desk = await locked(spec)
    assert not desk.asked and not desk.findings
    assert [shot.duration_ms for shot in screenplay.shots] == [6000] * 4
    assert screenplay.style_prompt and screenplay.music_style


async def test_a_screenplay_file_passes_through_with_the_options_on_top() -> None:
    made = await write(Desk(script()), topic())
    spec = FilmSpec(source=Source(kind="script", text=made.to_json()))
    assert (await locked(spec))[0] == made
    again, _ = await locked(spec.model_copy(update={"platform": "youtube"}))
    assert again == made.model_copy(update={"target_platform": "youtube"})


def test_the_gate_measures() -> None:
    limits = Limits()
    screenplay = Screenplay.model_validate(
        {
            "schema": "manju.screenplay",
            "title": "t",
            "language": "en",
            "duration_target_ms": 60_000,
            "shots": [
                {
                    "uid": "s01",
                    "duration_ms": 4000,
                    "transition": "wipe_right",
                    "description": "The concept of innovation and the future of success",
                    "text_overlay": "a very long overlay that nobody could ever read at a glance",
                    "lines": [{"text": "This opening sentence is far too long to be a hook for anybody at all."}],
                },
                {"uid": "s02", "duration_ms": 7000, "transition": "fade_out", "description": "A red fox runs."},
                {"uid": "s03", "duration_ms": 7000, "description": "A red fox runs over a snowy hill at dawn."},
            ],
        }
    )
    findings = check(screenplay, limits)
    assert [(finding.shot, finding.field) for finding in findings] == [
        ("", "duration_target"),
        ("s01", "narration"),
        ("s01", "duration"),
        ("s01", "narration"),
        ("s01", "visual_description"),
        ("s01", "text_overlay"),
        ("s01", "transition"),
        ("s02", "visual_description"),
        ("s02", "transition"),
    ]
    assert "18 s, 42 s under the target of 60 s" in findings[0].message
    assert len(check(screenplay, limits, speed=2.0)) < len(findings)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("5个改变生活的AI工具", "zh"),
        ("Make a film about 北京", "en"),
        ("a cat", "en"),
        ("2026", "zh"),
        ("ChatGPT 怎么用", "zh"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect(text) == language


def test_the_write_prompt_names_the_recipes_limits() -> None:
    assert "lasts 3 to 9 s" in write_system(Limits(shot_min_ms=3000, shot_max_ms=9000))


@pytest.mark.parametrize(
    ("style", "kept"),
    [("cyberpunk", True), ("赛博朋克", True), ("velvet puppets", True), ("水彩", False), ("noir", False)],
)
async def test_an_asked_style_heads_the_prefix_and_another_style_is_dropped(style: str, kept: bool) -> None:
    screenplay = await write(Desk(script()), topic(style=style))
    assert style in screenplay.style_prompt
    assert ("赛博朋克动画，左侧霓虹光" in screenplay.style_prompt) == kept
