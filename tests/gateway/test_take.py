"""Asking for takes: what is sent, what answers from its record, what is made anew."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from lab import Lab, Painter, Ran, ask, sent

from manju.domain.order import Generated, ImageRequest, OrderState, Reference, request_digest
from manju.domain.takes import Stale
from manju.errors import (
    ConflictError,
    InputError,
    MediaError,
    ModelError,
    NotFoundError,
    OrderFailedError,
    StoppedError,
)
from manju.media import label
from manju.providers.base import References
from manju.storage.local import LocalStorage


async def test_a_take_is_made_and_kept(lab: Lab) -> None:
    take = await lab.take("hello")
    content = (lab.folder / "artefacts" / take.main.path).read_bytes()
    assert content == b"HELLO"
    assert take.main.sha256 == hashlib.sha256(content).hexdigest()
    assert take.main.path == f"{take.main.sha256[:2]}/{take.main.sha256[2:4]}/{take.main.sha256}.txt"
    assert (take.subject, take.kind, take.number, take.stale) == ("s1", "line", 1, None)
    assert take.digest == request_digest("test:free", ask("hello"))
    assert take.facts["finish_reason"] == "stop"
    assert take.facts["characters"] == 5


async def test_the_same_request_is_answered_from_its_record(lab: Lab) -> None:
    first = await lab.take("hello")
    assert await lab.take("hello") == first
    assert sent() == 1


async def test_twenty_tasks_place_one_order(lab: Lab) -> None:
    found = await asyncio.gather(*(lab.take("slow", model="test:paid") for _ in range(20)))
    assert sent() == 1
    assert len({take.order_id for take in found}) == 1
    assert (await lab.gateway.spending(lab.project)).paid == 1_000_000


async def test_a_free_take_is_made_anew_and_the_old_one_comes_back(lab: Lab) -> None:
    first = await lab.take("one")
    second = await lab.take("two")
    assert (first.number, second.number) == (1, 2)
    assert await lab.take("one") == first
    assert sent() == 2


async def test_a_paid_take_turns_stale_and_is_made_anew_on_request(lab: Lab) -> None:
    first = await lab.take("one", model="test:paid")
    old = await lab.take("two", model="test:paid")
    assert (old.order_id, old.stale) == (first.order_id, Stale(1_000_000))
    assert sent() == 1
    new = await lab.take("two", model="test:paid", redo_paid=True)
    assert (new.number, new.stale) == (2, None)
    assert await lab.take("two", model="test:paid") == new
    assert await lab.take("two", model="test:paid", redo_paid=True) == new
    assert sent() == 2
    assert (await lab.gateway.spending(lab.project)).paid == 2_000_000


async def test_changing_to_a_paid_model_buys_nothing_by_itself(lab: Lab) -> None:
    free = await lab.take("one")
    assert (await lab.take("one", model="test:paid")).stale == Stale(1_000_000)
    assert (await lab.take("one")) == free
    assert sent() == 1


@pytest.mark.parametrize(("model", "number", "calls"), [("test:free", 2, 2), ("test:paid", 1, 1)])
async def test_a_model_that_makes_something_else_now_makes_what_is_free_anew(
    lab: Lab, model: str, number: int, calls: int
) -> None:
    first = await lab.take("one", model=model)
    known = lab.gateway._catalogue
    newer = known.entry(model).model_copy(update={"revision": 1})
    lab.gateway._catalogue = known.extended((), (newer,))
    for _ in range(2):
        take = await lab.take("one", model=model)
        assert (take.number, sent()) == (number, calls)
        assert (take.stale is not None) is (model == "test:paid")
    lab.gateway._catalogue = known
    assert await lab.take("one", model=model) == first


async def test_subjects_and_kinds_are_apart(lab: Lab) -> None:
    one = await lab.take("hello", "s1")
    two = await lab.take("hello", "s2")
    assert one.order_id != two.order_id
    assert one.main == two.main
    assert sent() == 2


async def test_a_lost_free_artefact_is_made_again(lab: Lab) -> None:
    first = await lab.take("hello")
    (lab.folder / "artefacts" / first.main.path).unlink()
    again = await lab.take("hello")
    assert again == first
    assert await lab.read("hello") == b"HELLO"
    assert sent() == 2


async def test_a_lost_paid_artefact_is_not_bought_again(lab: Lab) -> None:
    first = await lab.take("hello", model="test:paid")
    (lab.folder / "artefacts" / first.main.path).unlink()
    with pytest.raises(NotFoundError, match=r"s1/line/take-1.*gone") as caught:
        await lab.take("hello", model="test:paid")
    assert "copy" in caught.value.hint
    assert sent() == 1


async def test_a_failure_is_retried_on_resume_only(lab: Lab) -> None:
    run = await lab.new_run()
    with pytest.raises(ModelError, match="lens"):
        await lab.take("fail", run=run)
    for other in (run, None, await lab.new_run()):
        with pytest.raises(OrderFailedError, match="lens is dirty") as caught:
            await lab.take("fail", run=other)
        assert "Clean it. Go on with --resume" in caught.value.hint
    assert sent() == 1
    run = await lab.go_on(run)
    with pytest.raises(ModelError, match="lens"):
        await lab.take("fail", run=run)
    with pytest.raises(OrderFailedError):  # this resume has had its try
        await lab.take("fail", run=run)
    assert sent() == 2
    (call,) = await lab.gateway.calls(lab.project)
    assert (call.state, call.attempts, call.take) == (OrderState.FAILED, 2, 1)


async def test_after_a_failure_another_request_is_the_next_try(lab: Lab) -> None:
    with pytest.raises(ModelError):
        await lab.take("fail")
    take = await lab.take("hello")
    assert take.number == 1
    assert [call.key.split("/", 2)[2] for call in await lab.gateway.calls(lab.project)] == [
        "line/take-1/try-1",
        "line/take-1/try-2",
    ]


@pytest.mark.parametrize(("times", "attempts"), [(1, 2), (2, 3)])
async def test_what_may_help_is_tried_up_to_three_times(lab: Lab, times: int, attempts: int) -> None:
    take = await lab.take(f"flaky {times}", model="test:paid")
    assert take.number == 1
    (call,) = await lab.gateway.calls(lab.project)
    assert (call.attempts, call.price, call.cost, call.state) == (attempts, 1_000_000, 400_000, OrderState.SUCCEEDED)
    spending = await lab.gateway.spending(lab.project)
    assert (spending.paid, spending.held) == (1_000_000, 0)


async def test_three_times_and_no_more(lab: Lab) -> None:
    with pytest.raises(ModelError, match="try later"):
        await lab.take("flaky 9", model="test:paid")
    assert sent() == 3
    spending = await lab.gateway.spending(lab.project)
    assert (spending.paid, spending.held) == (0, 0)


@pytest.mark.parametrize(("text", "error"), [("empty", ModelError), ("blank", MediaError)])
async def test_an_answer_without_a_usable_artefact_is_a_failure_and_free(
    lab: Lab, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await lab.take(text, model="test:paid")
    (call,) = await lab.gateway.calls(lab.project)
    assert call.state is OrderState.FAILED
    spending = await lab.gateway.spending(lab.project)
    assert (spending.paid, spending.held) == (0, 0)


async def test_an_overtaken_run_places_nothing(lab: Lab) -> None:
    run = await lab.new_run(epoch=3)
    with pytest.raises(ConflictError, match="taken over"):
        await lab.take("hello", run=Ran(run.run_id, epoch=2))
    assert sent() == 0
    made = await lab.take("hello", run=run)
    assert await lab.take("hello", run=Ran(run.run_id, epoch=2)) == made  # records are everybody's


async def test_a_cancelled_run_places_nothing(lab: Lab) -> None:
    from manju.db.tables import Run

    run = await lab.new_run()
    async with lab.database.write() as session:
        (await session.get_one(Run, run.run_id)).cancel_requested = True
    with pytest.raises(StoppedError):
        await lab.take("hello", run=run)
    assert sent() == 0


async def test_what_cannot_be_asked_for(lab: Lab) -> None:
    with pytest.raises(InputError, match="unknown model 'test:none'") as caught:
        await lab.take("hello", model="test:none")
    assert "offline:outline" in caught.value.hint
    with pytest.raises(InputError, match="makes image, not text"):
        await lab.take("hello", model="offline:sketch")
    with pytest.raises(InputError, match="cannot name a take"):
        await lab.take("hello", "")
    with pytest.raises(NotFoundError, match="no project 'nothing'"):
        await lab.gateway.take("nothing", None, "s1", "line", "test:free", ask("hello"))
    with pytest.raises(NotFoundError, match="no run 'run_0'"):
        await lab.take("hello", run=Ran("run_0"))
    assert await lab.gateway.calls(lab.project) == []


async def test_a_reference_that_nobody_made(lab: Lab) -> None:
    request = ImageRequest(prompt="街", width=64, height=64, references=(Reference(sha256="0" * 64),))
    with pytest.raises(NotFoundError, match="nobody made"):
        await lab.gateway.take(lab.project, None, "s1", "frame", "test:picture", request)
    assert await lab.gateway.calls(lab.project) == []


async def test_a_picture_is_labelled_and_probed_and_can_be_referred_to(lab: Lab) -> None:
    request = ImageRequest(prompt="雨夜的街道", width=320, height=192)
    frame = await lab.gateway.take(lab.project, None, "s1", "frame", "test:picture", request)
    assert (frame.facts["width"], frame.facts["height"]) == (320, 192)
    assert (frame.main, frame.artefact("source").path[-4:]) == (frame.artefact("main"), ".svg")
    for stored in frame.artefacts:
        found = label.read((lab.folder / "artefacts" / stored.path).read_bytes())
        assert found is not None
        assert (found["Label"], found["ProduceID"]) == ("1", frame.digest)
    referring = request.model_copy(update={"references": (Reference(sha256=frame.main.sha256),)})
    await lab.gateway.take(lab.project, None, "s2", "frame", "test:picture", referring)
    assert sent(r"picture [b'\x89PNG']") == 1
    with pytest.raises(NotFoundError, match="no 'mask' artefact"):
        frame.artefact("mask")


async def test_references_are_read_when_it_is_their_turn(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """So no more of them are in memory than calls are in flight."""
    request = ImageRequest(prompt="街", width=64, height=64)
    seen = await lab.gateway.take(lab.project, None, "s0", "frame", "test:picture", request)
    referring = request.model_copy(update={"references": (Reference(sha256=seen.main.sha256),)})
    told: list[str] = []
    generate, read = Painter.generate, LocalStorage.read

    async def reading(self: LocalStorage, path: str) -> bytes:
        told.append("read")
        return await read(self, path)

    async def painting(self: Painter, request: ImageRequest, references: References) -> Generated:
        await asyncio.sleep(0.05)  # time for the others to read, if they did not wait
        told.append("painted")
        return await generate(self, request, references)

    monkeypatch.setattr(LocalStorage, "read", reading)
    monkeypatch.setattr(Painter, "generate", painting)
    places = ((lab.project, None, subject, "frame") for subject in ("s1", "s2", "s3"))
    await asyncio.gather(*(lab.gateway.take(*place, "test:etching", referring) for place in places))
    assert told == ["read", "painted"] * 3


async def test_a_bug_in_a_model_is_no_failure_of_the_order(lab: Lab) -> None:
    for _ in range(2):  # it can be asked for again at once
        with pytest.raises(ZeroDivisionError):
            await lab.take("bug")
    (call,) = await lab.gateway.calls(lab.project)
    assert (call.state, call.attempts) == (OrderState.PLANNED, 2)


async def test_calls_tell_the_manifest(lab: Lab) -> None:
    await lab.take("two", "s2", model="test:paid")
    await lab.take("one", "s1")
    await lab.take("other", "s1")
    calls = await lab.gateway.calls(lab.project)
    assert [(call.subject, call.take, call.model, call.channel) for call in calls] == [
        ("s1", 1, "test:free", "free"),
        ("s1", 2, "test:free", "free"),
        ("s2", 1, "test:paid", "paid"),
    ]
    call = calls[-1]
    assert call.key == f"{lab.project}/s2/line/take-1/try-1"
    assert call.digest == request_digest("test:paid", ask("two"))
    assert call.prompt_digest != calls[0].prompt_digest
    assert (call.seed, call.price, call.paid, call.cost) == (0, 1_000_000, 1_000_000, 400_000)
    assert (call.upstream_model, call.state) == ("test:paid", OrderState.SUCCEEDED)
    assert call.seconds is not None
    assert call.seconds >= 0
