"""What is compared: the notes that sound, as three numbers each, voices pooled.

Conventions: times in whole notes from the start of the tune, repeats played out, ties merged, pitches as they sound.

Oracles round times to ticks (abc2midi: 1/1920 of a whole note, and each note by itself) or to decimals (abcjs), so two notes are the same
where pitches are equal and onsets and lengths differ by no more than `TOLERANCE_WN`, a fifteenth of a 64th note.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import Tune

TOLERANCE_WN = Fraction(1, 960)


class Sounding(NamedTuple):
    """One note that sounds."""

    onset_wn: float
    length_wn: float
    pitch_midi: int

    def __str__(self) -> str:
        return f"{self.pitch_midi} at {self._eighths(self.onset_wn)} for {self._eighths(self.length_wn)}"

    @staticmethod
    def _eighths(time_wn: float) -> str:
        """In eighths, since most tunes count so."""
        return str(Fraction(time_wn * 8).limit_denominator(64))


def sounding(tune: Tune) -> list[Sounding]:
    """The notes of all voices of a tune as it is played, in order of time."""
    voices = expand_repeats(tune).voices
    return sorted(Sounding(float(note.onset_wn), float(note.length_wn), note.pitch_midi) for voice in voices for note in voice.notes)


def differences(ours: Iterable[Sounding], theirs: Iterable[Sounding]) -> tuple[list[Sounding], list[Sounding]]:
    """The notes that only one of two sides plays.

    >>> c, late_c, d = Sounding(0, 0.125, 60), Sounding(0.0005, 0.125, 60), Sounding(0, 0.125, 62)
    >>> differences([c], [late_c])
    ([], [])
    >>> [len(notes) for notes in differences([c, c], [c, d])]
    [1, 1]
    """
    waiting: dict[int, list[Sounding]] = defaultdict(list)
    for note in sorted(theirs):
        waiting[note.pitch_midi].append(note)
    only_ours = [note for note in sorted(ours) if not _take_the_same(note, waiting[note.pitch_midi])]
    return only_ours, sorted(note for notes in waiting.values() for note in notes)


def _take_the_same(note: Sounding, waiting: list[Sounding]) -> bool:
    """Remove the first of the waiting notes, all of one pitch and in order of time, that is the same as `note`."""
    index = bisect_left(waiting, note.onset_wn - TOLERANCE_WN, key=lambda other: other.onset_wn)
    while index < len(waiting) and waiting[index].onset_wn <= note.onset_wn + TOLERANCE_WN:
        if abs(waiting[index].length_wn - note.length_wn) <= TOLERANCE_WN:
            del waiting[index]
            return True
        index += 1
    return False
