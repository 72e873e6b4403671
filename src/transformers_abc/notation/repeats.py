r"""Playing repeats out: a tune as it is written becomes the tune as it is heard.

    >>> notes = tuple(Note(Fraction(i), Fraction(1), pitch) for i, pitch in enumerate((60, 62, 64)))
    >>> lines = ((Fraction(1), BarLine(endings=(1,))), (Fraction(2), BarLine(plays=2, endings=(2,))))    # C |1 D :|2 E
    >>> played = expand_repeats(Tune((Voice(notes),), (Fraction(1),) * 3, bar_lines=lines))
    >>> [note.pitch_midi for note in played.voices[0].notes], played.bar_lines
    ([60, 62, 60, 64], ())

Conventions (what is played in which order says `playing_order`):
    - A note is cut where the music jumps away from it. Where the music jumps into a note, what is left of it is struck.
    - A slur is left out where a jump would tear it.
    - Metre, key and tempo after a jump are those in force at the place that is jumped to.
    - Bars are kept as they are: a bar cut short by a repeat and the pickup that completes it stay two bars.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import attrgetter, itemgetter

from transformers_abc.notation.marks import Mark, Slur
from transformers_abc.notation.playing_order import played_spans
from transformers_abc.notation.tune import BarLine, Note, T, Timed, Tune, Voice, effective_changes, in_voice_order, value_at

MAX_PLAYED_EVENTS = 300_000  # notes (also those looked at), marks and bars; a tune is played up to the jump beyond which it would have more
MAX_PLAYED_WN = 2**15  # whole notes: half a day of them, and less than MIDI can wait for the next event

_START = Fraction(0)
_note_onset: Callable[[Note], Fraction] = attrgetter("onset_wn")
_first: Callable[[tuple[Fraction, object]], Fraction] = itemgetter(0)


def expand_repeats(tune: Tune, *, max_events: int = MAX_PLAYED_EVENTS) -> Tune:
    """Play out repeats, endings and the order of parts.

    Args:
        tune: the music as written.
        max_events: where to stop: at the jump beyond which there would be more notes, marks and bars.

    Returns:
        The music as heard: `part_order` is empty, and of the bar lines only styles are left. A tune without repeats is given back itself.
    """
    if not tune.part_order and not any(line.plays > 1 or line.endings or line.starts_repeat for _, line in tune.bar_lines):
        return tune
    bar_bounds_wn = tuple(accumulate(tune.bar_lengths_wn, initial=_START))
    lines = [_NoteLine(voice.notes) for voice in tune.voices]
    stretches = _stretches(tune, bar_bounds_wn, lines, max_events)
    return replace(
        tune,
        voices=tuple(_play_voice(voice, line, stretches) for voice, line in zip(tune.voices, lines, strict=True)),
        bar_lengths_wn=tuple(length_wn for stretch in stretches for length_wn in _play_bars(tune.bar_lengths_wn, bar_bounds_wn, stretch)),
        metres=_play_changes(tune.metres, stretches),
        keys=_play_changes(tune.keys, stretches),
        tempos=_play_changes(tune.tempos, stretches),
        bar_lines=_play_bar_lines(tune.bar_lines, stretches),
        parts=tuple(timed for stretch in stretches for timed in _play_timed(tune.parts, stretch)),
        part_order="",
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Written time that is played without a jump, and how much later than written it is played (negative: earlier)."""

    start_wn: Fraction
    end_wn: Fraction
    shift_wn: Fraction


class _NoteLine:
    """The notes of a voice, and where times fall among them."""

    def __init__(self, notes: Sequence[Note]) -> None:
        self.notes = notes
        lengths_wn = {id(note.length_wn): note.length_wn for note in notes}  # many notes share one object, and to compare is dear
        self._longest_wn = max(lengths_wn.values(), default=_START)
        self._windows: dict[Fraction, tuple[int, int]] = {}

    def window(self, time_wn: Fraction) -> tuple[int, int]:
        """Which notes may sound on at a time: those from the first place up to the second, where the notes from that time on begin."""
        if time_wn not in self._windows:
            begun = first = bisect_left(self.notes, time_wn, key=_note_onset)
            if begun and self.notes[begun - 1].onset_wn > time_wn - self._longest_wn:
                first = bisect_right(self.notes, time_wn - self._longest_wn, hi=begun, key=_note_onset)
            self._windows[time_wn] = first, begun
        return self._windows[time_wn]

    def sounding_at(self, time_wn: Fraction) -> list[Note]:
        """The notes that began before a time and sound on."""
        first, begun = self.window(time_wn)
        return [note for note in self.notes[first:begun] if note.end_wn > time_wn]

    def work(self, start_wn: Fraction, end_wn: Fraction) -> int:
        """How many notes have to be looked at to play from one time to another."""
        (first, _), (last, end) = self.window(start_wn), self.window(end_wn)
        return end - first + end - last


def _stretches(tune: Tune, bar_bounds_wn: Sequence[Fraction], lines: Sequence[_NoteLine], max_events: int) -> list[_Stretch]:
    """What is played, as far as `max_events` and `MAX_PLAYED_WN` allow."""
    stretches: list[_Stretch] = []
    played_wn, events = _START, 0
    for start_wn, end_wn in played_spans(tune, bar_bounds_wn[-1]):
        stretch = _Stretch(start_wn, end_wn, played_wn - start_wn)
        events += sum(line.work(start_wn, end_wn) for line in lines) + sum(len(_slice(voice.marks, stretch)) for voice in tune.voices)
        events += bisect_left(bar_bounds_wn, end_wn) - bisect_left(bar_bounds_wn, start_wn)
        if stretches and (events > max_events or played_wn + end_wn - start_wn > MAX_PLAYED_WN):
            break
        stretches.append(stretch)
        played_wn += end_wn - start_wn
    return stretches


