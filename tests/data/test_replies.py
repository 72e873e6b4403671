"""Judging replies: tolerant of how a thing is said, not of several things said at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformers_abc.data.question_parts.spoken_instruments import SPOKEN_NAMES
from transformers_abc.data.question_parts.techniques import TECHNIQUES
from transformers_abc.data.replies import KINDS, answers_match

QUARTET = "2 Violins, Viola and Cello"

RIGHT = [
    ("tempo", "115", "115"),
    ("tempo", "about 116 bpm", "115"),
    ("tempo", "♩ = 115", "115"),
    ("tempo", "Q:1/4=115", "115"),
    ("tempo", "The tempo is roughly one hundred and fifteen quarter notes per minute.", "115"),
    ("tempo", "115 bpm, 4/4 time, 8 bars", "115"),
    ("tempo", "not sure, but about 116 bpm", "115"),
    ("tempo", "58 half notes per minute", "115"),  # 116 quarters
    ("tempo", "dotted quarter = 60", "90"),
    ("tempo", "<think>100? 140?</think>\n**116**", "115"),
    ("tempo", "119.6", "115"),  # 115 x 1.04
    ("metre", "It is in 3/4 time", "3/4"),
    ("metre", "**3/4**", "3/4"),
    ("metre", "four four", "4/4"),
    ("metre", "Common time (4/4).", "4/4"),
    ("metre", "alla breve", "2/2"),
    ("metre", "three-quarter time", "3/4"),
    ("metre", "Not 6/8 but 3/4.", "3/4"),
    ("metre", "6/8 time: 6 eighth notes per bar", "6/8"),
    ("bars", "There are eight bars.", "8"),
    ("bars", "8 full measures of 4/4 at 120 bpm", "8"),
    ("bars", "I count... Answer: 8", "8"),
    ("key_signature", "two sharps", "2 sharps"),
    ("key_signature", "D major, which has 2 sharps and no flats", "2 sharps"),
    ("key_signature", "B minor", "2 sharps"),
    ("key_signature", "none", "no sharps or flats"),
    ("key_signature", "There are no sharps and no flats.", "no sharps or flats"),
    ("key_signature", "7 sharps", "5 flats"),  # as they sound
    ("key", "The key is D major.", "D major"),
    ("key", "It's in D.", "D major"),
    ("key", "Bbm", "Bb minor"),
    ("key", "D-flat major", "C# major"),
    ("key", "E harmonic minor", "E minor"),
    ("key", "in a minor key: E minor", "E minor"),
    ("first_note", "It begins on F♯4.", "F#4"),
    ("first_note", "G flat 4", "F#4"),
    ("first_note", "middle C", "C4"),
    ("first_note", "E##4", "F#4"),
    ("highest_note", "the F sharp in octave 4", "F#4"),
    ("lowest_note", "c2", "C2"),
    ("instruments", "two violins, a viola and a cello", QUARTET),
    ("instruments", "First violin, second violin, viola, cello", QUARTET),
    ("instruments", "It's a string quartet.", QUARTET),
    ("instruments", "Horn in F and alto sax, no strings", "French Horn and Alto Saxophone"),
    ("instruments", "a B flat clarinet", "Clarinet"),
    ("instruments", "Contrabass", "Double Bass"),
    ("instruments", "A grand piano", "Piano"),
    ("parts", "four", "4"),
    ("parts", "A quartet", "4"),
    ("parts", "2 violins, 1 viola, 1 cello", "4"),
    ("parts", "4 instruments: 2 violins, viola and cello", "4"),
    ("parts", "just a violin", "1"),
    ("melody", "The first violin.", "Violin"),
    ("melody", "the flute, not the oboe", "Flute"),
    ("techniques", "The strings are plucked (pizzicato).", "pizzicato"),
    ("techniques", "staccato, pizz.", "pizzicato and staccato"),
]

WRONG = [
    ("tempo", "230", "115"),
    ("tempo", "57", "115"),
    ("tempo", "120 bpm", "115"),  # 4.3 % off
    ("tempo", "110-120 bpm", "115"),
    ("tempo", "It is not 115", "115"),
    ("tempo", "115 half notes per minute", "115"),
    ("tempo", "fast", "115"),
    ("metre", "2/2", "4/4"),
    ("metre", "4/8", "2/4"),
    ("metre", "3/4 or 4/4", "3/4"),
    ("metre", "It isn't 3/4", "3/4"),
    ("metre", "a waltz, Q:3/4=40", "3/4"),  # the note value of a tempo is no metre
    ("bars", "7 or 8", "8"),
    ("bars", "80", "8"),
    ("key_signature", "2 flats", "2 sharps"),
    ("key_signature", "1 sharp, 2 sharps, 3 sharps", "2 sharps"),
    ("key_signature", "no sharps or flats", "2 sharps"),
    ("key_signature", "F# minor", "2 sharps"),
    ("key", "D minor", "D major"),
    ("key", "D major or B minor", "D major"),
    ("key", "in a minor key", "A minor"),
    ("first_note", "F#", "F#4"),  # the octave is asked for
    ("first_note", "F#5", "F#4"),
    ("first_note", "C4 D4 E4 F4", "F4"),
    ("first_note", "the A above middle C", "C4"),
    ("instruments", "violin, viola, cello and flute", QUARTET),
    ("instruments", "violin and cello", QUARTET),
    ("instruments", "3 violins, viola and cello", QUARTET),
    ("instruments", "two violins", "Violin"),
    ("instruments", "violin or viola", "Violin and Viola"),
    ("instruments", "no violin", "Violin"),
    ("parts", "1, 2, 3, 4", "4"),
    ("parts", "2 violins and a viola", "2"),
    ("melody", "violin, flute", "Violin"),
    ("techniques", "pizzicato and tremolo", "pizzicato"),
    ("techniques", "arco", "pizzicato"),
    ("techniques", "snap pizzicato", "pizzicato"),
    ("techniques", "no pizzicato", "pizzicato"),
]


@pytest.mark.parametrize(("kind", "reply", "reference"), RIGHT)
def test_right_replies_however_they_are_said(kind: str, reply: str, reference: str) -> None:
    assert answers_match(kind, reply, reference) is True


@pytest.mark.parametrize(("kind", "reply", "reference"), WRONG)
def test_wrong_replies(kind: str, reply: str, reference: str) -> None:
    assert answers_match(kind, reply, reference) is False


EVERYTHING = {
    "tempo": [str(bpm) for bpm in range(40, 220, 3)],
    "metre": ["2/4", "3/4", "4/4", "6/8"],
    "bars": [str(count) for count in range(1, 17)],
    "parts": ["1", "2", "3", "4", "5"],
    "key_signature": ["no sharps or flats", *(f"{count} {signs}" for count in range(2, 7) for signs in ("sharps", "flats"))],
    "key": [f"{tonic} {mode}" for tonic in ("C", "D", "Eb", "F#", "A") for mode in ("major", "minor")],
    "first_note": [f"{letter}{octave}" for letter in "CDEFGAB" for octave in range(2, 7)],
    "instruments": list(SPOKEN_NAMES),
    "melody": list(SPOKEN_NAMES),
    "techniques": list(TECHNIQUES),
}


@pytest.mark.parametrize("kind", EVERYTHING)
@pytest.mark.parametrize("joint", [", ", " or ", " and ", "\n", ". ", "; maybe ", " / "])
def test_a_list_of_everything_is_wrong(kind: str, joint: str) -> None:
    for reference in EVERYTHING[kind]:
        assert answers_match(kind, reference, reference) is True
        assert answers_match(kind, joint.join(EVERYTHING[kind]), reference) is False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reply", ["", " ", "I do not know.", "Sorry, as a language model I cannot hear.", "It is beautiful music."])
def test_no_answer_is_wrong(kind: str, reply: str) -> None:
    references = {"abc": "X:1\nK:C\nCDE|", **{name: replies[0] for name, replies in EVERYTHING.items()}}
    assert answers_match(kind, reply, references.get(kind, "C4")) is False


@pytest.mark.parametrize("kind", KINDS)
def test_a_reference_that_answers_nothing_is_left_out(kind: str) -> None:
    assert answers_match(kind, "115", "no idea") is None


def test_a_kind_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="no kind of question 'colour'; choose from abc, tempo"):
        answers_match("colour", "red", "red")


def test_abc_is_right_if_it_is_the_same_music() -> None:
    reference = "X:1\nM:3/4\nL:1/8\nQ:1/4=90\nK:G\nG2 A2 B2 |]"
    assert answers_match("abc", "X:5\nT:Mine\nM:3/4\nL:1/4\nQ:1/4=90\nK:G\nG A B |]", reference) is True
    assert answers_match("abc", reference.replace("B2", "c2"), reference) is False


def test_a_reply_without_end_is_wrong_and_soon_read() -> None:
    assert answers_match("metre", "3/4 " * 100_000, "3/4") is False
    assert answers_match("tempo", "<think>" + "hm " * 100_000 + "</think> 115 bpm", "115") is True
    assert answers_match("tempo", "1" * 100_000, "115") is False
    assert answers_match("instruments", "𐩀 violins", "Violin") is True  # a digit to Python, but none that it can count with


WORDS = st.sampled_from([
    "not", "no", "or", "and", "one", "hundred", "forty", "four", "3/4", "0/0", "1/0=60", "=", "115", "bpm", "dotted", "quarter",
    "per minute", "F#4", "double sharp", "B", "flat", "-1", "sharps", "flats", "major", "minor", "m", "violin", "2", "²", "𐩀", "٣", "♯",
    "♭", "answer is", "</think>", "pizz", "in", "octave", "middle c", "\n", ",", ".", "either", "string quartet", "time", "\ud800",
])  # fmt: skip


@given(st.sampled_from(KINDS), st.text() | st.lists(WORDS).map(" ".join), st.text() | st.lists(WORDS).map(" ".join))
def test_any_text_can_be_judged(kind: str, reply: str, reference: str) -> None:
    assert answers_match(kind, reply, reference) in (True, False, None)
