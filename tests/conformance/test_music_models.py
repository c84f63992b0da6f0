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
from manju.providers.music.offline.score import compose
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
        sound = read((await make(Synthesiser(), style, 30_000)).artefacts[0].data)[
            :, : 20 * SAMPLE_RATE
        ]  # it slows down
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


MOODS = (
    "dark synthwave, 100 BPM", "upbeat electronic, 120 BPM", "playful quirky", "cheerful jazz bossa", "舒缓钢琴",
    "紧张悬疑", "chinese guzheng and bamboo flute, 84 BPM", "喜庆", "cinematic epic", "lofi", "calm ambient",
    "warm acoustic guitar", "悲伤", "rock",
)  # fmt: skip


def strokes(sound: Samples) -> float:
    """Onsets a second."""
    flux = onsets(sound)
    peaks = (flux[1:-1] > flux[:-2]) & (flux[1:-1] >= flux[2:]) & (flux[1:-1] > flux.std())
    return float(peaks.sum() / (sound.shape[1] / SAMPLE_RATE))


def bands(sound: Samples) -> npt.NDArray[np.float64]:
    """Level in dB of two thirds of octaves against their sum."""
    power = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
    hertz = np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE)
    edges = np.geomspace(60, 14_000, 13)
    parts = [power[(hertz >= low) & (hertz < high)].sum() for low, high in pairwise(edges)]
    return np.asarray(10 * np.log10(np.array(parts) / power.sum() + 1e-9))


def chroma(sound: Samples) -> npt.NDArray[np.float64]:
    """Share of the power in each of the twelve tones, between 110 and 2000 Hz; 0 is C."""
    power = np.abs(np.fft.rfft(sound.mean(axis=0) * np.hanning(sound.shape[1]))) ** 2
    hertz = np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE)
    inside = (hertz > 110) & (hertz < 2000)
    tones = np.round(12 * np.log2(hertz[inside] / 440) + 9).astype(int) % 12
    out = np.bincount(tones, weights=power[inside], minlength=12)
    return np.asarray(out / out.sum())


async def test_moods_are_clearly_different() -> None:
    facts = {}
    for mood in MOODS:
        generated = await make(Synthesiser(), mood, 24_000)
        sound = read(generated.artefacts[0].data)
        body = sound[:, 6 * SAMPLE_RATE : 18 * SAMPLE_RATE]
        facts[mood] = (generated.facts["preset"], strokes(body), bands(body), generated.facts["key"].split()[1])
    assert len({preset for preset, *_ in facts.values()}) == len(MOODS) >= 10
    assert {mode for *_, mode in facts.values()} == {"major", "minor"}
    for one, other in combinations(MOODS, 2):
        rhythm = abs(np.log2(facts[one][1] / facts[other][1]))
        tone = np.abs(facts[one][2] - facts[other][2]).mean()
        mode = facts[one][3] != facts[other][3]
        assert rhythm / 0.4 + tone / 2.5 + mode > 1, (one, other, rhythm, tone)


async def test_a_piece_has_a_form() -> None:
    for mood in ("cinematic epic", "upbeat electronic, 120 BPM", "lofi", "chinese guzheng and bamboo flute, 84 BPM"):
        generated = await make(Synthesiser(), mood, 60_000)
        sound = read(generated.artefacts[0].data)
        quarter = sound.shape[1] // 12
        levels = 10 * np.log10((sound[:, : 12 * quarter].reshape(2, 12, quarter) ** 2).mean(axis=(0, 2)))
        body = np.median(levels[1:10])
        assert levels[0] < body - 2, mood  # an intro
        assert levels[7:10].max() >= levels[1:7].max() - 1.5, mood  # a climax late in the piece
        # The theme comes again, the contrast differs: harmony of the bars in a row, each against all.
        assert levels[10] < levels[7:10].max() - 1.5, mood  # an outro


