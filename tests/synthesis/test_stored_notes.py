"""Stored notes: looped, replayed at other pitches and kept."""

from pathlib import Path

import numpy as np
import pytest

from transformers_abc.synthesis.stored_notes import (
    DENSITY,
    SHORTEST_LOOPED_S,
    VELOCITIES,
    SampledInstrument,
    StoredNote,
    cached,
    packed,
    with_loop,
)
from transformers_abc.synthesis.tones import Expression, Tone

RATE = 16_000
PLAIN = Expression(0.0, 0.0, 5.0, 0.0, 0.01, 0.05, 0.0, 0.0, False)


def sine(hertz: float, seconds: float, rate: int = RATE * DENSITY) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate).astype(np.float32)


def frequency(sound: np.ndarray) -> float:
    """The strongest, in Hz."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * len(sound)))
    return float(np.argmax(spectrum)) * RATE / (8 * len(sound))


def test_a_loop_repeats_without_a_seam() -> None:
    """219.6 Hz has 263.5 periods in 1.2 s: a loop of just that length would cancel itself in the crossfade."""
    rate = 16_000
    seconds = np.arange(3 * rate) / rate
    note = np.sin(2 * np.pi * 219.6 * seconds) * (1 + 0.1 * np.sin(2 * np.pi * 0.9 * seconds))
    kept, loop = with_loop(note.astype(np.float32), rate)
    played = np.concatenate([kept, *[kept[-loop:]] * 3])
    bend = np.abs(np.diff(played, 2))
    assert bend[len(kept) - 3 :].max() < 1.1 * bend[: len(kept) - loop].max()
    peaks = np.abs(played[: len(played) // 800 * 800]).reshape(-1, 800).max(axis=1)  # of every 50 ms
    assert peaks.min() > 0.85


@pytest.mark.parametrize("seconds", [SHORTEST_LOOPED_S, 0.5, 1.0])
def test_short_notes_have_shorter_loops(seconds: float) -> None:
    """Two thirds of what is left beside the crossfade at most, so that the attack is not repeated."""
    kept, loop = with_loop(sine(220.0, seconds), RATE * DENSITY)
    assert len(kept) == round(seconds * RATE * DENSITY)
    assert 0.04 < loop / (RATE * DENSITY) <= (seconds - 0.05) * 2 / 3
    played = np.concatenate([kept, kept[-loop:]])
    assert np.abs(np.diff(played, 2)).max() < 1.1 * np.abs(np.diff(sine(220.0, seconds), 2)).max()


@pytest.mark.parametrize("pitch", [45, 57, 62, 69])
def test_the_cents_that_a_note_is_off_are_taken_back(pitch: int) -> None:
    """220 Hz, 35 cents higher, stored for A3: it sounds at the pitch asked for."""
    kept, loop = with_loop(sine(220 * 2 ** (35 / 1200), 3.0), RATE * DENSITY)
    stored = (StoredNote(0, len(kept), loop, cents=35),)
    source = SampledInstrument(packed(kept, loop), {(57, velocity): stored for velocity in VELOCITIES}, RATE)
    sound = source.note(Tone(pitch, 0.8, 2.0, 2.0, PLAIN), np.random.default_rng(0))
    assert 1200 * np.log2(frequency(sound) / (440 * 2 ** ((pitch - 69) / 12))) == pytest.approx(0, abs=1.5)


def test_one_of_several_takes_is_drawn() -> None:
    notes = [with_loop(sine(220.0 * harmonic, 1.0), RATE * DENSITY) for harmonic in (1, 2)]
    chunks = [packed(*note) for note in notes]
    takes = tuple(StoredNote(place * len(chunks[0]), len(kept), loop) for place, (kept, loop) in enumerate(notes))
    source = SampledInstrument(np.concatenate(chunks), {(57, velocity): takes for velocity in VELOCITIES}, RATE)
    heard = [frequency(source.note(Tone(57, 0.8, 1.0, 1.0, PLAIN), np.random.default_rng(seed))) for seed in range(12)]
    assert {round(hertz, -1) for hertz in heard} == {220, 440}


@pytest.mark.parametrize("loop", [0, 3000])
def test_a_pitch_far_above_the_only_note_does_not_fail(loop: int) -> None:
    """Five octaves and more: a block then reads far past the end of the last note."""
    note = packed(sine(220.0, 0.2), loop)
    stored = (StoredNote(0, 6400, loop),)
    source = SampledInstrument(note, {(57, velocity): stored for velocity in VELOCITIES}, RATE)
    assert np.isfinite(source.note(Tone(127, 0.8, 1.0, 1.0, PLAIN), np.random.default_rng(0))).all()


def test_what_was_made_is_kept_until_it_depends_on_something_else(tmp_path: Path) -> None:
    made = []

    def make() -> tuple[np.ndarray, np.ndarray]:
        made.append(1)
        return np.arange(5, dtype=np.int16), np.array([[len(made)]])

    for state, times in (("a", 1), ("a", 1), ("b", 2)):
        samples, table = cached(tmp_path / "cache", "notes", state, make)
        assert samples.tolist() == [0, 1, 2, 3, 4]
        assert table.tolist() == [[times]]
    assert cached(None, "notes", "a", make)[1].tolist() == [[3]]
