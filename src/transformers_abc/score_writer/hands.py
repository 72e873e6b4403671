"""The two hands of a pianist: which of the notes that sound together the right one plays.

Between the hands lies a pitch that moves from moment to moment, as little as it can, while no hand reaches farther than it is wide and the
gap between the hands is where the notes leave one. The cheapest course of that pitch is found by dynamic programming.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voice_search import moments

SPLITS = np.arange(40, 81)  # the lowest pitch of the right hand
MIDDLE_C = 60
MOVE, AWAY, STRETCH, GAP = 0.15, 0.03, 1.0, 0.1  # costs: a semitone each; gaps are wanted
SPAN, LEAST_GAP, WIDEST_GAP = 14, 4, 16  # semitones; one hand plays narrower gaps as easily as two


def split_hands(notes: Sequence[HeardNote]) -> list[list[HeardNote]]:
    """Right hand and left, each sorted; a hand without notes is left out.

    Args:
        notes: sorted.

    >>> chord = [HeardNote(0, 1, pitch) for pitch in (36, 43, 48, 58, 64)]
    >>> [[note.pitch_midi for note in hand] for hand in split_hands(chord)]
    [[58, 64], [36, 43, 48]]
    """
    groups = list(moments(notes))
    right: list[HeardNote] = []
    left: list[HeardNote] = []
    for group, split in zip(groups, _splits([[notes[place].pitch_midi for place in group] for group in groups]), strict=True):
        for place in group:
            (right if notes[place].pitch_midi >= split else left).append(notes[place])
    return [hand for hand in (right, left) if hand]


def _splits(chords: Sequence[Sequence[int]]) -> list[int]:
    """The lowest pitch of the right hand for each chord."""
    moving = MOVE * np.abs(SPLITS[:, None] - SPLITS)
    total, came_from = np.zeros(len(SPLITS)), []
    for chord in chords:
        reached = total[:, None] + moving
        came_from.append(reached.argmin(axis=0))
        total = reached.min(axis=0) + _cost_of_splits(np.sort(chord))
    splits, place = [], int(np.argmin(total)) if len(chords) else 0
    for before in reversed(came_from):
        splits.append(int(SPLITS[place]))
        place = int(before[place])
    return splits[::-1]


def _cost_of_splits(chord: np.ndarray) -> np.ndarray:
    """What each of `SPLITS` costs where these pitches, in order, are played."""
    below = np.searchsorted(chord, SPLITS)  # how many notes the left hand has
    highest_left, lowest_right = chord[np.maximum(below - 1, 0)], chord[np.minimum(below, len(chord) - 1)]
    left_span = np.where(below > 0, highest_left - chord[0], 0)
    right_span = np.where(below < len(chord), chord[-1] - lowest_right, 0)
    both = (below > 0) & (below < len(chord))
    gap = np.where(both, np.clip(lowest_right - highest_left, LEAST_GAP, WIDEST_GAP) - LEAST_GAP, 0)
    stretch = np.maximum(left_span - SPAN, 0) + np.maximum(right_span - SPAN, 0)
    return AWAY * np.abs(SPLITS - MIDDLE_C) + STRETCH * stretch - GAP * gap
