"""Render a film: from a timeline and its files to one MP4, encoding only what no earlier render has encoded.

    timeline -> captions, plan -> segments in the store? -> workers (compose, encode) -> mux with the mix -> film.mp4

Captions are rasterised only for segments that must be encoded; the mix is made meanwhile by a worker.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from manju.domain.timeline import Picture, Timeline
from manju.errors import MediaError, UnusableFileError
from manju.media.atomic import found, sweep, write
from manju.media.captions import Caption, captions, rasterise
from manju.media.encoder import Format
from manju.media.fonts import Face, face
from manju.media.label import Mark, metadata
from manju.media.mix import MixReport, mix, mix_key
from manju.media.mux import mux
from manju.media.packets import SegmentStore
from manju.media.plan import RenderPlan, Segment, plan
from manju.media.process import WorkerPool
from manju.media.segments import encode

log = logging.getLogger(__name__)
VERSION = 2
"""Raised when the same timeline would give another film."""
ATTEMPTS = 2
"""A damaged segment is found while muxing: it is encoded anew once before the render fails."""

HEAD = 2
"""Segments of each worker whose captions are drawn before it begins: they take longer than all other captions do."""

Progress = Callable[[int, int], None]
"""Called with frames done and frames in all."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Folders of what renders share: everything in them is addressed by the hash of what shaped it."""

    segments: Path
    captions: Path
    mixes: Path
    fonts: Path

    def sweep(self, limit: int) -> None:
        """Remove what killed processes left, and the longest unused segments above ``limit`` bytes; what else there
        is may take a tenth of that in each folder."""
        sweep(self.segments, limit)
        for folder in (self.captions, self.mixes, self.fonts):
            sweep(folder, limit // 10)

    @classmethod
    def below(cls, root: Path) -> Cache:
        """The cache in one folder."""
        return cls(root / "segments", root / "captions", root / "mixes", root / "fonts")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a render made and how much of it was new."""

    frames: int
    segments: int
    encoded: int
    encoded_frames: int
    lufs: float
    true_peak_db: float
    missing_glyphs: frozenset[str]


def file_digest(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        MediaError: it cannot be read.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for without end
            raise UnusableFileError(f"{path} is not a file", hint="The timeline names it: put a file there.")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnusableFileError(
            f"{path} cannot be read: {error.strerror}", hint="The timeline names it: put it back or edit the timeline."
        ) from error


def digests(timeline: Timeline, folder: Path) -> dict[str, str]:
    """SHA-256 of every file that a timeline names, by its path there."""
    paths = {shot.picture.path for shot in timeline.shots if isinstance(shot.picture, Picture)}
    paths |= {clip.path for clip in timeline.voice}
    if timeline.music:
        paths.add(timeline.music.path)
    return {path: file_digest(folder / path) for path in sorted(paths)}


def render(
    timeline: Timeline,
    folder: Path,
    out: Path,
    *,
    form: Format,
    cache: Cache,
    pool: WorkerPool,
    mark: Mark,
    known: Mapping[str, str] | None = None,
    progress: Progress = lambda done, total: None,
) -> Rendered:
    """Render ``timeline``, whose files are below ``folder``, to ``out``.

    Args:
        timeline: the cut; every shot must have a picture.
        folder: where the timeline's relative paths start.
        out: the MP4, replaced when the new one is whole.
        form: size, rate and encoder profile.
        cache: what earlier renders left.
        pool: the workers that compose, encode and mix.
        mark: the AI label of the MP4.
        known: what `digests` said, if the caller asked already.
        progress: told how many frames are ready.

    Raises:
        InputError: a shot has no picture.
        MediaError: a file cannot be read, or encoding or writing failed.
    """
    pool.warm("manju.media.segments")
    known = digests(timeline, folder) if known is None else known
    sound, mixing = _mix(timeline, folder, known, cache, pool, mark)
    font = face(text_of(timeline), cache=cache.fonts)
    burnt = captions(timeline, font)
    film = plan(timeline, known, burnt, form)
    store = SegmentStore(cache.segments)
    encoded: dict[str, int] = {}
    for attempt in range(ATTEMPTS):
        todo = _missing(film, store)
        encoded.update((segment.key, segment.length) for segment in todo)
        _encode(todo, film, folder, font, burnt, cache, pool, progress)
        report = mixing.result()
        try:
            mux(film, store, sound, out, metadata(mark))
            break
        except MediaError:
            if attempt + 1 == ATTEMPTS or not _missing(film, store):
                raise
    return Rendered(
        film.frames,
        len(film.segments),
        len(encoded),
        sum(encoded.values()),
        report.lufs,
        report.true_peak_db,
        font.missing,
    )


def text_of(timeline: Timeline) -> str:
    """Every character that is burnt in."""
    parts = [timeline.label.text]
    if timeline.subtitles.burn:
        parts += [cue.text for cue in timeline.cues]
    parts += [overlay.text for shot in timeline.shots for overlay in shot.overlays]
    return "".join(parts)


def _missing(film: RenderPlan, store: SegmentStore) -> list[Segment]:
    seen: set[str] = set()
    todo = []
    for segment in film.segments:
        if segment.key not in seen and not store.has(segment.key):
            todo.append(segment)
        seen.add(segment.key)
    return todo


def _encode(
    todo: Sequence[Segment],
    film: RenderPlan,
    folder: Path,
    font: Face,
    burnt: Sequence[Caption],
    cache: Cache,
    pool: WorkerPool,
    progress: Progress,
) -> None:
    total = film.frames
    done = total - sum(segment.length for segment in todo)
    progress(done, total)
    if not todo:
        return
    size = (film.form.width, film.form.height)
    futures: list[Future[int]] = []
    try:
        for part in _openings(todo, pool.size):
            needed = {shown.key for segment in part for shown in segment.captions}
            rasterise([each for each in burnt if each.key in needed], font.path.parent, *size, cache=cache.captions)
            jobs = [(segment, film.form, folder, cache.segments, cache.captions) for segment in part]
            futures += pool.submit_runs(encode, jobs)
        for future in as_completed(futures):
            done += future.result()
            progress(done, total)
    except BaseException:
        for future in futures:
            future.cancel()
        raise


def _openings(todo: Sequence[Segment], workers: int) -> Iterator[Sequence[Segment]]:
    """The segments in two parts: those that each worker begins with, then the others. While the first are encoded, the
    captions of the second are drawn."""
    share = -(-len(todo) // workers)
    heads = [
        segment for start in range(0, len(todo), share) for segment in todo[start : min(start + HEAD, start + share)]
    ]
    if len(heads) == len(todo):
        yield todo
        return
    first = {segment.key for segment in heads}
    yield heads
    yield [segment for segment in todo if segment.key not in first]


def _mix(
    timeline: Timeline, folder: Path, known: Mapping[str, str], cache: Cache, pool: WorkerPool, mark: Mark
) -> tuple[Path, Future[MixReport]]:
    """Where the film's sound is or will be, and its figures. A mix that was made before is not made again."""
    key = mix_key(timeline, known, metadata={"producer": mark.producer})
    sound = cache.mixes / f"{key}.m4a"
    label = metadata(Mark(mark.producer, key[:32]))
    return sound, pool.submit(_mixed, timeline, folder, sound, label)


def _mixed(timeline: Timeline, folder: Path, sound: Path, label: Mapping[str, str]) -> MixReport:
    """In a worker: make the mix, or read the figures of the one that is there."""
    figures = sound.with_suffix(".json")
    if found(sound) and found(figures):
        try:
            return MixReport(**json.loads(figures.read_text("utf-8")))
        except (ValueError, TypeError):
            log.warning("%s is damaged: the sound is mixed anew", figures)
    sound.parent.mkdir(parents=True, exist_ok=True)
    report = mix(timeline, folder, sound, metadata=label)
    write(figures, json.dumps(asdict(report)).encode("utf-8"))
    return report
