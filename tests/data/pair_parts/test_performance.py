"""Performances: told from music in its file's time, and written down so that their text plays them."""

from collections.abc import Callable
from fractions import Fraction
from math import cos

import numpy as np
import pytest

from transformers_abc.data.aligned import AlignedPiece, PieceRecording
from transformers_abc.data.clips import Clip, cut_clips
from transformers_abc.data.pair_parts.performance import found_time, is_performance, on_grid
from transformers_abc.data.pair_parts.score import PlayedScore, Player, score_of
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.score_writer.heard_note import HeardNote

# A waltz for both hands, dense enough for pedalled overlaps: 32 bars, or 1:04 at 90 quarters a minute.
RIGHT = "[Gc]2 efge|[Fd]2 fgaf|[EGc]3 G c/d/e/f/|[Bdg]4 z2|"
LEFT = "[C,2E,2][G,2C2][G,2C2]|[D,2F,2][A,2D2][A,2D2]|[C,2E,2][G,2C2][G,2C2]|G,,2[G,2B,2][F,2B,2]|"
WALTZ = f"X:1\nM:3/4\nL:1/8\nQ:1/4=90\nV:1\nV:2 clef=bass\nK:C\nV:1\n{RIGHT * 8}\nV:2\n{LEFT * 8}\n"

PIANO = 0


def performed(score: Tune, seed: int = 0, start_s: float = 1.0, breathing: float = 0.03, jitter_s: float = 0.012) -> list[HeardNote]:
    """A pianist: faster and slower by `breathing`, no two onsets of a chord together, half of the notes held by the pedal."""
    rng = np.random.default_rng(seed)
    notes = []
    for note in (note for voice in score.voices for note in voice.notes):
        onset_s, end_s = (start_s + _breathed(score.seconds_at(time_wn), breathing) for time_wn in (note.onset_wn, note.end_wn))
        onset_s += float(rng.normal(0, jitter_s))
        pedal_s = float(rng.exponential(0.3)) if rng.random() < 0.5 else 0.0
        notes.append(HeardNote(onset_s, max(end_s + pedal_s, onset_s + 0.05), note.pitch_midi))
    return sorted(notes)


def _breathed(seconds: float, share: float) -> float:
    """Time that runs slower and faster by a share, in turns of 94 s."""
    return seconds + share * 15 * (1 - cos(seconds / 15))


def written(notes: list[HeardNote]) -> PlayedScore:
    return score_of([Player(PIANO, tuple(notes))], found_time(notes), is_written=False)


def clips_of(played: PlayedScore, duration_s: float) -> list[Clip]:
    recording = PieceRecording(path=None, voices=tuple(range(len(played.tune.voices))))  # type: ignore[arg-type]
    return list(cut_clips(AlignedPiece("waltz", "waltz", "pairs", played.tune, played.onsets_s, (recording,)), recording, duration_s))


@pytest.fixture(scope="module")
def waltz() -> list[HeardNote]:
    return performed(read_abc(WALTZ))


@pytest.mark.parametrize(
    ("step", "jitter", "expected"),
    [
        (0.25, 0.0, False),  # sixteenths as written
        (1 / 3, 0.0, False),  # triplets
        (0.125, 0.0, False),  # 32nds
        (0.25, 0.02, False),  # of a quarter: played to a click, 10 ms off
        (0.25, 0.05, True),  # 25 ms off: too loose to be sure
        (0.25 * 120 / 97, 0.0, True),  # even, but at 97 a minute where the file says 120
        (0.25 * 120 / 97, 0.02, True),
    ],
)
def test_notes_between_the_beats_of_their_file_are_a_performance(step: float, jitter: float, expected: bool) -> None:
    quarters = 4 + np.arange(400) * step + np.random.default_rng(0).normal(0, jitter, 400)
    assert is_performance(np.round(quarters * 384), 384) is expected


def test_a_few_notes_or_coarse_ticks_tell_nothing() -> None:
    anywhere = np.array([0.13, 0.4, 0.55, 0.9, 1.4, 1.9]) * 384
    assert on_grid(anywhere / 384) < 0.5
    assert not is_performance(anywhere, 384)
    assert not is_performance(np.arange(0, 700, 7), 24)


def test_a_performance_gets_its_metre_bars_and_key(waltz: list[HeardNote]) -> None:
    tune = written(waltz).tune
    assert [(str(metre), str(key)) for (_, metre), (_, key) in zip(tune.metres, tune.keys, strict=True)] == [("3/4", "C")]
    assert len(tune.bar_lengths_wn) in (32, 33)  # the last chord may ring on
    bars = {note.onset_wn for note in tune.voices[1].notes if note.pitch_midi == 43}  # G,, begins every fourth bar
    assert bars == {Fraction(3, 4) * bar for bar in range(3, 32, 4)}


