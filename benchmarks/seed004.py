"""The yardstick "seed 004": its own commands of §5.1 and §6.1, one ffmpeg call after the other, on the bundled ffmpeg.

For each scene `scale=8000:-1,zoompan` with x264 medium and AAC; then the concat with a second encode; the subtitles
with a third; the music last. No transitions and no loudness, as in the document. Changed are only paths, numbers that
the document computes (``d``, ``-t``), and what its commands need to run at all: ``-map`` for the labelled outputs,
``apad`` under voices shorter than their scene, ``fontsdir`` where the subtitles' font is. Each platform's film is its
§6.1: the finished film scaled into the platform's resolution with black bars, and encoded once more.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.corpus import SCENE_SECONDS
from manju.domain.platforms import PLATFORMS
from manju.media.process import ffmpeg


def render(scenes: list[tuple[Path, Path]], seconds: int, ass: Path, fonts: Path, music: Path, work: Path) -> Path:
    """Render (picture, voice) scenes of ``seconds`` each to ``work/naive.mp4`` at 1920x1080, 30 fps."""
    work.mkdir(parents=True, exist_ok=True)
    parts = []
    for index, (picture, voice) in enumerate(scenes):
        out = work / f"scene_{index:02d}.mp4"
        zoom = (
            "[0:v]scale=8000:-1,zoompan=z='min(zoom+0.001,1.1)':x='iw/2-(iw/zoom/2)':y='ih/2-(ih/zoom/2)':"
            f"d={seconds * 30}:s=1920x1080:fps=30[v];[v]format=yuv420p[outv]"
        )
        ffmpeg(
            ["-y", "-loop", "1", "-i", str(picture), "-i", str(voice), "-filter_complex", zoom + ";[1:a]apad[outa]"]
            + ["-map", "[outv]", "-map", "[outa]", "-c:v", "libx264", "-preset", "medium"]
            + ["-c:a", "aac", "-b:a", "192k", "-t", str(seconds), "-pix_fmt", "yuv420p", str(out)]
        )
        parts.append(out)
    listing = work / "concat.txt"
    listing.write_text("".join(f"file '{part}'\n" for part in parts), encoding="utf-8")
    joined, titled, final = work / "joined.mp4", work / "titled.mp4", work / "naive.mp4"
    ffmpeg(
        ["-y", "-f", "concat", "-safe", "0", "-i", str(listing), "-c:v", "libx264", "-preset", "medium"]
        + ["-c:a", "aac", str(joined)]
    )
    ffmpeg(["-y", "-i", str(joined), "-vf", f"ass={ass}:fontsdir={fonts}", "-c:a", "copy", str(titled)])
    ffmpeg(
        ["-y", "-i", str(titled), "-i", str(music), "-filter_complex"]
        + ["[1:a]volume=0.15[bg];[0:a][bg]amix=inputs=2:duration=first[out]", "-map", "0:v", "-map", "[out]"]
        + ["-c:v", "copy", "-c:a", "aac", "-shortest", str(final)]
    )
    return final


def adapt(film: Path, size: tuple[int, int]) -> Path:
    """A platform's film from the finished one: ``adapt_for_platform`` of §6.1."""
    width, height = size
    out = film.with_name(f"{film.stem}_{width}x{height}.mp4")
    fit = f"scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:(ow-iw)/2:(oh-ih)/2"
    ffmpeg(["-y", "-i", str(film), "-vf", fit, "-c:a", "copy", str(out)])
    return out


def main(arguments: list[str]) -> None:
    """``python -m benchmarks.seed004 SCENES CORPUS ASS FONTS WORK [PLATFORM ...]``: scene N uses picture and voice N
    modulo 10."""
    count, folder, ass, fonts, work = int(arguments[0]), *map(Path, arguments[1:5])
    scenes = [(folder / f"shots/{n % 10:02d}.png", folder / f"audio/{n % 10:02d}.wav") for n in range(count)]
    film = render(scenes, SCENE_SECONDS, ass, fonts, folder / "audio" / "music.flac", work)
    for name in arguments[5:]:
        adapt(film, PLATFORMS[name].size)


if __name__ == "__main__":
    main(sys.argv[1:])
