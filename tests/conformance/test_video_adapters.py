"""What every adapter to a vendor of clips must do (`manju.providers.upstream.Adapter`), over real HTTP against the
vendor's emulator. A vendor is one row of `VENDORS`; what its wire format looks like is its emulator's affair."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from manju.domain.order import Artefact
from manju.errors import InputError, NoAnswerError, NotSentError, RejectedError
from manju.media.probe import accept
from manju.providers.upstream import Accepted, Answer, Finder, Pending, Remote, look_failed
from manju.providers.video.ark import ArkVideos
from manju.providers.video.dashscope import DashScopeVideos
from manju.providers.video.kling import KlingVideos
from manju.providers.video.minimax import MiniMaxVideos, MiniMaxVideos2
from manju.providers.video.omni import OmniVideos
from manju.providers.video.openai import OpenAIVideos
from manju.providers.video.relay import RelayVideos
from manju.providers.video.veo import VeoVideos
from vendors.ark_video import ArkVideoEmulator
from vendors.dashscope_video import DashScopeVideoEmulator
from vendors.emulator import Fault
from vendors.kling_video import KlingVideoEmulator
from vendors.minimax_video import MiniMaxVideoEmulator
from vendors.minimax_video2 import MiniMaxVideo2Emulator
from vendors.omni_video import OmniVideoEmulator
from vendors.openai_video import OpenAIVideoEmulator
from vendors.relay_video import RelayVideoEmulator
from vendors.veo_video import VeoVideoEmulator
from vendors.video_lab import TOKEN, Lab, Shelf, Vendor, opened
from vendors.video_tasks import clip, picture

HTML = Fault("status", 200, "<!doctype html><title>502 Bad Gateway</title>", {"Content-Type": "text/html"})


VENDORS = {
    "relay": Vendor(RelayVideos, RelayVideoEmulator),
    "openai": Vendor(OpenAIVideos, OpenAIVideoEmulator),
    "ark": Vendor(ArkVideos, ArkVideoEmulator),
    "kling": Vendor(KlingVideos, KlingVideoEmulator),
    "dashscope": Vendor(DashScopeVideos, DashScopeVideoEmulator),
    "minimax": Vendor(MiniMaxVideos, MiniMaxVideoEmulator),
    "minimax2": Vendor(MiniMaxVideos2, MiniMaxVideo2Emulator),
    "veo": Vendor(VeoVideos, VeoVideoEmulator),
    "omni": Vendor(OmniVideos, OmniVideoEmulator),
}


@pytest.fixture(params=sorted(VENDORS))
async def lab(request: pytest.FixtureRequest) -> AsyncIterator[Lab]:
    async with opened(VENDORS[request.param]) as laboratory:
        yield laboratory


# An order as it goes out


async def test_an_order_arrives_as_the_vendor_wants_it(lab: Lab) -> None:
    await lab.submit()
    orders = [seen for seen in lab.emulator.seen if seen.method == "POST"]
    assert len(orders) == 1 and lab.emulator.submit_path in orders[0].path
    assert lab.emulator.signed(orders[0])
    assert len(lab.emulator.orders) == 1
    got, want = lab.emulator.fields(orders[0]), lab.emulator.request
    assert (got.prompt, got.model) == (want.prompt, lab.emulator.model)
    asked = {"ratio": "16:9", "seconds": want.duration_ms // 1000, "seed": want.seed, "audio": want.audio}
    assert {name: getattr(got, name) for name in asked if name in lab.emulator.tells} == {
        name: value for name, value in asked.items() if name in lab.emulator.tells
    }
    assert got.pictures == ()


async def test_sound_is_asked_for_where_it_is_wanted(lab: Lab) -> None:
    if "audio" in lab.emulator.tells:
        await lab.order(lab.request(audio=True))
        assert lab.emulator.fields(lab.emulator.seen[-1]).audio is True


async def test_our_token_goes_where_the_vendor_has_a_place_for_it(lab: Lab) -> None:
    await lab.submit()
    assert lab.emulator.fields(lab.emulator.seen[-1]).token == (TOKEN if lab.emulator.keeps_token else None)


async def test_references_arrive(lab: Lab) -> None:
    for roles in lab.emulator.takes:
        await lab.submit(roles)
        arrived = lab.emulator.fields(lab.emulator.seen[-1]).pictures
        assert [data for _, data in arrived] == [picture(number) for number in range(len(roles))], roles
        assert all(got in ("", want) for (got, _), want in zip(arrived, roles, strict=True)), (arrived, roles)


async def test_what_the_vendor_has_no_place_for_is_refused_before_anything_is_sent(lab: Lab) -> None:
    for roles in lab.emulator.refuses:
        with lab.refused(InputError):
            await lab.submit(roles)
    assert lab.emulator.seen == []


# An order that is not taken


async def test_a_wrong_key_is_auth(lab: Lab) -> None:
    wrong = lab.emulator.key[:-4] + "nope"
    with lab.refused(RejectedError, "auth") as caught:
        await lab.submit(key=wrong)
    assert wrong not in str(caught.value)
    assert lab.emulator.orders == []


async def test_the_vendors_refusals_are_told_apart(lab: Lab) -> None:
    for kind in lab.emulator.refusing:
        lab.emulator.fail(lab.emulator.refusal(kind), path=lab.emulator.submit_path)
        with lab.refused(RejectedError, kind) as caught:
            await lab.submit()
        if kind == "rate" and "Retry-After" in lab.emulator.refusal(kind).headers:
            assert isinstance(caught.value, RejectedError) and caught.value.retry_after == 7
    assert lab.emulator.orders == []


async def test_a_key_that_a_refusal_repeats_is_not_told(lab: Lab) -> None:
    if lab.emulator.repeats_key:
        body = {"error": {"message": f"Incorrect API key provided: {lab.emulator.key}", "code": "invalid_api_key"}}
        lab.emulator.fail(*[Fault("status", 401, body)] * 3)
        with lab.refused(RejectedError, "auth"):
            await lab.submit()
        with lab.refused(RejectedError, "auth"):
            await lab.adapter().poll("task-1")
        with lab.refused(RejectedError, "auth"):
            await lab.adapter().probe()


async def test_plain_statuses_of_a_proxy_are_told_apart(lab: Lab) -> None:
    page = "<html>nginx</html>"
    for status, refusal in ((429, "rate"), (500, "busy"), (502, "busy"), (503, "busy")):
        lab.emulator.fail(Fault("status", status, page, {"Retry-After": "7"}), path=lab.emulator.submit_path)
        with lab.refused(RejectedError, refusal) as caught:
            await lab.submit()
        assert isinstance(caught.value, RejectedError) and caught.value.retry_after == 7


@pytest.mark.parametrize("status", [504, 524])
async def test_a_proxy_that_gave_up_waiting_may_have_passed_the_order_on(lab: Lab, status: int) -> None:
    lab.emulator.fail(Fault("status", status, "<html>timeout</html>"), path=lab.emulator.submit_path)
    with lab.refused(NoAnswerError):
        await lab.submit()


@pytest.mark.parametrize("kind", ["reset", "lost", "truncated", "stall"])
async def test_an_order_without_a_whole_answer_may_have_been_taken(lab: Lab, kind: Any) -> None:
    lab.emulator.fail(Fault(kind), path=lab.emulator.submit_path)
    with lab.refused(NoAnswerError):
        await lab.submit(read_s=0.3 if kind == "stall" else 60)
    assert len(lab.emulator.orders) == (0 if kind == "reset" else 1)


async def test_nothing_was_sent_without_a_connection(lab: Lab) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with lab.refused(NotSentError):
        await lab.submit(base_url=url)


async def test_a_page_instead_of_a_task_is_no_result(lab: Lab) -> None:
    for fault in (HTML, lab.emulator.empty(), Fault("status", 200, "null"), Fault("status", 200, "[]")):
        lab.emulator.fail(fault, path=lab.emulator.submit_path)
        with lab.refused(RejectedError, "no_result"):
            await lab.submit()


async def test_an_order_without_an_answer_is_found_by_its_token_where_the_vendor_can_be_asked(lab: Lab) -> None:
    adapter = lab.adapter()
    if not isinstance(adapter, Finder):
        pytest.skip("this vendor cannot be asked for an order by our token")
    lab.emulator.fail(Fault("lost"), path=lab.emulator.submit_path)
    with lab.refused(NoAnswerError):
        await lab.submit()
    found = await adapter.find(lab.request(), TOKEN)
    assert isinstance(found, Accepted) and await adapter.find(lab.request(), "nobody's") is None
    assert isinstance(await lab.finish(found.upstream_id), Answer)
    assert await adapter.submit(lab.request(), Shelf(), TOKEN) == found  # a second one is the first
    assert len(lab.emulator.orders) == 1
    with lab.refused(RejectedError, "auth"):
        await lab.adapter(key=lab.emulator.key[:-4] + "nope").find(lab.request(), TOKEN)  # type: ignore[attr-defined]


# A task


async def test_a_task_is_waited_for_and_its_clip_fetched(lab: Lab) -> None:
    lab.emulator.polls = 3
    task = await lab.submit()
    first, second, answer = [await lab.adapter().poll(task) for _ in range(3)]
    for pending in (first, second):
        assert isinstance(pending, Pending)
        assert pending.progress is None or 0 <= pending.progress <= 1
    assert isinstance(answer, Answer)
    assert all(lab.emulator.signed(seen) for seen in lab.emulator.seen)
    main = answer.files[0]
    assert (main.role, main.suffix) == ("main", ".mp4")
    data = main.data if isinstance(main, Artefact) else await lab.adapter().fetch(main)
    assert data == clip()
    assert accept(data, main.suffix, "video")["frames"] == 8
    assert len(lab.emulator.orders) == 1


async def test_looking_again_says_the_same(lab: Lab) -> None:
    task = await lab.submit()
    answer = await lab.finish(task)
    assert [await lab.adapter().poll(task) for _ in range(3)] == [answer] * 3
    assert len(lab.emulator.orders) == 1


async def test_a_task_that_failed_says_why(lab: Lab) -> None:
    lab.emulator.polls = 1
    for outcome, refusal in {"failed": "no_result", "moderated": "moderation", "empty": "no_result"}.items():
        if outcome in lab.emulator.outcomes:
            lab.emulator.outcome = outcome  # type: ignore[assignment]
            task = await lab.submit()
            with lab.refused(RejectedError, refusal) as caught:
                await lab.adapter().poll(task)
            assert isinstance(caught.value, RejectedError) and not look_failed(caught.value)


async def test_a_state_that_nobody_has_heard_of_is_not_the_end(lab: Lab) -> None:
    lab.emulator.outcome, lab.emulator.polls = "strange", 1
    assert isinstance(await lab.adapter().poll(await lab.submit()), Pending)


async def test_a_look_that_went_wrong_says_nothing_of_the_task(lab: Lab) -> None:
    task = await lab.submit()
    for fault in (Fault("status", 500), Fault("status", 504), HTML, Fault("status", 200, "null"), Fault("status", 429)):
        lab.emulator.fail(fault, path=lab.emulator.look_path)
        with lab.refused(RejectedError) as caught:
            await lab.adapter().poll(task)
        assert isinstance(caught.value, RejectedError) and look_failed(caught.value), caught.value
    for fault in (Fault("truncated"), Fault("stall")):
        lab.emulator.fail(fault, path=lab.emulator.look_path)
        with lab.refused(NoAnswerError):
            await lab.adapter(read_s=0.3).poll(task)
    with lab.refused(RejectedError, "auth"):
        await lab.adapter(key=lab.emulator.key[:-4] + "nope").poll(task)
    await lab.finish(task)
    assert len(lab.emulator.orders) == 1


async def test_a_task_that_the_vendor_does_not_know_is_gone(lab: Lab) -> None:
    task = await lab.submit()
    lab.emulator.fail(Fault("status", 404, "<html>nginx</html>"), path=lab.emulator.look_path)
    with lab.refused(RejectedError, "gone"):
        await lab.adapter().poll(task)
    lab.emulator.tasks.clear()
    with lab.refused(RejectedError, "gone"):
        await lab.adapter().poll(task)


# A file


async def fetched(lab: Lab) -> Remote:
    main = (await lab.finish(await lab.submit())).files[0]
    if not isinstance(main, Remote):
        pytest.skip("this vendor answers with the clip itself")
    return main


async def test_a_clip_that_is_gone_or_empty_is_told(lab: Lab) -> None:
    file = await fetched(lab)
    faults = {
        "gone": (Fault("status", 404, "<Error/>"), Fault("status", 403, "<Error/>"), Fault("status", 410)),
        "no_result": (Fault("status", 200), HTML),
        "busy": (Fault("status", 500), Fault("status", 503)),
    }
    for refusal, kinds in faults.items():
        for fault in kinds:
            lab.emulator.fail(fault, path=lab.emulator.file_path)
            with lab.refused(RejectedError, refusal):
                await lab.adapter().fetch(file)
    lab.emulator.fail(Fault("truncated"), path=lab.emulator.file_path)
    with lab.refused(NoAnswerError):
        await lab.adapter().fetch(file)
    assert await lab.adapter().fetch(file) == clip()


# The channel


async def test_a_channel_is_tried_without_buying(lab: Lab) -> None:
    await lab.adapter().probe()
    assert lab.emulator.probe_path in lab.emulator.seen[-1].path and lab.emulator.signed(lab.emulator.seen[-1])
    assert lab.emulator.orders == []
    with lab.refused(RejectedError, "auth"):
        await lab.adapter(key=lab.emulator.key[:-4] + "nope").probe()
    lab.emulator.fail(HTML, path=lab.emulator.probe_path)
    with lab.refused(RejectedError):
        await lab.adapter().probe()
    assert lab.emulator.orders == []
