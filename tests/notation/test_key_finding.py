"""The key of a few notes."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from transformers_abc.notation.key_finding import find_key

MAJOR, HARMONIC_MINOR = (0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0), (0, 2, 3, 5, 7, 8, 11, 12, 7, 3, 0)
NAMES = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]


@pytest.mark.parametrize("tonic", range(12))
def test_scales(tonic: int) -> None:
    major, minor = (find_key((60 + tonic + step, F(1, 4)) for step in steps) for steps in (MAJOR, HARMONIC_MINOR))
    assert major.tonic == NAMES[tonic]
    assert (minor.mode, minor.fifths % 12) == ("minor", (tonic * 7 - 3) % 12)


@pytest.mark.parametrize("notes", [[], [(pitch, F(1, 4)) for pitch in range(60, 72)]])
def test_nothing_speaks_for_any(notes: list[tuple[int, F]]) -> None:
    assert str(find_key(notes)) == "C"
