"""Notes as written against notes as played."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformers_abc.data.matching import (
    EXTRA,
    MISSING,
    MISSING_BEFORE,
    SAME_PITCH,
    TOLERATED_S,
    WRONG_OCTAVE,
    WRONG_PITCH,
    WRONG_TIME,
    match_notes,
    tuning_of,
)

SCALE = [60, 62, 64, 65, 67, 69, 71, 72]


@pytest.mark.parametrize(
    ("written", "played", "pairs"),
    [
        (SCALE, SCALE, [(n, n) for n in range(8)]),
        (SCALE, SCALE[:3], [(0, 0), (1, 1), (2, 2)]),  # an excerpt: the rest of the score is not played
        (SCALE, [60, 62, 65, 67], [(0, 0), (1, 1), (3, 2), (4, 3)]),  # 64 left out
        (SCALE[:4], [60, 61.0, 62, 64, 65], [(0, 0), (1, 2), (2, 3), (3, 4)]),  # an ornament more
        (SCALE[:4], [60, 66.0, 64, 65], [(0, 0), (1, 1), (2, 2), (3, 3)]),  # a wrong note is a pair
        (SCALE[:4], [72, 74, 76, 77], [(0, 0), (1, 1), (2, 2), (3, 3)]),  # an octave higher
        ([60, 62, 64, 60, 62, 64, 65], [60, 62, 64, 65], [(3, 0), (4, 1), (5, 2), (6, 3)]),  # only the second time leads to 65
        ([60, 62, 64, 60, 62, 64], [60, 62, 64], [(0, 0), (1, 1), (2, 2)]),  # of two equally good places the first
        ([], SCALE, []),
        (SCALE, [], []),
    ],
)
def test_by_pitch(written: list[float], played: list[float], pairs: list[tuple[int, int]]) -> None:
    assert match_notes(np.array(written), np.array(played)) == pairs


def test_time_tells_repeated_notes_apart() -> None:
    written, expected_s = np.array([60, 60, 60, 60]), np.array([0.0, 1.0, 2.0, 3.0])
    played_s = np.array([0.05, 2.1, 2.95])  # the second is missing
    assert match_notes(written, np.array([60, 60, 60]), expected_s, played_s) == [(0, 0), (2, 1), (3, 2)]


@pytest.mark.parametrize(("pitches", "tuning"), [([60.2, 62.2, 64.2], 0.2), ([59.7, 61.7], -0.3), ([60.0], 0.0), ([], 0.0)])
def test_tuning(pitches: list[float], tuning: float) -> None:
    assert tuning_of(np.array(pitches)) == pytest.approx(tuning)


pitches = st.lists(st.integers(40, 80), max_size=30)


@given(pitches, pitches)
def test_pairs_rise_and_meet_once(written: list[int], played: list[int]) -> None:
    pairs = match_notes(np.array(written), np.array(played, dtype=float))
    for (i, j), (k, m) in pairwise(pairs):
        assert i < k
        assert j < m


@given(st.lists(st.integers(40, 80), min_size=2, max_size=30), st.integers(0, 29))
def test_one_note_left_out(written: list[int], place: int) -> None:
    """Every note of the others finds an equal one."""
    kept = [pitch for number, pitch in enumerate(written) if number != place % len(written)]
    pairs = match_notes(np.array(written), np.array(kept, dtype=float))
    assert len(pairs) == len(kept)
    assert all(written[i] == kept[j] for i, j in pairs)


# --- The same with a whole table of costs --------------------------------------------------------------------------------------------


def pairs_by_table(cost: np.ndarray) -> list[tuple[int, int]]:
    """As `match_notes`, slow and plain: ``total[i, j]`` is the least cost of the first i written and j played notes."""
    rows, columns = cost.shape
    total = np.empty((rows + 1, columns + 1))
    total[:, 0] = MISSING_BEFORE * np.arange(rows + 1)
    total[0] = EXTRA * np.arange(columns + 1)
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            missing = 0.0 if j == columns else MISSING
            total[i, j] = min(total[i - 1, j - 1] + cost[i - 1, j - 1], total[i - 1, j] + missing, total[i, j - 1] + EXTRA)
    pairs, i, j = [], rows, columns
    while i and j:
        is_pair = np.isclose(total[i, j], total[i - 1, j - 1] + cost[i - 1, j - 1])
        is_missing = np.isclose(total[i, j], total[i - 1, j] + (0.0 if j == columns else MISSING))
        if is_missing and not (is_pair and j < columns):
            i -= 1
        elif is_pair:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        else:
            j -= 1
    return pairs[::-1]


def cost_of(written: float, played: float, late_s: float) -> float:
    off = abs(played - written)
    octave = WRONG_OCTAVE if off > 6 and min(off % 12, -off % 12) < SAME_PITCH else WRONG_PITCH
    return (0.0 if off < SAME_PITCH else octave) + WRONG_TIME * min(abs(late_s) / TOLERATED_S, 1)


timed_notes = st.lists(st.tuples(st.integers(0, 40), st.sampled_from([60, 60.5, 61, 62, 64, 72, 74, 85])), max_size=20).map(sorted)


@given(timed_notes, timed_notes, st.booleans())
def test_two_rows_do_as_well_as_a_table(written: list[tuple[int, float]], played: list[tuple[int, float]], is_timed: bool) -> None:
    (expected_s, pitches), (played_s, sounding) = (np.array(notes, dtype=float).reshape(-1, 2).T for notes in (written, played))
    times_s = (expected_s / 4, played_s / 4) if is_timed else (None, None)
    cost = [[cost_of(p, q, (t - s) / 4 * is_timed) for t, q in played] for s, p in written]
    assert match_notes(pitches, sounding, *times_s) == pairs_by_table(np.array(cost).reshape(len(written), len(played)))


def test_memory_of_long_parts() -> None:
    """One byte a place and some rows: a table of floats would take eight."""
    count = 1500
    pitches = np.random.default_rng(0).integers(40, 80, count).astype(float)
    tracemalloc.start()
    try:
        pairs = match_notes(pitches, pitches)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert pairs == [(place, place) for place in range(count)]
    assert peak_bytes < 2 * count**2
