"""What the listener should say of a clip: onset, frame, offset, unison and instrument targets on its grid."""

from __future__ import annotations

import numpy as np

from transformers_abc.models.configuration import AbcListenerConfig
from transformers_abc.models.listener import IGNORED_LABEL
from transformers_abc.synthesis.synthetic_clips import SyntheticClip

# The target of an onset or offset falls from 1 to 0 over this many frames on both sides, so that its exact time can be read from the
# peak's shape.
HALF_WIDTH_FRAMES = 2.0


def listener_targets(clip: SyntheticClip, config: AbcListenerConfig) -> dict[str, np.ndarray]:
    """Targets of one clip.

    Returns:
        ``onset_labels``, ``frame_labels``, ``offset_labels`` and ``unison_labels`` of shape ``[frames, pitches]``, float32, and
        ``instrument_labels`` of shape ``[ceil(frames / instrument_stride), pitches]``, int64 with `IGNORED_LABEL` where no labelled
        instrument sounds.
    """
    frames = len(clip.audio) // config.hop_length + 1
    onset = np.zeros((frames, config.num_pitches), dtype=np.float32)
    frame, offset, unison = np.zeros_like(onset), np.zeros_like(onset), np.zeros_like(onset)
    steps = -(-frames // config.instrument_stride)
    instrument = np.full((steps, config.num_pitches), IGNORED_LABEL, dtype=np.int64)
    for note, labelled in zip(clip.notes, clip.labelled, strict=True):
        column = note.pitch_midi - config.lowest_pitch
        if not 0 <= column < config.num_pitches:
            continue
        start, end = note.onset_s / config.frame_s, note.offset_s / config.frame_s
        _raise_peak(onset[:, column], start)
        _raise_peak(offset[:, column], end)
        first, last = max(round(start), 0), min(max(round(end), round(start) + 1), frames)
        unison[first:last, column] = frame[first:last, column]
        frame[first:last, column] = 1.0
        if labelled and last > first:
            index = config.instruments.index(note.instrument.code)
            instrument[first // config.instrument_stride : (last - 1) // config.instrument_stride + 1, column] = index
    return {
        "onset_labels": onset,
        "frame_labels": frame,
        "offset_labels": offset,
        "unison_labels": unison,
        "instrument_labels": instrument,
    }


def _raise_peak(curve: np.ndarray, place: float) -> None:
    """Lift a curve to a triangle around a place between frames, in place."""
    near = np.arange(max(int(place - HALF_WIDTH_FRAMES), 0), max(min(int(place + HALF_WIDTH_FRAMES) + 2, len(curve)), 0))
    curve[near] = np.maximum(curve[near], np.maximum(1 - np.abs(near - place) / HALF_WIDTH_FRAMES, 0))
