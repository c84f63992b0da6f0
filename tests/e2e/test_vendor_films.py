"""Whole films by vendors' models: ``manju make`` with channels in manju.toml, against emulators of their wire formats.

What is bought is counted where it is bought: at the vendors.
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from program import SMALL, Done, Program

from manju.domain.money import micros
from manju.gateway.catalogue import shipped
from manju.media.probe import probe
from vendors.elevenlabs_speech import ElevenLabsEmulator
from vendors.emulator import KEY, Emulator, Fault
from vendors.openai_text import OpenAITextEmulator
from vendors.relay_image import RelayImageEmulator
from vendors.relay_video import RelayVideoEmulator

LOOK = {
    "hair": "银色短发",
    "eyes": "灰色",
    "build": "瘦小",
    "outfit": "黄色雨衣",
    "accessories": "铜哨",
    "shoes": "黑色雨靴",
    "proportions": "五头身",
}
SCRIPT: dict[str, Any] = {
    "title": "雨夜的信",
    "logline": "一封迟到的信。",
    "duration_target": 15,
    "style": "水墨动画",
    "style_prompt": "水墨动画，冷色调，左侧光",
    "music_style": "calm piano, 80 BPM",
    "language": "zh",
    "characters": [
        {"id": "lin", "name": "林澈", "role": "邮差", "gender": "female", "age": "young", "look": LOOK},
        {"id": "su", "name": "苏晚", "role": "收信人", "gender": "male", "age": "elder", "look": LOOK},
    ],
    "locations": [
        {"id": "street", "name": "老街", "palette": "青灰", "light": "左侧的路灯", "landmarks": ["绿色邮筒"]}
    ],
    "scenes": [
        {
            "scene_id": 1,
            "narration": "雨夜，有人敲门。",
            "visual_description": "林澈穿着黄色雨衣站在雨夜的老街上，手里拿着一封信，路灯从左侧照来。",
            "duration": 5,
            "transition": "fade_in",
            "location": "street",
            "characters": ["lin"],
        },
        {
            "scene_id": 2,
            "dialogue": [{"character": "lin", "line": "您的信，迟了十年。", "emotion": "平静"}],
            "visual_description": "林澈把信递给门口的苏晚，两人隔着雨帘相望，灯光昏黄。",
            "duration": 5,
            "transition": "cut",
            "location": "street",
            "characters": ["lin", "su"],
        },
        {
            "scene_id": 3,
            "narration": "他没有拆，只是笑了。",
            "visual_description": "空荡荡的老街，绿色邮筒立在雨里，灯光慢慢熄灭，水面泛着涟漪。",
            "duration": 5,
            "transition": "fade_out",
            "location": "street",
            "characters": [],
        },
    ],
}
REPLY = f"好的，这是剧本：\n```json\n{json.dumps(SCRIPT, ensure_ascii=False)}\n```\n希望您喜欢！"
"""As models reply that cannot be held to JSON: in prose."""
TOPIC = ("make", "雨夜的信", "--seconds", "15", "--out", "film", *SMALL)
MODELS = (*("--text-model", "gpt-4o", "--image-model", "nano-banana-2", "--speech-model", "eleven_multilingual_v2"),)
CLIPS = ("--video-model", "sora-2")
TOML = """
[channels.chat]
vendor = "relay"
base_url = "{text}"
key = {{ env = "CHAT_KEY" }}
models = {{ "gpt-4o" = "gpt-4o" }}

[channels.pictures]
vendor = "relay"
base_url = "{image}"
key = {{ file = "{key}" }}
concurrency = 2
read_s = 2.0
models = {{ "nano-banana-2" = {{ model = "nano-banana-2", cost = "0.50" }}, "FLUX.1-schnell" = "nano-banana-2" }}
options = {{ fields = "aspect_ratio,image_size,seed", part = "image" }}

[channels.voices]
vendor = "elevenlabs"
base_url = "{speech}"
key = {{ env = "CHAT_KEY" }}
models = {{ "eleven_multilingual_v2" = "eleven_multilingual_v2" }}

