"""Timelines as documents: those without layers read and write as before; layers that make no sense are refused."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from manju.domain.timeline import Picture, Timeline

LAYERS = [{"path": "shots/a.far.png", "nearness": 0.8}, {"path": "shots/a.near.png", "nearness": 1.3}]


def timeline(**picture: object) -> str:
    shot = {"uid": "a", "frames": 30, "picture": {"path": "shots/a.png", **picture}}
    return json.dumps({"schema": "manju.timeline", "version": 1, "width": 64, "height": 64, "shots": [shot]})


def picture(text: str) -> Picture:
    shown = Timeline.model_validate_json(text).shots[0].picture
    assert isinstance(shown, Picture)
    return shown


def test_a_still_without_layers_says_nothing_of_them() -> None:
    document = Timeline.model_validate_json(timeline())
    assert "layers" not in document.to_json() and picture(timeline()).layers == ()
    assert picture(timeline()).paths == ("shots/a.png",)


def test_layers_are_kept_as_they_are() -> None:
    written = Timeline.model_validate_json(timeline(layers=LAYERS)).to_json()
    assert json.loads(written)["shots"][0]["picture"]["layers"] == LAYERS
    assert Timeline.model_validate_json(written).to_json() == written
    assert picture(written).paths == ("shots/a.png", "shots/a.far.png", "shots/a.near.png")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": "clip", "layers": LAYERS}, "a clip has no layers"),
        ({"layers": LAYERS[:1]}, "one layer is the picture itself"),
        ({"layers": LAYERS * 3}, "at most 4 items"),
        ({"layers": [LAYERS[0], {"path": "../a.png"}]}, "below the film's folder"),
        ({"layers": [LAYERS[0], {"path": "a.png", "nearness": 2.5}]}, "less than or equal to 2"),
        ({"layers": [LAYERS[0], {"path": "a.png", "nearness": -0.1}]}, "greater than or equal to 0"),
        ({"layers": [LAYERS[0], {"path": "a.png", "depth": 1}]}, "Extra inputs are not permitted"),
    ],
)
def test_layers_that_make_no_sense_are_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Timeline.model_validate_json(timeline(**wrong))
