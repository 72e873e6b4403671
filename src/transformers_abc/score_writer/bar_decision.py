"""Which of several likely hypotheses of beat and metre to write: the one that is least wrong on average.

The likeliest need not be it. Where 2/4, 2/2 and 4/4 at one tempo are equally likely, 2/2 is nearest to both others; and hypotheses that
agree on the tempo together outweigh one that stands alone. What a wrong answer costs are the losses of metre and tempo of the `article`
preset, and beside them what the rhythm loses: everything by another tempo, its bars by bars of another length.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from transformers_abc.score_writer.bar_network import BAR_CLASSES
from transformers_abc.scoring.curves import tempo_cost
from transformers_abc.scoring.fields import metre_loss

METRE_WEIGHT, TEMPO_WEIGHT = 0.15, 0.15  # as in the preset `article`
# Chosen on validation examples, of 0, .1 and .2 each.
OTHER_TEMPO_COST, OTHER_BARS_COST = 0.1, 0.1
SAME_TEMPO_RATIO = 1.05  # ratio below which two tempi are one


def least_wrong(likely: np.ndarray, bpm: np.ndarray) -> tuple[int, int]:
    """The track and metre to write.

    Args:
        likely: ``[tracks, classes]``, the probability that a track is the beat of music in a class of `BAR_CLASSES`.
        bpm: ``[tracks]``, beats a minute.

    Returns:
        Numbers of a track and a class.

    >>> likely = np.zeros((2, len(BAR_CLASSES)))
    >>> likely[0, 0], likely[0, 3], likely[1, 2] = 0.34, 0.26, 0.4    # 4/4 and 2/2 at one tempo, and a waltz at another
    >>> least_wrong(likely, np.array([100.0, 150.0]))
    (0, 0)
    """
    tracks, classes = likely.shape
    quarter_bpm = (bpm[:, None] * _quarters_a_beat()).ravel()
    expected = _costs(quarter_bpm, tracks) @ likely.ravel()
    track, bar_class = divmod(int(np.lexsort((-likely.ravel(), expected.round(9)))[0]), classes)
    # Of the tracks that are this tempo, the likeliest.
    same = np.abs(np.log(bpm / bpm[track])) < np.log(SAME_TEMPO_RATIO)
    return int(np.where(same, likely[:, bar_class], -1.0).argmax()), bar_class


def _costs(quarter_bpm: np.ndarray, tracks: int) -> np.ndarray:
    """What writing one hypothesis costs where another is true, ``[hypotheses, hypotheses]``."""
    between = np.abs(quarter_bpm[:, None] - quarter_bpm)
    tempo = np.array([tempo_cost(float(difference)) for difference in between.ravel()]).reshape(between.shape)
    same_tempo = np.abs(np.log(quarter_bpm[:, None] / quarter_bpm)) < np.log(SAME_TEMPO_RATIO)
    bars_wn = np.tile([float(counted.metre.bar_wn) for counted in BAR_CLASSES], tracks)
    same_bars = same_tempo & (bars_wn[:, None] == bars_wn)
    metre = np.tile(_metre_losses(), (tracks, tracks))
    return METRE_WEIGHT * metre + TEMPO_WEIGHT * tempo + OTHER_TEMPO_COST * ~same_tempo + OTHER_BARS_COST * ~same_bars


@lru_cache(maxsize=1)
def _metre_losses() -> np.ndarray:
    """``[classes, classes]``."""
    return np.array([[metre_loss(written.metre, true.metre) for true in BAR_CLASSES] for written in BAR_CLASSES])


def _quarters_a_beat() -> np.ndarray:
    """``[classes]``."""
    return np.array([float(4 * counted.beat_wn) for counted in BAR_CLASSES])
