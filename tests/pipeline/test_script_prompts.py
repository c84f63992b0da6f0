"""Every picture's prompt carries what must stay the same."""

from __future__ import annotations

import pytest

from manju.domain.screenplay import Language, Screenplay
from manju.pipeline.prompts import frame_prompt, frame_request, shot_prompt, turnaround_request


def film(language: Language = "zh") -> Screenplay:
    return Screenplay.model_validate(
        {
            "schema": "manju.screenplay",
            "title": "雨夜",
            "language": language,
            "style": "赛博朋克",
            "style_prompt": "全片统一画风：赛博朋克。",
            "duration_target_ms": 5000,
            "characters": [
                {
                    "uid": "lin",
                    "name": "林澈",
                    "description": "学生侦探",
                    "voice": {"gender": "female", "age": "young"},
                    "look": {
                        "hair": "银色短发", "eyes": "蓝眼", "build": "瘦高", "outfit": "黑校服",
                        "accessories": "发光臂章", "shoes": "白球鞋", "proportions": "七头身",
                    },
                },
                {"uid": "shi", "name": "老师"},
            ],
            "scenes": [
                {"uid": "hall", "name": "走廊", "description": "旧教学楼", "palette": "青紫", "light": "左侧霓虹",
                 "landmarks": ["公告栏", "售货机"]}
            ],
            "props": [{"uid": "badge", "name": "校徽", "description": "发蓝光"}],
            "shots": [
                {
                    "uid": "s01", "scene": "hall", "characters": ["lin", "shi"], "props": ["badge"], "size": "close",
                    "angle": "low", "movement": "tilt_up", "description": "林澈抬头。", "action": "手指划过臂章",
                    "duration_ms": 5000,
                }
            ],
        }
    )  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_frame_prompt_has_prefix_features_place_and_camera_in_order(language: Language) -> None:
    screenplay = film(language)
    prompt = frame_prompt(screenplay, screenplay.shots[0])
    assert prompt.startswith("全片统一画风：赛博朋克")
    wanted = ["主体", "场景", "镜头", "光照", "细节", "风格"]
    if language == "en":
        wanted = ["Subject", "Scene", "Camera", "Light", "Details", "Style"]
    places = [prompt.index(word) for word in wanted]
    assert places == sorted(places)
    for text in screenplay.characters[0].look.model_dump().values():
        assert text in prompt
    for text in (
        "林澈抬头",
        "手指划过臂章",
        "学生侦探",
        "老师",
        "校徽",
        "旧教学楼",
        "青紫",
        "左侧霓虹",
        "公告栏",
        "售货机",
    ):
        assert text in prompt
    assert ("近景" if language == "zh" else "close-up") in prompt
    assert ("仰拍" if language == "zh" else "low angle") in prompt
    assert "。。" not in prompt and ".." not in prompt


def test_a_frame_request_repeats_it_in_structured_form() -> None:
    screenplay = film()
    request = frame_request(screenplay, screenplay.shots[0], 1080, 1920, seed=7)
    assert request.prompt == frame_prompt(screenplay, screenplay.shots[0])
    assert (request.width, request.height, request.seed, request.purpose) == (1080, 1920, 7, "frame")
    assert (request.palette, request.light, request.landmarks) == ("青紫", "左侧霓虹", ("公告栏", "售货机"))
    assert [figure.name for figure in request.figures] == ["林澈", "老师"]
    assert len(request.figures[0].features) == 7


def test_a_shots_own_prompts_replace_the_composed_ones() -> None:
    screenplay = film()
    own = screenplay.shots[0].model_copy(update={"frame_prompt": "mine", "shot_prompt": "mine too"})
    assert (frame_prompt(screenplay, own), shot_prompt(screenplay, own)) == ("mine", "mine too")
    assert "镜头上摇" in shot_prompt(screenplay, screenplay.shots[0])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["正面、侧面、背面", "白色背景", "线稿", "一致", "禁止：真人写真、摄影、复杂背景"]),
        ("en", ["front, side and back", "white background", "Forbidden: real people, photography, complex background"]),
    ],
)
def test_a_turnaround_is_three_views_with_everything_forbidden(language: Language, words: list[str]) -> None:
    screenplay = film(language)
    request = turnaround_request(screenplay, screenplay.characters[0], seed=3)
    assert (request.purpose, request.title, request.seed) == ("turnaround", "林澈", 3)
    for text in (*words, "林澈", "银色短发", "七头身", "赛博朋克"):
        assert text in request.prompt
