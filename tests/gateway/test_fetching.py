"""Where the files of answers are fetched from: a model may name any address, and ours are not its to ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import market
import pytest
from market import PRICE, channel
from test_vendors import paid

from manju.domain.order import ImageRequest, OrderState
from manju.errors import OrderUnknownError
from manju.gateway.delivery import References
from manju.gateway.doubts import Doubts
from manju.net.client import Http
from manju.net.guard import ForbiddenError
from manju.providers.image.openai import OpenAIImages
from manju.providers.upstream import Answer, Endpoint
from vendors.emulator import Fault
from vendors.openai_image import OpenAIImageEmulator
from vendors.relay_video import RelayVideoEmulator

pytestmark = pytest.mark.usefixtures("configured_database")
Pair = tuple[RelayVideoEmulator, RelayVideoEmulator]


@pytest.fixture
async def relays() -> AsyncIterator[Pair]:
    """A relay, and a server inside our network that has the same files."""
    async with RelayVideoEmulator() as relay, RelayVideoEmulator() as inside:
        inside.tasks = relay.tasks
        yield relay, inside


async def test_a_clip_at_an_address_inside_is_left_there(relays: Pair, tmp_path: Path, monkeypatch) -> None:
    relay, inside = relays
    monkeypatch.setattr(relay, "clip_url", inside.clip_url)
    async with market.opened(tmp_path, [channel("a", relay.url)]) as shop:
        with pytest.raises(OrderUnknownError, match="not a public address") as caught:
            await shop.take()
        assert "channels.a.options.files" in caught.value.hint and inside.seen == []
        (doubtful,) = await Doubts(shop.database).of(shop.project)
        assert doubtful.state is OrderState.UNKNOWN  # it was made, so that a person decides
        assert (await shop.gateway.spending(shop.project)).held == PRICE


@pytest.mark.parametrize("allowed", ["its own", "*"])
async def test_the_operator_may_allow_it(relays: Pair, tmp_path: Path, monkeypatch, allowed: str) -> None:
    relay, inside = relays
    monkeypatch.setattr(relay, "clip_url", inside.clip_url)
    async with market.opened(tmp_path, [channel("a", relay.url)]) as shop:
        with pytest.raises(OrderUnknownError):
            await shop.take()
    files = {"files": inside.url if allowed == "its own" else allowed}
    async with market.opened(tmp_path, [channel("a", relay.url, options=files)]) as shop:
        (doubtful,) = await Doubts(shop.database).of(shop.project)
        await Doubts(shop.database).found(doubtful.id, upstream_id=next(iter(relay.tasks)))
        take = await shop.take()
        assert take.order_id == doubtful.id and len(relay.orders) == 1 and await paid(shop) == PRICE


async def test_nor_does_a_redirect_lead_there(relays: Pair, tmp_path: Path) -> None:
    relay, inside = relays
    relay.fail(Fault("status", 302, headers={"Location": f"{inside.url}/files/x.mp4"}), path="/files/")
    async with market.opened(tmp_path, [channel("a", relay.url)]) as shop:
        with pytest.raises(OrderUnknownError, match="not a public address"):
            await shop.take()
    assert inside.seen == []


async def test_nor_an_address_that_a_person_was_given(relays: Pair, tmp_path: Path) -> None:
    relay, inside = relays
    relay.fail(Fault("lost"))
    async with market.opened(tmp_path, [channel("a", relay.url)]) as shop:
        with pytest.raises(OrderUnknownError):
            await shop.take()
        doubts = Doubts(shop.database)
        (doubtful,) = await doubts.of(shop.project)
        await doubts.found(doubtful.id, url=inside.clip_url(next(iter(relay.tasks.values()))), suffix=".mp4")
        with pytest.raises(OrderUnknownError, match="not a public address"):
            await shop.take()
        assert inside.seen == [] and [each.id for each in await doubts.of(shop.project)] == [doubtful.id]


async def test_a_models_words_are_not_asked(relays: Pair) -> None:
    said = f"as you wished: ![]({relays[1].url}/internal/delete?all=1)"
    async with OpenAIImageEmulator() as upstream, Http() as http:
        upstream.fail(Fault("status", 200, {"choices": [{"message": {"content": said}}]}))
        adapter = OpenAIImages(Endpoint(upstream.url, upstream.key, upstream.model, http))
        answer = await adapter.submit(ImageRequest(prompt="x", width=512, height=512), References({}), "t")
        assert isinstance(answer, Answer)
        with pytest.raises(ForbiddenError):
            await adapter.fetch(answer.files[0])  # type: ignore[arg-type]
    assert relays[1].seen == []
