"""Tunes of no composer that are music all the same: phrases over chords, so that a dataset can be made where there are no scores.

A tune has one metre, key and tempo, eight or sixteen bars in phrases of four, one to four voices: a melody of a few rhythms that return, a
bass, and inner voices of chord notes. Some begin with a pickup, some have triplets; minor has its raised seventh over the dominant.
Pitches lie where voices do (the melody around the treble staff); who plays them, and in which octave, is for others to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeVar

import numpy as np

from transformers_abc.notation.pitch_spelling import UnspelledNote, spell
from transformers_abc.notation.tune import Key, Metre, Tempo, Tune, Voice

PHRASE_BARS = 4
# Degrees of the scale, from 0, on which the chords of a phrase's bars stand: phrases that go on, and phrases that close.
_OPEN = ((0, 3, 1, 4), (0, 5, 3, 4), (0, 4, 5, 4), (0, 0, 3, 4), (5, 3, 0, 4), (0, 2, 3, 4))
_CLOSED = ((0, 3, 4, 0), (3, 0, 4, 0), (0, 1, 4, 0), (5, 1, 4, 0))
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_DOMINANT, _SEVENTH = 4, 6  # degrees

_METRES = ((Metre(4, 4), 0.4), (Metre(3, 4), 0.25), (Metre(2, 4), 0.15), (Metre(6, 8), 0.2))
# Rhythms of one beat in parts of it, with how often they are wanted.
_SIMPLE_BEATS = (((1,), 5.0), ((1, 1), 4.0), ((1, 1, 1, 1), 1.0), ((3, 1), 1.2), ((2, 1, 1), 0.8), ((1, 1, 1), 0.6))
_COMPOUND_BEATS = (((1,), 2.0), ((2, 1), 4.0), ((1, 1, 1), 4.0), ((3, 1, 2), 0.6))
_LONG_SHARE = 0.2  # of beats that go on with the last note
_PICKUP_SHARE = 0.3
_RANGE = (59, 81)  # of the melody, MIDI pitches
_BASS, _INNER = 45, (64, 57, 52)  # around which voices below move
MOST_VOICES = len(_INNER) + 2

T = TypeVar("T")


def compose_tune(rng: np.random.Generator, voices: int | None = None) -> Tune:
    """A tune, by a random generator alone.

    Args:
        rng: decides everything else.
        voices: one to `MOST_VOICES`; drawn by default, up to four.

    Raises:
        ValueError: so many voices cannot be had.

    >>> tune = compose_tune(np.random.default_rng(5))
    >>> len(tune.voices), str(tune.metres[0][1]), str(tune.keys[0][1]), len(tune.bar_lengths_wn)
    (2, '6/8', 'C', 9)
    """
    if voices is not None and not 1 <= voices <= MOST_VOICES:
        raise ValueError(f"voices must be from 1 to {MOST_VOICES}, got {voices}")
    metre = _drawn(_METRES, rng)
    mode = "minor" if rng.random() < 0.35 else "major"
    key = Key(int(rng.integers(-4, 5)), mode)
    chords = _chords(int(rng.choice([2, 2, 4])), rng)
    pickup_wn = metre.beat_wn if rng.random() < _PICKUP_SHARE else Fraction(0)
    voices = voices or int(rng.integers(1, 5))
    harmony = _Harmony(key)
    parts = [list(_melody(chords, metre, harmony, rng))]
    parts += [list(_inner(chords, metre, harmony, _INNER[place], rng)) for place in range(max(voices - 2, 0))]
    parts += [list(_bass(chords, metre, harmony, rng))] if voices > 1 else []
    delayed = [[(onset + pickup_wn, length, pitch) for onset, length, pitch in part] for part in parts]
    if pickup_wn:
        delayed[0].insert(0, (Fraction(0), pickup_wn, harmony.near(_DOMINANT, delayed[0][0][2] - 3)))
    return _written(delayed, metre, key, pickup_wn, len(chords), rng)


class _Harmony:
    """The notes of a key and of its chords."""

    def __init__(self, key: Key) -> None:
        tonic = (key.fifths * 7 + (9 if key.mode == "minor" else 0)) % 12
        self._mode = key.mode
        self._scale = [(tonic + step) % 12 for step in _SCALES[key.mode]]

    def pitch_class(self, degree: int, chord: int) -> int:
        raised = self._mode == "minor" and chord == _DOMINANT and degree % 7 == _SEVENTH
        return (self._scale[degree % 7] + raised) % 12

    def near(self, degree: int, pitch: int, chord: int = 0) -> int:
        """The pitch of a degree nearest to another pitch."""
        below = pitch - (pitch - self.pitch_class(degree, chord)) % 12
        return below if pitch - below <= 6 else below + 12

    def chord_tone(self, chord: int, pitch: int) -> int:
        """The note of the triad on a degree nearest to a pitch."""
        return min((self.near(chord + third, pitch, chord) for third in (0, 2, 4)), key=lambda tone: abs(tone - pitch))

    def step(self, pitch: int, direction: int, chord: int) -> int:
        """The next note of the scale up or down."""
        classes = {self.pitch_class(degree, chord) for degree in range(7)}
        return next(tone for tone in range(pitch + direction, pitch + 4 * direction, direction) if tone % 12 in classes)


def _chords(phrases: int, rng: np.random.Generator) -> list[int]:
    """A chord a bar; the last phrase closes, and the one in the middle of four returns to the first."""
    opening = _OPEN[int(rng.integers(len(_OPEN)))]
    middle = [_CLOSED[int(rng.integers(len(_CLOSED)))], _OPEN[int(rng.integers(len(_OPEN)))]] if phrases == 4 else []
    return [chord for phrase in (opening, *middle, _CLOSED[int(rng.integers(len(_CLOSED)))]) for chord in phrase]


def _melody(chords: Sequence[int], metre: Metre, harmony: _Harmony, rng: np.random.Generator) -> Iterator[UnspelledNote]:
    """Chord notes on the beats, steps between them; two rhythms of a bar that return."""
    rhythms = [_rhythm(metre, rng) for _ in range(2)]
    pitch = harmony.chord_tone(chords[0], int(rng.integers(66, 75)))
    direction = 1
    for bar, chord in enumerate(chords):
        start = bar * metre.bar_wn
        if bar == len(chords) - 1:
            yield start, metre.bar_wn, harmony.near(0, pitch)
            return
        for onset, length in rhythms[bar % PHRASE_BARS % 2] if bar % PHRASE_BARS < PHRASE_BARS - 1 else _rhythm(metre, rng):
            direction = _turned(direction, pitch, rng)
            on_beat = (onset / metre.beat_wn).denominator == 1
            if not on_beat:
                pitch = harmony.step(pitch, direction, chord)
            elif rng.random() < 0.8:
                pitch = harmony.chord_tone(chord, pitch + direction * int(rng.integers(1, 5)))
            yield start + onset, length, pitch


def _turned(direction: int, pitch: int, rng: np.random.Generator) -> int:
    lowest, highest = _RANGE
    if pitch >= highest - 3:
        return -1
    if pitch <= lowest + 3:
        return 1
    return -direction if rng.random() < 0.3 else direction


def _rhythm(metre: Metre, rng: np.random.Generator) -> list[tuple[Fraction, Fraction]]:
    """Onsets and lengths that fill a bar."""
    cells = _COMPOUND_BEATS if metre.is_compound else _SIMPLE_BEATS
    notes: list[tuple[Fraction, Fraction]] = []
    beats = int(metre.bar_wn / metre.beat_wn)
    for beat in range(beats):
        start = beat * metre.beat_wn
        if notes and rng.random() < _LONG_SHARE:
            notes[-1] = notes[-1][0], notes[-1][1] + metre.beat_wn
            continue
        cell = _drawn(cells, rng)
        for length in cell:
            length_wn = metre.beat_wn * Fraction(length, sum(cell))
            notes.append((start, length_wn))
            start += length_wn
    return _readable(notes, metre)


def _readable(notes: list[tuple[Fraction, Fraction]], metre: Metre) -> list[tuple[Fraction, Fraction]]:
    """A triplet's last note is not held into the next beat: nobody writes that."""
    kept: list[tuple[Fraction, Fraction]] = []
    for onset, length in notes:
        limit = (onset // metre.beat_wn + 1) * metre.beat_wn
        is_third = (onset / metre.beat_wn).denominator == 3 and not metre.is_compound
        kept.append((onset, min(length, limit - onset) if is_third else length))
    return kept


def _bass(chords: Sequence[int], metre: Metre, harmony: _Harmony, rng: np.random.Generator) -> Iterator[UnspelledNote]:
    """The chord's root on the first beat, its fifth or the root again in the middle."""
    pitch = _BASS
    halves = metre.numerator in (4, 6) and rng.random() < 0.7
    for bar, chord in enumerate(chords):
        start, length = bar * metre.bar_wn, metre.bar_wn
        pitch = harmony.near(chord, (pitch + _BASS) // 2, chord)
        if halves and bar < len(chords) - 1:
            yield start, length / 2, pitch
            yield start + length / 2, length / 2, harmony.near(chord + int(rng.choice([0, 4])), pitch, chord)
        else:
            yield start, length, pitch


def _inner(chords: Sequence[int], metre: Metre, harmony: _Harmony, centre: int, rng: np.random.Generator) -> Iterator[UnspelledNote]:
    """A chord note for each beat or bar, moving as little as possible."""
    pitch = centre
    in_beats = rng.random() < 0.5
    for bar, chord in enumerate(chords):
        pitch = harmony.chord_tone(chord, (2 * pitch + centre) // 3)
        beats = int(metre.bar_wn / metre.beat_wn) if in_beats and bar < len(chords) - 1 else 1
        for beat in range(beats):
            yield bar * metre.bar_wn + beat * metre.bar_wn / beats, metre.bar_wn / beats, pitch


def _written(
    parts: Sequence[Sequence[UnspelledNote]], metre: Metre, key: Key, pickup_wn: Fraction, bars: int, rng: np.random.Generator
) -> Tune:
    keys = ((Fraction(0), key),)
    tempo = Tempo(metre.beat_wn, Fraction(int(rng.integers(40, 80) if metre.is_compound else rng.integers(60, 144))))
    voices = tuple(Voice(spell(part, keys), clef="bass" if np.mean([note[2] for note in part]) < 57 else "treble") for part in parts)
    bar_lengths_wn = ((pickup_wn,) if pickup_wn else ()) + (metre.bar_wn,) * bars
    return Tune(voices, bar_lengths_wn, ((Fraction(0), metre),), keys, ((Fraction(0), tempo),))


def _drawn(choices: Sequence[tuple[T, float]], rng: np.random.Generator) -> T:
    weights = np.array([weight for _, weight in choices])
    return choices[int(rng.choice(len(choices), p=weights / weights.sum()))][0]
