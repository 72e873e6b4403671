"""Ticks into exact times: what was written, and what was played."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import pairwise
from random import Random

import pytest

from transformers_abc.notation.midi_parts.quantisation import Span, TickGrid, quantise

START = [(0, F(0))]


@pytest.mark.parametrize(
    ("ticks_per_quarter", "tick", "time"),
    [
        (480, 0, F(0)),
        (480, 240, F(1, 8)),
        (480, 160, F(1, 12)),
        (480, 96, F(1, 20)),
        (480, 69, F(1, 28)),  # 68.57
        (480, 7, None),
        (480, 1920 * 3 + 60, 3 + F(1, 32)),
        (1024, 341, F(1, 12)),
        (1024, 683, F(1, 6)),
        (1024, 342, None),
        (96, 32, F(1, 12)),
        (96, 12, F(1, 32)),
        (96, 31, None),
        (960, 15, F(1, 256)),
        (960, 42, F(7, 640)),
    ],
)
def test_fine_grid(ticks_per_quarter: int, tick: int, time: F | None) -> None:
    assert TickGrid(ticks_per_quarter).written(tick) == time


@pytest.mark.parametrize("ticks_per_quarter", [48, 96, 120, 192, 256, 384, 480, 960, 1024, 10080])
def test_fine_grid_leaves_most_ticks_free(ticks_per_quarter: int) -> None:
    grid = TickGrid(ticks_per_quarter)
    assert sum(grid.written(tick) is not None for tick in range(grid.ticks_per_whole)) <= 0.4 * grid.ticks_per_whole


def test_rare_tuplets_count_where_they_leave_nothing_unexplained() -> None:
    quarters = [(480 * place, 480 * place + 480) for place in range(150)]
    thirteen = [72000 + round(1920 * F(place, 52)) for place in range(14)]
    spans = [*quarters, *pairwise(thirteen)]
    assert [onset for onset, _ in quantise([spans], TickGrid(480), START)[0]][-2:] == [F(75, 2) + F(11, 52), F(75, 2) + F(12, 52)]
    played = [*spans, (74414, 74880)]  # nor a thirteenth
    assert not any(onset.denominator == 52 for onset, _ in quantise([played], TickGrid(480), START)[0])


@pytest.mark.parametrize("late", [0, 1, -1])
def test_times_that_all_are_a_tick_late_are_exact(late: int) -> None:
    """64ths, which no division of a beat among the played ones has."""
    spans = [(30 * place + late, 30 * place + 20) for place in range(1, 20)]
    assert [onset for onset, _ in quantise([spans], TickGrid(480), START)[0]] == [F(place, 64) for place in range(1, 20)]


def played(spans: list[tuple[F, F]], deviation_ticks: float, seed: int) -> list[Span]:
    rng = Random(seed)
    return [(round(onset * 1920 + rng.gauss(0, deviation_ticks)), round(end * 1920 - rng.uniform(0, 40))) for onset, end in spans]


@pytest.mark.parametrize(
    "beat",
    [
        pytest.param([F(0)], id="quarter"),
        pytest.param([F(0), F(1, 2)], id="eighths"),
        pytest.param([F(0), F(1, 3), F(2, 3)], id="triplet"),
        pytest.param([F(0), F(1, 2), F(3, 4)], id="eighth and sixteenths"),
        pytest.param([F(0), F(3, 4)], id="dotted"),
    ],
)
def test_played_beats(beat: list[F]) -> None:
    """With a standard deviation of 10 ms at 120 quarters a minute, 39 of 40 onsets are found."""
    onsets = [1 + (bar + place) / 4 for bar in range(40) for place in beat]
    spans = list(zip(onsets, [*onsets[1:], F(11)], strict=True))
    found = quantise([played(spans, 10, seed=2)], TickGrid(480), START)[0]
    assert sum(times == span for times, span in zip(found, spans, strict=True)) >= len(spans) * 39 / 40


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        pytest.param(465, F(1, 4), id="just before the next onset"),
        pytest.param(500, F(1, 4), id="just after it"),
        pytest.param(250, F(1, 8), id="staccato"),
        pytest.param(3, F(1, 16), id="no length"),
    ],
)
def test_played_ends(end: int, expected: F) -> None:
    assert quantise([[(3, end), (477, 931)]], TickGrid(480), START)[0][0] == (F(0), expected)


def test_beats_are_counted_from_the_time_signature() -> None:
    """A triplet after a pickup of an eighth."""
    spans = [(2, 235), (243, 405), (398, 555), (564, 715)]
    onsets = [onset for onset, _ in quantise([spans], TickGrid(480), [(0, F(0)), (240, F(1, 8))])[0]]
    assert onsets == [F(0), F(1, 8), F(1, 8) + F(1, 12), F(1, 8) + F(1, 6)]
