"""Synthetic recordings with exact labels: a performance, sounds, a room, and what the listener should have heard.

`SyntheticClips` is a function of (seed, index): clip number `index` of a seed is always the same, so training can stop and resume
anywhere, and several workers can share the work without talking to each other. `data.synthetic_stream.SyntheticStream` gives clips with
their text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transformers_abc.synthesis.mixing import render_notes
from transformers_abc.synthesis.performance import PlayedNote, perform
from transformers_abc.synthesis.pieces import PieceNotes, invented_piece
from transformers_abc.synthesis.rooms import record
from transformers_abc.synthesis.timbres import Orchestra

SILENT_CLIP_PROBABILITY = 0.02  # noise and room only: the listener must learn to hear nothing
INVENTED_PROBABILITY = 0.25  # share of clips whose music no one composed
SOUNDFONT_PROBABILITY = 0.5  # share of parts played from the bank, where there is one


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

    def __init__(self, pieces: Sequence[PieceNotes], bank: Orchestra | None, seed: int, sampling_rate: int, clip_s: float) -> None:
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
        return SyntheticClip(record(dry, self._sampling_rate, rng), tuple(notes), tuple(labelled))
