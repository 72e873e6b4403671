"""Written notes to pitches: the key, the accidentals of the bar, and transposition."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from transformers_abc.notation.fifths import LETTER_OF_SEMITONE, respelled, transposed_key
from transformers_abc.notation.reading.header import DEFAULT_REACH
from transformers_abc.notation.tune import Key

PITCHES = range(128)


class PitchReader:
    """What a written note sounds like where the voice stands.

    Natural pitches are MIDI numbers of what is written, without sign and before transposition.

    Attributes:
        reach: notes whose natural pitches agree modulo this number share an accidental; 0 where each holds for its own note only.
        accidentals: those of the bar, by natural pitch modulo the reach.
        alter_by_key: the signature's alteration of every natural pitch, counted from C.
        shift: semitones from the written to the sounding pitch.

    >>> pitches = PitchReader()
    >>> _ = pitches.set_key(Key(1))
    >>> pitches.sounding(65, pitches.alter_of(65, None)), pitches.sounding(65, pitches.alter_of(65, 0)), pitches.alter_of(77, None)
    ((66, 1), (65, 0), 0)
    """

    def __init__(self) -> None:
        self.reach = DEFAULT_REACH
        self.accidentals: dict[int, int] = {}
        self.shift = 0
        self._fifths_up = 0  # the shift on the line of fifths, octaves aside
        self._key = Key(0)
        self.alter_by_key = _alterations(self._key)

    def set_key(self, key: Key) -> Key:
        """A written key from here on; what it sounds like."""
        sounding = transposed_key(key, self.shift)
        self._key, self._fifths_up = key, sounding.fifths - key.fifths
        self.alter_by_key = _alterations(key)
        return sounding

    def set_shift(self, shift: int) -> Key:
        """Another transposition from here on; what the key in force then sounds like."""
        self.shift = shift
        return self.set_key(self._key)

    def set_reach(self, reach: int) -> None:
        """How far accidentals reach from here on; those before no longer count."""
        self.reach = reach
        self.accidentals.clear()

    def alter_of(self, natural: int, sign: int | None) -> int:
        """The alteration of a note: that of its sign, of an accidental before it in the bar, or of the key."""
        if sign is not None:
            if self.reach:
                self.accidentals[natural % self.reach] = sign
            return sign
        by_key = self.alter_by_key[natural % 12]
        return self.accidentals.get(natural % self.reach, by_key) if self.accidentals and self.reach else by_key

    def alter_of_tied(self, natural: int, tied: Iterable[tuple[int, int]]) -> int:
        """The alteration of a note without a sign, to which a tie may lead that keeps its pitch over the bar line.

        Args:
            natural: the note's natural pitch.
            tied: ``(pitch_midi, alter)`` of what sounds and is tied.
        """
        in_force = self.alter_of(natural, None)
        sounding = dict(tied)
        if natural + in_force + self.shift in sounding:
            return in_force
        for pitch, alter in sounding.items():
            by_tie = pitch - self.shift - natural
            if abs(by_tie) <= 2 and self.sounding(natural, by_tie) == (pitch, alter):
                return by_tie
        return in_force

    def sounding(self, natural: int, alter: int) -> tuple[int, int]:
        """Pitch and alteration as they sound; the pitch may lie outside `PITCHES`."""
        pitch = natural + alter + self.shift
        return pitch, respelled(natural, alter, self._fifths_up, pitch) if self._fifths_up else alter


@lru_cache(maxsize=256)
def _alterations(key: Key) -> tuple[int, ...]:
    """The alteration by the key of every natural pitch, counted from C; of black keys none."""
    return tuple(key.alter_of(LETTER_OF_SEMITONE[semitone]) if semitone in LETTER_OF_SEMITONE else 0 for semitone in range(12))
