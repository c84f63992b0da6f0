"""What the Videos API does that other vendors do not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from manju.errors import InputError, RejectedError
from manju.providers.upstream import Answer, Remote
from manju.providers.video.openai import OpenAIVideos
from vendors.emulator import Emulator, Fault
from vendors.openai_video import OpenAIVideoEmulator, parts
from vendors.relay_video import RelayVideoEmulator
from vendors.video_lab import TOKEN, Lab, Vendor, opened
from vendors.video_tasks import clip, picture


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with opened(Vendor(OpenAIVideos, OpenAIVideoEmulator)) as laboratory:
        yield laboratory


async def test_an_order_is_a_form_also_without_a_picture(lab: Lab) -> None:
    await lab.submit()
    seen = lab.emulator.seen[-1]
    assert seen.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert seen.headers["idempotency-key"] == TOKEN
    assert {name: value.decode() for name, (value, _) in parts(seen).items()} == {
        "model": "sora-2",
        "prompt": "雨夜的走廊",
        "seconds": "8",
        "size": "1280x720",
    }


async def test_the_picture_comes_with_its_type(lab: Lab) -> None:
    await lab.submit(("first_frame",))
    assert parts(lab.emulator.seen[-1])["input_reference"] == (picture(0), "image/png")


async def test_what_its_picture_means_is_said_by_the_channel(lab: Lab) -> None:
    await lab.submit(("character",), options={"image": "reference"})
    with lab.refused(InputError):
        await lab.submit(("character", "scene"), options={"image": "reference"})
    with lab.refused(InputError):
        await lab.submit(("first_frame",), options={"image": "reference"})
    assert len(lab.emulator.orders) == 1


async def test_a_model_can_do_without_fields_and_with_others(lab: Lab) -> None:
    with lab.refused(RejectedError, "invalid"):  # OpenAI's own does not know them
        await lab.submit(options={"omit": "seconds", "extra": '{"ratio": "16:9", "audio": true}'})
    sent = {name: value.decode() for name, (value, _) in parts(lab.emulator.seen[-1]).items()}
    assert "seconds" not in sent and (sent["ratio"], sent["audio"]) == ("16:9", "true")


async def test_a_base_address_may_end_in_v1(lab: Lab) -> None:
    task = await lab.submit(base_url=lab.emulator.url + "/v1")
    lab.emulator.polls = 1
    adapter = lab.adapter(base_url=lab.emulator.url + "/v1")
    answer = await adapter.poll(task)
    assert isinstance(answer, Answer) and isinstance(answer.files[0], Remote)
    assert await adapter.fetch(answer.files[0]) == clip()
    assert {seen.path.split("/")[1] for seen in lab.emulator.seen} == {"v1"}


async def test_what_was_made_is_told(lab: Lab) -> None:
    answer = await lab.finish(await lab.submit())
    assert (answer.model, answer.facts, answer.units) == ("sora-2", {"duration_ms": 8000}, {"seconds": 8.0})


async def test_the_key_goes_to_no_other_host(lab: Lab) -> None:
    elsewhere: Emulator
    async with RelayVideoEmulator() as elsewhere:
        elsewhere.fail(Fault("status", 200, clip(), {"Content-Type": "video/mp4"}))
        assert await lab.roaming().fetch(Remote("main", f"{elsewhere.url}/v1/videos/1/content", ".mp4")) == clip()
        assert "authorization" not in elsewhere.seen[-1].headers
        moved = Fault("status", 302, headers={"Location": f"{elsewhere.url}/files/1"})
        elsewhere.fail(Fault("status", 200, clip(), {"Content-Type": "video/mp4"}))
        lab.emulator.fail(moved)
        assert await lab.roaming().fetch(Remote("main", f"{lab.emulator.url}/v1/videos/1/content", ".mp4")) == clip()
        assert "authorization" in lab.emulator.seen[-1].headers
        assert "authorization" not in elsewhere.seen[-1].headers


@pytest.mark.parametrize("options", [{"image": "mask"}, {"omit": "model"}])
async def test_a_setting_that_is_none_is_refused(lab: Lab, options: dict[str, str]) -> None:
    with lab.refused(InputError):
        lab.adapter(options=options)
