"""Notes as written against notes as played."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformers_abc.data.matching import match_notes, tuning_of

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
