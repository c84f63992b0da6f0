"""``/admin``: keys, channels, and orders in doubt, for whoever runs this installation.

Open to whoever has the admin token: of the setting ``admin_token``, else of the file that the server makes in the data
folder. Errors are problem details (RFC 9457). A key is shown once, when it is made.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from starlette.exceptions import HTTPException

from manju.api.gateway.context import relay
from manju.api.gateway.errors import UnauthorisedError
from manju.app import App
from manju.config import KeySource
from manju.db.doubts import Doubt
from manju.db.keys import Keys
from manju.domain.account import Account
from manju.domain.key import MOST, ApiKey, shown
from manju.domain.money import CURRENCY, decimal, micros
from manju.errors import ConflictError, InputError, ManjuError, NotFoundError
from manju.gateway.channels import Channel, routes_of
from manju.gateway.doubts import Doubts
from manju.gateway.vendors.probes import probe
from manju.media.atomic import partial, publish
from manju.media.lock import FileLock
from manju.storage.folder import explain

Given = dict[str, Any]
WHERE = "It is what admin_token says, else in the file that the server names when it starts."
LEAST_TOKEN = 16
"""Characters of a token: a short one can be guessed."""


@dataclass(frozen=True, slots=True)
class Admin:
    """What these endpoints work with."""

    app: App
    token: SecretStr

    @classmethod
    def of(cls, app: App) -> Admin:
        """For an installation. Without an ``admin_token``, one is made and kept in the data folder.

        Raises:
            ManjuError: the token is not where ``admin_token`` says, or too short; or it cannot be kept.
        """
        source = app.settings.admin_token
        if source is None:
            source = KeySource(file=_kept(app.settings.folder.admin_token))
        token = source.read("admin_token")
        if len(token.get_secret_value()) < LEAST_TOKEN:
            raise InputError(
                f"the token of admin_token has fewer than {LEAST_TOKEN} characters", hint="Make it longer, at random."
            )
        return cls(app, token)

    def check(self, request: Request) -> None:
        """Let the caller in. Where he calls from says nothing: a proxy's connections come from this machine too.

        Raises:
            UnauthorisedError: he shows no token, or a wrong one.
        """
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthorisedError("this address needs the admin token", hint=f"Send it as a bearer token. {WHERE}")
        if not hmac.compare_digest(given.strip().encode(), self.token.get_secret_value().encode()):
            raise UnauthorisedError("the admin token is wrong", hint=WHERE)


def _kept(path: Path) -> Path:
    """A file with a token of this installation, made if it is not there. Servers that share the data folder share it.

    Raises:
        ManjuError: it cannot be written.
    """
    try:
        while (lock := FileLock.acquire(path.with_name(path.name + ".lock"))) is None:
            time.sleep(0.01)  # another one makes it
        try:
            if not path.exists():
                with partial(path) as unfinished:
                    unfinished.touch(0o600)
                    unfinished.write_text(secrets.token_urlsafe(32) + "\n", "ascii")
                    publish(unfinished, path)
        finally:
            lock.release()
    except OSError as error:
        raise explain(error, path) from error
    return path


class ProblemRoute(APIRoute):
    """Answers errors with problem details, and lets nobody keep an answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                answer = await handler(request)
            except ManjuError as error:
                answer = _problem(error)
            except RequestValidationError as error:
                first: Any = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"][1:]) or "the body"
                answer = _problem(InputError(f"{where}: {first['msg']}", hint="See /docs."))
            answer.headers["cache-control"] = "no-store"
            return answer

        return told


def _problem(error: ManjuError) -> Response:
    known = (told for kind, told in _KINDS.items() if isinstance(error, kind))
    status, code, title = next(known, (500, "failed", "It did not work"))
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    return _details(status, code, title, error.message, error.hint, headers)


def unserved(request: Request, error: HTTPException) -> Response | None:
    """The response to what no endpoint of ours has taken; None if it is none of ours to answer."""
    if not f"{request.url.path}/".startswith(f"{router.prefix}/"):
        return None
    detail = f"{request.method} {request.url.path[:200]}: {error.detail}"
    code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "invalid")
    return _details(error.status_code, code, str(error.detail), detail, "See /docs.", error.headers)


def _details(
    status: int, code: str, title: str, detail: str, hint: str, headers: Mapping[str, str] | None
) -> JSONResponse:
    content = {"type": f"urn:manju:problem:{code}", "title": title, "status": status, "detail": detail, "hint": hint}
    return JSONResponse(content, status, headers=dict(headers or {}), media_type="application/problem+json")


_KINDS: dict[type[ManjuError], tuple[int, str, str]] = {
    UnauthorisedError: (401, "unauthorised", "The admin token is needed"),
    NotFoundError: (404, "not-found", "There is no such thing"),
    ConflictError: (409, "conflict", "It stands otherwise"),
    InputError: (400, "invalid", "The request cannot be used"),
}


async def administrator(request: Request) -> Admin:
    """The admin parts, for a caller who may use them."""
    admin = request.app.state.admin
    assert isinstance(admin, Admin)
    admin.check(request)
    return admin


Caller = Annotated[Admin, Depends(administrator)]
router = APIRouter(prefix="/admin", tags=["admin"], route_class=ProblemRoute)


class NewKey(BaseModel):
    """A key to be made; amounts are decimal, in the ledger's currency. See ``manju keys create``."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=100)
    account: str | None = None
    credits: str | int | float = "0"
    models: list[str] | None = None
    requests_per_minute: int | None = Field(default=None, ge=1, le=MOST)
    tasks: int | None = Field(default=None, ge=1, le=MOST)
    budget: str | int | float | None = None
    day_budget: str | int | float | None = None


class Credit(BaseModel):
    """An amount to grant, decimal, in the ledger's currency."""

    model_config = ConfigDict(extra="forbid")
    amount: str | int | float


