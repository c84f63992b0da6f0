"""What MiniMax does that other vendors of clips do not."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from manju.domain.order import Reference
from manju.errors import InputError, NoAnswerError, RejectedError
from manju.providers.upstream import Pending, Remote, look_failed
from manju.providers.video.minimax import MiniMaxVideos, MiniMaxVideos2
from vendors.emulator import Fault
from vendors.minimax_video import MiniMaxVideoEmulator
from vendors.minimax_video2 import MiniMaxVideo2Emulator
from vendors.video_lab import TOKEN, Lab, Vendor, opened
from vendors.video_tasks import clip, picture


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with opened(Vendor(MiniMaxVideos, MiniMaxVideoEmulator)) as laboratory:
        yield laboratory


@pytest.fixture
async def lab2() -> AsyncIterator[Lab]:
    async with opened(Vendor(MiniMaxVideos2, MiniMaxVideo2Emulator)) as laboratory:
        yield laboratory


def refusal(code: int) -> Fault:
    return Fault("status", 200, {"base_resp": {"status_code": code, "status_msg": "refused"}})


def wrapped(status: int, message: str) -> Fault:
    error = {"type": "server_error", "message": message, "http_code": str(status)}
    return Fault("status", 200, {"type": "error", "error": error})


# Both versions


async def test_a_clip_is_fetched_from_a_fresh_address_and_without_the_key(lab: Lab, lab2: Lab) -> None:
    for each in (lab, lab2):
        file = (await each.finish(await each.submit())).files[0]
        assert isinstance(file, Remote) and each.emulator.url in file.url and "/files/424" not in file.url
        before = len(each.emulator.seen)
        assert await each.adapter().fetch(file) == await each.adapter().fetch(file) == clip()
        asked, *_, got = each.emulator.seen[before:]
        assert each.emulator.signed(asked) and not each.emulator.signed(got)


async def test_an_address_of_another_host_is_fetched_without_the_key(lab: Lab) -> None:
    file = (await lab.finish(await lab.submit())).files[0]
    assert isinstance(file, Remote)
    before = len(lab.emulator.seen)
    with lab.refused(RejectedError, "no_result"):
        await lab.roaming(base_url="http://127.0.0.1:1").fetch(file)
    assert [lab.emulator.signed(seen) for seen in lab.emulator.seen[before:]] == [False]


async def test_a_clip_that_the_api_does_not_know_any_more_is_gone(lab: Lab, lab2: Lab) -> None:
    for each in (lab, lab2):
        file = (await each.finish(await each.submit())).files[0]
        assert isinstance(file, Remote)
        each.emulator.tasks.clear()
        with each.refused(RejectedError, "gone"):
            await each.adapter().fetch(file)


async def test_a_clip_without_an_address_is_no_result(lab: Lab) -> None:
    file = (await lab.finish(await lab.submit())).files[0]
    assert isinstance(file, Remote)
    lab.emulator.fail(Fault("status", 200, {"file": {"file_id": 1}, "base_resp": {"status_code": 0}}))
    with lab.refused(RejectedError, "no_result"):
        await lab.adapter().fetch(file)


# The first version


async def test_an_order_is_in_the_first_versions_words(lab: Lab) -> None:
    await lab.submit(options={"extra": '{"prompt_optimizer": false}'})
    assert lab.emulator.orders == [
        {
            "model": "MiniMax-Hailuo-2.3",
            "prompt": "雨夜的走廊",
            "duration": 6,
            "resolution": "768P",
            "prompt_optimizer": False,
        }
    ]


async def test_a_model_for_characters_takes_neither_length_nor_size(lab: Lab) -> None:
    await lab.submit(("character",), options={"omit": "duration,resolution"})
    assert set(lab.emulator.orders[0]) == {"model", "prompt", "subject_reference"}


async def test_a_text_makes_wide_and_silent_clips_only(lab: Lab) -> None:
    for changes in ({"width": 768, "height": 1366}, {"audio": True}):
        with lab.refused(InputError):
            await lab.order(lab.request(**changes))
    await lab.order(lab.request(("first_frame",), width=768, height=1366))
    assert lab.emulator.orders[0]["resolution"] == "768P"


@pytest.mark.parametrize(
    ("code", "refused"),
    [(1002, "rate"), (1039, "rate"), (1004, "auth"), (2049, "auth"), (1008, "credit"), (2056, "credit")]
    + [(1026, "moderation"), (1027, "moderation"), (2013, "invalid"), (1033, "busy"), (4711, "busy")],
)
async def test_codes_with_status_200_are_refusals(lab: Lab, code: int, refused: str) -> None:
    lab.emulator.fail(refusal(code))
    with lab.refused(RejectedError, refused):
        await lab.submit()


async def test_a_timeout_with_status_200_may_have_taken_the_order(lab: Lab) -> None:
    lab.emulator.fail(refusal(1001))
    with lab.refused(NoAnswerError):
        await lab.submit()


async def test_a_look_that_is_refused_with_status_200_says_nothing_of_the_task(lab: Lab) -> None:
    task = await lab.submit()
    for code in (1000, 1001, 1002, 1004, 1008, 1039, 4711):
        lab.emulator.fail(refusal(code))
        with lab.refused(RejectedError) as caught:
            await lab.adapter().poll(task)
        assert isinstance(caught.value, RejectedError) and look_failed(caught.value)


async def test_content_that_is_refused_while_it_is_made_ends_the_task(lab: Lab) -> None:
    task = await lab.submit()
    lab.emulator.fail(refusal(1027))
    with lab.refused(RejectedError, "moderation"):
        await lab.adapter().poll(task)


# The second version


async def test_an_order_is_in_the_second_versions_words(lab2: Lab) -> None:
    await lab2.order(lab2.request(width=1080, height=1920), options={"extra": '{"aigc_watermark": true}'})
    assert lab2.emulator.orders == [
        {
            "model": "MiniMax-H3",
            "content": [{"type": "text", "text": "雨夜的走廊"}],
            "duration": 8,
            "resolution": "2K",
            "ratio": "9:16",
            "aigc_watermark": True,
        }
    ]


async def test_frames_give_a_clip_its_shape_and_references_do_not(lab2: Lab) -> None:
    await lab2.submit(("first_frame",))
    await lab2.submit(("scene",))
    assert ["ratio" in order for order in lab2.emulator.orders] == [False, True]


async def test_clips_and_sounds_go_as_references(lab2: Lab) -> None:
    shelf = {"video": b"\x00\x00\x00\x18ftypmp42", "audio": b"RIFF\x24\x00\x00\x00WAVEfmt ", "scene": picture(0)}
    digests = {hashlib.sha256(data).hexdigest(): (role, data) for role, data in shelf.items()}
    references = tuple(Reference(sha256=sha256, role=role) for sha256, (role, _) in digests.items())

    class Shelf:
        def read(self, sha256: str) -> bytes:
            return digests[sha256][1]

    request = lab2.request().model_copy(update={"references": references})
    await lab2.adapter().submit(request, Shelf(), TOKEN)
    items = lab2.emulator.orders[0]["content"][1:]
    assert [(item["type"], item["role"]) for item in items] == [
        ("image_url", "reference_image"),
        ("video_url", "reference_video"),
        ("audio_url", "reference_audio"),
    ]
    assert items[1]["video_url"]["url"].startswith("data:video/mp4;base64,")
    assert items[2]["audio_url"]["url"].startswith("data:audio/wav;base64,")


async def test_errors_in_good_answers_have_their_own_status(lab2: Lab) -> None:
    for fault in (wrapped(504, "upstream timeout"), wrapped(504, "unknown error (1000)"), wrapped(500, "slow (1001)")):
        lab2.emulator.fail(fault)
        with lab2.refused(NoAnswerError):
            await lab2.submit()
    for status, refused in ((429, "rate"), (401, "auth"), (500, "busy"), (402, "credit")):
        lab2.emulator.fail(wrapped(status, "no"), wrapped(status, "no"))
        with lab2.refused(RejectedError, refused):
            await lab2.submit()
        with lab2.refused(RejectedError, refused):
            await lab2.adapter().poll("1")


async def test_a_task_that_is_only_said_to_be_missing_is_gone(lab2: Lab) -> None:
    for fault in (wrapped(500, "record not found (1000)"), Fault("status", 404)):
        lab2.emulator.fail(fault)
        with lab2.refused(RejectedError, "gone"):
            await lab2.adapter().poll("1")


@pytest.mark.parametrize("status", ["cancelled", "expired"])
async def test_a_task_that_ended_without_running_has_failed(lab2: Lab, status: str) -> None:
    lab2.emulator.fail(Fault("status", 200, {"task": {"id": "1", "status": status}}))
    with lab2.refused(RejectedError, "no_result") as caught:
        await lab2.adapter().poll("1")
    assert status in str(caught.value)


async def test_upstream_says_what_it_charged_for_and_which_model(lab2: Lab) -> None:
    answer = await lab2.finish(await lab2.submit())
    assert (answer.units, answer.model) == ({"seconds": 8}, "MiniMax-H3")
    lab2.emulator.fail(Fault("status", 200, {"task": {"id": "1", "status": "queued"}}))
    assert await lab2.adapter().poll("1") == Pending(started=False)
