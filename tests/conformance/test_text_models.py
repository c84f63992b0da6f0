"""What every text model owes: see `manju.providers.text.base`. Each model answers the prompts of the seeds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from manju.domain.order import Generated, Message, TextRequest
from manju.errors import NotFoundError
from manju.providers import registry

# The prompts of the documents that the product is made from: their words are the contract.
DRAMA_SYSTEM = "你是AI漫剧编剧与分镜导演。你必须只输出严格JSON,不要输出任何多余文字。"
DRAMA_USER = (
    "主题:赛博校园侦探。请生成:1) 角色设定(含外观特征与服饰关键点,方便三视图绘制)2) 场景列表(每场景的光线/色调/道具)"
    "3) 分镜规划(每镜头时长、景别、机位、动作、台词/旁白、画面要点)。要求:9-12个镜头,总时长10秒;镜头可用于Sora2故事板。"
    "输出JSON结构:{title,logline,characters[],scenes[],shots[]}"
)
SCRIPT_TEMPLATE = (
    "基于以下创意或剧本,生成一个完整的视频剧本和所需的素材列表。\n\n创意/剧本:${script_or_idea}\n\n"
    "请返回以下JSON格式的结果:\n"
    '{\n "full_script": "完整的视频剧本内容,包含详细的场景描述、对话、动作等",\n'
    ' "assets": [\n {\n "name": "素材名称",\n'
    ' "description": "素材的详细描述",\n "tags": ["标签1", "标签2", "标签3"]\n }\n ]\n}\n\n要求:\n'
    "1. 完整剧本应该包含影视风格和详细的整个完整故事(大概30~90秒)\n5. 确保返回的是有效的JSON格式,不要包含其他文字"
)
STORYBOARD_TEMPLATE = (
    "请根据以下剧本和素材描述,生成分镜列表。\n\n可用素材描述:\n${materials_description}\n\n用户剧本:\n${script}\n\n"
    "请根据以上信息生成分镜,返回JSON数组格式,每个分镜包含:\n- frame_prompt: 首帧图片生成提示词\n"
    "- frame_asset_ids: 用于生成首帧的素材ID数组\n- shot_prompt: 分镜动态内容提示词\n\n"
    "请确保返回的是有效的JSON数组格式,不要包含其他文字。"
)
SHORT_VIDEO_SYSTEM = """
You are a short-video scriptwriter. Generate scripts in structured JSON format.

Rules:
1. Each scene has narration (voiceover text) and visual_description (image prompt)
2. Total duration should match duration_target (in seconds)
3. Each scene: 5-12 seconds
4. Narration: conversational, use hooks in first 3 seconds
5. Visual descriptions: specific, detailed, suitable for AI image generation
6. Include text_overlay for key points
7. Suggest transitions between scenes

