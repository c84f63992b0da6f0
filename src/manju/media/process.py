"""Processes: the pool of worker processes that do the heavy work, and the one way to call ffmpeg.

Workers are fresh interpreters, spoken to over their standard input and output (pickle, length kept by the format),
so nothing is forked and nothing of the caller's main module runs again. A worker whose parent dies sees the end of
its input and exits at once, in the middle of a frame if it must. Functions are sent by name and must be importable.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, BinaryIO, ParamSpec, TypeVar

from manju.errors import ManjuError, MediaError, StoppedError

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
APART = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Children are started in process groups of their own (Windows has a flag for it), so that a terminal's Ctrl-C goes to
us alone from their first moment on: they do not fail of it, and tell nothing. It is for us to end them."""
MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 20)}
"""For workers: glibc gives pictures back when they are freed. By itself it comes to keep them (70 MB of a worker that
encodes 2160p, 30 MB at 1080p), and is no quicker. Other systems pass it over."""
STDERR_KEPT = 4000
"""Characters of a failed program's standard error that go into the message: its end says why."""


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def ffmpeg(arguments: Sequence[str], *, stdin: bytes | None = None) -> bytes:
    """Run the bundled ffmpeg and return its standard output.

    Raises:
        MediaError: it could not start or exited with an error; the message has argv, exit code and end of stderr.
    """
    import imageio_ffmpeg

    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", *arguments]
    if stdin is not None:
        argv.remove("-nostdin")
    try:
        done = subprocess.run(argv, input=stdin, capture_output=True, check=False, creationflags=APART, process_group=0)
    except OSError as error:
        raise MediaError(f"ffmpeg could not start: {error}", hint="Run 'manju doctor'.") from error
    if done.returncode:
        stderr = done.stderr.decode("utf-8", "replace")[-STDERR_KEPT:].strip()
        raise MediaError(f"ffmpeg failed with exit code {done.returncode}: {stderr}\nargv: {' '.join(argv)}")
    return done.stdout


class _Job:
    __slots__ = ("arguments", "function", "future")

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...], future: Future[Any]) -> None:
        self.function, self.arguments, self.future = function, arguments, future


