"""What a user may give, and what is said about what cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from manju.domain.film import FilmSpec, Source
from manju.domain.screenplay import Screenplay
from manju.errors import InputError
from manju.pipeline.script import Limits, read_draft, read_source, to_script

SEED = {
    "title": "5个改变生活的AI工具",
    "duration_target": 60,
    "style": "informative",
    "scenes": [
        {
            "scene_id": 1,
            "narration": "你是否还在手动处理那些重复性的工作?今天介绍5个AI工具,让你的效率翻倍。",
            "visual_description": "Modern office desk with laptop, coffee cup, and scattered papers. "
            "Camera slowly pushes in. Warm morning light.",
            "duration": 8,
            "text_overlay": "5个改变生活的AI工具",
            "transition": "fade_in",
        },
        {
            "scene_id": 2,
            "narration": "第一个:ChatGPT。从写邮件到做方案,它就像你的私人助理。",
            "visual_description": "Split screen showing a person typing on left, AI-generated text appearing on right. "
            "Clean, minimal design.",
            "duration": 10,
            "text_overlay": "1. ChatGPT",
            "transition": "slide_left",
        },
    ],
    "music_style": "upbeat electronic, 120 BPM",
    "target_platform": "douyin",
}


def screenplay_of(script: object) -> Screenplay:
    text = script if isinstance(script, str) else json.dumps(script, ensure_ascii=False)
    draft, _ = read_draft(FilmSpec(source=Source(kind="script", text=text)), Limits())
    return draft.screenplay


def refusal(script: object) -> InputError:
    with pytest.raises(InputError) as caught:
        screenplay_of(script)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("topic", ["赛博校园侦探", "5个改变生活的AI工具", "AI/ML 入门", " a cat ", "x" * 500, "🚀"])
def test_topics(topic: str) -> None:
    assert read_source(topic) == Source(kind="topic", text=topic.strip())


@pytest.mark.parametrize(
    ("topic", "word"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("……", "empty"),
        ("a\x07b", "U+0007"),
        ("a\nb", "U+000A"),
        ("x" * 501, "501"),
        ("missing.json", "no file"),
        ("no/such/story", "no file"),
        ("./story", "no file"),
        ("C:\\film\\story", "no file"),
        ("https://example.com/story", "address"),
    ],
)
def test_unusable_arguments(topic: str, word: str) -> None:
    with pytest.raises(InputError, match=word.replace("+", r"\+")) as caught:
        read_source(topic)
    assert caught.value.hint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_files_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "story.txt"
    file.write_bytes("雨停了，她笑了。".encode(encoding))
    assert read_source(str(file)) == Source(kind="text", text="雨停了，她笑了。")


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n", "empty"),
        ("a.txt", b"\xff\x81\xff", "neither"),
        ("a.txt", b"PK\x03\x04\x00\x00", "not a text file"),
        ("a.md", b"# Only a title\n", "no words"),
        ("a.txt", b"x" * (2 * 1024 * 1024 + 1), "2.0 MB"),
        ("a.json", b'{"scenes": [\n  {"narration": "x",}\n]}', "line 2, column "),
        ("a.json", b"[1]", "object in braces"),
    ],
)
def test_unusable_files(tmp_path: Path, name: str, data: bytes, word: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(InputError, match=word):
        read_source(str(file))


def test_folders_are_no_scripts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_source(str(tmp_path))


def test_a_text_of_hours_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "novel.txt"
    file.write_text("今天天气不错，我们去公园。" * 5000, encoding="utf-8")
    with pytest.raises(InputError, match="minutes to say"):
        read_source(str(file))


@pytest.mark.parametrize(
    "text",
    [
        "字" * 690_000,
        "a" * 2_000_000,
        "." * 2_000_000,
        '"' * 2_000_000,
        "## x\n" * 400_000,
        "雨停了。她笑了。\n" * 70_000,
    ]
    + [
        "It rained all night. Nobody was out.\n" * 50_000,
        "甲：乙\n" * 200_000,
        "e" + "\u0301" * 900_000,
        "字" * 17_000,
    ],
)
def test_two_megabytes_of_anything_are_refused_for_their_length(tmp_path: Path, text: str) -> None:
    file = tmp_path / "novel.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="minutes to say; a film is 60 minutes at most") as caught:
        read_source(str(file))
    assert "episodes" in caught.value.hint and "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("scenes", "says"),
    [
        ([{"narration": "字" * 600_000}], "minutes to say; a film is 60 minutes"),
        ([{"narration": "字" * 4000}], "scene 1 take more than 14 minutes to say; a scene is 10"),
        ([{"narration": "好", "duration": 5}] * 721, "scenes last more than 60 minutes; a film is 60"),
        ([{"narration": "好"}] * 60_000, "60000 entries; a film has 7200 scenes"),
    ],
)
def test_scripts_of_more_than_a_film_are_refused(scenes: object, says: str) -> None:
    assert says in refusal({"scenes": scenes}).message


def test_the_seeds_own_example() -> None:
    screenplay = screenplay_of(SEED)
    assert screenplay.locked
    assert screenplay.duration_target_ms == 60_000
    assert (screenplay.style, screenplay.music_style) == ("informative", "upbeat electronic, 120 BPM")
    assert screenplay.target_platform == "douyin"
    assert [shot.uid for shot in screenplay.shots] == ["s01", "s02"]
    assert [shot.duration_ms for shot in screenplay.shots] == [8000, 10000]
    assert [shot.transition for shot in screenplay.shots] == ["fade_in", "slide_left"]
    assert screenplay.shots[0].movement == "push_in"
    assert [shot.narration for shot in screenplay.shots] == [scene["narration"] for scene in SEED["scenes"]]  # type: ignore[index]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("duration", "abc", "scene 2: 'duration' must be a number of seconds, got 'abc'"),
        ("duration", -1, "scene 2: 'duration' must be more than 0 seconds, got -1"),
        ("duration", True, "scene 2: 'duration' must be a number of seconds, got True"),
        ("duration", 10**400, "scene 2: 'duration' must be"),
        ("duration", 601, "scene 2: 'duration' must be from 0.5 to 600 seconds, got 601"),
        ("narration", 5, "scene 2: 'narration' must be a text in quotes, got 5"),
        ("narration", "a\x00b", "scene 2: 'narration' holds the control character U+0000"),
        ("narration", "a\ud800b", "scene 2: 'narration' holds the control character U+D800"),
        ("transition", "explode", "scene 2: 'transition' must be one of: cut, fade"),
        ("size", ["wide"], "scene 2: 'size' must be one of"),
        ("naration", "x", "scene 2: 'naration' is not a known field; known are: visual_description"),
        ("dialogue", [{"character": "a", "lines": "x"}], "scene 2, dialogue 1: 'lines' is not a known field"),
        ("dialogue", "x", "scene 2: 'dialogue' must be a list"),
        ("characters", "a", "scene 2: 'characters' must be a list of texts"),
    ],
)
def test_a_slip_is_named_by_scene_and_field(field: str, value: object, sentence: str) -> None:
    script = json.loads(json.dumps(SEED))
    script["scenes"][1][field] = value
    assert sentence in refusal(json.dumps(script)).message


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ({}, "no 'scenes'"),
        ({"scenes": []}, "'scenes' is empty"),
        ({"scenes": {}}, "'scenes' must be a list"),
        ({"scenes": [{"narration": " "}]}, "scene 1: has neither narration nor dialogue nor a visual_description"),
        ({"scenes": ["x"]}, "scene 1: must be an object in braces, got 'x'"),
        ({"scenes": [{"narration": "x"}], "target_platform": "tv"}, "'target_platform' must be one of: douyin"),
        ({"scenes": [{"narration": "x"}], "colour": 1}, "'colour' is not a known field"),
        ({"scenes": [{"narration": "x"}], "language": "fr"}, "'language' must be zh or en"),
        ({"scenes": [{"narration": "x"}], "duration_target": 4000}, "must be from 1 to 3600 seconds"),
        ({"scenes": [{"narration": "x"}], "duration_target": 0}, "must be more than 0 seconds"),
        (
            {"characters": [{"id": "a"}], "scenes": [{"narration": "x", "characters": ["b"]}]},
            "scene 1: unknown character 'b'",
        ),
        (
            {"locations": [{"id": "a"}], "scenes": [{"narration": "x", "location": "b"}]},
            "scene 1: unknown location 'b'",
        ),
        ({"characters": [{"id": "a"}, {"id": "a"}], "scenes": [{"narration": "x"}]}, "two characters have the id 'a'"),
        ('{"scenes": [], "scenes": []}', "gives 'scenes' twice"),
        ('{"scenes": [{"duration": NaN}]}', "NaN"),
        ("[" * 100_000, "nested too deeply"),
        ({"schema": "manju.screenplay", "version": 1, "title": "t", "shots": []}, "'duration_target_ms' is missing"),
        ({"schema": "manju.timeline", "version": 1}, "'schema'"),
    ],
)
def test_a_script_that_cannot_be_used(script: object, sentence: str) -> None:
    assert sentence in refusal(script).message


def test_several_slips_are_told_at_once() -> None:
    message = refusal({"scenes": [{"duration": "a"}, {"duration": "b"}]}).message
    assert "scene 1" in message and "scene 2" in message


def test_what_may_be_left_out_and_noted() -> None:
    script = {
        "x-editor": {"any": 1},
        "scenes": [{"narration": "雨停了。", "_todo": "better words", "transition": "none", "text_overlay": None}],
    }
    screenplay = screenplay_of(script)
    assert screenplay.shots[0].transition == "cut"
    assert screenplay.shots[0].duration_ms == 5000
    assert screenplay.duration_target_ms == 5000
    assert screenplay.language == "zh"
    assert screenplay.title


def test_chinese_words_are_snapped_and_people_found() -> None:
    script = {
        "characters": [{"id": "林澈", "name": "林澈", "gender": "女", "age": "少女", "look": {"hair": "银色短发"}}],
        "locations": [{"name": "走廊", "light": "霓虹左侧光", "landmarks": ["公告栏"]}],
        "scenes": [
            {
                "dialogue": [{"character": "林澈", "line": "走。"}, {"character": "旁白", "line": "她走了。"}],
                "size": "近景",
                "angle": "仰拍",
                "movement": "推",
                "transition": "叠化",
                "location": "走廊",
                "visual_description": "林澈在走廊里。",
            }
        ],
    }
    screenplay = screenplay_of(script)
    shot = screenplay.shots[0]
    assert (shot.size, shot.angle, shot.movement, shot.transition) == ("close", "low", "push_in", "dissolve")
    assert [(line.speaker, line.text) for line in shot.lines] == [("c01", "走。"), ("narrator", "她走了。")]
    assert shot.characters == ("c01",) and shot.scene == "p01"
    assert screenplay.character("c01").voice.gender == "female"
    assert screenplay.character("c01").voice.age == "young"


def test_uids_follow_scene_ids_and_are_unique_and_safe() -> None:
    script = {
        "characters": [{"id": "con"}, {"id": "Narrator"}, {"id": "7", "name": "Seven"}],
        "scenes": [
            {**number, "narration": "好。"}
            for number in ({"scene_id": 7}, {"scene_id": "A b"}, {"scene_id": "开场"}, {"scene_id": "a-b"}, {})
        ],
    }
    screenplay = screenplay_of(script)
    assert [shot.uid for shot in screenplay.shots] == ["s07", "a-b", "s03", "a-b-2", "s05"]
    assert [character.uid for character in screenplay.characters] == ["c-con", "c07"]


@pytest.mark.parametrize(("first", "second"), [(7, 7), (7, "07"), ("开场", "开场"), ("s02", " s02")], ids=str)
def test_two_scenes_with_one_id_are_refused(first: object, second: object) -> None:
    scenes = [{"narration": "好。", **({"scene_id": own} if own else {})} for own in ("", first, "x", second)]
    with pytest.raises(InputError, match=r"^scene 4: 'scene_id' is .*, which scene 2 has already$") as refused:
        screenplay_of({"scenes": scenes})
    assert "id of its own" in refused.value.hint


def test_two_shots_with_one_uid_are_refused_with_the_place_of_the_second() -> None:
    shot = {"uid": "s01", "duration_ms": 5000}
    screenplay = {"schema": "manju.screenplay", "title": "t", "duration_target_ms": 5000, "shots": [shot, shot]}
    with pytest.raises(InputError, match=r"^the script cannot be used: shot 2: 'uid' is 's01', which one of the shots"):
        screenplay_of(screenplay)


def test_a_slip_in_the_only_scene_is_told_once() -> None:
    with pytest.raises(InputError, match=r"^the script cannot be used: scene 1: 'duration' must be more than 0[^;]*$"):
        screenplay_of({"scenes": [{"narration": "好。", "duration": 0}]})
    with pytest.raises(InputError, match=r"^the script cannot be used: 'scenes' is empty$"):
        screenplay_of({"scenes": []})


def test_a_screenplay_of_ours_is_taken_as_it_is() -> None:
    screenplay = screenplay_of(SEED).model_copy(update={"locked": False})
    assert screenplay_of(screenplay.to_json()) == screenplay


def test_a_screenplay_becomes_a_script_and_comes_back() -> None:
    script = {
        **SEED,
        "language": "zh",
        "characters": [{"id": "lin", "name": "林澈", "look": {"hair": "银色短发"}}],
        "locations": [{"id": "hall", "name": "走廊", "landmarks": ["公告栏"]}],
        "scenes": [
            {**scene, "characters": ["lin"], "location": "hall", "dialogue": [{"character": "lin", "line": "好。"}]}
            for scene in SEED["scenes"]  # type: ignore[attr-defined]
        ],
    }
    screenplay = screenplay_of(script)
    assert screenplay_of(to_script(screenplay)) == screenplay


def test_the_shape_of_seed_000() -> None:
    script = {
        "title": "赛博校园侦探",
        "logline": "雨夜，一枚校徽失踪。",
        "characters": [
            {
                "name": "林澈",
                "性别": "男",
                "age": 17,
                "外观": {"发色": "银色", "瞳色": "蓝"},
                "服饰": "黑色校服",
                "rank": "队长",
            }
        ],
        "scenes": [{"id": 1, "name": "走廊", "lighting": "左侧霓虹", "色调": "青紫", "道具": ["公告栏", "售货机"]}],
        "shots": [
            {
                "shot_id": 1,
                "时长": "1秒",
                "景别": "近景",
                "机位": "低机位",
                "scene_id": 1,
                "动作": "抬头",
                "台词": "林澈：谁在那里？",
                "画面要点": "雨夜反光",
                "sfx": "雷声",
            },
            {"shot_id": 2, "duration": 1.5, "shot_type": "怪异景别", "旁白": "没有人回答。", "camera": "推轨"},
        ],
    }
    screenplay = screenplay_of(script)
    first, second = screenplay.shots
    assert (first.duration_ms, first.size, first.angle, first.action) == (1000, "close", "low", "抬头")
    assert [(line.speaker, line.text) for line in first.lines] == [("c01", "谁在那里？")]
    assert first.description == "雨夜反光; sfx: 雷声"
    assert [(line.speaker, line.text) for line in second.lines] == [("narrator", "没有人回答。")]
    assert "怪异景别" in second.description and "推轨" in second.description
    scene = screenplay.scenes[0]
    assert first.scene == scene.uid
    assert (scene.palette, scene.light, scene.landmarks) == ("青紫", "左侧霓虹", ("公告栏", "售货机"))
    character = screenplay.characters[0]
    assert (character.look.hair, character.look.eyes, character.look.outfit) == ("银色", "蓝", "黑色校服")
    assert (character.voice.gender, character.voice.age) == ("male", "young")
    assert "队长" in character.description
    assert "shots must be" not in refusal({"shots": [{"duration": "x"}]}).message
