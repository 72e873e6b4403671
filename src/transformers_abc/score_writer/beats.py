"""When the beats fall: a tempo that explains the onsets, and beat times that follow its drift.

Candidate tempi are compared by how well onsets fall on their beats and simple subdivisions, with a preference for walking pace. The
beats then follow by dynamic programming (Ellis, *Beat Tracking by Dynamic Programming*, J. New Music Research 36(1), 2007), so a
performance that breathes keeps its bars.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from transformers_abc.score_writer.heard_note import HeardNote

RATE_HZ = 100.0  # resolution of the onset curve
ONSET_WIDTH_S = 0.025
SLOWEST_BPM, FASTEST_BPM, TEMPO_CANDIDATES = 42.0, 200.0, 96
PREFERRED_BPM, PREFERENCE_OCTAVES = 90.0, 0.75  # log-normal preference, as for tapping
OCCUPANCY_WEIGHT, PREFERENCE_WEIGHT = 0.5, 0.4  # against a mean worth of places of at most 1, see `_quality`
TIGHTNESS = 180.0  # how strongly the dynamic programme keeps to the tempo
FEWEST_ONSETS, FALLBACK_BPM = 4, 120.0  # with fewer onsets there is nothing to tell a tempo by
FEWEST_SMOOTHED = 5  # beats; among fewer, jitter and tempo cannot be told apart
EXCERPT_S = 60.0  # tempi are compared on this much of a long recording


@dataclass(frozen=True)
class Beats:
    """Beat times in seconds, increasing, covering the music on both sides."""

    times_s: np.ndarray

    @cached_property
    def bpm(self) -> float:
        """Beats a minute: the median of the intervals."""
        return 60.0 / float(np.median(np.diff(self.times_s)))

    def position(self, seconds: np.ndarray | float) -> np.ndarray:
        """Beat numbers, with fractions, of times in seconds; extrapolated at both ends."""
        times = self.times_s
        index = np.clip(np.searchsorted(times, seconds, side="right") - 1, 0, len(times) - 2)
        return index + (np.asarray(seconds) - times[index]) / (times[index + 1] - times[index])


def track_beats(notes: list[HeardNote]) -> Beats:
    """Find the beats of a piece.

    Args:
        notes: at least one.
    """
    notes = sorted(notes)
    if len({round(note.onset_s, 1) for note in notes}) < FEWEST_ONSETS:
        return _regular_beats(notes[0].onset_s, max(note.offset_s for note in notes), 60 / FALLBACK_BPM)
    excerpt = _busiest(notes)
    curve = _onset_curve(excerpt)
    candidates = {period_s: Beats(_follow(curve, period_s)) for period_s in _candidate_periods(curve)}
    period_s = max(candidates, key=lambda period_s: _quality(candidates[period_s], excerpt))
    return covering(Beats(_follow(_onset_curve(notes), period_s)), notes[0].onset_s, max(note.offset_s for note in notes))


def _busiest(notes: list[HeardNote]) -> list[HeardNote]:
    """`busiest_part`, moved to the start: enough to compare tempi on."""
    part = busiest_part(notes)
    start_s = max(part[0].onset_s - 1.0, 0.0)
    return [replace(note, onset_s=note.onset_s - start_s, offset_s=note.offset_s - start_s) for note in part]


def busiest_part(notes: list[HeardNote]) -> list[HeardNote]:
    """The notes of the `EXCERPT_S` seconds with the most onsets, of notes in order of their onsets."""
    onsets = np.array([note.onset_s for note in notes])
    counts = np.searchsorted(onsets, onsets + EXCERPT_S) - np.arange(len(onsets))
    first = int(np.argmax(counts))
    return notes[first : first + int(counts[first])]


def _onset_curve(notes: list[HeardNote]) -> np.ndarray:
    """Accent over time: each onset a bump, higher for longer and lower notes."""
    end = max(note.offset_s for note in notes) + 1.0
    curve = np.zeros(int(end * RATE_HZ) + 1)
    for note in notes:
        curve[min(max(round(note.onset_s * RATE_HZ), 0), len(curve) - 1)] += accent(note)
    width = ONSET_WIDTH_S * RATE_HZ
    bump = np.exp(-0.5 * (np.arange(-10, 11) / width) ** 2)
    return np.minimum(np.convolve(curve, bump, mode="same"), 4.0)


def accent(note: HeardNote) -> float:
    """How much a note marks its beat: long and low notes do."""
    return note.confidence * (0.5 + min(note.duration_s, 1.0) + 0.4 * (note.pitch_midi < 55))


def _candidate_periods(curve: np.ndarray) -> list[float]:
    """The best few tempi by autocorrelation of the accent curve, with their doubles and halves."""
    centred = curve - curve.mean()
    spectrum = np.abs(np.fft.rfft(centred, 2 * len(centred))) ** 2
    autocorrelation = np.fft.irfft(spectrum)[: len(centred)]
    tempi = np.geomspace(SLOWEST_BPM, FASTEST_BPM, TEMPO_CANDIDATES)
    lags = 60 / tempi * RATE_HZ
    strength = sum(_at(autocorrelation, lags * multiple) for multiple in (1, 2, 3, 4)) / 4 + _at(autocorrelation, lags)
    strength = strength / max(float(autocorrelation[0]), 1e-9) + 0.15 * _preference(tempi)
    peaks = [i for i in range(len(tempi)) if strength[i] == strength[max(i - 3, 0) : i + 4].max()]
    peaks = sorted(peaks, key=lambda i: -strength[i])[:5]
    periods = sorted(60 / tempi[i] * factor for i in peaks for factor in (0.5, 2 / 3, 1, 1.5, 2))
    distinct = [p for p, longer in zip(periods, [*periods[1:], np.inf], strict=True) if longer / p > 1.015]
    return [p for p in distinct if 60 / FASTEST_BPM <= p <= 60 / SLOWEST_BPM]


def _at(curve: np.ndarray, position: np.ndarray) -> np.ndarray:
    return np.interp(position, np.arange(len(curve)), curve, right=0.0)


def _preference(bpm: np.ndarray | float, preferred_bpm: float = PREFERRED_BPM) -> np.ndarray:
    return np.exp(-0.5 * (np.log2(np.asarray(bpm) / preferred_bpm) / PREFERENCE_OCTAVES) ** 2)


def _follow(curve: np.ndarray, period_s: float) -> np.ndarray:
    """Beat times by dynamic programming: high accents at intervals close to the period."""
    period = period_s * RATE_HZ
    accents = curve / max(curve.std(), 1e-9)
    intervals = np.arange(round(period * 0.6), round(period * 1.6) + 1)
    penalty = -TIGHTNESS * np.log(intervals / period) ** 2
    score, previous = accents.copy(), np.full(len(accents), -1)
    for now in range(intervals[0], len(accents)):
        reachable = intervals[intervals <= now]
        options = score[now - reachable] + penalty[: len(reachable)]
        best = int(np.argmax(options))
        if options[best] > 0:
            score[now] += options[best]
            previous[now] = now - reachable[best]
    tail = score[-intervals[-1] :]
    beat = len(score) - len(tail) + int(np.argmax(tail))
    beats = [beat]
    while previous[beats[-1]] >= 0:
        beats.append(previous[beats[-1]])
    times = np.array(beats[::-1]) / RATE_HZ
    if len(times) < 3:
        return np.arange(times[0], len(curve) / RATE_HZ + period_s, period_s)
    return smoothed(times) if len(times) >= FEWEST_SMOOTHED else times


def smoothed(times_s: np.ndarray) -> np.ndarray:
    """Beats averaged with the middle of their neighbours, since players' jitter is not tempo; the first and the last stay.

    Args:
        times_s: ``[beats]``, any number of them.

    Returns:
        As many, in an array of their own.

    >>> smoothed(np.array([0.0, 1.2, 2.0, 3.0])).tolist()
    [0.0, 1.1, 2.05, 3.0]
    """
    smooth = times_s.copy()
    smooth[1:-1] = 0.5 * times_s[1:-1] + 0.25 * (times_s[:-2] + times_s[2:])
    return smooth


# Where an onset may fall inside a beat, and how much such a place is worth.
_PLACES = np.array([0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1])
_PLACE_WORTH = np.array([1.0, 0.4, 0.55, 0.65, 0.55, 0.4, 1.0])
_PLACE_WIDTH = 0.055  # of a beat
ON_BEAT = 0.15  # an onset this near a beat occupies it

# Compound time: most onsets inside the beats lie on thirds. Its beats are slower than others.
_THIRDS, _HALVES, THIRDS_TOLERANCE = (1 / 3, 2 / 3), (1 / 4, 1 / 2, 3 / 4), 0.07
COMPOUND_SHARE, FEWEST_INSIDE, COMPOUND_SLOWER = 0.6, 6, 0.72


def _quality(beats: Beats, notes: list[HeardNote]) -> float:
    """Mean worth of the onsets' places within their beats, minus what empty beats cost, plus the preference for the tempo."""
    weights = np.array([accent(note) for note in notes])
    position = beats.position(np.array([note.onset_s for note in notes]))
    distance = np.abs((position % 1.0)[:, None] - _PLACES)
    worth = (np.exp(-0.5 * (distance / _PLACE_WIDTH) ** 2) * _PLACE_WORTH).max(axis=1)
    on_beat = np.abs(position - np.round(position)) < ON_BEAT
    occupied = len(np.unique(np.round(position[on_beat]))) / max(np.ptp(position), 1.0)
    preferred_bpm = PREFERRED_BPM * (COMPOUND_SLOWER if thirds_share(position) >= COMPOUND_SHARE else 1.0)
    return (
        float((worth * weights).sum() / weights.sum())
        + OCCUPANCY_WEIGHT * min(occupied, 1.0)
        + PREFERENCE_WEIGHT * float(_preference(beats.bpm, preferred_bpm))
    )


def thirds_share(position: np.ndarray) -> float:
    """Of the onsets inside beats, the share that lies on a third rather than on a half or quarter; 0 where there are few.

    Args:
        position: of onsets, in beats.
    """
    inside = position % 1.0
    thirds = np.min([np.abs(inside - place) for place in _THIRDS], axis=0)
    duple = np.min([np.abs(inside - place) for place in _HALVES], axis=0)
    near = np.minimum(thirds, duple) < THIRDS_TOLERANCE
    return float((thirds < duple)[near].mean()) if near.sum() >= FEWEST_INSIDE else 0.0


def covering(beats: Beats, first_s: float, last_s: float) -> Beats:
    """Extend the beats at their own pace until they enclose a span."""
    times, step = beats.times_s, 60.0 / beats.bpm
    before = np.arange(max(int(np.ceil((times[0] - first_s) / step)), 0), 0, -1)
    after = np.arange(1, max(int(np.ceil((last_s - times[-1]) / step)), 0) + 2)
    return Beats(np.concatenate([times[0] - before * step, times, times[-1] + after * step]))


def _regular_beats(start_s: float, end_s: float, period_s: float) -> Beats:
    return Beats(np.arange(start_s, max(end_s, start_s + 2 * period_s) + period_s, period_s))
