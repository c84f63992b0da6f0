"""The mix: one stereo track at 48 kHz for the whole film, out of its voice clips and its music.

Sound is streamed in short blocks, whatever the film's length. It goes by three times: each source alone (how loud
is it, where is speech), the sum (how loud, how high its peaks), the sum again with its final gain into the encoder.
Between the passes only curves are kept. The same inputs give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from manju.domain.document import digest
from manju.domain.timeline import MusicClip, Timeline, VoiceClip
from manju.errors import MediaError
from manju.media import atomic
from manju.media.dynamics import POINT, apply, duck, fades, limit, limited_energy
from manju.media.loudness import SILENCE, SLOT, Floats, Levels, Meter, decibels, integrated, slot_energy
from manju.media.sound import SAMPLE_RATE, Reader, Samples, ahead, stream, write_m4a

MIX_VERSION = 2
"""Goes up when the same timeline would sound different: cached mixes are then made anew."""
TARGET_LUFS = -14.0
TRUE_PEAK_DB = -1.0
"""Highest true peak of the decoded track."""
CEILING_DB = -2.0
"""Where the limiter aims: AAC moves peaks by up to about 1 dB."""
TOLERANCE_LU = 0.3
"""The encoded track's loudness may be this far off before it is encoded anew with what AAC took made good."""
SOURCE_LUFS = -20.0
"""Loudness to which every speaker, and the music at a gain of 0 dB, is brought before they are summed."""
MOST_RAISED_DB = 18.0
MOST_LOWERED_DB = 24.0
"""Bounds of that levelling."""
MOST_BOOST_DB = 30.0
"""No source is amplified by more than this in all: what was recorded as near silence stays quiet."""
SPEECH_LU = 20.0
"""A moment of a voice clip is speech if it is at most this far below its speaker's loudness."""
BLOCK = 4 * SAMPLE_RATE
ATTEMPTS = 4
"""Encodings at most; one is enough for anything but loud noise."""
KEPT_S = 120
"""Voices up to this length in all, and music up to this length, are kept decoded for the later passes (11 MB a minute
and channel); longer ones are decoded again."""
SHORTEST_MUSIC = SAMPLE_RATE // 2
LOOP_FADE = SAMPLE_RATE
"""Samples over which two parts of the music overlap when it is looped."""


@dataclass(frozen=True, slots=True)
class MixReport:
    """Integrated loudness and true peak of the encoded file as it decodes (both -inf for silence), and the film's
    length in samples at 48 kHz."""

    lufs: float
    true_peak_db: float
    samples: int


def length(timeline: Timeline) -> int:
    """Samples of the film: its frames' exact time, rounded up."""
    return math.ceil(timeline.total_frames / timeline.rate * SAMPLE_RATE)


def mix_key(timeline: Timeline, digests: Mapping[str, str], *, metadata: Mapping[str, str] | None = None) -> str:
    """Hex digest of everything that shapes the mix, the encoder's version included; ``digests`` has the SHA-256 of
    each sound file by its path.

    Raises:
        MediaError: a file of the timeline is not in ``digests``.
    """
    voice = [
        [_digest_of(clip.path, digests), clip.speaker, clip.start_ms, clip.duration_ms, clip.gain_db]
        for clip in timeline.voice
    ]
    music = timeline.music
    score = music and [_digest_of(music.path, digests), music.model_dump(mode="json", exclude={"path"})]
    made_by = [MIX_VERSION, av.__version__, sorted(av.library_versions.items())]
    made_of = {"version": made_by, "samples": length(timeline), "voice": voice, "music": score}
    return digest({**made_of, "metadata": dict(metadata or {})})


def _digest_of(path: str, digests: Mapping[str, str]) -> str:
    if path not in digests:
        raise MediaError(f"no digest is known of the sound {path}", hint="Check that the file exists.")
    return digests[path]


