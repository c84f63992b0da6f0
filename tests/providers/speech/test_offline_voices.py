"""How the offline voices sound, measured: pitch, formants, tempo, level, edges."""

from __future__ import annotations

import io
import wave
from functools import cache
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pytest

from manju.domain.casting import Voice
from manju.domain.order import Generated, SpeechRequest
from manju.providers.speech.offline.model import speak
from manju.providers.speech.offline.studio import softened

RATE = 22_050
LINE = "这座城市从不睡觉，可是今晚，它安静得像一座坟墓。"
CAST: dict[str, tuple[str, dict[str, object]]] = {
    "narrator": ("narrator", {"gender": "female"}),
    "narrating man": ("narrator", {"gender": "male"}),
    "girl": ("a", {"gender": "female", "age": "child"}),
    "young woman": ("a", {"gender": "female", "age": "young"}),
    "her friend": ("b", {"gender": "female", "age": "young", "pitch": 0.866}),
    "woman": ("a", {"gender": "female", "age": "adult"}),
    "old woman": ("a", {"gender": "female", "age": "elder"}),
    "boy": ("b", {"gender": "male", "age": "child"}),
    "young man": ("a", {"gender": "male", "age": "young"}),
    "man": ("a", {"gender": "male", "age": "adult"}),
    "old man": ("a", {"gender": "male", "age": "elder"}),
    "robot": ("a", {"kind": "robot"}),
}
Signal = npt.NDArray[np.float64]


def signal(generated: Generated) -> Signal:
    with wave.open(io.BytesIO(generated.artefacts[0].data)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)


@cache
def spoken(who: str, emotion: str = "", text: str = LINE) -> tuple[Signal, int]:
    """Samples, and milliseconds."""
    speaker, voice = CAST[who]
    request = SpeechRequest(text=text, speaker=speaker, voice=Voice.model_validate(voice), emotion=emotion)
    generated = speak(request)
    return signal(generated), int(generated.facts["duration_ms"])


def pitches(sound: Signal) -> Signal:
    """Hertz of every voiced 50 ms, by autocorrelation; the shortest period among those that are nearly as likely."""
    found = []
    for start in range(0, len(sound) - 1100, 300):
        window = sound[start : start + 1100] - sound[start : start + 1100].mean()
        if np.sqrt((window**2).mean()) < 1000:
            continue
        spectrum = np.fft.rfft(window * np.hanning(1100), 4096)
        likeness = np.fft.irfft(spectrum * spectrum.conj())[:330]
        likeness = likeness / likeness[0] / (1 - np.arange(330) / 1100)
        inside = likeness[55:330]
        lag = 55 + int(np.argmax(inside > 0.85 * inside.max()))
        lag += int(np.argmax(likeness[lag : lag + 15]))
        if likeness[lag] > 0.5:
            found.append(RATE / lag)
    median = np.median(found)
    return np.array([pitch for pitch in found if 0.6 < pitch / median < 1.7])


def semitones(one: float, other: float) -> float:
    return float(abs(12 * np.log2(one / other)))


