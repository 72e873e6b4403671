"""From the listener's probabilities to a list of notes.

A note starts where the onset probability peaks, and sounds until the frame probability falls or the same pitch starts again. A pitch that
sounds for a while without an onset (a soft slur, a note from before the recording) becomes a note as well.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from transformers_abc.score_writer.heard_note import HeardNote


@dataclass(frozen=True, slots=True)
class DecodingThresholds:
    """Chosen on validation clips by `training.listener`; probabilities, and lengths in seconds.

    Attributes:
        onset: least onset probability of a note.
        frame: least frame probability at which a pitch counts as sounding.
        unannounced_frame, unannounced_s: mean frame probability and duration from which a pitch without an onset is a note.
        shortest_s: notes shorter than this are dropped.
    """

    onset: float = 0.4
    frame: float = 0.35
    unannounced_frame: float = 0.7
    unannounced_s: float = 0.25
    shortest_s: float = 0.04


def decode_notes(
    onset: np.ndarray,
    frame: np.ndarray,
    instrument: np.ndarray,
    frame_s: float,
    instrument_stride: int,
    thresholds: DecodingThresholds | None = None,
    lowest_pitch: int = 21,
) -> list[HeardNote]:
    """Read notes off the listener's posteriors.

    Args:
        onset, frame: ``[frames, pitches]`` probabilities.
        instrument: ``[steps, pitches, instruments]`` probabilities.
        frame_s: seconds between frames.
        instrument_stride: frames to a step of `instrument`.
        thresholds: see `DecodingThresholds`.
        lowest_pitch: MIDI pitch of column 0.

    Returns:
        Notes sorted by onset, then pitch; the times of onsets are refined between frames.
    """
    thresholds = thresholds or DecodingThresholds()
    notes = []
    for column in np.flatnonzero((onset.max(axis=0) >= thresholds.onset) | (frame.max(axis=0) >= thresholds.frame)):
        for start, end, confidence in _note_spans(onset[:, column], frame[:, column], frame_s, thresholds):
            first = min(int(start) // instrument_stride, len(instrument) - 1)
            last = max(int(end) // instrument_stride, first) + 1
            evidence = instrument[first:last, column].astype(np.float64).mean(axis=0)
            notes.append(
                HeardNote(start * frame_s, end * frame_s, lowest_pitch + int(column), confidence, tuple(evidence.round(4).tolist()))
            )
    return sorted(note for note in notes if note.duration_s >= thresholds.shortest_s)


def _note_spans(onset: np.ndarray, frame: np.ndarray, frame_s: float, thresholds: DecodingThresholds) -> list[tuple[float, float, float]]:
    """``(start, end, confidence)`` of the notes of one pitch, in frames."""
    sounding = frame >= thresholds.frame
    silent_from = _next_silence(sounding)
    peaks = _peaks(onset, thresholds.onset)
    spans = []
    for peak, following in itertools.pairwise([*peaks, len(frame)]):
        # The frame head may wake one or two frames after the onset head.
        awake = next((t for t in range(peak, min(peak + 3, following)) if sounding[t]), None)
        if awake is not None:
            spans.append((_refined(onset, peak), float(min(silent_from[awake], following)), float(onset[peak])))
    return sorted(spans + _unannounced(frame, sounding, peaks, frame_s, thresholds))


def _unannounced(
    frame: np.ndarray, sounding: np.ndarray, peaks: list[int], frame_s: float, thresholds: DecodingThresholds
) -> list[tuple[float, float, float]]:
    """Sounding stretches in which no onset was found, up to the first one that was."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], sounding.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    onsets = np.array([*peaks, len(frame)])
    announced = onsets[np.searchsorted(onsets, starts - 3)]  # the first onset from shortly before each stretch on
    spans = []
    for start, stop in zip(starts, np.minimum(announced, ends), strict=True):
        strength = float(frame[start:stop].mean()) if stop > start else 0.0
        if (stop - start) * frame_s >= thresholds.unannounced_s and strength >= thresholds.unannounced_frame:
            spans.append((float(start), float(stop), strength))
    return spans


def _peaks(onset: np.ndarray, threshold: float) -> list[int]:
    before, after = np.append(-1.0, onset[:-1]), np.append(onset[1:], -1.0)
    return np.flatnonzero((onset >= threshold) & (onset > before) & (onset >= after)).tolist()


def _refined(onset: np.ndarray, peak: int) -> float:
    """The peak's place between frames, from the centre of mass of the three values around it."""
    first, last = max(peak - 1, 0), min(peak + 2, len(onset))
    weights = onset[first:last].astype(np.float64)
    return float((weights * np.arange(first, last)).sum() / weights.sum())


def _next_silence(sounding: np.ndarray) -> np.ndarray:
    """For each frame the first frame from there on that does not sound, or the number of frames."""
    silent = np.where(sounding, len(sounding), np.arange(len(sounding)))
    return np.minimum.accumulate(silent[::-1])[::-1]
