"""The worker pool: results, errors, death of a worker, death of the parent; and ffmpeg's errors."""

import math
import os
import signal
import subprocess
import sys
import time

import pytest

from manju.domain.time import rate
from manju.errors import InputError, MediaError, StoppedError
from manju.media.process import WorkerPool, ffmpeg


@pytest.fixture
def pool():
    with WorkerPool(2) as pool:
        yield pool


def test_runs_jobs_in_order_of_arguments(pool):
    futures = pool.submit_runs(math.sqrt, [(n * n,) for n in range(20)])
    assert [future.result(30) for future in futures] == list(range(20))


def test_work_is_done_elsewhere(pool):
    assert pool.submit(os.getpid).result(30) != os.getpid()


def test_errors_cross_with_class_message_and_hint(pool):
    with pytest.raises(InputError, match="is not a frame rate") as caught:
        pool.submit(rate, "fast").result(30)
    assert caught.value.hint


def test_a_bug_in_a_job_arrives_with_its_traceback(pool):
    with pytest.raises(MediaError, match="math domain error"):
        pool.submit(math.sqrt, -1).result(30)


def test_a_worker_that_dies_is_replaced(pool):
    with pytest.raises(MediaError, match="exit code 3"):
        pool.submit(os._exit, 3).result(30)
    assert pool.submit(math.sqrt, 4).result(30) == 2


def test_closing_stops_running_and_waiting_jobs():
    pool = WorkerPool(1)
    running, waiting = pool.submit(time.sleep, 60), pool.submit(time.sleep, 60)
    began = time.monotonic()
    time.sleep(0.3)
    pool.close()
    for future in (running, waiting):
        with pytest.raises(StoppedError):
            future.result(5)
    assert time.monotonic() - began < 10
    with pytest.raises(StoppedError):
        pool.submit(math.sqrt, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX; Windows is covered by the pipe's end")
def test_workers_die_with_a_killed_parent():
    program = (
        "import time; from manju.media.process import WorkerPool; pool = WorkerPool(2);"
        "import os; pids = [f.result() for f in pool.submit_runs(os.getpid, [(), ()])];"
        "[pool.submit(time.sleep, 60) for _ in range(2)]; print(*pids, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    time.sleep(0.3)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while any(_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_alive(pid) for pid in pids)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_ffmpeg_errors_name_command_code_and_reason():
    with pytest.raises(MediaError, match=r"exit code \d+.*(?s:.*)argv: .*nowhere\.mp4"):
        ffmpeg(["-i", "nowhere.mp4", "-f", "null", "-"])
