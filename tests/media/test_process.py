"""The worker pool: results, errors, death of a worker, death of the parent; and ffmpeg's errors."""

import _thread
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
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


def test_a_bug_in_a_job_is_one_line_with_its_traceback_as_cause(pool):
    with pytest.raises(MediaError) as caught:
        pool.submit(math.sqrt, -1).result(30)
    assert str(caught.value) == "sqrt failed: ValueError: math domain error"
    assert "Traceback (most recent call last)" in str(caught.value.__cause__)
    with pytest.raises(MediaError) as caught:
        pool.submit(exec, "raise KeyError('a\\nb') from ValueError('several\\nlines')").result(30)
    assert str(caught.value) == r"exec failed: KeyError: 'a\nb'"
    assert "several\nlines" in str(caught.value.__cause__)


def test_an_error_of_the_operating_system_is_one_clear_line(pool, tmp_path):
    path = tmp_path / "没有" / "a.png"
    with pytest.raises(MediaError) as caught:
        pool.submit(os.stat, str(path)).result(30)
    assert str(caught.value).startswith(f"stat cannot use {path}: ")
    assert "\n" not in str(caught.value) and "Errno" not in str(caught.value)
    assert caught.value.hint
    assert "FileNotFoundError" in str(caught.value.__cause__)
    with pytest.raises(MediaError, match=r"^exec failed: No space left on device$"):
        pool.submit(exec, "raise OSError(28, 'No space left on device')").result(30)


def test_what_cannot_be_sent_or_answered_is_an_error_and_nothing_hangs():
    with WorkerPool(1) as pool:
        pid = pool.submit(os.getpid).result(30)
        with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
            pool.submit(math.sqrt, lambda: 0).result(30)
        with pytest.raises(ZeroDivisionError):
            pool.submit(len, Unsendable()).result(30)
        with pytest.raises(MediaError, match=r"^allocate_lock failed: TypeError: cannot pickle"):
            pool.submit(_thread.allocate_lock).result(30)
        with pytest.raises(MediaError, match=r"^only_here failed: ModuleNotFoundError"):
            pool.submit(only_here).result(30)
        assert pool.submit(os.getpid).result(30) == pid  # the same worker went through all that


def test_an_answer_that_cannot_be_read_is_an_error(pool):
    with pytest.raises(MediaError, match=r"^eval failed: ZeroDivisionError"):
        pool.submit(eval, "type('Bad', (), {'__reduce__': lambda self: (eval, ('1/0',))})()").result(30)
    assert pool.submit(math.sqrt, 4).result(30) == 2


class Unsendable:
    def __reduce__(self):
        raise ZeroDivisionError


def only_here():
    """Workers cannot import this module."""


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


def test_closing_while_a_worker_is_being_started(monkeypatch):
    pool, popen, submitted = WorkerPool(1), subprocess.Popen, threading.Event()
    closing = threading.Thread(target=pool.close)

    def start(*arguments, **options):
        submitted.wait(30)
        closing.start()
        waiting.exception(30)  # closing knows of all processes that it is going to kill
        return popen(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    running, waiting = pool.submit_runs(time.sleep, [(60,), (60,)])
    submitted.set()
    with pytest.raises(StoppedError):
        running.result(30)
    closing.join(30)
    assert not closing.is_alive()


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
