"""What every music model must do (`manju.providers.music.base`), and what the offline one does beyond it."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest

from manju.domain.order import Generated, MusicRequest, Request
from manju.errors import NotFoundError
from manju.media.loudness import measure
from manju.media.sound import SAMPLE_RATE, Samples, encode, read
from manju.providers.base import Model
from manju.providers.music.base import MusicModel
from manju.providers.music.offline.model import Synthesiser
from manju.providers.music.offline.style import choose

STYLES = {
    "upbeat electronic, 120 BPM": ("electronic", 120),
    "舒缓钢琴": ("piano", None),
    "紧张悬疑": ("suspense", None),
    "古风": ("guofeng", None),
    "cinematic epic": ("epic", None),
    "lofi, 84bpm": ("lofi", 84),
    "轻快": ("light", None),
}


class NoReferences:
    def read(self, sha256: str) -> bytes:
        raise NotFoundError(f"nothing is stored under {sha256}")


@pytest.fixture(params=[Synthesiser], ids=lambda kind: kind.name)
def model(request: pytest.FixtureRequest) -> MusicModel:
    return cast(MusicModel, cast("type[Model[Request]]", request.param)())


async def make(model: MusicModel, style: str, duration_ms: int = 18_000, seed: int = 1) -> Generated:
    return await model.generate(MusicRequest(style=style, duration_ms=duration_ms, seed=seed), NoReferences())


MADE: dict[str, Generated] = {}


async def offline(style: str) -> Generated:
    """A piece of the offline model, made once for all the tests that listen to it."""
    if style not in MADE:
        MADE[style] = await make(Synthesiser(), style)
    return MADE[style]


def onsets(sound: Samples) -> npt.NDArray[np.float64]:
    """How much brighter each 10 ms is than the one before it."""
    frames = sound.mean(axis=0)[: sound.shape[1] // 480 * 480].reshape(-1, 480)
    frames = np.concatenate([frames[:-1], frames[1:]], axis=1) * np.hanning(960)
    spectrum = np.log1p(100 * np.abs(np.fft.rfft(frames)))
    flux = np.maximum(0, np.diff(spectrum, axis=0)).sum(axis=1)
    return np.asarray(flux - flux.mean(), np.float64)


def on_grid(sound: Samples, bpm: float) -> float:
    """Autocorrelation of the onsets at one beat, 1 for a perfect repetition."""
    flux = onsets(sound[:, 3 * SAMPLE_RATE : -5 * SAMPLE_RATE])
    lags = np.correlate(flux, flux, "full")[len(flux) - 1 :]
    lag = 6000 / bpm
    return float(max(lags[int(lag) : int(lag) + 2]) / lags[0])


def centroid(sound: Samples) -> float:
    power = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
    hertz = np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE)
    return float((power * hertz).sum() / power.sum())


@pytest.mark.parametrize("duration_ms", [1000, 1001, 3700, 9999])
async def test_length_peak_and_ends(model: MusicModel, duration_ms: int) -> None:
    generated = await make(model, "温暖", duration_ms)
    main = generated.artefacts[0]
    assert main.role == "main" and main.suffix in (".flac", ".wav", ".mp3")
    sound = read(main.data)
    assert sound.shape[0] == 2
    assert abs(sound.shape[1] - duration_ms * 48) <= 50 * 48
    assert generated.facts["duration_ms"] == pytest.approx(duration_ms, abs=50)
    assert generated.facts["bpm"] > 0
    assert generated.facts["key"].split()[1] in ("major", "minor")
    assert 20 * np.log10(np.abs(sound).max()) <= -1.0
    assert np.abs(sound[:, :8]).max() < 0.005
    assert np.abs(sound[:, -8:]).max() < 0.005


async def test_same_request_same_bytes_and_another_seed_another_piece(model: MusicModel) -> None:
    first, again, other = [await make(model, "lofi", 4000, seed) for seed in (1, 1, 2)]
    assert first == again
    assert first.artefacts[0].data != other.artefacts[0].data


@pytest.mark.parametrize("style", ["qwzx", "\x00%n{}🎵", "的" * 3000, " ", "-9 BPM 999bpm"])
async def test_unknown_words_never_fail(model: MusicModel, style: str) -> None:
    generated = await make(model, style, 1000)
    assert read(generated.artefacts[0].data).shape[1] == 48_000


@pytest.mark.parametrize("style", STYLES)
async def test_style_words_shape_the_piece(style: str) -> None:
    preset, bpm = STYLES[style]
    generated = await offline(style)
    sound = read(generated.artefacts[0].data)
    assert sound.shape == (2, 18 * SAMPLE_RATE)
    assert generated.facts["preset"] == preset
    assert bpm is None or generated.facts["bpm"] == bpm
    loudness = measure([sound])
    assert -18.2 <= loudness.lufs <= -15.8
    assert loudness.true_peak_db <= -1.0
    # No silence anywhere between the first note and the fade of the last.
    windows = sound[:, SAMPLE_RATE // 2 : -2 * SAMPLE_RATE]
    windows = windows[:, : windows.shape[1] // 12_000 * 12_000].reshape(2, -1, 12_000)
    assert 10 * np.log10((windows**2).mean(axis=(0, 2))).min() > -45
    # The piece ends: its last second falls away.
    last = 20 * np.log10(np.sqrt((sound[:, -SAMPLE_RATE:].reshape(2, 10, -1) ** 2).mean(axis=(0, 2))) + 1e-9)
    assert last[-1] < last[0] - 15
    # Stereo, and the same in mono: neither the sides equal nor each other's opposite.
    left, right = sound
    assert 0.2 < np.corrcoef(left, right)[0, 1] < 0.995
    # A voice is understood by 1 to 4 kHz: little of the music's power is there.
    power = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
    hertz = np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE)
    assert 0.001 < power[(hertz > 1000) & (hertz < 4000)].sum() / power.sum() < 0.12


async def test_tempo_is_heard() -> None:
    for style, bpm in (("upbeat electronic, 120 BPM", 120), ("electronic 97 BPM", 97)):
        sound = read((await offline(style)).artefacts[0].data)
        right = on_grid(sound, bpm)
        wrong = max(on_grid(sound, bpm * factor) for factor in (0.93, 1.07, 1.12))
        assert right > 0.3 and right > 2 * wrong


async def test_styles_sound_different() -> None:
    sounds = {
        style: read((await offline(style)).artefacts[0].data)
        for style in ("upbeat electronic, 120 BPM", "舒缓钢琴", "紧张悬疑", "古风")
    }
    bands = np.geomspace(60, 14_000, 15)
    profiles = {}
    for style, sound in sounds.items():
        power = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
        hertz = np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE)
        parts = [power[(hertz >= low) & (hertz < high)].sum() for low, high in pairwise(bands)]
        profiles[style] = 10 * np.log10(np.array(parts) / power.sum() + 1e-9)
    for one, other in combinations(profiles, 2):
        assert np.abs(profiles[one] - profiles[other]).mean() > 2.5, (one, other)
    centroids = sorted(centroid(sound) for sound in sounds.values())
    assert centroids[-1] > 1.3 * centroids[0]


def test_words_choose_the_style() -> None:
    assert choose("slow sad piano", 0).bpm < choose("sad piano", 0).bpm
    assert choose("upbeat electronic, 120 BPM", 0).bpm == 120
    assert choose("古风 每分钟90拍", 0).bpm == 90
    assert choose("999bpm", 0).bpm == 220 and choose("10 BPM", 0).bpm == 40
    assert choose("crossadness", 0).name != "sad"  # words, not parts of words
    assert len({choose("zzz", seed).name for seed in range(20)}) > 1


def test_clicks_would_be_noticed() -> None:
    # The measure of the ends above is not blind: a cut tone fails it.
    t = np.arange(4800) / SAMPLE_RATE
    cut = np.stack([0.5 * np.cos(2 * np.pi * 440 * t)] * 2).astype(np.float32)
    assert np.abs(read(encode([cut], "flac"))[:, :8]).max() > 0.005
