"""What DashScope does that other vendors of clips do not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from manju.errors import RejectedError
from manju.providers.video.dashscope import DashScopeVideos
from vendors.dashscope_video import DashScopeVideoEmulator
from vendors.emulator import Fault
from vendors.video_lab import Lab, Vendor, opened
from vendors.video_tasks import picture


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with opened(Vendor(DashScopeVideos, DashScopeVideoEmulator)) as laboratory:
        yield laboratory


async def test_an_order_is_in_dashscopes_words(lab: Lab) -> None:
    await lab.order(lab.request(width=1080, height=1920, seed=2**31 + 5))
    assert lab.emulator.orders == [
        {
            "model": "wan3.0-video",
            "input": {"prompt": "雨夜的走廊"},
            "parameters": {"resolution": "1080P", "ratio": "9:16", "duration": 8, "audio": False, "seed": 5},
        }
    ]


async def test_a_first_frame_gives_the_clip_its_shape(lab: Lab) -> None:
    await lab.submit(("first_frame", "last_frame"))
    order = lab.emulator.orders[0]
    assert [each["type"] for each in order["input"]["media"]] == ["first_frame", "last_frame"]
    assert "ratio" not in order["parameters"]


async def test_an_older_model_takes_fewer_fields_and_a_channel_may_add_others(lab: Lab) -> None:
    await lab.submit(options={"omit": "audio, ratio", "extra": '{"watermark": true}'})
    assert lab.emulator.orders[0]["parameters"] == {"resolution": "720P", "duration": 8, "seed": 7, "watermark": True}


async def test_an_address_may_have_its_version(lab: Lab) -> None:
    task = await lab.submit(base_url=f"{lab.emulator.url}/api/v1")
    assert task in lab.emulator.tasks


@pytest.mark.parametrize(
    ("status", "code", "message", "refusal"),
    [
        (429, "Throttling.AllocationQuota", "Allocated quota exceeded, please increase your quota limit.", "rate"),
        (429, "Throttling.BurstRate", "Request rate increased too quickly.", "rate"),
        (400, "Arrearage", "Access denied, please make sure your account is in good standing.", "credit"),
        (403, "AllocationQuota.FreeTierOnly", "The free tier of the model has been exhausted.", "credit"),
        (403, "AccessDenied.Unpurchased", "Access to model denied.", "credit"),
        (403, "AccessDenied", "Access denied.", "auth"),
        (400, "InvalidParameter.DataInspection", "Unable to download the media for the data inspection.", "invalid"),
        (400, "DataInspectionFailed", "Refused.", "moderation"),
        (404, "ModelNotFound", "The model does not exist.", "invalid"),
    ],
)
async def test_codes_say_more_than_statuses(lab: Lab, status: int, code: str, message: str, refusal: str) -> None:
    lab.emulator.fail(Fault("status", status, {"code": code, "message": message, "request_id": "r"}))
    with lab.refused(RejectedError, refusal) as caught:
        await lab.submit()
    assert code in str(caught.value)


async def test_a_look_that_is_throttled_or_unpaid_says_nothing_of_the_task(lab: Lab) -> None:
    task = await lab.submit()
    for status, code, refusal in ((429, "Throttling.RateQuota", "rate"), (400, "Arrearage", "credit")):
        lab.emulator.fail(Fault("status", status, {"code": code, "message": "Refused."}))
        with lab.refused(RejectedError, refusal):
            await lab.adapter().poll(task)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [("InvalidParameter.Duration", "invalid"), ("Throttling", "no_result"), ("Arrearage", "no_result")],
)
async def test_a_failed_task_never_looks_like_a_failed_look(lab: Lab, code: str, refusal: str) -> None:
    task = await lab.submit()
    output = {"task_id": task, "task_status": "FAILED", "code": code, "message": "It failed."}
    lab.emulator.fail(Fault("status", 200, {"output": output}))
    with lab.refused(RejectedError, refusal):
        await lab.adapter().poll(task)


async def test_upstream_says_what_it_charged_for(lab: Lab) -> None:
    answer = await lab.finish(await lab.submit())
    assert answer.units == {"seconds": 8}


async def test_the_key_stays_with_the_api(lab: Lab) -> None:
    answer = await lab.finish(await lab.submit(("first_frame",)))
    await lab.adapter().fetch(answer.files[0])  # type: ignore[arg-type]
    assert "authorization" not in lab.emulator.seen[-1].headers
    assert lab.emulator.fields(lab.emulator.seen[0]).pictures == (("first_frame", picture(0)),)
