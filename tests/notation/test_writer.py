"""The writer: its text case by case, and what abc2midi plays from it."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from transformers_abc.notation.tune import Key, Metre, Note, Tempo, Tune, Voice
from transformers_abc.notation.writer import write_abc

WHOLE = Fraction(1)


def written(tune: Tune) -> str:
    """The music of a tune with one voice and at most four bars."""
    return write_abc(tune).splitlines()[-1].removesuffix(" |]")


def rhythm(times: str, metre: Metre = Metre(4, 4)) -> str:  # noqa: B008  (a frozen value)
    """The music for one bar of middle Cs that start at `times`, the last of which is the end; ``z`` before a time makes it a rest."""
    notes = [
        Note(Fraction(start), Fraction(end.strip("z")) - Fraction(start), 60)
        for start, end in pairwise(times.split())
        if not start.startswith("z")
    ]
    return written(Tune((Voice(tuple(notes)),), (Fraction(times.split()[-1]),), ((Fraction(0), metre),)))


def quarters(*pitches: tuple[int, int], key: Key = Key(0)) -> str:  # noqa: B008
    """The music for quarter notes, ``(pitch_midi, alter)`` each, in bars of 4/4."""
    notes = tuple(Note(Fraction(i, 4), Fraction(1, 4), pitch, alter) for i, (pitch, alter) in enumerate(pitches))
    return written(Tune((Voice(notes),), (WHOLE,) * -(-len(pitches) // 4), keys=((Fraction(0), key),)))


# --- Rhythm -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("0 1", "C8"),
        ("0 3/4 1", "C6 C2"),
        ("0 7/8 1", "C7 C"),  # double-dotted
        ("0 5/8 1", "C4- C C3"),  # 5/8 is no single value: split at the half bar
        ("0 1/16 5/8 1", "C/2 C7/2- C C3"),  # 9/16 from 1/16 on: 7/16 to the half bar, 1/8 after it
        ("0 1/8 3/8 1/2 5/8 3/4 1", "C C2 C CC C2"),  # a syncopation stays whole; eighths within a beat are beamed
        ("z0 1", "z8"),
        ("z0 3/8 1", "z3 C- C4"),
        ("0 1/64 1", "C/8C7/8-C- C2- C4"),  # 63/64 = 7/64 + 1/8 + 1/4 + 1/2: each cut at the strongest beat
    ],
)
def test_plain_rhythm(times, expected):
    assert rhythm(times) == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("0 1/12 1/6 1/4 1", "(3:2:3CCC C6"),
        ("0 1/6 1/4 1", "(3:2:2C2 C C6"),
        ("0 1/6 1/3 1/2 1", "(3:2:3C2 C2 C2 C4"),  # over two beats: a window of one would cut the second note
        ("0 1/3 2/3 1", "(3:2:3C4 C4 C4"),
        ("0 1/4 5/12 7/12 3/4 1", "C2 (3:2:3C2 C2 C2 C2"),  # two beats from the second one on
        ("0 1/24 1/12 1/8 1/6 5/24 1/4 1", "(3:2:3C/2C/2C/2(3:2:3C/2C/2C/2 C6"),  # six in a beat are two triplets
        ("0 1/20 1/10 3/20 1/5 1/4 1", "(5:4:5C/2C/2C/2C/2C/2 C6"),
        ("0 1/14 1/7 3/14 2/7 5/14 3/7 1/2 1", "(7:4:7CCCCCCC C4"),
        ("0 1/9 2/9 1/3 4/9 5/9 2/3 7/9 8/9 1", "(9:8:9CCCCCCCCC"),
        ("z0 1/3 5/12 1/2 1", "z2 (3:2:3z CC C4"),  # the rest gives way at the beat
        ("z0 1/6 5/24 1/4 1", "(3:2:3z2 C/2C/2 C6"),  # but not within it
        ("0 5/6 11/12 1", "C6- (3:2:3CCC"),  # the long note is cut where the triplet's beat begins
    ],
)
def test_tuplets(times, expected):
    assert rhythm(times) == expected


@pytest.mark.parametrize(
    ("metre", "times", "expected"),
    [
        (Metre(6, 8), "0 1/8 1/4 3/8 1/2 5/8 3/4", "CCC CCC"),
        (Metre(3, 8), "0 1/8 1/4 3/8", "CCC"),
        (Metre(5, 8), "0 1/8 1/4 3/8 1/2 5/8", "CC CC C"),
        (Metre(2, 2), "0 1/8 1/4 3/8 1/2 1", "CCCC C4"),
        (Metre(6, 8), "0 5/8 3/4", "C3- C2 C"),  # split at the dotted beat, not at the half
        (Metre(9, 8), "0 9/8", "C6- C3"),
        (Metre(9, 8), "z0 9/8", "z9"),  # a bar's rest is whole
        (Metre(6, 8), "0 3/40 6/40 9/40 12/40 15/40 3/4", "(5:4:5C3/4C3/4C3/4C3/4C3/4 C3"),  # five in a dotted beat
        (Metre(4, 4), "0 1/8", "C"),  # a pickup of an eighth
        (Metre(4, 4), "0 1/8 1/4 3/8", "C CC"),  # three eighths: the beats are counted back from the bar line
    ],
)
def test_metres(metre, times, expected):
    assert rhythm(times, metre) == expected


def test_a_length_without_a_bracket_is_a_plain_fraction():
    # 1/11 of a whole note is 8/11 of an eighth; the second note is cut at the beat: 1/4 - 1/11 = 7/44, in eighths 14/11.
    assert rhythm("0 1/11 1") == "C8/11C14/11- C6"


def test_a_triplet_and_a_quintuplet_in_one_beat_are_cut_apart():
    # The triplet takes the window from 1/16 to 3/32 (1/48 + 1/96 sound), the quintuplet the rest of the beat (1/160 + 3/20).
    assert rhythm("0 1/12 1/10 1/4 1") == "C/2-(3:2:2C/4C/8-(5:4:2C/16C3/2 C6"


def test_a_long_tuplet_has_several_brackets():
    """Twenty parts of a beat, the tenth and eleventh held together: 5 to the sixteenth, 14 after it. abcjs reads no number beyond 9."""
    music = rhythm(" ".join(f"{part}/80" for part in range(21) if part != 10) + " 1")
    assert music == "(5:4:5" + "C/8" * 5 + "(5:4:7" + "C/8" * 4 + "C/4" + "C/8" * 2 + "(5:4:7" + "C/8" * 7 + " C6"


def test_a_tied_note_within_a_tuplet():
    # In the first beat, a third begins at 1/24 and lasts to the end: 5/24 sounds, 5/16 is written, which no single value has.
    assert rhythm("0 1/24 1/4 1") == "(3:2:3C/2C3/2-C C6"


# --- Pitch --------------------------------------------------------------------------------------------------------------------------

C, C_SHARP, D_FLAT, F, F_SHARP, HIGH_F, HIGH_F_SHARP = (60, 0), (61, 1), (61, -1), (65, 0), (66, 1), (77, 0), (78, 1)


@pytest.mark.parametrize(
    ("pitches", "key", "expected"),
    [
        ((F_SHARP, F_SHARP, F, F), 0, "^F2 F2 =F2 F2"),
        ((F_SHARP, F, F_SHARP, F), 1, "F2 =F2 ^F2 =F2"),
        ((F_SHARP, HIGH_F, C, C), 0, "^F2 =f2 C2 C2"),  # a reader may carry the sharp to the other octave,
        ((F_SHARP, HIGH_F_SHARP, C, C), 0, "^F2 ^f2 C2 C2"),  # or not
        ((F_SHARP, HIGH_F, F_SHARP, C), 0, "^F2 =f2 ^F2 C2"),
        ((C, C, C, F_SHARP, F, F_SHARP), 0, "C2 C2 C2 ^F2 | F2 ^F2 z4"),  # the bar line ends it
        ((C_SHARP, D_FLAT, (62, 2), (58, -2)), 0, "^C2 _D2 ^^C2 __C2"),
        ((C_SHARP, (60, 1), (71, 0), (59, -1)), 7, "C2 B,2 =B2 _C2"),
    ],
)
def test_accidentals(pitches, key, expected):
    assert quarters(*pitches, key=Key(key)) == expected


def test_an_accidental_is_written_again_after_a_tied_one():
    """Readers differ on whether the sharp of a tied-over note reaches the notes after it."""
    notes = (
        Note(Fraction(1, 2), WHOLE, *F_SHARP),
        Note(Fraction(3, 2), Fraction(1, 4), *F_SHARP),
        Note(Fraction(7, 4), Fraction(1, 4), *F),
    )
    assert written(Tune((Voice(notes),), (WHOLE, WHOLE))) == "z4 ^F4- | ^F4 ^F2 =F2"


def test_letters_with_an_accidental_are_marked_after_a_change_of_key_in_the_bar():
    notes = tuple(Note(Fraction(i, 4), Fraction(1, 4), *pitch) for i, pitch in enumerate((F_SHARP, F_SHARP, F_SHARP, C_SHARP)))
    keys = ((Fraction(0), Key(0)), (Fraction(1, 4), Key(2)))
    assert written(Tune((Voice(notes),), (WHOLE,), keys=keys)) == "^F2 [K:D] ^F2 F2 C2"


def test_an_alteration_without_a_sign_is_spelled_anew():
    assert quarters((63, 3), (61, -4)) == "_E2 ^C2 z4".replace("_E", "^D")


# --- Chords and ties ----------------------------------------------------------------------------------------------------------------


def test_chords_from_low_to_high_with_ties_on_their_notes():
    notes = tuple(Note(Fraction(0), Fraction(3, 2), pitch) for pitch in (67, 60, 64))
    assert written(Tune((Voice(notes),), (WHOLE, WHOLE))) == "[C-E-G-]8 | [CEG]4 z4"


def test_overlapping_notes_are_cut_and_tied():
    notes = (Note(Fraction(0), WHOLE, 60), Note(Fraction(1, 4), Fraction(1, 4), 64), Note(Fraction(1, 2), WHOLE, 67))
    assert written(Tune((Voice(notes),), (WHOLE, WHOLE))) == "C2- [C-E]2 [CG-]4 | G4 z4"


# --- The whole text -----------------------------------------------------------------------------------------------------------------


def duet() -> Tune:
    high = Voice(tuple(Note(Fraction(i, 2), Fraction(1, 2), *pitch) for i, pitch in enumerate(((72, 0), (73, 1), (74, 0)))), 'Vio"lin"', 40)
    low = Voice((Note(Fraction(1), Fraction(1, 2), 48),), "100 % Cello", None, "bass")
    quarter = Fraction(1, 4)
    return Tune(
        (high, low),
        (quarter, WHOLE, Fraction(3, 4)),
        metres=((Fraction(0), Metre(4, 4)), (Fraction(5, 4), Metre(3, 4))),
        keys=((Fraction(0), Key(-3, "minor")), (Fraction(5, 4), Key(1))),
        tempos=((Fraction(0), Tempo(quarter, Fraction(120))), (Fraction(3, 4), Tempo(Fraction(3, 8), Fraction(121, 2)))),
        title="Two\nvoices",
        composer="N. \\N.",
    )


HEADER = r"""X:1
T:Two voices
C:N. \\N.
M:4/4
L:1/8
Q:1/4=120
%%score 1 2
V:1 clef=treble name="Vio'lin'"
V:2 clef=bass name="100 \% Cello"
K:Cmin
"""


def test_voice_by_voice():
    body = """V:1
