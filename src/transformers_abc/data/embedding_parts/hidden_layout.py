"""How encoders lay out what they compute: how much sound they take at once, and where in their output time runs.

Most give ``[T, D]``, evenly spread over what they were given. The Audio Spectrogram Transformer and CLAP see a spectrogram as a picture and
give patches of it; those of one time are averaged over frequency.

Deviation: the first frame of an encoder is taken to begin where its sound begins. What an encoder hears around it (25 ms in wav2vec 2.0,
160 ms in the Audio Spectrogram Transformer) is not told from the frame itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

AST, CLAP = "audio-spectrogram-transformer", "clap_audio_model"  # model types of transformers
_AST_HOP_S = 0.01  # between the columns of its spectrogram
_AST_TOKENS = 2  # before the patches: one for the class, one for distillation


@dataclass(frozen=True, slots=True)
class Window:
    """What an encoder takes at once; shorter sounds are padded to it by its feature extractor.

    Attributes:
        taken_s: seconds of sound.
        covered_s: seconds that its frames cover, from the beginning.
    """

    taken_s: float
    covered_s: float


def window_of(extractor: Mapping[str, Any], config: Mapping[str, Any]) -> Window | None:
    """The window of an encoder; None where it takes any length.

    Args:
        extractor: settings of its feature extractor, ``to_dict()``.
        config: settings of the encoder, ``to_dict()``.

    >>> window_of({"feature_extractor_type": "WhisperFeatureExtractor", "chunk_length": 30}, {})
    Window(taken_s=30.0, covered_s=30.0)
    """
    window = _WINDOWS.get(extractor.get("feature_extractor_type", ""))
    return window(extractor, config) if window else None


def _ast_window(extractor: Mapping[str, Any], config: Mapping[str, Any]) -> Window:
    return Window(extractor["max_length"] * _AST_HOP_S, _ast_grid(config)[1] * config["time_stride"] * _AST_HOP_S)


_WINDOWS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Window]] = {
    "WhisperFeatureExtractor": lambda extractor, _: Window(float(extractor["chunk_length"]), float(extractor["chunk_length"])),
    "ASTFeatureExtractor": _ast_window,
    "ClapFeatureExtractor": lambda extractor, _: Window(float(extractor["max_length_s"]), float(extractor["max_length_s"])),
}


def in_time(hidden: np.ndarray, config: Mapping[str, Any]) -> np.ndarray:
    """The output of an encoder for one window as frames in time.

    Args:
        hidden: ``[T, D]``; of the Audio Spectrogram Transformer ``[2 + F * T, D]``; of CLAP ``[D, F, T]``.
        config: settings of the encoder.

    Returns:
        ``[T, D]``.

    Raises:
        ValueError: it has another shape.

    >>> in_time(np.array([[[0.0, 1.0], [2.0, 5.0]]]), {"model_type": CLAP}).tolist()     # D = 1, two frequencies, two times
    [[1.0], [3.0]]
    """
    kind = config["model_type"]
    if kind == CLAP and hidden.ndim == 3:
        return np.asarray(hidden.mean(axis=1).T)
    if hidden.ndim != 2:
        raise ValueError(f"it gives {list(hidden.shape)}, which is not [time, values]")
    if kind == AST:
        return np.asarray(hidden[_AST_TOKENS:].reshape(*_ast_grid(config), -1).mean(axis=0))
    return hidden


def _ast_grid(config: Mapping[str, Any]) -> tuple[int, int]:
    """Patches in frequency and in time."""
    size = config["patch_size"]
    return (config["num_mel_bins"] - size) // config["frequency_stride"] + 1, (config["max_length"] - size) // config["time_stride"] + 1
