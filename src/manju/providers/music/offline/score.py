"""Composition: a style, a seed and a length become notes in bars: intro, verses and choruses, outro, last chord."""

from __future__ import annotations

import random
from dataclasses import dataclass

from manju.media.sound import SAMPLE_RATE
from manju.providers.music.offline.style import MODES, Style

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
DRUM = 0
"""The pitch of a drum, which has none."""
PHRASE = 8
"""Bars of a verse or chorus."""


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
        self.bar = 16 * self.step
        self.notes: list[Note] = []
        self.motif = self._motif()
        self.last_voicing: tuple[int, ...] = ()

    def compose(self) -> Score:
        # The last chord needs time to ring, and no more bars are begun than end before it.
        ring = min(2.6 * SAMPLE_RATE, self.samples * 0.4)
        bars = int((self.samples - ring) // self.bar)
        for bar in range(bars):
            section = self._section(bar, bars)
            self._play_bar(bar, section, self._degree(bar, bars, section))
        ending = round(bars * self.bar)
        self._last_chord(ending)
        mode = {"dorian": "minor", "phrygian": "minor"}.get(self.style.mode, self.style.mode)
        notes = tuple(sorted(self.notes, key=lambda note: note.start))
        return Score(notes, ending, self.samples, f"{NAMES[self.root % 12]} {mode}")

    def _section(self, bar: int, bars: int) -> str:
        intro = min(4, bars // 6)
        outro = min(4, bars // 5)
        if bar < intro:
            return "intro"
        if bar >= bars - outro:
            return "outro"
        return "chorus" if (bar - intro) // PHRASE % 2 else "verse"

    def _degree(self, bar: int, bars: int, section: str) -> int:
        if bars >= 2 and bar >= bars - 2:
            return self.style.cadence[bar - bars]
        chords = self.chorus if section == "chorus" else self.verse
        return chords[bar % len(chords)]

    def _pitch(self, degree: int) -> int:
        scale = MODES[self.style.mode]
        return self.root + 12 * (degree // 7) + scale[degree % 7]

    def _chord(self, degree: int) -> tuple[int, ...]:
        """Pitches near those of the chord before, so that the voices move little."""
        if self.style.open_chords:
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

    def _play_bar(self, bar: int, section: str, degree: int) -> None:
        start = bar * self.bar
        style = self.style
        chord = self._chord(degree)
        full = section in ("verse", "chorus")
        for index, pitch in enumerate(chord):
            self._add(start, style.pad, pitch, self.bar, style.pad_db, 0.5 * (index - 1))
        self._arpeggio(start, chord, -3.0 if section in ("intro", "outro") else 0.0)
        if full or section == "outro":
            bass = _near(self._pitch(degree), 40.0)
            self._stroke_bass(start, bass, style.bass_rhythm if full else "x...............")
        if section == "chorus":
            self._melody(start, bar, degree)
        if full:
            self._drums(start, section)

    def _arpeggio(self, start: float, chord: tuple[int, ...], trim_db: float) -> None:
        style = self.style
        low = style.arp in ("low_strings",)
        notes = [pitch - 12 for pitch in chord] if low else [*chord, chord[0] + 12, *reversed(chord[1:])]
        whole = style.arp == "electric_piano"  # struck as chords rather than broken
        index = 0
        for step, mark in enumerate(style.arp_rhythm):
            if mark == ".":
                continue
            soft = -5.0 if mark == "o" else 0.0
            level = style.arp_db + trim_db + soft + self.random.uniform(-1.5, 0.5)
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

    def _melody(self, start: float, bar: int, degree: int) -> None:
        first = 16 * (bar % 2)
        for step, length, move in self.motif:
            if first <= step < first + 16 and self.random.random() < 0.9:
                pitch = _near(self._melodic(degree, move), 73.0)
                level = self.style.lead_db + self.random.uniform(-2, 0)
                self._add(start + self._swung(step - first), self.style.lead, pitch, length * self.step, level, 0.15)

    def _melodic(self, degree: int, move: int) -> int:
        pitch = self._pitch(degree + move)
        if self.style.open_chords and (pitch - self.root) % 12 not in (0, 2, 4, 7, 9):
            return pitch + (1 if (pitch - self.root) % 12 == 11 else -1)
        return pitch

    def _drums(self, start: float, section: str) -> None:
        for name, rhythm in self.style.drums:
            for step, mark in enumerate(rhythm):
                if mark == "." or (section == "verse" and mark == "o"):
                    continue
                level = self.style.drums_db + (-6.0 if mark == "o" else 0.0) + self.random.uniform(-1, 0)
                self._add(start + self._swung(step), name, DRUM, SAMPLE_RATE, level, 0.3 if name != "kick" else 0.0)

    def _last_chord(self, start: int) -> None:
        style = self.style
        left = float(self.samples - start)
        chord = self._chord(0)
        for index, pitch in enumerate(chord):
            self._add(start, style.pad, pitch, left, style.pad_db, 0.5 * (index - 1))
        roll = [pitch - 12 for pitch in chord] if style.arp == "low_strings" else [*chord, chord[0] + 12]
        for index, pitch in enumerate(roll):
            self._add(start + index * self.step * 0.5, style.arp, pitch, left, style.arp_db, 0.2)
        self._add(start, style.bass, _near(self.root, 40.0), left, style.bass_db)

    def _swung(self, step: int) -> float:
        return (step + (self.style.swing if step % 2 else 0.0)) * self.step

    def _add(self, start: float, instrument: str, pitch: int, length: float, level_db: float, pan: float = 0.0) -> None:
        note = Note(round(start), instrument, pitch, round(length), 10 ** (level_db / 20), pan)
        if note.start < self.samples:
            self.notes.append(note)


def _near(pitch: int, centre: float) -> int:
    """The octave of ``pitch`` closest to ``centre``."""
    return pitch + 12 * round((centre - pitch) / 12)


def compose(style: Style, seed: int, samples: int) -> Score:
    """Notes for exactly ``samples`` samples. The same style and seed begin alike whatever the length."""
    return _Composer(style, seed, samples).compose()