%%MIDI program 40
c2- | c2 ^c2- [Q:3/8=60.5] c2 d2- |
[M:3/4][K:G] d2 z4 |]
V:2
z2 | z6 C,2- |
[M:3/4][K:G] C,2 z4 |]
"""
    assert write_abc(duet(), bars_per_line=2) == HEADER + body


def test_interleaved():
    body = """V:1
%%MIDI program 40
[V:1] c2- | c2 ^c2- [Q:3/8=60.5] c2 d2- |
[V:2] z2 | z6 C,2- |
[V:1] [M:3/4][K:G] d2 z4 |]
[V:2] [M:3/4][K:G] C,2 z4 |]
"""
    assert write_abc(duet(), bars_per_line=2, interleave=True) == HEADER + body


def test_a_tune_without_music():
    assert write_abc(Tune((), ())) == "X:1\nM:4/4\nL:1/8\nK:C\n"
    assert write_abc(Tune((Voice(()),), ())) == "X:1\nM:4/4\nL:1/8\nV:1 clef=treble\nK:C\nV:1\n"


# --- Mistakes -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notes", "bars", "message"),
    [
        (((0, 2, 60), (1, 1, 60)), (2,), r"voice 1 \(Oboe\): pitch 60 starts at 1 while it still sounds; split the voice"),
        (((0, 2, 60),), (1,), r"voice 1 \(Oboe\): the note at 0 ends at 2, but the bars reach from 0 to 1"),
        (((-1, 1, 60),), (1,), "the note at -1"),
        ((), (1, 0), "positive length, got 0"),
    ],
)
def test_what_cannot_be_written(notes, bars, message):
    voice = Voice(tuple(Note(Fraction(onset), Fraction(length), pitch) for onset, length, pitch in notes), "Oboe")
    with pytest.raises(ValueError, match=message):
        write_abc(Tune((voice,), tuple(map(Fraction, bars))))


def test_a_line_needs_a_bar():
    with pytest.raises(ValueError, match="bars_per_line=0"):
        write_abc(Tune((), ()), bars_per_line=0)


# --- Oracle -------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=25, phases=(Phase.reuse, Phase.generate), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), interleave=st.booleans())
def test_abc2midi_plays_what_is_written(abc2midi, random_tunes, data, interleave):
    """Exactly, in ticks; triplets and quintuplets only, since others fall between the 480 ticks of a quarter."""
    tune = data.draw(random_tunes(tuplets=(3, 5), plain=True))
    expected = [sorted((note.onset_wn, note.length_wn, note.pitch_midi) for note in voice.notes) for voice in tune.voices]
    assert abc2midi(write_abc(tune, interleave=interleave)) == expected
