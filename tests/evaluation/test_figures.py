"""Onset F1 of two tunes: exact values, and the same as mir_eval's over all pitches at once."""

import random

import pytest

from transformers_abc.evaluation.figures import note_onset_f1, played_events
from transformers_abc.scoring.note_f1 import onset_f1

HEAD = "X:1\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\n"


@pytest.mark.parametrize(
    ("prediction", "reference", "expected"),
    [
        (HEAD + "CDEF|", HEAD + "CDEF|", 1.0),
        (HEAD + "CDEG|", HEAD + "CDEF|", 2 * 3 / 8),
        (HEAD + "CDE|", HEAD + "CDEF|", 2 * 3 / 7),
        (HEAD.replace("=120", "=60") + "CDEF|", HEAD + "CDEF|", 2 * 1 / 8),  # only the first note begins in time
        (HEAD.replace("=120", "=118") + "CDEF|", HEAD + "CDEF|", 1.0),  # the last onset is 25 ms late
        (HEAD.replace("=120", "=114") + "CDEF|", HEAD + "CDEF|", 2 * 2 / 8),  # 26, 53 and 79 ms late
        ("", HEAD + "CDEF|", 0.0),
        (HEAD + "z4|", HEAD + "z4|", 1.0),
        (HEAD + "|:CDEF:|", HEAD + "CDEF|CDEF|", 1.0),
    ],
)
def test_exact_values(prediction: str, reference: str, expected: float) -> None:
    assert note_onset_f1(prediction, reference) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_pitch_by_pitch_is_the_same_as_all_at_once(seed: int) -> None:
    """Shaken lengths give onsets that match partly, and several that compete for one."""
    rng = random.Random(seed)
    notes = [rng.choice("CDEGc") for _ in range(120)]
    reference = HEAD + "".join(f"{note}{rng.choice(['/8', '/16', '/2'])}" for note in notes)
    prediction = HEAD + "".join(f"{note}{rng.choice(['/8', '/16', '/2'])}" for note in notes)
    ours, theirs = ([(event.onset_s, event.pitch_midi) for event in played_events(text)] for text in (prediction, reference))
    expected = onset_f1(theirs, ours)
    assert 0.05 < expected < 0.95
    assert note_onset_f1(prediction, reference) == pytest.approx(expected)


def test_a_few_letters_do_not_ask_for_hours() -> None:
    endless = HEAD + "P:" + "A" * 40 + "\nP:A\n" + "|:CDEF:|" * 200
    assert len(played_events(endless, 10_000)) <= 10_000
    assert note_onset_f1(endless, HEAD + "CDEF|") < 0.1
