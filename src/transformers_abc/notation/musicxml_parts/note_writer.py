"""A written value as ``<note>`` elements: pitches, ties, grace notes, accidentals, notations and lyrics.

Accidentals follow common practice: one holds for its letter in its octave, in all layers of the part, until the bar line; the notes of a
tie need none after the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from xml.etree import ElementTree

from transformers_abc.notation.marks import Decoration, Grace, Lyric
from transformers_abc.notation.musicxml_parts.element import add, type_and_dots
from transformers_abc.notation.musicxml_parts.layers import Written
from transformers_abc.notation.musicxml_parts.names import HELD_SYLLABLE, LINES_AT_NOTES, SIGNS, SLUR
from transformers_abc.notation.musicxml_parts.voice_plan import AtNote, Line
from transformers_abc.notation.texts import one_line
from transformers_abc.notation.ticks import Time
from transformers_abc.notation.tune import LETTERS, Key, Note

_NOTHING = AtNote([], [], [])
_ACCIDENTALS = {-3: "triple-flat", -2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp", 3: "triple-sharp"}
_SHORTEST_GRACE_WN = Fraction(1, 1024)


class PrintedAccidentals:
    """Which accidentals are in force in a part while it is being written.

    >>> accidentals = PrintedAccidentals(Key(1))
    >>> f_sharp, f = (Note(Fraction(0), Fraction(1), *pitch) for pitch in ((66, 1), (65, 0)))
    >>> [accidentals.sign_of(note) for note in (f_sharp, f, f, f_sharp)]
    ['', 'natural', '', 'sharp']
    """

    def __init__(self, key: Key) -> None:
        self._in_force: dict[tuple[str, int], int | None] = {}
        self._by_key: dict[str, int] = {}
        self.change_key(key)

    def start_bar(self) -> None:
        self._in_force.clear()

    def change_key(self, key: Key) -> None:
        """From here on another signature; what had an accidental in this bar gets one again."""
        self._by_key = {letter: key.alter_of(letter) for letter in LETTERS}
        self._in_force = dict.fromkeys(self._in_force)

    def sign_of(self, note: Note) -> str:
        """The ``<accidental>`` of a note, of which note is taken; empty for none."""
        place = note.letter, note.octave
        if self._in_force.get(place, self._by_key[note.letter]) == note.alter:
            return ""
        self._in_force[place] = note.alter
        return _ACCIDENTALS.get(note.alter, "")


class NoteWriter:
    """Appends the notes of one part to its measures.

    Args:
        ticks_per_division: the unit of ``<duration>``.
    """

    def __init__(self, ticks_per_division: int) -> None:
        self._ticks_per_division = ticks_per_division
        self._is_in_word: dict[int, bool] = {}  # by verse: whether the last syllable goes on

    def add_value(
        self,
        measure: ElementTree.Element,
        written: Written,
        layer: int,
        at_note: AtNote | None,
        signs: Sequence[str],
        grace_signs: Sequence[str],
    ) -> None:
        """Append a note, a chord or a rest, and the grace notes before it.

        Args:
            measure: gets the elements.
            written: the value.
            layer: its ``<voice>``, from 0.
            at_note: what is written at it.
            signs: an accidental for every note of the chord; empty for none.
            grace_signs: likewise for the grace notes.
        """
        at_note = at_note or _NOTHING
        small_notes = [(grace, note) for grace in at_note.graces for note in grace.notes]
        for (grace, small), sign in zip(small_notes, grace_signs, strict=True):
            element = add(measure, "note")
            add(element, "grace", slash="yes" if grace.is_slashed else "")
            _add_pitch(element, Note(Fraction(0), Fraction(1), small.pitch_midi, small.alter))
            add(element, "voice", layer + 1)
            _add_type(element, _single(small.length_wn), sign)
        notes: Sequence[Note | None] = written.chord.notes if written.chord else (None,)
        for index, note in enumerate(notes):
            element = add(measure, "note", print_object="no" if note is None and layer else "")
            if index:
                add(element, "chord")
            sign = signs[index] if note else ""
            self._add_note(element, written, note, layer, at_note if index == 0 else _NOTHING, sign, is_first=index == 0)

    def _add_note(
        self, element: ElementTree.Element, written: Written, note: Note | None, layer: int, at_note: AtNote, sign: str, *, is_first: bool
    ) -> None:
        if note is None:
            add(element, "rest", measure="yes" if written.is_whole_bar else "")
        else:
            _add_pitch(element, note)
        add(element, "duration", int(written.end - written.start) // self._ticks_per_division)
        ties = _ties(written) if note else []
        for tie in ties:
            add(element, "tie", type=tie)
        add(element, "voice", layer + 1)
        if not written.is_whole_bar:
            _add_type(element, written.written_wn, sign)
        if written.ratio != (1, 1):
            modification = add(element, "time-modification")
            add(modification, "actual-notes", written.ratio[0])
            add(modification, "normal-notes", written.ratio[1])
        for number, beam in enumerate(written.beams if is_first else (), 1):
            add(element, "beam", beam, number=str(number))
        _add_notations(element, ties, written, at_note, is_first=is_first)
        for lyric in at_note.lyrics:
            self._add_lyric(element, lyric)

    def _add_lyric(self, element: ElementTree.Element, lyric: Lyric) -> None:
        child = add(element, "lyric", number=str(lyric.verse))
        if lyric.text == HELD_SYLLABLE:
            add(child, "extend")
            return
        was_in_word = self._is_in_word.get(lyric.verse, False)
        self._is_in_word[lyric.verse] = lyric.is_hyphenated
        syllabic = {(False, False): "single", (False, True): "begin", (True, True): "middle", (True, False): "end"}
        add(child, "syllabic", syllabic[was_in_word, lyric.is_hyphenated])
        add(child, "text", one_line(lyric.text))


def _add_pitch(element: ElementTree.Element, note: Note) -> None:
    pitch = add(element, "pitch")
    add(pitch, "step", note.letter)
    if note.alter:
        add(pitch, "alter", note.alter)
    add(pitch, "octave", note.octave)


def _add_type(element: ElementTree.Element, written_wn: Fraction, sign: str) -> None:
    """The note value with its dots, none where no value is that long or short, and the accidental that stands behind."""
    name, dots = type_and_dots(written_wn) or ("", 0)
    if name:
        add(element, "type", name)
    for _ in range(dots):
        add(element, "dot")
    if sign:
        add(element, "accidental", sign)


def _single(length_wn: Fraction) -> Fraction:
    """The longest undotted value not above a grace note's length, unless a single value has that length."""
    if type_and_dots(length_wn):
        return length_wn
    value_wn = Fraction(1, 8)
    while value_wn > length_wn and value_wn > _SHORTEST_GRACE_WN:
        value_wn /= 2
    return value_wn


