"""Orders at vendors: failed over, polled, fetched, gone on with after a crash; never bought twice."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import bazaar
import market
import pytest
from market import PRICE, Market, channel
from sqlalchemy import func, select

from manju.db.tables import Attempt, LedgerEntry
from manju.domain.order import OrderState
from manju.errors import BudgetError, InputError, ModelError, OrderFailedError, OrderUnknownError, RejectedError
from manju.gateway.doubts import Doubts
from manju.storage.local import LocalStorage
from vendors.emulator import Fault
from vendors.openai_image import OpenAIImageEmulator
from vendors.relay_video import RelayVideoEmulator
from vendors.siliconflow_image import SiliconFlowEmulator

pytestmark = pytest.mark.usefixtures("configured_database")


@pytest.fixture
async def relays() -> AsyncIterator[tuple[RelayVideoEmulator, RelayVideoEmulator]]:
    async with RelayVideoEmulator() as first, RelayVideoEmulator() as second:
        yield first, second


@pytest.fixture
async def one(relays: tuple[RelayVideoEmulator, ...], tmp_path: Path) -> AsyncIterator[Market]:
    """Only the first relay."""
    async with market.opened(tmp_path, [channel("a", relays[0].url)]) as opened:
        yield opened


@pytest.fixture
async def both(relays: tuple[RelayVideoEmulator, ...], tmp_path: Path) -> AsyncIterator[Market]:
    """The first relay before the second."""
    channels = [channel("a", relays[0].url, priority=1), channel("b", relays[1].url)]
    async with market.opened(tmp_path, channels) as opened:
        yield opened


async def attempts(shop: Market | bazaar.Shop) -> list[tuple[str, str]]:
    async with shop.database.read() as session:
        rows = await session.execute(select(Attempt.channel, Attempt.outcome).order_by(Attempt.started_at))
        return [(row.channel, row.outcome) for row in rows]


async def paid(shop: Market) -> int:
    async with shop.database.read() as session:
        return -int(await session.scalar(select(func.coalesce(func.sum(LedgerEntry.amount), 0))) or 0)


async def test_a_clip_is_ordered_polled_fetched_and_paid_once(relays, one: Market) -> None:
    take = await one.take()
    clip = (one.folder / "artefacts" / take.main.path).read_bytes()
    assert b"ftyp" in clip[:16] and take.facts["upstream_model"] == "sora-2"
    assert len(relays[0].orders) == 1 and await paid(one) == PRICE
    (call,) = await one.gateway.calls(one.project)
    assert (call.channel, call.price, call.cost, call.attempts) == ("a", PRICE, 1_000_000, 1)
    assert not list((one.folder / "artefacts").glob("inbox/*"))


async def test_the_same_again_is_answered_from_its_record(relays, one: Market) -> None:
    first, second = await one.take(), await one.take()
    assert first.order_id == second.order_id and len(relays[0].orders) == 1


@pytest.mark.parametrize("kind", ["credit", "auth", "rate", "busy"])
async def test_a_channel_that_says_no_is_passed_over(relays, both: Market, kind: str) -> None:
    relays[0].fail(relays[0].refusal(kind))
    await both.take()
    assert (len(relays[0].orders), len(relays[1].orders)) == (0, 1)
    assert await attempts(both) == [("a", "rejected"), ("b", "succeeded")]
    assert await paid(both) == PRICE


async def test_a_channel_that_cannot_be_reached_is_passed_over(relays, tmp_path: Path) -> None:
    channels = [channel("dead", "http://127.0.0.1:9", priority=1), channel("b", relays[1].url)]
    async with market.opened(tmp_path, channels) as shop:
        await shop.take()
        assert await attempts(shop) == [("dead", "not_sent"), ("b", "succeeded")]


async def test_a_refused_key_is_left_alone_from_then_on(relays, both: Market) -> None:
    relays[0].fail(relays[0].refusal("auth"))
    await both.take("s1")
    seen = len(relays[0].seen)
    await both.take("s2")
    assert len(relays[0].seen) == seen


async def test_refused_content_is_refused_everywhere(relays, both: Market) -> None:
    relays[0].fail(relays[0].refusal("moderation"))
    with pytest.raises(RejectedError) as caught:
        await both.take()
    assert caught.value.refusal == "moderation"
    assert "s1/clip failed in 1 attempt: a: " in caught.value.message
    assert relays[1].orders == [] and await paid(both) == 0
    with pytest.raises(OrderFailedError):
        await both.take()
    await both.take("s2")  # the channel is as healthy as before
    assert (await attempts(both))[-1] == ("a", "succeeded")


async def test_when_all_fail_every_cause_is_told(relays, both: Market) -> None:
    for relay in relays:
        relay.fail(*[Fault("status", 500, {"error": {"message": f"down {relay.url[-1]}"}})] * 5)
    with pytest.raises(ModelError, match=r"failed in \d attempts: a: .*down.*; b: .*down") as caught:
        await both.take()
    assert "s1/clip" in caught.value.message and await paid(both) == 0


@pytest.mark.parametrize("kind", ["lost", "reset", "truncated"])
async def test_a_lost_answer_is_not_bought_again(relays, both: Market, kind: str) -> None:
    relays[0].fail(Fault(kind))  # type: ignore[arg-type]
    with pytest.raises(OrderUnknownError):
        await both.take()
    with pytest.raises(OrderUnknownError):
        await both.take()
    assert relays[1].orders == [] and len(relays[0].seen) == 1
    (doubtful,) = await Doubts(both.database).of(both.project)
    assert doubtful.state is OrderState.UNKNOWN and doubtful.price == PRICE
    assert (await both.gateway.spending(both.project)).held == PRICE


async def test_a_gateway_timeout_is_a_doubt_too(relays, both: Market) -> None:
    relays[0].fail(Fault("status", 504, "<html>gateway timeout</html>"))
    with pytest.raises(OrderUnknownError):
        await both.take()
    assert relays[1].orders == []


async def test_a_lost_order_is_found_by_its_id(relays, one: Market) -> None:
    relays[0].fail(Fault("lost"))
    with pytest.raises(OrderUnknownError):
        await one.take()
    doubts = Doubts(one.database)
    (doubtful,) = await doubts.of(one.project)
    await doubts.found(doubtful.id, upstream_id=next(iter(relays[0].tasks)))
    take = await one.take()
    assert take.order_id == doubtful.id and len(relays[0].orders) == 1 and await paid(one) == PRICE
    assert await doubts.of(one.project) == []


async def test_a_lost_order_is_found_by_its_address(relays, one: Market) -> None:
    donor = await one.take("other")
    url = next(seen for seen in relays[0].seen if "/files/" in seen.path).path
    relays[0].fail(Fault("lost"))
    with pytest.raises(OrderUnknownError):
        await one.take()
    (doubtful,) = await Doubts(one.database).of(one.project)
    await Doubts(one.database).found(doubtful.id, url=relays[0].url + url, suffix=".mp4")
    take = await one.take()
    assert take.order_id == doubtful.id != donor.order_id and len(relays[0].orders) == 2


@pytest.mark.parametrize("wrong", ["/files/nothing.mp4", "http://127.0.0.1:9/clip.mp4"])
async def test_an_address_that_leads_nowhere_is_no_failure(relays, one: Market, wrong: str) -> None:
    relays[0].fail(Fault("lost"))
    with pytest.raises(OrderUnknownError):
        await one.take()
    doubts = Doubts(one.database)
    (doubtful,) = await doubts.of(one.project)
    await doubts.found(doubtful.id, url=wrong if "://" in wrong else relays[0].url + wrong)
    with pytest.raises(OrderUnknownError):
        await one.take()
    (doubtful,) = await doubts.of(one.project)
    assert doubtful.error is not None and "its answer was lost: " in doubtful.error["message"]
    assert await paid(one) == PRICE  # held
    await doubts.found(doubtful.id, upstream_id=next(iter(relays[0].tasks)))
    assert (await one.take()).order_id == doubtful.id
    assert len(relays[0].orders) == 1 and await paid(one) == PRICE


async def test_a_lost_order_is_bought_again_on_purpose(relays, one: Market) -> None:
    relays[0].fail(Fault("lost"))
    with pytest.raises(OrderUnknownError):
        await one.take()
    (doubtful,) = await Doubts(one.database).of(one.project)
    await Doubts(one.database).buy_again(doubtful.id)
    assert await paid(one) == 0
    assert (await one.take()).order_id == doubtful.id
    assert len(relays[0].orders) == 2 and await paid(one) == PRICE


async def test_a_lost_order_is_released(relays, one: Market) -> None:
    relays[0].fail(Fault("lost"))
    with pytest.raises(OrderUnknownError):
        await one.take()
    (doubtful,) = await Doubts(one.database).of(one.project)
    await Doubts(one.database).release(doubtful.id)
    assert await paid(one) == 0
    with pytest.raises(OrderFailedError):
        await one.take()


async def test_where_the_token_is_honoured_it_is_sent_again(relays, tmp_path: Path) -> None:
    async with market.opened(tmp_path, [channel("a", relays[0].url, idempotent=True)]) as shop:
        relays[0].fail(Fault("reset", 500))
        await shop.take()
        tokens = [seen.headers["idempotency-key"] for seen in relays[0].seen if seen.method == "POST"]
        assert len(tokens) == 2 and tokens[0] == tokens[1]
        assert await attempts(shop) == [("a", "interrupted"), ("a", "succeeded")]
        assert await paid(shop) == PRICE


@pytest.mark.parametrize("outcome", ["failed", "moderated", "empty"])
async def test_a_task_that_comes_to_nothing_is_not_charged(relays, both: Market, outcome: str) -> None:
    relays[0].outcome = outcome
    with pytest.raises(RejectedError):
        await both.take()
    assert relays[1].orders == [] and await paid(both) == 0


async def test_a_look_that_fails_is_no_failed_task(relays, one: Market) -> None:
    relays[0].fail(
        Fault("status", 500, "oops"),
        Fault("status", 429, {"error": {"message": "slow down"}}),
        Fault("reset"),
        Fault("truncated"),
        path="/v2/videos/generations/",
    )
    await one.take()
    assert len(relays[0].orders) == 1


async def test_a_clip_that_cannot_be_fetched_yet_is_fetched_later(relays, one: Market) -> None:
    relays[0].fail(*[Fault("status", 503)] * 6, path="/files/")
    with pytest.raises(ModelError, match="could not be fetched"):
        await one.take()
    assert (await one.gateway.spending(one.project)).held == PRICE
    await one.take()
    assert len(relays[0].orders) == 1 and await paid(one) == PRICE


async def test_a_clip_that_is_not_there_at_once_is_waited_for(relays, one: Market) -> None:
    relays[0].fail(*[Fault("status", 404)] * 4, path="/files/")
    await one.take()
    assert len(relays[0].orders) == 1 and await paid(one) == PRICE


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_an_address_that_has_expired_meanwhile_is_asked_for_again(relays, tmp_path: Path, status: int) -> None:
    channels = [channel("a", relays[0].url)]
    async with market.opened(tmp_path, channels) as shop:
        relays[0].fail(*[Fault("status", 503)] * 6, path="/files/")
        with pytest.raises(ModelError, match="could not be fetched"):
            await shop.take()
    relays[0].faults.clear()
    relays[0].fail(Fault("status", status), path="/files/")
    async with market.opened(tmp_path, channels) as shop:
        await shop.take()
        assert len(relays[0].orders) == 1 and await paid(shop) == PRICE


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_is_gone_for_good_has_failed_whether_we_were_there_or_not(relays, tmp_path: Path, restarted: bool):
    """A task's id is in the message: the vendor can be asked for what it has made."""
    channels = [channel("a", relays[0].url)]
    if restarted:
        async with market.opened(tmp_path, channels) as shop:
            relays[0].fail(*[Fault("status", 503)] * 6, path="/files/")
            with pytest.raises(ModelError, match="could not be fetched"):
                await shop.take()
            assert await paid(shop) == PRICE  # held
    async with market.opened(tmp_path, channels) as shop:
        relays[0].fail(*[Fault("status", 404)] * 40, path="/files/")
        with pytest.raises(
            RejectedError, match=rf"a has made it \(the task {next(iter(relays[0].tasks), 'task-1')}\)"
        ) as told:
            await shop.take()
        assert told.value.refusal == "gone"
        assert await attempts(shop) == [("a", "failed")] and await paid(shop) == 0
        assert await Doubts(shop.database).of(shop.project) == []


