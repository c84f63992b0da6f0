"""The offline music model: style words to music, synthesised and mastered, never failing on unknown words."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from manju.domain.order import Artefact, Generated, MusicRequest
from manju.media.dynamics import apply, limit
from manju.media.loudness import SLOT, Meter, integrated
from manju.media.sound import SAMPLE_RATE, Samples, encode
from manju.providers.base import References
from manju.providers.music.offline.instruments import LONGEST, note
from manju.providers.music.offline.score import Score, compose
from manju.providers.music.offline.style import Style, choose

TARGET_LUFS = -17.0
CEILING_DB = -1.5
"""Below the -1 dBFS that is promised, since rounding to 16 bit comes after the limiter."""
BLOCK = 4 * SAMPLE_RATE
Player = Callable[[str, int, int], Samples]
"""Makes a note; remembers those that it made, for the piece goes by twice."""
_TONE = 2_048  # samples of the tone filter, half of them delay
_ROOM_S = 1.4
_WIDTH = np.float32(0.6)  # of the sides against the middle, so that little is lost on a telephone's one loudspeaker
_RISE = 240  # the tone filter rings before a stroke on the first beat


class Synthesiser:
    """Music from style words, seeded: chords, arpeggio, bass, drums and melody in sections, ending on its last chord.

    The same style, duration and seed give the same bytes.
    """

    name = "offline:synth"

    async def generate(self, request: MusicRequest, references: References) -> Generated:
        """A FLAC of exactly the asked length, stereo, 48 kHz, about -17 LUFS."""
        return await asyncio.to_thread(synthesise, request)


def synthesise(request: MusicRequest) -> Generated:
    """The same without an event loop."""
    style = choose(request.style, request.seed)
    score = compose(style, request.seed, request.duration_ms * SAMPLE_RATE // 1000)
    played = lru_cache(maxsize=200)(note)
    meter = Meter()
    for block in _produce(style, score, played):
        meter.add(block)
    levels = meter.finish()
    gain = 10 ** ((TARGET_LUFS - integrated(levels.energy)) / 20)
    gains = limit(levels.peak, gain, 10 ** (CEILING_DB / 20))
    facts = {"duration_ms": request.duration_ms, "bpm": style.bpm, "key": score.key, "preset": style.name}

    def mastered() -> Iterator[Samples]:
        at = 0
        for block in _produce(style, score, played):
            yield apply(block, gains, at, SLOT)
            at += block.shape[1]

    return Generated((Artefact("main", encode(mastered(), "flac"), ".flac"),), facts)


def _produce(style: Style, score: Score, played: Player) -> Iterator[Samples]:
    """The piece in blocks: the notes, their room and tone, and the fade of the last chord."""
    at = 0
    fade = max(1, min(score.samples - score.ending, 2 * SAMPLE_RATE))
    for block in _in_room(_notes(score, played), style.room, score.samples):
        left = score.samples - at - np.arange(block.shape[1], dtype=np.float32)
        if left[-1] < fade:
            block = block * np.sin(np.clip(left / fade, 0, 1) * np.float32(np.pi / 2)) ** 2
        if at == 0:
            block[:, :_RISE] *= np.linspace(0, 1, _RISE, dtype=np.float32)[: block.shape[1]]
        at += block.shape[1]
        yield block


def _notes(score: Score, played: Player) -> Iterator[Samples]:
    """The dry sum of the notes in blocks of `BLOCK`, until after the end of the piece."""
    sums = np.zeros((2, BLOCK + LONGEST), np.float32)
    index = 0
    for at in range(0, score.samples + BLOCK, BLOCK):
        while index < len(score.notes) and score.notes[index].start < at + BLOCK:
            one = score.notes[index]
            sound = played(one.instrument, one.pitch, one.length)
            place = sums[:, one.start - at : one.start - at + sound.shape[1]]
            # Constant power would change the level of drums that stay in the middle; this keeps the louder side.
            left, right = one.gain * min(1.0, 1.0 - one.pan), one.gain * min(1.0, 1.0 + one.pan)
            place[0] += sound[0] * np.float32(left)
            place[1] += sound[1] * np.float32(right)
            index += 1
        middle = sums[:, :BLOCK].mean(axis=0)
        yield middle + (sums[:, :BLOCK] - middle) * _WIDTH
        sums[:, :LONGEST] = sums[:, BLOCK:].copy()
        sums[:, LONGEST:] = 0


def _in_room(blocks: Iterator[Samples], room: float, samples: int) -> Iterator[Samples]:
    """Convolve with the tone filter and the room (overlap-add), cut to ``samples`` samples."""
    response = _response(room)
    length = response.shape[1]
    size = 1 << math.ceil(math.log2(BLOCK + length))
    spectrum = np.fft.rfft(response, size)
    tail = np.zeros((2, size), np.float32)
    skip = _TONE // 2
    left = samples
    for block in blocks:
        tail += np.fft.irfft(np.fft.rfft(block, size) * spectrum, size)
        ready = tail[:, skip:BLOCK][:, :left].copy()
        skip = 0
        tail[:, : size - BLOCK] = tail[:, BLOCK:].copy()
        tail[:, size - BLOCK :] = 0
        left -= ready.shape[1]
        if ready.shape[1]:
            yield ready


def _response(room: float) -> Samples:
    """Impulse response of tone and room, (2, samples): 4 dB less between 1 and 4 kHz, where a voice is understood,
    nothing below 30 Hz, and a dark decaying room that differs left and right."""
    hertz = np.fft.rfftfreq(_TONE, 1 / SAMPLE_RATE)
    octaves = np.log2(np.maximum(hertz, 1.0) / 2_000)
    tone = 10 ** (-4 / 20 * np.exp(-((octaves / 1.1) ** 4))) / (1 + (30 / np.maximum(hertz, 1.0)) ** 4)
    direct = np.roll(np.fft.irfft(tone, _TONE), _TONE // 2) * np.hanning(_TONE)
    samples = int(_ROOM_S * SAMPLE_RATE)
    t = np.arange(samples) / SAMPLE_RATE
    out: npt.NDArray[np.float64] = np.zeros((2, _TONE + samples))
    for side in range(2):
        noise = np.random.Generator(np.random.PCG64(90 + side)).standard_normal(samples)
        dark = np.fft.rfft(noise)
        low = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE)
        dark *= 1 / (1 + (low / 3_000) ** 2) / (1 + (150 / np.maximum(low, 1.0)) ** 2)
        decay = np.fft.irfft(dark, samples) * np.exp(-t / 0.32) * np.clip(t / 0.012, 0, 1)
        decay *= np.clip((_ROOM_S - t) / 0.2, 0, 1)
        out[side, :_TONE] = direct
        out[side, _TONE // 2 : _TONE // 2 + samples] += room * decay / np.sqrt(np.sum(decay**2))
    return out.astype(np.float32)
