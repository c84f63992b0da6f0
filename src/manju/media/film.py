"""Render a film: from a timeline and its files to one MP4, encoding only what no earlier render has encoded.

    timeline -> captions, plan -> segments in the store? -> workers (compose, encode) -> mux with the mix -> film.mp4

Captions are rasterised only for segments that must be encoded; the mix is made meanwhile by a worker.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import shutil
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
VERSION = 4
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
    paths = {path for shot in timeline.shots if isinstance(shot.picture, Picture) for path in shot.picture.paths}
    paths |= {clip.path for clip in timeline.voice}
    if timeline.music:
        paths.add(timeline.music.path)
    return {path: file_digest(folder / path) for path in sorted(paths)}


@dataclass(frozen=True, slots=True)
class Variant:
    """A film to be made: the ``timeline`` (every shot must have a picture), the MP4 ``out`` (replaced when the new one
    is whole), size, rate and encoder profile, and the AI label of the file."""

    timeline: Timeline
    out: Path
    form: Format
    mark: Mark


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
    """Render one film: see `render_all`."""
    variant = Variant(timeline, out, form, mark)
    (made,) = render_all([variant], folder, cache=cache, pool=pool, known=known, progress=progress)
    return made


def render_all(
    variants: Sequence[Variant],
    folder: Path,
    *,
    cache: Cache,
    pool: WorkerPool,
    known: Mapping[str, str] | None = None,
    progress: Progress = lambda done, total: None,
) -> list[Rendered]:
    """Render films whose timelines are of one folder, so that the workers are never idle between two of them. What
    they have in common is made once: sound, segments, and the whole file where nothing is different (the first one's
    label is on it).

    Args:
        variants: in the order in which they are to be ready.
        folder: where the timelines' relative paths start.
        cache: what earlier renders left.
        pool: the workers that compose, encode and mix.
        known: what `digests` said of all timelines, if the caller asked already.
        progress: told how many frames are ready, of all films together; those that films share count once.

    Raises:
        InputError: a shot has no picture.
        MediaError: a file cannot be read, or encoding or writing failed.
    """
    pool.warm("manju.media.segments")
    if known is None:
        known = {path: found for each in variants for path, found in digests(each.timeline, folder).items()}
    mixing: dict[Path, Future[MixReport]] = {}
    for each in variants:
        sound, label = _sound(each, known, cache)
        if sound not in mixing:
            mixing[sound] = pool.submit(_mixed, each.timeline, folder, sound, label)
    font = face("".join(text_of(each.timeline) for each in variants), cache=cache.fonts)
    works = [_prepared(each, known, font, cache) for each in variants]
    encoding = _Encoding(folder, cache, pool, progress)
    made: dict[tuple[Path, tuple[str, ...]], Path] = {}
    try:
        for work in works:
            encoding.begin(work)
        for work in works:
            if (first := made.setdefault(work.identity, work.variant.out)) != work.variant.out:
                _share(first, work.variant.out)
            else:
                _joined(work, encoding, mixing[work.sound])
    except BaseException:
        encoding.cancel()
        raise
    return [work.told(encoding, mixing[work.sound].result()) for work in works]


@dataclass(frozen=True, slots=True)
class _Work:
    """A variant with what it is made of."""

    variant: Variant
    font: Face
    burnt: tuple[Caption, ...]
    plan: RenderPlan
    sound: Path

    @property
    def identity(self) -> tuple[Path, tuple[str, ...]]:
        """Equal for films that are the same."""
        return self.sound, tuple(segment.key for segment in self.plan.segments)

    def told(self, encoding: _Encoding, report: MixReport) -> Rendered:
        """What came of it."""
        new = encoding.submitted.get(self.variant.out, {})
        figures = (self.plan.frames, len(self.plan.segments), len(new), sum(new.values()))
        return Rendered(*figures, report.lufs, report.true_peak_db, self.font.missing)


def _prepared(variant: Variant, known: Mapping[str, str], font: Face, cache: Cache) -> _Work:
    burnt = captions(variant.timeline, font)
    sound, _ = _sound(variant, known, cache)
    return _Work(variant, font, burnt, plan(variant.timeline, known, burnt, variant.form), sound)


def _joined(work: _Work, encoding: _Encoding, mixing: Future[MixReport]) -> None:
    """Wait for what the film is made of, and write it."""
    for attempt in range(ATTEMPTS):
        encoding.finish(work)
        mixing.result()
        try:
            mux(work.plan, encoding.store, work.sound, work.variant.out, metadata(work.variant.mark))
            return
        except MediaError:
            if attempt + 1 == ATTEMPTS or not encoding.begin(work):
                raise


def _share(first: Path, out: Path) -> None:
    """Let ``out`` be the same film as ``first``: another name for it, or a copy where the disk knows none."""
    partial = out.with_name(f".partial-{secrets.token_hex(8)}{out.suffix}")  # as `FilmFolder.clean` knows them
    try:
        try:
            os.link(first, partial)
        except OSError:
            shutil.copyfile(first, partial)
        partial.replace(out)
    except OSError as error:
        raise MediaError(
            f"{out} cannot be written: {error.strerror or error}",
            hint="Make room on the disk, or allow writing to the folder; then run the same command again.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)  # renaming one name of a file to another of it leaves both


def text_of(timeline: Timeline) -> str:
    """Every character that is burnt in."""
    parts = [timeline.label.text] if timeline.label.visible else []
    if timeline.subtitles.burn:
        parts += [cue.text for cue in timeline.cues]
    parts += [overlay.text for shot in timeline.shots for overlay in shot.overlays]
    return "".join(parts)


class _Encoding:
    """The segments of several films on their way through the workers, each once."""

    def __init__(self, folder: Path, cache: Cache, pool: WorkerPool, progress: Progress) -> None:
        self.store = SegmentStore(cache.segments)
        self.submitted: dict[Path, dict[str, int]] = {}
        """Frames of each segment that had to be encoded, by film and key."""
        self._folder, self._cache, self._pool, self._progress = folder, cache, pool, progress
        self._futures: dict[str, Future[int]] = {}
        self._frames: dict[str, int] = {}
        self._pending: dict[str, int] = {}

    def begin(self, work: _Work) -> bool:
        """Submit what is neither in the store nor on its way. Returns whether there is anything to wait for."""
        todo = {each.key: each for each in work.plan.segments if self._lacks(each.key)}
        self._frames |= {each.key: each.length for each in work.plan.segments}
        new = {key: segment.length for key, segment in todo.items()}
        self.submitted.setdefault(work.variant.out, {}).update(new)
        self._pending |= new
        self._tell()
        segments = list(todo.values())
        size = (work.plan.form.width, work.plan.form.height)
        for part in [segments] if self._futures else _openings(segments, self._pool.size):
            needed = {shown.key for segment in part for shown in segment.captions}
            drawn = [each for each in work.burnt if each.key in needed]
            rasterise(drawn, work.font.path.parent, *size, cache=self._cache.captions)
            jobs = [(each, work.plan.form, self._folder, self._cache.segments, self._cache.captions) for each in part]
            futures = self._pool.submit_runs(encode, jobs)
            self._futures.update((each.key, future) for each, future in zip(part, futures, strict=True))
        return bool(todo)

    def finish(self, work: _Work) -> None:
        """Wait until every segment of a film is in the store."""
        waiting = {self._futures[key]: key for key in {each.key for each in work.plan.segments} & self._futures.keys()}
        for future in as_completed(waiting):
            future.result()
            self._pending.pop(waiting[future], None)
            self._tell()

    def _lacks(self, key: str) -> bool:
        return (key not in self._futures or self._futures[key].done()) and not self.store.has(key)

    def _tell(self) -> None:
        total = sum(self._frames.values())
        self._progress(total - sum(self._pending.values()), total)

    def cancel(self) -> None:
        """Give up what has not begun."""
        for future in self._futures.values():
            future.cancel()


def _openings(todo: Sequence[Segment], workers: int) -> Iterator[Sequence[Segment]]:
    """The segments in two parts: those that each worker begins with, then the others. While the first are encoded, the
    captions of the second are drawn."""
    share = -(-len(todo) // workers) or 1
    heads = [
        segment for start in range(0, len(todo), share) for segment in todo[start : min(start + HEAD, start + share)]
    ]
    if len(heads) == len(todo):
        yield todo
        return
    first = {segment.key for segment in heads}
    yield heads
    yield [segment for segment in todo if segment.key not in first]


def _sound(variant: Variant, known: Mapping[str, str], cache: Cache) -> tuple[Path, dict[str, str]]:
    """Where the film's sound is or will be, and its label. Films that sound the same share it."""
    producer = variant.mark.producer
    key = mix_key(variant.timeline, known, metadata={"producer": producer})
    return cache.mixes / f"{key}.m4a", metadata(Mark(producer, key[:32]))


def _mixed(timeline: Timeline, folder: Path, sound: Path, label: Mapping[str, str]) -> MixReport:
    """In a worker: make the mix, or read the figures of the one that was made before."""
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
