"""Playing techniques: those that are marked, for as long as they hold."""

from dataclasses import replace
from fractions import Fraction

import pytest

from transformers_abc.data.question_parts.reply_names import named_techniques
from transformers_abc.data.question_parts.techniques import TECHNIQUES, heard_techniques
from transformers_abc.notation.reader import read_abc

BAR = "CDEF|"


def heard(music: str, program: int | None = None, start_bar: int = 0, end_bar: int | None = None) -> tuple[str, ...]:
    tune = read_abc(f"X:1\nM:4/4\nL:1/4\nK:C\n{music}\n")
    tune = replace(tune, voices=tuple(replace(voice, program=program) for voice in tune.voices))
    return heard_techniques(tune, Fraction(start_bar), None if end_bar is None else Fraction(end_bar))


@pytest.mark.parametrize(
    ("music", "techniques"),
    [
        (BAR, ()),
        ('"^pizz."' + BAR, ("pizzicato",)),
        ('"^arco"' + BAR, ()),
        ('CDE"^pizz."z|', ()),  # no note begins after it
        ('"^con sord."CDEF|"^senza sord."' + BAR, ("muted",)),
        ('"^senza sord."' + BAR, ()),
        ('!open!C"^con sord."DE!open!F|', ("muted",)),
        ('"^sul pont."C"^ord."DEF|', ("sul ponticello",)),
        ('"^P.M."' + BAR, ("palm mute",)),
        ('"^palm mute"' + BAR, ("palm mute",)),
        (".C!///!DE!snap!F|", ("staccato", "tremolo", "snap pizzicato")),
        ('"Am"C"^dolce"DTEF|', ()),
    ],
)
def test_marks(music: str, techniques: tuple[str, ...]) -> None:
    assert heard(music) == techniques


def test_words_before_a_clip_hold_in_it() -> None:
    piece = '"^pizz."' + BAR + BAR + '"^arco"' + BAR
    assert heard(piece, start_bar=1, end_bar=2) == ("pizzicato",)
    assert heard(piece, start_bar=2) == ()
    assert heard(BAR + '"^pizz."' + BAR, end_bar=1) == ()


@pytest.mark.parametrize(("program", "technique"), [(45, "pizzicato"), (59, "muted"), (28, "palm mute")])
def test_programs_that_name_a_technique(program: int, technique: str) -> None:
    assert heard(BAR, program) == (technique,)
    assert heard("z4|", program) == ()


def test_every_technique_can_be_read_in_a_reply() -> None:
    for technique in TECHNIQUES:
        assert named_techniques(f"They play {technique}.") == {technique}
