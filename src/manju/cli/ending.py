"""How the program ends: its errors and Ctrl-C, each told in one message with what to do now, and its exit code.

Ctrl-C raises nothing. Python's own answer to it, an exception between any two instructions, comes out as a traceback
of whatever library is just being imported or closed. Here the process ends at once, but for the time of `durably`: then
the first Ctrl-C stops the work cleanly, and a second one does not wait for that (a film bears it, as it bears kill -9);
nor does the process itself, after `GRACE_S`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from manju.errors import InputError, ManjuError, OrderUnknownError, StoppedError

T = TypeVar("T")
FAILED, WRONG, UNDECIDED, INTERRUPTED = 1, 2, 3, 130
"""Exit codes: of a failure, of the user's mistake, of a run that waits for a person to decide about its orders, and of
Ctrl-C as shells give it."""
_CODES = {StoppedError: INTERRUPTED, InputError: WRONG, OrderUnknownError: UNDECIDED}
GRACE_S = 20.0
"""Seconds that a clean stop gets. A vendor that does not answer would keep it waiting for minutes; its order is left as
a dead process leaves it."""
UNBEGUN = StoppedError("stopped", hint="Nothing was changed; run the same command again.")


def guarded(command: Callable[[], Any]) -> None:
    """Run the program and turn errors into messages and exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # Chinese on any console
    try:
        command()
    except ManjuError as error:
        print(_message(error), file=sys.stdout if _as_json() else sys.stderr, flush=True)
        sys.exit(next((code for kind, code in _CODES.items() if isinstance(error, kind)), FAILED))
    except Exception as error:  # noqa: BLE001 - the last resort: a bug, told as one
        import traceback

        traceback.print_exc()
        told = ManjuError(f"internal error: {type(error).__name__}: {error}", hint="Please report it with these lines.")
        print(_message(told), file=sys.stdout if _as_json() else sys.stderr, flush=True)
        sys.exit(FAILED)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said: there is nothing left to stop


def leave_on_interrupt(told: StoppedError = UNBEGUN) -> None:
    """From now on Ctrl-C ends the process at once."""

    signal.signal(signal.SIGINT, lambda *_: leave(told))


def leave_in_time(told: StoppedError, code: int = INTERRUPTED) -> threading.Timer:
    """End the process after `GRACE_S`, unless it has ended by then, or the timer is cancelled."""
    timer = threading.Timer(GRACE_S, leave, (told, code))
    timer.daemon = True
    timer.start()
    return timer


def leave(told: StoppedError, code: int = INTERRUPTED) -> None:
    """End the process now."""
    # Not by way of the streams: one of them may be in use at this very moment.
    if os.isatty(2):
        os.write(2, b"\x1b[?25h\n")  # bars hide the cursor, and the terminal has just shown ^C
    os.write(1 if _as_json() else 2, f"{_message(told)}\n".encode())
    os._exit(code)


def durably(work: Coroutine[Any, Any, T], stopped: Callable[[], StoppedError]) -> T:
    """Run ``work``, which goes on another time if it is cancelled, on an event loop of its own.

    Raises:
        StoppedError: what ``stopped`` gives, after Ctrl-C.
        Whatever else the work raised.
    """
    import asyncio

    timers: list[threading.Timer] = []

    async def stoppable() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def stop(*_: object) -> None:
            leave_on_interrupt(stopped())
            timers.append(leave_in_time(stopped()))
            loop.call_soon_threadsafe(task.cancel)

        signal.signal(signal.SIGINT, stop)
        try:
            return await work
        finally:
            leave_on_interrupt(stopped())

    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError as error:
        raise stopped() from error
    finally:
        for timer in timers:
            timer.cancel()


def _as_json() -> bool:
    return "--json" in sys.argv


def _message(error: ManjuError) -> str:
    if _as_json():
        told = {"event": "error", "error": type(error).__name__, "message": error.message, "hint": error.hint}
        return json.dumps(told | {"retryable": error.retryable}, ensure_ascii=False)
    return f"manju: {error.message}" + (f"\n       {error.hint}" if error.hint else "")
