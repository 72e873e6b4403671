"""Voices from notes: their number and who gets which note."""

import pytest

from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voices import assign_voices, count_voices

PIANO = tuple(1.0 if index == 13 else 0.0 for index in range(15))


def line(pitches: list[int], start_s: float = 0.0, note_s: float = 0.5, gap_s: float = 0.0) -> list[HeardNote]:
    return [HeardNote(start_s + i * note_s, start_s + (i + 1) * note_s - gap_s, pitch) for i, pitch in enumerate(pitches)]


SOPRANO, ALTO, BASS = line([72, 74, 76, 77, 79, 77]), line([64, 65, 67, 69, 71, 69]), line([48, 50, 52, 53, 55, 53])


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        (SOPRANO, 1),
        (SOPRANO + ALTO, 2),
        (SOPRANO + ALTO + BASS, 3),
        # Slurred notes overlap by 50 ms (a tenth of their length), which is no second voice.
        (line([60, 62, 64, 65, 67], gap_s=-0.05), 1),
        # A second voice that sounds for one note in twelve (8 % of the time) is a double stop.
        (line([60] * 12) + line([64], start_s=1.0), 1),
    ],
)
def test_count_voices(notes: list[HeardNote], expected: int) -> None:
    assert count_voices(notes) == expected


def test_each_line_becomes_a_voice_highest_first() -> None:
    assert assign_voices(ALTO + BASS + SOPRANO) == [SOPRANO, ALTO, BASS]


def test_a_voice_that_rests_keeps_its_register() -> None:
    silent_middle = [note for note in ALTO if not 1.0 <= note.onset_s < 2.0]
    assert assign_voices(SOPRANO + silent_middle + BASS) == [SOPRANO, silent_middle, BASS]


def test_players_who_are_not_together_are_still_matched() -> None:
    late = [HeardNote(n.onset_s + 0.03, n.offset_s + 0.03, n.pitch_midi) for n in BASS]
    assert assign_voices(SOPRANO + late) == [SOPRANO, late]


def test_a_piano_is_split_into_hands() -> None:
    chord = [HeardNote(i * 0.5, i * 0.5 + 0.4, pitch, 1.0, PIANO) for i in range(4) for pitch in (40, 47, 64, 67, 72)]
    right, left = assign_voices(chord)
    assert {n.pitch_midi for n in right} == {64, 67, 72}
    assert {n.pitch_midi for n in left} == {40, 47}


def test_no_notes_no_voices() -> None:
    assert assign_voices([]) == []
