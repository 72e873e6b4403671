"""Scores as arrays, and music of no composer."""

import numpy as np

from transformers_abc.notation.reader import read_abc
from transformers_abc.synthesis.pieces import GRID, LENGTH_QUARTERS, ONSET_QUARTERS, in_part_order, invented_piece, piece_notes

PIECES = [invented_piece(np.random.default_rng(seed)) for seed in range(30)]


def test_a_score_is_quarters_and_pitches_and_voices_without_notes_are_left_out() -> None:
    piece = piece_notes(read_abc("X:1\nM:4/4\nL:1/4\nK:C\nV:1\nV:2\nV:3\nV:1\nz (3c/d/e/ [eg]2|\nV:2\nz4|\nV:3\nC,6|"))
    assert piece is not None
    upper, lower = piece.parts
    third = np.float32(1 / 3)
    assert upper.tolist() == [[1, third, 72], [np.float32(4 / 3), third, 74], [np.float32(5 / 3), third, 76], [2, 2, 76], [2, 2, 79]]
    assert lower.tolist() == [[0, 6, 48]]
    assert piece.length_quarters == 6


def test_of_two_notes_at_one_place_the_longer_is_kept() -> None:
    notes = np.array([[1, 1, 60], [0, 1, 62], [0, 2, 60], [0, 1, 60]], dtype=np.float32)
    assert in_part_order(notes).tolist() == [[0, 2, 60], [0, 1, 62], [1, 1, 60]]


def test_invented_music_has_triplets_dotted_notes_and_chords() -> None:
    parts = [part for piece in PIECES for part in piece.parts]
    lengths = np.unique(np.round(np.concatenate([part[:, LENGTH_QUARTERS] for part in parts]) * 12)).tolist()
    assert {3, 4, 6, 9, 12, 18} <= set(lengths)
    assert {1, 3, 4} <= {int(np.unique(part[:, ONSET_QUARTERS], return_counts=True)[1].max()) for part in parts}


def test_invented_music_lies_on_its_grid_in_order_and_ends_in_time() -> None:
    for piece in PIECES:
        assert 1 <= len(piece.parts) <= 5
        assert piece.length_quarters <= 64.001
        for part in piece.parts:
            times = part[:, [ONSET_QUARTERS, LENGTH_QUARTERS]] * GRID
            assert np.abs(times - np.round(times)).max() < 1e-3
            assert (np.lexsort((part[:, 2], part[:, 0])) == np.arange(len(part))).all()
            assert len({tuple(note) for note in part[:, [0, 2]].tolist()}) == len(part)
