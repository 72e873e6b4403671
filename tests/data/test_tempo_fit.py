"""The tempo that is written over a stretch of a performance."""

from fractions import Fraction

import numpy as np
import pytest

from transformers_abc.data.tempo_fit import UNEVEN_S, fit_tempo

QUARTER = Fraction(1, 4)
BAR_LINES = tuple(Fraction(bar) for bar in range(1, 8))
PLACES = np.arange(0, 8, 0.25)  # a note on each quarter of eight bars of 4/4


@pytest.mark.parametrize("quarter_bpm", [40, 74, 115, 200])
@pytest.mark.parametrize("start_s", [0.0, 12.3])
def test_even_playing(quarter_bpm: int, start_s: float) -> None:
    fit = fit_tempo(PLACES, start_s + PLACES * 240 / quarter_bpm, QUARTER, BAR_LINES)
    assert [tempo.quarter_bpm for _, tempo in fit.tempos] == [quarter_bpm]
    assert fit.origin_s == pytest.approx(start_s)
    assert fit.worst_s == pytest.approx(0, abs=1e-9)


def test_beats_of_compound_metres() -> None:
    """Dotted quarters at 60: three quarters in two seconds, 90 quarters a minute."""
    fit = fit_tempo(PLACES, PLACES * 4 * 60 / 90, Fraction(3, 8), BAR_LINES)
    assert [(tempo.beat_wn, tempo.beats_per_minute) for _, tempo in fit.tempos] == [(Fraction(3, 8), 60)]


def test_jitter_is_no_tempo() -> None:
    rng = np.random.default_rng(0)
    fit = fit_tempo(PLACES, PLACES * 2.4 + rng.normal(0, 0.03, len(PLACES)), QUARTER, BAR_LINES)  # 100 a minute
    assert [tempo.quarter_bpm for _, tempo in fit.tempos] == [100]
    assert fit.deviation_s < 0.03


def test_a_ritardando_is_a_second_tempo() -> None:
    """Six bars at 120 (2 s each), then two at 60 (4 s each)."""
    seconds = np.where(PLACES < 6, PLACES * 2, 12 + (PLACES - 6) * 4)
    fit = fit_tempo(PLACES, seconds, QUARTER, BAR_LINES)
    assert [(place, tempo.quarter_bpm) for place, tempo in fit.tempos] == [(0, 120), (6, 60)]
    assert fit.worst_s < 0.01


def test_slowing_without_bar_lines_stays_one_tempo() -> None:
    seconds = np.where(PLACES < 6, PLACES * 2, 12 + (PLACES - 6) * 4)
    fit = fit_tempo(PLACES, seconds, QUARTER)
    assert len(fit.tempos) == 1
    assert fit.worst_s > UNEVEN_S


def test_one_late_note_is_no_second_tempo() -> None:
    seconds = PLACES * 2.0
    seconds[-1] += 1.0
    assert [tempo.quarter_bpm for _, tempo in fit_tempo(PLACES, seconds, QUARTER, BAR_LINES).tempos] == [120]
