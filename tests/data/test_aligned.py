"""How score time and recording time are told apart."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformers_abc.data.aligned import AlignedPiece, TimeMap
from transformers_abc.notation.tune import Note, Tune, Voice

WN = [Fraction(place, 4) for place in range(5)]


def test_between_and_beyond_the_known() -> None:
    beats = TimeMap(WN, [1.0, 1.5, 2.0, 3.0, 4.0])  # a quarter lasts half a second, then a whole one
    assert beats.seconds_at(Fraction(1, 8)) == pytest.approx(1.25)
    assert beats.seconds_at(Fraction(5, 8)) == pytest.approx(2.5)
    assert beats.seconds_at(Fraction(-1, 4)) == pytest.approx(1.0 - 3 / 4)  # as on average over the first whole note: 3 s
    assert beats.seconds_at(Fraction(5, 4)) == pytest.approx(4.0 + 3 / 4)


def test_voices_that_begin_together_agree_on_the_middle() -> None:
    beats = TimeMap([WN[0], WN[1], WN[1], WN[1]], [0.0, 0.9, 1.0, 5.0])
    assert beats.seconds_at(WN[1]) == pytest.approx(1.0)


def test_an_outlier_is_left_out() -> None:
    beats = TimeMap(WN, [0.0, 1.0, 9.0, 3.0, 4.0])
    assert beats.seconds_at(WN[2]) == pytest.approx(2.0)


def test_unknown_onsets_are_left_out() -> None:
    beats = TimeMap(WN, [0.0, np.nan, 2.0, np.nan, 4.0])
    assert beats.seconds_at(WN[3]) == pytest.approx(3.0)


@pytest.mark.parametrize("times_s", [[], [1.0], [np.nan, 1.0], [1.0, 1.0], [2.0, 1.0]])
def test_too_little_is_known(times_s: list[float]) -> None:
    with pytest.raises(ValueError, match="two onsets"):
        TimeMap(WN[: len(times_s)], times_s)


@given(st.lists(st.floats(0.02, 3.0), min_size=2, max_size=20), st.floats(-1, 60))
def test_there_and_back(steps_s: list[float], time_s: float) -> None:
    beats = TimeMap([Fraction(place, 4) for place in range(len(steps_s))], np.cumsum(steps_s).tolist())
    assert beats.seconds_at(beats.whole_notes_at(time_s)) == pytest.approx(time_s, abs=1e-6)


def test_every_note_has_an_onset() -> None:
    score = Tune((Voice((Note(Fraction(0), Fraction(1), 60),)),), (Fraction(1),))
    with pytest.raises(ValueError, match="one: voice 0 has 1 notes and 2 onsets"):
        AlignedPiece("one", "one", "pairs", score, ((0.0, 1.0),), ())
