"""What relays do under ``/v2/videos/generations`` that other vendors do not."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest

from manju.errors import InputError, RejectedError
from manju.providers.upstream import Answer, Pending, Remote
from manju.providers.video.relay import RelayVideos
from vendors.emulator import Fault
from vendors.relay_video import RelayVideoEmulator
from vendors.video_lab import Lab, Vendor, opened
from vendors.video_tasks import clip


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with opened(Vendor(RelayVideos, RelayVideoEmulator)) as laboratory:
        yield laboratory


async def test_an_order_has_the_familys_fields(lab: Lab) -> None:
    await lab.submit()
    assert lab.emulator.orders == [
        {
            "model": "sora-2",
            "prompt": "雨夜的走廊",
            "aspect_ratio": "16:9",
            "duration": "8",
            "hd": False,
            "seed": 7,
        }
    ]


async def test_more_pixels_than_720p_are_hd(lab: Lab) -> None:
    await lab.order(lab.request(width=1024, height=1792))
    assert lab.emulator.orders[0]["hd"] is True
    assert lab.emulator.orders[0]["aspect_ratio"] == "9:16"


async def test_a_model_can_do_without_fields_and_with_others(lab: Lab) -> None:
    extra = '{"enhance_prompt": true, "watermark": false, "private": true, "notify_hook": "https://example.com/done"}'
    await lab.submit(options={"omit": "duration, hd", "extra": extra})
    order = lab.emulator.orders[0]
    assert not {"duration", "hd"} & set(order)
    assert (order["enhance_prompt"], order["watermark"], order["private"]) == (True, False, True)
    assert order["notify_hook"] == "https://example.com/done"


async def test_what_its_list_of_images_can_mean_is_said_by_the_channel(lab: Lab) -> None:
    with lab.refused(InputError):
        await lab.submit(("first_frame",), options={"images": "reference"})
    await lab.submit(("scene",), options={"images": "reference"})
    assert len(lab.emulator.orders) == 1


async def test_a_base_address_may_end_in_v1(lab: Lab) -> None:
    await lab.submit(base_url=lab.emulator.url + "/v1")
    await lab.adapter(base_url=lab.emulator.url + "/v1").probe()
    assert [seen.path for seen in lab.emulator.seen] == ["/v2/videos/generations", "/v1/models"]


@pytest.mark.parametrize("status", ["FAIL", "FAILED", "ERROR", "failure"])
async def test_failure_has_many_names(lab: Lab, status: str) -> None:
    lab.emulator.fail(Fault("status", 200, {"task_id": "1", "status": status, "fail_reason": "违规内容"}))
    with lab.refused(RejectedError, "moderation"):
        await lab.adapter().poll("1")


async def test_the_clip_may_be_the_first_of_several(lab: Lab) -> None:
    data = {"outputs": ["https://example.com/a.mp4", "https://example.com/b.mp4"]}
    lab.emulator.fail(Fault("status", 200, {"task_id": "1", "status": "SUCCESS", "data": data}))
    assert await lab.adapter().poll("1") == Answer((Remote("main", "https://example.com/a.mp4", ".mp4"),))


@pytest.mark.parametrize(
    ("progress", "share"), [("35%", 0.35), ("100%", 1.0), ("", None), (None, None), ("soon", None)]
)
async def test_progress_is_a_text_with_a_percent_sign(lab: Lab, progress: object, share: float | None) -> None:
    lab.emulator.fail(Fault("status", 200, {"task_id": "1", "status": "IN_PROGRESS", "progress": progress}))
    assert await lab.adapter().poll("1") == Pending(share, started=True)


async def test_a_refusal_with_status_200_is_one(lab: Lab) -> None:
    body = {"code": "fail_to_fetch_task", "message": "This content may violate our content policy", "data": None}
    lab.emulator.fail(Fault("status", 200, body))
    with lab.refused(RejectedError, "moderation"):
        await lab.submit()


async def test_the_clip_may_stand_in_the_address(lab: Lab) -> None:
    address = "data:video/mp4;base64," + base64.b64encode(clip()).decode()
    lab.emulator.fail(Fault("status", 200, {"task_id": "1", "status": "SUCCESS", "data": {"output": address}}))
    answer = await lab.adapter().poll("1")
    assert isinstance(answer, Answer) and isinstance(answer.files[0], Remote)
    assert await lab.adapter().fetch(answer.files[0]) == clip()


async def test_clips_that_the_relay_passes_on_itself_are_asked_for_with_the_key(lab: Lab) -> None:
    await lab.submit()
    await lab.adapter().fetch(Remote("main", f"{lab.emulator.url}/files/task-1.mp4", ".mp4"))
    assert lab.emulator.signed(lab.emulator.seen[-1])
    async with RelayVideoEmulator() as elsewhere:
        elsewhere.accept({})
        await lab.roaming().fetch(Remote("main", f"{elsewhere.url}/files/task-1.mp4", ".mp4"))
        assert "authorization" not in elsewhere.seen[-1].headers


@pytest.mark.parametrize("options", [{"omit": "duratoin"}, {"images": "mask"}, {"extra": "watermark"}])
async def test_a_setting_that_is_none_is_refused(lab: Lab, options: dict[str, str]) -> None:
    with lab.refused(InputError):
        lab.adapter(options=options)
