"""The figures of one transcription: both composite losses, their parts, and the note onset F1 of mir_eval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import islice

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.repeats import MAX_PLAYED_EVENTS, expand_repeats
from transformers_abc.notation.sounding import SoundingEvent, sounding_events
from transformers_abc.notation.tune import Tune
from transformers_abc.scoring.compare import AbcScore, most_events
from transformers_abc.scoring.composite import PARTS, PRESETS

ONSET_F1 = "onset_f1"
ONSET_TOLERANCE_S = 0.05
LOSSES = (*PRESETS, *PARTS)  # 0 is right
FIGURES = (*LOSSES, ONSET_F1)  # of the last, 1 is right
LABELS = {
    **{preset: f"composite ({preset})" for preset in PRESETS},
    **{part: part for part in PARTS},
    ONSET_F1: f"onset F1 ({ONSET_TOLERANCE_S * 1000:.0f} ms)",
}

Figures = Mapping[str, float | None]


def losses_of(score: AbcScore) -> dict[str, float | None]:
    """The losses by name: the composite of each preset, then the parts."""
    return {**score.totals, **score.parts}


def played_events(music: str | Tune, max_events: int = MAX_PLAYED_EVENTS) -> list[SoundingEvent]:
    """The notes as they sound, in seconds, at most so many."""
    tune = read_abc(music) if isinstance(music, str) else music
    return list(islice(sounding_events(expand_repeats(tune, max_events=max_events)), max_events))


def note_onset_f1(prediction: str | Tune, reference: str | Tune, tolerance_s: float = ONSET_TOLERANCE_S) -> float:
    r"""F1 of the onsets and pitches of two tunes as they sound.

    Both count their seconds from the start of the tune, so this is a figure of the score and not of hearing alone: where the tempo is
    wrong, onsets soon are too.

    >>> bars = "X:1\nM:2/4\nL:1/4\nQ:1/4=60\nK:C\nCD|EF|"
    >>> note_onset_f1(bars, bars), note_onset_f1(bars.replace("F", "G"), bars), note_onset_f1("", bars)
    (1.0, 0.75, 0.0)
    """
    from transformers_abc.scoring.note_f1 import onset_f1

    theirs = played_events(reference)
    ours = played_events(prediction, most_events(len(theirs)))
    if not ours or not theirs:
        return onset_f1(_onsets(theirs), _onsets(ours), tolerance_s)
    # Only notes of one pitch can stand for each other: pitch by pitch the same notes match, in the memory of the most frequent pitch.
    their_pitches, our_pitches = _by_pitch(theirs), _by_pitch(ours)
    matched = 0.0
    for pitch in their_pitches.keys() & our_pitches.keys():
        a, b = their_pitches[pitch], our_pitches[pitch]
        matched += onset_f1(a, b, tolerance_s) * (len(a) + len(b)) / 2
    return 2 * round(matched) / (len(ours) + len(theirs))


def _onsets(events: list[SoundingEvent]) -> list[tuple[float, int]]:
    return [(event.onset_s, event.pitch_midi) for event in events]


def _by_pitch(events: list[SoundingEvent]) -> dict[int, list[tuple[float, int]]]:
    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for event in events:
        found[event.pitch_midi].append((event.onset_s, event.pitch_midi))
    return found
