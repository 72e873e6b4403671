"""What is written at or between the notes of a voice and is no note of its length: ornaments, words, chord symbols, slurs, grace notes.

A `Voice` holds them as ``(onset_wn, mark)`` pairs. A mark belongs to whatever the voice plays or rests at its onset, which may lie within
a note (a chord symbol over the second half of a tied note).
"""

from __future__ import annotations

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


Mark = Decoration | ChordSymbol | Annotation | Lyric | Grace | Slur
