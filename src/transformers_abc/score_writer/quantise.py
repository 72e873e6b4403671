"""From seconds to exact lengths: every onset gets a place on the grid of its beat, every note a length that can be read.

All voices share the division chosen for a beat (none, halves, quarters or thirds), because players divide a beat together far more often
than against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from transformers_abc.score_writer.beats import Beats
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.note_lengths import Line, write_lengths

# Divisions of a beat that are tried, with what their complexity costs (in squared deviations, see `_cost`).
_SIMPLE_DIVISIONS = {1: 0.0, 2: 0.12, 4: 0.45, 3: 0.6}
_COMPOUND_DIVISIONS = {1: 0.0, 3: 0.1, 6: 0.5, 2: 0.6}
# The division that is foreign to the metre (triplets, duplets) costs this much more in a piece where fewer beats than these are
# filled with it.
_FOREIGN = {False: 3, True: 2}
_FOREIGN_SURCHARGE, _FOREIGN_BEATS = 2.0, 3
LAST_ROUNDED = 0.75  # beats
ONSET_DEVIATION = 0.07  # of a beat: the usual distance of an onset from its place


@dataclass(frozen=True, slots=True)
class QuantisedNote:
    """A note in beats, exact, from the first tracked beat (before bars are known)."""

    onset_beats: Fraction
    length_beats: Fraction
    pitch_midi: int


def quantise(voices: list[list[HeardNote]], beats: Beats, *, compound: bool) -> list[list[QuantisedNote]]:
    """Put the notes of each voice on the grid.

    Args:
        voices: of at least one note each.
        beats: as tracked.
        compound: whether beats divide in three.

    Returns:
        The same voices; within a voice notes that overlap start and end together (a chord), others follow one another.
    """
    divisions = _divisions(voices, beats, compound=compound)
    finest = max(_COMPOUND_DIVISIONS if compound else _SIMPLE_DIVISIONS)
    return [_quantise_voice(voice, beats, divisions, finest, compound=compound) for voice in voices]


def _divisions(voices: list[list[HeardNote]], beats: Beats, *, compound: bool) -> dict[int, int]:
    """The division of each beat that holds an onset."""
    costs, foreign = _COMPOUND_DIVISIONS if compound else _SIMPLE_DIVISIONS, _FOREIGN[compound]
    places = _places(voices, beats, finest=max(costs))
    filled = sum(_fills(inside, foreign) and _best(inside, costs) == foreign for inside in places.values())
    if filled < _FOREIGN_BEATS:
        costs = {**costs, foreign: costs[foreign] + _FOREIGN_SURCHARGE}
    return {beat: _best(inside, costs) for beat, inside in places.items()}


def _places(voices: list[list[HeardNote]], beats: Beats, finest: int) -> dict[int, np.ndarray]:
    """For each beat the places of its onsets, from just before 0 to just before 1."""
    inside: dict[int, list[float]] = {}
    for voice in voices:
        for position in beats.position(np.array([note.onset_s for note in voice])):
            beat = _beat_of(float(position), finest)
            inside.setdefault(beat, []).append(float(position) - beat)
    return {beat: np.array(places) for beat, places in inside.items()}


def _beat_of(position: float, finest: int) -> int:
    """The beat to which an onset belongs; one that comes slightly early belongs to the next."""
    return int(np.floor(position + 0.5 / finest))


def _fills(places: np.ndarray, division: int) -> bool:
    """Whether every place of a division is taken."""
    return set(np.round(places * division).astype(int).tolist()) >= set(range(1, division))


def _best(places: np.ndarray, costs: dict[int, float]) -> int:
    return min(costs, key=lambda division: _cost(places, division) + costs[division])


def _cost(places: np.ndarray, division: int) -> float:
    """Mean squared deviation from the division's places, in units of `ONSET_DEVIATION`."""
    deviation = np.abs(places * division - np.round(places * division)) / division
    return float(((deviation / ONSET_DEVIATION) ** 2).mean())


def _snap(position: float, divisions: dict[int, int], finest: int) -> Fraction:
    beat = _beat_of(position, finest)
    division = divisions.get(beat, 1)
    return beat + Fraction(round((position - beat) * division), division)


def _quantise_voice(voice: list[HeardNote], beats: Beats, divisions: dict[int, int], finest: int, *, compound: bool) -> list[QuantisedNote]:
    onsets = [_snap(float(p), divisions, finest) for p in beats.position(np.array([note.onset_s for note in voice]))]
    chords: dict[Fraction, list[HeardNote]] = {}
    for onset, note in zip(onsets, voice, strict=True):
        chords.setdefault(onset, []).append(note)
    ordered = sorted(chords)
    starts_s = np.array([np.mean([note.onset_s for note in chords[onset]]) for onset in ordered])
    ends_s = np.array([np.median([note.offset_s for note in chords[onset]]) for onset in ordered])
    lengths = write_lengths(Line(ordered, starts_s, ends_s, compound))
    lengths.append(_last_length(ordered[-1], float(beats.position(ends_s[-1])), divisions.get(int(ordered[-1]), 1)))
    return [
        QuantisedNote(onset, length, pitch)
        for onset, length in zip(ordered, lengths, strict=True)
        for pitch in sorted({note.pitch_midi for note in chords[onset]})
    ]


def _last_length(onset: Fraction, end: float, division: int) -> Fraction:
    """The last note has no next one: it lasts whole beats, or ends on the grid within its first."""
    sounds, step = end - float(onset), Fraction(1, division)
    if sounds > LAST_ROUNDED:
        return max(Fraction(round(sounds)), Fraction(1))
    return max(Fraction(round(sounds * division), division), step)
