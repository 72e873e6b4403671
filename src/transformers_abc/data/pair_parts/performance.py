"""A performance in no one's tempo: whether a file is one, and the beats and bars that are found in it.

A MIDI file has musical time where its notes lie on its beats: within `NEAR` of sixteenths and triplets, or exactly on 24ths of a quarter.
Share of such onsets, median and range over 28 string quartets (every fourth of 112 of OpenScore), quarters of 0.5 s:

    as written                                                1.00   (0.99 to 1.00)
    each onset moved at random, by 10 ms (deviation)          0.88   (0.50 to 0.91; all but two above 0.78)
    the same, by 20 ms                                        0.64   (0.42 to 0.66; all but two above 0.58)
    played at 60 to 150 a minute in a file that says 120      0.47   (0.46 to 0.51)
    the same, 12 % faster and slower in turn, moved by 10 ms  0.47   (0.46 to 0.49)

So a file is a performance below `FEWEST_ON_GRID`, and where there are few onsets below what chance may give them. Between the two a
performance is the safer guess: it costs a loose file the bars that it names, but bars that no one played to make a text unreadable. Not
told apart: playing as steady as a machine, for minutes, at a tempo that goes evenly into the file's (80 where it says 120).

Beats, metre and bars are those that `score_writer` finds. A performance is cut where nothing sounds for `SILENCE_S`, since movements have
tempos, metres and keys of their own; each part begins with a bar. Slow beats do not crowd what falls between them: of 39 performances of
13 quartets at 60, 100 and 140 a minute, as above, none had more than 1 % of its notes put on the place of one played 70 ms apart or more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

import numpy as np

from transformers_abc.data.pair_parts.musical_time import MusicalTime, signs_of
from transformers_abc.notation.key_finding import find_key
from transformers_abc.notation.midi import TICKS_PER_QUARTER
from transformers_abc.notation.tune import Key, Metre, effective_changes
from transformers_abc.score_writer.beats import Beats, track_beats
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.metre import BarGrid, find_metre

_GRID, NEAR = np.array([0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1]), 0.03  # of a quarter
_FINER_GRID, EXACT = np.arange(0, 25) / 24, 0.003
FEWEST_ON_GRID, BY_CHANCE = 0.7, 0.47
FEWEST_TO_TELL = 16  # different onsets; with fewer a file is believed
COARSEST_TICKS = 48  # a quarter; below, every time is on a grid

SILENCE_S = 3.0
FEWEST_OF_PART = 32  # notes; there is no telling a tempo by fewer
SHORTEST = 1 / 8  # of a beat, and 10 ms: so far apart are the first and the last moment of a part


def is_performance(ticks: np.ndarray, ticks_per_quarter: int) -> bool:
    """Whether onsets lie anywhere between the beats of their file.

    Args:
        ticks: ``[n]`` of onsets, in any order.

    >>> rng = np.random.default_rng(0)
    >>> is_performance(np.arange(0, 9600, 120), 480), is_performance(rng.integers(0, 9600, 200), 480)
    (False, True)
    """
    distinct = np.unique(ticks)
    if len(distinct) < FEWEST_TO_TELL or ticks_per_quarter < COARSEST_TICKS:
        return False
    deviation = (BY_CHANCE * (1 - BY_CHANCE) / len(distinct)) ** 0.5
    return on_grid(distinct / ticks_per_quarter) < max(FEWEST_ON_GRID, BY_CHANCE + 3 * deviation)


def on_grid(quarters: np.ndarray) -> float:
    """The share of onsets on the grid."""
    place = quarters % 1.0
    near = np.abs(place[:, None] - _GRID).min(axis=1) <= NEAR
    exact = np.abs(place[:, None] - _FINER_GRID).min(axis=1) <= EXACT
    return float((near | exact).mean())


def found_time(notes: Sequence[HeardNote]) -> MusicalTime:
    """Beats and bars of a performance.

    Args:
        notes: of all players, at least one.

    >>> notes = [HeardNote(2 + 0.6 * beat, 2.5 + 0.6 * beat, 48 if beat % 3 == 0 else 72) for beat in range(24)]    # a waltz, 100 a minute
    >>> time = found_time(notes)
    >>> [str(message.numerator) for message in time.signs if message.type == "time_signature"], time.ticks_at([2.0, 3.8]).tolist()
    (['3'], [0, 2880])
    """
    line = _Line()
    for part in _parts(sorted(notes)):
        line.add(part, *_beats_and_bars(part))
    return line.time()


def _parts(notes: list[HeardNote]) -> Iterator[list[HeardNote]]:
    """Notes between silences."""
    first, sounding_until_s = 0, 0.0
    for place, note in enumerate(notes):
        if min(place - first, len(notes) - place) >= FEWEST_OF_PART and note.onset_s - sounding_until_s >= SILENCE_S:
            yield notes[first:place]
            first = place
        sounding_until_s = max(sounding_until_s, note.offset_s)
    yield notes[first:]


def _beats_and_bars(part: list[HeardNote]) -> tuple[Beats, BarGrid]:
    """Beats in seconds of the recording."""
    start_s = max(part[0].onset_s - 1.0, 0.0)  # the tracker looks at all time from 0
    notes = [replace(note, onset_s=note.onset_s - start_s, offset_s=note.offset_s - start_s) for note in part]
    beats = track_beats(notes)
    return Beats(beats.times_s + start_s), find_metre(notes, beats)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of music within the whole: where it begins in ticks, how many bars it has, and which."""

    start: int
    bars: int
    metre: Metre
    key: Key