# --- Voices --------------------------------------------------------------------------------------------------------------------------


def _play_voice(voice: Voice, line: _NoteLine, stretches: Sequence[_Stretch]) -> Voice:
    notes = [note for stretch in stretches for note in _play_notes(line, stretch)]
    marks = [timed for stretch in stretches for timed in _play_marks(voice.marks, stretch)] if voice.marks else []
    return replace(voice, notes=tuple(notes), marks=tuple(marks))


def _play_notes(line: _NoteLine, stretch: _Stretch) -> Sequence[Note]:
    """The notes of a stretch in their order, with what is left of those that the music jumps into."""
    (_, first), (_, last) = line.window(stretch.start_wn), line.window(stretch.end_wn)
    inside = line.notes[first:last]
    if entered := line.sounding_at(stretch.start_wn):
        struck = [_copy(note, stretch.start_wn, note.end_wn - stretch.start_wn) for note in entered]
        inside = in_voice_order((*struck, *inside))
    if held := {note.pitch_midi for note in line.sounding_at(stretch.end_wn)}:
        inside = in_voice_order(_cut(note, stretch.end_wn) if note.pitch_midi in held else note for note in inside)
    return _shifted(inside, stretch.shift_wn) if stretch.shift_wn else inside


def _cut(note: Note, end_wn: Fraction) -> Note:
    return note if note.end_wn <= end_wn else _copy(note, note.onset_wn, end_wn - note.onset_wn)


def _shifted(notes: Iterable[Note], shift_wn: Fraction) -> list[Note]:
    """The same notes at another time."""
    numerator, denominator = shift_wn.as_integer_ratio()
    shifted = []
    for note in notes:
        onset, parts = note.onset_wn.as_integer_ratio()
        onset_wn = _fraction(onset * denominator + numerator * parts, parts * denominator)
        shifted.append(_copy(note, onset_wn, note.length_wn))
    return shifted


def _copy(note: Note, onset_wn: Fraction, length_wn: Fraction) -> Note:
    """The note with other times. Copying is most of the work here, so it does not go through the checks of `Note`, which hold anyway."""
    copy = _new(Note)
    _set(copy, "onset_wn", onset_wn)
    _set(copy, "length_wn", length_wn)
    _set(copy, "pitch_midi", note.pitch_midi)
    _set(copy, "alter", note.alter)
    return copy


_new, _set = object.__new__, object.__setattr__
_fraction = lru_cache(maxsize=2**16)(Fraction)  # the same few times occur in all tunes, and to reduce a fraction is dear


def _play_marks(marks: Timed[Mark], stretch: _Stretch) -> Iterator[tuple[Fraction, Mark]]:
    """The marks of a stretch without the slurs to a note beyond it."""
    for onset_wn, mark in _slice(marks, stretch):
        if not isinstance(mark, Slur) or onset_wn + mark.length_wn < stretch.end_wn:
            yield onset_wn + stretch.shift_wn, mark


# --- What all voices share -----------------------------------------------------------------------------------------------------------


def _slice(timed: Timed[T], stretch: _Stretch) -> Timed[T]:
    """What stands in the stretch, its end not included."""
    if not timed:
        return timed
    return timed[bisect_left(timed, stretch.start_wn, key=_first) : bisect_left(timed, stretch.end_wn, key=_first)]


def _play_timed(timed: Timed[T], stretch: _Stretch) -> Iterator[tuple[Fraction, T]]:
    return ((onset_wn + stretch.shift_wn, value) for onset_wn, value in _slice(timed, stretch))


def _play_changes(changes: Timed[T], stretches: Sequence[_Stretch]) -> Timed[T]:
    """What is in force where each stretch begins, and what changes in it."""
    if len(changes) == 1 and changes[0][0] == _START:
        return changes
    played: list[tuple[Fraction, T]] = []
    for stretch in stretches:
        if changes and changes[0][0] <= stretch.start_wn:
            played.append((stretch.start_wn + stretch.shift_wn, value_at(changes, stretch.start_wn)))
        played += _play_timed(changes, stretch)
    end_wn = stretches[-1].end_wn + stretches[-1].shift_wn if stretches else _START
    return effective_changes(played, end_wn)


def _play_bars(lengths_wn: Sequence[Fraction], bounds_wn: Sequence[Fraction], stretch: _Stretch) -> Sequence[Fraction]:
    """The lengths of a stretch's bars; `bounds_wn` are where bars start and the last one ends."""
    first, last = bisect_left(bounds_wn, stretch.start_wn), bisect_left(bounds_wn, stretch.end_wn)
    if bounds_wn[first] == stretch.start_wn and bounds_wn[last] == stretch.end_wn:
        return lengths_wn[first:last]
    inner = bounds_wn[first + (bounds_wn[first] == stretch.start_wn) : last]
    return [next_wn - bound_wn for bound_wn, next_wn in pairwise((stretch.start_wn, *inner, stretch.end_wn))]


def _play_bar_lines(lines: Timed[BarLine], stretches: Sequence[_Stretch]) -> Timed[BarLine]:
    """The double bars that a stretch passes or ends at; the last bar line has no style."""
    played: list[tuple[Fraction, BarLine]] = []
    for stretch in stretches:
        first, last = (bisect_right(lines, time_wn, key=_first) for time_wn in (stretch.start_wn, stretch.end_wn))
        played += [(onset_wn + stretch.shift_wn, BarLine(style=line.style)) for onset_wn, line in lines[first:last] if line.style]
    end_wn = stretches[-1].end_wn + stretches[-1].shift_wn if stretches else _START
    return tuple(timed for timed in played if timed[0] < end_wn)
