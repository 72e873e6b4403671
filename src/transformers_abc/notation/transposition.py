"""Moving a tune to another pitch, its spelling included.

Conventions:
    - Letters and signatures move along the line of fifths, all by one distance, so that every interval keeps its name (C E G to D F# A).
      The distance is the one that leaves the first key with the fewest signs: six sharps rather than six flats when going up. A later key
      that would then have more than `MAX_SIGNS` is written enharmonically, with the notes under it.
    - A note that would need more than a double accidental is spelled as `pitch_spelling` does in the new key.
    - Chord symbols and grace notes move along; words do not. Voices of unpitched percussion stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from transformers_abc.notation.fifths import LETTER_OF_SEMITONE, place_on_line_of_fifths
from transformers_abc.notation.marks import ChordSymbol, Grace, GraceNote, Mark
from transformers_abc.notation.pitch_spelling import alter_in
from transformers_abc.notation.tune import FIFTHS_ORDER, NATURAL_SEMITONES, Key, Note, Timed, Tune, Voice, value_at

MAX_SIGNS = 7
PERCUSSION_CLEF = "perc"

_FIFTHS_IN_CIRCLE = 12
_MAX_ALTER = 2
_PITCHES = range(128)
_ROOT = re.compile(r"(?:^|(?<=/))([A-G])([#b♯♭]{0,2})")  # of a chord and of its bass
_SIGNS = {"#": 1, "♯": 1, "b": -1, "♭": -1}


def transpose(tune: Tune, semitones: int) -> Tune:
    """Move all pitches by `semitones`, up or (negative) down.

    Raises:
        ValueError: a note would leave the 128 pitches of MIDI.

    >>> notes = tuple(Note(Fraction(i, 4), Fraction(1, 4), pitch, alter) for i, (pitch, alter) in enumerate([(60, 0), (66, 1), (70, -1)]))
    >>> up = transpose(Tune((Voice(notes),), (Fraction(1),)), 3)
    >>> str(up.keys[0][1]), [(note.letter, note.alter) for note in up.voices[0].notes]
    ('Eb', [('E', -1), ('A', 0), ('D', -1)])
    """
    if semitones == 0:
        return tune
    shifts = _shifts(tune.keys, semitones)
    return replace(
        tune,
        voices=tuple(_transpose_voice(tune, index, semitones, shifts) for index in range(len(tune.voices))),
        keys=tuple((onset_wn, _moved_key(key, fifths)) for (onset_wn, key), (_, fifths) in zip(tune.keys, shifts, strict=True)),
    )


def _shifts(keys: Timed[Key], semitones: int) -> Timed[int]:
    """How far each key, and what stands under it, moves on the line of fifths."""
    common = 0
    if semitones % _FIFTHS_IN_CIRCLE:  # whole octaves change no name
        first, simplest = keys[0][1].fifths, semitones * 7 % _FIFTHS_IN_CIRCLE  # a semitone is seven fifths, less octaves
        candidates = (simplest + circles * _FIFTHS_IN_CIRCLE for circles in (-2, -1, 0, 1))
        common = min(candidates, key=lambda fifths: (abs(first + fifths), -fifths if semitones > 0 else fifths))
    return tuple((onset_wn, common + _enharmonic(key.fifths + common)) for onset_wn, key in keys)


def _enharmonic(fifths: int) -> int:
    """What to add to a signature so that it has no more than `MAX_SIGNS`."""
    return 0 if abs(fifths) <= MAX_SIGNS else -_FIFTHS_IN_CIRCLE * round(fifths / _FIFTHS_IN_CIRCLE)


def _moved_key(key: Key, fifths: int) -> Key:
    return replace(key, fifths=key.fifths + fifths, explicit=tuple(_moved_name(letter, alter, fifths) for letter, alter in key.explicit))


def _moved_name(letter: str, alter: int, fifths: int) -> tuple[str, int]:
    """A letter and its alteration further along the line of fifths.

    >>> _moved_name("F", 0, 2), _moved_name("B", -1, 1), _moved_name("B", 0, 1)
    (('G', 0), ('F', 0), ('F', 1))
    """
    place = place_on_line_of_fifths(NATURAL_SEMITONES[letter], alter) + fifths
    moved_alter, index = divmod(place + 1, 7)  # FIFTHS_ORDER begins a fifth below C
    return FIFTHS_ORDER[index], moved_alter


class _Mover:
    """Moves what stands in one voice."""

    def __init__(self, tune: Tune, where: str, semitones: int, shifts: Timed[int]) -> None:
        self._where = where
        self._semitones = semitones
        self._shifts = shifts
        self._keys = tuple((onset_wn, _moved_key(key, fifths)) for (onset_wn, key), (_, fifths) in zip(tune.keys, shifts, strict=True))

    def note(self, note: Note) -> Note:
        pitch_midi, alter = self._pitch(note.onset_wn, note.pitch_midi, note.alter)
        return replace(note, pitch_midi=pitch_midi, alter=alter)

    def mark(self, onset_wn: Fraction, mark: Mark) -> Mark:
        if isinstance(mark, ChordSymbol):
            fifths = value_at(self._shifts, onset_wn)
            return ChordSymbol(_ROOT.sub(lambda root: _chord_root(root[1], root[2], fifths), mark.text))
        if isinstance(mark, Grace):
            return replace(mark, notes=tuple(self._grace_note(onset_wn, note) for note in mark.notes))
        return mark

    def _grace_note(self, onset_wn: Fraction, note: GraceNote) -> GraceNote:
        pitch_midi, alter = self._pitch(onset_wn, note.pitch_midi, note.alter)
        return replace(note, pitch_midi=pitch_midi, alter=alter)

    def _pitch(self, onset_wn: Fraction, pitch_midi: int, alter: int) -> tuple[int, int]:
        moved = pitch_midi + self._semitones
        if moved not in _PITCHES:
            raise ValueError(f"{self._where}: pitch {pitch_midi} at {onset_wn} cannot move by {self._semitones}: pitches go from 0 to 127")
        letter = LETTER_OF_SEMITONE[(pitch_midi - alter) % 12]
        _, moved_alter = _moved_name(letter, alter, value_at(self._shifts, onset_wn))
        return moved, moved_alter if abs(moved_alter) <= _MAX_ALTER else alter_in(value_at(self._keys, onset_wn), moved)


def _chord_root(letter: str, signs: str, fifths: int) -> str:
    """The name of a chord's root; beyond one sharp or flat in plain spelling, since nobody plays from ``F##m``."""
    letter, alter = _moved_name(letter, sum(map(_SIGNS.__getitem__, signs)), fifths)
    while abs(alter) > 1:
        letter, alter = _moved_name(letter, alter, -_FIFTHS_IN_CIRCLE if alter > 0 else _FIFTHS_IN_CIRCLE)
    return letter + ("#" * alter if alter > 0 else "b" * -alter)


def _transpose_voice(tune: Tune, index: int, semitones: int, shifts: Timed[int]) -> Voice:
    voice = tune.voices[index]
    if voice.clef == PERCUSSION_CLEF:
        return voice
    mover = _Mover(tune, f"voice {index + 1}" + (f" ({voice.name})" if voice.name else ""), semitones, shifts)
    marks = tuple((onset_wn, mover.mark(onset_wn, mark)) for onset_wn, mark in voice.marks)
    return replace(voice, notes=tuple(map(mover.note, voice.notes)), marks=marks)
