"""A spoken line as a vendor sends it (WAV, MP3, raw samples ...), made into the one form that is kept: a 16 bit mono
WAV of just the line, silence at its ends cut off, and where in it the speaker pauses."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from manju.errors import MediaError
from manju.media import sound

_FRAME_MS = 10
_FRAME = sound.SAMPLE_RATE * _FRAME_MS // 1000
_SILENT = 0.01
"""Of the line's peak (-40 dB): quieter frames at the ends are not the line."""
_PAUSING = 0.03
"""Of the line's peak (-30 dB): a room or a codec may sound a little in a pause."""
_PAUSE_MS = 100
"""Shorter gaps are closed lips, not pauses."""
_LEAD_MS, _TAIL_MS = 60, 150
"""Kept before the first and after the last loud frame: soft sounds begin and end words."""


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """``wav`` is the file. ``cut_ms`` was removed at its start; ``start_ms`` and ``end_ms`` are the first and the last
    sound in it, ``pauses`` (start, end) the silences between them. Milliseconds, of the file except ``cut_ms``."""

    wav: bytes
    duration_ms: int
    cut_ms: int
    start_ms: int
    end_ms: int
    pauses: tuple[tuple[int, int], ...]


def spoken_line(data: bytes, *, raw_rate: int | None = None) -> SpokenLine:
    """Read a line. ``raw_rate``: ``data`` is bare 16 bit little-endian mono samples at this rate.

    Raises:
        MediaError: it does not decode, or nothing is heard in it.
    """
    channels = sound.read(_wav(data, raw_rate) if raw_rate else data)
    mono = channels.mean(axis=0, dtype=np.float32)
    peaks = _peaks(mono)
    top = float(peaks.max())
    loud = np.flatnonzero(peaks >= max(_SILENT * top, 1 / 32768))
    if not loud.size:
        raise MediaError("nothing is heard in the sound", hint="Try again, or choose another voice.")
    first, last = int(loud[0]), int(loud[-1]) + 1
    start = max(0, first - _LEAD_MS // _FRAME_MS)
    end = min(len(peaks), last + _TAIL_MS // _FRAME_MS)
    line = mono[start * _FRAME : end * _FRAME]
    duration = len(line) * 1000 // sound.SAMPLE_RATE
    return SpokenLine(
        wav=sound.encode([line[np.newaxis]], "wav"),
        duration_ms=duration,
        cut_ms=start * _FRAME_MS,
        start_ms=(first - start) * _FRAME_MS,
        end_ms=min(duration, (last - start) * _FRAME_MS),
        pauses=_pauses(peaks[first:last] < _PAUSING * top, (first - start) * _FRAME_MS),
    )


def silence(duration_ms: int) -> bytes:
    """A WAV in which nothing is said."""
    return sound.encode([np.zeros((1, sound.SAMPLE_RATE * duration_ms // 1000), np.float32)], "wav")


def _wav(samples: bytes, rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples[: len(samples) // 2 * 2])
    return out.getvalue()


def _peaks(mono: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The highest sample of each frame; the last one may be short."""
    padded = np.zeros(-(-len(mono) // _FRAME) * _FRAME, np.float32)
    padded[: len(mono)] = np.abs(mono)
    peaks: npt.NDArray[np.float32] = padded.reshape(-1, _FRAME).max(axis=1)
    return peaks


def _pauses(quiet: npt.NDArray[np.bool_], offset_ms: int) -> tuple[tuple[int, int], ...]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    spans = ((int(a) * _FRAME_MS, int(b) * _FRAME_MS) for a, b in zip(edges[::2], edges[1::2], strict=True))
    return tuple((offset_ms + a, offset_ms + b) for a, b in spans if b - a >= _PAUSE_MS)
