"""What a frame is: Jukebox's figures, and other encoders brought to the same times."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformers_abc.data.embedding_parts.frames import (
    CLIP_S,
    FRAME_S,
    FRAMES,
    JUKEBOX_FRAMES,
    POOLED,
    frames_within,
    pool_jukebox,
    pool_to_frames,
)


def test_the_published_figures() -> None:
    """1,048,576 samples of 44.1 kHz are 23.777 s and 8,192 frames at 344.53 Hz; 34 at a time give 240 of 98.7 ms."""
    assert round(CLIP_S, 3) == 23.777
    assert round(JUKEBOX_FRAMES / CLIP_S, 2) == 344.53
    assert (JUKEBOX_FRAMES, POOLED, FRAMES, round(1000 * FRAME_S, 1)) == (8192, int(344.53 / 10), 240, 98.7)


def test_jukebox_is_averaged_without_a_partial_frame() -> None:
    hidden = np.random.default_rng(0).normal(size=(8192, 3)).astype(np.float16)
    pooled = pool_jukebox(hidden)
    assert (pooled.shape, pooled.dtype) == ((240, 3), np.float32)
    np.testing.assert_allclose(pooled[239], hidden[239 * 34 : 240 * 34].astype(float).mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(pool_to_frames(hidden, CLIP_S), pooled, atol=1e-6)


RAMP = np.arange(8.0)[:, None]


@pytest.mark.parametrize(
    ("theirs", "seconds_in_frames", "first_of_ours"),
    [
        (4, 2, [0.5, 2.5, 0, 0]),  # (0 + 1) / 2 and (2 + 3) / 2
        (3, 2, [1 / 3, 5 / 3, 0, 0]),  # the middle one counts half in both: (0 + 1 / 2) / 1.5 and (1 / 2 + 2) / 1.5
        (3, 1.5, [0.5, 2, 0, 0]),  # of the second of ours only the first half is there
        (4, 4, [0, 1, 2, 3]),
        (2, 4, [0, 0.25, 0.75, 1]),  # theirs have their middles at 1 and 3, ours at 0.5, 1.5, 2.5 and 3.5
        (1, 3, [0, 0, 0, 0]),
        (5, 0.5, [2, 0, 0, 0]),
    ],
)
def test_a_ramp(theirs: int, seconds_in_frames: float, first_of_ours: list[float]) -> None:
    pooled = pool_to_frames(RAMP[:theirs], seconds_in_frames * FRAME_S)
    np.testing.assert_allclose(pooled[:4, 0], first_of_ours, atol=1e-6)
    assert not pooled[4:].any()
    assert (pooled.shape, pooled.dtype) == ((240, 1), np.float32)


@given(theirs=st.integers(1, 3000), seconds=st.floats(0.001, 40))
def test_a_constant_stays_one_as_long_as_it_sounds(theirs: int, seconds: float) -> None:
    pooled = pool_to_frames(np.full((theirs, 2), 3.0), seconds)
    sounding = frames_within(seconds)
    np.testing.assert_allclose(pooled[:sounding], 3.0, rtol=1e-6)
    assert not pooled[sounding:].any()
    assert sounding == min(240, int(np.ceil(round(seconds / FRAME_S, 5))))


@given(theirs=st.integers(1, 3000), seconds=st.floats(0.5, 24))
def test_time_is_kept(theirs: int, seconds: float) -> None:
    """Frames that hold the time of their middle come out holding the time of the middle of ours, to within half of either."""
    step_s = seconds / theirs
    pooled = pool_to_frames((np.arange(theirs)[:, None] + 0.5) * step_s, seconds)[: frames_within(seconds), 0]
    middles_s = (np.arange(len(pooled)) + 0.5) * FRAME_S
    assert np.abs(pooled - middles_s).max() <= (step_s + FRAME_S) / 2 + 1e-5


def test_what_lies_beyond_the_last_frame_is_dropped() -> None:
    hidden = np.zeros((300, 1))
    hidden[240:] = 100
    assert not pool_to_frames(hidden, 300 * FRAME_S).any()


@pytest.mark.parametrize(("shape", "seconds"), [((0, 3), 1.0), ((3,), 1.0), ((3, 3), 0.0), ((3, 3), float("nan"))])
def test_nothing_to_pool(shape: tuple[int, ...], seconds: float) -> None:
    with pytest.raises(ValueError, match=r"frames of shape \[T, D\] over a positive time"):
        pool_to_frames(np.zeros(shape), seconds)
