"""Excerpts as they are played."""

from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pytest

from transformers_abc.synthesis.orchestration import notes_at_once
from transformers_abc.synthesis.performance import QUARTER_BPM_RANGE, draw_quarter_bpm, perform
from transformers_abc.synthesis.pieces import PieceNotes, invented_piece

CHORDS = np.array([[beat, 1.0, pitch] for beat in range(8) for pitch in (48, 55, 64, 67)], dtype=np.float32)


def test_a_clip_of_music_that_is_played_everywhere_is_not_silent() -> None:
    played = [len(perform(PieceNotes((CHORDS,)), np.random.default_rng(seed), 1.0)) for seed in range(30)]
    assert np.mean(np.array(played) > 0) > 0.8


@pytest.mark.parametrize("seed", range(20))
def test_players_keep_to_their_instruments_and_to_the_clip(seed: int) -> None:
    rng = np.random.default_rng(seed)
    notes = perform(invented_piece(rng), rng, 5.0)
    parts = {note.part: note.instrument for note in notes}
    for note in notes:
        assert note.instrument is parts[note.part]
        assert note.instrument.lowest <= note.pitch_midi <= note.instrument.highest
        assert note.onset_s < 5.0
        assert note.offset_s > max(note.onset_s, 0)
        assert 0 < note.loudness <= 1
    for part, instrument in parts.items():
        if notes_at_once(instrument) == 1:
            line = sorted((note.onset_s, note.offset_s) for note in notes if note.part == part)
            assert all(offset_s <= onset_s + 0.06 for (_, offset_s), (onset_s, _) in pairwise(line))  # slurs, short notes


def test_an_excerpt_may_begin_while_a_note_sounds() -> None:
    long_notes = PieceNotes((np.array([[start, 8.0, 60] for start in range(0, 64, 8)], dtype=np.float32),))
    firsts = [min(note.onset_s for note in perform(long_notes, np.random.default_rng(seed), 2.0)) for seed in range(40)]
    assert sum(first < 0 for first in firsts) > 20


def test_a_performance_is_a_function_of_its_generator() -> None:
    piece = invented_piece(np.random.default_rng(0))
    first, again, other = (perform(piece, np.random.default_rng(seed), 4.0) for seed in (1, 1, 2))
    assert [asdict(note) for note in first] == [asdict(note) for note in again]
    assert first != other


def test_tempos_are_those_of_music() -> None:
    tempos = [draw_quarter_bpm(np.random.default_rng(seed)) for seed in range(500)]
    assert QUARTER_BPM_RANGE[0] <= min(tempos) < 50
    assert 170 < max(tempos) <= QUARTER_BPM_RANGE[1]
    assert 85 < np.median(tempos) < 107
