"""A performance and its score say the same."""

from fractions import Fraction

import numpy as np
import pytest

from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.synthesis.orchestration import notes_at_once
from transformers_abc.synthesis.rendering import TAIL_S, render_performance, render_span
from transformers_abc.synthesis.timbres import InventedOrchestra
from transformers_abc.synthesis.tune_performance import BEATS_PER_MINUTE_RANGE, perform_tune

DUET = read_abc(
    'X:1\nT:Duet\nM:4/4\nL:1/8\nQ:"Allegro" 1/4=100\nK:D\n%%score 1 2\nV:1 name="Violin"\nV:2 name="Cello" clef=bass\n'
    "V:1\n%%MIDI program 40\n|:(d2f2) {g}.a2 !trill!d'2 | !f!d'4 d'2 d'2 :|\nV:2\n%%MIDI program 42\n|:D,4 [D,A,]4 | D,8 :|"
)
RATE = 8_000


def performances(tune: Tune = DUET, **options):
    return [perform_tune(tune, np.random.default_rng(seed), **options) for seed in range(25)]


def test_each_note_of_the_score_has_its_time_and_pitch() -> None:
    for performance in performances():
        for voice, notes, onsets in zip(performance.score.voices, performance.notes, performance.onsets_s, strict=True):
            assert len(voice.notes) == len(notes) == len(onsets)
            assert [note.pitch_midi for note in voice.notes] == [note.pitch_midi for note in notes]
            assert {note.instrument.name for note in notes} == {voice.name}
            assert {note.instrument.program for note in notes} == {voice.program}


def test_repeats_are_played_out_and_what_no_one_hears_is_left_out() -> None:
    score = performances()[0].score
    assert len(score.bar_lengths_wn) == 4
    assert [len(voice.notes) for voice in score.voices] == [14, 8]
    assert {getattr(mark, "name", type(mark).__name__) for _, mark in score.voices[0].marks} == {"Slur", "staccato", "f"}


def test_voices_go_to_instruments_that_can_play_them() -> None:
    for performance in performances():
        for notes in performance.notes:
            instrument = notes[0].instrument
            assert all(instrument.lowest <= note.pitch_midi <= instrument.highest for note in notes)
        assert notes_at_once(performance.notes[1][0].instrument) >= 2  # the second voice has a chord
    assert len({performance.notes[0][0].instrument.code for performance in performances()}) > 4


def test_slurs_and_staccato_are_played() -> None:
    for performance in performances(reorchestrate=False, tempo_spread=0):
        notes = performance.notes[0]
        assert [note.is_slurred for note in notes[:7]] == [False, True, False, False, False, False, False]
        assert notes[2].offset_s - notes[2].onset_s < 0.5 * (notes[3].onset_s - notes[2].onset_s) + 0.05


def test_as_written_means_as_written() -> None:
    performance = perform_tune(DUET, np.random.default_rng(0), reorchestrate=False)
    assert [voice.name for voice in performance.score.voices] == ["Violin", "Cello"]
    assert [note.pitch_midi for note in performance.notes[0][:3]] == [74, 78, 81]


def test_transposition_moves_notes_and_key() -> None:
    score = perform_tune(DUET, np.random.default_rng(0), reorchestrate=False, semitones=2).score
    assert score.voices[0].notes[0].pitch_midi == 76
    assert str(score.keys[0][1]) == "E"


def test_the_tempo_is_around_the_written_one_in_whole_beats_without_words() -> None:
    beats = [performance.score.tempos[0][1].beats_per_minute for performance in performances()]
    assert all(tempo.denominator == 1 and 78 <= tempo <= 128 for tempo in beats)
    assert len(set(beats)) > 8
    assert performances()[0].score.tempos[0][1].text == ""


def test_a_tune_without_a_tempo_gets_one_in_its_own_beat() -> None:
    for performance in performances(read_abc("X:1\nM:6/8\nL:1/8\nK:C\ncde fga|")):
        ((onset_wn, tempo),) = performance.score.tempos
        assert onset_wn == 0
        assert tempo.beat_wn == Fraction(3, 8)
        assert BEATS_PER_MINUTE_RANGE[0] <= tempo.beats_per_minute <= BEATS_PER_MINUTE_RANGE[1]


def test_time_follows_the_tempo_map_but_for_what_players_do() -> None:
    """Changes of tempo in the middle: bars of four and of two seconds, drift and lateness within 15 %."""
    tune = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\nCDEF|[Q:1/4=120]GABc|")
    for performance in performances(tune, tempo_spread=0, reorchestrate=False):
        onsets = np.array(performance.onsets_s[0])
        assert np.allclose(onsets - onsets[0], [0, 1, 2, 3, 4, 4.5, 5, 5.5], atol=0.75)
        assert onsets.min() >= 0


def test_unpitched_voices_and_doubled_notes_are_left_out_and_nothing_is_said_so() -> None:
    tune = read_abc("X:1\nL:1/4\nK:C\nV:1\nV:2 clef=perc\nV:1\n[ccc2]z|\nV:2\nCCCC|")
    performance = perform_tune(tune, np.random.default_rng(0))
    assert [len(voice.notes) for voice in performance.score.voices] == [1]
    with pytest.raises(ValueError, match="nothing to play in Rest: no voice has notes"):
        perform_tune(read_abc("X:1\nT:Rest\nK:C\nz4|"), np.random.default_rng(0))


def test_the_mix_is_the_sum_of_stems_that_sound_when_their_notes_do() -> None:
    performance = perform_tune(DUET, np.random.default_rng(1))
    rendered = render_performance(performance, InventedOrchestra(RATE), np.random.default_rng(0), RATE)
    assert rendered.mix.shape == (int((performance.end_s + TAIL_S) * RATE),)
    assert np.allclose(rendered.mix, rendered.stems.sum(axis=0), atol=1e-5)
    assert rendered.is_instrument == (True, True)
    dry = render_performance(performance, None, np.random.default_rng(0), RATE, dry=True)
    assert dry.is_instrument == (False, False)
    for stem, onsets in zip(dry.stems, performance.onsets_s, strict=True):
        begins = int(min(onsets) * RATE)
        assert np.abs(stem[: max(begins - 1, 0)]).max(initial=0) == 0
        assert np.abs(stem[begins : begins + RATE // 4]).max() > 0.01


def test_a_span_is_as_long_as_asked_and_takes_in_what_began_before() -> None:
    tune = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\nC8|")
    performance = perform_tune(tune, np.random.default_rng(0), tempo_spread=0)
    audio, known = render_span(performance, 1.0, 2.5, None, np.random.default_rng(0), RATE)
    assert len(audio) == 1.5 * RATE
    assert known == (False,)
    assert np.abs(audio[:100]).max() > 0


def test_a_performance_is_a_function_of_its_generator() -> None:
    first, second = (perform_tune(DUET, np.random.default_rng(7)) for _ in range(2))
    assert first == second
    assert first != perform_tune(DUET, np.random.default_rng(8))


def test_violins_are_violins() -> None:
    assert perform_tune(DUET, np.random.default_rng(0), reorchestrate=False).notes[0][0].instrument == INSTRUMENT_BY_CODE["vn"]
