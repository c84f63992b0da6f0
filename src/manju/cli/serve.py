"""``manju serve``: the HTTP server."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

import uvicorn

from manju.api.server import create, first_key
from manju.app import LOG_FORMAT, open_app
from manju.cli.ending import INTERRUPTED, leave, leave_in_time, leave_on_interrupt
from manju.config import Settings
from manju.errors import InputError, StoppedError

DRAIN_S = 5
"""Seconds that requests in progress get when the server is stopped; orders are gone on with at the next start."""

STOPPED = StoppedError("stopped", hint="What was ordered is gone on with at the next start.")
REACHABLE = (
    "Other machines can reach it: every call needs a key, and names besides addresses must stand in allow_hosts; "
    "/admin answers whoever has the admin token."
)


def run(*, host: str, port: int, data: Path | None) -> None:
    """Serve until stopped by a signal; everything is closed then.

    Raises:
        InputError: the address cannot be used, or a setting is wrong.
        StoppedError: it was stopped by Ctrl-C; a manager's SIGTERM is a normal end.
    """
    leave_on_interrupt(STOPPED)
    settings = Settings.load(data=data)
    logging.basicConfig(level=settings.log_level.upper(), format=LOG_FORMAT)
    # uvicorn's own choice of loop: uvloop where there is one, which bears half as many requests again.
    with asyncio.Runner(loop_factory=uvicorn.Config("", loop="auto").get_loop_factory()) as runner:
        stopped_by = runner.run(_serve(settings, host, port))
    if stopped_by == signal.SIGINT:
        raise STOPPED


async def _serve(settings: Settings, host: str, port: int) -> int | None:
    """Returns the signal that stopped it."""
    listener = _listen(host, port)
    name = f"[{host}]" if ":" in host else host
    port = listener.getsockname()[1]
    here = f"http://{'127.0.0.1' if _any(host) else name}:{port}"
    async with open_app(settings, warm=False) as app:
        made = await first_key(app)
        if made is not None:
            print(f"The first key, shown this once: {made[1]}", file=sys.stderr)
        server = create(
            app,
            public_url=settings.public_url,
            hosts=(host, *settings.allow_hosts),
            origins=settings.allow_origins,
        )
        if settings.admin_token is None:
            print(f"The admin API's token is in {settings.folder.admin_token}", file=sys.stderr)
        config = uvicorn.Config(
            server,
            log_level=settings.log_level,
            timeout_graceful_shutdown=DRAIN_S,
            access_log=False,
            server_header=False,
        )
        greeting = f"manju serves on {here}  (Ctrl-C stops it)" + ("" if _local(host) else f"\n{REACHABLE}")
        uvicorn_server = _Server(config, greeting)
        await uvicorn_server.serve(sockets=[listener])
        return uvicorn_server.stopped_by


class _Server(uvicorn.Server):
    """Ends in time, and at once when it is told so twice; uvicorn would wait for vendors that do not answer."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self._greeting = greeting
        self.stopped_by: int | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        print(self._greeting, file=sys.stderr, flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal has come."""
        code = INTERRUPTED if sig == signal.SIGINT else 128 + sig
        if self.should_exit:
            leave(STOPPED, code)
        leave_in_time(STOPPED, code)
        self.stopped_by = sig
        super().handle_exit(sig, frame)
        self._captured_signals.clear()  # uvicorn raises them again when it has ended, and the rest would stay open


def _listen(host: str, port: int) -> socket.socket:
    """Bound here, so that an address in use is told in one line and not after everything has started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's algorithm off for its connections; without, answers wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise InputError(
            f"{host}:{port} cannot be served on: {error}", hint="Choose another --host or --port (0 takes a free one)."
        ) from error
    return listener


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
