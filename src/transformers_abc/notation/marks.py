"""What is written at or between the notes of a voice and is no note of its length: ornaments, words, chord symbols, slurs, grace notes.

A `Voice` holds them as ``(onset_wn, mark)`` pairs. A mark belongs to whatever the voice plays or rests at its onset, which may lie within
a note (a chord symbol over the second half of a tied note).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Decoration:
    """A sign or playing technique, by its ABC name without the ``!``: ``trill``, ``staccato``, ``upbow``, ``pizz``, ``crescendo(``."""

    name: str


@dataclass(frozen=True, slots=True)
class ChordSymbol:
    """The name of an accompanying chord, as in ``"Am7"``; it is not played."""

    text: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """Words beside the staff; `placement` is one of ``^`` (above), ``_`` (below), ``<`` (left), ``>`` (right), ``@`` (free)."""

    text: str
    placement: str = "^"


@dataclass(frozen=True, slots=True)
class Lyric:
    """What is sung to one note.

    Attributes:
        text: a syllable; ``_`` where the last one is held.
        verse: counted from 1.
        is_hyphenated: whether the word goes on with the next note.
    """

    text: str
    verse: int = 1
    is_hyphenated: bool = False


@dataclass(frozen=True, slots=True)
class GraceNote:
    """One small note: pitch and spelling as in a `Note`, and its written length."""

    pitch_midi: int
    alter: int
    length_wn: Fraction


@dataclass(frozen=True, slots=True)
class Grace:
    """Small notes before a note that take no time of their own; a chord of them is written as notes in turn."""

    notes: tuple[GraceNote, ...]
    is_slashed: bool = False


@dataclass(frozen=True, slots=True)
class Slur:
    """A slur from the mark's onset to the note or rest that starts `length_wn` later."""

    length_wn: Fraction


Mark = Slur | Grace | ChordSymbol | Annotation | Decoration | Lyric

# Marks at one time stand in this order, within one kind in the order of writing (section 4.20 of the standard, slurs before all).
_ORDER = {kind: place for place, kind in enumerate((Slur, Grace, ChordSymbol, Annotation, Decoration, Lyric))}


def sorted_marks(marks: Iterable[tuple[Fraction, Mark]]) -> tuple[tuple[Fraction, Mark], ...]:
    """Marks in the order in which a `Voice` holds them: by time, by kind; slurs the longest first, lyrics by verse.

    >>> start = Fraction(0)
    >>> [type(mark).__name__ for _, mark in sorted_marks([(start, Decoration("trill")), (start, ChordSymbol("G")), (start, Slur(start))])]
    ['Slur', 'ChordSymbol', 'Decoration']
    """
    return tuple(sorted(marks, key=lambda timed: (timed[0], _ORDER[type(timed[1])], _within_kind(timed[1]))))


def _within_kind(mark: Mark) -> Fraction | int:
    return -mark.length_wn if isinstance(mark, Slur) else mark.verse if isinstance(mark, Lyric) else 0
