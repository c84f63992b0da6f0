"""What Kling does that other vendors do not."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from manju.domain.order import Reference
from manju.errors import InputError, NoAnswerError, RejectedError
from manju.providers.upstream import Accepted, Answer, Finder, look_failed
from manju.providers.video.kling import KlingVideos, signed
from vendors.emulator import Fault
from vendors.kling_video import KlingVideoEmulator, refused
from vendors.video_lab import TOKEN, Lab, Shelf, Vendor, opened

SUBMITTED = {"code": 0, "message": "SUCCEED", "data": {"task_id": "1", "task_status": "submitted"}}


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with opened(Vendor(KlingVideos, KlingVideoEmulator)) as laboratory:
        yield laboratory


def kling(lab: Lab, **changes: Any) -> KlingVideos:
    made = lab.adapter(**changes)
    assert isinstance(made, KlingVideos) and isinstance(made, Finder)
    return made


def test_the_token_is_a_jwt_to_the_byte() -> None:
    # Made with openssl from {"iss":"ak","exp":1700001800,"nbf":1699999995} and the secret "sk".
    head = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    claims = "eyJpc3MiOiJhayIsImV4cCI6MTcwMDAwMTgwMCwibmJmIjoxNjk5OTk5OTk1fQ"
    signature = "mgn0T3D3XT4hbNxAtEsJsDH8-Kpgvs6l8t89iZ9EkEg"
    assert signed("ak", "sk", 1_700_000_000) == f"{head}.{claims}.{signature}"


async def test_neither_key_is_sent(lab: Lab) -> None:
    await lab.submit()
    seen = lab.emulator.seen[-1]
    sent = seen.headers["authorization"]
    assert refused(sent) == 0
    assert not any(secret in f"{seen.headers}{seen.body!r}" for secret in lab.emulator.secrets)


async def test_a_key_without_a_colon_is_sent_as_it_is(lab: Lab) -> None:
    lab.emulator.fail(Fault("status", 200, SUBMITTED))
    assert await lab.submit(key="sk-relay") == "text2video/1"
    assert lab.emulator.seen[-1].headers["authorization"] == "Bearer sk-relay"


async def test_a_token_that_a_refusal_repeats_is_not_told(lab: Lab) -> None:
    lab.emulator.fail(Fault("status", 401, {"code": 1002, "message": "Authorization is invalid: sk-relay"}))
    with lab.refused(RejectedError, "auth") as caught:
        await lab.submit(key="sk-relay")
    assert "sk-relay" not in str(caught.value)


async def test_orders_are_in_klings_words(lab: Lab) -> None:
    await lab.submit()
    await lab.submit(("first_frame",))
    text, image = lab.emulator.orders
    assert text == {
        "model_name": "kling-v2-6",
        "prompt": "雨夜的走廊",
        "duration": "10",
        "mode": "std",
        "sound": "off",
        "aspect_ratio": "16:9",
        "external_task_id": TOKEN,
    }
    assert set(image) == (set(text) - {"aspect_ratio"}) | {"image"}
    assert [seen.path for seen in lab.emulator.seen] == ["/v1/videos/text2video", "/v1/videos/image2video"]


async def test_resolutions_are_modes(lab: Lab) -> None:
    await lab.order(lab.request(width=1080, height=1920))
    await lab.submit(options={"modes": "720p=pro", "audio": "false"})
    await lab.submit(options={"modes": "", "audio": "false", "extra": '{"negative_prompt": "blur"}'})
    first, second, third = lab.emulator.orders
    assert (first["mode"], second["mode"], "mode" in third) == ("pro", "pro", False)
    assert ("sound" in second, third["negative_prompt"]) == (False, "blur")
    with lab.refused(InputError):
        await lab.order(lab.request(audio=True), options={"audio": "false"})


async def test_a_task_is_found_under_its_path_under_its_own_id_and_under_our_token(lab: Lab) -> None:
    lab.emulator.polls = 1
    found = await lab.submit(("first_frame",))
    assert found == "image2video/task-1"
    for name in (found, "task-1", f"image2video/{TOKEN}", TOKEN):
        assert isinstance(await lab.adapter().poll(name), Answer)
    with lab.refused(RejectedError, "gone"):
        await lab.adapter().poll("text2video/task-1")
    with lab.refused(RejectedError, "gone"):
        await lab.adapter().poll("task-2")


async def test_an_order_whose_answer_was_lost_is_found_by_our_token(lab: Lab) -> None:
    for roles, path in (((), "text2video"), (("first_frame",), "image2video")):
        lab.emulator.fail(Fault("lost"))
        with lab.refused(NoAnswerError):
            await lab.submit(roles)
        token = lab.emulator.orders[-1]["external_task_id"]
        request = lab.request(roles)
        assert await kling(lab).find(request, token) == Accepted(f"{path}/task-{lab.orders}")
        assert await kling(lab).find(request, "another") is None
    assert len(lab.emulator.orders) == 2


async def test_a_second_order_with_a_token_is_the_first(lab: Lab) -> None:
    for _ in range(2):
        assert await lab.adapter().submit(lab.request(), Shelf(), TOKEN) == Accepted("text2video/task-1")
    assert len(lab.emulator.orders) == 1
    lab.emulator.fail(Fault("status", 503), path=f"/{TOKEN}")
    with lab.refused(NoAnswerError):  # it may be the first, or not
        await lab.adapter().submit(lab.request(), Shelf(), TOKEN)


async def test_a_look_up_that_went_wrong_proves_nothing(lab: Lab) -> None:
    faults = {"busy": Fault("status", 500), "rate": Fault("status", 429, {"code": 1302, "message": "slow"})}
    for refusal, fault in faults.items():
        lab.emulator.fail(fault)
        with lab.refused(RejectedError, refusal):
            await kling(lab).find(lab.request(), TOKEN)
    lab.emulator.fail(Fault("truncated"))
    with lab.refused(NoAnswerError):
        await kling(lab).find(lab.request(), TOKEN)
    # Nor does a relay that does not know the token: it may not pass it on.
    lab.emulator.fail(Fault("status", 404, {"code": 1203, "message": "The requested resource does not exist"}))
    with lab.refused(RejectedError, "gone"):
        await kling(lab, key="sk-relay").find(lab.request(), TOKEN)


async def test_what_was_made_is_told(lab: Lab) -> None:
    answer = await lab.finish(await lab.submit())
    assert (answer.facts, answer.units) == ({"duration_ms": 10_100}, {"seconds": 10.1, "units": 10.0})


@pytest.mark.parametrize("status", [200, 400])
async def test_service_codes_outrank_the_status(lab: Lab, status: int) -> None:
    codes = {1004: "auth", 1100: "auth", 1101: "credit", 1103: "auth", 1201: "invalid", 1300: "moderation"}
    for code, refusal in (codes | {1302: "rate", 5000: "busy"}).items():
        lab.emulator.fail(Fault("status", status, {"code": code, "message": "no", "request_id": "1"}))
        with lab.refused(RejectedError, refusal):
            await lab.submit()
    assert lab.emulator.orders == []


@pytest.mark.parametrize("status", [200, 504])
async def test_a_timeout_within_kling_may_have_left_a_task(lab: Lab, status: int) -> None:
    lab.emulator.fail(Fault("status", status, {"code": 5002, "message": "Server internal timeout"}))
    with lab.refused(NoAnswerError):
        await lab.submit()


async def test_service_codes_of_looks_do_not_end_a_task(lab: Lab) -> None:
    for code, refusal in {1004: "auth", 1102: "credit", 1302: "rate", 1201: "busy", 5000: "busy", 9999: "busy"}.items():
        lab.emulator.fail(Fault("status", 200, {"code": code, "message": "no"}))
        with lab.refused(RejectedError, refusal) as caught:
            await lab.adapter().poll("text2video/1")
        assert isinstance(caught.value, RejectedError) and look_failed(caught.value)
    lab.emulator.fail(Fault("status", 200, {"code": 1203, "message": "no"}))
    with lab.refused(RejectedError, "gone"):
        await lab.adapter().poll("text2video/1")


async def test_frames_are_png_or_jpeg(lab: Lab) -> None:
    class WebP(Shelf):
        def read(self, sha256: str) -> bytes:
            return b"RIFF\x24\x00\x00\x00WEBPVP8 "

    frame = Reference(sha256=hashlib.sha256(b"").hexdigest(), role="first_frame")
    with lab.refused(InputError):
        await lab.adapter().submit(lab.emulator.request.model_copy(update={"references": (frame,)}), WebP(), TOKEN)
    assert lab.emulator.seen == []


@pytest.mark.parametrize("options", [{"modes": "720p"}, {"modes": "std=720p"}, {"audio": "on"}, {"extra": "[]"}])
async def test_a_setting_that_is_none_is_refused(lab: Lab, options: dict[str, str]) -> None:
    with lab.refused(InputError):
        lab.adapter(options=options)
