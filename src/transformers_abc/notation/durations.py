"""How exact lengths are written down: note values, ties and tuplets.

Music sounds in stretches of any length; notation has whole, half, quarter notes and so on, each with up to two dots, and brackets that
squeeze them. `divide_bar` turns the stretches of one bar into written values:

    - A length that no single value has is split at the strongest beat it crosses (the pieces are tied by whoever writes them).
    - A time that no halving of the bar reaches lies in a tuplet: the narrowest window, placed on the beats, that begins and ends
      between notes and leaves single values inside. Failing that, the beat or a part of it, with ties.
    - p values stand in the time of q, the largest power of two below p: 3:2, 5:4, 7:4 or 9:8. Triplets within quintuplets and primes
      from 11 on have no bracket here; such a length stays as it is, a plain fraction.

Times are integers, in the ticks of `ticks.common_ticks`, counted from where a full bar of the metre would begin. A stretch is a time in
which a voice neither starts nor ends a note. "Dyadic" means: a whole note divided by a power of two, or a multiple of that.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import gcd

from transformers_abc.notation.tune import Metre

TUPLETS = {3: 2, 5: 4, 7: 4, 9: 8}  # p values in the time of q
TOO_LONG_WN = 4  # the longest value is a breve with two dots
MOST_IN_TUPLET = 9  # values in one bracket: abcjs reads one digit
NARROWEST_TUPLETS_IN_WHOLE = 64
_WINDOW_DOUBLINGS = 8  # from the narrowest tuplet to two whole notes
_ODD_PARTS = (1, 3, 7)  # of the length, as a multiple of a power of two: undotted, dotted, double-dotted
_PLAIN = (1, 1)


@dataclass(frozen=True, slots=True)
class Value:
    """One written note, chord or rest.

    Attributes:
        start, end: when it sounds.
        written: the length that is written; longer than it sounds inside a tuplet.
        stretch: which stretch it is, or is a piece of.
        tuplet: ``(p, q, r)`` on the first of the r values of a bracket.
    """

    start: int
    end: int
    written: int
    stretch: int
    tuplet: tuple[int, int, int] | None = None


def divide_bar(edges: Sequence[int], sounds: Sequence[bool], metre: Metre, ticks_per_whole: int) -> list[Value]:
    """Write the stretches of one bar as note values.

    Args:
        edges: where the stretches begin, and where the last one ends; the first is above 0 in a pickup.
        sounds: for each stretch whether it has notes; else it is a rest.
        metre: tells where the beats are.
        ticks_per_whole: from `common_ticks` of all edges and the metre.

    >>> def lengths(metre, *edges):                                   # in units of a 24th note
    ...     values = divide_bar([64 * edge for edge in edges], [True] * len(edges), metre, 1536)
    ...     return [(value.written / 64, value.tuplet) for value in values]
    >>> lengths(Metre(4, 4), 0, 9, 24)                                # five eighths from the second beat on: split at the half bar
    [(9.0, None), (3.0, None), (12.0, None)]
    >>> lengths(Metre(2, 4), 0, 4, 6, 12)
    [(6.0, (3, 2, 2)), (3.0, None), (6.0, None)]
    """
    if len(sounds) == 1 and not sounds[0] and edges[1] - edges[0] < TOO_LONG_WN * ticks_per_whole:  # a bar's rest is written whole
        return [Value(edges[0], edges[1], edges[1] - edges[0], 0)]
    bar = _Bar(edges, sounds, metre, ticks_per_whole)
    return [value for window in bar.windows() for value in bar.values_in(window)]


def is_dyadic_metre(metre: Metre) -> bool:
    return metre.denominator & (metre.denominator - 1) == 0


def _odd_part(number: int) -> int:
    return number // (number & -number)


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

    start: int
    end: int
    ratio: tuple[int, int] = _PLAIN


class _Bar:
    """One bar of one voice."""

    def __init__(self, edges: Sequence[int], sounds: Sequence[bool], metre: Metre, ticks_per_whole: int) -> None:
        self.edges = edges
        self.sounds = sounds
        self.whole = ticks_per_whole
        self.odd = _odd_part(ticks_per_whole)  # what dyadic times are multiples of
        # A metre over thirds of a note has no place in notation: its bars are divided as if in quarters.
        self.unit = ticks_per_whole // (metre.denominator if is_dyadic_metre(metre) else 4)
        self.beat = self.unit * (3 if is_dyadic_metre(metre) and metre.is_compound else 1)
        self.narrowest = ticks_per_whole // NARROWEST_TUPLETS_IN_WHOLE

    def windows(self) -> Iterator[_Window]:
        """The bar's tuplets and the plain stretches between them, in order."""
        reached, bar_end = self.edges[0], self.edges[-1]
        for edge in self.edges:
            if edge % self.odd == 0 or edge < reached or edge == reached == bar_end:
                continue
            window = self._tuplet_around(edge, reached)
            if window.start > reached:
                yield _Window(reached, window.start)
            yield window
            reached = window.end
        if reached < bar_end:
            yield _Window(reached, bar_end)

    def values_in(self, window: _Window) -> list[Value]:
        """What is written in one window."""
        values = [value for start, end in self._stretches_of(window) for value in self._values(start, end, window)]
        return values if window.ratio == _PLAIN else _bracketed(values, window.ratio)

    def _values(self, start: int, end: int, window: _Window) -> Iterator[Value]:
        """One stretch, or as much of it as lies in the window, in single values."""
        p, q = window.ratio
        origin = 0 if window.ratio == _PLAIN else window.start
        stretch = self._index_at(start)
        for written_start, written_end in self._single_values((start - origin) * p // q, (end - origin) * p // q):
            sounding = origin + written_start * q // p, origin + written_end * q // p
            yield Value(*sounding, written_end - written_start, stretch)

    def _single_values(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The starts and ends of note values that together last from `start` to `end`, split at strong beats."""
        if self._is_single_value(end - start) or start % self.odd or end % self.odd:
            yield start, end
            return
        cut = self._strongest_between(start, end)
        yield from self._single_values(start, cut)
        yield from self._single_values(cut, end)

    def _is_single_value(self, length: int) -> bool:
        """Whether one note value, with at most two dots, has this length."""
        return length % self.odd == 0 and _odd_part(length // self.odd) in _ODD_PARTS and length < TOO_LONG_WN * self.whole

    def _strongest_between(self, start: int, end: int) -> int:
        """The time strictly between two dyadic ones that lies on the largest doubling of the beat, or else on the largest grid."""
        common_bits = start // self.odd | end // self.odd | self.whole // self.odd
        grid = (common_bits & -common_bits) * self.odd
        for step in (self.beat, grid):
            before, last = start // step, -(-end // step) - 1  # steps to the start or shortly before it, and to before the end
            if before < last:
                cleared_bits = (before ^ last).bit_length() - 1
                return (last >> cleared_bits << cleared_bits) * step
        raise AssertionError(f"nothing lies between {start} and {end}")  # callers split only what is longer than a grid step

    def _tuplet_around(self, edge: int, reached: int) -> _Window:
        """The window of the tuplet that `edge` belongs to; it starts at `reached` at the earliest."""
        for doublings in range(_WINDOW_DOUBLINGS):
            width = self.narrowest << doublings
            step = min(width, self.unit)
            start = (edge - width) // step * step + step
            while start <= edge:
                window = self._window(max(start, self.edges[0]), start + width)
                if window.start >= reached and self._is_well_written(window):
                    return window
                start += step
        return self._cut_tuplet_around(edge, reached)

    def _cut_tuplet_around(self, edge: int, reached: int) -> _Window:
        """The beat, or the largest part of it that is a tuplet, whatever it cuts; the plain beat where there is none."""
        width = self.beat
        while width >= self.narrowest:
            window = self._window_of_grid(edge, width, reached)
            if window.ratio != _PLAIN:
                return window
            width = min(width // 2, self.unit)
        return self._window_of_grid(edge, self.beat, reached)

    def _window_of_grid(self, time: int, width: int, reached: int) -> _Window:
        start = time // width * width
        return self._window(max(start, reached), start + width)

    def _window(self, start: int, end: int) -> _Window:
        """A window within the bar, with the tuplet that reaches all its edges; plain where none does."""
        end = min(end, self.edges[-1])
        p = self.odd // gcd(self.odd, end - start, *[edge - start for edge in self._edges_within(start, end)])
        return _Window(start, end, (p, TUPLETS[p]) if p in TUPLETS else _PLAIN)

    def _is_well_written(self, window: _Window) -> bool:
        """Whether a tuplet cuts no note at its ends and needs no ties inside."""
        if window.ratio == _PLAIN or not (self._is_between_notes(window.start) and self._is_between_notes(window.end)):
            return False
        p, q = window.ratio
        return all(self._is_single_value((end - start) * p // q) for start, end in self._stretches_of(window))

    def _is_between_notes(self, time: int) -> bool:
        """Whether a window may begin or end here; a rest gives way on the beat."""
        index = self._index_at(time)
        return self.edges[index] == time or (time % self.unit == 0 and not self.sounds[index])

    def _stretches_of(self, window: _Window) -> Iterator[tuple[int, int]]:
        return pairwise([window.start, *self._edges_within(window.start, window.end), window.end])

    def _edges_within(self, start: int, end: int) -> Sequence[int]:
        return self.edges[bisect_right(self.edges, start) : bisect_left(self.edges, end)]

    def _index_at(self, time: int) -> int:
        return bisect_right(self.edges, time) - 1


def beam_ticks(metre: Metre, ticks_per_whole: int) -> int:
    """What is beamed together: a beat, but in 3/8 the bar and in other metres of short beats a quarter.

    >>> [beam_ticks(metre, 48) for metre in (Metre(4, 4), Metre(6, 8), Metre(3, 8), Metre(7, 16))]
    [12, 18, 18, 12]
    """
    quarter = ticks_per_whole // 4
    beat = ticks_per_whole * metre.beat_wn.numerator // metre.beat_wn.denominator
    if metre.is_compound:
        return beat
    return 3 * beat if metre.numerator == 3 and beat < quarter else max(beat, quarter)
