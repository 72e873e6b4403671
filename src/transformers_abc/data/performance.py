"""From a score to a performance: which notes sound when, how loud, and on which instrument.

Scores are reduced to plain arrays (`PieceNotes`) once, since training draws short clips from them hundreds of thousands of times. A
performance is random but a function of its generator alone: the same seed gives the same notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, INSTRUMENT_BY_CODE, Instrument
from transformers_abc.notation.tune import Tune

# Columns of a part's array.
ONSET_QUARTERS, LENGTH_QUARTERS, PITCH = 0, 1, 2

MAX_PARTS = 5
PARTS_PROBABILITY = (0.18, 0.18, 0.22, 0.27, 0.15)  # of one to five parts
QUARTER_BPM_MEDIAN, QUARTER_BPM_SPREAD = 96.0, 0.38  # log-normal; two thirds between 66 and 140
QUARTER_BPM_RANGE = (40.0, 208.0)
SHORTEST_NOTE_S = 0.05

# Ensembles that people record, by instrument code; otherwise instruments are drawn freely.
ENSEMBLES = (
    ("vn", "vn", "va", "vc", "db"),
    ("fl", "ob", "cl", "hn", "bn"),
    ("tpt", "tpt", "hn", "tbn", "tba"),
    ("fl", "vn", "va", "vc", "pno"),
)
REGISTER_WHIM = 4.0  # semitones by which an arranger may misjudge who fits best


@dataclass(frozen=True, slots=True)
class PlayedNote:
    """A note as performed: seconds, sounding pitch, loudness in (0, 1], instrument and part number."""

    onset_s: float
    offset_s: float
    pitch_midi: int
    loudness: float
    instrument: Instrument
    part: int


@dataclass(frozen=True, slots=True)
class PieceNotes:
    """A score as arrays: per part ``[notes, 3]`` of onset and length in quarter notes and MIDI pitch, sorted by onset."""

    parts: tuple[np.ndarray, ...]

    @property
    def length_quarters(self) -> float:
        return max(float((part[:, ONSET_QUARTERS] + part[:, LENGTH_QUARTERS]).max()) for part in self.parts)


def piece_notes(tune: Tune) -> PieceNotes | None:
    """The notes of a tune as arrays, or None if no voice has any."""
    parts = [
        np.array([(note.onset_wn * 4, note.length_wn * 4, note.pitch_midi) for note in voice.notes], dtype=np.float32)
        for voice in tune.voices
        if voice.notes
    ]
    return PieceNotes(tuple(parts)) if parts else None


def invented_piece(rng: np.random.Generator, length_quarters: float = 64.0) -> PieceNotes:
    """Music of no composer: random walks in random rhythms, to cover registers and intervals that real scores avoid."""
    parts = []
    for centre in rng.uniform(36, 88, size=MAX_PARTS):
        shortest = rng.choice([0.25, 0.5, 1.0], p=[0.3, 0.5, 0.2])
        lengths = shortest * rng.choice([1, 1, 1, 2, 2, 3, 4, 8, 2 / 3], size=int(length_quarters / shortest))
        onsets = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
        steps = rng.choice([-12, -7, -5, -4, -3, -2, -2, -1, -1, 0, 0, 1, 1, 2, 2, 3, 4, 5, 7, 12], size=len(lengths))
        walk = centre + np.cumsum(steps)
        pitches = np.round(centre + 14 * np.sin((walk - centre) / 14))  # folded back, so it never leaves the register
        keep = (rng.random(len(lengths)) > rng.uniform(0, 0.3)) & (onsets < length_quarters)
        if keep.any():
            parts.append(np.stack([onsets, lengths, pitches], axis=1)[keep].astype(np.float32))
    return PieceNotes(tuple(parts)) if parts else invented_piece(rng, length_quarters)


def perform(piece: PieceNotes, rng: np.random.Generator, clip_s: float) -> list[PlayedNote]:
    """Play a random excerpt of `piece`, re-orchestrated, with human timing.

    Returns:
        The notes that sound within ``[0, clip_s]``, in no particular order; onsets may be negative where a note was already sounding.
    """
    quarter_bpm = float(np.clip(QUARTER_BPM_MEDIAN * np.exp(rng.normal(0, QUARTER_BPM_SPREAD)), *QUARTER_BPM_RANGE))
    start = rng.uniform(-1, max(piece.length_quarters - clip_s * quarter_bpm / 60, 0))
    rubato = _rubato(rng)
    transposition = int(rng.integers(-6, 7))
    chosen = _choose_parts(piece, rng)
    instruments = _choose_instruments([piece.parts[index] for index in chosen], rng)
    played: list[PlayedNote] = []
    for number, (index, instrument) in enumerate(zip(chosen, instruments, strict=True)):
        part = piece.parts[index]
        onsets_s = rubato((part[:, ONSET_QUARTERS] - start) * 60 / quarter_bpm)
        lengths_s = part[:, LENGTH_QUARTERS] * 60 / quarter_bpm
        audible = (onsets_s < clip_s) & (onsets_s + lengths_s > 0)
        pitches = _fit_range(part[audible, PITCH] + transposition, instrument, rng)
        played += _play_part(onsets_s[audible], lengths_s[audible], pitches, instrument, number, rng)
    return [note for note in played if note.onset_s < clip_s and note.offset_s > 0]


def _choose_parts(piece: PieceNotes, rng: np.random.Generator) -> list[int]:
    """Part numbers, a few of them; a part may be doubled (in another octave, by another instrument) when there are too few."""
    wanted = 1 + int(rng.choice(MAX_PARTS, p=PARTS_PROBABILITY))
    chosen = rng.permutation(len(piece.parts))[:wanted].tolist()
    if wanted > len(chosen) and rng.random() < 0.5:
        chosen.append(int(rng.integers(len(piece.parts))))
    return sorted(chosen)


def _choose_instruments(parts: list[np.ndarray], rng: np.random.Generator) -> list[Instrument]:
    if rng.random() < 0.5:
        return [HEARD_INSTRUMENTS[index] for index in rng.integers(len(HEARD_INSTRUMENTS), size=len(parts))]
    # A customary ensemble: each part gets the member whose register is nearest.
    members = [INSTRUMENT_BY_CODE[code] for code in ENSEMBLES[int(rng.integers(len(ENSEMBLES)))]]

    def distance(instrument: Instrument, part: np.ndarray) -> float:
        return abs((instrument.lowest + instrument.highest) / 2 - float(np.median(part[:, PITCH])) - rng.normal(0, REGISTER_WHIM))

    return [min(members, key=partial(distance, part=part)) for part in parts]


def _fit_range(pitches: np.ndarray, instrument: Instrument, rng: np.random.Generator) -> np.ndarray:
    """Shift the part by octaves to a register of the instrument, then fold what still sticks out."""
    if not len(pitches):
        return pitches.astype(int)
    middle = rng.uniform(0.3, 0.7) * (instrument.highest - instrument.lowest) + instrument.lowest
    shifted = pitches + 12 * np.round((middle - np.median(pitches)) / 12)
    shifted = np.where(shifted < instrument.lowest, shifted + 12 * np.ceil((instrument.lowest - shifted) / 12), shifted)
    return np.where(shifted > instrument.highest, shifted - 12 * np.ceil((shifted - instrument.highest) / 12), shifted).astype(int)


def _rubato(rng: np.random.Generator) -> Callable[[np.ndarray], np.ndarray]:
    """A smooth, monotonic warp of time: tempo drifts by a few per cent, over several seconds."""
    depth, period, phase = rng.uniform(0, 0.06), rng.uniform(3, 12), rng.uniform(0, 2 * np.pi)
    omega = 2 * np.pi / period
    return lambda seconds: seconds + depth / omega * (np.sin(omega * seconds + phase) - np.sin(phase))


def _play_part(
    onsets_s: np.ndarray, lengths_s: np.ndarray, pitches: np.ndarray, instrument: Instrument, number: int, rng: np.random.Generator
) -> list[PlayedNote]:
    jitter_s = rng.uniform(0.003, 0.025)
    articulation = rng.uniform(0.85, 1.02) if rng.random() < 0.7 else rng.uniform(0.35, 0.85)
    level = rng.uniform(0.25, 1.0)
    onsets_s = onsets_s + rng.normal(0, jitter_s, len(onsets_s))
    offsets_s = onsets_s + np.maximum(lengths_s * np.clip(rng.normal(articulation, 0.06, len(onsets_s)), 0.2, 1.05), SHORTEST_NOTE_S)
    loudness = np.clip(level * np.exp(rng.normal(0, 0.25, len(onsets_s))), 0.05, 1.0)
    notes = [
        PlayedNote(float(on), float(off), int(pitch), float(loud), instrument, number)
        for on, off, pitch, loud in zip(onsets_s, offsets_s, pitches, loudness, strict=True)
    ]
    return _without_collisions(notes)


def _without_collisions(notes: list[PlayedNote]) -> list[PlayedNote]:
    """End a note where the same pitch starts again on the same part: no instrument plays one pitch twice at once."""
    following: dict[int, float] = {}
    kept: list[PlayedNote] = []
    for note in sorted(notes, key=lambda n: -n.onset_s):
        end = min(note.offset_s, following.get(note.pitch_midi, np.inf))
        if end - note.onset_s >= SHORTEST_NOTE_S * 0.8:
            kept.append(PlayedNote(note.onset_s, end, note.pitch_midi, note.loudness, note.instrument, note.part))
            following[note.pitch_midi] = note.onset_s
    return kept
