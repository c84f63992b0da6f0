"""The estimate: calls are counted as the stages will make them, and priced by the catalogue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from studio import Studio

from manju.domain.film import FilmSpec, Models, Music, Source
from manju.domain.order import ImageRequest, Request
from manju.errors import InputError
from manju.gateway.catalogue import shipped
from manju.gateway.quotes import listed
from manju.pipeline.estimate import Estimate, estimate

SCRIPT = {
    "title": "雨夜",
    "characters": [{"id": "lin", "name": "林澈"}],
    "scenes": [
        {"narration": "下雨了。", "visual_description": "雨夜的街道，路灯亮着。", "duration": 6},
        {
            "dialogue": [{"character": "lin", "line": "走吧。"}],
            "visual_description": "少女撑开一把红伞。",
            "duration": 8,
        },
        {"visual_description": "空荡荡的车站。", "duration": 7},
    ],
}


def script(**fields: object) -> FilmSpec:
    text = json.dumps(SCRIPT, ensure_ascii=False)
    return FilmSpec.model_validate({"source": Source(kind="script", text=text), **fields})


def one_each(model: str, *requests: Request) -> int:
    """A price list on which every call costs one."""
    return len(requests)


def counts(found: Estimate) -> dict[str, int]:
    return {calls.modality: calls.count for calls in found.calls}


def test_a_script_is_counted_exactly() -> None:
    found = estimate(script(), one_each)
    assert counts(found) == {"image": 4, "speech": 2, "music": 1}
    assert (found.shots, found.seconds, found.exact, found.price) == (3, 21.0, True, 7)
    assert (found.width, found.height) == (1080, 1920)


def test_pictures_that_nobody_described_cost_a_call_for_them() -> None:
    text = "雨下了一夜。街上没有人。\n\n天亮的时候，猫回来了。"
    found = estimate(FilmSpec(source=Source(kind="text", text=text)), one_each)
    assert counts(found)["text"] == 1
    assert "text" not in counts(estimate(script(), one_each))


def test_options_are_counted() -> None:
    assert "music" not in counts(estimate(script(music=Music(kind="none")), one_each))
    assert counts(estimate(script(models=Models(video="offline:animatic")), one_each))["video"] == 3
    wide = estimate(script(platform="bilibili", resolution="720p"), one_each)
    assert (wide.width, wide.height) == (1280, 720)


def test_a_topic_is_guessed_by_its_length() -> None:
    def of(seconds: int | None) -> Estimate:
        return estimate(FilmSpec(source=Source(kind="topic", text="小猫"), seconds=seconds), one_each)

    assert not of(None).exact
    assert of(None).seconds == 60
    assert of(65).shots == 10 and counts(of(65))["speech"] == 10
    assert of(130).shots == 20
    assert of(5).shots == 1


def test_each_model_is_asked_for_its_own_requests() -> None:
    asked: dict[str, list[Request]] = {}

    def price(model: str, *requests: Request) -> int:
        asked[model] = list(requests)
        return 1_000_000 if model == "offline:sketch" else 0

    found = estimate(script(resolution="136x240"), price)
    assert found.price == 1_000_000
    sizes = [(each.width, each.height) for each in asked["offline:sketch"] if isinstance(each, ImageRequest)]
    assert sizes == [(136, 240)] * 3 + [(1536, 1024)]  # three frames and a turnaround
    assert [each.text for each in asked["offline:espeak"] if each.modality == "speech"] == ["下雨了。", "走吧。"]


async def test_the_shipped_models_are_free_and_unknown_ones_refused(studio: Studio) -> None:
    assert estimate(script(), listed(shipped())).price == 0
    with pytest.raises(InputError, match="vendor:none"):
        estimate(script(models=Models(image="vendor:none")), listed(shipped()))


async def test_it_sends_and_writes_nothing(studio: Studio, tmp_path: Path) -> None:
    estimate(script(), listed(shipped()))
    assert await studio.gateway.calls(studio.project_id) == []
    assert studio.folder.names() == []
