"""Beats and metre from notes whose beats are known."""

from itertools import pairwise

import numpy as np
import pytest

from transformers_abc.notation.tune import Metre
from transformers_abc.score_writer.beats import _follow, smoothed, track_beats
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.metre import find_metre


def performance(lengths_beats: list[float], bpm: float, start_s: float = 0.3, pitch: int = 67) -> list[HeardNote]:
    onsets = start_s + np.concatenate([[0], np.cumsum(lengths_beats)]) * 60 / bpm
    return [HeardNote(float(on), float(off) - 0.02, pitch) for on, off in pairwise(onsets.tolist())]


WALTZ = [2, 1] * 8 + [1, 1, 1, 3]
MARCH = [1, 1, 1, 1, 0.5, 0.5, 1, 2] * 4
JIG = [2 / 3, 1 / 3, 2 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3, 1] * 5  # dotted-quarter beats


@pytest.mark.parametrize("bpm", [72, 96, 120, 138])
def test_tempo_within_two_per_cent_or_an_octave_of_it(bpm: float) -> None:
    found = track_beats(performance(MARCH, bpm)).bpm
    assert min(abs(found / (bpm * octave) - 1) for octave in (0.5, 1, 2)) < 0.02


def test_beats_follow_a_slowing_performance() -> None:
    onsets = np.cumsum(0.5 + 0.004 * np.arange(40))  # from 120 to 91 beats a minute
    beats = track_beats([HeardNote(float(t), float(t) + 0.4, 60) for t in onsets])
    off_beat = np.abs(beats.position(onsets) - np.round(beats.position(onsets)))
    assert np.median(off_beat) < 0.05


@pytest.mark.parametrize(
    ("lengths", "bpm", "expected"),
    [(WALTZ, 120, Metre(3, 4)), (MARCH, 100, Metre(4, 4)), (JIG, 80, Metre(6, 8))],
    ids=["waltz", "march", "jig"],
)
def test_metre(lengths: list[float], bpm: float, expected: Metre) -> None:
    notes = performance(lengths, bpm)
    assert find_metre(notes, track_beats(notes)).metre == expected


@pytest.mark.parametrize(
    ("times_s", "expected"),
    [
        ([1.0], [1.0]),
        ([1.0, 2.0], [1.0, 2.0]),
        ([0.0, 1.5, 2.0], [0.0, 1.25, 2.0]),  # half of 1.5 and half of the middle between 0 and 2
        ([0.0, 1.0, 3.0, 3.0, 4.0], [0.0, 1.25, 2.5, 3.25, 4.0]),
    ],
)
def test_smoothing_leaves_the_ends_and_what_it_is_given(times_s: list[float], expected: list[float]) -> None:
    given = np.array(times_s)
    assert smoothed(given).tolist() == expected
    assert given.tolist() == times_s


# (beats followed, whether their jitter is evened out): a few beats are kept as they were played
@pytest.mark.parametrize(("count", "is_smoothed"), [(4, False), (5, True), (8, True)])
def test_short_tracks_keep_their_beats(count: int, is_smoothed: bool) -> None:
    frames = np.cumsum([50, *([50, 56] * count)[: count - 1]])  # of the onset curve, 100 a second
    curve = np.zeros(frames[-1] + 20)
    curve[frames] = 1.0
    found = _follow(curve, 0.53)
    assert len(found) == count
    assert np.array_equal(found, smoothed(frames / 100) if is_smoothed else frames / 100)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_too_few_notes_to_tell_still_give_beats(count: int) -> None:
    notes = performance([1] * count, 100)
    beats = track_beats(notes)
    assert (np.diff(beats.times_s) > 0).all()
    assert find_metre(notes, beats).metre.numerator in (2, 3, 4)
