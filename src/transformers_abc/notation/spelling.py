"""Which accidentals a note needs, bar by bar.

Readers disagree about how far an accidental reaches. Under the ABC 2.1 default (``%%propagate-accidentals pitch``, section 11.3;
abc2midi) it holds for its letter in all octaves until the bar line; in common practice (abcjs, abcm2ps) only in its own octave; and
abcjs does not count the accidental of a note tied over the bar line. So a sign is left out only where all of them agree on the pitch.
"""

from __future__ import annotations

from transformers_abc.notation.tune import Key, Note

SIGNS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
_UNCLEAR = None  # readers disagree about what is in force


class Accidentals:
    """The accidentals in force in one voice while it is being written.

    >>> from fractions import Fraction
    >>> low, high = (Note(Fraction(0), Fraction(1, 4), pitch, 1) for pitch in (66, 78))
    >>> accidentals = Accidentals(Key(0))
    >>> [accidentals.sign_of(note) for note in (low, low, high, high)]
    ['^', '', '^', '']
    >>> accidentals.start_bar()
    >>> accidentals.sign_of(low)
    '^'
    """

    def __init__(self, key: Key) -> None:
        self._key = key
        self._of_letter: dict[str, int | None] = {}
        self._of_pitch: dict[tuple[str, int], int | None] = {}

    def start_bar(self) -> None:
        self._of_letter.clear()
        self._of_pitch.clear()

    def change_key(self, key: Key) -> None:
        """From here on another signature; letters with an accidental earlier in the bar become unclear."""
        self._key = key
        self._of_letter = dict.fromkeys(self._of_letter, _UNCLEAR)
        self._of_pitch = dict.fromkeys(self._of_pitch, _UNCLEAR)

    def sign_of(self, note: Note, *, tied_over: bool = False) -> str:
        """The accidental to write before `note`, which is taken note of; `tied_over` from the bar before."""
        letter, pitch = note.letter, (note.letter, note.octave)
        by_key = self._key.alter_of(letter)
        if self._of_letter.get(letter, by_key) == self._of_pitch.get(pitch, by_key) == note.alter:
            return ""
        self._of_letter[letter] = self._of_pitch[pitch] = _UNCLEAR if tied_over else note.alter
        return SIGNS[note.alter]
