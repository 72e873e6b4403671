"""Instruments that never existed: a harmonic spectrum, resonances, breath and decay drawn at random.

They need no file, cost little and cannot leak a test sound. They are nobody's sound: what is played on one says nothing of how an
instrument sounds, only whether it dies away like a struck string.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.fft import irfft

from transformers_abc.notation.instruments import Instrument
from transformers_abc.synthesis.tones import BLOCK, TAPE_POLES, Tone, border_seconds, joined, loudness_curve, noise, pitch_seconds

TABLE_SIZE = 1024  # samples of one stored period; a power of two
MAX_HARMONICS = 64
LOUDEST_FREQUENCY = 0.47  # of the sampling rate; no harmonic above, so nothing aliases
LOUDNESS_STEPS = 4  # of brightness; each has tables of its own
PITCHES_A_TABLE = 2  # neighbours that share one
SETTLED = 5.0  # time constants after which the sound of the attack is gone

_LOG_HERTZ = np.linspace(np.log(20), np.log(24_000), 200)
_LOG_HARMONICS = np.log(np.arange(1, MAX_HARMONICS + 1))
_STEPS = np.arange(BLOCK, dtype=np.float32) / BLOCK


class SoundSource(Protocol):
    """Sounds one note; the samples begin at its onset."""

    def note(self, tone: Tone, rng: np.random.Generator) -> np.ndarray: ...


class Orchestra(Protocol):
    """Sounds of instruments. ``source`` is for those that it ``plays``, and draws among the sounds of one if there are several."""

    def plays(self, instrument: Instrument) -> bool: ...

    def source(self, instrument: Instrument, rng: np.random.Generator) -> SoundSource: ...


class RandomTimbre:
    """An instrument drawn at random; every note of it shares spectrum, resonances and noise.

    Each note is read from two stored periods (one for the attack, one for the sustained sound) that are crossfaded, which is far cheaper
    than adding sines and lets the brightness change.

    Args:
        rng: decides the instrument.
        sampling_rate: of its notes, in Hz.
        decays: whether notes die away by themselves.
    """

    def __init__(self, rng: np.random.Generator, sampling_rate: int, decays: bool = False) -> None:
        self._sampling_rate = sampling_rate
        self._decay_s = rng.uniform(0.25, 2.5) if decays else np.inf
        self._rolloff = rng.uniform(0.5, 2.2)
        centres, widths, gains_db = np.exp(rng.uniform(np.log(200), np.log(5000), 5)), rng.uniform(0.1, 0.6, 5), rng.uniform(-6, 14, 5)
        distances = (_LOG_HERTZ[:, None] - np.log(centres)) / widths
        self._resonance = np.exp(-(distances**2)) @ gains_db * (np.log(10) / 20)  # log gain at each of _LOG_HERTZ
        self._ripple = rng.normal(0, rng.uniform(0, 0.6), size=MAX_HARMONICS)
        self._ripple[1::2] += np.log(rng.choice([1.0, rng.uniform(0.02, 0.5)], p=[0.75, 0.25]))  # hollow tubes lack even harmonics
        self._attack_tilt = rng.uniform(0.0, 0.9) if decays else rng.uniform(-0.7, 0.7)
        self._settle_s = np.exp(rng.uniform(np.log(0.02), np.log(0.4 if decays else 0.15)))
        self._brightening = rng.uniform(0, 0.8)  # louder notes are brighter
        self._noise_gain = np.float32(10 ** (rng.uniform(-72, -30) / 20))
        self._noise_tape = int(rng.integers(len(TAPE_POLES)))
        self._chiff = np.float32(rng.uniform(0, 6))  # how much more noise there is in the attack
        self._turns = np.exp(1j * rng.uniform(0, 2 * np.pi, size=MAX_HARMONICS))
        self._tables: dict[tuple[int, int], np.ndarray] = {}

    def note(self, tone: Tone, rng: np.random.Generator) -> np.ndarray:
        """Samples of a note; see `SoundSource`."""
        hertz = 440.0 * 2 ** ((tone.pitch_midi - 69) / 12)
        seconds = border_seconds(tone.sounding_s, self._sampling_rate)
        loudness = loudness_curve(seconds, tone)
        settling = np.exp(seconds / -self._settle_s)
        if self._decay_s < np.inf:
            loudness *= np.exp(seconds / -(self._decay_s * (hertz / 262) ** -0.4))
        periods = pitch_seconds(seconds, tone.expression) * hertz + rng.random()
        place, fraction = _table_places(periods)
        attack, sustain = self._tables_of(tone.pitch_midi, tone.loudness)
        sound = _read(sustain, place, fraction)
        breath = noise(self._noise_tape, sound.size, rng).reshape(sound.shape) * self._noise_gain
        sound += breath
        sound *= joined(loudness)
        unsettled = int(np.searchsorted(seconds, SETTLED * self._settle_s))
        if not tone.expression.is_slurred and unsettled:
            begun = _read(attack, place[:unsettled], fraction[:unsettled])
            begun += breath[:unsettled] * self._chiff
            sound[:unsettled] += begun * joined((loudness * settling)[: unsettled + 1])
        return sound.ravel()

    def _tables_of(self, pitch_midi: int, loudness: float) -> np.ndarray:
        """Periods, ``[2, 2, TABLE_SIZE]``: what the attack adds and the sustained sound, each as values and steps to the next value."""
        step = min(int(loudness * LOUDNESS_STEPS), LOUDNESS_STEPS - 1)
        key = pitch_midi // PITCHES_A_TABLE, step
        if key not in self._tables:
            hertz = 440.0 * 2 ** ((key[0] * PITCHES_A_TABLE + PITCHES_A_TABLE - 1 - 69) / 12)  # of the highest, so that none aliases
            sustained, begun = self._periods(hertz, self._brightening * ((step + 0.5) / LOUDNESS_STEPS - 0.5))
            tables = np.empty((2, 2, TABLE_SIZE), dtype=np.float32)
            tables[:, 0] = begun - sustained, sustained
            tables[:, 1, :-1] = tables[:, 0, 1:] - tables[:, 0, :-1]
            tables[:, 1, -1] = tables[:, 0, 0] - tables[:, 0, -1]
            self._tables[key] = tables
        return self._tables[key]

    def _periods(self, hertz: float, tilt: float) -> np.ndarray:
        """``[2, TABLE_SIZE]``: one period of the sustained sound and one of the attack, peak 1."""
        count = max(min(int(LOUDEST_FREQUENCY * self._sampling_rate / hertz), MAX_HARMONICS), 1)
        logs = _LOG_HARMONICS[:count]
        resonance = np.interp(logs + np.log(hertz), _LOG_HERTZ, self._resonance)
        slopes = np.array([[tilt - self._rolloff], [tilt + self._attack_tilt - self._rolloff]])
        spectra = np.zeros((2, TABLE_SIZE // 2 + 1), dtype=np.complex64)
        spectra[:, 1 : count + 1] = np.exp(resonance + self._ripple[:count] + slopes * logs) * self._turns[:count]
        periods = irfft(spectra, axis=1)
        return periods / (np.abs(periods).max(axis=1, keepdims=True) + np.float32(1e-9))


def _table_places(periods: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where to read the table at each sample, and how far between two of its values.

    Args:
        periods: gone through at the block borders, float64.

    Returns:
        ``[blocks, BLOCK]`` int32 and float32.
    """
    start = periods[:-1] % 1.0
    place = np.multiply.outer(((periods[1:] - periods[:-1]) * TABLE_SIZE).astype(np.float32), _STEPS)
    place += (start * TABLE_SIZE).astype(np.float32)[:, None]
    index = place.astype(np.int32)
    place -= index
    index &= TABLE_SIZE - 1
    return index, place


