"""The curves, and the losses of metre, tempo and key, on values worked out by hand."""

from fractions import Fraction
from itertools import pairwise
from math import log2

import pytest

from transformers_abc.notation.tune import Key, Metre, Tempo
from transformers_abc.scoring.curves import step_cost, tempo_cost
from transformers_abc.scoring.fields import key_loss, metre_loss, tempo_loss


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(0, 0), (0.25, 0.05), (1, 0.2), (2, 0.2 * 5**0.5), (2.5, 0.2 * 5**0.75), (3, 1), (3.01, 1), (100, 1)],
)
def test_step_cost(steps, expected):
    assert step_cost(steps) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("difference", "expected"),
    [(0, 0), (1, 0.01), (10, 0.1), (20, 0.1 * 10 ** (1 / 3)), (30, 0.1 * 10 ** (2 / 3)), (40, 1), (41, 1), (1e9, 1)],
)
def test_tempo_cost(difference, expected):
    assert tempo_cost(difference) == pytest.approx(expected)


@pytest.mark.parametrize("cost", [step_cost, tempo_cost])
def test_curves_are_continuous_and_never_fall(cost):
    values = [cost(thousandth / 1000) for thousandth in range(0, 50_000, 7)]
    assert values == sorted(values)
    assert max(b - a for a, b in pairwise(values)) < 0.01
    assert 0 == values[0] < values[-1] == 1


def metre(text: str) -> Metre:
    numerator, denominator = text.split("/")
    return Metre(int(numerator), int(denominator))


F1, F2, F3 = 0.2, 0.2 * 5**0.5, 1.0  # of one, two and three steps


@pytest.mark.parametrize(
    ("prediction", "reference", "expected"),
    [
        ("4/4", "4/4", 0),
        ("3/4", "4/4", (F1 + 0 + F1) / 3),  # a beat less; a bar that is a quarter shorter
        ("2/2", "4/4", (F2 + F1 + 0) / 3),  # two beats less, each twice as long, in a bar of the same length
        ("2/4", "4/4", (F2 + 0 + F2) / 3),
        ("6/8", "3/4", (F3 + F1 + 0) / 3),
        ("12/8", "4/4", (1 + F1 + F2) / 3),  # 1.5 against 1: two steps of a quarter
        ("7/8", "4/4", (F3 + F1 + 0.2 * 0.5) / 3),
        ("5/32", "4/4", (F1 + F3 + 1) / 3),  # a bar shorter by 27/32, which is more than three quarters
    ],
)
def test_metre_loss(prediction, reference, expected):
    assert metre_loss(metre(prediction), metre(reference)) == pytest.approx(expected)
    assert metre_loss(metre(reference), metre(prediction)) == pytest.approx(expected)


def test_metre_loss_knows_what_signs_stand_for():
    assert metre_loss(Metre(4, 4, "C"), Metre(4, 4)) == 0
    assert metre_loss(Metre(2, 2, "C|"), Metre(2, 2)) == 0
    assert metre_loss(Metre(5, 8, "2+3/8"), Metre(5, 8)) == 0


def test_tempo_loss_is_in_quarters_a_minute():
    dotted, quarters = Tempo(Fraction(3, 8), Fraction(60)), Tempo(Fraction(1, 4), Fraction(90))
    assert tempo_loss(dotted, quarters) == 0
    assert tempo_loss(Tempo(Fraction(1, 2), Fraction(60)), quarters) == pytest.approx(0.1 * 10 ** ((30 - 10) / 30))


@pytest.mark.parametrize(
    ("fifths", "other", "expected"),
    [(0, 0, 0), (1, 0, 0.2), (-1, 1, F2), (2, -1, 1), (6, -6, 0), (7, -5, 0), (7, -6, 0.2), (-7, 7, F2), (7, -4, 0.2), (5, -5, F2)],
)
def test_key_loss_goes_round_the_circle(fifths, other, expected):
    assert key_loss(Key(fifths), Key(other)) == pytest.approx(expected)
    assert key_loss(Key(other, "minor"), Key(fifths, "dorian")) == pytest.approx(expected)


def test_doublings_are_what_log2_says():
    assert log2(8 / 2) == 2
    assert metre_loss(Metre(4, 8), Metre(4, 2)) == pytest.approx((0 + F2 + 1) / 3)  # bars of 1/2 and 2: six steps
