"""The tempo to write over a stretch of a performance: whole beats a minute, one for all of it, two where the players change.

No one plays evenly, and a score does not say so. A stretch gets the one tempo under which its notes are nearest to where they were played.
Where that leaves some note more than `UNEVEN_S` off (players slow down at the end of a piece by more than a second) or half of them more
than `UNSTEADY_S`, and a change at one bar line brings them clearly nearer, it gets two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from transformers_abc.notation.tune import Tempo, Timed

UNEVEN_S, UNSTEADY_S = 0.5, 0.1
SEARCH = 0.06  # how far around the tempo of the straight line the best one is looked for
# Where there are two, they are looked for first among these shares of the one that fits best, then this far around the best pair.
BEFORE, AFTER, FINE = np.arange(0.88, 1.2, 0.02), np.arange(0.4, 1.4, 0.05), 0.02
HARMLESS_S = 0.05  # of a first note's beginning
WORTH_A_CHANGE = 0.75  # of the distance under one tempo

_START = Fraction(0)


@dataclass(frozen=True, slots=True)
class TempoFit:
    """Tempos, and how the notes keep them.

    Attributes:
        tempos: as in `Tune.tempos`, from the start of the stretch.
        origin_s: where they put its start in the recording.
        deviation_s, worst_s: the median and the largest distance of the measured onsets from where the tempos put them.
    """

    tempos: Timed[Tempo]
    origin_s: float
    deviation_s: float
    worst_s: float


def fit_tempo(places_wn: np.ndarray, seconds: np.ndarray, beat_wn: Fraction, bar_lines_wn: Sequence[Fraction] = ()) -> TempoFit:
    """Fit one or two tempos.

    Args:
        places_wn: ``[n]`` places of onsets in whole notes from the start of the stretch, rising; at least two different ones.
        seconds: ``[n]`` when they were played.
        beat_wn: of the tempos.
        bar_lines_wn: where a tempo may change, from the start of the stretch.

    >>> even = fit_tempo(np.array([0.0, 0.25, 0.5, 0.75]), np.array([3.0, 3.51, 4.0, 4.49]), Fraction(1, 4))
    >>> even.tempos[0][1].quarter_bpm, round(even.origin_s, 2), round(even.worst_s, 3)
    (122.0, 3.02, 0.015)
    """
    onsets = _Onsets(places_wn, seconds)
    per_minute = 60 / (max(float(np.polyfit(places_wn, seconds, 1)[0]), 1e-3) * float(beat_wn))
    one = min((onsets.fit([(_START, Tempo(beat_wn, beats))]) for beats in _around(per_minute)), key=_distance)
    if (one.worst_s <= UNEVEN_S and one.deviation_s <= UNSTEADY_S) or not bar_lines_wn:
        return one.told()
    two = _best_change(onsets, one, bar_lines_wn)
    return (two if _distance(two) < WORTH_A_CHANGE * _distance(one) else one).told()


def _around(per_minute: float, share: float = SEARCH) -> Iterable[Fraction]:
    return map(Fraction, range(max(int(per_minute * (1 - share)), 1), int(np.ceil(per_minute * (1 + share))) + 1))


@dataclass(frozen=True, slots=True)
class _Fit:
    tempos: tuple[tuple[Fraction, Tempo], ...]
    origin_s: float
    deviation_s: float
    mean_s: float
    worst_s: float
    early_s: float  # by which the first note precedes the beginning

    def told(self) -> TempoFit:
        return TempoFit(self.tempos, self.origin_s, self.deviation_s, self.worst_s)


def _distance(fit: _Fit) -> float:
    """What is made small: the median deviation, so that a few notes do not rule, and the mean, so that they are not ignored; and what of
    the first note would be cut away.
    """
    return fit.deviation_s + fit.mean_s + max(fit.early_s - HARMLESS_S, 0.0)


@dataclass(frozen=True, slots=True)
class _Onsets:
    places_wn: np.ndarray
    seconds: np.ndarray

    def fit(self, tempos: Sequence[tuple[Fraction, Tempo]]) -> _Fit:
        """Deviations under given tempos, from the origin that suits them best."""
        written_s = np.zeros_like(self.seconds)
        slower_s = 0.0  # what a whole note lasts longer than under the tempo before
        for start_wn, tempo in tempos:
            written_s += np.maximum(self.places_wn - float(start_wn), 0) * (tempo.whole_note_s - slower_s)
            slower_s = tempo.whole_note_s
        late_s = self.seconds - written_s
        origin_s = float(np.median(late_s))
        deviations = np.abs(late_s - origin_s)
        early_s = max(origin_s - float(self.seconds[0]), 0.0)
        return _Fit(tuple(tempos), origin_s, float(np.median(deviations)), float(deviations.mean()), float(deviations.max()), early_s)


def _best_change(onsets: _Onsets, one: _Fit, bar_lines_wn: Sequence[Fraction]) -> _Fit:
    """The best pair of tempos: coarsely over all bar lines, then finely around the best."""
    beat_wn, first = one.tempos[0][1].beat_wn, float(one.tempos[0][1].beats_per_minute)

    coarse = [
        onsets.fit([(_START, Tempo(beat_wn, before)), (line_wn, Tempo(beat_wn, after))])
        for line_wn in bar_lines_wn
        for before in _whole(first * BEFORE)
        for after in _whole(first * AFTER)
    ]
    (_, before), (line_wn, after) = min(coarse, key=_distance).tempos
    fine = [
        onsets.fit([(_START, Tempo(beat_wn, early)), (line_wn, Tempo(beat_wn, late))])
        for early in _around(float(before.beats_per_minute), FINE)
        for late in _around(float(after.beats_per_minute), SEARCH)
    ]
    return min(fine, key=_distance)


def _whole(per_minute: np.ndarray) -> list[Fraction]:
    return [Fraction(beats) for beats in sorted({max(round(beats), 1) for beats in per_minute.tolist()})]
