"""``manifest.json``: how a film came about. Every model call, the times, the versions, and the hash of every file."""

from __future__ import annotations

import asyncio
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from manju import __version__
from manju.domain.money import CURRENCY, MICRO
from manju.domain.timeline import Timeline
from manju.media.film import Rendered
from manju.pipeline.context import Context
from manju.pipeline.layout import FILM, MANIFEST
from manju.pipeline.ownership import delivered_by_us
from manju.platforms.base import Published
from manju.platforms.folder import outdated, packaged

LIBRARIES = (
    "av",
    "opencv-python-headless",
    "numpy",
    "pillow",
    "imageio-ffmpeg",
    "espeakng-loader",
    "resvg-py",
    "fonttools",
)
"""What shapes pictures and sound besides our own code: another version may give other bytes."""
ALWAYS_OURS = ("screenplay.json", "timeline.json", FILM)
"""Unless a stage has found a person's edit in them (`Context.own`)."""


async def write(
    context: Context,
    rendered: Mapping[str, Rendered] | None,
    published: Sequence[Published] | None,
    timeline: Timeline | None = None,
) -> None:
    """Write the manifest over the last one. ``rendered`` (by the films' names), ``published`` and ``timeline`` are None
    where the run stopped earlier."""
    calls = await context.gateway.calls(context.project_id)
    stages = await context.stage_seconds()
    manifest: dict[str, Any] = {
        "schema": "manju.manifest",
        "version": 1,
        "manju": __version__,
        "project": context.project_id,
        "run": context.work.run_id,
        "spec": context.spec.model_dump(mode="json"),
        "stages": {name: {"seconds": seconds} for name, seconds in stages.items()},
        "total_seconds": round(sum(stages.values()), 3),
        "currency": CURRENCY,
        "cost": sum(call.paid for call in calls) / MICRO,
        "calls": [
            {
                "subject": call.subject,
                "kind": call.kind,
                "take": call.take,
                "order": call.order_id,
                "model": call.model,
                "upstream_model": call.upstream_model,
                "channel": call.channel,
                "prompt_digest": call.prompt_digest,
                "request_digest": call.digest,
                "seed": call.seed,
                "state": str(call.state),
                "price": call.price / MICRO,
                "cost": call.paid / MICRO,
                "upstream_cost": call.cost / MICRO,
                "seconds": call.seconds,
                "attempts": call.attempts,
            }
            for call in calls
        ],
        "notes": context.notes,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
    }
    if timeline is not None:
        label = timeline.label
        manifest["label"] = {"text": label.text, "visible": label.visible, "reason": label.reason, "metadata": True}
    if rendered is not None:
        manifest["render"] = _figures(rendered[FILM])
        manifest["variants"] = {name: _figures(each) for name, each in rendered.items() if name != FILM}
    if published is not None:
        manifest["published"] = [each.model_dump(mode="json") for each in published]
    names = [name for name in context.folder.names() if name != MANIFEST]
    hashes = await asyncio.to_thread(lambda: {name: context.folder.digest(name) for name in names})
    manifest["files"] = hashes
    manifest["own_files"] = [name for name in names if await _own(context, name, hashes[name])]
    if _tells_the_same(context, manifest):
        return  # nothing was made: what the last run tells of its making stays
    context.folder.write(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")


def _figures(rendered: Rendered) -> dict[str, Any]:
    return {
        "frames": rendered.frames,
        "segments": rendered.segments,
        "segments_encoded": rendered.encoded,
        "frames_encoded": rendered.encoded_frames,
        "lufs": round(rendered.lufs, 2),
        "true_peak_dbtp": round(rendered.true_peak_db, 2),
    }


async def _own(context: Context, name: str, digest: str) -> bool:
    """Whether a person put the file there. Asked of every file: an installation that takes the folder in from its
    manifest must not replace or remove such a file."""
    if name in context.own:
        return True
    if packaged(name) or outdated(name):
        return not await delivered_by_us(context.folder, context.documents, name, digest)
    if name in context.used or name in ALWAYS_OURS:
        return False
    return not await context.ours(name, digest)


def _tells_the_same(context: Context, manifest: dict[str, Any]) -> bool:
    if not context.folder.exists(MANIFEST):
        return False
    try:
        before = json.loads(context.folder.read(MANIFEST))
    except ValueError:
        return False  # somebody broke it: it is written anew
    made = ("files", "own_files", "calls", "spec", "label", "published", "versions", "manju")
    return isinstance(before, dict) and all(before.get(name) == manifest.get(name) for name in made)
