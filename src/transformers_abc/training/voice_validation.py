"""How well voices and their instruments are found, with intervals.

- ``voices``: share of clips with the right number of voices.
- ``right_voice``: share of the notes that someone played which went to his voice, the voices being matched as well as can be.
- ``pitch``, ``instrument``: those parts of the loss of a score (docs/scoring.md).
- ``instruments_right``: share of the matched voices with the right instrument.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.instruments_of_voices import choose_instruments
from transformers_abc.score_writer.voice_search import moments
from transformers_abc.score_writer.voice_weights import VoiceWeights
from transformers_abc.score_writer.voices import assign_voices
from transformers_abc.scoring.instrument_names import instrument_cost
from transformers_abc.scoring.matching import match_voices
from transformers_abc.training.voice_examples import NOBODY, VoiceExample, pitch_digest

RESAMPLES, SEED, PERCENT = 1000, 0, 95  # of bootstrap intervals


def voice_figures(examples: Sequence[VoiceExample], weights: VoiceWeights) -> list[dict[str, object]]:
    """A row for each hearing and kind of clips: how many there are, and of each figure the mean and its interval."""
    groups: dict[tuple[str, str], list[dict[str, float]]] = {}
    for example in examples:
        if example.notes:
            groups.setdefault((example.hearing, example.clip.kind), []).append(judged(example, weights))
    return [
        {"hearing": hearing, "kind": kind, "n": len(found), **{name: _told([one[name] for one in found]) for name in found[0]}}
        for (hearing, kind), found in sorted(groups.items())
    ]


def judged(example: VoiceExample, weights: VoiceWeights) -> dict[str, float]:
    """The figures of one example."""
    voices = assign_voices(example.notes, weights)
    instruments = [instrument.name for instrument in choose_instruments(voices, weights.instruments)]
    reference = example.clip.reference
    digests = [pitch_digest(_pitches(voice), name) for voice, name in zip(voices, instruments, strict=True)]
    matching = match_voices(digests, reference)
    pairs = [(digests[ours].instrument, reference[theirs].instrument) for ours, theirs in matching.pairs]
    most = max(len(voices), len(reference))
    return {
        "voices": float(len(voices) == len(reference)),
        "right_voice": _right_voice(example, voices),
        "pitch": matching.pitch_edits / max(matching.notes, 1),
        "instrument": (sum(instrument_cost(*pair) for pair in pairs) + most - len(pairs)) / most,
        "instruments_right": float(np.mean([ours == theirs for ours, theirs in pairs])),
    }


def _pitches(voice: Sequence[HeardNote]) -> list[int]:
    """In the order of a score."""
    return [pitch for group in moments(voice) for pitch in sorted({voice[place].pitch_midi for place in group})]


def _right_voice(example: VoiceExample, voices: Sequence[Sequence[HeardNote]]) -> float:
    place_of = {id(note): place for place, voice in enumerate(voices) for note in voice}
    table = np.zeros((len(voices), len(example.clip.voices)))
    for note, player in zip(example.notes, example.players, strict=True):
        if player != NOBODY:
            table[place_of[id(note)], player] += 1
    rows, columns = linear_sum_assignment(-table)
    return float(table[rows, columns].sum() / max(table.sum(), 1))


def _told(values: Sequence[float]) -> list[float]:
    """Mean, and the bounds of its bootstrap interval."""
    sample = np.array(values)
    means = sample[np.random.default_rng(SEED).integers(len(sample), size=(RESAMPLES, len(sample)))].mean(axis=1)
    low, high = np.percentile(means, [50 - PERCENT / 2, 50 + PERCENT / 2])
    return [round(float(number), 3) for number in (sample.mean(), low, high)]
