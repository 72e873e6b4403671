"""Synthetic recordings with exact labels: a performance, sounds, a room, and what the listener should have heard.

`SyntheticClips` is a function of (seed, index): clip number `index` of a seed is always the same, so training can stop and resume
anywhere, and several workers can share the work without talking to each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import fftconvolve

from transformers_abc.data.performance import PieceNotes, PlayedNote, invented_piece, perform
from transformers_abc.data.timbres import RandomTimbre, SoundFontBank, SoundSource, draw_expression

SILENT_CLIP_PROBABILITY = 0.02  # noise and room only: the listener must learn to hear nothing
INVENTED_PROBABILITY = 0.25  # share of clips whose music no one composed
SOUNDFONT_PROBABILITY = 0.5  # share of parts played from the bank, where there is one
TUNING_SPREAD_CENTS = 12.0  # of an ensemble as a whole, around 440 Hz


@dataclass(frozen=True, slots=True)
class SyntheticClip:
    """A clip and its truth. ``labelled`` tells, per note, whether its sound is that of its instrument (random timbres are nobody's)."""

    audio: np.ndarray  # [samples], mono float32, peak at most 1
    notes: tuple[PlayedNote, ...]
    labelled: tuple[bool, ...]


class SyntheticClips:
    """An endless, indexable supply of clips.

    Args:
        pieces: scores to play; may be empty, then all music is invented.
        bank: SoundFont notes, or None for random timbres only.
        seed: of everything.
        sampling_rate: in Hz.
        clip_s: length of a clip in seconds.

    Example:
        >>> clip = SyntheticClips([], None, seed=0, sampling_rate=16000, clip_s=2.0)[7]
        >>> clip.audio.shape, len(clip.notes) == len(clip.labelled)
        ((32000,), True)
    """

    def __init__(self, pieces: list[PieceNotes], bank: SoundFontBank | None, seed: int, sampling_rate: int, clip_s: float) -> None:
        self._pieces, self._bank, self._seed = pieces, bank, seed
        self._sampling_rate, self._clip_s = sampling_rate, clip_s

    def __getitem__(self, index: int) -> SyntheticClip:
        rng = np.random.default_rng([self._seed, index])
        if not self._pieces or rng.random() < INVENTED_PROBABILITY:
            piece = invented_piece(rng)
        else:
            piece = self._pieces[int(rng.integers(len(self._pieces)))]
        notes = [] if rng.random() < SILENT_CLIP_PROBABILITY else perform(piece, rng, self._clip_s)
        dry, labelled = render_notes(notes, self._clip_s, self._bank, rng, self._sampling_rate, SOUNDFONT_PROBABILITY)
        return SyntheticClip(_record(dry, self._sampling_rate, rng), tuple(notes), tuple(labelled))


def render_notes(
    notes: list[PlayedNote],
    duration_s: float,
    bank: SoundFontBank | None,
    rng: np.random.Generator,
    sampling_rate: int,
    bank_share: float = 1.0,
) -> tuple[np.ndarray, list[bool]]:
    """Play notes on one sound per part.

    Args:
        notes: in any order; onsets may be negative.
        duration_s: what sounds later is cut off.
        bank: sounds of instruments, or None for random timbres only.
        rng: decides timbres, tuning and expression.
        sampling_rate: in Hz.
        bank_share: probability that a part is played from the bank.

    Returns:
        ``[samples]`` float32, and for each note whether its sound is that of its instrument.
    """
    mix = np.zeros(int(duration_s * sampling_rate), dtype=np.float32)
    sources: dict[int, tuple[SoundSource, bool]] = {}
    tuning_cents = rng.normal(0, TUNING_SPREAD_CENTS)
    labelled = []
    for note in notes:
        if note.part not in sources:
            from_bank = bank is not None and rng.random() < bank_share
            source = (
                bank.source(note.instrument) if bank is not None and from_bank else RandomTimbre(rng, sampling_rate, note.instrument.decays)
            )
            sources[note.part] = source, from_bank
        source, is_instrument = sources[note.part]
        labelled.append(is_instrument)
        expression = draw_expression(note.instrument, rng)
        expression = replace(expression, detune_cents=expression.detune_cents + tuning_cents)
        sound = source.note(note.pitch_midi, note.offset_s - note.onset_s, note.loudness, expression, rng)
        _add(mix, sound, round(note.onset_s * sampling_rate))
    return mix, labelled


def _add(mix: np.ndarray, sound: np.ndarray, start: int) -> None:
    """Add `sound` to `mix` from sample `start`, which may lie before the beginning."""
    skip = max(-start, 0)
    stop = min(start + len(sound), len(mix))
    if stop > max(start, 0):
        mix[start + skip : stop] += sound[skip : skip + stop - start - skip]


def _record(dry: np.ndarray, sampling_rate: int, rng: np.random.Generator) -> np.ndarray:
    """Put the sound into a room, in front of a microphone, with some noise; level at random."""
    wet = fftconvolve(dry, _room_response(sampling_rate, rng))[: len(dry)].astype(np.float32)
    loudest = np.abs(wet).max()
    noise_db = rng.uniform(-75, -30)
    noise = rng.standard_normal(len(dry), dtype=np.float32)
    if rng.random() < 0.5:  # half of the rooms hum rather than hiss
        noise = fftconvolve(noise, np.exp(-np.arange(64) / rng.uniform(2, 20)))[: len(dry)].astype(np.float32)
    wet = wet / (loudest if loudest > 0 else 1.0) + noise / (np.abs(noise).max() + 1e-9) * 10 ** (noise_db / 20) * 3
    return (wet / max(np.abs(wet).max(), 1e-9) * 10 ** (rng.uniform(-25, 0) / 20)).astype(np.float32)


def _room_response(sampling_rate: int, rng: np.random.Generator) -> np.ndarray:
    """Direct sound, a decaying tail of noise, and the microphone's uneven frequency response, as one filter."""
    decay_s = rng.uniform(0.08, 0.9)  # time to fall by 30 dB or so
    tail = rng.standard_normal(int(decay_s * sampling_rate)).astype(np.float32)
    tail *= np.exp(-np.arange(len(tail)) / (decay_s / 4 * sampling_rate))
    response = tail * 10 ** (rng.uniform(-34, -10) / 20) / np.sqrt((tail**2).sum())
    response[0] += 1.0
    spectrum = np.fft.rfft(response)
    hertz = np.linspace(0, sampling_rate / 2, len(spectrum))
    knots_hz = np.array([30, 120, 400, 1200, 3500, 8000])
    curve_db = np.interp(np.log(hertz + 1), np.log(knots_hz), rng.normal(0, 4, size=len(knots_hz)))
    return np.fft.irfft(spectrum * 10 ** (curve_db / 20), n=len(response))
