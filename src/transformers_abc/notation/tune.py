"""Tune: the one representation of music in this project.

Every reader (ABC, MIDI, MusicXML, a listener's notes) leads to a `Tune` and every writer starts from one.

Conventions:
    - Time is exact: `Fraction`s of a whole note (suffix ``_wn``) counted from the start of the tune. Seconds appear only through
      the tempo map (`Tune.seconds_at`).
    - A `Note` is one *sounding* note: ties are merged, key signature and accidentals are applied. Writers split it again where a bar
      line or a length that cannot be written asks for it.
    - Pitches are MIDI numbers of the sound (60 is middle C, also for transposing instruments). `Note.alter` keeps the spelling: the
      written letter is that of the natural pitch ``pitch_midi - alter``.
    - Rests are the gaps between notes; the grid of bars is common to all voices.
    - A tune is kept as it is *written*: repeats stand in `Tune.bar_lines` and `Tune.part_order`, and `repeats.expand_repeats` plays them
      out. Grace notes, ornaments, words and chord symbols are `marks`, and never change a note's onset or length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from operator import attrgetter
from typing import TypeVar

from transformers_abc.notation.diagnostics import Diagnostic
from transformers_abc.notation.marks import Mark

LETTERS = "CDEFGAB"
NATURAL_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_LETTER_OF_SEMITONE = {semitone: letter for letter, semitone in NATURAL_SEMITONES.items()}

# Letters in the order in which key signatures add sharps (backwards: flats).
FIFTHS_ORDER = "FCGDAEB"

# Fifths to add to a tonic's own place on the line of fifths to get the signature of the mode (major = 0).
MODE_FIFTHS = {"major": 0, "minor": -3, "dorian": -2, "phrygian": -4, "lydian": 1, "mixolydian": -1, "locrian": -5}

FREE_METRE = "none"

_VOICE_ORDER = attrgetter("onset_wn", "pitch_midi", "length_wn", "alter")

T = TypeVar("T")
Timed = tuple[tuple[Fraction, T], ...]


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One sounding note.

    Attributes:
        onset_wn: start, in whole notes from the start of the tune.
        length_wn: sounding length in whole notes, ties merged; positive.
        pitch_midi: MIDI number of the sounding pitch, 0 to 127.
        alter: semitones by which the written letter is raised (sharp +1, flat -1), so ``pitch_midi - alter`` is a white key.

    >>> Note(Fraction(0), Fraction(1, 4), 61, -1).letter    # D flat
    'D'
    """

    onset_wn: Fraction
    length_wn: Fraction
    pitch_midi: int
    alter: int = 0

    def __post_init__(self) -> None:
        if self.length_wn.numerator <= 0:  # comparing Fractions costs more than making the note
            raise ValueError(f"a note's length must be positive, got {self.length_wn}")
        if (self.pitch_midi - self.alter) % 12 not in _LETTER_OF_SEMITONE:
            raise ValueError(f"pitch {self.pitch_midi} cannot be written with alteration {self.alter:+d}: that is no letter")

    @property
    def end_wn(self) -> Fraction:
        return self.onset_wn + self.length_wn

    @property
    def letter(self) -> str:
        return _LETTER_OF_SEMITONE[(self.pitch_midi - self.alter) % 12]

    @property
    def octave(self) -> int:
        """Scientific octave of the written letter (4 starts at middle C)."""
        return (self.pitch_midi - self.alter) // 12 - 1


