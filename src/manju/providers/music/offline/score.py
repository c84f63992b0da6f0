"""Composition: a style, a seed and a length become notes in bars: intro, A B A', a build and a climax where there is
time for them, an outro that slows down, and a last chord that ends with the piece."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate

from manju.media.sound import SAMPLE_RATE
from manju.providers.music.offline.instruments import loudness
from manju.providers.music.offline.style import MODES, Style

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
DRUM = 0
"""The pitch of a drum, which has none."""
PHRASE = 4
"""Bars of a phrase."""
RING_S = 3.4
"""The least that the last chord rings."""
FORM = "AABBCCDDBBCC"
"""What phrases play: A the theme, B its contrast, C the theme varied, D a rest for the ear (chords and arpeggio)."""
SHORT_FORMS = ("", "A", "AC", "ABC", "ABCK", "AABCK", "AABBCK")
"""By the number of phrases; K is the climax: contrast and theme together."""
LEVELS = {"intro": -4.0, "A": -1.5, "B": -0.5, "C": 0.0, "D": -4.0, "build": -2.0, "K": 1.5, "outro": -3.0}
"""Decibels of a section against the style's own levels."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note or stroke: when (samples), on what, which MIDI pitch, how long (samples), how loud (gain), where
    (-1 left .. 1 right)."""

    start: int
    instrument: str
    pitch: int
    length: int
    gain: float
    pan: float = 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """``notes`` in the order of time; ``ending``: sample at which the last chord starts; ``key``: as ``A minor``."""

    notes: tuple[Note, ...]
    ending: int
    samples: int
    key: str


class _Composer:
    def __init__(self, style: Style, seed: int, samples: int) -> None:
        self.style = style
        self.random = random.Random(f"{style.name}/{seed}")
        self.samples = samples
        self.root = self.random.choice(style.roots)
        self.verse = self.random.choice(style.verse)
        self.chorus = self.random.choice(style.chorus)
        self.step = 60 / style.bpm / 4 * SAMPLE_RATE
        self.notes: list[Note] = []
        self.theme, self.contrast = self._motif(), self._motif()
        self.last_voicing: tuple[int, ...] = ()
        self.trim = 0.0

    def compose(self) -> Score:
        bar = 16 * self.step
        # The last chord needs time to ring; what is left of a bar then makes the last bars slow down.
        ring = min(RING_S * SAMPLE_RATE, self.samples * 0.4)
        bars = int((self.samples - ring) // bar)
        form = _form(bars)
        slower = (0.1, 0.2, 0.3, 0.4)[-bars:] if bars >= 4 else ()
        left = self.samples - ring - bars * bar if slower else 0.0
        lengths = [bar] * (bars - len(slower)) + [bar + part * left for part in slower]
        starts = [0.0, *accumulate(lengths)]
        for index, section in enumerate(form):
            self.step = lengths[index] / 16
            self._play_bar(starts[index], index, section, form)
        self.step = bar / 16
        self.trim = 0.0
        self._last_chord(round(starts[-1]))
        mode = {"dorian": "minor", "phrygian": "minor"}.get(self.style.mode, self.style.mode)
        notes = tuple(sorted(self.notes, key=lambda note: note.start))
        return Score(notes, round(starts[-1]), self.samples, f"{NAMES[self.root % 12]} {mode}")

    def _degree(self, bar: int, section: str, bars: int) -> int:
        if bars >= 2 and bar >= bars - 2:
            return self.style.cadence[bar - bars]
        if section == "build":
            return self.style.cadence[1]
        chords = self.chorus if section in "BK" else self.verse
        return chords[bar % len(chords)]

    def _pitch(self, degree: int) -> int:
        scale = MODES[self.style.mode]
        pitch = self.root + 12 * (degree // 7) + scale[degree % 7]
        if self.style.pentatonic and (pitch - self.root) % 12 not in (0, 2, 4, 7, 9):
            return pitch + (1 if (pitch - self.root) % 12 == 11 else -1)
        return pitch

    def _chord(self, degree: int) -> tuple[int, ...]:
        """Pitches near those of the chord before, so that the voices move little."""
        if self.style.pentatonic:
            degrees = [degree, degree + 4, degree + 8 if degree in (0, 3, 4) else degree + 7]
        else:
            degrees = [degree, degree + 2, degree + 4] + ([degree + 6] if self.style.seventh else [])
        centre = sum(self.last_voicing) / len(self.last_voicing) if self.last_voicing else 60.0
        centre = min(max(centre, 57.0), 66.0)
        self.last_voicing = tuple(sorted(_near(self._pitch(one), centre) for one in degrees))
        return self.last_voicing

    def _motif(self) -> list[tuple[int, int, int]]:
        """Two bars of melody: (step, length in steps, move against the chord's root in scale steps)."""
        choice = self.random.choice
        rhythm = choice(((0, 6, 12, 16, 22), (0, 4, 8, 16, 20), (0, 8, 14, 16, 24), (4, 8, 12, 16, 24)))
        ends = (*rhythm[1:], 30)
        moves, at = [], choice((4, 7, 2))
        for index, (start, end) in enumerate(zip(rhythm, ends, strict=True)):
            strong = start % 8 == 0 or index == len(rhythm) - 1
            at = choice((2, 4, 7)) if strong else min(9, max(0, at + choice((-2, -1, 1, 2))))
            moves.append((start, end - start, at))
        return moves

    def _play_bar(self, start: float, bar: int, section: str, form: list[str]) -> None:
        style = self.style
        degree = self._degree(bar, section, len(form))
        chord = self._chord(degree)
        self.trim = LEVELS[section]
        full = section in "ABCK" or section == "build"
        for index, pitch in enumerate(chord):
            self._add(start, style.pad, pitch, 16 * self.step, style.pad_db, 0.5 * (index - 1))
        self._arpeggio(start, chord)
        if full or section == "outro":
            self._stroke_bass(start, _near(self._pitch(degree), 40.0), style.bass_rhythm if full else "x" + 15 * ".")
        lead, second = style.lead, style.second or style.lead
        if section in "AC" or (section == "outro" and bar < len(form) - 2):
            self._melody(start, bar, degree, self.theme, lead, varied=section == "C")
        if section in "BK":
            self._melody(start, bar, degree, self.contrast, second, higher=True)
        if section == "K":
            self._melody(start, bar, degree, self.theme, lead, varied=True)
        if full:
            opening = section in "BK" and (bar == 0 or form[bar - 1] != section)
            self._drums(start, section, opening)
        if section == "build":
            self._build(start, bar, form)

    def _arpeggio(self, start: float, chord: tuple[int, ...]) -> None:
        style = self.style
        low = style.arp in ("low_strings", "synth_bass")
        notes = [pitch - 12 for pitch in chord] if low else [*chord, chord[0] + 12, *reversed(chord[1:])]
        whole = style.arp == "electric_piano"  # struck as chords rather than broken
        index = 0
        for step, mark in enumerate(style.arp_rhythm):
            if mark == ".":
                continue
            soft = -5.0 if mark == "o" else 0.0
            level = style.arp_db + soft + self.random.uniform(-1.5, 0.5)
            when = start + self._swung(step)
            if whole:
                for pitch in chord:
                    self._add(when, style.arp, pitch, 6 * self.step, level - 3, 0.0)
            else:
                pitch = notes[0] if low else notes[index % len(notes)]
                self._add(when, style.arp, pitch, 4 * self.step, level, 0.35 if index % 2 else -0.35)
            index += 1

    def _stroke_bass(self, start: float, pitch: int, rhythm: str) -> None:
        strokes = [step for step, mark in enumerate(rhythm) if mark != "."]
        for step, until in zip(strokes, (*strokes[1:], 16), strict=True):
            self._add(start + self._swung(step), self.style.bass, pitch, (until - step) * self.step, self.style.bass_db)

    def _melody(
        self,
        start: float,
        bar: int,
        degree: int,
        motif: list[tuple[int, int, int]],
        lead: str,
        *,
        varied: bool = False,
        higher: bool = False,
    ) -> None:
        """A bar of a motif of two; varied, some long notes are reached by a step from above."""
        first = 16 * (bar % 2)
        level = self.style.lead_db + (loudness(self.style.lead) - loudness(lead))
        for step, length, move in motif:
            if not first <= step < first + 16:
                continue
            pitch = _near(self._pitch(degree + move), 76.0 if higher else 71.0)
            when, gain = start + self._swung(step - first), level + self.random.uniform(-2, 0)
            if varied and length >= 4 and self.random.random() < 0.5:
                above = _near(self._pitch(degree + move + 1), pitch + 1.0)
                self._add(when, lead, above, 2 * self.step, gain - 2, 0.15)
                when, length = when + 2 * self.step, length - 2
            self._add(when, lead, pitch, length * self.step, gain, 0.15)

    def _build(self, start: float, bar: int, form: list[str]) -> None:
        """Strokes that get denser and louder, and a rush of air, up to the climax."""
        left = form[bar:].index("K") * 16
        style = self.style
        if style.roll:
            gap = 2 if left > 16 else 1
            for step in range(0, 16, gap):
                level = style.drums_db - 10 + 8 * (1 - (left - step) / 32)
                self._add(start + step * self.step, style.roll, DRUM, SAMPLE_RATE, level, 0.1)
        if left <= 32 and (left == 32 or form[bar - 1] != "build"):
            self._add(start, "riser", DRUM, left * self.step, style.drums_db - self._softness() - 3)

    def _drums(self, start: float, section: str, opening: bool) -> None:
        for name, rhythm in self.style.drums:
            for step, mark in enumerate(rhythm):
                if mark == "." or (section in "A" and mark == "o") or (section == "build" and step % 8):
                    continue
                level = self.style.drums_db + (-6.0 if mark == "o" else 0.0) + self.random.uniform(-1, 0)
                self._add(start + self._swung(step), name, DRUM, SAMPLE_RATE, level, 0.3 if name != "kick" else 0.0)
        if opening and self.style.drums:
            self._add(start, "cymbal", DRUM, SAMPLE_RATE, self.style.drums_db - self._softness(), -0.2)

    def _softness(self) -> float:
        """How much quieter than its drums a style's rush of air and cymbal are: soft styles have hardly any."""
        return 4.0 if self.style.drums_db > -7 else 11.0

    def _last_chord(self, start: int) -> None:
        """The tonic, rolled upwards, with the root below it and the theme's instrument on top."""
        style = self.style
        left = float(self.samples - start)
        chord = self._chord(0)
        for index, pitch in enumerate(chord):
            self._add(start, style.pad, pitch, left, style.pad_db, 0.5 * (index - 1))
        low = style.arp in ("low_strings", "synth_bass")
        roll = [pitch - 12 for pitch in chord] if low else [*chord, chord[0] + 12]
        for index, pitch in enumerate(roll):
            self._add(start + index * self.step * 0.5, style.arp, pitch, left, style.arp_db, 0.2)
        self._add(start, style.bass, _near(self.root, 40.0), left, style.bass_db)
        self._add(start + 2 * self.step, style.lead, _near(self.root, 73.0), left * 0.6, style.lead_db - 2, 0.15)
        if style.drums_db > -10 and style.drums:
            self._add(start, style.drums[0][0], DRUM, SAMPLE_RATE, style.drums_db)

    def _swung(self, step: int) -> float:
        return (step + (self.style.swing if step % 2 else 0.0)) * self.step

    def _add(self, start: float, instrument: str, pitch: int, length: float, level_db: float, pan: float = 0.0) -> None:
        note = Note(round(start), instrument, pitch, round(length), 10 ** ((level_db + self.trim) / 20), pan)
        if note.start < self.samples:
            self.notes.append(note)


def _form(bars: int) -> list[str]:
    """The section of every bar."""
    intro = 4 if bars >= 24 else 2 if bars >= 9 else 1 if bars >= 4 else 0
    outro = 4 if bars >= 24 else 2 if bars >= 8 else 1 if bars >= 3 else 0
    phrases, rest = divmod(bars - intro - outro, PHRASE)
    if phrases < len(SHORT_FORMS):
        form = SHORT_FORMS[phrases]
    else:
        form = "".join(FORM[index % len(FORM)] for index in range(phrases - 1)) + "K"
    out = ["intro"] * intro
    for index, section in enumerate(form):
        ahead = section == "K" and index > 0
        if ahead and not rest:
            out[-2:] = ["build", "build"]
        out += (["build"] * rest if ahead else []) + [section] * PHRASE
    return out + ([] if "K" in form else ["A"] * rest) + ["outro"] * outro


def _near(pitch: int, centre: float) -> int:
    """The octave of ``pitch`` closest to ``centre``."""
    return pitch + 12 * round((centre - pitch) / 12)


def compose(style: Style, seed: int, samples: int) -> Score:
    """Notes for exactly ``samples`` samples."""
    return _Composer(style, seed, samples).compose()
