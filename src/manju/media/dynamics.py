"""Gain curves of the mix: ducking under speech, fades, and the true-peak limiter. One point per 10 ms or per 1 ms,
for the whole film, so that they can look ahead as far as they like while the sound itself is streamed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from manju.media.loudness import Floats
from manju.media.sound import SAMPLE_RATE, Samples

POINT = 480
"""Samples between two points of a slow curve (10 ms)."""
ATTACK_S = 0.12
RELEASE_S = 0.45
HOLD_S = 0.6
"""A pause in speech shorter than this does not bring the music up: it would pump."""
LIMITER_ATTACK_DB = 1.5
LIMITER_RELEASE_DB = 0.08
"""Per millisecond: a cut of 6 dB is reached 4 ms before its peak and gone 75 ms after it."""
_CHUNK = 60_000  # points for which a sloped minimum is formed at once, in double precision


def duck(speech: npt.NDArray[np.bool_], depth_db: float) -> Floats:
    """Gain (1 = untouched) per `POINT`: down by ``depth_db`` (<= 0) wherever ``speech`` is true, there before it
    starts, up again after it, linear in dB."""
    level = np.where(_hold(speech, round(HOLD_S * SAMPLE_RATE / POINT)), depth_db, 0.0).astype(np.float32)
    per_second = POINT / SAMPLE_RATE
    _slope(level, -depth_db * per_second / RELEASE_S)
    _slope(level[::-1], -depth_db * per_second / ATTACK_S)
    return _gain(level)


def fades(points: int, total: int, fade_in_ms: int, fade_out_ms: int) -> Floats:
    """Gain per `POINT` of linear fades at both ends of ``total`` samples; silent from ``total`` on."""
    at = np.arange(points) * float(POINT)
    rise = np.minimum(1.0, at / max(1.0, fade_in_ms * SAMPLE_RATE / 1000))
    fall = np.clip((total - at) / max(1.0, fade_out_ms * SAMPLE_RATE / 1000), 0.0, 1.0)
    return np.asarray(rise * fall, np.float32)


def limit(peak: Floats, gain: float, ceiling: float) -> Floats:
    """Gain per slot border (one value more than ``peak`` has) with which no slot of ``peak * gain`` exceeds
    ``ceiling``, when the gain runs straight from border to border. ``gain`` is included in it."""
    level = np.empty(len(peak) + 1, np.float32)  # everything in place: the curve of an hour has 3.6 million points
    need = level[:-1]
    with np.errstate(divide="ignore"):
        np.divide(np.float32(ceiling / gain), peak, out=need)
        np.log10(need, out=need)
    np.minimum(np.multiply(need, np.float32(20), out=need), 0, out=need)
    level[-1] = need[-1]
    # A border serves the slots on both sides of it, and a peak known up to 8 samples late the slot before its own.
    np.minimum(level[:-1], level[1:], out=level[:-1])
    np.minimum(level[1:], level[:-1], out=level[1:])
    _slope(level, LIMITER_RELEASE_DB)
    _slope(level[::-1], LIMITER_ATTACK_DB)
    level = _gain(level)
    level *= np.float32(gain)
    return level


def apply(block: Samples, curve: Floats, at: int, step: int) -> Samples:
    """``block``, which starts at sample ``at`` (a multiple of ``step``), times the curve with a point each ``step``
    samples, straight between points."""
    count = -(-block.shape[1] // step)
    points = curve[at // step : at // step + count + 1]
    if np.all(points == points[0]):
        return np.asarray(block * points[0], np.float32)
    ramp = np.arange(step, dtype=np.float32) / np.float32(step)
    gains = (points[:-1, None] + np.diff(points)[:, None] * ramp).ravel()[: block.shape[1]]
    return np.asarray(block * gains, np.float32)


def limited_energy(energy: Floats, borders: Floats) -> Floats:
    """K-weighted energy per slot after `limit`'s gain: exact as far as the gain is slow against the weighting."""
    middle = (borders[:-1] + borders[1:]) * np.float32(0.5)
    np.square(middle, out=middle)
    middle *= energy
    return middle


def _gain(level: Floats) -> Floats:
    """Decibels to gain, in place."""
    level *= np.float32(np.log(10) / 20)
    np.exp(level, out=level)
    return level


def _hold(flags: npt.NDArray[np.bool_], gap: int) -> npt.NDArray[np.bool_]:
    """``flags`` with every false run shorter than ``gap`` between two true ones made true."""
    true = np.flatnonzero(flags)
    out = flags.copy()
    steps = np.diff(true)
    for index in np.flatnonzero((steps > 1) & (steps <= gap)):
        out[true[index] : true[index + 1]] = True
    return out


def _slope(level: Floats, step: float) -> None:
    """In place: each value at most ``step`` above the one before it (a minimum with a rising line)."""
    carry = np.inf
    for start in range(0, len(level), _CHUNK):
        part = level[start : start + _CHUNK].astype(np.float64)
        part[0] = min(part[0], carry + step)
        line = np.arange(len(part)) * step
        part = np.minimum.accumulate(part - line) + line
        level[start : start + _CHUNK] = part
        carry = float(part[-1])
