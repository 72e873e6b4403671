"""Note onset F1, the field's usual figure for hearing: mir_eval's, over plain lists of notes.

A note is right if its pitch is the reference's and its onset lies within a tolerance; each note counts once (maximum matching). Offsets
and voices play no part. Unlike mir_eval, an empty reference with an empty estimate counts as 1, not 0.

Source: Raffel et al., *mir_eval: A Transparent Implementation of Common MIR Metrics*, ISMIR 2014.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mir_eval.transcription import precision_recall_f1_overlap

ANY_DURATION_S = 0.1  # mir_eval wants intervals; without offsets their length is immaterial


def onset_f1(reference: Sequence[tuple[float, int]], estimate: Sequence[tuple[float, int]], tolerance_s: float = 0.05) -> float:
    """F1 of onsets and pitches.

    Args:
        reference, estimate: ``(onset in seconds, MIDI pitch)`` of each note, in any order.
        tolerance_s: how far an onset may be off, either way.

    >>> onset_f1([(0.0, 60), (1.0, 62)], [(0.01, 60)])    # precision 1, recall 1/2
    0.6666666666666666
    """
    if not reference or not estimate:
        return float(not reference and not estimate)
    scores = precision_recall_f1_overlap(*_arrays(reference), *_arrays(estimate), onset_tolerance=tolerance_s, offset_ratio=None)
    return float(scores[2])


def hertz(pitch_midi: np.ndarray | float) -> np.ndarray:
    """Frequencies of MIDI pitches in equal temperament at A = 440 Hz."""
    return 440.0 * 2 ** ((np.asarray(pitch_midi) - 69) / 12)


def _arrays(notes: Sequence[tuple[float, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Intervals in seconds ``[notes, 2]`` and frequencies in hertz ``[notes]``."""
    onsets_s = np.array([onset_s for onset_s, _ in notes])
    return np.stack([onsets_s, onsets_s + ANY_DURATION_S], axis=1), hertz(np.array([pitch for _, pitch in notes]))
