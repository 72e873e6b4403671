"""The music itself: spelling, keys, metres, tempo map."""

from fractions import Fraction

import pytest

from transformers_abc.notation.tune import FIFTHS_ORDER, LETTERS, MODE_FIFTHS, Key, Metre, Note, Tempo, Tune, effective_changes, value_at

QUARTER = Fraction(1, 4)


@pytest.mark.parametrize(
    ("pitch", "alter", "letter", "octave"),
    [
        (60, 0, "C", 4),
        (61, 1, "C", 4),
        (61, -1, "D", 4),
        (59, -1, "C", 4),
        (60, 1, "B", 3),
        (62, 2, "C", 4),
        (127, 0, "G", 9),
        (0, 0, "C", -1),
    ],
)
def test_a_note_knows_its_letter(pitch, alter, letter, octave):
    note = Note(Fraction(0), QUARTER, pitch, alter)
    assert (note.letter, note.octave) == (letter, octave)


@pytest.mark.parametrize(
    ("length", "pitch", "alter", "message"), [(0, 60, 0, "positive, got 0"), (1, 61, 0, r"pitch 61 .* \+0: that is no letter")]
)
def test_what_is_no_note(length, pitch, alter, message):
    with pytest.raises(ValueError, match=message):
        Note(Fraction(0), Fraction(length), pitch, alter)


@pytest.mark.parametrize(
    ("key", "name", "altered"),
    [
        (Key(0), "C", ""),
        (Key(2), "D", "F# C#"),
        (Key(-3, "minor"), "Cmin", "Ab Eb Bb"),
        (Key(7), "C#", "F# C# G# D# A# E# B#"),
        (Key(-7, "lydian"), "Fblyd", "Fb Cb Gb Db Ab Eb Bb"),
        (Key(1, "dorian"), "Ador", "F#"),
        (Key(1, "mixolydian"), "Dmix", "F#"),
        (Key(-1, "locrian"), "Eloc", "Bb"),
        (Key(8), "G#", "F## C# G# D# A# E# B#"),
    ],
)
def test_keys(key, name, altered):
    signs = {-1: "b", 1: "#", 2: "##"}
    assert str(key) == name
    assert " ".join(letter + signs[key.alter_of(letter)] for letter in FIFTHS_ORDER if key.alter_of(letter)) == altered


@pytest.mark.parametrize("mode", MODE_FIFTHS)
@pytest.mark.parametrize("fifths", range(-7, 8))
def test_the_signature_sums_to_the_fifths(fifths, mode):
    assert sum(Key(fifths, mode).alter_of(letter) for letter in LETTERS) == fifths


@pytest.mark.parametrize(
    ("metre", "bar", "beat"),
    [(Metre(4, 4), "1", "1/4"), (Metre(6, 8), "3/4", "3/8"), (Metre(3, 8), "3/8", "1/8"), (Metre(5, 8), "5/8", "1/8")],
)
def test_metres(metre, bar, beat):
    assert (metre.bar_wn, metre.beat_wn) == (Fraction(bar), Fraction(beat))


def test_seconds_follow_the_tempo_map():
    # A quarter at 120 (the default) is 0.5 s, at 60 it is 1 s; three eighths at 60 are 1 s, so a quarter is 2/3 s.
    tempos = ((QUARTER, Tempo(QUARTER, Fraction(60))), (3 * QUARTER, Tempo(Fraction(3, 8), Fraction(60))))
    tune = Tune((), (Fraction(1),) * 2, tempos=tempos)
    assert [tune.seconds_at(i * QUARTER) for i in range(6)] == pytest.approx([0, 0.5, 1.5, 2.5, 2.5 + 2 / 3, 2.5 + 4 / 3])


def test_bars():
    tune = Tune((), (QUARTER, Fraction(1), Fraction(3, 4)))
    assert tune.bar_onsets_wn == (0, QUARTER, Fraction(5, 4))
    assert tune.length_wn == 2


def test_values_hold_until_the_next_change():
    changes = ((Fraction(0), "a"), (Fraction(1), "b"))
    assert [value_at(changes, Fraction(time)) for time in ("0", "1/2", "1", "9")] == ["a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], ()),
        ([(2, "b"), (0, "a")], ((0, "a"), (2, "b"))),
        ([(0, "a"), (1, "a"), (2, "b"), (2, "c")], ((0, "a"), (2, "c"))),
        ([(0, "a"), (1, "b"), (1, "a")], ((0, "a"),)),
        ([(0, "a"), (4, "b")], ((0, "a"),)),
    ],
)
def test_effective_changes(changes, expected):
    assert effective_changes(changes, Fraction(4)) == expected


def test_what_stands_at_the_start_holds_for_an_empty_tune():
    assert effective_changes([(Fraction(0), "a")], Fraction(0)) == ((0, "a"),)
