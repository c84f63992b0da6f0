"""How a command ends that is stopped while it waits for somebody who does not answer."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

WAITS = """
import asyncio, sys
from manju.cli import ending
from manju.db.unbroken import unbroken
from manju.errors import StoppedError

ending.GRACE_S = float(sys.argv[1])

@unbroken
async def vendor():
    print("waiting", flush=True)
    await asyncio.sleep(600)

ending.guarded(lambda: ending.durably(vendor(), lambda: StoppedError("stopped", hint="Go on.")))
"""


@pytest.mark.parametrize(("grace", "times"), [("1", 1), ("600", 2)])
def test_it_ends_in_time_and_at_once_when_told_twice(grace: str, times: int) -> None:
    argv = [sys.executable, "-c", WAITS, grace]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        if times == 2:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1.0)
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and err == "manju: stopped\n       Go on.\n"
