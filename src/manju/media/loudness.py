"""Loudness and true peak by ITU-R BS.1770-4, measured while the sound goes by.

A `Meter` keeps two figures for every millisecond (a *slot*): the K-weighted energy and the highest oversampled
sample. That is 8 bytes a millisecond whatever the number of channels, and enough to measure any part, to find speech,
to limit, and to know the loudness again after a slow gain was applied, without touching a sample twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from manju.media.sound import SAMPLE_RATE, Samples

SLOT = 48
"""Samples of a slot (1 ms)."""
SILENCE = float("-inf")
"""Loudness of a sound with no block above the absolute gate (-70 LUFS), and level of digital silence."""

_SPAN = 14_400  # samples that one transform yields (300 slots)
_LEAD = 1_984  # samples before them: the high-pass rings with a time constant of 4 ms, so 41 ms is -90 dB
_BATCH = 4 * _SPAN  # small enough to stay in the cache: nearly twice as fast as 16
_TAPS = 16  # of the interpolator: half of them lie after the point, so it runs that many samples late
_OVERSAMPLING = 4

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP; both `SILENCE` if there is nothing to hear."""

    lufs: float
    true_peak_db: float


@dataclass(frozen=True, slots=True)
class Levels:
    """What a `Meter` saw. ``energy``: sum over a slot's samples and channels of the K-weighted square; ``peak``: its
    highest absolute sample at four times the rate, at most 8 samples late. One value a slot, the last one padded."""

    energy: Floats
    peak: Floats
    samples: int


def measure(blocks: Iterable[Samples]) -> Loudness:
    """Loudness of one or two channels. A sound shorter than a gating block (0.4 s) counts as one block."""
    meter: Meter | None = None
    for block in blocks:
        if meter is None:
            meter = Meter(block.shape[0])
        meter.add(block)
    if meter is None:
        return Loudness(SILENCE, SILENCE)
    levels = meter.finish()
    return Loudness(integrated(levels.energy), decibels(float(levels.peak.max(initial=0.0))))


def integrated(energy: Floats, slot: int = SLOT) -> float:
    """Gated loudness in LUFS of K-weighted energy per ``slot`` samples (which must divide 0.1 s): blocks of 0.4 s
    each 0.1 s, gates at -70 LUFS and at 10 LU below what passed the first (BS.1770-4, annex 1)."""
    per_hop = SAMPLE_RATE // 10 // slot
    if len(energy) < 4 * per_hop:
        energy = np.concatenate((energy, np.zeros(4 * per_hop - len(energy), np.float32)))
    whole = len(energy) // per_hop * per_hop
    sums = energy[:whole].reshape(-1, per_hop).sum(axis=1, dtype=np.float64)
    blocks = np.convolve(sums, np.ones(4), "valid") / (0.4 * SAMPLE_RATE)
    heard = blocks[blocks > _power(-70.0)]
    if not len(heard):
        return SILENCE
    heard = heard[heard > heard.mean() * 0.1]
    return float(-0.691 + 10 * np.log10(heard.mean()))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def slot_energy(lufs: float, slot: int = SLOT) -> float:
    """Energy of a slot in a steady sound of this loudness."""
    return _power(lufs) * slot


def decibels(amplitude: float) -> float:
    """``20 log10``, `SILENCE` for 0."""
    return 20 * float(np.log10(amplitude)) if amplitude > 0 else SILENCE


class Meter:
    """Measures blocks of any size; the figures do not depend on how the sound was cut into blocks."""

    def __init__(self, channels: int = 2, *, energy: bool = True, peak: bool = True) -> None:
        self._want_energy, self._want_peak = energy, peak
        self._before: Samples = np.zeros((channels, _LEAD), np.float32)
        self._waiting: list[Samples] = []
        self._held = 0
        self._samples = 0
        self._energy: list[Floats] = []
        self._peak: list[Floats] = []

    def add(self, block: Samples) -> None:
        """Measure the next block (channels, samples)."""
        self._waiting.append(block)
        self._held += block.shape[1]
        self._samples += block.shape[1]
        if self._held >= _BATCH:
            joined = np.concatenate(self._waiting, axis=1)
            done = self._held // _BATCH * _BATCH
            for at in range(0, done, _BATCH):
                self._process(joined[:, at : at + _BATCH])
            self._waiting, self._held = [joined[:, done:].copy()], self._held - done

    def finish(self) -> Levels:
        """The figures of all that was added. The meter is used up."""
        pad = -(self._held + _TAPS) % _SPAN + _TAPS  # the interpolator must run past the last sample
        self._waiting.append(np.zeros((self._before.shape[0], pad), np.float32))
        self._process(np.concatenate(self._waiting, axis=1))
        slots = -(-self._samples // SLOT)
        nothing = [np.zeros(slots, np.float32)]
        energy = np.concatenate(self._energy or nothing)
        self._energy.clear()
        peak = np.concatenate(self._peak or nothing)
        self._peak.clear()
        if slots:
            peak[slots - 1] = peak[slots - 1 :].max()
        return Levels(energy[:slots], peak[:slots], self._samples)

    def _process(self, samples: Samples) -> None:
        joined = np.concatenate((self._before, samples), axis=1)
        self._before = joined[:, -_LEAD:].copy()
        if self._want_energy:
            frames = np.lib.stride_tricks.sliding_window_view(joined, _LEAD + _SPAN, axis=1)[:, ::_SPAN]
            weighted = np.fft.irfft(np.fft.rfft(frames) * _K_WEIGHTING)[..., _LEAD:]
            np.square(weighted, out=weighted)
            self._energy.append(weighted.reshape(len(joined), -1, SLOT).sum(axis=2).sum(axis=0))
        if self._want_peak:
            tail = joined[:, _LEAD - _TAPS :]
            highest = np.abs(tail)
            for kernel in _INTERPOLATORS:
                between = cv2.filter2D(tail, -1, kernel, anchor=(_TAPS - 1, 0), borderType=cv2.BORDER_CONSTANT)
                np.maximum(highest, np.abs(between, out=between), out=highest)
            self._peak.append(highest[:, _TAPS:].reshape(len(joined), -1, SLOT).max(axis=2).max(axis=0))


def _k_weighting() -> npt.NDArray[np.complex64]:
    """Response at 48 kHz of the head's shelf and the high-pass (coefficients: BS.1770-4, annex 1, tables 1 and 2)."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(_LEAD + _SPAN))
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.asarray(shelf * high_pass, np.complex64)


def _interpolators() -> list[Floats]:
    """Kaiser-windowed sincs that give the sound at 1/4, 1/2 and 3/4 of the way between two samples."""
    kernels = []
    for step in range(1, _OVERSAMPLING):
        offset = np.arange(_TAPS) - (_TAPS // 2 - 1) - step / _OVERSAMPLING
        inside = np.clip(1 - (offset / (_TAPS // 2)) ** 2, 0, None)
        taps = np.sinc(offset) * np.i0(5.0 * np.sqrt(inside))
        kernels.append(np.asarray(taps / taps.sum(), np.float32).reshape(1, -1))
    return kernels


_K_WEIGHTING = _k_weighting()
_INTERPOLATORS = _interpolators()
