"""Chats a second through the gateway ÷ through the LiteLLM proxy, in turns, against the same upstream.

Measured only when it is named: ``python -m benchmarks litellm``. The first time LiteLLM is installed, in an environment
of its own below ``benchmarks/work``. It runs as is recommended for one worker, with a key and without a database: no
budgets and no ledger are on its side.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.corpus import WORK
from benchmarks.gateway import CLIENTS, MODEL, SECRET, length, load, process, serving, upstream, wait
from benchmarks.measure import Bench, Row

REQUIREMENT = "litellm[proxy]==1.106.2"
TARGET = 4.0
PORT = 48731


def rows(bench: Bench) -> Iterator[Row]:
    """Us and the proxy, A B A B."""
    with upstream() as direct, serving(bench, direct) as ours, proxy(bench, direct) as theirs:
        for each in (ours, theirs):
            load(each, CLIENTS, 1)
        seconds = length(bench)
        pairs = [(load(ours, CLIENTS, seconds), load(theirs, CLIENTS, seconds)) for _ in range(bench.times)]
        ratios = tuple(mine["rps"] / other["rps"] for mine, other in pairs)
        note = f"{median(m['rps'] for m, _ in pairs):.0f}/s ÷ {median(o['rps'] for _, o in pairs):.0f}/s"
        name = f"chats a second ÷ LiteLLM proxy, concurrency {CLIENTS}"
        yield Row(name, median(ratios), "×", bench.goal(TARGET), True, note, ratios)


def installed() -> Path:
    """The program of a LiteLLM in an environment of its own."""
    home = WORK / "litellm"
    program = home / "bin" / "litellm"
    if not program.exists():
        pip = home / "bin" / "pip"
        for argv in ([sys.executable, "-m", "venv", str(home)], [str(pip), "install", "-q", REQUIREMENT]):
            if subprocess.run(argv, check=False).returncode:
                raise SystemExit(f"{REQUIREMENT} could not be installed into {home}")
    return program


@contextmanager
def proxy(bench: Bench, direct: str) -> Iterator[tuple[str, str]]:
    """The proxy's address, and its key."""
    program = installed()
    config = bench.fresh("litellm") / "config.yaml"
    config.write_text(
        f"model_list:\n  - model_name: {MODEL}\n    litellm_params:\n      model: openai/emulated\n"
        f"      api_base: {direct.removesuffix('/chat/completions')}\n      api_key: {SECRET}\n"
        f"general_settings:\n  master_key: {SECRET}\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
    argv = [str(program), "--config", str(config), "--host", "127.0.0.1", "--port", str(PORT), "--num_workers", "1"]
    with (config.parent / "log").open("w") as log, process(argv, env=environment, stdout=log, stderr=log):
        wait(f"http://127.0.0.1:{PORT}/health/liveliness")
        yield f"http://127.0.0.1:{PORT}/v1/chat/completions", SECRET
