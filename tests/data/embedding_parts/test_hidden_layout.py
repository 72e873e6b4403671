"""Where in an encoder's output time runs."""

import numpy as np
import pytest

from transformers_abc.data.embedding_parts.hidden_layout import AST, Window, in_time, window_of

# The published Audio Spectrogram Transformer: 12 x 101 patches of 16 x 16, every 10.
AST_SETTINGS = {"model_type": AST, "patch_size": 16, "num_mel_bins": 128, "frequency_stride": 10, "max_length": 1024, "time_stride": 10}


@pytest.mark.parametrize(
    ("extractor", "config", "window"),
    [
        ({"feature_extractor_type": "ClapFeatureExtractor", "max_length_s": 10}, {}, Window(10.0, 10.0)),
        ({"feature_extractor_type": "ASTFeatureExtractor", "max_length": 1024}, AST_SETTINGS, Window(10.24, 10.1)),  # 101 every 100 ms
        ({"feature_extractor_type": "Wav2Vec2FeatureExtractor"}, {}, None),
        ({}, {}, None),
    ],
)
def test_windows(extractor: dict[str, object], config: dict[str, object], window: Window | None) -> None:
    found = window_of(extractor, config)
    assert found == (window and Window(pytest.approx(window.taken_s), pytest.approx(window.covered_s)))


def test_patches_of_one_time_are_averaged() -> None:
    """Patches come frequency by frequency, after two tokens."""
    patches = np.array([1000 * frequency + time for frequency in range(12) for time in range(101)], dtype=float)
    frames = in_time(np.concatenate([[1e9, 1e9], patches])[:, None], AST_SETTINGS)
    assert frames.shape == (101, 1)
    np.testing.assert_allclose(frames[:, 0], 5500 + np.arange(101))  # the mean of 0 to 11,000 is 5,500


def test_an_output_without_time() -> None:
    with pytest.raises(ValueError, match=r"it gives \[16\], which is not \[time, values\]"):
        in_time(np.zeros(16), {"model_type": "other"})
