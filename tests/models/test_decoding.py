"""Reading notes off posteriors."""

import numpy as np
import pytest

from transformers_abc.models.decoding import DecodingThresholds, decode_notes

FRAME_S, STRIDE, LOWEST = 0.025, 8, 21


def posteriors(frames: int = 80) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.zeros((frames, 88)), np.zeros((frames, 88)), np.full((-(-frames // 8), 88, 15), 1 / 15)


def decoded(onset: np.ndarray, frame: np.ndarray, instrument: np.ndarray) -> list[tuple[float, float, int]]:
    return [
        (round(n.onset_s, 4), round(n.offset_s, 4), n.pitch_midi)
        for n in decode_notes(onset, frame, instrument, FRAME_S, STRIDE, None, LOWEST)
    ]


def test_one_note() -> None:
    onset, frame, instrument = posteriors()
    onset[9:12, 39] = (0.2, 0.9, 0.2)  # symmetric: the peak is at frame 10
    frame[10:30, 39] = 0.9
    assert decoded(onset, frame, instrument) == [(0.25, 0.75, 60)]


@pytest.mark.parametrize(("before", "after", "shift"), [(0.45, 0.0, -1 / 3), (0.0, 0.45, 1 / 3), (0.3, 0.3, 0.0)])
def test_onsets_are_refined_between_frames(before: float, after: float, shift: float) -> None:
    onset, frame, instrument = posteriors()
    onset[9:12, 39] = (before, 0.9, after)  # centre of mass: (before * 9 + 0.9 * 10 + after * 11) / sum
    frame[10:30, 39] = 0.9
    assert decoded(onset, frame, instrument)[0][0] == round((10 + shift) * FRAME_S, 4)


def test_a_repeated_note_ends_where_it_starts_again() -> None:
    onset, frame, instrument = posteriors()
    onset[[10, 20], 39] = 0.9
    frame[10:30, 39] = 0.9
    assert decoded(onset, frame, instrument) == [(0.25, 0.5, 60), (0.5, 0.75, 60)]


def test_an_onset_over_silence_is_no_note() -> None:
    onset, frame, instrument = posteriors()
    onset[10, 39] = 0.9
    assert decoded(onset, frame, instrument) == []


def test_a_long_sounding_pitch_without_onset_is_a_note_and_a_faint_one_is_not() -> None:
    onset, frame, instrument = posteriors()
    frame[5:30, 39], frame[5:30, 45] = 0.95, 0.5
    assert decoded(onset, frame, instrument) == [(0.125, 0.75, 60)]


def test_silence_and_the_last_frame() -> None:
    onset, frame, instrument = posteriors()
    assert decoded(onset, frame, instrument) == []
    onset[-3, 0], frame[-3:, 0] = 0.9, 0.9
    assert decoded(onset, frame, instrument) == [(77 * FRAME_S, 80 * FRAME_S, 21)]


def test_instrument_evidence_is_the_mean_over_the_note() -> None:
    onset, frame, instrument = posteriors()
    onset[16, 39], frame[16:32, 39] = 0.9, 0.9  # steps 2 to 3 (and 4, where it ends)
    instrument[2:5, 39] = np.eye(15)[3]
    (note,) = decode_notes(onset, frame, instrument, FRAME_S, STRIDE, None, LOWEST)
    assert int(np.argmax(note.instruments)) == 3
    assert note.confidence == 0.9


def test_thresholds_decide() -> None:
    onset, frame, instrument = posteriors()
    onset[10, 39], frame[10:30, 39] = 0.5, 0.6
    assert len(decode_notes(onset, frame, instrument, FRAME_S, STRIDE, DecodingThresholds(onset=0.45), LOWEST)) == 1
    assert decode_notes(onset, frame, instrument, FRAME_S, STRIDE, DecodingThresholds(onset=0.55), LOWEST) == []


@pytest.mark.parametrize("frames", range(41, 61))
def test_a_note_at_the_end_of_a_short_clip_has_evidence(frames: int) -> None:
    onset, frame, instrument = posteriors(frames)
    onset[-2, 39], frame[-2:, 39] = 0.9, 0.9
    (note,) = decode_notes(onset, frame, instrument, FRAME_S, STRIDE, None, LOWEST)
    assert sum(note.instruments) == pytest.approx(1, abs=1e-3)
