"""What players do to what is written: gaps, slurs, phrases and signs."""

import numpy as np
import pytest

from transformers_abc.synthesis.playing import LOUDEST, QUIETEST, SHORTEST_NOTE_S, Interpretation, Signs, play_line

SEEDS = range(30)


def played(begins_s: np.ndarray, ends_s: np.ndarray, pitches: np.ndarray, seed: int, *, alone: bool = True, signs: Signs | None = None):
    rng = np.random.default_rng(seed)
    return play_line(begins_s, ends_s, pitches, Interpretation(rng), rng, one_at_a_time=alone, signs=signs)


def no_signs(count: int) -> dict[str, np.ndarray]:
    nan = np.full(count, np.nan)
    return {"slurred": np.zeros(count, dtype=bool), "held": nan, "level_db": nan, "accent_db": np.zeros(count)}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_repeated_pitch_is_let_go_for_10_to_60_ms(seed: int) -> None:
    beats = np.arange(20) * 0.5
    line = played(beats, beats + 0.5, np.full(20, 69), seed)
    gaps = line.onsets_s[1:] - line.offsets_s[:-1]
    assert gaps.min() >= 0.0099
    full = (line.offsets_s - line.onsets_s)[:-1] / 0.5 > 0.93  # held as long as can be: the gap is the only silence
    assert not full.any() or gaps[full].max() < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_notes_keep_their_order_and_a_line_never_overlaps_by_more_than_a_slur_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lengths = rng.choice([0.06, 0.125, 0.25, 1.0], 60)
    begins = np.cumsum(lengths) - lengths
    line = played(begins, begins + lengths * 1.5, 60 + np.arange(60) % 5, seed)  # written as overlapping
    assert (np.diff(line.onsets_s) > 0).all()
    assert (line.offsets_s - line.onsets_s > SHORTEST_NOTE_S / 2).all()
    late = line.offsets_s[:-1] - line.onsets_s[1:]
    assert late[~line.is_slurred[1:]].max() < SHORTEST_NOTE_S
    assert late.max() < 0.021 + SHORTEST_NOTE_S


def test_articulation_differs_from_phrase_to_phrase_and_slurs_touch() -> None:
    beats = np.arange(400) * 0.5
    line = played(beats, beats + 0.5, 60 + np.arange(400) % 7, 3)
    held = (line.offsets_s - line.onsets_s) / 0.5
    assert held.min() < 0.6 < 0.9 < held.max()
    assert 0.05 < line.is_slurred.mean() < 0.8
    into_slur = np.append(line.is_slurred[1:], False)
    assert (line.offsets_s[:-1] >= line.onsets_s[1:] - 0.15)[into_slur[:-1]].all()
    # Neighbours are alike more than strangers are: articulation belongs to phrases, not to notes.
    assert np.corrcoef(held[:-1], held[1:])[0, 1] > 0.5


def test_loudness_moves_over_phrases_within_bounds() -> None:
    beats = np.arange(300) * 0.4
    for seed in SEEDS:
        loudness = played(beats, beats + 0.4, 60 + np.arange(300) % 7, seed).loudness
        assert loudness.min() >= QUIETEST
        assert loudness.max() <= LOUDEST
    assert np.corrcoef(loudness[:-1], loudness[1:])[0, 1] > 0.5


def test_chords_begin_almost_together_from_low_to_high_and_end_before_the_next() -> None:
    begins = np.repeat(np.arange(6) * 1.0, 3)
    for seed in SEEDS:
        line = played(begins, begins + 1.0, np.tile([60, 64, 67], 6), seed, alone=False)
        onsets = line.onsets_s.reshape(6, 3)
        assert np.ptp(onsets, axis=1).max() < 0.1
        assert (onsets[1:, :1] >= onsets[:-1]).all()


def test_notes_written_over_each_other_stay_so_unless_the_instrument_has_one_line() -> None:
    begins, ends, pitches = np.array([0.0, 1.0, 2.0]), np.array([4.0, 2.0, 3.0]), np.array([48, 60, 62])
    assert all(played(begins, ends, pitches, seed, alone=False).offsets_s[0] > 1.1 for seed in SEEDS)
    assert all(played(begins, ends, pitches, seed).offsets_s[0] < 1.1 for seed in SEEDS)


def test_signs_are_obeyed() -> None:
    beats = np.arange(8) * 1.0
    signs = no_signs(8)
    signs["slurred"] = np.array([False, True, True, False] * 2)
    signs["held"] = np.where(np.arange(8) == 3, 0.45, np.nan)
    line = played(beats, beats + 1, 60 + np.arange(8), 0, signs=Signs(**signs))
    assert line.is_slurred.tolist() == signs["slurred"].tolist()
    assert line.offsets_s[3] - line.onsets_s[3] == pytest.approx(0.45, abs=1e-6)


def test_forte_is_louder_than_piano() -> None:
    beats = np.arange(40) * 0.5
    signs = no_signs(40)
    signs["level_db"] = np.where(np.arange(40) < 20, -16.0, -3.0)
    for seed in SEEDS:
        loudness = played(beats, beats + 0.5, 60 + np.arange(40) % 5, seed, signs=Signs(**signs)).loudness
        assert np.median(loudness[20:]) > np.median(loudness[:20])


def test_the_tempo_bends_and_never_runs_backwards() -> None:
    seconds = np.linspace(0, 120, 5000)
    bent = []
    for seed in SEEDS:
        interpretation = Interpretation(np.random.default_rng(seed), 120.0)
        heard = interpretation.played_s(seconds)
        assert heard[0] == 0
        assert (np.diff(heard) > 0).all()
        bent.append(np.ptp(np.diff(heard[:4000])) / np.diff(seconds).mean())
    assert 0.02 < np.median(bent) < 0.3


def test_nothing_to_play() -> None:
    assert len(played(np.zeros(0), np.zeros(0), np.zeros(0), 0).onsets_s) == 0
