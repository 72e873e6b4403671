"""Numbers that describe tracks and their beats."""

import numpy as np

from transformers_abc.score_writer.beat_features import LAGS, SLOTS, SUMMARY_SIZE, TOKEN_SIZE, NoteArrays, beat_tokens, track_summaries
from transformers_abc.score_writer.beats import Beats
from transformers_abc.score_writer.heard_note import HeardNote

ONE_A_SECOND = Beats(np.arange(0.0, 14.0))
WALTZ = [HeardNote(beat + 0.0, beat + 0.9, 48 if beat % 3 == 0 else 67) for beat in range(12)]


def test_places_within_the_beat() -> None:
    notes = NoteArrays.of([HeardNote(0.0, 0.5, 60), HeardNote(1.5, 2.0, 60), HeardNote(2.98, 3.5, 60), HeardNote(4 + 1 / 3, 5.0, 60)])
    rhythm = beat_tokens(notes, ONE_A_SECOND)[:, :SLOTS]
    # On beat 0; in the middle of 1; just before 3, to which it belongs; on the first third of 4.
    assert [(int(beat), int(slot)) for beat, slot in np.argwhere(rhythm)] == [(0, 0), (1, 6), (3, 0), (4, 4)]


def test_harmony_returns_every_third_beat() -> None:
    tokens = beat_tokens(NoteArrays.of(WALTZ), ONE_A_SECOND)
    alike = tokens[:, SLOTS + 12 :].reshape(len(tokens), len(LAGS), 4)  # rhythm before and after, harmony before and after
    harmony_before = dict(zip(LAGS, alike[6].T[2], strict=True))
    assert harmony_before[3] > 0.9 > 0.2 > harmony_before[1]


def test_summaries_see_the_tempo_and_where_onsets_lie() -> None:
    slow, fast = track_summaries(NoteArrays.of(WALTZ), [Beats(np.arange(0.0, 15.0, 1.5)), ONE_A_SECOND])
    assert slow.shape == (SUMMARY_SIZE,)
    assert fast[0] == 1.0  # every onset on the beat
    assert 0.2 < slow[0] < 0.5


def test_all_is_finite_for_a_few_notes() -> None:
    notes = NoteArrays.of([HeardNote(0.0, 0.1, 60), HeardNote(0.01, 5.0, 64), HeardNote(3.0, 3.05, 100)])
    assert np.isfinite(track_summaries(notes, [Beats(np.array([0.0, 6.0])), ONE_A_SECOND])).all()
    tokens = beat_tokens(notes, Beats(np.array([0.0, 6.0])))
    assert tokens.shape == (2, TOKEN_SIZE)
    assert np.isfinite(tokens).all()
