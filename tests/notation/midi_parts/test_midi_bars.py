"""Bars into time signatures and back."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from transformers_abc.notation.midi_parts.midi_bars import MAX_REST_BARS, Signature, bar_lengths_of, metres_of, signatures_of, with_start
from transformers_abc.notation.tune import Metre, Tune

WHOLE, HALF, QUARTER = F(1), F(1, 2), F(1, 4)


@pytest.mark.parametrize(
    ("lengths", "metres"),
    [
        ((WHOLE, WHOLE), [(0, Metre(4, 4))]),
        ((QUARTER, WHOLE, 3 * QUARTER), [(0, Metre(4, 4))]),
        ((HALF, WHOLE), [(0, Metre(2, 4)), (HALF, Metre(4, 4))]),
        ((HALF, HALF, HALF, 3 * QUARTER, WHOLE), [(0, Metre(4, 4)), (F(3, 2), Metre(3, 4))]),
        ((WHOLE, F(5, 4), WHOLE), [(0, Metre(4, 4, "C"))]),
        ((F(3, 8), F(17, 12), WHOLE), [(0, Metre(4, 4, "none"))]),
        ((F(5, 8), F(5, 8)), [(0, Metre(5, 8, "2+3/8")), (F(5, 8), Metre(5, 8, "3+2/8"))]),
    ],
)
def test_there_and_back(lengths: tuple[F, ...], metres: list[tuple[F, Metre]]) -> None:
    tune = Tune((), lengths, tuple((F(onset), metre) for onset, metre in metres))
    signatures = with_start(signatures_of(tune))
    assert metres_of(signatures) == tune.metres
    assert bar_lengths_of(signatures, tune.length_wn, tune.length_wn) == lengths


def test_a_last_bar_that_no_signature_can_say_stays_too_long() -> None:
    tune = Tune((), (WHOLE, F(1, 12)))
    assert bar_lengths_of(with_start(signatures_of(tune)), tune.length_wn, tune.length_wn) == (WHOLE, F(6, 64))


def test_rests_after_the_last_note_are_bounded() -> None:
    start = [Signature(F(0), 4, 4)]
    assert len(bar_lengths_of(start, F(3), F(MAX_REST_BARS + 3))) == MAX_REST_BARS + 3
    assert len(bar_lengths_of(start, F(3), F(MAX_REST_BARS + 4))) == 3
