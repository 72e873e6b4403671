"""The key of music whose source names none, or its mode where the source names the signature only, from how long each pitch class sounds.

The key is the one whose profile correlates best with the durations (Krumhansl, *Cognitive Foundations of Musical Pitch*, Oxford 1990,
chapter 4), with Temperley's profiles (*What's Key for Key?*, Music Perception 17(1), 1999). One key for the whole piece; modulations
are not found, nor modes other than major and minor.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from statistics import StatisticsError, correlation

from transformers_abc.notation.tune import MODE_FIFTHS, Key

# Temperley 1999, table 1: weights from the tonic upwards by semitones.
_PROFILES = {
    "major": (5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0),
    "minor": (5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0),
}


def find_key(notes: Iterable[tuple[int, Fraction]]) -> Key:
    """The best of the 24 major and minor keys, C major where nothing speaks for any.

    Args:
        notes: ``(pitch_midi, length_wn)``.

    >>> scale = (62, 64, 66, 67, 69, 71, 73, 74)
    >>> str(find_key((pitch, Fraction(1, 4)) for pitch in scale))
    'D'
    """
    durations = _durations(notes)
    keys = [(tonic, mode) for mode in _PROFILES for tonic in range(12)]
    try:
        tonic, mode = max(keys, key=lambda key: _fit(durations, *key))
    except StatisticsError:  # all twelve alike
        return Key(0)
    return Key((tonic * 7 + MODE_FIFTHS[mode] + 5) % 12 - 5, mode)  # five flats to six sharps


def mode_of(fifths: int, notes: Iterable[tuple[int, Fraction]]) -> str:
    """Whether music with a known key signature is rather major or minor.

    Args:
        fifths: sharps of the signature, flats below 0.
        notes: ``(pitch_midi, length_wn)``.

    >>> mode_of(-1, [(62, Fraction(2)), (65, Fraction(1)), (69, Fraction(2)), (61, Fraction(1, 2)), (62, Fraction(2))])    # D minor
    'minor'
    """
    durations = _durations(notes)
    tonics = {mode: (fifths - MODE_FIFTHS[mode]) * 7 % 12 for mode in _PROFILES}
    try:
        return max(tonics, key=lambda mode: _fit(durations, tonics[mode], mode))
    except StatisticsError:
        return "major"


def _durations(notes: Iterable[tuple[int, Fraction]]) -> list[float]:
    """How long each of the twelve pitch classes sounds."""
    durations = [0.0] * 12
    for pitch_midi, length_wn in notes:
        durations[pitch_midi % 12] += float(length_wn)
    return durations


def _fit(durations: list[float], tonic: int, mode: str) -> float:
    return correlation(durations[tonic:] + durations[:tonic], _PROFILES[mode])
