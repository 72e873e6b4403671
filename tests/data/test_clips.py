"""Clips whose text is what their recording plays."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from transformers_abc.data.aligned import AlignedPiece, PieceRecording
from transformers_abc.data.clips import Clip, cut_clips
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc

MIX = PieceRecording(Path("mix.wav"), (0, 1))
LOWER = PieceRecording(Path("lower.wav"), (1,))
# Six bars of 3/4 after a pickup; the lower voice rests in the third and fourth.
SCORE = read_abc(
    'X:1\nM:3/4\nL:1/4\nV:1 name="Violin"\nV:2 name="Cello" clef=bass\nK:G\n'
    "V:1\nd|gfe|dcB|ABc|d2d|gfe|d3|]\nV:2\nz|G,2B,|D2G,|z3|z3|G,2A,|G,3|]\n"
)


def piece(seconds_a_quarter: float = 0.5, start_s: float = 2.0, score: Tune = SCORE) -> AlignedPiece:
    """Played evenly, from `start_s`."""
    onsets = tuple(tuple(start_s + float(note.onset_wn * 4) * seconds_a_quarter for note in voice.notes) for voice in score.voices)
    return AlignedPiece("waltz", "waltz", "pairs", score, onsets, (MIX, LOWER))


def pitches(clips: list[Clip], voice: int = 0) -> list[list[int]]:
    return [[note.pitch_midi for note in clip.tune.voices[voice].notes] for clip in clips]


def all_pitches(clips: list[Clip]) -> list[int]:
    return [pitch for of_clip in pitches(clips) for pitch in of_clip]


def test_whole_bars_as_many_as_fit() -> None:
    """A bar lasts 1.5 s, the pickup 0.5 s: 3.5 s hold the pickup and two bars, then two bars each."""
    clips = list(cut_clips(piece(), MIX, 60.0, clip_s=3.5))
    assert [[str(length) for length in clip.tune.bar_lengths_wn] for clip in clips] == [["1/4", "3/4", "3/4"], ["3/4"] * 2, ["3/4"] * 2]
    assert [clip.start_s for clip in clips] == pytest.approx([2.0, 5.5, 8.5])
    assert [clip.end_s for clip in clips] == pytest.approx([5.5, 8.5, 8.5 + 3.5])
    assert pitches(clips) == [[74, 79, 78, 76, 74, 72, 71], [69, 71, 72, 74, 74], [79, 78, 76, 74]]
    assert all(clip.tune.tempos[0][1].quarter_bpm == 120 for clip in clips)


def test_every_note_is_in_one_clip() -> None:
    for clip_s in (1.6, 2.7, 5.0, 100.0):
        for cut in ("bars", "seconds"):
            clips = list(cut_clips(piece(), MIX, 60.0, clip_s, cut))
            assert all_pitches(clips) == [note.pitch_midi for note in SCORE.voices[0].notes], (clip_s, cut)


def test_clips_without_notes_are_left_out() -> None:
    clips = list(cut_clips(piece(), LOWER, 60.0, clip_s=3.5))
    assert pitches(clips) == [[55, 59, 62, 55], [55, 57, 55]]
    assert [voice.name for voice in clips[0].tune.voices] == ["Cello"]


def test_a_stem_keeps_the_time_of_the_mix() -> None:
    mix, stem = (next(iter(cut_clips(piece(), recording, 60.0, clip_s=3.5))) for recording in (MIX, LOWER))
    assert stem.tune.bar_lengths_wn == mix.tune.bar_lengths_wn
    assert stem.start_s == pytest.approx(2.0)


def test_a_bar_longer_than_a_clip_is_cut_inside() -> None:
    clips = list(cut_clips(piece(), MIX, 60.0, clip_s=1.0))
    assert len(clips) > 6
    assert all(clip.end_s - clip.start_s <= 1.001 for clip in clips)
    assert all_pitches(clips) == [note.pitch_midi for note in SCORE.voices[0].notes]


def test_a_very_short_last_clip_shares_the_bars_before() -> None:
    """Five bars of 2 s: 8.5 s hold four, which would leave one; so two and three."""
    score = read_abc("X:1\nM:4/4\nL:1/4\nK:C\n" + "CDEF|" * 5)
    clips = list(cut_clips(piece(score=score), PieceRecording(Path("a.wav"), (0,)), 60.0, clip_s=8.5))
    assert [len(clip.tune.bar_lengths_wn) for clip in clips] in ([2, 3], [3, 2])


def test_seconds_begin_anywhere() -> None:
    clips = list(cut_clips(piece(), MIX, 60.0, clip_s=3.0, cut="seconds"))
    assert [clip.start_s for clip in clips] == pytest.approx([2.0, 5.0, 8.0])
    assert str(clips[1].tune.bar_lengths_wn[0]) == "1/4"  # 3 s are six quarters: a pickup, a bar and two quarters


def test_a_long_pickup_is_a_bar_with_rests() -> None:
    score = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nzCDE|FGAB|]")
    first = next(iter(cut_clips(piece(score=score), PieceRecording(Path("a.wav"), (0,)), 60.0)))
    assert [str(length) for length in first.tune.bar_lengths_wn] == ["1", "1"]
    late = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nz3E|FGAB|]")
    first = next(iter(cut_clips(piece(score=late), PieceRecording(Path("a.wav"), (0,)), 60.0)))
    assert [str(length) for length in first.tune.bar_lengths_wn] == ["1/4", "1"]
    assert first.start_s == pytest.approx(2 + 1.5)


def test_notes_are_cut_where_the_clip_ends_and_told_where_they_still_sound() -> None:
    score = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nCDEF-|F4|GABc|]")
    clips = list(cut_clips(piece(score=score), PieceRecording(Path("a.wav"), (0,)), 60.0, clip_s=2.1))
    assert [(note.pitch_midi, str(note.length_wn)) for note in clips[0].tune.voices[0].notes][-1] == (65, "1/4")
    assert pitches(clips) == [[60, 62, 64, 65], [67, 69, 71, 72]]  # nothing begins in the second bar


def test_what_still_sounds_is_in_the_tune_with_held_notes() -> None:
    score = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nCDEF-|F2GA|]")
    second = list(cut_clips(piece(score=score), PieceRecording(Path("a.wav"), (0,)), 60.0, clip_s=2.1))[1]
    assert [note.pitch_midi for note in second.tune.voices[0].notes] == [67, 69]
    held = second.tune_with_held.voices[0].notes[0]
    assert (held.onset_wn, held.pitch_midi, str(held.length_wn)) == (0, 65, "1/2")


def test_beyond_the_recording_there_is_nothing() -> None:
    """Neither sound nor text: of the third bar only what begins before 6.2 s is left."""
    clips = list(cut_clips(piece(), MIX, 6.2, clip_s=3.5))
    assert len(clips) == 2
    assert clips[-1].end_s == 6.2
    for clip in clips:
        for voice in clip.tune.voices:
            assert all(clip.start_s + clip.tune.seconds_at(note.onset_wn) < 6.2 for note in voice.notes)
    assert pitches(clips) == [[74, 79, 78, 76, 74, 72, 71], [69, 71]]
    assert list(cut_clips(piece(), MIX, 1.5)) == []


def test_a_first_bar_that_begins_before_the_recording() -> None:
    """A quarter's rest of half a second, and the first note at 0.1 s: the bar would begin at -0.4 s."""
    score = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nzCDE|FGAB|]")
    clip = next(iter(cut_clips(piece(start_s=-0.4, score=score), PieceRecording(Path("a.wav"), (0,)), 60.0)))
    assert clip.start_s == pytest.approx(0.1)
    assert clip.tune.voices[0].notes[0].onset_wn == 0


