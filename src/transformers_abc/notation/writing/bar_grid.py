"""The bars of a tune with all that stands in them beside notes, in ticks, ready to be written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import accumulate

from transformers_abc.notation.marks import Slur
from transformers_abc.notation.texts import one_line
from transformers_abc.notation.ticks import Time, common_ticks, in_ticks
from transformers_abc.notation.tune import BarLine, Metre, Timed, Tune, effective_changes
from transformers_abc.notation.writing import bar_line_writer
from transformers_abc.notation.writing.bar_line_writer import PLAIN
from transformers_abc.notation.writing.field_writer import Change

Field = Change | str  # a string is the label of a part

_START = Fraction(0)


class BarGrid:
    """Bars and what changes in them.

    Attributes:
        ticks_per_whole: the unit of all times here.
        edges: where each bar starts, and the end of the last one.
        metres: of each bar.
        origins: where each bar would begin if it were full; before its start in a pickup.
        lines: the bar line at each of the edges.
        parts: the labels of parts that begin with a bar, by the number of the bar.
        fields: what stands within the tune: labels of parts within bars, metres, keys and tempos, by time. Voices but the first have
            `fields_of_others`.
        key: at the start.
    """

    def __init__(self, tune: Tune) -> None:
        if not all(length_wn > 0 for length_wn in tune.bar_lengths_wn):
            raise ValueError(f"every bar needs a positive length, got {min(tune.bar_lengths_wn)}")
        length_wn = tune.length_wn
        metres = effective_changes(tune.metres, length_wn)
        self.ticks_per_whole = ticks = common_ticks(_denominators(tune))
        self.edges: list[Time] = list(accumulate((in_ticks(bar_wn, ticks) for bar_wn in tune.bar_lengths_wn), initial=0))
        self.metres = list(self._metre_of_bars(metres))
        self.origins = [self._origin(bar) for bar in range(len(self.metres))]
        self.key = tune.key_at(_START)
        self.lines = self._lines(tune.bar_lines)
        self.parts, inside = self._parts(tune.parts)
        keys, tempos = effective_changes(tune.keys, length_wn), effective_changes(tune.tempos, length_wn)
        self.fields_of_others = self._by_time([*metres, *keys])
        self.fields = self._by_time([*inside, *metres, *keys, *tempos])

    def bar_at(self, time: Time) -> int:
        return bisect_right(self.edges, time) - 1

    def _metre_of_bars(self, metres: Timed[Metre]) -> Iterator[Metre]:
        starts = [in_ticks(onset_wn, self.ticks_per_whole) for onset_wn, _ in metres]
        return (metres[max(bisect_right(starts, edge) - 1, 0)][1] for edge in self.edges[:-1])

    def _origin(self, bar: int) -> Time:
        start, end, metre = self.edges[bar], self.edges[bar + 1], self.metres[bar]
        full = in_ticks(metre.bar_wn, self.ticks_per_whole)
        return end - full if bar == 0 and end < full and not metre.is_free else start

    def _lines(self, lines: Timed[BarLine]) -> list[BarLine]:
        line_at: dict[Time, BarLine] = {}
        for onset_wn, line in lines:
            bar_line_writer.check(line)
            line_at[in_ticks(onset_wn, self.ticks_per_whole)] = line
        if astray := line_at.keys() - self.edges:
            raise ValueError(f"a bar line stands at {Fraction(min(astray)) / self.ticks_per_whole}, where no bar starts or ends")
        return [line_at.get(edge, PLAIN) for edge in self.edges]

    def _parts(self, parts: Timed[str]) -> tuple[dict[int, list[str]], list[tuple[Fraction, str]]]:
        """Labels of parts that begin with a bar, and those of parts that begin within one."""
        at_bars: dict[int, list[str]] = {}
        inside = []
        for onset_wn, label in parts:
            onset = in_ticks(onset_wn, self.ticks_per_whole)
            if not one_line(label) or not self.edges[0] <= onset < self.edges[-1]:
                continue
            if onset == self.edges[self.bar_at(onset)]:
                at_bars.setdefault(self.bar_at(onset), []).append(label)
            else:
                inside.append((onset_wn, label))
        return at_bars, inside

    def _by_time(self, changes: Iterable[tuple[Fraction, Field]]) -> dict[Time, list[Field]]:
        fields: dict[Time, list[Field]] = {}
        for onset_wn, change in changes:
            if onset_wn > _START:
                fields.setdefault(in_ticks(onset_wn, self.ticks_per_whole), []).append(change)
        return fields


def _denominators(tune: Tune) -> set[int]:
    """Those of all times in the tune."""
    times_wn: list[Fraction] = [*tune.bar_lengths_wn]
    timed: tuple[Timed[object], ...] = (tune.metres, tune.keys, tune.tempos, tune.parts, tune.bar_lines)
    for changes in timed:
        times_wn += [onset_wn for onset_wn, _ in changes]
    for voice in tune.voices:
        times_wn += [note.onset_wn for note in voice.notes]
        times_wn += [note.length_wn for note in voice.notes]
        times_wn += [onset_wn for onset_wn, _ in voice.marks]
        times_wn += [mark.length_wn for _, mark in voice.marks if isinstance(mark, Slur)]
    return {time_wn.denominator for time_wn in times_wn} | {metre.denominator for _, metre in tune.metres}
