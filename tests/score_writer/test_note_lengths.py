"""How long notes are written: notes, staccato and rests."""

from fractions import Fraction as F

import numpy as np
import pytest

from transformers_abc.score_writer.note_lengths import FEATURES, Line, candidates_of, rated, shipped_layers, write_lengths


def line(gaps: list[F | int], sounding: list[float], bpm: float = 100, *, compound: bool = False) -> Line:
    """Notes with these beats from each to the next, of which so much sounds; a last one ends them."""
    onsets = [sum(gaps[:place], F(0)) for place in range(len(gaps) + 1)]
    starts_s = np.array([float(onset) for onset in onsets]) * 60 / bpm
    return Line(onsets, starts_s, starts_s + np.array([*sounding, 1.0]) * 60 / bpm, compound)


@pytest.mark.parametrize("bpm", [60, 100, 140])
@pytest.mark.parametrize("gap", [F(1, 4), F(1, 2), 1, 2])
def test_legato_notes_last_until_the_next(gap: F | int, bpm: int) -> None:
    assert write_lengths(line([gap] * 8, [0.95 * float(gap)] * 8, bpm)) == [gap] * 8


@pytest.mark.parametrize("bpm", [80, 120])
def test_staccato_eighths_are_no_sixteenths_with_rests(bpm: int) -> None:
    assert write_lengths(line([F(1, 2)] * 12, [0.22] * 12, bpm)) == [F(1, 2)] * 12


@pytest.mark.parametrize("bpm", [80, 120])
def test_a_long_silence_among_legato_notes_is_a_rest(bpm: int) -> None:
    lengths = write_lengths(line([1, 1, 2, 1, 1, 4, 1], [0.95, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95], bpm))
    assert lengths == [1, 1, 1, 1, 1, 1, 1]


def test_a_short_note_among_legato_ones_is_followed_by_a_rest() -> None:
    assert write_lengths(line([1, 1, 1, 1, 2, 1], [0.95, 0.95, 0.2, 0.95, 0.95, 0.95]))[2] < 1


def test_dotted_notes_triplets_and_compound_beats() -> None:
    assert write_lengths(line([F(3, 4), F(1, 4)] * 3, [0.72, 0.23] * 3)) == [F(3, 4), F(1, 4)] * 3
    assert write_lengths(line([F(1, 3)] * 6, [0.31] * 6)) == [F(1, 3)] * 6
    assert write_lengths(line([F(2, 3), F(1, 3)] * 3, [0.62, 0.3] * 3, 60, compound=True)) == [F(2, 3), F(1, 3)] * 3


def test_a_single_note_has_no_length_to_choose() -> None:
    assert write_lengths(line([], [])) == []


@pytest.mark.parametrize("sounds", [0.0, -3.0, 1e6])
def test_lengths_are_possible_whatever_is_heard(sounds: float) -> None:
    gaps = [F(1, 4), F(7, 3), F(1, 6), 16, F(1, 12)]
    for compound in (False, True):
        lengths = write_lengths(line(gaps, [sounds] * 5, compound=compound))
        assert all(0 < length <= gap for length, gap in zip(lengths, gaps, strict=True))


def test_candidates_begin_with_the_time_until_the_next_note() -> None:
    candidates = candidates_of(line([1, F(1, 4)], [0.5, 0.2]))
    assert candidates.lengths == [[1, F(1, 4), F(1, 2), F(3, 4)], [F(1, 4)]]
    assert candidates.possible.tolist() == [[True] * 4, [True] + [False] * 3]
    assert candidates.features.shape == (2, 4, FEATURES)
    assert rated(candidates.features, shipped_layers()).shape == (2, 4)