def test_an_early_first_note_is_not_cut_away() -> None:
    """The first bar twice as slow as all others: the tempo changes rather than that the text begins a second late."""
    score = read_abc("X:1\nM:4/4\nL:1/4\nK:C\n" + "CDEF|" * 8)
    quarters = np.array([float(note.onset_wn * 4) for note in score.voices[0].notes])
    slow = replace(piece(score=score), onsets_s=(tuple(np.where(quarters < 4, quarters, 4 + (quarters - 4) / 2) + 2.0),))
    clip = next(iter(cut_clips(slow, PieceRecording(Path("a.wav"), (0,)), 60.0)))
    assert clip.start_s == pytest.approx(2.0, abs=0.05)
    assert len(clip.tune.tempos) == 2


def test_the_text_begins_where_the_clip_does() -> None:
    """Whatever the players do, the notes of a text lie, in the median, within a few hundredths of a second of those played."""
    rng = np.random.default_rng(1)
    score = read_abc("X:1\nM:4/4\nL:1/8\nK:C\n" + "CDEFGABc|cBAGFEDC|" * 20)
    even = np.array([float(note.onset_wn * 4) for note in score.voices[0].notes]) * 60 / 97
    played = 3.3 + even + 0.1 * np.sin(even / 5) + rng.normal(0, 0.02, len(even))
    uneven = replace(piece(score=score), onsets_s=(tuple(played),))
    place = 0
    for clip in cut_clips(uneven, PieceRecording(Path("a.wav"), (0,)), 200.0):
        notes = clip.tune.voices[0].notes
        late_s = played[place : place + len(notes)] - clip.start_s - np.array([clip.tune.seconds_at(note.onset_wn) for note in notes])
        place += len(notes)
        assert abs(np.median(late_s)) < 0.03
        assert np.median(np.abs(late_s)) < 0.06
        assert clip.deviation_s < 0.06


def test_the_text_has_nothing_that_cannot_be_heard() -> None:
    titled = replace(SCORE, title="Waltz", composer="Anon", info=(("N", "a note"),))
    clip = next(iter(cut_clips(piece(score=titled), MIX, 60.0)))
    text = write_abc(clip.tune)
    assert not {"Waltz", "Anon", "a note"} & set(text.splitlines())
    assert "Waltz" not in text
    assert read_abc(text) == clip.tune


@pytest.mark.parametrize("clip_s", [0.0, -1.0, float("nan")])
def test_no_clip_is_that_short(clip_s: float) -> None:
    with pytest.raises(ValueError, match="longer than 0"):
        list(cut_clips(piece(), MIX, 60.0, clip_s))


def test_compound_metres_count_dotted_beats() -> None:
    score = read_abc("X:1\nM:6/8\nL:1/8\nK:C\n" + "CDEFGA|" * 4)
    clip = next(iter(cut_clips(piece(score=score), PieceRecording(Path("a.wav"), (0,)), 60.0)))
    assert clip.tune.tempos[0][1].beat_wn == Fraction(3, 8)
    assert clip.tune.tempos[0][1].quarter_bpm == 120
