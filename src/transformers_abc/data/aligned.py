"""A score and when its notes sounded: what every source of recordings leads to, and what clips are cut from.

Conventions: score time in whole notes (``_wn``, exact), recording time in seconds (``_s``) from the start of its file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from transformers_abc.notation.tune import Tune


@dataclass(frozen=True, slots=True)
class PieceRecording:
    """An audio file of a piece, and which voices are heard in it.

    Attributes:
        path: the file.
        voices: places in `Tune.voices`: all of them in a mix, one in a stem.
    """

    path: Path
    voices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AlignedPiece:
    """A piece as it was played.

    Attributes:
        id: its name, different from all others of its source.
        family: pieces of a family share music or takes, so they stay in one split.
        source: where it comes from: ``urmp``, ``pairs`` or ``synthetic``.
        score: one voice a player, with the name and program of the instrument; repeats are played out, and only notes that sound are in it.
        onsets_s: for each voice and each of its notes in order, when it began; NaN where no one measured it.
        recordings: of this one performance, all on one clock.
        mode_is_certain: whether the score knows major from minor, as MIDI does not.
    """

    id: str
    family: str
    source: str
    score: Tune
    onsets_s: tuple[tuple[float, ...], ...]
    recordings: tuple[PieceRecording, ...]
    mode_is_certain: bool = False

    def __post_init__(self) -> None:
        for number, (voice, onsets_s) in enumerate(zip(self.score.voices, self.onsets_s, strict=True)):
            if len(voice.notes) != len(onsets_s):
                raise ValueError(f"{self.id}: voice {number} has {len(voice.notes)} notes and {len(onsets_s)} onsets")


class TimeMap:
    """From score time to recording time and back, through the onsets that were measured.

    Between them time runs evenly; before the first and after the last it runs as in the nearest `EDGE_WN` of the score. Where several
    voices begin a note together the median of their times counts, and an onset that would make time stand still or run backwards is left
    out.

    Args:
        times_wn: score time of each onset, in any order.
        times_s: recording time of each, NaN where unknown.

    >>> beats = TimeMap([Fraction(0), Fraction(1, 4), Fraction(1, 2)], [1.0, 1.5, 2.5])
    >>> beats.seconds_at(Fraction(3, 8)), beats.whole_notes_at(1.25)
    (2.0, 0.125)
    """

    EDGE_WN = 1.0
    SHORTEST_STEP_S = 0.01

    def __init__(self, times_wn: Sequence[Fraction], times_s: Sequence[float]) -> None:
        at: dict[Fraction, list[float]] = defaultdict(list)
        for time_wn, time_s in zip(times_wn, times_s, strict=True):
            if not np.isnan(time_s):
                at[time_wn].append(time_s)
        points = [(float(time_wn), float(np.median(times))) for time_wn, times in sorted(at.items())]
        kept = _rising(points, self.SHORTEST_STEP_S)
        if len(kept) < 2:
            raise ValueError("two onsets at different times are needed to tell how time runs")
        self.known_wn, self.known_s = (np.array(column) for column in zip(*kept, strict=True))
        self._first_slope, self._last_slope = self._edge_slopes()

    @classmethod
    def of(cls, piece: AlignedPiece) -> TimeMap:
        """The map of a whole piece, from all its voices.

        Raises:
            ValueError: fewer than two onsets are known.
        """
        notes = [note.onset_wn for voice in piece.score.voices for note in voice.notes]
        return cls(notes, [onset_s for onsets_s in piece.onsets_s for onset_s in onsets_s])

    def seconds_at(self, time_wn: Fraction | float) -> float:
        """Recording time of a place in the score; may be negative before the recording begins."""
        return _interpolated(float(time_wn), self.known_wn, self.known_s, self._first_slope, self._last_slope)

    def whole_notes_at(self, time_s: float) -> float:
        """Place in the score at a recording time."""
        return _interpolated(time_s, self.known_s, self.known_wn, 1 / self._first_slope, 1 / self._last_slope)

    def _edge_slopes(self) -> tuple[float, float]:
        """Seconds a whole note lasts at the beginning and at the end."""
        wn, s = self.known_wn, self.known_s
        early = max(int(np.searchsorted(wn, wn[0] + self.EDGE_WN, side="right")) - 1, 1)
        late = min(int(np.searchsorted(wn, wn[-1] - self.EDGE_WN)), len(wn) - 2)
        return float((s[early] - s[0]) / (wn[early] - wn[0])), float((s[-1] - s[late]) / (wn[-1] - wn[late]))


def nominal_onsets_s(score: Tune) -> tuple[tuple[float, ...], ...]:
    """Onsets by the tune's own tempo map, for recordings that follow it exactly."""
    return tuple(tuple(score.seconds_at(note.onset_wn) for note in voice.notes) for voice in score.voices)


def _rising(points: list[tuple[float, float]], step_s: float) -> list[tuple[float, float]]:
    """The longest run of points whose times rise: all but the outliers."""
    if not points:
        return []
    lengths = np.ones(len(points), dtype=int)
    previous = np.full(len(points), -1)
    seconds = np.array([time_s for _, time_s in points])
    for now in range(1, len(points)):
        before = np.flatnonzero(seconds[:now] <= seconds[now] - step_s)
        if len(before):
            best = before[int(np.argmax(lengths[before]))]
            lengths[now], previous[now] = lengths[best] + 1, best
    kept, now = [], int(np.argmax(lengths))
    while now >= 0:
        kept.append(points[now])
        now = int(previous[now])
    return kept[::-1]


def _interpolated(x: float, xs: np.ndarray, ys: np.ndarray, first_slope: float, last_slope: float) -> float:
    if x < xs[0]:
        return float(ys[0] + (x - xs[0]) * first_slope)
    if x > xs[-1]:
        return float(ys[-1] + (x - xs[-1]) * last_slope)
    return float(np.interp(x, xs, ys))