@pytest.mark.parametrize("restarted", [False, True])
async def test_so_it_is_where_the_address_is_all_that_is_known(tmp_path: Path, restarted: bool) -> None:
    async with (
        SiliconFlowEmulator() as vendor,
        bazaar.opened(tmp_path, "image", "siliconflow", vendor) as shop,
    ):
        if restarted:
            vendor.fail(*[Fault("status", 503)] * 6, path=vendor.file_path)
            with pytest.raises(ModelError, match="could not be fetched"):
                await shop.take("s1", vendor.request)
            vendor.faults.clear()
        vendor.fail(*[Fault("status", 404)] * 40, path=vendor.file_path)
        with pytest.raises(RejectedError, match="our reference attempt_") as told:
            await shop.take("s1", vendor.request)
        assert told.value.refusal == "gone" and await bazaar.paid(shop) == 0
        assert await attempts(shop) == [("upstream", "failed")]


async def test_what_is_waited_for_takes_nobodys_place(relays, one: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("manju.gateway.vendors.at_vendors.SETTLING", 1)
    one.gateway._pause = 60.0
    relays[0].fail(Fault("status", 404), path="/files/")
    waiting = asyncio.create_task(one.take("s1"))
    async with asyncio.timeout(30):
        while relays[0].faults:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await one.take("s2")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_an_answer_that_cannot_be_stored_was_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: object) -> None:
        raise InputError("cannot write: permission denied")

    async with (
        OpenAIImageEmulator() as vendor,
        bazaar.opened(tmp_path, "image", "openai", vendor) as shop,
    ):
        with monkeypatch.context() as broken:
            broken.setattr(LocalStorage, "put", refused)
            with pytest.raises(InputError, match="permission denied"):
                await shop.take("s1", vendor.request)
        with pytest.raises(OrderUnknownError):
            await shop.take("s1", vendor.request)
        assert await bazaar.paid(shop) == bazaar.PRICE
        assert await attempts(shop) == [("upstream", "unknown")]


