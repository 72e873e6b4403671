"""How a recording is tuned: pure tones, chords, noise, and a recording played faster."""

import numpy as np
import pytest
import soxr

from transformers_abc.data.audio import Recording
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.tuning import TuningEstimator, estimate_tuning

RATE = 16_000
EXAMPLE = "examples/greensleeves.ogg"


def chord(semitones: float, seconds: float = 3.0) -> np.ndarray:
    time_s = np.arange(int(seconds * RATE)) / RATE
    pitches = [pitch + semitones for pitch in (48, 64, 67, 72)]
    tones = (np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * n * time_s) / n for p in pitches for n in range(1, 6))
    return (0.05 * sum(tones)).astype(np.float32)


@pytest.mark.parametrize("semitones", [-0.45, -0.2, 0.0, 0.13, 0.4])
def test_a_chord_out_of_tune(semitones: float) -> None:
    # The fifth partial lies 14 cents below its semitone, so a few cents are lost to just intonation.
    assert estimate_tuning([chord(semitones)], RATE) == pytest.approx(semitones, abs=0.05)


def test_a_recording_played_faster(request: pytest.FixtureRequest) -> None:
    audio = np.concatenate(list(Recording(request.config.rootpath / EXAMPLE).blocks(RATE)))
    faster = soxr.resample(audio, RATE * 2 ** (0.3 / 12), RATE)
    assert estimate_tuning([faster], RATE) - estimate_tuning([audio], RATE) == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("level", [0.0, 1e-3, 0.3])
def test_noise_and_silence_are_left_as_they_are(level: float) -> None:
    assert estimate_tuning([np.random.default_rng(0).normal(0, level, 20 * RATE).astype(np.float32)], RATE) == 0


def test_nothing_heard_and_blocks_too_short() -> None:
    estimator = TuningEstimator(RATE)
    assert estimator.semitones == 0
    estimator.hear(np.zeros(10, dtype=np.float32))
    assert estimator.semitones == 0


def test_features_follow_the_tuning() -> None:
    extractor = AbcFeatureExtractor()
    in_tune = extractor(chord(0.0)).input_features
    corrected = extractor(chord(0.5), tuning=0.5).input_features
    uncorrected = extractor(chord(0.5)).input_features
    assert float((in_tune - corrected).abs().mean()) < 0.2 * float((in_tune - uncorrected).abs().mean())
