"""One voice while it is being read: a small state machine that turns tokens of music into sounding notes.

What holds here:
    - An accidental lasts to the bar line for its letter in all octaves, as the standard says (section 11.3) and abc2midi does; a tune may
      say otherwise with ``%%propagate-accidentals`` (``not``, ``octave`` or ``pitch``).
    - A tie joins notes of one pitch that follow each other. A tied note without an accidental keeps its pitch over the bar line.
    - A chord lasts as long as its first note (section 4.17).
    - Grace notes take the signs that they carry, else those of an earlier grace note of their group, else the key's.
    - An overlay (``&``) has ties and accidentals of its own; the third layer of a bar goes on where the third of the bar before ended.

Lengths stand in `length_reader`, bars in `bar_reader`, marks in `mark_reader`. Whatever the text says, time and the number of bars stay
within bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil

from transformers_abc.notation.diagnostics import FaultLog
from transformers_abc.notation.marks import Grace, GraceNote
from transformers_abc.notation.reading.alignment import UNHEARD, Slot
from transformers_abc.notation.reading.bar_reader import BarReader, RestAllowance
from transformers_abc.notation.reading.header import Header
from transformers_abc.notation.reading.length_reader import TICKS_WN, LengthReader, TickGrid, Ticks
from transformers_abc.notation.reading.lexer import NOTE_TOKEN, BarToken, ChordToken, NoteToken, length_factor, parse_note
from transformers_abc.notation.reading.mark_reader import MarkReader
from transformers_abc.notation.reading.pitch_reader import PITCHES, PitchReader
from transformers_abc.notation.reading.voice_field import VoiceField
from transformers_abc.notation.tune import BarLine, Key, Metre, Tempo

MAX_TUNE_TICKS = 16_384 * TICKS_WN
LONGEST_GRACE_WN = Fraction(1)

SoundingNote = list  # [onset_ticks, pitch_midi, length_ticks, alter]; a list, since a tie or a dotted rhythm may still change its length
Tied = dict[int, list[SoundingNote]]  # by pitch: notes whose tie waits for the next event
_PITCH, _LENGTH, _ALTER = 1, 2, 3


class VoiceReader:
    """Reads the music of one voice.

    Attributes:
        now: how far the voice has been read, in ticks.
        notes: what sounds, in the order of the text; sorting puts them in the order of a `Voice`.
        bars, lengths, marks, pitches: see their classes.
        metres, keys, tempos: the changes that stand in this voice, by time.
        slots: what lyrics are aligned to, since the last line of them.
        verse: how many lines of lyrics stand under the last line of music; `lines_below` counts lines of symbols too.
        sung: the times and verses that have their syllable.
        handlers: what reads a token, by its kind; each takes the token's value and its column.
    """

    def __init__(self, log: FaultLog, grid: TickGrid, rests: RestAllowance) -> None:
        self._log = log
        self._grid = grid
        self.now: Ticks = 0
        self.notes: list[SoundingNote] = []
        self.bars = BarReader(log, rests)
        self.marks = MarkReader(log)
        self.lengths = LengthReader(log, grid)
        self.pitches = PitchReader()
        self.metres: dict[Ticks, Metre] = {}
        self.keys: dict[Ticks, Key] = {}
        self.tempos: dict[Ticks, Tempo] = {}
        self.slots: list[Slot] = []
        self.verse = 0
        self.lines_below = 0
        self.sung: set[tuple[Ticks, int]] = set()
        self.attributes = VoiceField("")
        self.program: int | None = None
        self.handlers: dict[str, Callable[..., None]] = {
            "NOTE": self._note,
            "BAR": self._bar,
            "REST": self._rest,
            "CHORD": self._chord,
            "BROKEN": self._break_rhythm,
            "TUPLET": self._start_tuplet,
            "ENDING": self._start_ending,
            "STRING": self.marks.string,
            "GRACE": self._grace,
            "DECORATION": self.marks.decoration,
            "OVERLAY": self._overlay,
            "SLUR": self.marks.start_slur,
            "SLUR_END": self.marks.end_slur,
            "TIE": self._loose_tie,
        }
        self._tied: Tied = {}
        self._tie_place = (1, 1)  # line and column of the note whose tie waits
        self._last: tuple[SoundingNote, ...] | None = None  # what a broken rhythm sign would change
        self._last_ticks: Ticks = 0
        self._layer = 0
        self._ties_of_layer: dict[int, Tied] = {}
        self._frontier: Ticks = 0  # how far the layers before an overlay reach
        self._overlay_start: Ticks = 0
        self._overlay_bars = 0
        self._midi_semitones = 0

    # --- Fields ---

    def begin(self, header: Header) -> None:
        """Take over what the header says, before any music."""
        self.marks.begin(header.decoration)
        self.lengths.set_unit(header.unit_wn)
        self.set_metre(header.metre)
        self.attributes = self.attributes.over(header.attributes)
        self._midi_semitones = self._midi_semitones or header.semitones
        self._set_transposition()
        self.set_key(header.key)
        self.program = header.program if self.program is None else self.program
        self.pitches.set_reach(header.reach_of_accidentals)

    def set_metre(self, metre: Metre) -> None:
        self.metres[self.now] = metre
        self.bars.set_metre(metre)

    def set_key(self, key: Key) -> None:
        self.keys[self.now] = self.pitches.set_key(key)

    def set_tempo(self, tempo: Tempo) -> None:
        self.tempos[self.now] = tempo

    def set_program(self, program: int, column: int) -> None:
        """The instrument; a change within the voice is passed over, since a `Voice` has one."""
        if not self.now or self.program is None:
            self.program = program
        elif program != self.program:
            self._log.add("instrument-change", column, f"the instrument changes to program {program}; the voice keeps {self.program}")

    def set_attributes(self, field: VoiceField) -> None:
        self.attributes = field.over(self.attributes)
        self._set_transposition()

    def set_midi_transposition(self, semitones: int) -> None:
        self._midi_semitones = semitones
        self._set_transposition()

    def _set_transposition(self) -> None:
        octaves = (self.attributes.octaves or 0) + (self.attributes.clef_octaves or 0)
        shift = 12 * octaves + (self.attributes.semitones or 0) + self._midi_semitones
        if shift != self.pitches.shift:
            key = self.pitches.set_shift(shift)
            if self.keys:  # before the header has ended there is none
                self.keys[self.now] = key

    def begin_line(self) -> None:
        """Music follows: the notes before it have the lyrics that they get."""
        if self.lines_below:
            self.verse = self.lines_below = 0
            self.slots.clear()

    # --- Notes ---

    def _note(self, note: NoteToken, column: int) -> None:
        """The most frequent token by far: the common case stands here, the rest in `_sound`."""
        natural, alter, length, is_tied, is_microtonal = note
        lengths, pitches = self.lengths, self.pitches
        ticks = lengths.of_text.get(length) or lengths.new(length, column)
        if lengths.is_scaled:
            ticks = lengths.scaled(ticks, column)
        now = self.now
        end = now + ticks
        if self._tied or pitches.shift or is_microtonal or end.__class__ is not int or end > MAX_TUNE_TICKS:
            self._sound((note,), ticks, column)
            return
        if self.marks.is_waiting:
            self.marks.place(now)
        if alter is None and not pitches.accidentals:  # noqa: SIM108 (one line would be too long to read)
            alter = pitches.alter_by_key[natural % 12]
        else:
            alter = pitches.alter_of(natural, alter)
        pitch = natural + alter
        if 0 <= pitch <= 127:
            sounding = [now, pitch, ticks, alter]
            self.notes.append(sounding)
            self._last = (sounding,)
            if is_tied:
                self._tied = {pitch: [sounding]}
                self._tie_place = self._log.line, column
        else:
            self._out_of_range(pitch, column)
            self._last = ()
        self._last_ticks = ticks
        self.marks.reach(now)
        self.slots.append(now if self._last else UNHEARD)
        self.now = end

    def _chord(self, chord: ChordToken, column: int) -> None:
        notes, marks, unread, is_closed, length, is_tied = chord
        if unread:
            self._log.add("unknown-character", column, f"{unread[:20]!r} in this chord is no ABC")
        if not is_closed:
            self._log.add("unclosed-chord", column, "the chord that starts here has no ]")
        if not notes:
            self._log.add("empty-chord", column, "there is no note in this chord")
            return
        for kind, value in marks:
            self.handlers[kind](value, column)
        if len({length_factor(note.length) for note in notes}) > 1:
            self._log.add("chord-lengths", column, "the notes of this chord have different lengths; the first one's counts")
        if is_tied:
            notes = tuple(note._replace(is_tied=True) for note in notes)
        self._sound(notes, self.lengths.next(notes[0].length, column, length), column)

    def _sound(self, notes: Sequence[NoteToken], ticks: Ticks, column: int) -> None:
        """Notes that start together, whatever the circumstances."""
        end, ticks = self._span(ticks, column)
        if not ticks:
            return
        self.marks.place(self.now)
        waiting, self._tied = self._tied, {}
        sounding: list[SoundingNote] = []
        begun = []
        for natural, sign, _, is_tied, is_microtonal in notes:
            if is_microtonal:
                self._log.add("microtone", column, "a microtonal accidental is read as a half step")
            if sign is None and waiting:
                alter = self.pitches.alter_of_tied(natural, [(note[_PITCH], note[_ALTER]) for note, *_ in waiting.values()])
            else:
                alter = self.pitches.alter_of(natural, sign)
            pitch, alter = self.pitches.sounding(natural, alter)
            if pitch not in PITCHES:
                self._out_of_range(pitch, column)
                continue
            if pitch in waiting:
                note = waiting[pitch].pop()
                if not waiting[pitch]:
                    del waiting[pitch]
                note[_LENGTH] += ticks
            else:
                note = [self.now, pitch, ticks, alter]
                begun.append(note)
            sounding.append(note)
            if is_tied:
                self._tied.setdefault(pitch, []).append(note)
        if waiting:
            self._report_tie("no note of its pitch follows")
        if self._tied:
            self._tie_place = self._log.line, column
        self.notes += begun
        self._last, self._last_ticks = tuple(sounding), ticks
        self.marks.reach(self.now)
        self.slots.append(self.now if sounding else UNHEARD)
        self.now = end

    def _report_tie(self, message: str) -> None:
        line, column = self._tie_place
        self._log.add("unended-tie", column, f"the tie leads nowhere: {message}", line)

    def _out_of_range(self, pitch: int, column: int) -> None:
        self._log.add("out-of-range", column, f"pitch {pitch} is beyond the range of MIDI, 0 to 127")

    def _grace(self, value: tuple[str, bool], column: int) -> None:
        inside, is_slashed = value
        signs: dict[int, int] = {}
        notes = []
        for match in NOTE_TOKEN.finditer(inside):
            natural, sign, length, _, _ = parse_note(match)
            if sign is not None:
                signs[natural] = sign
            pitch, alter = self.pitches.sounding(natural, signs.get(natural, self.pitches.alter_by_key[natural % 12]))
            if pitch in PITCHES:
                notes.append(GraceNote(pitch, alter, min(length_factor(length) * self.lengths.unit_wn, LONGEST_GRACE_WN)))
        if notes:
            self.marks.add(Grace(tuple(notes), is_slashed))
        else:
            self._log.add("unknown-character", column, f"no grace note in {{{inside[:20]}}}")

    def _loose_tie(self, _: str, column: int) -> None:
        """A ``-`` of its own, which belongs to what sounded last."""
        self._log.add("loose-tie", column, "a tie stands directly after its note")
        if self._last and not self._tied:
            for note in self._last:
                self._tied.setdefault(note[_PITCH], []).append(note)

    def _rest(self, value: tuple[str, str], column: int) -> None:
        letter, length = value
        if self._tied:
            self._report_tie("a rest follows")
            self._tied = {}
        self.marks.place(self.now)
        self.marks.reach(self.now)
        if letter in "ZX":
            self._rest_bars(ceil(length_factor(length)), column)
        else:
            end, self._last_ticks = self._span(self.lengths.next(length, column), column)
            self._last, self.now = (), end

    def _rest_bars(self, bars: int, column: int) -> None:
        if self._layer:  # an overlay makes no bars
            bars = min(bars, self._overlay_bars)
        end, ticks = self._span(bars * self.bars.metre_ticks, column)
        if self._layer:
            self.now = end
        elif ended := self.bars.rest(self.now, int(ticks // self.bars.metre_ticks), column):
            self.now = self.bars.start
            self.slots += [None] * ended
        self.pitches.accidentals.clear()
        self._last = None

    # --- Lengths ---

    def _span(self, ticks: Ticks, column: int) -> tuple[Ticks, Ticks]:
        """When something of this length ends that starts now, and how long it is within the bounds."""
        end = self.now + ticks
        if end.denominator == 1:
            end = end.numerator
        if end > MAX_TUNE_TICKS:
            self._log.add("tune-too-long", column, f"a tune lasts at most {MAX_TUNE_TICKS // TICKS_WN} whole notes")
            end = MAX_TUNE_TICKS
            ticks = end - self.now
        return end, ticks

    def _start_tuplet(self, digits: tuple[str, str | None, str | None], column: int) -> None:
        self.lengths.start_tuplet(digits, column, is_compound=self.bars.metre.is_compound)

    def _break_rhythm(self, signs: str, column: int) -> None:
        if self._last is None:
            self._log.add("loose-broken-rhythm", column, f"no note in this bar before {signs}")
            return
        change = self._grid.fit(self._last_ticks * self.lengths.break_rhythm(signs), column)
        self.now, change = self._span(change, column)
        for note in self._last:
            note[_LENGTH] += change
        self._last = None

    # --- Bars ---

    def _bar(self, line: BarToken, column: int) -> None:
        if self._layer and not self._leave_overlay_bar():
            return
        self._end_bar(column)
        if line.starts_repeat or line.plays > 1 or line.endings or line.style:
            self.bars.mark_line(self.now, BarLine(*line))

    def _start_ending(self, passes: tuple[int, ...], column: int) -> None:
        """``[1``, which also ends the bar if that is open."""
        if not self._layer:
            self._end_bar(column)
            self.bars.mark_line(self.now, BarLine(endings=passes))

    def _end_bar(self, column: int) -> None:
        if self.bars.end_bar(self.now, column):
            self.slots.append(None)
        self.pitches.accidentals.clear()
        self._last = None

    # --- Overlays ---

    def _overlay(self, signs: str, column: int) -> None:
        """Go back to where the bar began, or for each further ``&`` a bar more, and go on in another layer."""
        if not self._layer:
            start = self.bars.start_before(self.now, len(signs))
            if start is None:
                self._log.add("no-bar-to-overlay", column, "there is no music before this & to lay a voice over")
                return
            self._frontier, self._overlay_start, self._overlay_bars = self.now, start, len(signs)
        self._change_layer(self._layer + 1)
        self.now = self._overlay_start

    def _change_layer(self, layer: int) -> None:
        self._frontier = max(self._frontier, self.now)
        self._ties_of_layer[self._layer] = self._tied
        self._layer, self._tied = layer, self._ties_of_layer.pop(layer, {})
        self.pitches.accidentals.clear()
        self._last = None
        self.lengths.forget()

    def _leave_overlay_bar(self) -> bool:
        """At a bar line in an overlay: whether the overlay is over, and the voice goes on after the longest layer."""
        self._overlay_bars -= 1
        if self._overlay_bars > 0:
            end = self.bars.next_end(self.now)
            self.now = self.now if end is None else end
            self.pitches.accidentals.clear()
            self.slots.append(None)
            return False
        self._close_overlay()
        return True

    def _close_overlay(self) -> None:
        self._change_layer(0)
        self.now = self._frontier

    # --- End ---

    def finish(self) -> None:
        """Close what is open."""
        if self._layer:
            self._close_overlay()
        self._end_bar(1)
        self.marks.finish()
        if self._tied:
            self._report_tie("the music ends")
        if self.lengths.left_in_tuplet:
            self._log.add("unfinished-tuplet", 1, f"the last tuplet still waits for {self.lengths.left_in_tuplet} notes")
        self.bars.report(self.now)
