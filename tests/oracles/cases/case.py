"""How a case is written.

What is expected stands in lanes of notes, each lane from the start of the tune and all sounding together, parted by ``;``. In a lane notes
follow each other: ``F#4*3/2`` is the F sharp above middle C (C4, MIDI number 60) for three halves of an eighth; without a length it lasts
an eighth; ``r`` is a rest; notes joined by ``+`` begin and end together.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..sounding import Sounding

HEADER = "X:1\nT:Case\nM:4/4\nL:1/8\nK:C\n"
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11, "#": 1, "b": -1}


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        name: the construct, a colon, and what is particular; unique.
        section: of the standard.
        abc: a whole file, or lines of music that stand under `HEADER`.
        expected: lanes of notes, as the module says.
        tempos: ``onset=tempo`` pairs in whole notes and quarter notes a minute; empty where the tempo is not the point.
        programs: of the voices in turn, from 0; none where they are not the point.
        tune: which tune of the file, from 0.
    """

    name: str
    section: str
    abc: str | bytes
    expected: str
    tempos: str = ""
    programs: tuple[int, ...] = ()
    tune: int = 0

    @property
    def text(self) -> str | bytes:
        """The whole file."""
        is_music = isinstance(self.abc, str) and not self.abc.startswith(("X:", "%abc"))
        return f"{HEADER}{self.abc}\n" if is_music else self.abc


def cases(construct: str, section: str, *rows: tuple[str, str, str]) -> tuple[Case, ...]:
    """Cases of one construct, each from what is particular, the text and what is expected."""
    return tuple(Case(f"{construct}: {name}", section, abc, expected) for name, abc, expected in rows)


def sounding_of(expected: str) -> list[Sounding]:
    """The notes that lanes stand for.

    >>> [str(note) for note in sounding_of("r C4*2 ; Bb3+D4")]
    ['58 at 0 for 1', '62 at 0 for 1', '60 at 1 for 2']
    """
    notes = []
    for lane in expected.split(";"):
        now = Fraction(0)
        for token in lane.split():
            names, _, length = token.partition("*")
            length_eighths = Fraction(length or 1)
            if names != "r":
                notes += [Sounding(float(now / 8), float(length_eighths / 8), _midi(name)) for name in names.split("+")]
            now += length_eighths
    return sorted(notes)


def _midi(name: str) -> int:
    return 12 * (int(name[-1]) + 1) + sum(_SEMITONES[sign] for sign in name[:-1])
