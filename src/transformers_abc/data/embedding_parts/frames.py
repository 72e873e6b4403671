"""Embeddings of a clip as LLark takes them: 240 frames, one every 98.7 ms.

LLark (Gardner et al., 2023, arXiv 2310.07160) hears music by Jukebox, whose top level has a frame for every 128 samples of 44.1 kHz sound.
A clip of 1,048,576 samples (23.777 s) gives 8,192 of them, and every 34 in a row are averaged; the 32 that are left over make no frame.

So frame k covers the time from k * 98.685 ms to (k + 1) * 98.685 ms of the clip, and 240 frames cover its first 23.684 s. Frames of any
other encoder are brought to the same times, so that a model can be fed by either. They do not fit into ours exactly: one that lies in two
of ours counts in both, by its share.
"""

from __future__ import annotations

import numpy as np

JUKEBOX_RATE_HZ = 44_100  # of the sound that Jukebox hears
JUKEBOX_HOP = 128  # samples in one frame of its top level: 344.53 frames a second
JUKEBOX_SAMPLES = 1_048_576  # of a clip
JUKEBOX_FRAMES = JUKEBOX_SAMPLES // JUKEBOX_HOP
POOLED = 34  # of Jukebox's frames in one of ours: floor(344.53 / 10)
FRAMES = JUKEBOX_FRAMES // POOLED
FRAME_S = POOLED * JUKEBOX_HOP / JUKEBOX_RATE_HZ
CLIP_S = JUKEBOX_SAMPLES / JUKEBOX_RATE_HZ
_ROUNDING = 1e-6  # of a frame: less than this is no part of one, but an error of floating point


def pool_jukebox(hidden: np.ndarray) -> np.ndarray:
    """Average the frames of Jukebox as LLark does.

    Args:
        hidden: ``[8192, D]``.

    Returns:
        ``[240, D]`` float32.

    >>> ramp = np.arange(8192.0)[:, None]
    >>> pool_jukebox(ramp)[[0, 1, 239], 0].tolist()     # the means of 0 to 33, 34 to 67 and 8126 to 8159
    [16.5, 50.5, 8142.5]
    """
    return np.asarray(hidden[: FRAMES * POOLED].reshape(FRAMES, POOLED, -1).mean(axis=1, dtype=np.float32))


def pool_to_frames(hidden: np.ndarray, seconds: float) -> np.ndarray:
    """Bring the frames of any encoder to the times of ours.

    Where they are shorter than ours, each of ours is the mean of what lies in it. Where they are longer, ours are read off straight lines
    from middle to middle; before the first and after the last, that one is held.

    Args:
        hidden: ``[T, D]``, at least one frame, evenly spread over the time from 0 to `seconds`.
        seconds: may be more or less than a clip has.

    Returns:
        ``[240, D]`` float32; frames that begin at `seconds` or later are zero.

    Raises:
        ValueError: there is no frame, or `seconds` is not positive.

    >>> ramp = np.arange(480.0)[:, None]
    >>> pool_to_frames(ramp, 240 * FRAME_S)[[0, 1, 239], 0].tolist()      # two of theirs in one of ours
    [0.5, 2.5, 478.5]
    >>> pool_to_frames(ramp[:120], 240 * FRAME_S)[:4, 0].tolist()         # one of theirs over two of ours: middles at 1, 3, 5
    [0.0, 0.25, 0.75, 1.25]
    """
    if hidden.ndim != 2 or not len(hidden) or not seconds > 0:
        raise ValueError(f"frames of shape [T, D] over a positive time are needed, got {list(hidden.shape)} over {seconds:g} s")
    step = seconds / len(hidden) / FRAME_S  # one of their frames, in ours
    count = frames_within(seconds)
    weights = _shares(len(hidden), step, count) if step <= 1 else _between_middles(len(hidden), step, count)
    frames = np.zeros((FRAMES, hidden.shape[1]), dtype=np.float32)
    frames[:count] = weights @ hidden.astype(np.float64)
    return frames


def frames_within(seconds: float) -> int:
    """How many frames begin before a time.

    >>> frames_within(FRAME_S), frames_within(0.1), frames_within(25.0)
    (1, 2, 240)
    """
    return min(int(np.ceil(seconds / FRAME_S - _ROUNDING)), FRAMES)


def _shares(theirs: int, step: float, ours: int) -> np.ndarray:
    """``[ours, theirs]``: how much of each of our frames is each of theirs; rows sum to 1."""
    bounds, frames = np.arange(theirs + 1) * step, np.arange(ours)[:, None]
    shares = np.clip(np.minimum(bounds[1:], frames + 1) - np.maximum(bounds[:-1], frames), 0, None)
    shares[shares < _ROUNDING * step] = 0
    return shares / shares.sum(axis=1, keepdims=True)


def _between_middles(theirs: int, step: float, ours: int) -> np.ndarray:
    """``[ours, theirs]``: for the middle of each of our frames, the weights of their two nearest; rows sum to 1."""
    places = np.clip((np.arange(ours) + 0.5) / step - 0.5, 0, theirs - 1)
    return np.clip(1 - np.abs(places[:, None] - np.arange(theirs)), 0, None)
