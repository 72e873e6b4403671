"""Which hypothesis is written, where several are likely."""

import numpy as np
import pytest

from transformers_abc.notation.tune import Metre
from transformers_abc.score_writer.bar_decision import least_wrong
from transformers_abc.score_writer.bar_network import BAR_CLASSES, class_of


def belief(*hypotheses: tuple[int, tuple[int, int], float], tracks: int = 3) -> np.ndarray:
    likely = np.zeros((tracks, len(BAR_CLASSES)))
    for track, metre, probability in hypotheses:
        place = class_of(Metre(*metre))
        assert place is not None
        likely[track, place] = probability
    return likely


def written(likely: np.ndarray, bpm: list[float]) -> tuple[int, tuple[int, int]]:
    track, bar_class = least_wrong(likely, np.array(bpm))
    metre = BAR_CLASSES[bar_class].metre
    return track, (metre.numerator, metre.denominator)


def test_what_is_certain_is_written() -> None:
    assert written(belief((1, (3, 4), 1.0)), [60, 90, 120]) == (1, (3, 4))


def test_hypotheses_of_one_tempo_stand_together() -> None:
    # The likeliest by itself is the waltz.
    likely = belief((0, (3, 4), 0.35), (1, (4, 4), 0.25), (1, (2, 4), 0.2), (2, (4, 4), 0.2))
    assert written(likely, [200, 100, 101]) == (1, (4, 4))


def test_between_metres_of_one_tempo_the_middle_one_is_least_wrong() -> None:
    likely = belief((0, (2, 2), 0.32), (0, (4, 4), 0.34), (0, (2, 4), 0.34))
    assert written(likely, [100, 50, 200]) == (0, (2, 2))


def test_quarters_are_compared_whatever_is_counted() -> None:
    # 6/8 counted in dotted quarters at 60 has as many quarters a minute as 4/4 at 90, so the two agree on the tempo.
    likely = belief((0, (6, 8), 0.3), (1, (4, 4), 0.3), (2, (4, 4), 0.4))
    assert written(likely, [60, 90, 180]) in ((0, (6, 8)), (1, (4, 4)))


@pytest.mark.parametrize("tracks", [1, 6])
def test_the_likeliest_track_of_a_tempo_is_taken(tracks: int) -> None:
    likely = belief((0, (4, 4), 0.3), tracks=tracks)
    if tracks > 1:
        likely[5, 0] = 0.5
    track, bar_class = least_wrong(likely, np.linspace(100, 101, tracks))
    assert (track, bar_class) == (tracks - 1, 0)
