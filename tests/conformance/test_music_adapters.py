"""What an adapter to a vendor of music must do (`manju.providers.upstream.Adapter`), over real HTTP.
There is one so far: relays in the form of Suno-API."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from manju.domain.order import MusicRequest
from manju.errors import InputError, ManjuError, NoAnswerError, NotFoundError, NotSentError, RejectedError
from manju.media.probe import accept
from manju.net.client import Http
from manju.providers.music.relay import RelayMusic
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote, look_failed
from vendors.emulator import Fault
from vendors.suno_music import SunoEmulator, piece

TOKEN = "0192a1b2c3d4-attempt-1"
REQUEST = MusicRequest(style="舒缓钢琴, 90 BPM", duration_ms=60_000)
HTML = Fault("status", 200, "<!doctype html><title>502 Bad Gateway</title>", {"Content-Type": "text/html"})


class NoReferences:
    def read(self, sha256: str) -> bytes:
        raise NotFoundError(f"nothing is stored under {sha256}")


@dataclass
class Lab:
    http: Http
    emulator: SunoEmulator

    def adapter(self, **changes: Any) -> RelayMusic:
        endpoint = Endpoint(self.emulator.url, self.emulator.key, self.emulator.model, self.http)
        return RelayMusic(replace(endpoint, **changes))

    async def submit(self, **changes: Any) -> str:
        accepted = await self.adapter(**changes).submit(REQUEST, NoReferences(), TOKEN)
        assert isinstance(accepted, Accepted)
        return accepted.upstream_id

    async def finish(self) -> Answer:
        task = await self.submit()
        for _ in range(self.emulator.polls):
            seen = await self.adapter().poll(task)
        assert isinstance(seen, Answer)
        return seen

    @contextmanager
    def refused(self, kind: type[ManjuError], refusal: str = "") -> Iterator[pytest.ExceptionInfo[ManjuError]]:
        with pytest.raises(kind) as caught:
            yield caught
        said = f"{caught.value} {caught.value.hint}"
        assert type(caught.value) is kind and "\n" not in said and self.emulator.key not in said
        if refusal:
            assert getattr(caught.value, "refusal", "") == refusal, said


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with Http() as http, SunoEmulator() as emulator:
        yield Lab(http, emulator)


async def test_an_order_arrives_as_the_vendor_wants_it(lab: Lab) -> None:
    await lab.submit()
    (seen,) = lab.emulator.seen
    assert seen.path == lab.emulator.submit_path and lab.emulator.signed(seen)
    assert seen.headers["idempotency-key"] == TOKEN
    wanted = {"gpt_description_prompt": REQUEST.style, "make_instrumental": True, "mv": "chirp-v5"}
    assert lab.emulator.orders == [wanted]
    await lab.submit(options={"extra": '{"title": "Rain"}'}, base_url=lab.emulator.url + "/v1")
    assert lab.emulator.orders[1] == wanted | {"title": "Rain"}
    with lab.refused(InputError):
        lab.adapter(options={"extra": "[]"})


async def test_the_vendors_refusals_are_told_apart(lab: Lab) -> None:
    for kind in ("auth", "credit", "moderation", "rate", "busy"):
        lab.emulator.fail(lab.emulator.refusal(kind))
        with lab.refused(RejectedError, kind) as caught:
            await lab.submit()
        if kind == "rate":
            assert isinstance(caught.value, RejectedError) and caught.value.retry_after == 7
    with lab.refused(RejectedError, "auth"):
        await lab.submit(key="sk-nope")
    assert lab.emulator.orders == []


@pytest.mark.parametrize("kind", ["reset", "lost", "truncated", "stall"])
async def test_an_order_without_a_whole_answer_may_have_been_taken(lab: Lab, kind: Any) -> None:
    lab.emulator.fail(Fault(kind))
    with lab.refused(NoAnswerError):
        await lab.submit(read_s=0.3 if kind == "stall" else 60)
    assert len(lab.emulator.orders) == (0 if kind == "reset" else 1)
    lab.emulator.fail(Fault("status", 504, "<html>"))
    with lab.refused(NoAnswerError):
        await lab.submit()


async def test_nothing_was_sent_without_a_connection(lab: Lab) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with lab.refused(NotSentError):
        await lab.submit(base_url=url)


async def test_an_answer_without_a_task_is_no_result(lab: Lab) -> None:
    for body in ({}, {"code": "success", "data": None}, {"code": "success", "data": {}}, "null", "[]"):
        lab.emulator.fail(Fault("status", 200, body))
        with lab.refused(RejectedError, "no_result"):
            await lab.submit()
    lab.emulator.fail(HTML)
    with lab.refused(RejectedError, "no_result"):
        await lab.submit()


async def test_other_relays_put_the_task_into_an_object(lab: Lab) -> None:
    lab.emulator.fail(Fault("status", 200, {"code": 1, "data": {"task_id": "suno_task_1"}}))
    assert await lab.submit() == "suno_task_1"
    pieces = [{"audio_url": "https://cdn/clip.wav"}, {"audio_url": ""}, {}]
    body = {"code": 1, "data": {"task_id": "suno_task_1", "status": "complete", "data": pieces}}
    lab.emulator.fail(Fault("status", 200, body))
    answer = await lab.adapter().poll("suno_task_1")
    assert isinstance(answer, Answer) and answer.files == (Remote("main", "https://cdn/clip.wav", ".wav"),)


async def test_a_task_is_waited_for_and_both_its_pieces_fetched(lab: Lab) -> None:
    lab.emulator.polls = 3
    task = await lab.submit()
    looks = [await lab.adapter().poll(task) for _ in range(5)]
    assert looks[:2] == [Pending(0.3, started=False), Pending(0.3)]
    answer = looks[2]
    assert isinstance(answer, Answer) and looks[3:] == [answer, answer]
    assert [(file.role, file.suffix) for file in answer.files] == [("main", ".mp3"), ("other-1", ".mp3")]
    assert answer.model == "chirp-crow"
    for file in answer.files:
        assert isinstance(file, Remote)
        data = await lab.adapter().fetch(file)
        assert data == piece() and abs(accept(data, file.suffix, "music")["duration_ms"] - 2000) < 100
    assert len(lab.emulator.orders) == 1


@pytest.mark.parametrize(
    ("outcome", "refusal"), [("failed", "no_result"), ("moderated", "moderation"), ("empty", "no_result")]
)
async def test_a_task_that_failed_says_why(lab: Lab, outcome: Any, refusal: str) -> None:
    lab.emulator.outcome, lab.emulator.polls = outcome, 1
    with lab.refused(RejectedError, refusal) as caught:
        await lab.adapter().poll(await lab.submit())
    assert isinstance(caught.value, RejectedError) and not look_failed(caught.value)


async def test_a_state_that_nobody_has_heard_of_is_not_the_end(lab: Lab) -> None:
    lab.emulator.outcome, lab.emulator.polls = "strange", 1
    assert isinstance(await lab.adapter().poll(await lab.submit()), Pending)


async def test_a_look_that_went_wrong_says_nothing_of_the_task(lab: Lab) -> None:
    task = await lab.submit()
    empty = Fault("status", 200, {"code": "success", "data": None})
    for fault in (Fault("status", 500), Fault("status", 504), HTML, Fault("status", 200, "null"), empty):
        lab.emulator.fail(fault)
        with lab.refused(RejectedError, "busy"):
            await lab.adapter().poll(task)
    for fault in (Fault("truncated"), Fault("stall")):
        lab.emulator.fail(fault)
        with lab.refused(NoAnswerError):
            await lab.adapter(read_s=0.3).poll(task)
    with lab.refused(RejectedError, "auth"):
        await lab.adapter(key="sk-nope").poll(task)
    lab.emulator.tasks.clear()
    with lab.refused(RejectedError, "gone"):
        await lab.adapter().poll(task)


async def test_a_piece_that_is_gone_or_empty_is_told(lab: Lab) -> None:
    file = (await lab.finish()).files[0]
    assert isinstance(file, Remote)
    for fault, refusal in (
        (Fault("status", 404, "<Error/>"), "gone"),
        (Fault("status", 200), "no_result"),
        (HTML, "no_result"),
        (Fault("status", 500), "busy"),
    ):
        lab.emulator.fail(fault)
        with lab.refused(RejectedError, refusal):
            await lab.adapter().fetch(file)


async def test_a_channel_is_tried_without_buying(lab: Lab) -> None:
    await lab.adapter().probe()
    assert lab.emulator.seen[-1].path == lab.emulator.probe_path
    with lab.refused(RejectedError, "auth"):
        await lab.adapter(key="sk-nope").probe()
    lab.emulator.fail(HTML)
    with lab.refused(RejectedError):
        await lab.adapter().probe()
    assert lab.emulator.orders == []
