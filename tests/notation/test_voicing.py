"""Merging and splitting voices."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transformers_abc.notation.marks import ChordSymbol, Decoration, Lyric
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Note, Tune, Voice
from transformers_abc.notation.voicing import merge_voices, split_voice
from transformers_abc.notation.writer import write_abc


def voice(*notes: tuple[int, int, int], name: str = "", marks: tuple = ()) -> Voice:
    """Notes as onset, length and pitch."""
    return Voice(tuple(Note(Fraction(onset), Fraction(length), pitch) for onset, length, pitch in notes), name, marks=marks)


def pitches(tune: Tune) -> list[list[int]]:
    return [[note.pitch_midi for note in voice.notes] for voice in tune.voices]


def trio() -> Tune:
    return Tune((voice((0, 1, 72), name="A"), voice((0, 1, 60), name="B"), voice((0, 1, 48), name="C")), (Fraction(1),))


@pytest.mark.parametrize(
    ("groups", "names", "expected"),
    [
        ([], "ABC", [[72], [60], [48]]),
        ([(0, 1, 2)], "A", [[48, 60, 72]]),
        ([(2, 0)], "BC", [[60], [48, 72]]),
        ([(0,), (1, 2)], "AB", [[72], [48, 60]]),
        ([()], "ABC", [[72], [60], [48]]),
    ],
)
def test_merging(groups: list[tuple[int, ...]], names: str, expected: list[list[int]]) -> None:
    merged = merge_voices(trio(), groups)
    assert pitches(merged) == expected
    assert "".join(voice.name for voice in merged.voices) == names


def test_notes_of_one_pitch_stand_by_length() -> None:
    tune = Tune((voice((0, 2, 60)), voice((0, 1, 60))), (Fraction(1),) * 2)
    merged = merge_voices(tune, [(0, 1)])
    assert [note.length_wn for note in merged.voices[0].notes] == [1, 2]
    assert read_abc(write_abc(merged)) == merged


def test_marks_that_both_voices_have_stand_once() -> None:
    symbol = (Fraction(0), ChordSymbol("C"))
    tune = Tune(
        (
            voice((0, 1, 72), marks=(symbol, (Fraction(0), Lyric("la")))),
            voice((0, 1, 60), marks=(symbol, (Fraction(0), Decoration("trill")))),
        ),
        (Fraction(1),),
    )
    marks = [mark for _, mark in merge_voices(tune, [(0, 1)]).voices[0].marks]
    assert marks == [ChordSymbol("C"), Decoration("trill"), Lyric("la")]


@pytest.mark.parametrize(
    ("groups", "message"), [([(0, 3)], "no voice 3 in a tune of 3"), ([(-1, 0)], "no voice -1"), ([(0, 1), (1, 2)], "merged once only")]
)
def test_groups_that_make_no_sense(groups: list[tuple[int, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        merge_voices(trio(), groups)


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([(0, 1, 60), (0, 1, 64), (1, 1, 62)], [[64, 62], [60]]),
        ([(0, 2, 60), (1, 1, 72)], [[60], [72]]),  # the first line still sounds
        ([(0, 1, 60), (1, 1, 72)], [[60, 72]]),
        ([(0, 1, 60), (0, 1, 60)], [[60], [60]]),  # a unison
        ([(0, 3, 72), (0, 1, 60), (1, 1, 64), (2, 2, 76), (3, 1, 55)], [[72, 55], [60, 64, 76]]),
        ([], [[]]),
    ],
)
def test_splitting(notes: list[tuple[int, int, int]], expected: list[list[int]]) -> None:
    assert pitches(split_voice(Tune((voice(*notes),), (Fraction(4),)), 0)) == expected


def test_marks_go_to_the_line_whose_note_they_stand_at() -> None:
    marks = ((Fraction(0), ChordSymbol("C")), (Fraction(1), Decoration("trill")), (Fraction(3), ChordSymbol("F")))
    lines = split_voice(Tune((voice((0, 2, 72), (0, 1, 60), (1, 1, 64), marks=marks),), (Fraction(4),)), 0).voices
    assert [line.marks for line in lines] == [(marks[0], marks[2]), (marks[1],)]


def test_there_is_no_such_voice() -> None:
    with pytest.raises(ValueError, match="no voice 3 in a tune of 3"):
        split_voice(trio(), 3)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_splitting_keeps_every_note_and_merging_undoes_it(
    random_tunes: Callable[..., st.SearchStrategy[Tune]], data: st.DataObject
) -> None:
    tune = data.draw(random_tunes(written=True))
    split = split_voice(tune, 0)
    lines = split.voices[: len(split.voices) - len(tune.voices) + 1]
    assert Counter(note for line in lines for note in line.notes) == Counter(tune.voices[0].notes)
    assert Counter(mark for line in lines for mark in line.marks) == Counter(tune.voices[0].marks) or not tune.voices[0].notes
    for line in lines:
        assert all(note.end_wn <= after.onset_wn for note, after in zip(line.notes, line.notes[1:], strict=False))
    merged = merge_voices(split, [range(len(lines))])
    assert Counter(merged.voices[0].notes) == Counter(tune.voices[0].notes)
    assert merged.voices[1:] == tune.voices[1:]
