"""The writer: its text case by case, what `read_abc` makes of it, and what abc2midi plays from it."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from transformers_abc.notation.marks import (
    Annotation,
    ChordSymbol,
    Decoration,
    Grace,
    GraceNote,
    Lyric,
    Mark,
    Slur,
    sorted_marks,
)
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import BarLine, Key, Metre, Note, Tempo, Tune, Voice
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
        ("0 6", "C16- C16- C16"),  # in one long bar: nothing is longer than a dotted breve
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


def test_two_notes_of_one_letter_in_a_chord_both_say_their_signs():
    notes = (Note(Fraction(0), WHOLE, 62, 2), Note(Fraction(1, 2), WHOLE / 4, 61, 1))  # without its sign C would be tied to C double sharp
    tune = Tune((Voice(notes),), (WHOLE,), keys=((Fraction(0), Key(2)),))
    assert written(tune) == "^^C4- [^C^^C-]2 ^^C2"
    assert read_abc(write_abc(tune)) == tune


def test_overlapping_notes_are_cut_and_tied():
    notes = (Note(Fraction(0), WHOLE, 60), Note(Fraction(1, 4), Fraction(1, 4), 64), Note(Fraction(1, 2), WHOLE, 67))
    assert written(Tune((Voice(notes),), (WHOLE, WHOLE))) == "C2- [C-E]2 [CG-]4 | G4 z4"


def test_an_accidental_is_written_again_after_any_piece_of_a_tied_one():
    """The tied F flat stands in two pieces, F and f; abcjs counts neither sign."""
    notes = (
        Note(Fraction(1, 2), Fraction(9, 8), 76, -1),  # an f flat over the bar line, then for 5/8 of a whole note
        Note(Fraction(13, 8), Fraction(1, 8), 76, -1),
    )
    assert written(Tune((Voice(notes),), (WHOLE, WHOLE))) == "z4 _f4- | _f4- _f_f z2"


# --- Marks --------------------------------------------------------------------------------------------------------------------------

GRACE_A, GRACE_G_SHARP = GraceNote(69, 0, Fraction(1, 8)), GraceNote(68, 1, Fraction(1, 16))


def four_notes(*marks: tuple[str, Mark], pitches: tuple[tuple[int, int], ...] = ((60, 0), (62, 0), (64, 0), (65, 0))) -> Tune:
    """A bar of quarter notes with marks at times in whole notes."""
    notes = tuple(Note(Fraction(i, 4), Fraction(1, 4), pitch, alter) for i, (pitch, alter) in enumerate(pitches))
    return Tune((Voice(notes, marks=sorted_marks((Fraction(time), mark) for time, mark in marks)),), (WHOLE,))


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([("0", Slur(Fraction(3, 4)))], "(C2 D2 E2 F2)"),
        ([("0", Slur(Fraction(3, 4))), ("1/4", Slur(Fraction(1, 4)))], "(C2 (D2 E2) F2)"),
        ([("0", Slur(Fraction(1, 2))), ("1/2", Slur(Fraction(1, 4)))], "(C2 D2 (E2) F2)"),  # one ends where the next begins
        ([("0", Slur(Fraction(3, 8)))], "(C2 D-D) E2 F2"),  # it ends within a note, which is cut
        ([("1/4", Grace((GRACE_A, GRACE_G_SHARP)))], "C2 {A^G/2}D2 E2 F2"),
        ([("1/4", Grace((GRACE_A,), is_slashed=True))], "C2 {/A}D2 E2 F2"),
        ([("0", ChordSymbol("Am7")), ("1/8", ChordSymbol("D/F#"))], '"Am7"C-"D/F#"C D2 E2 F2'),
        ([("0", ChordSymbol("_x")), ("1/4", ChordSymbol('50 % "x"'))], r'"\u005fx"C2 "50 \% \u0022x\u0022"D2 E2 F2'),
        ([("0", Annotation("dolce", "_")), ("1/4", Annotation("x", "?"))], '"_dolce"C2 "^x"D2 E2 F2'),
        ([("0", Decoration(name)) for name in ("staccato", "trill", "turn", "a!b |")], ".T!turn!!ab!C2 D2 E2 F2"),
        ([("0", mark) for mark in (Annotation("a"), ChordSymbol("G"), Grace((GRACE_A,)), Slur(Fraction(0)), Decoration("upbow"))],
         '({A}"G""^a"uC2) D2 E2 F2'),
        ([("0", mark) for mark in (Annotation(" "), ChordSymbol("\n"), Grace(()), Decoration("!"))], "C2 D2 E2 F2"),  # nothing to write
    ],
)  # fmt: skip
def test_marks(marks, expected):
    assert written(four_notes(*marks)) == expected


def test_marks_stand_once_on_a_note_of_several_pieces():
    voice = Voice((Note(Fraction(0), Fraction(5, 8), 60),), marks=((Fraction(0), Slur(Fraction(0))), (Fraction(0), Decoration("trill"))))
    assert written(Tune((voice,), (WHOLE,))) == "(TC4-) C z3"


def test_marks_in_tuplets_and_over_rests():
    triplet = tuple(Note(Fraction(i, 12), Fraction(1, 12), 60) for i in range(3))
    marks = ((Fraction(0), Slur(Fraction(1, 6))), (Fraction(0), ChordSymbol("C")), (Fraction(1, 2), ChordSymbol("G")))
    assert written(Tune((Voice(triplet, marks=marks),), (WHOLE,))) == '((3:2:3"C"CCC) z2 "G"z4'


@pytest.mark.parametrize(
    ("grace", "expected"),
    [
        (GraceNote(66, 1, Fraction(1, 8)), "{^F}=F2 ^F2 =F2 ^F2"),  # abc2midi carries the sharp into the bar, abcjs does not
        (GraceNote(65, 0, Fraction(1, 8)), "{F}F2 ^F2 =F2 ^F2"),
    ],
)
def test_signs_after_a_grace_note(grace, expected):
    assert written(four_notes(("0", Grace((grace,))), pitches=(F, F_SHARP, F, F_SHARP))) == expected


def test_grace_notes_say_what_the_bar_may_have_changed():
    tune = four_notes(("1/4", Grace((GraceNote(65, 0, Fraction(1, 8)),))), pitches=(F_SHARP, C, F_SHARP, C))
    assert written(tune) == "^F2 {=F}C2 ^F2 C2"
    tune = four_notes(("1/4", Grace((GraceNote(66, 1, Fraction(1, 8)),))), pitches=(F_SHARP, C, F_SHARP, C))
    assert written(tune) == "^F2 {^F}C2 F2 C2"  # the same sign in every reading


# --- Words --------------------------------------------------------------------------------------------------------------------------


def words_below(*marks: tuple[str, Mark], **more: object) -> list[str]:
    tune = replace(four_notes(*marks), **more)
    return [line for line in write_abc(tune, bars_per_line=1).splitlines() if line.startswith("w:")]


@pytest.mark.parametrize(
    ("syllables", "expected"),
    [
        ([("0", Lyric("Twin", 1, True)), ("1/4", Lyric("kle"))], ["w:Twin- kle"]),
        ([("1/4", Lyric("la")), ("1/2", Lyric("_"))], ["w:* la _"]),
        ([("0", Lyric("one")), ("1/4", Lyric("two", 2))], ["w:one", "w:* two"]),
        ([("0", Lyric("three", 3))], ["w:*", "w:*", "w:three"]),
        ([("0", Lyric("in the")), ("1/4", Lyric("re-do")), ("1/2", Lyric("a_b*|~")), ("3/4", Lyric("50%"))],
         [r"w:in~the re\-do a\u005fb\u002a\u007c\u007e 50\%"]),
        ([("0", Lyric("\\", 1, True))], [r"w:\u005c-"]),
        ([("0", Lyric(":"))], ["w: :"]),  # "w::" would be music
        ([("0", Lyric("first")), ("0", Lyric("second")), ("1/4", Lyric(" "))], ["w:first"]),
        ([("1/8", Lyric("late")), ("1/4", Lyric("then"))], ["w:* late then"]),  # the second piece of a cut note
    ],
)  # fmt: skip
def test_words(syllables, expected):
    assert words_below(*syllables) == expected


def test_words_belong_to_their_line():
    """Lines before the last with words get empty ones, since readers may go on from the words before."""
    voice = Voice(tuple(Note(Fraction(bar), WHOLE, 60) for bar in range(4)), marks=((Fraction(2), Lyric("la")),))
    music = write_abc(Tune((voice,), (WHOLE,) * 4), bars_per_line=1).splitlines()[6:]
    assert music == ["C8 |", "w:*", "C8 |", "w:*", "C8 |", "w:la", "C8 |]"]


def test_words_over_overlays_say_where_the_bar_ends():
    voice = Voice(
        (Note(Fraction(0), WHOLE, 60), Note(Fraction(1, 2), Fraction(1, 2), 60), Note(WHOLE, WHOLE, 62)),
        marks=((Fraction(0), Lyric("do")), (WHOLE, Lyric("re"))),
    )
    assert write_abc(Tune((voice,), (WHOLE,) * 2)).splitlines()[-2:] == ["C8 & x4 C4 | D8 |]", "w:do | re"]


def test_words_over_rests_are_left_out():
    assert words_below(("1/4", Lyric("la")), voices=(Voice((), marks=((Fraction(0), Lyric("la")),)),)) == []


# --- Overlays -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([("0", "1", 60), ("1/2", "1", 60)], "C8 & x4 C4"),
        ([("0", "1/2", 60), ("0", "1/4", 60)], "C4 z4 & C2 x6"),  # the longest first
        ([("0", "1", 60), ("0", "1", 64), ("1/2", "1", 60)], "[CE]8 & x4 C4"),  # what does not clash stays above
        ([("0", "1", 60), ("0", "1", 60), ("0", "1", 60)], "C8 & C8 & C8"),
        ([("0", "2", 60), ("1/2", "3/2", 60)], "C8- & x4 C4- | C8 & C4 x4"),  # ties go on in the same overlay
        ([("0", "3", 60), ("0", "1", 60), ("0", "2", 60)], "C8- & C8- & C8 | C8- & C8 | C8"),
        ([("0", "3", 60), ("0", "1", 60), ("0", "1", 60), ("1", "2", 64), ("1/2", "2", 64)],
         "C4- [C-E-]4 & C8 & C8 | [C-E]8 & E8 | C8"),
    ],
)  # fmt: skip
def test_overlays(notes, expected):
    notes = tuple(Note(Fraction(start), Fraction(end) - Fraction(start), pitch) for start, end, pitch in notes)
    bars = -(-max(note.end_wn for note in notes) // 1)
    assert written(Tune((Voice(notes),), (WHOLE,) * bars)) == expected


def test_a_resting_overlay_keeps_the_place_of_the_next():
    """The third layer is tied over the bar line; the second has nothing in the second bar."""
    notes = (Note(Fraction(0), Fraction(2), 60), Note(Fraction(0), Fraction(1), 60), Note(Fraction(1, 2), Fraction(1), 60))
    assert written(Tune((Voice(notes),), (WHOLE,) * 2)) == "C8- & C8 & x4 C4- | C8 & x8 & C4 x4"


def test_overlays_say_every_accidental_in_doubt():
    notes = (
        Note(Fraction(0), WHOLE, *F_SHARP),  # F sharp in the first layer: a reader may carry it to the second
        Note(Fraction(0), Fraction(1, 2), *F_SHARP),
        Note(Fraction(1, 2), Fraction(1, 2), *HIGH_F),
        Note(Fraction(1, 2), Fraction(1, 4), *HIGH_F),
        Note(WHOLE, WHOLE, *F_SHARP),  # after the change of key, which abcjs does not tell its overlays
        Note(WHOLE, WHOLE, *F_SHARP),
    )
    keys = ((Fraction(0), Key(0)), (WHOLE, Key(1)))
    assert written(Tune((Voice(notes),), (WHOLE, WHOLE), keys=keys)) == "^F4- [F=f]4 & ^F4 =f2 x2 | [K:G] F8 & ^F8"


def test_overlays_count_no_sign_of_the_layers_before():
    """If the overlay hears nothing of the first layer, its own sharp reaches the other octave only in some readers."""
    half = Fraction(1, 2)
    notes = (Note(Fraction(0), WHOLE, *F_SHARP), Note(Fraction(0), half, *F_SHARP), Note(Fraction(0), WHOLE, *HIGH_F_SHARP))
    notes = (*notes, Note(half, half, *HIGH_F_SHARP))
    assert written(Tune((Voice(notes),), (WHOLE,))) == "[^F^f]8 & ^F4 ^f4"


# --- Bar lines and parts ------------------------------------------------------------------------------------------------------------


def barred(*lines: tuple[int, BarLine], bars_per_line: int = 9, **more: object) -> list[str]:
    """The lines of music of four bars with bar lines at the starts of bars, from 0."""
    voice = Voice(tuple(Note(Fraction(bar), WHOLE, 60) for bar in range(4)))
    timed = tuple((Fraction(bar), line) for bar, line in lines)
    tune = Tune((voice,), (WHOLE,) * 4, bar_lines=timed, **more)
    return write_abc(tune, bars_per_line=bars_per_line).splitlines()[6:]


START, END, BOTH = BarLine(starts_repeat=True), BarLine(2), BarLine(2, True)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(0, START), (4, END)], "|: C8 | C8 | C8 | C8 :|"),
        ([(1, START), (2, BOTH), (3, END)], "C8 |: C8 :: C8 :| C8 |]"),
        ([(2, BarLine(3)), (3, BarLine(3, True))], "C8 | C8 ::| C8 ::|: C8 |]"),
        ([(0, START), (2, BarLine(endings=(1,))), (3, BarLine(2, endings=(2,)))], "|: C8 | C8 |1 C8 :|2 C8 |]"),
        ([(0, BarLine(True, endings=(1, 3))), (1, BarLine(2, True, (1, 2)))], "[1,3 C8 :: [1,2 C8 | C8 | C8 |]"),
        ([(1, BarLine(style="||")), (2, BarLine(style="|]", endings=(2,))), (3, BarLine(style="[|"))], "C8 || C8 |] [2 C8 [| C8 |]"),
        ([(0, BarLine(style="[|")), (4, BarLine(style="||"))], "[| C8 | C8 | C8 | C8 |]"),  # the end is the end
    ],
)
def test_bar_lines(lines, expected):
    assert barred(*lines) == [expected]


def test_what_opens_stands_in_the_next_line_of_text():
    lines = [(1, BOTH), (2, BarLine(style="||", endings=(1,))), (3, BarLine(2, endings=(2,)))]
    assert barred(*lines, bars_per_line=1) == ["C8 :|", "|: C8 ||", "[1 C8 :|", "[2 C8 |]"]


def test_an_ending_in_the_next_line_repeats_the_bar_line_in_voices_with_overlays():
    voice = Voice((Note(Fraction(0), WHOLE, 60), Note(Fraction(0), WHOLE, 60), Note(WHOLE, WHOLE, 62)))
    tune = Tune((voice,), (WHOLE, WHOLE), bar_lines=((WHOLE, BarLine(endings=(1,))),))
    assert write_abc(tune, bars_per_line=1).splitlines()[6:] == ["C8 & C8 |", "|1 D8 |]"]


def test_parts_begin_a_line_of_text_or_stand_in_it():
    parts = ((Fraction(0), "A"), (Fraction(1), "B"), (Fraction(3, 2), "C]"), (Fraction(9), "never"))
    assert barred(parts=parts, bars_per_line=2) == ["P:A", "C8 |", "P:B", r"C4- [P:C\u005d] C4 | C8 |", "C8 |]"]


def test_parts_and_words_of_interleaved_voices():
    high, low = (Voice(tuple(Note(Fraction(bar), WHOLE, pitch) for bar in range(2))) for pitch in (60, 48))
    high = replace(high, marks=((WHOLE, Lyric("la")),))
    tune = Tune((high, low), (WHOLE,) * 2, parts=((WHOLE, "B"),))
    body = "[V:1] C8 |\nw:*\n[V:2] C,8 |\nV:1\nP:B\n[V:1] C8 |]\nw:la\n[V:2] C,8 |]\n"
    assert write_abc(tune, interleave=True).endswith("K:C\n" + body)
    body = "V:1\nC8 |\nw:*\nP:B\nC8 |]\nw:la\nV:2\nC,8 |\nC,8 |]\n"
    assert write_abc(tune).endswith("K:C\n" + body)


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
V:1 clef=treble name="Vio\u0022lin\u0022"
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


def test_the_header_says_everything_in_order():
    tune = Tune(
        (),
        (),
        metres=((Fraction(0), Metre(5, 8, "2+3/8")),),
        keys=((Fraction(0), Key(2, "mixolydian", (("C", 1), ("G", -1)))),),
        title="One",
        composer="Trad.",
        part_order="(AB)2",
        info=(
            ("W", "Words | after"),
            ("T", "Two"),
            ("S", "Book &amp; 1"),
            ("A", "Kerry"),
            ("W", "|"),
            ("R", "jig"),
            ("C", "arr."),
            ("N", " "),
        ),
        number=42,
    )
    assert write_abc(tune).splitlines() == [
        *("X:42", "T:One", "T:Two", "C:Trad.", "C:arr.", "A:Kerry", "R:jig", r"S:Book \&amp; 1"),
        *("P:(AB)2", "M:2+3/8", "L:1/8", "K:Amix ^c _g", "W:Words | after", "W: |"),
    ]


def test_free_metre_has_no_pickup():
    notes = tuple(Note(Fraction(i, 8), Fraction(1, 8), 60) for i in range(5))
    free = Tune((Voice(notes),), (Fraction(3, 8), Fraction(1, 4)), ((Fraction(0), Metre(4, 4, "none")),))
    assert written(free) == "CC C | CC"
    assert written(replace(free, metres=((Fraction(0), Metre(4, 4)),))) == "C CC | CC"  # a pickup is counted from its end


def test_times_without_a_common_tick_are_exact_all_the_same():
    """The common denominator of the tune is beyond the bound, those of its bars are not; in one bar they are plain fractions."""
    primes = (8191, 8179, 8171, 8167)
    bars = [Voice((Note(Fraction(1, prime), Fraction(1, 2), 60),)) for prime in primes]
    notes = tuple(Note(bar + voice.notes[0].onset_wn, Fraction(1, 2), 60) for bar, voice in enumerate(bars))
    tune = Tune((Voice(notes),), (WHOLE,) * len(primes))
    assert written(tune).split(" | ") == [written(Tune((voice,), (WHOLE,))) for voice in bars]
    assert written(replace(tune, bar_lengths_wn=(Fraction(4),))).startswith("z8/8191 C4 z")


def test_a_tune_without_music():
    assert write_abc(Tune((), ())) == "X:1\nM:4/4\nL:1/8\nK:C\n"
    assert write_abc(Tune((Voice(()),), ())) == "X:1\nM:4/4\nL:1/8\nV:1 clef=treble\nK:C\nV:1\n"


# --- Mistakes -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notes", "bars", "message"),
    [
        (((0, 2, 60),), (1,), r"voice 1 \(Oboe\): the note at 0 ends at 2, but the bars reach from 0 to 1"),
        (((-1, 1, 60),), (1,), "the note at -1"),
        ((), (1, 0), "positive length, got 0"),
    ],
)
def test_what_cannot_be_written(notes, bars, message):
    voice = Voice(tuple(Note(Fraction(onset), Fraction(length), pitch) for onset, length, pitch in notes), "Oboe")
    with pytest.raises(ValueError, match=message):
        write_abc(Tune((voice,), tuple(map(Fraction, bars))))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"voices": (Voice((), "Oboe", marks=((WHOLE, Decoration("trill")),)),)},
            r"voice 1 \(Oboe\): a mark or the end of a slur stands at 1",
        ),
        ({"voices": (Voice((), marks=((-WHOLE, Decoration("trill")),)),)}, "voice 1: a mark or the end of a slur stands at -1"),
        ({"voices": (Voice((), marks=((Fraction(0), Slur(WHOLE)),)),)}, "end of a slur stands at 1, but the bars reach from 0 to 1"),
        ({"bar_lines": ((Fraction(1, 3), BarLine(2)),)}, "a bar line stands at 1/3, where no bar starts or ends"),
        ({"bar_lines": ((WHOLE, BarLine(style="!")),)}, "needs plays and endings from 1 on, and a style among"),
        ({"bar_lines": ((WHOLE, BarLine(0)),)}, "needs plays and endings from 1 on"),
        ({"info": (("X", "2"),)}, "Tune.info holds '2' under 'X'; the fields of text are T, C, A"),
    ],
)
def test_what_else_cannot_be_written(changes, message):
    with pytest.raises(ValueError, match=message):
        write_abc(replace(Tune((), (WHOLE,)), **changes))


def test_a_line_needs_a_bar():
    with pytest.raises(ValueError, match="bars_per_line=0"):
        write_abc(Tune((), ()), bars_per_line=0)


ABC2MIDI_TICK = Fraction(1, 4 * 480)


# --- Oracle -------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=25, phases=(Phase.reuse, Phase.generate), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), interleave=st.booleans())
def test_abc2midi_plays_what_is_written(abc2midi, random_tunes, data, interleave):
    """To the tick, of which it has 480 a quarter."""
    tune = data.draw(random_tunes(tuplets=(3, 5), plain=True))
    expected = [sorted((note.pitch_midi, note.onset_wn, note.length_wn) for note in voice.notes) for voice in tune.voices]
    played = [
        sorted((pitch, onset, length) for onset, length, pitch in notes) for notes in abc2midi(write_abc(tune, interleave=interleave))
    ]
    for ours, theirs in zip(expected, played, strict=True):
        assert [pitch for pitch, *_ in ours] == [pitch for pitch, *_ in theirs]
        for (_, *times), (_, *ticks) in zip(ours, theirs, strict=True):
            assert all(abs(time - tick) <= ABC2MIDI_TICK for time, tick in zip(times, ticks, strict=True))


REPEATED = ((WHOLE, START), (2 * WHOLE, BarLine(endings=(1,))), (3 * WHOLE, BarLine(2, endings=(2,))))


@settings(max_examples=25, phases=(Phase.reuse, Phase.generate), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), interleave=st.booleans(), bars_per_line=st.integers(1, 4))
def test_abc2midi_plays_overlays_repeats_and_parts(abc2midi, data, interleave, bars_per_line):
    """Each layer is a track of abc2midi, so all tracks are put together; notes end at bar lines, where repeats would cut them."""
    layer = st.lists(st.tuples(st.integers(0, 7), st.integers(1, 8), st.sampled_from(((60, 0), (61, 1), (61, -1), (64, 0)))), max_size=12)
    voices = []
    for _ in range(data.draw(st.integers(1, 2))):
        spans = {
            (bar + Fraction(start, 8), min(Fraction(length, 8), 1 - Fraction(start, 8)), *pitch)
            for bar in range(4)
            for start, length, pitch in data.draw(layer)
        }
        # two notes of one letter in a chord, C and C sharp, are too much for the ties of abc2midi
        voices.append(Voice(tuple(sorted((Note(*span) for span in spans), key=lambda note: (note.onset_wn, note.pitch_midi)))))
    marks = ((Fraction(0), Slur(Fraction(1, 2))), (Fraction(1, 4), Annotation("dolce")))
    voices[0] = replace(voices[0], marks=marks)
    tune = Tune(tuple(voices), (WHOLE,) * 4, bar_lines=REPEATED, parts=((2 * WHOLE, "B"),))
    played = abc2midi(write_abc(tune, interleave=interleave, bars_per_line=bars_per_line))
    expected = [(note.onset_wn, note.length_wn, note.pitch_midi) for voice in expand_repeats(tune).voices for note in voice.notes]
    assert sorted(note for track in played for note in track) == sorted(expected)


# --- Read back ----------------------------------------------------------------------------------------------------------------------


@settings(max_examples=30, phases=(Phase.reuse, Phase.generate), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), interleave=st.booleans(), bars_per_line=st.integers(1, 4))
def test_all_that_is_written_is_read_back(random_tunes, data, interleave, bars_per_line):
    tune = data.draw(random_tunes(tuplets=(3, 5), written=True))
    text = write_abc(tune, interleave=interleave, bars_per_line=bars_per_line)
    read = read_abc(text)
    assert read == tune
    assert not read.diagnostics
    assert write_abc(read, interleave=interleave, bars_per_line=bars_per_line) == text