class WorkerPool:
    """A fixed number of worker processes, started when first used and kept until `close`.

    `submit` runs one call on any worker. `submit_runs` spreads an ordered list: every worker gets a contiguous run, so
    that what it has prepared for one job (a decoded still) serves the next, and an idle worker takes from the end of
    the longest run that is left.
    """

    def __init__(self, size: int | None = None, environment: Mapping[str, str] | None = None) -> None:
        """``environment`` is added to the workers' own."""
        self.size = size or cores()
        self._environment = {**MEMORY, **os.environ, **(environment or {})}
        self._free: deque[_Job] = deque()
        self._runs: list[deque[_Job]] = [deque() for _ in range(self.size)]
        self._ready = threading.Condition()
        self._closed = False
        self._threads: list[threading.Thread] = []
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def submit(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run ``function`` on a worker. The future raises the `ManjuError` that the function raised, or `MediaError`
        in the place of any other, with the worker's traceback as its cause; or what pickle says of an argument that
        cannot be sent."""
        if kwargs:
            raise TypeError("workers take positional arguments only")
        future: Future[R] = Future()
        with self._ready:
            self._start()
            self._free.append(_Job(function, args, future))
            self._ready.notify_all()
        return future

    def submit_runs(self, function: Callable[..., R], jobs: Sequence[tuple[Any, ...]]) -> list[Future[R]]:
        """Run ``function`` once for each tuple of arguments; neighbours in ``jobs`` tend to share a worker."""
        futures: list[Future[R]] = [Future() for _ in jobs]
        with self._ready:
            self._start()
            share = -(-len(jobs) // self.size) or 1
            for index, (arguments, future) in enumerate(zip(jobs, futures, strict=True)):
                self._runs[index // share].append(_Job(function, arguments, future))
            self._ready.notify_all()
        return futures

    def warm(self, module: str) -> None:
        """Start the workers and import ``module`` there, so that the first job does not wait for it."""
        for _ in range(self.size):
            self.submit(_import, module)

    def close(self) -> None:
        """Stop now: running jobs are killed, waiting ones raise `StoppedError`. May be called twice."""
        with self._ready:
            self._closed = True
            waiting = [*self._free, *(job for run in self._runs for job in run)]
            self._free.clear()
            for run in self._runs:
                run.clear()
            processes = list(self._processes.values())
            self._ready.notify_all()
        for job in waiting:
            if job.future.set_running_or_notify_cancel():  # its owner may have cancelled it already
                job.future.set_exception(StoppedError("the work was stopped"))
        for process in processes:
            process.kill()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        if self._closed:
            raise StoppedError("the worker pool is closed")
        if not self._threads:
            for index in range(self.size):
                thread = threading.Thread(target=self._drive, args=(index,), name=f"worker-{index}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _next(self, index: int) -> _Job | None:
        with self._ready:
            while True:
                if self._closed:
                    return None
                if self._free:
                    return self._free.popleft()
                if self._runs[index]:
                    return self._runs[index].popleft()
                longest = max(self._runs, key=len)
                if longest:
                    return longest.pop()
                self._ready.wait()

    def _drive(self, index: int) -> None:
        """One thread a worker: hand it a job, wait for the answer, start it anew if it died."""
        process: subprocess.Popen[bytes] | None = None
        while (job := self._next(index)) is not None:
            if not job.future.set_running_or_notify_cancel():
                continue
            try:
                request = _name(job.function), pickle.dumps((job.function, job.arguments), pickle.HIGHEST_PROTOCOL)
            except Exception as error:  # noqa: BLE001 - pickling runs any code, and the owner waits for an answer
                job.future.set_exception(error)
                continue
            try:
                if process is None or process.poll() is not None:
                    process = self._spawn(index)
                done, value, trace = _ask(process, request)
            except Exception as error:  # noqa: BLE001 - whatever it is, the owner waits for an answer
                # After it the pipes may be anywhere in the middle of a message.
                code = _dispose(process) if process else None
                process = None
                job.future.set_exception(self._lost(error, code, request[0]))
                continue
            if done:
                job.future.set_result(value)
                continue
            if trace:
                log.debug("%s in a worker process:\n%s", value, trace)
                value.__cause__ = WorkerTraceback(trace)
            job.future.set_exception(value)
        if process is not None:
            _dispose(process)

    def _lost(self, error: Exception, code: int | None, name: str) -> Exception:
        """What to tell the owner of a job that its worker did not answer."""
        if self._closed:
            return StoppedError("the work was stopped")
        if isinstance(error, OSError | EOFError | pickle.UnpicklingError):
            failure = MediaError(
                f"a worker process died (exit code {code}) in {name}",
                hint="If it was killed for memory, use fewer workers (MANJU_WORKERS=1) or a lower resolution.",
            )
        else:
            failure = _failure(name, error)
        failure.__cause__ = error
        return failure

    def _spawn(self, index: int) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", "from manju.media.process import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._environment,
            creationflags=APART,
            process_group=0,
        )
        with self._ready:
            self._processes[index] = process
            if self._closed:  # `close` has killed all that it knew of
                process.kill()
        return process


def _dispose(process: subprocess.Popen[bytes]) -> int:
    """End a worker, free its pipes, and return its exit code."""
    process.kill()
    code = process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):  # unsent bytes of a dead worker have nowhere to go
                pipe.close()
    return code


class WorkerTraceback(Exception):
    """Where an error came from in a worker process: the cause of the error that arrives here."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


Request = tuple[str, bytes]
"""Name of the function; the function and its arguments, pickled on their own: what cannot be read of one request
does not make the next one unreadable."""
Answer = tuple[bool, Any, str]
"""Whether it was done; the result, or the error; the traceback of an error that was not foreseen."""


def _ask(process: subprocess.Popen[bytes], request: Request) -> Answer:
    assert process.stdin and process.stdout
    pickle.dump(request, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
    process.stdin.flush()
    answer: Answer = pickle.loads(pickle.load(process.stdout))
    return answer


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _failure(name: str, error: Exception) -> MediaError:
    """One line for an error that no job raises on purpose."""
    if isinstance(error, OSError):
        told = " ".join(str(error.strerror or error).split())
        where = f"{name} cannot use {os.fsdecode(error.filename)}" if _named(error) else f"{name} failed"
        hint = "Check that it is there, that you may use it and that the disk has room, then run the command again."
        return MediaError(f"{where}: {told or type(error).__name__}", hint=hint)
    return MediaError(f"{name} failed: {type(error).__name__}: {' '.join(str(error).split())}".rstrip(": "))


def _named(error: OSError) -> bool:
    return isinstance(error.filename, str | bytes | os.PathLike)


def _import(module: str) -> None:
    __import__(module)


def _answer(name: str, request: bytes) -> bytes:
    """Do what is asked; the `Answer`, pickled."""
    try:
        function, arguments = pickle.loads(request)
        return pickle.dumps((True, function(*arguments), ""), pickle.HIGHEST_PROTOCOL)
    except ManjuError as error:
        return pickle.dumps((False, error, ""), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - a bug in a job must reach the caller with its traceback
        trace = "".join(traceback.format_exception(error))
        return pickle.dumps((False, _failure(name, error), trace), pickle.HIGHEST_PROTOCOL)


def serve() -> None:
    """Main function of a worker process."""
    requests: BinaryIO = os.fdopen(os.dup(0), "rb")
    answers: BinaryIO = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not get into the answers
    waiting: deque[Request] = deque()
    arrived = threading.Semaphore(0)

    def read() -> None:
        # Reading on a thread of its own notices a dead parent while a job is running.
        try:
            while True:
                waiting.append(pickle.load(requests))
                arrived.release()
        except (EOFError, pickle.UnpicklingError, OSError):
            os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        arrived.acquire()
        answer = _answer(*waiting.popleft())
        try:
            pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except BrokenPipeError:
            os._exit(0)  # the parent is gone: nobody waits for the answer