def mix(timeline: Timeline, folder: Path, out: Path, *, metadata: Mapping[str, str] | None = None) -> MixReport:
    """Mix the film's sound into ``out``, an M4A file (AAC 192 kb/s, stereo) with ``metadata`` in its container.

    The decoded true peak is at most -1 dBTP and the loudness -14 LUFS; it stays lower where that would amplify a
    source by more than `MOST_BOOST_DB`, or where there is next to nothing between the peaks. ``out`` appears complete
    or not at all.

    Raises:
        MediaError: a sound cannot be decoded, a voice clip runs past the film's end, or ``out`` cannot be written.
    """
    total = length(timeline)
    voices, speech = _voices(timeline.voice, folder, total)
    music = _music(timeline.music, folder, total, speech) if timeline.music else None
    programme = _Programme(total, voices, music)
    levels = _levels(ahead(programme.blocks()))
    raised = [voice.gain_db for voice in voices] + ([music.gain_db] if music else [])
    most_db = MOST_BOOST_DB - max(raised, default=0.0)
    try:
        with atomic.partial(out) as part:
            return _mastered(programme, levels, most_db, part, out, metadata or {})
    except (OSError, av.FFmpegError) as error:
        raise MediaError(
            f"the mix cannot be written to {out}: {error.strerror or error}",
            hint="Check free space and write permission, then run the same command again.",
        ) from error


def _mastered(
    programme: _Programme, levels: Levels, most_db: float, part: Path, out: Path, metadata: Mapping[str, str]
) -> MixReport:
    """Encode to ``part`` until what it decodes to is right, and let it appear as ``out`` then."""
    aim, ceiling = TARGET_LUFS, CEILING_DB
    for attempt in range(ATTEMPTS):
        gains, planned = _master(levels.energy, levels.peak, aim, ceiling, most_db)
        _encode(programme, gains, part, metadata)
        heard = _levels(ahead(stream(part)))
        lufs, peak = integrated(heard.energy), decibels(float(heard.peak.max(initial=0.0)))
        # AAC takes energy from noise (0.5 dB from pink, 1.5 from white), hardly any from speech and music.
        lost = TARGET_LUFS - lufs if planned > aim - TOLERANCE_LU and lufs > SILENCE else 0.0
        if peak <= TRUE_PEAK_DB and (abs(lost) <= TOLERANCE_LU or attempt == ATTEMPTS - 1):
            atomic.publish(part, out)
            return MixReport(lufs, peak, programme.total)
        aim += lost
        ceiling -= max(0.0, peak - TRUE_PEAK_DB + 0.1)
    raise MediaError(f"the mix's true peak stays at {peak:.1f} dBTP after encoding", hint="Lower the music's gain.")


@dataclass(frozen=True, slots=True)
class _Voice:
    path: Path
    start: int
    samples: int
    gain_db: float
    kept: Sequence[Samples]


@dataclass(frozen=True, slots=True)
class _Music:
    path: Path
    first: int
    samples: int
    loops: bool
    gain_db: float
    curve: Floats
    kept: Sequence[Samples]


def _reader(source: _Voice | _Music) -> Reader:
    return Reader(iter(source.kept) if source.kept else stream(source.path))