async def test_a_file_that_is_none_is_not_charged(relays, one: Market) -> None:
    relays[0].fail(*[Fault("status", 200, "<html>hello</html>", {"Content-Type": "text/html"})] * 6, path="/files/")
    with pytest.raises(RejectedError):
        await one.take()
    assert await paid(one) == 0


async def test_cancelled_while_it_is_polled_it_goes_on_from_there(relays, one: Market) -> None:
    relays[0].polls = 10_000
    asked = asyncio.create_task(one.take())
    async with asyncio.timeout(10):
        while not relays[0].tasks:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    relays[0].polls = 2
    await one.take()
    assert len(relays[0].orders) == 1 and await paid(one) == PRICE


async def test_what_is_in_flight_is_a_take_even_if_something_else_is_wanted_now(relays, one: Market) -> None:
    relays[0].polls = 10_000
    asked = asyncio.create_task(one.take(prompt="雨夜"))
    async with asyncio.timeout(10):
        while not relays[0].tasks:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    relays[0].polls = 2
    take = await one.take(prompt="晴天")
    assert take.stale is not None and take.stale.price == PRICE and len(relays[0].orders) == 1


async def test_a_key_that_upstream_repeats_is_told_nobody(relays, one: Market) -> None:
    relays[0].fail(Fault("status", 200, f"<html>{market.KEY}</html>", {"Content-Type": "text/html"}))
    with pytest.raises(ModelError) as caught:
        await one.take()
    assert market.KEY not in caught.value.message and "***" in caught.value.message


