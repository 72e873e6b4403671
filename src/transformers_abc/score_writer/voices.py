"""Which notes belong to one player: how many voices there are, and which note is whose.

The number of voices comes from how many notes sound at once, not from the instruments heard, which are far less certain. Notes are then
dealt to voices in time order: at each moment, the new notes and the voices are matched one to one at the least total cost, where a
leap, a departure from the voice's register and an overlap with its last note cost.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.score_writer.heard_note import HeardNote

MAX_VOICES = 6
# More notes than voices may sound for this share of the time: reverberation, double stops and wrong notes.
SURPLUS_SHARE = 0.10
# A note's tail is left out of the count of simultaneous notes, since slurs and rooms overlap.
TAIL_S, TAIL_SHARE = 0.08, 0.25
SIMULTANEOUS_S = 0.045  # onsets closer than this are one moment

LEAP_COST, REGISTER_COST, OVERLAP_COST = 0.5, 1.2, 30.0  # per semitone, per semitone, per note length
REGISTER_MEMORY = 0.97  # how slowly a voice's register follows its notes
CHORD_INSTRUMENT_SHARE = 0.5  # of the instrument evidence, from which a piece is treated as one player's chords
HANDS_SPLIT_PITCH = 60


def assign_voices(notes: list[HeardNote]) -> list[list[HeardNote]]:
    """Divide notes among voices, highest voice first.

    A piece that sounds like a piano or a guitar is split into two hands of chords instead. Within the other voices a note that finds
    no free voice joins the nearest as a chord.

    Args:
        notes: in any order.

    Returns:
        Non-empty voices, each sorted by onset.
    """
    if not notes:
        return []
    notes = sorted(notes)
    if _is_chordal(notes):
        hands = [[n for n in notes if n.pitch_midi >= HANDS_SPLIT_PITCH], [n for n in notes if n.pitch_midi < HANDS_SPLIT_PITCH]]
        return [hand for hand in hands if hand]
    registers = _registers(notes, count_voices(notes))
    voices = [_OpenVoice(register) for register in registers]
    for moment in _moments(notes):
        _deal(moment, voices)
    filled = [voice for voice in voices if voice.notes]
    filled.sort(key=lambda voice: -float(np.median([n.pitch_midi for n in voice.notes])))
    return [sorted(voice.notes) for voice in filled]


def count_voices(notes: list[HeardNote]) -> int:
    """The least number of voices that leaves more notes than voices for at most `SURPLUS_SHARE` of the sounding time."""
    edges = sorted(
        edge
        for note in notes
        for edge in ((note.onset_s, 1), (max(note.offset_s - min(TAIL_S, TAIL_SHARE * note.duration_s), note.onset_s), -1))
    )
    time_at = np.zeros(len(notes) + 1)
    sounding = 0
    for (start, step), (end, _) in pairwise(edges):
        sounding += step
        time_at[sounding] += end - start
    share_above = 1 - np.cumsum(time_at[1:]) / max(time_at[1:].sum(), 1e-9)
    return min(int(np.argmax(share_above <= SURPLUS_SHARE)) + 1, MAX_VOICES)


@dataclass
class _OpenVoice:
    """A voice under construction."""

    register: float
    notes: list[HeardNote] = field(default_factory=list)

    def cost_of(self, note: HeardNote) -> float:
        cost = REGISTER_COST * abs(note.pitch_midi - self.register)
        if self.notes:
            last = self.notes[-1]
            cost += LEAP_COST * min(abs(note.pitch_midi - last.pitch_midi), 12)
            overlap = last.offset_s - TAIL_S - note.onset_s
            cost += OVERLAP_COST * float(np.clip(overlap / max(min(last.duration_s, note.duration_s), 1e-3), 0, 1))
        return cost

    def take(self, note: HeardNote) -> None:
        self.notes.append(note)
        self.register = REGISTER_MEMORY * self.register + (1 - REGISTER_MEMORY) * note.pitch_midi


def _deal(moment: list[HeardNote], voices: list[_OpenVoice]) -> None:
    """Give the notes of one moment to voices, the surest first; what is left over joins the voice it fits best, as a chord."""
    moment = sorted(moment, key=lambda note: -note.confidence)
    costs = np.array([[voice.cost_of(note) for voice in voices] for note in moment])
    rows, columns = linear_sum_assignment(costs[: len(voices)])
    for row, column in zip(rows, columns, strict=True):
        voices[column].take(moment[row])
    for row in set(range(len(moment))) - set(rows.tolist()):
        voices[int(np.argmin(costs[row]))].take(moment[row])


def _registers(notes: list[HeardNote], count: int) -> list[float]:
    """A typical pitch per voice: at moments when exactly `count` notes sound, the median of the highest, the second highest, ..."""
    full, sounding, upcoming = [], [], deque(notes)
    for note in notes:
        moment_s = note.onset_s + SIMULTANEOUS_S  # late players have come in
        while upcoming and upcoming[0].onset_s <= moment_s:
            sounding.append(upcoming.popleft())
        sounding = [other for other in sounding if other.offset_s > moment_s]
        if len(sounding) == count:
            full.append(sorted((other.pitch_midi for other in sounding), reverse=True))
    if full:
        return [float(value) for value in np.median(np.array(full), axis=0)]
    pitches = [note.pitch_midi for note in notes]
    return [float(np.quantile(pitches, 1 - (rank + 0.5) / count)) for rank in range(count)]


def _moments(notes: list[HeardNote]) -> list[list[HeardNote]]:
    """Notes grouped by (nearly) equal onset; a group spans at most twice `SIMULTANEOUS_S`."""
    groups: list[list[HeardNote]] = []
    for note in notes:
        if (
            groups
            and note.onset_s - groups[-1][-1].onset_s <= SIMULTANEOUS_S
            and note.onset_s - groups[-1][0].onset_s <= 2 * SIMULTANEOUS_S
        ):
            groups[-1].append(note)
        else:
            groups.append([note])
    return groups


def _is_chordal(notes: list[HeardNote]) -> bool:
    evidence = instrument_evidence(notes)
    chordal = np.array([instrument.decays for instrument in HEARD_INSTRUMENTS])
    return bool(evidence[chordal].sum() > CHORD_INSTRUMENT_SHARE)


def instrument_evidence(notes: list[HeardNote]) -> np.ndarray:
    """Share of each heard instrument over the notes' durations, ``[instruments]``; zeros if nothing is known."""
    total = np.zeros(len(HEARD_INSTRUMENTS))
    for note in notes:
        if note.instruments:
            total += np.asarray(note.instruments) * note.duration_s
    return total / total.sum() if total.sum() > 0 else total