@pytest.mark.parametrize("duration_ms", [6_000, 21_345, 60_667])
async def test_a_piece_arrives_with_its_end(duration_ms: int) -> None:
    """The last chord is the tonic, struck a few seconds before the end, and rings until there."""
    for mood in ("cinematic epic", "温暖", "古风"):
        generated = await make(Synthesiser(), mood, duration_ms)
        sound = read(generated.artefacts[0].data)
        key, mode = generated.facts["key"].split()
        tonic = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B").index(key)
        tones = chroma(sound[:, -2 * SAMPLE_RATE :])
        triad = [tonic, (tonic + 7) % 12, (tonic + (4 if mode == "major" else 3)) % 12, (tonic + 2) % 12]
        assert tones[triad].sum() > 0.85 and tones[tonic] > 0.25, (mood, tones.round(2))
        ending = 20 * np.log10(np.abs(sound[:, -SAMPLE_RATE:]).reshape(2, 4, -1).max(axis=(0, 2)) + 1e-9)
        assert ending[0] > -40 and ending[3] < ending[0] - 6, (mood, ending)


async def test_chinese_music_has_five_tones() -> None:
    for mood in ("古风", "chinese guzheng and bamboo flute, 84 BPM", "喜庆"):
        for seed in (1, 2, 3):
            style = choose(mood, seed)
            score = compose(style, seed, 40 * SAMPLE_RATE)
            root = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B").index(score.key.split()[0])
            drums = {name for name, _ in style.drums} | {style.roll, "riser", "cymbal"}
            tones = {(note.pitch - root) % 12 for note in score.notes if note.instrument not in drums}
            assert tones <= {0, 2, 4, 7, 9}, (mood, seed, tones)


@pytest.mark.parametrize(
    "style", ["upbeat electronic, 120 BPM", "cinematic epic", "playful quirky", "舒缓钢琴", "古风"]
)
async def test_nothing_clicks(style: str) -> None:
    sound = read((await offline(style)).artefacts[0].data)
    assert np.abs(sound).max() < 0.9
    assert clicks(sound) == 0
    spoilt = sound.copy()
    spoilt[:, 9 * SAMPLE_RATE :] *= -1  # as a bad splice would
    spoilt[:, 5 * SAMPLE_RATE] += 0.4
    assert clicks(spoilt) > 0


def clicks(sound: Samples) -> int:
    """Frames of 2 ms with a bend that neither their own samples nor the next frame (as a stroke's) have the like of."""
    bend = np.abs(np.diff(sound.mean(axis=0), 2))
    frames = bend[: len(bend) // 96 * 96].reshape(-1, 96)
    highest = frames.max(axis=1)[:-1]
    alone = (highest > 10 * np.median(frames, axis=1)[:-1]) & (highest > 3 * frames.max(axis=1)[1:])
    return int((alone & (highest > 0.1)).sum())


def test_instruments_that_are_asked_for_play() -> None:
    asked = {
        "chinese guzheng and bamboo flute, 84 BPM": {"guzheng", "flute"},
        "古风 琵琶 二胡": {"pipa", "erhu"},
        "solo piano, sad": {"piano"},
        "warm harp and violin": {"harp", "erhu"},
        "史诗 合唱": {"choir"},
        "lofi": {"electric_piano"},
    }
    for words, wanted in asked.items():
        played = {note.instrument for note in compose(choose(words, 1), 1, 60 * SAMPLE_RATE).notes}
        assert wanted <= played, words
    without = compose(choose("lofi, no drums", 1), 1, 60 * SAMPLE_RATE)
    assert not {"kick", "rim", "shaker"} & {note.instrument for note in without.notes}


def test_the_theme_comes_back() -> None:
    """A B A': the melody's rhythm and moves of the first part are those of the third, not of the second."""
    style = choose("古风 76 BPM", 1)
    score = compose(style, 1, 60 * SAMPLE_RATE)
    lead = [note for note in score.notes if note.instrument == style.lead]
    second = [note for note in score.notes if note.instrument == style.second]
    assert lead and second
    assert min(note.start for note in lead) < min(note.start for note in second) < max(note.start for note in lead)


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
