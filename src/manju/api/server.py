"""The HTTP server: what it serves, who may reach it, and how it starts and stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from manju import __version__
from manju.api import admin, media, playground
from manju.api.access import Access, Doors, Gate
from manju.api.gateway import chat, errors, images, models, quotes, speech, videos
from manju.api.gateway.context import Relay
from manju.api.gateway.hooks import Hooks
from manju.api.gateway.inputs import Inputs
from manju.api.metrics import Measured, Metrics
from manju.app import WARM, App
from manju.db.keys import Keys
from manju.domain.key import ApiKey
from manju.errors import ManjuError
from manju.gateway.desk import Desk
from manju.net.guard import Guard

log = logging.getLogger(__name__)
WARM_S = 1.0
RESUME_S = 5.0
"""Seconds between looks for orders that a dead process left."""


def create(app: App, *, public_url: str = "", hosts: Sequence[str] = (), origins: Sequence[str] = ()) -> FastAPI:
    """The application over an open `App`.

    Args:
        public_url: where clients reach it, for the addresses of what was made; empty: where the one that asks has
            reached it.
        hosts: names that it is served under, besides addresses and ``localhost``; ``*`` is any.
        origins: web pages of other origins that may call it; ``*`` is any.
    """

    @asynccontextmanager
    async def lifespan(server: FastAPI) -> AsyncIterator[None]:
        async with Guard() as guard:
            desk = Desk(app.gateway, app.database)
            shown = {"image": images.shown_task, "video": videos.shown_task}
            hooks = Hooks(app.settings.data / "hooks", guard, desk, shown)
            server.state.relay = Relay(
                access=Access(Keys(app.database)),
                gateway=app.gateway,
                desk=desk,
                catalogue=app.catalogue,
                inputs=Inputs(app.shelf, guard),
                storage=app.storage,
                hooks=hooks,
                public_url=public_url.rstrip("/"),
                producer=app.settings.producer,
            )
            await hooks.start(server.state.relay)
            resuming = asyncio.create_task(_resume(app, desk))
            # Workers take a processor each while they start: only once this process has answered that it is there.
            warming = asyncio.get_running_loop().call_later(WARM_S, app.pool.warm, WARM)
            server.state.ready = True
            try:
                yield
            finally:
                server.state.ready = False
                warming.cancel()
                resuming.cancel()
                await hooks.close()
                await desk.close()

    server = FastAPI(title="manju", version=__version__, lifespan=lifespan)
    server.state.ready = False
    server.state.admin = admin.Admin.of(app)
    metrics = Metrics()
    server.add_middleware(Gate)
    server.add_middleware(Measured, metrics=metrics)
    server.add_middleware(Doors, hosts=hosts, origins=origins)
    server.include_router(chat.router(app))
    for module in (models, quotes, images, videos, speech, media, playground, admin):
        server.include_router(module.router)
    _plain(server, app, metrics)
    server.add_exception_handler(ManjuError, _manju_error)
    server.add_exception_handler(RequestValidationError, _invalid)
    server.add_exception_handler(HTTPException, _unserved)
    server.add_exception_handler(Exception, errors.broken)
    return server


async def first_key(app: App) -> tuple[ApiKey, str] | None:
    """A fresh installation's first key, for the account of this machine; None if there is a key already."""
    keys = Keys(app.database)
    if await keys.all():
        return None
    return await keys.create("first", account=app.settings.account)


async def _resume(app: App, desk: Desk) -> None:
    """Take up what dead processes left, now and whenever one dies."""
    while True:
        try:
            await app.gateway.recover()
            await desk.resume()
        except ManjuError as error:
            log.warning("unfinished orders could not be taken up: %s", error.message)
        await asyncio.sleep(RESUME_S)


def _plain(server: FastAPI, app: App, metrics: Metrics) -> None:
    @server.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @server.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
    async def readyz() -> PlainTextResponse:
        ready = bool(server.state.ready)
        return PlainTextResponse("ready" if ready else "starting", 200 if ready else 503)

    @server.get("/metrics", include_in_schema=False)
    async def figures(request: Request) -> Response:
        """For whoever has the admin token or a key."""
        relay = server.state.relay
        try:
            server.state.admin.check(request)
        except ManjuError:
            await relay.access.key(request)
        text, kind = metrics.text(tasks=relay.desk.total, orders=await app.gateway.census())
        return Response(text, media_type=kind)

    @server.get("/", include_in_schema=False)
    async def front() -> RedirectResponse:
        return RedirectResponse("playground", 307)


async def _manju_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ManjuError)
    return errors.problem(error)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first: Any = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    code, param = "invalid_value", where or None
    match first["type"]:
        case "json_invalid":
            code, param = "invalid_json", None
            said = f"the body is not JSON: {first.get('ctx', {}).get('error', first['msg'])} at character {where}"
        case "model_attributes_type" | "dict_type" if not where:
            code, said = "invalid_json", "the body is not a JSON object, or is not sent as application/json"
        case "missing" if not where:
            code, said = "invalid_json", "there is no body: send a JSON object, as application/json"
        case _:
            said = f"{where or 'the body'}: {first['msg'].removeprefix('Value error, ')}"
    return errors.body(400, "invalid_request_error", code, said, param=param, headers=errors.FINAL)


async def _unserved(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return errors.unserved(request, error)
