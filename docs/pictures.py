"""The pictures of the README, from films that are made for them: ``make pictures``.

Three films of different kinds and shapes give a contact sheet each and a short moving picture of all three side by
side; the script in the README gives its first shot. Everything is offline; the same version gives the same pictures.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
from PIL import Image

ROOT = Path(__file__).parent.parent
OUT = Path(__file__).parent / "pictures"
MOST = 250_000
"""Bytes of a picture: a README must load quickly."""
QUALITIES = range(86, 20, -8)
SHEET_WIDTH, SCRIPT_WIDTH = 1200, 960
HEIGHT, RATE, SECONDS, GAP = 240, 6, 4, 6
"""Of the moving picture: pixels, pictures a second, length, pixels between the films."""


@dataclass(frozen=True, slots=True)
class Film:
    """A film to be shown: the name of its pictures, its topic, its options, and from which second on it moves."""

    name: str
    topic: str
    options: tuple[str, ...]
    start: int


FILMS = (
    Film("drama", "赛博校园侦探", ("--ratio", "9:16"), 9),
    Film("explainer", "5个改变生活的AI工具", ("--ratio", "16:9"), 8),
    Film("tale", "The fox who mended the moon", ("--ratio", "1:1"), 12),
)
RESOLUTION = ("--resolution", "720p")
LENGTHS = range(45, 61, 3)
FULL = 9
"""Shots of a full contact sheet: films have the first of the lengths (seconds) that gives so many, else the first."""


def main() -> None:
    """Make the films in a folder that is thrown away, and their pictures in ``docs/pictures``."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="manju-pictures-") as place:
        work = Path(place)
        for film in FILMS:
            seconds = next((each for each in LENGTHS if _shots(film, work, each) == FULL), LENGTHS[0])
            _make(film.topic, work / film.name, work / "data", "--seconds", str(seconds), *RESOLUTION, *film.options)
            with Image.open(work / film.name / "contact_sheet.png") as sheet:
                _save(_shrunk(sheet.convert("RGB"), SHEET_WIDTH), OUT / f"{film.name}.jpg")
        _save_moving([list(_frames(work / film.name / "film.mp4", film.start)) for film in FILMS], OUT / "films.webp")
        script = work / "script.json"
        script.write_text(_script(), encoding="utf-8")
        _make(str(script), work / "script", work / "data", "--stop-after", "storyboard")
        with Image.open(work / "script" / "shots" / "s01.png") as shot:
            _save(_shrunk(shot.convert("RGB"), SCRIPT_WIDTH), OUT / "script.jpg")


def _shots(film: Film, work: Path, seconds: int) -> int:
    """How many shots a film of a length has."""
    script = work / f"{film.name}-{seconds}"
    _make(film.topic, script, work / "data", "--seconds", str(seconds), *film.options, "--stop-after", "script")
    return len(json.loads((script / "screenplay.json").read_text("utf-8"))["shots"])


def _make(source: str, out: Path, data: Path, *options: str) -> None:
    manju = Path(sys.executable).with_name("manju")
    subprocess.run([str(manju), "make", source, "--out", str(out), "--data", str(data), *options], check=True)


def _script() -> str:
    """The script that the README shows."""
    found = re.search(r"```json\n(.+?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    if found is None:
        raise SystemExit("README.md shows no script")
    return found[1]


def _shrunk(picture: Image.Image, width: int) -> Image.Image:
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)


def _frames(film: Path, start: int) -> Iterator[Image.Image]:
    """A film's pictures from a second on, as many and as high as the moving picture takes."""
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        container.seek(start * av.time_base)
        wanted = (start + number / RATE for number in range(RATE * SECONDS))
        at = next(wanted)
        for frame in container.decode(stream):
            if frame.time is None or frame.time < at:
                continue
            picture = frame.to_image()
            yield picture.resize((round(picture.width * HEIGHT / picture.height), HEIGHT), Image.Resampling.LANCZOS)
            following = next(wanted, None)
            if following is None:
                return
            at = following


def _save_moving(films: list[list[Image.Image]], path: Path) -> None:
    """Films side by side."""
    pictures = []
    for row in islice(zip(*films, strict=False), RATE * SECONDS):
        page = Image.new("RGB", (sum(each.width for each in row) + GAP * (len(row) - 1), HEIGHT), "white")
        left = 0
        for each in row:
            page.paste(each, (left, 0))
            left += each.width + GAP
        pictures.append(page)
    first, *others = pictures
    _save(first, path, save_all=True, append_images=others, duration=1000 // RATE, loop=0, method=4)


def _save(picture: Image.Image, path: Path, **options: object) -> None:
    """As good as `MOST` bytes allow."""
    for quality in QUALITIES:
        data = io.BytesIO()
        picture.save(data, "WEBP" if path.suffix == ".webp" else "JPEG", quality=quality, **options)
        if data.tell() <= MOST:
            break
    else:
        raise SystemExit(f"{path.name} is {data.tell()} bytes at the lowest quality, and may be {MOST}")
    path.write_bytes(data.getvalue())
    print(f"{path.relative_to(ROOT)}: {picture.width}x{picture.height}, {data.tell() // 1000} kB, quality {quality}")


if __name__ == "__main__":
    main()
