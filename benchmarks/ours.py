"""One render in a process of its own: ``python -m benchmarks.ours TIMELINE FOLDER CACHE OUT PROFILE [PLATFORM ...]``.

With platforms, the film has the first one's safe area, and each platform's variant goes beside ``OUT``. Prints JSON:
``seconds`` are those of `manju.media.film.render_all` with the start of its workers in it, without the start of this
interpreter and the reading of the timeline.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.project import load
from manju.domain.platforms import PLATFORMS
from manju.media.encoder import Format
from manju.media.film import Cache, Variant, render_all
from manju.media.label import Mark
from manju.media.process import WorkerPool
from manju.pipeline.variants import composed, safe_for


def main(arguments: list[str]) -> None:
    """Render and print what it took."""
    document, folder, cache, out = map(Path, arguments[:4])
    film = load(document)
    platforms = [PLATFORMS[name] for name in arguments[5:]]
    film = film.model_copy(update={"safe": safe_for(platforms, (film.width, film.height))})
    pages = {out: film} | {out.with_name(f"{each.name}.mp4"): composed(film, each) for each in platforms}
    variants = [
        Variant(page, path, Format(page.width, page.height, page.rate, arguments[4]), Mark("", "0" * 32))  # type: ignore[arg-type]
        for path, page in pages.items()
    ]
    began = time.perf_counter()
    with WorkerPool() as pool:
        made = render_all(variants, folder, cache=Cache.below(cache), pool=pool)
        seconds = time.perf_counter() - began
    facts = {name: value for name, value in asdict(made[0]).items() if name != "missing_glyphs"}
    print(json.dumps({"seconds": seconds, **facts}))


if __name__ == "__main__":
    main(sys.argv[1:])