def test_both_hands_have_a_staff_of_chords_that_follow_each_other(waltz: list[HeardNote]) -> None:
    voices = written(waltz).tune.voices
    assert [(voice.name, voice.program, voice.clef) for voice in voices] == [
        ("Acoustic Grand Piano", 0, "treble"),
        ("Acoustic Grand Piano", 0, "bass"),
    ]
    for voice in voices:
        ends = {note.onset_wn: note.end_wn for note in voice.notes}
        assert all(note.end_wn == ends[note.onset_wn] for note in voice.notes)
        assert all(end_wn <= later for end_wn, later in zip(list(ends.values()), list(ends)[1:], strict=False))


def test_the_text_of_every_clip_plays_the_notes_given(waltz: list[HeardNote]) -> None:
    played = written(waltz)
    assert played.lost == 0
    clips = clips_of(played, waltz[-1].offset_s)
    times_s: dict[int, list[float]] = {}
    for clip in clips:
        tune = read_abc(write_abc(clip.tune))
        assert not tune.diagnostics
        assert all(length_wn == Fraction(3, 4) for length_wn in tune.bar_lengths_wn)
        for note in sorted(note for voice in tune.voices for note in voice.notes):
            times_s.setdefault(note.pitch_midi, []).append(clip.start_s + tune.seconds_at(note.onset_wn))
    given_s: dict[int, list[float]] = {}
    for note in waltz:
        given_s.setdefault(note.pitch_midi, []).append(note.onset_s)
    assert {pitch: len(times) for pitch, times in times_s.items()} == {pitch: len(times) for pitch, times in given_s.items()}
    late_s = np.concatenate([np.subtract(times_s[pitch], given_s[pitch]) for pitch in given_s])
    assert np.median(np.abs(late_s)) < 0.05


def test_abc2midi_plays_a_dense_performance(waltz: list[HeardNote], abc2midi: Callable) -> None:
    clip = clips_of(written(waltz), waltz[-1].offset_s)[0].tune
    expected = [sorted((note.onset_wn, note.length_wn, note.pitch_midi) for note in voice.notes) for voice in clip.voices]
    assert abc2midi(write_abc(clip)) == expected


def test_onsets_are_those_given_whatever_the_order(waltz: list[HeardNote]) -> None:
    played = written(waltz[::-1])
    told = sorted(
        (onset_s, note.pitch_midi)
        for voice, onsets in zip(played.tune.voices, played.onsets_s, strict=True)
        for note, onset_s in zip(voice.notes, onsets, strict=True)
    )
    assert told == sorted((note.onset_s, note.pitch_midi) for note in waltz)


def test_movements_apart_have_metres_and_keys_of_their_own(waltz: list[HeardNote]) -> None:
    march = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=120\nK:A\n" + "[A,EA]cec|[A,EA]BcA|[E,^GB]Bdf|[A,EAc]4|" * 6)
    later = performed(march, start_s=waltz[-1].offset_s + 10.0, breathing=0.0)
    tune = written([*waltz, *later]).tune
    assert [str(metre) for _, metre in tune.metres] == ["3/4", "4/4"]
    assert [str(key) for _, key in tune.keys] == ["C", "A"]
    start_wn = tune.metres[1][0]
    assert min(note.onset_wn for voice in tune.voices for note in voice.notes if note.onset_wn >= start_wn - Fraction(1, 4)) == start_wn
    silence_wn = start_wn - max(note.end_wn for voice in tune.voices for note in voice.notes if note.onset_wn < start_wn)
    # 10 s at 120 a minute are 5 whole notes, of which the bars of rest may lack up to one bar on either side
    assert Fraction(7, 2) <= silence_wn <= Fraction(5)


def test_runs_faster_than_the_grid_of_slow_beats_are_not_chords() -> None:
    run = "c/12d/12e/12f/12g/12a/12b/12c'/12b/12a/12g/12f/12" * 4  # twelve to a beat of 1.2 s
    chords = "[C,G,]2 [C,A,]2|" * 2
    slow = f"X:1\nM:4/4\nL:1/4\nQ:1/4=50\nK:C\n{chords}{run}|{chords}"
    notes = performed(read_abc(slow), breathing=0.0, jitter_s=0.004)
    played = written(notes)
    assert played.lost == 0
    onsets = [note.onset_wn for note in played.tune.voices[0].notes if note.pitch_midi >= 72]
    assert len(set(onsets)) >= 0.9 * len(onsets)