[channels.clips]
vendor = "relay"
base_url = "{video}"
key = {{ env = "CHAT_KEY" }}
poll_s = 0.05
read_s = 2.0
models = {{ "sora-2" = "veo3.1-fast", "wan2.7-t2v" = "veo3.1-fast" }}
"""


class Talker(OpenAITextEmulator):
    """Says one reply after another, the last one ever after."""

    def __init__(self) -> None:
        super().__init__()
        self.replies = [REPLY]

    def bought(self, order: Any) -> None:
        super().bought(order)
        self.said = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class Town:
    """The vendors, and the program beside them."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.text, self.image, self.speech = Talker(), RelayImageEmulator(), ElevenLabsEmulator()
        self.video = RelayVideoEmulator()
        self.video.model = "veo3.1-fast"

    @property
    def vendors(self) -> dict[str, Emulator]:
        return {"text": self.text, "image": self.image, "speech": self.speech, "video": self.video}

    def open(self) -> None:
        """Write down where the vendors are."""
        data = self.program.data
        data.mkdir()
        (data / "key").write_text(KEY + "\n", "utf-8")
        urls = {name: vendor.url for name, vendor in self.vendors.items()}
        (data / "manju.toml").write_text(TOML.format(key=data / "key", **urls), "utf-8")
        self.program.environment["CHAT_KEY"] = KEY

    async def run(self, *arguments: str, code: int = 0) -> Done:
        return await asyncio.to_thread(self.program.run, *arguments, code=code)

    def ask(self, query: str) -> list[Any]:
        """Rows of the installation's database."""
        with closing(sqlite3.connect(self.program.data / "manju.db")) as database:
            return database.execute(query).fetchall()

    def bought(self) -> dict[str, int]:
        """How many orders each vendor has taken, in so far as it has."""
        return {name: len(vendor.orders) for name, vendor in self.vendors.items() if vendor.orders}

    def pictures(self) -> Counter[str]:
        """The prompts of the pictures, and how often each was bought."""
        return Counter(order["prompt"] for order in self.image.orders)

    @property
    def folder(self) -> Path:
        return self.program.root / "film"

    @property
    def manifest(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        return body


@pytest.fixture
async def town(program: Program) -> AsyncIterator[Town]:
    town = Town(program)
    async with AsyncExitStack() as stack:
        for vendor in town.vendors.values():
            await stack.enter_async_context(vendor)
        town.open()
        yield town


WHOLE = {"text": 1, "image": 5, "speech": 3}
"""What the film of `SCRIPT` takes: two turnarounds and three frames, three lines."""


async def test_a_topic_becomes_a_film_and_every_purchase_is_told(town: Town) -> None:
    done = await town.run(*TOPIC, *MODELS, *CLIPS, "--budget", "50")
    assert town.bought() == WHOLE | {"video": 3}
    assert set(town.pictures().values()) == {1}
    assert done.last == str(town.folder / "film.mp4")
    found = probe(town.folder / "film.mp4")
    assert found.video is not None and found.audio is not None and 14_000 <= found.duration_ms <= 20_000
    assert json.loads((town.folder / "screenplay.json").read_text("utf-8"))["title"] == "雨夜的信"
    assert {path.suffix for path in (town.folder / "shots").iterdir()} == {".png", ".mp4"}

    manifest = town.manifest
    assert any("its clip ends 4.0 s before it does" in note for note in manifest["notes"])
    paid = [call for call in manifest["calls"] if call["price"]]
    assert len(paid) == 12 and {call["state"] for call in paid} == {"SUCCEEDED"}
    ways = {call["kind"]: (call["model"], call["upstream_model"], call["channel"]) for call in manifest["calls"]}
    assert ways == {
        "script": ("gpt-4o", "gpt-4o-2024-11-20", "chat"),
        "turnaround": ("nano-banana-2", "nano-banana-2", "pictures"),
        "frame": ("nano-banana-2", "nano-banana-2", "pictures"),
        "voice": ("eleven_multilingual_v2", "eleven_multilingual_v2", "voices"),
        "clip": ("sora-2", "veo3.1-fast", "clips"),
        "music": ("offline:synth", "offline:synth", "offline"),
    }
    frame = next(call for call in paid if call["kind"] == "frame")
    assert frame["cost"] == frame["price"] == shipped().entry("nano-banana-2").price / 1e6
    assert frame["upstream_cost"] == 0.5
    assert micros(str(round(sum(call["cost"] for call in paid), 6))) == micros(str(manifest["cost"]))
    (entries,) = town.ask("SELECT sum(amount), count(*) FROM ledger WHERE kind != 'grant'")
    assert entries == (-micros(str(manifest["cost"])), 24)  # held and captured, twelve times
    assert f"¥{manifest['cost']:.2f}" in done.err
    assert KEY not in done.out + done.err + json.dumps(manifest)

    assert (await town.run(*TOPIC, *MODELS, *CLIPS, "--resume")).last == done.last
    assert town.bought() == WHOLE | {"video": 3}
    assert town.manifest == manifest


async def test_the_pictures_of_a_shots_characters_go_along_and_the_model_is_told_who_is_who(town: Town) -> None:
    await town.run(*TOPIC, *MODELS, "--stop-after", "storyboard")
    sheets = {name: (town.folder / f"characters/{name}.png").read_bytes() for name in ("lin", "su")}
    by_shown = {len(order["pictures"]): order for order in town.image.orders}
    both, one, none = by_shown[2], by_shown[1], by_shown[0]
    assert both["pictures"] == [sheets["lin"], sheets["su"]]
    assert "参考图1是林澈，参考图2是苏晚" in both["prompt"]
    assert one["pictures"] == [sheets["lin"]] and "参考图1是林澈" in one["prompt"]
    assert "参考图" not in none["prompt"]
    assert not re.search(r"\blin\b|\bsu\b", both["prompt"])


async def test_models_that_take_no_pictures_are_sent_none(town: Town) -> None:
    models = ("--image-model", "FLUX.1-schnell", "--video-model", "wan2.7-t2v")
    done = await town.run(*TOPIC, *models, "--text-model", "gpt-4o", "--stop-after", "storyboard")
    assert town.bought() == {"text": 1, "image": 5, "video": 3}
    assert not any(order["pictures"] for order in town.image.orders)
    assert not any("images" in task.order for task in town.video.tasks.values())
    assert "FLUX.1-schnell takes no pictures of characters" in done.err
    assert "wan2.7-t2v takes no first frame" in done.err


async def test_an_estimate_of_a_script_is_what_it_costs(town: Town) -> None:
    (town.program.root / "script.json").write_text(json.dumps(SCRIPT, ensure_ascii=False), "utf-8")
    town.video.seconds = 8  # as ordered; a shorter one would cost less
    options = ("script.json", *SMALL, *MODELS, *CLIPS)
    told = (await town.run("estimate", *options, "--json")).events[-1]
    assert town.bought() == {}
    done = await town.run("make", *options, "--out", "film", "--json")
    assert done.events[-1]["cost"] == pytest.approx(told["price"], abs=1e-6)
    assert {call["modality"]: call["calls"] for call in told["calls"]} == town.bought() | {"music": 1}
    assert told["exact"] and "text" not in town.bought()


async def test_a_reply_that_is_no_script_is_told_to_the_model_and_asked_again(town: Town) -> None:
    town.text.replies = ["抱歉，我先想想。", '{"title": "雨夜", "scenes": []}', REPLY]
    await town.run(*TOPIC, *MODELS, "--stop-after", "script")
    assert town.bought() == {"text": 3}
    asked = [order["messages"][-1]["content"] for order in town.text.orders]
    assert "Problems with the last draft" not in asked[0] and "no prose" in asked[1]
    await town.run(*TOPIC, *MODELS, "--stop-after", "script", "--resume")
    assert town.bought() == {"text": 3}


async def test_a_budget_stops_before_the_call_and_more_of_it_goes_on(town: Town) -> None:
    failed = await town.run(*TOPIC, *MODELS, "--budget", "2.50", code=1)
    assert "and the budget of ¥2.50 has" in failed.err and "Nothing was sent" in failed.err
    some = town.bought()
    assert some["image"] < WHOLE["image"]
    (hint,) = [line for line in failed.err.splitlines() if "--budget MORE" in line]
    again = shlex.split(hint.partition("Go on with: manju ")[2].replace("MORE", "20"))
    assert again.count("--budget") == 1 and "--resume" in again
    await town.run(*again)
    assert town.bought() == WHOLE and set(town.pictures().values()) == {1}
    assert town.manifest["spec"]["budget"] == "20"


async def test_a_refused_shot_is_named_and_mended_by_an_edit(town: Town) -> None:
    town.image.fail(town.image.refusal("moderation"), path="/images/edits")
    failed = await town.run(*TOPIC, *MODELS, "--stop-after", "storyboard", code=1)
    named = re.search(r"manju: (s0[12])/frame by nano-banana-2: ", failed.err)
    assert named is not None and "内容安全审核未通过" in failed.err
    before = town.bought()
    path = town.folder / "screenplay.json"
    screenplay = json.loads(path.read_text("utf-8"))
    (shot,) = [shot for shot in screenplay["shots"] if shot["uid"] == named[1]]
    shot["description"] = "林澈站在雨夜的老街上，手里拿着一封信，抬头望着灯光。"
    path.write_text(json.dumps(screenplay, ensure_ascii=False), "utf-8")
    await town.run(*TOPIC, *MODELS, "--stop-after", "storyboard", "--resume")
    assert before["image"] < 5 and town.bought() == WHOLE and set(town.pictures().values()) == {1}
    refused = [call for call in town.manifest["calls"] if call["state"] == "FAILED"]
    assert [(call["subject"], call["cost"]) for call in refused] == [(named[1], 0)]


async def doubtful(town: Town, *options: str) -> str:
    """A run that lost an answer, ended, and goes nowhere before a person decides; gives the order's id."""
    waiting = await town.run(*TOPIC, *MODELS, *options, code=3)
    before = town.bought()
    (doubt,) = (await town.run("orders", "list", "--json")).events
    for told in (waiting, await town.run(*TOPIC, *MODELS, *options, "--resume", code=3)):
        assert "an order of this film may have been made or not" in told.err and doubt["id"] in told.err
        assert "manju orders found | buy-again | release" in told.err and "--resume" in told.err
    assert town.bought() == before
    assert town.ask("SELECT DISTINCT state FROM runs") == [("WAITING",)]
    return str(doubt["id"])


@pytest.mark.parametrize("fault", ["lost", "stall"])
@pytest.mark.parametrize("decision", ["buy-again", "release"])
async def test_a_lost_answer_waits_for_a_person_who_has_it_bought_again(town: Town, fault: Any, decision: str) -> None:
    town.image.fail(Fault(fault), path="/images/")
    order = await doubtful(town)
    lost = town.image.orders[0]["prompt"]
    await town.run("orders", decision, order)
    await town.run(*TOPIC, *MODELS, "--resume")
    assert town.bought() == WHOLE | {"image": 6}
    assert town.pictures()[lost] == 2 and sorted(town.pictures().values()) == [1, 1, 1, 1, 2]
    frames = [call for call in town.manifest["calls"] if call["kind"] in ("turnaround", "frame")]
    assert len(frames) == 5 and sum(call["cost"] for call in frames) == pytest.approx(5 * 0.9648)


async def test_a_lost_task_that_a_person_found_is_fetched_and_not_bought_again(town: Town) -> None:
    town.video.fail(Fault("lost"), path="/v2/videos/generations")
    order = await doubtful(town, *CLIPS)
    await town.run("orders", "found", order, "--id", "task-1")
    await town.run(*TOPIC, *MODELS, *CLIPS, "--resume")
    assert town.bought() == WHOLE | {"video": 3}


async def test_without_a_channel_the_offline_model_stands_in_and_it_is_said(town: Town) -> None:
    (town.program.data / "manju.toml").unlink()
    models = (*MODELS, "--music-model", "suno", *CLIPS)
    done = await town.run(*TOPIC, *models, "--budget", "0")
    assert town.bought() == {}
    stands_in = {
        "gpt-4o": "offline:outline",
        "nano-banana-2": "offline:sketch",
        "eleven_multilingual_v2": "offline:espeak",
        "suno": "offline:synth",
        "sora-2": "offline:animatic",
    }
    for model, offline in stands_in.items():
        told = f"no channel serves {model}: {offline} stands in for it"
        assert done.err.count(told) == 1 and told in town.manifest["notes"]
    assert {call["model"] for call in town.manifest["calls"]} == set(stands_in.values())
    assert town.manifest["cost"] == 0 and town.manifest["spec"]["models"]["video"] == "sora-2"
    estimate = await town.run("estimate", "雨夜的信", *models)
    assert "no channel serves sora-2: offline:animatic stands in for it, free" in estimate.out
    assert estimate.last == "¥0.00"


async def test_what_was_paid_for_is_kept_after_an_edit_until_it_is_to_be_bought_anew(town: Town) -> None:
    until = ("--stop-after", "storyboard")
    await town.run(*TOPIC, *MODELS, *until)
    picture = (town.folder / "shots/s03.png").read_bytes()
    path = town.folder / "screenplay.json"
    screenplay = json.loads(path.read_text("utf-8"))
    screenplay["shots"][2]["description"] = "天亮了，老街上空无一人，一只猫蹲在绿色邮筒上。"
    path.write_text(json.dumps(screenplay, ensure_ascii=False), "utf-8")

    kept = await town.run(*TOPIC, *MODELS, *until, "--resume")
    assert "s03/frame is not what is asked for now: take 1 is kept" in kept.err
    assert "--redo-paid buys this anew for ¥0.9648" in kept.err
    assert town.bought() == WHOLE and (town.folder / "shots/s03.png").read_bytes() == picture

    assert "goes with --resume" in (await town.run(*TOPIC, *MODELS, "--redo-paid", code=2)).err
    bought = await town.run(*TOPIC, *MODELS, *until, "--resume", "--redo-paid")
    assert "is not what is asked for" not in bought.err
    assert town.bought() == WHOLE | {"image": 6} and "一只猫" in town.image.orders[-1]["prompt"]
    assert (town.folder / "shots/s03.png").read_bytes() != picture

    for _ in range(2):
        assert "is not what is asked for" not in (await town.run(*TOPIC, *MODELS, *until, "--resume")).err
    assert town.bought() == WHOLE | {"image": 6}
    screenplay["shots"][2]["description"] = "天黑了，老街上空无一人，只有绿色邮筒和一盏灯。"
    path.write_text(json.dumps(screenplay, ensure_ascii=False), "utf-8")
    await town.run("render", "film")
    assert town.bought() == WHOLE | {"image": 6}
    await town.run("render", "film", "--redo-paid")
    assert town.bought() == WHOLE | {"image": 7} and "一盏灯" in town.image.orders[-1]["prompt"]


async def test_a_script_that_was_paid_for_is_written_anew_on_demand(town: Town) -> None:
    until = ("--stop-after", "script")
    await town.run(*TOPIC, *MODELS, *until)
    go_on = (*TOPIC, *MODELS, *until, "--resume")
    for _ in range(2):
        kept = await town.run(*go_on, "--style", "剪纸")
        assert "screenplay/try-1/script is not what is asked for now" in kept.err and town.bought() == {"text": 1}
    town.text.replies = [REPLY.replace("雨夜的信", "剪纸的信")]
    await town.run(*go_on, "--redo-paid")
    assert town.bought() == {"text": 2} and "剪纸" in town.text.orders[-1]["messages"][-1]["content"]
    assert json.loads((town.folder / "screenplay.json").read_text("utf-8"))["title"] == "剪纸的信"
    assert "is not what is asked for" not in (await town.run(*go_on)).err
    assert town.bought() == {"text": 2}
