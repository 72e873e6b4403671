"""What of a tune is scored."""

from fractions import Fraction

import pytest

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.transposition import transpose
from transformers_abc.notation.tune import Note, Tune, Voice
from transformers_abc.scoring.digest import NGRAM, digest

HEAD = "X:1\nM:4/4\nL:1/4\nQ:1/4=100\nK:C\n"


def pitches(text: str) -> list[list[int]]:
    return [[ord(pitch) for pitch in voice.pitches] for voice in digest(text).voices]


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("CDEF|", [60, 62, 64, 65]),
        ("^C_D=C_B,|", [61, 61, 60, 58]),  # as they sound
        ("[GEC]4|", [60, 64, 67]),  # from low to high
        ("C4-|C4|", [60]),  # ties
        ("|:C2D2:|", [60, 62, 60, 62]),  # repeats
        ("{cd}C4|", [60]),  # no grace notes
        ("C2z2|Z|D4|", [60, 62]),  # no rests
        ("!trill!C4|", [60]),
        ("C4&E4|", [60, 64]),
    ],
)
def test_pitches(music, expected):
    assert pitches(HEAD + music) == [expected]


def test_the_key_is_applied():
    assert pitches("X:1\nL:1/4\nK:D\nFCfc|") == [[66, 61, 78, 73]]


def test_voices_without_notes_are_left_out():
    assert pitches(HEAD + "V:1\nz4|\nV:2\nC4|\nV:3\n") == [[60]]


def rhythms(text: str) -> tuple:
    (voice,) = digest(text).voices
    return voice.rhythms


def test_rhythms_are_equal_where_places_in_bars_and_lengths_are():
    first, second, third, fourth = rhythms(HEAD + "C4|D4|EC3|E2F2|")[0:2] + rhythms(HEAD + "C4|D2z2|")
    assert first == second == third != fourth
    assert len(set(rhythms(HEAD + "CCCC|CCCC|"))) == 4
    assert len({*rhythms(HEAD + "(3CCC C2|"), *rhythms(HEAD + "(3DDD D2|")}) == 4


def test_rare_tuplets_are_exact():
    text = "X:1\nM:4/4\nL:1/4\nK:C\n(17:4:17" + "C" * 17 + "|"
    assert rhythms(text) == rhythms(text.replace("C" * 17, "D" * 17))
    assert len(set(rhythms(text))) == 17
    assert rhythms(text)[1] == (Fraction(1, 17) * 2**12 * 3**3 * 5 * 7 * 11 * 13,) * 2


def test_a_pickup_is_the_same_with_rests_before_it():
    assert rhythms(HEAD + "C|D4|E3|]")[:2] == rhythms(HEAD + "z3C|D4|E3z|]")[:2]


@pytest.mark.parametrize(
    ("repeated", "written_out"),
    [
        ("|:A|BcdA|Bcd:|", "A|BcdA|BcdA|BcdA|Bcd|]"),  # a pickup that the repeat comes back to
        ("|:A|BcdA|Bcd:||:e|fgae|fga:|", "A|BcdA|BcdA|BcdA|Bcde|fgae|fgae|fgae|fga|]"),
        ("BcdA|Bc||dA|Bcde|]", "BcdA|BcdA|Bcde|]"),  # a double bar line within a bar
        ("|:A|BcdA|Bcd:|[M:2/4]|:e|fg|f:|", "A|BcdA|BcdA|BcdA|Bcd[M:2/4]e|fg|fe|fg|f|]"),
    ],
)
def test_rhythms_are_those_of_the_music_written_out(repeated, written_out):
    assert pitches(HEAD + repeated) == pitches(HEAD + written_out)
    assert rhythms(HEAD + repeated) == rhythms(HEAD + written_out)


@pytest.mark.parametrize("metre", ["[M:2/4]", ""])
def test_bars_that_are_all_short_are_no_parts(metre):
    """Whether the metre changed or was wrong from the start: that costs the metre, and not the rhythm too."""
    assert len(set(rhythms(HEAD + metre + "C2|D2|E2|F2|"))) == 1


def test_what_a_text_does_not_say_is_none():
    full = digest(HEAD + "C4|")
    assert (str(full.metre), full.tempo.quarter_bpm, str(full.key)) == ("4/4", 100, "C")
    assert digest(HEAD.replace("M:4/4\n", "") + "C4|").metre is None
    assert digest(HEAD.replace("M:4/4", "M:none") + "C4|").metre is None
    assert digest(HEAD.replace("Q:1/4=100\n", "") + "C4|").tempo is None
    assert digest(HEAD.replace("Q:1/4=100", 'Q:"Allegro"') + "C4|").tempo is None
    assert digest("X:1\nM:4/4\nC4|").key is None
    assert digest(HEAD.replace("M:4/4\n", "") + "[M:3/4]C3|").metre.numerator == 3


def test_a_tune_says_all_that_it_holds():
    tune = Tune((Voice((Note(Fraction(0), Fraction(1), 60),)),), (Fraction(1),))
    assert digest(tune).metre.numerator == 4
    assert digest(tune).key.fifths == 0
    assert digest(tune).tempo is None


WORDS = (
    "Hello",
    "I hear a flute.",
    "The tempo is 120. The key is C.",
    "I'm sorry, I cannot hear audio.",
    "Sure! Here is the music:",
    "Flute, Bassoon",
    "G major",
)


@pytest.mark.parametrize("text", ["", "\n\n", "X:1\nK:C\n", "%abc", "X:1\nT:no music\nM:4/4\nK:C\nV:1\n", *WORDS])
def test_without_music_nothing_can_be_read(text):
    assert not digest(text).is_readable


@pytest.mark.parametrize("text", [HEAD + "C4|", HEAD + "z4|", "CDEF|", "K:C\nCDEF?", "CDEF|GA?Bc|", "I hear:\nX:1\nK:C\nC4|"])
def test_with_music_something_can_be_read(text):
    assert digest(text).is_readable


def test_form():
    well = digest(HEAD + "CDEF|GABc|")
    assert (well.bars, well.odd_bars, well.errors, well.repetition) == (2, 0, 0, 0)
    assert digest(HEAD + "CDEF|GABcd|CDEF|").odd_bars == 1
    assert digest(HEAD + "CDEF|[CE z ?|").errors == 2


def test_repetition_counts_runs_that_were_there_before():
    assert digest(HEAD + "CDEF|" * 3).repetition == pytest.approx(1 - 4 / 9)  # twelve notes: nine runs, four different
    assert digest(HEAD + "C" * 100 + "|").repetition == pytest.approx(1 - 97 / 97)  # each at another place in one endless bar
    assert digest(HEAD + "CCCC|" * 25).repetition == pytest.approx(1 - 4 / (101 - NGRAM))
    assert digest(HEAD + "C|").repetition == 0


def test_a_digest_is_given_back():
    once = digest(HEAD + "C4|")
    assert digest(once) is once


def test_repeats_are_played_as_far_as_asked():
    text = HEAD + "|:CDEF:|"
    assert digest(text).notes == 8
    assert digest(text, max_events=9).notes == 4


def test_transposing_moves_every_pitch():
    tune = read_abc(HEAD + "CEGc|")
    assert [ord(pitch) for pitch in digest(transpose(tune, 2)).voices[0].pitches] == [62, 66, 69, 74]