def in_voice_order(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Notes in the order in which a `Voice` holds them."""
    return tuple(sorted(notes, key=_VOICE_ORDER))


@dataclass(frozen=True, slots=True)
class Voice:
    """One part: notes in time order, who plays it, and in which clef.

    Attributes:
        notes: sorted by onset, pitch and length, as much code expects. They may overlap, also at one pitch (two players on one staff).
        name: as printed before the staff, for example ``"Violin"``.
        program: General MIDI program counted from 0, or None where the source names none.
        clef: an ABC clef name such as ``treble``, ``bass``, ``alto`` or ``tenor``.
        marks: what else is written, in the order of `marks.sorted_marks`.
    """

    notes: tuple[Note, ...]
    name: str = ""
    program: int | None = None
    clef: str = "treble"
    marks: Timed[Mark] = ()


@dataclass(frozen=True, slots=True)
class Metre:
    """A time signature; ``Metre(6, 8)`` is six eighths.

    Attributes:
        numerator, denominator: a bar is `numerator` notes of 1/`denominator`; 4 and 4 in free metre.
        symbol: how it is written, where that is not ``numerator/denominator``: ``C``, ``C|``, a sum such as ``2+3/8``, or ``none``.
    """

    numerator: int
    denominator: int
    symbol: str = ""

    @property
    def bar_wn(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    @property
    def is_free(self) -> bool:
        """Whether bars have no length in common (``M:none``)."""
        return self.symbol == FREE_METRE

    @property
    def is_compound(self) -> bool:
        return self.numerator % 3 == 0 and self.numerator > 3

    @property
    def beat_wn(self) -> Fraction:
        """Length of the felt beat: a dotted note in compound metres."""
        return Fraction(3 if self.is_compound else 1, self.denominator)

    def __str__(self) -> str:
        return self.symbol or f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True, slots=True)
class Key:
    """A key signature: `fifths` sharps (negative: flats), the mode that names its tonic, and what departs from that.

    Attributes:
        fifths: sharps, or flats below 0.
        mode: one of `MODE_FIFTHS`.
        explicit: ``(letter, alter)`` pairs that replace what the signature says of these letters, in the order of writing.

    >>> str(Key(-3, "minor")), str(Key(2))
    ('Cmin', 'D')
    >>> freygish = Key(0, "phrygian", (("G", 1),))    # E F G# A B C D
    >>> freygish.alter_of("G"), freygish.tonic
    (1, 'E')
    """

    fifths: int
    mode: str = "major"
    explicit: tuple[tuple[str, int], ...] = ()

    def alter_of(self, letter: str) -> int:
        """The alteration that the signature gives to a letter: +1, 0 or -1 (also ±2 beyond seven signs)."""
        for explicit_letter, alter in self.explicit:
            if explicit_letter == letter:
                return alter
        return (self.fifths - 1 - FIFTHS_ORDER.index(letter)) // 7 + 1

    @property
    def tonic(self) -> str:
        """Letter and accidental of the tonic, such as ``"Bb"``."""
        place = self.fifths - MODE_FIFTHS[self.mode] + 1  # F is 0 on the line of fifths
        accidentals, index = divmod(place, 7)
        return FIFTHS_ORDER[index] + ("#" * accidentals if accidentals >= 0 else "b" * -accidentals)

    def __str__(self) -> str:
        suffix = {"major": "", "minor": "min"}.get(self.mode, self.mode[:3])
        return self.tonic + suffix


@dataclass(frozen=True, slots=True)
class Tempo:
    """`beats_per_minute` notes of `beat_wn` whole notes a minute, and the words beside it (``Q:"Allegro" 1/4=120``)."""

    beat_wn: Fraction
    beats_per_minute: Fraction
    text: str = ""

    @property
    def whole_note_s(self) -> float:
        """Seconds that a whole note lasts."""
        return 60.0 / float(self.beats_per_minute * self.beat_wn)

    @property
    def quarter_bpm(self) -> float:
        """Quarter notes a minute, whatever the beat unit."""
        return float(self.beats_per_minute * self.beat_wn * 4)


@dataclass(frozen=True, slots=True)
class BarLine:
    """A bar line that says more than that a bar ends.

    Attributes:
        plays: how often in all the music that ends here is played; 1 where no repeat ends, 2 for ``:|``.
        starts_repeat: whether a repeat ends by going back to here (``|:``).
        endings: the passes that play what follows, such as ``(1, 3)`` for ``[1,3``; none where no ending begins.
        style: ``||`` (a section ends), ``|]`` or ``[|``; empty for a plain line and where a repeat starts or ends. The line at the end of
            the tune has none.
    """

    plays: int = 1
    starts_repeat: bool = False
    endings: tuple[int, ...] = ()
    style: str = ""


@dataclass(frozen=True, slots=True)
class Tune:
    """A piece of music: voices over one grid of bars.

    Attributes:
        voices: in score order, highest first by custom.
        bar_lengths_wn: the length of every bar; a pickup is a short first bar.
        metres, keys, tempos: ``(onset_wn, value)`` pairs in time order; the first metre and key stand at 0. A tune without a
            tempo has no pairs there.
        title, composer: free text, one line each.
        bar_lines: ``(onset_wn, line)`` pairs in time order, where a bar line is more than plain; each stands where a bar starts, or at the
            end of the tune.
        parts: the labels of parts (``P:A`` in the body) and where they begin.
        part_order: in which order the parts are played, as in the header (``P:AAB``, ``P:(AB)3C``); empty: as they stand.
        info: ``(letter, text)`` pairs of what else the header says, in one order of letters: further T and C, A (area) ... W (words after
            the tune).
        number: the reference number in a tune book (``X:``).
        diagnostics: what the reader found wrong. Two tunes are equal whatever was found on the way.

    Example:
        >>> scale = Voice(tuple(Note(Fraction(i, 4), Fraction(1, 4), p) for i, p in enumerate((60, 62, 64, 65))))
        >>> tune = Tune((scale,), (Fraction(1),))
        >>> tune.length_wn, tune.seconds_at(Fraction(1, 2))
        (Fraction(1, 1), 1.0)
    """

    voices: tuple[Voice, ...]
    bar_lengths_wn: tuple[Fraction, ...]
    metres: Timed[Metre] = ((Fraction(0), Metre(4, 4)),)
    keys: Timed[Key] = ((Fraction(0), Key(0)),)
    tempos: Timed[Tempo] = ()
    title: str = ""
    composer: str = ""
    bar_lines: Timed[BarLine] = ()
    parts: Timed[str] = ()
    part_order: str = ""
    info: tuple[tuple[str, str], ...] = ()
    number: int = 1
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False, repr=False)

    @property
    def length_wn(self) -> Fraction:
        return sum(self.bar_lengths_wn, Fraction(0))

    @property
    def bar_onsets_wn(self) -> tuple[Fraction, ...]:
        """Where each bar starts; the end of the last bar is not among them."""
        return tuple(accumulate(self.bar_lengths_wn, initial=Fraction(0)))[:-1]

    def metre_at(self, onset_wn: Fraction) -> Metre:
        return value_at(self.metres, onset_wn)

    def key_at(self, onset_wn: Fraction) -> Key:
        return value_at(self.keys, onset_wn)

    def seconds_at(self, onset_wn: Fraction) -> float:
        """Seconds from the start of the tune to `onset_wn` by the tempo map (a quarter note is half a second where none is given)."""
        seconds, reached, whole_note_s = 0.0, Fraction(0), DEFAULT_TEMPO.whole_note_s
        for change_wn, tempo in self.tempos:
            if change_wn >= onset_wn:
                break
            seconds += float(change_wn - reached) * whole_note_s
            reached, whole_note_s = change_wn, tempo.whole_note_s
        return seconds + float(onset_wn - reached) * whole_note_s


DEFAULT_TEMPO = Tempo(Fraction(1, 4), Fraction(120))  # what MIDI and abc2midi play where no tempo is given


def value_at(changes: Timed[T], onset_wn: Fraction) -> T:
    """The value in force at `onset_wn`: that of the last change not after it."""
    index = bisect_right(changes, onset_wn, key=lambda change: change[0]) - 1
    return changes[max(index, 0)][1]


def effective_changes(changes: Iterable[tuple[Fraction, T]], end_wn: Fraction) -> Timed[T]:
    """The changes before `end_wn` that change something, in time order; of several at one time the last.

    >>> effective_changes([(Fraction(0), "C"), (Fraction(2), "G"), (Fraction(1), "C"), (Fraction(3), "D")], Fraction(3))
    ((Fraction(0, 1), 'C'), (Fraction(2, 1), 'G'))
    """
    latest = dict(sorted(changes, key=lambda change: change[0]))
    kept: list[tuple[Fraction, T]] = []
    for onset_wn, value in latest.items():
        if (onset_wn < end_wn or onset_wn == 0) and (not kept or kept[-1][1] != value):
            kept.append((onset_wn, value))
    return tuple(kept)
