"""Names of instruments as scores have them, and how far instruments are apart."""

import pytest
from rapidfuzz import fuzz

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, PROGRAM_NAMES
from transformers_abc.scoring.instrument_names import instrument_cost, instrument_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Violin", "Violin"),
        ("VIOLIN II", "Violin"),
        ("Violino 1°", "Violin"),
        ("Vln. 2", "Violin"),
        ("Viola", "Viola"),
        ("Violoncello", "Cello"),
        ("Double Bass", "Contrabass"),
        ("1st Horn in F", "French Horn"),
        ("Clarinet in Bb 2", "Clarinet"),
        ("Bb Clarinet", "Clarinet"),
        ("Clarinet in B♭", "Clarinet"),
        ("Trumpet in C", "Trumpet"),
        ("Alto Saxophone", "Alto Sax"),
        ("Flöte", "Flute"),
        ("Piano", "Acoustic Grand Piano"),
        ("Acoustic Guitar (nylon)", "Acoustic Guitar (nylon)"),
        ("Acoustic Guitar (steel)", "Acoustic Guitar (steel)"),
        ("Theorbo", "theorbo"),
        ("", ""),
        ("123", ""),
    ],
)
def test_names(name, expected):
    assert instrument_of(name, None) == expected


def test_of_a_name_without_end_the_start_counts():
    assert instrument_of("Theorbo " + "(" * 100_000, None) == "theorbo"  # minutes if all of it were looked at
    assert len(instrument_of("a" * 100_000, None)) == 100


def test_every_name_of_general_midi_is_known_and_is_itself():
    assert [instrument_of(name, None) for name in PROGRAM_NAMES] == list(PROGRAM_NAMES)
    assert [instrument_of(name.upper(), None) for name in PROGRAM_NAMES] == list(PROGRAM_NAMES)


def test_every_code_and_name_of_what_is_heard():
    for instrument in HEARD_INSTRUMENTS:
        expected = PROGRAM_NAMES[instrument.program]
        assert instrument_of(instrument.code, None) == instrument_of(instrument.name, None) == expected


def test_a_known_name_goes_before_the_program_and_an_unknown_one_behind():
    assert instrument_of("Violin", 0) == "Violin"
    assert instrument_of("Part 1", 73) == "Flute"


def test_costs():
    assert instrument_cost("Violin", "Violin") == 0
    assert instrument_cost("Violin", "Contrabass") == 0.4
    assert instrument_cost("Oboe", "Clarinet") == 0.4  # both are reeds
    assert instrument_cost("Violin", "Flute") == 1 - 0.5 * fuzz.ratio("violin", "flute") / 100
    assert instrument_cost("theorbo", "theorbo") == 0
    assert instrument_cost("theorbo", "Violin") == 1 - 0.5 * fuzz.ratio("theorbo", "violin") / 100
    assert instrument_cost("", "Violin") == instrument_cost("Violin", "") == instrument_cost("", "") == 1


def test_costs_are_symmetric_and_in_range():
    for first in PROGRAM_NAMES[::7]:
        for second in PROGRAM_NAMES[::5]:
            assert 0 <= instrument_cost(first, second) == instrument_cost(second, first) <= 1
