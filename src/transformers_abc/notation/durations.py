"""How exact lengths are written down: note values, ties and tuplets.

Music sounds in stretches of any length; notation has whole, half, quarter notes and so on, each with up to two dots, and brackets that
squeeze them. `divide_bar` turns the stretches of one bar into written values:

    - A length that no single value has is split at the strongest beat it crosses (the pieces are tied by whoever writes them).
    - A time that no halving of the bar reaches lies in a tuplet: the narrowest window, placed on the beats, that begins and ends
      between notes and leaves single values inside. Failing that, the beat or a part of it, with ties.
    - p values stand in the time of q, the largest power of two below p: 3:2, 5:4, 7:4 or 9:8. Triplets within quintuplets and primes
      from 11 on have no bracket here; such a length stays as it is, a plain fraction.

Times are `Fraction`s of a whole note from the start of the tune. "Dyadic" means: with a power of two below the fraction line.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import lcm

from transformers_abc.notation.tune import Metre, Note

TUPLETS = {3: 2, 5: 4, 7: 4, 9: 8}  # p values in the time of q
LONGEST_VALUE_WN = Fraction(2)  # a breve, which may be dotted
MOST_IN_TUPLET = 9  # values in one bracket: abcjs reads one digit
NARROWEST_TUPLET_WN = Fraction(1, 64)
_WINDOW_WIDTHS_WN = [NARROWEST_TUPLET_WN * 2**doublings for doublings in range(8)]  # to two whole notes
_ODD_PARTS = (1, 3, 7)  # of the length, as a multiple of a power of two: undotted, dotted, double-dotted
_PLAIN = (1, 1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which one voice neither starts nor ends a note; no notes means a rest."""

    start_wn: Fraction
    end_wn: Fraction
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """One written note, chord or rest.

    Attributes:
        start_wn, end_wn: when it sounds.
        written_wn: the length that is written; longer than it sounds inside a tuplet.
        notes: from low to high; none for a rest.
        tuplet: ``(p, q, r)`` on the first of the r values of a bracket.
    """

    start_wn: Fraction
    end_wn: Fraction
    written_wn: Fraction
    notes: tuple[Note, ...] = ()
    tuplet: tuple[int, int, int] | None = None


def divide_bar(stretches: Sequence[Stretch], metre: Metre, origin_wn: Fraction) -> list[Value]:
    """Write the stretches of one bar as note values.

    Args:
        stretches: they fill the bar without gaps.
        metre: tells where the beats are.
        origin_wn: where a full bar would begin; before the first stretch in a pickup.

    >>> def lengths(metre, *times):
    ...     times = [Fraction(time) for time in times]
    ...     stretches = [Stretch(*pair, (Note(*pair, 60),)) for pair in zip(times, times[1:])]
    ...     return [(str(value.written_wn), value.tuplet) for value in divide_bar(stretches, metre, times[0])]
    >>> lengths(Metre(4, 4), 0, "3/8", 1)                             # five eighths from the second beat on: split at the half bar
    [('3/8', None), ('1/8', None), ('1/2', None)]
    >>> lengths(Metre(2, 4), 0, "1/6", "1/4", "1/2")
    [('1/4', (3, 2, 2)), ('1/8', None), ('1/4', None)]
    """
    first = stretches[0]
    length_wn = first.end_wn - first.start_wn
    if len(stretches) == 1 and not first.notes and length_wn < 2 * LONGEST_VALUE_WN:  # a bar's rest is written whole
        return [Value(first.start_wn, first.end_wn, length_wn)]
    bar = _Bar(stretches, metre, origin_wn)
    return [value for window in bar.windows() for value in bar.values_in(window)]


def written_lengths(start_wn: Fraction, end_wn: Fraction, beat_wn: Fraction) -> list[Fraction]:
    """Single note values that together last from `start_wn` to `end_wn` (counted from the bar's start), split at strong beats.

    >>> [str(length) for length in written_lengths(Fraction(0), Fraction(9, 8), Metre(9, 8).beat_wn)]
    ['3/4', '3/8']
    """
    length_wn = end_wn - start_wn
    if is_single_value(length_wn) or not (is_dyadic(start_wn) and is_dyadic(end_wn)):
        return [length_wn]
    cut_wn = _strongest_between(start_wn, end_wn, beat_wn)
    return written_lengths(start_wn, cut_wn, beat_wn) + written_lengths(cut_wn, end_wn, beat_wn)


