"""Notes as written against notes as played, one to one and in order.

A global alignment (Needleman and Wunsch, J. Mol. Biol. 48(3), 1970) of two sequences of pitches. Where times are known it is also asked to
keep them: among repeated notes only time tells which one is missing.

Costs, chosen so that a wrong note is a pair, not a missing and an extra one, and that only time outweighs it: see the constants.
"""

from __future__ import annotations

import numpy as np

SAME_PITCH = 0.75  # semitones: players and pitch trackers are off by up to half of one, and ornaments pull a mean further
WRONG_PITCH, WRONG_OCTAVE = 1.0, 0.8
EXTRA, MISSING = 1.1, 0.7  # a played note without a partner, and a written one; both together cost more than a wrong note
MISSING_BEFORE = 0.3  # before the first pair; after the last one it is free, since a recording may be an excerpt
WRONG_TIME, TOLERATED_S = 0.9, 0.6  # the cost grows with the deviation up to this many seconds


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
    cost = _pitch_cost(played[None, :] - written[:, None])
    if expected_s is not None and played_s is not None:
        late = np.abs(played_s[None, :] - expected_s[:, None])
        cost = cost + WRONG_TIME * np.minimum(late / TOLERATED_S, 1)
    return _cheapest_pairs(cost)


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


def _cheapest_pairs(cost: np.ndarray) -> list[tuple[int, int]]:
    """The path of least cost from the first notes to the last ones; ``total[i, j]`` is that of the first i and j notes."""
    rows, columns = cost.shape
    extra = EXTRA * np.arange(columns + 1)  # of the first j played notes
    total = np.empty((rows + 1, columns + 1))
    total[:, 0] = MISSING_BEFORE * np.arange(rows + 1)
    total[0] = extra
    for row in range(1, rows + 1):
        missing = np.full(columns + 1, MISSING)
        missing[[0, -1]] = MISSING_BEFORE, 0.0
        entered = total[row - 1] + missing
        entered[1:] = np.minimum(entered[1:], total[row - 1, :-1] + cost[row - 1])
        entered[0] = total[row, 0]
        total[row] = np.minimum.accumulate(entered - extra) + extra  # all notes that may be extra in this row, at once
    return _walk_back(total, cost)


def _walk_back(total: np.ndarray, cost: np.ndarray) -> list[tuple[int, int]]:
    rows, columns = cost.shape
    pairs: list[tuple[int, int]] = []
    row, column = rows, columns
    while row and column:
        here = total[row, column]
        paired = total[row - 1, column - 1] + cost[row - 1, column - 1]
        missing = total[row - 1, column] + (0.0 if column == columns else MISSING)
        # The earliest of equally good places: first give up written notes at the end.
        if np.isclose(here, missing) and not (np.isclose(here, paired) and column < columns):
            row -= 1
        elif np.isclose(here, paired):
            row, column = row - 1, column - 1
            pairs.append((row, column))
        else:
            column -= 1
    return pairs[::-1]
