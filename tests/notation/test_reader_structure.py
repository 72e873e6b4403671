"""Bar lines, repeats, parts, overlays, and the order of voices."""

from fractions import Fraction

import pytest

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import BarLine

HEADER = "X:1\nM:4/4\nL:1/8\nK:C\n"


def bar_lines(music: str) -> list[tuple[str, BarLine]]:
    """When, in eighths, a bar line says more than that a bar ends, and what."""
    return [(str(onset_wn * 8), line) for onset_wn, line in read_abc(HEADER + music).bar_lines]


def heard(music: str) -> list[tuple[str, str, int]]:
    """The notes of the first voice: onset and length in eighths, and pitch."""
    (voice, *_) = read_abc(HEADER + music).voices
    return [(str(note.onset_wn * 8), str(note.length_wn * 8), note.pitch_midi) for note in voice.notes]


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("C|D|", []),
        ("C|D|]", []),  # the end needs no saying
        ("|:C:|", [("0", BarLine(starts_repeat=True)), ("1", BarLine(plays=2))]),
        ("C:|", [("1", BarLine(plays=2))]),
        ("C::D:|", [("1", BarLine(2, True)), ("2", BarLine(2))]),
        ("C:||:D:|", [("1", BarLine(2, True)), ("2", BarLine(2))]),
        ("C:|\n|:D:|", [("1", BarLine(2, True)), ("2", BarLine(2))]),
        ("|::C::|D|", [("0", BarLine(starts_repeat=True)), ("1", BarLine(plays=3))]),
        ("|:C|1D:|2E|]", [("0", BarLine(starts_repeat=True)), ("1", BarLine(endings=(1,))), ("2", BarLine(2, endings=(2,)))]),
        ("|:C[1D:|[2E|]", [("0", BarLine(starts_repeat=True)), ("1", BarLine(endings=(1,))), ("2", BarLine(2, endings=(2,)))]),
        ("C|1,3D:|2E:|[4-5F|]", [("1", BarLine(endings=(1, 3))), ("2", BarLine(2, endings=(2,))), ("3", BarLine(2, endings=(4, 5)))]),
        ("C||D|]E[|F|G", [("1", BarLine(style="||")), ("2", BarLine(style="|]")), ("3", BarLine(style="[|"))]),
        ("||C.|D[|]E|:", []),  # at the start and the end nothing begins or ends; a dotted and an invisible line are plain
        (":|C|D:", []),
        ("|:|C|D:|", [("0", BarLine(starts_repeat=True)), ("2", BarLine(plays=2))]),
        ("C|::|D|", [("1", BarLine(2, True))]),
        ("C[|]:|D|", [("1", BarLine(plays=2))]),
        ("C|]\n|:D||\n:|E|", [("1", BarLine(starts_repeat=True)), ("2", BarLine(plays=2))]),
    ],
)
def test_bar_lines(music, expected):
    assert bar_lines(music) == expected


def test_repeats_are_those_of_the_longest_voice_or_of_one_that_has_them():
    tune = read_abc(HEADER + "V:1\nC8|C8|\nV:2\n|:C8:|C8|\n")
    assert tune.bar_lines == ((0, BarLine(starts_repeat=True)), (1, BarLine(plays=2)))
    assert "voices-disagree" in [diagnostic.code for diagnostic in tune.diagnostics]


def test_parts():
    tune = read_abc("X:1\nL:1/4\nP:AABA\nK:C\nP:A\nC|[P:B]D|\n")
    assert (tune.part_order, tune.parts) == ("AABA", ((0, "A"), (Fraction(1, 4), "B")))


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("C4 & E4 | D", [("0", "4", 60), ("0", "4", 64), ("4", "1", 62)]),
        ("C8 & E4 | D", [("0", "8", 60), ("0", "4", 64), ("8", "1", 62)]),  # the bar is as long as its longest layer
        ("C2D2 & E4 & G4 | D", [("0", "2", 60), ("0", "4", 64), ("0", "4", 67), ("2", "2", 62), ("4", "1", 62)]),
        ("^C4 & C4 | C", [("0", "4", 60), ("0", "4", 61), ("4", "1", 60)]),  # a layer has accidentals of its own
        ("C4 & E4- | D4 & E4 |", [("0", "4", 60), ("0", "8", 64), ("4", "4", 62)]),  # a tie from layer to layer
        ("C4- & E4 | C4 |", [("0", "8", 60), ("0", "4", 64)]),
        ("C4 & C2D2 |", [("0", "2", 60), ("0", "4", 60), ("2", "2", 62)]),  # one pitch twice
        ("C4|D4|\n&& E4|F4|\nG", [("0", "4", 60), ("0", "4", 64), ("4", "4", 62), ("4", "4", 65), ("8", "1", 67)]),  # two bars back
        ("C4|\n& E4|\nG", [("0", "4", 60), ("0", "4", 64), ("4", "1", 67)]),
        ("& C4 | D", [("0", "4", 60), ("4", "1", 62)]),  # nothing to lay it over
        ("(3CDE & F2 |G", [("0", "2/3", 60), ("0", "2", 65), ("2/3", "2/3", 62), ("4/3", "2/3", 64), ("2", "1", 67)]),
    ],
)
def test_overlays(music, expected):
    assert heard(music) == expected


def test_bars_of_overlays_are_no_bars_of_their_own():
    assert len(read_abc(HEADER + "C4|D4|\n&& E4|F4|\nG|").bar_lengths_wn) == 3


@pytest.mark.parametrize("directive", ["%%score 2 1", "%%staves [2 1]", "%%score {(2) | 1}", "I:score 2 1"])
def test_the_score_gives_the_order_of_voices(directive):
    tune = read_abc(f'X:1\n{directive}\nV:1 name="A"\nV:2 name="B"\nV:3 name="C"\nK:C\n[V:1]C|[V:2]D|[V:3]E|\n')
    assert [voice.name for voice in tune.voices] == ["B", "A", "C"]


def test_a_drum_voice_has_its_clef():
    assert read_abc("X:1\nK:C\n%%MIDI channel 10\nC|\n").voices[0].clef == "perc"
