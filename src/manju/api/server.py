"""The HTTP server: what it serves, who may reach it, and how it starts and stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
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
from manju.api.gateway.hooks import Hooks, Show
from manju.api.gateway.inputs import Inputs
from manju.api.metrics import Measured, Metrics
from manju.api.stopping import Stopping
from manju.app import WARM, App
from manju.db.keys import Keys
from manju.domain.key import ApiKey
from manju.errors import ManjuError
from manju.gateway.tasks import Tasks
from manju.net.guard import Guard

log = logging.getLogger(__name__)
WARM_S = 1.0
RESUME_S = 5.0
"""Seconds between looks for orders that a dead process left."""
SWEEP_S = 3600.0


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
        async with Guard(hook_hosts=app.settings.hook_hosts) as guard:
            access = Access(app.database)
            tasks = Tasks(app.gateway, app.database)
            shown = {"image": _shown(server, images.shown_task), "video": _shown(server, videos.shown_task)}
            hooks = Hooks(app.settings.data / "hooks", guard, tasks, shown)
            server.state.relay = Relay(
                access=access,
                gateway=app.gateway,
                tasks=tasks,
                catalogue=app.catalogue,
                inputs=Inputs(app.shelf, guard),
                storage=app.storage,
                hooks=hooks,
                public_url=public_url.rstrip("/"),
                producer=app.settings.producer,
            )
            await hooks.start()
            resuming = asyncio.create_task(_resume(app, tasks))
            sweeping = asyncio.create_task(_sweep(app))
            # Workers take a processor each while they start: only once this process has answered that it is there.
            warming = asyncio.get_running_loop().call_later(WARM_S, app.pool.warm, WARM)
            server.state.ready = True
            try:
                yield
            finally:
                server.state.ready = False
                warming.cancel()
                resuming.cancel()
                sweeping.cancel()
                await hooks.close()
                await tasks.close()
                await access.close()

    server = FastAPI(title="manju", version=__version__, lifespan=lifespan)
    server.state.ready = False
    server.state.admin = admin.Admin.of(app)
    metrics = Metrics()
    server.add_middleware(Gate)
    server.add_middleware(Measured, metrics=metrics)
    server.add_middleware(Doors, hosts=hosts, origins=origins)
    server.add_middleware(Stopping)
    server.include_router(chat.router(app))
    for module in (models, quotes, images, videos, speech, media, playground, admin):
        server.include_router(module.router)
    _plain(server, app, metrics)
    server.add_exception_handler(ManjuError, _manju_error)
    server.add_exception_handler(RequestValidationError, _invalid)
    server.add_exception_handler(HTTPException, _unserved)
    server.add_exception_handler(Exception, errors.broken)
    return server


def _shown(server: FastAPI, show: Callable[[str, ApiKey, Relay], Awaitable[dict[str, Any]]]) -> Show:
    async def shown(task: str, key: ApiKey, here: str) -> dict[str, Any]:
        return await show(task, key, replace(server.state.relay, public_url=here))

    return shown


async def first_key(app: App) -> tuple[ApiKey, str] | None:
    """A fresh installation's first key, for the account of this machine; None if there is a key already."""
    keys = Keys(app.database)
    if await keys.all():
        return None
    return await keys.create("first", account=app.settings.account)


async def _resume(app: App, tasks: Tasks) -> None:
    """Take up what dead processes left, now and whenever one dies."""
    while True:
        try:
            await app.gateway.recover()
            await tasks.resume()
        except ManjuError as error:
            log.warning("unfinished orders could not be taken up: %s", error.message)
        await asyncio.sleep(RESUME_S)


async def _sweep(app: App) -> None:
    """Remove what nobody needs any more, now and from time to time."""
    while True:
        try:
            if gone := await app.gateway.sweep():
                log.info("%d files of answers that nobody needs any more were removed", gone)
        except ManjuError as error:
            log.warning("answers that nobody needs any more could not be removed: %s", error.message)
        await asyncio.sleep(SWEEP_S)


def _plain(server: FastAPI, app: App, metrics: Metrics) -> None:
    @server.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @server.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
    async def readyz() -> PlainTextResponse:
        if not server.state.ready:
            return PlainTextResponse("starting", 503)
        try:
            await app.database.check()
        except ManjuError as error:
            log.warning("not ready: %s", error.message)
            return PlainTextResponse("the database does not answer", 503)
        return PlainTextResponse("ready")

    @server.get("/metrics", include_in_schema=False)
    async def figures(request: Request) -> Response:
        """For whoever has the admin token or a key."""
        relay = server.state.relay
        try:
            server.state.admin.check(request)
        except ManjuError:
            await relay.access.key(request)
        text, kind = metrics.text(tasks=relay.tasks.total, orders=await app.gateway.census())
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
        case kind:
            code = "missing_required_parameter" if kind == "missing" else code
            said = f"{where or 'the body'}: {first['msg'].removeprefix('Value error, ')}"
    return errors.body(400, "invalid_request_error", code, said, param=param, headers=errors.FINAL)


async def _unserved(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return admin.unserved(request, error) or errors.unserved(request, error)