def _ties(written: Written) -> list[str]:
    chord = written.chord
    if chord is None:
        return []
    return ["stop"] * (chord.start < written.start) + ["start"] * (chord.end > written.end)


def _add_notations(element: ElementTree.Element, ties: Sequence[str], written: Written, at_note: AtNote, *, is_first: bool) -> None:
    """Ties, brackets, slurs and signs, in an order that keeps that of the marks."""
    notations = ElementTree.Element("notations")
    for tie in ties:
        add(notations, "tied", type=tie)
    if is_first:
        brackets: list[tuple[str, Time]] = [("start", written.starts_bracket), ("stop", written.ends_bracket)]
        for end, stands_here in brackets:
            if stands_here:
                add(notations, "tuplet", type=end, number="1", bracket="yes" if end == "start" and not written.beams else "")
    for what in at_note.lines_and_signs:
        _add_line(notations, what) if isinstance(what, Line) else _add_sign(notations, what)
    if len(notations):
        element.append(notations)


def _add_line(notations: ElementTree.Element, line: Line) -> None:
    group, tag = ("", SLUR) if line.name == SLUR else LINES_AT_NOTES[line.name]
    add(_group(notations, group), tag, type="start" if line.is_start else "stop", number=str(line.number))


def _add_sign(notations: ElementTree.Element, decoration: Decoration) -> None:
    sign = SIGNS[decoration.name]
    child = add(_group(notations, sign.group), sign.tag, sign.text or None)
    if sign.attribute[0]:
        child.set(*sign.attribute)


def _group(notations: ElementTree.Element, name: str) -> ElementTree.Element:
    """The element that a sign goes into: the last group if it has the name, else a new one, so that signs keep their order."""
    if not name:
        return notations
    return notations[-1] if len(notations) and notations[-1].tag == name else add(notations, name)


def grace_pitches(graces: Sequence[Grace]) -> list[Note]:
    """The grace notes as notes of a length of no meaning."""
    return [Note(Fraction(0), Fraction(1), note.pitch_midi, note.alter) for grace in graces for note in grace.notes]
