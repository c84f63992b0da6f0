"""``manju doctor``: does everything that a film needs work on this machine?"""

from __future__ import annotations

import asyncio
import json as jsonlib
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from manju import __version__
from manju.app import open_app
from manju.config import Settings
from manju.domain.order import MusicRequest, SpeechRequest
from manju.errors import ManjuError
from manju.media.atomic import scratch
from manju.media.film import Cache
from manju.providers import registry
from manju.storage.folder import explain

SPACE = 2 * 1000**3
"""Bytes of free disk below which a long film may not fit."""
PROBE = 1000**2
"""Bytes that are written to see whether the data folder takes any."""
STORED = ("disk", "database", "fonts")
"""Checks that would only repeat what that of the data folder says where it cannot be used."""
SAMPLE = "天地玄黄宇宙洪荒漫剧，。！？「」AI生成"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    name: str
    ok: bool
    text: str


def run(*, data: Path | None, json: bool) -> None:
    """Check everything, say each, and exit with 1 if anything does not work."""
    settings = Settings.load(data=data)
    checks: dict[str, Callable[[Settings], str]] = {
        "python": lambda _: f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "manju": lambda _: __version__,
        "data folder": _data,
        "disk": _disk,
        "database": _database,
        "encoder": _encoder,
        "ffmpeg": _ffmpeg,
        "fonts": _fonts,
        "voice": _voice,
        "music": _music,
        "workers": _workers,
    }
    found: dict[str, Finding] = {}
    for name, check in checks.items():
        if name in STORED and not found["data folder"].ok:
            finding = Finding(name, False, "not checked: there is no data folder to use")
        else:
            finding = _check(name, check, settings)
        found[name] = finding
        if json:
            print(jsonlib.dumps({"check": finding.name, "ok": finding.ok, "text": finding.text}, ensure_ascii=False))
        else:
            print(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name:<12} {finding.text}")
    if not all(finding.ok for finding in found.values()):
        sys.exit(1)


def _check(name: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(name, True, check(settings))
    except ManjuError as error:
        return Finding(name, False, f"{error.message}. {error.hint}".removesuffix(". "))
    except (OSError, ImportError, ValueError, LookupError) as error:
        return Finding(name, False, f"{type(error).__name__}: {error}")


def _data(settings: Settings) -> str:
    settings.folder.make()
    try:
        with scratch(settings.folder.cache) as folder:
            (folder / "probe").write_bytes(bytes(PROBE))
    except OSError as error:
        raise explain(error, settings.data) from error
    return str(settings.data)


def _disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.data).free
    if free < SPACE:
        raise ManjuError(f"only {free / 1e9:.1f} GB free", hint="Make room, or choose another data folder with --data.")
    used = sum(path.stat().st_size for path in Cache.below(settings.folder.cache).segments.rglob("*") if path.is_file())
    return f"{free / 1e9:.0f} GB free; segment cache {used / 1e9:.2f} of {settings.cache_limit_gb:g} GB"


def _database(settings: Settings) -> str:
    async def look() -> int:
        async with open_app(settings) as app:
            return len(await app.projects.list())

    return f"{asyncio.run(look())} projects"


def _encoder(_: Settings) -> str:
    from manju.media.encoder import describe

    return describe()


def _ffmpeg(_: Settings) -> str:
    from manju.media.process import ffmpeg

    first = ffmpeg(["-version"]).decode().splitlines()[0]
    if b" ass " not in ffmpeg(["-filters"]):
        raise ManjuError("this ffmpeg has no libass: subtitles cannot be drawn", hint="Reinstall imageio-ffmpeg.")
    return first


def _fonts(settings: Settings) -> str:
    from manju.media.fonts import face

    font = face(SAMPLE, cache=Cache.below(settings.folder.cache).fonts)
    if font.missing:
        raise ManjuError(f"no font has {' '.join(sorted(font.missing))}", hint="Reinstall justmytype-intl-cjk.")
    return f"Noto Sans CJK, as {font.family}"


def _voice(_: Settings) -> str:
    model = registry.load("speech", "offline:espeak")
    made = asyncio.run(model.generate(SpeechRequest(text="漫剧开始了"), _Nothing()))
    return f"espeak-ng spoke {made.facts['duration_ms']} ms"


def _music(_: Settings) -> str:
    model = registry.load("music", "offline:synth")
    made = asyncio.run(model.generate(MusicRequest(style="calm", duration_ms=2000), _Nothing()))
    return f"the synthesiser made {made.facts['duration_ms']} ms"


def _workers(settings: Settings) -> str:
    from manju.media.process import WorkerPool

    with WorkerPool(1) as pool:
        pool.submit(len, "abc").result()
    return f"{settings.workers} worker processes"


class _Nothing:
    def read(self, sha256: str) -> bytes:
        raise LookupError(sha256)
