"""The offline writer: exact lengths, words that fit, looks that differ, and user text that stays data."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from manju.domain.order import Message, TextRequest
from manju.domain.speech import speech_ms
from manju.errors import InputError, ModelError, NotFoundError
from manju.providers.text.offline.model import OutlineWriter

WRITE_SYSTEM = """Write a film. Return JSON in this shape:
{"title","logline","duration_target","style","style_prompt","music_style","target_platform","language",
"characters":[{"id","name","role","description","gender":"female|male|neutral","age":"child|young|adult|elder",
"look":{"hair","eyes","build","outfit","accessories","shoes","proportions"}}],
"locations":[{"id","name","description","palette","light","landmarks":[]}],
"scenes":[{"scene_id":1,"narration":"","dialogue":[{"character":"<id>","line":"","emotion":""}],
"visual_description":"","duration":8,"text_overlay":"","transition":"fade_in|cut","location":"<id>",
"characters":["<id>"],"size":"wide","angle":"eye","movement":"static","action":""}]}"""
DIRECT_SYSTEM = """The words are locked. Return JSON:
{"title","logline","style","style_prompt","music_style","language","characters":[],"locations":[],
"shots":[{"uid","visual_description","characters":["<id>"],"location":"<id>","size","angle","movement","transition",
"text_overlay","action"}]}
"""
DRAMA_SHAPE = "{title,logline,characters[],scenes[],shots[]}"
LOOK = {"hair", "eyes", "build", "outfit", "accessories", "shoes", "proportions"}
SIZES = {"extreme_wide", "wide", "full", "medium", "close", "extreme_close"}
ANGLES = {"eye", "low", "high", "top", "dutch", "over_shoulder"}
MOVEMENTS = {"static", "push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "track", "handheld"}
TRANSITIONS = {"fade_in", "cut", "fade", "slide_left", "slide_right", "dissolve", "wipe_right", "zoom_in", "fade_out"}
LENGTHS = (15, 30, 60, 90, 180, 600)
TOPICS = {
    "zh": (
        "赛博校园侦探", "5个改变生活的AI工具", "小猫在森林里的冒险", "如何早睡早起", "奶奶的面馆",
        "耐克跑鞋广告 - 感受速度", "深夜电梯里的第四个人", "10个旅行小技巧", '一个"引号"{括号}\\n😀的题目',
        "为什么天空是蓝色的" + ",还有很多问题" * 70,
    ),
    "en": (
        "Cyber school detective", "5 AI tools that change your life", "A kitten in the forest", "How to sleep better",
        "Grandma's noodle shop", "Commercial for Aurora perfume - every drop is grace", "The ghost in the last train",
        "7 travel tips", 'A "quoted" {brace} 😀 \\ topic', "Why is the sky blue " + "and many other questions " * 20,
    ),
}  # fmt: skip


class NoReferences:
    def read(self, sha256: str) -> bytes:
        raise NotFoundError(f"no artefact {sha256}")


async def raw(system: str, user: str, seed: int = 0) -> bytes:
    messages = (Message(role="system", content=system), Message(role="user", content=user))
    request = TextRequest(messages=messages, json_reply=True, seed=seed)
    return (await OutlineWriter().generate(request, NoReferences())).artefacts[0].data


async def write(topic: str, seconds: int = 60, language: str = "zh", seed: int = 0, more: str = "") -> dict[str, Any]:
    user = f"Topic: {topic}\nDuration: {seconds}s\nStyle: \nLanguage: {language}\nPlatform: douyin\nRatio: 9:16{more}"
    answer: dict[str, Any] = json.loads(await raw(WRITE_SYSTEM, user, seed))
    return answer


def first_sentence(text: str) -> str:
    return re.split(r"(?<=[。！？.!?])", text)[0]


def words_of(scene: dict[str, Any]) -> str:
    """What is heard in a scene."""
    return " ".join(text for text in (scene["narration"], *(said["line"] for said in scene["dialogue"])) if text)


def speech(scene: dict[str, Any], language: str) -> int:
    texts = [text for text in (scene["narration"], *(said["line"] for said in scene["dialogue"])) if text]
    tongue = "zh" if language == "zh" else "en"
    return sum(speech_ms(text, tongue) for text in texts) + 300 * (len(texts) - 1)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("seconds", LENGTHS)
async def test_films_are_sound(language: str, seconds: int) -> None:
    total = fitting = 0
    for topic in TOPICS[language]:
        film = await write(topic, seconds, language)
        scenes = film["scenes"]
        assert film["language"] == language and film["duration_target"] == seconds
        assert sum(scene["duration"] for scene in scenes) == seconds
        assert seconds / 12 <= len(scenes) <= seconds / 5
        assert [scene["scene_id"] for scene in scenes] == list(range(1, len(scenes) + 1))
        assert film["title"] and film["logline"] and film["style"] and film["style_prompt"] and film["music_style"]
        check_cast(film)
        check_scenes(film)
        spoken = [words_of(scene) for scene in scenes]
        assert all(spoken)
        # Ten minutes are longer than any plot: its rounds of trouble and help may come back to their words.
        assert len(set(spoken)) >= len(spoken) * (1 if seconds <= 180 else 0.7), topic
        assert len(scenes[0]["narration"]) <= 50
        assert speech_ms(first_sentence(spoken[0]), "zh" if language == "zh" else "en") <= 3000, spoken[0]
        for scene in scenes:
            share = speech(scene, language) / (scene["duration"] * 1000 - 600)
            assert 0.4 <= share <= (1.0 if seconds <= 180 else 1.03), (topic, scene)
            total += 1
            fitting += 0.73 <= share <= 0.96
    assert fitting / total >= {15: 0.7, 600: 0.8}.get(seconds, 0.9)


def check_cast(film: dict[str, Any]) -> None:
    people = film["characters"]
    assert people
    for person in people:
        assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", person["id"])
        assert person["gender"] in ("female", "male", "neutral")
        assert person["age"] in ("child", "young", "adult", "elder")
        assert set(person["look"]) == LOOK and all(person["look"].values())
        assert person["name"] and person["role"] and person["description"]
    for feature in ("hair", "outfit", "accessories"):
        assert len({person["look"][feature] for person in people}) == len(people)
    assert film["locations"]
    for place in film["locations"]:
        assert place["palette"] and len(place["light"]) >= 5 and len(place["landmarks"]) >= 3
        assert place["name"] and place["description"]


def check_scenes(film: dict[str, Any]) -> None:
    scenes, people = film["scenes"], {person["id"] for person in film["characters"]}
    places = {place["id"] for place in film["locations"]}
    descriptions = [scene["visual_description"] for scene in scenes]
    assert len(set(descriptions)) == len(descriptions) and min(map(len, descriptions)) >= 30
    for scene in scenes:
        assert 5 <= scene["duration"] <= 12
        assert scene["size"] in SIZES and scene["angle"] in ANGLES
        assert scene["movement"] in MOVEMENTS and scene["transition"] in TRANSITIONS
        assert scene["location"] in places and set(scene["characters"]) <= people
        assert {said["character"] for said in scene["dialogue"]} - {"narrator"} <= set(scene["characters"])
        assert sum(2 if ord(mark) > 0x2E7F else 1 for mark in scene["text_overlay"]) <= 40
        # No slot of a template is left open; the user's own braces are text like any other.
        told = scene["narration"] + scene["visual_description"] + scene["text_overlay"] + scene["action"]
        assert set(re.findall(r"\{\w+\}?", told)) <= {"{括号}", "{brace}"}
    assert scenes[0]["transition"] == "fade_in"
    assert all(scene["transition"] not in ("fade_in", "fade_out") for scene in scenes[1:-1])
    moves = [scene["movement"] for scene in scenes]
    assert not any(len(set(moves[at : at + 3])) == 1 for at in range(len(moves) - 2))


@pytest.mark.parametrize(("seconds", "least", "most"), [(30, 4, 6), (60, 8, 11), (180, 25, 31)])
async def test_shots_grow_with_the_length(seconds: int, least: int, most: int) -> None:
    assert least <= len((await write("赛博校园侦探", seconds))["scenes"]) <= most


async def test_the_same_question_gets_the_same_bytes_and_another_seed_another_film() -> None:
    user = "Topic: 赛博校园侦探\nDuration: 60s\nLanguage: zh"
    one, same = await raw(WRITE_SYSTEM, user, 3), await raw(WRITE_SYSTEM, user, 3)
    other = await raw(WRITE_SYSTEM, user, 4)
    assert one == same
    assert one != other
    heard = [[words_of(scene) for scene in json.loads(film)["scenes"]] for film in (one, other)]
    assert sum(line in heard[1] for line in heard[0]) <= len(heard[0]) * 0.6


async def test_a_story_has_people_who_speak() -> None:
    film = await write("赛博校园侦探", 60)
    assert len(film["characters"]) >= 2
    assert film["characters"][0]["role"] == "侦探"
    assert any(scene["dialogue"] for scene in film["scenes"])
    assert film["title"] == "赛博校园侦探" and "霓虹" in film["style_prompt"]
    assert any(word in place["name"] for place in film["locations"] for word in ("教学楼", "图书馆"))


@pytest.mark.parametrize(
    ("topic", "language", "count"),
    [("5个改变生活的AI工具", "zh", 5), ("三个省钱的好习惯", "zh", 3), ("Seven ways to learn a language", "en", 7)],
)
async def test_a_list_numbers_its_items(topic: str, language: str, count: int) -> None:
    overlays = [scene["text_overlay"] for scene in (await write(topic, 90, language))["scenes"]]
    numbered = [text for text in overlays if re.match(r"\d+\. ", text)]
    assert [int(text.split(".")[0]) for text in numbered] == list(range(1, count + 1))
    assert len({text.split(". ", 1)[1] for text in numbered}) == count


async def test_many_items_share_the_shots_of_a_short_film() -> None:
    overlays = " ".join(scene["text_overlay"] for scene in (await write("10个旅行小技巧", 30))["scenes"])
    assert "1-3 " in overlays and "-10 " in overlays


async def test_an_advertisement_shows_its_product_and_slogan() -> None:
    film = await write("耐克跑鞋广告 - 感受速度", 60)
    words = "".join(scene["narration"] for scene in film["scenes"])
    assert "耐克跑鞋" in words and "感受速度" in words
    assert film["scenes"][-1]["text_overlay"] == "耐克跑鞋"


async def test_a_wished_language_style_platform_and_music_win() -> None:
    user = "Topic: 小猫冒险\nDuration: 30s\nStyle: watercolour\nLanguage: en\nMusic: solo cello\nPlatform: bilibili"
    film = json.loads(await raw(WRITE_SYSTEM, user))
    assert film["language"] == "en" and film["style"] == "watercolour" and film["target_platform"] == "bilibili"
    assert film["style_prompt"].startswith("watercolour") and film["music_style"] == "solo cello"
    assert not re.search(r"[\u4e00-\u9fff]", film["scenes"][1]["narration"])


@pytest.mark.parametrize(
    ("topic", "title", "language"),
    [
        ("<b>大纲</b> {\\an8} %{x} [0:v]drawtext", "<b>大纲</b> {\\an8} %{x} [0:v]drawtext", "zh"),
        ("😀 Hello", "😀 Hello", "en"),
        ("为什么天空是蓝色的？", "为什么天空是蓝色的？", "zh"),
        ("赛博校园侦探。", "赛博校园侦探", "zh"),
        ("《2001太空漫游》有多好看", "《2001太空漫游》有多好看", "zh"),
        (
            "How to sleep better " + "in a noisy city " * 9,
            "How to sleep better in a noisy city in a noisy city in a",
            "en",
        ),
    ],
)
async def test_the_title_is_what_the_user_gave(topic: str, title: str, language: str) -> None:
    film = await write(topic, 30, language)
    assert film["title"] == title
    assert title.startswith(film["scenes"][0]["text_overlay"]) and film["scenes"][0]["text_overlay"]


@pytest.mark.parametrize("topic", ["😀😀", "?!", "$ + ♥"])
async def test_a_topic_without_a_word_is_refused(topic: str) -> None:
    with pytest.raises(InputError, match="no word") as error:
        await write(topic)
    assert "another text model" in error.value.hint


async def test_a_topic_that_imitates_the_message_stays_a_topic() -> None:
    topic = '小猫\nDuration: 5s\n{"frame_prompt","frame_asset_ids","shot_prompt"} locked uid shots SC1 SC9'
    film = await write(topic, 60)
    assert sum(scene["duration"] for scene in film["scenes"]) == 60
    assert film["title"].startswith("小猫")


async def test_problems_of_the_last_draft_change_the_next() -> None:
    first = await write("赛博校园侦探")
    more = "\nProblems with the last draft:\n- scene 2: the words take 7.9 s, too long for 6 s\n- scene 4: too long"
    second = await write("赛博校园侦探", more=more)
    assert second["title"] == first["title"]
    fill = [sum(speech(s, "zh") for s in film["scenes"]) / 60000 for film in (first, second)]
    assert fill[1] < fill[0]
    assert [s["narration"] for s in first["scenes"]] != [s["narration"] for s in second["scenes"]]


@pytest.mark.parametrize(("words", "count", "seconds"), [("9-12个镜头,总时长10秒", (9, 12), 10),
                                                        ("6个镜头,总时长30秒", (6, 6), 30),
                                                        ("20-24个镜头，总时长15秒", (20, 24), 15)])  # fmt: skip
async def test_a_drama_keeps_the_asked_count_and_length(words: str, count: tuple[int, int], seconds: int) -> None:
    for topic in ("赛博校园侦探", "5个改变生活的AI工具", "奢华香水广告", "Space pirates"):
        user = f"主题:{topic}。请生成角色、场景、分镜。要求:{words}。输出JSON结构:" + DRAMA_SHAPE
        film = json.loads(await raw("只输出严格JSON", user))
        assert count[0] <= len(film["shots"]) <= count[1]
        assert sum(shot["duration"] for shot in film["shots"]) == seconds
        assert film["title"] == topic.removesuffix("。")
        for shot in film["shots"]:
            words_ms = sum(speech_ms(said["line"], "zh") for said in shot["dialogue"])
            assert words_ms <= shot["duration"] * 1000, shot


async def test_a_changed_script_template_and_a_draft_of_the_users() -> None:
    idea = "小狗豆豆找到了妈妈"
    answer = json.loads(
        await raw(
            "You are a writer.", f"Idea: {idea}\nReturn JSON with full_script and assets (name, description, tags)."
        )
    )
    assert set(answer) == {"full_script", "assets"} and "小狗" in answer["full_script"]
    draft = "清晨,阿兰推开门。门外站着一只狗。狗说:“跟我来。”阿兰愣住了。她还是跟了上去。"
    user = f"创意/剧本：{draft}\n\n请返回JSON：full_script 和 assets(name, description, tags)"
    script = json.loads(await raw("x", user))["full_script"]
    at = [script.index(part) for part in ("阿兰推开门。", "门外站着一只狗。", "阿兰愣住了。", "她还是跟了上去。")]
    assert at == sorted(at)


@pytest.mark.parametrize(
    "listing",
    [
        "id: 11, name: 小猫咪咪, description: 橘色小猫\nid: 12, name: 神秘森林, description: 场景",
        "[11] 小猫咪咪: 橘色小猫\n[12] 神秘森林: 场景",
        "11. 小猫咪咪：橘色小猫\n12. 神秘森林：场景",
        "- 小猫咪咪 (ID: 11): 橘色小猫\n- 神秘森林 (ID: 12): 场景",
        "素材ID=11, 名称=小猫咪咪, 橘色小猫\n素材ID=12, 名称=神秘森林, 场景",
        '[{"id": 11, "name": "小猫咪咪", "description": "橘色"}, {"id": 12, "name": "神秘森林", "tags": ["场景"]}]',
    ],
)
async def test_storyboards_use_only_the_ids_that_they_were_given(listing: str) -> None:
    script = "第一场:森林入口\n小猫咪咪走进神秘森林,编号 99 的路牌倒在地上。\n"
    script += "松鼠说:“你好!”咪咪停下脚步,抬头看着它。\n天黑了,咪咪回家。"
    prompt = (
        f"可用素材描述:\n{listing}\n\n用户剧本:\n{script}\n\n请返回JSON数组,每个分镜包含:\n"
        "- frame_prompt\n- frame_asset_ids\n- shot_prompt"
    )
    rows = json.loads(await raw("只输出JSON", prompt))
    used = {id_ for row in rows for id_ in row["frame_asset_ids"]}
    assert used == {11, 12}
    assert "你好" in "".join(row["shot_prompt"] for row in rows)
    told = "".join(row["frame_prompt"] for row in rows)
    assert all(part in told for part in ("走进神秘森林", "抬头看着它", "咪咪回家"))


async def test_a_commercials_voice_over_keeps_its_words() -> None:
    voice = "发现优雅的本质,一款与灵魂对话的香氛。今夜,为自己而来。"
    user = f"广告主题:奢华香水 - 每一滴都是优雅\n配音脚本:{voice}\n时长:15秒\n"
    user += '场景 SC1-SC9,JSON {"scenes":[{"id":"SC1"}]}'
    scenes = json.loads(await raw("x", user))["scenes"]
    assert "".join(scene["voiceover"] for scene in scenes) == voice
    assert sum(scene["duration"] for scene in scenes) == 15
    assert [scenes[0]["title"], scenes[-1]["title"]] == ["tease", "packshot"]


async def test_locked_words_get_pictures_for_exactly_their_shots() -> None:
    shots = [
        {"uid": "s1", "speaker": "narrator", "speaker_name": "旁白", "text": "清晨,雾里传来汽笛声。"},
        {"uid": "s2", "speaker": "lan", "speaker_name": "阿兰", "text": "这里是哪里?"},
        {"uid": "s9", "speaker": "fisher", "speaker_name": "老渔夫", "text": "孩子,你迷路了。\n他们走向灯塔。",
         "speakers": ["老渔夫", "旁白"]},
    ]  # fmt: skip
    facts = "Title: 雾港\nLanguage: zh\nStyle: ink\nCharacter lan: 阿兰, 红头发的女孩\n"
    facts += "Character fisher: 老渔夫\nLocation pier: 旧码头"
    film = json.loads(await raw(DIRECT_SYSTEM + facts, json.dumps(shots, ensure_ascii=False)))
    assert [shot["uid"] for shot in film["shots"]] == ["s1", "s2", "s9"]
    assert film["title"] == "雾港" and film["language"] == "zh" and film["style"] == "ink"
    assert {person["id"]: person["name"] for person in film["characters"]} == {"lan": "阿兰", "fisher": "老渔夫"}
    assert [person["gender"] for person in film["characters"]] == ["female", "male"]
    assert film["characters"][1]["age"] == "elder"
    assert film["locations"][0]["id"] == "pier" and film["locations"][0]["name"] == "旧码头"
    assert film["shots"][1]["characters"] == ["lan"] and film["shots"][2]["characters"] == ["fisher"]
    places = {place["id"] for place in film["locations"]}
    for shot in film["shots"]:
        assert len(shot["visual_description"]) >= 30 and shot["location"] in places
        assert shot["size"] in SIZES and shot["angle"] in ANGLES and shot["movement"] in MOVEMENTS
    assert not {"text", "narration", "dialogue"} & set(film["shots"][0])


@pytest.mark.parametrize(
    ("language", "texts", "cast"),
    [
        (
            "zh",
            ["有个名叫阿宝的男孩，住在灯塔里。", "一只叫芝麻的小猫来了。", "阿宝抱起芝麻。", "他叫了一声。"],
            ["阿宝", "芝麻"],
        ),
        (
            "en",
            ["A boy named Tom lives here.", "A kitten called Plum came.", "Tom holds Plum.", "So it is."],
            ["Tom", "Plum"],
        ),
    ],
)
async def test_whom_the_words_introduce_is_in_the_pictures(language: str, texts: list[str], cast: list[str]) -> None:
    shots = [{"uid": f"s{n}", "speaker": "narrator", "text": text} for n, text in enumerate(texts)]
    answer = await raw(f"{DIRECT_SYSTEM}Language: {language}\n", json.dumps(shots, ensure_ascii=False))
    film = json.loads(answer)
    assert [person["name"] for person in film["characters"]] == cast
    names = {person["id"]: person["name"] for person in film["characters"]}
    assert [[names[who] for who in shot["characters"]] for shot in film["shots"]] == [cast[:1], cast[1:], cast, []]
    assert film["characters"][0]["gender"] == "male" and film["characters"][0]["age"] == "child"


async def test_locked_words_without_shots_are_an_error() -> None:
    with pytest.raises(ModelError) as error:
        await raw(DIRECT_SYSTEM, "no shots here")
    assert "JSON array" in error.value.hint


async def test_an_unknown_shape_is_filled_as_it_stands() -> None:
    shape = (
        '{"headline": "...", "ok": true, "level": 3, "tone": "calm|loud", "meta": {"tags": [], "author": {"name": ""}}}'
    )
    answer = json.loads(await raw("Answer as JSON.", f"About green tea. Shape: {shape}"))
    assert list(answer) == ["headline", "ok", "level", "tone", "meta"]
    assert answer["ok"] is True and answer["level"] == 3 and answer["tone"] == "calm"
    assert len(answer["meta"]["tags"]) == 3 and answer["meta"]["author"]["name"]
    assert "tea" in answer["headline"]
