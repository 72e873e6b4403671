"""The harness itself: what counts as the same, what abc2midi gets, what is remembered, and oracles that hang."""

import pytest

from . import abc2midi, abcjs
from .memory import answers
from .preparation import CHORDS_AT_ONCE, prepare
from .repeat_starts import with_repeat_starts
from .sounding import Sounding, differences

C, D = Sounding(0, 0.125, 60), Sounding(0.125, 0.125, 62)
HEADER = "X:1\nM:4/4\nL:1/8\nK:C\n"


@pytest.mark.parametrize(
    ("theirs", "differing"),
    [
        ([C, D], 0),
        ([D, C], 0),
        ([C, D._replace(onset_wn=0.1255)], 0),  # within a tick
        ([C, D._replace(onset_wn=0.13)], 1),
        ([C, D._replace(length_wn=0.12)], 1),
        ([C, D._replace(pitch_midi=63)], 1),
        ([C], 1),
        ([C, C], 1),
    ],
)
def test_what_counts_as_the_same(theirs, differing):
    assert len(differences([C, D], theirs)[0]) == differing


def test_a_note_too_many_is_found():
    assert differences([C], [C, D]) == ([], [D])


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        (".A~B Tc !trill!d", "AB c d"),
        ('"T.A"A [r:.x]B % .C', '"T.A"A [r:.x]B % .C'),
        ("w:.a ~b", "w:.a ~b"),
        ("AB.|c z Z x y", "AB|c z Z x y"),
    ],
)
def test_decorations_are_taken_away(music, expected):
    assert prepare(f"{HEADER}{music}\n").text == f"{HEADER}{expected}\n"


def test_every_voice_strikes_chords_at_once():
    prepared = prepare("X:1\nV:1\nK:C\nV:1\n[CE]\n[V:2][CE]\n").text
    assert prepared == f"X:1\nV:1\n{CHORDS_AT_ONCE}K:C\n{CHORDS_AT_ONCE}V:1\n{CHORDS_AT_ONCE}[CE]\n[V:2][I:MIDI=chordattack 0][CE]\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A|1B:|2c|]d|e:|", "A|1B:|2c|] |: d|e:|"),
        ("|:A|1B:|2c||d|e:|", "|:A|1B:|2c|| |: d|e:|"),
        ("|:A|1B:|2c|]|:d|e:|", "|:A|1B:|2c|]|:d|e:|"),
        ("A:|B|c:|", "A:|B|c:|"),
        ("A||B:|", "A||B:|"),
        ("[V:1]A:|B:|\n[V:2]c:|d:|", "[V:1]A:| |: B:|\n[V:2]c:| |: d:|"),
        ("P:A\nA:|B:|\nP:B\nc:|", "P:A\nA:| |: B:|\nP:B\nc:|"),
        ('A|1B:|2c|]"^x:|"d|e:|', 'A|1B:|2c|] |: "^x:|"d|e:|'),
    ],
)
def test_repeat_starts_are_written(body, expected):
    assert with_repeat_starts(body)[0] == expected


def test_what_was_said_is_remembered(tmp_path):
    asked = []

    def ask(questions):
        asked.extend(questions)
        yield from ({"length": len(question)} for question in questions)

    path = tmp_path / "cache" / "answers.sqlite"
    assert answers(path, "1", ["a", "bb", "a"], ask) == [{"length": 1}, {"length": 2}, {"length": 1}]
    assert answers(path, "1", ["bb", "ccc"], ask) == [{"length": 2}, {"length": 3}]
    assert asked == ["a", "bb", "ccc"]
    answers(path, "2", ["a"], ask)
    assert asked[-1] == "a"


@pytest.mark.parametrize("oracle", [abc2midi, abcjs], ids=["abc2midi", "abcjs"])
def test_an_oracle_that_hangs_is_ended(oracle, require_oracle, monkeypatch, tmp_path):
    require_oracle(oracle.__name__.rpartition(".")[2])
    monkeypatch.setattr(oracle, "SECONDS_A_TUNE", 5)  # node alone takes a second or two to start on a busy machine
    hanging, fine = oracle.play([f"{HEADER}Z99999999|", f"{HEADER}C|"], tmp_path / "answers.sqlite")
    assert hanging["notes"] == []
    assert hanging["complaints"]
    assert [note.pitch_midi for note in fine["notes"]] == [60]
