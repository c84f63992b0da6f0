"""One render in a process of its own: ``python -m benchmarks.ours TIMELINE FOLDER CACHE OUT PROFILE``.

Prints JSON: ``seconds`` are those of `manju.media.film.render` with the start of its workers in it, without the start
of this interpreter and the reading of the timeline.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.project import load
from manju.media.encoder import Format
from manju.media.film import Cache, render
from manju.media.label import Mark
from manju.media.process import WorkerPool


def main(arguments: list[str]) -> None:
    """Render and print what it took."""
    document, folder, cache, out = map(Path, arguments[:4])
    film = load(document)
    form = Format(film.width, film.height, film.rate, arguments[4])  # type: ignore[arg-type]
    mark = Mark("", "0" * 32)
    began = time.perf_counter()
    with WorkerPool() as pool:
        made = render(film, folder, out, form=form, cache=Cache.below(cache), pool=pool, mark=mark)
        seconds = time.perf_counter() - began
    facts = {name: value for name, value in asdict(made).items() if name != "missing_glyphs"}
    print(json.dumps({"seconds": seconds, **facts}))


if __name__ == "__main__":
    main(sys.argv[1:])