def _voices(clips: Sequence[VoiceClip], folder: Path, total: int) -> tuple[list[_Voice], npt.NDArray[np.bool_]]:
    """Every clip with its levelled gain, in the order of time; and where in the film there is speech, per `POINT`."""
    ordered = sorted(clips, key=lambda clip: (clip.start_ms, clip.path))
    ends = accumulate(clip.duration_ms for clip in ordered)
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(
                _listen,
                folder / clip.path,
                total - _start(clip) + SAMPLE_RATE,
                keep=SAMPLE_RATE * KEPT_S if end <= 1000 * KEPT_S else 0,
            )
            for clip, end in zip(ordered, ends, strict=True)
        ]
        heard = [job.result() for job in jobs]
    for clip, sound in zip(ordered, heard, strict=True):
        _check_end(clip, sound.samples, total)
    speech = np.zeros(total // POINT + 2, np.bool_)
    loudness = {}
    for speaker in dict.fromkeys(clip.speaker for clip in ordered):
        own = [sound.energy for clip, sound in zip(ordered, heard, strict=True) if clip.speaker == speaker]
        loudness[speaker] = integrated(np.concatenate(own), POINT)
    voices = []
    for clip, sound in zip(ordered, heard, strict=True):
        lufs = loudness[clip.speaker]
        start = _start(clip)
        gain_db = _level(lufs) + clip.gain_db
        voices.append(_Voice(folder / clip.path, start, min(sound.samples, total - start), gain_db, sound.kept))
        if lufs > SILENCE:
            smooth = np.convolve(sound.energy, np.full(5, 0.2), "same")
            loud = smooth[: len(sound.energy)] > slot_energy(lufs - SPEECH_LU, POINT)
            first = start // POINT
            place = speech[first : first + len(loud)]
            place |= loud[: len(place)]
    return voices, speech


def _start(clip: VoiceClip) -> int:
    return clip.start_ms * (SAMPLE_RATE // 1000)


def _check_end(clip: VoiceClip, samples: int, total: int) -> None:
    # A millisecond is what rounding of times and rates can add; nothing audible is cut by that.
    end = _start(clip) + max(samples, clip.duration_ms * SAMPLE_RATE // 1000)
    if end > total + SAMPLE_RATE // 1000:
        raise MediaError(
            f"the voice {clip.path} ends at {end / SAMPLE_RATE:.2f} s, after the film's end"
            f" at {total / SAMPLE_RATE:.2f} s",
            hint=f"Make shot {clip.shot} longer, or start the voice earlier.",
        )


def _music(clip: MusicClip, folder: Path, total: int, speech: npt.NDArray[np.bool_]) -> _Music:
    path = folder / clip.path
    heard = _listen(path, total, keep=SAMPLE_RATE * KEPT_S)
    energy, samples = heard.energy, heard.samples
    if samples < min(SHORTEST_MUSIC, total):
        raise MediaError(
            f"the music {clip.path} is only {samples / SAMPLE_RATE:.2f} s long",
            hint="Give a piece of at least half a second; it is looped to the film's length.",
        )
    lufs = integrated(energy, POINT)
    first, loops = 0, samples < total - SAMPLE_RATE // 4
    if loops and lufs > SILENCE:
        # Silence around a looped piece would be a hole in the film.
        audible = np.flatnonzero(energy > slot_energy(lufs - 40, POINT))
        begin, end = int(audible[0]) * POINT, min(samples, (int(audible[-1]) + 1) * POINT)
        if end - begin >= SHORTEST_MUSIC:
            first, samples = begin, end - begin
    points = total // POINT + 2
    curve = fades(points, total, clip.fade_in_ms, clip.fade_out_ms) * duck(speech, clip.duck_db)
    return _Music(path, first, samples, loops, _level(lufs) + clip.gain_db, curve, heard.kept)


@dataclass(frozen=True, slots=True)
class _Heard:
    """``energy``: K-weighted, per `POINT`, as heard when mixed to stereo; ``kept``: the sound itself, if asked for."""

    energy: Floats
    samples: int
    kept: Sequence[Samples]


def _listen(path: Path, most: int, *, keep: int) -> _Heard:
    """Hear the sound, but not much more than ``most`` samples of it; hold on to it if it has at most ``keep``."""
    meter: Meter | None = None
    kept: list[Samples] = []
    count, both = 0, 1.0
    with closing(stream(path)) as blocks:
        for block in blocks:
            if meter is None:
                meter = Meter(block.shape[0], peak=False)
                both = 2.0 if block.shape[0] == 1 else 1.0
            meter.add(block)
            count += block.shape[1]
            if count <= keep:
                kept.append(block)
            if count >= most:
                break
    if meter is None:
        return _Heard(np.zeros(0, np.float32), 0, ())
    energy = meter.finish().energy
    per_point = POINT // SLOT
    padded = np.concatenate((energy, np.zeros(-len(energy) % per_point, np.float32)))
    energy = np.asarray(padded.reshape(-1, per_point).sum(axis=1) * both, np.float32)
    return _Heard(energy, count, kept if count <= keep else ())


def _level(lufs: float) -> float:
    return 0.0 if lufs == SILENCE else float(np.clip(SOURCE_LUFS - lufs, -MOST_LOWERED_DB, MOST_RAISED_DB))


@dataclass(frozen=True, slots=True)
class _Programme:
    """Everything placed and levelled; `blocks` streams its sum, before the master gain, as often as asked."""

    total: int
    voices: Sequence[_Voice]
    music: _Music | None

    def blocks(self) -> Iterator[Samples]:
        music = Reader(_play(self.music, self.total)) if self.music else None
        waiting = list(reversed(self.voices))
        playing: list[tuple[_Voice, Reader]] = []
        for at in range(0, self.total, BLOCK):
            block = np.zeros((2, min(BLOCK, self.total - at)), np.float32)
            if music and self.music:
                part = music.take(block.shape[1])
                block[:, : part.shape[1]] = apply(part, self.music.curve, at, POINT)
            while waiting and waiting[-1].start < at + block.shape[1]:
                voice = waiting.pop()
                playing.append((voice, _reader(voice)))
            for voice, reader in playing:
                begin = max(0, voice.start - at)
                until = min(block.shape[1], voice.start + voice.samples - at)
                part = reader.take(until - begin)
                block[:, begin : begin + part.shape[1]] += part * np.float32(10 ** (voice.gain_db / 20))
            playing = [one for one in playing if one[0].start + one[0].samples > at + block.shape[1]]
            yield block


def _play(music: _Music, total: int) -> Iterator[Samples]:
    """The music at its level: once if it is long enough; else over and over, its parts crossfaded (equal power), so
    that its own end is the film's."""
    gain = np.float32(10 ** (music.gain_db / 20))
    overlap = min(LOOP_FADE, music.samples // 4) if music.loops else 0
    angle = (np.arange(overlap, dtype=np.float32) + np.float32(0.5)) * np.float32(np.pi / 2 / max(1, overlap))
    tail: Samples | None = None
    parts = _parts(music.samples, overlap, total) if music.loops else [(0, music.samples)]
    for index, (begin, end) in enumerate(parts):
        reader = _reader(music)
        skip = music.first + begin
        while skip > 0 and (passed := reader.take(min(skip, BLOCK))).shape[1]:
            skip -= passed.shape[1]
        head = reader.take(overlap if tail is not None else 0) * gain
        if tail is not None:
            yield head * np.sin(angle[: head.shape[1]]) + tail[:, : head.shape[1]] * np.cos(angle[: head.shape[1]])
        last = index == len(parts) - 1
        left = end - begin - head.shape[1] - (0 if last else overlap)
        while left > 0 and (part := reader.take(min(left, BLOCK))).shape[1]:
            left -= part.shape[1]
            yield part * gain
        tail = reader.take(overlap) * gain


def _parts(samples: int, overlap: int, total: int) -> list[tuple[int, int]]:
    """Parts of a piece that make ``total`` samples when each overlaps the next: whole ones, and at last one that goes
    on in its middle again, so that beginning and end stay what they are."""
    whole, rest = divmod(total - samples, samples - overlap)
    if not rest:
        return [(0, samples)] * (whole + 1)
    leave = (samples + rest + overlap) // 2
    return [(0, samples)] * whole + [(0, leave), (leave - rest - overlap, samples)]


def _master(energy: Floats, peak: Floats, aim: float, ceiling_db: float, most_db: float) -> tuple[Floats, float]:
    """The final gain per slot border, limiter included, and the loudness that it gives."""
    ceiling = 10 ** (ceiling_db / 20)
    lufs = integrated(energy)
    gain_db = 0.0 if lufs == SILENCE else min(aim - lufs, most_db)
    for _ in range(8):
        gains = limit(peak, 10 ** (gain_db / 20), ceiling)
        lufs = integrated(limited_energy(energy, gains))
        missing = aim - lufs
        if lufs == SILENCE or abs(missing) < 0.02 or (missing > 0 and gain_db >= most_db):
            break
        gain_db = min(gain_db + missing, most_db)
    return gains, lufs


def _encode(programme: _Programme, gains: Floats, part: Path, metadata: Mapping[str, str]) -> None:
    def final() -> Iterator[Samples]:
        at = 0
        for block in programme.blocks():
            yield apply(block, gains, at, SLOT)
            at += block.shape[1]

    with part.open("wb") as file:
        write_m4a(file, ahead(final()), metadata=metadata)


def _levels(blocks: Iterator[Samples]) -> Levels:
    meter = Meter()
    for block in blocks:
        meter.add(block)
    return meter.finish()
