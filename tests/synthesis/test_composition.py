"""Composed tunes: whole bars, notes in register, text that says the same, and variety."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.synthesis.composition import MOST_VOICES, compose_tune

TUNES = [compose_tune(np.random.default_rng(seed)) for seed in range(200)]


def has_pickup(tune: Tune) -> bool:
    return tune.bar_lengths_wn[0] != tune.metres[0][1].bar_wn


def has_triplet(tune: Tune) -> bool:
    return not tune.metres[0][1].is_compound and any(note.length_wn.denominator % 3 == 0 for voice in tune.voices for note in voice.notes)


def test_reading_what_is_written_gives_the_tune_back() -> None:
    for tune in TUNES:
        assert read_abc(write_abc(tune)) == tune


def test_bars_are_whole_and_voices_fill_them() -> None:
    """But for rests of whole beats after a triplet, whose last note is not held over the beat."""
    for tune in TUNES:
        metre = tune.metres[0][1]
        pickup = 1 if has_pickup(tune) else 0
        assert len(tune.bar_lengths_wn) - pickup in (8, 16)
        assert set(tune.bar_lengths_wn[pickup:]) == {metre.bar_wn}
        assert tune.bar_lengths_wn[0] in (metre.bar_wn, metre.beat_wn)
        for number, voice in enumerate(tune.voices):
            start_wn = tune.bar_lengths_wn[0] if pickup and number else Fraction(0)  # only the melody has a pickup
            for note in voice.notes:
                assert note.onset_wn >= start_wn
                assert ((note.onset_wn - start_wn) / metre.beat_wn).denominator == 1
                start_wn = note.end_wn
            assert start_wn == tune.length_wn


def test_no_note_that_begins_within_a_triplet_is_held_over_the_beat() -> None:
    for tune in TUNES:
        metre, begins_wn = tune.metres[0][1], tune.bar_lengths_wn[0]
        for note in tune.voices[0].notes if not metre.is_compound else ():
            place = (note.onset_wn - begins_wn) / metre.beat_wn  # in beats
            assert place.denominator != 3 or note.end_wn - begins_wn <= (place // 1 + 1) * metre.beat_wn


def test_voices_lie_where_voices_do() -> None:
    for tune in TUNES:
        pitches = [[note.pitch_midi for note in voice.notes] for voice in tune.voices]
        assert all(50 <= pitch <= 88 for pitch in pitches[0])
        assert all(28 <= pitch <= 70 for voice in pitches[1:] for pitch in voice)
        if len(pitches) > 1:
            assert np.mean(pitches[-1]) < np.mean(pitches[0])  # the bass is the lowest
            assert tune.voices[-1].clef == "bass"


def test_tunes_end_on_their_tonic_and_minor_has_its_raised_seventh() -> None:
    raised = 0
    for tune in TUNES:
        key = tune.keys[0][1]
        tonic = (key.fifths * 7 + (9 if key.mode == "minor" else 0)) % 12
        assert tune.voices[0].notes[-1].pitch_midi % 12 == tonic
        foreign = {(note.pitch_midi - tonic) % 12 for voice in tune.voices for note in voice.notes}
        scale = {0, 2, 3, 5, 7, 8, 10, 11} if key.mode == "minor" else {0, 2, 4, 5, 7, 9, 11}
        assert foreign <= scale
        raised += key.mode == "minor" and 11 in foreign
    assert raised > 20


def test_tunes_differ() -> None:
    assert {str(tune.metres[0][1]) for tune in TUNES} == {"4/4", "3/4", "2/4", "6/8"}
    assert {tune.keys[0][1].mode for tune in TUNES} == {"major", "minor"}
    assert {tune.keys[0][1].fifths for tune in TUNES} == set(range(-4, 5))
    assert {len(tune.voices) for tune in TUNES} == {1, 2, 3, 4}
    assert {len(tune.bar_lengths_wn) for tune in TUNES} == {8, 9, 16, 17}
    assert 40 < sum(map(has_pickup, TUNES)) < 80  # 0.3 of 200, and four deviations at most
    assert sum(map(has_triplet, TUNES)) > 20
    assert len({write_abc(tune).partition("K:")[2] for tune in TUNES}) == 200


@pytest.mark.parametrize("voices", range(1, MOST_VOICES + 1))
def test_so_many_voices_as_asked(voices: int) -> None:
    for seed in range(10):
        tune = compose_tune(np.random.default_rng(seed), voices)
        assert len(tune.voices) == voices
        assert read_abc(write_abc(tune)) == tune


@pytest.mark.parametrize("voices", [-1, 0, MOST_VOICES + 1])
def test_no_voices_and_too_many_are_refused(voices: int) -> None:
    with pytest.raises(ValueError, match=f"voices must be from 1 to 5, got {voices}"):
        compose_tune(np.random.default_rng(0), voices)


def test_a_tune_is_a_function_of_its_generator() -> None:
    assert compose_tune(np.random.default_rng(9)) == TUNES[9]


@pytest.mark.parametrize("seed", range(0, 200, 8))
def test_abc2midi_plays_the_same_notes(abc2midi: Callable[[str], list[list[tuple[Fraction, Fraction, int]]]], seed: int) -> None:
    tune = TUNES[seed]
    wanted = [[(note.onset_wn, note.length_wn, note.pitch_midi) for note in voice.notes] for voice in tune.voices]
    for heard, notes in zip(abc2midi(write_abc(tune)), wanted, strict=True):
        assert [pitch for _, _, pitch in heard] == [pitch for _, _, pitch in notes]
        onsets = np.array([[float(time) for time in note[:1]] for note in heard]) - np.array(
            [[float(time) for time in note[:1]] for note in notes]
        )
        assert np.abs(onsets).max() < 0.003  # of a whole note: a tick
