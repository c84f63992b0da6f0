"""What every adapter to a vendor of pictures must do (`manju.providers.upstream.Adapter`), over real HTTP against the
vendor's emulator. A vendor is one row of `VENDORS`; what its wire format looks like is its emulator's affair."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from manju.domain.order import Artefact, ImageRequest, Reference
from manju.errors import InputError, ManjuError, NoAnswerError, NotFoundError, NotSentError, RejectedError
from manju.media.probe import accept
from manju.net.client import Http
from manju.providers.image.gemini import GeminiImages
from manju.providers.image.imagen import ImagenImages
from manju.providers.image.openai import OpenAIImages
from manju.providers.image.siliconflow import SiliconFlowImages
from manju.providers.upstream import Accepted, Adapter, Answer, Endpoint, Pending, Remote, look_failed
from vendors.emulator import Fault
from vendors.gemini_image import GeminiImageEmulator
from vendors.image_answers import ImageEmulator, picture
from vendors.imagen_image import ImagenEmulator
from vendors.openai_image import OpenAIImageEmulator
from vendors.relay_image import RelayImageEmulator
from vendors.siliconflow_image import SiliconFlowEmulator

TOKEN = "0192a1b2c3d4-attempt-1"
HTML = Fault("status", 200, "<!doctype html><title>502 Bad Gateway</title>", {"Content-Type": "text/html"})


@dataclass(frozen=True)
class Vendor:
    """One row: the adapter, who plays its vendor, and the channel's options."""

    adapter: Callable[[Endpoint], Adapter[ImageRequest]]
    emulator: type[ImageEmulator]
    options: Mapping[str, str] = field(default_factory=dict)


RELAYED = {"fields": "aspect_ratio,image_size,seed", "part": "image"}
VENDORS = {
    "openai": Vendor(OpenAIImages, OpenAIImageEmulator),
    "relay": Vendor(OpenAIImages, RelayImageEmulator, RELAYED),
    "relay, references in JSON": Vendor(
        OpenAIImages, RelayImageEmulator, {**RELAYED, "references": "generations", "response_format": "url"}
    ),
    "relay, tasks": Vendor(OpenAIImages, RelayImageEmulator, {**RELAYED, "mode": "async"}),
    "gemini": Vendor(GeminiImages, GeminiImageEmulator),
    "siliconflow": Vendor(SiliconFlowImages, SiliconFlowEmulator, {"most": "3", "steps": "20"}),
    "imagen": Vendor(ImagenImages, ImagenEmulator),
}
TASKS = [name for name, vendor in VENDORS.items() if vendor.options.get("mode") == "async"]


class Shelf:
    """References: pictures by number."""

    def read(self, sha256: str) -> bytes:
        for number in range(16):
            if hashlib.sha256(picture(number)).hexdigest() == sha256:
                return picture(number)
        raise NotFoundError(f"nothing is stored under {sha256}")


@dataclass
class Lab:
    """A vendor on loopback and the adapter that speaks to it."""

    vendor: Vendor
    http: Http
    emulator: ImageEmulator

    def adapter(self, **changes: Any) -> Adapter[ImageRequest]:
        endpoint = Endpoint(self.emulator.url, self.emulator.key, self.emulator.model, self.http, self.vendor.options)
        return self.vendor.adapter(replace(endpoint, **changes))

    def request(self, roles: tuple[str, ...] = ()) -> ImageRequest:
        references = tuple(
            Reference(sha256=hashlib.sha256(picture(number)).hexdigest(), role=role)
            for number, role in enumerate(roles)
        )
        return self.emulator.request.model_copy(update={"references": references})

    async def submit(self, roles: tuple[str, ...] = (), **changes: Any) -> Accepted | Answer:
        return await self.adapter(**changes).submit(self.request(roles), Shelf(), TOKEN)

    async def order(self) -> Answer:
        """An order to its end."""
        result = await self.submit()
        if isinstance(result, Answer):
            return result
        for _ in range(self.emulator.polls):
            seen = await self.adapter().poll(result.upstream_id)
        assert isinstance(seen, Answer)
        return seen

    async def task(self) -> str:
        accepted = await self.submit()
        assert isinstance(accepted, Accepted)
        return accepted.upstream_id

    @contextmanager
    def refused(self, kind: type[ManjuError], refusal: str = "") -> Iterator[pytest.ExceptionInfo[ManjuError]]:
        """The call fails so, in one line, and without a key in what it says."""
        with pytest.raises(kind) as caught:
            yield caught
        assert type(caught.value) is kind, caught.value
        said = f"{caught.value} {caught.value.hint}"
        assert "\n" not in said
        assert not any(secret in said for secret in self.emulator.secrets), said
        if refusal:
            assert getattr(caught.value, "refusal", "") == refusal, said


@pytest.fixture(params=sorted(VENDORS))
async def lab(request: pytest.FixtureRequest) -> AsyncIterator[Lab]:
    async with laboratory(request.param) as lab:
        yield lab


@pytest.fixture(params=TASKS)
async def tasks(request: pytest.FixtureRequest) -> AsyncIterator[Lab]:
    """Only the vendors that work in tasks."""
    async with laboratory(request.param) as lab:
        yield lab


