"""Which voice of a prediction stands for which of the reference: one to one, with the fewest edits in all.

An edit is a note inserted, deleted or replaced (Levenshtein distance, by rapidfuzz). A voice that stands for none costs an edit for each
of its notes. The article let several predicted voices share the nearest of the reference, which can be gamed: a single voice that is right,
written four times, would have been a right quartet.

Of matchings with equally few edits of pitch the one with the most notes counts, which has the least loss; then the one with the nearest
rhythms and instruments. So the order of voices in a score changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from transformers_abc.scoring.digest import VoiceDigest
from transformers_abc.scoring.instrument_names import instrument_cost

# How much rhythm and instruments decide between matchings of equal loss of pitch: unequal, so that they do not cancel out.
_RHYTHM_SHARE, _INSTRUMENT_SHARE = 0.62, 0.38


@dataclass(frozen=True, slots=True)
class Matching:
    """Voices of a prediction and of a reference, paired.

    Attributes:
        pairs: ``(place in the prediction, place in the reference)``, in the order of the prediction.
        pitch_edits, rhythm_edits: in all pairs, and the notes of voices that stand alone.
        notes: by which these are divided: the notes of the longer voice of each pair, and those of voices that stand alone.
    """

    pairs: tuple[tuple[int, int], ...]
    pitch_edits: int
    rhythm_edits: int
    notes: int


def match_voices(prediction: Sequence[VoiceDigest], reference: Sequence[VoiceDigest]) -> Matching:
    """Pair voices one to one with the fewest edits of pitch.

    >>> violin, flute = VoiceDigest("GABc", (1, 2, 3, 4), "Violin"), VoiceDigest("cBA", (1, 2, 3), "Flute")
    >>> match_voices([flute, violin], [violin, flute]).pairs
    ((0, 1), (1, 0))
    >>> match_voices([flute], [violin, flute])
    Matching(pairs=((0, 1),), pitch_edits=4, rhythm_edits=4, notes=7)
    """
    if not prediction or not reference:
        alone = sum(len(voice.pitches) for voice in (*prediction, *reference))
        return Matching((), alone, alone, alone)
    pitch = [[Levenshtein.distance(ours.pitches, theirs.pitches) for theirs in reference] for ours in prediction]
    rhythm = [[Levenshtein.distance(ours.rhythms, theirs.rhythms) for theirs in reference] for ours in prediction]
    is_single = len(prediction) == len(reference) == 1
    pairs = ((0, 0),) if is_single else _fewest(np.array(pitch), np.array(rhythm), prediction, reference)
    matched, matched_too = {ours for ours, _ in pairs}, {theirs for _, theirs in pairs}
    alone = sum(len(voice.pitches) for place, voice in enumerate(prediction) if place not in matched)
    alone += sum(len(voice.pitches) for place, voice in enumerate(reference) if place not in matched_too)
    longer = sum(max(len(prediction[ours].pitches), len(reference[theirs].pitches)) for ours, theirs in pairs)
    pitch_edits, rhythm_edits = (sum(table[ours][theirs] for ours, theirs in pairs) for table in (pitch, rhythm))
    return Matching(pairs, pitch_edits + alone, rhythm_edits + alone, longer + alone)


def _fewest(
    pitch: np.ndarray, rhythm: np.ndarray, prediction: Sequence[VoiceDigest], reference: Sequence[VoiceDigest]
) -> tuple[tuple[int, int], ...]:
    """The pairs, from tables of edits.

    A pair saves the edits that its two voices would cost alone, so the most that can be saved is what is looked for. Every pair saves
    something, hence as many voices are paired as can be. The notes of the shorter voice of a pair are those that are not divided by.
    """
    ours, theirs = [len(voice.pitches) for voice in prediction], [len(voice.pitches) for voice in reference]
    alone, shorter, notes = np.add.outer(ours, theirs), np.minimum.outer(ours, theirs), sum(ours) + sum(theirs)
    instrument = np.array([[instrument_cost(our.instrument, their.instrument) for their in reference] for our in prediction])
    nearness = _RHYTHM_SHARE * (rhythm - alone) / notes + _INSTRUMENT_SHARE * instrument / min(pitch.shape)  # within 1 in all
    finer = (shorter + nearness / 2) / (2 * notes)  # below an edit in all; nearness is below a note
    rows, columns = linear_sum_assignment(pitch - alone + finer)
    return tuple((int(row), int(column)) for row, column in zip(rows, columns, strict=True))
