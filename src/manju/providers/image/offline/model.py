"""``offline:sketch``: storyboard panels, turnarounds, things and covers, drawn from the words of the request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

import resvg_py

from manju.domain.order import Artefact, Generated, ImageRequest
from manju.errors import ModelError
from manju.providers.base import References
from manju.providers.image.offline.lettering import Lettering, font_cache
from manju.providers.image.offline.panel import draw_panel
from manju.providers.image.offline.sheets import draw_asset, draw_cover, draw_turnaround, sheet_texts

GROUND = "#808080"
"""Under everything: seams between anti-aliased shapes must not let transparency through."""

_DRAW = {
    "frame": draw_panel,
    "turnaround": draw_turnaround,
    "asset": draw_asset,
    "cover": draw_cover,
    "edit": draw_panel,  # from the words alone: the artist does not look at pictures
}


class Workers(Protocol):
    """Where drawing may run: a process pool such as `manju.media.process.WorkerPool`."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]: ...


def draw(request: ImageRequest, cache: Path | None = None) -> tuple[bytes, bytes]:
    """The picture of a request: PNG of exactly its size, and the SVG (UTF-8) it was made from.

    The same request always gives the same bytes. ``cache`` is the folder of built fonts (default: `font_cache`).

    Raises:
        ModelError: the picture cannot be rasterised.
        MediaError: the fonts are not installed, or the cache cannot be written.
    """
    title = request.title.strip()
    lettered = title or request.purpose == "turnaround"
    letters = Lettering(sheet_texts(request) if lettered else (), cache or font_cache())
    svg = str(_DRAW[request.purpose](request, letters))
    try:
        png: bytes = resvg_py.svg_to_bytes(
            svg_string=svg, background=GROUND, skip_system_fonts=True, font_files=letters.files
        )
    except ValueError as error:
        raise ModelError(f"the sketch could not be rasterised: {error}", hint="Report this prompt as a bug.") from error
    return png, svg.encode("utf-8")


class SketchArtist:
    """Draws in a worker process if given ``workers``, else in a thread.

    The rasteriser holds the interpreter's lock while it works (measured with resvg-py 0.5: threads stand still, two
    drawings take twice as long as one), so a program that must stay responsive passes workers.
    """

    name = "offline:sketch"

    def __init__(self, workers: Workers | None = None, *, cache: Path | None = None) -> None:
        self._workers = workers
        self._cache = cache

    async def generate(self, request: ImageRequest, references: References) -> Generated:
        """Draw ``request``. References are not looked at: the figures' words say all that is drawn.

        Raises:
            ModelError: the picture cannot be rasterised.
            MediaError: the fonts are not installed, or their cache cannot be written.
        """
        if self._workers is None:
            png, svg = await asyncio.to_thread(draw, request, self._cache)
        else:
            png, svg = await asyncio.wrap_future(self._workers.submit(draw, request, self._cache))
        facts = {"width": request.width, "height": request.height, "prompt": request.prompt}
        return Generated((Artefact("main", png, ".png"), Artefact("source", svg, ".svg")), facts)
