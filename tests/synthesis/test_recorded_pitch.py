"""Pitches of recorded notes: measured where they agree with the name, refused where they do not."""

import numpy as np
import pytest

from transformers_abc.synthesis.recorded_pitch import cents_off, hertz

RATE = 32_000
EQUAL = (1.0,) * 6
WEAK_FUNDAMENTAL = (0.03, 1.0, 0.4, 0.8, 0.3)
HOLLOW = (1.0, 0.0, 0.6, 0.0, 0.3)
EVEN_FAVOURED = (0.3, 1.0, 0.3, 1.0, 0.3, 1.0)  # what estimators take for the octave


def note(pitch: float, harmonics: tuple[float, ...] = EQUAL, seconds: float = 1.0, noise: float = 0.01) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    sound = sum(level * np.sin(2 * np.pi * hertz(pitch) * (k + 1) * times + k) for k, level in enumerate(harmonics))
    return (sound + noise * np.random.default_rng(0).standard_normal(len(times))).astype(np.float32)


@pytest.mark.parametrize("harmonics", [EQUAL, WEAK_FUNDAMENTAL, HOLLOW, EVEN_FAVOURED, (1.0,)])
@pytest.mark.parametrize("pitch", [24, 45, 69, 88])
@pytest.mark.parametrize("cents", [-100, -48, 0, 31, 100])
def test_small_deviations_are_measured(pitch: int, cents: int, harmonics: tuple[float, ...]) -> None:
    assert cents_off(note(pitch + cents / 100, harmonics), RATE, pitch) == pytest.approx(cents, abs=3)


@pytest.mark.parametrize("harmonics", [EQUAL, WEAK_FUNDAMENTAL])
@pytest.mark.parametrize("pitch", [45, 69])
@pytest.mark.parametrize("semitones", [-24, -12, -5, -2, -1.5, 1.5, 2, 3, 7, 12, 19])
def test_other_pitches_than_the_name_says_are_refused(pitch: int, semitones: float, harmonics: tuple[float, ...]) -> None:
    assert cents_off(note(pitch + semitones, harmonics), RATE, pitch) is None


@pytest.mark.parametrize("cents", [0, 30])
def test_a_high_note_is_heard_under_the_thump_of_its_key(cents: int) -> None:
    """C8 of a piano, which has died away after 0.1 s under a thump ten times as loud."""
    times = np.arange(RATE) / RATE
    thump = 10 * np.sin(2 * np.pi * 90 * times) * np.exp(-times / 0.1)
    sound = (note(108 + cents / 100, (1.0,), noise=0.001) * np.exp(-times / 0.1) + thump).astype(np.float32)
    assert cents_off(sound, RATE, 108) == pytest.approx(cents, abs=5)


@pytest.mark.parametrize("sound", [np.zeros(RATE, np.float32), np.zeros(0, np.float32), note(57, noise=100.0), note(57, seconds=0.002)])
def test_where_no_pitch_is_heard_there_is_none(sound: np.ndarray) -> None:
    assert cents_off(sound, RATE, 57) is None