def is_single_value(length_wn: Fraction) -> bool:
    """Whether one note value, with at most two dots, has this length."""
    return is_dyadic(length_wn) and _odd_part(length_wn.numerator) in _ODD_PARTS and length_wn < 2 * LONGEST_VALUE_WN


def is_dyadic(time_wn: Fraction) -> bool:
    return _odd_part(time_wn.denominator) == 1


def _odd_part(number: int) -> int:
    return number // (number & -number)


def _strongest_between(start_wn: Fraction, end_wn: Fraction, beat_wn: Fraction) -> Fraction:
    """The time strictly between two dyadic ones that lies on the largest doubling of the beat, or else on the largest part of a note."""
    grid_wn = Fraction(1, max(start_wn.denominator, end_wn.denominator))
    for step_wn in (beat_wn, grid_wn):
        before, last = start_wn // step_wn, -(-end_wn // step_wn) - 1  # steps to the start or shortly before it, and to before the end
        if before < last:
            cleared_bits = (before ^ last).bit_length() - 1
            return (last >> cleared_bits << cleared_bits) * step_wn
    raise AssertionError(f"nothing lies between {start_wn} and {end_wn}")  # callers split only what is longer than a grid step


def _bracketed(values: Sequence[Value], ratio: tuple[int, int]) -> list[Value]:
    """The values with the head of their tuplet, or of several brackets of about one size where one would be too long."""
    brackets = -(-len(values) // MOST_IN_TUPLET)
    firsts = [len(values) * bracket // brackets for bracket in range(brackets + 1)]
    headed = list(values)
    for first, after in pairwise(firsts):
        headed[first] = replace(values[first], tuplet=(*ratio, after - first))
    return headed


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of the bar whose values are written `ratio` = (p, q) longer than they sound."""

    start_wn: Fraction
    end_wn: Fraction
    ratio: tuple[int, int] = _PLAIN


class _Bar:
    """One bar of one voice, with all times counted from where its metre begins."""

    def __init__(self, stretches: Sequence[Stretch], metre: Metre, origin_wn: Fraction) -> None:
        self.origin_wn = origin_wn
        self.stretches = stretches
        self.edges_wn = [stretch.start_wn - origin_wn for stretch in stretches]
        self.edges_wn.append(stretches[-1].end_wn - origin_wn)
        # A metre over thirds of a note has no place in notation: its bars are divided as if in quarters.
        self.beat_wn = metre.beat_wn if is_dyadic(metre.beat_wn) else Fraction(1, 4)
        self.unit_wn = Fraction(1, metre.denominator) if is_dyadic(metre.beat_wn) else Fraction(1, 4)

    def windows(self) -> Iterator[_Window]:
        """The bar's tuplets and the plain stretches between them, in order."""
        reached_wn, bar_end_wn = self.edges_wn[0], self.edges_wn[-1]
        for edge_wn in self.edges_wn:
            if is_dyadic(edge_wn) or (edge_wn < reached_wn) or (edge_wn == reached_wn == bar_end_wn):
                continue
            window = self._tuplet_around(edge_wn, reached_wn)
            if window.start_wn > reached_wn:
                yield _Window(reached_wn, window.start_wn)
            yield window
            reached_wn = window.end_wn
        if reached_wn < bar_end_wn:
            yield _Window(reached_wn, bar_end_wn)

    def values_in(self, window: _Window) -> list[Value]:
        """What is written in one window."""
        times_wn = [window.start_wn, *self._edges_within(window.start_wn, window.end_wn), window.end_wn]
        values: list[Value] = []
        for start_wn, end_wn in pairwise(times_wn):
            values += self._values(start_wn, end_wn, window)
        return values if window.ratio == _PLAIN else _bracketed(values, window.ratio)

    def _values(self, start_wn: Fraction, end_wn: Fraction, window: _Window) -> Iterator[Value]:
        """One stretch, or as much of it as lies in the window, in single values."""
        if window.ratio == _PLAIN:
            lengths_wn = [(length_wn, length_wn) for length_wn in written_lengths(start_wn, end_wn, self.beat_wn)]
        else:
            factor = Fraction(*window.ratio)
            from_wn, to_wn = (start_wn - window.start_wn) * factor, (end_wn - window.start_wn) * factor
            lengths_wn = [(written_wn, written_wn / factor) for written_wn in written_lengths(from_wn, to_wn, self.beat_wn)]
        notes = self.stretches[self._index_at(start_wn)].notes
        value_start_wn = start_wn + self.origin_wn
        for written_wn, sounding_wn in lengths_wn:
            value_end_wn = value_start_wn + sounding_wn
            yield Value(value_start_wn, value_end_wn, written_wn, notes)
            value_start_wn = value_end_wn

    def _tuplet_around(self, edge_wn: Fraction, reached_wn: Fraction) -> _Window:
        """The window of the tuplet that `edge_wn` belongs to; it starts at `reached_wn` at the earliest."""
        for width_wn in _WINDOW_WIDTHS_WN:
            step_wn = min(width_wn, self.unit_wn)
            start_wn = (edge_wn - width_wn) // step_wn * step_wn + step_wn
            while start_wn <= edge_wn:
                window = self._window(max(start_wn, self.edges_wn[0]), start_wn + width_wn)
                if window.start_wn >= reached_wn and self._is_well_written(window):
                    return window
                start_wn += step_wn
        return self._cut_tuplet_around(edge_wn, reached_wn)

    def _cut_tuplet_around(self, edge_wn: Fraction, reached_wn: Fraction) -> _Window:
        """The beat, or the largest part of it that is a tuplet, whatever it cuts; the plain beat where there is none."""
        width_wn = self.beat_wn
        while width_wn >= NARROWEST_TUPLET_WN:
            window = self._window_of_grid(edge_wn, width_wn, reached_wn)
            if window.ratio != _PLAIN:
                return window
            width_wn = min(width_wn / 2, self.unit_wn)
        return self._window_of_grid(edge_wn, self.beat_wn, reached_wn)

    def _window_of_grid(self, time_wn: Fraction, width_wn: Fraction, reached_wn: Fraction) -> _Window:
        start_wn = time_wn // width_wn * width_wn
        return self._window(max(start_wn, reached_wn), start_wn + width_wn)

    def _window(self, start_wn: Fraction, end_wn: Fraction) -> _Window:
        """A window within the bar, with the tuplet that reaches all its edges; plain where none does."""
        end_wn = min(end_wn, self.edges_wn[-1])
        p = lcm(*(_odd_part((edge_wn - start_wn).denominator) for edge_wn in (*self._edges_within(start_wn, end_wn), end_wn)))
        return _Window(start_wn, end_wn, (p, TUPLETS[p]) if p in TUPLETS else _PLAIN)

    def _is_well_written(self, window: _Window) -> bool:
        """Whether a tuplet cuts no note at its ends and needs no ties inside."""
        if window.ratio == _PLAIN or not (self._is_between_notes(window.start_wn) and self._is_between_notes(window.end_wn)):
            return False
        times_wn = [window.start_wn, *self._edges_within(window.start_wn, window.end_wn), window.end_wn]
        factor = Fraction(*window.ratio)
        return all(is_single_value((end_wn - start_wn) * factor) for start_wn, end_wn in pairwise(times_wn))

    def _is_between_notes(self, time_wn: Fraction) -> bool:
        """Whether a window may begin or end here; a rest gives way on the beat."""
        index = self._index_at(time_wn)
        return self.edges_wn[index] == time_wn or (time_wn % self.unit_wn == 0 and not self.stretches[index].notes)

    def _edges_within(self, start_wn: Fraction, end_wn: Fraction) -> list[Fraction]:
        return self.edges_wn[bisect_right(self.edges_wn, start_wn) : bisect_left(self.edges_wn, end_wn)]

    def _index_at(self, time_wn: Fraction) -> int:
        return bisect_right(self.edges_wn, time_wn) - 1
