"""Keys and spelling."""

import numpy as np
import pytest

from transformers_abc.notation.tune import Key, Note
from transformers_abc.score_writer.spelling import alter_in, find_key


@pytest.mark.parametrize(
    ("pitches", "expected"),
    [
        ([60, 62, 64, 65, 67, 69, 71, 72], Key(0)),
        ([62, 64, 66, 67, 69, 71, 73, 74, 62, 66, 69], Key(2)),
        ([63, 65, 67, 68, 70, 72, 74, 75, 63, 67, 70], Key(-3)),
        ([57, 59, 60, 62, 64, 65, 68, 69, 57, 60, 64], Key(0, "minor")),
    ],
)
def test_find_key(pitches: list[int], expected: Key) -> None:
    assert find_key(np.bincount([p % 12 for p in pitches], minlength=12).astype(float)) == expected


@pytest.mark.parametrize("fifths", range(-5, 7))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_pitch_can_be_spelled_and_scale_notes_need_no_accidental(fifths: int, mode: str) -> None:
    key = Key(fifths, mode)
    notes = [Note(0, 1, pitch, alter_in(key, pitch)) for pitch in range(48, 60)]
    in_key = [note for note in notes if note.alter == key.alter_of(note.letter)]
    assert len({note.letter for note in in_key}) == 7


def test_no_notes_give_c_major() -> None:
    assert find_key(np.zeros(12)) == Key(0)
