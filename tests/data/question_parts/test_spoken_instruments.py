"""Spoken names: each is read back as itself, alone, in plural and in a sentence."""

import pytest

from transformers_abc.data.question_parts.reply_names import named_instruments
from transformers_abc.data.question_parts.spoken_instruments import (
    ONE_NOTE_AT_A_TIME,
    ONE_PLAYER_A_VOICE,
    SECTIONS,
    SPOKEN_NAMES,
    counted,
    in_running_text,
    listed,
    spoken_name,
)
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, PROGRAM_NAMES


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_a_spoken_name_is_read_back(name: str) -> None:
    assert spoken_name(name) == name
    assert named_instruments(f"I hear the {in_running_text(name)}.") == {name: []}
    assert named_instruments(listed([counted(name, 3), "Kalimba"])) == ({name: [3]} if name == "Kalimba" else {name: [3], "Kalimba": []})


def test_what_the_listener_hears_has_a_spoken_name() -> None:
    names = [spoken_name(instrument.name, None) for instrument in HEARD_INSTRUMENTS]
    assert None not in names
    assert len(set(names)) == len(HEARD_INSTRUMENTS)


def test_programs_and_their_names_agree() -> None:
    for program, name in enumerate(PROGRAM_NAMES):
        assert spoken_name("", program) == spoken_name(name, None)


def test_wind_instruments_and_sections() -> None:
    assert {"Flute", "Trumpet", "Tuba", "Clarinet", "Voice"} <= ONE_NOTE_AT_A_TIME
    assert not {"Violin", "Piano", "Accordion", "Double Bass"} & ONE_NOTE_AT_A_TIME
    assert "Piano" not in ONE_PLAYER_A_VOICE
    assert SECTIONS.isdisjoint(ONE_PLAYER_A_VOICE)
    assert set(SPOKEN_NAMES) >= SECTIONS | ONE_PLAYER_A_VOICE
