"""The stages together: a performance of known music comes back as that music."""

from fractions import Fraction

import numpy as np
import pytest

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Metre, Tempo, Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.score_writer.beats import Beats
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.metre import BarGrid
from transformers_abc.score_writer.writing import write_score

TRIO = """X:1
M:4/4
L:1/8
Q:1/4=100
V:1
V:2
V:3
K:D
V:1
F2F2G2A2|A2G2F2E2|D2D2E2F2|F3EE4|F2F2G2A2|A2G2F2E2|D2D2E2F2|E3DD4|]
V:2
A,4A,2D2|D2C2A,2A,2|F,4G,2A,2|D3CC4|A,4A,2D2|D2C2A,2A,2|F,4G,2A,2|C3A,A,4|]
V:3
D,4E,2F,2|F,2E,2D,2A,,2|B,,4A,,2D,2|A,,4A,,4|D,4E,2F,2|F,2E,2D,2A,,2|B,,4A,,2D,2|A,,4D,4|]
"""
ODE = read_abc(TRIO)


def perform(tune: Tune, jitter_s: float, seed: int) -> list[HeardNote]:
    rng = np.random.default_rng(seed)
    return [
        HeardNote(
            max(tune.seconds_at(note.onset_wn) + 1.0 + rng.normal(0, jitter_s), 0.0),
            tune.seconds_at(note.end_wn) + 0.96 + rng.normal(0, jitter_s),
            note.pitch_midi,
        )
        for voice in tune.voices
        for note in voice.notes
    ]


@pytest.mark.parametrize("seed", range(3))
def test_a_clean_performance_comes_back_exactly(seed: int) -> None:
    written = write_score(perform(ODE, 0.012, seed))
    assert [[(n.onset_wn, n.length_wn, n.pitch_midi, n.alter) for n in v.notes] for v in written.voices] == [
        [(n.onset_wn, n.length_wn, n.pitch_midi, n.alter) for n in v.notes] for v in ODE.voices
    ]
    assert written.metres == ODE.metres
    assert written.keys == ODE.keys
    assert abs(written.tempos[0][1].quarter_bpm - 100) <= 1


def test_what_is_written_reads_back() -> None:
    written = write_score(perform(ODE, 0.03, 7), title="Ode")
    assert read_abc(write_abc(written)) == written


def test_silence_is_a_valid_tune_of_rests() -> None:
    tune = write_score([], duration_s=8.0, title="Silence")
    assert tune.voices[0].notes == ()
    assert tune.seconds_at(tune.length_wn) == 8.0
    assert read_abc(write_abc(tune)) == tune


@pytest.mark.parametrize("seed", range(20))
def test_any_notes_give_a_score_that_can_be_written(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 60))
    onsets = rng.uniform(0, 20, count)
    notes = [HeardNote(float(t), float(t + rng.uniform(0.03, 3)), int(rng.integers(21, 109)), float(rng.uniform(0.3, 1))) for t in onsets]
    tune = write_score(notes)
    assert read_abc(write_abc(tune)) == tune
    assert all(length == tune.metres[0][1].bar_wn for length in tune.bar_lengths_wn[1:])
    assert tune.metres[0][1] in (Metre(2, 4), Metre(3, 4), Metre(4, 4), Metre(6, 8), Metre(9, 8), Metre(12, 8))


def test_cut_time_is_counted_in_halves() -> None:
    notes = [HeardNote(beat * 0.3, beat * 0.3 + 0.28, 60 + beat % 5) for beat in range(16)]
    beats = Beats(np.arange(-0.3, 5.4, 0.3))
    tune = write_score(notes, finder=lambda _: (beats, BarGrid(Metre(2, 2), 1, Fraction(1, 4))))
    assert tune.tempos[0][1] == Tempo(Fraction(1, 2), Fraction(100))