class _Line:
    """Parts of a performance, one after the other."""

    def __init__(self) -> None:
        self._ticks: list[float] = []
        self._seconds: list[float] = []
        self._parts: list[_Part] = []
        self._end = 0  # of the last part's last bar

    def add(self, notes: list[HeardNote], beats: Beats, grid: BarGrid) -> None:
        first_s, last_s = notes[0].onset_s, max(note.offset_s for note in notes)
        ticks_per_beat = int(4 * TICKS_PER_QUARTER * grid.metre.beat_wn)
        per_bar = grid.beats_per_bar
        first, last = (float(position) for position in beats.position(np.array([first_s, last_s])))
        bar_beat = grid.downbeat + per_bar * floor((round(4 * first) / 4 - grid.downbeat) / per_bar)  # before which the part begins
        self._rest_before(first_s, (first - bar_beat) * ticks_per_beat, float(np.median(np.diff(beats.times_s))), grid, ticks_per_beat)
        inner = np.arange(floor(first) + 1, ceil(last))
        positions = np.concatenate([[first], inner, [max(last, first + SHORTEST)]])
        seconds = np.concatenate([[first_s], beats.times_s[inner], [max(last_s, first_s + 0.01)]])
        self._ticks += (self._end + (positions - bar_beat) * ticks_per_beat).tolist()
        self._seconds += seconds.tolist()
        bars = max(ceil((last - bar_beat) / per_bar), 1)
        key = find_key((note.pitch_midi, Fraction(note.duration_s)) for note in notes)
        self._parts.append(_Part(self._end, bars, grid.metre, key))
        self._end += bars * per_bar * ticks_per_beat

    def _rest_before(self, first_s: float, upbeat: float, beat_s: float, grid: BarGrid, ticks_per_beat: int) -> None:
        """Bars of rest, as many as the silence before a part lasts, in the metre of the part before."""
        if not self._parts:
            return
        part = self._parts[-1]
        bar = int(4 * TICKS_PER_QUARTER * part.metre.bar_wn)
        silence = (first_s - self._seconds[-1]) / beat_s * ticks_per_beat
        rests = max(floor((silence - upbeat - (self._end - self._ticks[-1])) / bar), 0)
        self._parts[-1] = replace(part, bars=part.bars + rests)
        self._end += rests * bar

    def time(self) -> MusicalTime:
        bar_lengths_wn = [part.metre.bar_wn for part in self._parts for _ in range(part.bars)]
        starts_wn = [Fraction(part.start, 4 * TICKS_PER_QUARTER) for part in self._parts]
        end_wn = sum(bar_lengths_wn, Fraction(0))
        metres = effective_changes(zip(starts_wn, (part.metre for part in self._parts), strict=True), end_wn)
        keys = effective_changes(zip(starts_wn, (part.key for part in self._parts), strict=True), end_wn)
        seconds, ticks = np.array(self._seconds), np.array(self._ticks)
        rising = np.concatenate([[True], np.diff(seconds) > 0])
        return MusicalTime(TICKS_PER_QUARTER, ticks[rising], seconds[rising], signs_of(bar_lengths_wn, metres, keys))
