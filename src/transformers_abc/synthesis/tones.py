"""How one note is shaped, whatever its sound: pitch and loudness over time, drawn per note and evaluated on a coarse grid.

Speed matters here, since an hour of music has some tens of thousands of notes: curves are evaluated every `BLOCK` samples and joined by
straight lines, and noise is cut from tapes that are made once.

Conventions: mono float32; curves have one value per block border, ``[blocks + 1]``. Phases are kept in double precision at the borders and
only run on in single precision within a block, so a long note does not drift.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from transformers_abc.notation.instruments import Instrument
from transformers_abc.synthesis.performance import PlayedNote

BLOCK = 32  # samples: 2 ms at 16 kHz, a tenth of the fastest vibrato's quarter period
GLIDE_S = 0.03  # time constant of a glide into a note
VIBRATO_ONSET_S = 0.25

VIBRATO_PROBABILITY = 0.6  # of a player
SCOOP_PROBABILITY, PORTAMENTO_PROBABILITY = 0.1, 0.25  # of a note begun anew, and of one reached under a slur
WIDEST_PORTAMENTO_CENTS = 400.0

TAPE_SAMPLES = 2**18
TAPE_SEED = 20_260_101
# Darkness of the noise on each tape: the pole of a one-pole low-pass filter; below 0 it is brighter than white.
TAPE_POLES = (-0.5, 0.0, 0.5, 0.8, 0.93, 0.98)

_WITHIN = (np.arange(BLOCK) / BLOCK).astype(np.float32)
_JOIN = np.stack([1 - _WITHIN, _WITHIN])  # weights of a block's two borders

# A quarter of a sine up, and a falling cosine squared, each as a few points.
_ATTACK_PLACES, _RELEASE_PLACES = (0.0, 0.25, 0.5, 0.75, 1.0), (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_ATTACK = tuple(math.sin(place * math.pi / 2) for place in _ATTACK_PLACES)
_RELEASE = tuple(math.cos(place * math.pi / 2) ** 2 for place in _RELEASE_PLACES)


@dataclass(frozen=True, slots=True)
class Expression:
    """How a note is played."""

    detune_cents: float
    vibrato_cents: float
    vibrato_hz: float
    glide_cents: float  # where the pitch starts, relative to where it settles
    attack_s: float
    release_s: float
    swell: float  # -1 dies away, +1 grows
    tremolo: float  # share of the loudness that pulsates with the vibrato
    is_slurred: bool  # no new stroke: the attack of the instrument is not heard


@dataclass(frozen=True, slots=True)
class Tone:
    """A note to be sounded, cut to what is heard of it.

    Attributes:
        pitch_midi, loudness: as in `PlayedNote`.
        held_s: until it is let go.
        sounding_s: until nothing is left of it or nobody listens any more; what is rendered is `BLOCK` samples longer at most.
        expression: how it is played.
    """

    pitch_midi: int
    loudness: float
    held_s: float
    sounding_s: float
    expression: Expression


def express(notes: Sequence[PlayedNote], instrument: Instrument, rng: np.random.Generator, tuning_cents: float = 0.0) -> list[Expression]:
    """How one player plays the notes of a part, given in time order: habits of the player, and a whim for each note.

    No vibrato where a string was struck or plucked.
    """
    count = len(notes)
    slurred = np.array([note.is_slurred for note in notes], dtype=bool)
    pitches = np.array([note.pitch_midi for note in notes], dtype=float)
    detune = tuning_cents + rng.normal(0, 3) + rng.normal(0, 5, count)
    release = rng.uniform(0.02, 0.12) * rng.uniform(0.6, 1.5, count)
    swell = np.clip(rng.normal(0, 0.1) + rng.normal(0, 0.25, count), -0.7, 0.7)
    if instrument.decays:
        zeros = np.zeros(count)
        attack, vibrato, rate, glide, tremolo = rng.uniform(0.002, 0.008, count), zeros, np.ones(count), zeros, 0.0
        slurred = zeros.astype(bool)
    else:
        attack = np.where(slurred, rng.uniform(0.02, 0.06, count), rng.uniform(0.004, 0.07) * rng.uniform(0.6, 1.5, count))
        habit = rng.uniform(6, 40) if rng.random() < VIBRATO_PROBABILITY else 0.0
        vibrato = habit * rng.uniform(0.4, 1.3, count) * (rng.random(count) < 0.85)
        rate = rng.uniform(4.4, 6.8) * rng.uniform(0.93, 1.07, count)
        from_previous = np.clip(np.diff(pitches, prepend=pitches[:1]) * -100.0, -WIDEST_PORTAMENTO_CENTS, WIDEST_PORTAMENTO_CENTS)
        portamento = from_previous * (rng.random(count) < PORTAMENTO_PROBABILITY * rng.random())
        scoop = rng.uniform(-110, 60, count) * (rng.random(count) < SCOOP_PROBABILITY)
        glide, tremolo = np.where(slurred, portamento, scoop), rng.uniform(0, 0.25)
    columns = (detune, vibrato, rate, glide, attack, release, swell, np.full(count, tremolo), slurred)
    return [Expression(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def border_seconds(sounding_s: float, sampling_rate: int) -> np.ndarray:
    """Times of the block borders of a sound, from 0."""
    blocks = max(int(np.ceil(sounding_s * sampling_rate / BLOCK)), 1)
    return _borders(1 << blocks.bit_length(), sampling_rate)[: blocks + 1]


@lru_cache(maxsize=64)
def _borders(blocks: int, sampling_rate: int) -> np.ndarray:
    return np.arange(blocks + 1) * (BLOCK / sampling_rate)


def pitch_seconds(seconds: np.ndarray, expression: Expression) -> np.ndarray:
    """The integral over time of the factor on the frequency, float64: how long the note would have sounded unbent to get as far.

    Detuning, a glide into the note and a vibrato that sets in late; cents are taken as small, so a glide's factor is linear in them.
    """
    bent = seconds * 2.0 ** (expression.detune_cents / 1200)
    if expression.glide_cents:
        bent += (2.0 ** (expression.glide_cents / 1200) - 1) * GLIDE_S * (1 - np.exp(-seconds / GLIDE_S))
    if expression.vibrato_cents:
        omega = 2 * np.pi * expression.vibrato_hz
        depth = (2.0 ** (expression.vibrato_cents / 1200) - 1) / omega
        bent += depth * np.minimum(seconds / VIBRATO_ONSET_S, 1) * (1 - np.cos(omega * seconds))
    return bent


def loudness_curve(seconds: np.ndarray, tone: Tone) -> np.ndarray:
    """Attack, swell, tremolo and release, times the loudness, float64."""
    expression = tone.expression
    attack_s, release_s = min(expression.attack_s, tone.held_s), max(expression.release_s, 1e-4)
    begins, ends = tone.loudness * math.exp(-expression.swell / 2), tone.loudness * math.exp(expression.swell / 2)
    times = [share * attack_s for share in _ATTACK_PLACES] + [tone.held_s + share * release_s for share in _RELEASE_PLACES]
    levels = [share * begins for share in _ATTACK] + [share * ends for share in _RELEASE]
    curve = np.interp(seconds, times, levels)
    if expression.vibrato_cents and expression.tremolo:
        half = expression.tremolo / 2
        curve *= np.cos(seconds * (2 * np.pi * expression.vibrato_hz)) * half + (1 - half)
    return curve


def joined(borders: np.ndarray) -> np.ndarray:
    """A curve at every sample, ``[blocks, BLOCK]`` float32, from its values at the block borders.

    >>> joined(np.array([0.0, 1.0]))[0, :3].tolist()
    [0.0, 0.03125, 0.0625]
    """
    ends = np.empty((len(borders) - 1, 2), dtype=np.float32)
    ends[:, 0] = borders[:-1]
    ends[:, 1] = borders[1:]
    return ends @ _JOIN


def noise(tape: int, samples: int, rng: np.random.Generator) -> np.ndarray:
    """Noise of unit power from one of the tapes, read from a random place; longer noise than the tape repeats."""
    start = int(rng.integers(TAPE_SAMPLES))
    recorded = noise_tape(tape)
    if start + samples <= TAPE_SAMPLES:
        return recorded[start : start + samples]
    return np.take(recorded, np.arange(start, start + samples) % TAPE_SAMPLES)


@lru_cache(maxsize=len(TAPE_POLES))
def noise_tape(number: int) -> np.ndarray:
    """``[TAPE_SAMPLES]`` float32 of unit power; the same at any time, so a seed still decides all."""
    white = np.random.default_rng([TAPE_SEED, number]).standard_normal(TAPE_SAMPLES)
    turn = np.exp(-2j * np.pi * np.arange(TAPE_SAMPLES // 2 + 1) / TAPE_SAMPLES)
    coloured = np.fft.irfft(np.fft.rfft(white) / (1 - TAPE_POLES[number] * turn))  # filtered round and round, so the ends meet
    return (coloured / coloured.std()).astype(np.float32)
