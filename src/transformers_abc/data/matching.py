"""Notes as written against notes as played, one to one and in order.

A global alignment (Needleman and Wunsch, J. Mol. Biol. 48(3), 1970) of two sequences of pitches. Where times are known it is also asked to
keep them: among repeated notes only time tells which one is missing.

Costs, chosen so that a wrong note is a pair, not a missing and an extra one, and that only time outweighs it: see the constants.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

SAME_PITCH = 0.75  # semitones: players and pitch trackers are off by up to half of one, and ornaments pull a mean further
WRONG_PITCH, WRONG_OCTAVE = 1.0, 0.8
EXTRA, MISSING = 1.1, 0.7  # a played note without a partner, and a written one; both together cost more than a wrong note
MISSING_BEFORE = 0.3  # before the first pair; after the last one it is free, since a recording may be an excerpt
WRONG_TIME, TOLERATED_S = 0.9, 0.6  # the cost grows with the deviation up to this many seconds

_EXTRA_STEP, _PAIR_STEP, _MISSING_STEP = range(3)


def match_notes(
    written: np.ndarray,
    played: np.ndarray,
    expected_s: np.ndarray | None = None,
    played_s: np.ndarray | None = None,
) -> list[tuple[int, int]]:
    """Pair the notes of one part.

    Args:
        written: ``[n]`` MIDI pitches of the score, in time order.
        played: ``[m]`` measured pitches in fractional MIDI numbers, in time order.
        expected_s: ``[n]`` when each written note should begin, in seconds; None where nothing is known yet.
        played_s: ``[m]`` when each played note began; needed with `expected_s`.

    Returns:
        ``(place in written, place in played)``, rising in both.

    >>> match_notes(np.array([60, 62, 64, 65]), np.array([60.1, 64.0, 64.9]))
    [(0, 0), (2, 1), (3, 2)]
    """
    if not len(written) or not len(played):
        return []
    if expected_s is None or played_s is None:
        return _cheapest_pairs((_pitch_cost(played - pitch) for pitch in written), len(played))
    costs = (_pitch_cost(played - pitch) + _time_cost(played_s - time_s) for pitch, time_s in zip(written, expected_s, strict=True))
    return _cheapest_pairs(costs, len(played))


def tuning_of(played: np.ndarray) -> float:
    """By how many semitones an instrument is tuned above A = 440 Hz: the middle of the deviations from whole semitones.

    Args:
        played: ``[m]`` measured pitches in fractional MIDI numbers.

    >>> round(tuning_of(np.array([60.2, 62.1, 63.8, 65.2, 67.2])), 2)
    0.2
    """
    if not len(played):
        return 0.0
    return float(np.median(played - np.round(played)))


def _pitch_cost(deviation: np.ndarray) -> np.ndarray:
    octaves = np.round(deviation / 12)
    is_octave = (octaves != 0) & (np.abs(deviation - 12 * octaves) < SAME_PITCH)
    return np.where(np.abs(deviation) < SAME_PITCH, 0.0, np.where(is_octave, WRONG_OCTAVE, WRONG_PITCH))


def _time_cost(deviation_s: np.ndarray) -> np.ndarray:
    return WRONG_TIME * np.minimum(np.abs(deviation_s) / TOLERATED_S, 1)


def _cheapest_pairs(costs: Iterable[np.ndarray], columns: int) -> list[tuple[int, int]]:
    """The path of least cost from the first notes to the last ones.

    Of the table of all costs only two rows are kept, and for each place one byte, by which the path is found again: a long part has
    thousands of notes.

    Args:
        costs: of each written note ``[columns]``, with every played one.
        columns: how many played notes there are.
    """
    extra = total = EXTRA * np.arange(columns + 1)  # total[j] is the cost of the written notes so far and the first j played ones
    steps = []
    for row, cost in enumerate(costs, 1):
        paired = total[:-1] + cost
        without = total + MISSING
        without[[0, -1]] = MISSING_BEFORE * row, total[-1]
        entered = without.copy()
        entered[1:] = np.minimum(entered[1:], paired)
        total = np.minimum.accumulate(entered - extra) + extra  # all notes that may be extra in this row, at once
        steps.append(_steps(total[1:], paired, without[1:]))
    return _walk_back(steps)


def _steps(total: np.ndarray, paired: np.ndarray, without: np.ndarray) -> np.ndarray:
    """``[m]`` how each cost of a row came about. The earliest of equally good places: first give up written notes at the end."""
    is_pair, is_missing = np.isclose(total, paired), np.isclose(total, without)
    is_missing[:-1] &= ~is_pair[:-1]
    return np.where(is_missing, _MISSING_STEP, np.where(is_pair, _PAIR_STEP, _EXTRA_STEP)).astype(np.int8)


def _walk_back(steps: list[np.ndarray]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    row, column = len(steps), len(steps[0])
    while row and column:
        step = steps[row - 1][column - 1]
        if step != _EXTRA_STEP:
            row -= 1
        if step != _MISSING_STEP:
            column -= 1
        if step == _PAIR_STEP:
            pairs.append((row, column))
    return pairs[::-1]
