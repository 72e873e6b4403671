"""A recording in memory, at the rate that a model or a page wants."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

from transformers_abc.data.audio import Recording


def read_mono(path: Path, sampling_rate: int, longest_s: float | None = None) -> np.ndarray:
    """Samples ``[n]``, float32, mixed to one channel; only the first seconds if so asked.

    Raises:
        AudioError: the recording cannot be used.
    """
    blocks, found, wanted = [], 0, None if longest_s is None else round(longest_s * sampling_rate)
    for block in Recording(path).blocks(sampling_rate):
        blocks.append(block)
        found += len(block)
        if wanted is not None and found >= wanted:
            break
    return np.concatenate(blocks)[:wanted]


def encoded(samples: np.ndarray, sampling_rate: int, kind: str) -> bytes:
    """A sound file in memory; `kind` is a format of libsndfile such as ``WAV`` or ``MP3``."""
    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(samples, -1.0, 1.0), sampling_rate, format=kind)
    return buffer.getvalue()


def duration_s(path: Path) -> float | None:
    """The length of a recording; None where it cannot be read."""
    try:
        return float(soundfile.info(path).duration)
    except (soundfile.LibsndfileError, OSError, ValueError, TypeError):  # TypeError: a format without a header
        return None
