"""Beats, metre and bars by the shipped networks."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
import torch

from transformers_abc.score_writer import bar_choice
from transformers_abc.score_writer.bar_choice import DEFAULT_WEIGHTS, find_bars, find_bars_by_rules, load_weights
from transformers_abc.score_writer.bar_network import BAR_CLASSES, phase_sums, read_bars, weight_shapes
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.writing import write_score


def line(lengths_beats: list[float], bpm: float, pitches: list[int], start_s: float = 0.3) -> list[HeardNote]:
    onsets = start_s + np.concatenate([[0], np.cumsum(lengths_beats)]) * 60 / bpm
    return [HeardNote(float(on), float(off) - 0.03, pitches[place % len(pitches)]) for place, (on, off) in enumerate(pairwise(onsets))]


def waltz(bars: int, bpm: float = 132.0, start_s: float = 0.3) -> list[HeardNote]:
    melody = line([2, 1, 1, 1, 1] * (bars // 2), bpm, [67, 72, 71, 69, 67, 64, 65, 69, 74, 72], start_s)
    bass = [
        note
        for beat in range(3 * bars)
        for note in line([1], bpm, [[43, 59, 59], [48, 60, 60]][beat // 3 % 2][beat % 3 :][:1], start_s + beat * 60 / bpm)
    ]
    return sorted(melody + bass)


def test_a_waltz() -> None:
    beats, grid = find_bars(waltz(12))
    assert beats.bpm == pytest.approx(132, rel=0.03)
    assert str(grid.metre) == "3/4"
    first = float(beats.position(0.3))
    assert round(first - grid.downbeat) % 3 == 0


def test_the_order_of_notes_changes_nothing() -> None:
    notes = waltz(8)
    (beats, grid), (again, same) = find_bars(notes), find_bars(notes[::-1])
    assert grid == same
    assert beats.times_s.tolist() == again.times_s.tolist()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_few_notes_still_give_bars(count: int) -> None:
    beats, grid = find_bars(line([1.0] * count, 100, [60]))
    assert (np.diff(beats.times_s) > 0).all()
    assert 0 <= grid.downbeat < grid.beats_per_bar


def test_one_chord_and_notes_of_no_length() -> None:
    find_bars([HeardNote(1.0, 2.0, pitch) for pitch in range(60, 72)])
    find_bars([HeardNote(second / 3, second / 3, 60) for second in range(12)])


def test_long_music_is_decided_on_a_minute_and_followed_throughout() -> None:
    notes = waltz(120)  # 164 s
    beats, grid = find_bars(notes)
    assert grid.beats_per_bar == 3  # of quarters or of eighths, which no one can hear
    downbeats = beats.position(0.3 + np.arange(120) * 3 * 60 / 132) - grid.downbeat
    assert np.abs(downbeats / 3 - np.round(downbeats / 3)).max() < 0.1


def test_few_notes_and_a_drone() -> None:
    onsets = (0.3, 0.4, 1.6, 2.3)
    find_bars([HeardNote(onset, onset + 0.2, 60) for onset in onsets[:3]] + [HeardNote(2.3, 63.3, 40)])
    find_bars([HeardNote(onset, onset + 0.2, 60) for onset in (*onsets, 70.0)])  # long, and no track reaches across


def test_no_one_is_sure_of_a_note() -> None:
    beats, _ = find_bars([HeardNote(beat / 2, beat / 2 + 0.4, 60, confidence=0.0) for beat in range(16)])
    assert any(beats.bpm == pytest.approx(120 * times, rel=0.03) for times in (0.5, 1, 2))


def test_two_two_is_counted_in_quarters() -> None:
    alla_breve = next(counted for counted in BAR_CLASSES if str(counted.metre) == "2/2")
    assert alla_breve.beats == 4
    assert {counted.beats for counted in BAR_CLASSES} <= {2, 3, 4, 5}


def test_bars_of_a_score_have_the_length_of_the_metre() -> None:
    tune = write_score(waltz(12))
    assert set(tune.bar_lengths_wn[1:]) == {tune.metres[0][1].bar_wn}


def test_the_shipped_weights_fit_the_network() -> None:
    weights = load_weights(DEFAULT_WEIGHTS)
    assert {name: tuple(weight.shape) for name, weight in weights.items()} == weight_shapes()
    assert DEFAULT_WEIGHTS.stat().st_size < 3_000_000


def test_padding_changes_nothing() -> None:
    weights = load_weights(DEFAULT_WEIGHTS)
    tokens = torch.rand(1, 20, weight_shapes()["embed"][0], generator=torch.Generator().manual_seed(1))
    alone = read_bars(weights, tokens, torch.ones(1, 20, dtype=torch.bool))
    filled = torch.cat([tokens, torch.full_like(tokens, 7.0)], 1)
    beside = read_bars(weights, filled, torch.arange(40)[None] < 20)
    assert torch.allclose(alone[0], beside[0], atol=1e-4)
    assert torch.allclose(alone[1], beside[1][:, :20], atol=1e-4)
    assert not beside[1][:, 20:].any()


def test_phases_of_parts_add_up() -> None:
    downbeats = torch.rand(1, 23, len(BAR_CLASSES), generator=torch.Generator().manual_seed(1))
    for place in range(len(BAR_CLASSES)):
        parts = phase_sums(downbeats[:, :7], place) + phase_sums(downbeats[:, 7:], place, first_beat=7)
        assert torch.allclose(parts, phase_sums(downbeats, place), atol=1e-5)


def test_without_torch_the_rules_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bar_choice, "find_spec", lambda name: None)
    notes = waltz(8)
    beats, grid = find_bars(notes)
    expected, by_rules = find_bars_by_rules(notes)
    assert grid == by_rules
    assert beats.times_s.tolist() == expected.times_s.tolist()


def test_import_loads_no_torch() -> None:
    code = "import sys, transformers_abc.score_writer.writing; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"
