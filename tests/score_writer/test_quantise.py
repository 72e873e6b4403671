"""Lengths on the grid of beats."""

from fractions import Fraction as F

import numpy as np
import pytest

from transformers_abc.score_writer.beats import Beats
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.quantise import quantise

ONE_A_SECOND = Beats(np.arange(0.0, 20.0))


def played(*spans: tuple[float, float]) -> list[HeardNote]:
    return [HeardNote(on, off, 60) for on, off in spans]


@pytest.mark.parametrize(
    ("voice", "expected"),
    [
        # Quarter, two eighths, quarter; played 20 ms late or early and 10 % short.
        (played((0.02, 0.9), (0.98, 1.45), (1.51, 1.95), (2.0, 2.9)), [(0, 1), (1, F(1, 2)), (F(3, 2), F(1, 2)), (2, 1)]),
        # Dotted eighth and sixteenth.
        (played((0.0, 0.7), (0.76, 0.95), (1.0, 1.9)), [(0, F(3, 4)), (F(3, 4), F(1, 4)), (1, 1)]),
        # A real silence of two beats is a rest; staccato is not.
        (played((0.0, 0.95), (3.0, 3.95)), [(0, 1), (3, 1)]),
        (played((0.0, 0.55), (1.0, 1.55), (2.0, 2.95)), [(0, 1), (1, 1), (2, 1)]),
        # An onset just before its beat belongs to it.
        (played((0.0, 0.9), (0.95, 1.9)), [(0, 1), (1, 1)]),
    ],
    ids=["eighths", "dotted", "rest", "staccato", "early"],
)
def test_quantise(voice: list[HeardNote], expected: list[tuple[F, F]]) -> None:
    (notes,) = quantise([voice], ONE_A_SECOND, compound=False)
    assert [(n.onset_beats, n.length_beats) for n in notes] == expected


def test_triplets_where_a_piece_has_them() -> None:
    voice = played(*[(beat + third / 3, beat + (third + 0.9) / 3) for beat in range(4) for third in range(3)])
    (notes,) = quantise([voice], ONE_A_SECOND, compound=False)
    assert {n.length_beats for n in notes} == {F(1, 3)}


def test_one_uneven_beat_is_no_triplet() -> None:
    voice = played((0.0, 0.9), (1.0, 1.6), (1.66, 1.95), (2.0, 2.9))
    (notes,) = quantise([voice], ONE_A_SECOND, compound=False)
    assert {n.length_beats.denominator for n in notes} <= {1, 2, 4}


def test_notes_that_start_together_are_a_chord_of_one_length() -> None:
    chord = [HeardNote(0.0, 0.9, 60), HeardNote(0.01, 1.9, 64), HeardNote(2.0, 2.9, 60)]
    (notes,) = quantise([chord], ONE_A_SECOND, compound=False)
    assert [(n.onset_beats, n.pitch_midi) for n in notes] == [(0, 60), (0, 64), (2, 60)]
    assert notes[0].length_beats == notes[1].length_beats