def timbre(sound: Signal) -> Signal:
    """Level in dB of third-octaves from 250 Hz to 5 kHz against their sum: where the formants lie."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    edges = np.geomspace(250, 5000, 14)
    bands = np.array([power[(hertz >= low) & (hertz < high)].sum() for low, high in pairwise(edges)])
    return np.asarray(10 * np.log10(bands / bands.sum()))


def level_db(sound: Signal) -> float:
    loud = sound[np.abs(sound) > 64]
    return float(10 * np.log10((loud**2).mean()))


def test_a_cast_is_told_apart() -> None:
    facts = {who: (np.median(pitches(spoken(who)[0])), timbre(spoken(who)[0])) for who in CAST}
    same = timbre(spoken("woman", text=LINE.replace("，", "。"))[0])
    assert np.abs(facts["woman"][1] - same).mean() < 0.8  # of the same voice
    for one, other in combinations(CAST, 2):
        apart = semitones(facts[one][0], facts[other][0])
        formants = np.abs(facts[one][1] - facts[other][1]).mean()
        assert apart >= 2 or formants > 1.2, (one, other, apart, formants)


def test_pitch_follows_sex_and_age() -> None:
    median = {who: float(np.median(pitches(spoken(who)[0]))) for who in CAST}
    for high, low in (
        ("girl", "young woman"),
        ("young woman", "woman"),
        ("woman", "old woman"),
        ("young woman", "her friend"),
        ("boy", "young man"),
        ("young man", "man"),
        ("man", "old man"),
        ("old woman", "young man"),
    ):
        assert semitones(median[high], median[low]) >= 1.7 and median[high] > median[low], (high, low, median)


def test_the_old_speak_slowly_and_children_fast() -> None:
    assert spoken("old woman")[1] > 1.07 * spoken("woman")[1] > 1.07 * spoken("girl")[1]


def test_a_robot_has_no_melody() -> None:
    def spread(who: str) -> float:
        low, high = np.percentile(pitches(spoken(who)[0]), [10, 90])
        return semitones(high, low)

    assert spread("robot") < 2.5 and spread("man") > 3.5 and spread("woman") > 3.5


def test_moods() -> None:
    plain, plain_ms = spoken("young woman")
    pitch = np.median(pitches(plain))
    facts = {}
    for mood in ("急", "怒", "哭", "低声", "冷静", "惊"):
        sound, length = spoken("young woman", mood)
        facts[mood] = (length / plain_ms, np.median(pitches(sound)) / pitch, level_db(sound) - level_db(plain))
    assert facts["急"][0] < 0.9
    assert facts["怒"][1] > 1.05 and facts["怒"][2] > 1.5
    assert facts["哭"][0] > 1.1
    assert facts["低声"][1] < 0.97 and facts["低声"][2] < -3.5
    assert facts["冷静"][0] > 1.02 and facts["冷静"][1] < 0.98
    assert facts["惊"][1] > 1.1
    assert facts["惊"][0] < 0.95


def test_a_question_rises() -> None:
    def ending(text: str) -> float:
        found = pitches(spoken("man", text=text)[0])
        return float(np.median(found[-6:]) / np.median(found))

    assert ending("他今天去大学吃吗？") > 1.06 * ending("他今天去大学吃吗。")


def test_a_sentence_falls() -> None:
    found = pitches(spoken("narrator", text="今天天天都吃西瓜鸡汤，今天天天都吃西瓜鸡汤。")[0])
    third = len(found) // 3
    assert np.median(found[:third]) > 1.015 * np.median(found[-third:])


def test_tones_are_wide() -> None:
    """People's Mandarin moves over some eight semitones; espeak-ng's own over four."""
    low, high = np.percentile(pitches(spoken("narrating man")[0]), [5, 95])
    assert semitones(high, low) > 4.5


def jump_out_of_silence(sound: Signal) -> float:
    """The largest step between two samples in the first millisecond after 10 ms of silence."""
    quiet = np.convolve(np.abs(sound) < 30, np.ones(220), "valid") >= 220
    after = np.flatnonzero(quiet[:-1] & ~quiet[1:]) + 220
    return max((float(np.abs(np.diff(sound[at - 1 : at + 20])).max()) for at in after), default=0.0)


@pytest.mark.parametrize("who", CAST)
def test_every_line_begins_and_ends_without_a_click(who: str) -> None:
    for text in (LINE, "怕。", "爸爸，爸爸，快跑！", "用ChatGPT写。"):
        sound, _ = spoken(who, text=text)
        assert np.abs(sound[:20]).max() < 50 and np.abs(sound[-20:]).max() < 50
        assert jump_out_of_silence(sound) < 1200, text  # the bursts of p and k are such onsets: 24 dB below the peaks
        assert np.abs(sound).max() <= 29_000


def test_a_run_that_begins_in_the_middle_of_a_wave_rises_from_silence() -> None:
    run = softened(np.full(1000, 0.5, np.float32))
    assert run[0] == 0 and abs(run[-1]) < 1e-6
    assert np.abs(np.diff(run)).max() < 0.02  # of 0.5: no step
    assert np.all(run[100:-100] == 0.5)


def test_a_click_would_be_noticed() -> None:
    clicked = spoken("woman")[0].copy()
    clicked[400] = 2_500
    assert jump_out_of_silence(clicked) > 1200


def test_every_line_is_as_loud_as_the_others() -> None:
    texts = (LINE, "好。", "嘘，你听。", "啊！", "ChatGPT is here.", "他说：AI来了。")
    levels = [level_db(spoken(who, text=text)[0]) for who in ("narrator", "man", "girl", "robot") for text in texts]
    assert max(levels) - min(levels) < 3


def test_both_languages_of_a_line_are_as_loud() -> None:
    generated = speak(SpeechRequest(text="我们今天一起学习ChatGPT and Midjourney的新功能。"))
    sound = signal(generated)
    levels: dict[bool, list[Signal]] = {True: [], False: []}
    for word in generated.facts["words"]:
        part = sound[word["start_ms"] * RATE // 1000 : word["end_ms"] * RATE // 1000]
        levels[word["text"].strip().isascii()].append(part)
    assert abs(level_db(np.concatenate(levels[True])) - level_db(np.concatenate(levels[False]))) < 3


def test_sibilants_do_not_hiss() -> None:
    sound, _ = spoken("narrator", text="四十四只石狮子，是谁试着吃柿子？")
    frames = sound[: len(sound) // 441 * 441].reshape(-1, 441) * np.hanning(441)
    power = np.abs(np.fft.rfft(frames)) ** 2
    hertz = np.fft.rfftfreq(441, 1 / RATE)
    hiss = np.sqrt(power[:, hertz > 4500].sum(axis=1))
    voice = np.sqrt(power[:, hertz < 1500].sum(axis=1))
    assert np.percentile(hiss, 98) < 0.5 * np.percentile(voice, 90)
