"""Voices from notes: who gets which note, of simple lines and of hard cases."""

import numpy as np
import pytest

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voices import assign_voices


def sounding(*codes: str) -> tuple[float, ...]:
    """Evidence that is divided among some instruments."""
    return tuple(1 / len(codes) if instrument.code in codes else 0.0 for instrument in HEARD_INSTRUMENTS)


PIANO, GUITAR, VIOLIN, CLARINET = sounding("pno"), sounding("gtr"), sounding("vn"), sounding("cl")


def line(
    pitches: list[int], start_s: float = 0.0, note_s: float = 0.5, gap_s: float = 0.0, timbre: tuple[float, ...] = ()
) -> list[HeardNote]:
    return [HeardNote(start_s + i * note_s, start_s + (i + 1) * note_s - gap_s, pitch, 1.0, timbre) for i, pitch in enumerate(pitches)]


def chords(timbre: tuple[float, ...]) -> list[HeardNote]:
    return [HeardNote(i * 0.5, i * 0.5 + 0.4, pitch, 1.0, timbre) for i in range(6) for pitch in (40, 47, 64, 67, 72)]


SOPRANO, ALTO, BASS = line([72, 74, 76, 77, 79, 77]), line([64, 65, 67, 69, 71, 69]), line([48, 50, 52, 53, 55, 53])


def test_each_line_becomes_a_voice_highest_first() -> None:
    assert assign_voices(ALTO + BASS + SOPRANO) == [SOPRANO, ALTO, BASS]


def test_a_voice_that_rests_keeps_its_register() -> None:
    soprano, alto, bass = (line([note.pitch_midi for note in voice] * 3) for voice in (SOPRANO, ALTO, BASS))
    silent_middle = [note for note in alto if not 3.0 <= note.onset_s < 5.0]
    assert assign_voices(soprano + silent_middle + bass) == [soprano, silent_middle, bass]


def test_players_who_are_not_together_are_still_matched() -> None:
    late = [HeardNote(n.onset_s + 0.03, n.offset_s + 0.03, n.pitch_midi) for n in BASS]
    assert assign_voices(SOPRANO + late) == [SOPRANO, late]


def test_a_note_above_one_that_is_held_belongs_to_the_player_who_is_free() -> None:
    melody = line([74, 72, 71, 67, 69, 71, 72, 74], note_s=1.0)
    broken_chords = line([62, 64, 65, 64] * 3 + [65, 69, 65, 69] + [62, 64, 65, 64] * 4, note_s=0.25)
    assert assign_voices(melody + broken_chords) == [melody, broken_chords]


def test_lines_of_one_register_are_told_apart_by_their_sound() -> None:
    rng = np.random.default_rng(3)
    violin = line(rng.integers(65, 77, 32).tolist(), timbre=VIOLIN)
    clarinet = line(rng.integers(65, 77, 32).tolist(), start_s=0.01, timbre=CLARINET)
    voices = assign_voices(violin + clarinet)
    assert sorted(voices) == sorted([violin, clarinet])
    without = [[HeardNote(n.onset_s, n.offset_s, n.pitch_midi) for n in voice] for voice in (violin, clarinet)]
    assert sorted(assign_voices(without[0] + without[1])) != sorted(without)


def test_a_missed_an_extra_and_a_split_note_leave_the_others_where_they_are() -> None:
    soprano, bass = line([72, 74, 76, 77, 79, 77, 76, 74] * 4), line([48, 50, 52, 53, 55, 53, 52, 50] * 4)
    halves = [HeardNote(6.0, 6.25, bass[12].pitch_midi), HeardNote(6.25, 6.5, bass[12].pitch_midi)]
    octave = HeardNote(10.0, 10.3, bass[20].pitch_midi + 12, 0.5)
    heard_bass = [*bass[:12], *halves, *bass[13:]]
    upper, lower = assign_voices([*soprano[:5], *soprano[6:], *heard_bass, octave])
    assert set(heard_bass) <= set(lower)
    assert {*soprano[:5], *soprano[6:]} <= set(upper)


def test_the_chords_of_a_piano_are_split_into_hands() -> None:
    right, left = assign_voices(chords(PIANO))
    assert {n.pitch_midi for n in right} == {64, 67, 72}
    assert {n.pitch_midi for n in left} == {40, 47}


def test_a_tune_on_the_piano_is_one_voice_even_across_middle_c() -> None:
    tune = line([55, 60, 62, 64, 60, 57, 55, 52], timbre=PIANO)
    assert assign_voices(tune) == [tune]


def test_a_guitar_is_one_voice() -> None:
    assert assign_voices(chords(GUITAR)) == [sorted(chords(GUITAR))]


def test_no_notes_no_voices() -> None:
    assert assign_voices([]) == []


@pytest.mark.parametrize("length_s", [0.0, 0.05, 600.0])
def test_one_note_is_one_voice(length_s: float) -> None:
    note = HeardNote(1.0, 1.0 + length_s, 60)
    assert assign_voices([note]) == [[note]]


@pytest.mark.parametrize("timbre", [(), PIANO])
def test_a_thousand_notes_at_once_are_dealt(timbre: tuple[float, ...]) -> None:
    notes = [HeardNote(0.0, 1.0, 21 + i % 88, 0.5 + i / 2000, timbre) for i in range(1000)]
    assert sorted(note for voice in assign_voices(notes) for note in voice) == sorted(notes)


def test_an_hour_of_a_quartet_is_dealt() -> None:
    """Takes time in proportion to its notes: seconds. Quadratic searches would take hours."""
    shape = [0, 2, 4, 5, 7, 5, 4, 2]
    players = [line([base + step for step in shape] * 112, note_s=4.0) for base in (76, 67, 58, 45)]
    assert assign_voices([note for player in players for note in player]) == players


@pytest.mark.parametrize("seed", range(10))
def test_every_note_gets_one_voice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 80))
    onsets = np.round(rng.uniform(0, 8, count), 1)
    notes = [HeardNote(float(t), float(t + rng.uniform(0, 2)), int(rng.integers(21, 109)), float(rng.uniform())) for t in onsets]
    voices = assign_voices(notes)
    assert sorted(note for voice in voices for note in voice) == sorted(notes)
    assert all(voice and voice == sorted(voice) for voice in voices)
