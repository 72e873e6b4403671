"""Names of pitches, by the key and by where they go."""

from __future__ import annotations

from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformers_abc.notation.musicxml import read_musicxml
from transformers_abc.notation.pitch_spelling import alter_in, spell
from transformers_abc.notation.tune import Key, Note

QUARTETS = Path(__file__).resolve().parents[3] / "shared" / "data" / "openscore_quartets"
SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}


def names(key: Key, *pitches: int) -> str:
    notes = [(F(place, 4), F(1, 4), pitch) for place, pitch in enumerate(pitches)]
    return " ".join(note.letter + SIGNS[note.alter] for note in spell(notes, ((F(0), key),)))


@pytest.mark.parametrize(
    ("key", "pitches", "expected"),
    [
        pytest.param(Key(0), (60, 61, 62, 63, 64), "C C# D D# E", id="rising"),
        pytest.param(Key(0), (64, 63, 62, 61, 60), "E Eb D Db C", id="falling"),
        pytest.param(Key(0), (61, 66, 63, 68, 70), "C# F# Eb G# Bb", id="leaping: nearest to the key"),
        pytest.param(Key(-3), (66, 67), "F# G", id="leading note"),
        pytest.param(Key(0, "minor"), (68, 69), "G# A", id="leading note of A minor"),
        pytest.param(Key(-3, "minor"), (71, 72, 68, 67), "B C Ab G", id="C minor"),
        pytest.param(Key(7), (60, 72, 61), "B# B# C#", id="seven sharps"),
        pytest.param(Key(-7), (64, 59), "Fb Cb", id="seven flats"),
    ],
)
def test_names(key: Key, pitches: tuple[int, ...], expected: str) -> None:
    assert names(key, *pitches) == expected


@given(st.lists(st.integers(0, 127), max_size=8), st.integers(-7, 7), st.sampled_from(["major", "minor", "dorian"]))
def test_every_pitch_has_a_name_that_can_be_written(pitches: list[int], fifths: int, mode: str) -> None:
    notes = spell([(F(place, 4), F(1, 4), pitch) for place, pitch in enumerate(pitches)], ((F(0), Key(fifths, mode)),))
    assert [note.pitch_midi for note in notes] == pitches
    assert all(abs(note.alter) <= 2 for note in notes)


SMALLEST = sorted(QUARTETS.glob("*.mxl"), key=lambda path: path.stat().st_size)[1:3]


@pytest.mark.skipif(not SMALLEST, reason="shared/data/openscore_quartets is not here")
def test_movement_helps() -> None:
    """Against the names that an editor printed."""
    total = wrong_by_key = wrong_by_movement = 0
    for tune in map(read_musicxml, SMALLEST):
        for voice in tune.voices:
            printed = sorted(voice.notes, key=lambda note: (note.onset_wn, note.pitch_midi, note.length_wn))
            spelled = spell([(note.onset_wn, note.length_wn, note.pitch_midi) for note in printed], tune.keys)
            total += len(printed)
            wrong_by_movement += sum(left.alter != right.alter for left, right in zip(printed, spelled, strict=True))
            wrong_by_key += sum(note.alter != alter_in(tune.key_at(note.onset_wn), note.pitch_midi) for note in printed)
    assert wrong_by_movement < wrong_by_key < 0.1 * total


@pytest.mark.parametrize("fifths", range(-5, 7))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_notes_of_the_scale_need_no_accidental(fifths: int, mode: str) -> None:
    key = Key(fifths, mode)
    alters = {pitch: alter_in(key, pitch) for pitch in range(48, 60)}
    letters = [Note(F(0), F(1), pitch, alter).letter for pitch, alter in alters.items()]
    assert len({letter for letter, alter in zip(letters, alters.values(), strict=True) if alter == key.alter_of(letter)}) == 7
