"""Row 2: our render against the bare encode of the same frames by the same encoder with the same setting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import corpus, lossless
from benchmarks.measure import Bench, Row, Usage, interleave, middle, python, spawn
from benchmarks.project import RATE, SIZE, scenes, timeline
from manju.domain.film import Profile
from manju.media.encoder import Format

TARGETS: dict[Profile, tuple[str, float]] = {
    "standard": ("superfast+", 1.45),
    "high": ("veryfast", 1.30),
    "archive": ("medium", 1.10),
}


def setting(profile: Profile) -> list[str]:
    """Options of ffmpeg for our encoder's setting as a plain encode would have it: one stream, x264's own choice of
    threads and instructions. ``stitchable``, ``threads=1`` and ``asm`` are what only segments need that are joined and
    must be the same bytes each time."""
    options = Format(*SIZE, RATE, profile).options()
    own = ("stitchable", "threads", "asm")
    params = ":".join(part for part in options["x264-params"].split(":") if part.partition("=")[0] not in own)
    return ["-c:v", "libx264", "-preset", options["preset"], "-crf", options["crf"], "-x264-params", params]


def ffmpeg(*arguments: str | Path) -> list[str]:
    """Command line of the bundled ffmpeg."""
    import imageio_ffmpeg

    program = imageio_ffmpeg.get_ffmpeg_exe()
    return [program, "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *map(str, arguments)]


def rows(bench: Bench) -> Iterator[Row]:
    """Judged by the wall clock of the call to render, the start of its workers included; the whole process is told."""
    folder = corpus.build()
    work = bench.fresh("x264")
    film = timeline(folder, scenes(bench.scenes))
    document = work / "timeline.json"
    document.write_text(film.to_json(), encoding="utf-8")
    frames = lossless.raw(film, folder, work / "frames.yuv", work / "lossless")
    source: list[str | Path] = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "yuv420p",
        "-s",
        f"{SIZE[0]}x{SIZE[1]}",
        "-r",
        str(RATE),
        "-i",
        frames,
    ]
    for profile, (preset, target) in TARGETS.items():
        _read(frames)

        def bare(profile: Profile = profile) -> Usage:
            return spawn(ffmpeg(*source, *setting(profile), work / "bare.mp4"))

        def ours(profile: Profile = profile) -> Usage:
            return spawn(python("ours", document, folder, bench.fresh("cache"), work / "film.mp4", profile))

        pairs = interleave(bench.times, bare, ours)
        inner = tuple(own.inner / limit.wall for limit, own in pairs)
        whole = tuple(own.wall / limit.wall for limit, own in pairs)
        cpus = tuple(own.cpu / limit.cpu for limit, own in pairs)
        limits, own = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        note = f"{median(each.inner for each in own):.1f} s ÷ {middle(limits)}"
        yield Row(
            f"render ÷ bare x264, {profile} ({preset})", median(inner), "×", bench.goal(target), False, note, inner
        )
        yield Row(f"the same, whole process, {profile}", median(whole), "×", None, False, middle(own), whole)
        yield Row(f"the same in CPU time, {profile}", median(cpus), "×", None, False, "", cpus)
    frames.unlink()


def _read(path: Path) -> None:
    """Bring the file into the page cache."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass
