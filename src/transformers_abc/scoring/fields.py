"""Losses of what a header says: metre, tempo and key. 0 is right, 1 has nothing right."""

from __future__ import annotations

from math import log2

from transformers_abc.notation.tune import Key, Metre, Tempo
from transformers_abc.scoring.curves import step_cost, tempo_cost

_KEYS_IN_CIRCLE = 12
_RATIO_STEPS = 4  # 3/4 beside 4/4 differs by a quarter of a whole note in its bar: one step


def metre_loss(prediction: Metre, reference: Metre) -> float:
    """The mean cost of what differs: the beats of a bar, what a beat is, and how long the bar is.

    ``C`` counts as 4/4 and ``C|`` as 2/2.

    >>> pairs = ((3, 4, 4, 4), (2, 2, 4, 4), (2, 4, 4, 4), (6, 8, 3, 4))
    >>> [round(metre_loss(Metre(a, b), Metre(c, d)), 2) for a, b, c, d in pairs]
    [0.13, 0.22, 0.3, 0.4]
    """
    beats = abs(prediction.numerator - reference.numerator)
    doublings = abs(log2(prediction.denominator / reference.denominator))
    length_wn = abs(float(prediction.bar_wn - reference.bar_wn))
    return (step_cost(beats) + step_cost(doublings) + step_cost(_RATIO_STEPS * length_wn)) / 3


def tempo_loss(prediction: Tempo, reference: Tempo) -> float:
    """The cost of the difference in quarter notes a minute, whatever the beats are written in.

    >>> from fractions import Fraction
    >>> tempo_loss(Tempo(Fraction(3, 8), Fraction(60)), Tempo(Fraction(1, 4), Fraction(90)))
    0.0
    """
    return tempo_cost(abs(prediction.quarter_bpm - reference.quarter_bpm))


def key_loss(prediction: Key, reference: Key) -> float:
    """The cost of the distance between the signatures on the circle of fifths; A minor is as good as C, and C sharp as D flat.

    Accidentals that a key adds to its signature (``K:D phr ^f``) are not compared.

    >>> [key_loss(Key(a), Key(b)) for a, b in ((1, 0), (7, -5), (3, 0))]
    [0.2, 0.0, 1.0]
    """
    distance = abs(prediction.fifths - reference.fifths) % _KEYS_IN_CIRCLE
    return step_cost(min(distance, _KEYS_IN_CIRCLE - distance))
