"""One voice while it is being read: a small state machine that turns tokens of music into sounding notes.

What holds here:
    - An accidental lasts to the bar line in its own octave, as in common practice and abcjs; a tune may say otherwise with
      ``%%propagate-accidentals`` (``not``, ``octave`` or ``pitch``). The ABC 2.1 default, which abc2midi follows, is ``pitch``.
    - A tie joins notes of one pitch that follow each other. A tied note without an accidental keeps its pitch over the bar line.
    - A chord lasts as long as its first note (section 4.17).
    - A tuplet ``(p`` has the defaults of section 4.13.

Whatever the text says, time and the number of bars stay within the bounds below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import ceil
from operator import attrgetter

from transformers_abc.notation.fields import DEFAULT_CLEF, VoiceField
from transformers_abc.notation.header import REACH_OF_ACCIDENTALS, Header
from transformers_abc.notation.lexer import NOTE_TOKEN, length_factor
from transformers_abc.notation.tune import NATURAL_SEMITONES, Key, Metre, Note, Tempo, Voice

MAX_VALUE_WN = Fraction(256)  # of one written note or rest
MAX_TUNE_WN = 16_384
MAX_BARS = 5_000
MAX_TUPLET = 64
MAX_BROKEN = 3
# Times stay exact up to this denominator, far beyond any notation; then they are rounded up to the grid, so that numbers stay small.
MAX_TIME_DENOMINATOR = 10**9
ROUNDING_GRID = 2**20

ALTER_OF_SIGN = {"__": -2, "_": -1, "=": 0, "^": 1, "^^": 2}
_TUPLET_TIMES = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}  # (p alone means p in the time of this; others take 3 in compound metres, else 2
_MIDI_PITCHES = range(128)
_START = Fraction(0)


class _Sounding:
    """A note that may still grow by a tie or a dotted rhythm."""

    __slots__ = ("alter", "length_wn", "onset_wn", "pitch_midi")

    def __init__(self, onset_wn: Fraction, length_wn: Fraction, pitch_midi: int, alter: int) -> None:
        self.onset_wn = onset_wn
        self.length_wn = length_wn
        self.pitch_midi = pitch_midi
        self.alter = alter


_pitch_of = attrgetter("pitch_midi")


class VoiceReader:
    """Reads the music of one voice.

    Attributes:
        now_wn: how far the voice has been read.
        bar_ends_wn: where its bar lines stand; bars without any time in them are none.
        metres, keys, tempos: the changes that stand in this voice, by time.
    """

    def __init__(self) -> None:
        self.now_wn = _START
        self.bar_ends_wn: list[Fraction] = []
        self.metres: dict[Fraction, Metre] = {}
        self.keys: dict[Fraction, Key] = {}
        self.tempos: dict[Fraction, Tempo] = {}
        self.attributes = VoiceField("")
        self.program: int | None = None
        self.reach_of_accidentals = REACH_OF_ACCIDENTALS["octave"]
        self._sounded: list[_Sounding] = []
        self._accidentals: dict[int, int] = {}
        self._tied: dict[int, _Sounding] = {}  # by pitch: notes whose tie waits for the next event
        self._tuplet_ratio = Fraction(1)
        self._tuplet_left = 0
        self._broken_factor: Fraction | None = None  # for the next event
        self._last: tuple[list[_Sounding], Fraction] | None = None  # what a broken rhythm sign would change

    # --- Fields ---

    def begin(self, header: Header) -> None:
        """Take over what the header says, before any music."""
        self.set_unit(header.unit_wn)
        self.set_metre(header.metre)
        self.set_key(header.key)
        self.attributes = self.attributes.over(header.attributes)
        self.program = header.program if self.program is None else self.program
        self.reach_of_accidentals = header.reach_of_accidentals

    def set_unit(self, unit_wn: Fraction) -> None:
        self.unit_wn = unit_wn
        self._length_of_text: dict[str, Fraction] = {}

    def set_metre(self, metre: Metre) -> None:
        self._metre = self.metres[self.now_wn] = metre

    def set_key(self, key: Key) -> None:
        self.keys[self.now_wn] = key
        self._alter_by_key = {semitone: key.alter_of(letter) for letter, semitone in NATURAL_SEMITONES.items()}

    def set_tempo(self, tempo: Tempo) -> None:
        self.tempos[self.now_wn] = tempo

    def set_program(self, program: int) -> None:
        """The instrument; a change within the voice is passed over, since a `Voice` has one."""
        if self.now_wn == _START:
            self.program = program

    def set_attributes(self, field: VoiceField) -> None:
        self.attributes = field.over(self.attributes)

    # --- Music ---

    def read_token(self, token: re.Match[str]) -> None:
        """Take in one token of music; fields are not for the voice alone and stay outside."""
        match token.lastgroup:
            case "note":
                self._note(token)
            case "bar":
                self._end_bar()
            case "rest":
                self._rest(token["rest_letter"], token["rest_length"])
            case "chord":
                self._chord(token)
            case "tuplet":
                self._start_tuplet(token["p"], token["q"], token["r"])
            case "broken":
                self._break_rhythm(token["broken"])

    def _note(self, token: re.Match[str]) -> None:
        self._sound([self._head(token)], self._scaled(self._written_wn(token["length"])))

    def _chord(self, token: re.Match[str]) -> None:
        notes = list(NOTE_TOKEN.finditer(token["chord_notes"]))
        if notes:
            length_wn = min(self._written_wn(notes[0]["length"]) * length_factor(token["chord_length"]), MAX_VALUE_WN)
            self._sound([self._head(note, token["chord_tie"]) for note in notes], self._scaled(length_wn))

    def _head(self, token: re.Match[str], chord_tie: str = "") -> tuple[int, str | None, str]:
        """A note without its length: natural pitch, sign, tie."""
        sign, letter, octave, tie = token.group("sign", "letter", "octave", "tie")
        return natural_pitch(letter, octave) + 12 * (self.attributes.octaves or 0), sign, tie or chord_tie

    def _sound(self, heads: Sequence[tuple[int, str | None, str]], length_wn: Fraction) -> None:
        """Notes that start together."""
        end_wn, length_wn = self._span(length_wn)
        if not length_wn:
            return
        waiting, self._tied = self._tied, {}
        sounding: dict[int, _Sounding] = {}
        begun = []
        for natural, sign, tie in heads:
            alter = self._alter(natural, sign, waiting)
            pitch = natural + alter
            if pitch in sounding or pitch not in _MIDI_PITCHES:
                continue
            if note := waiting.pop(pitch, None):
                note.length_wn += length_wn
            else:
                note = _Sounding(self.now_wn, length_wn, pitch, alter)
                begun.append(note)
            sounding[pitch] = note
            if tie:
                self._tied[pitch] = note
        self._sounded += sorted(begun, key=_pitch_of) if len(begun) > 1 else begun
        self._last = [*sounding.values()], length_wn
        self.now_wn = end_wn

    def _alter(self, natural: int, sign: str | None, waiting: dict[int, _Sounding]) -> int:
        reach = self.reach_of_accidentals
        if sign:
            alter = ALTER_OF_SIGN[sign]
            if reach:
                self._accidentals[natural % reach] = alter
            return alter
        for note in waiting.values():
            if note.pitch_midi - note.alter == natural:
                return note.alter
        by_key = self._alter_by_key[natural % 12]
        return self._accidentals.get(natural % reach, by_key) if reach else by_key

    def _rest(self, letter: str, length: str) -> None:
        self._tied = {}
        if letter in "ZX":
            self._rest_bars(length_factor(length))
        else:
            self.now_wn, rest_wn = self._span(self._scaled(self._written_wn(length)))
            self._last = [], rest_wn

    def _rest_bars(self, bars: Fraction) -> None:
        for _ in range(min(ceil(bars), MAX_BARS - len(self.bar_ends_wn))):
            self.now_wn, _ = self._span(self._metre.bar_wn)
            self._end_bar()

    def _end_bar(self) -> None:
        if self.now_wn > (self.bar_ends_wn[-1] if self.bar_ends_wn else _START):
            self.bar_ends_wn.append(self.now_wn)
        self._accidentals.clear()
        self._last = None

    # --- Lengths ---

    def _written_wn(self, text: str) -> Fraction:
        length_wn = self._length_of_text.get(text)
        if length_wn is None:
            length_wn = self._length_of_text[text] = min(length_factor(text) * self.unit_wn, MAX_VALUE_WN)
        return length_wn

    def _scaled(self, length_wn: Fraction) -> Fraction:
        """The sounding length of the next event, which tuplets and broken rhythm change."""
        if self._tuplet_left:
            self._tuplet_left -= 1
            length_wn *= self._tuplet_ratio
        if self._broken_factor:
            length_wn *= self._broken_factor
            self._broken_factor = None
        return length_wn

    def _span(self, length_wn: Fraction) -> tuple[Fraction, Fraction]:
        """When something of this length ends that starts now, and how long it is within the bounds."""
        end_wn = self.now_wn + length_wn
        denominator = end_wn.denominator
        if denominator > MAX_TIME_DENOMINATOR or end_wn.numerator > MAX_TUNE_WN * denominator:
            end_wn = min(Fraction(ceil(end_wn * ROUNDING_GRID), ROUNDING_GRID), Fraction(MAX_TUNE_WN))
            length_wn = end_wn - self.now_wn
        return end_wn, length_wn

    def _start_tuplet(self, p_text: str, q_text: str | None, r_text: str | None) -> None:
        p = int(p_text)
        q = int(q_text or 0) or _TUPLET_TIMES.get(p) or (3 if self._metre.is_compound else 2)
        if 2 <= p <= MAX_TUPLET >= q:
            self._tuplet_ratio = Fraction(q, p)
            self._tuplet_left = int(r_text or 0) or p

    def _break_rhythm(self, signs: str) -> None:
        """``a>b`` lends half of b's length to a, ``a>>b`` three quarters; ``<`` the other way."""
        if self._last is None:
            return
        short = Fraction(1, 2 ** min(len(signs), MAX_BROKEN))
        before, after = (2 - short, short) if signs[0] == ">" else (short, 2 - short)
        notes, length_wn = self._last
        self.now_wn, change_wn = self._span(length_wn * (before - 1))
        for note in notes:
            note.length_wn += change_wn
        self._last, self._broken_factor = None, after

    # --- Result ---

    def finish(self) -> None:
        """Close a last bar that has no bar line."""
        self._end_bar()

    def voice(self) -> Voice:
        """The voice as far as it has been read."""
        notes = tuple(Note(note.onset_wn, note.length_wn, note.pitch_midi, note.alter) for note in self._sounded)
        return Voice(notes, self.attributes.name or "", self.program, self.attributes.clef or DEFAULT_CLEF)


@lru_cache(maxsize=256)
def natural_pitch(letter: str, octave_marks: str) -> int:
    """The MIDI number of a letter without accidentals.

    >>> natural_pitch("C", ""), natural_pitch("c", "'"), natural_pitch("B", ",,")
    (60, 84, 47)
    """
    octaves = octave_marks.count("'") - octave_marks.count(",") + letter.islower()
    return 60 + NATURAL_SEMITONES[letter.upper()] + 12 * octaves