class laboratory:
    """A vendor, up and running."""

    def __init__(self, name: str) -> None:
        self._vendor = VENDORS[name]
        self._http = Http()
        self._emulator = self._vendor.emulator()

    async def __aenter__(self) -> Lab:
        return Lab(self._vendor, await self._http.__aenter__(), await self._emulator.__aenter__())

    async def __aexit__(self, *error: Any) -> None:
        await self._emulator.__aexit__(*error)
        await self._http.__aexit__(*error)


# An order as it goes out, and what comes back


async def test_an_order_arrives_as_the_vendor_wants_it(lab: Lab) -> None:
    await lab.submit()
    orders = [seen for seen in lab.emulator.seen if seen.method == "POST"]
    assert len(orders) == 1 and lab.emulator.submit_path in orders[0].path
    assert lab.emulator.signed(orders[0])
    assert len(lab.emulator.orders) == 1
    got, want = lab.emulator.fields(orders[0]), lab.emulator.request
    assert (got.prompt, got.model) == (want.prompt, lab.emulator.model)
    assert (got.ratio, got.size) == lab.emulator.shape
    assert got.seed in (None, want.seed)
    assert got.pictures == () and got.mask is None


async def test_the_picture_comes_back_as_it_was_made(lab: Lab) -> None:
    answer = await lab.order()
    main = answer.files[0]
    assert (main.role, main.suffix) == ("main", ".png")
    data = main.data if isinstance(main, Artefact) else await lab.adapter().fetch(main)
    assert data == picture()
    assert accept(data, main.suffix, "image")["width"] == 64
    assert answer.facts.get("prompt", lab.emulator.request.prompt) == lab.emulator.request.prompt
    assert answer.units["images"] == 1
    assert all(lab.emulator.signed(seen) for seen in lab.emulator.seen if lab.emulator.file_path not in seen.path)
    assert len(lab.emulator.orders) == 1


async def test_the_key_does_not_go_where_files_are(lab: Lab) -> None:
    main = (await lab.order()).files[0]
    if isinstance(main, Remote):
        await lab.adapter().fetch(main)
        assert "authorization" not in lab.emulator.seen[-1].headers


async def test_our_token_goes_where_the_vendor_has_a_place_for_it(lab: Lab) -> None:
    await lab.submit()
    assert lab.emulator.fields(lab.emulator.seen[-1]).token == (TOKEN if lab.emulator.keeps_token else None)


async def test_references_arrive(lab: Lab) -> None:
    for roles in lab.emulator.takes:
        assert isinstance(await lab.submit(roles), Accepted) == (lab.vendor.options.get("mode") == "async")
        arrived = lab.emulator.fields(lab.emulator.seen[-1])
        pictures = [picture(number) for number, role in enumerate(roles) if role != "mask"]
        masks = [picture(number) for number, role in enumerate(roles) if role == "mask"]
        assert list(arrived.pictures) == pictures, roles
        assert arrived.mask == (masks[0] if masks else None), roles
        assert arrived.prompt == lab.emulator.request.prompt


async def test_what_the_vendor_has_no_place_for_is_refused_before_anything_is_sent(lab: Lab) -> None:
    for roles in lab.emulator.refuses:
        with lab.refused(InputError):
            await lab.submit(roles)
    assert lab.emulator.seen == []


async def test_a_reference_that_is_no_picture_is_refused_before_anything_is_sent(lab: Lab) -> None:
    class Noise:
        def read(self, sha256: str) -> bytes:
            return b"RIFF\0\0\0\0WAVE" if sha256 == "1" * 64 else b"no picture"

    for sha256 in ("0" * 64, "1" * 64):
        request = lab.emulator.request.model_copy(update={"references": (Reference(sha256=sha256),)})
        with lab.refused(InputError):
            await lab.adapter().submit(request, Noise(), TOKEN)
    assert lab.emulator.seen == []


# An order that is not taken


async def test_a_wrong_key_is_auth(lab: Lab) -> None:
    wrong = lab.emulator.key[:-4] + "nope"
    with lab.refused(RejectedError, "auth") as caught:
        await lab.submit(key=wrong)
    assert wrong not in f"{caught.value} {caught.value.hint}"
    assert lab.emulator.orders == []


@pytest.mark.parametrize("kind", ["auth", "credit", "moderation", "rate", "busy"])
async def test_the_vendors_refusals_are_told_apart(lab: Lab, kind: str) -> None:
    lab.emulator.fail(lab.emulator.refusal(kind), path=lab.emulator.submit_path)
    with lab.refused(RejectedError, kind) as caught:
        await lab.submit()
    assert isinstance(caught.value, RejectedError)
    assert caught.value.retry_after == (7 if kind == "rate" else None)
    assert lab.emulator.orders == []


async def test_plain_statuses_of_a_proxy_are_told_apart(lab: Lab) -> None:
    for status, refusal in ((429, "rate"), (500, "busy"), (502, "busy"), (503, "busy")):
        lab.emulator.fail(
            Fault("status", status, "<html>nginx</html>", {"Retry-After": "7"}), path=lab.emulator.submit_path
        )
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


