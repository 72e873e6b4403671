"""How far a recording is tuned from A = 440 Hz.

Partials of notes that are in tune lie on semitones, up to a few cents for the higher ones. So the deviations of all spectral peaks from
their nearest semitones, taken as angles of a circle, have a mean direction, and its length tells how sure that is (the idea of Dressler
and Streich, *Tuning frequency estimation using circular statistics*, ISMIR 2007).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

WINDOW_S, HOP_S = 0.512, 0.256
LOWEST_HZ, HIGHEST_HZ = 80.0, 1800.0  # below, bins are wider than a few cents; above, partials of strings and pianos run sharp
PEAKS_OF_A_FRAME = 12
AUDIBLE_DB = -40.0  # below the loudest peak of its frame
SURE = 0.25  # length of the mean direction, 0 to 1: noise gives about 0.05, music 0.4 to 0.9


class TuningEstimator:
    """Adds up evidence block by block.

    Args:
        sampling_rate: in Hz.

    Example:
        >>> estimator = TuningEstimator(16_000)
        >>> flat = 440 * 2 ** (-0.4 / 12)  # 40 cents
        >>> estimator.hear(np.sin(2 * np.pi * flat * np.arange(32_000) / 16_000))
        >>> round(estimator.semitones, 2)
        -0.4
    """

    def __init__(self, sampling_rate: int) -> None:
        self._rate = sampling_rate
        self._size = 1 << round(math.log2(WINDOW_S * sampling_rate))
        self._window = np.hanning(self._size).astype(np.float32)
        self._sum, self._weight = 0j, 0.0

    @property
    def semitones(self) -> float:
        """Above A = 440 Hz, in [-0.5, 0.5]; 0 where that is not clear."""
        return float(np.angle(self._sum) / (2 * np.pi)) if abs(self._sum) > SURE * self._weight else 0.0

    def hear(self, audio: np.ndarray) -> None:
        """Take in a block of mono audio, ``[samples]``."""
        for start in range(0, len(audio) - self._size + 1, round(HOP_S * self._rate)):
            self._hear_frame(np.abs(np.fft.rfft(audio[start : start + self._size] * self._window)))

    def _hear_frame(self, magnitude: np.ndarray) -> None:
        first, last = (round(hertz * self._size / self._rate) for hertz in (LOWEST_HZ, HIGHEST_HZ))
        inner = magnitude[first:last]
        is_peak = (inner > magnitude[first - 1 : last - 1]) & (inner >= magnitude[first + 1 : last + 1])
        peaks = np.flatnonzero(is_peak & (inner > inner.max(initial=0.0) * 10 ** (AUDIBLE_DB / 20))) + first
        peaks = peaks[np.argsort(-magnitude[peaks])[:PEAKS_OF_A_FRAME]]
        if not len(peaks):
            return
        below, here, above = (np.log(magnitude[peaks + shift] + 1e-9) for shift in (-1, 0, 1))
        hertz = (peaks + 0.5 * (below - above) / np.minimum(below - 2 * here + above, -1e-9)) * self._rate / self._size
        semitones = 12 * np.log2(hertz / 440)
        # Loudness counts by its logarithm's neighbour, the fourth root, so that one loud player does not outvote the rest.
        weight = magnitude[peaks] ** 0.25
        self._sum += complex((weight * np.exp(2j * np.pi * semitones)).sum())
        self._weight += float(weight.sum())


def estimate_tuning(blocks: Iterable[np.ndarray], sampling_rate: int) -> float:
    """Semitones above A = 440 Hz of a recording that comes in blocks of mono audio; 0 where that is not clear."""
    estimator = TuningEstimator(sampling_rate)
    for block in blocks:
        estimator.hear(block)
    return estimator.semitones