async def test_the_budget_is_a_hard_stop_before_the_call(relays, one: Market) -> None:
    await one.gateway.set_budget(one.project, PRICE - 1)
    with pytest.raises(BudgetError):
        await one.take()
    assert relays[0].seen == []


@pytest.mark.parametrize("when", ["accepted", "made"])
async def test_killed_after_it_was_accepted_nothing_is_bought_twice(relays, tmp_path: Path, when: str) -> None:
    if when == "accepted":
        relays[0].polls = 10_000
    else:
        relays[0].fail(Fault("stall"), path="/files/")
    shop = tmp_path / "shop"
    shop.mkdir()
    program = [sys.executable, market.__file__, str(shop), "s1", relays[0].url]
    process = await asyncio.create_subprocess_exec(*program, stdout=subprocess.PIPE)
    path = "/v2/videos/generations/" if when == "accepted" else "/files/"
    async with asyncio.timeout(30):
        while not any(path in seen.path for seen in relays[0].seen):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    process.kill()
    await process.communicate()
    relays[0].polls = 2
    async with market.opened(shop, [channel("relay0", relays[0].url)]) as again:
        await again.take()
        assert len(relays[0].orders) == 1 and await paid(again) == PRICE
        assert await attempts(again) == [("relay0", "succeeded")]