# An answer that is none


async def test_an_answer_without_a_picture_is_told_from_a_refusal_of_the_content(lab: Lab) -> None:
    said: dict[str, list[Any]] = lab.emulator.nothings()
    for refusal, bodies in said.items():
        for body in bodies:
            lab.emulator.fail(Fault("status", 200, body), path=lab.emulator.submit_path)
            with lab.refused(RejectedError, refusal):
                await lab.submit()


async def test_a_page_instead_of_an_answer_is_no_result(lab: Lab) -> None:
    for fault in (HTML, Fault("status", 200, "null"), Fault("status", 200, "[]"), Fault("status", 200, '"done"')):
        lab.emulator.fail(fault, path=lab.emulator.submit_path)
        with lab.refused(RejectedError, "no_result"):
            await lab.submit()


async def test_a_task_where_there_are_none_is_gone(lab: Lab) -> None:
    with lab.refused(RejectedError, "gone"):
        await lab.adapter().poll("task-9")


# A task


async def test_a_task_is_waited_for(tasks: Lab) -> None:
    tasks.emulator.polls = 3
    task = await tasks.task()
    first, second, answer = [await tasks.adapter().poll(task) for _ in range(3)]
    assert first == Pending(0.0, started=False) and second == Pending(0.4)
    assert isinstance(answer, Answer)
    assert [await tasks.adapter().poll(task) for _ in range(3)] == [answer] * 3
    assert len(tasks.emulator.orders) == 1


@pytest.mark.parametrize(
    ("outcome", "refusal"), [("failed", "no_result"), ("moderated", "moderation"), ("empty", "no_result")]
)
async def test_a_task_that_failed_says_why(tasks: Lab, outcome: Any, refusal: str) -> None:
    tasks.emulator.outcome, tasks.emulator.polls = outcome, 1
    task = await tasks.task()
    with tasks.refused(RejectedError, refusal) as caught:
        await tasks.adapter().poll(task)
    assert isinstance(caught.value, RejectedError) and not look_failed(caught.value)


async def test_a_state_that_nobody_has_heard_of_is_not_the_end(tasks: Lab) -> None:
    tasks.emulator.outcome, tasks.emulator.polls = "strange", 1
    assert isinstance(await tasks.adapter().poll(await tasks.task()), Pending)


async def test_a_look_that_went_wrong_says_nothing_of_the_task(tasks: Lab) -> None:
    task = await tasks.task()
    for fault in (Fault("status", 500), Fault("status", 504), HTML, Fault("status", 200, "null"), Fault("status", 429)):
        tasks.emulator.fail(fault, path=tasks.emulator.look_path)
        with tasks.refused(RejectedError) as caught:
            await tasks.adapter().poll(task)
        assert isinstance(caught.value, RejectedError) and look_failed(caught.value), caught.value
    for fault in (Fault("truncated"), Fault("stall")):
        tasks.emulator.fail(fault, path=tasks.emulator.look_path)
        with tasks.refused(NoAnswerError):
            await tasks.adapter(read_s=0.3).poll(task)
    wrong = tasks.emulator.key[:-4] + "nope"
    with tasks.refused(RejectedError, "auth") as caught:
        await tasks.adapter(key=wrong).poll(task)
    assert wrong not in str(caught.value)
    assert isinstance(await tasks.adapter().poll(task), Answer)
    assert len(tasks.emulator.orders) == 1


async def test_a_task_that_the_vendor_does_not_know_is_gone(tasks: Lab) -> None:
    task = await tasks.task()
    tasks.emulator.tasks.clear()
    with tasks.refused(RejectedError, "gone"):
        await tasks.adapter().poll(task)


# A file


async def test_a_file_that_is_gone_empty_or_no_picture_is_told(lab: Lab) -> None:
    file = (await lab.order()).files[0]
    if not isinstance(file, Remote):
        pytest.skip("this vendor answers with the picture itself")
    prose = Fault("status", 200, "not found, sorry", {"Content-Type": "image/png"})
    faults = {
        "gone": (Fault("status", 404, "<Error/>"), Fault("status", 403, "<Error/>"), Fault("status", 410)),
        "no_result": (Fault("status", 200), HTML, prose),
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
    assert await lab.adapter().fetch(file) == picture()


# The channel


async def test_a_channel_is_tried_without_buying(lab: Lab) -> None:
    await lab.adapter().probe()
    assert lab.emulator.probe_path in lab.emulator.seen[-1].path and lab.emulator.signed(lab.emulator.seen[-1])
    wrong = lab.emulator.key[:-4] + "nope"
    with lab.refused(RejectedError, "auth") as caught:
        await lab.adapter(key=wrong).probe()
    assert wrong not in str(caught.value)
    lab.emulator.fail(HTML, path=lab.emulator.probe_path)
    with lab.refused(RejectedError):
        await lab.adapter().probe()
    assert lab.emulator.orders == []


async def test_a_wrong_option_is_told_at_once(lab: Lab) -> None:
    with lab.refused(InputError):
        lab.adapter(options={**lab.vendor.options, "extra": "[1]"})