def _read(table: np.ndarray, index: np.ndarray, fraction: np.ndarray) -> np.ndarray:
    values, steps = table
    sound = steps.take(index)
    sound *= fraction
    sound += values.take(index)
    return sound


class InventedOrchestra:
    """A timbre drawn for each instrument once and for all: no one's sound, but always the same, so that it can be learnt which is which.

    Args:
        sampling_rate: of its notes, in Hz.

    >>> from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
    >>> orchestra = InventedOrchestra(16_000)
    >>> orchestra.source(INSTRUMENT_BY_CODE["vn"]) is orchestra.source(INSTRUMENT_BY_CODE["vn"])
    True
    """

    def __init__(self, sampling_rate: int) -> None:
        self._sampling_rate = sampling_rate
        self._sources: dict[str, RandomTimbre] = {}

    def plays(self, instrument: Instrument) -> bool:
        """Whether there is a timbre for an instrument: always."""
        return True

    def source(self, instrument: Instrument, rng: np.random.Generator | None = None) -> SoundSource:
        """The timbre of one instrument; there is nothing to draw."""
        if instrument.code not in self._sources:
            rng = np.random.default_rng(instrument.program)
            self._sources[instrument.code] = RandomTimbre(rng, self._sampling_rate, instrument.decays)
        return self._sources[instrument.code]
