"""How a pitch is spelled, and which accidentals a note needs, bar by bar.

Readers disagree about how far an accidental reaches. Under the ABC 2.1 default (``%%propagate-accidentals pitch``, section 11.3;
abc2midi) it holds for its letter in all octaves until the bar line; in common practice (abcjs, abcm2ps) only in its own octave; and
abcjs does not count the accidental of a note tied over the bar line, on any of its pieces. In abc2midi the sign of a grace note holds for
the notes after it, in abcjs not; in abcjs a voice overlay keeps the key of the header whatever key the tune has reached. So a sign is left
out only where all of them agree on the pitch.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from transformers_abc.notation.tune import LETTERS, NATURAL_SEMITONES, Key, Note

SIGNS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
_UNCLEAR = None  # readers disagree about what is in force


class Spelling(NamedTuple):
    """A pitch as it is written.

    Attributes:
        letter: ``A`` to ``G``.
        alter: semitones up, -2 to 2.
        text: the letter with its octave, without an accidental.
    """

    letter: str
    alter: int
    text: str


@lru_cache(maxsize=1024)
def spelled(pitch_midi: int, alter: int) -> Spelling:
    """The spelling of a pitch; anew where the alteration has no sign.

    ``C,`` is written an octave below middle ``C``, ``c'`` two octaves above.

    >>> [spelled(pitch, 0).text for pitch in (36, 48, 60, 72, 84)]
    ['C,,', 'C,', 'C', 'c', "c'"]
    >>> spelled(61, -1), spelled(63, 3)
    (Spelling(letter='D', alter=-1, text='D'), Spelling(letter='D', alter=1, text='D'))
    """
    if alter not in SIGNS:
        alter = 0 if pitch_midi % 12 in NATURAL_SEMITONES.values() else 1
    note = Note(Fraction(0), Fraction(1), pitch_midi, alter)
    letter, octave = note.letter, note.octave
    return Spelling(letter, alter, letter.lower() + "'" * (octave - 5) if octave >= 5 else letter + "," * (4 - octave))


class Accidentals:
    """The accidentals in force in one voice while it is being written.

    >>> low, high = spelled(66, 1), spelled(78, 1)
    >>> accidentals = Accidentals(Key(0))
    >>> [accidentals.sign_of(note) for note in (low, low, high, high)]
    ['^', '', '^', '']
    >>> accidentals.start_bar()
    >>> accidentals.sign_of(low)
    '^'
    """

    def __init__(self, key: Key) -> None:
        self._by_key: dict[str, int] = {letter: key.alter_of(letter) for letter in LETTERS}
        self._changed_letters: set[str] = set()  # the keys so far say different things of these
        self._of_letter: dict[str, int | None] = {}
        self._of_pitch: dict[str, int | None] = {}

    def start_bar(self) -> None:
        self._of_letter.clear()
        self._of_pitch.clear()

    def start_overlay(self) -> None:
        """The bar is written once more, for notes beside those that stand: what they changed is unclear, and what keys changed too."""
        self._of_letter = dict.fromkeys({**self._of_letter, **dict.fromkeys(self._changed_letters)}, _UNCLEAR)
        self._of_pitch = dict.fromkeys(self._of_pitch, _UNCLEAR)

    def change_key(self, key: Key) -> None:
        """From here on another signature; letters with an accidental earlier in the bar become unclear."""
        by_key = {letter: key.alter_of(letter) for letter in LETTERS}
        self._changed_letters.update(letter for letter in LETTERS if by_key[letter] != self._by_key[letter])
        self._by_key = by_key
        self._of_letter = dict.fromkeys(self._of_letter, _UNCLEAR)
        self._of_pitch = dict.fromkeys(self._of_pitch, _UNCLEAR)

    def sign_of(self, note: Spelling, *, tied_over: bool = False) -> str:
        """The accidental to write before `note`, which is taken note of; `tied_over` from the bar before."""
        letter, alter, pitch = note
        by_key = self._by_key[letter]
        if self._of_letter.get(letter, by_key) == self._of_pitch.get(pitch, by_key) == alter:
            return ""
        self._of_letter[letter] = self._of_pitch[pitch] = _UNCLEAR if tied_over else alter
        return SIGNS[alter]

    def sign_of_one_of_two(self, note: Spelling) -> str:
        """The accidental to write before a note beside which the same letter sounds with another: without it a tie would be unclear."""
        self._of_letter[note.letter] = self._of_pitch[note.text] = _UNCLEAR
        return SIGNS[note.alter]

    def sign_of_grace(self, note: Spelling) -> str:
        """The accidental to write before a grace note.

        Readers differ on whether it hears those of the bar, and the bar its own.

        >>> accidentals = Accidentals(Key(0))
        >>> accidentals.sign_of_grace(spelled(66, 1)), accidentals.sign_of(spelled(66, 1)), accidentals.sign_of(spelled(66, 1))
        ('^', '^', '')
        """
        letter, alter, pitch = note
        by_key = self._by_key[letter]
        in_force = {by_key, self._of_letter.get(letter, by_key), self._of_pitch.get(pitch, by_key)}
        if in_force == {alter}:
            return ""
        if self._of_letter.get(letter, by_key) != alter or self._of_pitch.get(pitch, by_key) != alter:
            self._of_letter[letter] = self._of_pitch[pitch] = _UNCLEAR
        return SIGNS[alter]
