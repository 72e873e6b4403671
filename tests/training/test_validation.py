"""The figure by which listeners and thresholds are chosen."""

import numpy as np

from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.synthetic_clips import SyntheticClip
from transformers_abc.training.validation import clip_f1

VIOLIN = INSTRUMENT_BY_CODE["vn"]


def clip(*onsets_s: float) -> SyntheticClip:
    notes = tuple(PlayedNote(onset, onset + 0.3, 69, 0.5, VIOLIN, 0) for onset in onsets_s)
    return SyntheticClip(np.zeros(16_000, dtype=np.float32), notes, (True,) * len(notes))


def found(*onsets_s: float, pitch: int = 69) -> list[HeardNote]:
    return [HeardNote(onset, onset + 0.1, pitch) for onset in onsets_s]


def test_clip_f1() -> None:
    assert clip_f1(clip(0.1, 0.5), found(0.12, 0.49)) == 1
    assert clip_f1(clip(0.1, 0.5), found(0.12)) == 2 * 1 * 0.5 / 1.5  # precision 1, recall 1/2
    assert clip_f1(clip(0.1, 0.5), found(0.16, 0.5)) == 0.5  # 60 ms late is wrong
    assert clip_f1(clip(0.1), found(0.1, pitch=81)) == 0


def test_nothing_to_hear() -> None:
    assert clip_f1(clip(), found()) == 1
    assert clip_f1(clip(), found(0.3)) == 0
    assert clip_f1(clip(0.3), found()) == 0
    assert clip_f1(clip(-0.2, 0.3), found(0.0, 0.3)) == 1  # a note from before the clip counts neither way
