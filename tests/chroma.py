"""How alike two sounds are in pitch over time: chroma vectors, and their correlation under one lag."""

import numpy as np

HOP_S, WINDOW_S = 0.05, 0.2
LOWEST_HZ, HIGHEST_HZ = 60.0, 2000.0


def chroma(samples: np.ndarray, rate: int) -> np.ndarray:
    """``[frames, 12]``: the loudness of each pitch class, as the root of its energy; a frame each 50 ms."""
    window, hop = int(WINDOW_S * rate), int(HOP_S * rate)
    padded = np.pad(samples, (window // 2, window))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[: len(samples) : hop] * np.hanning(window)
    spectrum = np.abs(np.fft.rfft(frames, n=4 * window, axis=1)) ** 2
    hertz = np.fft.rfftfreq(4 * window, 1 / rate)
    kept = (hertz > LOWEST_HZ) & (hertz < HIGHEST_HZ)
    pitch_class = np.round(69 + 12 * np.log2(hertz[kept] / 440)).astype(int) % 12
    energies = np.stack([spectrum[:, kept][:, pitch_class == number].sum(axis=1) for number in range(12)], axis=1)
    return np.sqrt(energies)


def best_correlation(heard: np.ndarray, rendered: np.ndarray, longest_lag_s: float = 0.5) -> tuple[float, float]:
    """The best Pearson correlation of two chromas over all lags up to a limit, and the lag in seconds (positive: the second is later)."""
    limit = round(longest_lag_s / HOP_S)
    return max((_correlation(heard, rendered, lag), lag * HOP_S) for lag in range(-limit, limit + 1))


def _correlation(heard: np.ndarray, rendered: np.ndarray, lag: int) -> float:
    """Over all of what was heard; where the other has no frames it is silent."""
    shifted = np.zeros_like(heard)
    first, last = max(lag, 0), min(len(heard), len(rendered) + lag)
    if last > first:
        shifted[first:last] = rendered[first - lag : last - lag]
    return float(np.corrcoef(heard.ravel(), shifted.ravel())[0, 1])
