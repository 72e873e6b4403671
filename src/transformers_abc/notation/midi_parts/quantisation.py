"""From MIDI ticks to exact times: what was written is found again, what was played is put on a grid.

The rule, for the onsets and the ends of a file each:
    1. The *fine grid* of the file is the finest of `_GRIDS` that leaves most ticks free (at most `_MAX_COVERAGE` of them lie on it), so
       that music on it is no accident: at 960 ticks a quarter 256ths with their triplets and quintuplets, at 480 128ths, at 96 32nds.
       A grid time is rounded to a tick, so thirds of 1,024 ticks are thirds. Below 48 ticks a quarter nearly every tick is on the grid.
    2. Where `_WRITTEN_SHARE` of the times lie on the fine grid, the file is written music, and those times are exact. The same holds where
       they come a tick late (onsets by abc2midi) or a tick early (ends by several programs). Rare tuplets count once they leave
       nothing unexplained.
    3. Every other onset was played. Voice by voice and beat by beat (quarters from the last time signature) the division of the beat
       is chosen whose cost is least: squared distances in units of `_DEVIATION`, plus what `_DIVISIONS` charge for complexity. Among
       them are 32nds (8) and triplets of eighths (3) and sixteenths (6).
    4. A played end snaps to an onset of its voice that is near (`_is_near`); otherwise it takes the nearest place in the division of its
       beat, halves at least. No note becomes shorter than a sixteenth that way, or one step of the division where that is finer.

Not covered: rare tuplets among played times (some of their notes meet the fine grid by chance, and come out jagged), tempo that is not in
the file (a performance recorded to no click needs `score_writer` instead), swing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

_GRIDS = (  # denominators of whole notes: powers of two, triplets, quintuplets, septuplets, nonuplets
    (256, 384, 640, 224, 144),
    (128, 192, 160, 112, 72),
    (64, 96, 80, 56, 36),
    (32, 48, 40),
    (32, 48),
)
_RARE_GRID = (448, 288, 240, 176, 208)  # short septuplets and nonuplets, and groups of 15, 11 and 13
_MAX_COVERAGE = 0.4
_WRITTEN_SHARE, _ALL_WRITTEN_SHARE = 0.9, 0.999
_SHIFTS = (0, 1, -1)  # ticks
_BEAT_WN = Fraction(1, 4)
_DEVIATION = 0.05  # of a beat: the usual distance of a played onset from its place
_DIVISIONS = {1: 0.0, 2: 0.5, 4: 1.5, 3: 2.5, 6: 5.0, 8: 5.0}  # of a beat, and what each costs

Span = tuple[int, int]  # ticks
TimeSpan = tuple[Fraction, Fraction]  # whole notes
Anchor = tuple[int, Fraction]  # tick and time where beats are counted from


@dataclass(frozen=True)
class TickGrid:
    """The times that ticks stand for.

    >>> TickGrid(480).written(160), TickGrid(480).written(161), TickGrid(1024).written(341)
    (Fraction(1, 12), None, Fraction(1, 12))
    """

    ticks_per_quarter: int

    @property
    def ticks_per_whole(self) -> int:
        return 4 * self.ticks_per_quarter

    @cached_property
    def _fine(self) -> dict[int, Fraction]:
        """Ticks within a whole note that lie on the fine grid, and their times."""
        table: dict[int, Fraction] = {}
        for denominators in _GRIDS:
            table = self._times(denominators)
            if len(table) <= _MAX_COVERAGE * self.ticks_per_whole:
                break
        return table

    @cached_property
    def _rare(self) -> dict[int, Fraction]:
        return self._times(_RARE_GRID)

    def _times(self, denominators: tuple[int, ...]) -> dict[int, Fraction]:
        """The tick of each time in the grids of `denominators`; of several times the simplest."""
        times = {Fraction(place, denominator) for denominator in denominators for place in range(denominator)}
        return {round(time * self.ticks_per_whole): time for time in sorted(times, key=lambda time: -time.denominator)}

    def written(self, tick: int, *, rare: bool = False) -> Fraction | None:
        """The time on the fine grid that rounds to a tick, with `rare` also that of a rare tuplet."""
        wholes, rest = divmod(tick, self.ticks_per_whole)
        time = self._fine.get(rest)
        if time is None and rare:
            time = self._rare.get(rest)
        return None if time is None else wholes + time

    def nearest(self, tick: int) -> Fraction:
        """The same, or the nearest 32nd."""
        written = self.written(tick)
        return Fraction(round(Fraction(32 * tick, self.ticks_per_whole)), 32) if written is None else written

    def written_times(self, ticks: list[int]) -> dict[int, Fraction]:
        """The times of those ticks that are exact; none where the ticks were played."""
        distinct = set(ticks)
        for shift in _SHIFTS:
            times = {tick: time for tick in distinct if (time := self.written(tick - shift)) is not None}
            if len(times) >= _WRITTEN_SHARE * len(distinct):
                more = {tick: time for tick in distinct if (time := self.written(tick - shift, rare=True)) is not None}
                return more if len(more) >= _ALL_WRITTEN_SHARE * len(distinct) else times
        return {}


def quantise(voices: list[list[Span]], grid: TickGrid, anchors: list[Anchor]) -> list[list[TimeSpan]]:
    """Onset and end of every note, in the order given.

    Args:
        voices: ``(start, end)`` of the notes of each voice, in ticks; the end may equal the start.
        grid: of the file.
        anchors: where time signatures stand, in time order, the first at 0.

    Returns:
        Onsets and ends in whole notes; every end lies after its onset.

    >>> quantise([[(3, 470), (484, 955), (961, 1270), (1278, 1590), (1603, 1920)]], TickGrid(480), [(0, Fraction(0))])[0][2:]
    [(Fraction(1, 2), Fraction(2, 3)), (Fraction(2, 3), Fraction(5, 6)), (Fraction(5, 6), Fraction(1, 1))]
    """
    written_onsets = grid.written_times([start for spans in voices for start, _ in spans])
    written_ends = grid.written_times([end for spans in voices for _, end in spans])
    return [_quantise_voice(spans, grid, anchors, written_onsets, written_ends) for spans in voices]


def _quantise_voice(
    spans: list[Span], grid: TickGrid, anchors: list[Anchor], written_onsets: dict[int, Fraction], written_ends: dict[int, Fraction]
) -> list[TimeSpan]:
    beats = _Beats(grid.ticks_per_quarter, anchors)
    starts = sorted({start for start, _ in spans})
    played: dict[int, list[int]] = {}
    for start in starts:
        if start not in written_onsets:
            played.setdefault(beats.beat_of(start)[0], []).append(start)
    divisions = {beat: _division([beats.place(tick) for tick in ticks]) for beat, ticks in played.items()}
    onset_of = {start: written_onsets[start] if start in written_onsets else beats.snap(start, divisions) for start in starts}
    quantised = []
    for start, end in spans:
        onset_wn = onset_of[start]
        end_wn = written_ends[end] if end in written_ends else _played_end(start, end, starts, onset_of, beats, divisions)
        if end_wn <= onset_wn:
            end_wn = onset_wn + _BEAT_WN / max(divisions.get(beats.beat_of(start)[0], 4), 4)
        quantised.append((onset_wn, end_wn))
    return quantised


def _played_end(
    start: int, end: int, starts: list[int], onset_of: dict[int, Fraction], beats: _Beats, divisions: dict[int, int]
) -> Fraction:
    index = bisect_left(starts, end)
    for following in sorted(starts[max(index - 1, 0) : index + 1], key=lambda onset: abs(onset - end)):
        if onset_of[following] > onset_of[start] and _is_near(following - end, end - start, beats.ticks):
            return onset_of[following]
    return beats.snap(end, divisions, least=2)


def _is_near(gap: int, duration: int, ticks_per_beat: int) -> bool:
    """Whether a note that ends `gap` ticks before an onset (negative: after it) was meant to last until there.

    That is within an eighth of a beat, or a quarter of its own length up to a quarter of a beat.
    """
    return abs(gap) <= max(ticks_per_beat / 8, min(duration, ticks_per_beat) / 4)


def _division(places: list[float]) -> int:
    """The best division of a beat for onsets at `places`, 0 to 1.

    >>> _division([0.02, 0.35, 0.66]), _division([0.0, 0.52]), _division([0.01, 0.24, 0.51, 0.75])
    (3, 2, 4)
    """
    return min(_DIVISIONS, key=lambda division: _DIVISIONS[division] + sum(_distance(place, division) for place in places))


def _distance(place: float, division: int) -> float:
    """Squared distance from the nearest place of a division, in units of `_DEVIATION`."""
    return ((place - round(place * division) / division) / _DEVIATION) ** 2


class _Beats:
    """The beats of a file, and where within them ticks fall."""

    def __init__(self, ticks: int, anchors: list[Anchor]) -> None:
        self.ticks = ticks
        self._anchors = anchors

    def beat_of(self, tick: int) -> tuple[int, Fraction]:
        """The tick and the time at which the beat of a tick starts."""
        anchor_tick, anchor_wn = self._anchors[bisect_right(self._anchors, tick, key=lambda anchor: anchor[0]) - 1]
        beats = (tick - anchor_tick) // self.ticks
        return anchor_tick + beats * self.ticks, anchor_wn + beats * _BEAT_WN

    def place(self, tick: int) -> float:
        return (tick - self.beat_of(tick)[0]) / self.ticks

    def snap(self, tick: int, divisions: dict[int, int], least: int = 1) -> Fraction:
        """The nearest time in the division of a tick's beat, or in `least` parts where that is coarser."""
        beat, beat_wn = self.beat_of(tick)
        division = max(divisions.get(beat, 1), least)
        return beat_wn + Fraction(round((tick - beat) / self.ticks * division), division) * _BEAT_WN
