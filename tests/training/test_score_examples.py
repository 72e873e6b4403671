"""Examples that beats and bars are learnt from."""

from fractions import Fraction

import numpy as np
import pytest

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Metre
from transformers_abc.score_writer.beats import Beats
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.synthesis.tune_performance import perform_tune
from transformers_abc.training.score_examples import ScoreExamples, TruePlaces, cut_example, mishear

QUARTER = Fraction(1, 4)
# Two bars of 3/4 after a pickup, at one beat a second from 0.5 s.
PICKUP = TruePlaces(np.arange(7) + 0.5, np.arange(7) / 4, np.array([2, 0, 1, 2, 0, 1, 2]) / 4, Metre(3, 4))
STEADY = [HeardNote(beat / 2, beat / 2 + 0.45, 60 + beat % 12) for beat in range(400)]


def test_an_example_is_a_function_of_seed_and_number() -> None:
    assert ScoreExamples(seed=4)[7].notes == ScoreExamples(seed=4)[7].notes
    assert ScoreExamples(seed=4)[7].notes != ScoreExamples(seed=5)[7].notes


@pytest.mark.parametrize(
    ("times_s", "beat_wn", "expected"),
    [
        (np.arange(0.5, 9.5), QUARTER, 1),  # beat 0 is the pickup, bars begin on 1
        (np.arange(-0.5, 9.5), QUARTER, 2),
        (np.arange(0.0, 9.0), QUARTER, None),  # half a beat off
        (np.arange(0.5, 9.5, 2.0), QUARTER, None),  # half as fast
        (np.arange(0.5, 9.5, 0.5), Fraction(1, 8), 2),
    ],
    ids=["on the pickup", "one before", "off the beat", "half tempo", "eighths"],
)
def test_phase(times_s: np.ndarray, beat_wn: Fraction, expected: int | None) -> None:
    assert PICKUP.phase(Beats(times_s), beat_wn) == expected


def test_hearing_well_changes_nothing() -> None:
    assert mishear(STEADY, np.random.default_rng(0), 0.0) == STEADY


def test_hearing_as_measured() -> None:
    heard = mishear(STEADY, np.random.default_rng(0))
    near = [min(abs(note.onset_s - other.onset_s) for other in heard if other.pitch_midi == note.pitch_midi) for note in STEADY]
    missed = np.mean(np.array(near) > 0.1)
    assert 0.05 < missed < 0.2
    assert 0.01 < (len(heard) - len(STEADY) * (1 - missed)) / len(STEADY) < 0.12
    assert np.median(near) < 0.012
    assert all(note.offset_s > note.onset_s >= 0 for note in heard)


def test_a_span_begins_at_zero_and_holds_the_chosen_voices() -> None:
    tune = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\nV:1\ncdef|gagf|edcB|\nV:2\nC4|E4|G4|")
    performance = perform_tune(tune, np.random.default_rng(1), tempo_spread=0)
    example = cut_example(performance, 3.5, 11.5, np.random.default_rng(2), severity=0.0, voices=(0,))
    assert example is not None
    assert len(example.places.onsets_s) == 8
    assert [int(note.onset_s) for note in example.notes] == [0, *range(8)]  # the first sounds on from before
    assert (example.places.in_bar_wn[:4] * 4).tolist() == [0, 1, 2, 3]


def test_where_the_metre_changes_there_is_no_example() -> None:
    tune = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\ncdef|gagf|\nM:3/4\ncde|fga|")
    performance = perform_tune(tune, np.random.default_rng(1), tempo_spread=0)
    assert cut_example(performance, 0.0, 20.0, np.random.default_rng(2)) is None
    assert cut_example(performance, 0.0, 7.5, np.random.default_rng(2), severity=0.0) is not None
