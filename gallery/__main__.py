"""`make gallery`: the sixty shots of ``shots.toml`` as the sketch artist draws them, with contact sheets and times.

Each shot is ordered as a film orders it: a screenplay is composed into a prompt by the pipeline.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from manju.domain.casting import Character, Look, Voice
from manju.domain.order import ImageRequest
from manju.domain.screenplay import Scene, Screenplay, Shot
from manju.pipeline.prompts import MOVEMENT_WORDS, frame_request
from manju.providers.image.offline.model import draw

SIZES = {"t": (1080, 1920), "w": (1920, 1080)}
COLUMNS = {"t": 8, "w": 5}
THUMB = {"t": (225, 400), "w": (368, 207)}


def _character(uid: str, row: dict[str, str]) -> Character:
    look = {key: row[key] for key in Look.model_fields if key in row}
    voice = Voice.model_validate({"gender": row["gender"], "age": row["age"]})
    return Character(uid=uid, name=row["name"], look=Look(**look), voice=voice)


def _film(number: int, film: dict[str, Any], cast: tuple[Character, ...]) -> Iterator[tuple[str, str, ImageRequest]]:
    """Number, ratio and request of every shot of a film."""
    rows = [[cell.strip() for cell in line.split("|")] for line in film["shots"].strip().splitlines()]
    uids = {key: f"f{number}l{i}" for i, key in enumerate(film["scene"])}
    scenes = tuple(Scene.model_validate({**scene, "uid": uids[key]}) for key, scene in film["scene"].items())
    shots = tuple(
        Shot.model_validate(
            {
                "uid": f"s{row[0]}", "scene": uids[row[1]], "size": row[2], "angle": row[3], "movement": row[4],
                "characters": [who.strip() for who in row[5].split(",")], "action": row[6],
                "duration_ms": 3000,
            }
        )
        for row in rows
    )  # fmt: skip
    play = Screenplay(title=f"film {number}", style=film["style"], duration_target_ms=60_000, characters=cast,
                      scenes=scenes, shots=shots)  # fmt: skip
    for row, shot in zip(rows, shots, strict=True):
        request = frame_request(play, shot, *SIZES[row[7]], seed=7)
        moving = f"{request.prompt}运镜：{MOVEMENT_WORDS[shot.movement]['zh']}。"
        yield row[0].zfill(2), row[7], request.model_copy(update={"prompt": moving})


def requests() -> list[tuple[str, str, ImageRequest]]:
    """Every shot of the gallery."""
    data = tomllib.loads(Path(__file__).with_name("shots.toml").read_text("utf-8"))
    cast = tuple(_character(uid, row) for uid, row in data["cast"].items())
    return [shot for number, film in enumerate(data["film"]) for shot in _film(number, film, cast)]


def _sheet(pictures: list[Path], ratio: str, to: Path) -> None:
    """All pictures of one ratio, small, on one page."""
    columns, (w, h) = COLUMNS[ratio], THUMB[ratio]
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (columns * (w + 8) + 8, rows * (h + 8) + 8), "#f6f4ef")
    for i, path in enumerate(pictures):
        with Image.open(path) as picture:
            small = picture.convert("RGB").resize((w, h), Image.Resampling.LANCZOS)
        page.paste(small, (8 + i % columns * (w + 8), 8 + i // columns * (h + 8)))
    page.save(to)


def main() -> None:
    """Draw everything into ``--out`` and say where it is and how long a panel takes."""
    parser = argparse.ArgumentParser(prog="make gallery", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/gallery"))
    parser.add_argument("--only", default="", help="numbers of shots, such as 3,17-20")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    chosen = {
        n
        for part in given.only.split(",")
        if part
        for a, _, b in [part.partition("-")]
        for n in range(int(a), int(b or a) + 1)
    }
    shown: dict[str, list[Path]] = {"t": [], "w": []}
    spent: list[float] = []
    for number, ratio, request in requests():
        if chosen and int(number) not in chosen:
            continue
        begun = time.process_time()
        png, svg = draw(request)
        spent.append(time.process_time() - begun)
        path = given.out / f"{number}.png"
        path.write_bytes(png)
        path.with_suffix(".svg").write_bytes(svg)
        shown[ratio].append(path)
    for ratio, name in (("t", "tall.png"), ("w", "wide.png")):
        if shown[ratio]:
            _sheet(shown[ratio], ratio, given.out / name)
    sys.stdout.write(
        f"{len(spent)} shots in {given.out}: contact sheets tall.png and wide.png, and a picture each\n"
        f"processor time of a 1080p panel: median {statistics.median(spent):.2f} s, most {max(spent):.2f} s\n"
    )


if __name__ == "__main__":
    main()
