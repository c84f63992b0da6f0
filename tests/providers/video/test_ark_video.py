"""What Volcengine Ark does that other vendors do not."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from manju.domain.order import Reference
from manju.errors import InputError, RejectedError
from manju.providers.upstream import Pending
from manju.providers.video.ark import ArkVideos
from vendors.ark_video import ArkVideoEmulator
from vendors.emulator import Fault
from vendors.video_lab import TOKEN, Lab, Shelf, Vendor, opened
from vendors.video_tasks import picture

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with opened(Vendor(ArkVideos, ArkVideoEmulator)) as laboratory:
        yield laboratory


async def test_an_order_is_in_arks_words(lab: Lab) -> None:
    await lab.submit()
    assert lab.emulator.orders == [
        {
            "model": "doubao-seedance-2-0-260128",
            "content": [{"type": "text", "text": "雨夜的走廊"}],
            "resolution": "720p",
            "ratio": "16:9",
            "duration": 8,
            "seed": 7,
            "watermark": False,
            "generate_audio": False,
        }
    ]


async def test_sizes_are_told_as_resolution_and_ratio(lab: Lab) -> None:
    await lab.order(lab.request(width=2206, height=946))
    await lab.order(lab.request(width=640, height=640))
    assert [(each["resolution"], each["ratio"]) for each in lab.emulator.orders] == [("1080p", "21:9"), ("480p", "1:1")]
    with lab.refused(InputError):
        await lab.order(lab.request(width=946, height=2206))


async def test_an_older_model_takes_no_sound(lab: Lab) -> None:
    await lab.submit(options={"audio": "false", "omit": "seed"})
    assert not {"generate_audio", "seed"} & set(lab.emulator.orders[0])
    with lab.refused(InputError):
        await lab.order(lab.request(audio=True), options={"audio": "false"})


async def test_other_fields_are_sent_as_the_channel_says(lab: Lab) -> None:
    await lab.submit(options={"extra": '{"service_tier": "flex", "watermark": true}'})
    assert (lab.emulator.orders[0]["service_tier"], lab.emulator.orders[0]["watermark"]) == ("flex", True)


async def test_a_sound_goes_with_pictures(lab: Lab) -> None:
    class WithSound(Shelf):
        def read(self, sha256: str) -> bytes:
            return WAV if sha256 == "sound" else super().read(sha256)

    scene = Reference(sha256=hashlib.sha256(picture(0)).hexdigest(), role="scene")
    request = lab.emulator.request.model_copy(update={"references": (scene, Reference(sha256="sound", role="audio"))})
    await lab.adapter().submit(request, WithSound(), TOKEN)
    items = lab.emulator.orders[0]["content"]
    assert [item.get("role") for item in items] == [None, "reference_image", "reference_audio"]
    assert items[2]["audio_url"]["url"].startswith("data:audio/wav;base64,")


async def test_what_was_made_is_told(lab: Lab) -> None:
    answer = await lab.finish(await lab.order(lab.request(audio=True)))
    assert answer.facts == {"duration_ms": 8000, "fps": "24", "audio": True}
    assert answer.units == {"tokens": 108900.0, "seconds": 8.0}
    assert answer.model == "doubao-seedance-2-0-260128"


@pytest.mark.parametrize("status", ["cancelled", "expired"])
async def test_a_task_that_ark_ended_has_failed(lab: Lab, status: str) -> None:
    lab.emulator.fail(Fault("status", 200, {"id": "cgt-1", "status": status}))
    with lab.refused(RejectedError, "no_result") as caught:
        await lab.adapter().poll("cgt-1")
    assert status in str(caught.value)


async def test_a_queued_task_has_not_started(lab: Lab) -> None:
    task = await lab.submit()
    lab.emulator.polls = 9
    assert [await lab.adapter().poll(task) for _ in range(2)] == [Pending(started=False), Pending(started=True)]


async def test_a_base_address_may_name_the_version(lab: Lab) -> None:
    await lab.submit(base_url=lab.emulator.url + "/api/v3")
    assert len(lab.emulator.orders) == 1


@pytest.mark.parametrize("options", [{"resolutions": "720"}, {"omit": "prompt"}, {"audio": "yes"}])
async def test_a_setting_that_is_none_is_refused(lab: Lab, options: dict[str, str]) -> None:
    with lab.refused(InputError):
        lab.adapter(options=options)
