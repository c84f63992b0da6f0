"""One chat on its way through the channels: sent, failed over, handed on as it arrives.

Another channel is asked only before the first byte of an answer, and only if upstream has certainly not taken the
request. Only an answer that arrived whole is charged.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from manju.db.chat_page import ChatPage
from manju.db.chats import Answer, Result
from manju.db.clock import now
from manju.db.group import Group
from manju.db.order_records import Outcome
from manju.domain.money import show
from manju.domain.order import OrderState, Way
from manju.errors import (
    InputError,
    ManjuError,
    ModelError,
    NoAnswerError,
    NotSentError,
    OrderUnknownError,
    RejectedError,
)
from manju.gateway import pricing, tokens
from manju.gateway.channels import Route
from manju.gateway.chat.events import KEPT
from manju.gateway.chat.record import Asked, Record
from manju.gateway.chat.reply import JSON, RefusedError, Reply, refused, reply_of
from manju.gateway.chat.stream import Passage, Sink, give
from manju.gateway.errand import ATTEMPTS
from manju.gateway.order_book import recorded
from manju.gateway.routing.health import Cause, Health
from manju.gateway.routing.ranking import ranked
from manju.gateway.routing.slots import Rates, Slots
from manju.gateway.vendors.refusals import DOUBT, ELSEWHERE, LATER
from manju.net.client import Http, Stream, whole
from manju.providers.upstream import address

log = logging.getLogger(__name__)
PATIENCE_S = 10.0
"""Longest ``Retry-After`` that is waited for; a client is told of a longer one."""
LONGEST = 64 << 20
"""Most bytes of an answer that is not streamed."""


@dataclass(slots=True)
class Parts:
    """What all calls of a gateway work with; ``limited`` says until when a route asked to be left alone."""

    group: Group[ChatPage]
    http: Http
    health: Health
    slots: Slots
    rates: Rates
    pause: float
    random: Random = field(default_factory=Random)
    limited: dict[Way, float] = field(default_factory=dict)


class Call:
    """One request being answered; `run` it once."""

    def __init__(self, parts: Parts, asked: Asked, sink: Sink) -> None:
        self._parts = parts
        self._asked = asked
        self._sink = sink
        self._record = Record(parts.group, asked)
        self._tried: set[Way] = set()
        self._causes: list[str] = []
        self._rounds = 0
        self._repeat = asked.repeat
        """The route by which it is sent again with the same token."""
        self._start = 0.0

    async def run(self) -> Answer:
        """Have it answered into the sink.

        Raises:
            ManjuError: there is no answer; nothing of one has reached the sink, or it was cut off.
            TakenError: another order has the name.
        """
        try:
            while (answer := await self._turn()) is None:
                pass
            return answer
        except BaseException:
            self._record.abandon()
            raise

    async def _turn(self) -> Answer | None:
        """One attempt. None: it came to nothing, and another is worth it."""
        parts = self._parts
        repeat, self._repeat = self._repeat, None
        routes = [repeat[0]] if repeat else await self._candidates()
        async with parts.slots.one_of(routes, parts.health) as slot:
            if slot.late and repeat is None:
                return None
            route = slot.route
            await parts.rates.turn(route.channel)
            await self._record.write_down(route, repeat[1] if repeat else "")
            self._start = time.monotonic()
            try:
                return await self._send(route)
            except NoAnswerError as error:
                failed: ModelError = error
                cause: Cause = "no_answer"
            except NotSentError as error:
                failed, cause = error, "not_sent"
            except RejectedError as error:
                failed, cause = error, error.refusal
            except InputError as error:
                self._record.fail("not_sent", error)
                raise
        if cause == "no_answer" or (repeat is not None and cause in ELSEWHERE):
            await self._doubt(route, failed, cause)
            return None
        return await self._next(route, failed, cause)

    async def _candidates(self) -> list[Route]:
        """The routes that are worth asking now, best first.

        Raises:
            RejectedError: all of them have asked to be left alone for longer than anybody waits.
        """
        while True:
            moment = time.monotonic()
            left = [route for route in self._asked.routes if route.way not in self._tried]
            waits = {route.way: self._parts.limited.get(route.way, 0.0) - moment for route in left}
            free = [route for route in left if waits[route.way] <= 0]
            if free:
                return ranked(free, self._parts.health, self._parts.random)
            shortest = min(waits.values())
            if shortest > PATIENCE_S:
                raise RejectedError("upstream had too many requests", refusal="rate", retry_after=shortest)
            await asyncio.sleep(shortest)

    async def _send(self, route: Route) -> Answer:
        """
        Raises:
            NotSentError, NoAnswerError, RejectedError: as adapters do; nothing has reached the sink.
            ModelError: an answer was cut off, and the order is settled.
        """
        envelope, channel = self._asked.envelope, route.channel
        url = address(channel.base_url.rstrip("/"), "v1", "/chat/completions")
        headers = {
            "Authorization": f"Bearer {route.secret}",
            "Content-Type": JSON,
            "Accept-Encoding": "identity",  # the answer is handed on as it comes
            "Idempotency-Key": self._record.token,
        }
        body = envelope.forwarded(route.upstream.model)
        async with self._parts.http.stream("POST", url, headers=headers, data=body, read_s=channel.read_s) as stream:
            if stream.status == 200 and envelope.stream and stream.content_type not in (JSON, "text/html"):
                return await self._hand_on(route, url, stream)
            response = await whole(stream, url, limit=LONGEST)
        if response.status != 200:
            raise refused(response, route.secret)
        reply = reply_of(response, route.secret)
        self._parts.health.good(route.way)
        head = self._head(route, response.headers.get("content-type", JSON))
        answer = Answer(200, head, response.body)
        await self._answered(route, answer, reply)
        await give(answer, self._sink)
        return answer

    async def _hand_on(self, route: Route, url: str, stream: Stream) -> Answer:
        head = self._head(route, stream.headers.get("content-type", "text/event-stream"))
        passage = Passage(self._sink, head, strip=not self._asked.envelope.usage_wanted, secret=route.secret)
        await passage.run(stream, url)
        events = passage.events
        reply = Reply(events.id, "", events.usage, events.said, filtered=events.filtered and not events.said)
        if passage.cut:
            error = ModelError(f"{route.channel.name}: {passage.cut}")
            self._parts.health.bad(route.way, "no_answer", passage.cut)
            await self._record.settle(self._result(OrderState.FAILED, "failed", route, reply, error))
            raise error  # the client must see that it is not whole
        self._parts.health.good(route.way)
        answer = Answer(200, head, None if passage.left else events.kept)
        await self._answered(route, answer, reply)
        await self._sink.end()
        return answer

    def _head(self, route: Route, kind: str) -> dict[str, str]:
        return {"content-type": kind, "x-manju-model": route.upstream.model, "x-manju-order": self._asked.placed.id}

    async def _answered(self, route: Route, answer: Answer, reply: Reply) -> None:
        """Charge for an answer, unless upstream's filter has left nothing of it; and keep it."""
        if reply.filtered:
            error = RejectedError("upstream's content filter left nothing of the answer", refusal="moderation")
            result = self._result(OrderState.FAILED, "rejected", route, reply, error)
        else:
            result = self._result(OrderState.SUCCEEDED, "succeeded", route, reply)
        if self._asked.keep is not None:
            short = answer if len(answer.body or b"") <= KEPT else replace(answer, body=None)
            result = replace(result, keep=short, expires_at=now() + self._asked.keep)
        try:
            await self._record.settle(result)
        except Exception as problem:  # noqa: BLE001 - what was paid for is not kept from whoever paid for it
            log.error("the chat %s was answered, and that was not written down: %r", self._asked.placed.id, problem)
            self._record.abandon()

    def _result(
        self,
        state: Literal[OrderState.SUCCEEDED, OrderState.FAILED],
        outcome: Outcome,
        route: Route,
        reply: Reply,
        error: ManjuError | None = None,
    ) -> Result:
        fields, entry = self._asked.envelope.fields, self._asked.entry
        usage = reply.usage or tokens.guessed(fields, reply.said)
        letters = tokens.letters(fields) if entry.unit == "character" else 0
        price, held = pricing.chat_price(entry, usage, letters), self._asked.placed.held
        over = max(0, price - held) if state is OrderState.SUCCEEDED else 0
        if over:
            told = "the chat %s came to %s where at most %s was agreed: the rest is not charged"
            log.warning(told, self._asked.placed.id, show(price), show(held))
        return Result(
            state,
            outcome,
            price=price,
            cost=pricing.chat_cost(entry, route, usage, letters),
            seconds=time.monotonic() - self._start,
            upstream_id=reply.id,
            facts={
                "input_tokens": usage.input,
                "output_tokens": usage.output,
                "estimated": usage.estimated,
                "upstream_model": reply.model or route.upstream.model,
            }
            | ({"uncharged": over} if over else {}),
            error=None if error is None else recorded(error),
        )

    async def _doubt(self, route: Route, error: ModelError, cause: Cause) -> None:
        """It was sent, now or before, and no answer says what became of it. Where the same token does no harm, it is
        sent again, and nowhere else.

        Raises:
            OrderUnknownError: it does harm, or would be of no use.
        """
        asked = (error.retry_after if isinstance(error, RejectedError) else None) or 0.0
        self._parts.health.bad(route.way, cause, error.message, retry_after=asked or None)
        worth = cause == "no_answer" or (cause in LATER and asked <= PATIENCE_S)
        if route.channel.idempotent and worth and self._rounds + 1 < ATTEMPTS:
            self._record.fail("not_sent" if cause == "not_sent" else "interrupted", error)
            self._repeat = route, self._record.token
            await self._wait(asked)
            return
        unknown = OrderUnknownError(
            f"{self._asked.entry.name} was asked for at {route.channel.name}, and the answer was lost: {error.message}",
            hint=DOUBT,
        )
        await self._record.settle(Result(OrderState.UNKNOWN, "unknown", error=recorded(unknown)))
        raise unknown

    async def _next(self, route: Route, error: ModelError, cause: Cause) -> Answer | None:
        """An attempt came to nothing for certain: see whether there is another way.

        Raises:
            RejectedError: there is none; every cause is in it.
        """
        asked = error.retry_after if isinstance(error, RejectedError) else None
        self._parts.health.bad(route.way, cause, error.message, retry_after=asked)
        if cause == "rate" and asked:
            self._parts.limited[route.way] = time.monotonic() + asked
        self._causes.append(f"{route.channel.name}: {error.message}")
        self._tried.add(route.way)
        self._record.fail("not_sent" if cause == "not_sent" else "rejected", error)
        # A model that one channel does not know (404) may well be known to another.
        wanted = cause in ELSEWHERE or (isinstance(error, RefusedError) and error.answer.status == 404)
        if wanted and any(each.way not in self._tried for each in self._asked.routes):
            return None
        if cause in LATER and self._rounds + 1 < ATTEMPTS and (asked or 0.0) <= PATIENCE_S:
            self._tried.clear()
            await self._wait()
            return None
        final = self._summed(error, asked)
        await self._record.give_up(final)
        if not isinstance(error, RefusedError):
            raise final
        await give(error.answer, self._sink)
        return error.answer

    def _summed(self, last: ModelError, asked: float | None) -> RejectedError:
        """One error that tells every cause, and how many attempts there were."""
        tried = "1 attempt" if len(self._causes) == 1 else f"{len(self._causes)} attempts"
        return RejectedError(
            f"{self._asked.entry.name} was not answered in {tried}: {'; '.join(self._causes)}",
            refusal=last.refusal if isinstance(last, RejectedError) else "busy",
            retry_after=asked,
            hint=last.hint,
        )

    async def _wait(self, least: float = 0.0) -> None:
        """Wait a while before the next attempt."""
        await self._record.pause()
        self._rounds += 1
        back_off = self._parts.pause * 2.0 ** (self._rounds - 1) * self._parts.random.uniform(0.5, 1.0)
        await asyncio.sleep(max(least, back_off))
