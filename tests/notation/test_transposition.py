"""Transposition: pitches, names and signatures."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transformers_abc.notation.marks import ChordSymbol, Grace, GraceNote
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.transposition import MAX_SIGNS, transpose
from transformers_abc.notation.tune import MODE_FIFTHS, Key, Note, Tune, Voice
from transformers_abc.notation.writer import write_abc


def transposed(body: str, key: str, semitones: int) -> tuple[str, str]:
    """The key and the notes of one bar after transposition, as ABC."""
    lines = write_abc(transpose(read_abc(f"X:1\nM:none\nL:1/8\nK:{key}\n{body}|\n"), semitones)).splitlines()
    return next(line.removeprefix("K:") for line in lines if line.startswith("K:")), lines[-1].removesuffix("|]").replace(" ", "")


@pytest.mark.parametrize(
    ("key", "body", "semitones", "expected"),
    [
        ("C", "CEG", 2, ("D", "DFA")),
        ("C", "C^F_B", 3, ("Eb", "E=A_d")),
        ("C", "CEG", -2, ("Bb", "B,DF")),
        ("C", "CEG", 6, ("F#", "FAc")),  # six sharps upwards
        ("C", "CEG", -6, ("Gb", "G,B,D")),  # six flats downwards
        ("C", "CEG", 1, ("Db", "DFA")),  # five flats rather than seven sharps
        ("C", "CEG", 12, ("C", "ceg")),
        ("C#", "CEG", 12, ("C#", "ceg")),  # an octave changes no name
        ("C#", "CEG", 2, ("Eb", "EGB")),
        ("F#", "FAc", 1, ("G", "GBd")),
        ("Am", "A^GA", 2, ("Bmin", "B^AB")),
        ("Ddor", "DFA", 5, ("Gdor", "GBd")),
        ("Eb", "EGB", 4, ("G", "GBd")),
        ("D =c", "Dc", 2, ("E=d", "Ed")),  # the explicit natural moves along
    ],
)
def test_keys_and_names(key: str, body: str, semitones: int, expected: tuple[str, str]) -> None:
    name, notes = transposed(body, key, semitones)
    assert (name.replace(" ", ""), notes) == expected


def test_a_later_key_beyond_the_signs_is_written_enharmonically() -> None:
    # D to E is two fifths; F# (6) would be G# (8) and becomes Ab (-4).
    keys = ((Fraction(0), Key(2)), (Fraction(1), Key(6)))
    notes = (Note(Fraction(0), Fraction(1), 62), Note(Fraction(1), Fraction(1), 66, 1))
    up = transpose(Tune((Voice(notes),), (Fraction(1),) * 2, keys=keys), 2)
    assert [str(key) for _, key in up.keys] == ["E", "Ab"]
    assert [(note.letter, note.alter) for note in up.voices[0].notes] == [("E", 0), ("A", -1)]


def test_marks_move_along() -> None:
    grace = Grace((GraceNote(67, 0, Fraction(1, 8)),), is_slashed=True)
    marks = tuple(
        (Fraction(0), mark) for mark in (grace, ChordSymbol("Am7/G"), ChordSymbol("Bb"), ChordSymbol("N.C."), ChordSymbol("F#dim"))
    )
    tune = Tune((Voice((Note(Fraction(0), Fraction(1), 60),), marks=marks),), (Fraction(1),))
    moved = [mark for _, mark in transpose(tune, 2).voices[0].marks]
    assert moved[0] == Grace((GraceNote(69, 0, Fraction(1, 8)),), is_slashed=True)
    assert moved[1:] == [ChordSymbol("Bm7/A"), ChordSymbol("C"), ChordSymbol("N.C."), ChordSymbol("G#dim")]


def test_percussion_stays() -> None:
    drums = Voice((Note(Fraction(0), Fraction(1), 36),), "Drums", clef="perc")
    assert transpose(Tune((drums,), (Fraction(1),)), 5).voices == (drums,)


@pytest.mark.parametrize(("pitch", "semitones"), [(127, 1), (0, -1), (60, 68), (60, -61)])
def test_beyond_the_pitches(pitch: int, semitones: int) -> None:
    tune = Tune((Voice((Note(Fraction(1, 2), Fraction(1, 2), pitch),), "Flute"),), (Fraction(1),))
    with pytest.raises(ValueError, match=rf"voice 1 \(Flute\): pitch {pitch} at 1/2 cannot move by {semitones}"):
        transpose(tune, semitones)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_there_and_back_is_the_same_up_to_spelling(random_tunes: Callable[..., st.SearchStrategy[Tune]], data: st.DataObject) -> None:
    tune = data.draw(random_tunes(written=True))
    semitones = data.draw(st.integers(-11, 11))
    there = transpose(tune, semitones)
    back = transpose(there, -semitones)
    for one, other, moved in zip(tune.voices, back.voices, there.voices, strict=True):
        assert [(n.onset_wn, n.length_wn, n.pitch_midi) for n in one.notes] == [
            (n.onset_wn, n.length_wn, n.pitch_midi) for n in other.notes
        ]
        assert [n.pitch_midi + semitones for n in one.notes] == [n.pitch_midi for n in moved.notes]
    for (_, before), (_, after) in zip(tune.keys, back.keys, strict=True):
        assert (before.fifths - after.fifths) % 12 == 0
        assert before.mode == after.mode


@pytest.mark.parametrize("mode", MODE_FIFTHS)
@pytest.mark.parametrize("semitones", range(-11, 12))
def test_signatures_stay_writable_and_notes_keep_their_degree(semitones: int, mode: str) -> None:
    for fifths in range(-7, 8):
        key = Key(fifths, mode)
        pitches = [48 + natural + key.alter_of(letter) for letter, natural in zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True)]
        notes = tuple(
            Note(Fraction(i), Fraction(1), pitch, key.alter_of(letter))
            for i, (pitch, letter) in enumerate(zip(pitches, "CDEFGAB", strict=True))
        )
        moved = transpose(Tune((Voice(notes),), (Fraction(1),) * 7, keys=((Fraction(0), key),)), semitones)
        moved_key = moved.keys[0][1]
        assert abs(moved_key.fifths) <= MAX_SIGNS
        assert all(note.alter == moved_key.alter_of(note.letter) for note in moved.voices[0].notes), (
            "notes of the key stay notes of the key"
        )