Output format: JSON with scenes array as shown in the schema.
"""
SHORT_VIDEO_FIELDS = {"title", "duration_target", "style", "scenes", "music_style", "target_platform"}
SCENE_FIELDS = {"scene_id", "narration", "visual_description", "duration", "text_overlay", "transition"}


class NoReferences:
    def read(self, sha256: str) -> bytes:
        raise NotFoundError(f"no artefact {sha256}")


async def chat(model: str, user: str, *, system: str = "", json_reply: bool = False, seed: int = 0) -> Generated:
    messages = (Message(role="system", content=system),) if system else ()
    request = TextRequest(messages=(*messages, Message(role="user", content=user)), json_reply=json_reply, seed=seed)
    return await registry.load("text", model).generate(request, NoReferences())


async def value(model: str, user: str, *, system: str = "", json_reply: bool = True) -> Any:
    generated = await chat(model, user, system=system, json_reply=json_reply)
    assert generated.artefacts[0].suffix == ".json"
    return json.loads(generated.artefacts[0].data)


@pytest.fixture(params=registry.names("text"))
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_a_plain_question_gets_text(model: str) -> None:
    generated = await chat(model, "Tell me about lighthouses.")
    assert [artefact.role for artefact in generated.artefacts] == ["main"]
    assert generated.artefacts[0].suffix == ".txt"
    assert len(generated.artefacts[0].data.decode("utf-8")) > 100
    assert generated.facts["finish_reason"] == "stop"
    assert generated.facts["input_tokens"] >= 0 and generated.facts["output_tokens"] >= 0


async def test_seed_000_drama(model: str) -> None:
    film = await value(model, DRAMA_USER, system=DRAMA_SYSTEM, json_reply=False)
    assert list(film) == ["title", "logline", "characters", "scenes", "shots"]
    assert 9 <= len(film["shots"]) <= 12
    assert sum(shot["duration"] for shot in film["shots"]) == 10
    for character in film["characters"]:
        for field in ("name", "role", "hair", "eyes", "outfit", "accessories", "shoes", "build", "proportions"):
            assert character[field], field
    for scene in film["scenes"]:
        assert scene["light"] and scene["palette"] and scene["props"]
    for shot in film["shots"]:
        assert shot["size"] and shot["angle"] and shot["action"] and len(shot["description"]) >= 30
    assert any(shot["dialogue"] or shot["narration"] for shot in film["shots"])


async def test_seed_001_script_and_assets(model: str) -> None:
    idea = "一个关于小猫冒险的故事,小猫在森林里遇到了各种动物朋友"
    answer = await value(model, SCRIPT_TEMPLATE.replace("${script_or_idea}", idea), json_reply=False)
    assert set(answer) == {"full_script", "assets"}
    assert len(answer["full_script"]) > 300 and "小猫" in answer["full_script"]
    assert len(answer["assets"]) >= 3
    for asset in answer["assets"]:
        assert set(asset) == {"name", "description", "tags"}
        assert asset["name"] and len(asset["description"]) >= 10 and asset["tags"]


async def test_seed_001_storyboards(model: str) -> None:
    prompt = STORYBOARD_TEMPLATE.replace(
        "${materials_description}",
        "id: 7, name: 女孩, description: 穿白色连衣裙\nid: 9, name: 海滩, description: 场景,日出",
    ).replace(
        "${script}", "清晨,女孩在海边醒来。她看见远处的灯塔。海滩上只有一串脚印。她决定跟着脚印走。脚印通向灯塔。"
    )
    rows = await value(model, prompt, json_reply=False)
    assert isinstance(rows, list) and len(rows) >= 2
    for row in rows:
        assert set(row) == {"frame_prompt", "frame_asset_ids", "shot_prompt"}
        assert set(row["frame_asset_ids"]) <= {7, 9}
        assert row["frame_prompt"] and row["shot_prompt"]
    assert any(row["frame_asset_ids"] for row in rows)


async def test_seed_002_nine_scenes(model: str) -> None:
    prompt = '广告主题:耐克跑鞋 - 感受速度\n时长:15秒\n生成SC1-SC9九个场景,返回JSON:{"scenes":[{"id":"SC1"}]}'
    scenes = (await value(model, prompt))["scenes"]
    assert [scene["id"] for scene in scenes] == [f"SC{number}" for number in range(1, 10)]
    assert len({scene["description"] for scene in scenes}) == 9
    assert "耐克跑鞋" in json.dumps(scenes, ensure_ascii=False)


async def test_seed_002_as_lines(model: str) -> None:
    generated = await chat(model, "为广告写SC1到SC9九个场景。\n广告主题:耐克跑鞋 - 感受速度")
    assert generated.artefacts[0].suffix == ".txt"
    lines = generated.artefacts[0].data.decode("utf-8").splitlines()
    assert [line.split(":")[0] for line in lines] == [f"SC{number}" for number in range(1, 10)]


async def test_seed_004_short_video(model: str) -> None:
    script = await value(
        model, "Topic: 5个改变生活的AI工具\nDuration: 60s\nStyle: informative", system=SHORT_VIDEO_SYSTEM
    )
    assert set(script) == SHORT_VIDEO_FIELDS
    assert script["duration_target"] == 60 and script["style"] == "informative"
    assert abs(sum(scene["duration"] for scene in script["scenes"]) - 60) <= 5
    assert len(script["scenes"][0]["narration"]) <= 50
    for scene in script["scenes"]:
        assert set(scene) == SCENE_FIELDS
        assert 5 <= scene["duration"] <= 12 and scene["narration"] and len(scene["visual_description"]) >= 30


async def test_json_in_an_unknown_shape(model: str) -> None:
    answer = await value(model, 'About tea. Return JSON: {"headline": "...", "points": ["..."], "score": 3}')
    assert {"headline", "points", "score"} <= set(answer)
