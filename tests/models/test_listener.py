"""The network and its input: shapes, invariances, saving."""

from pathlib import Path

import numpy as np
import pytest
import torch

from transformers_abc.models.configuration import AbcListenerConfig
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import IGNORED_LABEL, AbcListener

RATE = 16_000


@pytest.fixture(scope="module")
def config() -> AbcListenerConfig:
    return AbcListenerConfig(hidden_channels=8, dilations=((1, 1), (2, 12)))


def tone(pitch: float, seconds: float = 1.0, gain: float = 0.5) -> np.ndarray:
    return (gain * np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * np.arange(int(RATE * seconds)) / RATE)).astype(np.float32)


@pytest.mark.parametrize("pitch", [33, 45, 60, 69, 81, 96, 108])
def test_a_tone_peaks_in_its_own_bin(pitch: int) -> None:
    features = AbcFeatureExtractor()(tone(pitch), sampling_rate=RATE).input_features
    peak = int(features[0, 0, 20].argmax())  # the longest window, in the middle
    assert abs(21 + peak / 3 - pitch) <= 1 / 3


@pytest.mark.parametrize("gain", [0.01, 0.1, 1.0])
def test_features_do_not_depend_on_the_level(gain: float) -> None:
    extractor = AbcFeatureExtractor()
    loud, scaled = (extractor(tone(60, gain=g)).input_features for g in (1.0, gain))
    assert torch.allclose(loud, scaled, atol=1e-3)
    assert float(loud.max()) == pytest.approx(1.0)


def test_quiet_noise_is_not_blown_up_to_music() -> None:
    noise = np.random.default_rng(0).normal(0, 1e-5, RATE).astype(np.float32)
    assert float(AbcFeatureExtractor()(noise).input_features.max()) < 0.8


def test_frames_are_centred() -> None:
    click = np.zeros(RATE, dtype=np.float32)
    click[8000] = 1.0  # frame 20
    features = AbcFeatureExtractor()(click).input_features
    assert int(features[0, -1].sum(-1).argmax()) == 20


def test_wrong_rate_and_tensor_type_are_refused() -> None:
    with pytest.raises(ValueError, match="at 16000 Hz, got 44100 Hz"):
        AbcFeatureExtractor()(tone(60), sampling_rate=44_100)
    with pytest.raises(ValueError, match="return_tensors='pt'"):
        AbcFeatureExtractor()(tone(60), return_tensors="np")


@pytest.mark.parametrize("frames", [1, 7, 8, 41])
def test_output_shapes(config: AbcListenerConfig, frames: int) -> None:
    output = AbcListener(config).eval()(torch.rand(2, 3, frames, config.num_bins))
    assert output.onset_logits.shape == output.frame_logits.shape == (2, frames, 88)
    assert output.instrument_logits.shape == (2, -(-frames // 8), 88, 15)
    assert output.loss is None


def test_transposing_the_input_transposes_the_output(config: AbcListenerConfig) -> None:
    torch.manual_seed(0)
    model = AbcListener(config).eval()
    features = torch.zeros(1, 3, 9, config.num_bins)
    features[..., 120:180] = torch.rand(1, 3, 9, 60)
    with torch.inference_mode():
        here, higher = model(features).onset_logits, model(torch.roll(features, 12 * 3, dims=-1)).onset_logits
    assert torch.allclose(here[..., 36:50], higher[..., 48:62], atol=1e-4)


def test_loss_falls_on_one_batch(config: AbcListenerConfig) -> None:
    torch.manual_seed(0)
    model = AbcListener(config)
    features, onset = torch.rand(2, 3, 17, config.num_bins), (torch.rand(2, 17, 88) > 0.97).float()
    instruments = torch.full((2, 3, 88), IGNORED_LABEL)
    instruments[:, :, 40] = 5
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    losses = []
    for _ in range(30):
        loss = model(features, onset, onset, onset, instruments).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    assert losses[-1] < 0.6 * losses[0]


def test_saved_in_half_precision_and_loaded_in_single(config: AbcListenerConfig, tmp_path: Path) -> None:
    model = AbcListener(config).eval()
    features = torch.rand(1, 3, 9, config.num_bins)
    model.half().save_pretrained(tmp_path)
    again = AbcListener.from_pretrained(tmp_path, dtype=torch.float32).eval()
    assert next(again.parameters()).dtype == torch.float32
    assert torch.allclose(model.float()(features).onset_logits, again(features).onset_logits, atol=1e-5)
    assert again.config.dilations == config.dilations


def test_extractor_settings_survive_saving(tmp_path: Path) -> None:
    AbcFeatureExtractor(hop_length=320, window_lengths=(2048,)).save_pretrained(tmp_path)
    again = AbcFeatureExtractor.from_pretrained(tmp_path)
    assert (again.hop_length, again.window_lengths) == (320, [2048])
