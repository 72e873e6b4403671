"""From dry sound to a recording: a room, a microphone, noise and hum, drawn at random.

What several players play in one room goes through it one by one (`Room.sound`), so that the mix is exactly the sum of the stems.
"""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from transformers_abc.synthesis.tones import TAPE_POLES, noise

LOUDEST_DB_RANGE = (-25.0, 0.0)  # the peak of a recording, below full scale
NOISE_DB_RANGE = (-78.0, -32.0)  # its power, below the loudest sample of the music
HUM_PROBABILITY, HUM_DB_RANGE = 0.15, (-70.0, -40.0)
DECAY_S_RANGE = (0.08, 0.9)  # of a room, to fall by 35 dB
REFLECTIONS = 6
_EQUALISER_KNOTS_HZ = np.array([30.0, 120.0, 400.0, 1200.0, 3500.0, 8000.0, 16000.0])
EQUALISER_DB = 4.0
PIECE_SAMPLES = 2**18  # longer sounds are convolved piece by piece, in bounded memory


class Room:
    """A room with a microphone in it.

    Args:
        rng: decides everything; `sound` and `noise` go on drawing from it.
        sampling_rate: in Hz.
    """

    def __init__(self, rng: np.random.Generator, sampling_rate: int) -> None:
        self._rng, self._sampling_rate = rng, sampling_rate
        self._response = _response(rng, sampling_rate)
        self._spectra: dict[int, np.ndarray] = {}
        self._tape, self._noise_db = int(rng.integers(len(TAPE_POLES))), rng.uniform(*NOISE_DB_RANGE)
        self._hum_db = rng.uniform(*HUM_DB_RANGE) if rng.random() < HUM_PROBABILITY else -np.inf
        self._hum_hz, self._hum_tones = (50.0, 60.0)[int(rng.integers(2))], rng.uniform(0, 1, 5)

    def sound(self, dry: np.ndarray) -> np.ndarray:
        """What arrives at the microphone, as long as `dry`; float32."""
        wet = np.zeros(len(dry), dtype=np.float32)
        for start in range(0, len(dry), PIECE_SAMPLES):
            piece = dry[start : start + PIECE_SAMPLES]
            if not piece.any():
                continue
            size = next_fast_len(len(piece) + len(self._response) - 1, real=True)
            if size not in self._spectra:
                self._spectra[size] = rfft(self._response, size)
            sounding = irfft(rfft(piece, size) * self._spectra[size], size)[: len(wet) - start]
            wet[start : start + len(sounding)] += sounding
        return wet

    def noise(self, samples: int, loudest: float) -> np.ndarray:
        """Hiss and hum of the recording of a music whose largest sample is `loudest`; float32."""
        hiss = noise(self._tape, samples, self._rng) * np.float32(10 ** (self._noise_db / 20) * loudest)
        if self._hum_db > -np.inf:
            turns = np.arange(self._sampling_rate) * (2 * np.pi * self._hum_hz / self._sampling_rate)  # comes round in a second
            hum = self._hum_tones @ np.sin(np.multiply.outer(np.arange(1, len(self._hum_tones) + 1), turns))
            hiss = hiss + np.resize((hum * (10 ** (self._hum_db / 20) * loudest)).astype(np.float32), samples)
        return hiss


def record(dry: np.ndarray, sampling_rate: int, rng: np.random.Generator) -> np.ndarray:
    """A recording of `dry` in a random room, at a random level.

    >>> float(np.abs(record(np.ones(1000, dtype=np.float32), 8000, np.random.default_rng(0))).max()) <= 1
    True
    """
    room = Room(rng, sampling_rate)
    wet = room.sound(dry)
    wet += room.noise(len(dry), peak(wet) or 1.0)
    return wet * np.float32(draw_level(rng) / max(peak(wet), 1e-9))


def draw_level(rng: np.random.Generator) -> float:
    """The peak of a recording."""
    return float(10 ** (rng.uniform(*LOUDEST_DB_RANGE) / 20))


def peak(audio: np.ndarray) -> float:
    """The largest magnitude; 0 of nothing."""
    return max(float(audio.max()), -float(audio.min())) if len(audio) else 0.0


def _response(rng: np.random.Generator, sampling_rate: int) -> np.ndarray:
    """Direct sound, a few reflections, a tail of noise whose highs fade sooner, and the microphone's uneven response, as one filter."""
    decay_s = rng.uniform(*DECAY_S_RANGE)
    samples = int(decay_s * sampling_rate)
    fading = np.exp(np.arange(samples, dtype=np.float32) * np.float32(-4 / samples))
    bright = noise(1, samples, rng) * fading**2
    tail = bright * rng.uniform(0, 1) + noise(3, samples, rng) * fading * rng.uniform(0.2, 1)
    tail[: int(rng.uniform(0.002, 0.02) * sampling_rate)] = 0  # nothing comes back at once
    response = tail * np.float32(10 ** (rng.uniform(-34, -10) / 20) / np.sqrt((tail**2).sum() + 1e-9))
    places = (rng.uniform(0.001, 0.035, REFLECTIONS) * sampling_rate).astype(int)
    response[places] += rng.normal(0, rng.uniform(0, 0.2), REFLECTIONS)
    response[0] += 1.0
    return _equalised(response, rng.normal(0, EQUALISER_DB, len(_EQUALISER_KNOTS_HZ)), sampling_rate)


def _equalised(response: np.ndarray, gains_db: np.ndarray, sampling_rate: int) -> np.ndarray:
    """The response through an equaliser of minimal delay, with room for what that adds at the end."""
    size = next_fast_len(len(response) + sampling_rate // 50, real=True)
    hertz = np.arange(size // 2 + 1) * (sampling_rate / size)
    log_gain = np.interp(np.log(hertz + 1), np.log(_EQUALISER_KNOTS_HZ), gains_db) * (np.log(10) / 20)
    # Minimum phase by the folded cepstrum (Oppenheim and Schafer, Discrete-Time Signal Processing, chapter 13).
    cepstrum = irfft(log_gain, size)
    cepstrum[1 : (size + 1) // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    gain = np.exp(rfft(cepstrum, size))
    return irfft(rfft(response, size) * gain, size).astype(np.float32)
