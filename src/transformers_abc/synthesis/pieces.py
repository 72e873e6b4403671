"""Music to be played, as plain arrays, and music of no composer.

Training draws short clips from scores hundreds of thousands of times, so scores are reduced to arrays (`PieceNotes`) once.

Conventions: times in quarter notes from the start of the piece; a part is ``[notes, 3]`` float32, sorted by onset and then pitch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transformers_abc.notation.tune import Tune

# Columns of a part's array.
ONSET_QUARTERS, LENGTH_QUARTERS, PITCH = 0, 1, 2

INVENTED_PARTS = 5
GRID = 12  # parts of a quarter note that invented onsets and lengths are whole numbers of: triplets and sixteenths

# Rhythms that fill one to four quarter notes, in twelfths of one, with how often they are wanted.
_CELLS: tuple[tuple[tuple[int, ...], float], ...] = (
    ((12,), 4.0),
    ((6, 6), 4.0),
    ((24,), 2.0),
    ((3, 3, 3, 3), 1.5),
    ((9, 3), 1.2),
    ((6, 3, 3), 1.0),
    ((3, 3, 6), 0.7),
    ((18, 6), 1.5),
    ((6, 12, 6), 0.8),
    ((4, 4, 4), 1.2),
    ((8, 4), 0.6),
    ((36,), 0.6),
    ((48,), 0.6),
)
_CELL_LENGTHS = np.array([(*cell, 0, 0, 0)[:4] for cell, _ in _CELLS])
_STEPS = np.array([-12, -7, -5, -4, -3, -2, -2, -1, -1, 0, 0, 1, 1, 2, 2, 3, 4, 5, 7, 12])
_CHORD_STEPS = np.array([3, 4, 5, 7, 8, 9, 12, 16])  # semitones below the top note
CHORD_PART_PROBABILITY = 0.25


@dataclass(frozen=True, slots=True)
class PieceNotes:
    """A score as arrays: per part ``[notes, 3]`` of onset and length in quarter notes and MIDI pitch, sorted by onset."""

    parts: tuple[np.ndarray, ...]

    @property
    def length_quarters(self) -> float:
        return max(float((part[:, ONSET_QUARTERS] + part[:, LENGTH_QUARTERS]).max()) for part in self.parts)


def piece_notes(tune: Tune) -> PieceNotes | None:
    r"""The notes of a tune as arrays, or None if no voice has any.

    >>> from transformers_abc.notation.reader import read_abc
    >>> piece_notes(read_abc("X:1\nL:1/4\nK:C\nc2 e|")).parts[0].tolist()
    [[0.0, 2.0, 72.0], [2.0, 1.0, 76.0]]
    """
    parts = [
        np.array([(note.onset_wn * 4, note.length_wn * 4, note.pitch_midi) for note in voice.notes], dtype=np.float32)
        for voice in tune.voices
        if voice.notes
    ]
    return PieceNotes(tuple(parts)) if parts else None


def invented_piece(rng: np.random.Generator, length_quarters: int = 64) -> PieceNotes:
    """Music of no composer: random walks in random rhythms, to cover registers and intervals that real scores avoid."""
    centres = rng.uniform(36, 88, size=INVENTED_PARTS)
    parts = [part for part in (_invented_part(rng, centre, length_quarters) for centre in centres) if len(part)]
    return PieceNotes(tuple(parts)) if parts else invented_piece(rng, length_quarters)


def _invented_part(rng: np.random.Generator, centre: float, length_quarters: int) -> np.ndarray:
    weights = np.array([weight for _, weight in _CELLS]) * rng.exponential(1.0, size=len(_CELLS))  # each part has its own habits
    cells = rng.choice(len(_CELLS), size=length_quarters, p=weights / weights.sum())
    lengths = _CELL_LENGTHS[cells].ravel()
    lengths = lengths[lengths > 0] / GRID
    onsets = np.cumsum(lengths) - lengths
    walk = np.cumsum(rng.choice(_STEPS, size=len(lengths)))
    pitches = np.round(centre + 14 * np.sin(walk / 14))  # folded back, so it never leaves the register
    keep = (rng.random(len(lengths)) > rng.uniform(0, 0.3)) & (onsets + lengths <= length_quarters)
    part = np.stack([onsets, lengths, pitches], axis=1)[keep]
    if rng.random() < CHORD_PART_PROBABILITY:
        part = _with_chords(part, rng)
    return part.astype(np.float32)


def _with_chords(part: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Up to three more notes below each of many."""
    lower = [part]
    for _ in range(3):
        below = part[rng.random(len(part)) < rng.uniform(0.2, 0.7)].copy()
        below[:, PITCH] -= rng.choice(_CHORD_STEPS, size=len(below))
        lower.append(below)
    return in_part_order(np.concatenate(lower))


def in_part_order(notes: np.ndarray) -> np.ndarray:
    """Notes sorted by onset and pitch; of two with the same onset and pitch, the longer one."""
    ordered = notes[np.lexsort((-notes[:, LENGTH_QUARTERS], notes[:, PITCH], notes[:, ONSET_QUARTERS]))]
    again = (np.diff(ordered[:, ONSET_QUARTERS], prepend=-np.inf) == 0) & (np.diff(ordered[:, PITCH], prepend=-1) == 0)
    return ordered[~again]
