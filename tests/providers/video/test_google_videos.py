"""What Veo and Gemini Omni do that other vendors of clips do not."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest

from manju.domain.order import Artefact
from manju.errors import RejectedError
from manju.providers.upstream import Answer, Pending, Remote, look_failed
from manju.providers.video.omni import OmniVideos
from manju.providers.video.veo import VeoVideos
from vendors import google_errors
from vendors.emulator import Fault
from vendors.omni_video import OmniVideoEmulator
from vendors.veo_video import VeoVideoEmulator
from vendors.video_lab import Lab, Vendor, opened
from vendors.video_tasks import clip, picture


@pytest.fixture
async def veo() -> AsyncIterator[Lab]:
    async with opened(Vendor(VeoVideos, VeoVideoEmulator)) as laboratory:
        yield laboratory


@pytest.fixture
async def omni() -> AsyncIterator[Lab]:
    async with opened(Vendor(OmniVideos, OmniVideoEmulator)) as laboratory:
        yield laboratory


# Both


async def test_a_clip_is_fetched_with_the_key_from_this_channel_only(veo: Lab, omni: Lab) -> None:
    for lab in (veo, omni):
        file = (await lab.finish(await lab.submit())).files[0]
        assert isinstance(file, Remote)
        before = len(lab.emulator.seen)
        assert await lab.adapter().fetch(file) == clip()
        asked, got = lab.emulator.seen[before:]
        assert asked.headers["x-goog-api-key"] == lab.emulator.key
        assert "x-goog-api-key" not in got.headers
        with lab.refused(RejectedError, "gone"):
            await lab.roaming(base_url="http://127.0.0.1:1").fetch(file)
        assert "x-goog-api-key" not in lab.emulator.seen[-1].headers


async def test_a_relay_may_want_a_bearer_and_have_a_version_in_its_address(veo: Lab) -> None:
    veo.emulator.fail(Fault("status", 200, {"name": "models/m/operations/o"}))
    assert (
        await veo.submit(options={"auth": "bearer"}, base_url=f"{veo.emulator.url}/v1beta") == "models/m/operations/o"
    )
    assert veo.emulator.seen[-1].headers["authorization"] == f"Bearer {veo.emulator.key}"
    assert veo.emulator.seen[-1].path == f"/v1beta/models/{veo.emulator.model}:predictLongRunning"


async def test_a_look_that_google_refuses_says_nothing_of_the_task(veo: Lab, omni: Lab) -> None:
    for lab in (veo, omni):
        task = await lab.submit()
        for refused, waits in (("rate", 7), ("auth", None), ("credit", None)):
            lab.emulator.fail(google_errors.refusal(refused))
            with lab.refused(RejectedError, refused) as caught:
                await lab.adapter().poll(task)
            assert isinstance(caught.value, RejectedError) and look_failed(caught.value)
            assert caught.value.retry_after == waits


# Veo


async def test_an_order_is_in_veos_words(veo: Lab) -> None:
    await veo.order(
        veo.request(("first_frame", "last_frame"), width=2160, height=3840),
        options={"extra": '{"personGeneration": "allow_adult"}'},
    )
    png = [{"bytesBase64Encoded": base64.b64encode(picture(n)).decode(), "mimeType": "image/png"} for n in range(2)]
    assert veo.emulator.orders == [
        {
            "instances": [{"prompt": "雨夜的走廊", "image": png[0], "lastFrame": png[1]}],
            "parameters": {
                "aspectRatio": "9:16",
                "durationSeconds": 8,
                "resolution": "4k",
                "personGeneration": "allow_adult",
            },
        }
    ]


async def test_an_older_veo_takes_no_resolution(veo: Lab) -> None:
    await veo.submit(options={"omit": "resolution"})
    assert veo.emulator.orders[0]["parameters"] == {"aspectRatio": "16:9", "durationSeconds": 8}


async def test_a_clip_may_stand_in_the_answer(veo: Lab) -> None:
    video = {"encodedVideo": base64.b64encode(clip()).decode(), "encoding": "video/mp4"}
    done = {"done": True, "response": {"generateVideoResponse": {"generatedSamples": [{"video": video}]}}}
    veo.emulator.fail(Fault("status", 200, done))
    assert await veo.adapter().poll("models/m/operations/o") == Answer((Artefact("main", clip(), ".mp4"),))
    video["encodedVideo"] = "no base64"
    veo.emulator.fail(Fault("status", 200, done))
    with veo.refused(RejectedError, "no_result"):
        await veo.adapter().poll("models/m/operations/o")


async def test_an_operation_that_blames_the_content_is_moderation(veo: Lab) -> None:
    for said, refused in (
        ("The prompt contains words that violate Google's Responsible AI practices.", "moderation"),
        ("The input image is against our usage guidelines.", "moderation"),
        ("Internal error encountered.", "no_result"),
    ):
        veo.emulator.fail(Fault("status", 200, {"done": True, "error": {"code": 3, "message": said}}))
        with veo.refused(RejectedError, refused) as caught:
            await veo.adapter().poll("models/m/operations/o")
        assert said in str(caught.value)


# Gemini Omni


async def test_an_order_is_in_omnis_words(omni: Lab) -> None:
    await omni.submit(("first_frame", "last_frame", "character", "scene"), options={"extra": '{"store": true}'})
    order = omni.emulator.orders[0]
    assert order["response_format"] == {
        "type": "video",
        "delivery": "uri",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "duration": "8s",
    }
    assert order["input"][-1]["text"] == (
        "[# Sources <FIRST_FRAME>@Image1 <LAST_FRAME>@Image2]\n"
        "[# References <IMAGE_REF_0>@Image3 <IMAGE_REF_1>@Image4]\n雨夜的走廊"
    )
    assert [item["mime_type"] for item in order["input"][:-1]] == ["image/png"] * 4


async def test_a_clip_may_come_inline_whatever_was_asked_for(omni: Lab) -> None:
    assert isinstance(omni.emulator, OmniVideoEmulator)
    omni.emulator.delivered_inline = True
    answer = await omni.finish(await omni.submit())
    assert answer.files == (Artefact("main", clip(), ".mp4"),)
    assert (answer.units, answer.model) == ({"tokens": 46336}, "gemini-omni-1.1-flash")


async def test_ends_without_a_clip_are_told_apart(omni: Lab) -> None:
    said = {"type": "model_output", "content": [{"type": "text", "text": "This violates our usage guidelines."}]}
    blocked = {"type": "model_output", "error": {"code": "image_prohibited_content", "message": "Refused."}}
    for refused, answer in (
        ("moderation", {"status": "completed", "steps": [said]}),
        ("moderation", {"status": "incomplete", "steps": [blocked]}),
        ("moderation", {"status": "failed", "error": {"code": "content_blocked", "message": "Refused."}}),
        ("no_result", {"status": "cancelled"}),
        ("no_result", {"status": "budget_exceeded", "steps": None}),
        ("no_result", {"status": "completed", "steps": [{"type": "model_output", "content": None}]}),
    ):
        omni.emulator.fail(Fault("status", 200, answer))
        with omni.refused(RejectedError, refused):
            await omni.adapter().poll("v1_x")
    for status in ("requires_action", "queued"):
        omni.emulator.fail(Fault("status", 200, {"status": status}))
        assert await omni.adapter().poll("v1_x") == Pending(started=status != "queued")
