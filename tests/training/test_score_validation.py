"""What is measured of beats and bars."""

import numpy as np
import pytest

from transformers_abc.score_writer.beats import Beats
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.metre import BarGrid
from transformers_abc.training.score_validation import KINDS, ScoreValidator, wilson


@pytest.fixture(scope="module")
def validator() -> ScoreValidator:
    return ScoreValidator((), 6, seed=1, severity=0.0)


def test_clips_are_shared_by_kinds(validator: ScoreValidator) -> None:
    assert [clip.kind for clip in validator.clips] == [*KINDS, *KINDS]


def shares(row: dict[str, str]) -> dict[str, float]:
    return {name: float(told.split()[0]) for name, told in row.items()}


def finder_of(validator: ScoreValidator, octaves: float = 1.0, late: int = 0):
    """Beats where the text has them, so many times as fast, with bars so many beats late."""
    known = {clip.notes: clip for clip in validator.clips}

    def find(notes: list[HeardNote]) -> tuple[Beats, BarGrid]:
        places = known[tuple(notes)].places
        beat_wn = float(places.metre.beat_wn) / octaves
        order = np.argsort(places.onsets_wn, kind="stable")
        slope, start_s = np.polyfit(places.onsets_wn[order], places.onsets_s[order], 1)
        lines = places.onsets_wn - places.in_bar_wn
        first = int(np.floor(places.onsets_wn.min() / beat_wn)) - 8
        count = int(np.ptp(places.onsets_wn) / beat_wn) + 24
        beats = Beats(start_s + slope * beat_wn * (first + np.arange(count)))
        per_bar = int(places.metre.bar_wn / places.metre.beat_wn)
        return beats, BarGrid(
            places.metre, (round(float(np.median(lines % float(places.metre.bar_wn))) / beat_wn) - first + late) % per_bar
        )

    return find


def test_the_truth_is_right(validator: ScoreValidator) -> None:
    *_, (kind, count, told) = validator.table(finder_of(validator))
    assert (kind, count) == ("all", 6)
    figures = shares(told)
    assert figures["metre"] == figures["metre_downbeat"] == figures["tempo_octaves"] == 1.0
    assert figures["tempo"] >= 0.8  # a straight line is not quite the tempo of the text
    assert figures["loss_metre"] == 0.0


def test_octaves_and_late_bars_are_told_apart(validator: ScoreValidator) -> None:
    twice = shares(validator.table(finder_of(validator, octaves=2.0))[-1][2])
    assert twice["tempo"] == 0.0 < 0.8 <= twice["tempo_octaves"]
    late = shares(validator.table(finder_of(validator, late=1))[-1][2])
    assert late["metre"] == 1.0 > late["metre_downbeat"] == 0.0


def test_wilson_stays_between_0_and_1() -> None:
    assert wilson(0, 5)[0] == 0.0
    assert wilson(5, 5)[1] == 1.0
