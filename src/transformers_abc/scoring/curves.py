"""The two curves that differences of numbers are put through: gentle at first, then steeper, and 1 where nothing is left to credit.

Both are continuous and never fall. Their shapes are those of the article's reward (J. Flynn, *Exploring Music Transcription with
Multi-Modal Language Models*, 2024), with the numbers of DESIGN.md; they are fixed, so that figures stay comparable over time.
"""

from __future__ import annotations

STEP_COST = 0.2  # of a difference of one step: a beat more in a bar, a denominator twice as large, a sharp more
STEPS_OF_NO_CREDIT = 3.0
_GROWTH = 1 / STEP_COST  # from one step to `STEPS_OF_NO_CREDIT` the cost grows by this factor, which takes it from 0.2 to 1

SAME_TEMPO_QPM = 10.0  # up to here two tempos would be called the same by most listeners
SAME_TEMPO_COST = 0.1
TENFOLD_QPM = 30.0  # so many quarters a minute more, and the cost is ten times as much: 1 at a difference of 40


def step_cost(steps: float) -> float:
    """The cost of a difference counted in steps, which need not be whole.

    Args:
        steps: at least 0.

    >>> [round(step_cost(steps), 3) for steps in (0, 0.5, 1, 2, 3, 7)]
    [0.0, 0.1, 0.2, 0.447, 1.0, 1.0]
    """
    if steps <= 1:
        return STEP_COST * steps
    if steps >= STEPS_OF_NO_CREDIT:
        return 1.0
    return min(1.0, STEP_COST * _GROWTH ** ((steps - 1) / (STEPS_OF_NO_CREDIT - 1)))


def tempo_cost(difference_qpm: float) -> float:
    """The cost of a difference of tempo in quarter notes a minute, at least 0.

    >>> [round(tempo_cost(difference), 3) for difference in (0, 5, 10, 25, 40, 1000)]
    [0.0, 0.05, 0.1, 0.316, 1.0, 1.0]
    """
    if difference_qpm <= SAME_TEMPO_QPM:
        return difference_qpm * SAME_TEMPO_COST / SAME_TEMPO_QPM
    if difference_qpm >= SAME_TEMPO_QPM + TENFOLD_QPM:
        return 1.0
    return min(1.0, SAME_TEMPO_COST * 10 ** ((difference_qpm - SAME_TEMPO_QPM) / TENFOLD_QPM))
