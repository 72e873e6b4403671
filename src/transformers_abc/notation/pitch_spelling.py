"""The letter and accidental of a pitch: whether 61 is C sharp or D flat.

A pitch has one name among any twelve neighbours on the line of fifths (C = 0, G = 1, F = -1). Names are taken from the twelve around the
key: for C major E flat to G sharp, for A minor B flat to D sharp. A note foreign to the key that moves by a semitone to one of the key
is spelled by where it goes: raised if it rises, lowered if it falls.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from transformers_abc.notation.tune import Key, Note, Timed, value_at

# The first of the twelve names, in fifths from the tonic of the signature's major key.
_FLATTEST = {"major": -3, "minor": -2}
_SEMITONE_FIFTHS = 5  # a minor second down the staff is five fifths up: F sharp (6) is G (1) + 5, A flat (-4) is G - 5
_SIMPLEST, _SHARPEST = -8, 12  # of the names by movement: F flat to B sharp

UnspelledNote = tuple[Fraction, Fraction, int]  # onset_wn, length_wn, pitch_midi


def alter_in(key: Key, pitch_midi: int) -> int:
    """The alteration with which a pitch is spelled in a key, whatever is around it.

    >>> alter_in(Key(0), 61), alter_in(Key(-3), 61), alter_in(Key(-3), 63)    # C sharp in C; D flat and E flat in E flat major
    (1, -1, -1)
    """
    return _alter(_place_in(key, pitch_midi))


def spell(notes: Sequence[UnspelledNote], keys: Timed[Key]) -> tuple[Note, ...]:
    """The notes of one voice with their spelling, in the order of a `Voice`.

    >>> down = [(Fraction(place, 4), Fraction(1, 4), pitch) for place, pitch in enumerate((69, 68, 67))]    # A, A flat, G
    >>> [note.alter for note in spell(down, ((Fraction(0), Key(0)),))]
    [0, -1, 0]
    """
    ordered = sorted(notes, key=lambda note: (note[0], note[2], note[1]))
    onsets = [onset_wn for onset_wn, _ in groupby(ordered, key=lambda note: note[0])]
    chords = {onset_wn: [note[2] for note in group] for onset_wn, group in groupby(ordered, key=lambda note: note[0])}
    spelled = []
    for onset_wn, length_wn, pitch_midi in ordered:
        key = value_at(keys, onset_wn)
        place = _place_in(key, pitch_midi)
        if not _is_diatonic(key, place):
            index = bisect_right(onsets, onset_wn)
            following = chords[onsets[index]] if index < len(onsets) else []
            place = _place_by_movement(key, pitch_midi, following, place)
        spelled.append(Note(onset_wn, length_wn, pitch_midi, _alter(place)))
    return tuple(spelled)


def _place_in(key: Key, pitch_midi: int) -> int:
    flattest = key.fifths + _FLATTEST.get(key.mode, -3)
    return (pitch_midi * 7 - flattest) % 12 + flattest


def _is_diatonic(key: Key, place: int) -> bool:
    return -1 <= place - key.fifths <= 5


def _place_by_movement(key: Key, pitch_midi: int, following: list[int], place: int) -> int:
    """The name that leads to a note of the key a semitone away, if there is one to lead to."""
    for step in (1, -1):
        if pitch_midi + step in following:
            goal = _place_in(key, pitch_midi + step)
            led = goal + step * _SEMITONE_FIFTHS
            if _is_diatonic(key, goal) and _SIMPLEST <= led - key.fifths <= _SHARPEST:
                return led
    return place


def _alter(place: int) -> int:
    """Of a place on the line of fifths: F (-1) to B (5) are natural."""
    return (place + 1) // 7
