"""Notes in seconds."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.sounding import sounding_events
from transformers_abc.notation.tune import Tune


def test_tempo_changes_and_repeats() -> None:
    # A quarter lasts 0.5 s, then 1 s; the repeat goes back to the first tempo.
    tune = read_abc("X:1\nM:1/4\nL:1/4\nQ:1/4=120\nK:C\n|:C|[Q:1/4=60]D:|\n")
    assert [tuple(event) for event in sounding_events(tune)] == [(0.0, 0.5, 60, 0), (0.5, 1.5, 62, 0), (1.5, 2.0, 60, 0), (2.0, 3.0, 62, 0)]


def test_a_tempo_that_comes_late() -> None:
    tune = read_abc("X:1\nM:1/4\nL:1/4\nK:C\nC|[Q:1/4=60]D|\n")
    assert [(event.onset_s, event.end_s) for event in sounding_events(tune)] == [(0.0, 0.5), (0.5, 1.5)]


def test_order_of_events() -> None:
    tune = read_abc("X:1\nM:1/4\nL:1/4\nV:1\nV:2\nK:C\n[V:1]G|C|\n[V:2]C|[CE]|\n")
    assert [(event.onset_s, event.pitch_midi, event.voice) for event in sounding_events(tune)] == [
        (0.0, 60, 1),
        (0.0, 67, 0),
        (0.5, 60, 0),
        (0.5, 60, 1),
        (0.5, 64, 1),
    ]


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_seconds_are_those_of_the_tempo_map(random_tunes: Callable[..., st.SearchStrategy[Tune]], data: st.DataObject) -> None:
    tune = data.draw(random_tunes(written=True))
    played = expand_repeats(tune)
    expected = sorted(
        (played.seconds_at(note.onset_wn), note.pitch_midi, index, played.seconds_at(note.end_wn))
        for index, voice in enumerate(played.voices)
        for note in voice.notes
    )
    heard = sorted((event.onset_s, event.pitch_midi, event.voice, event.end_s) for event in sounding_events(tune))
    assert [event[1:3] for event in heard] == [event[1:3] for event in expected]
    assert [event[0] for event in heard] == pytest.approx([event[0] for event in expected])
    assert sorted(event[3] for event in heard) == pytest.approx(sorted(event[3] for event in expected))


def test_a_fraction_of_a_second_is_exact_enough() -> None:
    tune = read_abc("X:1\nM:none\nL:1/8\nQ:1/4=90\nK:C\n" + "(3CDE" * 300 + "\n")
    last = list(sounding_events(tune))[-1]
    assert last.end_s == pytest.approx(float(Fraction(300, 4) * 4 * Fraction(60, 90)))  # 300 quarters of two thirds of a second
