"""``offline:sketch``: storyboard panels, turnarounds, things and covers, drawn from the words of the request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from manju.domain.order import Artefact, Generated, ImageRequest
from manju.providers.base import References
from manju.providers.image.offline.lettering import Lettering, font_cache
from manju.providers.image.offline.panel import draw_panel
from manju.providers.image.offline.raster import Raster, flat, layered
from manju.providers.image.offline.sheets import draw_asset, draw_cover, draw_turnaround, sheet_texts

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


NEARNESS: Mapping[str, Mapping[str, float]] = {
    "near": {"far": 0.84, "figures": 1.2, "near": 1.4},
    "seen": {"far": 0.93, "figures": 1.07, "near": 1.25},
}
"""How much of the camera's move each layer of a frame makes. Where the ground below the figures is seen, they must not
slide on it; in near shots it is out of the picture, and the set may fall back."""
_NEAR = ("medium", "close", "extreme_close")
"""Shot sizes without the ground."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What was drawn: ``raster`` the picture and its layers as PNG, ``source`` the SVG (UTF-8) they were made from,
    ``nearness`` how much of a camera's move each layer makes (see `manju.domain.timeline.PictureLayer`)."""

    raster: Raster
    source: bytes
    nearness: Mapping[str, float]


def sketch(request: ImageRequest, cache: Path | None = None) -> Sketch:
    """The picture of a request, of exactly its size; that of a frame in layers.

    The same request always gives the same bytes. ``cache`` is the folder of built fonts (default: `font_cache`).

    Raises:
        ModelError: the picture cannot be rasterised.
        MediaError: the fonts are not installed, or the cache cannot be written.
    """
    title = request.title.strip()
    lettered = title or request.purpose == "turnaround"
    letters = Lettering(sheet_texts(request) if lettered else (), cache or font_cache())
    drawing = _DRAW[request.purpose](request, letters)
    raster = (layered if request.layers and request.purpose == "frame" else flat)(drawing, letters.files)
    moves = NEARNESS["near" if request.size in _NEAR else "seen"]
    return Sketch(raster, str(drawing).encode("utf-8"), {name: moves[name] for name in raster.layers})


def draw(request: ImageRequest, cache: Path | None = None) -> tuple[bytes, bytes]:
    """The picture of a request as PNG, and the SVG that it was made from: see `sketch`."""
    made = sketch(request, cache)
    return made.raster.picture, made.source


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
            made = await asyncio.to_thread(sketch, request, self._cache)
        else:
            made = await asyncio.wrap_future(self._workers.submit(sketch, request, self._cache))
        facts: dict[str, Any] = {"width": request.width, "height": request.height, "prompt": request.prompt}
        layers = tuple(Artefact(name, png, ".png") for name, png in made.raster.layers.items())
        if layers:
            facts["layers"] = [[name, made.nearness[name]] for name in made.raster.layers]
        main = Artefact("main", made.raster.picture, ".png")
        return Generated((main, Artefact("source", made.source, ".svg"), *layers), facts)
