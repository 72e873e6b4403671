"""Clips: which notes, bars and changes they hold."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transformers_abc.notation.clipping import clip_bars, clip_seconds, time_at
from transformers_abc.notation.marks import ChordSymbol, Decoration, Slur
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import BarLine, Key, Metre, Tempo, Tune
from transformers_abc.notation.writer import write_abc

ONE = Fraction(1)


def music(text: str, header: str = "M:4/4\nL:1/4\nK:C") -> Tune:
    return read_abc(f"X:1\n{header}\n{text}\n")


def heads(tune: Tune) -> list[tuple[int, str, str]]:
    return [(note.pitch_midi, str(note.onset_wn), str(note.length_wn)) for note in tune.voices[0].notes]


@pytest.mark.parametrize(
    ("first", "end", "keep_held", "expected"),
    [
        (0, 1, False, [(60, "0", "1/2"), (62, "1/2", "1/2")]),  # D is cut at the bar line
        (1, 2, False, [(64, "1/4", "3/4")]),  # D began before
        (1, 2, True, [(62, "0", "1/4"), (64, "1/4", "3/4")]),
        (1, 3, False, [(64, "1/4", "7/4")]),
        (2, 3, True, [(64, "0", "1")]),
        (2, 3, False, []),
        (0, 3, True, [(60, "0", "1/2"), (62, "1/2", "3/4"), (64, "5/4", "7/4")]),
    ],
)
def test_notes_at_the_edges(first: int, end: int, keep_held: bool, expected: list[tuple[int, str, str]]) -> None:
    assert heads(clip_bars(music("C2 D2-|D E3-|E4|"), first, end, keep_held=keep_held)) == expected


def test_held_notes_stand_in_order_with_others_of_their_pitch() -> None:
    clip = clip_bars(music("C4-|C2z2 & C4|"), 1, 2, keep_held=True)
    assert heads(clip) == [(60, "0", "1/2"), (60, "0", "1")]
    assert read_abc(write_abc(clip)) == clip


def test_a_clip_starts_with_what_is_in_force() -> None:
    tune = music("CDEF|[M:3/4][K:G][Q:1/4=60]GAB|[P:B]cde|", "M:4/4\nL:1/4\nQ:1/4=120\nK:C")
    clip = clip_bars(tune, 2, 3)
    assert clip.bar_lengths_wn == (Fraction(3, 4),)
    assert clip.metres == ((0, Metre(3, 4)),)
    assert clip.keys == ((0, Key(1)),)
    assert clip.tempos == ((0, Tempo(Fraction(1, 4), Fraction(60))),)
    assert clip.parts == ((0, "B"),)
    assert clip_bars(tune, 0, 1).keys == ((0, Key(0)),)
    assert clip_bars(tune, 0, 2).keys == ((0, Key(0)), (1, Key(1)))


def test_a_tempo_that_comes_later_is_not_in_force_before() -> None:
    assert clip_bars(music("CDEF|[Q:1/4=60]GABc|"), 0, 1).tempos == ()


def test_bar_lines_at_the_edges_say_what_concerns_the_clip() -> None:
    tune = music("C4|:D4:|:E4|1F4:|2G4||A4|")  # bars 0 to 5
    assert clip_bars(tune, 1, 3).bar_lines == ((0, BarLine(starts_repeat=True)), (1, BarLine(plays=2, starts_repeat=True)))
    assert clip_bars(tune, 1, 2).bar_lines == ((0, BarLine(starts_repeat=True)), (1, BarLine(plays=2)))
    assert clip_bars(tune, 3, 5).bar_lines == ((0, BarLine(endings=(1,))), (1, BarLine(plays=2, endings=(2,))))


def test_marks_follow_and_torn_slurs_go() -> None:
    slur, torn = (ONE, Slur(Fraction(1, 2))), (Fraction(3, 2), Slur(Fraction(1)))
    marks = ((Fraction(0), ChordSymbol("C")), slur, (ONE, Decoration("trill")), torn, (Fraction(2), ChordSymbol("F")))
    tune = music("C4|D2E2|F4|")
    tune = replace(tune, voices=(replace(tune.voices[0], marks=marks),))
    assert clip_bars(tune, 1, 2).voices[0].marks == ((0, Slur(Fraction(1, 2))), (0, Decoration("trill")))


@pytest.mark.parametrize(("first", "end"), [(-1, 1), (0, 0), (2, 1), (0, 4), (3, 4)])
def test_bars_that_do_not_exist(first: int, end: int) -> None:
    with pytest.raises(ValueError, match=rf"bars {first} to {end} of a tune of 3 bars: give 0 <= first < end <= 3"):
        clip_bars(music("C4|D4|E4|"), first, end)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_clips_share_the_notes_out(random_tunes: Callable[..., st.SearchStrategy[Tune]], data: st.DataObject) -> None:
    tune = data.draw(random_tunes(written=True))
    cut = data.draw(st.integers(1, max(len(tune.bar_lengths_wn) - 1, 1)))
    if cut >= len(tune.bar_lengths_wn):
        assert clip_bars(tune, 0, cut).voices == tune.voices
        return
    clips = clip_bars(tune, 0, cut), clip_bars(tune, cut, len(tune.bar_lengths_wn))
    assert clips[0].bar_lengths_wn + clips[1].bar_lengths_wn == tune.bar_lengths_wn
    for whole, *parts in zip(tune.voices, *(clip.voices for clip in clips), strict=True):
        later_wn = clips[0].length_wn
        joined = Counter((n.onset_wn, n.pitch_midi, n.alter) for n in parts[0].notes)
        joined += Counter((n.onset_wn + later_wn, n.pitch_midi, n.alter) for n in parts[1].notes)
        assert joined == Counter((n.onset_wn, n.pitch_midi, n.alter) for n in whole.notes)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_clip_can_be_written_and_read_back(random_tunes: Callable[..., st.SearchStrategy[Tune]], data: st.DataObject) -> None:
    tune = data.draw(random_tunes())
    first = data.draw(st.integers(0, len(tune.bar_lengths_wn) - 1))
    clip = clip_bars(tune, first, len(tune.bar_lengths_wn), keep_held=True)
    assert read_abc(write_abc(clip)).voices == clip.voices


# --- Seconds -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start_s", "end_s", "expected"),
    [
        (0.0, 1.0, [(60, "0", "1/4"), (62, "1/4", "1/4")]),  # a quarter lasts half a second
        (0.05, 0.96, [(60, "0", "1/4"), (62, "1/4", "1/4")]),  # 0.4 and 7.7 sixteenths
        (0.45, 1.05, [(62, "0", "1/4")]),  # 3.6 and 8.4 sixteenths
        (0.1, 0.7, [(62, "3/16", "1/8")]),  # 0.8 and 5.6 sixteenths: C began before, D is cut
        (1.5, 99.0, [(65, "0", "1/4")]),
    ],
)
def test_seconds(start_s: float, end_s: float, expected: list[tuple[int, str, str]]) -> None:
    assert heads(clip_seconds(music("CDEF|"), start_s, end_s)) == expected


def test_the_grid_can_be_chosen() -> None:
    assert heads(clip_seconds(music("CDEF|"), 0.1, 0.7, grid_wn=Fraction(1, 4))) == [(60, "0", "1/4")]


def test_seconds_count_in_the_music_as_it_is_played() -> None:
    assert [pitch for pitch, _, _ in heads(clip_seconds(music("|:CD:|EF|"), 1.0, 3.0))] == [60, 62, 64, 65]


@pytest.mark.parametrize(("start_s", "end_s"), [(1.0, 1.0), (1.0, 0.5), (5.0, 6.0), (-2.0, -1.0), (0.0, 0.01)])
def test_empty_clips(start_s: float, end_s: float) -> None:
    with pytest.raises(ValueError, match=rf"nothing lies between {start_s} s and {end_s} s .* in a tune of 2.000 s"):
        clip_seconds(music("CDEF|"), start_s, end_s)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_time_at_is_the_inverse_of_seconds_at(random_tunes: Callable[..., st.SearchStrategy[Tune]], data: st.DataObject) -> None:
    tune = data.draw(random_tunes())
    time_wn = tune.length_wn * data.draw(st.fractions(0, 1, max_denominator=64))
    assert float(time_at(tune, tune.seconds_at(time_wn))) == pytest.approx(float(time_wn), abs=1e-9)
