"""The notes of one voice as the written values of MusicXML ``<voice>``s: chords, ties, tuplets and beams.

Notes that start and end together are a chord. What overlaps otherwise is shared out among layers: in order of onset, the highest first,
each chord goes to the first layer that is free. A layer is cut at bar lines and wherever something stands that needs a note of its own.

Times are integers, in the ticks of `ticks.common_ticks`, counted from the start of the tune.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from transformers_abc.notation.durations import Value, beam_ticks, divide_bar
from transformers_abc.notation.musicxml_parts.element import NOTE_TYPES, type_and_dots, values_of
from transformers_abc.notation.ticks import Time, in_ticks
from transformers_abc.notation.tune import Metre, Note
from transformers_abc.notation.writing.bar_grid import BarGrid

MAX_RHYTHMS_KEPT = 4096
_FLAGS = {name: flags for flags, name in enumerate(NOTE_TYPES.split()[6:], 1)}  # from the eighth on
_PLAIN = (1, 1)


class Chord(NamedTuple):
    """Notes that start and end together, from low to high."""

    start: Time
    end: Time
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """One written note, chord or rest.

    Attributes:
        start, end: when it sounds.
        written_wn: the length that is written.
        chord: what sounds; the written value may be a piece of it. None for a rest.
        ratio: how many of such values stand in the time of how many.
        starts_bracket, ends_bracket: whether the bracket of a tuplet begins or ends here.
        is_whole_bar: whether this is a rest for all of a bar that is as long as its metre says.
        beams: ``begin``, ``continue``, ``end`` or a hook for every beam, the longest beam first.
    """

    start: Time
    end: Time
    written_wn: Fraction
    chord: Chord | None
    ratio: tuple[int, int] = _PLAIN
    starts_bracket: bool = False
    ends_bracket: bool = False
    is_whole_bar: bool = False
    beams: tuple[str, ...] = ()


def layers_of(notes: Iterable[Note], ticks_per_whole: int) -> list[list[Chord]]:
    """The layers of a voice, each in time order; there is always a first.

    >>> quarter, half = Fraction(1, 4), Fraction(1, 2)
    >>> notes = [Note(Fraction(0), half, 60), Note(Fraction(0), quarter, 64), Note(quarter, quarter, 65), Note(quarter, quarter, 69)]
    >>> [[[note.pitch_midi for note in chord.notes] for chord in layer] for layer in layers_of(notes, 16)]
    [[[64], [65, 69]], [[60]]]
    """
    together: dict[tuple[Time, Time], list[list[Note]]] = {}
    for note in notes:
        start = in_ticks(note.onset_wn, ticks_per_whole)
        chords = together.setdefault((start, start + in_ticks(note.length_wn, ticks_per_whole)), [])
        # A pitch that sounds twice needs two layers: nobody could tell the ties of a chord of unisons apart.
        chord = next((chord for chord in chords if all(other.pitch_midi != note.pitch_midi for other in chord)), None)
        if chord is None:
            chords.append(chord := [])
        chord.append(note)
    chords_by_time = [Chord(*times, tuple(sorted(c, key=lambda note: note.pitch_midi))) for times, cs in together.items() for c in cs]
    layers: list[list[Chord]] = []
    for chord_ in sorted(chords_by_time, key=lambda chord: (chord.start, -chord.notes[-1].pitch_midi, chord.end)):
        for layer in layers:
            if layer[-1].end <= chord_.start:
                layer.append(chord_)
                break
        else:
            layers.append([chord_])
    return layers or [[]]


def written_bars(layer: Sequence[Chord], cuts: Iterable[Time], grid: BarGrid) -> list[list[Written]]:
    """What a layer has in every bar, rests where it has nothing."""
    times = sorted({*grid.edges, *cuts, *(chord.start for chord in layer), *(chord.end for chord in layer)})
    bars: list[list[Written]] = []
    edges: list[Time] = []
    chords: list[Chord | None] = []
    index = 0
    for start, end in pairwise(times):
        while index < len(layer) and layer[index].end <= start:
            index += 1
        edges.append(start)
        chords.append(layer[index] if index < len(layer) and layer[index].start <= start else None)
        if end == grid.edges[len(bars) + 1]:
            bars.append(_written_bar([*edges, end], chords, grid, len(bars)))
            edges, chords = [], []
    return bars


def _written_bar(edges: Sequence[Time], chords: Sequence[Chord | None], grid: BarGrid, bar: int) -> list[Written]:
    origin, whole, metre = grid.origins[bar], grid.ticks_per_whole, grid.metres[bar]
    full_bar = in_ticks(metre.bar_wn, whole)  # a whole-bar rest in a short bar would fill it up for some programs
    sounds = tuple(chord is not None for chord in chords)
    written: list[Written] = []
    ratio, left_in_bracket = _PLAIN, 0
    for value in _divided(tuple(int(edge - origin) for edge in edges), sounds, metre, whole):
        if value.tuplet:
            ratio, left_in_bracket = value.tuplet[:2], value.tuplet[2]
        piece = Written(
            value.start + origin,
            value.end + origin,
            Fraction(value.written, whole),
            chords[value.stretch],
            ratio if left_in_bracket else _PLAIN,
            starts_bracket=value.tuplet is not None,
            ends_bracket=left_in_bracket == 1,
            is_whole_bar=sounds == (False,) and value.end - value.start == full_bar,
        )
        written += [piece] if piece.is_whole_bar or type_and_dots(piece.written_wn) else _single_pieces(piece, whole)
        left_in_bracket = max(left_in_bracket - 1, 0)
    return _beamed(written, metre, origin, whole)


@lru_cache(maxsize=MAX_RHYTHMS_KEPT)
def _divided(edges: tuple[int, ...], sounds: tuple[bool, ...], metre: Metre, ticks_per_whole: int) -> list[Value]:
    return divide_bar(edges, sounds, metre, ticks_per_whole)


def _single_pieces(written: Written, ticks_per_whole: int) -> Iterator[Written]:
    """Single values for a length that `divide_bar` left whole, in the ratio that any fraction has: 11 in the time of 8, for instance."""
    length_wn = Fraction(written.end - written.start, ticks_per_whole)
    p = length_wn.denominator // (length_wn.denominator & -length_wn.denominator)
    q = 1 << (p.bit_length() - 1)
    start = written.start
    for value_wn in values_of(length_wn * p / q):
        end = start + in_ticks(value_wn * q / p, ticks_per_whole)
        yield Written(start, end, value_wn, written.chord, (p, q))
        start = end


def _beamed(written: Sequence[Written], metre: Metre, origin: Time, ticks_per_whole: int) -> list[Written]:
    """The values with their beams: notes below a quarter that lie in one beat or one tuplet share one."""
    beam = beam_ticks(metre, ticks_per_whole)
    flags = [_FLAGS.get((type_and_dots(value.written_wn) or ("",))[0], 0) if value.chord else 0 for value in written]
    joined = [False] * (len(written) + 1)  # to the one before
    is_in_bracket = False
    for index, value in enumerate(written):
        if index and flags[index] and flags[index - 1]:
            same_beat = (value.start - origin) // beam == (written[index - 1].start - origin) // beam
            joined[index] = same_beat or (is_in_bracket and not value.starts_bracket)
        is_in_bracket = (is_in_bracket or value.starts_bracket) and not value.ends_bracket
    return [
        replace(value, beams=tuple(_beam_ends(flags, joined, index))) if joined[index] or joined[index + 1] else value
        for index, value in enumerate(written)
    ]


def _beam_ends(flags: Sequence[int], joined: Sequence[bool], index: int) -> Iterator[str]:
    for level in range(1, flags[index] + 1):
        before = joined[index] and flags[index - 1] >= level
        after = joined[index + 1] and flags[index + 1] >= level
        hook = "backward hook" if joined[index] else "forward hook"
        yield {(True, True): "continue", (True, False): "end", (False, True): "begin"}.get((before, after), hook)
