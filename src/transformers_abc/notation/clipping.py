"""Cutting a tune: some of its bars, of its whole notes or of its seconds, as a tune that starts at 0.

Conventions:
    - A note belongs to the clip in which it begins, and is cut where the clip ends: each note is in one of clips that follow each other.
    - The clip begins with the metre, key and tempo in force at its start, and with the label of the part it lies in.
    - Bars that an edge cuts are shorter; the first one then is a pickup.
    - Slurs that an edge would tear are left out. So is the order of parts, which makes no sense for a piece of them.
    - Bars are those of the written tune, and repeats within a clip stay. Seconds count from the start of the tune as it is played, with its
      repeats played out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, pairwise

from transformers_abc.notation.marks import Mark, Slur
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import DEFAULT_TEMPO, BarLine, T, Tempo, Timed, Tune, Voice, effective_changes, in_voice_order, value_at

GRID_WN = Fraction(1, 16)  # where a clip in seconds may begin and end

_START = Fraction(0)


def clip_bars(tune: Tune, first: int, end: int, *, keep_held: bool = False) -> Tune:
    """Bars `first` up to `end`, which is not among them; counted from 0 as in a slice.

    Args:
        tune: the music.
        first, end: places of bars in `Tune.bar_lengths_wn`.
        keep_held: strike what is left of notes that began before the clip; otherwise they are left out.

    Raises:
        ValueError: there are no such bars.

    >>> from transformers_abc.notation.tune import Note
    >>> notes = tuple(Note(Fraction(bar), Fraction(3, 2), 60 + 2 * bar) for bar in range(3))
    >>> tune = Tune((Voice(notes),), (Fraction(1),) * 3)
    >>> [(note.pitch_midi, str(note.onset_wn), str(note.length_wn)) for note in clip_bars(tune, 1, 2).voices[0].notes]
    [(62, '0', '1')]
    >>> [(note.pitch_midi, str(note.onset_wn), str(note.length_wn)) for note in clip_bars(tune, 1, 3, keep_held=True).voices[0].notes]
    [(60, '0', '1/2'), (62, '0', '3/2'), (64, '1', '1')]
    """
    bars = len(tune.bar_lengths_wn)
    if not 0 <= first < end <= bars:
        raise ValueError(f"bars {first} to {end} of a tune of {bars} bars: give 0 <= first < end <= {bars}")
    bounds_wn = list(accumulate(tune.bar_lengths_wn, initial=_START))
    return _clip(tune, bounds_wn[first], bounds_wn[end], keep_held=keep_held)


def clip_seconds(tune: Tune, start_s: float, end_s: float, *, grid_wn: Fraction = GRID_WN, keep_held: bool = False) -> Tune:
    """What is heard from `start_s` to `end_s` when the tune is played, both rounded to the nearest multiple of `grid_wn`.

    Args:
        tune: the music; its repeats are played out.
        start_s, end_s: seconds from the start of the tune by its tempo map; beyond its end there is nothing.
        grid_wn: in whole notes.
        keep_held: as in `clip_bars`.

    Raises:
        ValueError: the clip would be empty.

    >>> from transformers_abc.notation.tune import Note
    >>> notes = (Note(Fraction(place, 4), Fraction(1, 4), pitch) for place, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72)))
    >>> tune = Tune((Voice(tuple(notes)),), (Fraction(1),) * 2)
    >>> clip = clip_seconds(tune, 0.6, 1.98)    # a quarter lasts 0.5 s
    >>> [note.pitch_midi for note in clip.voices[0].notes], [str(length) for length in clip.bar_lengths_wn]
    ([64, 65], ['11/16'])
    """
    played = expand_repeats(tune)
    start_wn, end_wn = (_on_grid(time_at(played, seconds), grid_wn, played.length_wn) for seconds in (start_s, end_s))
    if start_wn >= end_wn:
        length_s = played.seconds_at(played.length_wn)
        raise ValueError(f"nothing lies between {start_s} s and {end_s} s on a grid of {grid_wn} in a tune of {length_s:.3f} s")
    return _clip(played, start_wn, end_wn, keep_held=keep_held)


def clip_span(tune: Tune, start_wn: Fraction, end_wn: Fraction, *, keep_held: bool = False) -> Tune:
    """What begins from `start_wn` up to `end_wn`, as written.

    Args:
        tune: the music.
        start_wn, end_wn: in whole notes from its start.
        keep_held: as in `clip_bars`.

    Raises:
        ValueError: there is no such span.

    >>> from transformers_abc.notation.tune import Note
    >>> notes = tuple(Note(Fraction(place, 4), Fraction(1, 4), 60 + 12 * (place % 4)) for place in range(8))
    >>> tune = Tune((Voice(notes),), (Fraction(1),) * 2)
    >>> clip = clip_span(tune, Fraction(3, 4), Fraction(3, 2))    # a pickup of a quarter, and half a bar
    >>> [note.pitch_midi for note in clip.voices[0].notes], [str(length) for length in clip.bar_lengths_wn]
    ([96, 60, 72], ['1/4', '1/2'])
    """
    if not 0 <= start_wn < end_wn <= tune.length_wn:
        raise ValueError(f"{start_wn} to {end_wn} of a tune of {tune.length_wn} whole notes: give 0 <= start < end <= {tune.length_wn}")
    return _clip(tune, start_wn, end_wn, keep_held=keep_held)


def time_at(tune: Tune, seconds: float) -> Fraction:
    """The time in whole notes at which `Tune.seconds_at` is `seconds`; exact but for the floats of the tempo map.

    >>> slow = Tempo(Fraction(1, 4), Fraction(60))
    >>> str(time_at(Tune((), (Fraction(2),), tempos=((Fraction(1), slow),)), 4.0))    # a whole note of 2 s, then half a one of 4 s
    '3/2'
    """
    rest_s, reached_wn, tempo = Fraction(seconds), _START, DEFAULT_TEMPO
    for change_wn, next_tempo in tune.tempos:
        until_change_s = (change_wn - reached_wn) * _whole_note_s(tempo)
        if until_change_s >= rest_s:
            break
        rest_s, reached_wn, tempo = rest_s - until_change_s, change_wn, next_tempo
    return reached_wn + rest_s / _whole_note_s(tempo)


def _whole_note_s(tempo: Tempo) -> Fraction:
    return 60 / (tempo.beats_per_minute * tempo.beat_wn)


def _on_grid(time_wn: Fraction, grid_wn: Fraction, length_wn: Fraction) -> Fraction:
    return min(max(round(time_wn / grid_wn) * grid_wn, _START), length_wn)


def _clip(tune: Tune, start_wn: Fraction, end_wn: Fraction, *, keep_held: bool) -> Tune:
    bounds_wn = [start_wn, *(onset_wn for onset_wn in tune.bar_onsets_wn if start_wn < onset_wn < end_wn), end_wn]
    return replace(
        tune,
        voices=tuple(_clip_voice(voice, start_wn, end_wn, keep_held) for voice in tune.voices),
        bar_lengths_wn=tuple(next_wn - bound_wn for bound_wn, next_wn in pairwise(bounds_wn)),
        metres=_clip_changes(tune.metres, start_wn, end_wn),
        keys=_clip_changes(tune.keys, start_wn, end_wn),
        tempos=_clip_changes(tune.tempos, start_wn, end_wn),
        bar_lines=tuple(_clip_bar_lines(tune.bar_lines, start_wn, end_wn)),
        parts=_clip_changes(tune.parts, start_wn, end_wn),
        part_order="",
    )


def _clip_voice(voice: Voice, start_wn: Fraction, end_wn: Fraction, keep_held: bool) -> Voice:
    first, last = (bisect_left(voice.notes, time_wn, key=lambda note: note.onset_wn) for time_wn in (start_wn, end_wn))
    notes = list(voice.notes[first:last])
    if keep_held:
        notes += [
            replace(note, onset_wn=start_wn, length_wn=note.end_wn - start_wn) for note in voice.notes[:first] if note.end_wn > start_wn
        ]
    clipped = [replace(note, onset_wn=note.onset_wn - start_wn, length_wn=min(note.end_wn, end_wn) - note.onset_wn) for note in notes]
    return replace(voice, notes=in_voice_order(clipped), marks=tuple(_clip_marks(voice.marks, start_wn, end_wn)))


def _clip_marks(marks: Timed[Mark], start_wn: Fraction, end_wn: Fraction) -> Iterator[tuple[Fraction, Mark]]:
    for onset_wn, mark in marks:
        is_torn = isinstance(mark, Slur) and onset_wn + mark.length_wn >= end_wn
        if start_wn <= onset_wn < end_wn and not is_torn:
            yield onset_wn - start_wn, mark


def _clip_changes(changes: Timed[T], start_wn: Fraction, end_wn: Fraction) -> Timed[T]:
    """What is in force at the start and changes in the clip."""
    in_force = [(_START, value_at(changes, start_wn))] if changes and changes[0][0] <= start_wn else []
    return effective_changes(
        [*in_force, *((time_wn - start_wn, value) for time_wn, value in changes if start_wn < time_wn)], end_wn - start_wn
    )


def _clip_bar_lines(lines: Timed[BarLine], start_wn: Fraction, end_wn: Fraction) -> Iterator[tuple[Fraction, BarLine]]:
    """The bar lines of the clip; at its edges what they say to the music inside."""
    for onset_wn, line in lines:
        if onset_wn == start_wn:
            line = BarLine(starts_repeat=line.starts_repeat, endings=line.endings)
        elif onset_wn == end_wn:
            line = BarLine(plays=line.plays)
        if start_wn <= onset_wn <= end_wn and line != BarLine():
            yield onset_wn - start_wn, line
