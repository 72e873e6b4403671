"""Played notes to sound: each part on one instrument, all of them in tune with each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.timbres import Orchestra, RandomTimbre, SoundSource
from transformers_abc.synthesis.tones import Tone, express

TUNING_SPREAD_CENTS = 12.0  # of an ensemble as a whole, around 440 Hz


def render_notes(
    notes: Sequence[PlayedNote],
    duration_s: float,
    bank: Orchestra | None,
    rng: np.random.Generator,
    sampling_rate: int,
    bank_share: float = 1.0,
) -> tuple[np.ndarray, list[bool]]:
    """Play notes on one sound per part.

    Args:
        notes: in any order; onsets may be negative.
        duration_s: what sounds later is cut off.
        bank: sounds of instruments; what it does not play, or all if it is None, is played on random timbres.
        rng: decides timbres, tuning and expression.
        sampling_rate: in Hz.
        bank_share: probability that a part is played from the bank.

    Returns:
        ``[samples]`` float32, and for each note whether its sound is that of its instrument.
    """
    mix = np.zeros(int(duration_s * sampling_rate), dtype=np.float32)
    is_instrument = render_parts(notes, dict.fromkeys((note.part for note in notes), mix), bank, rng, sampling_rate, bank_share)
    return mix, [is_instrument[note.part] for note in notes]


def render_parts(
    notes: Sequence[PlayedNote],
    tracks: dict[int, np.ndarray],
    bank: Orchestra | None,
    rng: np.random.Generator,
    sampling_rate: int,
    bank_share: float,
) -> dict[int, bool]:
    """Add each part to a track; arguments as in `render_notes`.

    Args:
        tracks: ``[samples]`` float32 by part, which may be one and the same array.

    Returns:
        For each part whether its sound is that of its instrument.
    """
    tuning_cents = rng.normal(0, TUNING_SPREAD_CENTS)
    is_instrument = {}
    for part in dict.fromkeys(note.part for note in notes):
        played = sorted((note for note in notes if note.part == part), key=lambda note: note.onset_s)
        instrument = played[0].instrument
        is_instrument[part] = bank is not None and rng.random() < bank_share and bank.plays(instrument)
        source: SoundSource = (
            bank.source(instrument, rng)
            if bank is not None and is_instrument[part]
            else RandomTimbre(rng, sampling_rate, instrument.decays)
        )
        for note, expression in zip(played, express(played, instrument, rng, tuning_cents), strict=True):
            start, held_s = round(note.onset_s * sampling_rate), note.offset_s - note.onset_s
            sounding_s = min(held_s + expression.release_s, (len(tracks[part]) - start) / sampling_rate)
            if sounding_s > 0:
                tone = Tone(note.pitch_midi, note.loudness, held_s, sounding_s, expression)
                _add(tracks[part], source.note(tone, rng), start)
    return is_instrument


def _add(mix: np.ndarray, sound: np.ndarray, start: int) -> None:
    """Add `sound` to `mix` from sample `start`, which may lie before the beginning."""
    skip = max(-start, 0)
    stop = min(start + len(sound), len(mix))
    if stop > max(start, 0):
        mix[start + skip : stop] += sound[skip : skip + stop - start - skip]