class Found(BaseModel):
    """How an order in doubt was found: by its task's id upstream, or by the address of its file."""

    model_config = ConfigDict(extra="forbid")
    upstream_id: str = ""
    url: str = ""


@router.get("/keys")
async def list_keys(admin: Caller) -> Given:
    """The keys that are not revoked."""
    return {"data": [await _key(admin, key) for key in await Keys(admin.app.database).all()]}


@router.post("/keys", status_code=201)
async def create_key(body: NewKey, admin: Caller) -> Given:
    """Make a key; ``key`` in the answer is shown this once."""
    for name in body.models or ():
        admin.app.catalogue.entry(name)
    made, secret = await Keys(admin.app.database).create(
        body.name,
        account=body.account,
        credits=micros(str(body.credits)),
        models=None if body.models is None else tuple(body.models),
        requests_per_minute=body.requests_per_minute,
        tasks=body.tasks,
        budget=None if body.budget is None else micros(str(body.budget)),
        day_budget=None if body.day_budget is None else micros(str(body.day_budget)),
    )
    return {"key": secret, **await _key(admin, made)}


@router.delete("/keys/{name}", status_code=204)
async def revoke_key(name: str, admin: Caller) -> None:
    """Let a key, by name or id, work no more; a server forgets it within 10 seconds."""
    await Keys(admin.app.database).revoke(name)


@router.get("/accounts")
async def list_accounts(admin: Caller) -> Given:
    """The accounts that pay, with what each has; ``limited`` ones can spend no more than that."""
    return {"data": [_account(each) for each in await Keys(admin.app.database).payers()]}


@router.post("/accounts/{name}/credit")
async def credit_account(name: str, body: Credit, admin: Caller) -> Given:
    """Grant an amount to an account, by its id or name, or the name of a key that it pays for."""
    amount = micros(str(body.amount))
    if not amount:
        raise InputError("nothing would be granted", hint="Give an amount above 0.")
    return _account(await Keys(admin.app.database).credit(name, amount))


@router.get("/channels")
async def list_channels(admin: Caller) -> Given:
    """The channels, those asked first at the top, and how their routes stand."""
    found = sorted(_channels(admin), key=lambda each: -each.priority)
    return {"data": [_channel(admin, channel) for channel in found]}


@router.post("/channels/{name}/test")
async def test_channel(name: str, admin: Caller) -> Given:
    """Ask a channel something that costs nothing, with each of its keys."""
    channel = next((each for each in _channels(admin) if each.name == name), None)
    if channel is None:
        raise NotFoundError(f"there is no channel {name!r}", hint="See GET /admin/channels.")
    told = await probe([channel], admin.app.catalogue, admin.app.storage)
    return {"ok": all(each.ok for each in told), "data": [asdict(each) for each in told]}


@router.get("/orders")
async def list_orders(admin: Caller) -> Given:
    """The orders in doubt, with what is needed to look each up where it was sent. Those that wait for a channel which
    is gone are among them from now on."""
    doubts = Doubts(admin.app.database, admin.app.catalogue)
    await doubts.strand()
    return {"data": [_doubt(doubt) for doubt in await doubts.all()]}


@router.post("/orders/{order_id}/found")
async def found(order_id: str, body: Found, admin: Caller, request: Request) -> Given:
    """It was made: it is fetched now, and nothing is bought."""
    await Doubts(admin.app.database, admin.app.catalogue).found(order_id, upstream_id=body.upstream_id, url=body.url)
    await relay(request).tasks.resume()
    return {"id": order_id, "state": "SUBMITTED"}


@router.post("/orders/{order_id}/buy-again")
async def buy_again(order_id: str, admin: Caller, request: Request) -> Given:
    """Send it once more; upstream may charge for both."""
    await Doubts(admin.app.database).buy_again(order_id)
    await relay(request).tasks.resume()
    return {"id": order_id, "state": "PLANNED"}


@router.post("/orders/{order_id}/release")
async def release(order_id: str, admin: Caller) -> Given:
    """Give it up: it has failed, and what was held for it comes back."""
    await Doubts(admin.app.database).release(order_id)
    return {"id": order_id, "state": "FAILED"}


async def _key(admin: Admin, key: ApiKey) -> Given:
    return shown(key, await admin.app.gateway.spending(key.project_id))


def _account(account: Account) -> Given:
    return account.model_dump(mode="json") | {"balance": decimal(account.balance), "currency": CURRENCY}


def _channels(admin: Admin) -> list[Channel]:
    return [each.channel(name) for name, each in admin.app.settings.channels.items()]


def _channel(admin: Admin, channel: Channel) -> Given:
    health, ways = admin.app.gateway.health, []
    for public, upstream in channel.models.items():
        for route in routes_of(channel, upstream):
            state = health.state(route.way)
            way = {"key": route.key, "model": public, "state": state, "reopens_s": round(health.reopens(route.way), 1)}
            ways.append(way | {"cause": "" if state == "closed" else health.cause(route.way)})
    shown = {"name", "vendor", "base_url", "priority", "weight", "concurrency", "rate", "idempotent"}
    return channel.model_dump(include=shown) | {  # not its options, which may be secrets
        "keys": [*channel.keys],
        "models": {public: upstream.model for public, upstream in channel.models.items()},
        "health": ways,
    }


def _doubt(doubt: Doubt) -> Given:
    told = asdict(doubt) | {"sent_at": doubt.sent_at.isoformat()}
    return told | {"state": "UNKNOWN", "price": decimal(doubt.price), "currency": CURRENCY}
