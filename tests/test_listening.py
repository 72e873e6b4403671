"""What hearing a file and the pipeline share: windows, posteriors of their centres, notes."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from small_listener import small_listener
from transformers_abc import transcription
from transformers_abc.data.audio import AudioError, Recording
from transformers_abc.data.given_audio import RecordedArray
from transformers_abc.listening import MARGIN_S, Posteriors, Window, listen, read_notes, windows_of
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListener

RATE = 16_000


@pytest.fixture(scope="module")
def listener() -> AbcListener:
    return small_listener()


def music(seconds: float, seed: int = 0) -> np.ndarray:
    """A new random chord every half second, 40 cents flat."""
    rng, times = np.random.default_rng(seed), np.arange(RATE // 2) / RATE
    chords = [sum(np.sin(2 * np.pi * 440 * 2 ** ((p - 69.4) / 12) * times) for p in rng.integers(50, 80, 3)) for _ in range(100)]
    return (0.1 * np.concatenate(chords)[: int(seconds * RATE)]).astype(np.float32)


# (length of the recording, kept centres)
@pytest.mark.parametrize(("seconds", "kept"), [(1.0, [1.0]), (11.0, [11.0]), (12.5, [10.0, 2.5]), (23.5, [10.0, 10.0, 3.5])])
def test_windows_cover_a_recording_once(seconds: float, kept: list[float]) -> None:
    audio, margin = music(seconds), round(MARGIN_S * RATE)
    windows = list(windows_of(RecordedArray(audio, RATE), RATE))
    assert [round(window.kept_s, 4) for window in windows] == kept
    centres = [window.samples[margin : margin + round(window.kept_s * RATE)] for window in windows]
    assert np.allclose(np.concatenate(centres), audio, atol=1e-4)
    assert all(len(window.samples) == 2 * margin + round(window.kept_s * RATE) for window in windows)
    padded = np.concatenate([np.zeros(margin), audio, np.zeros(margin)])  # margins hold what lies around the centre
    assert np.allclose(windows[-1].samples, padded[-len(windows[-1].samples) :], atol=1e-4)


def test_every_window_has_the_tuning_of_the_whole() -> None:
    windows = list(windows_of(RecordedArray(music(12.5), RATE), RATE))
    assert [round(window.tuning, 1) for window in windows] == [-0.4, -0.4]


def test_windows_heard_together_are_heard_as_alone(listener: AbcListener) -> None:
    windows = [window for n in (11.0, 2.0, 23.5, 2.0) for window in windows_of(RecordedArray(music(n, seed=int(n)), RATE), RATE)]
    extractor = AbcFeatureExtractor()
    together = listen(listener, extractor, windows)
    alone = [listen(listener, extractor, [window])[0] for window in windows]
    for ours, theirs, window in zip(together, alone, windows, strict=True):
        assert ours.onset.shape == ours.frame.shape == (round(window.kept_s * 40), 88)
        assert ours.peak == theirs.peak
        for name in ("onset", "frame", "instrument"):
            assert np.allclose(getattr(ours, name), getattr(theirs, name), atol=1e-3)  # float16 has 11 bits


def test_the_tuning_moves_the_bins(listener: AbcListener) -> None:
    samples = music(2.0)
    flat, ignored = (listen(listener, AbcFeatureExtractor(), [Window(samples, 0.5, tuning)])[0] for tuning in (-0.4, 0.0))
    assert not np.allclose(flat.onset, ignored.onset, atol=1e-3)


def test_less_than_2_mb_a_minute_is_kept(listener: AbcListener) -> None:
    (window,) = windows_of(RecordedArray(music(10.0), RATE), RATE)
    (heard,) = listen(listener, AbcFeatureExtractor(), [window])
    arrays = (heard.onset, heard.frame, heard.instrument)
    assert all(array.base is None for array in arrays)  # nothing larger stands behind them
    assert 6 * sum(array.nbytes for array in arrays) < 2e6


def test_precision_of_the_listener_is_obeyed(listener: AbcListener) -> None:
    (window,) = windows_of(RecordedArray(music(3.0), RATE), RATE)
    (single,), (half,) = (listen(model, AbcFeatureExtractor(), [window]) for model in (listener, small_listener().bfloat16()))
    differences = [
        np.abs(getattr(single, name).astype(np.float32) - getattr(half, name)).max() for name in ("onset", "frame", "instrument")
    ]
    assert 0 < max(differences) < 0.02  # bfloat16 has 8 bits: 0.4 % of logits of a few units


def silence(peak: float = 0.0) -> Posteriors:
    return Posteriors(np.ones((40, 88), np.float16), np.ones((40, 88), np.float16), np.ones((5, 88, 15), np.float16), peak)


def test_silence_has_no_notes_and_channels_that_cancel_are_an_error(listener: AbcListener, tmp_path: Path) -> None:
    recording = RecordedArray(np.zeros(RATE), RATE)
    assert read_notes([silence()], recording, listener).silent
    assert read_notes([silence(), silence(0.5)], recording, listener).notes
    wave = 0.5 * np.sin(np.arange(RATE) / 10)
    soundfile.write(tmp_path / "phase.wav", np.stack([wave, -wave], axis=1), RATE)
    phased = Recording(tmp_path / "phase.wav")
    windows = list(windows_of(phased, RATE))
    with pytest.raises(AudioError, match=r"phase\.wav: its channels cancel each other out"):
        read_notes([silence(float(np.abs(windows[0].samples).max()))], phased, listener)


def test_a_file_is_heard_by_the_same_means(listener: AbcListener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcription, "default_listener", lambda: (listener, AbcFeatureExtractor()))
    soundfile.write(tmp_path / "music.wav", music(12.0), RATE, subtype="FLOAT")
    recording = Recording(tmp_path / "music.wav")
    posteriors = listen(listener, AbcFeatureExtractor(), list(windows_of(recording, RATE)))
    heard = transcription.hear(tmp_path / "music.wav")
    assert heard == read_notes(posteriors, recording, listener)
    assert len(heard.notes) > 10
    assert torch.is_inference_mode_enabled() is False
